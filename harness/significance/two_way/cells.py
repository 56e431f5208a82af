"""What a two-way jackknife works on: the translations that all compared metrics have scores for,
sorted by document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from harness.statistics.base import Array

__all__ = ["Cells", "Flags", "Integers", "cells_of", "document_numbers"]

Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """Scores, (n_metrics, n_systems, n_segments), and ratings, (n_systems, n_segments), NaN on both
    sides where not ``present``.

    Only segments with two translations or more are kept, and only systems and documents that these
    have. Segments are sorted by document; ``document`` is the number of each, from 0 without gaps.
    ``systems`` and ``documents`` are positions in what the caller gave.
    """

    scores: Array
    ratings: Array
    present: Flags
    document: Integers
    systems: Integers
    documents: Integers

    @property
    def n_systems(self) -> int:
        return len(self.systems)

    @property
    def n_documents(self) -> int:
        return len(self.documents)

    @cached_property
    def starts(self) -> Integers:
        """The first segment of each document."""
        return np.searchsorted(self.document, np.arange(self.n_documents)).astype(np.int64)

    @cached_property
    def pairs(self) -> tuple[Integers, Integers]:
        """The systems i < j of each pair."""
        first, second = np.triu_indices(self.n_systems, 1)
        return first.astype(np.int64), second.astype(np.int64)

    @cached_property
    def members(self) -> Array:
        """(n_systems, n_pairs): 1 where the system is one of the pair, else 0."""
        first, second = self.pairs
        number = np.arange(self.n_systems)[:, None]
        result: Array = ((number == first) | (number == second)).astype(np.float64)
        return result

    @cached_property
    def pair_present(self) -> Flags:
        """(n_pairs, n_segments): whether both translations are there."""
        first, second = self.pairs
        result: Flags = self.present[first] & self.present[second]
        return result

    @cached_property
    def pair_counts(self) -> Array:
        """(n_pairs, n_documents): in how many segments both translations are there."""
        return self.by_document(self.pair_present.astype(np.float64))

    @cached_property
    def block_exists(self) -> Flags:
        """(n_systems, n_documents): whether the system has a pair in the document."""
        result: Flags = self.members @ self.pair_counts > 0
        return result

    def differences(self, matrix: Array) -> Array:
        """First less second of each pair of systems, (n_pairs, n_segments); 0 where not there."""
        first, second = self.pairs
        result: Array = matrix[first] - matrix[second]
        if not self.present.all():
            result[~self.pair_present] = 0.0
        return result

    def by_document(self, values: Array) -> Array:
        """Sums over the segments, the last axis, of each document."""
        result: Array = np.add.reduceat(values, self.starts, axis=-1)
        return result


def document_numbers(documents: Sequence[str]) -> Integers:
    """The number of each segment's document, from 0, in order of appearance."""
    number: dict[str, int] = {}
    return np.array([number.setdefault(d, len(number)) for d in documents], dtype=np.int64)


def cells_of(scores: Array, ratings: Array, document: Integers) -> Cells | None:
    """The cells that ratings and all of ``scores`` have; None where no segment has two.

    Parameters
    ----------
    scores
        (n_metrics, n_systems, n_segments), NaN where missing.
    ratings
        (n_systems, n_segments), NaN where missing.
    document
        (n_segments,): the number of each segment's document.

    Raises
    ------
    ValueError
        The shapes do not fit one another.
    """
    if scores.shape[1:] != ratings.shape:
        raise ValueError(f"scores have the shape {scores.shape[1:]}, ratings {ratings.shape}")
    if document.shape != ratings.shape[1:]:
        raise ValueError(f"{document.size} document numbers for {ratings.shape[1]} segments")
    present = ~(np.isnan(ratings) | np.isnan(scores).any(axis=0))
    usable = np.flatnonzero(present.sum(axis=0) >= 2)
    if not usable.size:
        return None
    segments = usable[np.argsort(document[usable], kind="stable")]
    systems = np.flatnonzero(present[:, segments].any(axis=1))
    documents, number = np.unique(document[segments], return_inverse=True)
    chosen = np.ix_(systems, segments)
    kept = present[chosen]
    return Cells(
        scores=np.where(kept, scores[:, chosen[0], chosen[1]], np.nan),
        ratings=np.where(kept, ratings[chosen], np.nan),
        present=kept,
        document=number.astype(np.int64),
        systems=systems.astype(np.int64),
        documents=documents.astype(np.int64),
    )

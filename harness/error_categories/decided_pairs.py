"""Pairs of translations that one error category decides.

Two translations of a segment that the same raters annotated differ in penalty in every category
(the mean over those raters). A category *owns* the pair if its difference is larger than those of
all other categories together, so a pair has one owner or none; the translation with less of that
error is the better one of the pair.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

__all__ = ["PairCollector", "Pairs", "count_untied", "decided_pairs", "rater_differences"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Pairs:
    """Pairs of translations that one category owns; all arrays are (n_pairs,), one entry per pair.

    ``first`` < ``second`` are positions of systems, ``segment``, ``document`` and ``category``
    positions too; ``first_better`` says that the first system has less of that error.
    """

    segment: Integers
    first: Integers
    second: Integers
    document: Integers
    category: Integers
    first_better: Flags

    def __len__(self) -> int:
        return int(self.segment.size)

    def take(self, chosen: Flags) -> Pairs:
        """The pairs where ``chosen``, (n_pairs,), is true."""
        return Pairs(*(getattr(self, f.name)[chosen] for f in fields(self)))

    def of(self, category: int) -> Pairs:
        """The pairs that one category owns."""
        return self.take(self.category == category)

    @cached_property
    def groups(self) -> Groups:
        """The pairs by document, pair of systems and direction."""
        documents, document = np.unique(self.document, return_inverse=True)
        n_systems = int(self.second.max(initial=0)) + 1
        names, of_systems = np.unique(self.first * n_systems + self.second, return_inverse=True)
        cell = (document * names.size + of_systems) * 2 + self.first_better
        return Groups(cell, (documents.size, names.size, 2))


@dataclass(frozen=True)
class Groups:
    """Where each pair belongs in a table (n_documents, n_system_pairs, 2 directions); only
    documents and pairs of systems that occur have a row and a column."""

    cell: Integers
    shape: tuple[int, int, int]

    def sums(self, values: Integers, chosen: Flags) -> Floats:
        """The tables of sums of ``values`` over the ``chosen`` pairs, both (…, n_pairs); exact for
        integers."""
        leading = values.shape[:-1]
        size, number = math.prod(self.shape), math.prod(leading)
        cell = self.cell + size * np.arange(number).reshape(*leading, 1)
        weights = values[chosen].astype(np.float64)
        flat = np.bincount(cell[chosen], weights=weights, minlength=size * number)
        return flat.astype(np.float64).reshape(*leading, *self.shape)


def decided_pairs(
    penalties: Floats,
    documents: Sequence[str],
    text_id: Integers | None = None,
    *,
    tolerance: float = TOLERANCE,
) -> Pairs:
    """All pairs that some category owns, by the mean penalty over the raters of both translations.

    Parameters
    ----------
    penalties
        (n_systems, n_segments, n_raters, n_categories), >= 0; NaN where a rater did not annotate.
        Raters may differ from segment to segment and from translation to translation.
    documents
        The document of each segment.
    text_id
        (n_systems, n_segments): the same number for identical texts, whose pairs are left out;
        negative: no text is known, equal to none.
    tolerance
        A category owns a pair if its difference exceeds the others' sum by more than this.
    """
    collected = PairCollector(documents)
    for difference in rater_differences(penalties, text_id):
        collected.add(difference.first, difference.mean(), tolerance)
    return collected.pairs()


def count_untied(
    penalties: Floats, text_id: Integers | None = None, *, tolerance: float = TOLERANCE
) -> int:
    """How many pairs of translations differ in their mean whole penalty, whoever owns them.

    Arguments as for :func:`decided_pairs`.
    """
    return sum(
        int((np.abs(difference.mean().sum(axis=-1)) > tolerance).sum())
        for difference in rater_differences(penalties, text_id)
    )


@dataclass(frozen=True)
class RaterDifferences:
    """Penalty differences of each rater between one system and all later ones.

    ``values`` is (n_later_systems, n_segments, n_slots, n_categories), later system minus
    ``first``, 0 where the rater lacks either translation; ``shared`` (…, n_slots) tells where both
    are annotated and the texts differ. Slots are the raters of a segment, in order.
    """

    first: int
    values: Floats
    shared: Flags

    def mean(self) -> Floats:
        """The mean over the raters that have both translations; 0 where nobody has."""
        number = np.maximum(self.shared.sum(axis=2), 1)
        mean: Floats = self.values.sum(axis=2) / number[..., None]
        return mean


def rater_differences(penalties: Floats, text_id: Integers | None) -> Iterator[RaterDifferences]:
    """The differences of each rater, system by system; arrays as for :func:`decided_pairs`."""
    slots = _rater_slots(penalties)
    for first in range(slots.shape[0] - 1):
        values = slots[first + 1 :] - slots[first]
        shared = ~np.isnan(values).any(axis=-1)
        if text_id is not None:
            same = (text_id[first + 1 :] == text_id[first]) & (text_id[first] >= 0)
            shared &= ~same[..., None]
        yield RaterDifferences(first, np.where(shared[..., None], values, 0.0), shared)


def _rater_slots(penalties: Floats) -> Floats:
    """``penalties`` with only as many rater columns as the most annotated segment has raters."""
    present = (~np.isnan(penalties).any(axis=-1)).any(axis=0)  # (n_segments, n_raters)
    width = int(present.sum(axis=1).max(initial=0))
    order = np.argsort(~present, axis=1, kind="stable")[:, :width]
    return np.take_along_axis(penalties, order[None, :, :, None], axis=2)


class PairCollector:
    """Gathers owned pairs, one first system after the other, with their documents."""

    def __init__(self, documents: Sequence[str]) -> None:
        names = list(dict.fromkeys(documents))
        position = {name: i for i, name in enumerate(names)}
        self.document = np.array([position[name] for name in documents], dtype=np.int64)
        self.parts: list[Pairs] = []

    def add(self, first: int, values: Floats, tolerance: float) -> tuple[Pairs, Integers]:
        """Take, and return, the pairs that ``values`` decide; with the later system's place.

        ``values`` is (n_later_systems, n_segments, n_categories): penalty differences between
        every later system and the system ``first``.
        """
        size = np.abs(values)
        owner = size.argmax(axis=-1)
        largest = np.take_along_axis(size, owner[..., None], axis=-1)[..., 0]
        others = size.sum(axis=-1) - largest
        later, segment = np.nonzero(largest > others + tolerance)
        category = owner[later, segment]
        part = Pairs(
            segment=segment,
            first=np.full(segment.size, first, dtype=np.int64),
            second=later + first + 1,
            document=self.document[segment],
            category=category,
            first_better=values[later, segment, category] > 0.0,
        )
        self.parts.append(part)
        return part, later

    def pairs(self) -> Pairs:
        """All pairs so far."""
        empty = np.empty(0, dtype=np.int64)
        parts = [Pairs(empty, empty, empty, empty, empty, empty.astype(np.bool_)), *self.parts]
        return Pairs(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Pairs)))

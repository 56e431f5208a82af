"""The tests of statistics made of moments: Pearson's correlation, grouped or not, and PDP Pearson.

A mixture of two metrics takes each score from one of them, so within a group its sum, its sum of
squares and its sum of products with the ratings are linear in what is taken: one matrix product for
all metrics and draws, and a few operations on numbers for each pair of metrics.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from harness.statistics.fast.exchange import Differences, Exchange, Swaps

__all__ = ["exchange_moments"]

Array = NDArray[np.float64]
Kind = TypeVar("Kind", bound=np.generic)

#: A group of a mixture with less variance than this, of standardised scores, is constant.
CONSTANT = 1e-12

#: So many draws are mixed at a time.
CHUNK = 64


def exchange_moments(
    exchange: Exchange, grouping: str, *, pooled: bool, constant_counts: bool = False
) -> Iterator[Differences]:
    """The differences of correlations averaged over groups, or ``pooled``: of one correlation over
    the differences within groups. ``constant_counts``: a group in which a mixture is constant and
    people are not counts 0, instead of leaving the mean."""
    if not exchange.pairs:
        return
    groups = _Groups.of(exchange, grouping)
    combine = _pooled if pooled else _of_varied if constant_counts else _averaged
    n_metrics, swaps = len(exchange.scores), exchange.swaps
    total = groups.columns.sum(axis=1, keepdims=True).reshape(len(groups.number), 1, 3, -1)
    found = np.full((len(exchange.pairs), len(swaps) + 1), np.nan)
    for start in range(0, len(swaps), CHUNK):
        taken = groups.taken(swaps[start : start + CHUNK]).reshape(len(total), -1, 3, n_metrics)
        rest = total - taken
        for i, (a, b) in enumerate(exchange.pairs):
            one, two = taken[..., a] + rest[..., b], taken[..., b] + rest[..., a]
            difference = combine(one, groups) - combine(two, groups)
            found[i, start : start + len(difference)] = difference
    for (a, b), row in zip(exchange.pairs, found, strict=True):
        row[-1] = (combine(total[..., a], groups) - combine(total[..., b], groups))[0]
        yield Differences(row)


@dataclass(frozen=True)
class _Groups:
    """The groups of translations: ``columns``, (n_groups, n_members, 3 n_metrics), are scores,
    their squares and their products with the ratings, 0 where missing; ``number``, (n_groups, 1),
    translations, and ``people``, (n_groups, 1), the ratings' sum of squares about their mean."""

    grouping: str
    columns: Array
    number: Array
    people: Array

    @classmethod
    def of(cls, exchange: Exchange, grouping: str) -> _Groups:
        """The groups of the translations that are exchanged; ratings are centred within each."""
        present = _by_group(~np.isnan(exchange.ratings), grouping)
        number = present.sum(axis=1, keepdims=True).astype(np.float64)
        human = np.where(present, _by_group(exchange.ratings, grouping), 0.0)
        mean = human.sum(axis=1, keepdims=True) / np.maximum(number, 1.0)
        least = np.where(present, human, np.inf).min(axis=1, keepdims=True, initial=np.inf)
        varies = present & (human > least).any(axis=1, keepdims=True, where=present)
        human = np.where(varies, human - mean, 0.0)  # exactly 0 where all are equal
        scores = np.nan_to_num(_by_group(exchange.scores, grouping))
        parts = np.concatenate([scores, scores**2, scores * human])
        people = (human**2).sum(axis=1, keepdims=True)
        return cls(grouping, np.moveaxis(parts, 0, 2), number, people)

    def taken(self, swaps: Swaps) -> Array:
        """What the draws take: (n_groups, n_draws, 3 n_metrics) sums."""
        rows = np.swapaxes(_by_group(swaps, self.grouping), 0, 1).astype(np.float64)
        result: Array = rows @ self.columns
        return result


def _by_group(side: NDArray[Kind], grouping: str) -> NDArray[Kind]:
    """(…, n_systems, n_segments) as (…, n_groups, n_members)."""
    if grouping == "item":
        return np.swapaxes(side, -1, -2)
    if grouping == "system":
        return side
    return side.reshape(*side.shape[:-2], 1, -1)


def _variance(sums: Array, groups: _Groups) -> Array:
    result: Array = sums[..., 1] - sums[..., 0] ** 2 / np.maximum(groups.number, 1.0)
    return result


def _correlations(sums: Array, groups: _Groups) -> tuple[Array, NDArray[np.bool_]]:
    """The correlations of (n_groups, n_draws, 3) sums, 0 where undefined; and where defined."""
    variance = _variance(sums, groups)
    defined = (variance > CONSTANT * groups.number) & (groups.people > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where(defined, sums[..., 2] / np.sqrt(variance * groups.people), 0.0)
    return values, defined


def _averaged(sums: Array, groups: _Groups) -> Array:
    """The mean over groups in which neither side is constant; (n_draws,)."""
    values, defined = _correlations(sums, groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = values.sum(axis=0) / defined.sum(axis=0)
    return result


def _of_varied(sums: Array, groups: _Groups) -> Array:
    """The mean over groups in which people are not constant, (n_draws,); NaN where the mixture is
    constant in all of them."""
    values, defined = _correlations(sums, groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = values.sum(axis=0) / (groups.people > 0).sum()
    return np.where(defined.any(axis=0), result, np.nan)


def _pooled(sums: Array, groups: _Groups) -> Array:
    """The correlation of all differences within groups, (n_draws,): a group of n weighs n times its
    sums about the mean (PDP Pearson)."""
    cross = (groups.number * sums[..., 2]).sum(axis=0)
    squares = (groups.number * _variance(sums, groups)).sum(axis=0)
    people = float((groups.number * groups.people).sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = np.where(squares > CONSTANT, cross / np.sqrt(squares * people), np.nan)
    return result

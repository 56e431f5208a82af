"""Correlations within groups: of the members on the last axis but one, for each group on the last.

Every function takes scores and ratings of the shape (…, n_members, n_groups), NaN on both sides
where one is missing, and returns (…, n_groups), NaN where the correlation is undefined: a side is
constant or has fewer than two members. The ratings may lack leading axes: they are then the same
for all. Scores of systems on segments, (n_systems, n_segments), already have this shape, so whole
stacks of score matrices are handled without a copy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from harness.statistics.base import Array

__all__ = ["GroupFunction", "kendall_b", "kendall_c", "midranks", "pearson", "spearman"]

#: Groups of more members are sorted, one after the other, instead of comparing all pairs.
FEW = 64


class GroupFunction(Protocol):
    """A correlation within groups, as described above."""

    def __call__(self, scores: Array, ratings: Array, /) -> Array: ...


def pearson(scores: Array, ratings: Array) -> Array:
    """Pearson's correlation of each group, in [-1, 1] (Pearson 1895)."""
    if scores.shape[-2] == 0:
        return np.full(scores.shape[:-2] + scores.shape[-1:], np.nan)
    present = ~np.isnan(ratings)
    count = present.sum(axis=-2)
    whole = bool(present.all()) and not bool(np.isnan(scores).any())
    x, y = (_centred(side, None if whole else present, count) for side in (scores, ratings))
    with np.errstate(invalid="ignore", divide="ignore"):
        values = _dot(x, y) / np.sqrt(_dot(x, x) * _dot(y, y))
    constant = (_spread(scores) == 0) | (_spread(ratings) == 0) | (count < 2)
    result: Array = np.where(constant, np.nan, np.clip(values, -1.0, 1.0))
    return result


def spearman(scores: Array, ratings: Array) -> Array:
    """Spearman's rank correlation of each group, in [-1, 1]: Pearson's of ranks, ties sharing
    their mean rank (Spearman 1904)."""
    return pearson(midranks(scores), midranks(ratings))


def kendall_b(scores: Array, ratings: Array) -> Array:
    """Kendall's tau-b of each group, in [-1, 1]: (C - D) over the geometric mean of the pairs
    untied on either side (Kendall 1945)."""
    if scores.shape[-2] > FEW:
        return _one_by_one(scores, ratings, "b")
    product, untied, rated = _signs(scores, ratings)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = np.where(
            (untied > 0) & (rated > 0), product / np.sqrt(untied * rated), np.nan
        )
    return result


def kendall_c(scores: Array, ratings: Array) -> Array:
    """Stuart's tau-c of each group, in [-1, 1]: 2 (C - D) q / (n² (q - 1)) for n members, q the
    smaller number of distinct values (Stuart 1953)."""
    if scores.shape[-2] > FEW:
        return _one_by_one(scores, ratings, "c")
    product, _, _ = _signs(scores, ratings)
    count = (~np.isnan(ratings)).sum(axis=-2)
    classes = np.minimum(_distinct(scores), _distinct(ratings)).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = 2.0 * product * classes / (count**2 * (classes - 1.0))
    result: Array = np.where(classes > 1, values, np.nan)
    return result


def midranks(values: Array) -> Array:
    """The rank of each member in its group, from 1, ties sharing their mean rank; NaN stays NaN."""
    n = values.shape[-2]
    if n > FEW:
        return _sorted_ranks(values)
    doubled = np.ones(values.shape, dtype=np.uint8)  # at most 2 n
    for j in range(n):
        other = values[..., j : j + 1, :]
        doubled += (values > other).view(np.uint8)
        doubled += (values >= other).view(np.uint8)
    return np.where(np.isnan(values), np.nan, doubled * 0.5)


def _centred(side: Array, present: NDArray[np.bool_] | None, count: NDArray[np.int64]) -> Array:
    """Members minus their group's mean, divided by the largest deviation (so that squares neither
    overflow nor vanish); 0 where missing or where all are equal."""
    if present is None:
        centred = side - side.mean(axis=-2, keepdims=True)
    else:
        filled = np.where(present, side, 0.0)
        mean = filled.sum(axis=-2) / np.maximum(count, 1)
        centred = np.where(present, filled - mean[..., None, :], 0.0)
    largest = np.maximum(centred.max(axis=-2), -centred.min(axis=-2))[..., None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = centred / np.where(largest > 0, largest, 1.0)
    return result


def _dot(x: Array, y: Array) -> Array:
    result: Array = (x * y).sum(axis=-2)
    return result


def _spread(side: Array) -> Array:
    """Largest minus smallest member of each group; 0 where all are missing."""
    with np.errstate(invalid="ignore"):
        spread = np.fmax.reduce(side, axis=-2) - np.fmin.reduce(side, axis=-2)
    result: Array = np.where(np.isnan(spread), 0.0, spread)
    return result


def _signs(scores: Array, ratings: Array) -> tuple[Array, Array, Array]:
    """Of each group: concordant minus discordant pairs, pairs untied in scores, in ratings."""
    shape = np.broadcast_shapes(scores.shape, ratings.shape)
    out = shape[:-2] + shape[-1:]
    product, untied, rated = np.zeros(out), np.zeros(out), np.zeros(ratings.shape[:-2] + out[-1:])
    for i in range(shape[-2] - 1):
        x = _sign(scores[..., i : i + 1, :], scores[..., i + 1 :, :])
        y = _sign(ratings[..., i : i + 1, :], ratings[..., i + 1 :, :])
        product += (x * y).sum(axis=-2, dtype=np.int16)
        untied += np.abs(x).sum(axis=-2, dtype=np.int16)
        rated += np.abs(y).sum(axis=-2, dtype=np.int16)
    return product, untied, rated


def _sign(one: Array, other: Array) -> NDArray[np.int8]:
    """1 where ``one`` is larger, -1 where it is smaller, 0 where equal or missing."""
    return (one > other).view(np.int8) - (one < other).view(np.int8)


def _distinct(side: Array) -> NDArray[np.int64]:
    """The number of distinct values of each group."""
    if side.shape[-2] == 0:
        return np.zeros(side.shape[:-2] + side.shape[-1:], dtype=np.int64)
    ordered = np.sort(side, axis=-2)  # missing ones come last
    steps: NDArray[np.int64] = (ordered[..., 1:, :] > ordered[..., :-1, :]).sum(axis=-2)
    return steps + ~np.isnan(ordered[..., 0, :])


def _sorted_ranks(values: Array) -> Array:
    from scipy.stats import rankdata

    if not np.isnan(values).any():
        ranks: Array = rankdata(values, axis=-2)
        return ranks
    return _by_group(values, lambda v: rankdata(v))


def _by_group(values: Array, rank: Callable[[Array], Array]) -> Array:
    result = np.full(values.shape, np.nan)
    flat, target = np.moveaxis(values, -2, -1), np.moveaxis(result, -2, -1)
    for index in np.ndindex(flat.shape[:-1]):
        present = ~np.isnan(flat[index])
        target[(*index, present)] = rank(flat[index][present])
    return result


def _one_by_one(scores: Array, ratings: Array, variant: Literal["b", "c"]) -> Array:
    """Kendall's tau of each group by sorting, O(n log n)."""
    from scipy.stats import kendalltau

    scores, ratings = np.broadcast_arrays(scores, ratings)
    one, two = np.moveaxis(scores, -2, -1), np.moveaxis(ratings, -2, -1)
    result = np.full(one.shape[:-1], np.nan)
    for index in np.ndindex(result.shape):
        present = ~np.isnan(two[index])
        x, y = one[index][present], two[index][present]
        if len(x) >= 2 and np.ptp(x) > 0 and np.ptp(y) > 0:
            result[index] = kendalltau(x, y, variant=variant).statistic
    return result

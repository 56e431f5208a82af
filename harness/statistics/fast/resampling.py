"""Resampled segments: each counts a whole number of times.

What is a sum over segments, or a function of such sums, needs one matrix product for all draws;
other statistics are computed draw by draw on repeated columns.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["Counts", "mean_of_segments", "pearson", "ratio", "repeated", "system_means"]

Array = NDArray[np.float64]

#: (n_draws, n_segments): how often each draw has each segment.
Counts = NDArray[np.int64]

#: Means that are equal but for rounding differ by less, in parts of their scale.
DECIMALS = 12

#: A variance below this part of the mean square is rounding.
CONSTANT = 1e-12


def repeated(
    value: Callable[[Array, Array], float], scores: Array, ratings: Array, counts: Counts
) -> Array:
    """The value of any statistic on each draw, (n_draws,): on matrices with repeated columns."""
    place = np.arange(ratings.shape[1])
    drawn = [np.repeat(place, row) for row in counts]
    return np.array([value(scores[:, i], ratings[:, i]) for i in drawn])


def ratio(above: Array | Counts, below: Array) -> Array:
    """``above`` over ``below``; NaN where that is not above 0."""
    result: Array = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    np.divide(above, below, out=result, where=below > 0)
    return result


def mean_of_segments(by_segment: Array, counts: Counts) -> Array:
    """The mean over the drawn segments that have a value, (n_draws,)."""
    defined = ~np.isnan(by_segment)
    return ratio(counts @ np.where(defined, by_segment, 0.0), (counts @ defined).astype(np.float64))


def pearson(
    scores: Array,
    ratings: Array,
    present: NDArray[np.bool_],
    counts: Counts,
    *,
    whole: bool,
) -> Array:
    """Pearson's correlation over all drawn translations (``whole``), or the mean over systems."""
    x, y = (_deviations(side, present, whole=whole) for side in (scores, ratings))
    parts = np.array([present, x, y, x * x, y * y, x * y])  # (6, n_systems, n_segments)
    if whole:
        parts = parts.sum(axis=1, keepdims=True)
    n, x, y, xx, yy, xy = np.moveaxis(parts @ counts.T.astype(np.float64), 2, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = [square - total**2 / n for total, square in ((x, xx), (y, yy))]
        value = np.clip((xy - x * y / n) / np.sqrt(spread[0] * spread[1]), -1.0, 1.0)
    varies = (spread[0] > CONSTANT * xx) & (spread[1] > CONSTANT * yy) & (n >= 2)
    total = np.where(varies, value, 0.0).sum(axis=1)
    return ratio(total, varies.sum(axis=1).astype(np.float64))


def _deviations(side: Array, present: NDArray[np.bool_], *, whole: bool) -> Array:
    """Deviations from the mean of all, or of each system's; 0 where missing."""
    axis = None if whole else 1
    filled = np.where(present, side, 0.0)
    number = np.maximum(present.sum(axis=axis, keepdims=True), 1)
    centred = filled - filled.sum(axis=axis, keepdims=True) / number
    largest = float(np.abs(centred[present]).max(initial=0.0))
    result: Array = np.where(present, centred / (largest or 1.0), 0.0)
    return result


def system_means(side: Array, counts: Array) -> Array:
    """Each draw's system scores, (n_draws, n_systems), but for a shift and a scale; rounded, so
    that what is equal in truth is equal. ``counts`` are floats, (n_draws, n_segments)."""
    centred = side - (side.mean(axis=0) if side.size else 0.0)
    largest = float(np.abs(centred).max(initial=0.0))
    number = np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    result: Array = np.round(counts @ (centred.T / (largest or 1.0)) / number, DECIMALS)
    return result

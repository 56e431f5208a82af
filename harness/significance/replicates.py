"""A statistic on resampled segments: its value where each segment counts a whole number of times.

What is a sum over segments, or a function of such sums, needs one matrix product for all draws;
other statistics are computed draw by draw on repeated columns.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.significance.sweep import counted, sorted_steps
from harness.statistics.accuracy_ties import AccEq, TauEq, is_right
from harness.statistics.base import Array, Statistic, complete
from harness.statistics.correlation import Correlation, Pearson
from harness.statistics.grouped_pairs import grouped_pairs
from harness.statistics.pdp import PDPPearson
from harness.statistics.soft_pairwise import SoftPairwiseAccuracy
from harness.statistics.system_level import SystemStatistic

__all__ = ["Counts", "replicates"]

#: (n_draws, n_segments): how often each draw has each segment.
Counts = NDArray[np.int64]

#: Means that are equal but for rounding differ by less, in parts of their scale.
DECIMALS = 12

#: A variance below this part of the mean square is rounding.
CONSTANT = 1e-12

#: Pairs of translations times draws beyond which accuracy within systems is not resampled.
MOST_PAIRS = 2_000_000_000


def replicates(statistic: Statistic, scores: Array, ratings: Array, counts: Counts) -> Array:
    """The value on each draw, (n_draws,); NaN where undefined.

    Soft pairwise accuracy is taken in its limit for many flips, which needs no random numbers.
    """
    grouping = statistic.grouping
    if isinstance(statistic, AccEq) and grouping == "item":
        return _accuracy(statistic, scores, ratings, counts)
    if isinstance(statistic, AccEq) and _n_pairs(statistic, ratings) * len(counts) > MOST_PAIRS:
        return np.full(len(counts), np.nan)
    if isinstance(statistic, Pearson) and grouping != "item":
        return _pearson(scores, ratings, counts, whole=grouping == "none")
    if isinstance(statistic, Correlation) and grouping == "item":
        return _mean(statistic.by_segment(scores, ratings), counts)
    if isinstance(statistic, PDPPearson):
        cross, squares, rated = statistic.sums(scores[None], ratings)
        x, y, z = (counts @ part for part in (cross[0], squares[0], rated))
        return _ratio(x, np.sqrt(y * z))
    if isinstance(statistic, SoftPairwiseAccuracy):
        return _soft(statistic, scores, ratings, counts)
    if hasattr(statistic, "of_systems"):
        return _systems(statistic, scores, ratings, counts)
    place = np.arange(ratings.shape[1])
    drawn = [np.repeat(place, row) for row in counts]
    return np.array([statistic(scores[:, i], ratings[:, i]).value for i in drawn])


def _n_pairs(statistic: AccEq, ratings: Array) -> int:
    n_systems, n_segments = (int(n) for n in ratings.shape)
    if statistic.grouping == "system":
        return n_systems * n_segments * (n_segments - 1) // 2
    return n_systems * n_segments * (n_systems * n_segments - 1) // 2


def _ratio(above: Array | Counts, below: Array) -> Array:
    result: Array = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    np.divide(above, below, out=result, where=below > 0)
    return result


def _mean(by_segment: Array, counts: Counts) -> Array:
    """The mean over the drawn segments that have a value."""
    defined = ~np.isnan(by_segment)
    return _ratio(
        counts @ np.where(defined, by_segment, 0.0), (counts @ defined).astype(np.float64)
    )


def _pearson(scores: Array, ratings: Array, counts: Counts, *, whole: bool) -> Array:
    """Pearson's correlation over all drawn translations, or the mean over systems."""
    present = complete(scores, ratings)
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
    return _ratio(total, varies.sum(axis=1).astype(np.float64))


def _deviations(side: Array, present: NDArray[np.bool_], *, whole: bool) -> Array:
    """Deviations from the mean of all, or of each system's; 0 where missing."""
    axis = None if whole else 1
    filled = np.where(present, side, 0.0)
    number = np.maximum(present.sum(axis=axis, keepdims=True), 1)
    centred = filled - filled.sum(axis=axis, keepdims=True) / number
    largest = float(np.abs(centred[present]).max(initial=0.0))
    result: Array = np.where(present, centred / (largest or 1.0), 0.0)
    return result


def _systems(statistic: Statistic, scores: Array, ratings: Array, counts: Counts) -> Array:
    """Statistics of mean system scores, over the segments that all systems have."""
    if statistic.grouping != "mean" or len(ratings) < 2:
        return np.full(len(counts), np.nan)
    common = complete(scores, ratings).all(axis=0)
    own = counts[:, common].astype(np.float64)
    number = own.sum(axis=1)
    metric, human = (_system_means(side[:, common], own) for side in (scores, ratings))
    of_systems: SystemStatistic = statistic  # type: ignore[assignment]
    values = of_systems.of_systems(metric, human)
    return np.where(number > 0, values, np.nan)


def _system_means(side: Array, counts: Array) -> Array:
    """Each draw's system scores, (n_draws, n_systems), but for a shift and a scale; rounded, so
    that what is equal in truth is equal."""
    centred = side - (side.mean(axis=0) if side.size else 0.0)
    largest = float(np.abs(centred).max(initial=0.0))
    number = np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    result: Array = np.round(counts @ (centred.T / (largest or 1.0)) / number, DECIMALS)
    return result


def _soft(statistic: SoftPairwiseAccuracy, scores: Array, ratings: Array, counts: Counts) -> Array:
    from scipy.special import ndtr

    if statistic.why_undefined(complete(scores, ratings)):
        return np.full(len(counts), np.nan)
    first, second = np.triu_indices(len(scores), 1)
    weights = counts.astype(np.float64)
    sides = []
    for side in (scores, ratings):
        difference = (side[first] - side[second]).T
        total, squares = weights @ difference, weights @ difference**2
        sides.append(np.where(squares > 0, ndtr(-_ratio(total, np.sqrt(squares))), 1.0))
    result: Array = 1.0 - np.abs(sides[0] - sides[1]).mean(axis=1)
    return result


def _accuracy(statistic: AccEq, scores: Array, ratings: Array, counts: Counts) -> Array:
    """Accuracy with ties, its threshold calibrated anew in every draw."""
    present = complete(scores, ratings)
    pairs = grouped_pairs(ratings, present, "item")
    if pairs is None or not pairs.n_groups:
        return np.full(len(counts), np.nan)
    own = counts[:, present.sum(axis=0) >= 2]  # the segments with a pair are the groups
    difference = pairs.differences(scores)
    if statistic.epsilon is not None:
        right = pairs.group[is_right(pairs, difference, statistic.epsilon)]
        values = _mean(np.bincount(right, minlength=pairs.n_groups) / pairs.sizes, own)
    else:
        agrees = np.sign(difference) == pairs.order
        gain = np.where(pairs.order == 0, -1, agrees) * pairs.weight
        steps = sorted_steps(difference / (float(np.abs(difference).max()) or 1.0), gain)
        tied = np.bincount(pairs.group[pairs.order == 0], minlength=pairs.n_groups)
        best = own @ (tied * pairs.group_weight)
        best = best + counted(own, pairs.group[steps.index], steps.gain)
        values = _ratio(best.astype(np.float64), own.sum(axis=1) * float(pairs.multiple))
    return 2.0 * values - 1.0 if isinstance(statistic, TauEq) else values

"""Pearson's correlation of differences between translations of one segment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harness.statistics.base import (
    INFINITE,
    Agreement,
    Array,
    Grouping,
    Level,
    Statistic,
    TwoWayRule,
    complete,
)
from harness.statistics.fast.exchange import Differences, Exchange
from harness.statistics.fast.moments import exchange_moments
from harness.statistics.fast.resampling import Counts, ratio

__all__ = ["PDPPearson"]


@dataclass(frozen=True)
class PDPPearson(Statistic):
    """Pearson's correlation of pairwise differences (PDP), in [-1, 1].

    One correlation over the differences in score and in rating of all pairs of translations of the
    same segment, in both orders, so that their mean is 0. It asks how much better a translation is,
    not only which one is better. Segments with a wide range of ratings count more; what all
    translations of a segment share cancels out. ``n`` is the number
    of unordered pairs. Undefined where no two translations of a segment differ in score, or none in
    rating, and where a score is infinite (Thompson et al. 2024, arXiv 2409.09598, name its use at
    WMT24).
    """

    level: ClassVar[Level] = "segment"
    grouping: ClassVar[Grouping] = "item"
    name: ClassVar[str] = "pdp_pearson"
    chance: ClassVar[float] = 0.0
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    two_way: ClassVar[TwoWayRule] = "pdp_pearson"

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        present = complete(scores, ratings)
        count = present.sum(axis=0)
        n_pairs = int((count * (count - 1) // 2).sum())
        used = (int((count > 0).sum()), int(present.sum()))
        if not n_pairs:
            note = "fewer than 2 translations with score and rating in any segment"
            return Agreement(float("nan"), 0, note, *used)
        if np.isinf(scores[present]).any():
            return Agreement(float("nan"), 0, INFINITE, *used)
        value = float(self.values(scores[None], ratings)[0])
        if np.isnan(value):
            return Agreement(value, 0, "one side is constant in every segment", *used)
        return Agreement(value, n_pairs, "", *used)

    def values(self, stack: Array, ratings: Array) -> Array:
        """The value for each of (k, n_systems, n_segments) score matrices that lack the same
        scores: (k,), NaN where undefined."""
        cross, squares, rated = self.sums(stack, ratings)
        x, y = squares.sum(axis=-1), rated.sum()
        with np.errstate(invalid="ignore", divide="ignore"):
            values = np.clip(cross.sum(axis=-1) / np.sqrt(x * y), -1.0, 1.0)
        result: Array = np.where((x > 0) & (y > 0), values, np.nan)
        return result

    def sums(self, stack: Array, ratings: Array) -> tuple[Array, Array, Array]:
        """Each segment's sums of products and of squares of differences: cross products and
        squares of the scores, (k, n_segments) each, and squares of the ratings, (n_segments,).

        Over both orders of all pairs of n values, the products of differences add up to 2 n times
        the product of deviations from the means.
        """
        present = ~(np.isnan(ratings) | np.isnan(stack[0])) if len(stack) else ~np.isnan(ratings)
        count = present.sum(axis=0)
        x, y = (_deviations(side, present) for side in (stack, ratings))
        return (
            2.0 * count * (x * y).sum(axis=-2),
            2.0 * count * (x * x).sum(axis=-2),
            2.0 * count * (y * y).sum(axis=-2),
        )

    def cost(self, shape: tuple[int, ...]) -> int:
        """The unit."""
        return 1

    def exchanged(self, exchange: Exchange) -> Iterator[Differences]:
        """From moments of segments, which are linear in what is taken."""
        return exchange_moments(exchange, self.grouping, pooled=True)

    def resampled(self, scores: Array, ratings: Array, counts: Counts) -> Array:
        """From sums of segments."""
        cross, squares, rated = self.sums(scores[None], ratings)
        x, y, z = (counts @ part for part in (cross[0], squares[0], rated))
        return ratio(x, np.sqrt(y * z))


def _deviations(side: Array, present: NDArray[np.bool_]) -> Array:
    """Deviations from the mean of each segment's systems, exactly 0 where all are equal."""
    filled = np.where(present, side, 0.0)
    mean = filled.sum(axis=-2, keepdims=True) / np.maximum(present.sum(axis=0), 1)
    low = np.where(present, side, np.inf).min(axis=-2, keepdims=True, initial=np.inf)
    high = np.where(present, side, -np.inf).max(axis=-2, keepdims=True, initial=-np.inf)
    result: Array = np.where(present & (low < high), filled - mean, 0.0)
    return result

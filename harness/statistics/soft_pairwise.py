"""Soft pairwise accuracy: does a metric distinguish systems where raters do, and only there?
(Thompson et al. 2024, arXiv 2409.09598)."""

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
    Level,
    Statistic,
    SystemScore,
    TwoWayRule,
    complete,
)
from harness.statistics.fast.exchange import Differences, Exchange
from harness.statistics.fast.flips import (
    exchange_soft,
    normal_p_values,
    random_signs,
    soft_values,
    times_at_least,
)
from harness.statistics.fast.resampling import Counts
from harness.support.checks import MOST_DRAWS, check_seed, check_whole

__all__ = ["SoftPairwiseAccuracy"]

#: Flips in a test by exchange, where the statistic is the limit for many.
FLIPS = 1000


@dataclass(frozen=True)
class SoftPairwiseAccuracy(Statistic):
    """Soft pairwise accuracy, in [0, 1]: 1 minus the mean over pairs of systems of |p - q|.

    p and q are the one-sided p-values with which ratings and scores say that the first system is
    better, by a permutation test that flips the sign of the difference of each segment at random:
    the share of flips whose sum is at least the observed one. So a metric is rewarded for being as
    sure as people are. By default (``samples`` is None) p is the limit for many flips, where the
    sums are normal: p = Phi(-sum d / sqrt(sum d²)), 1 where all d are 0. It needs no random
    numbers, and of each two systems the segments count that both have. With a number of
    ``samples``, as the WMT metrics task computes it, p comes from so many flips drawn from
    ``seed``, one set for all pairs and both sides; such a value differs from the limit, which is in
    ``detail`` (``normal_approximation``), by some thousandths, and no score or rating may be
    missing. ``n`` is the number of pairs of systems. Undefined with fewer than 2 systems, without
    segments, where a rated system has no score at all, and where a score is infinite.
    """

    samples: int | None = None
    seed: int = 4
    level: ClassVar[Level] = "system"
    system_score: ClassVar[SystemScore] = "mean"
    name: ClassVar[str] = "soft_pairwise_accuracy"
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    two_way: ClassVar[TwoWayRule] = "soft_pairwise_accuracy"
    exchange_method: ClassVar[str] = "scores exchanged, p-values of systems from one set of flips"

    def __post_init__(self) -> None:
        if self.samples is not None:
            check_whole(f"{self.name}.samples", self.samples, 1, MOST_DRAWS)
        check_seed(f"{self.name}.seed", self.seed)

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        present = complete(scores, ratings)
        if self.samples is None:
            return _limit(scores, ratings, present)
        why = self.why_undefined(present)
        if why:
            return Agreement(float("nan"), 0, why, int(present.all(axis=0).sum()), 0)
        n_systems, n_segments = scores.shape
        if not np.isfinite(scores).all():
            return Agreement(float("nan"), 0, INFINITE, n_segments, n_systems * n_segments)
        signs = random_signs(self.samples, n_segments, self.seed)
        counts = [times_at_least(side, signs) for side in (scores, ratings)]
        n = len(counts[0])
        value = 1.0 - int(np.abs(counts[0] - counts[1]).sum()) / (n * self.samples)
        limit = [normal_p_values(side) for side in (scores, ratings)]
        detail = {"normal_approximation": 1.0 - float(np.abs(limit[0] - limit[1]).mean())}
        note = ""
        if not np.ptp(scores, axis=0).any():
            note = "the systems have equal scores: the value depends on their order"
        return Agreement(value, n, note, n_segments, n_systems * n_segments, detail)

    @staticmethod
    def why_undefined(present: NDArray[np.bool_]) -> str:
        """Why there is no value where scores and ratings are ``present``; empty if there is one."""
        if present.shape[0] < 2:
            return "fewer than 2 systems"
        if not present.any():
            return "no segment has a score and a rating of every system"
        if not present.all():
            missing = int(present.size - present.sum())
            return f"{missing} of {present.size} translations lack a score or a rating"
        return ""

    def chance_level(self, ratings: Array) -> float:
        """The p-values of random scores are uniform, so a pair with the ratings' p-value q loses
        (q² + (1 - q)²) / 2."""
        if len(ratings) < 2 or not ratings.size or np.isnan(ratings).any():
            return float("nan")
        q = normal_p_values(ratings)
        return float(1.0 - ((q**2 + (1.0 - q) ** 2) / 2.0).mean())

    def cost(self, shape: tuple[int, ...]) -> int:
        """0: the flips are multiplied once with what the draws take of each metric."""
        return 0

    def exchanged(self, exchange: Exchange) -> Iterator[Differences]:
        """In whole numbers, all pairs together, with :data:`FLIPS` flips where ``samples`` is
        None."""
        signs = random_signs(self.samples or FLIPS, exchange.ratings.shape[1], self.seed)
        return exchange_soft(exchange, signs)

    def resampled(self, scores: Array, ratings: Array, counts: Counts) -> Array:
        """In its limit for many flips, which needs no random numbers."""
        if not self.why_undefined(complete(scores, ratings)):
            return soft_values(scores, ratings, counts)
        if self.samples is None:  # translations may be missing here and there
            return super().resampled(scores, ratings, counts)
        return np.full(len(counts), np.nan)


def _limit(scores: Array, ratings: Array, present: NDArray[np.bool_]) -> Agreement:
    """The value with the p-values of many flips, over the pairs of systems that share a segment."""
    used = int((present.sum(axis=0) > 1).sum()), int(present.sum())
    if len(ratings) < 2:
        return Agreement(float("nan"), 0, "fewer than 2 systems", *used)
    lacking = int((~np.isnan(ratings)).any(axis=1).sum() - present.any(axis=1).sum())
    if lacking:
        return Agreement(float("nan"), 0, f"{lacking} rated systems have no score", *used)
    if np.isinf(scores[present]).any():
        return Agreement(float("nan"), 0, INFINITE, *used)
    first, second = np.triu_indices(len(scores), 1)
    both = present[first] & present[second]
    there = both.any(axis=1)
    if not there.any():
        return Agreement(float("nan"), 0, "no two systems share a segment with scores", *used)
    p, q = (_limits(side, first, second, both)[there] for side in (scores, ratings))
    value = 1.0 - float(np.abs(p - q).mean())
    return Agreement(value, int(there.sum()), "", *used, {"normal_approximation": value})


def _limits(
    side: Array, first: NDArray[np.int64], second: NDArray[np.int64], both: NDArray[np.bool_]
) -> Array:
    """The p-value of each pair of systems, (n_pairs,)."""
    from scipy.special import ndtr

    d = np.where(both, side[first] - side[second], 0.0)
    size = np.sqrt((d * d).sum(axis=1))
    p = ndtr(-d.sum(axis=1) / np.where(size > 0, size, 1.0))
    result: Array = np.where(size > 0, p, 1.0)
    return result

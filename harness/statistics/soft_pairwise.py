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
from harness.support.checks import check_seed, check_whole

__all__ = ["SoftPairwiseAccuracy"]


@dataclass(frozen=True)
class SoftPairwiseAccuracy(Statistic):
    """Soft pairwise accuracy, in [0, 1]: 1 minus the mean over pairs of systems of |p - q|.

    p and q are the one-sided p-values with which ratings and scores say that the first system is
    better, by a permutation test that flips the sign of the difference of each segment at random:
    the share of ``samples`` flips whose sum is at least the observed one. One set of flips serves
    all pairs and both sides. So a metric is rewarded for being as certain as the raters. Other
    seeds change the value by .001 to .005; ``detail`` has its limit for many samples, where the
    sums are normal (``normal_approximation``). ``n`` is the number of pairs of systems. Undefined
    if a score or rating is missing (the test needs both translations of every segment) or infinite,
    with fewer than 2 systems, and without segments. 0.5 is the chance level only if the raters
    distinguish all systems, so there is no constant chance level.
    """

    samples: int = 1000
    seed: int = 4
    level: ClassVar[Level] = "system"
    system_score: ClassVar[SystemScore] = "mean"
    name: ClassVar[str] = "soft_pairwise_accuracy"
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    exchange_method: ClassVar[str] = "scores exchanged, p-values of systems from one set of flips"

    def __post_init__(self) -> None:
        check_whole(f"{self.name}.samples", self.samples, 1)
        check_seed(f"{self.name}.seed", self.seed)

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        present = complete(scores, ratings)
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
        """In whole numbers, all pairs together."""
        signs = random_signs(self.samples, exchange.ratings.shape[1], self.seed)
        return exchange_soft(exchange, signs)

    def resampled(self, scores: Array, ratings: Array, counts: Counts) -> Array:
        """In its limit for many flips, which needs no random numbers."""
        if self.why_undefined(complete(scores, ratings)):
            return np.full(len(counts), np.nan)
        return soft_values(scores, ratings, counts)

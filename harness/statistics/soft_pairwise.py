"""Soft pairwise accuracy: does a metric tell systems apart where people do, and only there?
(Thompson et al. 2024, arXiv 2409.09598)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harness.statistics.base import INFINITE, Agreement, Array, Level, complete
from harness.support.checks import check_seed, check_whole

__all__ = [
    "SoftPairwiseAccuracy",
    "normal_p_values",
    "random_signs",
    "times_at_least",
]

#: Sums that differ by less, in parts of their scale, are equal but for rounding.
ROUNDING = 1e-9


@dataclass(frozen=True)
class SoftPairwiseAccuracy:
    """Soft pairwise accuracy, in [0, 1]: 1 minus the mean over pairs of systems of |p - q|.

    p and q are the one-sided p-values with which ratings and scores say that the first system is
    better, by a permutation test that flips the sign of the difference of each segment at random:
    the share of ``samples`` flips whose sum is at least the observed one. One set of flips serves
    all pairs and both sides. So a metric is rewarded for being as sure as people are. Other seeds
    move the value by .001 to .005; ``detail`` has its limit for many samples, where the sums are
    normal (``normal_approximation``). ``n`` is the number of pairs of systems. Undefined where a
    score or rating is missing (the test needs both translations of every segment), with fewer than
    2 systems or without segments, and where a score is infinite. 0.5 is chance only where
    people tell all systems apart, so no chance level is stated.
    """

    samples: int = 1000
    seed: int = 4
    level: ClassVar[Level] = "system"
    grouping: ClassVar[str] = "mean"
    name: ClassVar[str] = "soft_pairwise_accuracy"
    chance: ClassVar[float] = float("nan")
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)

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


def random_signs(samples: int, n_segments: int, seed: int) -> Array:
    """Random signs, 1 or -1, of the shape (samples, n_segments)."""
    drawn = np.random.default_rng(seed).random((samples, n_segments), dtype=np.float32)
    return np.where(drawn < 0.5, -1.0, 1.0)


def times_at_least(values: Array, signs: Array) -> NDArray[np.int64]:
    """For each pair of rows i < j of ``values``, (n_systems, n_segments): with how many of the
    ``signs`` the signed sum of their differences is at least the plain sum."""
    deviations = values - values.mean(axis=0)  # differences stay, sums become small
    flipped = deviations @ signs.T  # (n_systems, samples)
    plain = deviations.sum(axis=1)
    tolerance = ROUNDING * float(np.abs(deviations).sum(axis=1).max(initial=0.0))
    first, second = np.triu_indices(len(values), 1)
    result = np.empty(len(first), dtype=np.int64)
    for pair, (i, j) in enumerate(zip(first, second, strict=True)):
        result[pair] = np.count_nonzero(flipped[i] - flipped[j] >= plain[i] - plain[j] - tolerance)
    return result


def normal_p_values(values: Array) -> Array:
    """What the shares of :func:`times_at_least` tend to: 1 - Phi(sum d / sqrt(sum d²)) for the
    differences d of each pair of rows; 1 where all are 0."""
    from scipy.special import ndtr

    first, second = np.triu_indices(len(values), 1)
    sums, squares = np.empty(len(first)), np.empty(len(first))
    for pair, (i, j) in enumerate(zip(first, second, strict=True)):
        difference = values[i] - values[j]
        sums[pair], squares[pair] = difference.sum(), difference @ difference
    with np.errstate(invalid="ignore", divide="ignore"):
        p = ndtr(-sums / np.sqrt(squares))
    result: Array = np.where(squares > 0, p, 1.0)
    return result

"""How often the sign of a difference in scores agrees with raters, by the size of the difference.

If scores and mean ratings of systems are jointly normal, a difference x in scores agrees in sign
with the difference in ratings with probability Phi(k x), for one number k > 0 of the metric: half
of the time at no difference, always at a large one. k is estimated by maximum likelihood from all
pairs of systems of one or several test sets. Its interval leaves out one system at a time within
each test set, because pairs that share a system are not independent. (Kocmi, Zouhar, Federmann and
Post, 2024, "Navigating the Metrics Maze", tabulate the same relation over many language pairs.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr, stdtrit

__all__ = ["Fit", "SystemMeans", "agreed_share", "fit"]

Array = NDArray[np.float64]
FEWEST_SYSTEMS = 4
#: k times the median difference is looked for below this: there, all but every pair agrees.
STEEPEST = 5.0


@dataclass(frozen=True)
class SystemMeans:
    """The ``scores`` and mean ``ratings`` of the rated systems of one test set, higher is better;
    both (n_systems,), all finite."""

    scores: Array
    ratings: Array

    def pairs(self) -> tuple[Array, Array]:
        """Of every two systems: the size of the difference in scores, and whether the ratings
        agree with its sign (1, or 1/2 where either is equal, or 0)."""
        one, two = np.triu_indices(self.scores.size, 1)
        difference = self.scores[one] - self.scores[two]
        product = np.sign(difference) * np.sign(self.ratings[one] - self.ratings[two])
        return np.abs(difference), (product + 1.0) / 2.0

    def without(self, i: int) -> SystemMeans:
        """The systems but one."""
        return SystemMeans(np.delete(self.scores, i), np.delete(self.ratings, i))


@dataclass(frozen=True)
class Fit:
    """``slope``, k above, in 1 over points of the metric, with its interval for other systems on
    these test sets. A slope of 0 says that no difference means anything; an infinite one, that
    every difference agreed. ``low`` and ``high`` are NaN where there is no interval. ``largest`` is
    the largest difference that it rests on."""

    slope: float
    low: float
    high: float
    largest: float
    n_systems: int
    n_pairs: int


def agreed_share(slope: float, difference: float) -> float:
    """The share of pairs of systems that raters order as the metric does, in [1/2, 1], of those
    that differ by ``difference`` (either sign). NaN: a number is missing."""
    if difference == 0.0 and not math.isnan(slope):
        return 0.5
    return float(ndtr(slope * abs(difference)))


def fit(sets: Sequence[SystemMeans], confidence: float = 0.95) -> Fit:
    """The slope over the pairs of systems within each of ``sets``.

    Degenerate cases: NaN with fewer than four systems in all or if all scores of each set are
    equal; no interval where a slope is 0 or without bound, or fewer than two systems can be left
    out of some set.
    """
    n_systems = sum(own.scores.size for own in sets)
    n_pairs = sum(own.scores.size * (own.scores.size - 1) // 2 for own in sets)
    largest = max((float(own.pairs()[0].max(initial=0.0)) for own in sets), default=0.0)
    sizes = (largest, n_systems, n_pairs)
    value = _slope(sets)
    if n_systems < FEWEST_SYSTEMS or math.isnan(value):
        return Fit(math.nan, math.nan, math.nan, *sizes)
    variance, degrees = _variance(sets)
    if not 0.0 < value < math.inf or not math.isfinite(variance):
        return Fit(value, math.nan, math.nan, *sizes)
    half = float(stdtrit(degrees, (1.0 + confidence) / 2.0)) * math.sqrt(variance)
    return Fit(value, value * math.exp(-half), value * math.exp(half), *sizes)


def _slope(sets: Sequence[SystemMeans]) -> float:
    """The maximum of the likelihood, which is concave: where its derivative changes sign."""
    both = [own.pairs() for own in sets]
    size = np.concatenate([np.empty(0), *(pair[0] for pair in both)])
    agreed = np.concatenate([np.empty(0), *(pair[1] for pair in both)])
    size, agreed = size[size > 0.0], agreed[size > 0.0]
    if not size.size:
        return math.nan
    unit = float(np.median(size))
    x = size / unit

    def derivative(k: float) -> float:
        # of the sum of a log Phi(kx) + (1 - a) log Phi(-kx)
        right = np.exp(-0.5 * (k * x) ** 2 - log_ndtr(k * x))
        wrong = np.exp(-0.5 * (k * x) ** 2 - log_ndtr(-k * x))
        return float(np.sum(x * (agreed * right - (1.0 - agreed) * wrong)))

    if derivative(0.0) <= 0.0:
        return 0.0
    low, high = 0.0, STEEPEST
    if derivative(high) >= 0.0:
        return math.inf
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if derivative(middle) > 0.0 else (low, middle)
    return (low + high) / 2.0 / unit


def _variance(sets: Sequence[SystemMeans]) -> tuple[float, int]:
    """The jackknife variance of the logarithm of the slope, a stratum for each set, and its
    degrees of freedom."""
    variance, degrees = 0.0, 0
    for t, own in enumerate(sets):
        n = own.scores.size
        if n < 3:
            return math.nan, 0
        slopes = np.array([_slope([*sets[:t], own.without(i), *sets[t + 1 :]]) for i in range(n)])
        if not (np.isfinite(slopes) & (slopes > 0.0)).all():
            return math.nan, 0
        logs = np.log(slopes)
        variance += (n - 1) / n * float(np.sum((logs - logs.mean()) ** 2))
        degrees += n - 1
    return variance, degrees

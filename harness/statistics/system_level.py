"""Agreement on whole systems: pairwise accuracy and correlations of system scores.

The score of a system is either the mean of its segment scores (``system_score="mean"``: the arrays
are (n_systems, n_segments), and only segments that all systems have count) or the metric's own
score of the whole text (``system_score="corpus"``: the scores have the shape (n_systems, 1) and are
compared with mean ratings).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from harness.statistics import groups
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
from harness.statistics.fast.resampling import Counts, system_means
from harness.statistics.fast.systems import exchange_orders, exchange_system_scores

__all__ = [
    "PairwiseAccuracy",
    "SystemKendall",
    "SystemPearson",
    "SystemSpearman",
    "SystemStatistic",
    "Systems",
    "systems_of",
]


#: Mean ratings closer than this (times the largest, if that is above 1) are equal but for rounding.
SAME = 1e-10


@dataclass(frozen=True)
class Systems:
    """Scores and ratings of whole systems, (n_systems,) each, and over how many segments and
    translations; ``why``: why they cannot be compared."""

    scores: Array
    ratings: Array
    n_segments: int
    why: str = ""

    def agreement(self, value: float, n: int, note: str = "") -> Agreement:
        """The result of a comparison of these systems."""
        return Agreement(value, n, note, self.n_segments, self.n_segments * len(self.scores))


def systems_of(scores: Array, ratings: Array, system_score: SystemScore) -> Systems:
    """Mean ratings of systems, and their mean or corpus scores.

    Means are over the segments for which every system has a score and a rating, the same for all
    systems. A corpus score covers every segment, so every system must be rated on every segment.
    Values are summed in order of size, so the order of segments does not matter.
    """
    whole = system_score == "corpus"
    present = ~np.isnan(ratings) if whole else ~(np.isnan(scores) | np.isnan(ratings))
    common = present.all(axis=0)
    n = int(common.sum()) if len(present) else 0
    nothing = np.full(len(ratings), np.nan)
    if not n:
        why = (
            "no segment has a rating of every system"
            if whole
            else ("no segment has a score and a rating of every system")
        )
        return Systems(nothing, nothing, 0, why)
    if whole and not common.all():
        return Systems(nothing, nothing, 0, "corpus scores cover segments without a rating")
    human = equal_where_rounded(_means(ratings[:, common]))
    used = scores[:, :1] if whole else scores[:, common]
    with np.errstate(invalid="ignore"):  # both infinities have no mean
        metric = used[:, 0] if whole else _means(used)
    why = ""
    if np.isnan(metric).any():
        why = INFINITE if np.isinf(used).any() else "a system has no score"
    return Systems(metric, human, n, why)


def equal_where_rounded(means: Array) -> Array:
    """The means, those that differ by rounding alone made equal, so that a tie is a tie.

    A rating is a mean over raters, rounded (1/3 to .333333333333): three such thirds and a 1 have
    unlike sums. Penalties are multiples of a tenth or more, so true differences of means over
    raters and segments are far larger than ``SAME``.
    """
    order = np.argsort(means, kind="stable")
    ordered = means[order]
    reach = SAME * max(1.0, float(np.abs(means).max(initial=0.0)))
    first = np.flatnonzero(~(np.diff(ordered, prepend=-np.inf) <= reach))  # NaN equals nothing
    result = np.empty_like(means)
    result[order] = np.repeat(ordered[first], np.diff(first, append=len(means)))
    return result


def _means(rows: Array) -> Array:
    result: Array = np.sort(rows, axis=1).mean(axis=1)
    return result


@dataclass(frozen=True)
class SystemStatistic(Statistic):
    """A statistic of one score and one rating per system, given by ``of_systems``.

    Two metrics are tested by exchanging their scores of whole systems, in all possible ways if
    there are few systems. Resampling and averages of statistics use mean scores only.
    """

    system_score: SystemScore = "mean"
    level: ClassVar[Level] = "system"

    @abstractmethod
    def of_systems(self, scores: Array, ratings: Array) -> Array:
        """The value of each row of (…, n_systems) system scores against such ratings; (…,)."""

    def for_raters(self) -> Statistic:
        """Of mean scores."""
        changed: Any = self
        result: Statistic = replace(changed, system_score="mean")
        return result

    def cost(self, shape: tuple[int, ...]) -> int:
        """0: there are few systems."""
        return 0

    def exchanged(self, exchange: Exchange) -> Iterator[Differences]:
        """The cells of the exchange are systems."""
        return exchange_system_scores(exchange, self.of_systems)

    def resampled(self, scores: Array, ratings: Array, counts: Counts) -> Array:
        """Of mean scores, over the segments that all systems have; corpus scores are undefined."""
        if self.system_score != "mean" or len(ratings) < 2:
            return np.full(len(counts), np.nan)
        common = complete(scores, ratings).all(axis=0)
        own = counts[:, common].astype(np.float64)
        metric, human = (system_means(side[:, common], own) for side in (scores, ratings))
        values = self.of_systems(metric, human)
        return np.where(own.sum(axis=1) > 0, values, np.nan)


@dataclass(frozen=True)
class PairwiseAccuracy(SystemStatistic):
    """Share of pairs of systems that metric and raters put in the same order, in [0, 1]; a pair
    tied on one side only counts as a disagreement (Kocmi et al. 2021, arXiv 2107.10821)."""

    name: ClassVar[str] = "pairwise_accuracy"
    chance: ClassVar[float] = 0.5
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        systems = systems_of(scores, ratings, self.system_score)
        why = "fewer than 2 systems" if len(systems.scores) < 2 else systems.why
        if why:
            return systems.agreement(float("nan"), 0, why)
        n = len(systems.scores)
        value = float(self.of_systems(systems.scores, systems.ratings))
        return systems.agreement(value, n * (n - 1) // 2)

    def of_systems(self, scores: Array, ratings: Array) -> Array:
        """The value of each row of (…, n_systems) system scores against such ratings; (…,)."""
        first, second = np.triu_indices(scores.shape[-1], 1)
        metric = np.sign(scores[..., first] - scores[..., second])
        human = np.sign(ratings[..., first] - ratings[..., second])
        same = (metric == human).sum(axis=-1)
        result: Array = same / len(first) if len(first) else np.full(same.shape, np.nan)
        return result

    def exchanged(self, exchange: Exchange) -> Iterator[Differences]:
        """In whole numbers of pairs."""
        return exchange_orders(exchange)

    @property
    def two_way(self) -> TwoWayRule | None:
        """Of mean scores."""
        return "pairwise_accuracy" if self.system_score == "mean" else None


@dataclass(frozen=True)
class _SystemCorrelation(SystemStatistic):
    """Correlations of system scores: undefined if one side is constant or with fewer than 3
    systems (two points always lie on a line)."""

    chance: ClassVar[float] = 0.0
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    #: Whether infinite scores have a place in it, as they do in ranks.
    infinities: ClassVar[bool] = True
    of_groups: ClassVar[groups.GroupFunction]

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        systems = systems_of(scores, ratings, self.system_score)
        why = _undefined(systems)
        if not why and not self.infinities and not np.isfinite(systems.scores).all():
            why = INFINITE
        if why:
            return systems.agreement(float("nan"), 0, why)
        value = float(self.of_systems(systems.scores, systems.ratings))
        return systems.agreement(value, len(systems.scores))

    def of_systems(self, scores: Array, ratings: Array) -> Array:
        """The value of each row of (…, n_systems) system scores against such ratings; (…,)."""
        if scores.shape[-1] < 3:
            return np.full(scores.shape[:-1], np.nan)
        result: Array = type(self).of_groups(scores[..., None], ratings[..., None])[..., 0]
        return result


@dataclass(frozen=True)
class SystemPearson(_SystemCorrelation):
    """Pearson's correlation of system scores with mean ratings, in [-1, 1]; undefined if one side
    is constant or with fewer than 3 systems (two points always lie on a line)."""

    name: ClassVar[str] = "pearson"
    infinities: ClassVar[bool] = False
    of_groups: ClassVar[groups.GroupFunction] = staticmethod(groups.pearson)


@dataclass(frozen=True)
class SystemSpearman(_SystemCorrelation):
    """Spearman's rank correlation of system scores with mean ratings, in [-1, 1]; undefined as for
    Pearson."""

    name: ClassVar[str] = "spearman"
    of_groups: ClassVar[groups.GroupFunction] = staticmethod(groups.spearman)


@dataclass(frozen=True)
class SystemKendall(_SystemCorrelation):
    """Kendall's tau-b of system scores with mean ratings, in [-1, 1]; undefined as for Pearson."""

    name: ClassVar[str] = "kendall_b"
    of_groups: ClassVar[groups.GroupFunction] = staticmethod(groups.kendall_b)


def _undefined(systems: Systems) -> str:
    if len(systems.scores) < 3:
        return "fewer than 3 systems"
    if systems.why:
        return systems.why
    with np.errstate(invalid="ignore"):
        constant = np.ptp(systems.scores) == 0
    if constant or np.ptp(systems.ratings) == 0:
        return "one side is constant"
    return ""

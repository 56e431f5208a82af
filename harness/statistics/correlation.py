"""Correlation of scores with ratings: Pearson, Spearman, Kendall's tau-b and tau-c, grouped or not.

With a grouping the correlation is computed within each group (a segment's systems, or a system's
segments) and averaged without weights over the groups in which neither side is constant; ``n`` is
the number of those groups, and where there is none the value is undefined, not 0. Pearson's within
segments can also count a constant metric as 0, which is the default.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from harness.statistics import groups
from harness.statistics.base import (
    ANEW,
    INFINITE,
    ONE_BY_ONE,
    Agreement,
    Array,
    Grouping,
    Level,
    Statistic,
    TwoWayRule,
    complete,
)
from harness.statistics.fast import resampling
from harness.statistics.fast.concordance import MOST_SYSTEMS, exchange_ranks
from harness.statistics.fast.exchange import Differences, Exchange
from harness.statistics.fast.moments import exchange_moments
from harness.statistics.fast.resampling import Counts
from harness.support.checks import check_one_of

__all__ = ["Correlation", "Kendall", "KendallC", "Pearson", "Spearman"]


@dataclass(frozen=True)
class Correlation(Statistic):
    """The shared part of the correlations; ``of_groups`` is the correlation within groups."""

    grouping: Grouping = "item"
    level: ClassVar[Level] = "segment"
    chance: ClassVar[float] = 0.0
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    of_groups: ClassVar[groups.GroupFunction]

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        present = complete(scores, ratings)
        values = type(self).of_groups(*_grouped(scores, ratings, present, self.grouping))
        return _averaged(values, present, self.grouping)

    def by_segment(self, scores: Array, ratings: Array) -> Array:
        """The correlation within each segment, (n_segments,); NaN where undefined."""
        return type(self).of_groups(*_grouped(scores, ratings, complete(scores, ratings), "item"))

    def values(self, stack: Array, ratings: Array) -> Array:
        """The value for each of (k, n_systems, n_segments) score matrices that lack the same
        scores: (k,), NaN where undefined."""
        present = complete(stack[0], ratings) if len(stack) else ~np.isnan(ratings)
        by_group = type(self).of_groups(*_grouped(stack, ratings, present, self.grouping))
        defined = ~np.isnan(by_group)
        count = defined.sum(axis=-1)
        total = np.where(defined, by_group, 0.0).sum(axis=-1)
        result: Array = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        return result

    def resampled(self, scores: Array, ratings: Array, counts: Counts) -> Array:
        """Within segments a mean over segments; else on repeated columns."""
        if self.grouping == "item":
            return resampling.mean_of_segments(self.by_segment(scores, ratings), counts)
        return super().resampled(scores, ratings, counts)


@dataclass(frozen=True)
class Pearson(Correlation):
    """Pearson's correlation, in [-1, 1]; undefined if one side is constant or a score is infinite
    (Pearson 1895).

    Within segments (``grouping`` 'item'), ``constant`` says what a segment counts in which the
    metric gives all systems the same score and people do not: 'zero', the metric knows nothing
    there, or 'dropped', the segment leaves the mean of this metric, as the WMT metrics task has it,
    which rewards metrics that tie where they would be wrong. How many there are is in ``detail``
    (``n_constant``). A metric that is constant in every segment has no value.
    """

    grouping: Grouping = "none"
    constant: Literal["zero", "dropped"] = "zero"
    name: ClassVar[str] = "pearson"
    of_groups: ClassVar[groups.GroupFunction] = staticmethod(groups.pearson)

    def __post_init__(self) -> None:
        check_one_of("pearson.constant", self.constant, ("zero", "dropped"))

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        present = complete(scores, ratings)
        if np.isinf(scores[present]).any():
            used = int(present.any(axis=0).sum()), int(present.sum())
            return Agreement(float("nan"), 0, INFINITE, *used)
        if self.grouping != "item":
            return super().__call__(scores, ratings)
        values = groups.pearson(*_grouped(scores, ratings, present, "item"))
        constant = np.isnan(values) & _varies(ratings, present)
        result = _averaged(self._counted(values, constant), present, "item")
        return replace(result, detail={"n_constant": float(constant.sum())})

    @property
    def _zero(self) -> bool:
        """Whether a constant metric counts 0."""
        return self.grouping == "item" and self.constant == "zero"

    def by_segment(self, scores: Array, ratings: Array) -> Array:
        """The correlation within each segment, (n_segments,); NaN where it does not count."""
        values = super().by_segment(scores, ratings)
        return self._counted(values, _varies(ratings, complete(scores, ratings)))

    def _counted(self, values: Array, varies: NDArray[np.bool_]) -> Array:
        """Correlations by segment, (…, n_segments): 0 for NaN where people ``varies``, if that
        counts; but a metric that is constant in every segment stays undefined."""
        if not self._zero:
            return values
        known = ~np.isnan(values)
        zero = ~known & varies & known.any(axis=-1, keepdims=True)
        result: Array = np.where(zero, 0.0, values)
        return result

    def values(self, stack: Array, ratings: Array) -> Array:
        """The value for each of (k, n_systems, n_segments) score matrices that lack the same
        scores: (k,), NaN where undefined."""
        if not self._zero or not len(stack):
            return super().values(stack, ratings)
        present = complete(stack[0], ratings)
        r = groups.pearson(*_grouped(stack, ratings, present, "item"))
        counted = self._counted(r, _varies(ratings, present))
        return np.array([_mean(row) for row in counted])

    @property
    def two_way(self) -> TwoWayRule | None:
        """Within segments."""
        if self.grouping != "item":
            return None
        return "pearson_by_item" if self._zero else "pearson_by_item_official"

    def cost(self, shape: tuple[int, ...]) -> int:
        """1, the unit; with few groups, only a few operations per pair of metrics."""
        return 1 if self.grouping == "item" else 0

    def exchanged(self, exchange: Exchange) -> Iterator[Differences]:
        """From moments of groups, which are linear in what is taken."""
        return exchange_moments(exchange, self.grouping, pooled=False, constant_counts=self._zero)

    def resampled(self, scores: Array, ratings: Array, counts: Counts) -> Array:
        """From moments of segments, which are linear in their counts."""
        if self.grouping == "item":
            return super().resampled(scores, ratings, counts)
        present, whole = complete(scores, ratings), self.grouping == "none"
        return resampling.pearson(scores, ratings, present, counts, whole=whole)


@dataclass(frozen=True)
class RankCorrelation(Correlation):
    """The shared part of rank correlations. Over all translations together, each value needs a sort
    of all of them, so a thousand draws per metric and pair take minutes to hours."""

    @property
    def expensive(self) -> bool:
        """Over all translations together."""
        return self.grouping == "none"


@dataclass(frozen=True)
class Spearman(RankCorrelation):
    """Spearman's rank correlation, in [-1, 1]: Pearson's of ranks, ties sharing their mean rank;
    undefined if one side is constant (Spearman 1904)."""

    name: ClassVar[str] = "spearman"
    of_groups: ClassVar[groups.GroupFunction] = staticmethod(groups.spearman)


@dataclass(frozen=True)
class Kendall(RankCorrelation):
    """Kendall's tau-b, in [-1, 1], which corrects for ties; undefined if one side is constant
    (Kendall 1945)."""

    name: ClassVar[str] = "kendall_b"
    of_groups: ClassVar[groups.GroupFunction] = staticmethod(groups.kendall_b)

    def cost(self, shape: tuple[int, ...]) -> int:
        """The unit where pairs of systems can be counted; else see :func:`_cost_of_groups`."""
        return 1 if self._counts(shape) else _cost_of_groups(self.grouping, shape)

    def exchanged(self, exchange: Exchange) -> Iterator[Differences]:
        """Within segments, from counts of pairs, if there are not too many systems."""
        if self._counts(exchange.ratings.shape):
            return exchange_ranks(exchange)
        return super().exchanged(exchange)

    def _counts(self, shape: tuple[int, ...]) -> bool:
        return self.grouping == "item" and shape[0] <= MOST_SYSTEMS


@dataclass(frozen=True)
class KendallC(RankCorrelation):
    """Stuart's tau-c, in [-1, 1], which corrects for different numbers of distinct values on the
    two sides; undefined if one side is constant (Stuart 1953)."""

    name: ClassVar[str] = "kendall_c"
    of_groups: ClassVar[groups.GroupFunction] = staticmethod(groups.kendall_c)

    def cost(self, shape: tuple[int, ...]) -> int:
        """See :func:`_cost_of_groups`."""
        return _cost_of_groups(self.grouping, shape)


def _cost_of_groups(grouping: Grouping, shape: tuple[int, ...]) -> int:
    """The cost of a statistic that sorts large groups one by one."""
    n_systems, n_segments = shape
    members = {"item": n_systems, "system": n_segments}.get(grouping, n_systems * n_segments)
    return ONE_BY_ONE if members > groups.FEW else ANEW


def _grouped(
    scores: Array, ratings: Array, present: NDArray[np.bool_], grouping: Grouping
) -> tuple[Array, Array]:
    """Scores (also a stack of them) and ratings as (…, n_members, n_groups), NaN on both sides
    where one is missing."""
    if not present.all():
        scores, ratings = np.where(present, scores, np.nan), np.where(present, ratings, np.nan)
    if grouping == "item":
        return scores, ratings
    if grouping == "system":
        return scores.swapaxes(-1, -2), ratings.T
    return scores.reshape(*scores.shape[:-2], ratings.size, 1), ratings.reshape(-1, 1)


def _mean(values: Array) -> float:
    """The mean of those that are defined; NaN where none is."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else float("nan")


def _varies(ratings: Array, present: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(n_segments,): whether the ratings of the translations that are ``present`` differ."""
    low = np.where(present, ratings, np.inf).min(axis=0, initial=np.inf)
    high = np.where(present, ratings, -np.inf).max(axis=0, initial=-np.inf)
    result: NDArray[np.bool_] = low < high
    return result


def _averaged(values: Array, present: NDArray[np.bool_], grouping: Grouping) -> Agreement:
    """The mean of the groups' values; ``present``: the translations that took part."""
    defined = values[~np.isnan(values)]
    n_segments, n_translations = int(present.any(axis=0).sum()), int(present.sum())
    if len(defined):
        return Agreement(float(defined.mean()), len(defined), "", n_segments, n_translations)
    members = {"item": present.sum(axis=0), "system": present.sum(axis=1), "none": present.sum()}
    if np.max(members[grouping], initial=0) < 2:
        where = {"item": "in any segment", "system": "of any system", "none": "in all"}
        note = f"fewer than 2 translations with score and rating {where[grouping]}"
    else:
        where = {"item": " in every segment", "system": " in every system", "none": ""}
        note = f"one side is constant{where[grouping]}"
    return Agreement(float("nan"), 0, note, n_segments, n_translations)

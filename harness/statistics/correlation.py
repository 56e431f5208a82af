"""Correlation of scores with ratings: Pearson, Spearman, Kendall's tau-b and tau-c, grouped or not.

With a grouping the correlation is computed within each group (a segment's systems, or a system's
segments) and averaged without weights over the groups in which neither side is constant; ``n`` is
the number of those groups, and where there is none the value is undefined, not 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harness.statistics import groups
from harness.statistics.base import INFINITE, Agreement, Array, Grouping, Level, complete

__all__ = ["Correlation", "Kendall", "KendallC", "Pearson", "Spearman"]


@dataclass(frozen=True)
class Correlation:
    """What the correlations share; ``of_groups`` is the correlation within groups."""

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


@dataclass(frozen=True)
class Pearson(Correlation):
    """Pearson's correlation, in [-1, 1]; undefined if one side is constant or a score is infinite
    (Pearson 1895)."""

    grouping: Grouping = "none"
    name: ClassVar[str] = "pearson"
    of_groups: ClassVar[groups.GroupFunction] = staticmethod(groups.pearson)

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        present = complete(scores, ratings)
        if np.isinf(scores[present]).any():
            used = int(present.any(axis=0).sum()), int(present.sum())
            return Agreement(float("nan"), 0, INFINITE, *used)
        return super().__call__(scores, ratings)


@dataclass(frozen=True)
class Spearman(Correlation):
    """Spearman's rank correlation, in [-1, 1]: Pearson's of ranks, ties sharing their mean rank;
    undefined if one side is constant (Spearman 1904)."""

    name: ClassVar[str] = "spearman"
    of_groups: ClassVar[groups.GroupFunction] = staticmethod(groups.spearman)


@dataclass(frozen=True)
class Kendall(Correlation):
    """Kendall's tau-b, in [-1, 1], which corrects for ties; undefined if one side is constant
    (Kendall 1945)."""

    name: ClassVar[str] = "kendall_b"
    of_groups: ClassVar[groups.GroupFunction] = staticmethod(groups.kendall_b)


@dataclass(frozen=True)
class KendallC(Correlation):
    """Stuart's tau-c, in [-1, 1], which corrects for sides with unlike numbers of distinct values;
    undefined if one side is constant (Stuart 1953)."""

    name: ClassVar[str] = "kendall_c"
    of_groups: ClassVar[groups.GroupFunction] = staticmethod(groups.kendall_c)


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

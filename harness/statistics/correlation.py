"""Correlation of scores with ratings: Pearson and Kendall's tau-b, grouped or not.

With a grouping the correlation is computed within each group (a segment's systems, or a system's
segments) and averaged without weights over the groups in which neither side is constant; ``n`` is
the number of those groups, and where there is none the value is undefined, not 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau

from harness.statistics.base import Agreement, Array, Grouping, Level, complete

__all__ = ["Kendall", "Pearson"]


@dataclass(frozen=True)
class Pearson:
    """Pearson's correlation, in [-1, 1]; undefined if one side is constant (Pearson 1895)."""

    grouping: Grouping = "none"
    level: ClassVar[Level] = "segment"
    name: ClassVar[str] = "pearson"
    chance: ClassVar[float] = 0.0

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        rows = _grouped(scores, ratings, self.grouping)
        return _averaged(_pearson_rows(*rows), complete(scores, ratings), self.grouping)


@dataclass(frozen=True)
class Kendall:
    """Kendall's tau-b, in [-1, 1], which corrects for ties; undefined if one side is constant
    (Kendall 1945)."""

    grouping: Grouping = "item"
    level: ClassVar[Level] = "segment"
    name: ClassVar[str] = "kendall_b"
    chance: ClassVar[float] = 0.0

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        rows = _grouped(scores, ratings, self.grouping)
        if rows[0].shape[1] > 64:  # pairs of many points: scipy sorts instead of comparing all
            values = np.array([_tau_b(m, h) for m, h in zip(*rows, strict=True)])
        else:
            values = _tau_b_rows(*rows)
        return _averaged(values, complete(scores, ratings), self.grouping)


def _grouped(scores: Array, ratings: Array, grouping: Grouping) -> tuple[Array, Array]:
    """Scores and ratings as (n_groups, n_members), NaN on both sides where one is missing."""
    present = complete(scores, ratings)
    pair = (np.where(present, scores, np.nan), np.where(present, ratings, np.nan))
    if grouping == "item":
        return pair[0].T, pair[1].T
    if grouping == "system":
        return pair
    return pair[0].reshape(1, -1), pair[1].reshape(1, -1)


def _averaged(values: Array, present: NDArray[np.bool_], grouping: Grouping) -> Agreement:
    """The mean of the groups' values; ``present``: the translations that took part."""
    defined = values[~np.isnan(values)]
    n_segments, n_translations = int(present.any(axis=0).sum()), int(present.sum())
    if len(defined):
        return Agreement(float(defined.mean()), len(defined), "", n_segments, n_translations)
    members = {"item": present.sum(axis=0), "system": present.sum(axis=1), "none": present.sum()}
    if np.max(members[grouping], initial=0) < 2:
        groups = {"item": "in any segment", "system": "of any system", "none": "in all"}
        note = f"fewer than 2 translations with score and rating {groups[grouping]}"
    else:
        groups = {"item": " in every segment", "system": " in every system", "none": ""}
        note = f"one side is constant{groups[grouping]}"
    return Agreement(float("nan"), 0, note, n_segments, n_translations)


def _pearson_rows(scores: Array, ratings: Array) -> Array:
    """Pearson's correlation of each row, NaN where a side is constant or has under 2 points."""
    count = (~np.isnan(scores)).sum(axis=1, keepdims=True)
    if not scores.size:
        return np.full(len(scores), np.nan)
    x, y = _standardised(scores, count), _standardised(ratings, count)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = (x * y).sum(1) / np.sqrt((x * x).sum(1) * (y * y).sum(1))
    constant = (_spread(scores) == 0) | (_spread(ratings) == 0) | (count[:, 0] < 2)
    result: Array = np.where(constant, np.nan, np.clip(values, -1.0, 1.0))
    return result


def _standardised(rows: Array, count: NDArray[np.int64]) -> Array:
    """Rows less their mean, over their largest deviation (so that squares neither overflow nor
    vanish), 0 where missing."""
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = np.where(np.isnan(rows), 0.0, rows - np.nansum(rows, 1, keepdims=True) / count)
        largest = np.abs(centred).max(axis=1, keepdims=True)
        result: Array = np.where(largest > 0, centred / largest, 0.0)
    return result


def _spread(rows: Array) -> Array:
    """Largest minus smallest value of each row; 0 where all are missing."""
    low = np.where(np.isnan(rows), np.inf, rows).min(axis=1)
    high = np.where(np.isnan(rows), -np.inf, rows).max(axis=1)
    result: Array = np.where(low > high, 0.0, np.maximum(high - low, 0.0))
    return result


def _tau_b_rows(scores: Array, ratings: Array) -> Array:
    """tau-b of each row by comparing all pairs of its members."""
    first, second = np.triu_indices(scores.shape[1], 1)
    x = np.sign(scores[:, first] - scores[:, second])
    y = np.sign(ratings[:, first] - ratings[:, second])
    product = np.nansum(x * y, axis=1)
    untied = np.sqrt(np.nansum(x * x, axis=1) * np.nansum(y * y, axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = np.where(untied > 0, product / untied, np.nan)
    return result


def _tau_b(scores: Array, ratings: Array) -> float:
    present = ~np.isnan(scores)
    x, y = scores[present], ratings[present]
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(kendalltau(x, y).statistic)

"""Agreement on whole systems: pairwise accuracy, Pearson and Kendall's tau-b of system scores.

The score of a system is either the mean of its segment scores (``grouping="mean"``; then the
arrays are (n_systems, n_segments) and only segments that every system has in common count) or the
metric's own score of the whole text (``grouping="corpus"``; then the scores have the shape
(n_systems, 1) and are compared with the mean ratings).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from scipy.stats import kendalltau, pearsonr

from harness.statistics.base import Agreement, Array, Level

__all__ = ["PairwiseAccuracy", "SystemKendall", "SystemPearson"]

SystemScore = Literal["mean", "corpus"]


def system_means(scores: Array, ratings: Array) -> tuple[Array, Array]:
    """Mean scores and ratings of each system, (n_systems,) each.

    A segment counts where every system has a score and a rating for it, so that all means are over
    the same segments. NaN where no segment is left.
    """
    if scores.shape[1] == 1 and ratings.shape[1] > 1:  # corpus scores
        rated = ~np.isnan(ratings).any(axis=0)
        if not rated.any():
            return scores[:, 0], np.full(len(scores), np.nan)
        return scores[:, 0], ratings[:, rated].mean(axis=1)
    common = ~(np.isnan(scores) | np.isnan(ratings)).any(axis=0)
    if not common.any():
        return np.full(len(scores), np.nan), np.full(len(scores), np.nan)
    return scores[:, common].mean(axis=1), ratings[:, common].mean(axis=1)


@dataclass(frozen=True)
class PairwiseAccuracy:
    """Share of pairs of systems that metric and humans put in the same order, in [0, 1]; a pair
    tied on one side only is a disagreement (Kocmi et al. 2021, arXiv 2107.10821)."""

    grouping: SystemScore = "mean"
    level: ClassVar[Level] = "system"
    name: ClassVar[str] = "pairwise_accuracy"
    chance: ClassVar[float] = 0.5

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        metric, human = system_means(scores, ratings)
        if len(metric) < 2:
            return Agreement(float("nan"), 0, "fewer than 2 systems")
        if np.isnan(metric).any() or np.isnan(human).any():
            return Agreement(float("nan"), 0, "a system has no score or no rating")
        first, second = np.triu_indices(len(metric), 1)
        same = np.sign(metric[first] - metric[second]) == np.sign(human[first] - human[second])
        return Agreement(int(same.sum()) / len(same), len(same))


@dataclass(frozen=True)
class SystemPearson:
    """Pearson's correlation of system scores with mean ratings, in [-1, 1]; undefined if one side
    is constant or with fewer than 3 systems (two points always lie on a line)."""

    grouping: SystemScore = "mean"
    level: ClassVar[Level] = "system"
    name: ClassVar[str] = "pearson"
    chance: ClassVar[float] = 0.0

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        metric, human = system_means(scores, ratings)
        why = _undefined(metric, human)
        if why:
            return Agreement(float("nan"), 0, why)
        return Agreement(float(pearsonr(metric, human).statistic), len(metric))


@dataclass(frozen=True)
class SystemKendall:
    """Kendall's tau-b of system scores with mean ratings, in [-1, 1]; undefined as for Pearson."""

    grouping: SystemScore = "mean"
    level: ClassVar[Level] = "system"
    name: ClassVar[str] = "kendall_b"
    chance: ClassVar[float] = 0.0

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        metric, human = system_means(scores, ratings)
        why = _undefined(metric, human)
        if why:
            return Agreement(float("nan"), 0, why)
        return Agreement(float(kendalltau(metric, human).statistic), len(metric))


def _undefined(metric: Array, human: Array) -> str:
    if len(metric) < 3:
        return "fewer than 3 systems"
    if np.isnan(metric).any() or np.isnan(human).any():
        return "a system has no score or no rating"
    if np.ptp(metric) == 0 or np.ptp(human) == 0:
        return "one side is constant"
    return ""

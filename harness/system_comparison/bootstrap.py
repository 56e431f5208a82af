"""Paired bootstrap: the scores of all systems on the same resamples of the test set.

Efron (1979); for machine translation Koehn (2004). The p-value is that of sacrebleu, which follows
Moses' bootstrap-hypothesis-difference-significance: how often the absolute difference on a
resample, less the mean of these, is above the observed difference; two-sided.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from harness.metrics.base import Metric
from harness.metrics.sacrebleu import SacrebleuMetric
from harness.system_comparison.draws import counts, resamples
from harness.system_comparison.sums import SINGLE, Array, Statistics

__all__ = [
    "follows_sacrebleu",
    "interval",
    "paired_p_values",
    "resampled_scores",
    "single_precision_scores",
]


def follows_sacrebleu(metric: Metric) -> TypeGuard[SacrebleuMetric]:
    """Whether sacrebleu's own bootstrap supports the metric."""
    return isinstance(metric, SacrebleuMetric)


def resampled_scores(metric: Metric, statistics: Statistics, samples: int, seed: int) -> Array:
    """The corpus scores (systems, samples) on resamples of the units."""
    parts = []
    for drawn in resamples(statistics.units, samples, seed):
        sums = statistics.sums(counts(drawn))
        scores = metric.score_sums(sums.reshape(-1, sums.shape[2]), "corpus")
        parts.append(scores.reshape(sums.shape[:2]))
    return np.concatenate(parts, axis=1)


def single_precision_scores(
    metric: SacrebleuMetric, rows: Array, samples: int, seed: int
) -> NDArray[Any]:
    """The scores (samples,) of one system as sacrebleu's bootstrap computes them, digit for digit.

    ``rows`` (segments, k) are its statistics. sacrebleu sums in single precision. If the sums are
    whole numbers below 2**24 this is exact, and a matrix product gives the same; otherwise it is
    done as in sacrebleu.
    """
    single = rows.astype(np.float32)
    exact = bool((rows == np.rint(rows)).all()) and bool(
        (rows.max(axis=0) * len(rows) < SINGLE).all()
    )
    parts = []
    for drawn in resamples(len(rows), samples, seed):
        if exact:
            sums = counts(drawn).astype(np.float32) @ single
        else:
            sums = np.stack([single[row].sum(0) for row in drawn])
        parts.append(metric.score_single(sums))
    return np.concatenate(parts)


def paired_p_values(
    scores: NDArray[np.floating], observed: Array, advance: Callable[[int], None]
) -> Array:
    """p (systems, systems) of every two systems, NaN on the diagonal; ``scores`` (systems, samples)
    on the resamples, ``observed`` (systems,) on the test set itself."""
    found = np.full((len(observed), len(observed)), np.nan)
    for i, j in combinations(range(len(observed)), 2):
        differences = np.abs(scores[j] - scores[i])
        beyond = differences - differences.mean() > abs(float(observed[i]) - float(observed[j]))
        found[i, j] = found[j, i] = (np.count_nonzero(beyond) + 1) / (len(beyond) + 1)
        advance(1)
    return found


def interval(scores: NDArray[np.floating], confidence: float) -> tuple[float, float]:
    """The percentile interval of resampled scores, by the order statistics that sacrebleu takes."""
    ordered = np.sort(scores)
    outside = int(len(ordered) * (1 - confidence) / 2 + 1e-9)
    return float(ordered[outside]), float(ordered[len(ordered) - outside - 1])

"""Every two systems by one metric: their scores, their scores on resamples, and p-values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from harness.metrics.base import Metric
from harness.system_comparison.bootstrap import (
    follows_sacrebleu,
    paired_p_values,
    resampled_scores,
    single_precision_scores,
)
from harness.system_comparison.randomisation import exchange_p_values
from harness.system_comparison.settings import Mode, SystemTesting, Unit
from harness.system_comparison.sums import Array, by_document, statistics_of

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True)
class Comparison:
    """The results of ``systems`` by draws of one unit; every score is higher-is-better.

    ``scores`` (systems,) are those of the whole test set, ``resampled`` (systems, samples) those of
    the bootstrap's resamples, where it was done; ``p`` maps a test to the p of every two systems
    (systems, systems). ``mode`` is how it was computed; ``nothing`` says why no test was made.
    """

    systems: Sequence[str]
    scores: Array
    mode: Mode
    resampled: NDArray[np.floating] | None = None
    p: Mapping[str, Array] = field(default_factory=dict)
    nothing: str = ""


def compare(
    metric: Metric,
    rows: Mapping[str, Array],
    documents: NDArray[np.int64],
    unit: Unit,
    testing: SystemTesting,
    advance: Callable[[int], None],
) -> Comparison:
    """Compare systems by what each of their segments adds to the metric's sums.

    Parameters
    ----------
    rows
        System -> (segments, k), without NaN.
    documents
        The number of each segment's document, from 0.
    advance
        Called with the number of pairs and trials done since the last call.
    """
    systems = list(rows)
    as_sacrebleu = testing.mode == "sacrebleu" and unit == "segment" and follows_sacrebleu(metric)
    mode: Mode = "sacrebleu" if as_sacrebleu else "exact"
    if not systems:
        return Comparison([], np.empty(0), mode, nothing="no system")
    units = [by_document(r, documents) if unit == "document" else r for r in rows.values()]
    statistics = statistics_of(units)
    sign = 1.0 if metric.higher_is_better else -1.0
    scores: Array = sign * metric.score_sums(statistics.totals(), "corpus") + 0.0
    if statistics.units < 2:
        return Comparison(systems, scores, mode, nothing=f"only one {unit}: nothing to draw")
    p: dict[str, Array] = {}
    resampled: NDArray[np.floating] | None = None
    if testing.bootstrap:
        how = testing.bootstrap, testing.seed
        if as_sacrebleu and follows_sacrebleu(metric):
            drawn = np.stack([single_precision_scores(metric, own, *how) for own in units])
        else:
            drawn = resampled_scores(metric, statistics, *how)
        resampled = sign * drawn + 0.0
        p["bootstrap"] = paired_p_values(resampled, scores, advance)
    if testing.randomisation:
        # sacrebleu counts trials strictly above the observed difference. With few documents most
        # trials are as far apart as observed, so there those count too.
        p["randomisation"] = exchange_p_values(
            metric,
            statistics,
            testing.randomisation,
            testing.seed,
            advance,
            ties=unit == "document",
        )
    if mode == "exact":
        for matrix in p.values():
            matrix[scores[:, None] == scores] = 1.0
    return Comparison(systems, scores, mode, resampled, p)

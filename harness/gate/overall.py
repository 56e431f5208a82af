"""Is a metric worse overall? Its agreement with the ratings in both runs, by the two-way
jackknife."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from harness.gate.comparison import Comparison, Uncompared
from harness.gate.settings import GateSettings
from harness.gate.t_tests import loss_p, method_of, speaks_for
from harness.significance import Jackknife
from harness.significance.two_way import (
    ACC_EQ,
    PEARSON_BY_ITEM,
    SOFT_PAIRWISE_ACCURACY,
    TwoWayStatistic,
)
from harness.significance.two_way.spread import Spread
from harness.significance.two_way.t_tests import interval

__all__ = ["MEASURES", "overall"]

Array = NDArray[np.float64]

#: What is measured, by its name in the result.
MEASURES: Mapping[str, TwoWayStatistic] = {
    "accuracy with ties": ACC_EQ,
    "Pearson within segments": PEARSON_BY_ITEM,
    "soft pairwise accuracy": SOFT_PAIRWISE_ACCURACY,
}
PERCENT = 100.0
RUN, BASELINE = "run", "baseline"
Unit = Literal["document", "segment"]


@dataclass(frozen=True)
class _Found:
    """The difference of both runs by one statistic, on the statistic's own scale."""

    values: tuple[float, float]
    spread: Spread
    n_segments: int
    n_translations: int

    @property
    def difference(self) -> float:
        return self.values[0] - self.values[1]


def overall(
    names: tuple[str, str],
    scores: tuple[Array, Array],
    ratings: Array,
    documents: tuple[str, ...] | None,
    settings: GateSettings,
    link: str = "",
) -> tuple[list[Comparison], list[Uncompared]]:
    """Every overall statistic of a metric in both runs.

    Parameters
    ----------
    names
        The metric in the run, and in the baseline.
    scores
        Of the run and of the baseline, (n_systems, n_segments), NaN where missing.
    ratings
        (n_systems, n_segments), the same for both, NaN where missing.
    documents
        The document of each segment; None: segments are not divided into documents.

    Returns
    -------
    tuple[list[Comparison], list[Uncompared]]
        A statistic without a variance (too few documents, or segments) is not compared.
    """
    compared, without = [], []
    for measure, statistic in MEASURES.items():
        found = _difference(statistic, scores, ratings, documents)
        shift = settings.tolerance / PERCENT
        p = loss_p(found.difference, found.spread, shift)
        if math.isnan(p):
            unit = "segments" if documents is None else "documents"
            without.append(
                Uncompared(f"{names[0]}: {measure}", f"no test: too few rated {unit} or systems")
            )
            continue
        low, high = _interval(statistic, found, settings.confidence)
        compared.append(
            Comparison(
                kind="metric",
                subject=names[0],
                baseline_subject=names[1],
                measure=measure,
                value=PERCENT * found.values[0],
                baseline=PERCENT * found.values[1],
                difference=PERCENT * found.difference,
                low=PERCENT * low,
                high=PERCENT * high,
                p=p,
                standard_error=PERCENT * float(np.sqrt(found.spread.variance[0])),
                degrees=int(found.spread.degrees[0]),
                tolerance=settings.tolerance,
                n=found.n_translations,
                items="translations",
                n_segments=found.n_segments,
                n_documents=int(found.spread.n_documents[0]),
                method=method_of(found.spread),
                speaks_for=speaks_for(found.spread, documents is not None),
                link=link,
            )
        )
    return compared, without


def _difference(
    statistic: TwoWayStatistic,
    scores: tuple[Array, Array],
    ratings: Array,
    documents: tuple[str, ...] | None,
) -> _Found:
    both = {RUN: scores[0], BASELINE: scores[1]}
    compared = Jackknife(statistic, both, ratings, documents).compare([(RUN, BASELINE)])
    return _Found(
        (float(compared.first[0]), float(compared.second[0])),
        compared.differences.spread,
        int(compared.n_segments[0]),
        int(compared.n_translations[0]),
    )


def _interval(statistic: TwoWayStatistic, found: _Found, confidence: float) -> tuple[float, float]:
    spread = found.spread
    variance = float((spread.added if statistic.added else spread.variance)[0])
    reach = statistic.bounds[1] - statistic.bounds[0]
    return interval(found.difference, variance, int(spread.degrees[0]), confidence, (-reach, reach))

"""Tests and intervals that speak for other raters, where each document was rated by one of them.

What is left out is one rater with all of his or her documents. A sentence about people in general
takes the wider of this interval and the one over documents.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.significance.two_way.jackknife import Jackknife
from harness.significance.two_way.spread import jackknife_variance
from harness.significance.two_way.statistics import TwoWayStatistic
from harness.significance.two_way.t_tests import interval, p_values
from harness.statistics.base import Array

__all__ = ["FEWEST_RATERS", "RaterEstimate", "RaterTest", "rater_estimates", "rater_tests"]

#: With fewer raters nothing is said of others: "these raters".
FEWEST_RATERS = 6


@dataclass(frozen=True)
class RaterEstimate:
    """A metric's value with its interval over raters, on these systems.

    NaN without enough raters.
    """

    metric: str
    value: float
    low: float
    high: float
    standard_error: float
    n_raters: int


@dataclass(frozen=True)
class RaterTest:
    """The two-sided t test of two metrics over raters, on these systems, not adjusted.

    ``metric_1`` has the larger value; ``difference`` is at least 0. NaN without enough raters.
    """

    metric_1: str
    metric_2: str
    difference: float
    standard_error: float
    p: float
    n_raters: int


def rater_estimates(
    statistic: TwoWayStatistic,
    scores: Mapping[str, Array],
    ratings: Array,
    raters: Sequence[str],
    confidence: float = 0.95,
) -> dict[str, RaterEstimate]:
    """Each metric's value with its interval by the delete-one-rater jackknife, t with one degree of
    freedom less than there are raters.

    ``raters`` is the rater of each segment, the same for all segments of a document. Scores and
    ratings are as for :class:`harness.significance.two_way.jackknife.Jackknife`.
    """
    found = {}
    for name, part in Jackknife(statistic, scores, ratings, raters).parts().items():
        if part is None:
            found[name] = RaterEstimate(name, math.nan, math.nan, math.nan, math.nan, 0)
            continue
        without = part.replicates.without_document[part.row]
        n = int((~np.isnan(without)).sum())
        value = float(part.replicates.value[part.row])
        variance = float(jackknife_variance(without)) if n >= FEWEST_RATERS else math.nan
        low, high = interval(value, variance, n - 1, confidence, statistic.bounds)
        found[name] = RaterEstimate(name, value, low, high, float(np.sqrt(variance)), n)
    return found


def rater_tests(
    statistic: TwoWayStatistic,
    scores: Mapping[str, Array],
    ratings: Array,
    raters: Sequence[str],
    pairs: Sequence[tuple[str, str]],
) -> list[RaterTest]:
    """The tests of ``pairs`` of metrics, in order; parameters as of :func:`rater_estimates`."""
    differences = Jackknife(statistic, scores, ratings, raters).compare(pairs).differences
    n = (~np.isnan(differences.without_document)).sum(axis=1).astype(np.int64)
    variance = np.where(
        n >= FEWEST_RATERS, jackknife_variance(differences.without_document), np.nan
    )
    p = p_values(differences.value, variance, n - 1)
    return [
        RaterTest(
            *((two, one) if differences.value[k] < 0.0 else (one, two)),
            difference=float(abs(differences.value[k])),
            standard_error=float(np.sqrt(variance[k])),
            p=float(p[k]),
            n_raters=int(n[k]),
        )
        for k, (one, two) in enumerate(pairs)
    ]

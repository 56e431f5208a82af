"""Tests and intervals that speak for other raters, where each document was rated by one of them.

What is left out is one rater with all of his or her documents. A sentence about people in general
takes the wider of this interval and the one over documents.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.significance.two_way.jackknife import Jackknife
from harness.significance.two_way.spread import jackknife_variance
from harness.significance.two_way.statistics import TwoWayStatistic
from harness.significance.two_way.t_tests import interval, p_values
from harness.statistics.base import Array

__all__ = [
    "FEWEST_RATERS",
    "RaterEstimate",
    "RaterTest",
    "rater_estimates",
    "rater_tests",
    "single_raters",
]

#: Of the items with a rating, at least this share has one rater where documents have one each.
SINGLE = 0.9
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


def single_raters(
    rated: NDArray[np.bool_], names: Sequence[str], documents: Sequence[str]
) -> tuple[str, ...] | None:
    """The rater of each item, '' where several rated it or none did; None unless documents have one
    rater each: nine in ten items with a rating have one, and no document has two.

    Then intervals over documents do not speak for other raters. ``rated``, (n_raters, n_items),
    tells which of the raters ``names`` rated which item; ``documents`` has that of each item.
    """
    number = rated.sum(axis=0)
    if not number.any() or (number == 1).sum() < SINGLE * (number > 0).sum():
        return None
    own = np.where(number == 1, np.array(names, dtype=object)[rated.argmax(axis=0)], "")
    of_document: dict[str, str] = {}
    for document, rater in zip(documents, own, strict=True):
        if rater and of_document.setdefault(document, rater) != rater:
            return None
    return tuple(map(str, own))


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

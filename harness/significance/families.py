"""All pairs of metrics by one statistic as one family of tests: of all its claims that one metric
agrees more with people than another, the chance that any is false is at most the level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from harness.significance.holm import holm_adjusted
from harness.significance.max_t import FLIPS, max_t_adjusted
from harness.significance.system_exchange import exchange_p_values, smallest_exchange_p
from harness.significance.two_way.jackknife import Compared, Jackknife
from harness.significance.two_way.spread import Scope
from harness.significance.two_way.t_tests import detectable, interval, p_values
from harness.statistics.base import Array

__all__ = [
    "MOST_FOR_HOLM",
    "Adjustment",
    "Family",
    "PairTest",
    "compare_all_pairs",
    "compare_pairs",
    "pair_p_values",
]

#: With more metrics p-values are adjusted by max-T, which gains more the more pairs there are.
MOST_FOR_HOLM = 8

Adjustment = Literal["holm", "max_t"]


@dataclass(frozen=True)
class PairTest:
    """The two-sided test of two metrics on the translations that both scored.

    ``metric_1`` has the larger value (of equals, the first by name), so ``difference`` is at least
    0. ``adjusted_p`` is adjusted over the family. ``low`` and ``high`` are the interval of the
    difference; where it and the test disagree, the test speaks. ``detectable`` is the smallest true
    difference that a t test would have found with power .8 at the level alpha over the number of
    pairs; max-T finds somewhat smaller ones, an exchange of systems only larger ones. ``scope``
    says what interval and test generalise to; a test by exchange of systems speaks of other
    systems. NaN: not defined, for want of data.
    """

    metric_1: str
    metric_2: str
    value_1: float
    value_2: float
    difference: float
    low: float
    high: float
    standard_error: float
    degrees: int
    p: float
    adjusted_p: float
    detectable: float
    scope: Scope
    n_systems: int
    n_documents: int
    n_segments: int
    n_translations: int

    def shows(self, alpha: float) -> bool:
        """Whether ``metric_1`` is shown to be the better one."""
        return self.adjusted_p <= alpha and self.difference > 0.0


@dataclass(frozen=True)
class Family:
    """The tests of all pairs of metrics by one statistic.

    ``smallest_p`` is the smallest adjusted p-value that is possible, whatever the metrics: where it
    is above alpha, nothing can be shown, and that is the result. ``documents_known``: False, the
    segments stand for documents.
    """

    statistic: str
    adjustment: Adjustment
    n_metrics: int
    smallest_p: float
    documents_known: bool
    tests: tuple[PairTest, ...]

    @property
    def adjusted(self) -> Mapping[tuple[str, str], float]:
        """(better metric, other metric) -> adjusted p."""
        return {(t.metric_1, t.metric_2): t.adjusted_p for t in self.tests}

    def shown(self, alpha: float = 0.05) -> tuple[PairTest, ...]:
        """The pairs of which the first metric is shown to be the better one."""
        return tuple(t for t in self.tests if t.shows(alpha))


def compare_all_pairs(
    jackknife: Jackknife, *, seed: int, alpha: float = 0.05, confidence: float = 0.95
) -> Family:
    """Test every two metrics of the jackknife against each other: :func:`compare_pairs`."""
    pairs = list(combinations(jackknife.names, 2))
    return compare_pairs(jackknife, pairs, seed=seed, alpha=alpha, confidence=confidence)


def compare_pairs(
    jackknife: Jackknife,
    pairs: Sequence[tuple[str, str]],
    *,
    seed: int,
    alpha: float = 0.05,
    confidence: float = 0.95,
) -> Family:
    """Test pairs of metrics as one family, two-sided.

    The two-way t test, or for pairwise accuracy of systems the exchange of whole systems. Adjusted
    by Holm up to 8 metrics with a value, from 9 on by single-step max-T (pairwise accuracy: by
    Holm). ``seed`` is used by max-T only.
    """
    compared = jackknife.compare(pairs)
    p = pair_p_values(jackknife, compared)
    tested = ~np.isnan(p)
    names = {name for pair, t in zip(pairs, tested, strict=True) if t for name in pair}
    n_tests = int(tested.sum())
    if jackknife.statistic.exchange or len(names) <= MOST_FOR_HOLM:
        adjustment: Adjustment = "holm"
        adjusted = np.array(holm_adjusted(p.tolist()))
        most = int(compared.differences.spread.n_systems.max(initial=0))
        smallest = n_tests * smallest_exchange_p(most) if jackknife.statistic.exchange else 0.0
    else:
        adjustment = "max_t"
        adjusted = max_t_adjusted(compared.differences, seed=seed)
        smallest = 1.0 / (1.0 + FLIPS)
    level = alpha / max(n_tests, 1)
    tests = _tests(jackknife, compared, p, adjusted, level, confidence)
    return Family(
        statistic=jackknife.statistic.name,
        adjustment=adjustment,
        n_metrics=len(names),
        smallest_p=min(1.0, smallest),
        documents_known=jackknife.documents_known,
        tests=tests,
    )


def pair_p_values(jackknife: Jackknife, compared: Compared) -> Array:
    """Two-sided p-values of pairs, not adjusted, (n_pairs,); NaN where there is no test."""
    if jackknife.statistic.exchange:
        return exchange_p_values(jackknife.scores, jackknife.ratings, compared.pairs)
    spread = compared.differences.spread
    return p_values(compared.differences.value, spread.variance, spread.degrees)


def _tests(
    jackknife: Jackknife,
    compared: Compared,
    p: Array,
    adjusted: Array,
    level: float,
    confidence: float,
) -> tuple[PairTest, ...]:
    """``level``: that of one test."""
    statistic, spread = jackknife.statistic, compared.differences.spread
    variance, degrees = spread.variance, spread.degrees
    low_end, high_end = statistic.bounds
    reach = high_end - low_end
    tests = []
    for k, (one, two) in enumerate(compared.pairs):
        found = float(compared.differences.value[k])
        swapped = found < 0.0
        better, worse = (two, one) if swapped else (one, two)
        ends = float(compared.first[k]), float(compared.second[k])
        width = float((spread.added if statistic.added else variance)[k])
        own = int(degrees[k])
        low, high = interval(abs(found), width, own, confidence, (-reach, reach))
        tests.append(
            PairTest(
                metric_1=better,
                metric_2=worse,
                value_1=ends[swapped],
                value_2=ends[not swapped],
                difference=abs(found),
                low=low,
                high=high,
                standard_error=float(np.sqrt(variance[k])),
                degrees=own,
                p=float(p[k]),
                adjusted_p=float(adjusted[k]),
                detectable=detectable(float(variance[k]), own, level),
                scope=spread.scope(k),
                n_systems=int(spread.n_systems[k]),
                n_documents=int(spread.n_documents[k]),
                n_segments=int(compared.n_segments[k]),
                n_translations=int(compared.n_translations[k]),
            )
        )
    return tuple(tests)

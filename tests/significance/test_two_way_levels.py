"""Do the two-way tests err as often as they say, and find what is there? On the ratings of WMT23's
news with made-up metrics (:mod:`tests.support.simulated_metrics`).

Metrics with one signal are exchangeable: every claim between them is false. The intervals must hold
the value expected over the metric's errors. Printed with ``-s``; the long version takes minutes.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from harness.significance.best_set import best_set
from harness.significance.families import compare_all_pairs
from harness.significance.two_way import (
    ACC_EQ,
    PAIRWISE_ACCURACY,
    PDP_PEARSON,
    PEARSON_BY_ITEM,
    SOFT_PAIRWISE_ACCURACY,
    TwoWayStatistic,
    document_numbers,
)
from harness.significance.two_way.jackknife import Jackknife
from harness.statistics.base import Array
from tests.support.real_matrices import read_ratings
from tests.support.simulated_metrics import SCENARIOS, draw_metrics

STATISTICS = [SOFT_PAIRWISE_ACCURACY, PAIRWISE_ACCURACY, ACC_EQ, PDP_PEARSON, PEARSON_BY_ITEM]
ALPHA = 0.05
#: The signal of exchangeable metrics, and of the weaker ones that a test is to find.
SIGNAL, WEAKER = 0.4, (0.3, 0.2)

Data = tuple[Array, tuple[str, ...]]


@pytest.fixture(scope="module")
def data(mirror: Path) -> Data:
    return read_ratings("wmt23_zhen_news", mirror)


class Counts:
    """What is counted over repetitions, and its shares."""

    def __init__(self) -> None:
        self.seen: dict[str, list[float]] = defaultdict(list)
        self.intervals: list[tuple[float, float, float]] = []

    def share(self, key: str) -> float:
        return float(np.mean(self.seen[key]))

    def covered(self) -> float:
        """How often an interval holds the mean of all values; the population's is not known."""
        values, low, high = np.array(self.intervals).T
        expected = values.mean()
        return float(((low <= expected) & (expected <= high)).mean())


def simulate(
    data: Data, scenario: str, repetitions: int, n_equal: int, statistics: list[TwoWayStatistic]
) -> dict[str, Counts]:
    """Of each statistic: one-sided size (``size``), any false claim (``any``), a false winner
    (``winner``) with ``n_equal`` exchangeable metrics; power against weaker ones, alone at .05."""
    ratings, documents = data
    number = document_numbers(documents)
    counts = {s.name: Counts() for s in statistics}
    for k in range(repetitions):
        seed = [k, list(SCENARIOS).index(scenario), n_equal]
        signals = [SIGNAL] * n_equal + list(WEAKER)
        drawn = draw_metrics(ratings, number, signals, SCENARIOS[scenario], seed)
        equal = {f"equal{i:02d}": m for i, m in enumerate(drawn[:n_equal])}
        weaker = dict(zip(("weaker 0.3", "weaker 0.2"), drawn[n_equal:], strict=True))
        for statistic in statistics:
            seen = counts[statistic.name]
            jackknife = Jackknife(statistic, equal, ratings, documents)
            family = compare_all_pairs(jackknife, seed=k)
            estimates = jackknife.estimates()
            found = best_set({m: e.value for m, e in estimates.items()}, family)
            seen.seen["size"] += [float(t.p <= 2 * ALPHA) / 2 for t in family.tests]
            seen.seen["any"].append(float(bool(family.shown(ALPHA))))
            seen.seen["winner"].append(float(found is not None and bool(found.winner)))
            seen.intervals += [(e.value, e.low, e.high) for e in estimates.values()]
            for name, matrix in weaker.items():
                pair = Jackknife(statistic, {"equal": drawn[0], name: matrix}, ratings, documents)
                (test,) = compare_all_pairs(pair, seed=k).tests
                seen.seen[name].append(float(test.p <= ALPHA and test.metric_1 == "equal"))
    return counts


def show(scenario: str, n_equal: int, counts: dict[str, Counts]) -> None:
    print()  # noqa: T201
    for name, c in counts.items():
        shares = [c.share(k) for k in ("size", "any", "winner", "weaker 0.3", "weaker 0.2")]
        row = " ".join(f"{share:6.3f}" for share in [*shares, c.covered()])
        print(f"{scenario:7s} {n_equal:3d} {name:25s} {row}")  # noqa: T201


def at_most(limit: float, repetitions: int) -> float:
    """A share that one of ``limit`` stays below, but for two standard errors."""
    return limit + 2 * float(np.sqrt(limit * (1 - limit) / repetitions))


def test_a_few_repetitions(data: Data) -> None:
    n = 20
    counts = simulate(data, "strong", n, 4, STATISTICS)
    show("strong", 4, counts)
    for name, found in counts.items():
        assert found.share("size") <= at_most(ALPHA, n), name
        assert found.share("any") <= at_most(ALPHA, n), name
        assert found.covered() >= 0.88, name
    assert counts["pdp_pearson"].share("weaker 0.2") >= 0.25


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_four_exchangeable_metrics(data: Data, scenario: str) -> None:
    n = 300
    counts = simulate(data, scenario, n, 4, STATISTICS)
    show(scenario, 4, counts)
    for name, found in counts.items():
        assert found.share("size") <= at_most(ALPHA, n), name
        assert found.share("any") <= at_most(ALPHA, n), name
        assert found.share("winner") <= at_most(0.01, n), name
        assert found.covered() >= 0.93 - 0.02, name
    if scenario == "typ":
        for name, least in (("acc_eq", 0.6), ("pdp_pearson", 0.82), ("pearson", 0.6)):
            assert counts[name].share("weaker 0.2") >= least, name


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_thirty_one_exchangeable_metrics(data: Data, scenario: str) -> None:
    n = 60
    counts = simulate(data, scenario, n, 31, [s for s in STATISTICS if not s.exchange])
    show(scenario, 31, counts)
    for name, found in counts.items():
        assert found.share("any") <= at_most(ALPHA, n), name

"""Statistics on mixtures of two metrics, all draws at once, against one draw after the other; on
more pairs than are counted at a time."""

from __future__ import annotations

import numpy as np
import pytest

from harness.statistics.accuracy_ties import AccEq, TauEq
from harness.statistics.base import Statistic
from harness.statistics.correlation import Kendall, KendallC, Pearson, Spearman
from harness.statistics.fast.exchange import Exchange
from harness.statistics.grouped_pairs import GroupedPairs
from harness.statistics.pdp import PDPPearson
from harness.statistics.system_level import PairwiseAccuracy

STATISTICS: list[Statistic] = [
    AccEq(),
    AccEq(epsilon=0.0),
    AccEq("system", epsilon=0.0),
    TauEq(),
    TauEq(epsilon=0.0),
    Pearson("item"),
    Spearman("item"),
    Kendall("item"),
    KendallC("item"),
    PDPPearson(),
]


@pytest.mark.parametrize("statistic", STATISTICS, ids=lambda s: f"{s.name}-{s}"[:60])
def test_all_draws_at_once_are_one_after_the_other(statistic: Statistic) -> None:
    """12 systems and 75 segments: 4,950 pairs in four mixtures each."""
    rng = np.random.default_rng(12)
    shape = (12, 75)
    ratings = -rng.integers(0, 4, size=shape).astype(float)
    scores = np.stack(
        [np.round(0.6 * ratings + rng.normal(size=shape), 1), np.round(rng.normal(size=shape), 1)]
    )
    swaps = rng.integers(0, 2, size=(9, *shape)).astype(np.uint8)
    exchange = Exchange(scores, ratings, swaps, [(0, 1)])
    (found,) = statistic.exchanged(exchange)
    expected = []
    for draw in exchange.draws.astype(bool):
        one, two = np.where(draw, scores[0], scores[1]), np.where(draw, scores[1], scores[0])
        expected.append(statistic(one, ratings).value - statistic(two, ratings).value)
    np.testing.assert_allclose(np.asarray(found.values) * found.unit, expected, atol=1e-9)


@pytest.mark.parametrize(
    "statistic", [*STATISTICS, PairwiseAccuracy()], ids=lambda s: f"{s.name}-{s}"[:60]
)
def test_values_reach_their_bounds_and_do_not_pass_them(statistic: Statistic) -> None:
    rng = np.random.default_rng(3)
    shape = (6,) if statistic.level == "system" else (6, 40)
    ratings = rng.normal(size=shape)
    best, worst = statistic(ratings, ratings).value, statistic(-ratings, ratings).value
    low, high = statistic.bounds
    assert best == pytest.approx(high, abs=1e-9)
    assert worst == pytest.approx(low, abs=1e-9)


def test_weights_that_cannot_be_exact_are_not_taken_for_exact() -> None:
    """Groups of two primes whose product is above 2^30: all of the first, none of the second."""
    sizes = np.array([32771, 32779])
    n = int(sizes.sum())
    pairs = GroupedPairs(
        np.zeros(n, np.int64), np.ones(n, np.int64), np.repeat([0, 1], sizes),
        np.ones(n, np.int8), sizes,
    )  # fmt: skip
    assert not pairs.exact
    assert pairs.mean(pairs.group == 0) == 0.5
    few = GroupedPairs(
        np.zeros(5, np.int64), np.ones(5, np.int64), np.repeat([0, 1], [2, 3]),
        np.ones(5, np.int8), np.array([2, 3]),
    )  # fmt: skip
    assert few.exact and few.multiple == 6
    assert few.mean(np.array([True, False, True, False, False])) == pytest.approx(
        (1 / 2 + 1 / 3) / 2
    )

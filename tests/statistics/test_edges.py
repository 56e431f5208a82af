"""Statistics at the edge of what they are defined for: too few of something, groups of any size,
values that rounding could push over a bound."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import kendalltau, rankdata

from harness.statistics import groups
from harness.statistics.accuracy_ties import AccEq, TauEq
from harness.statistics.base import INFINITE, Array, Statistic, complete
from harness.statistics.correlation import Kendall, KendallC, Pearson, Spearman
from harness.statistics.grouped_pairs import grouped_pairs
from harness.statistics.pdp import PDPPearson
from harness.statistics.precision_at_1 import PrecisionAt1
from harness.statistics.soft_pairwise import SoftPairwiseAccuracy
from harness.statistics.system_level import (
    PairwiseAccuracy,
    SystemKendall,
    SystemPearson,
    SystemSpearman,
    systems_of,
)

NAN = math.nan
SHARES = [AccEq(), PrecisionAt1(), SoftPairwiseAccuracy(), PairwiseAccuracy()]
CORRELATIONS = [
    *(kind("item") for kind in (Pearson, Kendall, KendallC, Spearman)),
    TauEq(), PDPPearson(), SystemPearson(), SystemSpearman(), SystemKendall(),
]  # fmt: skip


@pytest.mark.parametrize("statistic", SHARES, ids=lambda s: s.name)
def test_shares_lie_between_0_and_1(statistic: Statistic) -> None:
    assert statistic.bounds == (0.0, 1.0)


@pytest.mark.parametrize("statistic", CORRELATIONS, ids=lambda s: s.name)
def test_correlations_lie_between_minus_1_and_1(statistic: Statistic) -> None:
    assert statistic.bounds == (-1.0, 1.0)


def drawn(seed: int, *shape: int, values: int = 1000) -> Array:
    return np.random.default_rng(seed).integers(0, values, shape).astype(np.float64)


@pytest.mark.parametrize("n", [2, 3, 63, 64, 65, 80])
@pytest.mark.parametrize("variant", ["b", "c"])
def test_tau_of_groups_of_any_size_is_that_of_scipy(n: int, variant: str) -> None:
    """Small groups are computed together, large ones one by one; with ties, and values missing."""
    scores, ratings = drawn(n, n, 3, values=9), drawn(n + 1, n, 3, values=5)
    scores[:, 1] = ratings[:, 1]
    if n > 3:
        scores[1, 2] = ratings[1, 2] = NAN
    tau = groups.kendall_b if variant == "b" else groups.kendall_c
    found = tau(scores, ratings)
    for j in range(3):
        kept = ~np.isnan(ratings[:, j])
        wanted = kendalltau(scores[kept, j], ratings[kept, j], variant=variant).statistic
        assert found[j] == pytest.approx(wanted, abs=1e-12, nan_ok=True), j


@pytest.mark.parametrize("n", [1, 2, 64, 65, 90])
def test_ranks_of_groups_of_any_size_are_those_of_scipy(n: int) -> None:
    values = drawn(n, n, 2, values=7)
    assert groups.midranks(values) == pytest.approx(rankdata(values, axis=0))
    if n > 2:
        values[1, 0] = NAN
        found = groups.midranks(values)
        assert math.isnan(found[1, 0])
        kept = np.arange(n) != 1
        assert found[kept, 0] == pytest.approx(rankdata(values[kept, 0]))


@pytest.mark.parametrize("n", [5, 70])
def test_a_group_without_members_or_with_one_value_has_no_correlation(n: int) -> None:
    scores, ratings = drawn(1, n, 3), drawn(2, n, 3)
    scores[:, 0] = ratings[:, 0] = NAN  # nobody
    scores[:, 1] = 4.0  # one value
    for correlation in (groups.pearson, groups.spearman, groups.kendall_b, groups.kendall_c):
        found = correlation(scores, ratings)
        assert np.isnan(found).tolist() == [True, True, False], correlation


def test_no_members_at_all() -> None:
    nothing = np.empty((0, 4))
    for correlation in (groups.pearson, groups.spearman, groups.kendall_b, groups.kendall_c):
        found = correlation(nothing, nothing)
        assert found.shape == (4,) and np.isnan(found).all(), correlation
    stacked = groups.pearson(np.empty((2, 0, 4)), np.empty((2, 0, 4)))
    assert stacked.shape == (2, 4)


def test_groups_of_several_metrics_at_a_time() -> None:
    scores, ratings = drawn(21, 3, 6, 4, values=9), drawn(22, 6, 4, values=9)
    for correlation in (groups.pearson, groups.spearman, groups.kendall_b, groups.kendall_c):
        found = correlation(scores, ratings[None])
        wanted = [correlation(own, ratings) for own in scores]
        assert found == pytest.approx(np.stack(wanted), nan_ok=True), correlation


def test_a_perfect_correlation_is_not_more_than_1() -> None:
    """Rounding would give 1.0000000000000002."""
    for seed in range(200):
        x = np.random.default_rng(seed).normal(size=(7, 5))
        for sign in (1.0, -1.0):
            assert abs(groups.pearson(x, sign * x * 3.3)).max() <= 1.0
            value = PDPPearson()(x, sign * x * 3.3).value
            assert value == pytest.approx(sign) and abs(value) <= 1.0


def test_where_both_are_present() -> None:
    scores, ratings = np.array([[1.0, NAN, NAN, 2.0]]), np.array([[1.0, 2.0, NAN, NAN]])
    assert complete(scores, ratings).tolist() == [[True, False, False, False]]
    with pytest.raises(ValueError, match="scores have the shape"):
        complete(scores, ratings[:, :2])


@pytest.mark.parametrize("statistic", [SoftPairwiseAccuracy(), SoftPairwiseAccuracy(50)])
def test_whole_systems_that_cannot_be_compared(statistic: Statistic) -> None:
    ratings = drawn(3, 3, 5)
    scores = drawn(4, 3, 5)
    one = statistic(scores[:1], ratings[:1])
    assert (math.isnan(one.value), one.n, one.note) == (True, 0, "fewer than 2 systems")
    endless = scores.copy()
    endless[0, 0] = math.inf
    found = statistic(endless, ratings)
    assert (found.n, found.note, found.n_segments, found.n_translations) == (0, INFINITE, 5, 15)
    none = statistic(np.full((3, 5), NAN), ratings)
    assert none.n == 0 and "ha" in none.note  # no segment has, or 3 rated systems have no score
    assert (none.n_segments, none.n_translations) == (0, 0)
    partly = scores.copy()
    partly[1, 2] = NAN
    assert statistic(partly, ratings).n in (0, 3)  # drawn signs need every score


def test_corpus_scores_need_every_segment_rated() -> None:
    ratings = drawn(5, 3, 4)
    ratings[1, 2] = NAN
    found = systems_of(drawn(6, 3, 4), ratings, "corpus")
    assert found.n_segments == 0 and np.isnan(found.scores).all() and np.isnan(found.ratings).all()
    assert "without a rating" in found.why
    assert systems_of(drawn(6, 3, 4), ratings, "mean").n_segments == 3


@pytest.mark.parametrize("grouping", ["item", "system", "none"])
def test_groups_of_one_pair_count(grouping: str) -> None:
    """Groups are numbered without those that have no pair; one with a single pair is kept."""
    present = np.array([[True, True, False, True], [True, False, False, True], [False] * 4])
    ratings = np.arange(12.0).reshape(3, 4)
    found = grouped_pairs(ratings, present, grouping)  # type: ignore[arg-type]
    assert found is not None
    position = np.arange(12).reshape(3, 4)
    members = {"item": position.T, "system": position, "none": position.reshape(1, -1)}[grouping]
    kept = present.reshape(-1)
    wanted = [
        [(a, b) for a, b in combinations(group.tolist(), 2) if kept[a] and kept[b]]
        for group in members
    ]
    wanted = [pairs for pairs in wanted if pairs]
    assert found.sizes.tolist() == [len(pairs) for pairs in wanted]
    for number, pairs in enumerate(wanted):
        own = found.group == number
        assert sorted(zip(found.first[own], found.second[own], strict=True)) == pairs


def by_hand(scores: Array, ratings: Array) -> tuple[float, int]:
    """PDP Pearson: all differences within segments, every pair both ways; and the pairs."""
    x: list[float] = []
    y: list[float] = []
    n = 0
    for j in range(scores.shape[1]):
        kept = [i for i in range(len(scores)) if not np.isnan(scores[i, j] + ratings[i, j])]
        for a, b in combinations(kept, 2):
            n += 1
            for first, second in ((a, b), (b, a)):
                x.append(scores[first, j] - scores[second, j])
                y.append(ratings[first, j] - ratings[second, j])
    return float(np.dot(x, y) / math.sqrt(np.dot(x, x) * np.dot(y, y))), n


def test_pdp_pearson_and_its_pairs_by_hand() -> None:
    scores, ratings = drawn(11, 5, 6), drawn(12, 5, 6)
    scores[0, :3] = ratings[3, 2:5] = NAN
    found = PDPPearson()(scores, ratings)
    value, n = by_hand(scores, ratings)
    assert found.value == pytest.approx(value) and found.n == n
    assert found.n_segments == 6


def test_infinite_scores_have_no_correlation() -> None:
    scores, ratings = drawn(13, 4, 5), drawn(14, 4, 5)
    scores[1, 2] = math.inf
    for statistic in (Pearson("item"), Pearson("none"), Pearson("system"), PDPPearson()):
        found = statistic(scores, ratings)
        assert math.isnan(found.value) and (found.n, found.note) == (0, INFINITE), statistic
    assert SystemPearson()(scores, ratings).note == INFINITE
    for ranked in (SystemSpearman(), SystemKendall(), PairwiseAccuracy()):
        assert not math.isnan(ranked(scores, ratings).value), ranked.name


def test_tau_with_ties_at_zero_is_twice_the_accuracy_less_1() -> None:
    scores, ratings = drawn(15, 5, 8, values=4), drawn(16, 5, 8, values=3)
    accuracy, tau = AccEq()(scores, ratings), TauEq()(scores, ratings)
    assert tau.value == pytest.approx(2.0 * accuracy.value - 1.0)
    zero = accuracy.detail["value_at_zero"]
    assert tau.detail["value_at_zero"] == pytest.approx(2.0 * zero - 1.0)
    assert tau.detail["epsilon"] == accuracy.detail["epsilon"]


def test_pairwise_accuracy_of_equal_systems() -> None:
    """Of several metrics at a time; a system is never compared with itself."""
    scores = np.array([[[3.0], [2.0], [2.0]], [[1.0], [1.0], [1.0]]])
    ratings = np.array([5.0, 4.0, 4.0])
    found = PairwiseAccuracy().of_systems(scores[..., 0], ratings)
    assert found == pytest.approx([1.0, 1.0 / 3.0])


@pytest.mark.parametrize("grouping", ["none", "system"])
def test_pearson_on_resampled_segments_is_that_on_repeated_columns(grouping: str) -> None:
    """Also where a system is constant but for rounding, and where scores are large."""
    scores, ratings = 1e6 + drawn(31, 4, 7), drawn(32, 4, 7)
    scores[1] = 0.1 + 0.2
    scores[2, 3] = NAN
    counts = np.random.default_rng(33).integers(0, 3, (20, 7))
    statistic = Pearson(grouping)  # type: ignore[arg-type]
    found = statistic.resampled(scores, ratings, counts)
    places = [np.repeat(np.arange(7), own) for own in counts]
    wanted = [statistic(scores[:, i], ratings[:, i]).value for i in places]
    assert found == pytest.approx(np.array(wanted), abs=1e-9, nan_ok=True)
    constant = statistic.resampled(np.full((4, 7), 0.3), ratings, counts)
    assert np.isnan(constant).all()


def test_two_systems_have_no_correlation() -> None:
    for statistic in (SystemPearson(), SystemSpearman(), SystemKendall()):
        found = statistic.of_systems(drawn(41, 5, 3, 2), drawn(42, 2))
        assert found.shape == (5, 3) and np.isnan(found).all(), statistic.name


def test_which_accuracies_the_two_way_jackknife_knows() -> None:
    assert AccEq().two_way == "acc_eq"
    assert AccEq("none").two_way is None and AccEq(epsilon=0.5).two_way is None
    assert AccEq("none", epsilon=0.5).two_way is None


def test_a_constant_segment_does_not_count_in_pdp_pearson() -> None:
    scores, ratings = drawn(51, 4, 5), drawn(52, 4, 5)
    scores[:, 2] = 7.0
    ratings[:, 3] = 2.0
    value, n = by_hand(scores, ratings)
    found = PDPPearson()(scores, ratings)
    assert found.value == pytest.approx(value) and found.n == n


def test_scores_that_are_equal_have_no_pdp_pearson_whatever_rounding_says() -> None:
    """The mean of three times .1 is not .1."""
    found = PDPPearson()(np.full((3, 4), 0.1), drawn(53, 3, 4))
    assert math.isnan(found.value) and found.note == "one side is constant in every segment"

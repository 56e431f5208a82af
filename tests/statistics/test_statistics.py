"""Statistics: by hand, against scipy, and invariants."""

from __future__ import annotations

import math
from itertools import combinations, permutations
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import kendalltau, pearsonr, spearmanr

from harness.errors import InputError
from harness.significance.two_way import PAIRWISE_ACCURACY
from harness.significance.two_way.jackknife import Jackknife
from harness.statistics.accuracy_ties import AccEq, TauEq
from harness.statistics.base import Agreement, Array, Statistic
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
)
from tests.support.examples import examples

NAN = float("nan")
ALL: list[Statistic] = [
    Pearson("none"),
    Pearson("item"),
    Pearson("system"),
    Kendall("none"),
    Kendall("item"),
    Kendall("system"),
    Spearman("none"),
    Spearman("item"),
    Spearman("system"),
    KendallC("none"),
    KendallC("item"),
    KendallC("system"),
    PDPPearson(),
    PrecisionAt1(),
    AccEq("none"),
    AccEq("item"),
    AccEq("system"),
    AccEq(epsilon=0.5),
    TauEq(),
    SoftPairwiseAccuracy(),
    SoftPairwiseAccuracy(1000),
    PairwiseAccuracy(),
    SystemPearson(),
    SystemSpearman(),
    SystemKendall(),
]

#: These have a value where one side is constant: ties count.
COUNT_TIES = (AccEq, PairwiseAccuracy, PrecisionAt1, SoftPairwiseAccuracy)


def test_kendall_by_hand() -> None:
    """Segment 1: all three pairs agree, tau 1. Segment 2: one of three disagrees, tau 1/3.
    Segment 3: the ratings are constant, so it does not count."""
    scores = np.array([[1.0, 1, 1], [2, 3, 2], [3, 2, 3]])
    ratings = np.array([[-9.0, -9, 0], [-5, -5, 0], [0, -2, 0]])
    result = Kendall("item")(scores, ratings)
    assert result.value == pytest.approx((1 + 1 / 3) / 2)
    assert result.n == 2


def test_kendall_b_with_ties_by_hand() -> None:
    """Pairs: (1,2) tied in the scores only, (1,3) and (2,3) agree: 2 / sqrt(2 * 3)."""
    result = Kendall("none")(np.array([[1.0], [1], [2]]), np.array([[1.0], [2], [3]]))
    assert result.value == pytest.approx(2 / math.sqrt(6))


def test_pearson_by_hand() -> None:
    assert Pearson("none")(np.array([[1.0, 2, 3]]), np.array([[2.0, 4, 6]])).value == 1.0
    assert Pearson("none")(np.array([[1.0, 2, 3]]), np.array([[3.0, 2, 1]])).value == -1.0


def test_pairwise_accuracy_by_hand() -> None:
    """Means: metric 1 < 2 < 3; humans put the first two the other way round: 2 of 3 pairs."""
    scores = np.array([[0.0, 2], [2, 2], [3, 3]])
    ratings = np.array([[-2.0, -2], [-3, -3], [0, -1]])
    result = PairwiseAccuracy()(scores, ratings)
    assert (result.value, result.n) == (pytest.approx(2 / 3), 3)


def test_a_metric_tie_that_people_do_not_share_is_an_error() -> None:
    ratings = np.array([[-2.0], [-3.0]])
    assert PairwiseAccuracy()(np.array([[1.0], [1.0]]), ratings).value == 0.0
    assert PairwiseAccuracy()(np.array([[1.0], [1.0]]), np.zeros((2, 1))).value == 1.0


@pytest.mark.parametrize("statistic", ALL, ids=repr)
@pytest.mark.parametrize(
    ("scores", "ratings"),
    [
        (np.ones((3, 4)), np.arange(12.0).reshape(3, 4)),
        (np.arange(12.0).reshape(3, 4), np.zeros((3, 4))),
        (np.full((3, 4), NAN), np.arange(12.0).reshape(3, 4)),
        (np.empty((0, 4)), np.empty((0, 4))),
        (np.empty((3, 0)), np.empty((3, 0))),
    ],
    ids=["constant metric", "constant ratings", "no scores", "no systems", "no segments"],
)
def test_undefined_is_nan_with_a_reason(
    statistic: Statistic, scores: Array, ratings: Array
) -> None:
    result = statistic(scores, ratings)
    if isinstance(statistic, COUNT_TIES) and scores.size and not np.isnan(scores).all():
        assert not math.isnan(result.value)
        if isinstance(statistic, PairwiseAccuracy):
            assert result.value == 0.0  # ties on one side only are disagreements
        return
    assert math.isnan(result.value)
    assert result.n == 0
    assert result.note


values = arrays(
    float,
    (4, 6),
    elements=st.one_of(st.integers(-3, 3).map(float), st.floats(-50, 50), st.just(NAN)),
)


@settings(max_examples=examples(150), deadline=None)
@given(values, values)
def test_groups_equal_scipy(scores: Array, ratings: Array) -> None:
    present = ~(np.isnan(scores) | np.isnan(ratings))
    for ours, theirs in (
        (Pearson, lambda x, y: pearsonr(x, y).statistic),
        (Kendall, lambda x, y: kendalltau(x, y).statistic),
        (KendallC, lambda x, y: kendalltau(x, y, variant="c").statistic),
        (Spearman, lambda x, y: spearmanr(x, y).statistic),
    ):
        groups = {
            "none": [present],
            "item": [present & (np.arange(6) == i) for i in range(6)],
            "system": [present & (np.arange(4) == i)[:, None] for i in range(4)],
        }
        for grouping, masks in groups.items():
            parts = []
            for mask in masks:
                x, y = scores[mask], ratings[mask]
                if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
                    continue
                if ours is Pearson and min(_relative(x), _relative(y)) < 1e-6:
                    return  # all but constant: scipy itself warns that its value is inaccurate
                parts.append(theirs(x, y))
            dropped = {"constant": "dropped"} if ours is Pearson else {}
            result = ours(grouping, **dropped)(scores, ratings)  # type: ignore[arg-type]
            assert result.n == len(parts)
            if parts:
                assert result.value == pytest.approx(np.mean(parts), abs=1e-9)


def _relative(x: Array) -> float:
    return float(np.ptp(x) / max(np.abs(x).max(), 1e-300))


@settings(max_examples=examples(50), deadline=None)
@given(arrays(float, (4, 6), elements=st.floats(-50, 50)), st.permutations(range(6)))
def test_order_of_segments_does_not_matter(scores: Array, order: list[int]) -> None:
    ratings = np.round(np.random.default_rng(1).normal(size=(4, 6)), 1)
    for statistic in ALL:
        if isinstance(statistic, SoftPairwiseAccuracy):
            continue  # its flips are drawn segment by segment
        one = statistic(scores, ratings).value
        other = statistic(scores[:, order], ratings[:, order]).value
        assert one == pytest.approx(other, abs=1e-9, nan_ok=True)


def test_order_of_segments_does_not_matter_to_the_last_bit() -> None:
    """Sums in another order may differ in the last bit, which would break a tie."""
    scores = np.array([[0.1, 0.2, 0.3], [0.3, 0.2, 0.1]])
    ratings = np.array([[0.0, 0.0, 0.0], [-1.0, -1.0, -1.0]])
    for order in permutations(range(3)):
        chosen = scores[:, list(order)]
        assert PairwiseAccuracy()(chosen, ratings).value == 0.0  # tied scores, untied ratings


def test_monotone_rescaling_leaves_ranks_alone() -> None:
    generator = np.random.default_rng(3)
    scores, ratings = generator.normal(size=(5, 40)), generator.normal(size=(5, 40))
    for grouping in ("none", "item", "system"):
        one = Kendall(grouping)(scores, ratings)  # type: ignore[arg-type]
        assert Kendall(grouping)(np.exp(scores), ratings) == one  # type: ignore[arg-type]
        flipped = Kendall(grouping)(-scores, ratings)  # type: ignore[arg-type]
        assert flipped.value == pytest.approx(-one.value)


def test_a_system_without_some_scores_is_compared_on_common_segments() -> None:
    scores = np.array([[1.0, 5, NAN], [2, 1, 9]])
    ratings = np.array([[-1.0, 0, 0], [-2, -2, -2]])
    # segments 1 and 2 only: means 3 and 1.5 against -0.5 and -2
    assert PairwiseAccuracy()(scores, ratings).value == 1.0


# --- ties, differences, p-values of systems -------------------------------------------------------


def test_calibrated_accuracy_by_hand() -> None:
    """One segment, ratings 0, 0, -1, scores 3, 1, 0: differences 2 (tied ratings), 3 and 1 (right).
    With no tie 2 of 3 are right; ties up to 1 lose a right pair, up to 2 gain the tied one (2 of 3
    again, later), up to 3 leave 1. The smallest of the best is 0."""
    scores, ratings = np.array([[3.0], [1], [0]]), np.array([[0.0], [0], [-1]])
    result = AccEq()(scores, ratings)
    assert result.value == pytest.approx(2 / 3)
    ties = {"tie_rate": 0.0, "human_tie_rate": pytest.approx(1 / 3)}
    assert result.detail == {"epsilon": 0.0, "value_at_zero": result.value, **ties}
    assert result.n == 3
    # scores 3, 2, 0: the tied pair differs by 1, the others by 3 and 2: a threshold of 1 is perfect
    result = AccEq()(np.array([[3.0], [2], [0]]), ratings)
    assert (result.value, result.detail["epsilon"]) == (1.0, 1.0)
    assert result.detail["tie_rate"] == result.detail["human_tie_rate"] == pytest.approx(1 / 3)
    assert result.detail["value_at_zero"] == pytest.approx(2 / 3)
    assert TauEq()(np.array([[3.0], [2], [0]]), ratings).value == 1.0
    assert TauEq()(scores, ratings).value == pytest.approx(1 / 3)


def test_one_threshold_serves_all_segments() -> None:
    """Ratings tie in segment 1, where scores differ by 2, and not in segment 2, where they differ
    by 1, or by 3: only in the second case does one threshold get both right."""
    ratings = np.array([[0.0, 0], [0, -1]])
    close = AccEq()(np.array([[2.0, 1], [0, 0]]), ratings)
    assert (close.value, close.detail["epsilon"]) == (0.5, 0.0)
    far = AccEq()(np.array([[2.0, 3], [0, 0]]), ratings)
    assert (far.value, far.detail["epsilon"]) == (1.0, 2.0)


def test_segments_weigh_the_same_whatever_their_number_of_pairs() -> None:
    """Segment 1 has three pairs, all right; segment 2 one, wrong: 1/2, not 3/4."""
    scores = np.array([[3.0, 0], [2, 1], [1, NAN]])
    ratings = np.array([[0.0, 0], [-1, -1], [-2, -2]])
    assert AccEq()(scores, ratings).value == 0.5
    assert AccEq()(scores, ratings).n == 4


def test_a_fixed_threshold_is_inclusive() -> None:
    scores, tied = np.array([[1.0], [0.5]]), np.array([[-1.0], [-1]])
    assert AccEq(epsilon=0.5)(scores, tied).value == 1.0
    assert AccEq(epsilon=0.4999)(scores, tied).value == 0.0


@settings(max_examples=examples(150), deadline=None)
@given(values, arrays(float, (4, 6), elements=st.integers(-2, 0).map(float)))
def test_calibration_equals_trying_every_threshold(scores: Array, ratings: Array) -> None:
    for grouping in ("none", "item", "system"):
        result = AccEq(grouping)(scores, ratings)  # type: ignore[arg-type]
        pairs = grouped_pairs(ratings, ~np.isnan(scores), grouping)  # type: ignore[arg-type]
        assert pairs is not None
        if not pairs.n_groups:
            assert math.isnan(result.value)
            continue
        tried = {}
        for epsilon in {0.0, *np.abs(pairs.differences(scores)).tolist()}:
            tried[epsilon] = AccEq(grouping, epsilon)(scores, ratings).value  # type: ignore[arg-type]
        best = max(tried.values())
        assert result.value == best
        assert result.detail["epsilon"] == min(e for e, v in tried.items() if v == best)


def test_parameters_out_of_range_are_refused() -> None:
    with pytest.raises(InputError, match=r"acc_eq\.epsilon"):
        AccEq(epsilon=-0.1)
    with pytest.raises(InputError, match=r"soft_pairwise_accuracy\.samples"):
        SoftPairwiseAccuracy(samples=0)
    with pytest.raises(InputError, match=r"soft_pairwise_accuracy\.seed"):
        SoftPairwiseAccuracy(seed=-1)


def test_accuracy_beyond_memory_is_refused() -> None:
    result = AccEq("none")(np.zeros((20, 1000)), np.zeros((20, 1000)))
    assert math.isnan(result.value)
    assert result.note == "more than 100,000,000 pairs"


def test_pdp_by_hand() -> None:
    """Differences in both orders: scores ±1, ±3, ratings ±1, ±1, so (1 + 3) / √((1 + 9) 2)."""
    result = PDPPearson()(np.array([[1.0, 8], [0, 5]]), np.array([[0.0, 3], [-1, 2]]))
    assert result.value == pytest.approx(4 / math.sqrt(20))
    assert result.n == 2


@settings(max_examples=examples(100), deadline=None)
@given(arrays(float, (4, 6), elements=st.one_of(st.integers(-30, 30).map(float), st.just(NAN))))
def test_pdp_is_pearson_of_all_differences(scores: Array) -> None:
    ratings = np.random.default_rng(2).integers(-5, 1, size=(4, 6)).astype(float)
    with np.errstate(invalid="ignore"):
        x = (scores[:, None] - scores[None]).reshape(-1)
        y = (ratings[:, None] - ratings[None]).reshape(-1)
    kept = ~np.isnan(x)
    result = PDPPearson()(scores, ratings)
    if not kept.any() or np.ptp(x[kept]) == 0:
        assert math.isnan(result.value)
    elif np.ptp(y[kept]) > 0:
        assert result.value == pytest.approx(pearsonr(x[kept], y[kept]).statistic, abs=1e-9)


def test_soft_accuracy_by_hand() -> None:
    """Two systems, one segment: a flip keeps or turns the only difference. Ratings: the first is
    better, p = share of kept signs; scores: it is worse, every flip gives at least the plain sum,
    p = 1. The value is 1 - (1 - kept) = kept, about 1/2; the limits are 1 - Phi(±1)."""
    result = SoftPairwiseAccuracy(samples=4000)(np.array([[0.0], [2]]), np.array([[0.0], [-1]]))
    assert result.value == pytest.approx(0.5, abs=0.04)
    assert result.detail["normal_approximation"] == pytest.approx(1 - 0.6826894921)
    assert result.n == 1


def test_soft_accuracy_of_the_ratings_themselves_is_1() -> None:
    ratings = np.random.default_rng(4).integers(-5, 1, size=(5, 30)).astype(float)
    for scores in (ratings, 3 * ratings + 7):
        assert SoftPairwiseAccuracy()(scores, ratings).value == 1.0
        assert SoftPairwiseAccuracy(1000)(scores, ratings).value == 1.0


def test_soft_accuracy_refuses_what_is_incomplete() -> None:
    ratings = np.random.default_rng(4).normal(size=(5, 30))
    scores = ratings.copy()
    scores[2, 3] = NAN
    result = SoftPairwiseAccuracy(1000)(scores, ratings)
    assert math.isnan(result.value)
    assert result.note == "1 of 150 translations lack a score or a rating"


def test_the_limit_of_soft_accuracy_takes_what_two_systems_share() -> None:
    """Segment 3 counts only for the pairs without system 2; a system without a score leaves no
    value."""
    generator = np.random.default_rng(4)
    ratings, scores = generator.normal(size=(2, 5, 30))
    scores[2, 3] = NAN
    losses = []
    for i, j in combinations(range(5), 2):
        kept = [n for n in range(30) if not (n == 3 and 2 in (i, j))]
        p = []
        for side in (scores, ratings):
            d = side[i, kept] - side[j, kept]
            p.append(NormalDist().cdf(-d.sum() / math.sqrt((d**2).sum())))
        losses.append(abs(p[0] - p[1]))
    result = SoftPairwiseAccuracy()(scores, ratings)
    assert result.value == pytest.approx(1 - np.mean(losses))
    assert (result.n, result.n_translations) == (10, 149)
    scores[2] = NAN
    result = SoftPairwiseAccuracy()(scores, ratings)
    assert math.isnan(result.value)
    assert result.note == "1 rated systems have no score"


def test_a_constant_metric_by_item_counts_0_or_is_dropped() -> None:
    """Segment 0: r = 1; segment 1: the metric is constant; segment 2: people are."""
    ratings = np.array([[0.0, 0.0, 1.0], [1.0, 5.0, 1.0], [2.0, 1.0, 1.0]])
    scores = np.array([[0.0, 7.0, 1.0], [1.0, 7.0, 2.0], [2.0, 7.0, 3.0]])
    zero, dropped = Pearson("item")(scores, ratings), Pearson("item", "dropped")(scores, ratings)
    assert (zero.value, zero.n, zero.detail["n_constant"]) == (pytest.approx(0.5), 2, 1.0)
    assert (dropped.value, dropped.n, dropped.detail["n_constant"]) == (pytest.approx(1.0), 1, 1.0)
    with pytest.raises(InputError, match=r"pearson\.constant"):
        Pearson("item", "kept")  # type: ignore[arg-type]


AFFINE: list[Statistic] = [s for s in ALL if not getattr(s, "epsilon", None)]
RANKS = (Spearman, Kendall, KendallC)


@pytest.mark.parametrize("statistic", AFFINE, ids=repr)
def test_affine_rescaling_changes_nothing(statistic: Statistic) -> None:
    generator = np.random.default_rng(8)
    scores, ratings = generator.normal(size=(5, 40)), generator.integers(-9, 1, (5, 40)) / 2
    one, other = statistic(scores, ratings), statistic(2.5 * scores - 3, ratings)
    assert other.value == pytest.approx(one.value, abs=1e-12)
    assert (other.n, other.note) == (one.n, one.note)


@pytest.mark.parametrize("kind", RANKS)
@pytest.mark.parametrize("grouping", ["none", "item", "system"])
def test_rank_statistics_see_only_ranks(kind: type, grouping: str) -> None:
    generator = np.random.default_rng(9)
    scores, ratings = generator.normal(size=(5, 70)), generator.integers(-9, 1, (5, 70)) / 2
    one = kind(grouping)(scores, ratings)
    assert kind(grouping)(scores**3, np.exp(ratings)).value == pytest.approx(one.value, abs=1e-12)
    assert kind(grouping)(-scores, ratings).value == pytest.approx(-one.value, abs=1e-12)


@pytest.mark.parametrize("statistic", ALL, ids=repr)
@pytest.mark.parametrize("shape", [(1, 5), (4, 1), (2, 1), (1, 1)])
def test_one_system_or_one_segment(statistic: Statistic, shape: tuple[int, int]) -> None:
    generator = np.random.default_rng(1)
    result = statistic(generator.normal(size=shape), generator.normal(size=shape))
    assert isinstance(result, Agreement)
    assert math.isnan(result.value) == bool(result.note)
    of_one = statistic.grouping == "item" or statistic.system_score == "mean"
    if shape == (1, 1) or (shape[0] == 1 and of_one):
        assert math.isnan(result.value)


@pytest.mark.parametrize("statistic", ALL, ids=repr)
def test_half_of_the_systems_without_scores(statistic: Statistic) -> None:
    generator = np.random.default_rng(1)
    scores, ratings = generator.normal(size=(6, 20)), generator.normal(size=(6, 20))
    scores[3:] = NAN
    result = statistic(scores, ratings)
    if statistic.level == "system":
        assert math.isnan(result.value)
        assert result.note
    else:
        alone = statistic(scores[:3], ratings[:3])
        assert result.value == pytest.approx(alone.value, abs=1e-12)
        assert (result.n, result.n_translations) == (alone.n, 60)


@pytest.mark.parametrize("statistic", [s for s in ALL if hasattr(s, "values")], ids=repr)
def test_stacks_equal_single_matrices(statistic: Statistic) -> None:
    generator = np.random.default_rng(6)
    stack, ratings = generator.normal(size=(3, 5, 20)), generator.integers(-4, 1, (5, 20)) / 1.0
    stack[1] = 1.0
    for gone in (False, True):
        if gone:
            stack[:, 2, 5:9] = NAN
        single = [statistic(scores, ratings).value for scores in stack]
        np.testing.assert_allclose(statistic.values(stack, ratings), single, atol=1e-12)


def test_mean_ratings_that_are_equal_but_for_rounding_tie() -> None:
    """Raters' thirds are rounded: three of them, and a 1 and two zeros, are equal sums."""
    third = round(1 / 3, 12)
    ratings = np.array([[-third, -third, -third], [-1.0, 0.0, 0.0], [-2.0, 0.0, 0.0]])
    tied = np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0]])
    untied = tied + np.array([[0.5], [0.0], [0.0]])
    assert PairwiseAccuracy()(tied, ratings).value == 1.0
    assert PairwiseAccuracy()(untied, ratings).value == 2 / 3
    two_way = Jackknife(
        PAIRWISE_ACCURACY, {"tied": tied, "untied": untied}, ratings, ["a", "b", "c"]
    ).estimates()
    assert two_way["tied"].value == 1.0
    assert two_way["untied"].value == pytest.approx(2 / 3, abs=1e-12)

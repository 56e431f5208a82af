"""Values, variances, tests and intervals of named metrics."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from harness.significance.families import compare_all_pairs
from harness.significance.two_way import (
    ACC_EQ,
    PAIRWISE_ACCURACY,
    PDP_PEARSON,
    PEARSON_BY_ITEM,
    PEARSON_BY_ITEM_OFFICIAL,
    SOFT_PAIRWISE_ACCURACY,
    TwoWayStatistic,
)
from harness.significance.two_way.jackknife import CONSTANT, Jackknife
from harness.significance.two_way.spread import Spread, jackknife_variance
from harness.significance.two_way.t_tests import detectable, interval, p_values
from harness.statistics.accuracy_ties import AccEq
from harness.statistics.base import Array
from harness.statistics.correlation import Pearson
from harness.statistics.pdp import PDPPearson
from harness.statistics.soft_pairwise import SoftPairwiseAccuracy
from harness.statistics.system_level import PairwiseAccuracy

NAN = math.nan
T_TESTED = [SOFT_PAIRWISE_ACCURACY, ACC_EQ, PDP_PEARSON, PEARSON_BY_ITEM]
ALL = [*T_TESTED, PAIRWISE_ACCURACY]


def names(statistic: TwoWayStatistic) -> str:
    return statistic.name


def made(
    seed: int = 0, n_systems: int = 7, n_documents: int = 12
) -> tuple[dict[str, Array], Array, list[str]]:
    g = np.random.default_rng(seed)
    documents = [f"d{d}" for d in range(n_documents) for _ in range(1 + d % 3)]
    quality = g.normal(size=(n_systems, len(documents))) + np.linspace(0, 1, n_systems)[:, None]
    scores = {m: quality + g.normal(size=quality.shape) * s for m, s in (("a", 1), ("b", 0.5))}
    return scores, np.round(quality), documents


def test_values_are_those_of_the_statistics() -> None:
    scores, ratings, documents = made()
    scores["a"][:, 5] = 1.0  # constant in a segment
    known = {
        ACC_EQ: AccEq()(scores["a"], ratings).value,
        PDP_PEARSON: PDPPearson()(scores["a"], ratings).value,
        PEARSON_BY_ITEM_OFFICIAL: Pearson("item", "dropped")(scores["a"], ratings).value,
        SOFT_PAIRWISE_ACCURACY: SoftPairwiseAccuracy()(scores["a"], ratings).detail[
            "normal_approximation"
        ],
        PAIRWISE_ACCURACY: PairwiseAccuracy()(scores["a"], ratings).value,
    }
    for statistic, value in known.items():
        found = Jackknife(statistic, scores, ratings, documents).estimates()["a"]
        assert found.value == pytest.approx(value, abs=1e-12)
        assert (found.n_systems, found.n_documents, found.n_segments) == (7, 12, 24)
    (defaults,) = [Jackknife(PEARSON_BY_ITEM, scores, ratings, documents).estimates()["a"]]
    assert defaults.n_constant == 1
    by_segment = Pearson("item", "dropped").by_segment(scores["a"], ratings)
    assert defaults.value == pytest.approx(np.nansum(by_segment) / 24, abs=1e-12)


def test_the_variance_of_a_mean_is_that_of_theory() -> None:
    """The jackknife of a mean gives s² / n; NaN is left out; fewer than 3 give none."""
    x = np.array([1.0, 2.0, 4.0, 7.0, NAN])
    without = (14.0 - x) / 3
    assert jackknife_variance(without) == pytest.approx(x[:4].var(ddof=1) / 4)
    assert np.isnan(jackknife_variance(np.array([1.0, 2.0, NAN])))


@pytest.mark.parametrize(
    ("v_d", "v_s", "v_sd", "expected"),
    [(1.0, 2.0, 0.5, 2.5), (1.0, 2.0, 2.5, 2.0), (3.0, 1.0, 2.0, 3.0), (0.0, 0.0, 0.0, 0.0)],
)
def test_the_two_way_variance(v_d: float, v_s: float, v_sd: float, expected: float) -> None:
    def spread(n_systems: int, n_documents: int) -> Spread:
        parts = (np.array([v]) for v in (v_d, v_s, v_sd))
        return Spread(*parts, np.array([n_systems]), np.array([n_documents]))

    enough = spread(6, 10)
    assert enough.variance[0] == expected
    assert enough.added[0] == v_d + v_s
    assert (enough.degrees[0], enough.scope(0)) == (5, "systems and documents")
    for few in (spread(5, 10), spread(6, 9)):
        assert few.variance[0] == few.added[0] == v_d
        assert (few.degrees[0], few.scope(0)) == (few.n_documents[0] - 1, "documents")


def test_p_values_and_intervals_are_students() -> None:
    d, v, df = np.array([0.3, -0.3, 0.3, 0.3]), np.array([0.01, 0.01, 0.0, NAN]), np.full(4, 9)
    expected = 2 * stats.t.sf(3.0, 9)
    found = p_values(d, v, df)
    np.testing.assert_allclose(found, [expected, expected, 1.0, NAN], rtol=1e-12)
    low, high = interval(0.9, 0.01, 9, 0.95, (0.0, 1.0))
    assert low == pytest.approx(0.9 - stats.t.ppf(0.975, 9) * 0.1)
    assert high == 1.0
    assert np.isnan(interval(0.9, NAN, 9, 0.95, (0.0, 1.0))).all()


def test_the_detectable_difference_is_found_in_80_percent() -> None:
    size = detectable(0.04, 9, 0.01)
    g = np.random.default_rng(0)
    t = (size / 0.2 + g.normal(size=200_000)) / np.sqrt(g.chisquare(9, 200_000) / 9)
    assert np.mean(np.abs(t) > stats.t.ppf(0.995, 9)) == pytest.approx(0.8, abs=0.005)
    assert np.isnan(detectable(NAN, 9, 0.05))


@pytest.mark.parametrize("statistic", ALL, ids=names)
def test_a_metric_against_itself_shows_nothing(statistic: TwoWayStatistic) -> None:
    scores, ratings, documents = made()
    twice = {"a": scores["a"], "b": scores["a"].copy()}
    (test,) = compare_all_pairs(Jackknife(statistic, twice, ratings, documents), seed=1).tests
    assert (test.difference, test.p, test.adjusted_p, test.detectable) == (0.0, 1.0, 1.0, 0.0)
    assert not test.shows(0.05)


@pytest.mark.parametrize("statistic", ALL, ids=names)
def test_names_and_order_do_not_matter(statistic: TwoWayStatistic) -> None:
    """Exchanged names, systems or segments in another order: the same test."""
    scores, ratings, documents = made()
    g = np.random.default_rng(1)
    rows, columns = g.permutation(len(ratings)), g.permutation(len(documents))
    shuffled = {m: own[np.ix_(rows, columns)] for m, own in scores.items()}
    others = [
        ({"b": scores["a"], "a": scores["b"]}, ratings, documents),
        (shuffled, ratings[np.ix_(rows, columns)], [documents[i] for i in columns]),
    ]
    (test,) = compare_all_pairs(Jackknife(statistic, scores, ratings, documents), seed=1).tests
    better = (test.metric_1, test.metric_2)
    assert better == ("b", "a") if test.difference else ("a", "b")
    for k, other in enumerate(others):
        (found,) = compare_all_pairs(Jackknife(statistic, *other), seed=1).tests
        swapped = k == 0 and test.difference > 0
        assert (found.metric_1, found.metric_2) == (better[::-1] if swapped else better)
        for key in ("difference", "low", "high", "p", "standard_error", "detectable"):
            assert getattr(found, key) == pytest.approx(getattr(test, key), abs=1e-9), key


@pytest.mark.parametrize("statistic", ALL, ids=names)
def test_scale_and_origin_do_not_matter(statistic: TwoWayStatistic) -> None:
    scores, ratings, documents = made()
    scaled = {"a": 3.0 * scores["a"] - 7.0, "b": 0.25 * scores["b"] + 2.0}
    one, two = (
        compare_all_pairs(Jackknife(statistic, s, ratings, documents), seed=1).tests[0]
        for s in (scores, scaled)
    )
    for key in ("difference", "p", "standard_error"):
        assert getattr(one, key) == pytest.approx(getattr(two, key), abs=1e-9), key


@pytest.mark.parametrize("statistic", ALL, ids=names)
def test_pairs_are_compared_on_what_both_scored(statistic: TwoWayStatistic) -> None:
    scores, ratings, documents = made()
    scores["c"] = scores["a"] + scores["b"]
    scores["a"][2, 3], scores["b"][4, 9:12] = NAN, NAN
    jackknife = Jackknife(statistic, scores, ratings, documents)
    found = {(t.metric_1, t.metric_2): t for t in compare_all_pairs(jackknife, seed=1).tests}
    test = found.get(("a", "b")) or found["b", "a"]
    both = np.isnan(scores["a"]) | np.isnan(scores["b"])
    common = {m: np.where(both, NAN, scores[m]) for m in ("a", "b")}
    alone = Jackknife(statistic, common, ratings, documents)
    (expected,) = compare_all_pairs(alone, seed=1).tests
    for key in ("metric_1", "value_1", "value_2", "standard_error", "p", "n_translations"):
        assert getattr(test, key) == getattr(expected, key), key
    assert jackknife.estimates()["c"].n_segments == 24
    whole = Jackknife(statistic, {"c": scores["c"]}, ratings, documents).estimates()["c"]
    assert jackknife.estimates()["c"] == whole


def test_intervals_of_accuracy_take_the_sum_of_both_variances() -> None:
    scores, ratings, documents = made()
    for statistic in (ACC_EQ, PDP_PEARSON):
        jackknife = Jackknife(statistic, scores, ratings, documents)
        found, part = jackknife.estimates()["a"], jackknife.parts()["a"]
        assert part is not None
        v_d, v_s = (
            float(jackknife_variance(values[part.row]))
            for values in (part.replicates.without_document, part.replicates.without_system)
        )
        v_sd = float(jackknife_variance(part.replicates.without_block[part.row].reshape(-1)))
        expected = v_d + v_s if statistic is ACC_EQ else max(v_d, v_s, v_d + v_s - v_sd)
        assert found.standard_error == pytest.approx(math.sqrt(expected), rel=1e-12)
        half = float(stats.t.ppf(0.975, 6)) * found.standard_error
        assert (found.low, found.high) == pytest.approx((found.value - half, found.value + half))
        assert found.degrees == 6


def test_few_systems_or_documents_leave_the_document_jackknife() -> None:
    for shape in ({"n_systems": 5}, {"n_documents": 9}):
        scores, ratings, documents = made(**shape)
        jackknife = Jackknife(PDP_PEARSON, scores, ratings, documents)
        found = jackknife.estimates()["a"]
        assert (found.scope, found.degrees) == ("documents", len(set(documents)) - 1)
        (test,) = compare_all_pairs(jackknife, seed=1).tests
        without = jackknife.compare([("a", "b")]).differences.without_document
        assert test.standard_error == pytest.approx(math.sqrt(jackknife_variance(without)[0]))
        assert test.scope == "documents"


def test_without_documents_segments_stand_for_them() -> None:
    scores, ratings, documents = made()
    each = [str(i) for i in range(len(documents))]
    one, two = (Jackknife(ACC_EQ, scores, ratings, d) for d in (None, each))
    assert one.estimates() == two.estimates()
    assert not compare_all_pairs(one, seed=1).documents_known
    assert compare_all_pairs(two, seed=1).documents_known


def test_what_has_no_value() -> None:
    scores, ratings, documents = made()
    scores["a"][0, 0] = math.inf
    scores["c"] = np.full_like(ratings, NAN)
    for statistic in ALL:
        jackknife = Jackknife(statistic, scores, ratings, documents)
        found = jackknife.estimates()
        assert np.isnan([found["a"].value, found["a"].low, found["c"].value]).all()
        assert (found["a"].scope, found["c"].scope) == ("nothing", "nothing")
        assert found["b"].value > 0
        family = compare_all_pairs(jackknife, seed=1)
        assert family.n_metrics == 0
        assert all(np.isnan(t.p) and np.isnan(t.adjusted_p) for t in family.tests)
        assert family.shown() == ()


def test_what_does_not_fit_is_refused() -> None:
    scores, ratings, documents = made()
    with pytest.raises(ValueError, match="documents for"):
        Jackknife(ACC_EQ, scores, ratings, documents[1:])
    with pytest.raises(ValueError, match="scores of a"):
        Jackknife(ACC_EQ, {"a": scores["a"][1:]}, ratings, documents)
    with pytest.raises(ValueError, match="cannot have the name"):
        Jackknife(ACC_EQ, {CONSTANT: ratings}, ratings, documents)


@pytest.mark.parametrize("missing", [False, True])
def test_the_constant(missing: bool) -> None:
    """0 for correlations, the share of tied ratings for accuracy, and where p is 1 throughout."""
    scores, ratings, documents = made()
    if missing:
        ratings[2, 4:8] = NAN
    expected = {
        PDP_PEARSON: 0.0,
        PEARSON_BY_ITEM: 0.0,
        PAIRWISE_ACCURACY: PairwiseAccuracy()(np.zeros_like(ratings), ratings).value,
        ACC_EQ: AccEq()(np.zeros_like(ratings), ratings).value,
    }
    for statistic, value in expected.items():
        found = Jackknife(statistic, scores, ratings, documents).compare([("a", CONSTANT)])
        assert found.second[0] == pytest.approx(value, abs=1e-12)


def test_one_metric_or_nothing_rated_gives_no_tests() -> None:
    scores, ratings, documents = made()
    for statistic in ALL:
        one = Jackknife(statistic, {"a": scores["a"]}, ratings, documents)
        assert compare_all_pairs(one, seed=1).tests == ()
        nothing = Jackknife(statistic, scores, np.full_like(ratings, NAN), documents)
        assert {e.scope for e in nothing.estimates().values()} == {"nothing"}
        (test,) = compare_all_pairs(nothing, seed=1).tests
        assert np.isnan([test.difference, test.p, test.adjusted_p, test.low]).all()
        empty = np.empty((0, 0))
        none = Jackknife(statistic, {"a": empty, "b": empty}, empty, [])
        assert len(compare_all_pairs(none, seed=1).tests) == 1

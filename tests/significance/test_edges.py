"""Tests and intervals against formulas written here, and where they are not defined."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from harness.error_categories.analysis import categories
from harness.error_categories.families import AgainstChance, detectable_accuracy
from harness.errors import InputError
from harness.ratings.rating import Weights, penalties
from harness.ratings.views import Level1
from harness.significance.averages import compare_averages
from harness.significance.chance_of_accuracy import chance_of_accuracy
from harness.significance.families import PairTest
from harness.significance.intervals import interval_of_draws
from harness.significance.jackknife import correlation_interval, expit
from harness.significance.rater_jackknife import rater_estimates
from harness.significance.two_way import PEARSON_BY_ITEM
from harness.significance.two_way import statistics as two_way_statistics
from harness.significance.two_way.cells import cells_of
from harness.significance.two_way.jackknife import Jackknife
from harness.significance.two_way.t_tests import detectable, interval, p_values
from harness.tables import SCORES, table
from tests.support.small import small

NAN = math.nan


def test_p_values_are_of_students_t() -> None:
    degrees = np.array([1, 2, 9, 0, 5, 5])
    variance = np.array([0.04, 0.04, 0.04, 0.04, 0.0, NAN])
    found = p_values(np.array([0.3, -0.3, 0.1, 0.3, 0.2, 0.3]), variance, degrees)
    wanted = [2 * stats.t.sf(1.5, 1), 2 * stats.t.sf(1.5, 2), 2 * stats.t.sf(0.5, 9)]
    assert found[:3] == pytest.approx(wanted)
    assert math.isnan(found[3]) and found[4] == 1.0 and math.isnan(found[5])
    assert math.isnan(p_values(np.array([NAN]), np.array([0.1]), np.array([4]))[0])


def test_interval_of_a_value() -> None:
    half = stats.t.ppf(0.95, 7) * 0.2
    assert interval(0.1, 0.04, 7, 0.9, (-1.0, 1.0)) == pytest.approx((0.1 - half, 0.1 + half))
    assert interval(0.1, 0.04, 7, 0.9, (0.0, 0.3)) == (0.0, 0.3)
    for bad in (interval(0.1, NAN, 7, 0.9, (0, 1)), interval(NAN, 0.1, 7, 0.9, (0, 1)),
                interval(0.1, 0.04, 0, 0.9, (0, 1))):  # fmt: skip
        assert all(map(math.isnan, bad))
    half = stats.t.ppf(0.95, 1) * 0.2
    assert interval(0.1, 0.04, 1, 0.9, (-9.0, 9.0)) == pytest.approx((0.1 - half, 0.1 + half))


def test_a_detectable_difference_is_found_with_its_power() -> None:
    for degrees in (1, 8, 40):
        least = detectable(0.04, degrees, 0.05)
        critical = stats.t.ppf(0.975, degrees)
        power = stats.nct.sf(critical, degrees, least / 0.2)
        assert power == pytest.approx(0.8, abs=1e-6)
    assert math.isnan(detectable(NAN, 8, 0.05)) and math.isnan(detectable(0.04, 0, 0.05))


def test_interval_of_draws() -> None:
    drawn = np.array([0.4, 0.5, 0.6, 0.55, NAN])
    error = np.std(drawn[:4], ddof=1) * math.sqrt(6 / 5)
    half = stats.t.ppf(0.95, 5) * error
    assert interval_of_draws(0.5, drawn[:4], 6, 0.9, (-1.0, 1.0)) == pytest.approx(
        (0.5 - half, 0.5 + half)
    )
    assert interval_of_draws(0.5, drawn[:4], 6, 0.9, (0.45, 0.52)) == (0.45, 0.52)
    assert all(map(math.isnan, interval_of_draws(NAN, drawn[:4], 6, 0.9, (0.0, 1.0))))
    few = np.array([0.5, NAN, NAN, NAN])
    assert all(map(math.isnan, interval_of_draws(0.5, few, 6, 0.9, (0.0, 1.0))))
    one = np.array([0.5])
    assert all(map(math.isnan, interval_of_draws(0.5, one, 6, 0.9, (0.0, 1.0))))


def test_bounds_of_what_the_jackknife_knows() -> None:
    shares = {"pairwise_accuracy", "soft_pairwise_accuracy", "acc_eq"}
    known = [
        value
        for value in vars(two_way_statistics).values()
        if isinstance(value, two_way_statistics.TwoWayStatistic)
    ]
    assert len(known) >= 6
    for own in known:
        assert own.bounds == ((0.0, 1.0) if own.name in shares else (-1.0, 1.0)), own.name


def test_matrices_that_do_not_fit() -> None:
    ratings = np.zeros((3, 4))
    documents = np.zeros(4, dtype=np.int64)
    with pytest.raises(ValueError, match=r"scores have the shape \(3, 5\)"):
        cells_of(np.zeros((2, 3, 5)), ratings, documents)
    with pytest.raises(ValueError, match="3 document numbers for 4 segments"):
        cells_of(np.zeros((2, 3, 4)), ratings, documents[:3])
    assert cells_of(np.zeros((2, 3, 4)), np.full((3, 4), NAN), documents) is None


def test_one_random_metric_has_no_spread() -> None:
    ratings = np.array([[1.0, 2.0], [2.0, 2.0], [3.0, 1.0]])
    texts = np.array([[0, 0], [1, 1], [2, 2]])
    found = chance_of_accuracy(ratings, texts, seed=1, draws=1)
    assert math.isnan(found.sd) and 0.0 <= found.drawn_mean <= 1.0
    none = chance_of_accuracy(ratings, texts, seed=1, draws=0)
    assert math.isnan(none.sd) and math.isnan(none.drawn_mean)
    assert chance_of_accuracy(ratings, texts, seed=1, draws=2).sd >= 0.0


def test_segments_without_a_pair_do_not_count_for_chance() -> None:
    ratings = np.array([[1.0, 2.0, NAN], [2.0, NAN, NAN], [2.0, NAN, 1.0]])
    texts = np.arange(9).reshape(3, 3)
    found = chance_of_accuracy(ratings, texts, seed=1, draws=4)
    assert (found.tied_identical, found.tied, found.untied) == pytest.approx((0.0, 1 / 3, 2 / 3))
    assert found.value == pytest.approx(1 / 3)


@pytest.mark.parametrize("x", [-800.0, -2.0, -0.3, 0.0, 0.3, 2.0, 800.0])
def test_the_inverse_of_the_logit(x: float) -> None:
    assert expit(x) == pytest.approx(special.expit(x), abs=1e-15)
    assert math.isnan(expit(NAN))


def test_the_smallest_accuracy_that_would_have_been_found() -> None:
    for degrees in (3, 30):
        test = AgainstChance(0.2, 0.1, degrees)
        least = detectable_accuracy(test, 0.01)
        critical = stats.t.ppf(0.995, degrees)
        power = stats.nct.sf(critical, degrees, special.logit(least) / 0.1)
        assert power == pytest.approx(0.8, abs=1e-6)
    assert detectable_accuracy(AgainstChance(0.2, 1.0, 9), 0.05) > 0.9
    for error in (0.0, NAN):
        assert math.isnan(detectable_accuracy(AgainstChance(1.0, error, 9), 0.05))


def test_few_defined_draws_have_no_interval() -> None:
    """At least half of the draws must have a value."""
    drawn = np.concatenate([np.linspace(0.4, 0.6, 10), np.full(90, NAN)])
    assert math.isnan(interval_of_draws(0.5, drawn, 6, 0.9, (0.0, 1.0))[0])
    enough = np.concatenate([np.linspace(0.4, 0.6, 99), [NAN]])
    assert interval_of_draws(0.5, enough, 6, 0.9, (0.0, 1.0))[0] < 0.5


def test_what_took_part_in_the_test_of_an_average() -> None:
    """Translations that lack a rating or either score are counted out."""
    ratings = np.array([[1.0, 2.0, NAN], [3.0, NAN, NAN], [5.0, 1.0, 2.0]])
    one, two = np.ones((3, 3)), np.ones((3, 3))
    one[0, 0] = two[2, 1] = NAN
    gains = {("a", "b"): np.array([0.1, 0.3, 0.2, -0.2])}
    (found,) = compare_averages({"a": 0.5, "b": 0.3}, [(1.0, gains)], ratings, {"a": one, "b": two})
    # rated: 6; of these one lacks a's score, one b's
    assert (found.n_cells, found.n_excluded) == (4, 2)
    assert (found.n_systems, found.n_segments) == (3, 3)
    assert (found.metric_1, found.metric_2) == ("a", "b") and found.difference == pytest.approx(0.2)
    assert (found.p, found.samples) == (0.5, 4)
    (turned,) = compare_averages(
        {"a": 0.3, "b": 0.5}, [(1.0, gains)], ratings, {"a": one, "b": two}
    )
    assert (turned.metric_1, turned.p) == ("b", 0.25)
    (unknown,) = compare_averages({"a": 1.0, "b": 0.3}, [(1.0, {})], ratings, {"a": one, "b": two})
    assert math.isnan(unknown.p) and unknown.note == "a statistic of the average has no draws"
    assert compare_averages({"a": 1.0, "b": NAN}, [], ratings, {"a": one, "b": two}) == []


def test_families_show_what_is_better_and_sure() -> None:
    of: dict[str, Any] = {
        "metric_1": "a",
        "metric_2": "b",
        "value_1": 0.6,
        "value_2": 0.5,
        "scope": "documents",
        "low": 0.0,
        "high": 0.2,
        "standard_error": 0.1,
        "degrees": 9,
        "p": 0.01,
        "detectable": 0.1,
        "n_systems": 6,
        "n_documents": 10,
        "n_segments": 50,
        "n_translations": 300,
    }
    for difference, adjusted, shown in ((0.1, 0.05, True), (0.1, 0.051, False), (0.0, 0.01, False)):
        test = PairTest(**of, difference=difference, adjusted_p=adjusted)
        assert test.shows(0.05) == shown


def test_a_metric_without_a_pair_has_no_estimate() -> None:
    ratings = np.array([[1.0, 2.0, 3.0], [2.0, 1.0, 4.0]])
    scores = {"a": np.full((2, 3), NAN), "b": ratings * 2.0}
    found = rater_estimates(PEARSON_BY_ITEM, scores, ratings, ["r", "s", "t"])
    assert found["a"].n_raters == 0 and math.isnan(found["a"].value)
    none = Jackknife(PEARSON_BY_ITEM, {"a": scores["a"]}, ratings, ["d"] * 3).estimates()["a"]
    numbers = (none.degrees, none.n_systems, none.n_documents, none.n_segments, none.n_constant)
    assert numbers == (0, 0, 0, 0, 0) and none.scope == "nothing"


def test_segments_and_translations_of_a_pair_are_counted_apart() -> None:
    g = np.random.default_rng(5)
    ratings = g.normal(size=(4, 12))
    scores = {name: g.normal(size=(4, 12)) for name in ("a", "b")}
    scores["a"][0, :3] = NAN
    documents = [str(i // 3) for i in range(12)]
    compared = Jackknife(PEARSON_BY_ITEM, scores, ratings, documents).compare([("a", "b")])
    assert compared.n_segments.tolist() == [12]
    assert compared.n_translations.tolist() == [45]


@pytest.mark.parametrize("value", [-0.3, 0.3])
def test_a_correlation_on_either_side_of_0_has_an_interval(value: float) -> None:
    found = correlation_interval(value, np.array([0.1, 0.2, 0.15, 0.3]), 0.9)
    assert found.low < value < found.high


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, 1.5])
def test_a_confidence_that_is_none(confidence: float) -> None:
    test_set = small()
    of_view = [penalties(test_set, Weights(), Level1())]
    scores = table([], SCORES)
    with pytest.raises(InputError, match=r"category_accuracy\.confidence"):
        categories(test_set, scores, of_view, confidence=confidence)
    with pytest.raises(InputError, match=r"category_accuracy\.alpha"):
        categories(test_set, scores, of_view, alpha=confidence)

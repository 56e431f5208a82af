"""Families of tests, the best set, sentinels, raters and exchanges of systems."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from harness.significance import compare_metrics
from harness.significance.best_set import best_set
from harness.significance.families import Family, compare_all_pairs
from harness.significance.holm import holm_adjusted
from harness.significance.max_t import max_t_adjusted
from harness.significance.rater_jackknife import rater_estimates, rater_tests
from harness.significance.sentinel_tests import beat_sentinels
from harness.significance.system_exchange import exchange_p_values, smallest_exchange_p
from harness.significance.two_way import (
    ACC_EQ,
    PAIRWISE_ACCURACY,
    PDP_PEARSON,
    PEARSON_BY_ITEM,
    cells_of,
)
from harness.significance.two_way.jackknife import CONSTANT, Jackknife
from harness.significance.two_way.spread import Differences
from harness.statistics.base import Array
from harness.statistics.system_level import PairwiseAccuracy

NAN = math.nan


def made(
    noise: list[float], seed: int = 0, n_systems: int = 8, n_documents: int = 16
) -> tuple[dict[str, Array], Array, list[str]]:
    """A metric for each size of noise about the quality that people rate."""
    g = np.random.default_rng(seed)
    documents = [f"d{d}" for d in range(n_documents) for _ in range(3)]
    quality = g.normal(size=(n_systems, len(documents)))
    scores = {f"m{k}": quality + g.normal(size=quality.shape) * s for k, s in enumerate(noise)}
    return scores, quality + g.normal(size=quality.shape) * 0.1, documents


def differences(
    seed: int, n_pairs: int = 4, n_systems: int = 7, n_documents: int = 11
) -> Differences:
    g = np.random.default_rng(seed)
    return Differences(
        g.normal(size=n_pairs) * 0.5,
        g.normal(size=(n_pairs, n_documents)) * 0.1,
        g.normal(size=(n_pairs, n_systems)) * 0.1,
        np.zeros(n_pairs),
    )


def slow_max_t(d: Differences, seed: int, flips: int) -> list[float]:
    """By the formulas, flip by flip and pair by pair, with the same signs."""
    generator = np.random.default_rng(seed)
    signs = [
        generator.integers(0, 2, (flips, part.shape[1]), dtype=np.int8).astype(int) * 2 - 1
        for part in (d.without_system, d.without_document)
    ]
    observed, largest = [], np.zeros(flips)
    for k in range(len(d.value)):
        u = []
        for part in (d.without_system[k], d.without_document[k]):
            n = len(part)
            u.append((n - 1) * (part.mean() - part))
        variance = sum(((n := len(x)) - 1) / n * ((x / (n - 1)) ** 2).sum() for x in u)
        observed.append(abs(d.value[k]) / math.sqrt(variance))
        for b in range(flips):
            mean, v = 0.0, 0.0
            for x, sign in zip(u, signs, strict=True):
                flipped = x * sign[b]
                mean += flipped.mean()
                v += ((flipped**2).mean() - flipped.mean() ** 2) / (len(x) - 1)
            largest[b] = max(largest[b], abs(mean) / math.sqrt(v))
    return [(1 + int((largest >= t).sum())) / (1 + flips) for t in observed]


@pytest.mark.parametrize("seed", range(3))
def test_max_t_is_that_of_its_formulas(seed: int) -> None:
    d = differences(seed)
    found = max_t_adjusted(d, seed=5, flips=99)
    assert found.tolist() == slow_max_t(d, 5, 99)
    assert np.ptp(found) > 0


def test_max_t_where_there_is_nothing_to_test() -> None:
    d = differences(1)
    d.without_system[0], d.without_document[0], d.value[0] = 0.5, 0.5, 0.0
    d.without_document[1] = NAN
    found = max_t_adjusted(d, seed=5, flips=99)
    assert found[0] == 1.0
    assert np.isnan(found[1])
    rest = Differences(
        d.value[2:], d.without_document[2:], d.without_system[2:], d.block_variance[2:]
    )
    assert found[2:].tolist() == max_t_adjusted(rest, seed=5, flips=99).tolist()


def test_max_t_holds_its_level_where_pairs_share_metrics() -> None:
    """Ten equal metrics that differ by independent errors of systems and documents: the smallest
    adjusted p of their 45 pairs is at most .1 in about one case in ten."""
    first, second = np.triu_indices(10, 1)
    found = []
    for seed in range(120):
        g = np.random.default_rng(seed)
        by_system, by_document = g.normal(size=(10, 14)), g.normal(size=(10, 40))
        n_s, n_d = 14, 40
        value = by_system.mean(axis=1) + by_document.mean(axis=1)
        without_s = value[:, None] + (by_system.mean(axis=1)[:, None] - by_system) / (n_s - 1)
        without_d = value[:, None] + (by_document.mean(axis=1)[:, None] - by_document) / (n_d - 1)
        d = Differences(
            value[first] - value[second],
            without_d[first] - without_d[second],
            without_s[first] - without_s[second],
            np.zeros(45),
        )
        found.append(max_t_adjusted(d, seed=seed, flips=499).min() <= 0.1)
    assert 0.04 <= np.mean(found) <= 0.16


def test_up_to_eight_metrics_are_adjusted_by_holm() -> None:
    scores, ratings, documents = made([0.5, 0.6, 1, 1, 2, 2, 3, 3])
    family = compare_all_pairs(Jackknife(PDP_PEARSON, scores, ratings, documents), seed=1)
    assert (family.adjustment, family.n_metrics, len(family.tests)) == ("holm", 8, 28)
    assert [t.adjusted_p for t in family.tests] == holm_adjusted([t.p for t in family.tests])
    scores["one more"] = ratings * 0.5
    more = compare_all_pairs(Jackknife(PDP_PEARSON, scores, ratings, documents), seed=1)
    assert (more.adjustment, more.n_metrics, len(more.tests)) == ("max_t", 9, 36)
    assert more.smallest_p == 0.0001
    assert all(t.adjusted_p >= 0.0001 for t in more.tests)
    again = compare_all_pairs(Jackknife(PDP_PEARSON, scores, ratings, documents), seed=1)
    assert again == more


@pytest.mark.parametrize("seed", range(6))
def test_the_exchange_of_systems_is_the_enumerated_one(seed: int) -> None:
    """Also with ties, and with a constant metric."""
    g = np.random.default_rng(seed)
    ratings = np.round(g.normal(size=(7, 4)))
    scores = {m: np.round(ratings + g.normal(size=ratings.shape)) for m in "abc"}
    scores["c"] = np.zeros_like(ratings)
    pairs = [("b", "a"), ("a", "c"), ("b", "c")]
    found = exchange_p_values(scores, ratings, pairs)
    listed = compare_metrics(PairwiseAccuracy(), scores, ratings, seed=1)
    expected = {frozenset((c.metric_1, c.metric_2)): min(1.0, 2 * c.p) for c in listed}
    assert found.tolist() == pytest.approx([expected[frozenset(p)] for p in pairs], abs=1e-12)


def test_the_smallest_p_of_an_exchange() -> None:
    """A perfect metric against its reverse."""
    for n in (4, 6, 20):
        ratings = np.arange(float(n))[:, None]
        p = exchange_p_values({"a": ratings, "b": -ratings}, ratings, [("a", "b")])
        assert p[0] == smallest_exchange_p(n) == 2.0 ** (1 - n)


def test_with_few_systems_an_exchange_can_show_nothing() -> None:
    scores, ratings, documents = made([0.1, 5, 5, 5], n_systems=7)
    jackknife = Jackknife(PAIRWISE_ACCURACY, scores, ratings, documents)
    family = compare_all_pairs(jackknife, seed=1)
    assert family.smallest_p == 6 / 64
    assert (family.adjustment, family.shown()) == ("holm", ())
    values = {m: e.value for m, e in jackknife.estimates().items()}
    found = best_set(values, family)
    assert found is not None
    assert not found.possible
    assert found.winner == ""


def test_the_best_set() -> None:
    scores, ratings, documents = made([0.3, 0.31, 2.0, 3.0])
    jackknife = Jackknife(PEARSON_BY_ITEM, scores, ratings, documents)
    family = compare_all_pairs(jackknife, seed=1)
    values = {m: e.value for m, e in jackknife.estimates().items()}
    found = best_set({**values, "none": NAN}, family)
    assert found is not None
    assert set(found.members) == {"m0", "m1"}
    assert found.shown_worse == ("m2", "m3")
    assert found.observed_best == found.members[0] == max(values, key=lambda m: values[m])
    assert found.possible and found.winner == ""
    del scores["m1"]
    jackknife = Jackknife(PEARSON_BY_ITEM, scores, ratings, documents)
    alone = best_set(
        {m: e.value for m, e in jackknife.estimates().items()},
        compare_all_pairs(jackknife, seed=1),
    )
    assert alone is not None
    assert (alone.members, alone.winner) == (("m0",), "m0")
    assert best_set({"m0": NAN}, family) is None
    nothing = Family("pearson", "holm", 1, 0.0, True, ())
    one = best_set({"m0": 0.5}, nothing)
    assert one is not None and one.winner == ""  # the best of one


def test_metrics_that_beat_sentinels() -> None:
    scores, ratings, documents = made([0.3, 60.0, 0.9, 50.0])
    scores["flat"] = np.full_like(ratings, 3.0)
    jackknife = Jackknife(PDP_PEARSON, scores, ratings, documents)
    found = beat_sentinels(jackknife, ["m0", "m1", "flat"], ["m2", "m3"])
    assert list(found) == ["m0", "m1", "flat"]
    assert found["m0"].opponent == "m2"  # the better sentinel
    assert found["m0"].beats(0.05)
    assert (found["m1"].p, found["m1"].beats(0.05)) == (1.0, False)
    assert found["flat"].p == found["flat"].adjusted_p == 1.0
    (pair,) = [
        t
        for t in compare_all_pairs(jackknife, seed=1).tests
        if {t.metric_1, t.metric_2} == {"m0", "m2"}
    ]
    assert found["m0"].p == pair.p
    assert found["m0"].adjusted_p == pytest.approx(3 * pair.p)
    alone = beat_sentinels(jackknife, ["m0"], [])
    assert (alone["m0"].opponent, alone["m0"].opponent_value) == (CONSTANT, 0.0)
    assert alone["m0"].beats(0.05)


def test_a_metric_without_value_beats_nothing() -> None:
    scores, ratings, documents = made([0.3, 1.0])
    scores["m0"][:] = NAN
    found = beat_sentinels(Jackknife(ACC_EQ, scores, ratings, documents), ["m0"], ["m1"])
    assert np.isnan([found["m0"].p, found["m0"].adjusted_p]).all()
    assert not found["m0"].beats(0.05)


def test_one_rater_with_all_documents_is_left_out() -> None:
    scores, ratings, documents = made([0.5, 1.5], n_documents=16)
    raters = [f"r{int(d[1:]) % 8}" for d in documents]
    found = rater_estimates(PDP_PEARSON, scores, ratings, raters)["m0"]
    values = []
    for rater in sorted(set(raters)):
        kept = np.array([r != rater for r in raters])
        cells = cells_of(
            np.array([scores["m0"][:, kept], scores["m1"][:, kept]]),
            ratings[:, kept],
            np.zeros(kept.sum(), dtype=np.int64),
        )
        assert cells is not None
        values.append(PDP_PEARSON.replicates(cells).value)
    without = np.array(values)
    error = math.sqrt(7 / 8 * ((without[:, 0] - without[:, 0].mean()) ** 2).sum())
    assert (found.n_raters, found.standard_error) == (8, pytest.approx(error, rel=1e-9))
    half = float(stats.t.ppf(0.975, 7)) * error
    assert (found.low, found.high) == pytest.approx(
        (found.value - half, min(1, found.value + half))
    )
    (test,) = rater_tests(PDP_PEARSON, scores, ratings, raters, [("m1", "m0")])
    d = without[:, 0] - without[:, 1]
    error = math.sqrt(7 / 8 * ((d - d.mean()) ** 2).sum())
    assert (test.metric_1, test.metric_2, test.n_raters) == ("m0", "m1", 8)
    assert test.p == pytest.approx(2 * stats.t.sf(test.difference / error, 7), rel=1e-9)


def test_fewer_than_six_raters_say_nothing_of_others() -> None:
    scores, ratings, documents = made([0.5, 1.5])
    raters = [f"r{int(d[1:]) % 5}" for d in documents]
    found = rater_estimates(PDP_PEARSON, scores, ratings, raters)["m0"]
    assert found.value > 0
    assert np.isnan([found.low, found.high, found.standard_error]).all()
    (test,) = rater_tests(PDP_PEARSON, scores, ratings, raters, [("m0", "m1")])
    assert np.isnan(test.p)
    assert test.n_raters == 5


def test_every_pair_is_tested_once_the_better_first() -> None:
    scores, ratings, documents = made([3.0, 0.4, 1.0])
    jackknife = Jackknife(ACC_EQ, scores, ratings, documents)
    family = compare_all_pairs(jackknife, seed=1)
    found = [frozenset((t.metric_1, t.metric_2)) for t in family.tests]
    assert found == [frozenset(p) for p in combinations(["m0", "m1", "m2"], 2)]
    values = {m: e.value for m, e in jackknife.estimates().items()}
    for t in family.tests:
        assert (t.value_1, t.value_2) == (values[t.metric_1], values[t.metric_2])
        assert t.difference == pytest.approx(t.value_1 - t.value_2)
        assert t.difference > 0
    assert family.adjusted == {(t.metric_1, t.metric_2): t.adjusted_p for t in family.tests}

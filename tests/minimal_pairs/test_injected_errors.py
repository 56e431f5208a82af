"""The statistics of injected errors: by hand, against a slow second route, at the edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.minimal_pairs.injected_errors import (
    NO_UNIT,
    NO_UNRELATED,
    measured_drop,
    severity_order,
    within_order,
)

nan = math.nan


def array(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def test_by_hand() -> None:
    found = measured_drop(array(10, 8, 6, 4), array(9, 8, 7, 1), array(0, 0, 0, 0), "abcd")
    assert found.n == 4
    assert found.accuracy.value == (1 + 0.5 + 0 + 1) / 4
    assert found.tie_rate == 0.25
    assert found.drop == (1 + 0 - 1 + 3) / 4
    assert found.unrelated_drop == 7
    assert found.relative_drop.value == pytest.approx(3 / 28)
    assert found.note == ""


def test_the_interval_is_the_jackknife_of_the_ratio() -> None:
    rng = np.random.default_rng(3)
    groups = rng.integers(0, 12, 60)
    scores = rng.normal(30, 5, 60)
    injected, unrelated = scores - rng.normal(2, 3, 60), scores - rng.normal(20, 4, 60)
    found = measured_drop(scores, injected, unrelated, list(groups), confidence=0.9)
    left = []
    for group in np.unique(groups):
        use = groups != group
        left.append((scores - injected)[use].mean() / (scores - unrelated)[use].mean())
    n = len(left)
    error = math.sqrt((n - 1) / n * sum((x - np.mean(left)) ** 2 for x in left))
    half = stats.t.ppf(0.95, n - 1) * error
    value = (scores - injected).mean() / (scores - unrelated).mean()
    assert found.relative_drop.value == pytest.approx(value)
    assert (found.relative_drop.low, found.relative_drop.high) == pytest.approx(
        (value - half, value + half)
    )


def test_the_interval_covers() -> None:
    """Clustered pairs with a true relative drop of 0.1: the interval holds it in about 95 %."""
    rng = np.random.default_rng(0)
    held, repetitions = 0, 400
    for _ in range(repetitions):
        shift = np.repeat(rng.normal(0, 1, 20), 5)
        costs = 20 + 3 * shift + rng.normal(0, 2, 100)
        drops = 2 + shift + rng.normal(0, 2, 100)
        found = measured_drop(np.zeros(100), -drops, -costs, list(np.repeat(np.arange(20), 5)))
        held += found.relative_drop.low <= 0.1 <= found.relative_drop.high
    assert 0.92 <= held / repetitions <= 0.98


def test_a_constant_metric_knows_nothing() -> None:
    found = measured_drop(np.full(9, 3.0), np.full(9, 3.0), np.full(9, 3.0), list(range(9)))
    assert found.accuracy.value == 0.5
    assert found.tie_rate == 1.0
    assert math.isnan(found.relative_drop.value)
    assert found.note == NO_UNIT


def test_a_metric_that_cannot_tell_an_unrelated_sentence_has_no_relative_drop() -> None:
    rng = np.random.default_rng(1)
    found = measured_drop(*rng.normal(0, 1, (3, 40)), list(range(40)))
    assert abs(found.unrelated_drop) < 0.5
    assert math.isnan(found.relative_drop.value)
    assert found.note == NO_UNIT
    assert 0 <= found.accuracy.low < 0.5 < found.accuracy.high


def test_a_metric_that_ignores_the_error_charges_nothing() -> None:
    scores = np.linspace(1, 2, 30)
    found = measured_drop(scores, scores, np.zeros(30), list(range(30)))
    assert found.relative_drop.value == found.relative_drop.low == found.relative_drop.high == 0
    assert (found.accuracy.value, found.tie_rate) == (0.5, 1.0)


@pytest.mark.parametrize(("worse", "value"), [(1.0, 1.0), (-1.0, 0.0)])
def test_accuracies_at_the_end_have_the_exact_bound(worse: float, value: float) -> None:
    n = 30
    found = measured_drop(np.zeros(n), np.full(n, -worse), np.full(n, -5.0), list(range(n)))
    exact = stats.binomtest(int(value * n), n).proportion_ci(0.95, "exact")
    assert found.accuracy.value == value
    assert (found.accuracy.low, found.accuracy.high) == pytest.approx((exact.low, exact.high))


def test_missing_scores_are_left_out() -> None:
    found = measured_drop(array(5, nan, 5, 5), array(4, 4, nan, 3), array(0, 0, 0, nan), "abcd")
    assert found.n == 2
    assert found.drop == 1.5
    assert found.relative_drop.value == pytest.approx(1 / 5)  # the pair with all three
    assert measured_drop(array(5, 4), array(4, 2), array(nan, nan), "ab").note == NO_UNRELATED
    nothing = measured_drop(array(nan), array(1), array(1), "a")
    assert nothing.n == 0
    assert math.isnan(nothing.accuracy.value)
    assert nothing.note == "no pair with both scores"


def test_few_groups_have_no_interval() -> None:
    found = measured_drop(array(5, 5, 5), array(4, 4, 5), array(0, 0, 0), "aab")
    assert found.relative_drop.value == pytest.approx(2 / 15)
    assert math.isnan(found.relative_drop.low)
    assert "2 groups" in found.note


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        measured_drop(array(1, 2), array(1), array(1, 2), "ab")


numbers = st.integers(-50, 50).map(float)


@given(st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=30), st.randoms())
def test_neither_order_nor_scale_matters(
    rows: list[tuple[float, float, float]], chance: object
) -> None:
    scores, injected, unrelated = np.array(rows).T
    groups = [i % 7 for i in range(len(rows))]
    one = measured_drop(scores, injected, unrelated, groups)
    order = np.random.default_rng(len(rows)).permutation(len(rows))
    two = measured_drop(
        2 * scores[order] + 3,
        2 * injected[order] + 3,
        2 * unrelated[order] + 3,
        [groups[i] for i in order],
    )
    for a, b in ((one.accuracy, two.accuracy), (one.relative_drop, two.relative_drop)):
        assert (a.value, a.low, a.high) == pytest.approx((b.value, b.low, b.high), nan_ok=True)
    assert one.tie_rate == two.tie_rate
    assert 0 <= one.accuracy.value <= 1


def test_severity_order_by_hand() -> None:
    found = severity_order(array(0.5, 0.2, 0.1, 0.2, nan), np.array([1, 1, 0, 0, 1], dtype=bool))
    assert found.probability == (1 + 1 + 1 + 0.5) / 4
    assert (found.n_major, found.n_minor) == (2, 2)
    assert found.kendall == pytest.approx(
        stats.kendalltau([0.5, 0.2, 0.1, 0.2], [1, 1, 0, 0]).statistic
    )
    statistic = stats.mannwhitneyu([0.5, 0.2], [0.1, 0.2]).statistic
    assert found.probability == pytest.approx(statistic / 4)


def test_severity_order_at_the_edges() -> None:
    one = severity_order(array(0.5, 0.2), np.array([True, True]))
    assert math.isnan(one.probability)
    assert one.note == "no two severities have a relative drop"
    none = severity_order(array(nan), np.array([True]))
    assert none.note == "no kind of error has a relative drop"
    flat = severity_order(array(0.5, 0.5), np.array([True, False]))
    assert flat.probability == 0.5
    assert math.isnan(flat.kendall)
    assert flat.note == "every kind of error costs the same"


def test_within_one_translation() -> None:
    drops = array(3, 1, 2, 5, 5, 9, nan)
    major = np.array([1, 0, 0, 1, 0, 1, 0], dtype=bool)
    translations = ["a", "a", "a", "b", "b", "c", "c"]
    found = within_order(drops, major, translations, translations)
    assert found.value.value == ((1 + 1) / 2 + 0.5) / 2  # c has no minor error with a score
    assert (found.n_pairs, found.n_translations) == (3, 2)
    nothing = within_order(drops[:1], major[:1], ["a"], ["a"])
    assert math.isnan(nothing.value.value)
    assert nothing.n_pairs == 0

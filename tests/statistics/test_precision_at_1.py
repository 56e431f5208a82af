"""Precision at 1: by hand, against plain loops, and invariants."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from harness.config.objects import build_all
from harness.statistics.base import Array
from harness.statistics.precision_at_1 import PrecisionAt1
from tests.support.configs import compose
from tests.support.examples import examples
from tests.support.wmt23 import read_wmt23

NAN = float("nan")
P1 = PrecisionAt1()

matrices = arrays(float, (4, 5), elements=st.one_of(st.integers(-2, 2).map(float), st.just(NAN)))


def slow(scores: Array, ratings: Array) -> float:
    """The definition in plain loops."""
    shares = []
    for j in range(ratings.shape[1]):
        both = [
            (float(s), float(r))
            for s, r in zip(scores[:, j], ratings[:, j], strict=True)
            if not math.isnan(s) and not math.isnan(r)
        ]
        if len(both) < 2:
            continue
        top, best = max(s for s, _ in both), max(r for _, r in both)
        chosen = [r for s, r in both if top - s <= 1e-9]
        shares.append(sum(best - r <= 1e-9 for r in chosen) / len(chosen))
    return sum(shares) / len(shares) if shares else NAN


def test_by_hand() -> None:
    """Right; wrong; a tie of a right and a wrong one; two best ratings, one of them chosen."""
    scores = np.array([[3.0, 3.0, 2.0, 1.0], [2.0, 2.0, 2.0, 5.0], [1.0, 1.0, 1.0, 2.0]])
    ratings = np.array([[0.0, -1.0, 0.0, -1.0], [-1.0, 0.0, -5.0, 0.0], [-2.0, -5.0, -6.0, 0.0]])
    result = P1(scores, ratings)
    assert result.value == (1 + 0 + 1 / 2 + 1) / 4
    assert (result.n, result.n_segments, result.n_translations, result.note) == (4, 4, 12, "")
    assert P1.chance_level(ratings) == (1 / 3 + 1 / 3 + 1 / 3 + 2 / 3) / 4


def test_a_missing_score_leaves_the_others() -> None:
    """Of two translations left, the better one is chosen; a segment with one left has no share."""
    scores = np.array([[NAN, 1.0], [2.0, NAN], [1.0, NAN]])
    ratings = np.array([[9.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
    assert P1(scores, ratings).value == 1.0
    assert (P1(scores, ratings).n, P1(scores, ratings).n_segments) == (1, 2)


def test_differences_of_rounding_tie_and_infinities_compare() -> None:
    ratings = np.array([[1.0], [0.0]])
    assert P1(np.array([[0.3], [0.1 + 0.2]]), ratings).value == 0.5
    assert P1(np.array([[np.inf], [1.0]]), ratings).value == 1.0
    assert P1(np.array([[np.inf], [np.inf]]), ratings).value == 0.5
    assert P1(np.array([[-np.inf], [-np.inf]]), ratings).value == 0.5


@settings(max_examples=examples(200), deadline=None)
@given(matrices, matrices)
def test_equals_plain_loops(scores: Array, ratings: Array) -> None:
    expected = slow(scores, ratings)
    assert P1(scores, ratings).value == pytest.approx(expected, abs=1e-12, nan_ok=True)
    if not math.isnan(expected):
        counts = np.arange(10).reshape(2, 5) % 3
        drawn = P1.resampled(scores, ratings, counts)
        columns = [np.repeat(np.arange(5), row) for row in counts]
        slowly = [slow(scores[:, c], ratings[:, c]) for c in columns]
        np.testing.assert_allclose(drawn, slowly, atol=1e-12)


@settings(max_examples=examples(100), deadline=None)
@given(matrices, st.floats(-9.0, 9.0))
def test_a_constant_gets_exactly_chance(ratings: Array, constant: float) -> None:
    value = P1(np.full(ratings.shape, constant), ratings).value
    np.testing.assert_array_equal(value, P1.chance_level(ratings))


@settings(max_examples=examples(100), deadline=None)
@given(matrices, matrices, st.permutations(range(4)), st.permutations(range(5)))
def test_monotone_scales_and_orders_change_nothing(
    scores: Array, ratings: Array, systems: list[int], segments: list[int]
) -> None:
    value = P1(scores, ratings).value
    rescaled = P1(np.exp(scores) - 3.0, ratings**3).value
    np.testing.assert_array_equal(rescaled, value)
    moved = P1(scores[systems][:, segments], ratings[systems][:, segments]).value
    assert moved == pytest.approx(value, abs=1e-12, nan_ok=True)


def test_the_ratings_themselves_are_right_and_random_scores_get_chance() -> None:
    generator = np.random.default_rng(3)
    ratings = generator.integers(-4, 1, (6, 300)) / 1.0
    assert P1(ratings, ratings).value == 1.0
    values = P1.values(generator.normal(size=(400, 6, 300)), ratings)
    error = values.std(ddof=1) / math.sqrt(len(values))
    assert abs(values.mean() - P1.chance_level(ratings)) < 4 * error


def test_on_real_ratings(expected: Path) -> None:
    wmt23 = read_wmt23(expected)
    chance = P1.chance_level(wmt23.ratings)
    for metric in wmt23.metrics:
        value = P1(wmt23.scores[metric], wmt23.ratings).value
        assert value == pytest.approx(slow(wmt23.scores[metric], wmt23.ratings), abs=1e-12)
        assert 0.0 < value < 1.0
    assert chance == pytest.approx(slow(np.zeros((10, 377)), wmt23.ratings), abs=1e-12)


def test_the_preset_record_has_the_default_and_precision_at_1() -> None:
    default, record = (
        build_all(compose(f"statistics={name}").statistics) for name in ("default", "record")
    )
    assert {n: s for n, s in record.items() if n != "segment_precision_at_1"} == default
    assert record["segment_precision_at_1"] == P1

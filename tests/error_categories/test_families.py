"""Claims about categories: the test against chance, and adjustment for many of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.error_categories.accuracy import CategoryAccuracy, Jackknifed
from harness.error_categories.families import (
    AgainstChance,
    against_chance,
    benjamini_hochberg,
    detectable_accuracy,
)
from harness.significance.jackknife import logit_interval


def accuracy(value: float, without: list[float]) -> CategoryAccuracy:
    """An accuracy with these values without each document."""
    replicates = np.array(without)
    values = Jackknifed(value, value, 90.0, replicates, replicates)
    estimate = logit_interval(value, replicates, 0.95)
    return CategoryAccuracy(estimate, estimate, 90.0, 99, 0, 50, len(without), 1.0, values)


def test_by_hand() -> None:
    """Four documents, values .5, .6, .7, .8 without them: spread .05, error sqrt(.75 * .05); on
    the logit scale over .65 * .35."""
    test = against_chance(accuracy(0.65, [0.5, 0.6, 0.7, 0.8]))
    error = math.sqrt(0.75 * 0.05) / (0.65 * 0.35)
    assert test.standard_error == pytest.approx(error, abs=1e-12)
    assert test.degrees == 3
    t = math.log(0.65 / 0.35) / error
    assert test.p == pytest.approx(2 * (1 - stats.t.cdf(t, 3)), abs=1e-12)


@given(
    st.floats(0.01, 0.99),
    st.lists(st.floats(0.01, 0.99), min_size=3, max_size=12),
)
def test_the_test_and_the_interval_agree(value: float, without: list[float]) -> None:
    own = accuracy(value, without)
    test = against_chance(own)
    if math.isnan(test.p) or test.standard_error < 1e-9 or abs(test.p - 0.05) < 1e-9:
        return
    assert (test.p <= 0.05) == (not own.balanced.low <= 0.5 <= own.balanced.high)


def test_degenerate_cases() -> None:
    assert against_chance(accuracy(0.5, [0.5] * 5)).p == 1.0  # a constant
    assert math.isnan(against_chance(accuracy(math.nan, [math.nan] * 5)).p)
    assert math.isnan(against_chance(accuracy(0.6, [0.6, 0.7])).p)  # two documents
    assert against_chance(accuracy(1.0, [1.0] * 10)).p == 2**-9  # all right in ten documents
    assert against_chance(accuracy(0.0, [0.0] * 10)).p == 2**-9


def test_benjamini_hochberg_by_hand() -> None:
    """.01 * 4, .02 * 2, .03 * 4/3, .9: from the largest on, none above the one after it."""
    assert benjamini_hochberg([0.02, 0.9, math.nan, 0.01, 0.03]) == pytest.approx(
        [0.04, 0.9, math.nan, 0.04, 0.04], nan_ok=True
    )


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=20))
def test_benjamini_hochberg_is_scipys(p: list[float]) -> None:
    assert benjamini_hochberg(p) == pytest.approx(list(stats.false_discovery_control(p)), abs=1e-12)


def test_what_would_have_been_found_is_found_with_that_power() -> None:
    test = AgainstChance(0.3, 0.2, 20)
    least = detectable_accuracy(test, 0.01)
    shift = math.log(least / (1 - least)) / 0.2
    critical = stats.t.ppf(1 - 0.005, 20)
    assert stats.nct.sf(critical, 20, shift) == pytest.approx(0.8, abs=1e-6)
    assert detectable_accuracy(test, 0.001) > least > 0.5
    assert math.isnan(detectable_accuracy(AgainstChance(math.nan, math.nan, 0), 0.05))

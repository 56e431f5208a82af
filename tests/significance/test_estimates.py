"""Jackknife errors, intervals and p-values of one number, against formulas written here."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.significance.jackknife import (
    bounded_interval,
    correlation_interval,
    difference_interval,
    logit_interval,
    ratio,
    standard_error,
    t_quantile,
    two_sided_p,
)

REPLICATES = np.array([0.52, 0.61, 0.58, 0.55, 0.6])
#: sqrt(4/5 * sum of squares about .572)
ERROR = math.sqrt(0.8 * (0.052**2 + 0.038**2 + 0.008**2 + 0.022**2 + 0.028**2))
T = float(stats.t.ppf(0.95, 4))  # of a 90 % interval
WITH_GAP = np.append(REPLICATES, np.nan)


def test_standard_error() -> None:
    assert standard_error(REPLICATES) == pytest.approx(ERROR, abs=1e-15)
    assert standard_error(WITH_GAP) == pytest.approx(ERROR, abs=1e-15)
    assert standard_error(REPLICATES[:3]) > 0.0
    assert math.isnan(standard_error(REPLICATES[:2]))
    assert standard_error(np.full(4, 0.5)) == 0.0


@given(st.floats(-40.0, 40.0), st.integers(1, 200))
def test_p_of_a_t_value(t: float, degrees: int) -> None:
    assert two_sided_p(t, degrees) == pytest.approx(2.0 * stats.t.sf(abs(t), degrees), rel=1e-9)


@given(st.floats(0.01, 0.999), st.integers(1, 200))
def test_how_far_an_interval_reaches(confidence: float, degrees: int) -> None:
    wanted = stats.t.ppf((1.0 + confidence) / 2.0, degrees)
    assert t_quantile(confidence, degrees) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("replicates", [REPLICATES, WITH_GAP])
def test_a_share(replicates: np.ndarray) -> None:
    found = logit_interval(0.57, replicates, 0.9)
    half = T * ERROR / (0.57 * 0.43)
    ends = [1.0 / (1.0 + math.exp(-(math.log(0.57 / 0.43) + side * half))) for side in (-1, 1)]
    assert (found.value, found.standard_error) == (0.57, pytest.approx(ERROR))
    assert (found.low, found.high) == (pytest.approx(ends[0]), pytest.approx(ends[1]))


@pytest.mark.parametrize("value", [0.0, 1.0, -0.5, 1.5, math.nan])
def test_a_share_without_an_interval(value: float) -> None:
    found = logit_interval(value, REPLICATES, 0.9)
    assert found.value == value or math.isnan(value)
    assert all(map(math.isnan, (found.standard_error, found.low, found.high)))
    few = logit_interval(0.5, REPLICATES[:2], 0.9)
    assert all(map(math.isnan, (few.standard_error, few.low, few.high)))


def test_a_correlation() -> None:
    found = correlation_interval(-0.3, REPLICATES, 0.9)
    half = T * ERROR / (1.0 - 0.09)
    assert found.low == pytest.approx(math.tanh(math.atanh(-0.3) - half))
    assert found.high == pytest.approx(math.tanh(math.atanh(-0.3) + half))
    for value in (-1.0, 1.0, 1.5, -1.5):
        assert math.isnan(correlation_interval(value, REPLICATES, 0.9).low)
    assert math.isnan(correlation_interval(0.5, REPLICATES[:2], 0.9).high)


def test_a_number_within_bounds() -> None:
    found = bounded_interval(0.57, REPLICATES, 0.9)
    assert (found.low, found.high) == (
        pytest.approx(0.57 - T * ERROR), pytest.approx(0.57 + T * ERROR),
    )  # fmt: skip
    cut = bounded_interval(0.57, REPLICATES, 0.9, low=0.5, high=0.6)
    assert (cut.low, cut.high) == (0.5, 0.6)
    assert math.isnan(bounded_interval(math.nan, REPLICATES, 0.9).low)
    assert math.isnan(bounded_interval(0.57, REPLICATES[:2], 0.9).low)


def test_a_difference() -> None:
    found = difference_interval(0.1, REPLICATES, 0.9)
    assert (found.low, found.high) == (
        pytest.approx(0.1 - T * ERROR), pytest.approx(0.1 + T * ERROR),
    )  # fmt: skip
    assert found.p == pytest.approx(2.0 * stats.t.sf(0.1 / ERROR, 4))
    assert difference_interval(-0.1, REPLICATES, 0.9).p == pytest.approx(found.p)
    assert found.n_documents == 5
    alike = difference_interval(0.0, np.zeros(4), 0.9)
    assert (alike.low, alike.high, alike.n_documents) == (0.0, 0.0, 4) and math.isnan(alike.p)
    for bare in (
        difference_interval(math.nan, REPLICATES, 0.9),
        difference_interval(0.1, REPLICATES[:2], 0.9),
    ):
        assert all(map(math.isnan, (bare.standard_error, bare.low, bare.high, bare.p)))


def test_a_ratio_of_nothing() -> None:
    found = ratio(np.array([1.0, 2.0, -3.0]), np.array([2.0, 0.0, -1.5]))
    assert found[0] == 0.5 and math.isnan(found[1]) and found[2] == 2.0

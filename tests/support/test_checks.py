"""Checks of config values: what each of them lets pass, and what it refuses and how it says so."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from harness.errors import InputError
from harness.meta_evaluation import Resampling
from harness.ratings.rating import Weights
from harness.support.checks import check_between, check_flag, check_weight, check_whole


@pytest.mark.parametrize("value", [2, 3, 10**12])
def test_whole_numbers_from_the_minimum_pass(value: int) -> None:
    check_whole("resampling.samples", value, 2)


@pytest.mark.parametrize("value", [1, 0, -2, 2.0, 2.5, math.nan, True, "3", None])
def test_other_values_are_no_whole_number_from_the_minimum(value: object) -> None:
    with pytest.raises(InputError) as refused:
        check_whole("resampling.samples", value, 2)
    assert str(refused.value) == (
        "the config value resampling.samples is out of range\n"
        f"  found:    {value!r}\n"
        "  expected: a whole number from 2\n"
        "  remedy:   set resampling.samples=VALUE"
    )


def test_true_is_not_the_number_one() -> None:
    with pytest.raises(InputError, match="a whole number from 0"):
        check_whole("seed", True, 0)
    with pytest.raises(InputError, match="a number above 0 and below 2"):
        check_between("confidence", True, 0, 2)
    with pytest.raises(InputError, match="a number from 0"):
        check_weight("weights.severity.minor", True)


@pytest.mark.parametrize("value", [0.01, 0.5, 0.99, 1 - 1e-12])
def test_numbers_strictly_between_pass(value: float) -> None:
    check_between("confidence", value, 0, 1)


def test_whole_numbers_may_lie_between() -> None:
    check_between("confidence", 1, 0, 2)


@pytest.mark.parametrize("value", [0, 1, 0.0, 1.0, -0.5, 95, math.nan, math.inf, "0.5", None])
def test_other_values_do_not_lie_between(value: object) -> None:
    with pytest.raises(InputError) as refused:
        check_between("confidence", value, 0, 1)
    assert str(refused.value) == (
        "the config value confidence is out of range\n"
        f"  found:    {value!r}\n"
        "  expected: a number above 0 and below 1\n"
        "  remedy:   set confidence=VALUE"
    )


@pytest.mark.parametrize("value", [0, 0.0, 0.1, 25, 1e6])
def test_weights_from_nought_pass(value: float) -> None:
    check_weight("weights.severity.minor", value)


@pytest.mark.parametrize("value", [-0.1, -1, 1e300, math.inf, -math.inf, math.nan, "1", None])
def test_other_weights_are_refused(value: object) -> None:
    with pytest.raises(InputError, match=r"weights\.severity\.minor is out of range") as refused:
        check_weight("weights.severity.minor", value)
    assert refused.value.found == repr(value)


@pytest.mark.parametrize("value", [True, False])
def test_flags_pass(value: bool) -> None:
    check_flag("report.open", value)


@pytest.mark.parametrize("value", [0, 1, "true", None])
def test_other_values_are_no_flag(value: object) -> None:
    with pytest.raises(InputError, match=r"report\.open is out of range") as refused:
        check_flag("report.open", value)
    assert refused.value.expected == "true or false"


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: Resampling(samples=1), "resampling.samples"),
        (lambda: Resampling(samples=10.0), "resampling.samples"),  # type: ignore[arg-type]
        (lambda: Resampling(seed=-1), "resampling.seed"),
        (lambda: Resampling(minimum_documents=1), "resampling.minimum_documents"),
        (lambda: Resampling(confidence=0.0), "resampling.confidence"),
        (lambda: Resampling(confidence=1.0), "resampling.confidence"),
        (lambda: Resampling(confidence=95), "resampling.confidence"),
        (lambda: Weights(severity={"major": -5.0}), "weights.severity.major"),
        (lambda: Weights(category={"source": math.nan}), "weights.category.source"),
        (
            lambda: Weights(category_severity={"fluency/grammar": {"minor": -1.0}}),
            "weights.category_severity.fluency/grammar.minor",
        ),
    ],
)
def test_bad_settings_are_refused_by_name(make: Callable[[], object], name: str) -> None:
    with pytest.raises(InputError) as refused:
        make()
    assert refused.value.message == f"the config value {name} is out of range"


def test_the_smallest_settings_pass() -> None:
    smallest = Resampling(samples=2, seed=0, confidence=0.001, minimum_documents=2)
    assert smallest.samples == 2
    assert Weights(severity={"major": 0}).of("accuracy", "omission", "major") == 0.0

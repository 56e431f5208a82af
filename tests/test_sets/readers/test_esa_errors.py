"""Offsets and severities of error span annotations, worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest

from harness.errors import InputError
from harness.test_sets.readers.esa_errors import Errors, EsaError
from harness.test_sets.readers.json_lines import JsonObject

Tool = Literal["appraise", "pearmut"]


def one(
    target: str,
    tool: Tool = "appraise",
    labels: dict[str, str] | None = None,
    refuse: bool = False,
    **values: Any,
) -> tuple[EsaError, list[str]]:
    errors = Errors(labels, tool=tool, refuse_outside=refuse)
    item = JsonObject({"severity": "minor", **values}, "error 1", Path("f"), 3)
    (error,) = errors.read([item], target)
    return error, errors.notes()


@pytest.mark.parametrize(
    ("target", "first", "last", "marked"),
    [
        ("abcd", 1, 2, "bc"),
        ("abcd", 3, 3, "d"),
        ("a😀bc", 3, 3, "b"),  # the emoji counts as two
        ("a😀bc", 1, 2, "😀"),
        ("a😀bc", 2, 2, "😀"),  # half of it is all of it
        ("  abcd", 0, 1, "ab"),  # Appraise trims what it shows
    ],
)
def test_the_end_is_the_last_marked_character(
    target: str, first: int, last: int, marked: str
) -> None:
    error, _ = one(target, start_i=first, end_i=last)
    assert target[error.start : error.end] == marked
    assert (error.category, error.label) == ("other", "unspecified")


def test_pearmut_does_not_trim_and_marks_what_is_missing_behind_the_text() -> None:
    assert one("  abcd", "pearmut", start_i=2, end_i=3)[0][-2:] == (2, 4)
    error, _ = one("abcd", "pearmut", start_i=4, end_i=4)
    assert error == EsaError("other", "", "minor", "missing", None, None)


def test_missing_text_has_no_span_and_may_be_given_a_category() -> None:
    missing = {"start_i": "missing", "end_i": "missing"}
    assert one("ab", **missing)[0] == EsaError("other", "", "minor", "missing", None, None)
    labels = {"missing": "accuracy/omission"}
    assert one("ab", labels=labels, **missing)[0][:2] == ("accuracy", "omission")


@pytest.mark.parametrize("severity", ["undecided", None])
def test_an_undecided_severity_has_no_penalty_and_is_counted(severity: str | None) -> None:
    error, notes = one("ab", start_i=0, end_i=0, severity=severity)
    assert error.severity == "neutral"
    assert notes[0] == "1 error without a decided severity: neutral, so without a penalty"


def test_a_category_of_mqm_is_kept() -> None:
    error, notes = one("ab", start_i=0, end_i=0, error_type=["Accuracy", "Addition"])
    assert (error.category, error.subcategory, notes) == ("accuracy", "addition", [])
    assert one("ab", start_i=0, end_i=0, category="Fluency/Grammar")[0][:2] == (
        "fluency",
        "grammar",
    )


@pytest.mark.parametrize(("first", "last"), [(0, 2), (1, 0), (7, 9)])
def test_a_span_outside_is_refused_or_counted(first: int, last: int) -> None:
    error, notes = one("ab", start_i=first, end_i=last)
    assert (error.start, error.end, error.severity) == (None, None, "minor")
    assert "1 error marked outside the translation: without a span" in notes
    with pytest.raises(InputError, match="outside the translation") as caught:
        one("ab", refuse=True, start_i=first, end_i=last)
    assert caught.value.line == 3


@pytest.mark.parametrize(
    "values",
    [
        {"start_i": 0},
        {"start_i": "missing", "end_i": 1},
        {"start_i": -1, "end_i": 1},
        {"start_i": 0.5, "end_i": 1},
        {"start_i": 0, "end_i": 1, "severity": "grave"},
        {"start_i": 0, "end_i": 1, "severity": 3},
        {"start_i": 0, "end_i": 1, "category": 3},
        {"start_i": 0, "end_i": 1, "category": "Accuracy/Oddity"},
    ],
)
def test_another_form_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        one("abc", **values)

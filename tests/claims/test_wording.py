"""Numbers and lists in sentences."""

from __future__ import annotations

import pytest

from harness.claims.wording import adjusted, capital, decimal, p_text, per_cent, some


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ("", ""),
        ("A", "A"),
        ("AB", "A and B"),
        ("ABCDE", "A, B, C, D and E"),
        ("ABCDEF", "A, B, C, D, E and 1 more"),
        ("ABCDEFG", "A, B, C, D, E and 2 more"),
    ],
)
def test_lists_name_at_most_five(names: str, text: str) -> None:
    assert some(list(names)) == text


def test_other_lists() -> None:
    assert some(list("ABC"), "or") == "A, B or C"
    assert some(list("ABCDEF"), "or") == "A, B, C, D, E or 1 more"
    assert some(list("ABCD"), most=3) == "A, B, C and 1 more"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5404, ".540"), (-0.012, "−.012"), (1.0, "1.000"), (-1.0, "−1.000"), (0.0, ".000"),
     (-0.0001, ".000"), (0.9999, "1.000"), (float("nan"), "–")],
)  # fmt: skip
def test_a_statistic(value: float, text: str) -> None:
    assert decimal(value) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.0, "p < .001"), (0.00099, "p < .001"), (0.001, "p = .001"), (0.05, "p = .050"),
     (0.6, "p = .600"), (1.0, "p = 1"), (0.9999, "p = 1")],
)  # fmt: skip
def test_p(p: float, text: str) -> None:
    assert p_text(p) == text
    assert adjusted(p) == f"adjusted {text}"


def test_words() -> None:
    assert per_cent(0.53768) == "53.8 %"
    assert per_cent(0.5, 0) == "50 %"
    assert per_cent(-0.04) == "−4.0 %"
    assert (capital("omission"), capital("")) == ("Omission", "")

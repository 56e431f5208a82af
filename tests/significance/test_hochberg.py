"""p-values adjusted by the step-up method of Hochberg."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.significance.hochberg import hochberg_adjusted
from harness.significance.holm import holm_adjusted

P = st.lists(st.floats(0.0, 1.0), max_size=8)


def test_by_hand() -> None:
    assert hochberg_adjusted([0.03, 0.01, 0.04, 0.02]) == pytest.approx([0.04, 0.04, 0.04, 0.04])
    assert hochberg_adjusted([0.01, 0.06]) == pytest.approx([0.02, 0.06])
    assert hochberg_adjusted([0.9, 0.001, 0.5]) == pytest.approx([0.9, 0.003, 0.9])
    assert hochberg_adjusted([]) == []


def test_what_was_not_tested_does_not_count() -> None:
    found = hochberg_adjusted([math.nan, 0.01, 0.06])
    assert math.isnan(found[0]) and found[1:] == pytest.approx([0.02, 0.06])


@given(P)
def test_between_the_raw_ones_and_those_of_holm(p: list[float]) -> None:
    found = hochberg_adjusted(p)
    assert all(raw <= own <= 1.0 for raw, own in zip(p, found, strict=True))
    assert all(own <= holm + 1e-12 for own, holm in zip(found, holm_adjusted(p), strict=True))


@given(P, st.floats(0.001, 0.5))
def test_the_step_up_rule(p: list[float], level: float) -> None:
    """Rejected: the k smallest, for the largest k whose p is at most level / (m - k + 1)."""
    ordered = sorted(p)
    steps = [k for k in range(1, len(p) + 1) if ordered[k - 1] * (len(p) - k + 1) <= level]
    rejected = {i for i, own in enumerate(hochberg_adjusted(p)) if own <= level}
    limit = ordered[max(steps) - 1] if steps else -1.0
    assert rejected == {i for i, raw in enumerate(p) if raw <= limit}

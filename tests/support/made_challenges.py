"""A made-up challenge set and scores of it."""

from __future__ import annotations

import math

import pandas as pd

from harness.tables import SCORES, TestSet, table
from harness.test_sets.readers.cases import Case, challenge_set


def made_up(unrelated: bool = True) -> TestSet:
    """Four pairs of "number", one of which holds the same text twice, and one of "name"."""
    other = "xyz" if unrelated else None
    cases = [
        Case("1", "甲", "ref", "good 1", "bad 1", "number", "d", other),
        Case("2", "甲", "ref", "good 2", "bad 2", "number", "d", other),
        Case("3", "乙", "ref", "good 3", "bad 3", "number", "d", None),
        Case("4", "丙", "ref", "same", "same", "number", "d", other),
        Case("5", "丁", "ref", "good 5", "bad 5", "name", "d", other),
    ]
    return challenge_set("made up", cases, [])


def scores_of(test_set: TestSet, by_system: dict[str, list[float]]) -> pd.DataFrame:
    rows = [
        (test_set.name, system, str(i), "m", "sig", value, "ok" if value == value else "missing: x")
        for system, values in by_system.items()
        for i, value in enumerate(values, start=1)
    ]
    return table(rows, SCORES)


GIVEN = {
    "good": [5.0, 4.0, 3.0, 9.0, math.nan],
    "incorrect": [4.0, 4.0, 5.0, 9.0, 1.0],
    "unrelated": [1.0, 2.0, math.nan, 0.0, 0.0],
}

"""Metrics in focus against a baseline: signs, families, what cannot be judged."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from harness.error_categories.baseline import baseline_differences
from harness.tables import CATEGORIES, CATEGORY_TESTS
from tests.support.agreement_rows import filled

NAN = float("nan")


def compared(*rows: tuple[str, str, str, float, float]) -> pd.DataFrame:
    """(category, metric_1, metric_2, difference, p), with an interval of .05 to either side."""
    return filled(
        CATEGORY_TESTS,
        [
            {
                "view": "news", "category": c, "metric_1": a, "metric_2": b, "difference": d,
                "low": d - 0.05, "high": d + 0.04, "p": p, "p_holm": 1.0, "n_documents": 20,
            }
            for c, a, b, d, p in rows
        ],
        test_set="t", confidence=0.95, alpha=0.05,
    )  # fmt: skip


def tiers(**by_category: str) -> pd.DataFrame:
    return filled(
        CATEGORIES,
        [
            {"metric": m, "kind": "metric", "view": "news", "category": c, "tier": tier}
            for c, tier in by_category.items()
            for m in ("a", "b", "c")
        ],
        test_set="t",
    )


def test_the_sign_is_that_of_the_metric_in_focus() -> None:
    tests = compared(("name", "a", "b", 0.1, 0.01), ("name", "b", "c", 0.2, 0.02))
    found = baseline_differences(tests, tiers(name="reliable"), ["a", "c"], "b")
    rows = found.set_index("metric")
    assert rows["difference"].to_dict() == pytest.approx({"a": 0.1, "c": -0.2})
    assert rows["low"].to_dict() == pytest.approx({"a": 0.05, "c": -0.24})
    assert rows["high"].to_dict() == pytest.approx({"a": 0.14, "c": -0.15})
    assert set(rows["baseline"]) == {"b"} and rows["tier"].tolist() == ["reliable"] * 2


def test_p_is_adjusted_over_what_can_be_judged() -> None:
    tests = compared(
        ("name", "a", "b", 0.1, 0.01), ("style", "a", "b", 0.1, 0.001),
        ("meaning", "a", "b", 0.1, 0.04), ("meaning", "a", "c", 0.1, 0.0001),
    )  # fmt: skip
    found = baseline_differences(
        tests, tiers(name="weak", style="unreliable", meaning="reliable"), ["a"], "b"
    ).set_index("category")
    assert found["p_holm"].to_dict() == pytest.approx(
        {"name": 0.02, "style": NAN, "meaning": 0.04}, nan_ok=True
    )
    assert found.loc["style", "tier"] == "unreliable"


def test_a_category_that_only_one_of_both_can_be_judged_by() -> None:
    categories = tiers(name="reliable")
    categories.loc[categories["metric"] == "b", "tier"] = "too few"
    found = baseline_differences(
        compared(("name", "a", "b", 0.1, 0.01)), categories, ["a"], "b"
    ).iloc[0]
    assert np.isnan(found["p_holm"]) and found["tier"] == "too few"


def test_without_tests_there_is_nothing() -> None:
    assert baseline_differences(compared(), tiers(), ["a"], "b").empty
    tests = compared(("name", "a", "b", 0.1, 0.01))
    assert baseline_differences(tests, tiers(name="weak"), ["b"], "b").empty

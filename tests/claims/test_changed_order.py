from __future__ import annotations

import pandas as pd

from harness.claims.changed_order import ChangedOrder, EqualSettings
from harness.claims.claim import Facts
from harness.tables import METRICS, table

LABELS = {"a": "A", "b": "B"}
METRIC_ROWS = table([(m, LABELS[m], "s", True, "metric", "", "other") for m in LABELS], METRICS)


def pair(setting: str, one: str, two: str, p: float, *, holds: bool = True) -> dict[str, object]:
    return {
        "setting": setting,
        "test_set": "t",
        "level": "segment",
        "statistic": "acc_eq",
        "grouping": "item",
        "system_score": "",
        "category": "all",
        "family": "metrics",
        "metric_1": one,
        "metric_2": two,
        "difference": 0.1,
        "p": p,
        "p_adjusted": p,
        "alpha": 0.05,
        "n_systems": 10,
        "n_documents": 30,
        "n_segments": 300,
        "n_raters": pd.NA,
        "p_raters_adjusted": float("nan"),
        "holds_level": holds,
    }


def said(*rows: dict[str, object]) -> list[str]:
    facts = Facts({"metric_tests": pd.DataFrame(list(rows)), "metrics": METRIC_ROWS}, LABELS)
    return [claim.text for claim in ChangedOrder().claims(facts)]


def test_opposite_orders_are_named_only_where_both_are_shown() -> None:
    shown = said(pair("w=1", "a", "b", 0.01), pair("w=2", "b", "a", 0.02))
    assert shown == [
        "By accuracy with ties within segments, under 2 settings, one pair of metrics is shown in "
        "opposite orders: A over B under w=1, the reverse under w=2."
    ]
    half = said(pair("w=1", "a", "b", 0.01), pair("w=2", "b", "a", 0.2))
    assert half == [
        "Under 2 settings, no two metrics are shown in opposite orders by accuracy with ties "
        "within segments; the observed orders are opposite in 1 of 1 comparisons of a pair of "
        "metrics between two settings, which is not tested."
    ]


def test_statistics_without_opposite_orders_share_a_sentence() -> None:
    both = [("w=1", "a", "b"), ("w=2", "a", "b")]
    soft = {"level": "system", "statistic": "soft_pairwise_accuracy", "grouping": "none",
            "system_score": "mean"}  # fmt: skip
    rows = [pair(*of, 0.01) for of in both] + [pair(*of, 0.01) | soft for of in both]
    assert said(*rows) == [
        "Under 2 settings, no two metrics are shown in opposite orders by accuracy with ties "
        "within segments or by soft pairwise accuracy on whole systems; the observed orders are "
        "opposite in 0 of 2 comparisons of a pair of metrics between two settings, which is not "
        "tested."
    ]
    turned = [*rows[:3], pair("w=2", "b", "a", 0.01) | soft]
    first, second = said(*turned)
    assert first.startswith("By soft pairwise accuracy on whole systems, under 2 settings, one")
    assert second.startswith("Under 2 settings, no two metrics are shown in opposite orders by acc")


def test_test_sets_are_settings_too() -> None:
    one, other = pair("test_set=t", "a", "b", 0.01), pair("test_set=u", "b", "a", 0.02)
    (text,) = said(one, {**other, "test_set": "u"})
    assert "A over B under test_set=t, the reverse under test_set=u" in text


def test_tests_that_do_not_hold_their_level_say_nothing() -> None:
    rows = (
        pair("w=1", "a", "b", 0.01, holds=False),
        pair("w=2", "b", "a", 0.01, holds=False),
    )
    assert said(*rows) == []
    assert said(pair("w=1", "a", "b", 0.01)) == []  # one setting


def meta_row(setting: str, metric: str, value: float) -> dict[str, object]:
    return {
        "setting": setting,
        "level": "segment",
        "category": "all",
        "statistic": "acc_eq",
        "grouping": "item",
        "system_score": "",
        "metric": metric,
        "value": value,
        "subset": "all",
    }


def equal(*rows: dict[str, object]) -> list[str]:
    facts = Facts({"meta_evaluation": pd.DataFrame(list(rows)), "metrics": METRIC_ROWS}, LABELS)
    return [claim.text for claim in EqualSettings().claims(facts)]


def test_settings_without_a_difference_are_one() -> None:
    rows = [meta_row(s, m, v) for s, v in (("x", 0.5), ("y", 0.5)) for m in LABELS]
    (text,) = equal(*rows)
    assert text.startswith("Equal in every value: x; y.")
    assert equal(*rows[:3], meta_row("y", "b", 0.4)) == []
    assert equal() == []

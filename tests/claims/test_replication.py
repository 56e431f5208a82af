from __future__ import annotations

import pandas as pd

from harness.claims.claim import Facts
from harness.claims.replication import Replication
from harness.tables import METRICS, table

NAMES = ("a", "b", "c")
LISTED = table([(m, m.upper(), "s", True, "metric", "", "other") for m in NAMES], METRICS)


def accuracy(
    setting: str, metric: str, value: float, p: float, *, tier: str = "reliable"
) -> dict[str, object]:
    return {
        "setting": setting,
        "test_set": setting,
        "view": "news",
        "category": "omission",
        "metric": metric,
        "kind": "metric",
        "tier": tier,
        "value": value,
        "low": value - 0.05,
        "high": value + 0.05,
        "p_holm": p,
        "alpha": 0.05,
        "n_eff": 100.0,
        "n_documents": 30,
    }


def said(*rows: dict[str, object]) -> list[str]:
    facts = Facts(
        {"categories": pd.DataFrame(list(rows)), "metrics": LISTED}, {m: m.upper() for m in NAMES}
    )
    return [claim.text for claim in Replication().claims(facts)]


def test_what_both_runs_show() -> None:
    rows = [
        *(accuracy("one", m, v, p) for m, v, p in (("a", 0.7, 0.01), ("b", 0.6, 0.03))),
        accuracy("one", "c", 0.5, 0.9),
        *(accuracy("two", m, v, p) for m, v, p in (("a", 0.8, 0.02), ("b", 0.6, 0.4))),
        accuracy("two", "c", 0.5, 0.9),
    ]
    assert said(*rows) == [
        "Omission: 2 of 3 metrics are shown to see it under one, 1 under two, 1 under both (A); "
        "the accuracies of the 3 metrics correlate 1.000."
    ]


def test_below_chance_is_not_seeing() -> None:
    rows = [accuracy(s, m, 0.3, 0.001) for s in ("one", "two") for m in NAMES]
    assert said(*rows) == ["Omission: no metric is shown to see it under one or two."]


def test_ratings_do_not_confirm_themselves() -> None:
    for one, two in (("one", "one"), ("wmt23_zhen", "wmt23_zhen_news_official")):
        rows = [
            {**accuracy(s, m, 0.7, 0.01), "test_set": t}
            for s, t in (("x=1", one), ("x=2", two))
            for m in NAMES
        ]
        assert said(*rows) == []
    rows = [accuracy(t, m, 0.7, 0.01) for t in ("wmt23_zhen", "wmt23_zhen_news") for m in NAMES]
    (text,) = said(*rows)
    assert "3 under both (A, B and C)" in text
    assert "correlate" not in text  # all accuracies are equal


def test_nothing_where_one_run_cannot_judge() -> None:
    rows = [accuracy("one", m, 0.7, 0.01) for m in NAMES]
    assert said(*rows) == []
    assert said(*rows, *(accuracy("two", m, 0.7, 0.01, tier="too few") for m in NAMES)) == []

"""What is said of implied weights."""

from __future__ import annotations

import pandas as pd

from harness.claims.category_weights import ImpliedWeights
from harness.claims.claim import Claim
from harness.tables import CATEGORY_WEIGHTS, table
from tests.support.claim_facts import facts_of

NAN = float("nan")


def weights_of(
    *rows: tuple[str, str, str, float, float, float], judged: bool = True
) -> pd.DataFrame:
    """category, metric, kind, relative weight, difference from the rater's and its adjusted p."""
    return table(
        [
            ("t", "news", c, m, kind, 1.0, 0.5, 1.5, value, 0.1, 2.0, apart, -3.0, 3.0, p / 4, p,
             judged, 10, 5, 12, "", 0.95, 0.05)
            for c, m, kind, value, apart, p in rows
        ],
        CATEGORY_WEIGHTS,
    )  # fmt: skip


def claims(weights: pd.DataFrame, *metrics: str) -> list[Claim]:
    facts = facts_of(
        metrics=metrics or ("a", "b"), labels={"a": "A", "b": "B"}, category_weights=weights
    )
    return list(ImpliedWeights().claims(facts))


def test_what_metrics_charge_less_and_more_for_than_a_rater() -> None:
    weights = weights_of(
        ("meaning", "a", "metric", 0.2, -0.7, 0.01), ("meaning", "b", "metric", 0.4, -0.5, 0.04),
        ("meaning", "human", "human", 0.9, NAN, NAN), ("omission", "a", "metric", 2.5, 1.7, 0.03),
        ("omission", "b", "metric", 1.2, 0.4, 0.6), ("omission", "human", "human", 0.8, NAN, NAN),
        ("name", "b", "metric", 0.3, -0.9, 0.001), ("name", "human", "human", 1.2, NAN, NAN),
    )  # fmt: skip
    (claim,) = claims(weights)
    assert claim.text == (
        "By implied weight, all else equal (view news; 1× is what a point of penalty costs on "
        "average): a point for meaning costs less with A (0.20×) and B (0.40×) than with a "
        "held-out rater (0.90×); a point for omission costs more with A (2.50×) than with a "
        "held-out rater (0.80×)."
    )
    assert claim.kind == "shown"
    assert [(e.key["category"], e.key["metric"]) for e in claim.evidence] == [
        ("meaning", "a"), ("meaning", "b"), ("omission", "a"),
    ]  # fmt: skip


def test_many_metrics_are_counted() -> None:
    names = [f"m{i}" for i in range(9)]
    rows = [("meaning", m, "metric", 0.2, -0.7, 0.01) for m in names]
    (claim,) = claims(weights_of(*rows, ("meaning", "human", "human", 0.9, NAN, NAN)), *names)
    assert "m3 (0.20×), m4 (0.20×) and 4 more than with a held-out rater" in claim.text


def test_nothing_where_nothing_is_sure_or_nothing_can_be_judged() -> None:
    human = ("meaning", "human", "human", 1.0, NAN, NAN)
    open_ = ("meaning", "a", "metric", 0.2, -0.7, 0.06)
    assert claims(weights_of(open_, human)) == []
    sure = ("meaning", "a", "metric", 0.2, -0.7, 0.01)
    assert len(claims(weights_of(sure, human))) == 1
    assert claims(weights_of(sure, human, judged=False)) == []
    assert claims(weights_of(sure, human), "b") == []  # a is a sentinel, or not of the run
    assert claims(weights_of()) == []

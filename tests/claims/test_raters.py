"""What is said of raters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from harness.claims.claim import Claim
from harness.claims.raters import RaterAgreement, RatersWithinSegments
from harness.ratings.human_agreement import human_agreement
from harness.ratings.rating import Weights, penalties
from harness.ratings.views import Level1
from harness.tables import ERROR_SPANS, RATER_AGREEMENT, RATER_PROFILE, RATER_RATINGS, table
from tests.support.agreement_rows import filled
from tests.support.claim_facts import facts_of
from tests.support.small import small

NAN = float("nan")


def row(category: str, statistic: str, value: float, low: float) -> dict[str, Any]:
    found = {"category": category, "statistic": statistic, "value": value, "low": low}
    return {"test_set": "t", "view": "category", "high": value + 0.1, **found}


def profile(*rows: tuple[str, float, float]) -> Any:
    """rater, severity bias and the lower end of its interval."""
    names = ("rater", "severity_bias", "severity_bias_low")
    return filled(RATER_PROFILE, (dict(zip(names, r, strict=True)) for r in rows), test_set="t")


def claims(agreement: list[dict[str, Any]], of_raters: Any) -> list[Claim]:
    facts = facts_of(rater_agreement=filled(RATER_AGREEMENT, agreement), rater_profile=of_raters)
    return list(RaterAgreement().claims(facts))


TWO = [
    row("all", "second_rater", 0.5, 0.4),
    row("all", "character_f1", 0.21, 0.2),
    row("all", "character_f1_any", 0.44, 0.4),
    row("all", "segment_correlation", 0.3, -0.1),
    row("style", "segment_correlation", 0.01, -0.02),
    row("omission", "segment_correlation", 0.4, 0.3),
    row("never", "segment_correlation", NAN, NAN),
]
PROFILE = profile(("r1", 1.26, 0.4), ("r2", -0.8, -1.0), ("r3", 0.1, -0.2))


def test_nothing_is_said_of_categories_where_the_annotations_name_none() -> None:
    one = [r if r["category"] == "all" else {**r, "category": "other"} for r in TWO[:5]]
    marked, *_ = claims(one, PROFILE)
    assert marked.text == "Of the characters that one rater marked, another marked 44 %."


def test_what_raters_agree_on_and_how_strict_they_are() -> None:
    marked, unrelated, strict = claims(TWO, PROFILE)
    assert marked.text == (
        "Of the characters that one rater marked, another marked 44 %, and 21 % under the same "
        "category."
    )
    assert {e.key["statistic"] for e in marked.evidence} == {"character_f1", "character_f1_any"}
    assert unrelated.text == (
        "Within a segment, raters are not shown to agree on how much these cost (correlation; 0 is "
        "chance): style (0.01)."
    )
    assert unrelated.kind == "open"
    assert strict.text == (
        "On the translations that they share with others, the strictest of the 3 raters took 1.3 "
        "points more off than the others did, the most lenient 0.8 fewer."
    )
    assert [e.key["rater"] for e in strict.evidence] == ["r1", "r2"]


def test_many_categories_are_counted() -> None:
    rows = [row(f"c{i}", "segment_correlation", 0.0, -0.1) for i in range(9)]
    _, unrelated, _ = claims([*TWO[:3], *rows], PROFILE)
    assert unrelated.text.endswith("c3 (0.00), c4 (0.00) and 4 more.")


def test_one_rater_for_each_translation() -> None:
    none = [row("all", "none", NAN, NAN)]
    (alone,) = claims(none, profile(("r1", NAN, NAN)))
    assert alone.text == (
        "One rater annotated each translation, so nothing tells whether raters agree."
    )
    (several,) = claims(none, profile(("r1", NAN, NAN), ("r2", NAN, NAN)))
    assert several.text == (
        "One of 2 raters annotated each translation, so nothing tells whether raters agree."
    )
    assert several.kind == "open" and len(several.evidence) == 2


def test_where_nothing_is_known_nothing_is_said() -> None:
    assert claims([], PROFILE) == []
    assert claims(TWO, profile()) == []
    bare = [row("all", "second_rater", 0.5, NAN), row("style", "segment_correlation", 0.1, NAN)]
    assert claims(bare, profile(("r1", 0.5, NAN), ("r2", -0.5, NAN))) == []


def test_of_annotations_by_one_rater_and_by_nobody() -> None:
    whole = small(raters=("r1",))
    empty = replace(
        whole, annotations=whole.annotations.iloc[:0], error_spans=table([], ERROR_SPANS)
    )
    found = []
    for test_set in (whole, empty):
        rated = penalties(test_set, Weights(), Level1())
        result = human_agreement(test_set, [rated], [Level1()])
        tables = {"rater_agreement": result.agreement, "rater_profile": result.profile}
        found.append([claim.text for claim in RaterAgreement().claims(facts_of(**tables))])
    assert found == [
        ["One rater annotated each translation, so nothing tells whether raters agree."],
        [],
    ]


# --------------------------------------------------------- who rated the translations of a segment


def within(*rows: tuple[str, str, str, float]) -> list[Claim]:
    """What is said of ratings by system, segment, rater and rating."""
    shared = {"test_set": "t", "category": "all"}
    names = ("system", "segment_id", "rater", "rating")
    own = [{**shared, **dict(zip(names, r, strict=True))} for r in rows]
    of_category = [{**row, "category": "style", "rating": -99.0} for row in own]
    means = pd.DataFrame(own, columns=["rater", "rating"]).groupby("rater")["rating"].mean()
    profile = [{"test_set": "t", "rater": r, "mean_penalty": -v} for r, v in means.items()]
    facts = facts_of(
        rater_ratings=filled(RATER_RATINGS, [*own, *of_category]),
        rater_profile=filled(RATER_PROFILE, profile),
    )
    return list(RatersWithinSegments().claims(facts))


def test_different_raters_of_one_segment_are_said() -> None:
    """r1 takes (1 + 3) / 2 points off, r2 (5 + 6) / 2; segment 3 has one translation only."""
    (claim,) = within(
        ("a", "1", "r1", -1.0), ("b", "1", "r2", -5.0),
        ("a", "2", "r2", -6.0), ("b", "2", "r1", -3.0),
        ("a", "3", "r1", -2.0),
    )  # fmt: skip
    assert claim.text == (
        "The translations of a segment were rated by different people (2.0 on average, each "
        "translation by one), who took between 2.0 and 5.5 points off a translation; that raters "
        "differ in strictness can lower the agreement of every metric within segments."
    )
    assert [(e.key["rater"], e.numbers["mean_penalty"]) for e in claim.evidence] == [
        ("r1", 2.0),
        ("r2", 5.5),
    ]
    assert (claim.kind, claim.in_verdict) == ("described", True)


def test_one_rater_a_segment_or_two_a_translation_are_not_said() -> None:
    one_a_segment = (
        ("a", "1", "r1", -1.0), ("b", "1", "r1", -5.0),
        ("a", "2", "r2", 0.0), ("b", "2", "r2", -1.0),
    )  # fmt: skip
    assert within(*one_a_segment) == []
    both = [(s, i, r, -1.0) for s in "ab" for i in "12" for r in ("r1", "r2")]
    assert within(*both) == []
    assert within(("a", "1", "r1", -1.0), ("a", "2", "r2", -2.0)) == []  # one system
    assert within() == []
    assert list(RatersWithinSegments().claims(facts_of())) == []

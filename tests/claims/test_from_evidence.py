"""What rated test sets of WMT are said to say about texts that nobody has rated."""

from __future__ import annotations

import math
from typing import Any

from harness.claims.claim import Facts
from harness.claims.from_evidence import AgreedDifferences, SeenOnRatedSets
from harness.tables import AGREED_DIFFERENCES, METRIC_EVIDENCE, SYSTEMS
from tests.support.agreement_rows import filled
from tests.support.claim_facts import facts_of

NAN = math.nan
SETS = "wmt21_zhen_news + wmt22_zhen_news"


def differences(*rows: dict[str, Any], n_segments: int = 200) -> Facts:
    """Three systems of which a, then b are put first."""
    scores = {"a": 30.0, "b": 29.0, "c": 10.0}
    systems = [
        {"system": s, "metric": m, "role": "system", "score": v, "rating": NAN}
        for m in ("bleu", "chrf")
        for s, v in scores.items()
    ]
    shared = {
        "system_1": "a", "system_2": "b", "agreed": 0.6, "agreed_low": 0.54, "agreed_high": 0.7,
        "needed_segments": NAN, "n_segments": n_segments, "test_sets": SETS, "n_pairs": 100,
        "largest": 12.0, "missed_by": 0.07, "confidence": 0.95,
    }  # fmt: skip
    made = [{**shared, **row} for row in rows]
    return facts_of(
        metrics=["bleu", "chrf"],
        systems=filled(SYSTEMS, systems, test_set="t"),
        agreed_differences=filled(AGREED_DIFFERENCES, made, test_set="t"),
    )


def test_what_differences_meant() -> None:
    facts = differences(
        {"metric": "bleu", "difference": 1.0, "needed_segments": 1234.0},
        {"metric": "bleu", "difference": 20.0, "system_2": "c"},
        {"metric": "chrf", "difference": 0.25, "system_1": "b", "system_2": "a"},
    )
    (claim,) = AgreedDifferences().claims(facts)
    assert claim.text == (
        "Between a and b: BLEU +1.0 (60 % [54, 70]; about 1,200 segments would tell them apart) "
        "and chrF −0.25 (60 % [54, 70]). In brackets: the share of pairs of systems of WMT21 and "
        "WMT22 Chinese→English news with as large a difference in which raters agreed with the "
        "metric, where 50 % is chance. The 95 % intervals speak of other systems of these test "
        "sets. The mean share of a test set that was left out was missed by up to 7 points."
    )
    assert claim.kind == "described" and claim.in_verdict
    assert [e.numbers["agreed"] for e in claim.evidence] == [0.6, 0.6]


def test_without_interval_on_one_set_and_beyond_what_was_seen() -> None:
    row = {"agreed_low": NAN, "agreed_high": NAN, "confidence": NAN, "missed_by": NAN}
    one = {"metric": "bleu", "difference": 15.0, "test_sets": "my_set", "needed_segments": 40.0}
    (claim,) = AgreedDifferences().claims(differences({**row, **one}))
    assert claim.text == (
        "Between a and b: BLEU +15.0 (larger than any there; of the largest 60 %). In brackets: "
        "the share of pairs of systems of my_set with as large a difference in which raters agreed "
        "with the metric, where 50 % is chance. One test set does not tell how far this holds for "
        "others."
    )


def test_few_segments_say_nothing() -> None:
    facts = differences({"metric": "bleu", "difference": 1.0}, n_segments=99)
    (claim,) = AgreedDifferences().claims(facts)
    assert claim.kind == "open" and not claim.in_verdict
    assert claim.text == (
        "What the differences between a and b mean cannot be told on 99 segments: those on WMT21 "
        "and WMT22 Chinese→English news rest on far more."
    )
    only_c = differences({"metric": "bleu", "difference": 1.0, "system_2": "c"})
    assert list(AgreedDifferences().claims(only_c)) == []
    assert list(AgreedDifferences().claims(facts_of(metrics=["bleu"]))) == []


def seen(*rows: tuple[str, str, float, float, str]) -> list[str]:
    names = ("metric", "category", "value", "p_holm", "tier")
    made = [
        {
            **dict(zip(names, row, strict=True)), "signature": row[0], "alpha": 0.05,
            "rated_set": "wmt23_zhen_news", "low": row[2] - 0.05, "high": row[2] + 0.05,
        }
        for row in rows
    ]  # fmt: skip
    facts = facts_of(metrics=["bleu", "chrf"], metric_evidence=filled(METRIC_EVIDENCE, made))
    return [claim.text for claim in SeenOnRatedSets().claims(facts)]


def test_which_kinds_of_error_are_seen() -> None:
    rows = [
        ("bleu", "name", 0.55, 0.2, "reliable"), ("chrf", "name", 0.6, 0.01, "reliable"),
        ("bleu", "omission", 0.4, 0.001, "weak"), ("chrf", "omission", 0.7, 0.001, "weak"),
        ("bleu", "style", 0.9, 0.001, "unreliable"), ("chrf", "addition", 0.9, NAN, "too few"),
    ]  # fmt: skip
    assert seen(*rows) == [
        "Of errors of name and omission, on WMT23 Chinese→English news (category accuracy; 50 % is "
        "chance): chrF is shown to see name 60 % [55, 65] and omission 70 % [65, 75]; BLEU is not "
        "shown to see any of them. Not shown does not mean not seen."
    ]
    assert seen(rows[0], rows[2]) == [
        "Of errors of name and omission, on WMT23 Chinese→English news (category accuracy; 50 % is "
        "chance): BLEU is not shown to see any of them. Not shown does not mean not seen."
    ]
    assert seen(*rows[4:]) == []
    assert list(SeenOnRatedSets().claims(facts_of(metrics=["bleu"]))) == []

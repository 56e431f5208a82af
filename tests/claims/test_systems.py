"""What is said of translation systems."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from harness.claims.claim import Claim, Facts
from harness.claims.systems import LostPoints, ReferencePlacement, SystemsToldApart
from harness.metrics.sacrebleu import BLEU, ChrF
from harness.metrics.sentinels import Length
from harness.ratings.rating import Weights, penalties, penalty_profile, ratings_table
from harness.ratings.views import Level1
from harness.report.summary import metric_table, system_table
from harness.scoring.stage import score
from harness.tables import PENALTY_PROFILE, RATINGS, SYSTEM_TESTS, SYSTEMS, table
from harness.test_sets.selection import choose_systems
from tests.support.agreement_rows import filled
from tests.support.claim_facts import facts_of
from tests.support.small import small

NAN = float("nan")


def texts(rule: Any, facts: Facts) -> list[str]:
    return [claim.text for claim in rule().claims(facts)]


# ------------------------------------------------------------------------------ lost points


def profile(*rows: tuple[str, str, float]) -> pd.DataFrame:
    names = ("system", "category", "penalty")
    return filled(
        PENALTY_PROFILE, (dict(zip(names, r, strict=True)) for r in rows), test_set="t", view="news"
    )


def test_what_errors_cost() -> None:
    rows = [
        ("a", "meaning", 1.0), ("a", "style", 0.5), ("a", "name", 0.3),
        ("b", "meaning", 4.0), ("b", "style", 1.5), ("b", "name", 0.7),
        ("a", "non_translation", 0.0), ("b", "non_translation", 1.5),
    ]  # fmt: skip
    (claim,) = LostPoints().claims(facts_of(penalty_profile=profile(*rows)))
    assert claim.text == (
        "The annotations take between 1.80 (a) and 7.70 (b) points a segment off the 2 rated "
        "systems; most for errors of meaning 53 %, style 21 % and non translation "
        "16 %."
    )
    assert {e.key["system"] for e in claim.evidence} == {"a", "b"}
    (one,) = texts(LostPoints, facts_of(penalty_profile=profile(*rows[:2])))
    assert one == (
        "The annotations take 1.50 points a segment off a; all of it for errors of meaning 67 % "
        "and style 33 %."
    )
    (clean,) = texts(LostPoints, facts_of(penalty_profile=profile(("a", "meaning", 0.0))))
    assert clean == "The annotations take 0.00 points a segment off a."
    assert texts(LostPoints, facts_of()) == []


def test_of_a_small_set() -> None:
    """good: (2.5 + 0.5) / 4; poor: (15.05 + 5 + 2.5) / 4; non translation 12.5 of 25.55."""
    test_set = choose_systems(small(), "all", references=["refA"], include_references=True)
    metrics = {"bleu": BLEU(), "chrf": ChrF()}
    scores = score(test_set, {**metrics, "length": Length()})
    rated = penalties(test_set, Weights(), Level1())
    tables = {
        "systems": system_table(test_set, scores, ratings_table(rated)),
        "metrics": metric_table(metrics, {"length": Length()}, 1),
        "penalty_profile": penalty_profile([rated], test_set.roles),
    }
    facts = Facts(tables)
    (lost,) = texts(LostPoints, facts)
    assert "between 0.75 (good) and 5.64 (poor) points a segment off the 2 rated systems" in lost
    assert "non translation 49 %" in lost
    (placed,) = texts(ReferencePlacement, facts)
    assert placed.startswith("2 of 2 metrics put up to 2 of the 2 machine translations above")
    assert "refB" in placed and "length" not in placed


# ---------------------------------------------------------------------- reference placement


def systems_of(scores: dict[str, list[float]], ratings: list[float]) -> pd.DataFrame:
    """Scores of the machine translations s1, s2, … and, last, of the reference refB."""
    names = [*(f"s{i + 1}" for i in range(len(ratings) - 1)), "refB"]
    rows = [
        {
            "metric": metric,
            "system": name,
            "role": "human" if name == "refB" else "system",
            "score": value,
            "rating": rating,
        }
        for metric, values in scores.items()
        for name, value, rating in zip(names, values, ratings, strict=True)
    ]
    return filled(SYSTEMS, rows, test_set="t")


@pytest.mark.parametrize(
    ("scores", "ratings", "text"),
    [
        (
            {"bleu": [31.0, 20.0, 30.0], "chrf": [1.0, 2.0, 3.0]},
            [-2.0, -1.0, -1.5],
            "1 of 2 metrics puts up to 1 of the 2 machine translations above the reference "
            "translation refB (BLEU 1: 30.0 < 31.0); the raters put 1 of 2 above it.",
        ),
        (
            {"bleu": [31.0, 30.0]},
            [-2.0, -1.5],
            "BLEU puts the machine translation above the reference translation refB (BLEU 30.0 < "
            "31.0); the raters put 0 of 1 above it.",
        ),
        (
            {"bleu": [31.0, 30.0], "chrf": [0.8004, 0.8001]},
            [-2.0, NAN],
            "2 of 2 metrics put the machine translation above the reference translation refB (BLEU "
            "30.0 < 31.0 and chrF 0.8001 < 0.8004); the raters did not rate it.",
        ),
        (
            {"bleu": [31.0, 30.0]},
            [NAN, -1.0],
            "BLEU puts the machine translation above the reference translation refB (BLEU 30.0 < "
            "31.0); the raters rated no machine translation.",
        ),
        ({"bleu": [30.0, 30.0]}, [-2.0, -1.5], None),
        ({"bleu": [31.0, NAN]}, [-2.0, -1.5], None),
        ({"bleu": [NAN, 30.0]}, [-2.0, -1.5], None),
    ],
)
def test_machines_above_a_reference(
    scores: dict[str, list[float]], ratings: list[float], text: str | None
) -> None:
    facts = facts_of(metrics=list(scores), systems=systems_of(scores, ratings))
    found = list(ReferencePlacement().claims(facts))
    assert [c.text for c in found] == ([] if text is None else [text])
    for claim in found:
        assert claim.kind == "described"
        assert [e.key["system"] for e in claim.evidence[:2]] == ["refB", "s1"]
        assert claim.evidence[0].numbers["score"] == scores["bleu"][-1]


def test_three_metrics_are_named_and_the_others_counted() -> None:
    scores = {f"m{i}": [2.0, 1.0] for i in range(7)}
    facts = facts_of(metrics=list(scores), systems=systems_of(scores, [-2.0, -1.5]))
    assert (
        "(m0 1.0 < 2.0, m1 1.0 < 2.0, m2 1.0 < 2.0 and 4 more)"
        in texts(ReferencePlacement, facts)[0]
    )


def test_only_rated_machine_translations_are_counted() -> None:
    """chrF puts both rated ones above the reference, BLEU one; it stands second."""
    scores = {"bleu": [31.0, 29.0, 40.0, 30.0], "chrf": [2.0, 3.0, 4.0, 1.0]}
    systems = systems_of(scores, [-2.0, -1.0, NAN, -1.5])
    (text,) = texts(ReferencePlacement, facts_of(metrics=list(scores), systems=systems))
    assert text == (
        "2 of 2 metrics put up to 2 of the 2 machine translations above the reference translation "
        "refB (chrF 2: 1.0 < 3.0 and BLEU 1: 30.0 < 31.0); the raters put 1 of 2 above it."
    )


def test_without_humans_there_is_nothing_to_say() -> None:
    test_set = small()
    scores = score(test_set, {"bleu": BLEU()})
    systems = system_table(test_set, scores, table([], RATINGS))
    assert texts(ReferencePlacement, facts_of(metrics=["bleu"], systems=systems)) == []
    human = systems_of({"bleu": [31.0, 30.0]}, [-2.0, -1.5])
    assert texts(ReferencePlacement, facts_of(metrics=["chrf"], systems=human)) == []


# --------------------------------------------------------------------------- told apart


def pairs_of(p: dict[tuple[str, str], float], **more: Any) -> list[dict[str, Any]]:
    """Adjusted p of the system a against another, by metric and the other."""
    shared = {"test_set": "t", "test": "randomisation", "system_1": "a", "unit": "document"}
    shared |= {"n_documents": 12, "alpha": 0.05, "difference": 1.0}
    return [
        {**shared, "metric": metric, "system_2": other, "p": value / 2, "p_holm": value, **more}
        for (metric, other), value in p.items()
    ]


BOTH = {("bleu", "b"): 0.01, ("bleu", "c"): 0.6, ("chrf", "b"): 0.01, ("chrf", "c"): 0.05}


def told(*rows: list[dict[str, Any]], metrics: tuple[str, ...] = ("bleu", "chrf")) -> list[Claim]:
    frame = filled(SYSTEM_TESTS, [row for own in rows for row in own])
    return list(SystemsToldApart().claims(facts_of(metrics=metrics, system_tests=frame)))


def test_how_many_pairs_each_metric_tells_apart() -> None:
    """By documents, whatever tests by segments and the bootstrap say."""
    segments = pairs_of(dict.fromkeys(BOTH, 0.9), unit="segment")
    drawn = pairs_of(dict.fromkeys(BOTH, 0.001), test="bootstrap")
    (claim,) = told(segments, pairs_of(BOTH), drawn)
    assert claim.text == (
        "Of 2 pairs of systems, the metrics tell apart: BLEU 1, chrF 2 (randomisation of "
        "documents, adjusted p ≤ 0.05)."
    )
    assert claim.kind == "shown"
    assert [(e.key["metric"], e.key["system_2"]) for e in claim.evidence] == [
        ("bleu", "b"), ("chrf", "c"),
    ]  # fmt: skip


def test_few_documents_leave_the_question_open() -> None:
    (claim,) = told(pairs_of(BOTH, n_documents=9))
    assert claim.text == (
        "Whether systems differ by these metrics cannot be told on 9 documents; tests need 10 "
        "or more."
    )
    assert claim.kind == "open"


def test_unknown_documents_are_said() -> None:
    (claim,) = told(pairs_of(BOTH, unit="segment", n_documents=1))
    assert claim.text == (
        "If segments are independent of each other, which cannot be told (their documents are not "
        "known, or they come from one): of 2 pairs of systems, the metrics tell apart: BLEU 1, "
        "chrF 2 (randomisation of segments, adjusted p ≤ 0.05)."
    )
    assert claim.kind == "open" and claim.evidence


def test_one_metric_one_pair_and_many_metrics() -> None:
    one = {k: v for k, v in BOTH.items() if k[0] == "bleu"}
    assert told(pairs_of(one))[0].text.startswith("Of 2 pairs of systems, BLEU tells 1 apart (")
    (none,) = told(pairs_of(dict.fromkeys(one, 0.9)))
    assert none.text.startswith("Of 2 pairs of systems, BLEU tells none apart (")
    assert none.kind == "open" and none.evidence == ()
    pair = {("bleu", "b"): 0.01, ("chrf", "b"): 0.2}
    assert told(pairs_of(pair))[0].text.startswith("The two systems are told apart by BLEU (")
    assert told(pairs_of(dict.fromkeys(pair, 0.9)))[0].text.startswith(
        "The two systems are told apart by no metric ("
    )
    names = tuple(f"m{i}" for i in range(7))
    many = {(m, s): 0.01 for m in names for s in "bc"}
    assert told(pairs_of(many), metrics=names)[0].text.startswith(
        "Of 2 pairs of systems, the 7 metrics tell apart 2 ("
    )
    many["m0", "c"] = 0.9
    assert "the 7 metrics tell apart 1 to 2 (" in told(pairs_of(many), metrics=names)[0].text


def test_a_metric_with_fewer_pairs_is_counted_by_its_own() -> None:
    fewer = {k: v for k, v in BOTH.items() if k != ("chrf", "c")}
    assert "BLEU 1, chrF 1 (of 1) (" in told(pairs_of(fewer))[0].text


def test_what_was_not_tested_is_not_spoken_of() -> None:
    assert told(pairs_of(BOTH, test="bootstrap")) == []
    assert told(pairs_of(dict.fromkeys(BOTH, NAN))) == []
    assert told(pairs_of(BOTH), metrics=("ter",)) == []
    assert list(SystemsToldApart().claims(facts_of())) == []

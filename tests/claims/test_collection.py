"""All claims of a run, and the verdict."""

from __future__ import annotations

from dataclasses import replace

from harness.claims.collection import claims_of, findings, verdict
from harness.claims.leading_metric import LeadingMetric, SegmentVerdict
from harness.claims.standings import ACCURACY
from harness.claims.unanswered import DataProblems
from harness.test_sets.doctor import DataWarning
from tests.support.claim_facts import Agreement, facts_of

RULES = {"a": DataProblems(), "b": SegmentVerdict(), "c": LeadingMetric()}
FACTS = facts_of(Agreement(ACCURACY, {"chrf": 0.55, "bleu": 0.5}, {"bleu": 0.01}))
SAID = "Within segments, by accuracy with ties, chrF agrees with the ratings more than BLEU does."


def test_claims_stand_in_the_order_of_the_rules() -> None:
    claims = claims_of(RULES, FACTS)
    assert [c.rule for c in claims] == ["segment_verdict", "leading_metric"]
    assert [c.rule for c in claims_of({"c": RULES["c"], "b": RULES["b"]}, FACTS)] == [
        "leading_metric",
        "segment_verdict",
    ]
    assert verdict(claims) == SAID
    assert [c.rule for c in findings(claims)] == ["leading_metric"]
    assert claims_of({}, FACTS) == [] and verdict([]) == "" and findings([]) == []


def test_a_problem_stands_before_the_verdict() -> None:
    facts = replace(FACTS, warnings=[DataWarning("some are copies", False)])
    assert verdict(claims_of(RULES, facts)) == f"Look at the data first: some are copies. {SAID}"


def test_a_problem_that_makes_scores_meaningless_voids_the_verdict() -> None:
    facts = replace(FACTS, warnings=[DataWarning("B is shifted", True)])
    claims = claims_of(RULES, facts)
    assert verdict(claims) == (
        "No verdict, because the scores mean nothing until this is mended: B is shifted."
    )
    assert [c.rule for c in findings(claims)] == ["segment_verdict", "leading_metric"]

"""What a run cannot say, and problems of the data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.claims.claim import Facts
from harness.claims.standings import ACCURACY, PAIRS, PEARSON, Asked
from harness.claims.unanswered import DataProblems, Unanswered
from harness.test_sets.doctor import DataWarning
from tests.support.claim_facts import Agreement, facts_of

START = "This run cannot say which metric agrees more with people: "
TAU = Asked("segment", "kendall_b", "item", "", "Kendall's tau-b")
TWO = {"bleu": 0.5, "chrf": 0.4}
NAN = float("nan")


def texts(facts: Facts) -> list[str]:
    return [claim.text for claim in Unanswered().claims(facts)]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (facts_of(metrics=["bleu"]), "there are no ratings to compare scores with."),
        (
            facts_of(Agreement(ACCURACY, dict.fromkeys(TWO, NAN), n_systems=1)),
            "one system is rated, so no two translations of a segment can be compared.",
        ),
        (
            facts_of(Agreement(TAU, TWO)),
            "none of its statistics is accuracy with ties or Pearson's correlation within "
            "segments, or soft pairwise accuracy of systems.",
        ),
        (
            facts_of(Agreement(replace(ACCURACY, grouping="none"), TWO)),
            "none of its statistics is accuracy with ties or Pearson's correlation within "
            "segments, or soft pairwise accuracy of systems.",
        ),
        (
            facts_of(Agreement(PEARSON, dict.fromkeys(TWO, NAN), row={"note": "constant"})),
            "its statistics have no value (constant).",
        ),
        (
            facts_of(Agreement(PEARSON, dict.fromkeys(TWO, NAN))),
            "its statistics have no value.",
        ),
    ],
)
def test_why(facts: Facts, why: str) -> None:
    (claim,) = Unanswered().claims(facts)
    assert claim.text == START + why
    assert claim.kind == "open" and claim.in_verdict


def test_where_something_can_be_said_or_there_are_no_metrics() -> None:
    assert texts(facts_of(Agreement(ACCURACY, TWO, {"chrf": 0.2}))) == []
    assert texts(facts_of(Agreement(PAIRS, TWO, {"chrf": 0.2}))) == []
    assert texts(facts_of()) == []
    assert texts(Facts({})) == []


COPIES = DataWarning("2 translations are the source (system A)", False)
SHIFTED = DataWarning("the translations of B are shifted by one segment (system B)", True)


@pytest.mark.parametrize(
    ("warnings", "text"),
    [
        ([COPIES], "Look at the data first: 2 translations are the source (system A)."),
        (
            [COPIES, COPIES],
            "Look at the data first: 2 translations are the source (system A) (1 more in the list "
            "of warnings).",
        ),
        (
            [COPIES, SHIFTED],
            "No verdict, because the scores mean nothing until this is mended: the translations of "
            "B are shifted by one segment (system B) (1 more in the list of warnings).",
        ),
    ],
)
def test_problems_of_the_data(warnings: list[DataWarning], text: str) -> None:
    (claim,) = DataProblems().claims(Facts({}, warnings=warnings))
    assert claim.text == text
    assert claim.kind == "described" and claim.in_verdict


def test_no_problem_is_not_mentioned() -> None:
    assert list(DataProblems().claims(Facts({}))) == []

"""What is said where two conventions on ties lead to opposite results."""

from __future__ import annotations

from dataclasses import replace

from harness.claims.claim import Facts
from harness.claims.standings import ACCURACY, PEARSON
from harness.claims.tie_conventions import TieConventions
from tests.support.claim_facts import Agreement, facts_of

TIES = {"tie_rate": 0.62, "human_tie_rate": 0.4}
BY_ACCURACY = Agreement(ACCURACY, {"chrf": 0.55, "comet": 0.5}, {"comet": 0.01}, row=TIES)
BY_PEARSON = Agreement(PEARSON, {"comet": 0.4, "chrf": 0.3}, {"chrf": 0.2}, row={"n_constant": 7})


def texts(facts: Facts) -> list[str]:
    return [claim.text for claim in TieConventions().claims(facts)]


def test_both_results_are_said_with_tie_rates() -> None:
    (claim,) = TieConventions().claims(facts_of(BY_ACCURACY, BY_PEARSON))
    assert claim.text == (
        "The two statistics disagree: by accuracy with ties chrF is shown to agree more than "
        "COMET; by Pearson's correlation COMET has the higher value, and neither is shown to agree "
        "more. They treat ties differently: with the calibrated threshold chrF ties 62 % of pairs, "
        "COMET ties 62 % of pairs, the raters 40 %. COMET gives all translations of a segment one "
        "score in 7 segments; Pearson's correlation counts these as 0."
    )
    assert claim.in_verdict and claim.kind == "shown"
    assert [(e.key["statistic"], e.key["metric"]) for e in claim.evidence] == [
        ("acc_eq", "chrf"), ("acc_eq", "comet"), ("pearson", "chrf"), ("pearson", "comet"),
    ]  # fmt: skip
    assert claim.evidence[3].numbers["n_constant"] == 7
    assert claim.evidence[3].numbers["tie_rate"] is None


def test_one_constant_segment_and_none() -> None:
    one = replace(BY_PEARSON, row={"n_constant": 1})
    assert "in 1 segment;" in texts(facts_of(BY_ACCURACY, one))[0]
    none = replace(BY_PEARSON, row={"n_constant": 0})
    assert texts(facts_of(BY_ACCURACY, none))[0].endswith("the raters 40 %.")


def test_a_test_of_either_statistic_is_enough() -> None:
    by_accuracy = replace(BY_ACCURACY, p={"comet": 0.2})
    (text,) = texts(facts_of(by_accuracy, replace(BY_PEARSON, p={"chrf": 0.01})))
    assert text.startswith(
        "The two statistics disagree: by accuracy with ties chrF has the higher value, and neither "
        "is shown to agree more; by Pearson's correlation COMET is shown to agree more than chrF."
    )


def test_a_metric_that_accuracy_lowers_for_its_ties_is_still_shown_to_be_lower() -> None:
    own_ties = replace(BY_ACCURACY, row={**TIES, "epsilon": 0.0})
    assert texts(facts_of(own_ties, BY_PEARSON)) == texts(facts_of(BY_ACCURACY, BY_PEARSON))


def test_nothing_is_said_where_nothing_contradicts() -> None:
    assert texts(facts_of(replace(BY_ACCURACY, p={"comet": 0.2}), BY_PEARSON)) == []
    alike = replace(BY_ACCURACY, asked=PEARSON)
    assert texts(facts_of(BY_ACCURACY, alike)) == []
    assert texts(facts_of(BY_ACCURACY)) == []
    assert texts(facts_of(BY_PEARSON)) == []
    unlicensed = replace(BY_ACCURACY, holds_level=False)
    assert texts(facts_of(unlicensed, BY_PEARSON)) == []


def test_unknown_tie_rates_are_left_out() -> None:
    (text,) = texts(facts_of(replace(BY_ACCURACY, row={}), BY_PEARSON))
    assert "neither is shown to agree more. COMET gives all" in text

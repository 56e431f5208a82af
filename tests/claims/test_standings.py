"""What may be said of metrics by one statistic."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from harness.claims.standings import ACCURACY, PAIRS, PEARSON, Standing, Status, standing
from tests.support.claim_facts import Agreement, facts_of

THREE = {"chrf": 0.55, "bleu": 0.5, "ter": 0.45}
BOTH = {"bleu": 0.01, "ter": 0.01}
NAN = math.nan


def of(made: Agreement, **more: Any) -> Standing:
    found = standing(facts_of(made, **more), made.asked)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("made", "status", "worse", "open_"),
    [
        (Agreement(ACCURACY, THREE, BOTH), "winner", ["bleu", "ter"], []),
        (Agreement(ACCURACY, THREE, {**BOTH, "bleu": 0.2}), "some worse", ["ter"], ["bleu"]),
        (Agreement(ACCURACY, THREE, dict.fromkeys(BOTH, 0.2)), "open", [], ["bleu", "ter"]),
        (Agreement(ACCURACY, {"chrf": 0.55}), "one metric", [], []),
        (Agreement(ACCURACY, THREE, BOTH, beats=False), "unbeaten", ["bleu", "ter"], []),
        (
            Agreement(ACCURACY, THREE, BOTH, scope="other documents, these 4 systems"),
            "few systems",
            ["bleu", "ter"],
            [],
        ),
        (Agreement(ACCURACY, THREE, BOTH, scope="other segments and systems"), "winner",
         ["bleu", "ter"], []),
        (Agreement(PAIRS, THREE, dict.fromkeys(BOTH, 1.0), scope="other systems", smallest_p=0.375),
         "impossible", [], ["bleu", "ter"]),
        (Agreement(ACCURACY, THREE, BOTH, holds_level=False), "untested", [], []),
        (Agreement(ACCURACY, THREE), "untested", [], []),
        (Agreement(ACCURACY, THREE, BOTH, beside={"p_adjusted": NAN, "beats": False}), "untested",
         ["bleu", "ter"], []),
    ],
)  # fmt: skip
def test_every_status(made: Agreement, status: Status, worse: list[str], open_: list[str]) -> None:
    found = of(made)
    assert found.status == status
    assert list(found.worse) == worse
    assert list(found.open) == open_


def test_the_level_itself_is_enough() -> None:
    at = Agreement(ACCURACY, THREE, {"bleu": 0.05, "ter": 0.05})
    assert of(at).status == "winner"
    assert of(replace(at, p={"bleu": 0.0501, "ter": 0.05})).status == "some worse"


def test_a_metric_that_was_not_tested_keeps_the_best_from_winning() -> None:
    untested = Agreement(ACCURACY, THREE, {"ter": 0.01})
    found = of(untested)
    assert found.missing == ["bleu"]
    assert found.status == "some worse"
    without_p = of(Agreement(ACCURACY, THREE, {"bleu": NAN, "ter": 0.01}))
    assert (without_p.missing, without_p.status) == (["bleu"], "some worse")


def test_a_metric_that_is_better_where_both_have_scores_is_not_called_worse() -> None:
    """The test of a pair is on the translations that both scored."""
    turned = Agreement(ACCURACY, {"chrf": 0.55, "bleu": 0.5}, {"bleu": 0.01})
    turned = replace(turned, test={"metric_1": "bleu", "metric_2": "chrf", "difference": 0.02})
    assert list(of(turned).worse) == []
    assert list(of(turned).open) == ["bleu"]


def test_of_equal_metrics_the_first_by_name_leads() -> None:
    assert of(Agreement(ACCURACY, {"ter": 0.5, "bleu": 0.5, "comet": NAN})).best == "bleu"


def test_only_the_whole_test_set_and_the_total_count() -> None:
    made = Agreement(ACCURACY, THREE, BOTH)
    facts = facts_of(made)
    part = facts.tables["meta_evaluation"].assign(subset="domain", value=0.99)
    assert standing(facts_of(made, meta_evaluation=part), ACCURACY) is None
    category = facts.tables["meta_evaluation"].assign(category="omission")
    assert standing(facts_of(made, meta_evaluation=category), ACCURACY) is None
    assert standing(facts, PEARSON) is None
    assert standing(facts_of(metrics=["bleu"]), ACCURACY) is None


def test_sentinels_do_not_stand_among_metrics() -> None:
    made = Agreement(ACCURACY, {"length": 0.9, **THREE})
    facts = facts_of(made, sentinels=("random", "length"))
    roles = facts.tables["metrics"].set_index("metric")["role"]
    assert roles["length"] == "sentinel"
    found = standing(facts, ACCURACY)
    assert found is not None and list(found.values) == ["chrf", "bleu", "ter"]


@pytest.mark.parametrize(
    ("made", "sentinels", "reason"),
    [
        (Agreement(ACCURACY, THREE, BOTH), ("random", "length"), ""),
        (Agreement(ACCURACY, {"chrf": 0.5}), ("random", "length"), ""),
        (
            Agreement(ACCURACY, THREE, BOTH),
            ("random",),
            "the run lacks the sentinel length, which a metric has to beat",
        ),
        (
            Agreement(ACCURACY, THREE, BOTH),
            (),
            "the run lacks the sentinels random and length, which a metric has to beat",
        ),
        (
            Agreement(ACCURACY, THREE, BOTH, holds_level=False),
            ("random", "length"),
            "the published tests were asked for, and they call equal metrics different too often",
        ),
        (
            Agreement(ACCURACY, THREE, dict.fromkeys(BOTH, NAN), beside={"p_adjusted": NAN},
                      test={"note": "no test: 2 documents"}),
            ("random", "length"),
            "no test: 2 documents",
        ),
        (Agreement(ACCURACY, THREE), ("random", "length"), "the metrics were not tested"),
    ],
)  # fmt: skip
def test_why_nothing_was_tested(made: Agreement, sentinels: tuple[str, ...], reason: str) -> None:
    found = of(made, sentinels=sentinels)
    assert found.reason == reason
    assert (found.status == "untested") == bool(reason)


def test_what_would_have_been_found() -> None:
    """The median of what the open tests could find."""
    found = of(Agreement(ACCURACY, THREE, dict.fromkeys(BOTH, 0.2), detectable=0.1))
    assert found.detectable == pytest.approx(0.1)
    assert math.isnan(of(Agreement(ACCURACY, THREE, BOTH)).detectable)
    exchanged = of(Agreement(PAIRS, THREE, dict.fromkeys(BOTH, 0.2)))
    assert math.isnan(exchanged.detectable)
    stepped = Agreement(
        ACCURACY, THREE, dict.fromkeys(BOTH, 0.2), test={"adjustment": "max_t"}, detectable=0.1
    )
    assert math.isnan(of(stepped).detectable)


def test_metrics_within_rounding_lead_together() -> None:
    values = {"chrf": 0.3 - 0.1, "bleu": 0.2, "ter": 0.2 - 1e-9}
    assert of(Agreement(ACCURACY, {"bleu": 0.2, "chrf": 0.3 - 0.1})).leaders == ["bleu", "chrf"]
    assert of(Agreement(ACCURACY, values)).leaders == ["bleu", "chrf"]
    assert of(Agreement(ACCURACY, {"chrf": -1e-9, "bleu": -1.0})).leaders == ["chrf"]


def test_who_beats_the_sentinels() -> None:
    made = Agreement(ACCURACY, THREE, BOTH, beats=False)
    (own,) = made.sentinels
    rows = [own, {**own, "metric": "bleu", "beats": True}, {**own, "metric": "ter"}]
    assert of(made, sentinel_tests=rows).beating == ["bleu"]
    assert of(made, sentinel_tests=rows, sentinels=("random",)).beating == []
    unlicensed = [{**row, "holds_level": False} for row in rows]
    assert of(made, sentinel_tests=unlicensed).beating == []


TIES = {"epsilon": 0.0, "tie_rate": 0.6, "human_tie_rate": 0.4}


@pytest.mark.parametrize(
    ("ties", "p", "punished"),
    [
        (TIES, {"bleu": 0.2, "ter": 0.2}, ["bleu", "ter"]),
        (TIES, {"bleu": 0.2, "ter": 0.01}, ["bleu"]),
        (TIES, BOTH, []),
        ({**TIES, "tie_rate": 0.4}, {"bleu": 0.2, "ter": 0.2}, []),
        ({**TIES, "epsilon": 0.01}, {"bleu": 0.2, "ter": 0.2}, []),
        ({}, {"bleu": 0.2, "ter": 0.2}, []),
    ],
)
def test_metrics_that_are_punished_for_ties_of_their_own(
    ties: dict[str, float], p: dict[str, float], punished: list[str]
) -> None:
    """Before calibration they tie more often than people, and only accuracy lowers them."""
    made = Agreement(ACCURACY, THREE, BOTH, row=ties)
    found = of_both(made, Agreement(PEARSON, THREE, p))
    assert list(found.punished) == punished
    assert [*found.worse, *found.punished] == sorted(BOTH, key=lambda m: m in punished)
    assert found.status == (
        "open" if len(punished) == 2 else "some worse" if punished else "winner"
    )
    assert len(found.evidence()) == 3
    assert not of_both(
        replace(made, p=dict.fromkeys(BOTH, 0.2)), Agreement(PEARSON, THREE)
    ).punished
    assert not of(made).punished  # Pearson's correlation is not known


def of_both(made: Agreement, other: Agreement) -> Standing:
    found = standing(facts_of(made, other), made.asked)
    assert found is not None
    return found


def test_the_evidence_is_every_test_of_the_best_metric() -> None:
    rows = of(Agreement(ACCURACY, THREE, {**BOTH, "bleu": 0.2})).evidence()
    assert [e.table for e in rows] == ["metric_tests", "metric_tests", "sentinel_tests"]
    assert [e.key.get("metric_2") for e in rows] == ["ter", "bleu", None]
    assert rows[0].numbers["p_adjusted"] == 0.01
    assert rows[2].numbers["opponent"] == "(constant)"

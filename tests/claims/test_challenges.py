"""What a challenge set says, and its sign test."""

from __future__ import annotations

import math
from typing import Any

import pytest

from harness.claims.challenges import ChallengeSet, sign_test_p
from harness.claims.claim import Claim
from harness.minimal_pairs.challenges import challenges
from tests.support.claim_facts import facts_of
from tests.support.made_challenges import GIVEN, made_up, scores_of


@pytest.mark.parametrize(
    ("accuracy", "n", "n_sources", "p"),
    [
        (1.0, 5, 5, 2 / 32),  # 5 of 5: 2 * (1/2)^5
        (0.0, 5, 5, 2 / 32),
        (1.0, 6, 6, 2 / 64),
        (0.5, 10, 10, 1.0),
        (5 / 6, 6, 6, 14 / 64),  # at least 5 of 6: (1 + 6) / 64, twice
        (11 / 12, 6, 6, 14 / 64),  # 5.5 of 6, a tie: rounded towards chance
        (1 / 12, 6, 6, 14 / 64),
        (1.0, 60, 6, 2 / 64),  # six sources: no more than six trials
        (1.0, 1, 1, 1.0),
    ],
)
def test_the_sign_test_by_hand(accuracy: float, n: int, n_sources: int, p: float) -> None:
    assert sign_test_p(accuracy, n, n_sources) == pytest.approx(p, abs=1e-12)


@pytest.mark.parametrize(("accuracy", "n", "n_sources"), [(1.0, 0, 0), (math.nan, 5, 5)])
def test_no_pair_has_no_p(accuracy: float, n: int, n_sources: int) -> None:
    assert math.isnan(sign_test_p(accuracy, n, n_sources))


def row(metric: str, phenomenon: str, accuracy: float, n: int = 20, **more: Any) -> dict[str, Any]:
    found = {"metric": metric, "phenomenon": phenomenon, "accuracy": accuracy, "n": n}
    return {"test_set": "c", "kind": "metric", "n_sources": n, **found, **more}


def claims(*rows: dict[str, Any]) -> list[Claim]:
    metrics = list(dict.fromkeys(r["metric"] for r in rows))
    return list(ChallengeSet().claims(facts_of(metrics=metrics, challenges=list(rows))))


def test_controls_count_neither_as_kinds_nor_in_the_adjustment() -> None:
    """DEMETR's reference as the 'incorrect' text: a metric that prefers it errs in nothing."""
    errors = [row("bleu", "number", 1.0), row("bleu", "word_order", 0.05)]
    control = row("bleu", "base_id35_reference", 0.0, control=True)
    with_control, without = claims(*errors, control), claims(*errors)
    assert [c.text for c in with_control] == [c.text for c in without]
    assert "1 of 2 kinds of pair" in with_control[0].text
    assert claims(control) == []


def test_kinds_that_a_metric_gets_right_and_wrong() -> None:
    """All of 20: p is 2 / 2^20 times 4; 13 of 20 is open."""
    bleu, chrf, caution = claims(
        row("bleu", "number", 1.0), row("bleu", "word_order", 0.0), row("bleu", "name", 0.05),
        row("chrf", "number", 0.65),
    )  # fmt: skip
    assert bleu.text == (
        "BLEU is shown to prefer the good translation in 1 of 3 kinds of pair of this challenge "
        "set, and the incorrect one in 2 (most on word order: accuracy 0.0 %)."
    )
    assert bleu.kind == "shown"
    assert [e.key["phenomenon"] for e in bleu.evidence] == ["number", "word_order", "name"]
    assert chrf.text == (
        "chrF is shown to prefer the good translation in none of 3 kinds of pair of this challenge "
        "set."
    )
    assert chrf.kind == "open"
    assert caution.kind == "described" and "no mean" in caution.text


def test_p_is_adjusted_over_metrics_and_kinds() -> None:
    """All of 6: p = 1/32, enough alone and not among two."""
    assert claims(row("bleu", "number", 1.0, 6))[0].kind == "shown"
    assert claims(row("bleu", "number", 1.0, 6), row("chrf", "number", 1.0, 6))[0].kind == "open"
    untested = row("chrf", "number", math.nan, 0)
    assert claims(row("bleu", "number", 1.0, 6), untested)[0].kind == "shown"


def test_sentences_speak_of_metrics_only() -> None:
    found = challenges(made_up(), scores_of(made_up(), GIVEN))
    facts = facts_of(metrics=["m"], labels={"m": "M"}, challenges=found)
    first, last = ChallengeSet().claims(facts)
    assert first.text == (
        "M is shown to prefer the good translation in none of 1 kind of pair of this challenge set."
    )
    assert "no mean" in last.text
    sentinel = found.assign(kind="sentinel")
    assert list(ChallengeSet().claims(facts_of(challenges=sentinel))) == []
    assert list(ChallengeSet().claims(facts_of(metrics=["m"]))) == []
    assert claims(row("bleu", "number", math.nan, 0)) == []

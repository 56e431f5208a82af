"""Which system is said to score higher, where nobody rated the translations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from harness.claims.claim import Facts
from harness.claims.decision import SystemDecision
from harness.tables import SYSTEM_TESTS, SYSTEMS
from tests.support.agreement_rows import filled
from tests.support.claim_facts import facts_of

Scores = Mapping[str, Mapping[str, float]]
TWO: Scores = {"bleu": {"a": 30.0, "b": 28.0}, "chrf": {"a": 55.0, "b": 54.0}}
THREE: Scores = {
    "bleu": {"a": 30.0, "b": 28.0, "c": 20.0},
    "chrf": {"a": 55.0, "b": 54.0, "c": 40.0},
}


def facts(
    scores: Scores,
    p: Mapping[tuple[str, str, str], float],
    *,
    n_documents: int = 1,
    rated: bool = False,
    roles: Mapping[str, str] | None = None,
) -> Facts:
    """Systems by metric; ``p``, adjusted, of a metric and two systems."""
    systems = [
        {
            "system": s, "metric": m, "score": v, "role": (roles or {}).get(s, "system"),
            "rating": 1.0 if rated else float("nan"),
        }
        for m, own in scores.items()
        for s, v in own.items()
    ]  # fmt: skip
    shared: dict[str, Any] = {
        "test": "randomisation", "unit": "document" if n_documents > 1 else "segment",
        "n_segments": 200, "n_documents": n_documents, "alpha": 0.05,
    }  # fmt: skip
    tests = [
        {
            **shared, "metric": m, "system_1": a, "system_2": b, "p": v / 2, "p_holm": v,
            "difference": scores[m][a] - scores[m][b],
        }
        for (m, a, b), v in p.items()
    ]  # fmt: skip
    return facts_of(
        metrics=list(scores),
        systems=filled(SYSTEMS, systems, test_set="t"),
        system_tests=filled(SYSTEM_TESTS, tests, test_set="t"),
    )


INDEPENDENT = (
    " (200 segments, randomisation of segments, adjusted p ≤ 0.05; this holds if segments are "
    "independent of each other, which is not known)."
)


@pytest.mark.parametrize(
    ("scores", "p", "text"),
    [
        (
            TWO,
            {("bleu", "a", "b"): 0.01, ("chrf", "b", "a"): 0.04},
            "a scores higher than b by every metric, BLEU and chrF",
        ),
        (
            TWO,
            {("bleu", "a", "b"): 0.01, ("chrf", "a", "b"): 0.06},
            "a scores higher than b by BLEU; by chrF that is not shown",
        ),
        (
            TWO,
            {("bleu", "a", "b"): 0.06, ("chrf", "a", "b"): 0.06},
            "No difference between a and b is shown to be more than chance",
        ),
        (
            {"bleu": TWO["bleu"]},
            {("bleu", "a", "b"): 0.01},
            "a scores higher than b by BLEU",
        ),
        (
            THREE,
            {
                (m, a, b): 0.2 if (m, a, b) == ("chrf", "a", "b") else 0.01
                for m in THREE
                for a, b in (("a", "b"), ("a", "c"), ("b", "c"))
            },
            "a scores higher than each of the other 2 systems by BLEU; by chrF that is not shown "
            "for b",
        ),
        (
            THREE,
            {
                (m, a, b): 0.01 if b == "c" else 0.2
                for m in THREE
                for a, b in (("a", "b"), ("a", "c"), ("b", "c"))
            },
            "No metric shows that a, first by its mean rank over the metrics, scores higher than "
            "every other system; it is not told apart from b by all of them",
        ),
        (
            THREE,
            {(m, a, b): 0.2 for m in THREE for a, b in (("a", "b"), ("a", "c"), ("b", "c"))},
            "No difference between a, first by its mean rank over the metrics, and each of the "
            "other 2 systems is shown to be more than chance",
        ),
    ],
)
def test_of_segments(scores: Scores, p: Mapping[tuple[str, str, str], float], text: str) -> None:
    (claim,) = SystemDecision().claims(facts(scores, p))
    assert claim.text == text + INDEPENDENT
    assert claim.kind == "open" and claim.in_verdict
    assert {e.table for e in claim.evidence} == {"system_tests"}


def test_of_documents() -> None:
    p = {("bleu", "a", "b"): 0.01, ("chrf", "a", "b"): 0.01}
    (claim,) = SystemDecision().claims(facts(TWO, p, n_documents=30))
    assert claim.kind == "shown"
    assert claim.text == (
        "a scores higher than b by every metric, BLEU and chrF (200 segments, randomisation of "
        "documents, adjusted p ≤ 0.05)."
    )


def test_a_difference_the_other_way_is_not_for_the_best() -> None:
    """a is first on average of three metrics; chrF shows b to be higher."""
    scores = {**TWO, "chrf": {"a": 50.0, "b": 54.0}, "ter": {"a": -40.0, "b": -45.0}}
    p = {(m, "a", "b"): 0.01 for m in scores}
    (claim,) = SystemDecision().claims(facts(scores, p))
    told = "a scores higher than b by BLEU and TER; by chrF that is not shown"
    assert claim.text.startswith(told)


def test_where_nothing_is_to_be_decided() -> None:
    p = {("bleu", "a", "b"): 0.01, ("chrf", "a", "b"): 0.01}
    assert list(SystemDecision().claims(facts(TWO, p, rated=True))) == []
    assert list(SystemDecision().claims(facts(TWO, p, roles={"b": "human"}))) == []
    assert list(SystemDecision().claims(facts(TWO, {}))) == []
    assert list(SystemDecision().claims(facts_of(metrics=["bleu"]))) == []

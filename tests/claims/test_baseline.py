"""What is said of metrics in focus and their baseline."""

from __future__ import annotations

from harness.claims.baseline import AgainstBaseline
from harness.claims.claim import Claim
from harness.tables import BASELINE_DIFFERENCES
from tests.support.agreement_rows import filled
from tests.support.claim_facts import facts_of

NAN = float("nan")


def said(*rows: tuple[str, str, float, float]) -> list[Claim]:
    """(metric, category, difference, adjusted p), with an interval of .05 to either side."""
    table = filled(
        BASELINE_DIFFERENCES,
        [
            {
                "view": "news", "category": c, "metric": m, "baseline": "bleu", "difference": d,
                "low": d - 0.05, "high": d + 0.05, "p": p, "p_holm": p, "tier": "reliable",
                "n_documents": 20, "alpha": 0.05,
            }
            for m, c, d, p in rows
        ],
        test_set="t",
    )  # fmt: skip
    facts = facts_of(metrics=["bleu", "chrf"], baseline_differences=table)
    return list(AgainstBaseline().claims(facts))


def test_better_worse_and_open() -> None:
    (claim,) = said(
        ("chrf", "name", 0.12, 0.01), ("chrf", "meaning", 0.08, 0.04),
        ("chrf", "omission", -0.2, 0.001), ("chrf", "number", 0.3, 0.06),
        ("chrf", "style", 0.3, NAN),
    )  # fmt: skip
    assert claim.text == (
        "On these systems, chrF is shown to be more accurate on name (+12.0 [7, 17]) and meaning "
        "(+8.0 [3, 13]) and less accurate on omission (−20.0 [−25, −15]) than BLEU (category "
        "accuracy in points, view news, adjusted p ≤ 0.05); on number no difference is shown."
    )
    assert claim.kind == "shown" and claim.in_verdict
    assert [e.key["category"] for e in claim.evidence] == ["name", "meaning", "omission", "number"]


def test_nothing_is_shown() -> None:
    (claim,) = said(("chrf", "name", 0.12, 0.06), ("chrf", "meaning", 0.0, 1.0))
    assert claim.text == (
        "On these systems, chrF is not shown to differ from BLEU on errors of name or meaning "
        "(category accuracy in points, view news, adjusted p ≤ 0.05)."
    )
    assert claim.kind == "open"


def test_what_cannot_be_judged_is_not_spoken_of() -> None:
    assert said(("chrf", "name", 0.12, NAN)) == []
    assert list(AgainstBaseline().claims(facts_of(metrics=["bleu"]))) == []


def test_each_metric_has_its_sentence() -> None:
    found = said(("chrf", "name", 0.12, 0.01), ("zzz", "name", -0.12, 0.01))
    assert [claim.text.split(" ")[3] for claim in found] == ["chrF", "zzz"]

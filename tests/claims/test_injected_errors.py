"""What injected errors show, in sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from harness.claims.claim import Claim
from harness.claims.injected_errors import (
    InjectedErrors,
    brief,
    by_notice,
    headline,
    noticed,
    per_cent,
    ranked,
)
from harness.claims.standings import ACCURACY
from harness.metrics import Batch, Level, Metric, Needs, SegmentScores
from harness.metrics.sacrebleu import ChrF
from harness.tables import INJECTIONS
from tests.support.agreement_rows import filled
from tests.support.claim_facts import Agreement, facts_of
from tests.support.judged_injections import judged
from tests.support.small import small


@dataclass(frozen=True)
class Constant(Metric):
    """Always 1."""

    name: str = "constant"
    needs = Needs()

    def signature(self, n_references: int, level: Level = "segment") -> str:
        return "constant"

    def score(self, batch: Batch) -> SegmentScores:
        return SegmentScores(np.ones(len(batch)))


def drops(*rows: tuple[str, str, int, float, float], metric: str = "m") -> pd.DataFrame:
    """INJECTIONS of one metric from injector, severity, n, accuracy and relative drop."""
    names = ("injector", "severity", "n", "accuracy", "relative_drop")
    made: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in rows]
    for row in made:
        row["tier"] = "measured" if row["n"] >= 30 else "n < 30"
    return filled(INJECTIONS, made, metric=metric, bases="refB")


ROWS = (
    ("negation", "major", 40, 0.9, 0.03),
    ("digit", "major", 50, 0.95, 0.2),
    ("final_stop", "minor", 60, 0.5, 0.001),
    ("rare", "major", 2, 0.0, -0.5),
)


def test_the_headline_says_what_the_table_says() -> None:
    assert headline(drops(*ROWS), "BLEU") == (
        "Of 2 kinds of major error put into refB, BLEU took least off for “negation”, 3 % of what "
        "an unrelated sentence cost (n = 40); of 3 kinds it missed “final stop” most often (it "
        "preferred the text without the error in 50 % of the pairs, ties counting half; n = 60); 1 "
        "more kind has fewer than 30 pairs and is not ranked."
    )
    assert brief(drops(*ROWS), "BLEU") == (
        "BLEU took least off, of major errors, for “negation” (3 %; n = 40) and missed “final "
        "stop” most often (accuracy 50 %; n = 60)."
    )


def test_few_pairs_are_ranked_with_a_caution() -> None:
    few = drops(*[(name, severity, n // 5, a, d) for name, severity, n, a, d in ROWS])
    assert list(ranked(few)[0]["injector"]) == ["negation", "digit", "final_stop"]
    assert headline(few, "BLEU").endswith(
        "; no kind reaches 30 pairs, so this is a hint, not a measurement."
    )
    one = drops(("negation", "minor", 2, 0.5, math.nan))
    assert headline(one, "BLEU") == (
        "Of 1 kind of error BLEU missed “negation” most often (it preferred the text without the "
        "error in 50 % of the pairs, ties counting half; n = 2); no kind reaches 30 pairs, so this "
        "is a hint, not a measurement."
    )
    assert headline(drops(("x", "major", 0, math.nan, math.nan)), "BLEU") == ""
    assert brief(drops(("x", "major", 0, math.nan, math.nan)), "BLEU") == ""


def test_claims_compare_metrics() -> None:
    metrics: dict[str, Metric] = {"chrf": ChrF(), "constant": Constant()}
    result = judged(small(), metrics)
    facts = facts_of(metrics=list(metrics), sentinels=(), **result.tables)
    first, compared, severity = InjectedErrors().claims(facts)
    assert {c.kind for c in (first, compared, severity)} == {"described"}
    assert [c.in_verdict for c in (first, compared, severity)] == [False, True, False]
    enough = result.injections[result.injections["n"] >= 5]  # too few to rank by
    means = enough.groupby("metric")["accuracy"].mean()
    assert "on average over 3 kinds, few pairs each" in compared.text
    assert f"chrF {per_cent(means['chrf'])} and constant 50 %." in compared.text
    assert "chrF" in severity.text
    assert "constant" not in severity.text  # it has no relative drop
    assert {e.key["metric"] for e in first.evidence} == {"chrf"}
    assert {e.key["metric"] for e in compared.evidence} == {"chrf", "constant"}
    assert list(InjectedErrors().claims(facts_of(metrics=["chrf"]))) == []
    assert list(InjectedErrors().claims(facts_of(metrics=["bleu"], **result.tables))) == []


def test_where_agreement_is_known_injected_errors_are_no_verdict() -> None:
    rows = pd.concat([drops(*ROWS, metric=m) for m in ("bleu", "chrf")], ignore_index=True)
    made = Agreement(ACCURACY, {"chrf": 0.55, "bleu": 0.5}, {"bleu": 0.01})
    for facts, noted in (
        (facts_of(metrics=["bleu", "chrf"], injections=rows), 1),
        (facts_of(made, injections=rows), 0),
    ):
        claims = list(InjectedErrors().claims(facts))
        assert len(claims) == 3
        assert sum(c.in_verdict for c in claims) == noted


def test_kinds_are_compared_only_where_every_metric_has_them() -> None:
    """The mean of m without 'rare', which k lacks: (.9 + .95 + .5) / 3."""
    rows = [drops(*ROWS[:3], ("year", "major", 40, 0.0, 0.1)), drops(*ROWS[:3], metric="k")]
    both = pd.concat(rows, ignore_index=True)
    facts = facts_of(metrics=["m", "k"])
    assert noticed(both, ["m", "k"], facts) == (
        "Of injected errors, on average over 3 kinds, the metrics preferred the text without the "
        "error in this share of pairs (ties counting half; 50 % is chance; differences are not "
        "tested): m 78 % and k 78 %."
    )
    assert noticed(both, ["m"], facts) == ""
    apart = pd.concat([drops(ROWS[0]), drops(ROWS[1], metric="k")], ignore_index=True)
    assert noticed(apart, ["m", "k"], facts) == ""


def test_the_least_noticed_kind_comes_first() -> None:
    assert by_notice(drops(*ROWS)) == ["final_stop", "negation", "digit"]


def severity_claim(*rows: tuple[str, str, int, float, float], blind: str = "") -> Claim:
    """The last claim on the metrics m and k, which take the same off but for the kind ``blind``,
    for which k has no relative drop."""
    own = drops(*rows)
    other = own.assign(
        metric="k", relative_drop=own["relative_drop"].where(own["injector"] != blind)
    )
    both = pd.concat([own, other], ignore_index=True)
    return list(InjectedErrors().claims(facts_of(metrics=["m", "k"], injections=both)))[-1]


def test_severity_is_judged_on_the_ranked_kinds() -> None:
    # "rare" would cost less than "final stop", but has two pairs.
    assert severity_claim(*ROWS).text == (
        "A major kind of error cost more than a minor one in m 100 % and k 100 % of the "
        "comparisons (2 major and 1 minor kind; 50 %: no regard to severity)."
    )


def test_severity_of_few_pairs_is_a_hint() -> None:
    few = [(name, severity, n // 5, a, d) for name, severity, n, a, d in ROWS]
    assert severity_claim(*few).text.endswith(
        "(2 major and 1 minor kind; 50 %: no regard to severity; few pairs each, so this is a "
        "hint, not a measurement)."
    )
    fewer = [(name, severity, min(n, 4), a, d) for name, severity, n, a, d in ROWS]
    assert "A major kind" not in severity_claim(*fewer).text


def test_severity_is_judged_on_the_same_kinds_for_every_metric() -> None:
    rows = (*ROWS, ("article", "minor", 40, 0.5, 0.1))
    assert "m 75 % and k 75 %" in severity_claim(*rows).text
    assert "m 100 % and k 100 %" in severity_claim(*rows, blind="article").text
    assert "(2 major and 1 minor kind;" in severity_claim(*rows, blind="article").text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0301, "3 %"), (0.034, "3.4 %"), (0.126, "13 %"), (-0.004, "−0.4 %"), (-1e-9, "0 %")],
)
def test_per_cent(value: float, text: str) -> None:
    assert per_cent(value) == text

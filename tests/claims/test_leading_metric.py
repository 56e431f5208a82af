"""Every form of the sentences on which metric agrees more with the raters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.claims.claim import Claim, Facts
from harness.claims.leading_metric import LeadingMetric, SegmentVerdict, SystemVerdict
from harness.claims.standings import ACCURACY, PAIRS, PDP, PEARSON, SOFT
from tests.support.claim_facts import Agreement, facts_of

THREE = {"chrf": 0.55, "bleu": 0.5, "ter": 0.45}
BOTH = {"bleu": 0.01, "ter": 0.0004}
NONE = dict.fromkeys(BOTH, 0.2)
WINS = Agreement(ACCURACY, THREE, BOTH)
OPEN = replace(WINS, p=NONE)
FEW = "other documents, these 4 systems"


def only(facts: Facts, rule: Any = SegmentVerdict) -> Claim:
    (claim,) = rule().claims(facts)
    assert isinstance(claim, Claim)
    return claim


@pytest.mark.parametrize(
    ("made", "kind", "text"),
    [
        (WINS, "shown", "chrF agrees with the raters more than each of the other 2 metrics does."),
        (
            Agreement(ACCURACY, {"chrf": 0.55, "bleu": 0.5}, {"bleu": 0.01}),
            "shown",
            "chrF agrees with the raters more than BLEU does.",
        ),
        (
            replace(WINS, p={"bleu": 0.2, "ter": 0.01}),
            "shown",
            "chrF has the highest value and is shown to agree with the raters more than TER; BLEU "
            "may be as good; on 9 systems and 38 documents a difference of .020 between two "
            "metrics would most likely have been found.",
        ),
        (
            OPEN,
            "open",
            "chrF has the highest value, but is not shown to agree with the raters more than BLEU "
            "or TER; on 9 systems and 38 documents a difference of .020 between two metrics would "
            "most likely have been found.",
        ),
        (
            Agreement(ACCURACY, {"chrf": 0.55}),
            "shown",
            "chrF, the only metric, is shown to beat one score for everything.",
        ),
        (
            Agreement(ACCURACY, {"chrf": 0.55}, scope=FEW, n_systems=4),
            "shown",
            "chrF, the only metric, is shown to beat one score for everything (for these 4 "
            "systems only, too few to recommend a metric).",
        ),
        (
            Agreement(ACCURACY, {"chrf": 0.55}, beats=False, opponent="length"),
            "open",
            "no metric can be recommended: chrF has the highest value and is not shown to beat the "
            "sentinel length.",
        ),
        (
            replace(WINS, beats=False),
            "open",
            "no metric can be recommended: chrF has the highest value and is not shown to beat "
            "one score for everything.",
        ),
        (
            replace(OPEN, detectable=0.6),
            "open",
            "chrF has the highest value, but is not shown to agree with the raters more than BLEU "
            "or TER; on 9 systems and 38 documents even a difference as large as the highest value "
            "would not reliably have been found.",
        ),
        (
            replace(WINS, scope=FEW, n_systems=4),
            "shown",
            "chrF has the highest value and is shown to agree with the raters more than BLEU and "
            "TER (for these 4 systems only, too few to recommend a metric).",
        ),
        (
            replace(WINS, scope="other documents, these 9 systems", n_documents=5),
            "shown",
            "chrF has the highest value and is shown to agree with the raters more than BLEU and "
            "TER (for these 9 systems only: 5 documents are too few to recommend a metric).",
        ),
        (
            replace(WINS, p={"ter": 0.01}),
            "shown",
            "chrF has the highest value and is shown to agree with the raters more than TER; BLEU "
            "could not be tested.",
        ),
        (
            replace(WINS, scope="other segments and systems"),
            "shown",
            "chrF agrees with the raters more than each of the other 2 metrics does (documents are "
            "not known, so the tests take segments to be independent).",
        ),
        (
            replace(OPEN, scope="other segments and systems", n_documents=1),
            "open",
            "chrF has the highest value, but is not shown to agree with the raters more than BLEU "
            "or TER; on 9 systems and 400 segments a difference of .020 between two metrics would "
            "most likely have been found (documents are not known, so the tests take segments to "
            "be independent).",
        ),
        (
            Agreement(ACCURACY, THREE),
            "open",
            "it cannot be told which metric agrees more with the raters: the metrics were not "
            "tested.",
        ),
        (
            replace(WINS, values={"chrf": 0.55}, p={}, beside={"p_adjusted": float("nan")}),
            "open",
            "it cannot be told whether chrF, the only metric, beats one score for everything: the "
            "metrics were not tested.",
        ),
    ],
)
def test_the_verdict_by_one_statistic(made: Agreement, kind: str, text: str) -> None:
    claim = only(facts_of(made))
    assert claim.text == f"Within segments, by accuracy with ties, {text}"
    assert claim.kind == kind
    assert claim.in_verdict


@pytest.mark.parametrize(
    ("n_raters", "p", "who"),
    [(None, None, "the raters"), (8, 0.2, "these 8 raters"), (8, 0.01, "the raters")],
)
def test_whose_ratings_the_tests_speak_of(n_raters: int | None, p: float | None, who: str) -> None:
    """Where each document has one rater, tests over raters have to show as much."""
    made = replace(WINS, test={"n_raters": n_raters, "p_raters_adjusted": p})
    assert f"chrF agrees with {who} more than" in only(facts_of(made)).text


def test_the_published_tests_license_no_sentence() -> None:
    claim = only(facts_of(replace(WINS, holds_level=False)))
    assert "the published tests were asked for" in claim.text
    assert claim.kind == "open"


@pytest.mark.parametrize("sentinels", [(), ("random",)])
def test_without_sentinels_nobody_is_praised(sentinels: tuple[str, ...]) -> None:
    claim = only(facts_of(WINS, sentinels=sentinels))
    assert "it cannot be told which metric agrees more with the raters: the run lacks" in claim.text
    assert claim.kind == "open"


def test_too_few_systems_for_any_p() -> None:
    made = Agreement(
        PAIRS, THREE, dict.fromkeys(BOTH, 1.0), scope="other systems", smallest_p=0.375, n_systems=4
    )
    claim = only(facts_of(made), SystemVerdict)
    assert claim.text == (
        "On whole systems, by pairwise accuracy, nothing can be shown on 4 systems, however large "
        "the difference between two metrics."
    )
    assert claim.kind == "open"


def test_two_statistics_that_say_the_same_are_said_once() -> None:
    claim = only(facts_of(WINS, replace(WINS, asked=PEARSON)))
    assert claim.text == (
        "Within segments, by accuracy with ties and Pearson's correlation, chrF agrees with the "
        "raters more than each of the other 2 metrics does."
    )
    assert len(claim.evidence) == 2 * 3


def test_two_statistics_that_differ_are_both_said() -> None:
    claim = only(facts_of(WINS, replace(OPEN, asked=PEARSON)))
    assert claim.text == (
        "Within segments: by accuracy with ties, chrF agrees with the raters more than each of the "
        "other 2 metrics does; by Pearson's correlation, chrF has the highest value, but is not "
        "shown to agree with the raters more than BLEU or TER."
    )
    assert claim.kind == "shown"


def test_whole_systems_are_judged_by_the_better_of_two_statistics() -> None:
    both = facts_of(replace(WINS, asked=SOFT), replace(OPEN, asked=PAIRS))
    assert only(both, SystemVerdict).text.startswith(
        "On whole systems, by soft pairwise accuracy, chrF agrees"
    )
    pairs = facts_of(replace(OPEN, asked=PAIRS))
    assert "by pairwise accuracy, chrF has the highest" in only(pairs, SystemVerdict).text
    assert list(SystemVerdict().claims(facts_of(WINS))) == []
    assert list(SegmentVerdict().claims(facts_of(replace(WINS, asked=SOFT)))) == []


def test_many_metrics_are_counted() -> None:
    names = [f"m{i:02d}" for i in range(28)]
    values = {name: 0.6 - 0.01 * i for i, name in enumerate(names)}
    few, most = names[1:4], names[4:]
    p = {**dict.fromkeys(few, 0.2), **dict.fromkeys(most, 0.01)}
    made = Agreement(ACCURACY, values, p)
    (claim,) = LeadingMetric().claims(facts_of(made))
    assert "m04 (.560), m05 (.550), m06 (.540), m07 (.530), m08 (.520) and 19 more" in claim.text
    assert "m01, m02 and m03 may be as good" in claim.text
    other = replace(made, p=dict.fromkeys(names[1:], 0.2))
    assert "more than m01, m02, m03, m04, m05 or 22 more" in only(facts_of(other)).text
    winner = replace(made, p=dict.fromkeys(names[1:], 0.01))
    assert "each of the other 27 metrics" in only(facts_of(winner)).text


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (
            WINS,
            "chrF (.550) agrees with the raters more than each of the other 2 metrics does; the "
            "next is BLEU (.500; adjusted p = .010).",
        ),
        (
            Agreement(ACCURACY, {"chrf": 0.55}),
            "chrF (.550), the only metric, is shown to beat one score for everything (.400; "
            "adjusted p = .002).",
        ),
        (
            replace(WINS, beats=False, opponent="length"),
            "no metric can be recommended: chrF has the highest value (.550) and is not shown to "
            "beat the sentinel length (.400; adjusted p = .600); it is shown to agree with the "
            "raters more than BLEU (.500) and TER (.450).",
        ),
        (
            replace(OPEN, detectable=0.1),
            "chrF (.550) has the highest value, but is not shown to agree with the raters more "
            "than BLEU or TER; on 9 systems and 38 documents a difference of .100 between two "
            "metrics would most likely have been found; to find one of .050, as here, takes about "
            "4 times as many of both.",
        ),
        (
            replace(OPEN, values={**THREE, "bleu": 0.549}, detectable=0.1),
            "chrF (.550) has the highest value, but is not shown to agree with the raters more "
            "than BLEU or TER; on 9 systems and 38 documents a difference of .100 between two "
            "metrics would most likely have been found; to find one of .001, as here, takes more "
            "than 100 times as many of both.",
        ),
        (
            replace(WINS, p={"bleu": 0.2, "ter": 0.01}),
            "chrF (.550) has the highest value and is shown to agree with the raters more than TER "
            "(.450); BLEU may be as good; on 9 systems and 38 documents a difference of .020 "
            "between two metrics would most likely have been found.",
        ),
    ],
)
def test_the_standing_in_full(made: Agreement, text: str) -> None:
    (claim,) = LeadingMetric().claims(facts_of(made))
    assert claim.text == f"Within segments, by accuracy with ties: {text}"
    assert not claim.in_verdict


def test_a_claim_for_each_statistic_of_the_run() -> None:
    asked = (PAIRS, SOFT, PDP, PEARSON, ACCURACY)
    claims = list(LeadingMetric().claims(facts_of(*(replace(WINS, asked=a) for a in asked))))
    assert [c.text.partition(":")[0] for c in claims] == [
        "Within segments, by accuracy with ties",
        "Within segments, by Pearson's correlation",
        "Within segments, by PDP Pearson",
        "On whole systems, by soft pairwise accuracy",
        "On whole systems, by pairwise accuracy",
    ]
    assert list(LeadingMetric().claims(facts_of(metrics=["bleu"]))) == []

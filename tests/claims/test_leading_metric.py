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
        (WINS, "shown", "chrF agrees with the ratings more than each of the other 2 metrics does."),
        (
            Agreement(ACCURACY, {"chrf": 0.55, "bleu": 0.5}, {"bleu": 0.01}),
            "shown",
            "chrF agrees with the ratings more than BLEU does.",
        ),
        (
            replace(WINS, p={"bleu": 0.2, "ter": 0.01}),
            "shown",
            "chrF has the highest value and is shown to agree with the ratings more than TER; BLEU "
            "is not told apart from it; on 9 systems and 38 documents a metric 2.0 "
            "percentage points below the "
            "leading metric would most likely have been told apart from it.",
        ),
        (
            OPEN,
            "open",
            "no metric is told apart: chrF has the highest value, and BLEU and TER are not told "
            "apart from it; on 9 systems and 38 documents a metric 2.0 "
            "percentage points below the leading metric "
            "would most likely have been told apart from it.",
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
            "no metric is told apart: chrF has the highest value, and BLEU and TER are not told "
            "apart from it; on 9 systems and 38 documents not even a metric at chance could "
            "reliably be told apart from the leading metric.",
        ),
        (
            replace(WINS, scope=FEW, n_systems=4),
            "shown",
            "chrF has the highest value and is shown to agree with the ratings more than BLEU and "
            "TER (for these 4 systems only, too few to recommend a metric).",
        ),
        (
            replace(WINS, scope="other documents, these 9 systems", n_documents=5),
            "shown",
            "chrF has the highest value and is shown to agree with the ratings more than BLEU and "
            "TER (for these 9 systems only: 5 documents are too few to recommend a metric).",
        ),
        (
            replace(WINS, p={"ter": 0.01}),
            "shown",
            "chrF has the highest value and is shown to agree with the ratings more than TER; BLEU "
            "could not be tested.",
        ),
        (
            replace(WINS, scope="other segments and systems"),
            "shown",
            "chrF agrees with the ratings more than each of the other 2 metrics does (documents "
            "are not known, so the tests take segments to be independent).",
        ),
        (
            replace(OPEN, scope="other segments and systems", n_documents=1),
            "open",
            "no metric is told apart: chrF has the highest value, and BLEU and TER are not told "
            "apart from it; on 9 systems and 400 segments a metric 2.0 "
            "percentage points below the leading metric "
            "would most likely have been told apart from it (documents are not known, so the "
            "tests take segments to be independent).",
        ),
        (
            Agreement(ACCURACY, THREE),
            "open",
            "it cannot be told which metric agrees more with the ratings: the metrics were not "
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
    [(None, None, "the ratings"), (8, 0.2, "these 8 raters"), (8, 0.01, "the raters")],
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
    assert (
        "it cannot be told which metric agrees more with the ratings: the run lacks" in claim.text
    )
    assert claim.kind == "open"


def test_too_few_systems_for_any_p() -> None:
    made = Agreement(
        PAIRS, THREE, dict.fromkeys(BOTH, 1.0), scope="other systems", smallest_p=0.375, n_systems=4
    )
    claim = only(facts_of(made), SystemVerdict)
    assert claim.text == (
        "On whole systems, by pairwise accuracy, nothing can be shown: with 3 metrics and 4 "
        "systems the smallest adjusted p that is possible is .375."
    )
    assert claim.kind == "open"


def test_two_statistics_that_say_the_same_are_said_once() -> None:
    claim = only(facts_of(WINS, replace(WINS, asked=PEARSON)))
    assert claim.text == (
        "Within segments, by accuracy with ties and Pearson's correlation, chrF agrees with the "
        "ratings more than each of the other 2 metrics does."
    )
    assert len(claim.evidence) == 2 * 3


def test_two_statistics_that_differ_are_both_said() -> None:
    claim = only(facts_of(WINS, replace(OPEN, asked=PEARSON)))
    assert claim.text == (
        "Within segments: by accuracy with ties, chrF agrees with the ratings more than each of "
        "the other 2 metrics does; by Pearson's correlation, no metric is told apart: chrF has the "
        "highest value, and BLEU and TER are not told apart from it."
    )
    assert claim.kind == "shown"


def test_whole_systems_are_judged_by_the_better_of_two_statistics() -> None:
    both = facts_of(replace(WINS, asked=SOFT), replace(OPEN, asked=PAIRS))
    assert only(both, SystemVerdict).text.startswith(
        "On whole systems, by soft pairwise accuracy, chrF agrees"
    )
    pairs = facts_of(replace(OPEN, asked=PAIRS))
    assert "by pairwise accuracy, no metric is told apart: chrF" in only(pairs, SystemVerdict).text
    assert list(SystemVerdict().claims(facts_of(WINS))) == []
    assert list(SegmentVerdict().claims(facts_of(replace(WINS, asked=SOFT)))) == []


def test_many_metrics_are_counted() -> None:
    names = [f"m{i:02d}" for i in range(28)]
    values = {name: 0.6 - 0.01 * i for i, name in enumerate(names)}
    few, most = names[1:4], names[4:]
    p = {**dict.fromkeys(few, 0.2), **dict.fromkeys(most, 0.01)}
    made = Agreement(ACCURACY, values, p)
    (claim,) = LeadingMetric().claims(facts_of(made))
    assert (
        "m04 (56.0 %), m05 (55.0 %), m06 (54.0 %), m07 (53.0 %), m08 (52.0 %) and 19 more"
        in claim.text
    )
    assert "; m01, m02 and m03 are not told apart from it; on" in claim.text
    other = replace(made, p=dict.fromkeys(names[1:], 0.2))
    assert ", and 27 others are not told apart from it; on" in only(facts_of(other)).text
    winner = replace(made, p=dict.fromkeys(names[1:], 0.01))
    assert "each of the other 27 metrics" in only(facts_of(winner)).text


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (
            WINS,
            "chrF (55.0 %) agrees with the ratings more than each of the other 2 metrics does; the "
            "next is BLEU (50.0 %; adjusted p = .010).",
        ),
        (
            Agreement(ACCURACY, {"chrf": 0.55}),
            "chrF (55.0 %), the only metric, is shown to beat one score for everything (40.0 %; "
            "adjusted p = .002).",
        ),
        (
            replace(WINS, beats=False, opponent="length"),
            "no metric can be recommended: chrF (55.0 %) has the highest value and is not shown to "
            "beat the sentinel length (40.0 %; adjusted p = .600).",
        ),
        (
            replace(OPEN, detectable=0.1),
            "no metric is told apart: chrF (55.0 %) has the highest value, and BLEU and TER are "
            "not told apart from it; on 9 systems and 38 documents a metric 10.0 "
            "percentage points below the leading "
            "metric would most likely have been told apart from it.",
        ),
        (
            replace(OPEN, row={"chance": 0.5}, detectable=0.06),
            "no metric is told apart: chrF (55.0 %) has the highest value, and BLEU and TER are "
            "not told apart from it; on 9 systems and 38 documents not even a metric at chance "
            "could "
            "reliably be told apart from the leading metric.",
        ),
        (
            replace(WINS, p={"bleu": 0.2, "ter": 0.01}),
            "chrF (55.0 %) has the highest value and is shown to agree with the ratings more than "
            "TER (45.0 %); BLEU is not told apart from it; on 9 systems and 38 documents a metric "
            "2.0 percentage points below the leading metric would most likely have been told "
            "apart from it.",
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


def test_equal_leaders_are_named_together_and_one_speaks_for_the_tests() -> None:
    equal = {"bleu": 0.55, "chrf": 0.55, "ter": 0.45}
    made = Agreement(ACCURACY, equal, {"chrf": 0.9, "ter": 0.01}, detectable=float("nan"))
    place = "Within segments, by accuracy with ties, "
    assert only(facts_of(made)).text == (
        f"{place}BLEU and chrF have the highest value, and BLEU is shown to agree with the ratings "
        "more than TER."
    )
    assert only(facts_of(replace(made, p={"chrf": 0.9, "ter": 0.3}))).text == (
        f"{place}no metric is told apart: BLEU and chrF have the highest value, and TER is not "
        "told apart from BLEU."
    )
    assert only(
        facts_of(replace(made, values={"bleu": 0.5, "chrf": 0.5}, p={"chrf": 1.0}))
    ).text == (f"{place}no metric is told apart: BLEU and chrF have the highest value.")
    assert only(facts_of(replace(made, beats=False))).text == (
        f"{place}no metric can be recommended: BLEU and chrF have the highest value and are not "
        "shown to beat one score for everything."
    )


def with_beaten(made: Agreement, *beating: str) -> Facts:
    """Facts where other metrics than the leading one are shown to beat the sentinels."""
    others = [{**made.sentinels[0], "metric": m, "beats": True} for m in beating]
    return facts_of(made, sentinel_tests=[*made.sentinels, *others])


def test_a_leader_that_beats_no_sentinel_stands_beside_metrics_that_do() -> None:
    made = replace(WINS, beats=False, opponent="length")
    place = "Within segments, by accuracy with ties, "
    claim = only(with_beaten(made, "bleu"))
    assert claim.text == (
        f"{place}chrF has the highest value and is not shown to beat the sentinel length; BLEU is "
        "shown to beat it."
    )
    assert claim.kind == "open"
    assert only(with_beaten(made, "bleu", "ter")).text.endswith(
        "; BLEU and TER are shown to beat it."
    )
    below = replace(made, beside={"opponent_value": 0.6})
    assert only(facts_of(below)).text == (
        f"{place}no metric can be recommended: chrF has the highest value and lies below the "
        "sentinel length."
    )
    equal = Agreement(
        ACCURACY, {"bleu": 0.55, "chrf": 0.55}, {"chrf": 1.0}, beats=False, opponent="length",
        detectable=float("nan"),
    )  # fmt: skip
    assert only(with_beaten(equal, "chrf")).text == (
        f"{place}BLEU has the highest value and is not shown to beat the sentinel length; chrF is "
        "shown to beat it."
    )


def test_ties_of_their_own_are_said_and_are_no_sign_of_being_worse() -> None:
    ties = {"epsilon": 0.0, "tie_rate": 0.6, "human_tie_rate": 0.4}
    pearson = replace(OPEN, asked=PEARSON)
    facts = facts_of(replace(WINS, row=ties), pearson)
    (claim, _) = LeadingMetric().claims(facts)
    assert claim.text == (
        "Within segments, by accuracy with ties: no metric is told apart: chrF (55.0 %) has the "
        "highest value; BLEU and TER are left aside: they tie more often than the raters do, which "
        "accuracy with ties punishes, and by Pearson's correlation they are not shown to be worse."
    )
    assert claim.kind == "open" and len(claim.evidence) == 3
    both = replace(OPEN, asked=PEARSON, p={"bleu": 0.2, "ter": 0.01})
    text = only(facts_of(replace(WINS, row=ties), both)).text
    assert "more than TER; BLEU is left aside: it ties more often than the raters do" in text
    assert "by Pearson's correlation it is not shown to be worse; by Pearson's" in text

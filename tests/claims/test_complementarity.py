"""What is said of two metrics together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.claims.claim import Claim, Facts
from harness.claims.complementarity import Complementarity
from tests.support.claim_facts import Judged, category_facts

SEEN, UNSEEN = (0.7, 0.001), (0.52, 0.4)
TOGETHER, APART = (0.72, 0.01, 0.02, 0.3), (0.55, 0.2, -0.03, 0.9)
NO_GAIN = "No pair is shown to be more accurate on a kind of error than the better of its two."


def made(alone: Mapping[str, str], together: Mapping[tuple[str, str], str], **row: Any) -> Facts:
    """Metric, or two metrics -> the categories, by their first letters, that they are shown to
    see."""
    names = {"m": "meaning", "n": "name", "o": "omission"}
    return category_facts(
        *(
            Judged(
                name,
                {metric: SEEN if letter in seen else UNSEEN for metric, seen in alone.items()},
                together={
                    pair: TOGETHER if letter in seen else APART for pair, seen in together.items()
                },
                **row,
            )
            for letter, name in names.items()
        )
    )


def said(facts: Facts) -> Claim:
    (claim,) = Complementarity().claims(facts)
    return claim


def test_a_pair_that_sees_more() -> None:
    facts = made(
        {"bleu": "m", "chrf": "no", "ter": ""},
        {("bleu", "chrf"): "mno", ("bleu", "ter"): "m", ("chrf", "ter"): "n"},
    )
    claim = said(facts)
    assert claim.text == (
        "Two metrics together are shown to see at most 3 of the 3 kinds of error that can be "
        "judged: BLEU with chrF (meaning, name and omission); one metric alone at most 2: chrF "
        f"(name and omission). {NO_GAIN}"
    )
    assert claim.kind == "shown" and not claim.in_verdict
    assert [(e.table, e.key["category"]) for e in claim.evidence] == [
        (table, category)
        for table in ("metric_pairs", "categories")
        for category in ("meaning", "name", "omission")
    ]
    assert claim.evidence[0].key["metric_2"] == "chrf"
    assert claim.evidence[0].numbers["p_holm"] == 0.01


def test_of_many_pairs_two_are_named() -> None:
    pairs = {("bleu", "chrf"): "mn", ("bleu", "ter"): "mo", ("chrf", "ter"): "no"}
    facts = made({"bleu": "m", "chrf": "n", "ter": "o"}, pairs)
    assert said(facts).text.startswith(
        "Two metrics together are shown to see at most 2 of the 3 kinds of error that can be "
        "judged: BLEU with chrF, BLEU with TER and 1 more; one metric alone at most 1: BLEU, chrF "
        "and 1 more. "
    )


def test_no_pair_sees_more() -> None:
    alone = {"bleu": "mn", "chrf": "m"}
    same = "No two metrics together are shown to see more of the 3 kinds of error that can be "
    same += "judged than one metric alone"
    tests = "; p is adjusted over 3 tests of pairs, 6 of metrics alone. "
    for together in ("mo", "m", ""):  # as many, fewer, none
        claim = said(made(alone, {("bleu", "chrf"): together}))
        assert claim.text == f"{same}{tests}{NO_GAIN}"
        assert claim.kind == "open"


def test_nothing_is_seen() -> None:
    claim = said(made({"bleu": "", "chrf": ""}, {("bleu", "chrf"): ""}))
    assert claim.kind == "open"
    assert claim.text == (
        "No metric alone and no two metrics together are shown to see any of the 3 kinds of error "
        f"that can be judged. {NO_GAIN}"
    )
    together = said(made({"bleu": "", "chrf": ""}, {("bleu", "chrf"): "m"}))
    assert together.kind == "shown"
    assert "BLEU with chrF (meaning); no metric alone is shown to see any. " in together.text


def test_below_chance_is_not_seen() -> None:
    low = (0.3, 0.001, -0.2, 0.01)
    judged = [
        Judged(name, {"bleu": UNSEEN, "chrf": UNSEEN}, together={("bleu", "chrf"): low})
        for name in ("meaning", "name")
    ]
    claim = said(category_facts(*judged))
    assert claim.kind == "open" and claim.text.endswith(NO_GAIN)


def test_only_a_gain_that_a_test_licenses_is_called_one() -> None:
    """The clearest category of the pair is named, by its p."""
    metrics = {"bleu": SEEN, "chrf": SEEN, "ter": SEEN}
    shown, clearer = (0.75, 0.01, 0.05, 0.04), (0.74, 0.01, 0.04, 0.01)
    unclear = (0.9, 0.01, 0.2, 0.06)
    judged = [
        Judged("meaning", metrics, together={("bleu", "chrf"): shown, ("bleu", "ter"): unclear}),
        Judged("name", metrics, together={("bleu", "chrf"): clearer, ("bleu", "ter"): unclear}),
    ]
    claim = said(category_facts(*judged))
    assert claim.text.endswith(
        " 1 of 2 pairs is shown to be more accurate on some kind of error than either metric of "
        "the pair: BLEU with chrF on name."
    )
    clearest = [e for e in claim.evidence if e.numbers.get("gain_p_holm") == 0.01]
    assert [(e.key["category"], e.key["metric_2"]) for e in clearest] == [("name", "chrf")]


def test_one_rater_is_said() -> None:
    facts = made({"bleu": "m", "chrf": ""}, {("bleu", "chrf"): "mn"}, tier="one rater")
    assert said(facts).text.endswith(
        "; too few translations have two raters to tell whether raters agree on categories, and "
        "other raters may mark other errors."
    )


def test_nothing_is_said_without_pairs_or_of_one_category() -> None:
    assert list(Complementarity().claims(Facts({}))) == []
    assert list(Complementarity().claims(made({"bleu": "m"}, {}))) == []
    one = Judged("name", {"bleu": SEEN, "chrf": SEEN}, together={("bleu", "chrf"): TOGETHER})
    assert list(Complementarity().claims(category_facts(one))) == []
    few = made({"bleu": "m", "chrf": ""}, {("bleu", "chrf"): "mn"}, tier="too few")
    assert list(Complementarity().claims(few)) == []

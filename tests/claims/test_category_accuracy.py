"""What is said of kinds of error, by hand-made rows and on analyses of made-up sets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from harness.claims.category_accuracy import CategoryAccuracies, CategoryVerdict, SystemIdentity
from harness.claims.category_rows import categories_of
from harness.claims.claim import Claim, Facts
from harness.error_categories.analysis import CategoryResult, categories
from tests.support.claim_facts import Judged, category_facts, facts_of, metric_rows
from tests.support.made_categories import Made, made_test_set, penalties_of, scores_of

SEEN = {"chrf": (0.7, 0.001), "bleu": (0.6, 0.03)}
UNSEEN = {"chrf": (0.54, 0.4), "bleu": (0.52, 0.9)}


def said(facts: Facts, rule: Any = CategoryAccuracies) -> list[str]:
    return [claim.text for claim in rule().claims(facts)]


def only(facts: Facts, rule: Any = CategoryVerdict) -> Claim:
    (claim,) = rule().claims(facts)
    assert isinstance(claim, Claim)
    return claim


@pytest.mark.parametrize(
    ("judged", "text"),
    [
        (
            Judged("omission", SEEN),
            "Omission: chrF 70.0 % [65, 75] and BLEU are shown to see it; BLEU is not shown to be "
            "less accurate.",
        ),
        (
            Judged("omission", SEEN, against={("chrf", "bleu"): (0.1, 0.01)}),
            "Omission: chrF 70.0 % [65, 75] and BLEU are shown to see it; chrF is shown to be more "
            "accurate than the other metric.",
        ),
        (
            Judged("omission", {**SEEN, "bleu": (0.55, 0.2)}),
            "Omission: chrF 70.0 % [65, 75] is shown to see it, BLEU is not (an accuracy of 58.0 % "
            "would most likely have been found); BLEU is not shown to be less accurate.",
        ),
        (
            Judged("omission", UNSEEN),
            "Omission: no metric is shown to see it, the most accurate is chrF 54.0 % [49, 59] (an "
            "accuracy of 58.0 % would most likely have been found); BLEU is not shown to be less "
            "accurate.",
        ),
        (
            Judged("omission", {"chrf": (0.7, 0.001)}),
            "Omission: chrF 70.0 % [65, 75] is shown to see it.",
        ),
        (
            Judged("omission", {"chrf": (0.54, 0.4)}),
            "Omission: chrF 54.0 % [49, 59] is not shown to see it (an accuracy of 58.0 % would "
            "most likely have been found).",
        ),
        (
            Judged("omission", {**SEEN, "ter": (0.58, 0.04)}),
            "Omission: chrF 70.0 % [65, 75], BLEU and TER are shown to see it; no metric is shown "
            "to be less accurate than chrF.",
        ),
        (
            Judged("omission", {"chrf": (0.7, 0.001)}, {"length": (0.76, 0.01)}),
            "Omission: chrF 70.0 % [65, 75] is shown to see it; the sentinel length gets 76.0 % "
            "[71, 81].",
        ),
        (
            Judged("omission", {"chrf": (0.7, 0.001)}, {"length": (0.76, 0.06)}),
            "Omission: chrF 70.0 % [65, 75] is shown to see it.",
        ),
        (
            Judged("non_translation", {"chrf": (0.7, 0.001)}, note="raters agree weakly"),
            "Non translation: chrF 70.0 % [65, 75] is shown to see it; raters agree weakly.",
        ),
    ],
)
def test_of_a_category(judged: Judged, text: str) -> None:
    assert said(category_facts(judged)) == [text]


def test_a_held_out_rater_stands_beside_the_most_accurate_metric() -> None:
    judged = Judged("omission", {"chrf": (0.7, 0.001)}, human=0.64)
    facts = category_facts(judged, on_held_out={"omission": {"chrf": 0.65}})
    assert said(facts) == [
        "Omission: chrF 70.0 % [65, 75] is shown to see it; a held-out rater gets 64.0 %, chrF "
        "65.0 % on the same labels."
    ]
    assert "held-out" not in said(category_facts(judged))[0]


def test_a_wide_interval_is_not_called_seeing() -> None:
    """The highest value may be the less certain one."""
    judged = Judged("meaning", {"wide": (0.7, 0.2), "narrow": (0.6, 0.03)})
    assert said(category_facts(judged))[0].startswith(
        "Meaning: narrow 60.0 % [55, 65] is shown to see it, wide 70.0 % [65, 75] is not (an "
        "accuracy "
    )


def test_what_would_have_been_found_is_the_median_of_the_metrics() -> None:
    facts = category_facts(Judged("omission", {"chrf": (0.54, 0.4), "bleu": (0.52, 0.9)}))
    rows = facts.tables["categories"]
    rows.loc[rows["metric"] == "bleu", "detectable"] = 0.64
    assert "an accuracy of 61.0 % would most likely" in said(facts)[0]


def test_a_metric_that_is_better_where_both_have_scores_is_not_called_worse() -> None:
    """The difference of a pair is on the translations that both scored; its sign counts."""
    for pair, difference, worse in (
        (("chrf", "bleu"), 0.1, ["bleu"]),
        (("bleu", "chrf"), -0.1, ["bleu"]),
        (("chrf", "bleu"), -0.1, []),
        (("bleu", "chrf"), 0.1, []),
    ):
        found = categories_of(
            category_facts(Judged("omission", SEEN, against={pair: (difference, 0.01)}))
        )
        assert found is not None
        assert found[1][0].worse == worse


def test_what_cannot_be_judged() -> None:
    facts = category_facts(
        Judged("style", SEEN, tier="unreliable", label=0.51),
        Judged("addition", SEEN, tier="too few"),
        Judged("omission", SEEN),
    )
    assert said(facts)[-1] == (
        "Not judged: style (raters are not shown to agree beyond chance, label 51.0 % [46, 56]) "
        "and addition (3.0 effective pairs: fewer than 50); more annotations or injected errors "
        "are needed."
    )
    assert "style" not in only(facts).text
    unscored = category_facts(Judged("style", {"chrf": (float("nan"), float("nan"))}))
    assert said(unscored)[0].startswith("Not judged: style (no metric has scores on enough of")
    assert said(unscored, CategoryVerdict) == []


@pytest.mark.parametrize(
    ("judged", "n_documents", "text"),
    [
        ([Judged("other", SEEN)], 20,
         "The annotations name no categories of error, so no category can be judged."),
        ([], 20, "No error is marked in the rated translations, so no category can be judged."),
        ([], 0, "No machine translation is rated; more annotations or injected errors are needed."),
        ([Judged("omission", SEEN)], 9,
         "9 documents: fewer than 10, so no category can be judged from these ratings: injection "
         "only (more annotations or injected errors are needed)."),
    ],
)  # fmt: skip
def test_why_no_category_can_be_judged(judged: list[Judged], n_documents: int, text: str) -> None:
    facts = category_facts(*judged, n_documents=n_documents)
    (claim,) = CategoryAccuracies().claims(facts)
    assert (claim.kind, claim.text) == ("open", text)
    assert said(facts, CategoryVerdict) == said(facts, SystemIdentity) == []


def test_without_the_analysis_nothing_is_said() -> None:
    facts = facts_of(metrics=["bleu"])
    for rule in (CategoryAccuracies, CategoryVerdict, SystemIdentity):
        assert said(facts, rule) == []


# ----------------------------------------------------------------------------- the verdict


MANY = {name: (0.7 - 0.01 * i, 0.01) for i, name in enumerate("abcdefg")}


@pytest.mark.parametrize(
    ("judged", "kind", "text"),
    [
        (
            [Judged("omission", MANY), Judged("number", {**MANY, "g": (0.5, 1.0)})],
            "shown",
            "By category, on these systems, metrics are shown to see errors of omission (7 of 7) "
            "and number (6).",
        ),
        (
            [Judged("omission", SEEN), Judged("style", {"chrf": (0.6, 0.01), "bleu": (0.5, 1)})],
            "shown",
            "By category, on these systems, metrics are shown to see errors of omission (chrF and "
            "BLEU) and style (chrF).",
        ),
        (
            [Judged("omission", SEEN), Judged("style", UNSEEN), Judged("name", UNSEEN)],
            "shown",
            "By category, on these systems, metrics are shown to see errors of omission (chrF and "
            "BLEU); none is shown to see errors of style or name, where an accuracy of 58 % would "
            "most likely have been found.",
        ),
        (
            [Judged("style", UNSEEN), Judged("name", UNSEEN, detectable=0.62)],
            "open",
            "By category, on these systems, no metric is shown to see errors of style or name, "
            "where an accuracy of 58 to 62 % would most likely have been found.",
        ),
        (
            [Judged("omission", {"chrf": (0.7, 0.01)}), Judged("style", {"chrf": (0.5, 1.0)})],
            "shown",
            "By category, on these systems, chrF is shown to see errors of omission; it is not "
            "shown to see errors of style, where an accuracy of 58 % would most likely have been "
            "found.",
        ),
        (
            [Judged("style", {"chrf": (0.5, 1.0)}, detectable=float("nan"))],
            "open",
            "By category, on these systems, chrF is not shown to see errors of style.",
        ),
        (
            [Judged("omission", SEEN, {"length": (0.76, 0.01)}), Judged("name", MANY)],
            "shown",
            "By category, on these systems, metrics are shown to see errors of omission (chrF and "
            "BLEU, none above the sentinel length: 76 %) and name (7 of 9).",
        ),
        (
            [Judged("omission", SEEN, {"length": (0.69, 0.01)})],
            "shown",
            "By category, on these systems, metrics are shown to see errors of omission (chrF and "
            "BLEU).",
        ),
        (
            [Judged("omission", SEEN, tier="one rater")],
            "shown",
            "By category, on these systems and by these raters, metrics are shown to see errors of "
            "omission (chrF and BLEU); too few translations have two raters to tell whether raters "
            "agree on categories, and other raters may mark other errors.",
        ),
        (
            [
                Judged("omission", SEEN, tier="one rater", for_others={"chrf": 0.01, "bleu": 0.2}),
                Judged("name", SEEN, tier="one rater", for_others={"chrf": 0.2, "bleu": 0.2}),
            ],
            "shown",
            "By category, on these systems and by these raters, metrics are shown to see errors of "
            "omission (chrF and BLEU) and name (chrF and BLEU); shown for other raters too (one "
            "of 8 left out at a time): omission (1); too few translations have two raters to tell "
            "whether raters agree on categories.",
        ),
        (
            [Judged("omission", SEEN, tier="one rater", for_others=dict.fromkeys(SEEN, 0.06))],
            "shown",
            "By category, on these systems and by these raters, metrics are shown to see errors of "
            "omission (chrF and BLEU); none of this is shown for other raters (one of 8 left out "
            "at a time); too few translations have two raters to tell whether raters agree on "
            "categories.",
        ),
    ],
)
def test_the_verdict_on_categories(judged: list[Judged], kind: str, text: str) -> None:
    claim = only(category_facts(*judged))
    assert claim.text == text
    assert claim.kind == kind
    assert claim.in_verdict and claim.evidence


@pytest.mark.parametrize(
    ("chrf", "bleu", "pair", "text"),
    [
        (0.01, 0.04, 0.2, "for other raters too (one of 8 left out at a time), 2 are shown to see "
         "it, none is to be less accurate."),
        (0.01, 0.06, 0.04, "for other raters too (one of 8 left out at a time), 1 is shown to see "
         "it, 1 is to be less accurate."),
        (0.06, 0.06, 0.06, "none of this is shown for other raters (one of 8 left out at a time)."),
    ],
)  # fmt: skip
def test_what_holds_for_other_raters(chrf: float, bleu: float, pair: float, text: str) -> None:
    both = ("chrf", "bleu")
    judged = Judged(
        "omission",
        SEEN,
        tier="one rater",
        against={both: (0.1, 0.01)},
        for_others={"chrf": chrf, "bleu": bleu},
        against_for_others={both: pair},
    )
    (claim,) = CategoryAccuracies().claims(category_facts(judged))
    assert claim.text.endswith(f"than the other metric; {text}")
    first = claim.evidence[0]
    assert (first.numbers["p_raters_holm"], first.numbers["n_raters"]) == (chrf, 8)


# ------------------------------------------------------------------------ system identity


def test_what_plain_accuracy_would_reward() -> None:
    """Two categories of 100 pairs: chrF (.7 + .6) / 2, system identity (.8 + .6) / 2."""
    facts = category_facts(
        Judged("omission", {"chrf": (0.7, 0.01)}, identity=0.8),
        Judged("style", {"chrf": (0.6, 0.01)}, identity=0.6),
    )
    pairs, identity = said(facts, SystemIdentity)
    assert pairs.startswith("200 of the 900 pairs of translations that differ in text")
    assert identity == (
        "A score that knows only which system it looks at gets 70.0 % plain accuracy on these "
        "pairs, more than any metric (chrF: 65.0 %); so the accuracies are balanced over pairs of "
        "systems, where it gets 50 %."
    )
    evidence = list(SystemIdentity().claims(facts))[1].evidence
    assert [e.numbers["plain_accuracy"] for e in evidence] == [0.8, 0.7, 0.6, 0.6]
    assert len(said(category_facts(Judged("omission", SEEN)), SystemIdentity)) == 1


# ------------------------------------------------------------------ on analyses of made-up sets


def facts_from(
    result: CategoryResult, metrics: Any = ("good", "poor"), labels: Any = None
) -> Facts:
    tables = {
        "metrics": metric_rows(metrics, ["length"]),
        "categories": result.categories,
        "category_tests": result.tests,
    }
    return Facts(tables, labels or {}, first_view=result.first)


def run(made: Made) -> Facts:
    return facts_from(
        categories(made.test_set, made.score_table, [made.penalties], sentinels=["length"])
    )


def of_meaning(facts: Facts) -> str:
    (meaning,) = [s for s in said(facts) if s.startswith("Meaning: ")]
    return meaning


def test_the_sentences_of_an_analysis() -> None:
    made = Made()
    facts = run(made)
    sentences = said(facts)
    meaning = of_meaning(facts)
    assert meaning.startswith("Meaning: good 81.1 % [74, 87] is shown to see it, poor is not (an ")
    assert "; good is shown to be more accurate than the other metric; a held-out rater gets " in (
        meaning
    )
    assert sentences[-1].startswith("Not judged: style (raters are not shown to agree ")
    assert sentences[-1].endswith(
        " and never (no pair); more annotations or injected errors are needed."
    )
    assert said(facts, SystemIdentity)[0].endswith(
        "pairs of translations that differ in text and in rating are decided by one category, "
        "which outweighs all others together; the category accuracies rest on these."
    )


def test_a_sentinel_that_beats_the_metrics_is_named() -> None:
    made = Made()
    made.scores["good"], made.scores["length"] = made.scores["length"], made.scores["good"]
    meaning = of_meaning(run(made))
    assert "no metric is shown to see it, the most accurate is " in meaning
    assert "the sentinel length gets 81.1 % [74, 87]" in meaning


def test_a_perfect_metric_is_shown_to_see_though_it_has_no_interval() -> None:
    made = Made()
    made.scores["good"] = -made.values[..., 0].mean(axis=2)
    assert of_meaning(run(made)).startswith("Meaning: good 100.0 % is shown to see it, poor is not")


def test_one_rater_is_said() -> None:
    facts = run(Made(n_raters=1))
    assert of_meaning(facts).endswith(
        "; most translations have one rater: not known whether raters agree."
    )
    assert "too few translations have two raters" in only(facts).text


def test_few_documents_and_nobody_who_rated() -> None:
    assert said(run(Made(n_documents=1)))[0].startswith("1 document: fewer than 10, so no")
    made = Made(n_documents=2)
    made.values = np.full_like(made.values, np.nan)
    assert said(run(made)) == [
        "No machine translation is rated; more annotations or injected errors are needed."
    ]


def test_a_metric_with_too_few_scores_is_not_judged() -> None:
    made = Made()
    made.scores["good"] = made.scores["good"].copy()
    made.scores["good"][:, 12:] = np.nan  # two documents left
    meaning = of_meaning(run(made))
    assert meaning.startswith("Meaning: poor ") and "] is not shown to see it (" in meaning
    made.scores["poor"] = made.scores["good"]
    assert "meaning (no metric has scores on enough of its pairs)" in said(run(made))[-1]


def test_rated_humans_and_unrated_systems_change_no_sentence() -> None:
    made = Made(n_documents=12)
    n = len(made.documents)
    systems = ["A", "B", "C", "D", "refB", "unrated"]
    texts = {s: [f"{s}{i}" for i in range(n)] for s in systems}
    extra = np.concatenate(
        [made.values, made.values[:1] * 3, np.full_like(made.values[:1], np.nan)]
    )
    scores = {name: np.concatenate([m, m[:2]]) for name, m in made.scores.items()}
    result = categories(
        made_test_set(texts, made.documents),
        scores_of(scores, systems, [str(i) for i in range(n)]),
        [penalties_of(extra, systems, made.documents)],
        sentinels=["length"],
    )
    assert said(facts_from(result)) == said(run(made))


def test_sentences_write_labels() -> None:
    facts = run(Made())
    labelled = replace(facts, labels={"good": "Gut", "length": "how long"})
    assert "Gut" in of_meaning(labelled) and "good" not in of_meaning(labelled)
    shared = replace(facts, labels={"good": "length"})
    assert "good" in of_meaning(shared)  # two metrics of one label keep their names

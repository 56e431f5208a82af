"""Which rank metrics give to texts that no reader would take for a translation."""

from __future__ import annotations

import re

import pytest

from harness.claims.attacks import AttackRanks
from harness.commands.main import main
from harness.errors import InputError
from harness.metrics.sacrebleu import BLEU, ChrF
from harness.metrics.sentinels import CopySource, Length
from harness.minimal_pairs.attacks import (
    CONSTANT,
    COPY,
    MARK,
    REFUSAL,
    REFUSED,
    TAIL,
    TWICE,
    Attacking,
    attack_ranks,
    attacked,
    middle_system,
)
from harness.scoring.stage import score
from harness.tables import ATTACKS, REFERENCES, TestSet, table
from tests.support.agreement_rows import filled
from tests.support.claim_facts import facts_of
from tests.support.made_categories import made_test_set

LINES = ["the cat sat on the mat", "a dog ran home", "it rained all day long"]


@pytest.fixture
def test_set() -> TestSet:
    systems = {
        "good": LINES,
        "middle": ["the cat sat on a mat", "a dog ran", "it rained all day"],
        "poor": ["cat mat", "dog", "rain"],
    }
    made = made_test_set(systems, ["d1", "d1", "d2"])
    rows = [(made.name, str(i), "refA", line) for i, line in enumerate(LINES)]
    return TestSet(made.name, made.segments, table(rows, REFERENCES), made.hypotheses)


def test_the_texts(test_set: TestSet) -> None:
    made = attacked(test_set, "middle", Attacking(candidates=2))
    texts = {
        str(name): own.set_index("segment_id")["hypothesis"].to_dict()
        for name, own in made.hypotheses.groupby("system", sort=False)
    }
    assert texts[COPY] == {"0": "原文", "1": "原文", "2": "原文"}
    assert texts[TWICE]["1"] == "a dog ran a dog ran"
    assert texts[TAIL] == {"0": "the cat sat 文", "1": "a dog 文", "2": "it rained 文"}
    assert set(texts[REFUSAL].values()) == {REFUSED}
    constant = [own for name, own in texts.items() if name.startswith(CONSTANT + MARK)]
    assert len(constant) == 2 and all(len(set(own.values())) == 1 for own in constant)
    assert len({own["0"] for own in constant}) == 2
    again = attacked(test_set, "middle", Attacking(candidates=2))
    assert again.hypotheses.equals(made.hypotheses)


def test_ranks_by_hand(test_set: TestSet) -> None:
    metrics = {"bleu": BLEU(), "length": Length(), "copy": CopySource()}
    scores = score(test_set, metrics)
    assert middle_system(test_set, scores, ["bleu"]) == "middle"
    texts = attacked(test_set, "middle", Attacking())
    found = attack_ranks(test_set, scores, score(texts, metrics), "middle")
    rank = found.set_index(["metric", "attack"])["rank"]
    assert rank["copy", COPY] == 1 and rank["length", TWICE] == 1
    assert rank["bleu", COPY] == rank["bleu", REFUSAL] == 4
    assert rank["length", COPY] == 4
    won = found.set_index(["metric", "attack"])["segments_won"]
    assert won["length", TWICE] == 1.0 and won["length", COPY] == 0.0
    # of three candidates, length likes the longest: 20 code points
    score_of = found.set_index(["metric", "attack"])["score"]
    assert score_of["length", CONSTANT] == 20.0
    assert set(found["n_systems"]) == {3} and set(found["middle_system"]) == {"middle"}


def test_a_text_is_below_a_system_of_the_same_score(test_set: TestSet) -> None:
    scores = score(test_set, {"length": Length()})
    texts = attacked(test_set, "middle", Attacking())
    wrong = score(texts, {"length": Length()})
    wrong["score"] = scores["score"][scores["segment_id"].isna()].max()
    found = attack_ranks(test_set, scores, wrong, "middle")
    assert found["rank"].tolist() == [2] * 5


def test_a_metric_without_a_systems_score_has_no_row(test_set: TestSet) -> None:
    scores = score(test_set, {"chrf": ChrF(), "length": Length()})
    lost = (scores["metric"] == "chrf") & (scores["system"] == "poor")
    wrong = score(attacked(test_set, "middle", Attacking()), {"chrf": ChrF(), "length": Length()})
    scores.loc[lost, "score"] = float("nan")
    assert set(attack_ranks(test_set, scores, wrong, "middle")["metric"]) == {"length"}


def test_where_they_are_made(test_set: TestSet) -> None:
    assert Attacking().applies(test_set) and not Attacking(False).applies(test_set)
    assert not Attacking(auto_segments=2).applies(test_set)
    humans = made_test_set({"refB": LINES}, ["d"] * 3)
    assert not Attacking(True).applies(humans)
    with pytest.raises(InputError, match=r"attacks\.candidates"):
        Attacking(candidates=0)
    with pytest.raises(InputError, match=r"attacks\.enabled"):
        Attacking("tru")


def test_what_is_said() -> None:
    shared = {"n_systems": 3, "test_set": "t"}
    rows = [
        {**shared, "metric": "bleu", "attack": COPY, "rank": 4},
        {**shared, "metric": "chrf", "attack": TWICE, "rank": 2},
        {**shared, "metric": "length", "attack": TWICE, "rank": 1},
    ]
    (claim,) = AttackRanks().claims(
        facts_of(metrics=["bleu", "chrf"], attacks=filled(ATTACKS, rows))
    )
    assert claim.text == (
        "Of 2 kinds of text that are no translations, these rank above one of 3 machine systems: "
        "“said twice” by chrF (above 2)."
    )
    (claim,) = AttackRanks().claims(facts_of(metrics=["bleu"], attacks=filled(ATTACKS, rows)))
    assert claim.text == (
        "Of 1 kind of text that are no translations, no metric ranks one above any of 3 machine "
        "systems."
    )
    assert list(AttackRanks().claims(facts_of(metrics=["bleu"]))) == []


def test_a_dry_run_counts_them(capsys: pytest.CaptureFixture[str]) -> None:
    """One system of 13 segments, and 24 texts made of it (4, and 20 candidates of which 13 are
    different)."""
    given = ["metrics=chrf", "sentinels=none", "injection.enabled=false", "store=false"]
    pieces = []
    for attacks in ("true", "false"):
        assert main([*given, f"attacks.enabled={attacks}", "dry_run=true"]) == 0
        (found,) = re.findall(r"(\d+) of \1 pieces to compute", capsys.readouterr().out)
        pieces.append(int(found))
    assert pieces[0] - pieces[1] == 4 + 13

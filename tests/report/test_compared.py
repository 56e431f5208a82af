"""What is said of plain texts that were compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.claims.claim import Claim
from harness.commands.main import main
from harness.evidence import Evidence, load_evidence
from harness.metrics import Languages
from harness.metrics.sacrebleu import BLEU
from harness.report.compared import TEXTS, claims_on_texts
from harness.system_comparison.rows import Rows
from harness.tables import SYSTEM_TESTS, table

SHARED = {"metric": "bleu", "unit": "segment", "n_segments": 300, "n_documents": 1}


def rows(p: float) -> Rows:
    test = {
        **SHARED, "system_1": "a", "system_2": "b", "score_1": 30.0, "score_2": 28.0,
        "difference": 2.0, "low": 1.0, "high": 3.0, "p": p, "p_holm": p, "samples": 1000,
        "seed": 1, "mode": "exact", "note": "", "confidence": 0.95, "alpha": 0.05,
        "false_positives": "",
    }  # fmt: skip
    interval = {**SHARED, "low": 1.0, "high": 2.0, "cluster": 1, "note": ""}
    return Rows(
        [{**test, "test": "bootstrap"}, {**test, "test": "randomisation"}],
        [{**interval, "system": "a", "score": 30.0}, {**interval, "system": "b", "score": 28.0}],
    )


def claims(p: float, languages: Languages, evidence: Evidence | None) -> list[Claim]:
    own = rows(p)
    return claims_on_texts(
        {"bleu": BLEU()},
        {"bleu": own.intervals},
        table(({"test_set": TEXTS, **row} for row in own.tests), SYSTEM_TESTS),
        n_references=1,
        languages=languages,
        evidence=evidence,
    )


def test_the_sentences_are_those_of_a_run() -> None:
    evidence = load_evidence("shipped")
    said = claims(0.01, Languages(), evidence)
    assert [claim.rule for claim in said] == [
        "system_decision", "agreed_differences", "seen_on_rated_sets",
    ]  # fmt: skip
    assert said[0].text.startswith("a scores higher than b by BLEU (300 segments, randomisation")
    assert "Between a and b: BLEU +2.0 (63 % [56, 75])" in said[1].text
    other = claims(0.2, Languages("zh", "de"), evidence)
    assert [claim.rule for claim in other] == ["system_decision"]
    assert other[0].text.startswith("No difference between a and b")


def test_a_comparison_ends_with_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, end in (("r", "mat"), ("a", "mat"), ("b", "dog")):
        lines = "".join(f"the cat number {i} sat on the {end}\n" for i in range(40))
        (tmp_path / name).write_text(lines, encoding="utf-8")
    a, b, r = (str(tmp_path / name) for name in "abr")
    assert main(["compare", "-t", a, "-t", b, "-r", r, "--metrics", "bleu,chrf"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "p (randomisation): how often a difference this large arises" in told
    assert "a scores higher than b by every metric, BLEU and chrF (40 segments," in told


def test_scores_that_mean_nothing_are_not_spoken_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An English text compared with a Chinese reference."""
    english = "".join(f"The {i}th sentence is about rain and bread.\n" for i in range(40))
    chinese = "".join(f"第{i}句话说的是下雨和面包的事情。\n" for i in range(40))
    texts = {"a": english, "b": english.replace("rain", "snow"), "r": chinese}
    a, b, r = (tmp_path / f"{name}.txt" for name in texts)
    for path, text in zip((a, b, r), texts.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    assert main(["compare", "-t", str(a), "-t", str(b), "-r", str(r), "--metrics", "chrf"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "No verdict, because the scores mean nothing until this is mended:" in told
    assert "scores higher" not in told and "No difference" not in told

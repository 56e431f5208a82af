"""harness score and harness compare on references with blank lines: the rule of harness itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.commands.main import main
from tests.support.cases import CASES

pytestmark = pytest.mark.reliability

BLANK, PARTIAL = CASES / "blank_reference", CASES / "second_reference_partial"
SCORE = ["score", "-t", str(BLANK / "A.txt"), "-r", str(BLANK / "ref.txt")]
SCORE += ["--metrics", "bleu,chrf,ter"]
COMPARE = ["compare", "-t", str(BLANK / "A.txt"), "-t", str(BLANK / "B.txt")]
COMPARE += ["-r", str(BLANK / "ref.txt"), "--metrics", "bleu,chrf,ter"]
COMPARE += ["--bootstrap", "10", "--randomisation", "10"]
SAID = (
    "1 of 30 segments has no reference and is left out for all systems alike: line 8; the other 29"
    " are scored"
)


def test_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "segments.csv"
    assert main([*SCORE, "--segments", str(out)]) == 0
    captured = capsys.readouterr()
    scores = [line.split()[1] for line in captured.out.split("\n")[:3]]
    assert scores == ["39.9750", "51.8410", "-44.4444"]
    assert captured.err == f"harness score: warning: {SAID}\n"
    rows = out.read_text("utf-8").split("\n")
    assert rows[8] == "8,,,"
    assert rows[9].startswith("9,")


def test_score_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SCORE, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["ter"]
    assert (found["n_segments"], found["n_failed"], found["left_out"]) == (29, 0, [8])


def test_a_partial_second_reference(capsys: pytest.CaptureFixture[str]) -> None:
    given = [part for name in ("r1", "r2") for part in ("-r", str(PARTIAL / name))]
    assert main(["score", "-t", str(PARTIAL / "h"), *given, "--metrics", "bleu,chrf,ter"]) == 0
    captured = capsys.readouterr()
    lines = captured.out.rstrip("\n").split("\n")
    assert [line.split()[1] for line in lines] == ["40.1714", "61.6921", "-33.3333"]
    assert all(line.split()[2].startswith("nrefs:var|") for line in lines)
    assert captured.err == ""


def test_compare(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*COMPARE, "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == f"harness compare: warning: {SAID}\n"
    found = json.loads(captured.out)
    scores = {(r["metric"], r["system"]): r["score"] for r in found["system_intervals"]}
    assert scores["bleu", "A.txt"] == pytest.approx(39.9750, abs=5e-5)
    assert scores["ter", "A.txt"] == pytest.approx(-44.4444, abs=5e-5)
    assert {row["n_segments"] for row in found["system_tests"]} == {29}
    assert found["left_out"] == [8]


@pytest.mark.parametrize("command", [SCORE, COMPARE])
@pytest.mark.parametrize("given", [["--missing-reference", "refuse"], ["missing_reference=refuse"]])
def test_refused(command: list[str], given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, *given]) == 2
    captured = capsys.readouterr()
    assert f"{BLANK / 'ref.txt'}:8: this segment has no reference" in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("command", ["score", "compare"])
def test_no_reference_at_all(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_text(f"{name}\n{name} 2\n", "utf-8")
    (tmp_path / "blank").write_text("\n \n", "utf-8")
    texts = ["-t", str(tmp_path / "one")]
    texts += ["-t", str(tmp_path / "two")] if command == "compare" else []
    assert main([command, *texts, "-r", str(tmp_path / "blank")]) == 2
    assert "no segment has a reference" in capsys.readouterr().err


def test_a_chinese_target_has_its_tokenizer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = [f"市长昨天说，第{i}区的物价又上涨了。" for i in range(20)]
    (tmp_path / "ref").write_text("\n".join(reference) + "\n", "utf-8")
    translation = [text.replace("又上涨", "再次上涨") for text in reference]
    (tmp_path / "mt").write_text("\n".join(translation) + "\n", "utf-8")
    assert main(["score", "-t", str(tmp_path / "mt"), "-r", str(tmp_path / "ref")]) == 0
    bleu, _, ter = capsys.readouterr().out.rstrip("\n").split("\n")
    assert float(bleu.split()[1]) > 50
    assert "|tok:zh|" in bleu
    assert "|norm:yes|punct:yes|asian:yes|" in ter
    given = ["-t", str(tmp_path / "mt"), "-r", str(tmp_path / "ref"), "--metrics", "bleu"]
    assert main(["score", *given, "metrics.bleu.tokenize=13a"]) == 0
    assert "|tok:13a|" in capsys.readouterr().out

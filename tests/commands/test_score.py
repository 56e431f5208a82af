"""The command ``harness score``: what it prints, what it writes, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sacrebleu.metrics.bleu import BLEU as SacreBLEU
from sacrebleu.metrics.ter import TER as SacreTER

from harness.commands import score as score_command
from harness.commands.main import main as program
from harness.metrics.sacrebleu import TER
from tests.support.small import SOURCES, TEXTS


def main(arguments: list[str]) -> int:
    return program(["score", *arguments])


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    named = {**TEXTS, "src": SOURCES, "short": TEXTS["good"][:3]}
    for name, lines in named.items():
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {name: str(tmp_path / name) for name in named}


def test_scores_as_json(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-t", files["poor"], "-r", files["refA"], "-r", files["refB"], "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    references = [TEXTS["refA"], TEXTS["refB"]]
    assert list(found) == ["bleu", "chrfpp", "ter"]
    assert found["bleu"]["score"] == SacreBLEU().corpus_score(TEXTS["poor"], references).score
    assert found["ter"]["score"] == -SacreTER().corpus_score(TEXTS["poor"], references).score
    assert found["ter"]["n_segments"] == 4
    assert found["bleu"]["signature"].startswith("nrefs:2|")
    assert found["bleu"]["path"] in {"native", "python"}


def test_scores_as_text_with_a_parameter(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["-t", files["poor"], "-r", files["refA"], "--metrics", "bleu,length"]
    assert main([*given, "metrics.bleu.tokenize=char"]) == 0
    lines = capsys.readouterr().out.splitlines()
    expected = SacreBLEU(tokenize="char").corpus_score(TEXTS["poor"], [TEXTS["refA"]]).score
    assert lines[0].split()[:2] == ["BLEU", f"{expected:.4f}"]
    assert "tok:char" in lines[0]
    assert len(lines) == 2


def test_segments_are_written(files: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("older")
    assert main(["-t", files["poor"], "-r", files["refA"], "--segments", str(out)]) == 0
    rows = [line.split(",") for line in out.read_bytes().decode().rstrip("\n").split("\n")]
    assert rows[0] == ["line", "bleu", "chrfpp", "ter"]
    assert [row[0] for row in rows[1:]] == ["1", "2", "3", "4"]
    theirs = [
        SacreTER().sentence_score(h, [r]).score
        for h, r in zip(TEXTS["poor"], TEXTS["refA"], strict=True)
    ]
    assert [float(row[3]) for row in rows[1:]] == [-score + 0.0 for score in theirs]
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*files, "out.csv"])


def test_bad_input_leaves_what_was_there(
    files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    out.write_text("older")
    assert main(["-t", files["short"], "-r", files["refA"], "--segments", str(out)]) == 2
    said = capsys.readouterr()
    assert f"{files['short']}:4: the file has fewer lines" in said.err
    assert said.out == ""
    assert out.read_text() == "older"
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*files, "out.csv"])


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--metrics", "blue"], "no option of metrics 'blue'"),
        (["--metrics", "none"], "no metric is selected"),
        (["--metrics", "submitted"], "reads scores of a test set"),
        (["metrics.bleu.token=zh"], "no config value 'metrics.bleu.token'"),
        (["metrics.bleu.tokenize=x"], "no BLEU tokenizer 'x'"),
        (["output=x"], "no parameter of a metric"),
        (["--metrics", "copy_source"], "reads the source"),
        (["--segments", "."], "no file that can be replaced"),
        (["--segments", "absent/file"], "cannot be written"),
        (["--config-dir", "absent"], "--config-dir does not exist"),
    ],
)
def test_what_is_refused(
    files: dict[str, str], capsys: pytest.CaptureFixture[str], more: list[str], message: str
) -> None:
    assert main(["-t", files["poor"], "-r", files["refA"], *more]) == 2
    assert message in capsys.readouterr().err


def test_a_reference_is_needed_by_some(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["-t", files["poor"]]) == 2
    assert "needs a reference" in capsys.readouterr().err
    assert main(["-t", files["poor"], "--metrics", "length"]) == 0
    assert main(["-t", files["poor"], "-s", files["src"], "--metrics", "copy_source"]) == 0


def test_a_metric_of_ones_own(
    files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "conf" / "metrics"
    folder.mkdir(parents=True)
    target = f"{TER.__module__}.{TER.__qualname__}"
    (folder / "mine.yaml").write_text(f"mine:\n  _target_: {target}\n  name: mine\n")
    given = ["--config-dir", str(tmp_path / "conf"), "--metrics", "mine"]
    assert main(["-t", files["good"], "-r", files["refA"], *given]) == 0
    assert capsys.readouterr().out.startswith("mine")


def test_a_defect_has_its_own_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(options: object) -> int:
        raise RuntimeError("broken")

    monkeypatch.setattr(score_command, "execute", broken)
    assert main(["-t", "x"]) == 70

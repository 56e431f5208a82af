"""``harness datasets``, from arguments to output and exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.commands import datasets as datasets_cli
from harness.commands.main import main as program
from harness.test_sets.doctor import CHECKS
from tests.support.own_cards import BASE, TEXTS, Own


def main(arguments: list[str]) -> int:
    return program(["datasets", *arguments])


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HARNESS_MIRROR", "HARNESS_CACHE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def own(tmp_path: Path) -> Own:
    return Own(tmp_path)


def call(own: Own, command: str, *more: str) -> list[str]:
    places = ["--mirror", str(own.mirror), "--cache", str(own.folder / "cache")]
    return [command, str(own.card), *places, *more]


def written(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    shown = capsys.readouterr().out
    assert "wmt23_zhen_news" in shown
    assert main(["list", "--json"]) == 0
    found = {row["name"]: row for row in written(capsys)}
    assert set(found) >= {"article", "wmt23_zhen_news"}
    assert found["wmt23_zhen_news"]["counts"]["segments"] == 377
    assert found["wmt23_zhen_news"]["files"] == 18
    assert found["article"]["bytes"] == 0


def test_show(own: Own, capsys: pytest.CaptureFixture[str]) -> None:
    own.values["quirks"] = ["It is [bold]odd[/bold]\x1b[31m."]
    assert main(call(own, "show")) == 0
    shown = capsys.readouterr().out
    assert "It is [bold]odd[/bold]\\u001b[31m." in shown  # no markup, no escape sequence
    (own.mirror / "example.org" / "texts" / "hyp.en").unlink()
    assert main(call(own, "show", "--json")) == 0
    card = written(capsys)
    assert card["title"] == "A title"
    places = {file["url"]: file["path"] for file in card["files"]}
    assert places[BASE + "hyp.en"] is None
    assert places[BASE + "src.zh"] == str(own.mirror / "example.org/texts/src.zh")


def test_fetch(own: Own, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(call(own, "fetch", "--json")) == 0
    files = written(capsys)
    assert [file["url"] for file in files] == [BASE + name for name in TEXTS]
    assert all(Path(file["path"]).stat().st_size == file["bytes"] for file in files)
    assert main(call(own, "fetch")) == 0
    assert capsys.readouterr().out.count("\n") == len(TEXTS)
    assert main(["fetch", "article"]) == 0
    assert "nothing to fetch" in capsys.readouterr().out
    (own.mirror / "example.org" / "texts" / "hyp.en").write_text("other")
    assert main(call(own, "fetch")) == 2
    assert "this is not the file that" in capsys.readouterr().err


def test_check_of_a_sound_set(own: Own, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(call(own, "check", "--json")) == 0
    result = written(capsys)
    assert (result["test_set"], result["unexplained_problems"]) == ("own", 0)
    assert [row["check"] for row in result["findings"]] == list(CHECKS)
    assert set(result["findings"][0]) == {
        *("check", "severity", "count", "where", "finding", "example", "explanation")
    }
    assert main(call(own, "check")) == 0
    assert "own: 0 findings, 0 explained by the card; 0 unexplained" in capsys.readouterr().out


def test_check_of_a_faulty_set(own: Own, capsys: pytest.CaptureFixture[str]) -> None:
    own.values["counts"] = {"segments": 3}  # a load refuses it; a check says so
    (own.folder / "local.en").write_text("x\n\u202e[red]y\n", "utf-8")
    assert main(call(own, "check", "--json")) == 1
    result = written(capsys)
    bad = [row for row in result["findings"] if row["severity"] == "problem"]
    assert [(row["check"], row["count"]) for row in bad] == [("counts", 2), ("bidirectional", 1)]
    assert result["unexplained_problems"] == 2
    assert main(call(own, "check")) == 1
    shown = capsys.readouterr().out
    assert "\\u202e[red]y" in shown
    assert "\u202e" not in shown
    assert "2 unexplained problems" in shown

    own.values["explained"] = {"counts": "A line was lost.", "bidirectional": "So it came."}
    assert main(call(own, "check")) == 0
    shown = capsys.readouterr().out
    assert "→ A line was lost." in shown
    assert "own: 2 findings, 2 explained by the card; 0 unexplained problems" in shown


@pytest.mark.parametrize(
    ("explained", "message"),
    [
        ({"blanc": "x"}, "there is no check 'blanc'"),
        ({"blank": 1}, "what the card explains is no sentences"),
        (["x"], "what the card explains is no sentences"),
    ],
)
def test_faults_of_explanations(
    own: Own, explained: object, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    own.values["explained"] = explained
    assert main(call(own, "check")) == 2
    assert message in capsys.readouterr().err


def test_bad_input(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["show", "wmt23_zhen_new"]) == 2
    assert "did you mean 'wmt23_zhen_news'?" in capsys.readouterr().err
    assert main(["check", str(tmp_path / "card.yaml")]) == 2
    assert main(["fetch", "wmt23_zhen_news", "--mirror", str(tmp_path / "absent")]) == 2
    assert "the mirror is no folder" in capsys.readouterr().err
    for arguments in ([], ["chek", "article"], ["show"], ["list", "--jso"]):
        assert main(arguments) == 2


def test_a_defect_is_not_mistaken_for_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(options: object) -> int:
        raise RuntimeError("a defect")

    monkeypatch.setattr(datasets_cli, "execute", broken)
    assert main(["list"]) == 70


def test_as_a_module(own: Own) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "error", "-m", "harness", "datasets", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = run("check", "article", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["test_set"] == "article"
    assert run("show", "articel").returncode == 2
    own.values["counts"] = {"segments": 3}
    assert run(*call(own, "check")).returncode == 1


def test_wmt23_checks_clean_through_the_mirror(
    mirror: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = ["--mirror", str(mirror), "--cache", str(tmp_path)]
    assert main(["check", "wmt23_zhen_news", "--json", *places]) == 0
    result = written(capsys)
    assert all(row["severity"] == "ok" or row["explanation"] for row in result["findings"])
    assert list(tmp_path.iterdir()) == []


def test_check_takes_files_without_a_card(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A system that copies its source is a problem, and the exit code says so."""
    source = "".join(f"我们今天去第{n}所学校。\n" for n in range(40))
    (tmp_path / "zh 1.txt").write_text(source, "utf-8")
    good = "".join(f"Today we go to school {n}.\n" for n in range(40))
    (tmp_path / "mt.txt").write_text(good, "utf-8")
    given = ["test_set=files", f"test_set.source={tmp_path / 'zh 1.txt'}"]
    given.append(f"test_set.systems.mt={tmp_path / 'mt.txt'}")
    assert main(["check", *given, "--mirror", str(tmp_path)]) == 0
    assert "files: 0 findings" in capsys.readouterr().out
    (tmp_path / "mt.txt").write_text(source, "utf-8")
    assert main(["check", *given, "--json"]) == 1
    found = {row["check"]: row for row in written(capsys)["findings"]}
    assert (found["source_copies"]["severity"], found["source_copies"]["count"]) == ("problem", 40)


def test_check_refuses_other_overrides_and_a_file_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "test_set=files", "metrics=bleu"]) == 2
    assert "does not say what is read" in capsys.readouterr().err
    absent = tmp_path / "absent.txt"
    given = ["test_set=files", f"test_set.source={absent}", f"test_set.systems.mt={absent}"]
    assert main(["check", *given]) == 2
    assert "there is no such file" in capsys.readouterr().err

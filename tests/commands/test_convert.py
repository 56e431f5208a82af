"""The command ``harness convert``: what it reads, what it writes, what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness import load_test_set
from harness.commands import convert
from harness.commands.main import main as program
from harness.support.resources import resource_folder
from harness.test_sets.readers import jsonl, mtme_folder
from harness.test_sets.writers.base import differences
from tests.conftest import ROOT


def main(arguments: list[str]) -> int:
    return program(["convert", *arguments])


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Plain text of three segments in a folder whose name needs care."""
    folder = tmp_path / "我的 [文件]"
    folder.mkdir()
    for name, text in (("zh.txt", "一\n二\n三\n"), ("en.txt", "A\n\nC\n"), ("mt.txt", "a\nb\nc\n")):
        (folder / name).write_text(text, "utf-8")
    return folder


def files(folder: Path) -> list[str]:
    return [
        "test_set=files",
        f"test_set.source={folder / 'zh.txt'}",
        f"test_set.references.refA={folder / 'en.txt'}",
        f"test_set.systems.mine={folder / 'mt.txt'}",
    ]


def test_a_test_set_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["article", "--to", "jsonl", str(out)]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "article: 3 files" in said.out
    assert "it holds everything" in said.out
    assert differences(jsonl.read(path=out), load_test_set("article")) == []


def test_ones_own_files_there_and_back(own: Path, tmp_path: Path) -> None:
    out, tree, again = (tmp_path / name for name in ("out", "tree", "再 来"))
    assert main([*files(own), "--to", "jsonl", str(out)]) == 0
    first = jsonl.read(path=out)
    assert [Path(file.name).name for file in first.files] == ["zh.txt", "en.txt", "mt.txt"]
    assert first.notes == ("the reference refA lacks 1 of 3 segments",)
    assert main(["test_set=jsonl", f"test_set.path={out}", "--to", "mtme", str(tree)]) == 0
    assert mtme_folder.read("files", tree).references["reference"].tolist() == ["A", "C"]
    back = ["test_set=mtme", f"test_set.folder={tree}", "test_set.name=files"]
    assert main([*back, "--to", "jsonl", str(again)]) == 0
    assert differences(first, jsonl.read(path=again)) == ["files"]


def test_json_names_every_file_and_what_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["article", "--json", "--to", "mtme", str(out), "--language-pair", "zh-de"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert {key: summary[key] for key in ("test_set", "format", "folder", "segments")} == {
        "test_set": "article", "format": "mtme", "folder": str(out), "segments": 13,
    }  # fmt: skip
    written = {p.relative_to(out).as_posix(): p.stat().st_size for p in out.rglob("*.*")}
    assert {file["name"]: file["bytes"] for file in summary["files"]} == written
    assert "sources/zh-de.txt" in written
    assert summary["bytes"] == sum(written.values())
    assert summary["lost"][0] == "26 annotations by 2 raters"
    assert json.loads((out / "export.json").read_text("utf-8"))["lost"] == summary["lost"]


def test_a_card_and_a_config_of_ones_own(own: Path, tmp_path: Path) -> None:
    card = resource_folder("datasets") / "article" / "card.yaml"
    assert main([str(card), "--to", "jsonl", str(tmp_path / "a")]) == 0
    group = own / "test_set"
    group.mkdir()
    shipped = (resource_folder("conf") / "test_set" / "article.yaml").read_text("utf-8")
    (group / "mine.yaml").write_text(shipped, "utf-8")
    command = ["mine", "--config-dir", str(own), "--to", "jsonl", str(tmp_path / "b")]
    assert main(command) == 0
    read = [jsonl.read(path=tmp_path / name) for name in "ab"]
    assert differences(*read) == []


REFUSED = [
    (["artikle", "--to", "jsonl", "OUT"], "did you mean 'article'?"),
    (["article", "--to", "csv", "OUT"], "there is no format 'csv'"),
    (["article", "metrics=bleu", "--to", "jsonl", "OUT"], "'metrics' does not say what is read"),
    (["article", "++hydra.x=1", "--to", "jsonl", "OUT"], "'hydra.x' does not say what is read"),
    (["article", "test_set.nme=x", "--to", "jsonl", "OUT"], "no config value 'test_set.nme'"),
    (["test_set=null", "--to", "jsonl", "OUT"], "the config group test_set needs an option"),
    (["test_set=mtme", "--to", "jsonl", "OUT"], "the config value test_set.folder is needed"),
    (["test_set=jsonl", "--to", "jsonl", "OUT"], "there are no segments to read"),
    (["test_set=article,jsonl", "--to", "jsonl", "OUT"], "test_set is given several values"),
    (["nowhere/card.yaml", "--to", "jsonl", "OUT"], "there is no such file"),
    (["article", "--to", "mtme", "OUT", "--refuse-loss"], "cannot hold all of the test set"),
    (["article", "--to", "mtme", "OUT", "--language-pair", "x"], "this is no language pair"),
    (["article", "--to", "jsonl", "OUT", "--language-pair", "zh-en"], "belongs to the format mtme"),
    (["article", "--to", "jsonl", "OUT", "--config-dir", "nowhere"], "does not exist"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_bad_input_is_one_message_and_writes_nothing(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main([str(out) if argument == "OUT" else argument for argument in arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("harness convert: ")
    assert message in said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["jsonl", "mtme"])
def test_a_folder_of_something_else_is_refused_before_reading(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.tex").write_text("x")
    assert main(["no such set", "--to", form, str(tmp_path)]) == 2
    assert "something other than an unchanged export" in capsys.readouterr().err
    assert (tmp_path / "thesis.tex").read_text() == "x"


def test_an_export_is_replaced_only_by_its_own_kind(tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    assert main(["article", "--to", "jsonl", out]) == 0
    assert main(["article", "--to", "mtme", out]) == 2
    assert main(["article", "--to", "jsonl", out]) == 0


def test_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, code in ((["--help"], 0), ([], 2), (["article"], 2), (["--to", "jsonl"], 2)):
        assert main(arguments) == code
    assert "jsonl (holds everything)" in capsys.readouterr().out


def test_a_defect_has_its_own_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(options: object) -> int:
        raise RuntimeError("a defect")

    monkeypatch.setattr(convert, "execute", broken)
    assert main(["article", "--to", "jsonl", "x"]) == 70


def test_as_a_module_and_back_into_a_run(tmp_path: Path) -> None:
    out, run = tmp_path / "out", tmp_path / "run"
    for command in (
        ["harness", "convert", "article", "--to", "jsonl", str(out)],
        ["harness", "test_set=jsonl", f"test_set.path={out}", "metrics=chrf", "plots=none",
         "injectors=none", f"output={run}"],
    ):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", *command],
            capture_output=True, text=True, check=False, cwd=ROOT,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    record = json.loads((run / "run.json").read_text("utf-8"))
    assert record["test_set"] == "article"
    assert [file["name"] for file in record["data"]] == [
        "article/segments.jsonl",
        "article/annotations.jsonl",
    ]
    assert (run / "tables" / "categories.csv").is_file()


def test_two_test_sets_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for second in ("hwtsc_challenge", "test_set=files"):
        assert main(["article", second, "--to", "jsonl", str(tmp_path / "out")]) == 2
        assert "more than one test set is named" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()

"""The same run again is a copy; anything that could change a result makes it work again."""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from harness import finished_runs
from harness.cli import main
from harness.finished_runs import FinishedRuns, Inputs, recorded_inputs, run_key

FILES = {"zh.txt": "一。\n二。\n", "en.txt": "One.\nTwo.\n", "mt.txt": "One.\nTo.\n"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(folder: Path, output: str, *more: str) -> dict[str, Any]:
    arguments = [
        "test_set=files",
        f"test_set.source={folder / 'zh.txt'}",
        f"test_set.references.refA={folder / 'en.txt'}",
        f"test_set.systems.mine={folder / 'mt.txt'}",
        "metrics=chrf",
        "sentinels=none" if "sentinels=none" in more else "metrics@sentinels=length",
        "plots=system_scores",
        f"output={folder / output}",
        *more,
    ]
    assert main(arguments) == 0
    record = json.loads((folder / output / "run.json").read_text("utf-8"))
    assert isinstance(record, dict)
    return record


def content(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file() and p.name != "run.json")
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def test_the_same_run_again_is_a_copy(folder: Path) -> None:
    first = run(folder, "a")
    second = run(folder, "b", "workers=1")
    assert "reused_run" not in first
    assert second["reused_run"]["started"] == first["started"]
    assert "output=" + str(folder / "b") in second["command"]
    assert content(folder / "a") == content(folder / "b")
    assert first["counts"]["scores"] == {"computed": 4, "reused": 0, "missing": 0, "failed": 0}
    assert second["counts"]["scores"] == {"computed": 0, "reused": 4, "missing": 0, "failed": 0}
    assert second["signatures"] == first["signatures"]
    assert str(folder / "b") in second["config"]


def test_a_copy_replaces_an_earlier_run_and_nothing_else(folder: Path) -> None:
    run(folder, "a")
    assert "reused_run" in run(folder, "a")
    (folder / "other").mkdir()
    (folder / "other" / "mine.txt").write_text("x")
    arguments = ["test_set=article", "plots=none", f"output={folder / 'other'}"]
    assert main(arguments) == 2
    assert [p.name for p in (folder / "other").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_read_again(folder: Path, name: str) -> None:
    run(folder, "a")
    (folder / name).write_text(FILES[name].replace("\n", "!\n", 1), encoding="utf-8")
    assert "reused_run" not in run(folder, "b")
    (folder / name).write_text(FILES[name], encoding="utf-8")
    assert "reused_run" not in run(folder, "c")  # the run with the changed file took its place
    assert "reused_run" in run(folder, "d")


def test_another_config_is_another_run(folder: Path) -> None:
    run(folder, "a")
    assert "reused_run" not in run(folder, "b", "metrics.chrf.beta=3")
    assert "reused_run" not in run(folder, "c", "reuse_runs=false")
    assert "reused_run" not in run(folder, "d", "store=false")
    assert "reused_run" in run(folder, "e")


def test_another_program_is_another_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(folder, "a")
    monkeypatch.setattr(finished_runs, "_program_digest", lambda: "edited")
    assert "reused_run" not in run(folder, "b")
    monkeypatch.setattr(finished_runs, "_packages", lambda: ["sacrebleu-9.dist-info"])
    assert "reused_run" not in run(folder, "c")


def test_a_bad_value_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("store", "reuse_runs"):
        assert main(["plots=none", f"{name}=maybe", f"output={folder / 'x'}"]) == 2
        assert f"the config value {name} is out of range" in capsys.readouterr().err


def test_a_failed_run_is_not_kept(folder: Path) -> None:
    (folder / "mt.txt").write_text("One.\n", encoding="utf-8")
    with pytest.raises(AssertionError):
        run(folder, "a")
    assert not list((folder / "cache" / "runs").glob("*"))


def test_what_is_read_is_recorded(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("x")
    (tmp_path / "out").mkdir()
    with recorded_inputs() as inputs:
        (tmp_path / "in.txt").read_bytes()
        (tmp_path / "written.txt").write_text("y")
        list((tmp_path / "out").iterdir())
        with pytest.raises(FileNotFoundError):
            (tmp_path / "absent.txt").read_text()
    (tmp_path / "later.txt").write_text("z")
    (tmp_path / "later.txt").read_text()
    names = {Path(p).name for p in inputs.read if Path(p).parent == tmp_path}
    assert names == {"in.txt", "absent.txt", "out"}
    assert inputs.read[str(tmp_path / "absent.txt")] is None
    assert str(tmp_path / "written.txt") in inputs.written


def kept(tmp_path: Path, *files: Path) -> tuple[FinishedRuns, str]:
    run_folder = tmp_path / "run"
    run_folder.mkdir()
    (run_folder / "run.json").write_text("{}")
    runs = FinishedRuns(tmp_path / "runs")
    inputs = Inputs()
    for path in (*files, tmp_path / "listed"):
        inputs.note(str(path))
    runs.keep("k", run_folder, inputs)
    return runs, "k"


def test_an_absent_file_that_appears_counts(tmp_path: Path) -> None:
    runs, key = kept(tmp_path, tmp_path / "absent")
    assert runs.holds(key)
    (tmp_path / "absent").write_text("now")
    assert not runs.holds(key)


def test_a_new_file_in_a_listed_folder_counts(tmp_path: Path) -> None:
    (tmp_path / "listed").mkdir()
    runs, key = kept(tmp_path)
    assert runs.holds(key)
    (tmp_path / "listed" / "new").write_text("x")
    assert not runs.holds(key)


def test_a_run_that_is_torn_is_not_held(tmp_path: Path) -> None:
    runs, key = kept(tmp_path)
    (runs.folder / key / "inputs.json").write_text("[")
    assert not runs.holds(key)
    assert not runs.holds("unknown")


def test_only_so_many_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finished_runs, "MOST", 3)
    run_folder = tmp_path / "run"
    run_folder.mkdir()
    runs = FinishedRuns(tmp_path / "runs")
    for i in range(5):
        runs.keep(f"k{i}", run_folder, Inputs())
    assert len(list(runs.folder.iterdir())) == 3


def test_the_key_knows_the_folder_but_not_the_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = run_key({"a": 1, "output": "x"})
    assert key == run_key({"output": "y", "a": 1})
    assert key != run_key({"a": 2, "output": "x"})
    monkeypatch.chdir(tmp_path)
    assert key != run_key({"a": 1, "output": "x"})


def test_a_module_outside_the_packages_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_plugin_of_this_test.py").write_text("X = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    __import__("my_plugin_of_this_test")
    runs, key = kept(tmp_path)
    assert runs.holds(key)
    (tmp_path / "my_plugin_of_this_test.py").write_text("X = 2\n")
    assert not runs.holds(key)
    del sys.modules["my_plugin_of_this_test"]


def test_the_order_of_references_and_views_counts(folder: Path) -> None:
    (folder / "other.txt").write_text("A.\nB.\n", encoding="utf-8")
    more = f"test_set.references.refB={folder / 'other.txt'}"
    first = f"test_set.references.refA={folder / 'en.txt'}"
    assert run(folder, "a", more)["references"] == ["refA"]
    arguments = ["test_set=files", f"test_set.source={folder / 'zh.txt'}", more, first]
    arguments += [f"test_set.systems.mine={folder / 'mt.txt'}", "metrics=chrf"]
    assert main([*arguments, "plots=none", f"output={folder / 'b'}"]) == 0
    assert json.loads((folder / "b" / "run.json").read_text())["references"] == ["refB"]
    assert run_key({"v": {"a": 1, "b": 2}}) != run_key({"v": {"b": 2, "a": 1}})


def test_a_file_that_changed_while_the_run_went_on_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "in.txt"
    path.write_text("before")
    inputs = Inputs()
    inputs.note(str(path))
    path.write_text("after!")
    (tmp_path / "run").mkdir()
    runs = FinishedRuns(tmp_path / "runs")
    runs.keep("k", tmp_path / "run", inputs)
    assert not runs.holds("k")


@pytest.mark.parametrize("name", ["matplotlib", "__pycache__", "fonts"])
def test_a_users_folder_counts_whatever_its_name(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    own = folder / name / "mt.txt"
    own.write_text(FILES["mt.txt"], encoding="utf-8")
    run(folder, "a", f"test_set.systems.mine={own}")
    own.write_text("Other.\nText.\n", encoding="utf-8")
    assert "reused_run" not in run(folder, "b", f"test_set.systems.mine={own}")


def test_a_folder_that_appears_in_a_tree_counts(tmp_path: Path) -> None:
    from harness.readers import mtme_folder

    with recorded_inputs() as inputs:
        assert mtme_folder._files(tmp_path / "human-scores", "", ".score") == {}
    assert inputs.read[str(tmp_path / "human-scores")] is None


def test_a_search_for_modules_is_no_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "module_of_this_test.py").write_text("")
    with recorded_inputs() as inputs:
        importlib.import_module("module_of_this_test")
        list(importlib.metadata.distributions(path=[str(tmp_path)]))
    assert str(tmp_path) not in inputs.read
    with recorded_inputs() as inputs:
        list(tmp_path.iterdir())
    assert str(tmp_path) in inputs.read


def test_a_mirror_that_is_not_there_is_refused_before_anything(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["metrics=length", "plots=none", f"mirror={folder / 'none'}"]
    for more in ([], ["dry_run=true"], ["reuse_runs=false"]):
        assert main([*arguments, *more, f"output={folder / 'out'}"]) == 2
        assert "the mirror is no folder" in capsys.readouterr().err
    assert not (folder / "out").exists()

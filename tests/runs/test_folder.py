from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.runs.folder import check_output, default_output, whole_folder


def test_default_folders_carry_microseconds() -> None:
    when = datetime(2024, 1, 2, 3, 4, 5, 678901)
    assert default_output(when) == Path("reports/2024-01-02/03-04-05-678901")
    assert default_output(when, sweep=True) == Path("reports/sweep/2024-01-02/03-04-05-678901")


RUN = '{"versions": {"harness": "0"}}'


def test_a_folder_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b"
    with whole_folder(target) as folder:
        (folder / "run.json").write_text("1")
        assert not target.exists()
    assert [p.name for p in target.iterdir()] == ["run.json"]
    assert [p.name for p in target.parent.iterdir()] == ["b"]


def test_after_an_error_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), whole_folder(tmp_path / "out") as folder:
        (folder / "half").write_text("x")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_run_is_replaced_whole_and_survives_a_failed_one(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with whole_folder(target) as folder:
        (folder / "run.json").write_text(RUN)
        (folder / "report.html").write_text("x")
    with pytest.raises(RuntimeError), whole_folder(target):
        raise RuntimeError
    assert (target / "report.html").exists()
    with whole_folder(target) as folder:
        (folder / "run.json").write_text(RUN + " ")
    assert [p.name for p in target.iterdir()] == ["run.json"]
    assert (target / "run.json").read_text() == RUN + " "
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    ("files"),
    [
        {"run.json": "{}"},
        {"run.json": "no json"},
        {"run.json": '{"versions": {"other": "1"}}'},
        {"run.json": RUN, "thesis.tex": "x"},
        {"report.html": "x"},
    ],
)
def test_what_only_looks_like_a_run_is_never_touched(tmp_path: Path, files: dict[str, str]) -> None:
    target = tmp_path / "out"
    target.mkdir()
    for name, text in files.items():
        (target / name).write_text(text)
    with pytest.raises(InputError, match="holds something other than a run"), whole_folder(target):
        pass
    assert {p.name: p.read_text() for p in target.iterdir()} == files


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    for _ in range(2):
        with whole_folder(link) as folder:
            (folder / "run.json").write_text(RUN)
    assert link.is_symlink()
    assert (tmp_path / "real" / "run.json").is_file()
    assert {p.name for p in tmp_path.iterdir()} == {"real", "link"}


def test_what_somebody_else_wrote_meanwhile_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with pytest.raises(InputError, match="something other"), whole_folder(target) as folder:
        (folder / "run.json").write_text(RUN)
        target.mkdir()
        (target / "thesis.tex").write_text("x")
    assert [p.name for p in target.iterdir()] == ["thesis.tex"]


def test_a_folder_of_something_else_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(InputError, match="holds something other than a run"):
        check_output(tmp_path)
    with pytest.raises(InputError, match="is a file"):
        check_output(tmp_path / "thesis.tex")
    with pytest.raises(InputError, match="not a folder"):
        check_output(tmp_path / "thesis.tex" / "out")
    check_output(tmp_path / "new")

"""Test sets into a format by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import load_test_set
from harness.errors import InputError
from harness.test_sets.readers import jsonl
from harness.test_sets.writers.base import differences
from harness.test_sets.writers.formats import FORMATS, check_target, export


def test_each_format_writes_its_own(tmp_path: Path) -> None:
    article = load_test_set("article")
    for form in FORMATS:
        done = export(article, form, tmp_path / form)
        assert {file.name for file in done.files} == {
            path.relative_to(tmp_path / form).as_posix()
            for path in (tmp_path / form).rglob("*")
            if path.is_file()
        }
        assert bool(done.lost) == (form == "mtme")
    assert differences(jsonl.read(path=tmp_path / "jsonl"), article) == []


def test_what_is_refused(tmp_path: Path) -> None:
    article = load_test_set("article")
    with pytest.raises(InputError, match="there is no format 'csv'"):
        check_target("csv", tmp_path / "x")
    with pytest.raises(InputError, match="takes no language pair"):
        export(article, "jsonl", tmp_path / "x", "zh-en")
    with pytest.raises(InputError, match="cannot hold all"):
        export(article, "mtme", tmp_path / "x", refuse_loss=True)
    assert not (tmp_path / "x").exists()

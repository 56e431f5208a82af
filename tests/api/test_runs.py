"""Runs from a script: the same as on the command line, read back in the types of the schemas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import harness as h
from harness.tables import SCHEMA_OF, conform
from tests.support.small import SOURCES, TEXTS


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("texts")
    for name, lines in {"zh": SOURCES, "ref": TEXTS["refA"], **TEXTS}.items():
        (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    return h.run(
        [
            *("test_set=files", f"test_set.source={folder}/zh"),
            *(f"test_set.references.refA={folder}/ref", f"test_set.systems.good={folder}/good"),
            *(f"test_set.systems.poor={folder}/poor", "metrics=[chrf]", "sentinels=none"),
            *("injectors=none", "workers=1", "system_tests.bootstrap=20", "plots=[system_scores]"),
        ],
        output=folder / "out",
    )


def test_tables_come_back_as_they_were_written(done: Any) -> None:
    tables = done.tables
    assert {"scores", "systems", "metrics", "system_tests"} <= set(tables)
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(conform(frame, SCHEMA_OF[name]), frame)
    whole = tables["scores"][tables["scores"]["segment_id"].isna()]
    assert whole["system"].tolist() == ["good", "poor"]
    assert whole["score"].tolist() == tables["systems"]["score"].tolist()


def test_a_run_says_what_it_found(done: Any) -> None:
    assert done.report is not None and done.report.is_file()
    assert done.verdict == done.record["verdict"] != ""
    assert done.record["command"].startswith("harness test_set=files")
    assert repr(done).startswith("<Run of files in ")
    assert done.plot("system_scores").axes
    with pytest.raises(h.InputError, match="nothing to draw"):
        done.plot("category_report_card")


def test_an_old_run_is_opened(done: Any) -> None:
    again = h.open_run(done.folder)
    assert set(again.tables) == set(done.tables)
    with pytest.raises(h.InputError, match="there is no run"):
        h.open_run(done.folder.parent)
    with pytest.raises(h.InputError, match="the folder holds no run"):
        h.open_run(done.folder / "plots")


def test_bad_overrides_are_refused(tmp_path: Path) -> None:
    with pytest.raises(h.InputError, match="did you mean 'bleu'"):
        h.run(["metrics=blue"], output=tmp_path / "out")
    with pytest.raises(h.InputError, match="the overrides are a single string"):
        h.run("metrics=bleu", output=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("{", "JSONDecodeError"),
        ("[]", "TypeError"),
        ('{"test_set": "x"}', "KeyError: 'verdict'"),
        (
            '{"test_set": 1, "verdict": "", "sentences": [], "versions": {}}',
            "values of other kinds",
        ),
    ],
)
def test_a_foreign_record_is_refused(tmp_path: Path, content: str, found: str) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(h.InputError, match="this is no complete record of a run") as refused:
        h.open_run(tmp_path)
    assert found in str(refused.value.found)

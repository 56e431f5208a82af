"""A sweep whose jobs do not all have a value that is set: refused before anything is written."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from harness.commands.main import main


@pytest.mark.parametrize(
    ("given", "lacking", "key"),
    [
        (["metrics=bleu,chrf", "metrics.bleu.lowercase=true"], 1, "metrics.bleu.lowercase"),
        (["metrics=bleu,precomputed", "metrics.precomputed.file=ok"], 0,
         "metrics.precomputed.file"),
    ],
)  # fmt: skip
def test_a_job_that_lacks_a_value_is_named_and_nothing_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: list[str], lacking: int, key: str
) -> None:
    root = tmp_path / "out"
    assert main(["-m", "test_set=article", *given, f"output={root}"]) == 2
    told = capsys.readouterr().err
    assert told.startswith(
        f"harness: job {lacking} of the sweep has no config value {key!r}, which job {1 - lacking}"
    )
    assert not list(tmp_path.iterdir())
    commands = told.partition("run them apart: ")[2].partition(";")[0].split(" and ")
    for command in commands:  # the remedy works when typed
        assert main([*shlex.split(command)[1:], "--cfg", "job"]) == 0
    assert key in commands[0]


def test_a_value_that_no_job_has_is_answered_as_in_a_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["metrics=bleu,chrf", "metrics.blue.lowercase=true", f"output={tmp_path / 'out'}"]
    assert main(["-m", "test_set=article", *given]) == 2
    assert "there is no config value 'metrics.blue.lowercase'" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())

"""Full disks, other people's files in a run's folder, and settings beyond all bounds."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.meta_evaluation import Resampling, Testing
from harness.metrics.sacrebleu import BLEU, ChrF
from harness.runs.folder import check_output, whole_folder
from harness.runs.record import write_record
from harness.sweep.page import _keep_others
from harness.system_comparison import SystemTesting

pytestmark = pytest.mark.reliability

RECORD = {"versions": {"harness": "0"}}


def run_in(folder: Path) -> None:
    with whole_folder(folder) as partial:
        for name in ("tables/scores.csv", "plots/a.svg", "report.html"):
            (partial / name).parent.mkdir(exist_ok=True)
            (partial / name).write_text(name, "utf-8")
        write_record(RECORD, partial)


@pytest.mark.parametrize("name", ["tables/notes.txt", "tables/notes.md", "plots/mine/a.svg"])
def test_files_that_no_run_wrote_are_never_removed(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "out"
    run_in(folder)
    run_in(folder)  # an earlier run is replaced
    written = json.loads((folder / "run.json").read_text("utf-8"))["files"]
    assert written == ["plots/a.svg", "report.html", "tables/scores.csv"]
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("mine", "utf-8")
    with pytest.raises(InputError, match="holds something other than a run") as caught:
        check_output(folder)
    assert caught.value.found == name
    assert (folder / name).read_text("utf-8") == "mine"


def test_a_sweep_keeps_what_is_not_its_own(tmp_path: Path) -> None:
    old, new = tmp_path / "tables", tmp_path / "partial"
    for folder, names in ((old, ["notes.txt", "jobs.csv", "mine.csv"]), (new, ["jobs.csv"])):
        folder.mkdir()
        for name in names:
            (folder / name).write_text(folder.name, "utf-8")
    _keep_others(old, new)
    assert sorted(path.name for path in new.iterdir()) == ["jobs.csv", "mine.csv", "notes.txt"]
    assert (new / "jobs.csv").read_text("utf-8") == "partial"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_names_the_folder(tmp_path: Path, code: int) -> None:
    folder = tmp_path / "out"
    refused = pytest.raises(InputError, match="the run's folder cannot be written")
    with refused as caught, whole_folder(folder):
        raise OSError(code, "full")
    assert caught.value.file == str(folder)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("make", "value"),
    [
        (lambda n: SystemTesting(bootstrap=n), "system_tests.bootstrap"),
        (lambda n: SystemTesting(randomisation=n), "system_tests.randomisation"),
        (lambda n: Resampling(samples=n), "resampling.samples"),
        (lambda n: Testing(samples=n), "metric_tests.samples"),
        (lambda n: BLEU(max_ngram_order=n), "max_ngram_order"),
        (lambda n: ChrF(char_order=n), "char_order"),
        (lambda n: ChrF(word_order=n), "word_order"),
    ],
)
def test_settings_beyond_all_bounds(make: Callable[[int], object], value: str) -> None:
    for number in (10**11, 10**5000):
        with pytest.raises(InputError) as caught:
            make(number)
        assert caught.value.message == f"the config value {value} is out of range"
        assert len(caught.value.found or "") < 100

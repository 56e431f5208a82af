"""One run: done, or copied from an earlier one that was the same."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from harness.checks import check_flag, check_whole
from harness.downloads import cache_folder, mirror_folder
from harness.finished_runs import FinishedRuns, recorded_inputs, run_key
from harness.folders import remove_leftovers
from harness.run_folder import check_output, partial_folder, whole_folder

__all__ = ["run_or_reuse"]


def run_or_reuse(
    config: DictConfig, output: Path, *, command: Sequence[str], started: datetime
) -> Path:
    """Do what ``config`` asks for, or copy the run that did it already, into the folder ``output``.

    ``reuse_runs=false`` or ``store=false`` does the work anew.

    Returns
    -------
    Path
        The report, or the folder where no report was asked for.

    Raises
    ------
    InputError
        Anything that a person can get wrong; then nothing has been written.
    """
    check_output(output)
    remove_leftovers(output.resolve())
    # Values that are no part of the key are checked here: a copy would not look at them.
    for name in ("store", "reuse_runs"):
        check_flag(name, config.get(name))
    if config.workers is not None:
        check_whole("workers", config.workers, 1)
    mirror_folder(config.get("mirror"))
    if not (config.store and config.reuse_runs):
        return _run(config, output, command, started)
    cache = cache_folder(config.cache)
    runs = FinishedRuns(cache / "runs")
    plain: Any = OmegaConf.to_container(config, resolve=True)
    key = run_key(plain)
    if runs.holds(key) and _copy(runs, key, config, output, command, started):
        return output / "report.html" if config.report.html else output
    with recorded_inputs() as inputs:
        place = _run(config, output, command, started)
    runs.keep(key, output, inputs, ignored=(cache / "scores", partial_folder(output.resolve())))
    return place


def _run(config: DictConfig, output: Path, command: Sequence[str], started: datetime) -> Path:
    from harness.pipeline import run

    return run(config, output, command=command, started=started)


def _copy(
    runs: FinishedRuns,
    key: str,
    config: DictConfig,
    output: Path,
    command: Sequence[str],
    started: datetime,
) -> bool:
    """Copy the run ``key``; its run.json says that nothing was computed, and when it was. False if
    another process has deleted it meanwhile."""
    began = time.perf_counter()
    with suppress(_GoneError), whole_folder(output) as folder:
        record = runs.copy(key, folder)
        if record is None:
            raise _GoneError  # out of whole_folder, which leaves nothing then
        for scores in (record["counts"]["scores"], record.get("injection", {}).get("scores")):
            if scores is not None:
                scores["reused"], scores["computed"] = scores["reused"] + scores["computed"], 0
        fresh = {
            **record,
            "command": shlex.join(command),
            "started": started.isoformat(timespec="seconds"),
            "reused_run": {k: record[k] for k in ("command", "started", "seconds")},
            "config": OmegaConf.to_yaml(config, resolve=True),
            "seconds": {"copy": round(time.perf_counter() - began, 3)},
        }
        text = json.dumps(fresh, ensure_ascii=False, indent=2, allow_nan=False)
        (folder / "run.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return record is not None


class _GoneError(Exception):
    """The run to be copied is gone."""

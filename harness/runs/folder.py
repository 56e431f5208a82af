"""The run's folder, which appears complete or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from harness.support.folders import Kind, check_folder, partial_folder, written_whole

__all__ = [
    "check_output",
    "default_output",
    "files_of",
    "partial_folder",
    "whole_folder",
]

#: Everything that a run leaves in its folder; the last where it was killed at the end.
PARTS = frozenset(
    {"report.html", "run.json", "plots", "tables", "status.json", "error.txt"}
    | {".status.json.partial"}
)


def default_output(started: datetime, *, sweep: bool = False) -> Path:
    """``reports/<date>/<time-µs>`` below the working directory, ``reports/sweep/…`` for a sweep."""
    base = Path("reports", "sweep") if sweep else Path("reports")
    return base / f"{started:%Y-%m-%d}" / f"{started:%H-%M-%S-%f}"


def files_of(folder: Path) -> list[str]:
    """The names of all files below ``folder``, relative to it."""
    found = (path for path in folder.rglob("*") if not path.is_dir())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def _foreign(folder: Path) -> list[str]:
    """What in the folder was not written by a run; everything, if it is not the folder of a run."""
    content = sorted(p.name for p in folder.iterdir())
    records = [_record(folder / name) for name in ("run.json", "status.json")]
    if not set(content) <= PARTS or not any(records):
        return [name for name in content if name not in PARTS] or content
    written = {str(name) for record in records for name in record.get("files") or ()}
    return [name for name in files_of(folder) if name not in PARTS and name not in written]


def _record(path: Path) -> dict[str, Any]:
    """The run.json of an earlier run, or the status.json of a job that failed; {} if the file is
    none."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    versions = content.get("versions") if isinstance(content, dict) else None
    return content if isinstance(versions, dict) and "harness" in versions else {}


RUN = Kind("the run's folder", "a run", "choose another: output=DIR", _foreign)


def check_output(folder: Path) -> None:
    """Refuse a folder that holds something other than an earlier run, before any work is done:
    see :func:`harness.support.folders.check_folder`."""
    check_folder(folder, RUN)


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder to write a run into: see :func:`harness.support.folders.written_whole`."""
    with written_whole(folder, RUN) as partial:
        yield partial

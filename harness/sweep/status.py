"""How each job of a sweep ended, as recorded in its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from harness import __version__
from harness.runs.folder import whole_folder

__all__ = [
    "Status",
    "partial_of",
    "read_status",
    "write_failure",
    "write_record",
    "write_success",
]

State = Literal["done", "failed", "lost"]
STATUS, ERROR = "status.json", "error.txt"
_VERSIONS = {"versions": {"harness": __version__}}


@dataclass(frozen=True)
class Status:
    """How a job ended: ``done``; ``failed`` (``why`` says how); or ``lost``: it left no status,
    because it was killed or never began. ``kept``: an earlier sweep did it, and it is unchanged."""

    state: State
    why: str = ""
    seconds: float = float("nan")
    kept: bool = False


def write_success(
    folder: Path,
    overrides: tuple[str, ...],
    seconds: float,
    seal: Mapping[str, Any] | None = None,
    *,
    kept: bool = False,
) -> None:
    """Record in the folder of a finished run that its job is done; ``seal`` is its seal."""
    record = {"state": "done", "overrides": overrides, "seconds": seconds, "kept": kept}
    write_record(folder / STATUS, {**_VERSIONS, **record, "seal": dict(seal or {})})


def write_failure(
    folder: Path, overrides: tuple[str, ...], seconds: float, why: str, kind: str
) -> None:
    """Record that a job failed, in place of an earlier run: ``why`` in words or as a traceback;
    ``kind``: 'bad input' or 'defect'.

    Raises
    ------
    InputError
        The folder holds something that no run wrote.
    """
    with whole_folder(folder) as partial:
        (partial / ERROR).write_text(why + "\n", encoding="utf-8", errors="backslashreplace")
        status = {"state": "failed", "kind": kind, "overrides": overrides, "seconds": seconds}
        write_record(partial / STATUS, {**_VERSIONS, **status})


def read_status(folder: Path, overrides: tuple[str, ...]) -> Status:
    """How the job with these ``overrides`` ended; that of other overrides does not count."""
    try:
        record: Any = json.loads((folder / STATUS).read_text("utf-8"))
        if tuple(record["overrides"]) != overrides:
            return Status("lost", "the folder holds the run of another job")
        if record["state"] == "done":
            return Status("done", "", float(record["seconds"]), bool(record.get("kept")))
        why = (folder / ERROR).read_text("utf-8").strip()
        return Status("failed", why, float(record["seconds"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Status("lost", "it was killed, or never began")


def write_record(path: Path, record: Mapping[str, Any], indent: int | None = None) -> None:
    """Write ``record`` as JSON to ``path``, whole or not at all."""
    text = json.dumps(record, ensure_ascii=False, indent=indent)
    partial_of(path).write_text(text + "\n", encoding="utf-8", newline="\n")
    partial_of(path).replace(path)


def partial_of(path: Path) -> Path:
    """What there is of ``path`` if its writer was killed."""
    return path.with_name(f".{path.name}.partial")

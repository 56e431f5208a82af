"""The run's folder: written whole or not at all."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from harness.errors import InputError

__all__ = [
    "check_output",
    "default_output",
    "own_name",
    "partial_folder",
    "remove_leftovers",
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


def check_output(folder: Path) -> None:
    """Refuse a folder that holds something other than an earlier run, before any work is done.

    Raises
    ------
    InputError
        The path is a file, cannot be made, or is a folder with content that no run wrote.
    """
    folder = folder.resolve()
    try:
        exists = folder.exists()
    except OSError as error:
        raise InputError(
            "the run's folder cannot be made",
            file=folder,
            found=error.strerror,
            remedy="choose another: output=DIR",
        ) from error
    if not exists:
        _check_parent(folder)
        return
    if not folder.is_dir():
        raise InputError(
            "the run's folder is a file", file=folder, remedy="choose another: output=DIR"
        )
    if not os.access(folder.parent, os.W_OK) or not os.access(folder, os.W_OK | os.R_OK):
        raise InputError(
            "the run's folder cannot be written", file=folder, remedy="choose another: output=DIR"
        )
    content = sorted(p.name for p in folder.iterdir())
    records = (folder / "run.json", folder / "status.json")
    if content and not (set(content) <= PARTS and any(map(_is_run, records))):
        foreign = [name for name in content if name not in PARTS] or content
        raise InputError(
            "the run's folder exists and holds something else than a run",
            file=folder,
            found=", ".join(foreign[:5]),
            expected="no folder, an empty one, or an earlier run, which is replaced",
            remedy="choose another: output=DIR",
        )


def _check_parent(folder: Path) -> None:
    for parent in folder.parents:
        if parent.exists():
            if not parent.is_dir() or not os.access(parent, os.W_OK):
                why = "not writable" if parent.is_dir() else "not a folder"
                raise InputError(
                    "the run's folder cannot be made here",
                    file=folder,
                    found=f"{parent} is {why}",
                    remedy="choose another: output=DIR",
                )
            return


def _is_run(record: Path) -> bool:
    """Whether a file is the run.json of an earlier run, or the status.json of a job that failed."""
    try:
        content = json.loads(record.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    versions = content.get("versions") if isinstance(content, dict) else None
    return isinstance(versions, dict) and "harness" in versions


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder to write into, which becomes ``folder`` when the block ends without an error.

    An earlier run of the same name is replaced, in the end; after an error it is still there, and
    of the new one nothing is left. A link is followed.
    """
    check_output(folder)
    folder = folder.resolve()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = partial_folder(folder)
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
    except OSError as error:
        raise InputError(
            "the run's folder cannot be made",
            file=folder,
            found=error.strerror,
            remedy="choose another: output=DIR",
        ) from error
    try:
        yield partial
        _put(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def partial_folder(folder: Path) -> Path:
    """Where this process writes what becomes ``folder``."""
    return own_name(folder, "partial")


def own_name(path: Path, kind: str) -> Path:
    """A hidden name beside ``path`` that only this process uses: ``.NAME.KIND-HOST-PID``."""
    return path.with_name(f".{path.name}.{kind}-{platform.node()}-{os.getpid()}")


def remove_leftovers(path: Path) -> None:
    """Delete what processes of this machine that are gone have left beside ``path``."""
    pattern = re.compile(
        rf"\.{re.escape(path.name)}\.(?:partial|old)-{re.escape(platform.node())}-(\d+)"
    )
    for other in path.parent.iterdir() if path.parent.is_dir() else ():
        match = pattern.fullmatch(other.name)
        if match is None or _lives(int(match[1])):
            continue
        if other.is_dir():
            shutil.rmtree(other, ignore_errors=True)
        else:
            other.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # another user's
    return True


def _put(partial: Path, folder: Path) -> None:
    """``partial`` in the place of ``folder``."""
    check_output(folder)  # somebody may have written there meanwhile
    old = own_name(folder, "old")
    if folder.exists():
        folder.rename(old)
    try:
        partial.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)

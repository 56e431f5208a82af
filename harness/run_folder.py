"""The run's folder: written whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from harness.errors import InputError

__all__ = ["check_output", "default_output", "whole_folder"]

MARK = "run.json"


def default_output(started: datetime, *, sweep: bool = False) -> Path:
    """``reports/<date>/<time-µs>`` below the working directory, ``reports/sweep/…`` for a sweep."""
    base = Path("reports", "sweep") if sweep else Path("reports")
    return base / f"{started:%Y-%m-%d}" / f"{started:%H-%M-%S-%f}"


def check_output(folder: Path) -> None:
    """Refuse a folder that holds something other than an earlier run, before any work is done.

    Raises
    ------
    InputError
        The path is a file, or a folder with content that no run wrote.
    """
    if not folder.exists():
        for parent in folder.absolute().parents:
            if parent.exists():
                if not parent.is_dir() or not os.access(parent, os.W_OK):
                    raise InputError(
                        "the run's folder cannot be made here",
                        file=folder,
                        found=f"{parent} is "
                        + ("not writable" if parent.is_dir() else "not a folder"),
                        remedy="choose another: output=DIR",
                    )
                break
        return
    if not folder.is_dir():
        raise InputError(
            "the run's folder is a file", file=folder, remedy="choose another: output=DIR"
        )
    if any(folder.iterdir()) and not (folder / MARK).is_file():
        raise InputError(
            "the run's folder exists and holds something else than a run",
            file=folder,
            found=", ".join(sorted(p.name for p in folder.iterdir())[:5]),
            expected=f"no folder, an empty one, or an earlier run (with {MARK}), which is replaced",
            remedy="choose another: output=DIR",
        )


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder to write into, which becomes ``folder`` when the block ends without an error.

    An earlier run of the same name is replaced. After an error nothing is left.
    """
    check_output(folder)
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.with_name(f".{folder.name}.partial-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        yield partial
        old = folder.with_name(f".{folder.name}.old-{os.getpid()}")
        if folder.exists():
            folder.rename(old)
        partial.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(partial, ignore_errors=True)

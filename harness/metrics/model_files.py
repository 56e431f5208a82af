"""The content of files that a metric is made of, such as the weights of a model, as a sha256.

A file is read once, in chunks. Its sha256 is remembered by path, size and modification time, in
this process and in the cache folder, so the next run only needs the file's status. A change that
keeps the size and restores the old modification time is not noticed.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from os import stat_result
from pathlib import Path

from harness.errors import InputError
from harness.support.folders import whole_file
from harness.test_sets.downloads import cache_folder

__all__ = ["file_digest", "files_digest", "files_of"]

#: A smaller file is read again by the next process: that is as quick as looking it up.
SMALL = 2**20
#: Seconds after its last change in which a file is not remembered: another change within the same
#: tick of the clock would not be noticed.
SETTLED = 2.0

#: Path, size in bytes, time of last change in nanoseconds.
_State = tuple[str, int, int]
_known: dict[_State, str] = {}


def files_digest(paths: Sequence[str | Path]) -> str:
    """The sha256 of all files of ``paths``, in hexadecimal, from their names (relative to the
    folder) and their content. Moving a folder does not change it.

    Raises
    ------
    InputError
        There is no such file or folder, a folder is empty, or a file cannot be read.
    """
    digest = hashlib.sha256()
    for given in map(Path, paths):
        for file in files_of(given):
            name = file.name if file == given else file.relative_to(given).as_posix()
            digest.update(json.dumps([name, file_digest(file)]).encode())
    return digest.hexdigest()


def files_of(path: str | Path) -> list[Path]:
    """The file ``path``, or every file below the folder ``path``, in order; names that begin with a
    dot do not count.

    Raises
    ------
    InputError
        There is no such file or folder, or the folder holds no file.
    """
    path = Path(path)
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise InputError("there is no such file or folder", file=path, remedy="check the path")
    found = [
        file
        for file in sorted(path.rglob("*"))
        if file.is_file() and not any(p[0] == "." for p in file.relative_to(path).parts)
    ]
    if not found:
        raise InputError("the folder holds no file", file=path, remedy="name the model's folder")
    return found


def file_digest(path: str | Path) -> str:
    """The sha256 of a file in hexadecimal, read or remembered.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    path = Path(path).resolve()
    try:
        status = path.stat()
        state = _state(path, status)
        if state in _known:
            return _known[state]
        found = _looked_up(state)
        if found is not None:
            _known[state] = found
            return found
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        settled = _state(path, path.stat()) == state
    except OSError as error:
        raise InputError("this file cannot be read", file=path, found=str(error)) from error
    if settled and time.time() - status.st_mtime > SETTLED:
        _known[state] = digest
        _remember(state, digest)
    return digest


def _state(path: Path, status: stat_result) -> _State:
    return str(path), status.st_size, status.st_mtime_ns


def _memory(path: str) -> Path:
    name = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()
    return cache_folder() / "file_hashes" / f"{name}.json"


def _looked_up(state: _State) -> str | None:
    """The hash that an earlier process remembered for a file in this state."""
    if state[1] < SMALL:
        return None
    try:
        held = json.loads(_memory(state[0]).read_bytes())
        return str(held["sha256"]) if held["state"] == list(state) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(state: _State, digest: str) -> None:
    """Remember the hash for later processes; if the cache cannot be written, they hash again."""
    if state[1] < SMALL:
        return
    with suppress(InputError):
        place = _memory(state[0])
        with whole_file(
            place, "the cache", "choose another: HARNESS_CACHE", make_folder=True
        ) as to:
            to.write_text(json.dumps({"state": state, "sha256": digest}), encoding="utf-8")

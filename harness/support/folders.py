"""Folders and files that appear complete or not at all, and never replace anything else."""

from __future__ import annotations

import errno
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from harness.errors import InputError

__all__ = [
    "DISK_FULL",
    "PARTIAL",
    "Kind",
    "check_folder",
    "own_name",
    "partial_folder",
    "remove_leftovers",
    "whole_file",
    "whole_text",
    "written_whole",
]

#: Errors that say that there is no room left, on the disk or for this user or process.
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

#: How the names of files begin that are being written.
PARTIAL = ".partial-"


@dataclass(frozen=True)
class Kind:
    """A kind of folder, for checks and messages.

    ``name`` is what messages call it ("the run's folder"), ``content`` what it holds ("a run"),
    ``remedy`` what to do if it cannot be written. ``foreign`` gives, of a folder that is not
    empty, the names of what may not be replaced; [] if all is an earlier folder of this kind.
    """

    name: str
    content: str
    remedy: str
    foreign: Callable[[Path], list[str]]


def check_folder(folder: Path, kind: Kind) -> None:
    """Refuse a folder that holds something other than an earlier one of this kind, before any
    work is done.

    Raises
    ------
    InputError
        The path is a file, cannot be made, or is a folder with content of another kind.
    """
    folder = folder.resolve()
    try:
        exists = folder.exists()
    except (OSError, ValueError) as error:
        raise _cannot_be_made(folder, kind, error) from error
    if not exists:
        _check_parent(folder, kind)
        return
    if not folder.is_dir():
        raise InputError(f"{kind.name} is a file", file=folder, remedy=kind.remedy)
    if not os.access(folder.parent, os.W_OK) or not os.access(folder, os.W_OK | os.R_OK):
        raise InputError(f"{kind.name} cannot be written", file=folder, remedy=kind.remedy)
    foreign = kind.foreign(folder) if any(folder.iterdir()) else []
    if foreign:
        raise InputError(
            f"{kind.name} exists and holds something other than {kind.content}",
            file=folder,
            found=", ".join(foreign[:5]),
            expected=f"no folder, an empty one, or an earlier {kind.content.split()[-1]}, which is"
            " replaced",
            remedy=kind.remedy,
        )


def _check_parent(folder: Path, kind: Kind) -> None:
    for parent in folder.parents:
        if parent.exists():
            if not parent.is_dir() or not os.access(parent, os.W_OK):
                why = "not writable" if parent.is_dir() else "not a folder"
                raise InputError(
                    f"{kind.name} cannot be made here",
                    file=folder,
                    found=f"{parent} is {why}",
                    remedy=kind.remedy,
                )
            return


def _cannot_be_made(folder: Path, kind: Kind, error: Exception) -> InputError:
    return InputError(
        f"{kind.name} cannot be made",
        file=folder,
        found=getattr(error, "strerror", None) or str(error),
        remedy=kind.remedy,
    )


@contextmanager
def written_whole(folder: Path, kind: Kind) -> Iterator[Path]:
    """A folder to write into; it becomes ``folder`` when the block ends without an error.

    An earlier folder of the same kind is replaced at the end. After an error, the earlier folder is
    still there and nothing of the new one is left. A link is followed.
    """
    check_folder(folder, kind)
    folder = folder.resolve()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = partial_folder(folder)
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
    except OSError as error:
        raise _cannot_be_made(folder, kind, error) from error
    try:
        yield partial
        _put(partial, folder, kind)
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        raise InputError(
            f"{kind.name} cannot be written",
            file=folder,
            found=error.strerror,
            remedy=f"make room there, or {kind.remedy}",
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def partial_folder(folder: Path) -> Path:
    """Where this process writes what becomes ``folder``."""
    return own_name(folder, "partial")


def own_name(path: Path, kind: str) -> Path:
    """A hidden name beside ``path`` that only this process uses: ``.NAME.KIND-HOST-PID``."""
    return path.with_name(f".{path.name}.{kind}-{platform.node()}-{os.getpid()}")


@contextmanager
def whole_file(path: Path, what: str, remedy: str, *, make_folder: bool = False) -> Iterator[Path]:
    """A file beside ``path`` to write to, which takes the place of ``path`` when the block ends
    without an error; otherwise nothing is left. ``what`` and ``remedy`` are words of the error;
    ``make_folder``: whether its
    folder is made where it is absent.

    Raises
    ------
    InputError
        It cannot be written.
    """
    try:
        if path.exists() and not path.is_file():
            raise InputError("this is no file that can be replaced", file=path, remedy=remedy)
        if make_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=PARTIAL, dir=path.parent)
        os.close(handle)
        partial = Path(name)
        try:
            yield partial
            mask = os.umask(0)
            os.umask(mask)
            partial.chmod(0o666 & ~mask)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"{what} cannot be written", file=path, found=error.strerror, remedy=remedy
        ) from error


@contextmanager
def whole_text(path: Path, inputs: Iterable[str | Path | None] = ()) -> Iterator[TextIO]:
    """A text file (UTF-8, LF) that takes the place of ``path`` when the block ends well; nothing is
    left otherwise. ``inputs`` are the files that it is made from.

    Raises
    ------
    InputError
        It cannot be written, or is one of ``inputs``.
    """
    for given in inputs:
        if given is not None and Path(given).resolve() == path.resolve():
            raise InputError("the file to be written is one that is read", file=path)
    with (
        whole_file(path.resolve(), "the file", "choose another file") as partial,
        partial.open("w", encoding="utf-8", newline="\n") as stream,
    ):
        yield stream


def remove_leftovers(path: Path) -> None:
    """Delete what ended processes of this machine left beside ``path``."""
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


def _put(partial: Path, folder: Path, kind: Kind) -> None:
    """Put ``partial`` in the place of ``folder``."""
    check_folder(folder, kind)  # somebody may have written there meanwhile
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

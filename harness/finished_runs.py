"""Finished runs, kept so that the same run again is a copy instead of work.

A run is the same if its config is (but for where results and downloads lie), the program and the
packages that it builds on are, and every file that it read still has the content that it had. What
a run reads is written down while it runs, by an audit hook of the interpreter, so that a file that
a user's own metric or reader opens counts too.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["FinishedRuns", "Inputs", "recorded_inputs", "run_key"]

FORMAT = 1
#: Config values that change where things lie or how fast they go, and no result.
NEUTRAL = ("output", "mirror", "cache", "workers", "store", "reuse_runs", "dry_run")
#: Finished runs that are kept; the ones used longest ago go first.
MOST = 40
_PACKAGE = Path(__file__).resolve().parent
_INPUTS = "inputs.json"


@dataclass
class Inputs:
    """The files that a run read, and the folders whose content it listed; absolute paths."""

    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)

    def digests(self) -> dict[str, str]:
        """path -> what it holds now; '' where there is nothing."""
        return {path: _digest(path) for path in sorted(self.files | self.folders)}


_recording: list[Inputs] = []


@contextmanager
def recorded_inputs() -> Iterator[Inputs]:
    """What is read while the block runs, by this process (threads included)."""
    _hook()
    inputs = Inputs()
    _recording.append(inputs)
    try:
        yield inputs
    finally:
        _recording.remove(inputs)


@cache
def _hook() -> None:
    sys.addaudithook(_heard)


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if not _recording or event not in {"open", "os.listdir", "os.scandir"}:
        return
    path = arguments[0]
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if not isinstance(path, str):
        return  # a descriptor: it was opened by its path before
    if event == "open" and not _is_read(arguments[1], arguments[2]):
        return
    path = os.path.abspath(path)  # noqa: PTH100 - no file may be opened in here
    for inputs in _recording:
        (inputs.files if event == "open" else inputs.folders).add(path)


def _is_read(mode: object, flags: object) -> bool:
    if isinstance(mode, str):
        return not set(mode) & set("wax+")
    return not (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR))


def run_key(config: Mapping[str, Any]) -> str:
    """The key of a run: the sha256 of its resolved config, of where it is run (relative paths), of
    the program's files and of the versions of everything installed beside it."""
    parts = {
        "format": FORMAT,
        "config": {k: v for k, v in config.items() if k not in NEUTRAL},
        "folder": str(Path.cwd()),
        "program": _program_digest(),
        "python": sys.version,
        "packages": _packages(),
    }
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _program_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.relative_to(_PACKAGE).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@cache
def _packages() -> list[str]:
    """name and version of every installed package, as the folders of their metadata say."""
    return sorted(p.name for folder in sys.path for p in Path(folder or ".").glob("*.dist-info"))


class FinishedRuns:
    """Finished runs below ``folder`` (made when the first is kept)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def holds(self, key: str) -> bool:
        """Whether the run ``key`` is kept and everything that it read is unchanged."""
        folder = self.folder / key
        try:
            inputs = json.loads((folder / _INPUTS).read_text("utf-8"))
            unchanged = all(_digest(path) == digest for path, digest in inputs.items())
        except (OSError, ValueError, AttributeError):
            return False
        with suppress(OSError):
            os.utime(folder)  # it was used just now
        return unchanged

    def copy(self, key: str, target: Path) -> Mapping[str, Any] | None:
        """Copy the run ``key`` into the folder ``target``, which exists; its run.json as it was.
        None if the run is not there any more."""
        folder = self.folder / key
        try:
            record = json.loads((folder / "run.json").read_text("utf-8"))
            for path in sorted(folder.iterdir()):
                if path.name == _INPUTS:
                    continue
                if path.is_dir():
                    shutil.copytree(path, target / path.name, copy_function=shutil.copyfile)
                else:
                    shutil.copyfile(path, target / path.name)
        except (OSError, ValueError):
            return None
        return record if isinstance(record, dict) else None

    def keep(self, key: str, run: Path, inputs: Inputs, *, ignored: tuple[Path, ...] = ()) -> None:
        """Keep the finished run in the folder ``run``; what it read below ``ignored`` does not
        count. A run whose files cannot be kept is simply not kept."""
        roots = [str(path.resolve()) + os.sep for path in (*ignored, run, self.folder)]
        own = Inputs(
            {p for p in inputs.files | _modules() if _counts(p, roots)},
            {p for p in inputs.folders if _counts(p, roots)},
        )
        partial = self.folder / f".partial-{key}-{os.getpid()}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.copytree(run, partial, copy_function=shutil.copyfile)
            text = json.dumps(own.digests(), ensure_ascii=True, indent=1)
            (partial / _INPUTS).write_text(text, encoding="utf-8")
            target = self.folder / key
            self._delete(target)
            partial.rename(target)
            self._forget()
        except OSError:
            shutil.rmtree(partial, ignore_errors=True)

    def _forget(self) -> None:
        """Delete the runs used longest ago, and what killed processes have left."""
        runs = []
        for path in self.folder.iterdir():
            with suppress(OSError):
                if not path.name.startswith("."):
                    runs.append((path.stat().st_mtime, path))
                elif time.time() - path.stat().st_mtime > 3600:
                    shutil.rmtree(path, ignore_errors=True)
        for _, path in sorted(runs)[:-MOST]:
            self._delete(path)

    def _delete(self, run: Path) -> None:
        """Delete a run that is kept; if this is interrupted, no half of it counts as a run."""
        gone = self.folder / f".deleted-{run.name}-{os.getpid()}"
        with suppress(OSError):
            run.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


@cache
def _elsewhere() -> tuple[str, ...]:
    """Folders whose content belongs to the program, its packages or the system."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    paths = {sysconfig.get_path(name) for name in names} | {str(_PACKAGE)}
    roots = {sys.prefix, sys.base_prefix, "/proc", "/sys", "/dev", "/etc", "/usr"}
    return tuple(str(Path(path)) + os.sep for path in paths | roots if path)


def _counts(path: str, ignored: list[str]) -> bool:
    text = path + os.sep
    own = text.startswith((*_elsewhere(), *ignored))
    return not own and not {"__pycache__", "matplotlib"} & set(Path(path).parts)


def _modules() -> set[str]:
    """The files of everything imported: a plug-in that somebody has edited is another program."""
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return {os.path.abspath(file) for file in files if file}  # noqa: PTH100 - as in _heard


def _digest(path: str) -> str:
    """The sha256 of a file, or of the names in a folder; '' where there is nothing."""
    try:
        if Path(path).is_dir():
            names = "\n".join(sorted(os.listdir(path)))  # noqa: PTH208 - names alone
            return hashlib.sha256(names.encode("utf-8", "surrogateescape")).hexdigest()
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""

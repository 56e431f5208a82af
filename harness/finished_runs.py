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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

__all__ = ["FinishedRuns", "Inputs", "recorded_inputs", "run_key"]

FORMAT = 1
#: Config values that change where things lie or how fast they go, and no result.
NEUTRAL = ("output", "mirror", "cache", "workers", "store", "reuse_runs", "dry_run")
#: Finished runs that are kept; the ones used longest ago go first.
MOST = 40
_PACKAGE = Path(__file__).resolve().parent
_INPUTS = "inputs.json"
_SEARCHERS = ("importlib._bootstrap_external", "importlib.metadata")


@dataclass
class Inputs:
    """What a run read: absolute path of a file, or of a folder whose content it listed -> how it
    looked just before (None: it was not there). ``written``: what the run wrote itself."""

    read: dict[str, tuple[int, int, int] | None] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)

    def note(self, path: str) -> None:
        """Note that ``path`` is about to be read, the first time that it is."""
        if path not in self.read:
            self.read[path] = _looks(path)

    def digests(self, counts: Callable[[str], bool]) -> dict[str, str] | None:
        """path -> what it holds ('': nothing), of the paths that count; None if one of them has
        changed since it was read, so that nobody knows what the run saw."""
        own = {p: look for p, look in self.read.items() if counts(p) and p not in self.written}
        if any(_looks(path) != look for path, look in own.items()):
            return None
        return {path: _digest(path) for path in sorted(own)}


def _looks(path: str) -> tuple[int, int, int] | None:
    """Size, time of change and number of a file or folder; None where there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - called for every open, also by pathlib
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


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
    if event != "open" and _searches_for_modules(sys._getframe(1)):
        return
    path = arguments[0]
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if not isinstance(path, str):
        return  # a descriptor: it was opened by its path before
    path = os.path.abspath(path)  # noqa: PTH100 - no file may be opened in here
    for inputs in _recording:
        if event != "open" or _is_read(arguments[1], arguments[2]):
            inputs.note(path)
        else:
            inputs.written.add(path)


def _searches_for_modules(caller: FrameType) -> bool:
    """Whether the import system lists a folder in search of modules or of installed packages, as
    it does with the working directory under ``python -m``: what it finds there is in the key or
    among the modules, and what else is in the folder, such as the output of this very run, does
    not count."""
    return caller.f_globals.get("__name__") in _SEARCHERS


def _is_read(mode: object, flags: object) -> bool:
    if isinstance(mode, str):
        return not set(mode) & set("wax+")
    return not (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR))


def run_key(config: Mapping[str, Any]) -> str:
    """The key of a run: the sha256 of its resolved config (in its order, which decides the first
    reference and the first view), of where it is run (relative paths), of the program's files and
    of the versions of everything installed beside it."""
    parts = {
        "format": FORMAT,
        "config": {k: v for k, v in config.items() if k not in NEUTRAL},
        "folder": str(Path.cwd()),
        "program": _program_digest(),
        "python": sys.version,
        "packages": _packages(),
    }
    text = json.dumps(parts, default=str)
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
        roots = (*_elsewhere(), *(str(path.resolve()) + os.sep for path in (*ignored, run)))
        for path in _modules():
            inputs.note(path)

        def counts(path: str) -> bool:
            return not (path + os.sep).startswith(roots) and not path.endswith(".pyc")

        digests = inputs.digests(counts)
        if digests is None:
            return
        partial = self.folder / f".partial-{key}-{os.getpid()}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.copytree(run, partial, copy_function=shutil.copyfile)
            text = json.dumps(digests, ensure_ascii=True, indent=1)
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


def _elsewhere() -> tuple[str, ...]:
    """Folders whose content belongs to the program, its packages or the system."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    paths = {sysconfig.get_path(name) for name in names} | {str(_PACKAGE)}
    paths |= {"/proc", "/sys", "/dev", "/usr/share/fonts"}
    matplotlib = sys.modules.get("matplotlib")  # it keeps its own lists of fonts
    if matplotlib is not None:
        paths |= {matplotlib.get_cachedir(), matplotlib.get_configdir()}
    return tuple(str(Path(path)) + os.sep for path in paths if path)


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

"""Public files: from a mirror, from the cache, or from the network; verified whenever opened.

A *mirror* is a folder laid out by URL: https://host/path lies in MIRROR/host/path. Downloads are
kept in the cache in the same layout.
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from harness.errors import InputError
from harness.progress import Bar, bar
from harness.readers.lines import data_file

__all__ = ["RemoteFile", "cache_folder", "fetch", "mirror_folder"]

_URL = re.compile(r"https://(?P<host>[A-Za-z0-9.-]+)/(?P<path>[^?#\s\\\[\]]+)")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TIMEOUT = 60  # seconds without an answer
_CHUNK = 2**16  # bytes


@dataclass(frozen=True)
class RemoteFile:
    """A public file: its URL (https), its size in bytes and its sha256 (64 hex digits).

    Raises
    ------
    InputError
        The URL or the sha256 is none.
    """

    url: str
    bytes: int
    sha256: str

    def __post_init__(self) -> None:
        match = _URL.fullmatch(self.url)
        parts = match["path"].split("/") if match else []
        if not match or set(match["host"]) <= {"."} or {"", ".", ".."} & set(parts):
            raise InputError(
                f"this is no URL of a file: {self.url!r}", expected="https://host/path/file"
            )
        if not _SHA256.fullmatch(self.sha256):
            raise InputError(
                f"the sha256 of {self.url} is none",
                found=self.sha256,
                expected="64 hexadecimal digits, in lower case",
            )

    @property
    def place(self) -> PurePosixPath:
        """host/path: where the file lies below a mirror."""
        return PurePosixPath(self.url.removeprefix("https://"))

    @property
    def name(self) -> str:
        """The last part of the URL."""
        return self.place.name


def mirror_folder(mirror: str | Path | None = None) -> Path | None:
    """The mirror: ``mirror``, else the environment's HARNESS_MIRROR, else none.

    Raises
    ------
    InputError
        It is named but is no folder.
    """
    given = mirror or os.environ.get("HARNESS_MIRROR")
    if not given:
        return None
    folder = Path(given)
    if not folder.is_dir():
        raise InputError(
            "the mirror is no folder",
            file=folder,
            remedy="name a folder that holds host/path for each https://host/path (mirror=DIR or"
            " HARNESS_MIRROR)",
        )
    return folder


def cache_folder(cache: str | Path | None = None) -> Path:
    """The cache: ``cache``, else HARNESS_CACHE, else the user's cache folder for harness. It need
    not exist."""
    given = cache or os.environ.get("HARNESS_CACHE")
    if given:
        return Path(given)
    from platformdirs import user_cache_path

    return user_cache_path("harness")


def fetch(
    file: RemoteFile, mirror: str | Path | None = None, cache: str | Path | None = None
) -> Path:
    """A local copy of ``file``: in the mirror, else in the cache, else downloaded into the cache.

    Size and sha256 are checked each time, wherever the copy lies. A download goes to a temporary
    file and is renamed when it is whole and right; it shows its progress if standard error is a
    terminal.

    Raises
    ------
    InputError
        The copy is not the file that was asked for, the network does not give it, or the cache
        cannot be written.
    """
    folder = mirror_folder(mirror)
    if folder is not None and (copy := folder / file.place).is_file():
        return _verified(copy, file, "correct the mirror, or do without it")
    copy = cache_folder(cache) / "downloads" / file.place
    if copy.is_file():
        return _verified(copy, file, f"delete {copy}; it is then fetched again")
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=copy.name + ".", dir=copy.parent)
    except OSError as error:
        raise InputError(
            "the cache cannot be written",
            file=copy.parent,
            found=error.strerror,
            remedy="name another folder (cache=DIR or HARNESS_CACHE)",
        ) from error
    os.close(handle)
    temporary = Path(name)
    try:
        _download(file, temporary)
        _verified(temporary, file, "try again; if it stays so, the file was changed at its source")
        temporary.chmod(0o644)
        temporary.replace(copy)
    finally:
        temporary.unlink(missing_ok=True)
    return copy


def _verified(copy: Path, file: RemoteFile, remedy: str) -> Path:
    """``copy`` if it is ``file``."""
    found = data_file(copy)
    if (found.bytes, found.sha256) == (file.bytes, file.sha256):
        return copy
    raise InputError(
        f"this is not the file that {file.url} should be",
        file=copy,
        found=f"sha256 {found.sha256} ({found.bytes:,} bytes)",
        expected=f"sha256 {file.sha256} ({file.bytes:,} bytes)",
        remedy=remedy,
    )


def _download(file: RemoteFile, target: Path) -> None:
    import pooch

    try:
        with bar(f"fetching {file.name}", file.bytes) as shown:
            downloader = pooch.HTTPDownloader(
                progressbar=_Progress(file, shown), chunk_size=_CHUNK, timeout=_TIMEOUT
            )
            downloader(file.url, str(target), None)
    except (OSError, ValueError) as error:  # requests' exceptions are OSErrors
        status = getattr(getattr(error, "response", None), "status_code", None)
        raise InputError(
            f"{file.url} cannot be fetched",
            found=f"the answer {status}" if status else type(error).__name__,
            remedy="check the network, or put the file into a folder laid out by URL and name that"
            f" (mirror=DIR or HARNESS_MIRROR), as DIR/{file.place}",
        ) from error


class _Progress:
    """A progress bar as pooch drives one; it also stops a download that grows too large."""

    def __init__(self, file: RemoteFile, shown: Bar) -> None:
        self.file = file
        self.shown = shown
        self.total = file.bytes  # pooch sets it to the length that the server announces
        self.done = 0

    def update(self, amount: int) -> None:
        """``amount`` more bytes came, or fewer: pooch counts whole chunks."""
        self.done += amount
        if self.done >= self.file.bytes + _CHUNK:
            raise InputError(
                f"{self.file.url} is larger than it should be",
                expected=f"{self.file.bytes:,} bytes",
                remedy="the file was changed at its source",
            )
        self.shown.advance(amount)

    def reset(self) -> None:
        """All chunks came; pooch now counts the whole file once more."""
        self.done = 0
        self.shown = _Unseen()

    def close(self) -> None:
        """The bar is taken away by its own context."""


class _Unseen:
    def advance(self, steps: int = 1) -> None:
        return None

"""Public files: from a mirror, from the cache, or from the network; verified whenever opened.

A *mirror* is a folder laid out by URL: https://host/path lies in MIRROR/host/path. Downloads are
kept in the cache in the same layout.
"""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from harness.errors import InputError
from harness.support.progress import bar
from harness.test_sets.readers.lines import data_file

if TYPE_CHECKING:
    import requests

__all__ = ["RemoteFile", "cache_folder", "fetch", "local_copy", "mirror_folder"]

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


def local_copy(
    file: RemoteFile, mirror: str | Path | None = None, cache: str | Path | None = None
) -> Path | None:
    """Where ``file`` lies in the mirror, else in the cache, unverified; None: in neither."""
    folder = mirror_folder(mirror)
    copies = [] if folder is None else [folder / file.place]
    copies.append(cache_folder(cache) / "downloads" / file.place)
    return next((copy for copy in copies if copy.is_file()), None)


def fetch(
    file: RemoteFile, mirror: str | Path | None = None, cache: str | Path | None = None
) -> Path:
    """A local copy of ``file``: in the mirror, else in the cache, else downloaded into the cache.

    Size and sha256 are checked each time, wherever the copy lies. A download goes to a temporary
    file and is renamed when it is whole and right; it shows its progress if standard error is a
    terminal. What came before a download broke off is kept, and the next one asks the server for
    the rest only.

    Raises
    ------
    InputError
        The copy is not the file that was asked for, the network does not give it, or the cache
        cannot be written.
    """
    copy = cache_folder(cache) / "downloads" / file.place
    found = local_copy(file, mirror, cache)
    if found is not None:
        again = f"delete {copy}; it is then fetched again"
        return _verified(
            found, file, again if found == copy else "correct the mirror, or do without it"
        )
    part = copy.with_name(f"{copy.name}.{file.sha256[:16]}.part")
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=copy.name + ".", dir=copy.parent)
        os.close(handle)
        temporary = Path(name)
        with suppress(FileNotFoundError):
            part.replace(temporary)  # only one process gets it
    except OSError as error:
        raise InputError(
            "the cache cannot be written",
            file=copy.parent,
            found=error.strerror,
            remedy="name another folder (cache=DIR or HARNESS_CACHE)",
        ) from error
    try:
        start = temporary.stat().st_size
        if not (0 < start < file.bytes and _download(file, temporary, start)):
            _download(file, temporary, 0)
        _verified(temporary, file, "try again; if it stays so, the file was changed at its source")
        temporary.chmod(0o644)
        temporary.replace(copy)
    except (_BrokenOffError, KeyboardInterrupt):
        if temporary.stat().st_size:
            temporary.replace(part)
        raise
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


class _BrokenOffError(InputError):
    """The network did not give the whole file."""


def _download(file: RemoteFile, target: Path, start: int) -> bool:
    """Write ``file`` to ``target``, which holds its first ``start`` bytes.

    Returns
    -------
    bool
        False: what ``target`` holds is not the file's beginning, or the server knows nothing of
        that place; ``target`` is to be written anew.
    """
    import requests

    headers = {"Accept-Encoding": "identity"}  # a compressed answer has other bytes
    if start:
        headers["Range"] = f"bytes={start}-"
    try:
        with (
            bar(f"fetching {file.name}", file.bytes) as shown,
            requests.get(file.url, headers=headers, stream=True, timeout=_TIMEOUT) as answer,
        ):
            if start and (answer.status_code == 416 or not _goes_on(answer, start)):
                return False
            answer.raise_for_status()
            going_on = answer.status_code == 206
            with target.open("r+b" if going_on else "wb") as stream:
                done = stream.seek(0, os.SEEK_END)
                whole = done + int(answer.headers.get("content-length") or 0)
                shown.advance(done)
                for chunk in answer.iter_content(_CHUNK):
                    done += stream.write(chunk)
                    _check_size(file, done)
                    shown.advance(len(chunk))
            if done < whole:
                raise requests.ConnectionError("the answer ended early")
    except (OSError, ValueError) as error:  # requests' exceptions are OSErrors
        raise _broken_off(file, target, error) from error
    return not going_on or data_file(target).sha256 == file.sha256


def _goes_on(answer: requests.Response, start: int) -> bool:
    """Whether an answer to a request for the rest is the rest, or the whole file, or a refusal."""
    place = answer.headers.get("content-range", "")
    return answer.status_code != 206 or place.startswith(f"bytes {start}-")


def _check_size(file: RemoteFile, done: int) -> None:
    """Stop a download that grows too large."""
    if done > file.bytes:
        raise InputError(
            f"{file.url} is larger than it should be",
            expected=f"{file.bytes:,} bytes",
            remedy="the file was changed at its source",
        )


def _broken_off(file: RemoteFile, target: Path, error: Exception) -> _BrokenOffError:
    status = getattr(getattr(error, "response", None), "status_code", None)
    found = f"the answer {status}" if status else type(error).__name__
    if kept := target.stat().st_size:
        found += f"; {kept:,} of {file.bytes:,} bytes are kept, and the next try goes on from there"
    return _BrokenOffError(
        f"{file.url} cannot be fetched",
        found=found,
        remedy="check the network, or put the file into a folder laid out by URL and name that"
        f" (mirror=DIR or HARNESS_MIRROR), as DIR/{file.place}",
    )

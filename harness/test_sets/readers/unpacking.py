"""Compressed input files: unpacked as they are read, never to disk, and never without a limit."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from harness.errors import InputError

__all__ = ["LARGEST", "LARGEST_RATIO", "SMALL", "unpacked"]

#: More is never unpacked: 4 GiB (the largest published file has 300 MB).
LARGEST = 4 * 2**30
#: What unpacks to more than ``SMALL`` bytes may be so many times as large as it is packed. Text
#: becomes 3 to 10 times as large, MQM files with their metadata up to 40; a bomb 1,000 times.
LARGEST_RATIO = 200
SMALL = 64 * 2**20


@contextmanager
def unpacked(path: Path, ending: str) -> Iterator[BinaryIO]:
    """The content of a file: unpacked if it is called ``.gz``; that of the first member whose name
    has the ``ending`` if it is called .tar, .tar.gz or .tgz.

    Raises
    ------
    InputError
        The archive is damaged (also if that is found while it is read), holds no such file, or
        unpacks to more than :data:`LARGEST` bytes or than :data:`LARGEST_RATIO` times its size.
    """
    name = path.name.lower()
    try:
        if name.endswith((".tar.gz", ".tgz", ".tar")):
            with tarfile.open(path, "r:*") as archive:
                yield _limited(_member(archive, path, ending), path)
        elif name.endswith(".gz"):
            with gzip.open(path, "rb") as stream:
                yield _limited(cast(BinaryIO, stream), path)
        else:
            with path.open("rb") as plain:
                yield plain
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(
            "the archive is damaged or is none",
            file=path,
            found=f"{type(error).__name__}: {error}",
            remedy="fetch the file again",
        ) from error


def _member(archive: tarfile.TarFile, path: Path, ending: str) -> BinaryIO:
    for member in archive:
        if not member.name.lower().endswith(ending):
            continue
        stream = archive.extractfile(member) if member.isreg() else None
        if stream is None:
            raise InputError(
                f"the member {member.name!r} of the archive is no plain file", file=path
            )
        if member.size > LARGEST:
            raise InputError(
                f"the member {member.name!r} of the archive is too large",
                file=path,
                found=f"{member.size:,} bytes",
                expected=f"at most {LARGEST:,}",
            )
        return cast(BinaryIO, stream)
    raise InputError(f"the archive holds no {ending} file", file=path)


def _limited(stream: BinaryIO, path: Path) -> BinaryIO:
    most = min(LARGEST, max(SMALL, LARGEST_RATIO * path.stat().st_size))
    return io.BufferedReader(_Limited(stream, path, most), 2**16)


class _Limited(io.RawIOBase):
    """A stream that is refused as soon as more than ``most`` bytes have come out of it."""

    def __init__(self, stream: BinaryIO, path: Path, most: int) -> None:
        self.stream, self.path, self.left, self.most = stream, path, most, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # as RawIOBase calls it
        content = self.stream.read(len(buffer))
        self.left -= len(content)
        if self.left < 0:
            raise InputError(
                "the archive unpacks to more than a file of texts can be",
                file=self.path,
                found=f"more than {self.most:,} bytes from {self.path.stat().st_size:,}",
                expected=f"at most {LARGEST_RATIO} times its size",
                remedy="unpack it yourself and look at what it holds",
            )
        buffer[: len(content)] = content
        return len(content)

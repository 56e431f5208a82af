"""Text files as lines, and the faults that a file can have.

A line ends at LF or CR LF and nowhere else: the other characters that Python's ``splitlines``
breaks at (U+2028, U+0085, vertical tab, form feed, a lone CR) occur inside real segments.
"""

from __future__ import annotations

import difflib
import errno
import hashlib
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from harness.errors import InputError
from harness.support.formatting import plural
from harness.test_sets.readers.file_kinds import refuse_json, refuse_other_kinds

if TYPE_CHECKING:
    from harness.tables import DataFile

__all__ = [
    "LONGEST_LINE",
    "data_file",
    "decode_lines",
    "existing_file",
    "has_text",
    "read_lines",
    "read_plain",
    "read_texts",
    "without_space",
]

#: A longer line is no text of a segment; 64 MiB.
LONGEST_LINE = 64 * 2**20

#: Errors that say that there is no file of this name.
_ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL)

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def existing_file(path: str | Path) -> Path:
    """``path`` if it is a file that can be opened.

    Raises
    ------
    InputError
        There is no such file (the message names a similar one of the folder), it is a folder, a
        pipe or a device, or it may not be read.
    """
    path = Path(path)
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise InputError(
                "this is a pipe or a device, and files are read more than once",
                file=path,
                remedy="write its content to a file first, and name that",
            )
        with path.open("rb"):
            return path
    except IsADirectoryError as error:
        raise InputError(
            "this is a folder, not a file", file=path, remedy="name a file in it"
        ) from error
    except PermissionError as error:
        raise InputError(
            "this file may not be read", file=path, remedy="change its permissions"
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        if isinstance(error, OSError) and error.errno not in _ABSENT:
            raise InputError(
                "the file cannot be opened", file=path, found=error.strerror
            ) from error
        raise InputError("there is no such file", file=path, remedy=_nearest(path)) from error


def _nearest(path: Path) -> str:
    """What to do about a missing file."""
    folder = path.parent
    try:
        names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else None
    except (OSError, ValueError):
        names = None
    if names is None:
        return f"check the path: the folder {folder} does not exist or cannot be read"
    near = difflib.get_close_matches(path.name, names, n=1)
    return f"did you mean {near[0]!r}?" if near else f"check the path (the folder {folder} exists)"


def read_lines(path: str | Path) -> Iterator[str]:
    """The lines of a UTF-8 text file, without their ends, one after the other.

    One byte order mark at the start is left out. A final line end is not followed by an empty
    line; a file of length 0 has no lines.

    Raises
    ------
    InputError
        There is no such file, it is no plain text, a line is not UTF-8 (file, line and byte are
        named), or the first line looks like UTF-16 without a mark.
    """
    path = existing_file(path)
    refuse_other_kinds(path)
    try:
        with path.open("rb") as stream:
            yield from decode_lines(stream, path)
    except OSError as error:
        raise InputError(
            "the file cannot be read to its end", file=path, found=error.strerror
        ) from error


def read_plain(path: str | Path) -> Iterator[str]:
    """The lines of a file of plain text, as :func:`read_lines` gives them.

    Raises
    ------
    InputError
        As there; or the file holds JSON.
    """
    refuse_json(existing_file(path))
    return read_lines(path)


def decode_lines(stream: BinaryIO, file: str | Path) -> Iterator[str]:
    """The lines of an open binary file, as :func:`read_lines` gives them; ``file`` is its name in
    messages."""
    number = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) > LONGEST_LINE:
            raise InputError(
                f"the line is longer than {LONGEST_LINE:,} bytes",
                file=file,
                line=number,
                remedy="this is not a text file with one segment per line",
            )
        skipped = len(_BOM) if number == 1 and raw.startswith(_BOM) else 0
        body = raw[skipped:] if skipped else raw
        if body[-1:] == b"\n":
            body = body[:-2] if body[-2:-1] == b"\r" else body[:-1]
        marked = number == 1 and raw.startswith(_UTF16)
        if number == 1 and not marked and 4 * body.count(b"\0") > len(body) > 0:
            raise InputError(
                "the file looks like UTF-16 without a byte order mark",
                file=file,
                line=1,
                found=f"{body.count(0):,} of {len(body):,} bytes are zero",
                expected="UTF-8 text",
                remedy="save the file as UTF-8",
            )
        try:
            yield body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(
                "the line is not UTF-8",
                file=file,
                line=number,
                found=f"byte 0x{body[error.start]:02x} at byte {skipped + error.start + 1}"
                " of the line",
                expected="UTF-8 text",
                remedy="the file looks like UTF-16; save it as UTF-8"
                if marked
                else "save the file as UTF-8",
            ) from error


def without_space(text: str) -> str:
    """``text`` without its white space: what decides whether two sources are the same."""
    return "".join(text.split())


def has_text(text: str) -> bool:
    """Whether ``text`` holds anything but white space."""
    return bool(text) and not text.isspace()


def read_texts(path: str | Path, source: str | Path, sources: list[str]) -> list[str]:
    """The lines of ``path``, which must be as many as those of the source.

    Raises
    ------
    InputError
        They are more or fewer; the line named is the first that is missing or too much.
    """
    texts = list(read_plain(path))
    if len(texts) != len(sources):
        missing = len(texts) < len(sources)
        raise InputError(
            "there is no line for this segment" if missing else "there is no segment for this line",
            file=path,
            line=min(len(texts), len(sources)) + 1,
            found=plural(len(texts), "line"),
            expected=f"{plural(len(sources), 'line')}, as many as {source} has",
            remedy="one segment per line, in the order of the source; an empty line where nothing"
            " was translated",
        )
    return texts


def data_file(path: str | Path, name: str | None = None) -> DataFile:
    """Size and sha256 of a file, under ``name`` (otherwise its path as given)."""
    found = existing_file(path)
    with found.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        size = stream.tell()
    from harness.tables import DataFile

    return DataFile(name if name is not None else str(path), size, digest)

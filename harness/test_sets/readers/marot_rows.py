"""The rows of an MQM annotation file as Google's Marot viewer has them.

The format: https://github.com/google-research/google-research/tree/master/marot. One marked error
a row, tab-separated; the marked text stands between ``<v>`` and ``</v>`` in the source or the
target. There is no quoting: a field is whatever stands between two tabs. Older files (newstest2020
to TED 2021) call the columns otherwise and have no metadata. A header may be absent: then there are
nine or ten fields in the order of :data:`ORDER`.
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from harness.errors import InputError
from harness.test_sets.readers.lines import decode_lines, existing_file

__all__ = ["LARGEST_MEMBER", "ORDER", "Row", "read_rows"]

#: A larger member of an archive is refused: 4 GiB (the largest published file has 300 MB).
LARGEST_MEMBER = 4 * 2**30


class Row(NamedTuple):
    """One row: its line in the file (from 1) and its fields, unchanged.

    ``number`` is the segment's number in its document, ``segment`` its number in the test set;
    an absent column is ''.
    """

    line: int
    system: str
    document: str
    number: str
    segment: str
    rater: str
    source: str
    target: str
    category: str
    severity: str


#: Field -> the names of its column, in lower case.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "system": ("system",),
    "document": ("doc", "document"),
    "number": ("docsegid", "doc_seg_id", "doc_id"),
    "segment": ("globalsegid", "global_seg_id", "seg_id"),
    "rater": ("rater", "rater_id"),
    "source": ("source",),
    "target": ("target",),
    "category": ("category",),
    "severity": ("severity",),
}
_OPTIONAL = frozenset({"document", "number", "segment"})

#: The columns of a file without a header; the metadata may be absent.
ORDER = (
    *("system", "doc", "docSegId", "globalSegId", "rater"),
    *("source", "target", "category", "severity", "metadata"),
)
_NAMES = frozenset(name for names in _COLUMNS.values() for name in names)


def read_rows(path: str | Path) -> Iterator[Row]:
    """The rows of a Marot file (.tsv, .tsv.gz, or the first .tsv of a .tar.gz), one at a time.

    Nothing is written to disk; the metadata column is not looked at. Blank lines are left out.

    Raises
    ------
    InputError
        There is no such file, the archive is damaged or holds no TSV of a sane size, the header
        lacks a column, a row has too few or too many fields, or a line is not UTF-8.
    """
    path = existing_file(path)
    with _opened(path) as stream:
        yield from _rows(decode_lines(stream, path), path)


def _rows(lines: Iterator[str], path: Path) -> Iterator[Row]:
    header = next(lines, None)
    if header is None:
        raise InputError("the file is empty", file=path, expected="a header line")
    names = [cell.strip() for cell in header.split("\t")]
    first = 2
    if len(names) in (len(ORDER) - 1, len(ORDER)) and not _NAMES & {n.lower() for n in names}:
        names, lines, first = list(ORDER[: len(names)]), chain([header], lines), 1
    columns = ["" if name.startswith("#") else name.lower() for name in names]  # '#': a comment
    while columns and not columns[-1]:
        columns.pop()
    positions = _positions(columns, names, path)
    needed = max(p for p in positions if p is not None) + 1
    plain = [p if p is not None else needed for p in positions]  # an absent column: the '' appended
    for number, line in enumerate(lines, start=first):
        cells = line.split("\t")
        if len(cells) < needed or len(cells) > len(columns):
            if not line.strip():
                continue
            extra = any(cells[len(columns) :])
            if len(cells) < needed or extra:
                raise InputError(
                    "the row has too many fields" if extra else "the row has too few fields",
                    file=path,
                    line=number,
                    found=f"{len(cells)} fields between tabs",
                    expected=f"{len(columns)}: {', '.join(columns)}",
                    remedy="a text must not hold a tab or a line break",
                )
        cells[needed:] = [""]
        yield Row(number, *[cells[p] for p in plain])


def _positions(columns: list[str], names: list[str], path: Path) -> list[int | None]:
    """Where each field of a :class:`Row` stands, in order; None: the file lacks it."""
    positions: list[int | None] = []
    for field, known in _COLUMNS.items():
        found = [i for i, column in enumerate(columns) if column in known]
        if len(found) > 1 or (not found and field not in _OPTIONAL):
            raise InputError(
                f"the header has {'two columns' if found else 'no column'} {known[0]!r}",
                file=path,
                line=1,
                found=", ".join(names),
                expected="system, doc, docSegId, globalSegId, rater, source, target, category,"
                " severity (tab-separated, one row an error)",
            )
        positions.append(found[0] if found else None)
    return positions


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The unpacked bytes of ``path``; a damaged archive, also one found so later, is bad input."""
    name = path.name.lower()
    try:
        if name.endswith((".tar.gz", ".tgz", ".tar")):
            with tarfile.open(path, "r:*") as archive:
                yield _first_table(archive, path)
        elif name.endswith(".gz"):
            with gzip.open(path, "rb") as unpacked:
                yield cast(BinaryIO, unpacked)
        else:
            with path.open("rb") as stream:
                yield stream
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(
            "the archive is damaged or is none",
            file=path,
            found=f"{type(error).__name__}: {error}",
            remedy="fetch the file again",
        ) from error


def _first_table(archive: tarfile.TarFile, path: Path) -> BinaryIO:
    for member in archive:
        if not member.name.lower().endswith(".tsv"):
            continue
        stream = archive.extractfile(member) if member.isreg() else None
        if stream is None:
            raise InputError(
                f"the member {member.name!r} of the archive is no plain file", file=path
            )
        if member.size > LARGEST_MEMBER:
            raise InputError(
                f"the member {member.name!r} of the archive is too large",
                file=path,
                found=f"{member.size:,} bytes",
                expected=f"at most {LARGEST_MEMBER:,}",
            )
        return cast(BinaryIO, stream)
    raise InputError("the archive holds no .tsv file", file=path)

"""The rows of an MQM annotation file as Google's Marot viewer has them.

The format: https://github.com/google-research/google-research/tree/master/marot. One marked error
a row, tab-separated; the marked text stands between ``<v>`` and ``</v>`` in the source or the
target. There is no quoting: a field is whatever stands between two tabs; but a file that a
spreadsheet or pandas has saved is quoted as CSV, which :mod:`harness.test_sets.readers.quoting`
finds. Older files (newstest2020 to TED 2021) call the columns otherwise and have no metadata. A
header may be absent: then there are nine or ten fields in the order of :data:`ORDER`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from harness.errors import InputError
from harness.test_sets.readers.file_kinds import refuse_json, refuse_other_kinds
from harness.test_sets.readers.lines import decode_lines, existing_file
from harness.test_sets.readers.quoting import Quoting, quoting_of
from harness.test_sets.readers.unpacking import unpacked

__all__ = ["ORDER", "Row", "Rows", "read_rows"]


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


class Rows(Iterator[Row]):
    """The rows of a file, one at a time; when all are read, ``notes`` says what was found."""

    def __init__(self, path: Path, quoting: Quoting, *, strict: bool) -> None:
        self.path, self.quoting, self.strict = path, quoting, strict
        #: Lines that repeat an earlier one, and the first of them.
        self.repeats, self.first_repeat = 0, 0
        self._rows = self._read()

    def __next__(self) -> Row:
        return next(self._rows)

    @property
    def notes(self) -> tuple[str, ...]:
        """How the cells are written where that is not plain, and how many rows were repeated."""
        found = [self.quoting.note] if self.quoting.note else []
        if self.repeats:
            one = self.repeats == 1
            rows = "1 row repeats" if one else f"{self.repeats:,} rows repeat"
            found.append(
                f"{rows} an earlier one exactly (line {self.first_repeat}) and"
                f" {'was' if one else 'were'} left out"
            )
        return tuple(f"{self.path.name}: {note}" for note in found)

    def _read(self) -> Iterator[Row]:
        if self.strict and self.quoting.doubtful:
            raise InputError(
                "quotation marks around a cell may be the text's or the file's",
                file=self.path,
                line=self.quoting.doubtful,
                remedy="quote all cells as in CSV or none; or leave test_set.strict out",
            )
        with unpacked(self.path, ".tsv") as stream:
            yield from self._rows_of(decode_lines(stream, self.path))

    def _rows_of(self, lines: Iterator[str]) -> Iterator[Row]:
        header = next(lines, None)
        if header is None:
            raise InputError("the file is empty", file=self.path, expected="a header line")
        names = [cell.strip() for cell in self.quoting.cells(header)]
        first = 2
        if len(names) in (len(ORDER) - 1, len(ORDER)) and not _NAMES & {n.lower() for n in names}:
            names, lines, first = list(ORDER[: len(names)]), chain([header], lines), 1
        columns = ["" if name.startswith("#") else name.lower() for name in names]  # a comment
        while columns and not columns[-1]:
            columns.pop()
        positions = _positions(columns, names, self.path)
        needed = max(p for p in positions if p is not None) + 1
        plain = [p if p is not None else needed for p in positions]  # absent: the '' appended
        seen: set[bytes] = set()
        for number, line in enumerate(lines, start=first):
            cells = self.quoting.cells(line)
            if len(cells) < needed or len(cells) > len(columns):
                if not line.strip():
                    continue
                self._check_count(cells, needed, columns, number)
            digest = blake2b(line.encode(), digest_size=16).digest()
            if digest in seen:
                self._repeated(number)
                continue
            seen.add(digest)
            cells[needed:] = [""]
            yield Row(number, *[cells[p] for p in plain])

    def _check_count(self, cells: list[str], needed: int, columns: list[str], line: int) -> None:
        """Refuse a row with too few fields, or with more that are not empty."""
        extra = any(cells[len(columns) :])
        if len(cells) < needed or extra:
            raise InputError(
                "the row has too many fields" if extra else "the row has too few fields",
                file=self.path,
                line=line,
                found=f"{len(cells)} fields between tabs",
                expected=f"{len(columns)}: {', '.join(columns)}",
                remedy="a text must not hold a tab or a line break",
            )

    def _repeated(self, line: int) -> None:
        """Count a line that was there before."""
        if self.strict:
            raise InputError(
                "the row repeats an earlier one exactly",
                file=self.path,
                line=line,
                remedy="remove it; without test_set.strict it is counted once",
            )
        self.repeats += 1
        self.first_repeat = self.first_repeat or line


def read_rows(path: str | Path, *, strict: bool = False) -> Rows:
    """The rows of a Marot file (.tsv, .tsv.gz, or the first .tsv of a .tar.gz), one at a time.

    Nothing is written to disk; of the metadata column, only whether it is the same in two rows
    makes a difference. Blank lines are left out. A line that repeats an earlier one exactly is left
    out and counted in :attr:`Rows.notes`. ``strict`` refuses such a line, and a file of which it
    cannot be told whether its cells are quoted.

    Raises
    ------
    InputError
        There is no such file, the archive is damaged or holds no TSV of a sane size, the header
        lacks a column, a row has too few or too many fields, or a line is not UTF-8.
    """
    path = existing_file(path)
    if not path.name.lower().endswith((".gz", ".tgz", ".tar")):
        refuse_other_kinds(path)
        refuse_json(path)
    with unpacked(path, ".tsv") as stream:
        quoting = quoting_of(decode_lines(stream, path), path)
    return Rows(path, quoting, strict=strict)


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

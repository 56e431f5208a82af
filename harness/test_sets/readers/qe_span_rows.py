"""The rows of a span file of the WMT quality estimation task.

The format: https://github.com/WMT-QE-Task/wmt-qe-2023-data (task 2). One annotated translation a
row, without a header; nine fields between tabs: system, document, segment, rater, source, target,
starts, ends, severities. The last three hold one value an error, with a space between; offsets
count code points of the target, the end is one past the last; ``-1 -1 no-error`` says that the
rater found no error in it.

The first four fields were cut from one key at its underscores, and at most four parts were kept.
A document whose name holds an underscore has therefore pushed out the rater, and one with two of
them the number of the segment too. The name is put together again; what was lost is ''.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from harness.errors import InputError
from harness.test_sets.readers.lines import has_text, read_lines
from harness.test_sets.readers.quoting import Quoting
from harness.test_sets.taxonomy import is_no_error, severity_of

__all__ = ["QeError", "QeRow", "read_rows"]

_OFFSET = re.compile("-1|[0-9]{1,9}")
_NUMBER = re.compile("[1-9][0-9]{0,8}")


class QeError(NamedTuple):
    """An error: its span [start, end) of the row's target, and its severity."""

    start: int
    end: int
    severity: str


class QeRow(NamedTuple):
    """One annotated translation: its line in the file (from 1) and its fields.

    ``number`` (of the segment in its document, from 1) and ``rater`` are '' where the file lost
    them.
    """

    line: int
    system: str
    document: str
    number: str
    rater: str
    source: str
    target: str
    errors: tuple[QeError, ...]


def read_rows(path: str | Path, quoting: Quoting | None = None) -> Iterator[QeRow]:
    """The rows of ``path``, one at a time. The prefix ``hyp.`` of systems is left out.
    ``quoting`` says how cells are written; None: as they stand.

    Raises
    ------
    InputError
        A row has not nine fields, a blank one, or numbers that are none; it has not as many
        starts, ends and severities; a span is empty, reversed or not inside the target; a severity
        is unknown; or it says "no error" and marks one. A line is not UTF-8.
    """
    number = 0
    for number, line in enumerate(read_lines(path), start=1):
        cells = quoting.cells(line) if quoting is not None else line.split("\t")
        if len(cells) != 9:
            raise InputError(
                "the row has not nine fields" if has_text(line) else "the line is blank",
                file=path,
                line=number,
                found=f"{len(cells)} fields between tabs",
                expected="system, document, segment, rater, source, target, starts, ends,"
                " severities",
                remedy="a text must not hold a tab or a line break",
            )
        key = [cell.strip() for cell in cells[:4]]
        blank = next((i for i, cell in enumerate([*key, cells[4]]) if not has_text(cell)), None)
        if blank is not None:
            raise InputError(f"field {blank + 1} of the row is blank", file=path, line=number)
        document, segment, rater = _key(key[1], key[2], key[3])
        errors = _errors(cells[6], cells[7], cells[8], len(cells[5]), path, number)
        system = key[0].removeprefix("hyp.")
        yield QeRow(number, system, document, segment, rater, cells[4], cells[5], errors)
    if number == 0:
        raise InputError("the file is empty", file=path, expected="one annotation a line")


def _key(second: str, third: str, fourth: str) -> tuple[str, str, str]:
    """Document, number and rater from the three fields after the system."""
    if _NUMBER.fullmatch(third):
        return second, third, fourth
    if _NUMBER.fullmatch(fourth):
        return f"{second}_{third}", fourth, ""
    return f"{second}_{third}_{fourth}", "", ""


def _errors(
    starts: str, ends: str, severities: str, length: int, file: str | Path, line: int
) -> tuple[QeError, ...]:
    firsts, lasts, names = starts.split(), ends.split(), severities.split()
    if not len(firsts) == len(lasts) == len(names) or not names:
        raise InputError(
            "the row has not as many starts, ends and severities",
            file=file,
            line=line,
            found=f"{len(firsts)}, {len(lasts)} and {len(names)}",
            expected="one of each for an error, with a space between",
        )
    errors: list[QeError] = []
    for first, last, name in zip(firsts, lasts, names, strict=True):
        if not (_OFFSET.fullmatch(first) and _OFFSET.fullmatch(last)):
            raise InputError(
                "an offset is not a whole number",
                file=file,
                line=line,
                found=f"{first} {last}"[:100],
            )
        nothing = is_no_error("", name)
        if nothing != (int(first) == int(last) == -1) or (nothing and len(names) > 1):
            raise InputError(
                "the row marks errors and says that there are none",
                file=file,
                line=line,
                found=f"{starts} | {ends} | {severities}"[:100],
                expected="-1, -1 and no-error, or spans with severities",
            )
        if nothing:
            return ()
        severity = severity_of(name, file=file, line=line)
        start, end = int(first), int(last)
        if not 0 <= start < end <= length:
            raise InputError(
                "the span is not in the translation",
                file=file,
                line=line,
                found=f"from {start} to {end}",
                expected=f"0 <= start < end <= {length}, the length of the translation",
            )
        errors.append(QeError(start, end, severity))
    return tuple(errors)

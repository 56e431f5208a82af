"""A table of scores with a column for each system and a row for each segment."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from harness.errors import InputError, unknown_name
from harness.support.checks import LARGEST_NUMBER, is_usable
from harness.tables import TestSet

__all__ = ["is_wide", "read_wide", "table_number"]

#: The column with the names of segments; without it, segments are in order.
_SEGMENT = "segment_id"
#: What stands for "no score" in a table.
_NONE = ("", "none")


def is_wide(names: Sequence[str], test_set: TestSet) -> bool:
    """Whether a header names systems of the test set: only such, or also segments."""
    columns = {name for name in names if name.lower() != _SEGMENT}
    known = columns & set(test_set.systems)
    return bool(known) and (known == columns or len(columns) < len(names))


def read_wide(
    path: str | Path, rows: Iterator[tuple[int, list[str]]], test_set: TestSet
) -> dict[tuple[str, str], float]:
    """(system, segment_id) -> score, from the cells of each line, the header first.

    Raises
    ------
    InputError
        A column is of no system or there twice; a segment is unknown or there twice; without names
        of segments there are not as many rows as segments; a score is no finite number.
    """
    line, header = next(rows)
    names = [_SEGMENT if name.strip().lower() == _SEGMENT else name.strip() for name in header]
    for name in names:
        if name != _SEGMENT and name not in test_set.systems:
            known = [*test_set.systems, _SEGMENT]
            raise unknown_name("column", name, known, file=path, line=line)
        if names.count(name) > 1:
            raise InputError(f"the header has two columns {name!r}", file=path, line=line)
    ids = list(test_set.segments["segment_id"])
    known_ids = set(ids)
    scores: dict[tuple[str, str], float] = {}
    seen: dict[str, int] = {}
    for number, cells in rows:
        if len(cells) != len(names):
            raise InputError(
                "the row has too many or too few fields",
                file=path,
                line=number,
                found=f"{len(cells)} fields",
                expected=f"{len(names)}: {', '.join(names)}",
            )
        row = dict(zip(names, (cell.strip() for cell in cells), strict=True))
        place = len(seen)
        segment_id = row.pop(_SEGMENT, ids[place] if place < len(ids) else "")
        if segment_id not in known_ids or segment_id in seen:
            twice = f"the segment {segment_id!r} has two rows"
            absent = f"there is no segment {segment_id or place + 1!r} in the test set"
            raise InputError(
                twice if segment_id in seen else absent,
                file=path,
                line=number,
                expected=f"one of its {len(ids):,} segments, for example {ids[0]!r}",
            )
        seen[segment_id] = number
        for system, text in row.items():
            scores[system, segment_id] = table_number(text, path, number)
    if _SEGMENT not in names and len(seen) != len(ids):
        raise InputError(
            "there are not as many rows as segments",
            file=path,
            found=f"{len(seen):,}",
            expected=f"{len(ids):,}, in order; or a column {_SEGMENT}",
        )
    return scores


def table_number(text: str, path: str | Path, line: int) -> float:
    """The score; NaN for None and an empty field."""
    if text.lower() in _NONE:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not is_usable(value) or "_" in text or not text.isascii():
        raise InputError(
            "this is no score",
            file=path,
            line=line,
            found=text[:60],
            expected=f"a number of at most {LARGEST_NUMBER:g} in size; None or nothing where there"
            " is no score",
            remedy="write a decimal point, not a comma, and no percent sign"
            if set(text) & {",", "%"}
            else None,
        )
    return value + 0.0  # never -0.0

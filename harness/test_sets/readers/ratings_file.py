"""Segment ratings as numbers: the ``avg_seg_scores`` files of the WMT's MQM annotations.

A header line, then one rating a line: system, rating (or None) and number of the segment, with
tabs or spaces between. Higher is better: MQM ratings are minus a penalty, so they are at most 0.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from harness.errors import InputError, unknown_name
from harness.support.checks import is_usable
from harness.tables import GIVEN_RATINGS, TestSet, table
from harness.test_sets.readers.lines import has_text, read_lines

__all__ = ["Given", "read_ratings"]

_HEADER = ["system", "seg_id"]


class Given(NamedTuple):
    """The table GIVEN_RATINGS, and what reading found, in sentences."""

    ratings: pd.DataFrame
    notes: tuple[str, ...]


def read_ratings(
    path: str | Path,
    test_set: TestSet,
    rating_name: str = "mqm",
    without_texts: Collection[str] = (),
    highest: float | None = 0.0,
) -> Given:
    """The ratings of the systems of ``test_set``, whose segment ids are the file's numbers.

    A rating None makes no row. Ratings of the systems ``without_texts`` are left out and counted.
    ``highest`` is the greatest rating there can be (null: no limit): a file of penalties, where
    higher is worse, does not get in.

    Raises
    ------
    InputError
        A line has not three fields, names an unknown system or segment, rates a translation twice,
        or its rating is not a finite number or above ``highest``.
    """
    systems, ids = test_set.systems, set(test_set.segments["segment_id"])
    rows: dict[tuple[str, str], float] = {}
    seen: set[tuple[str, str]] = set()
    left_out: dict[str, int] = {}
    number = 0
    for number, line in enumerate(read_lines(path), start=1):
        fields = line.split()
        if number == 1:
            _check_header(fields, path)
            continue
        if len(fields) != 3:
            raise InputError(
                "the line has not three fields" if has_text(line) else "the line is blank",
                file=path,
                line=number,
                found=line[:100],
                expected="system, rating or None, number of the segment",
            )
        system, value, segment = fields
        if system not in systems and system not in without_texts:
            raise unknown_name("system", system, systems, file=path, line=number)
        if segment not in ids:
            raise InputError(
                f"there is no segment {segment!r} in the test set",
                file=path,
                line=number,
                expected=f"one of {len(ids):,} numbers, counted from 1",
            )
        if (system, segment) in seen:
            raise InputError(
                f"segment {segment} of the system {system!r} is rated twice", file=path, line=number
            )
        seen.add((system, segment))
        if value == "None":
            continue
        rating = _number(value, highest, path, number)
        if system in systems:
            rows[system, segment] = rating
        else:
            left_out[system] = left_out.get(system, 0) + 1
    if number == 0:
        raise InputError("the file is empty", file=path, expected="a header line")
    frame = table(
        [(test_set.name, *key, rating_name, rating) for key, rating in rows.items()], GIVEN_RATINGS
    )
    notes = [
        f"{len(frame):,} ratings {rating_name} of {frame['segment_id'].nunique():,} segments of"
        f" {frame['system'].nunique():,} systems come with the test set"
    ]
    if left_out:
        notes.append(
            f"{sum(left_out.values()):,} ratings {rating_name} left out: there are no texts of"
            f" {', '.join(left_out)}"
        )
    return Given(frame, tuple(notes))


def _check_header(fields: Sequence[str], path: str | Path) -> None:
    if len(fields) != 3 or [fields[0], fields[2]] != _HEADER:
        raise InputError(
            "the header is another one",
            file=path,
            line=1,
            found=" ".join(fields)[:100],
            expected="system mqm_avg_score seg_id",
        )


def _number(value: str, highest: float | None, path: str | Path, line: int) -> float:
    try:
        rating = float(value) + 0.0  # -0.0 becomes 0.0
    except ValueError:
        rating = math.nan
    if not is_usable(rating):
        raise InputError(
            "the rating is not a number",
            file=path,
            line=line,
            found=value,
            expected="e.g. -5.1, None",
        )
    if highest is not None and rating > highest:
        raise InputError(
            f"the rating is above {highest:g}",
            file=path,
            line=line,
            found=value,
            expected="minus the penalty: higher is better",
            remedy="negate the ratings if they are penalties",
        )
    return rating

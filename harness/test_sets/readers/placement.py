"""Where annotated documents stand in a full text that has no documents of its own.

Annotations name their segments by document and number, the texts by line alone. A document is
found by its source: all its annotated segments must match there, in consecutive lines, and
nowhere else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from harness.errors import InputError

__all__ = ["Place", "first_line", "lines_of", "named_blocks"]


class Place(NamedTuple):
    """An annotated segment: its source, folded as that of the full text is, and the line of the
    annotation file that has it first."""

    source: str
    line: int


def lines_of(sources: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """The positions, from 0, at which each folded source stands."""
    positions: dict[str, list[int]] = defaultdict(list)
    for position, text in enumerate(sources):
        positions[text].append(position)
    return positions


def first_line(
    document: str,
    segments: Mapping[int, Place],
    sources: Sequence[str],
    positions: Mapping[str, Sequence[int]],
    file: str | Path,
) -> int:
    """The position in ``sources`` of the document's first segment: the only one from which all
    its segments (number in the document, from 1 -> place) match.

    Raises
    ------
    InputError
        The numbers do not run from 1 without a gap; or there is no such position, or several.
    """
    absent = set(range(1, len(segments) + 1)) - set(segments)
    if absent:
        raise InputError(
            f"the annotated segments of {document} do not run from 1 without a gap",
            file=file,
            line=segments[min(segments)].line,
            found=", ".join(str(n) for n in sorted(segments)),
            expected=f"segment {min(absent)} too",
        )

    def matching(first: int) -> int:
        """How many segments match from ``first``."""
        return sum(
            0 <= first + number - 1 < len(sources) and sources[first + number - 1] == segment.source
            for number, segment in segments.items()
        )

    candidates = {
        position - number + 1
        for number, segment in segments.items()
        for position in positions.get(segment.source, ())
    }
    best = max(candidates, key=lambda first: (matching(first), -first), default=None)
    if best is None or matching(best) < len(segments):
        at = best if best is not None else 0
        number, segment = next(
            (n, s)
            for n, s in sorted(segments.items())
            if not 0 <= at + n - 1 < len(sources) or sources[at + n - 1] != s.source
        )
        raise InputError(
            f"the document {document} is not in the source",
            file=file,
            line=segment.line,
            found=f"its segment {number} is not line {at + number} of the source"
            if best is not None
            else "none of its segments is a line of the source",
            expected=f"{len(segments)} consecutive lines, the same as the annotated sources but"
            " for white space",
            remedy="the annotations must be of this source text",
        )
    found = sorted(first for first in candidates if matching(first) == len(segments))
    if len(found) > 1:
        raise InputError(
            f"the document {document} stands in the source {len(found)} times",
            file=file,
            line=segments[min(segments)].line,
            found=", ".join(f"from line {first + 1}" for first in found),
            expected="once",
        )
    return best


def named_blocks(documents: Sequence[str]) -> list[str]:
    """``documents`` with a name for each run of lines whose document is not known ('').

    Nothing says where documents begin inside such a run, so the whole run counts as one, called
    ``unknown:FIRST-LAST`` by its lines, counted from 1.
    """
    names = list(documents)
    start = 0
    while start < len(names):
        end = start + 1
        if not names[start]:
            while end < len(names) and not names[end]:
                end += 1
            names[start:end] = [f"unknown:{start + 1}-{end}"] * (end - start)
        start = end
    return names

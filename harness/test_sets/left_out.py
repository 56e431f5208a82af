"""Segments that are left out of a run because they have no reference.

A blank reference is no reference. A segment with fewer references than others is scored with those
that it has. A segment without any is left out for every system and every metric, so that all
scores, ratings and comparisons are of the same segments. It is counted and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from harness.errors import InputError
from harness.support.formatting import plural
from harness.tables import TestSet
from harness.test_sets.readers.lines import has_text

__all__ = [
    "LEAVE_OUT",
    "REFUSE",
    "LeftOut",
    "MissingReference",
    "check_policy",
    "leave_out_unreferenced",
    "lines_named",
    "nothing_left",
    "segments_named",
]

#: What is done with a segment that has no reference: the config value ``missing_reference``.
MissingReference = Literal["leave_out", "refuse"]
LEAVE_OUT: MissingReference = "leave_out"
REFUSE: MissingReference = "refuse"

_NAMED = 10  # runs of lines that are named before "and n more"


@dataclass(frozen=True)
class LeftOut:
    """Segments that are left out, of ``total``: their ``ids``, the same in words (``named``), and
    why (``lacking``: "no reference")."""

    ids: tuple[str, ...]
    total: int
    named: str
    lacking: str

    def __str__(self) -> str:
        n = len(self.ids)
        return (
            f"{n:,} of {plural(self.total, 'segment')} {'has' if n == 1 else 'have'}"
            f" {self.lacking} and {'is' if n == 1 else 'are'} left out for all systems alike:"
            f" {self.named}; the other {self.total - n:,} are scored"
        )


def check_policy(value: object) -> MissingReference:
    """``value`` as a policy.

    Raises
    ------
    InputError
        It is none.
    """
    for known in get_args(MissingReference):
        if value == known:
            return known  # type: ignore[no-any-return]
    raise InputError(
        "the value of missing_reference is out of range",
        found=repr(value),
        expected=" or ".join(get_args(MissingReference)),
        remedy="set missing_reference=leave_out",
    )


def leave_out_unreferenced(
    test_set: TestSet, references: Sequence[str]
) -> tuple[TestSet, LeftOut | None]:
    """The test set without the segments that have none of ``references``, and which these are;
    None: every segment has one.

    Raises
    ------
    InputError
        No segment has one.
    """
    frame = test_set.references
    used = frame[frame["reference_name"].isin(list(references))]
    texts = zip(used["segment_id"], used["reference"], strict=True)
    there = {segment_id for segment_id, text in texts if has_text(text)}
    ids = list(test_set.segments["segment_id"])
    gone = [segment_id for segment_id in ids if segment_id not in there]
    if not gone:
        return test_set, None
    if len(gone) == len(ids):
        raise nothing_left(len(ids), references)
    lost = LeftOut(
        tuple(gone),
        len(ids),
        segments_named(test_set, gone),
        f"no reference ({', '.join(references)})",
    )
    return test_set.without_segments(lost.ids), lost


def nothing_left(total: int, references: Sequence[object]) -> InputError:
    """The error of texts of which no segment has a reference."""
    return InputError(
        "no segment has a reference",
        found=f"{plural(total, 'blank text')} in {', '.join(map(str, references))}",
        expected="at least one reference text",
    )


def segments_named(test_set: TestSet, chosen: Sequence[str]) -> str:
    """Segments in words: by their lines in the texts where these are their names."""
    ids, full = list(test_set.segments["segment_id"]), test_set.full_texts
    wanted = set(chosen)
    places = [i for i, segment_id in enumerate(ids) if segment_id in wanted]
    lines = [full.lines[i] + 1 for i in places]
    if all(ids[i] == str(line) for i, line in zip(places, lines, strict=True)):
        return lines_named(lines)
    shown = [ids[i] for i in places[:_NAMED]]
    more = len(places) - len(shown)
    noun = "segment" if len(places) == 1 else "segments"
    return f"{noun} {', '.join(shown)}" + (f" and {more:,} more" if more else "")


def lines_named(lines: Iterable[int]) -> str:
    """``line 8``, ``lines 1, 5–9 and 20 more``: numbers of lines in ascending order, in words."""
    runs: list[list[int]] = []
    n = 0
    for line in lines:
        n += 1
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    shown = runs[:_NAMED]
    parts = [str(a) if a == b else f"{a}–{b}" for a, b in shown]
    more = n - sum(b - a + 1 for a, b in shown)
    return f"{'line' if n == 1 else 'lines'} {', '.join(parts)}" + (
        f" and {more:,} more" if more else ""
    )

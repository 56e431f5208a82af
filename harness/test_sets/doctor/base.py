"""What one check found, and how places in a test set are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from harness.tables import TestSet

__all__ = ["Finding", "Severity", "Text", "share_of", "shortened", "texts", "where"]

Severity = Literal["ok", "note", "problem"]

_NAMED = 3  # systems that are named before "and n more"


@dataclass(frozen=True)
class Finding:
    """One row of DATA_CHECKS, before the card's explanation is put to it. ``owner``: the reference
    or system of which the sentence speaks, where it does not name it; ``voids``: whether it makes
    the scores of a system meaningless."""

    check: str
    severity: Severity
    count: int
    where: str
    finding: str
    example: str = ""
    owner: str = ""
    voids: bool = False


class Text(NamedTuple):
    """One text of a test set: its kind, whose it is ("" for the source), its segment."""

    kind: str
    owner: str
    segment_id: str
    text: str

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return f"{self.owner} segment {self.segment_id}".lstrip()


def texts(test_set: TestSet) -> Iterator[Text]:
    """Every text: the sources, the references, the hypotheses, each in the order of its table."""
    frame = test_set.segments
    for segment_id, text in zip(frame["segment_id"], frame["source"], strict=True):
        yield Text("source", "", segment_id, text)
    for kind, frame, owner, column in (
        ("references", test_set.references, "reference_name", "reference"),
        ("hypotheses", test_set.hypotheses, "system", "hypothesis"),
    ):
        for row in zip(frame[owner], frame["segment_id"], frame[column], strict=True):
            yield Text(kind, *row)


def where(kind: str, owners: Mapping[str, int]) -> str:
    """``hypotheses: A (5), B (2)``: the texts concerned, by whose they are, most first."""
    if set(owners) <= {""}:
        return kind
    ordered = sorted(owners.items(), key=lambda item: (-item[1], item[0]))
    named = [f"{owner} ({n:,})" for owner, n in ordered[:_NAMED]]
    more = len(ordered) - _NAMED
    return f"{kind}: {', '.join(named)}" + (f" and {more:,} more" if more > 0 else "")


def share_of(n: int, total: int) -> float:
    """``n / total``; 0 of nothing."""
    return n / total if total else 0.0


def shortened(text: str, around: int = 0, longest: int = 60) -> str:
    """``text``, or the part of it around the position ``around``, at most ``longest`` long."""
    if len(text) <= longest:
        return text
    start = max(0, min(around - longest // 2, len(text) - longest))
    cut = text[start : start + longest]
    return ("…" if start else "") + cut + ("…" if start + longest < len(text) else "")

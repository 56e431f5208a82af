"""What a metric declares before it is given any text: what it reads, and where it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

__all__ = ["Needs", "Runs", "Where", "Window"]

Where = Literal["processes", "here", "device", "remote"]


@dataclass(frozen=True)
class Window:
    """The neighbours that a metric reads: up to ``before`` segments before the scored one and
    ``after`` segments after it, in the same document, and which of their texts (``hypothesis``: of
    the system that is scored; ``reference``: of every reference in use).

    Raises
    ------
    ValueError
        A number is negative, or the window holds no text.
    """

    before: int = 0
    after: int = 0
    source: bool = True
    hypothesis: bool = False
    reference: bool = False

    def __post_init__(self) -> None:
        if self.before < 0 or self.after < 0:
            raise ValueError(f"a window of {self.before} segments before and {self.after} after")
        if not (self.source or self.hypothesis or self.reference):
            raise ValueError("a window without any text: source, hypothesis or reference")

    def __bool__(self) -> bool:
        return self.before + self.after > 0


@dataclass(frozen=True)
class Needs:
    """What a metric reads besides the hypothesis. A batch holds exactly this, and the key under
    which a score is kept covers exactly this.

    Parameters
    ----------
    source
        The source text.
    reference
        All reference translations that the run uses.
    window
        Neighbours of the segment in its document.
    document
        The segment's document and its position there.
    languages
        The codes of the source and the target language.
    alternatives
        The other systems' translations of the segment.
    stored
        Scores that came with the test set, which the metric returns instead of computing any:
        metric and reference of STORED_SCORES.
    """

    source: bool = False
    reference: bool = False
    window: Window = Window()
    document: bool = False
    languages: bool = False
    alternatives: bool = False
    stored: tuple[str, str] | None = None

    @property
    def other_segments(self) -> bool:
        """Whether a score depends on texts of other segments or systems."""
        return bool(self.window) or self.alternatives

    @property
    def test_set(self) -> bool:
        """Whether it needs more than aligned texts: documents, other systems or stored scores."""
        return self.other_segments or self.document or self.stored is not None


@dataclass(frozen=True)
class Runs:
    """Where a metric runs, and in which pieces.

    Parameters
    ----------
    where
        ``processes``: in worker processes, each with a copy of the metric. ``here``: in the process
        of the run. ``device``: in the process of the run, one instance per device (at present there
        is one device, so this differs from ``here`` only in that scores are kept segment by
        segment). ``remote``: in the process of the run, several pieces at the same time, each in a
        thread, so ``score`` must be thread-safe.
    piece
        Segments that are scored in one call and kept together, so the most that a killed run loses;
        0: 20,000, or 200 if scores are kept segment by segment.
    at_once
        Pieces of a ``remote`` metric that are scored at the same time.

    Raises
    ------
    ValueError
        ``where`` is unknown, ``piece`` is negative, or ``at_once`` is not positive.
    """

    where: Where = "processes"
    piece: int = 0
    at_once: int = 8

    def __post_init__(self) -> None:
        if self.where not in get_args(Where):
            raise ValueError(f"runs {self.where!r} is none of: {', '.join(get_args(Where))}")
        if self.piece < 0 or self.at_once < 1:
            raise ValueError(f"pieces of {self.piece} segments, {self.at_once} at once")

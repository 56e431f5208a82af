"""The output of a metric: scores of n segments, statuses, spans, details and costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "COSTS",
    "FINAL",
    "KINDS",
    "MetricSpan",
    "SegmentScores",
    "Side",
    "Status",
    "together",
    "usage",
]

Side = Literal["source", "target"]
Kind = Literal[
    "ok",
    "truncated",
    "missing",
    "refused",
    "unreadable",
    "cut",
    "timeout",
    "budget",
    "failed",
]
#: Every kind of status. With the first two a segment has a score, with the others none.
KINDS: Mapping[Kind, str] = {
    "ok": "scored",
    "truncated": "scored, but a part of the texts was left out because they were too long",
    "missing": "there was nothing to score, or the metric is not defined there",
    "refused": "the model declined to answer",
    "unreadable": "the answer holds no score that can be read",
    "cut": "the answer ended before it was complete",
    "timeout": "no answer came in time",
    "budget": "not asked, because the money or the tokens allowed were spent",
    "failed": "something else went wrong",
}
#: Kinds that have a score.
SCORED: tuple[Kind, ...] = ("ok", "truncated")
#: Kinds that are kept: to ask again would give the same. The others are asked again.
FINAL: tuple[Kind, ...] = (*SCORED, "missing", "refused", "unreadable", "cut")


class Status(NamedTuple):
    """How scoring a segment ended (see :data:`KINDS`), and why in a few words."""

    kind: Kind = "ok"
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}" if self.reason else self.kind


class MetricSpan(NamedTuple):
    """What a metric marks as an error: code points ``start`` to ``end`` of the hypothesis (``side``
    target) or of the source; severity and category in the metric's own words ('' if not given); and
    the metric's ``confidence``, in [0, 1] (None if not given)."""

    start: int
    end: int
    severity: str = ""
    category: str = ""
    side: Side = "target"
    confidence: float | None = None


#: The columns of :attr:`SegmentScores.costs`.
COSTS = ("cpu_seconds", "wall_seconds", "tokens", "money")


def usage(tokens: Sequence[float], money: Sequence[float] | None = None) -> NDArray[np.float64]:
    """The costs that a metric reports: tokens of each segment, and money (in the currency of the
    provider's prices). harness measures the seconds."""
    costs = np.full((len(tokens), len(COSTS)), np.nan)
    costs[:, 2] = tokens
    if money is not None:
        costs[:, 3] = money
    return costs


@dataclass(frozen=True)
class SegmentScores:
    """Scores of n segments.

    Parameters
    ----------
    scores
        Shape (n,), NaN where there is none.
    statistics
        Additive statistics of each segment, shape (n, k); None: the metric keeps none.
    spans
        What the metric marks in each segment; None: it never marks anything.
    statuses
        How scoring each segment ended. None: ok where the score is a finite number, failed
        elsewhere.
    extra
        What the metric returns besides the score of each segment (partial scores, the raw answer,
        …), as values that JSON can hold (so no NaN); None for a segment: nothing.
    costs
        Of each segment, shape (n, 4), see :data:`COSTS`; NaN: not known. Made by :func:`usage`.

    Raises
    ------
    ValueError
        The fields have different lengths; the kind of a status is unknown; a segment has a score
        and a status that says it has none, or the other way round.
    """

    scores: NDArray[np.float64]
    statistics: NDArray[np.float64] | None = None
    spans: Sequence[Sequence[MetricSpan]] | None = None
    statuses: Sequence[Status] | None = None
    extra: Sequence[Mapping[str, Any] | None] | None = None
    costs: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        for name in _FIELDS:
            column = getattr(self, name)
            if column is not None and len(column) != len(self.scores):
                raise ValueError(f"{len(column)} {name} for {len(self.scores)} scores")
        for status, score in zip(self.statuses or (), self.scores.tolist(), strict=False):
            if status.kind not in KINDS:
                raise ValueError(f"the status {status.kind!r} is none of: {', '.join(KINDS)}")
            if (status.kind in SCORED) != bool(np.isfinite(score)):
                raise ValueError(f"the score {score} with the status {str(status)!r}")

    @property
    def final(self) -> NDArray[np.bool_]:
        """Which segments would give the same if they were scored again; these are kept."""
        if self.statuses is None:
            return np.isfinite(self.scores)
        return np.array([status.kind in FINAL for status in self.statuses], dtype=bool)

    def rows(self, chosen: Sequence[int] | NDArray[np.int64]) -> SegmentScores:
        """Those of some segments, in this order."""
        places = np.asarray(chosen, dtype=np.int64)
        return SegmentScores(
            self.scores[places], **{name: _taken(getattr(self, name), places) for name in _FIELDS}
        )

    def spread(self, places: NDArray[np.int64], n: int) -> SegmentScores:
        """Over n segments, of which these are those at ``places``. Elsewhere there is no score
        (status missing, without a reason), no span, nothing extra and no known cost."""
        scores = np.full(n, np.nan)
        scores[places] = self.scores
        return SegmentScores(
            scores,
            **{
                name: _placed(getattr(self, name), places, n, elsewhere)
                for name, elsewhere in _ELSEWHERE.items()
            },
        )


_FIELDS = tuple(f.name for f in fields(SegmentScores) if f.name != "scores")
_ELSEWHERE: Mapping[str, Any] = {
    "statistics": None,
    "spans": (),
    "statuses": Status("missing"),
    "extra": None,
    "costs": None,
}


def _taken(column: Any, places: NDArray[np.int64]) -> Any:
    if column is None or isinstance(column, np.ndarray):
        return None if column is None else column[places]
    return tuple(column[i] for i in places.tolist())


def _placed(column: Any, places: NDArray[np.int64], n: int, elsewhere: Any) -> Any:
    if column is None:
        return None
    if isinstance(column, np.ndarray):
        whole = np.full((n, column.shape[1]), np.nan)
        whole[places] = column
        return whole
    own = dict(zip(places.tolist(), column, strict=True))
    return tuple(own.get(i, elsewhere) for i in range(n))


def together(parts: Sequence[SegmentScores]) -> SegmentScores:
    """``parts`` of one metric, one after the other. Statuses, details and costs are there if any
    part has them, statistics and spans if every part has them."""
    if not parts:
        return SegmentScores(np.empty(0))
    if len(parts) == 1:
        return parts[0]
    found: dict[str, Any] = {}
    for name in _FIELDS:
        columns = [getattr(part, name) for part in parts]
        if all(column is None for column in columns):
            continue
        if any(column is None for column in columns):
            if name in ("statistics", "spans"):
                continue
            columns = [
                _default(name, p) if c is None else c for c, p in zip(columns, parts, strict=True)
            ]
        if isinstance(columns[0], np.ndarray):
            found[name] = np.concatenate(columns)
        else:
            found[name] = tuple(value for column in columns for value in column)
    return SegmentScores(np.concatenate([part.scores for part in parts]), **found)


def _default(name: str, part: SegmentScores) -> Any:
    """The meaning of a column that a part does not have."""
    if name == "costs":
        return np.full((len(part.scores), len(COSTS)), np.nan)
    if name == "extra":
        return (None,) * len(part.scores)
    return tuple(Status() if finite else NO_NUMBER for finite in np.isfinite(part.scores).tolist())


#: Of a segment without a score where the metric gives no statuses.
NO_NUMBER = Status("failed", "the metric gave no number")

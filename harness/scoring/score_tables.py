"""Scores of segments as tables, and tables as arrays, one column at a time, because a test set may
have a million rows.

This is where the scores of lower-is-better metrics are negated. A text with a segment without a
score has no score either (NaN; the status counts the segments).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.metrics import Metric, SegmentScores
from harness.metrics.results import NO_NUMBER
from harness.tables import DOCUMENT_SCORES, SCORES, TestSet, conform

__all__ = [
    "OK",
    "Scored",
    "document_table",
    "positions",
    "score_matrices",
    "score_table",
]

OK, FAILED = "ok", str(NO_NUMBER)


@dataclass(frozen=True)
class Scored:
    """A system's scores by one metric (``key``: its name in tables), as the metric defines them;
    ``n_references``: that the run uses; ``reasons``: why each segment could not be scored, '' where
    it could."""

    key: str
    metric: Metric
    system: str
    n_references: int
    result: SegmentScores
    reasons: NDArray[np.object_]

    @property
    def sign(self) -> float:
        return 1.0 if self.metric.higher_is_better else -1.0

    @property
    def corpus_signature(self) -> str:
        return self.metric.full_signature(self.n_references, "corpus")

    @property
    def all_ok(self) -> bool:
        """Whether the status of every segment is ok."""
        if self.result.statuses is not None or (self.reasons != "").any():
            return bool((self.segments()[1] == OK).all())
        return bool(np.isfinite(self.result.scores).all())

    def segments(self) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
        """Score and status of each segment."""
        scores, statuses = self.result.scores, self.result.statuses
        finite = np.isfinite(scores)
        own = np.where(finite, OK, FAILED) if statuses is None else np.array([*map(str, statuses)])
        status = np.where(self.reasons != "", self.reasons, own.astype(object))
        return np.where(finite & (self.reasons == ""), self.sign * scores + 0.0, np.nan), status

    def text(self, chosen: NDArray[np.int64] | None, n: int, n_missing: int) -> tuple[float, str]:
        """Score and status of the text that the ``n`` chosen segments (None: all) make up."""
        if n_missing:
            return float("nan"), f"missing: {n_missing} of {n} segments have no score"
        return self.sign * self.metric.aggregate(self.result, chosen) + 0.0, OK


def score_table(test_set: TestSet, scored: Sequence[Scored]) -> pd.DataFrame:
    """Table SCORES: for each entry of ``scored``, one row per segment, then one for the system."""
    n = len(test_set.segments)
    ids = [*test_set.segments["segment_id"], None]
    scores = np.empty((len(scored), n + 1))
    status = np.empty((len(scored), n + 1), dtype=object)
    signatures = np.empty((len(scored), n + 1), dtype=object)
    for i, one in enumerate(scored):
        scores[i, :n], status[i, :n] = one.segments()
        n_missing = int((~np.isfinite(one.result.scores)).sum())
        scores[i, n], status[i, n] = one.text(None, n, n_missing)
        signatures[i, :n] = one.metric.full_signature(one.n_references, "segment")
        signatures[i, n] = one.corpus_signature
    columns = {
        **_identity(test_set, scored, n + 1),
        "segment_id": _text(ids).take(np.tile(np.arange(n + 1), len(scored))),
        "signature": _coded(signatures.ravel()),
        "score": scores.ravel(),
        "status": _coded(status.ravel()),
    }
    return conform(pd.DataFrame(columns, copy=False), SCORES)


def document_table(test_set: TestSet, scored: Sequence[Scored]) -> pd.DataFrame:
    """Table DOCUMENT_SCORES: for each entry of ``scored``, one row per document."""
    indices: Any = test_set.segments.groupby("document", sort=False).indices
    documents: dict[str, NDArray[np.int64]] = {str(d): np.asarray(i) for d, i in indices.items()}
    place = np.empty(len(test_set.segments), dtype=np.int64)
    for j, chosen in enumerate(documents.values()):
        place[chosen] = j
    n = len(documents)
    sizes = np.bincount(place, minlength=n)
    scores = np.empty((len(scored), n))
    status = np.empty((len(scored), n), dtype=object)
    for i, one in enumerate(scored):
        absent = np.bincount(place[~np.isfinite(one.result.scores)], minlength=n).tolist()
        for j, chosen in enumerate(documents.values()):
            scores[i, j], status[i, j] = one.text(chosen, len(chosen), absent[j])
    signatures = np.array([one.corpus_signature for one in scored], dtype=object)
    columns = {
        **_identity(test_set, scored, n),
        "document": _text(list(documents)).take(np.tile(np.arange(n), len(scored))),
        "signature": _coded(np.repeat(signatures, n)),
        "score": scores.ravel(),
        "status": _coded(status.ravel()),
        "n_segments": np.tile(sizes, len(scored)),
    }
    return conform(pd.DataFrame(columns, copy=False), DOCUMENT_SCORES)


def _identity(test_set: TestSet, scored: Sequence[Scored], rows: int) -> dict[str, Any]:
    """The columns that are the same in all ``rows`` of an entry."""
    each = np.repeat(np.arange(len(scored)), rows)
    return {
        "test_set": _text([test_set.name]).take(np.zeros_like(each)),
        "system": _text([one.system for one in scored]).take(each),
        "metric": _text([one.key for one in scored]).take(each),
    }


def _coded(values: NDArray[np.object_]) -> Any:
    """A column of few different texts; each is looked at once."""
    codes, distinct = pd.factorize(values)
    return _text(list(distinct)).take(codes)


def _text(values: Sequence[str | None]) -> Any:
    """Texts as pandas keeps them in a column."""
    return pd.array(list(values), dtype="str")


def score_matrices(
    scores: pd.DataFrame, metrics: Sequence[str], systems: Sequence[str], segments: Sequence[str]
) -> dict[str, NDArray[np.float64]]:
    """(n_systems, n_segments) segment scores of each metric, from rows of the table SCORES; NaN
    where there is none."""
    row, column = positions(scores, systems, segments)
    metric = pd.Index(metrics, dtype=str).get_indexer(pd.Index(scores["metric"]))
    known = (row >= 0) & (column >= 0) & (metric >= 0)
    values = np.full((len(metrics), len(systems), len(segments)), np.nan)
    values[metric[known], row[known], column[known]] = scores["score"].to_numpy()[known]
    return dict(zip(metrics, values, strict=True))


def positions(
    frame: pd.DataFrame, systems: Sequence[str], segments: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The place of each row's system and segment among those given; -1 where it is not there."""
    return (
        pd.Index(systems, dtype=str).get_indexer(pd.Index(frame["system"])),
        pd.Index(segments, dtype=str).get_indexer(pd.Index(frame["segment_id"])),
    )

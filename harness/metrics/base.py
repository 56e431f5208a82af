"""What a metric is: the protocol that every metric keeps.

A metric is a frozen dataclass whose fields are its parameters. It scores aligned segments; where
its score of a whole text is not the mean of its segment scores (BLEU, chrF, TER), it also keeps
additive statistics of each segment, from which the score of any set of segments follows by
summing. A metric returns its numbers as its authors define them; :mod:`harness.scoring.stage` turns
lower-is-better scores round, once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Batch", "Level", "Metric", "MetricSpan", "SegmentScores", "Spans", "together"]

Level = Literal["segment", "corpus"]


@dataclass(frozen=True)
class Batch:
    """Aligned texts: n sources, n hypotheses, and for each reference its n translations.

    ``stored`` holds n scores that came with the test set, for a metric that reads such
    (:attr:`Metric.reads`); otherwise it is empty.
    """

    sources: Sequence[str]
    hypotheses: Sequence[str]
    references: tuple[Sequence[str], ...] = ()
    stored: Sequence[float] = ()

    def __post_init__(self) -> None:
        lengths = {len(self.sources), len(self.hypotheses), *map(len, self.references)}
        if len(self.stored):
            lengths.add(len(self.stored))
        if len(lengths) != 1:
            raise ValueError(f"texts are not aligned: {sorted(lengths)} segments")

    def __len__(self) -> int:
        return len(self.hypotheses)

    def part(self, chosen: slice) -> Batch:
        """Some of the segments, in order."""
        return Batch(
            self.sources[chosen],
            self.hypotheses[chosen],
            tuple(texts[chosen] for texts in self.references),
            self.stored[chosen],
        )


@dataclass(frozen=True)
class MetricSpan:
    """What a metric marks as an error in a hypothesis: code points ``start`` to ``end``, and, in
    the metric's own words, how severe it is and of what kind ('' where it does not say)."""

    start: int
    end: int
    severity: str = ""
    category: str = ""


#: The spans of each of n segments.
Spans = tuple[tuple[MetricSpan, ...], ...]


@dataclass(frozen=True)
class SegmentScores:
    """Scores of n segments, shape (n,), additive statistics (n, k) where there are such, and the
    ``spans`` that the metric marks in each hypothesis; None: it marks none, ever."""

    scores: NDArray[np.float64]
    statistics: NDArray[np.float64] | None = None
    spans: Spans | None = None

    def rows(self, chosen: Sequence[int] | NDArray[np.int64]) -> SegmentScores:
        """Those of some segments, in this order."""
        places = np.asarray(chosen, dtype=np.int64)
        return SegmentScores(
            self.scores[places],
            None if self.statistics is None else self.statistics[places],
            None if self.spans is None else tuple(self.spans[i] for i in places),
        )

    def spread(self, places: NDArray[np.int64], n: int) -> SegmentScores:
        """Over n segments, of which these are those at ``places``; NaN and no span elsewhere."""
        scores = np.full(n, np.nan)
        scores[places] = self.scores
        statistics, spans = None, None
        if self.statistics is not None:
            statistics = np.full((n, self.statistics.shape[1]), np.nan)
            statistics[places] = self.statistics
        if self.spans is not None:
            own = dict(zip(places.tolist(), self.spans, strict=True))
            spans = tuple(own.get(i, ()) for i in range(n))
        return SegmentScores(scores, statistics, spans)


def together(parts: Sequence[SegmentScores]) -> SegmentScores:
    """``parts`` of one metric, one after the other."""
    statistics = [p.statistics for p in parts if p.statistics is not None]
    spans = [p.spans for p in parts if p.spans is not None]
    return SegmentScores(
        np.concatenate([p.scores for p in parts]) if parts else np.empty(0),
        np.concatenate(statistics) if parts and len(statistics) == len(parts) else None,
        tuple(s for part in spans for s in part) if parts and len(spans) == len(parts) else None,
    )


@dataclass(frozen=True)
class Metric(ABC):
    """A metric: ``name`` is how tables and plots write it."""

    name: str = ""
    higher_is_better: ClassVar[bool] = True
    needs_source: ClassVar[bool] = False
    needs_reference: ClassVar[bool] = True
    #: Scores are kept segment by segment: right for a metric to which a segment costs much (a
    #: neural metric, a judge) and whose score of a segment depends on that segment alone.
    by_segment: ClassVar[bool] = False

    @property
    def reads(self) -> tuple[str, str] | None:
        """The scores that the metric takes from the test set instead of computing them: metric and
        reference of STORED_SCORES. None: it computes its own."""
        return None

    @abstractmethod
    def signature(self, n_references: int, level: Level = "segment") -> str:
        """Everything that determines the number, for segment scores or corpus scores."""

    @abstractmethod
    def score(self, batch: Batch) -> SegmentScores:
        """The scores of all segments of ``batch``."""

    def score_all(self, batches: Sequence[Batch]) -> list[SegmentScores]:
        """The scores of several batches; a metric may share work between those of the same
        references."""
        return [self.score(batch) for batch in batches]

    @property
    def path(self) -> str:
        """Which implementation computes the numbers, where there are several that give the same."""
        return ""

    @property
    def quick(self) -> bool:
        """Whether scoring takes less time than sending the texts to another process."""
        return False

    def additive(self, segments: SegmentScores) -> NDArray[np.float64] | None:
        """What each segment adds to the sums that :meth:`score_sums` takes, shape (n, k); NaN where
        a segment has no score. None: the metric's scores of texts do not follow from sums.

        The statistics where the metric has :meth:`score_sums` for such, else, where the score of a
        text is the mean, the segment's score and a 1.
        """
        if self._has_sums:
            return segments.statistics
        if type(self).aggregate is not Metric.aggregate:
            return None
        return np.column_stack([segments.scores, np.ones(len(segments.scores))])

    @property
    def _has_sums(self) -> bool:
        return type(self).score_sums is not Metric.score_sums

    def score_sums(self, sums: NDArray[np.float64], level: Level = "corpus") -> NDArray[np.float64]:
        """The scores of m sums of what segments add (:meth:`additive`), shape (m, k): of m
        documents, texts or resamples. A sum of no segment has the score NaN."""
        with np.errstate(invalid="ignore", divide="ignore"):
            means: NDArray[np.float64] = sums[:, 0] / sums[:, 1]
        return means

    def aggregate(self, segments: SegmentScores, chosen: NDArray[np.int64] | None = None) -> float:
        """The score of the text that the ``chosen`` segments (default: all) make up.

        The mean of the segment scores, or what :meth:`score_sums` makes of the sums of the
        statistics where the metric has both. NaN where a segment has no score, or none is chosen.
        """
        scores = segments.scores if chosen is None else segments.scores[chosen]
        if not len(scores) or np.isnan(scores).any():
            return float("nan")
        if segments.statistics is None or not self._has_sums:
            return float(scores.mean())
        rows = segments.statistics if chosen is None else segments.statistics[chosen]
        # From the first segment to the last, as sacrebleu sums.
        return float(self.score_sums(rows.cumsum(axis=0)[-1:])[0])

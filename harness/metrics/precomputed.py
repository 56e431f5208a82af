"""Stored metrics: segment scores that come with a test set, used like any metric's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.errors import InputError
from harness.metrics.base import Batch, Level, Metric, SegmentScores

__all__ = ["Stored"]


@dataclass(frozen=True)
class Stored(Metric):
    """The scores of ``metric`` that came with the test set, higher is better, as they stand.

    A translation without a stored score has none. The score of a document or system is the mean
    of its segments' scores: for metrics whose corpus score is no mean (BLEU, chrF) that is another
    number than the corpus score.

    Parameters
    ----------
    metric
        The metric's name in the test set, e.g. COMET-22.
    reference
        The reference that it used; src: the source alone. It is part of the stored scores, so the
        references of the run do not matter to it.

    Raises
    ------
    InputError
        ``metric`` or ``reference`` is empty. (Scoring refuses what the test set does not hold.)
    """

    name: str = "stored"
    metric: str = ""
    reference: str = ""
    needs_reference: ClassVar[bool] = False

    def __post_init__(self) -> None:
        for key, value in (("metric", self.metric), ("reference", self.reference)):
            if not isinstance(value, str) or not value:
                raise InputError(
                    f"the stored metric {self.name!r} lacks its {key}",
                    found=repr(value),
                    expected="metric=COMET-22 reference=refA, for example",
                )

    @property
    def reads(self) -> tuple[str, str]:
        return self.metric, self.reference

    def signature(self, n_references: int, level: Level = "segment") -> str:
        """Names the file as the layout of mt-metrics-eval does; its sha256 stands in run.json."""
        file = f"{self.metric}-{self.reference}.seg.score"
        mean = "|mean of segments" if level == "corpus" else ""
        return f"stored:{self.metric}|ref:{self.reference}|file:{file}{mean}"

    def score(self, batch: Batch) -> SegmentScores:
        """The stored scores of the batch."""
        if len(batch.stored) != len(batch):
            raise ValueError(f"{len(batch.stored)} stored scores for {len(batch)} segments")
        return SegmentScores(np.asarray(batch.stored, dtype=float))

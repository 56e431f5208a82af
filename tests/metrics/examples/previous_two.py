"""A metric that reads the two segments before the scored one, sources and translations."""

from dataclasses import dataclass

import numpy as np

from harness.metrics import Batch, Metric, Needs, SegmentScores, Window

SEEN: list[str] = []


@dataclass(frozen=True)
class Repeated(Metric):
    """The number of words that the hypothesis shares with what the same system wrote just
    before."""

    name: str = "repeated"
    needs = Needs(window=Window(before=2, hypothesis=True))

    def score(self, batch: Batch) -> SegmentScores:
        SEEN.extend(batch.hypotheses)
        scores = []
        for hypothesis, context in zip(batch.hypotheses, batch.contexts, strict=True):
            before = {w for near in context for w in (near.hypothesis or "").split()}
            scores.append(len(before & set(hypothesis.split())))
        return SegmentScores(np.array(scores, dtype=float))

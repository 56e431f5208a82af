"""A metric that reads the other systems' translations of the same segment."""

from dataclasses import dataclass

import numpy as np

from harness.metrics import Batch, Metric, Needs, SegmentScores

SEEN: list[str] = []


@dataclass(frozen=True)
class Consensus(Metric):
    """The share of the hypothesis's words that another system wrote too, averaged over systems; a
    minimum Bayes risk score in small. NaN where there is no other translation."""

    name: str = "consensus"
    needs = Needs(alternatives=True)

    def score(self, batch: Batch) -> SegmentScores:
        SEEN.extend(batch.hypotheses)
        return SegmentScores(
            np.array(
                [self._one(h, a) for h, a in zip(batch.hypotheses, batch.alternatives, strict=True)]
            )
        )

    def _one(self, hypothesis: str, others: tuple[str, ...]) -> float:
        words = set(hypothesis.split())
        shares = [len(words & set(other.split())) / max(len(words), 1) for other in others]
        return float(np.mean(shares)) if shares else float("nan")

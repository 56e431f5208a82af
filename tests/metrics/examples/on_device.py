"""A metric that runs on a device, with weights in a file, and says all that a metric can say."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.metrics import Batch, Metric, MetricSpan, Needs, Runs, SegmentScores, Status, usage

CALLS: list[int] = []


@dataclass(frozen=True)
class Device(Metric):
    """The first byte of the weights times the hypothesis's length."""

    weights: str = ""
    needs = Needs(source=True, document=True)
    runs = Runs("device", piece=3)

    @property
    def files(self) -> tuple[str, ...]:
        return (self.weights,)

    def score(self, batch: Batch) -> SegmentScores:
        CALLS.append(len(batch))
        first = Path(self.weights).read_bytes()[0]
        rows = [(h, status(h), p) for h, p in zip(batch.hypotheses, batch.positions, strict=True)]
        return SegmentScores(
            np.array([np.nan if s.kind == "refused" else first * len(h) for h, s, _ in rows]),
            spans=[[MetricSpan(0, 1, "major", "x", "source", 0.25), MetricSpan(0, 2)]] * len(rows),
            statuses=[s for _, s, _ in rows],
            extra=[{"raw": h, "place": place} for h, _, place in rows],
            costs=usage([10] * len(rows), [0.5] * len(rows)),
        )


def status(hypothesis: str) -> Status:
    long = Status("truncated", "12 characters") if len(hypothesis) > 12 else Status()
    return Status("refused", "a rude text") if "dogs" in hypothesis else long

"""Sentinels: scores that do not look at translation quality.

A metric that does not beat them may reflect only length, surface form or chance. They are scored
and evaluated like any metric and shown beside it.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy as np
from sacrebleu.metrics.chrf import CHRF

from harness.metrics import Batch, Level, Metric, Needs, SegmentScores
from harness.metrics.base import nrefs

__all__ = ["CopySource", "Length", "LengthRatio", "Random", "Shorter"]


@dataclass(frozen=True)
class Random(Metric):
    """A number in [0, 1) from the sha256 of ``seed`` and the hypothesis: same text, same score."""

    name: str = "random"
    seed: int = 0
    needs = Needs()
    sees = "random scores"

    def signature(self, n_references: int, level: Level = "segment") -> str:
        return f"sentinel:random|seed:{self.seed}|hash:sha256"

    def score(self, batch: Batch) -> SegmentScores:
        return SegmentScores(np.array([self._draw(h) for h in batch.hypotheses], dtype=float))

    def _draw(self, text: str) -> float:
        digest = hashlib.sha256(f"{self.seed}|{text}".encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") / 2**64


@dataclass(frozen=True)
class Length(Metric):
    """The hypothesis's length in code points: longer is "better"."""

    name: str = "length"
    needs = Needs()
    sees = "a score that sees only how long a text is"

    def signature(self, n_references: int, level: Level = "segment") -> str:
        return "sentinel:length|unit:code point"

    def score(self, batch: Batch) -> SegmentScores:
        return SegmentScores(np.array([len(h) for h in batch.hypotheses], dtype=float))


@dataclass(frozen=True)
class Shorter(Length):
    """Minus the hypothesis's length in code points: shorter is "better". What has text added to it
    is longer, and so this sentinel finds it."""

    name: str = "shorter"
    sees = "a score that sees only how short a text is"

    def signature(self, n_references: int, level: Level = "segment") -> str:
        return "sentinel:shorter|unit:code point"

    def score(self, batch: Batch) -> SegmentScores:
        return SegmentScores(-super().score(batch).scores)


@dataclass(frozen=True)
class LengthRatio(Metric):
    """Minus the absolute log of hypothesis length over reference length, in code points: (-inf, 0],
    0 for equal lengths. With several references the nearest length counts; an empty text counts as
    half a code point."""

    name: str = "length ratio"
    sees = "a score that sees only how close a text's length is to the reference's"

    def signature(self, n_references: int, level: Level = "segment") -> str:
        return f"sentinel:length_ratio|{nrefs(n_references)}|unit:code point"

    def score(self, batch: Batch) -> SegmentScores:
        lengths = [[max(len(t), 0.5) for t in texts] for texts in batch.references]
        scores = [
            max(-abs(math.log(max(len(hypothesis), 0.5) / reference[i])) for reference in lengths)
            for i, hypothesis in enumerate(batch.hypotheses)
        ]
        return SegmentScores(np.array(scores, dtype=float))


@dataclass(frozen=True)
class CopySource(Metric):
    """chrF between hypothesis and source, in [0, 100]: rewards text that is left untranslated."""

    name: str = "copy of source"
    needs = Needs(source=True)
    sees = "a score that sees only how much of the source a text copies"

    def signature(self, n_references: int, level: Level = "segment") -> str:
        metric = CHRF()
        metric.num_refs = 1
        return f"sentinel:copy_source|{metric.get_signature()}"

    def score(self, batch: Batch) -> SegmentScores:
        metric = CHRF()
        return SegmentScores(
            np.array(
                [
                    metric.sentence_score(hypothesis, [source]).score
                    for hypothesis, source in zip(batch.hypotheses, batch.sources, strict=True)
                ],
                dtype=float,
            )
        )

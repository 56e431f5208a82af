"""A translation compared with its source by a multilingual encoder; no reference is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.errors import InputError
from harness.metrics.needs import Needs
from harness.metrics.neural import e5_small
from harness.metrics.neural.embedding import EMPTY, EmbeddingMetric, EmbeddingModel, matched
from harness.metrics.neural.engine import Input, Judgement, Model, Prepared, Row

__all__ = ["EmbedQE"]

MEASURES = ("recall", "cosine")
#: What stands before a text whose vector is made, as the model was trained.
PREFIXES = {e5_small.NAME: "query: "}


@dataclass(frozen=True)
class EmbedQE(EmbeddingMetric):
    """How much of the source is found in the translation: the mean, over the tokens of the source,
    of the best cosine with a token of the translation (recall); or the cosine of the vectors of
    both texts, each the mean of the last layer (cosine). An empty translation has 0.

    Parameters
    ----------
    measure
        recall or cosine.
    prefix
        For the cosine, what stands before each text; null: as the model was trained ("query: " for
        e5-small), otherwise nothing.
    """

    measure: str = "recall"
    prefix: str | None = None

    needs = Needs(source=True)
    family: ClassVar[str] = "without reference"
    kind: ClassVar[str] = "Embed-QE"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.measure not in MEASURES:
            raise InputError(
                f"measure={self.measure} is unknown", expected=f"one of: {', '.join(MEASURES)}"
            )

    @property
    def prefix_used(self) -> str:
        """What stands before each text."""
        if self.measure == "recall":
            return ""
        return self.prefix if self.prefix is not None else PREFIXES.get(self.model, "")

    def settings(self) -> dict[str, object]:
        if self.measure == "recall":
            return {**super().settings(), "measure": self.measure}
        return {"measure": self.measure, "prefix": repr(self.prefix_used)}

    def load(self, device: Any) -> Model:
        if self.measure == "recall":
            return _Recall(self.encoder(device, whole=False), self.layer_used, whole=False)
        encoder = self.encoder(device, whole=True)
        return _Cosine(encoder, encoder.n_layers, whole=True, prefix=self.prefix_used)


class _Recall(EmbeddingModel):
    def inputs(self, row: Row) -> tuple[Input, ...]:
        return ((("", row.hypothesis),), (("", row.source),))

    def judge(
        self, rows: Sequence[tuple[Row, Sequence[Prepared], Sequence[Any]]]
    ) -> list[Judgement]:
        return [
            Judgement(matched(own, source).recall, note="" if own.counted.any() else EMPTY)
            for _, _, (own, source) in rows
        ]


class _Cosine(_Recall):
    def judge(
        self, rows: Sequence[tuple[Row, Sequence[Prepared], Sequence[Any]]]
    ) -> list[Judgement]:
        found = []
        for row, _, (own, source) in rows:
            if row.hypothesis.strip():
                found.append(Judgement(float(own.whole.double() @ source.whole.double())))
            else:
                found.append(Judgement(0.0, note=EMPTY))
        return found

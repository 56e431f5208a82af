"""A translation compared with its source by a multilingual encoder; no reference is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.errors import InputError
from harness.metrics.needs import Needs
from harness.metrics.neural.embedding import EMPTY, EmbeddingMetric, EmbeddingModel, matched
from harness.metrics.neural.encoder import Encoder
from harness.metrics.neural.engine import Input, Judgement, Model, Prepared, Row

__all__ = ["EmbedQE"]

MEASURES = ("recall", "cosine")


@dataclass(frozen=True)
class EmbedQE(EmbeddingMetric):
    """How much of the source is found in the translation: the mean, over the tokens of the source,
    of the best cosine with a token of the translation (recall); or the cosine of the vectors of
    both texts. The other of the two is in the details (``score_details.csv``). An empty translation
    has 0.

    Parameters
    ----------
    measure
        recall or cosine.
    """

    measure: str = "recall"

    needs = Needs(source=True)
    family: ClassVar[str] = "without reference"
    kind: ClassVar[str] = "Embed-QE"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.measure not in MEASURES:
            raise InputError(
                f"measure={self.measure} is unknown", expected=f"one of: {', '.join(MEASURES)}"
            )

    def settings(self) -> dict[str, object]:
        return {**super().settings(), "measure": self.measure}

    def load(self, device: Any) -> Model:
        return _SourceMatcher(self.encoder(device, whole=True), self.layer_used, self.measure)


class _SourceMatcher(EmbeddingModel):
    def __init__(self, encoder: Encoder, layer: int, measure: str) -> None:
        super().__init__(encoder, layer, whole=True)
        self.measure = measure

    def inputs(self, row: Row) -> tuple[Input, ...]:
        return ((("", row.hypothesis),), (("", row.source),))

    def judge(
        self, rows: Sequence[tuple[Row, Sequence[Prepared], Sequence[Any]]]
    ) -> list[Judgement]:
        found = []
        for _, _, (own, source) in rows:
            empty = not own.counted.any()
            values = {
                "recall": matched(own, source).recall,
                "cosine": 0.0 if empty else float(own.whole.double() @ source.whole.double()),
            }
            other = {name: round(v, 6) for name, v in values.items() if name != self.measure}
            found.append(Judgement(values[self.measure], extra=other, note=EMPTY if empty else ""))
        return found

"""BERTScore (Zhang et al. 2020): tokens of the translation matched with those of the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.errors import InputError
from harness.metrics.needs import Needs
from harness.metrics.neural.embedding import EMPTY, EmbeddingMetric, EmbeddingModel, matched
from harness.metrics.neural.encoder import Encoder
from harness.metrics.neural.engine import Input, Judgement, Model, Prepared, Row

__all__ = ["BERTScore"]

MEASURES = ("f1", "precision", "recall")


@dataclass(frozen=True)
class BERTScore(EmbeddingMetric):
    """BERTScore: each token of the translation is matched with the most similar one of the
    reference, and the other way round; of several references the best counts. As the package
    bert-score without weights of words (idf) and without rescaling; an empty translation has 0.

    Parameters
    ----------
    measure
        f1, precision or recall.
    """

    measure: str = "f1"

    needs = Needs(reference=True)
    family: ClassVar[str] = "embedding"
    kind: ClassVar[str] = "BERTScore"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.measure not in MEASURES:
            raise InputError(
                f"measure={self.measure} is unknown", expected=f"one of: {', '.join(MEASURES)}"
            )

    def settings(self) -> dict[str, object]:
        return {**super().settings(), "measure": self.measure}

    def load(self, device: Any) -> Model:
        return _Matcher(self.encoder(device, whole=False), self.layer_used, self.measure)


class _Matcher(EmbeddingModel):
    def __init__(self, encoder: Encoder, layer: int, measure: str) -> None:
        super().__init__(encoder, layer, whole=False)
        self.measure = measure

    def inputs(self, row: Row) -> tuple[Input, ...]:
        return tuple((("", text),) for text in (row.hypothesis, *row.references))

    def judge(
        self, rows: Sequence[tuple[Row, Sequence[Prepared], Sequence[Any]]]
    ) -> list[Judgement]:
        found = []
        for _, _, (own, *references) in rows:
            best = max(getattr(matched(own, other), self.measure) for other in references)
            found.append(Judgement(best, note="" if own.counted.any() else EMPTY))
        return found

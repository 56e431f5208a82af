"""Unified models of COMET: a score from the first token of translation, source and reference read
together."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from harness.metrics.neural.checkpoint import Loaded
from harness.metrics.neural.engine import Input, Judgement, Model, Prepared, Row
from harness.metrics.neural.joint import by_reference, passes_of, prepared_jointly

__all__ = ["Unified", "empty_note"]


def empty_note(row: Row) -> str:
    """What is said of an empty translation, which the model scores like any other."""
    return "" if row.hypothesis.strip() else "an empty translation"


class Unified(Model):
    """A unified_metric; ``reference``: whether it reads references too."""

    def __init__(self, loaded: Loaded, *, reference: bool) -> None:
        self.encoder, self.mix, self.network = loaded.encoder, loaded.mix, loaded.network
        self.tags, self.hparams = loaded.tags, loaded.hparams
        self.size, self.reference = self.encoder.size, reference
        self.layer = loaded.hparams.get("sent_layer", "mix")
        self.source = "src" in (loaded.hparams.get("input_segments") or ["mt", "src", "ref"])

    def inputs(self, row: Row) -> tuple[Input, ...]:
        return tuple(passes_of(row, source=self.source, reference=self.reference))

    def group(self, row: Row) -> Hashable:
        return row

    def prepare(self, inputs: Sequence[Input]) -> list[Prepared]:
        return prepared_jointly(self.encoder, inputs)

    def scored(self, layers: Sequence[Any], mask: Any) -> Any:
        """The score of each sequence."""
        mixed = layers[int(self.layer)] if self.mix is None else self.mix(layers, mask)
        return self.network(mixed[:, 0]).reshape(-1)

    def encode(self, inputs: Sequence[Prepared]) -> list[Any]:
        layers, mask = self.encoder.layers([one.ids for one in inputs])
        return self.scored(layers, mask).double().tolist()  # type: ignore[no-any-return]

    def judge(
        self, rows: Sequence[tuple[Row, Sequence[Prepared], Sequence[Any]]]
    ) -> list[Judgement]:
        found = []
        for row, _, scores in rows:
            n = len(row.references) if self.reference else 0
            each = by_reference(scores, n, source=self.source)
            score = sum(sum(own) / len(own) for own in each) / len(each)
            found.append(Judgement(score, note=empty_note(row)))
        return found

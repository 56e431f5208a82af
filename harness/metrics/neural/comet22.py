"""COMET (Rei et al. 2022): regression on the vectors of translation, source and reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.errors import InputError
from harness.metrics.needs import Needs
from harness.metrics.neural.checkpoint import CometMetric, Loaded
from harness.metrics.neural.embedding import UNKNOWN_WORDS
from harness.metrics.neural.engine import Input, Judgement, Model, Prepared, Row
from harness.metrics.neural.packages import package

__all__ = ["Comet"]

POOLS = ("avg", "cls", "max")


@dataclass(frozen=True)
class Comet(CometMetric):
    """A regression_metric of COMET, such as COMET-22 (``Unbabel/wmt22-comet-da``). Of several
    references the mean score is taken."""

    needs = Needs(source=True, reference=True)
    family: ClassVar[str] = "trained"
    kind: ClassVar[str] = "COMET"
    reads: ClassVar[str] = "regression_metric"

    def load(self, device: Any) -> Model:
        return _Regression(self.loaded(device))


class _Regression(Model):
    def __init__(self, loaded: Loaded) -> None:
        self.encoder, self.mix, self.network = loaded.encoder, loaded.mix, loaded.network
        self.size = self.encoder.size
        self.layer = loaded.hparams.get("layer", "mix")
        self.pool = str(loaded.hparams.get("pool", "avg"))
        if self.pool not in POOLS:
            raise InputError(f"pool: {self.pool} is unknown", expected=f"one of: {POOLS}")

    def inputs(self, row: Row) -> tuple[Input, ...]:
        texts = (row.hypothesis, row.source, *row.references)
        return tuple((("", text),) for text in texts)

    def prepare(self, inputs: Sequence[Input]) -> list[Prepared]:
        longest = self.encoder.longest - 2
        found = []
        for tokens in self.encoder.tokenizer.of([text for ((_, text),) in inputs]):
            ids, _, cut = self.encoder.single(tokens, longest)
            notes = [f"read to its token {longest}"] if cut else []
            notes += [UNKNOWN_WORDS] if tokens.unknown else []
            found.append(Prepared(ids, notes=tuple(notes), cut=cut))
        return found

    def encode(self, inputs: Sequence[Prepared]) -> list[Any]:
        layers, mask = self.encoder.layers([one.ids for one in inputs])
        mixed = layers[int(self.layer)] if self.mix is None else self.mix(layers, mask)
        if self.pool == "cls":
            return list(mixed[:, 0])
        shown = mask.unsqueeze(-1)
        if self.pool == "max":
            return list(mixed.masked_fill(shown == 0, float("-inf")).max(1).values)
        return list((mixed * shown).sum(1) / shown.sum(1))

    def judge(
        self, rows: Sequence[tuple[Row, Sequence[Prepared], Sequence[Any]]]
    ) -> list[Judgement]:
        torch = package("torch")
        features = [
            torch.cat([mt, ref, mt * ref, (mt - ref).abs(), mt * source, (mt - source).abs()])
            for _, _, (mt, source, *references) in rows
            for ref in references
        ]
        scores = self.network(torch.stack(features)).reshape(-1).double().tolist()
        found = []
        for row, _, _ in rows:
            own = [scores.pop(0) for _ in row.references]
            note = "" if row.hypothesis.strip() else "an empty translation"
            found.append(Judgement(sum(own) / len(own), note=note))
        return found

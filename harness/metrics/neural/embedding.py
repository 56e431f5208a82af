"""Metrics that compare the tokens of two texts by a pretrained encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from harness.errors import InputError
from harness.metrics.neural import e5_small
from harness.metrics.neural.encoder import Encoder, encoder_files
from harness.metrics.neural.engine import Input, Model, Prepared
from harness.metrics.neural.metric import ENGINE_MODULES, NeuralMetric
from harness.metrics.neural.packages import package
from harness.metrics.neural.places import short_name

__all__ = ["EmbeddingMetric", "EmbeddingModel", "Matched", "Vectors", "matched"]

#: The layer that is used, by the model's name: for models of the package bert-score its choice
#: (the best on WMT16); for e5-small 9 of 12, chosen on WMT23.
LAYERS = {
    e5_small.NAME: 9,
    "roberta-large": 17,
    "xlm-roberta-large": 17,
    "roberta-base": 10,
    "xlm-roberta-base": 9,
    "bert-base-uncased": 9,
    "bert-base-multilingual-cased": 9,
}
UNKNOWN_WORDS = "the model does not know most of the words"
EMPTY = "an empty text, which matches nothing: 0 by definition"


class Vectors(NamedTuple):
    """A text: a vector of length 1 for each token, and which tokens stand for text; or one vector
    of length 1 for the whole text."""

    tokens: Any
    counted: Any
    whole: Any


class Matched(NamedTuple):
    """How well the tokens of a text are found in another: precision of the first, recall of the
    second."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def matched(text: Vectors, other: Vectors) -> Matched:
    """The mean, over the tokens of a text, of the best cosine with a token of the other. Tokens
    that stand for no text are left out of the means but may be the best match. 0 where a text is
    empty."""
    if not (text.counted.any() and other.counted.any()):
        return Matched(0.0, 0.0)
    cosines = text.tokens @ other.tokens.T
    best = cosines.max(dim=1).values[text.counted].double()
    best_other = cosines.max(dim=0).values[other.counted].double()
    return Matched(float(best.mean()), float(best_other.mean()))


class EmbeddingModel(Model):
    """An encoder whose tokens are compared (those of ``layer``); or, with ``whole``, the vectors of
    whole texts (the mean of the last layer), each text behind the ``prefix``."""

    def __init__(self, encoder: Encoder, layer: int, *, whole: bool, prefix: str = "") -> None:
        self.encoder, self.layer, self.whole, self.prefix = encoder, layer, whole, prefix
        self.size = encoder.size

    def prepare(self, inputs: Sequence[Input]) -> list[Prepared]:
        texts = [self.prefix + text.strip() for ((_, text),) in inputs]
        found = []
        for tokens in self.encoder.tokenizer.of(texts):
            ids, _, cut = self.encoder.single(tokens, self.encoder.longest)
            notes = [f"read to its token {self.encoder.longest}"] if cut else []
            notes += [UNKNOWN_WORDS] if tokens.unknown else []
            special = [True, *[False] * (len(ids) - 2), True]
            found.append(Prepared(ids, special, notes=tuple(notes), cut=cut))
        return found

    def encode(self, inputs: Sequence[Prepared]) -> list[Any]:
        torch = package("torch")
        layers, mask = self.encoder.layers([one.ids for one in inputs])
        if self.whole:
            weights = mask.unsqueeze(-1)
            vectors = (layers[-1] * weights).sum(1) / weights.sum(1)
            return [Vectors(None, None, v) for v in torch.nn.functional.normalize(vectors, dim=-1)]
        tokens = torch.nn.functional.normalize(layers[self.layer], dim=-1)
        return [
            Vectors(
                tokens[i, : len(one.ids)].clone(),
                ~torch.tensor(one.special, device=tokens.device),
                None,
            )
            for i, one in enumerate(inputs)
        ]


@dataclass(frozen=True)
class EmbeddingMetric(NeuralMetric):
    """See the module's text; ``layer``: of the encoder, or null: as is known for the model."""

    layer: int | None = None
    made_of: ClassVar[tuple[str, ...]] = (*ENGINE_MODULES, "harness.metrics.neural.embedding")

    @property
    def layer_used(self) -> int:
        """The layer whose tokens are compared.

        Raises
        ------
        InputError
            None is given, and the model is none of those for which one is known.
        """
        found = self.layer if self.layer is not None else LAYERS.get(short_name(self.model))
        if found is None:
            raise InputError(
                f"which layer of {self.model_label!r} is to be used is not known",
                expected=f"layer=N (known: {', '.join(f'{k}: {v}' for k, v in LAYERS.items())})",
            )
        return found

    def settings(self) -> dict[str, object]:
        return {"layer": self.layer_used}

    @property
    def files(self) -> Sequence[str | Path]:
        if self.model == e5_small.NAME:
            return [e5_small.small_file()]
        return encoder_files(self._folder())

    def encoder(self, device: Any, *, whole: bool) -> Encoder:
        """The encoder, with the layers that are needed: for the vector of a whole text all."""
        small = self.model == e5_small.NAME
        folder = e5_small.small_folder() if small else self._folder()
        layers = None if whole else self.layer_used
        return Encoder(folder, device, self.precision, layers)

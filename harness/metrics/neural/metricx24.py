"""MetricX (Juraska et al. 2023, 2024): regression by an encoder and decoder, mT5."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from harness.errors import InputError
from harness.metrics.needs import Needs
from harness.metrics.neural.embedding import UNKNOWN_WORDS
from harness.metrics.neural.encoder import config_of, padded
from harness.metrics.neural.engine import Input, Judgement, Model, Prepared, Row
from harness.metrics.neural.metric import ENGINE_MODULES, NeuralMetric
from harness.metrics.neural.packages import package, quietly
from harness.metrics.neural.places import model_folder
from harness.metrics.neural.tokens import Tokenizer, tokenizer_files
from harness.metrics.neural.unified import empty_note
from harness.metrics.neural.weights import check_keys, read_folder, weight_files

__all__ = ["MetricX"]

#: The token whose number is the score, and the range to which it is cut.
SCORE_TOKEN = 250_089
LOWEST, HIGHEST = 0.0, 25.0
#: Tokens that are read: of MetricX-24, and of MetricX-23.
LIMITS = {24: 1536, 23: 1024}


@dataclass(frozen=True)
class MetricX(NeuralMetric):
    """MetricX-24 or MetricX-23 (``google/metricx-24-hybrid-large-v2p6``): a number of errors from 0
    to 25, fewer are better. Of several references the mean score is taken.

    Parameters
    ----------
    tokenizer
        The folder or hub name of the tokenizer, which does not come with the model.
    reference
        Whether it reads references. MetricX-24 reads the source in both cases; MetricX-23 reads
        either references or, its models without reference, the source.
    version
        24 or 23.
    """

    tokenizer: str = "google/mt5-xl"
    reference: bool = True
    version: int = 24

    higher_is_better: ClassVar[bool] = False
    family: ClassVar[str] = "trained"
    kind: ClassVar[str] = "MetricX"
    made_of: ClassVar[tuple[str, ...]] = ENGINE_MODULES

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.version not in LIMITS:
            raise InputError(f"version={self.version} is unknown", expected="24 or 23")

    @property
    def needs(self) -> Needs:
        return Needs(source=self.version == 24 or not self.reference, reference=self.reference)

    def settings(self) -> dict[str, object]:
        return {"version": self.version, "reference": self.reference}

    @property
    def files(self) -> Sequence[str | Path]:
        folder = self._folder()
        if not (folder / "config.json").is_file():
            config_of(folder)
        return [
            folder / "config.json",
            *weight_files(folder),
            *tokenizer_files(self._folder("tokenizer")),
        ]

    def load(self, device: Any) -> Model:
        return _Regression(
            self._folder(),
            model_folder(self.tokenizer, "tokenizer"),
            device,
            self.precision,
            self.version,
            reference=self.reference,
        )


class _Regression(Model):
    def __init__(
        self,
        folder: Path,
        tokenizer: Path,
        device: Any,
        precision: str,
        version: int,
        *,
        reference: bool,
    ) -> None:
        self.device, self.version, self.reference = device, version, reference
        file = folder / "config.json"
        kind = json.loads(file.read_text(encoding="utf-8")).get("model_type")
        if kind != "mt5":
            raise InputError("this is no MetricX model", file=file, found=kind, expected="mt5")
        config = config_of(folder)
        if config.vocab_size <= SCORE_TOKEN:
            raise InputError(
                "the model's vocabulary lacks the token whose number is the score",
                file=file,
                found=f"{config.vocab_size:,} tokens",
                expected=f"more than {SCORE_TOKEN:,}",
            )
        self.tokenizer = Tokenizer(tokenizer, int(config.vocab_size))
        self.pad = int(config.pad_token_id or 0)
        self.model = _t5(config, read_folder(folder), folder)
        dtype = "bfloat16" if precision == "bf16" else "float32"
        self.model.to(device=device, dtype=getattr(package("torch"), dtype)).eval()
        self.size = sum(p.nbytes for p in self.model.parameters())

    def inputs(self, row: Row) -> tuple[Input, ...]:
        source, mt = ("src", row.source), ("mt", row.hypothesis)
        if self.version == 23:
            others = [("ref", text) for text in row.references] if self.reference else [source]
            return tuple((mt, other) for other in others)
        if not self.reference:
            return ((source, mt),)
        return tuple((source, mt, ("ref", text)) for text in row.references)

    def group(self, row: Row) -> Hashable:
        return row

    def prepare(self, inputs: Sequence[Input]) -> list[Prepared]:
        texts = [self._written(one) for one in inputs]
        limit = LIMITS[self.version] - 1  # upstream reads the end token, and takes it off again
        found = []
        for tokens in self.tokenizer.of(texts):
            cut = len(tokens.ids) > limit
            notes = [f"{limit} of {len(tokens.ids)} tokens of all texts were read"] if cut else []
            notes += [UNKNOWN_WORDS] if tokens.unknown else []
            found.append(Prepared(tokens.ids[:limit], notes=tuple(notes), cut=cut))
        return found

    def _written(self, one: Input) -> str:
        """The texts as the model was trained to read them."""
        names = {"src": "source", "mt": "candidate", "ref": "reference"}
        return " ".join(f"{names[part]}: {text}" for part, text in one)

    def encode(self, inputs: Sequence[Prepared]) -> list[Any]:
        torch = package("torch")
        ids, mask = padded([one.ids for one in inputs], self.pad, self.device)
        begin = torch.zeros((len(inputs), 1), dtype=torch.long, device=self.device)
        out = self.model(input_ids=ids, attention_mask=mask, decoder_input_ids=begin)
        scores = out.logits[:, 0, SCORE_TOKEN].double().clamp(LOWEST, HIGHEST)
        return scores.tolist()  # type: ignore[no-any-return]

    def judge(
        self, rows: Sequence[tuple[Row, Sequence[Prepared], Sequence[Any]]]
    ) -> list[Judgement]:
        return [
            Judgement(sum(scores) / len(scores), note=empty_note(row)) for row, _, scores in rows
        ]


def _t5(config: Any, weights: dict[str, Any], folder: Path) -> Any:
    """The model with these weights; tied ones may be written once or more often."""
    kind = package("transformers").MT5ForConditionalGeneration
    with package("torch").device("meta"):
        wanted = set(kind(config).state_dict())
    tied = {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "shared.weight"}
    if getattr(config, "tie_word_embeddings", False):
        tied |= {"lm_head.weight"}
    have = set(weights) & tied
    if have:  # one of them stands for all
        source = "shared.weight" if "shared.weight" in have else sorted(have)[0]
        for name in tied & wanted:
            weights.setdefault(name, weights[source])
    check_keys(weights, wanted, folder)
    with quietly():
        return kind.from_pretrained(None, config=config, state_dict=weights)

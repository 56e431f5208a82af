"""Model folders with a few random weights, in the formats of published models."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "WORDS",
    "Weights",
    "comet_folder",
    "encoder_folder",
    "metricx_folder",
    "random_weights",
    "save_checkpoint",
    "tokenizer_into",
    "words_test_set",
]

Weights = dict[str, NDArray[np.float32]]
WORDS = [f"w{i}" for i in range(60)]
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
HIDDEN, LAYERS, HEADS, INNER, POSITIONS = 8, 2, 2, 12, 40


def tokenizer_into(folder: Path, words: list[str], special: list[str] | None = None) -> None:
    """A tokenizer of words between spaces."""
    from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers

    names = SPECIAL if special is None else special
    vocabulary = {word: i for i, word in enumerate([*names, *words])}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.add_special_tokens([AddedToken(t, normalized=False) for t in names])
    folder.mkdir(parents=True, exist_ok=True)
    made.save(str(folder / "tokenizer.json"))


def encoder_folder(folder: Path, seed: int | None = 0, *, positions: int = POSITIONS) -> Path:
    """An XLM-R of two layers; without weights where there is no ``seed``."""
    tokenizer_into(folder, WORDS)
    config = {
        "model_type": "xlm-roberta",
        "hidden_size": HIDDEN,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "intermediate_size": INNER,
        "vocab_size": len(SPECIAL) + len(WORDS),
        "max_position_embeddings": positions + 2,
        "type_vocab_size": 1,
        "layer_norm_eps": 1e-5,
        "pad_token_id": 1,
        "bos_token_id": 0,
        "eos_token_id": 2,
        "hidden_act": "gelu",
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    if seed is not None:
        from safetensors.numpy import save_file

        save_file(random_weights(seed, positions), folder / "model.safetensors")
    return folder


def words_test_set(segments: int = 20, systems: int = 3, seed: int = 4) -> Any:
    """A test set of random words that the tokenizer knows."""
    from harness.tables import (
        ANNOTATIONS,
        ERROR_SPANS,
        HYPOTHESES,
        REFERENCES,
        SEGMENTS,
        TestSet,
        table,
    )

    draw = np.random.default_rng(seed)

    def text() -> str:
        return " ".join(WORDS[i] for i in draw.integers(0, len(WORDS), draw.integers(3, 12)))

    ids = [str(i + 1) for i in range(segments)]
    return TestSet(
        name="words",
        segments=table([("words", i, "d1", "news", text()) for i in ids], SEGMENTS),
        references=table([("words", i, "refA", text()) for i in ids], REFERENCES),
        hypotheses=table(
            [("words", f"s{k}", "system", i, text()) for k in range(systems) for i in ids],
            HYPOTHESES,
        ),
        annotations=table([], ANNOTATIONS),
        error_spans=table([], ERROR_SPANS),
    )


def random_weights(seed: int, positions: int = POSITIONS) -> Weights:
    """The weights of the encoder."""
    draw = np.random.default_rng(seed)

    def some(*shape: int, scale: float = 0.5) -> NDArray[np.float32]:
        return draw.normal(0, scale, shape).astype(np.float32)

    made = {
        "embeddings.word_embeddings.weight": some(len(SPECIAL) + len(WORDS), HIDDEN),
        "embeddings.position_embeddings.weight": some(positions + 2, HIDDEN),
        "embeddings.token_type_embeddings.weight": some(1, HIDDEN),
        "embeddings.LayerNorm.weight": 1 + some(HIDDEN, scale=0.1),
        "embeddings.LayerNorm.bias": some(HIDDEN, scale=0.1),
    }
    shapes = {
        "attention.self.query": (HIDDEN, HIDDEN),
        "attention.self.key": (HIDDEN, HIDDEN),
        "attention.self.value": (HIDDEN, HIDDEN),
        "attention.output.dense": (HIDDEN, HIDDEN),
        "intermediate.dense": (INNER, HIDDEN),
        "output.dense": (HIDDEN, INNER),
    }
    for i in range(LAYERS):
        for name, shape in shapes.items():
            made[f"encoder.layer.{i}.{name}.weight"] = some(*shape)
            made[f"encoder.layer.{i}.{name}.bias"] = some(shape[0], scale=0.1)
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            made[f"encoder.layer.{i}.{name}.weight"] = 1 + some(HIDDEN, scale=0.1)
            made[f"encoder.layer.{i}.{name}.bias"] = some(HIDDEN, scale=0.1)
    return made


def comet_folder(
    folder: Path, encoder: Path, kind: str, seed: int = 1, **hparams: Any
) -> tuple[Path, Weights]:
    """A checkpoint of COMET on the encoder in ``encoder``, and its weights."""
    own: dict[str, Any] = {
        "class_identifier": kind,
        "encoder_model": "XLM-RoBERTa",
        "pretrained_model": str(encoder),
        "hidden_sizes": [6, 4],
        "activations": "Tanh",
        "final_activation": None,
        "dropout": 0.1,
        "layer_norm": False,
        "layer_transformation": "softmax",
    }
    if kind == "regression_metric":
        own |= {"layer": "mix", "pool": "avg"}
    else:
        own |= {
            "sent_layer": "mix",
            "word_layer": 2,
            "word_level_training": kind == "xcomet_metric",
        }
    own |= hparams
    positions = json.loads((encoder / "config.json").read_text())["max_position_embeddings"] - 2
    weights = {f"encoder.model.{n}": t for n, t in random_weights(seed, positions).items()}
    draw = np.random.default_rng(seed + 1000)
    wide = HIDDEN * (6 if kind == "regression_metric" else 1)
    sizes = [wide, *own["hidden_sizes"], 1]
    for i, (inner, outer) in enumerate(pairwise(sizes)):
        weights[f"estimator.ff.{3 * i}.weight"] = draw.normal(0, 0.5, (outer, inner))
        weights[f"estimator.ff.{3 * i}.bias"] = draw.normal(0, 0.1, outer)
    for i in range(LAYERS + 1):
        weights[f"layerwise_attention.scalar_parameters.{i}"] = draw.normal(0, 1, 1)
    weights["layerwise_attention.gamma"] = draw.normal(1, 0.1, 1)
    weights["layerwise_attention.dropout_mask"] = np.zeros(LAYERS + 1)
    weights["layerwise_attention.dropout_fill"] = np.full(LAYERS + 1, -1e20)
    if own.get("word_level_training", False):
        weights["hidden2tag.weight"] = draw.normal(0, 1.5, (4, HIDDEN))
        weights["hidden2tag.bias"] = np.array([1.0, 0.3, 0.2, 0.1])
        weights["wordloss.weight"] = np.ones(4)
    made = {name: np.asarray(tensor, dtype=np.float32) for name, tensor in weights.items()}
    (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
    (folder / "hparams.yaml").write_text(json.dumps(own), encoding="utf-8")
    save_checkpoint(folder, made)
    return folder, made


def save_checkpoint(folder: Path, weights: Weights) -> None:
    """Write the checkpoint's weights as PyTorch Lightning does."""
    import torch

    state = {name: torch.from_numpy(tensor.copy()) for name, tensor in weights.items()}
    file = folder / "checkpoints" / "model.ckpt"
    torch.save({"state_dict": state, "epoch": 1, "hyper_parameters": {"dropout": 0.1}}, file)


def metricx_folder(folder: Path, tokenizer: Path, seed: int = 6) -> tuple[Path, Weights]:
    """An mT5 with two layers each and the vocabulary of the real one, and its weights."""
    from safetensors.numpy import save_file

    n, hidden, inner, size = 250_112, 4, 6, 2
    special = ["<pad>", "</s>", "<unk>"]
    words = ["source:", "candidate:", "reference:", *WORDS]
    fill = [f"<extra {i}>" for i in range(n - 12 - len(special) - len(words))]
    tokenizer_into(tokenizer, [*words, *fill], special)
    config = {
        "model_type": "mt5",
        "vocab_size": n,
        "d_model": hidden,
        "d_kv": size,
        "d_ff": inner,
        "num_layers": 2,
        "num_decoder_layers": 2,
        "num_heads": 2,
        "relative_attention_num_buckets": 8,
        "relative_attention_max_distance": 16,
        "feed_forward_proj": "gated-gelu",
        "tie_word_embeddings": False,
        "pad_token_id": 0,
        "eos_token_id": 1,
        "decoder_start_token_id": 0,
        "layer_norm_epsilon": 1e-6,
    }
    draw = np.random.default_rng(seed)
    weights: dict[str, Any] = {
        "shared.weight": draw.normal(0, 1, (n, hidden)),
        "lm_head.weight": draw.normal(0, 1, (n, hidden)),
    }
    for side in ("encoder", "decoder"):
        last = 1 if side == "encoder" else 2
        for i in range(2):
            block = f"{side}.block.{i}.layer"
            kinds = (
                {0: "SelfAttention"}
                if side == "encoder"
                else {0: "SelfAttention", 1: "EncDecAttention"}
            )
            for place, kind in kinds.items():
                for part, shape in (("q", (4, 4)), ("k", (4, 4)), ("v", (4, 4)), ("o", (4, 4))):
                    weights[f"{block}.{place}.{kind}.{part}.weight"] = draw.normal(0, 0.3, shape)
                weights[f"{block}.{place}.layer_norm.weight"] = draw.normal(1, 0.1, hidden)
            if i == 0:
                weights[f"{block}.0.SelfAttention.relative_attention_bias.weight"] = draw.normal(
                    0, 0.5, (8, 2)
                )
            for part, shape in (("wi_0", (6, 4)), ("wi_1", (6, 4)), ("wo", (4, 6))):
                weights[f"{block}.{last}.DenseReluDense.{part}.weight"] = draw.normal(0, 0.3, shape)
            weights[f"{block}.{last}.layer_norm.weight"] = draw.normal(1, 0.1, hidden)
        weights[f"{side}.final_layer_norm.weight"] = draw.normal(1, 0.1, hidden)
    weights["lm_head.weight"][250_089] = [0.3, 0.9, -0.4, 0.8]
    weights["decoder.final_layer_norm.weight"] = np.array([1.1, 0.9, 1.2, 1.0])
    made = {name: np.asarray(tensor, dtype=np.float32) for name, tensor in weights.items()}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    save_file(made, folder / "model.safetensors")
    return folder, made

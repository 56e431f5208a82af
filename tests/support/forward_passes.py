"""Forward passes from the published formulas, in numpy and 64 bits: of an encoder as in BERT
(Devlin et al. 2019), of T5 (Raffel et al. 2020), and of the heads of COMET. Nothing is shared with
what they test, and no sequence is padded."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["comet", "encoder_layers", "mixed", "network", "t5_score", "unified"]

Array = NDArray[np.float64]
Weights = Mapping[str, NDArray[np.float32]]


def _linear(w: Weights, name: str, x: Array) -> Array:
    return x @ w[f"{name}.weight"].astype(float).T + w[f"{name}.bias"]


def _normal(w: Weights, name: str, x: Array, epsilon: float = 1e-5) -> Array:
    centred = x - x.mean(-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(-1, keepdims=True) + epsilon)
    return centred / deviation * w[f"{name}.weight"] + w[f"{name}.bias"]


def _softmax(x: Array) -> Array:
    e = np.exp(x - x.max(-1, keepdims=True))
    return np.asarray(e / e.sum(-1, keepdims=True))


def _gelu(x: Array) -> Array:
    return np.asarray(x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2))))


def encoder_layers(w: Weights, ids: Sequence[int], heads: int = 2) -> list[Array]:
    """The embeddings and every layer's output; positions begin at 2, as in XLM-R."""
    e = "embeddings."
    x = w[f"{e}word_embeddings.weight"][list(ids)].astype(float)
    x = x + w[f"{e}position_embeddings.weight"][2 : 2 + len(ids)]
    x = _normal(w, f"{e}LayerNorm", x + w[f"{e}token_type_embeddings.weight"][0])
    layers, i = [x], 0
    while f"encoder.layer.{i}.output.dense.weight" in w:
        p = f"encoder.layer.{i}."
        q, k, v = (_linear(w, f"{p}attention.self.{n}", x) for n in ("query", "key", "value"))
        size = x.shape[1] // heads
        parts = []
        for h in range(heads):
            own = slice(h * size, (h + 1) * size)
            parts.append(_softmax(q[:, own] @ k[:, own].T / math.sqrt(size)) @ v[:, own])
        attended = _linear(w, f"{p}attention.output.dense", np.concatenate(parts, axis=1))
        x = _normal(w, f"{p}attention.output.LayerNorm", x + attended)
        inner = _gelu(_linear(w, f"{p}intermediate.dense", x))
        x = _normal(w, f"{p}output.LayerNorm", x + _linear(w, f"{p}output.dense", inner))
        layers.append(x)
        i += 1
    return layers


def _below(w: Weights, prefix: str) -> dict[str, NDArray[np.float32]]:
    return {n.removeprefix(prefix): t for n, t in w.items() if n.startswith(prefix)}


def _simplex(z: Array) -> Array:
    """Sparsemax by bisection of its threshold."""
    low, high = z.min() - 1, z.max()
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if np.maximum(z - middle, 0).sum() > 1 else (low, middle)
    return np.maximum(z - high, 0)


def mixed(w: Weights, ids: Sequence[int], *, normal: bool = False, sparse: bool = False) -> Array:
    """The layers of a checkpoint's encoder as one."""
    layers = encoder_layers(_below(w, "encoder.model."), ids)
    p = "layerwise_attention."
    scalars = np.array([float(w[f"{p}scalar_parameters.{i}"][0]) for i in range(len(layers))])
    shares = _simplex(scalars) if sparse else _softmax(scalars)
    if normal:
        layers = [(x - x.mean()) / math.sqrt(x.var() + 1e-12) for x in layers]
    total = sum(s * x for s, x in zip(shares, layers, strict=True))
    return np.asarray(float(w[f"{p}gamma"][0]) * total)


def network(w: Weights, x: Array) -> float:
    """The small network on top: tanh between its layers."""
    for i in (0, 3, 6):
        x = _linear(w, f"estimator.ff.{i}", x)
        x = np.tanh(x) if i < 6 else x
    return float(x[0])


def comet(
    w: Weights,
    mt: Sequence[int],
    src: Sequence[int],
    ref: Sequence[int],
    *,
    normal: bool = False,
    sparse: bool = False,
) -> float:
    """COMET's regression."""
    m, s, r = (mixed(w, ids, normal=normal, sparse=sparse).mean(0) for ids in (mt, src, ref))
    features = [m, r, m * r, np.abs(m - r), m * s, np.abs(m - s)]
    return network(w, np.concatenate(features))


def unified(w: Weights, ids: Sequence[int], *, normal: bool = False, sparse: bool = False) -> float:
    """The score from the first token of a sequence."""
    return network(w, mixed(w, ids, normal=normal, sparse=sparse)[0])


def tag_chances(w: Weights, ids: Sequence[int], layer: int) -> Array:
    """The probabilities of xCOMET's labels of each token."""
    x = encoder_layers(_below(w, "encoder.model."), ids)[layer]
    return _softmax(_linear(w, "hidden2tag", x))


# ----------------------------------------------------------------------- T5


def _root_normal(w: Weights, name: str, x: Array) -> Array:
    return x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-6) * w[f"{name}.weight"]


def _bucket(distance: int, *, both: bool, n: int = 8, far: int = 16) -> int:
    """The bucket of the distance from a query to a key."""
    bucket = 0
    if both:
        n //= 2
        bucket = n if distance > 0 else 0
        distance = abs(distance)
    else:
        distance = max(-distance, 0)
    exact = n // 2
    if distance < exact:
        return bucket + distance
    place = exact + int(math.log(distance / exact) / math.log(far / exact) * (n - exact))
    return bucket + min(place, n - 1)


def _attention(
    w: Weights, name: str, x: Array, other: Array, bias: Array | None, heads: int = 2
) -> Array:
    q, k, v = (
        y @ w[f"{name}.{part}.weight"].astype(float).T
        for part, y in (("q", x), ("k", other), ("v", other))
    )
    size = q.shape[1] // heads
    parts = []
    for h in range(heads):
        own = slice(h * size, (h + 1) * size)
        scores = q[:, own] @ k[:, own].T  # T5 does not scale
        parts.append(_softmax(scores if bias is None else scores + bias[h]) @ v[:, own])
    return np.concatenate(parts, axis=1) @ w[f"{name}.o.weight"].astype(float).T


def _gelu_by_tanh(x: Array) -> Array:
    return np.asarray(0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))))


def _t5_side(w: Weights, side: str, ids: Sequence[int], other: Array | None) -> Array:
    x = w["shared.weight"][list(ids)].astype(float)
    table = w[f"{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
    places = range(len(ids))
    buckets = [[_bucket(j - i, both=side == "encoder") for j in places] for i in places]
    bias = table[np.array(buckets)].astype(float).transpose(2, 0, 1)
    for i in range(2):
        p, last = f"{side}.block.{i}.layer", 1 if other is None else 2
        y = _root_normal(w, f"{p}.0.layer_norm", x)
        x = x + _attention(w, f"{p}.0.SelfAttention", y, y, bias)
        if other is not None:
            y = _root_normal(w, f"{p}.1.layer_norm", x)
            x = x + _attention(w, f"{p}.1.EncDecAttention", y, other, None)
        y = _root_normal(w, f"{p}.{last}.layer_norm", x)
        d = f"{p}.{last}.DenseReluDense."
        gate = _gelu_by_tanh(y @ w[f"{d}wi_0.weight"].astype(float).T)
        x = (
            x
            + (gate * (y @ w[f"{d}wi_1.weight"].astype(float).T))
            @ w[f"{d}wo.weight"].astype(float).T
        )
    return _root_normal(w, f"{side}.final_layer_norm", x)


def t5_score(w: Weights, ids: Sequence[int]) -> float:
    """MetricX: the number of token 250,089 in the first step, cut to 0 … 25."""
    encoded = _t5_side(w, "encoder", ids, None)
    decoded = _t5_side(w, "decoder", [0], encoded)
    score = float(decoded[0] @ w["lm_head.weight"][250_089].astype(float))
    return min(max(score, 0.0), 25.0)

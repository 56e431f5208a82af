"""The heads of COMET models: layers mixed into one, pooled, and a small network on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.errors import InputError
from harness.metrics.neural.packages import package

__all__ = ["TRANSFORMATIONS", "LayerMix", "Network", "sparsemax"]

#: How the weights of layers are made: as written in files -> what is computed.
TRANSFORMATIONS = {"softmax": "softmax", "sparsemax_patch": "softmax", "sparsemax": "sparsemax"}


def sparsemax(values: Any) -> Any:
    """The nearest point of the simplex (Martins and Astudillo 2016)."""
    torch = package("torch")
    ordered, _ = torch.sort(values, descending=True)
    sums = ordered.cumsum(0)
    places = torch.arange(1, len(values) + 1, device=values.device, dtype=values.dtype)
    kept = int((1 + places * ordered > sums).sum())
    return torch.clamp(values - (sums[kept - 1] - 1) / kept, min=0)


@dataclass(frozen=True)
class LayerMix:
    """Layers as one: each by its weight, with ``normal`` normalised over the whole sequence first.

    ``weights`` are as they stand in the file, ``transformation`` is what makes them sum to 1.
    """

    weights: Any
    gamma: Any
    transformation: str
    normal: bool

    def __call__(self, layers: Sequence[Any], mask: Any) -> Any:
        torch = package("torch")
        kind = TRANSFORMATIONS[self.transformation]
        shares = sparsemax(self.weights) if kind == "sparsemax" else self.weights.softmax(0)
        mixed = None
        for share, layer in zip(shares, layers, strict=True):
            own = share * (_normalised(torch, layer, mask) if self.normal else layer)
            mixed = own if mixed is None else mixed + own
        return self.gamma * mixed


def _normalised(torch: Any, layer: Any, mask: Any) -> Any:
    """Less the mean of all numbers of a sequence, over their standard deviation."""
    shown = mask.unsqueeze(-1).to(layer.dtype)
    count = (mask.sum(1) * layer.shape[-1])[:, None, None]
    mean = (layer * shown).sum((1, 2), keepdim=True) / count
    # Upstream centres what is masked already: padding adds nothing, as it is masked again.
    variance = (((layer * shown - mean) * shown) ** 2).sum((1, 2), keepdim=True) / count
    return (layer - mean) / torch.sqrt(variance + 1e-12)


@dataclass(frozen=True)
class Network:
    """A feed-forward network: ``layers`` of weights and biases with ``activation`` between them,
    and ``final`` at the end."""

    layers: Sequence[tuple[Any, Any]]
    activation: str
    final: str | None

    @staticmethod
    def of(weights: Mapping[str, Any], activation: str, final: str | None, device: Any) -> Network:
        """The network whose weights have the names 0.weight, 0.bias, 3.weight, …

        Raises
        ------
        InputError
            An activation is unknown.
        """
        nn = package("torch").nn
        for name in filter(None, (activation, final)):
            if not isinstance(getattr(nn, name, None), type):
                raise InputError(f"the activation {name!r} is unknown")
        places = sorted({int(name.partition(".")[0]) for name in weights})
        return Network(
            [
                (weights[f"{i}.weight"].to(device).float(), weights[f"{i}.bias"].to(device).float())
                for i in places
            ],
            activation,
            final,
        )

    def __call__(self, values: Any) -> Any:
        nn = package("torch").nn
        for i, (weight, bias) in enumerate(self.layers):
            values = nn.functional.linear(values, weight, bias)
            if i + 1 < len(self.layers):
                values = getattr(nn, self.activation)()(values)
        return getattr(nn, self.final)()(values) if self.final else values

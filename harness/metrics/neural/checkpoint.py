"""Checkpoints of COMET: hparams.yaml and checkpoints/model.ckpt, on an encoder whose config and
tokenizer lie elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import yaml

from harness.errors import InputError
from harness.metrics.neural.encoder import Encoder, encoder_files
from harness.metrics.neural.layer_mix import TRANSFORMATIONS, LayerMix, Network
from harness.metrics.neural.metric import ENGINE_MODULES, NeuralMetric
from harness.metrics.neural.packages import refuse_old_comet
from harness.metrics.neural.places import model_folder
from harness.metrics.neural.weights import check_keys, read_checkpoint

__all__ = ["CometMetric", "Loaded", "read_hparams"]

#: Kind of checkpoint -> the metrics that read it.
READERS = {
    "regression_metric": "comet22",
    "unified_metric": "cometkiwi, unite",
    "xcomet_metric": "xcomet",
}
ENCODERS = ("xlm-roberta", "xlm-roberta-xl")
_MIX = "layerwise_attention."
_LIMIT = 2**20  # bytes of hparams.yaml


@dataclass(frozen=True)
class Loaded:
    """A checkpoint in memory. ``tags``: the weight and bias of the word level, if it has one."""

    hparams: Mapping[str, Any]
    encoder: Encoder
    mix: LayerMix | None
    network: Network
    tags: tuple[Any, Any] | None


@cache
def _hparams(file: Path, changed: int) -> Mapping[str, Any]:
    if file.stat().st_size > _LIMIT:
        raise InputError("this is no file of hyperparameters: it is too long", file=file)
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError, RecursionError) as error:
        raise InputError(
            "the hyperparameters cannot be read",
            file=file,
            found=" ".join(str(error).split())[:160],
        ) from error
    if not isinstance(found, dict):
        raise InputError("the file holds no hyperparameters", file=file, expected="name: value")
    return found


def read_hparams(folder: Path) -> Mapping[str, Any]:
    """The hyperparameters of the checkpoint in ``folder``.

    Raises
    ------
    InputError
        The folder holds no checkpoint of COMET.
    """
    file, weights = folder / "hparams.yaml", folder / "checkpoints" / "model.ckpt"
    absent = [str(p.relative_to(folder)) for p in (file, weights) if not p.is_file()]
    if absent:
        raise InputError(
            "the folder holds no checkpoint of COMET",
            file=folder,
            found=f"no {' and no '.join(absent)}",
            expected="hparams.yaml and checkpoints/model.ckpt",
        )
    return _hparams(file, file.stat().st_mtime_ns)


@dataclass(frozen=True)
class CometMetric(NeuralMetric):
    """A checkpoint of COMET.

    Parameters
    ----------
    encoder
        The folder or hub name with config and tokenizer of its encoder; '': the one that the
        checkpoint names (pretrained_model).
    layer_transformation
        How the weights of layers are made: softmax or sparsemax; null: as the published scores.
    """

    encoder: str = ""
    layer_transformation: str | None = None

    #: The kind of checkpoint that it reads.
    reads: ClassVar[str] = ""
    made_of: ClassVar[tuple[str, ...]] = (
        *ENGINE_MODULES,
        "harness.metrics.neural.checkpoint",
        "harness.metrics.neural.layer_mix",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        given = self.layer_transformation
        if given is not None and given not in TRANSFORMATIONS:
            raise InputError(
                f"layer_transformation={given} is unknown",
                expected=f"one of: {', '.join(TRANSFORMATIONS)}",
            )

    @property
    def hparams(self) -> Mapping[str, Any]:
        """The hyperparameters.

        Raises
        ------
        InputError
            The folder holds no checkpoint, or one of another kind.
        """
        refuse_old_comet()
        folder = self._folder()
        found = read_hparams(folder)
        kind = str(found.get("class_identifier"))
        if kind != self.reads:
            raise InputError(
                f"the checkpoint is a {kind}, which this metric does not read",
                file=folder / "hparams.yaml",
                expected=f"a {self.reads}",
                remedy=f"use metrics=[{READERS[kind]}]" if kind in READERS else None,
            )
        return found

    @property
    def encoder_folder(self) -> Path:
        """The folder with config and tokenizer of the encoder.

        Raises
        ------
        InputError
            It is not on this machine.
        """
        name = self.encoder or str(self.hparams.get("pretrained_model") or "")
        return model_folder(name, "encoder")

    @property
    def transformation(self) -> str:
        """How the weights of layers are made. The published scores of unified and xCOMET models
        use softmax, though older files name sparsemax (COMET issues 195 and 244)."""
        if self.layer_transformation is not None:
            return TRANSFORMATIONS[self.layer_transformation]
        if self.reads != "regression_metric":
            return "softmax"
        named = str(self.hparams.get("layer_transformation", "softmax"))
        if named not in TRANSFORMATIONS:
            raise InputError(
                f"the layer transformation {named!r} is unknown",
                file=self._folder() / "hparams.yaml",
                expected=f"one of: {', '.join(TRANSFORMATIONS)}",
            )
        return TRANSFORMATIONS[named]

    @property
    def files(self) -> Sequence[str | Path]:
        folder = self._folder()
        _ = self.hparams
        own = [folder / "hparams.yaml", folder / "checkpoints" / "model.ckpt"]
        return [*own, *encoder_files(self.encoder_folder, weights=False)]

    def settings(self) -> dict[str, object]:
        return {"mix": self.transformation}

    def loaded(self, device: Any) -> Loaded:
        """The checkpoint in memory.

        Raises
        ------
        InputError
            Something does not fit, is absent or damaged.
        """
        hparams, file = self.hparams, self._folder() / "checkpoints" / "model.ckpt"
        weights = {
            name: tensor
            for name, tensor in read_checkpoint(file).items()
            if not name.endswith("position_ids") and name != "wordloss.weight"
        }
        own = _below(weights, "encoder.model.")
        encoder = Encoder(self.encoder_folder, device, self.precision, weights=(own, file))
        if encoder.config.model_type not in ENCODERS:
            raise InputError(
                f"encoders of the kind {encoder.config.model_type!r} are not supported",
                file=self.encoder_folder / "config.json",
                expected=f"one of: {', '.join(ENCODERS)}",
            )
        layer = hparams.get("layer" if self.reads == "regression_metric" else "sent_layer", "mix")
        n_mixed = encoder.n_layers + 1 if layer == "mix" else 0
        sizes = list(hparams.get("hidden_sizes") or [])
        names = [f"{_MIX}scalar_parameters.{i}" for i in range(n_mixed)]
        names += [f"{_MIX}gamma"] if n_mixed else []
        names += [
            f"estimator.ff.{3 * i}.{part}"
            for i in range(len(sizes) + 1)
            for part in ("weight", "bias")
        ]
        tagged = self.reads == "xcomet_metric" or bool(hparams.get("word_level_training"))
        names += ["hidden2tag.weight", "hidden2tag.bias"] if tagged else []
        rest = {n: t for n, t in weights.items() if not n.startswith("encoder.model.")}
        check_keys(rest, names, file, lambda name: name.startswith(f"{_MIX}dropout_"))
        network = Network.of(
            _below(rest, "estimator.ff."),
            str(hparams.get("activations", "Tanh")),
            hparams.get("final_activation"),
            device,
        )
        tags = [rest[f"hidden2tag.{part}"] for part in ("weight", "bias")] if tagged else []
        return Loaded(
            hparams,
            encoder,
            self._mix(rest, names[:n_mixed], device) if n_mixed else None,
            network,
            (tags[0].to(device).float(), tags[1].to(device).float()) if tagged else None,
        )

    def _mix(self, weights: Mapping[str, Any], names: Sequence[str], device: Any) -> LayerMix:
        from harness.metrics.neural.packages import package

        scalars = package("torch").cat([weights[name].reshape(1) for name in names])
        normal = self.hparams.get("layer_norm", self.reads != "xcomet_metric")
        gamma = weights[f"{_MIX}gamma"].to(device).float()
        return LayerMix(scalars.to(device).float(), gamma, self.transformation, bool(normal))


def _below(weights: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in weights.items()
        if name.startswith(prefix)
    }

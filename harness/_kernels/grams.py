"""Counts of n-grams in plain Python, where the C kernels were not built.

The reference side of a set of references is made once and kept for the systems that follow; a
hypothesis that two systems share is counted once.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["bleu_counts", "chrf_counts"]

Side = tuple[tuple[str, ...], ...]
_PUNCTUATION = frozenset(string.punctuation)


def bleu_counts(systems: Side, references: Side, tokenizer: str, order: int) -> NDArray[np.int64]:
    """See :func:`harness._kernels.counts.bleu_counts`; any tokenizer of sacrebleu."""
    prepared = _bleu_references(references, tokenizer, order)
    rows = [
        [segment.counts(text) for segment, text in zip(prepared, texts, strict=True)]
        for texts in systems
    ]
    return np.array(rows, dtype=np.int64).reshape(len(systems), -1, 2 + 2 * order)


def chrf_counts(
    systems: Side, references: Side, char_order: int, word_order: int, whitespace: bool
) -> NDArray[np.int64]:
    """See :func:`harness._kernels.counts.chrf_counts`."""
    prepared = _chrf_references(references, char_order, word_order, whitespace)
    rows = [
        [segment.counts(text) for segment, text in zip(prepared, texts, strict=True)]
        for texts in systems
    ]
    width = 3 * (char_order + word_order)
    return np.array(rows, dtype=np.int64).reshape(len(systems), -1, len(references), width)


def _matches(ours: Counter[Hashable], theirs: Counter[Hashable]) -> int:
    common = ours.keys() & theirs.keys()
    return sum(map(min, map(ours.__getitem__, common), map(theirs.__getitem__, common)))


def _word_grams(words: Sequence[str], n: int) -> Counter[Hashable]:
    return Counter(words if n == 1 else zip(*(words[i:] for i in range(n)), strict=False))


@dataclass
class _BleuSegment:
    """The references of one segment: n-grams of each order at their highest count, lengths."""

    tokens: Callable[[str], list[str]]
    grams: list[Counter[Hashable]]
    lengths: list[int]
    known: dict[str, list[int]] = field(default_factory=dict)

    def counts(self, text: str) -> list[int]:
        if text not in self.known:
            words = self.tokens(text)
            closest = min(self.lengths, key=lambda length: (abs(len(words) - length), length))
            orders = range(1, len(self.grams) + 1)
            self.known[text] = [
                len(words),
                closest,
                *(_matches(_word_grams(words, n), self.grams[n - 1]) for n in orders),
                *(max(len(words) - n + 1, 0) for n in orders),
            ]
        return self.known[text]


@lru_cache(maxsize=2)
def _bleu_references(references: Side, tokenizer: str, order: int) -> list[_BleuSegment]:
    from sacrebleu.metrics.bleu import BLEU

    tokenize: Callable[[str], str] = BLEU(tokenize=tokenizer).tokenizer

    def tokens(text: str) -> list[str]:
        return tokenize(text.rstrip()).split()

    segments = []
    for texts in zip(*references, strict=True):
        split = [tokens(text) for text in texts]
        grams = []
        for n in range(1, order + 1):
            highest = _word_grams(split[0], n)
            for words in split[1:]:
                highest |= _word_grams(words, n)
            grams.append(highest)
        segments.append(_BleuSegment(tokens, grams, [len(words) for words in split]))
    return segments


@dataclass
class _ChrfSegment:
    """The references of one segment: of each, the n-grams of each order."""

    grams: Callable[[str], list[Counter[Hashable]]]
    references: list[list[tuple[Counter[Hashable], int]]]
    known: dict[str, list[list[int]]] = field(default_factory=dict)

    def counts(self, text: str) -> list[list[int]]:
        if text not in self.known:
            ours = [(grams, grams.total()) for grams in self.grams(text)]
            self.known[text] = [
                [
                    number
                    for (grams, n), (theirs, total) in zip(ours, reference, strict=True)
                    for number in (n if total else 0, total, _matches(grams, theirs))
                ]
                for reference in self.references
            ]
        return self.known[text]


@lru_cache(maxsize=2)
def _chrf_references(
    references: Side, char_order: int, word_order: int, whitespace: bool
) -> list[_ChrfSegment]:
    def grams(text: str) -> list[Counter[Hashable]]:
        line = text if whitespace else "".join(text.split())
        orders = range(1, char_order + 1)
        found: list[Counter[Hashable]] = [
            Counter([line[i : i + n] for i in range(len(line) - n + 1)]) for n in orders
        ]
        if word_order:
            words = list(_split_punctuation(text.split()))
            found += [_word_grams(words, n) for n in range(1, word_order + 1)]
        return found

    return [
        _ChrfSegment(grams, [[(g, g.total()) for g in grams(text)] for text in texts])
        for texts in zip(*references, strict=True)
    ]


def _split_punctuation(words: Iterable[str]) -> Iterable[str]:
    """Words, with one punctuation mark split off: the last character's, else the first's."""
    for word in words:
        if len(word) > 1 and word[-1] in _PUNCTUATION:
            yield word[:-1]
            yield word[-1]
        elif len(word) > 1 and word[0] in _PUNCTUATION:
            yield word[0]
            yield word[1:]
        else:
            yield word

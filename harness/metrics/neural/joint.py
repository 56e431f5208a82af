"""Models that read translation, source and reference as one sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from harness.metrics.neural.embedding import UNKNOWN_WORDS
from harness.metrics.neural.encoder import Encoder
from harness.metrics.neural.engine import Input, Prepared, Row

__all__ = ["by_reference", "passes_of", "prepared_jointly"]

_T = TypeVar("_T")
PARTS = {"mt": "translation", "src": "source", "ref": "reference"}


def passes_of(row: Row, *, source: bool, reference: bool) -> list[Input]:
    """The sequences of a row: (mt, src); with references (mt, src), and for each (mt, ref) and
    (mt, src, ref)."""
    mt, src = ("mt", row.hypothesis), ("src", row.source)
    passes: list[Input] = [(mt, src)] if source else []
    for text in row.references if reference else ():
        ref = ("ref", text)
        passes += [(mt, ref), (mt, src, ref)] if source else [(mt, ref)]
    return passes


def by_reference(values: Sequence[_T], n: int, *, source: bool) -> list[list[_T]]:
    """What was made of :func:`passes_of`, for each of ``n`` references; without references (0) of
    the only pass."""
    if not n:
        return [list(values)]
    if not source:
        return [[value] for value in values]
    return [[values[0], *values[1 + 2 * i : 3 + 2 * i]] for i in range(n)]


def prepared_jointly(encoder: Encoder, inputs: Sequence[Input]) -> list[Prepared]:
    """``<s> mt </s></s> src </s></s> ref </s>``. Each text is cut as if it stood alone, the whole
    at its end, as upstream does; what was cut is noted."""
    texts = list(dict.fromkeys(text for own in inputs for _, text in own))
    tokens = dict(zip(texts, encoder.tokenizer.of(texts), strict=True))
    room = encoder.longest - 4
    found = []
    for own in inputs:
        ids: list[int] = []
        notes: list[str] = []
        cut = False
        for part, text in own:
            ids += [encoder.last, encoder.last] if ids else [encoder.first]
            start = len(ids)
            ids += tokens[text].ids[:room]
            length = len(tokens[text].ids)
            kept = min(length, room, max(0, encoder.longest - start))
            if kept < length:
                notes.append(f"{kept} of {length} tokens of the {PARTS[part]} were read")
                cut = True
            notes += [UNKNOWN_WORDS] if tokens[text].unknown else []
        ids = [*ids, encoder.last][: encoder.longest]
        first = tokens[own[0][1]]
        offsets = [(0, 0), *first.offsets[:room], (0, 0)]
        special = [True, *[False] * (len(offsets) - 2), True]
        found.append(Prepared(ids, special, offsets[: len(ids)], tuple(notes), cut))
    return found

"""The quantities of an English text, and which of them render one of the source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from harness.injection.numerals import Kind, Quantity, source_quantities
from harness.injection.words import word_list

__all__ = ["NUMBER_WORDS", "ORDINAL_WORDS", "SCALES", "Figure", "aligned", "target_quantities"]

SCALES: dict[str, int] = {
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_UNITS = word_list(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen"
    " fourteen fifteen sixteen seventeen eighteen nineteen"
)
_TENS = word_list("twenty thirty forty fifty sixty seventy eighty ninety")
#: Number words -> values, from one to ninety-nine.
NUMBER_WORDS: dict[str, int] = (
    {w: i for i, w in enumerate(_UNITS) if i}
    | {w: 10 * i for i, w in enumerate(_TENS, 2)}
    | {
        f"{t}-{u}": 10 * i + j
        for i, t in enumerate(_TENS, 2)
        for j, u in enumerate(_UNITS[:10])
        if j
    }
)
#: Ordinal words -> values.
ORDINAL_WORDS: dict[str, int] = {
    w: i
    for i, w in enumerate(
        word_list(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
        ),
        1,
    )
}
_FRACTIONS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "tenth": 10}

_SCALE = r"(?:[ -](?P<scale>hundred|thousand|million|billion|trillion)(?:s?\b))?"
_PERCENT = r"(?P<percent> ?%| percent\b| per cent\b| percentage points?\b)?"
_FIGURES = re.compile(
    r"(?<![\w.,:/\\^])(?<![A-Za-z][-–])(?P<figures>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:(?P<ordinal>st|nd|rd|th)\b|{_SCALE}{_PERCENT})(?![\w:/\\])(?![.,]\d)"
)
_WORDS = re.compile(
    r"(?<![\w-])(?P<word>" + "|".join(sorted(NUMBER_WORDS, key=len, reverse=True)) + ")"
    rf"{_SCALE}{_PERCENT}(?![\w-])(?!['’])",
    re.IGNORECASE,
)
_ORDINALS = re.compile(rf"(?<![\w-])(?P<word>{'|'.join(ORDINAL_WORDS)})(?![\w-])", re.IGNORECASE)
_PARTS = re.compile(
    r"(?<![\w-])(?P<above>one|two|three|four|a)[ -]"
    r"(?P<below>half|third|quarter|fourth|fifth|tenth)s?"
    r"(?![\w-])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Figure:
    """A quantity of the translation: its whole place, the place of its number alone (without scale
    and sign), its value, its kind and how it is written."""

    start: int
    end: int
    number_start: int
    number_end: int
    value: Fraction
    kind: Kind
    written: Literal["figures", "words"]
    scale: str = ""


@lru_cache(maxsize=4096)
def target_quantities(text: str) -> tuple[Figure, ...]:
    """The quantities of ``text`` in order; none overlaps another."""
    found = [*_fractions(text), *_figures(text), *_number_words(text), *_ordinal_words(text)]
    kept: list[Figure] = []
    for figure in sorted(found, key=lambda f: (f.start, -f.end)):
        if not kept or figure.start >= kept[-1].end:
            kept.append(figure)
    return tuple(kept)


def _fractions(text: str) -> list[Figure]:
    above = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4}
    return [
        Figure(
            *m.span(),
            *m.span(),
            Fraction(above[m["above"].lower()], _FRACTIONS[m["below"].lower()]),
            "fraction",
            "words",
        )
        for m in _PARTS.finditer(text)
    ]


def _figures(text: str) -> list[Figure]:
    return [
        Figure(
            *m.span(),
            *m.span("figures"),
            Fraction(m["figures"].replace(",", "")) * SCALES.get(m["scale"] or "", 1),
            "ordinal" if m["ordinal"] else _share(m["percent"]),
            "figures",
            m["scale"] or "",
        )
        for m in _FIGURES.finditer(text)
    ]


def _number_words(text: str) -> list[Figure]:
    return [
        Figure(
            *m.span(),
            *m.span("word"),
            Fraction(NUMBER_WORDS[m["word"].lower()] * SCALES.get((m["scale"] or "").lower(), 1)),
            _share(m["percent"]),
            "words",
            (m["scale"] or "").lower(),
        )
        for m in _WORDS.finditer(text)
    ]


def _ordinal_words(text: str) -> list[Figure]:
    return [
        Figure(*m.span(), *m.span(), Fraction(ORDINAL_WORDS[m["word"].lower()]), "ordinal", "words")
        for m in _ORDINALS.finditer(text)
    ]


def _share(sign: str | None) -> Kind:
    if not sign:
        return "number"
    return "points" if "point" in sign else "percent"


@lru_cache(maxsize=4096)
def aligned(source: str, text: str) -> tuple[tuple[Figure, Quantity], ...]:
    """Each quantity of the translation with the quantity of the source that it renders: one of
    equal value and of a kind that fits, the first that is not taken. Others are left out."""
    open_ = list(source_quantities(source))
    pairs = []
    for figure in target_quantities(text):
        fits = [q for q in open_ if q.value == figure.value and _fits(figure.kind, q.kind)]
        if not fits:
            continue
        open_.remove(fits[0])
        pairs.append((figure, fits[0]))
    return tuple(pairs)


def _fits(target: Kind, source: Kind) -> bool:
    if target == "number":
        return source not in {"percent", "points", "fraction"}
    if target == "ordinal":
        return source in {"ordinal", "number", "day"}
    return target == source

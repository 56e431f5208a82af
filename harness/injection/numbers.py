"""Errors in numbers: a wrong digit, number word, ordinal or order of magnitude, or a wrong
percentage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from harness.injection.base import Edit, Injector, Passage
from harness.injection.dates import date_spans
from harness.injection.quantities import (
    NUMBER_WORDS,
    ORDINAL_WORDS,
    SCALES,
    Figure,
    aligned,
)
from harness.injection.words import cased_like, in_order, with_article

__all__ = ["Digit", "Magnitude", "NumberWord", "Ordinal", "Percent"]


@dataclass(frozen=True)
class Digit(Injector):
    """One digit of a number that is in the source is changed; the number of digits stays the same.

    Dates and times of day are left to the injectors for them, and ordinals to :class:`Ordinal`.
    """

    name: ClassVar[str] = "digit"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "number"
    severity: ClassVar = "major"
    example: ClassVar[str] = "330,000 students → 830,000 students"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text = passage.hypothesis
        dates = date_spans(text)
        edits = []
        for figure, quantity in aligned(passage.source, text):
            if figure.written != "figures" or figure.kind == "ordinal":
                continue
            if quantity.kind in {"year", "month", "day", "hour", "minute"}:
                continue
            if any(a <= figure.start < b for a, b in dates):
                continue
            number = text[figure.number_start : figure.number_end]
            place, digit = _other_digit(number)
            start = figure.number_start + place
            edits.append(Edit(start, start + 1, digit, quantity.start, quantity.end))
        return in_order(edits)


def _other_digit(number: str) -> tuple[int, str]:
    """Which character of ``number`` changes and what it becomes. Zeros at the end of a whole number
    stay, and the first digit does not become 0."""
    significant = number if "." in number else number.rstrip("0,") or number
    places = [i for i, c in enumerate(significant) if c.isdigit()]
    total = sum(int(c) for c in number if c.isdigit())
    place = places[total % len(places)]
    old = int(number[place])
    new = (old + 1 + (total + len(number)) % 9) % 10
    if new in {0, old} and place == places[0]:
        new = old % 9 + 1
    return place, str(new)


#: What a fraction becomes; another one becomes a half.
_OTHER_FRACTION = {
    Fraction(1, 2): "one-third",
    Fraction(1, 3): "two-thirds",
    Fraction(2, 3): "one-third",
    Fraction(1, 4): "three-quarters",
    Fraction(3, 4): "one-quarter",
}


@dataclass(frozen=True)
class NumberWord(Injector):
    """A number written as a word, or a fraction, is replaced by another one; not "one", which is
    often not a number."""

    name: ClassVar[str] = "number_word"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "number"
    severity: ClassVar = "major"
    example: ClassVar[str] = "more than seven years → more than eight years"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text = passage.hypothesis
        by_value = {value: word for word, value in NUMBER_WORDS.items()}
        edits = []
        for figure, quantity in aligned(passage.source, text):
            if figure.written != "words" or figure.kind == "ordinal":
                continue
            word = text[figure.number_start : figure.number_end]
            if figure.kind == "fraction":
                new = _OTHER_FRACTION.get(figure.value, "one-half")
            else:
                value = NUMBER_WORDS[word.lower()]
                if value == 1:
                    continue
                new = by_value[value + 1 if value + 1 in by_value else value - 1]
            edits.append(
                Edit(
                    figure.number_start,
                    figure.number_end,
                    cased_like(word, new),
                    quantity.start,
                    quantity.end,
                )
            )
        return in_order(edits)


@dataclass(frozen=True)
class Ordinal(Injector):
    """An ordinal of the source (第三, 首次) is replaced by another one, in words or in figures."""

    name: ClassVar[str] = "ordinal"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "number"
    severity: ClassVar = "major"
    example: ClassVar[str] = "the third session → the fourth session"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text = passage.hypothesis
        by_value = {value: word for word, value in ORDINAL_WORDS.items()}
        edits = []
        for figure, quantity in aligned(passage.source, text):
            if figure.kind != "ordinal" or quantity.kind == "day":
                continue
            if figure.written == "words":
                if quantity.kind != "ordinal" or not _DETERMINED.search(text[: figure.start]):
                    continue
                value = int(figure.value)
                other = value + 1 if value + 1 in by_value else value - 1
                new = cased_like(text[figure.start], by_value[other])
            else:
                new = _ordinal(int(figure.value) + 1)
            edit = with_article(text, figure.start, figure.end, new)
            edits.append(
                Edit(edit.start, edit.end, edit.text, quantity.start, quantity.end),
            )
        return in_order(edits)


_DETERMINED = re.compile(r"\b(?:[Tt]he|[Ii]ts|[Tt]heir|[Hh]is|[Hh]er|[Oo]ur|\w+['’]s|\w+s['’]) $")


def _ordinal(value: int) -> str:
    ending = "th" if value % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(value % 10)
    return f"{value}{ending or 'th'}"


@dataclass(frozen=True)
class Magnitude(Injector):
    """A number that the source gives in 万 or 亿 is wrong by a power of ten: the scale word is the
    next one (1.4亿 read as billions), or a zero is lost or gained."""

    name: ClassVar[str] = "magnitude"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "number"
    severity: ClassVar = "major"
    example: ClassVar[str] = "2.797 million views → 2.797 billion views"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text = passage.hypothesis
        edits = []
        for figure, quantity in aligned(passage.source, text):
            if not quantity.scale or quantity.kind != "number" or figure.kind != "number":
                continue
            for new in _other_magnitudes(text, figure):
                edits.append(Edit(figure.start, figure.end, new, quantity.start, quantity.end))
        return in_order(edits)


def _other_magnitudes(text: str, figure: Figure) -> Iterator[str]:
    written = text[figure.start : figure.end]
    number = text[figure.number_start : figure.number_end]
    if figure.scale:
        names = list(SCALES)
        place = names.index(figure.scale)
        for other in (place - 1, place + 1):
            if 1 <= other < len(names):
                yield number + written[len(number) :].replace(figure.scale, names[other])
        return
    if figure.written == "figures" and figure.value.denominator == 1:
        value = int(figure.value)
        form = "{:,}" if "," in number else "{}"
        for changed in (value * 10, value // 10 if value % 10 == 0 else 0):
            if changed:
                yield form.format(changed)


@dataclass(frozen=True)
class Percent(Injector):
    """A percentage of the source loses its sign or becomes percentage points, or percentage points
    become per cent."""

    name: ClassVar[str] = "percent"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "number"
    severity: ClassVar = "major"
    example: ClassVar[str] = "rose by 5.3% → rose by 5.3 percentage points"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text = passage.hypothesis
        edits = []
        for figure, quantity in aligned(passage.source, text):
            if figure.kind not in {"percent", "points"}:
                continue
            number_end = figure.number_end
            others = [" percentage points", ""] if figure.kind == "percent" else [" percent"]
            for new in others:
                edits.append(Edit(number_end, figure.end, new, quantity.start, quantity.end))
        return in_order(edits)

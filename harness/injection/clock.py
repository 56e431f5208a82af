"""Errors in times of day: another hour, a time half in words (``three:30``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.injection.base import Edit, Injector, Passage
from harness.injection.dates import of_kind
from harness.injection.numerals import Quantity
from harness.injection.quantities import NUMBER_WORDS
from harness.injection.words import in_order

__all__ = ["Clock", "ClockFormat"]

_CLOCK = re.compile(
    r"(?<![\w:.,])(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d))?"
    r"(?P<half> ?(?:a\.m\.|p\.m\.|am\b|pm\b|AM\b|PM\b))?(?![\d:%])"
)


@dataclass(frozen=True)
class Clock(Injector):
    """The hour of a time of day that the source holds is another one, or morning and afternoon are
    exchanged."""

    name: ClassVar[str] = "clock"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "number"
    severity: ClassVar = "major"
    example: ClassVar[str] = "at 3:30 p.m. → at 4:30 p.m."

    def sites(self, passage: Passage) -> Sequence[Edit]:
        edits = []
        for match, quantity in _times(passage):
            hour = int(match["hour"])
            limit = 23 if hour > 12 or (match["minute"] and not match["half"] and hour == 0) else 12
            other = hour + 1 if hour < limit else hour - 1
            new = f"{other:02d}" if match["hour"].startswith("0") else str(other)
            edits.append(Edit(*match.span("hour"), new, quantity.start, quantity.end))
            if match["half"]:
                half = match["half"].translate(str.maketrans("apAP", "paPA"))
                edits.append(Edit(*match.span("half"), half, quantity.start, quantity.end))
        return in_order(edits)


def _times(passage: Passage) -> Iterator[tuple[re.Match[str], Quantity]]:
    """The times of day of the translation whose hour the source holds."""
    hours = of_kind(passage.source, "hour")
    by_twelve = {hour % 12: quantity for hour, quantity in hours.items()}
    for match in _CLOCK.finditer(passage.hypothesis):
        hour = int(match["hour"])
        if (match["minute"] or match["half"]) and hour <= 24 and hour % 12 in by_twelve:
            yield match, by_twelve[hour % 12]


@dataclass(frozen=True)
class ClockFormat(Injector):
    """A time of day is written half in words, as machine translation does with 三点半."""

    name: ClassVar[str] = "clock_format"
    category: ClassVar[str] = "locale"
    subcategory: ClassVar[str] = "time"
    news_category: ClassVar[str] = "number"
    severity: ClassVar = "minor"
    example: ClassVar[str] = "the 3:30 problem → the three:30 problem"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        by_value = {value: word for word, value in NUMBER_WORDS.items()}
        edits = []
        for match, quantity in _times(passage):
            word = by_value.get(int(match["hour"]))
            if word and match["minute"]:
                edits.append(Edit(*match.span("hour"), word, quantity.start, quantity.end))
            elif word and match["half"]:
                new = f"{word} o'clock{match['half']}"
                edits.append(Edit(match.start(), match.end(), new, quantity.start, quantity.end))
        return in_order(edits)

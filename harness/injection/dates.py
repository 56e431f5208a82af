"""Errors in dates: another year, month, day or weekday, a year that the source does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from harness.injection.base import Edit, Injector, Passage
from harness.injection.numerals import Kind, Quantity, source_quantities
from harness.injection.words import in_order, word_list

__all__ = word_list("Clock ClockFormat Day HallucinatedYear Month Weekday Year date_spans")

_MONTHS = word_list(
    "January February March April May June July August September October November December"
)
_MONTH = rf"(?:{'|'.join(_MONTHS)})"
_DATE = re.compile(
    rf"\b(?P<month>{_MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,? (?P<year>\d{{4}})\b)?"
    rf"|\b(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month2>{_MONTH})\b"
    rf"(?:,? (?P<year2>\d{{4}})\b)?"
)
_DAY_ALONE = re.compile(
    r"\bthe (?P<day>\d{1,2})(?:st|nd|rd|th)\b"
    r"(?=[,.;:)]|$| (?:that|and|in|by|of|for|to|at|with|on|from|after|when|as)\b)"
)
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@lru_cache(maxsize=4096)
def date_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where ``text`` gives a month with a day, or the day of a month alone (``the 11th``)."""
    return tuple(m.span() for p in (_DATE, _DAY_ALONE) for m in p.finditer(text))


def of_kind(source: str, kind: Kind) -> dict[int, Quantity]:
    """The quantities of one kind in ``source``, the first of each value."""
    found = [q for q in source_quantities(source) if q.kind == kind]
    return {int(q.value): q for q in reversed(found)}


@dataclass(frozen=True)
class Year(Injector):
    """A year that the source holds is another one, up to ten years away."""

    name: ClassVar[str] = "year"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "number"
    severity: ClassVar = "major"
    example: ClassVar[str] = "June 15, 2022 → June 15, 2012"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text = passage.hypothesis
        years = of_kind(passage.source, "year")
        edits = []
        for match in re.finditer(r"(?<![\w.,$¥€£])(?:1[0-9]|2[01])\d\d(?![\w%]|[.,]\d)", text):
            year = int(match.group())
            if year not in years:
                continue
            for other in (year - 10, year - 1, year + 1):
                if other not in years:
                    quantity = years[year]
                    edits.append(Edit(*match.span(), str(other), quantity.start, quantity.end))
        return in_order(edits)


@dataclass(frozen=True)
class Month(Injector):
    """A month that the source holds is another one, at most three months away."""

    name: ClassVar[str] = "month"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "number"
    severity: ClassVar = "major"
    example: ClassVar[str] = "on June 15 → on July 15"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        months = of_kind(passage.source, "month")
        edits = []
        for match in re.finditer(rf"\b{_MONTH}\b(?!['’-])", passage.hypothesis):
            number = _MONTHS.index(match.group()) + 1
            if number not in months or not _is_month(passage.hypothesis, match):
                continue
            quantity = months[number]
            for step in (-1, 1, 3):
                other = (number - 1 + step) % 12
                if other + 1 not in months:
                    edits.append(Edit(*match.span(), _MONTHS[other], quantity.start, quantity.end))
        return in_order(edits)


def _is_month(text: str, match: re.Match[str]) -> bool:
    """Whether "May" or "March" is the month: a figure follows, or a preposition goes before."""
    if match.group() not in {"May", "March"}:
        return True
    after, before = text[match.end() :], text[: match.start()]
    return bool(
        re.match(r",? \d", after) or re.search(r"(?:\d|\b(?:in|of|since|by|last)) $", before)
    )


@dataclass(frozen=True)
class Day(Injector):
    """The day of a date that the source holds is another one; the date stays possible."""

    name: ClassVar[str] = "day"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "number"
    severity: ClassVar = "major"
    example: ClassVar[str] = "on June 15 → on June 16"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        days = of_kind(passage.source, "day")
        edits = []
        for start, end, day in _days(passage.hypothesis):
            if day not in days:
                continue
            for other in (day - 1, day + 1, day + 10):
                if 1 <= other <= 28 and other not in days:
                    suffix = passage.hypothesis[end : end + 2]
                    new = str(other)
                    stop = end
                    if suffix in {"st", "nd", "rd", "th"}:
                        new, stop = _with_suffix(other), end + 2
                    edits.append(Edit(start, stop, new, days[day].start, days[day].end))
        return in_order(edits)


def _days(text: str) -> Iterator[tuple[int, int, int]]:
    for match in _DATE.finditer(text):
        group = "day" if match["day"] else "day2"
        yield *match.span(group), int(match[group])
    for match in _DAY_ALONE.finditer(text):
        yield *match.span("day"), int(match["day"])


def _with_suffix(day: int) -> str:
    ending = "th" if day in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


@dataclass(frozen=True)
class Weekday(Injector):
    """A weekday that the source holds is the day before or after it."""

    name: ClassVar[str] = "weekday"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "number"
    severity: ClassVar = "major"
    example: ClassVar[str] = "on Friday → on Thursday"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        edits = []
        for match in re.finditer(rf"\b(?:{'|'.join(_WEEKDAYS)})\b", passage.hypothesis):
            place = _WEEKDAYS.index(match.group())
            found = re.search(rf"(?:周|星期|礼拜){'一二三四五六日'[place]}", passage.source)
            if found is None and place == 6:
                found = re.search("星期天|周天", passage.source)
            if found is None:
                continue
            for step in (-1, 1):
                other = _WEEKDAYS[(place + step) % 7]
                edits.append(Edit(*match.span(), other, *found.span()))
        return in_order(edits)


@dataclass(frozen=True)
class HallucinatedYear(Injector):
    """A date gets a year that the source does not have: after a date without one, or in place of
    "last year" and the like. The year lies well before the news."""

    name: ClassVar[str] = "hallucinated_year"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "number"
    severity: ClassVar = "major"
    example: ClassVar[str] = "last year → in 2007"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        source, text = passage.source, passage.hypothesis
        known = set(of_kind(source, "year")) | {int(y) for y in re.findall(r"\b\d{4}\b", text)}
        years = [y for y in range(2003, 2013) if y not in known]
        year = years[len(text) % len(years)]
        edits = []
        relative = re.search("去年|今年|明年|前年", source)
        if relative:
            for match in re.finditer(r"\b([Ll]ast|[Tt]his|[Nn]ext) year\b(?!['’-])", text):
                word = "In" if match[1][0].isupper() else "in"
                before = text[: match.start()].lower()
                if before.endswith((" of ", " in ", " since ", " from ", " by ", " than ", "of ")):
                    word = ""
                elif re.search(r"\b(?:the|\w+'s|\d(?:st|nd|rd|th)?) $", before):
                    continue
                new = f"{word} {year}".strip()
                edits.append(Edit(*match.span(), new, *relative.span()))
        months = of_kind(source, "month")
        for match in _DATE.finditer(text):
            month = match["month"] or match["month2"]
            number = _MONTHS.index(month) + 1
            if match["year"] or match["year2"] or number not in months:
                continue
            if source[months[number].start - 1 : months[number].start] in {"年", "."}:
                continue
            if re.match(
                r"(?:,? (?:in )?\d{4}| of (?:last|this|that)|,? (?:last|this) year|[-–])",
                text[match.end() :],
            ):
                continue
            quantity = months[number]
            new = f", {year}" if match["month"] else f" {year}"
            edits.append(Edit(match.end(), match.end(), new, quantity.start, quantity.end))
        return in_order(edits)

"""Errors in the names of places and organisations: split wrongly, translated word by word, confused
with a similar one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.injection.base import Edit, Passage
from harness.injection.glossary import Entry
from harness.injection.pinyin import Spelt, readings, spelt_words
from harness.injection.terms import TermInjector
from harness.injection.words import in_order

__all__ = ["PlaceLiteral", "PlaceSegmentation", "SimilarName"]

_DIVISIONS = {
    "省": "Province",
    "市": "City",
    "区": "District",
    "县": "County",
    "镇": "Town",
    "乡": "Township",
    "村": "Village",
    "路": "Road",
    "街": "Street",
    "大街": "Street",
    "江": "River",
    "山": "Mountain",
    "湖": "Lake",
}


@dataclass(frozen=True)
class PlaceSegmentation(TermInjector):
    """A Chinese place name is split at the wrong character, so that it reads as a title or a person
    (市长安区: "Mayor An District"; 石家庄: "Shi Jiazhuang"; 广东省: "Guang Dongsheng")."""

    name: ClassVar[str] = "place_segmentation"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "name"
    severity: ClassVar = "major"
    example: ClassVar[str] = "Chang'an District → Mayor An District"
    kinds: ClassVar[Collection[str]] = frozenset({"place"})

    def wrong(self, entry: Entry) -> str:
        return entry.segmentation

    def sites(self, passage: Passage) -> Sequence[Edit]:
        known = list(super().sites(passage))
        own = [
            edit
            for edit in _cut_names(passage)
            if not any(k.start < edit.end and edit.start < k.end for k in known)
        ]
        return in_order([*known, *own])


def _cut_names(passage: Passage) -> Iterator[Edit]:
    for spelt in spelt_words(passage.source, passage.hypothesis):
        cut = _with_division(passage, spelt) or _after_first(spelt)
        if cut is not None:
            end, new = cut
            yield Edit(spelt.word.start, end, new, spelt.start, spelt.end)


def _with_division(passage: Passage, spelt: Spelt) -> tuple[int, str] | None:
    """The name with the syllable of 省, 市, 区, … drawn into it, as if it were a given name."""
    source, text = passage.source, passage.hypothesis
    for character, division in _DIVISIONS.items():
        if len(spelt.syllables) != 2 or not source.startswith(character, spelt.end):
            continue
        end = spelt.word.end
        if re.match(rf" {division}\b", text[end:], re.IGNORECASE):
            end += 1 + len(division)
        first, second = spelt.syllables
        ending = "".join(readings(c)[0] for c in character)
        return end, f"{first.capitalize()} {second.capitalize()}{ending}"
    return None


def _after_first(spelt: Spelt) -> tuple[int, str] | None:
    """A name of three or more syllables as a family name and a given name."""
    if len(spelt.syllables) < 3 or not spelt.word.text[1:].replace("'", "").islower():
        return None
    first, *rest = spelt.syllables
    if min(len(s) for s in spelt.syllables) < 2:
        return None
    return spelt.word.end, f"{first.capitalize()} {''.join(rest).capitalize()}"


@dataclass(frozen=True)
class PlaceLiteral(TermInjector):
    """A place name is translated by the meaning of its characters."""

    name: ClassVar[str] = "place_literal"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "name"
    severity: ClassVar = "major"
    example: ClassVar[str] = "Shijiazhuang → Shi family village"
    kinds: ClassVar[Collection[str]] = frozenset({"place"})

    def wrong(self, entry: Entry) -> str:
        return entry.literal


@dataclass(frozen=True)
class SimilarName(TermInjector):
    """A place or an organisation is confused with one that has a similar name (Hunan for Henan, the
    World Trade Organization for the World Health Organization)."""

    name: ClassVar[str] = "similar_name"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "name"
    severity: ClassVar = "major"
    example: ClassVar[str] = "Henan → Hunan"
    kinds: ClassVar[Collection[str]] = frozenset({"place", "organisation"})

    def wrong(self, entry: Entry) -> str:
        return entry.confused

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text = passage.hypothesis
        return [
            e for e in super().sites(passage) if not re.search(rf"\b{re.escape(e.text)}\b", text)
        ]

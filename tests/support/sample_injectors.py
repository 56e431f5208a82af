"""Injectors made for tests: plain edits that fit in almost any English text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.injection import Edit, Injector, Passage


@dataclass(frozen=True)
class DropLastWord(Injector):
    """The last word goes, with the space before it."""

    name: ClassVar[str] = "last_word"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "omission"
    news_category: ClassVar[str] = "omission"
    severity: ClassVar = "major"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        found = re.search(r" \w+(?=\W*$)", passage.hypothesis)
        return [Edit(found.start(), found.end(), "")] if found else []


@dataclass(frozen=True)
class NoFinalStop(Injector):
    """The final full stop goes."""

    name: ClassVar[str] = "final_stop"
    category: ClassVar[str] = "fluency"
    subcategory: ClassVar[str] = "punctuation"
    news_category: ClassVar[str] = "punctuation"
    severity: ClassVar = "minor"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        end = len(passage.hypothesis)
        return [Edit(end - 1, end, "")] if passage.hypothesis.endswith(".") else []


@dataclass(frozen=True)
class Digit(Injector):
    """A digit that the source holds becomes another."""

    name: ClassVar[str] = "digit"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "number"
    severity: ClassVar = "major"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text = passage.hypothesis
        return [
            Edit(i, i + 1, str((int(c) + 1) % 10), passage.source.index(c), None)
            for i, c in enumerate(text)
            if c in "0123456789" and c in passage.source
        ]


@dataclass(frozen=True)
class DoubledSpace(Injector):
    """A space is doubled: most metrics do not see it."""

    name: ClassVar[str] = "doubled_space"
    category: ClassVar[str] = "fluency"
    subcategory: ClassVar[str] = "spelling"
    news_category: ClassVar[str] = "language"
    severity: ClassVar = "minor"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        return [Edit(m.end(), m.end(), " ") for m in re.finditer(" ", passage.hypothesis)]


SAMPLE: dict[str, Injector] = {
    i.name: i for i in (DropLastWord(), Digit(), NoFinalStop(), DoubledSpace())
}

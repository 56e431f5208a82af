"""A word of the source that is left in Chinese."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.injection.base import Edit, Passage
from harness.injection.glossary import KINDS, Entry
from harness.injection.pinyin import persons
from harness.injection.terms import TermInjector
from harness.injection.words import in_order

__all__ = ["Untranslated"]


@dataclass(frozen=True)
class Untranslated(TermInjector):
    """A term, place name or person's name of the source is left in Chinese characters."""

    name: ClassVar[str] = "untranslated"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "untranslated"
    news_category: ClassVar[str] = "untranslated"
    severity: ClassVar = "major"
    example: ClassVar[str] = "after-school services → 课后服务"
    kinds: ClassVar[Collection[str]] = KINDS

    def wrong(self, entry: Entry) -> str:
        return entry.zh

    def sites(self, passage: Passage) -> Sequence[Edit]:
        known = list(super().sites(passage))
        named = [
            Edit(
                person.family.start,
                person.given.word.end,
                passage.source[person.start : person.end],
                person.start,
                person.end,
            )
            for person in persons(passage.source, passage.hypothesis)
        ]
        own = [n for n in named if not any(k.start < n.end and n.start < k.end for k in known)]
        return in_order([*known, *own])

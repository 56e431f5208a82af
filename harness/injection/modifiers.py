"""Adverbs and adjectives of the source that are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.injection.base import Edit, Injector, Passage
from harness.injection.words import Word, free, in_order, quotations, with_article, word_list, words

__all__ = ["OmittedModifier"]


@dataclass(frozen=True)
class OmittedModifier(Injector):
    """An adverb or an adjective that says something is left out; the sentence stays one."""

    name: ClassVar[str] = "omitted_modifier"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "omission"
    news_category: ClassVar[str] = "omission"
    severity: ClassVar = "minor"
    example: ClassVar[str] = "fell significantly → fell"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text, edits = passage.hypothesis, []
        for before, word, after in _neighbours(text):
            if not word.text.islower() or not free(text, word):
                continue
            if text[word.end : after.start] != " " or text[before.end : word.start] != " ":
                continue
            licence = None
            if word.text in _ADJECTIVES:
                licence = re.search(_ADJECTIVES[word.text], passage.source)
                bare = after.text.islower() and after.lower not in _NO_NOUN
                fits = licence is not None and bare and before.lower not in _NO_ADJECTIVE
            else:
                fits = (
                    len(word.text) > 5
                    and word.text.endswith("ly")
                    and word.text not in _NO_ADVERBS
                    and before.lower not in _NO_ADVERB_BEFORE
                    and after.lower not in {"and", "or", "than", "as", "but", "because"}
                )
            if not fits or any(a < word.start < b for a, b in quotations(text)):
                continue
            edit = with_article(text, word.start, after.start, "")
            span = licence.span() if licence else (None, None)
            edits.append(Edit(edit.start, edit.end, edit.text, *span))
        return in_order(edits)


def _neighbours(text: str) -> Iterator[tuple[Word, Word, Word]]:
    found = words(text)
    yield from zip(found, found[1:], found[2:], strict=False)


#: Adjectives that may go, with what says them in the source.
_ADJECTIVES = {
    "important": "重要|要",
    "major": "主要|重大|大",
    "significant": "显著|重大|大幅|明显|重要",
    "severe": "严重|严厉",
    "serious": "严重|重",
    "large": "大",
    "main": "主要|主",
    "current": "当前|目前|现",
    "recent": "近|最近",
    "further": "进一步",
    "famous": "著名|知名|名",
    "well-known": "知名|著名",
    "latest": "最新|最近",
    "illegal": "非法|违法",
    "foreign": "外",
    "domestic": "国内|内",
    "senior": "高级|高层",
    "former": "前|原",
    "joint": "联合|共同",
    "free": "免费|自由",
    "online": "线上|网|在线",
    "global": "全球",
    "international": "国际",
    "national": "国家|全国",
    "local": "当地|地方|本地",
    "economic": "经济",
    "early": "初|早",
    "total": "总|共",
    "traditional": "传统",
    "independent": "独立|自主",
    "advanced": "先进",
    "young": "年轻|青年",
    "strong": "强",
}
_NO_ADVERBS = frozenset(
    word_list(
        "family supply reply apply rely daily weekly monthly yearly quarterly early only"
        " likely unlikely friendly costly elderly assembly monopoly multiply comply imply"
        " homely lovely timely orderly deadly previously namely hourly fully nearly"
        " approximately roughly hardly rarely barely respectively July Italy unfriendly lively"
        " scholarly leisurely anomaly"
    )
)
_NO_ADVERB_BEFORE = frozenset(word_list("as so more most less how too very the not well is"))
_NO_ADJECTIVE = frozenset(
    word_list("as so more most less how too very is are was were be been and or not")
)
_NO_NOUN = frozenset(word_list("and or for to in of that than as on by at with from when"))

"""Errors in names: two names swapped, family and given name swapped, a name split into syllables, a
wrong syllable."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

from harness.injection.base import Edit, Injector, Passage
from harness.injection.pinyin import Spelt, persons, readings, spelt_words
from harness.injection.terms import GlossaryInjector
from harness.injection.words import in_order, starts_sentence, word_list, words

__all__ = ["NameOrder", "NameSplit", "NameSwap", "Transliteration"]


@dataclass(frozen=True)
class _Named:
    """A name in the translation: its place, what is named, and where the source has it."""

    start: int
    end: int
    kind: str
    key: str
    source_start: int
    source_end: int


@dataclass(frozen=True)
class NameSwap(GlossaryInjector):
    """Two names in a sentence are swapped, both of persons, of places or of organisations; not if
    they are neighbours in a list, where the order has no meaning. The edit extends from one to the
    other."""

    name: ClassVar[str] = "name_swap"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "name"
    severity: ClassVar = "major"
    example: ClassVar[str] = "China exports cars to Japan → Japan exports cars to China"
    kinds: ClassVar[Collection[str]] = frozenset({"place", "organisation"})

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text, edits = passage.hypothesis, []
        for one, other in combinations(self._names(passage), 2):
            if one.kind != other.kind or one.key == other.key or one.end >= other.start:
                continue
            first, second = text[one.start : one.end], text[other.start : other.end]
            between = text[one.end : other.start]
            if first == second or first in between or second in between or not _differ(between):
                continue
            if _after_the(text, one.start) != _after_the(text, other.start):
                continue
            new = second + between + first
            edits.append(Edit(one.start, other.end, new, one.source_start, one.source_end))
        return in_order(edits)

    def _names(self, passage: Passage) -> list[_Named]:
        source, text = passage.source, passage.hypothesis
        found = [
            _Named(
                p.family.start, p.given.word.end, "person", source[p.start : p.end], p.start, p.end
            )
            for p in persons(source, text)
        ]
        for one in self.rendered(passage):
            if _stands_alone(text, one.start, one.end):
                entry = one.entry
                found.append(
                    _Named(
                        one.start, one.end, entry.kind, entry.zh, one.source_start, one.source_end
                    )
                )
        found.sort(key=lambda n: n.start)
        return [
            n for n, before in zip(found, [None, *found], strict=False) if not _inside(n, before)
        ]


def _inside(name: _Named, before: _Named | None) -> bool:
    return before is not None and name.start < before.end


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no capitalised word is next to a name: it is no part of a longer one."""
    before = re.search(r"([A-Za-z'’.]+) $", text[:start])
    if before and before[1][0].isupper() and not starts_sentence(text, before.start()):
        return False
    return not text[start].islower() and re.match(r"(?:['’]s)? [A-Z]", text[end:]) is None


def _differ(between: str) -> bool:
    """Whether two names with ``between`` between them have different parts to play: more than
    commas, conjunctions and other names stands there, and no full stop."""
    if re.search(r"[.!?;] ", between) or len(between) > 160:
        return False
    plain = [w.lower for w in words(between) if w.text[0].islower() or len(w.text) > 12]
    rest = [w for w in plain if w not in {"and", "or", "the", "as", "well", "between", "of", "s"}]
    return bool(rest) and not ("with" in rest and len(rest) <= 4)


def _after_the(text: str, start: int) -> bool:
    return text[:start].lower().endswith("the ")


@dataclass(frozen=True)
class NameOrder(Injector):
    """A Chinese person's given name is put before the family name, unlike in the source and in news
    style."""

    name: ClassVar[str] = "name_order"
    category: ClassVar[str] = "locale"
    subcategory: ClassVar[str] = "name"
    news_category: ClassVar[str] = "name"
    severity: ClassVar = "minor"
    example: ClassVar[str] = "Guo Lisen → Lisen Guo"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        return in_order(
            Edit(
                person.family.start,
                person.given.word.end,
                f"{person.given.word.text} {person.family.text}",
                person.start,
                person.end,
            )
            for person in persons(passage.source, passage.hypothesis)
        )


@dataclass(frozen=True)
class NameSplit(Injector):
    """A name in pinyin is split into its syllables, each a separate word."""

    name: ClassVar[str] = "name_split"
    category: ClassVar[str] = "locale"
    subcategory: ClassVar[str] = "name"
    news_category: ClassVar[str] = "name"
    severity: ClassVar = "minor"
    example: ClassVar[str] = "Yanzhao → Yan Zhao"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        edits = []
        for spelt in _names_in_pinyin(passage):
            new = " ".join(s.capitalize() for s in spelt.syllables)
            edits.append(Edit(spelt.word.start, spelt.word.end, new, spelt.start, spelt.end))
        return in_order(edits)


def _names_in_pinyin(passage: Passage) -> Iterator[Spelt]:
    """The names of two syllables or more, none of them a single letter, which may be foreign."""
    for spelt in spelt_words(passage.source, passage.hypothesis):
        letters = spelt.word.text[1:].replace("'", "").replace("’", "")
        if len(spelt.syllables) > 1 and min(map(len, spelt.syllables)) > 1 and letters.islower():
            yield spelt


#: Syllables that are taken for one another.
_SIMILAR = word_list(
    "bin/bing jin/jing lin/ling min/ming pin/ping qin/qing xin/xing yin/ying ben/beng"
    " chen/cheng fen/feng gen/geng hen/heng ken/keng men/meng pen/peng ren/reng sen/seng"
    " shen/sheng zhen/zheng zen/zeng ban/bang can/cang chan/chang dan/dang fan/fang"
    " gan/gang han/hang kan/kang lan/lang man/mang nan/nang pan/pang ran/rang san/sang"
    " shan/shang tan/tang wan/wang yan/yang zan/zang zhan/zhang jian/jiang lian/liang"
    " nian/niang qian/qiang xian/xiang guan/guang huan/huang kuan/kuang chuan/chuang"
    " zhuan/zhuang zhi/zi chi/ci shi/si shu/su zhu/zu chu/cu zhao/zao shao/sao chao/cao"
    " zhou/zou shou/sou zhong/zong chong/cong hui/fei lu/nu li/ni yu/ju xu/qu xia/jia"
    " bo/po guo/kuo tao/dao bei/pei du/tu"
)
_OTHER = {a: b for pair in _SIMILAR for a, b in (pair.split("/"), pair.split("/")[::-1])}


@dataclass(frozen=True)
class Transliteration(Injector):
    """One syllable of a Chinese name is replaced by a similar one that is not a reading of its
    character (Lisen becomes Liseng)."""

    name: ClassVar[str] = "transliteration"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "name"
    severity: ClassVar = "major"
    example: ClassVar[str] = "Guo Lisen → Guo Liseng"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        edits = []
        for spelt in _names_in_pinyin(passage):
            for place, syllable in enumerate(spelt.syllables):
                other = _OTHER.get(syllable)
                character = passage.source[spelt.start + place]
                if other is None or other in readings(character):
                    continue
                changed = [*spelt.syllables[:place], other, *spelt.syllables[place + 1 :]]
                new = _word(changed)
                edits.append(Edit(spelt.word.start, spelt.word.end, new, spelt.start, spelt.end))
        return in_order(edits)


def _word(syllables: Sequence[str]) -> str:
    """The syllables as a word, with an apostrophe before one that begins with a vowel."""
    first, *rest = syllables
    return first.capitalize() + "".join(f"'{s}" if s[0] in "aeo" else s for s in rest)

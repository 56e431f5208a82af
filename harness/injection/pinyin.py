"""Chinese names and their pinyin: which capitalised words of a translation spell what in the
source.

A word is aligned with a run of characters where its letters are one of the run's readings, tones
left out (``Chang'an`` with 长安). Readings are those of pypinyin, all of each character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from harness.injection.words import Word, joined, words

__all__ = ["Person", "Spelt", "persons", "readings", "spelling", "spelt_words"]

#: The commonest family names of one character, and of two.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏"
    "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万"
    "钱严覃武戴莫孔向汤牛温康施文洪季葛章鲁詹柳殷庄齐梅俞倪鲍卓耿骆焦左祁关甘游阮柯纪申蓝翁盛冉"
    "傅习彭栗华饶聂丰邢路岳尚谷符"
)
_COMPOUND = frozenset({"欧阳", "司马", "上官", "诸葛", "东方", "司徒", "慕容", "夏侯"})
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LONGEST = 4


@dataclass(frozen=True)
class Spelt:
    """A word of the translation in pinyin, and the run of the source that it spells, by its
    characters' syllables."""

    word: Word
    start: int
    end: int
    syllables: tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """A Chinese person's name in the translation, family name first, and in the source."""

    family: Word
    given: Spelt
    start: int
    end: int


@lru_cache(maxsize=8192)
def readings(character: str) -> tuple[str, ...]:
    """The syllables that ``character`` may be read as, without tones; empty for what is no Chinese
    character. ``lü`` is given as lv, lu and lyu, as it is variously written."""
    if not _HAN.fullmatch(character):
        return ()
    from pypinyin import Style, pinyin  # loads a dictionary

    found = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    forms = [f.replace("v", u) for f in found for u in (("v", "u", "yu") if "v" in f else ("v",))]
    return tuple(dict.fromkeys(f for f in forms if f.isalpha() and f.isascii()))


def spelling(text: str) -> str:
    """``text`` in pinyin without tones, one word, its first letter a capital; what is no Chinese
    character is left out. Each character has its commonest reading in its context."""
    from pypinyin import lazy_pinyin

    kept = "".join(_HAN.findall(text))
    return "".join(s.replace("v", "u") for s in lazy_pinyin(kept)).capitalize()


_Run = tuple[int, int, tuple[str, ...]]


def _runs(source: str, letters: str) -> Iterator[_Run]:
    """The runs of one to four characters that may be spelt ``letters``, and their syllables."""
    for start in range(len(source)):
        yield from _runs_at(source, start, letters)


def _runs_at(source: str, start: int, letters: str) -> Iterator[_Run]:
    """Those of them that begin at ``start``."""
    open_: list[tuple[int, tuple[str, ...]]] = [(start, ())]
    while open_:
        end, syllables = open_.pop()
        spelt = sum(map(len, syllables))
        if spelt == len(letters):
            yield start, end, syllables
        elif end < len(source) and end - start < _LONGEST:
            open_ += [
                (end + 1, (*syllables, reading))
                for reading in readings(source[end])
                if letters.startswith(reading, spelt)
            ]


def _letters(word: str) -> str:
    return re.sub("['’]", "", word).lower()


@lru_cache(maxsize=4096)
def spelt_words(source: str, text: str) -> tuple[Spelt, ...]:
    """The capitalised words of the translation that spell a run of the source, each with the first
    run; words that stand in a longer one are left out."""
    found = []
    for word in words(text):
        if not word.text[0].isupper() or joined(text, word.start, word.end):
            continue
        bare = re.sub("['’]s$", "", word.text)
        run = next(_runs(source, _letters(bare)), None)
        if run is not None:
            found.append(Spelt(Word(word.start, word.start + len(bare), bare), *run))
    return tuple(found)


@lru_cache(maxsize=4096)
def persons(source: str, text: str) -> tuple[Person, ...]:
    """The Chinese persons that source and translation name in full, in order: a known family name
    and one or two syllables of a given name, side by side in both."""
    found = []
    for family, given in pairwise(spelt_words(source, text)):
        if text[family.word.end : given.word.start] != " ":
            continue
        if not family.word.text[1:].islower() or not given.word.text[1:].islower():
            continue
        for start, middle, _ in _runs(source, _letters(family.word.text)):
            if source[start:middle] not in _SURNAMES | _COMPOUND:
                continue
            runs = _runs_at(source, middle, _letters(given.word.text))
            run = next((r for r in runs if r[1] - middle <= 2), None)
            if run is not None:
                found.append(Person(family.word, Spelt(given.word, *run), start, run[1]))
                break
    return tuple(found)

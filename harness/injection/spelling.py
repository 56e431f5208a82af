"""Errors of spelling: letters swapped, lost or doubled; a missing or superfluous capital."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.injection.base import Edit, Injector, Passage
from harness.injection.pinyin import persons
from harness.injection.terms import GlossaryInjector
from harness.injection.words import in_order, joined, starts_sentence, word_list, words

__all__ = ["Capital", "Typo"]


@dataclass(frozen=True)
class Typo(Injector):
    """Two letters inside a word are swapped, or one is lost or doubled; the result is not a word.

    Parameters
    ----------
    shortest
        Minimum number of letters of the word.
    """

    name: ClassVar[str] = "typo"
    category: ClassVar[str] = "fluency"
    subcategory: ClassVar[str] = "spelling"
    news_category: ClassVar[str] = "language"
    severity: ClassVar = "minor"
    example: ClassVar[str] = "education → edcuation"

    shortest: int = 7

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text, edits = passage.hypothesis, []
        for word in words(text):
            if len(word.text) < self.shortest or not word.text.islower() or not word.text.isalpha():
                continue
            if joined(text, word.start, word.end):
                continue
            for new in _misspelt(word.text):
                edits.append(Edit(word.start, word.end, new))
        return in_order(edits)


def _misspelt(word: str) -> Iterator[str]:
    """Three misspellings of ``word``, its first two and last two letters kept."""
    place = 2 + sum(map(ord, word)) % (len(word) - 4)
    if word[place] != word[place - 1]:
        swapped = word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]
        if swapped not in _WORDS:
            yield swapped
    for i in range(place, len(word) - 2):
        if word[i] in "bcdfghjklmnpqrtvwxz" and word[i - 1] in "aeiou" and word[i + 1] in "aeiou":
            yield word[:i] + word[i] + word[i:]
            break
    for i in range(place, len(word) - 1):
        if word[i] in "bcdfgklmnpqrtv" and word[i - 1] != word[i] != word[i + 1]:
            lost = word[:i] + word[i + 1 :]
            if lost not in _WORDS:
                yield lost
            break


#: Words that another word becomes by one of these changes, and variants of spelling.
_WORDS = frozenset(
    word_list(
        "casual causal united untied marital martial dairy diary sacred scared conservation"
        " conversation conversion calvary cavalry reigned resigned assess access excepted"
        " expected preceded proceed precede preferred perfect prefect county country contact"
        " contract extract exact patiently patently interact intact competition compaction"
        " through though thorough costumer customer complaint compliant modelling modeling"
        " travelling traveling labelling labeling cancelled canceled focussed focused"
        " benefitted benefited programme program counsellor counselor enrollment enrolment"
        " fulfilment fulfillment instalment installment director doctor starting staring"
        " reporter importing imposing exporting exposing planing planning bearing bering"
        " staging stating making baking raking lading boding pained posing hosing taking"
        " planed paring waning fiends widen wading rating rated"
    )
)


@dataclass(frozen=True)
class Capital(GlossaryInjector):
    """A name, or the first word of the segment, lacks its capital, or a noun inside a sentence gets
    one."""

    name: ClassVar[str] = "capital"
    category: ClassVar[str] = "fluency"
    subcategory: ClassVar[str] = "spelling"
    news_category: ClassVar[str] = "language"
    severity: ClassVar = "minor"
    example: ClassVar[str] = "in Hebei → in hebei"

    kinds: ClassVar[Collection[str]] = frozenset({"place"})

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text, edits = passage.hypothesis, []
        names = [
            (p.family.start, p.start, p.end) for p in persons(passage.source, passage.hypothesis)
        ]
        names += [(o.start, o.source_start, o.source_end) for o in self.rendered(passage)]
        for start, source_start, source_end in names:
            if text[start].isupper() and text[start + 1].islower():
                edits.append(Edit(start, start + 1, text[start].lower(), source_start, source_end))
        for word in words(text):
            if joined(text, word.start, word.end):
                continue
            if word.start == 0 and word.lower in _FIRST_WORDS and word.text[0].isupper():
                edits.append(Edit(0, 1, text[0].lower()))
            elif (
                len(word.text) > 6
                and word.text.islower()
                and word.text.endswith(_NOUN_ENDINGS)
                and not starts_sentence(text, word.start)
                and not _near_capital(text, word.start, word.end)
            ):
                edits.append(Edit(word.start, word.start + 1, word.text[0].upper()))
        return in_order(edits)


_FIRST_WORDS = frozenset(
    word_list(
        "the a an in on at he she it they this these according since after with for as many some"
    )
)
_NOUN_ENDINGS = ("tion", "ment", "ness", "tions", "ments", "ity", "ance", "ence", "ship")


def _near_capital(text: str, start: int, end: int) -> bool:
    """Whether a capitalised word is next to a word: the two might be a name."""
    before = text[:start].rsplit(None, 1)[-1:]
    after = text[end:].lstrip()[:1]
    return bool(before and before[0][:1].isupper()) or after.isupper()

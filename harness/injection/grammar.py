"""Errors of grammar in verbs: tense and form; and code that injectors of grammar share."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.injection.base import Edit, Injector, Passage
from harness.injection.verbs import BASES, PASTS, base_of, is_participle, third_person
from harness.injection.words import (
    Word,
    in_order,
    joined,
    quotations,
    sentences,
    word_list,
    words,
)

__all__ = ["GrammarInjector", "Tense", "VerbForm", "triples"]


@dataclass(frozen=True)
class GrammarInjector(Injector):
    """What injectors of grammar share: their labels, and the sites, which need no source."""

    category: ClassVar[str] = "fluency"
    subcategory: ClassVar[str] = "grammar"
    news_category: ClassVar[str] = "language"
    severity: ClassVar = "minor"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        return in_order(self.errors(passage.hypothesis))

    @abstractmethod
    def errors(self, text: str) -> Iterator[Edit]:
        """The edits that make ``text`` ungrammatical."""


def triples(text: str) -> Iterator[tuple[Word, Word, Word]]:
    """Each word with the ones before and after it, where only single spaces divide them and none is
    a part of a compound."""
    found = words(text)
    for before, word, after in zip(found, found[1:], found[2:], strict=False):
        gaps = text[before.end : word.start], text[word.end : after.start]
        if gaps == (" ", " ") and not any(
            joined(text, w.start, w.end) for w in (before, word, after)
        ):
            yield before, word, after


_PAST = re.compile(
    r"\b(?:yesterday|ago|last (?:year|month|week|night|weekend)|in (?:19|20[01])\d\d|in 202[0-4]"
    r"|on (?:Jan|Febr)uary \d+|on (?:March|April|May|June|July|August|October) \d+"
    r"|on (?:Septem|Novem|Decem)ber \d+|on the \d+|on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"|at that time|previously)(?:st|nd|rd|th)?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Tense(GrammarInjector):
    """A verb has a tense that contradicts the time given in its sentence: the present for something
    on a past day or continuing since then, or the past for something in the future."""

    name: ClassVar[str] = "tense"
    example: ClassVar[str] = "was held on June 15 → is held on June 15"

    def errors(self, text: str) -> Iterator[Edit]:
        quoted = quotations(text)
        for start, end in sentences(text):
            sentence = text[start:end]
            past, since, future = (p.search(sentence) for p in (_PAST, _SINCE, _FUTURE))
            for before, word, after in triples(text):
                if not start <= word.start < end or any(a < word.start < b for a, b in quoted):
                    continue
                if past and (new := _present(text, before, word, after)):
                    yield Edit(word.start, word.end, new)
                base = base_of(after.text)
                if since and word.text in {"has", "have"} and base and after.text != base:
                    new = third_person(base) if word.text == "has" else base
                    yield Edit(word.start, after.end, new)
                if future and word.text == "will" and after.text in PASTS:
                    yield Edit(word.start, after.end, PASTS[after.text])


_SINCE = re.compile(
    r"\b(?:[Ss]ince (?:\d|the|its|then|last)|[Ss]o far|[Oo]ver the (?:past|last))\b"
)
_FUTURE = re.compile(r"\b(?:tomorrow|next (?:week|month|year|two|three|few)|by 20[3-9]\d)\b")
_STATES = frozenset(
    word_list("known called located based expected needed considered named situated")
)
_REPORTING = frozenset(
    word_list("say report announce state tell note show add reveal write explain")
)
_BEFORE_OBJECT = frozenset(
    word_list(
        "we they i you"
        " a an the this that in of from at on for to with by and or its his their as than"
    )
)


def _present(text: str, before: Word, word: Word, after: Word) -> str | None:
    """The present of a passive event or of a verb right after a subject in the singular."""
    if word.text in {"was", "were"}:
        event = is_participle(after.text) and after.text not in _STATES
        return {"was": "is", "were": "are"}[word.text] if event else None
    base = base_of(word.text)
    if base is None or PASTS.get(base) != word.text or base == word.text or base in _REPORTING:
        return None
    head = text[: before.start].rsplit(None, 1)[-1:] or [""]
    named = (
        before.text[0].isupper() and before.text[-1] != "s" and before.lower not in _BEFORE_OBJECT
    )
    if before.lower in _SINGULAR_SUBJECTS or (named and head[0].lower() not in _BEFORE_OBJECT):
        return None if after.lower in {"by", "from"} else third_person(base)
    return None


_SINGULAR_SUBJECTS = frozenset(["he", "she", "it", "company", "government", "team", "spokesperson"])


@dataclass(frozen=True)
class VerbForm(GrammarInjector):
    """A verb after an auxiliary or "to" has a wrong form: has increase, will increased."""

    name: ClassVar[str] = "verb_form"
    example: ClassVar[str] = "has increased → has increase"

    def errors(self, text: str) -> Iterator[Edit]:
        for before, word, _ in triples(text):
            if not word.text.islower():
                continue
            if before.lower in {"has", "have", "had", "been"}:
                base = base_of(word.text)
                if base is not None and base != word.text:
                    yield Edit(word.start, word.end, base)
            elif (
                before.lower in _MODALS and word.text in BASES and PASTS[word.text] != word.text
            ) or (before.lower == "to" and word.text in _VERBS_ONLY):
                yield Edit(word.start, word.end, PASTS[word.text])


_MODALS = frozenset(word_list("will would can could should must may might cannot"))
#: Bases that are no nouns, so that "to" before them is the infinitive's.
_VERBS_ONLY = frozenset(
    word_list(
        "achieve announce attract avoid become begin believe bring build choose consider"
        " continue create deepen develop discover encourage enhance ensure establish expand"
        " explain explore implement improve include introduce invest maintain make prevent"
        " produce promote provide reduce remain strengthen understand write"
    )
) & set(PASTS)

"""Errors in terms: slogans and policies in pinyin or word by word, titles of the wrong rank, one
term for another."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.injection.base import Edit, Injector, Passage
from harness.injection.glossary import KINDS, Entry, Rendered, load_glossary
from harness.injection.words import cased_like, in_order, starts_sentence, with_article, word_list

__all__ = [
    "GlossaryInjector",
    "SloganLiteral",
    "SloganPinyin",
    "Term",
    "TermInjector",
    "Title",
    "numbered_like",
]

_TERMS = frozenset(KINDS) - {"place", "person_title", "unit"}


@dataclass(frozen=True)
class GlossaryInjector(Injector):
    """An injector that needs the glossary.

    Parameters
    ----------
    glossary
        The user's own glossary, whose entries are added to those that come with harness
        (:mod:`harness.injection.glossary`).

    Raises
    ------
    InputError
        It is not a glossary.
    """

    glossary: str | None = None
    kinds: ClassVar[Collection[str]] = KINDS

    def __post_init__(self) -> None:
        if isinstance(self.glossary, str):
            load_glossary(self.glossary)

    def rendered(self, passage: Passage) -> Iterator[Rendered]:
        """The terms of the right kinds that source and translation hold."""
        for one in load_glossary(self.glossary).rendered(passage.source, passage.hypothesis):
            if one.entry.kind in self.kinds:
                yield one


@dataclass(frozen=True)
class TermInjector(GlossaryInjector):
    """An injector that puts a wrong rendering of the glossary in the place of an accepted one."""

    @abstractmethod
    def wrong(self, entry: Entry) -> str:
        """The wrong rendering of a term; empty where there is none."""

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text, edits = passage.hypothesis, []
        for one in self.rendered(passage):
            old, new = text[one.start : one.end], self.wrong(one.entry)
            if not new:
                continue
            if starts_sentence(text, one.start):
                new = cased_like(old, new)
            edit = with_article(text, one.start, one.end, new)
            edits.append(Edit(edit.start, edit.end, edit.text, one.source_start, one.source_end))
        return in_order(edits)


@dataclass(frozen=True)
class SloganPinyin(TermInjector):
    """A slogan, a policy or an organisation is left in pinyin, as machines do with unknown
    words."""

    name: ClassVar[str] = "slogan_pinyin"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "untranslated"
    news_category: ClassVar[str] = "untranslated"
    severity: ClassVar = "major"
    example: ClassVar[str] = '"double reduction" policy → "Shuangjian" policy'
    kinds: ClassVar[Collection[str]] = _TERMS

    def wrong(self, entry: Entry) -> str:
        return entry.pinyin


@dataclass(frozen=True)
class SloganLiteral(TermInjector):
    """A slogan, a policy or another term is translated word by word."""

    name: ClassVar[str] = "slogan_literal"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "meaning"
    severity: ClassVar = "major"
    example: ClassVar[str] = "truly put into practice → truly landed on the ground"
    kinds: ClassVar[Collection[str]] = _TERMS

    def wrong(self, entry: Entry) -> str:
        return entry.literal


@dataclass(frozen=True)
class Title(TermInjector):
    """A person's title is replaced by another one, usually of another rank."""

    name: ClassVar[str] = "title"
    category: ClassVar[str] = "terminology"
    subcategory: ClassVar[str] = "inappropriate"
    news_category: ClassVar[str] = "meaning"
    severity: ClassVar = "major"
    example: ClassVar[str] = "head of the division → section chief of the division"
    kinds: ClassVar[Collection[str]] = frozenset({"person_title"})

    def wrong(self, entry: Entry) -> str:
        return entry.confused

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text = passage.hypothesis
        return [e for e in _numbered(self, passage) if not _RANKED.search(text[: e.start])]


_RANKED = re.compile(
    r"\b(?:vice|deputy|assistant|associate|executive|acting|senior|former|under|co)[ -]$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Term(TermInjector):
    """A term of politics, education or the economy is replaced by another one of its field
    (year-on-year becomes month-on-month, a surplus a deficit)."""

    name: ClassVar[str] = "term"
    category: ClassVar[str] = "terminology"
    subcategory: ClassVar[str] = "inappropriate"
    news_category: ClassVar[str] = "meaning"
    severity: ClassVar = "major"
    example: ClassVar[str] = "rose 5% year-on-year → rose 5% month-on-month"
    kinds: ClassVar[Collection[str]] = frozenset({"policy", "politics", "education", "economy"})

    def wrong(self, entry: Entry) -> str:
        return entry.confused

    def sites(self, passage: Passage) -> Sequence[Edit]:
        return _numbered(self, passage)


def _numbered(injector: TermInjector, passage: Passage) -> Sequence[Edit]:
    """The sites of ``injector``, the new term with the case and number of the old."""
    text, edits = passage.hypothesis, []
    for one in injector.rendered(passage):
        new = injector.wrong(one.entry)
        if not new:
            continue
        old = text[one.start : one.end]
        new = numbered_like(old, new)
        if _is_title_case(old):
            new = " ".join(w[:1].upper() + w[1:] for w in new.split(" "))
        elif starts_sentence(text, one.start):
            new = cased_like(old, new)
        if old.lower() == new.lower():
            continue
        edit = with_article(text, one.start, one.end, new)
        edits.append(Edit(edit.start, edit.end, edit.text, one.source_start, one.source_end))
    return in_order(edits)


def _is_title_case(text: str) -> bool:
    return all(w[:1].isupper() for w in text.split(" ")) and not text.isupper()


_NO_PLURAL = frozenset(
    word_list(
        "unemployment employment production consumption inflation deflation insurance"
        " citizenship infrastructure demand trade retail repayment investment hydropower"
        " influenza reality neutrality energy peaking education computing"
    )
)


def numbered_like(old: str, new: str) -> str:
    """``new`` in the plural or the singular, as ``old`` is, by its last letter."""
    last = new.rsplit(" ", 1)[-1]
    if not last.islower() or last in _NO_PLURAL or last.endswith(("ss", "us", "is", "ing")):
        return new
    if old.endswith("s") and not old.endswith(("ss", "us", "is", "'s", "’s")):
        if new.endswith("s"):
            return new
        if new.endswith("y") and new[-2:-1] not in "aeiou":
            return new[:-1] + "ies"
        return new + ("es" if new.endswith(("ch", "sh", "x")) else "s")
    if new.endswith("ies"):
        return new[:-3] + "y"
    return new.removesuffix("s")

"""Errors of grammar in small words and their order: articles, prepositions, word order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from harness.injection.base import Edit
from harness.injection.grammar import GrammarInjector
from harness.injection.verbs import base_of
from harness.injection.words import cased_like, joined, word_list, words

__all__ = ["Article", "Preposition", "WordOrder"]


@dataclass(frozen=True)
class Article(GrammarInjector):
    """An article is missing where one is required, has the wrong form (an plan), or is added to a
    name that takes none (in the China)."""

    name: ClassVar[str] = "article"
    example: ClassVar[str] = "has a plan → has plan"

    def errors(self, text: str) -> Iterator[Edit]:
        for match in re.finditer(r"\b(?P<article>[Aa]n?) (?P<next>[a-z]+)\b(?!['’])", text):
            if joined(text, *match.span("article")) or match["next"].startswith(_BARE):
                continue
            start, end = match.span("article")
            yield Edit(start, end, {"a": "an", "an": "a", "A": "An", "An": "A"}[match["article"]])
            if match["article"][0] == "a":
                yield Edit(start, end + 1, "")
        for match in _NEEDED.finditer(text):
            yield Edit(match.start("the"), match.end("the"), "")
        for match in _NAMES.finditer(text):
            yield Edit(match.start("name"), match.start("name"), "the ")


#: After these "a" says something else, or both forms are in use.
_BARE = (
    *("few", "lot", "little", "bit", "while", "dozen", "hundred", "thousand", "million", "billion"),
    *("histor", "hotel", "habit", "hero", "herb"),
)
#: "the" that cannot be left out.
_NEEDED = re.compile(
    r"(?<=[a-z,] )(?P<the>the )(?:(?:same|only|largest|biggest|highest|lowest|smallest|longest"
    r"|beginning of|end of|number of|rest of|fact that)\b"
    r"|(?:government|country|world|economy|situation|region|market)(?=[,.;]| (?:and|is|was|has|will"
    r"|in|to|of|that|with)\b))"
)
_NAMES = re.compile(
    r"\b(?:in|from|to|of|for|with|by) (?P<name>China|Japan|India|Russia|France|Germany|Italy|Iran"
    r"|Turkey|Taiwan|Beijing|Shanghai|Hebei|Hunan|Henan|Guangdong|Vietnam|Singapore|Europe|Asia"
    r"|Africa)(?=[,.;:)]| (?:and|or|in|on|at|to|from|for|is|was|has|will|have|are|were|with|by|as"
    r"|that|after|before|since|during)\b|$)"
)


@dataclass(frozen=True)
class Preposition(GrammarInjector):
    """A preposition that is required by a verb, a noun or a date is replaced by another one."""

    name: ClassVar[str] = "preposition"
    example: ClassVar[str] = "participate in → participate on"

    def errors(self, text: str) -> Iterator[Edit]:
        for pattern, new in _FIXED:
            for match in pattern.finditer(text):
                if not joined(text, *match.span("p")):
                    yield Edit(*match.span("p"), cased_like(match["p"], new))


_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_FIXED = tuple(
    (re.compile(pattern), new)
    for pattern, new in (
        (rf"\b(?P<p>[Oo]n) (?:{_MONTHS}) \d", "in"),
        (r"\b(?P<p>[Oo]n) (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b", "in"),
        (r"\b(?P<p>[Ii]n) (?:19|20)\d\d(?![\d-])", "at"),
        (r"\b(?P<p>[Ii]n) recent (?:years|months|days|weeks)\b", "at"),
        (r"\b(?P<p>[Ii]n) the (?:past|first half|second half|future)\b", "at"),
        (r"\b(?P<p>[Ii]n) order to\b", "for"),
        (r"\b[Aa]ccording (?P<p>to)\b", "with"),
        (r"\b(?:participat(?:e|es|ed|ing)|engag(?:e|es|ed|ing)|result(?:s|ed|ing)?"
         r"|succeed(?:s|ed|ing)?) (?P<p>in)\b", "on"),
        (r"\b(?:focus|focuses|focused|focusing|depend|depends|depended|depending|rely|relies|relied"
         r"|relying|insist|insists|insisted) (?P<p>on)\b", "at"),
        (r"\b(?:consist|consists|consisted|consisting|composed|capable|aware|proud|instead|because"
         r"|the (?:end|beginning|number|development|majority|purpose|rest)) (?P<p>of)\b", "from"),
        (r"\b(?:lead|leads|led|leading|contribute|contributes|contributed|contributing|belong|belongs"
         r"|belonged|respond|responds|responded|responding|attention|access|due|thanks|related"
         r"|committed|subject) (?P<p>to)\b(?! (?:a halt|the))", "at"),
        (r"\b(?:responsible|reason|prepare|prepared|preparing|search|searching|apply|applied"
         r"|account|accounts|accounted|accounting|call|calls|called|calling"
         r"|famous) (?P<p>for)\b", "of"),
        (r"\b(?:increase|decrease|increased|decreased|rose|fell|dropped|grew|rise|fall)"
         r" (?P<p>by) \d", "for"),
        (r"\b(?:based) (?P<p>on)\b", "of"),
        (r"\b(?:interested|involved|specializing|interest|confidence|role) (?P<p>in)\b", "at"),
        (r"\b(?:deals|dealing|comply|complies|compared|associated|consistent) (?P<p>with)\b", "of"),
        (r"\b(?P<p>[Aa]t) the same time\b", "on"),
        (r"\b(?P<p>[Aa]t) (?:present|least)\b", "in"),
    )
)  # fmt: skip


@dataclass(frozen=True)
class WordOrder(GrammarInjector):
    """Two neighbouring words are swapped: an adjective and its noun, an auxiliary and its verb, or
    an article and its adjective."""

    name: ClassVar[str] = "word_order"
    example: ClassVar[str] = "a new plan for → a plan new for"

    def errors(self, text: str) -> Iterator[Edit]:
        found = words(text)
        for one, other, after in zip(found, found[1:], found[2:], strict=False):
            if text[one.end : other.start] != " " or not one.text.islower():
                continue
            if joined(text, one.start, other.end) or not other.text.islower():
                continue
            gap = text[other.end : after.start]
            if _misplaced(one.lower, other.lower, after.lower if gap == " " else ""):
                yield Edit(one.start, other.end, f"{other.text} {one.text}")


_ADJECTIVES = frozenset(
    word_list(
        "new important major main large small local global national political social economic"
        " foreign international special big great good strong high recent current significant"
        " severe serious early public private official military financial medical domestic"
        " cultural traditional modern digital relevant latest"
    )
)
_FUNCTION = frozenset(
    word_list(
        "of in to and is was has for with that on at by from are were will as or which who"
        " after before during between have had would can"
    )
)


def _misplaced(one: str, other: str, after: str) -> bool:
    """Whether the two words may not change places."""
    if one in _ADJECTIVES:
        noun = other not in _ADJECTIVES | _FUNCTION and base_of(other) is None
        return noun and not other.endswith(("ed", "ly")) and after in _FUNCTION | {""}
    if one in {"will", "would", "can", "could", "should", "must"}:
        return other in {"be", "have", "not"}
    if one in {"has", "have", "had"}:
        return other in {"been", "become", "not"}
    if one in {"the", "a", "an"}:
        return other in _ADJECTIVES | {"same", "first", "other", "following", "whole"}
    return one in {"more", "less", "other"} and other == "than"

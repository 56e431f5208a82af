"""Errors of number: verbs that do not agree with their subjects, nouns with a figure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from harness.injection.base import Edit
from harness.injection.grammar import GrammarInjector, triples
from harness.injection.quantities import target_quantities
from harness.injection.verbs import base_of
from harness.injection.words import Word, starts_sentence, word_list, words

__all__ = ["Agreement", "NounNumber"]


@dataclass(frozen=True)
class Agreement(GrammarInjector):
    """A verb does not agree with its subject in number: it are, students has."""

    name: ClassVar[str] = "agreement"
    example: ClassVar[str] = "students have benefited → students has benefited"

    def errors(self, text: str) -> Iterator[Edit]:
        for before, word, _ in triples(text):
            if word.text in _TO_PLURAL and _singular(text, before):
                yield Edit(word.start, word.end, _TO_PLURAL[word.text])
            elif word.text in _TO_SINGULAR and _plural(text, before):
                yield Edit(word.start, word.end, _TO_SINGULAR[word.text])


_TO_PLURAL = {"is": "are", "was": "were", "has": "have"}
_TO_SINGULAR = {"are": "is", "were": "was", "have": "has"}
_COLLECTIVE = frozenset(
    word_list(
        "government team company committee group party police public staff family media data"
        " majority number bureau ministry crew audience army council board union bank percent"
        " department agency institution organization association firm club side delegation"
        " population generation couple pair lot half rest all none some most more any such"
        " what who which there that this cabinet congress parliament press commission"
        " administration world nation community pandemic force class not never also only and"
        " or but often still now then when as than if where"
    )
)
_NO_PLURAL = frozenset(
    word_list(
        "news economics politics series means species physics mathematics this was is as has"
        " its his yes us thus always perhaps headquarters besides nowadays sometimes indoors"
    )
)


def _singular(text: str, before: Word) -> bool:
    if before.lower in {"he", "she", "it"}:
        return True
    lower = before.text
    if not lower.islower() or lower in _COLLECTIVE or lower.endswith(("s", "ly", "ing", "ed")):
        return False
    determined = re.search(
        r"\b(?:[Tt]he|[Aa]n?|[Ii]ts|[Tt]his) (?:[a-z]+ )?$", text[: before.start]
    )
    return determined is not None and _begins_subject(text, determined.start())


def _begins_subject(text: str, start: int) -> bool:
    """Whether nothing before ``start`` can be the verb's real subject: a sentence or a clause
    begins there."""
    head = text[:start].rstrip()
    if starts_sentence(text, start) or head.endswith((",", ";")):
        return True
    last = head.rsplit(" ", 1)[-1].lower()
    return last in {
        "that",
        "because",
        "although",
        "while",
        "when",
        "if",
        "since",
        "said",
        "whether",
    }


def _plural(text: str, before: Word) -> bool:
    if before.lower in {"they", "we", "these", "those"}:
        return True
    word = before.text
    if not word.islower() or len(word) < 5 or not word.endswith("s") or word in _NO_PLURAL:
        return False
    return not word.endswith(("ss", "us", "is")) and _is_head(text, before)


def _is_head(text: str, noun: Word) -> bool:
    """Whether nothing but words that go with ``noun`` stands between the beginning of its clause
    and it: no preposition makes another word the subject."""
    clause = re.split(
        r"[,;:.!?()\"“”] |\b(?:that|because|although|while|when|and|but|if)\b", text[: noun.start]
    )[-1]
    found = [w.lower for w in words(clause)]
    return (
        len(found) <= 5
        and not _PREPOSITIONS.intersection(found)
        and not any(base_of(w) or w.endswith("ing") for w in found)
    )


_PREPOSITIONS = frozenset(
    word_list(
        "of in with as for from by on at to about among between including than like such over"
        " under into against after before during is are was were has have had will each every"
        " no"
    )
)


@dataclass(frozen=True)
class NounNumber(GrammarInjector):
    """The noun after a number above one is in the singular; not after a year."""

    name: ClassVar[str] = "noun_number"
    example: ClassVar[str] = "330,000 students → 330,000 student"

    def errors(self, text: str) -> Iterator[Edit]:
        for figure in target_quantities(text):
            if figure.value <= 1 or figure.kind != "number":
                continue
            if _YEAR.fullmatch(text[figure.start : figure.end]):
                continue
            match = _COUNTED.match(text[figure.end :])
            singular = _without_plural(match["noun"]) if match else None
            if match is not None and singular is not None:
                start, end = (figure.end + place for place in match.span("noun"))
                yield Edit(start, end, singular)


_YEAR = re.compile(r"19\d\d|20\d\d|2100")
#: The noun counted; a word with an article or a pronoun after it is a verb.
_COUNTED = re.compile(
    r" (?P<noun>[a-z]{4,})(?![\w'’-]| old\b"
    r"| (?:an?|the|its|his|her|their|our|this|that|these|new)\b)"
)


def _without_plural(noun: str) -> str | None:
    """The singular of a regular plural; None where ``noun`` is none."""
    if not noun.endswith("s") or noun.endswith(("ss", "us", "is")) or noun in _SAME:
        return None
    if noun.endswith("ies") and noun not in {"movies", "calories", "cookies"}:
        return noun[:-3] + "y"
    if noun.endswith(("sses", "xes", "ches", "shes", "oes")):
        return noun[:-2]
    return noun[:-1]


_SAME = frozenset(
    word_list("series species means news lives wives halves leaves shelves crises buses times")
)

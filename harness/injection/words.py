"""English text as words and sentences; the small edits that injectors share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from harness.injection.base import Edit

__all__ = [
    "Word",
    "cased_like",
    "free",
    "in_order",
    "joined",
    "quotations",
    "sentences",
    "starts_sentence",
    "with_article",
    "word_list",
    "words",
]

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|‘[^’]*’|《[^》]*》")
_STOP = re.compile(r"[.!?]+[\"”’)\]]*(?=\s+[\"“‘(\[]?[A-Z0-9])")
_ABBREVIATIONS = ("Mr", "Mrs", "Ms", "Dr", "Prof", "No", "St", "Co", "Ltd", "Inc", "vs", "Gen")
_OPENERS = tuple('.!?:"“‘(')


@dataclass(frozen=True)
class Word:
    """A word of a text: where it stands, and what it is."""

    start: int
    end: int
    text: str

    @property
    def lower(self) -> str:
        return self.text.lower()


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[Word, ...]:
    """The words of ``text``: runs of Latin letters, apostrophes inside included. The parts of a
    hyphenated word are words of their own; :func:`joined` tells them."""
    return tuple(Word(m.start(), m.end(), m.group()) for m in _WORD.finditer(text))


def word_list(text: str) -> tuple[str, ...]:
    """The words of a table that is written as one text, with spaces between them."""
    return tuple(text.split())


def joined(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` is a part of something longer: of a hyphenated word
    (also with a stray space, "after -school"), of an address, of a word with digits."""
    before, after = text[:start][-1:], text[end : end + 3]
    if before and (before.isalnum() or before in "-–_/@.'’&\\"):
        return True
    if after and (after[0].isalnum() or after[0] in "-–_/@&\\"):
        return True
    if re.match(r"[.'’]\w| -\w", after):
        return True
    return re.search(r"\w- $", text[max(start - 3, 0) : start]) is not None


@lru_cache(maxsize=4096)
def quotations(text: str) -> tuple[tuple[int, int], ...]:
    """Where quotations and titles stand, their marks included."""
    return tuple(m.span() for m in _QUOTED.finditer(text))


def free(text: str, word: Word) -> bool:
    """Whether an edit may change the meaning of ``word``: it stands alone, it is no name (it is in
    lower case, or begins a sentence before a word in lower case), and it is not quoted."""
    if joined(text, word.start, word.end):
        return False
    if any(a < word.end and word.start < b for a, b in quotations(text)):
        return False
    if word.text.islower():
        return True
    rest = text[word.end :].lstrip(" ")
    return (
        word.text[1:].islower()
        and starts_sentence(text, word.start)
        and bool(rest)
        and rest[0].islower()
    )


def starts_sentence(text: str, start: int) -> bool:
    """Whether a sentence or a quotation begins at ``start``."""
    before = text[:start].rstrip()
    return not before or before.endswith(_OPENERS)


@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """The sentences of ``text`` as spans, without the white space between them."""
    spans, start = [], 0
    for match in _STOP.finditer(text):
        before = text[start : match.start()].rsplit(None, 1)[-1:] or [""]
        last = before[0].lstrip("(\"“'")
        if match.group() == "." and (last in _ABBREVIATIONS or len(last) == 1 or "." in last):
            continue
        spans.append((start, match.end()))
        start = match.end() + len(text[match.end() :]) - len(text[match.end() :].lstrip())
    if text[start:].strip():
        spans.append((start, len(text.rstrip())))
    return tuple(spans)


def cased_like(old: str, new: str) -> str:
    """``new`` with the capital letter of ``old``, where it has one."""
    return new[:1].upper() + new[1:] if old[:1].isupper() else new


#: Words in a vowel that take "a".
_CONSONANT_SOUNDS = (
    *("unit", "univ", "unif", "uniq", "unio", "unil", "use", "usu", "usa"),
    *("one", "once", "eu", "uk"),
)


def with_article(text: str, start: int, end: int, new: str) -> Edit:
    """Replace ``text[start:end]`` by ``new``; an indefinite article before it is made to fit, so
    that the edit adds no second error."""
    match = re.search(r"\b([Aa])(n?)(\s+)$", text[:start])
    following = (new or text[end:]).lstrip().lower()
    if match is None or not following[:1].isalpha():
        return Edit(start, end, new)
    vowel = following[0] in "aeiou" and not following.startswith(_CONSONANT_SOUNDS)
    vowel = vowel or following.startswith(("hour", "hono", "honest", "heir"))
    if vowel == bool(match.group(2)):
        return Edit(start, end, new)
    article = match.group(1) + ("n" if vowel else "")
    return Edit(match.start(), end, article + match.group(3) + new)


def in_order(edits: Iterable[Edit]) -> Sequence[Edit]:
    """The edits in order of position, each once."""
    return sorted(dict.fromkeys(edits), key=lambda e: (e.start, e.end, e.text))

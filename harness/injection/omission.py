"""Content of the source that is omitted: a clause or a sentence, or an item of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.injection.base import Edit, Injector, Passage
from harness.injection.verbs import PASTS
from harness.injection.words import (
    in_order,
    sentences,
    starts_sentence,
    word_list,
    words,
)

__all__ = ["OmittedClause", "OmittedItem"]


@dataclass(frozen=True)
class OmittedClause(Injector):
    """A clause is omitted: a sentence of several, the end of a sentence after a comma, or its
    beginning before one. The rest is a complete sentence.

    Parameters
    ----------
    shortest
        Minimum number of words that are omitted, and that stay.
    """

    name: ClassVar[str] = "omitted_clause"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "omission"
    news_category: ClassVar[str] = "omission"
    severity: ClassVar = "major"
    example: ClassVar[str] = (
        "He spoke at the forum, which was held online. → He spoke at the forum."
    )

    shortest: int = 4

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text = passage.hypothesis
        edits = [*self._whole(text)]
        for start, end in sentences(text):
            edits += [*self._ending(text, start, end), *self._opening(text, start, end)]
        return in_order(e for e in edits if self._enough(text, e))

    def _enough(self, text: str, edit: Edit) -> bool:
        gone = len(words(text[edit.start : edit.end])) - len(words(edit.text))
        return gone >= self.shortest and len(words(text)) - gone >= self.shortest

    def _whole(self, text: str) -> Iterator[Edit]:
        spans = sentences(text)
        for i, (start, end) in enumerate(spans):
            if len(spans) < 2 or not _balanced(text[start:end]):
                continue
            if i + 1 < len(spans):
                yield Edit(start, spans[i + 1][0], "")
            else:
                yield Edit(spans[i - 1][1], end, "")

    def _ending(self, text: str, start: int, end: int) -> Iterator[Edit]:
        stop = end - len(text[start:end]) + len(text[start:end].rstrip(".!?"))
        for match in re.finditer(r", (?=([A-Za-z]+))", text[start:stop]):
            comma = start + match.start()
            if match[1].lower() not in _TAIL_STARTS and not (
                match[1].islower() and match[1].endswith("ing") and len(match[1]) > 5
            ):
                continue
            tail = text[comma:stop]
            head = text[start:comma]
            whole = _balanced(tail) and _balanced(head) and "; " not in tail
            if whole and len(words(head)) >= self.shortest:
                yield Edit(comma, stop, "")

    def _opening(self, text: str, start: int, end: int) -> Iterator[Edit]:
        match = re.match(r"([A-Z][a-z]+) [^,;:\"“”()]*, (?=([a-z]+)\b)", text[start:end])
        if match is None or match[1].lower() not in _HEAD_STARTS:
            return
        if match[2] not in _SUBJECT_STARTS:
            return
        after = start + match.end()
        yield Edit(start, after + 1, text[after].upper())


_TAIL_STARTS = frozenset(
    word_list("which who where with while but so because although though since as")
)
_HEAD_STARTS = frozenset(
    word_list(
        "on in at after since with for when although while during as by according under if"
        " through despite before due from among"
    )
)
_SUBJECT_STARTS = frozenset(
    word_list(
        "the a an it he she they we this these those there its his her their our many some"
        " all most several"
    )
)


def _balanced(text: str) -> bool:
    """Whether every bracket and quotation mark of ``text`` has its counterpart there."""
    pairs = all(text.count(a) == text.count(b) for a, b in ("()", "[]", "“”", "《》", "（）"))
    return pairs and text.count('"') % 2 == 0


@dataclass(frozen=True)
class OmittedItem(Injector):
    """An item of a list of three or more is omitted, if the source has a list (、) of at least as
    many items."""

    name: ClassVar[str] = "omitted_item"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "omission"
    news_category: ClassVar[str] = "omission"
    severity: ClassVar = "major"
    example: ClassVar[str] = (
        "principals, teachers, parents and students → principals, parents and students"
    )

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text = passage.hypothesis
        mark, longest = _source_list(passage.source)
        edits = []
        for match in _LIST.finditer(text):
            items = list(re.finditer(r", [^,]+", match["middle"]))
            if len(items) + 2 > longest:
                continue
            if not _is_list(text, match, [item.group()[2:] for item in items]):
                continue
            at = match.start("middle")
            for item in items:
                edits.append(Edit(at + item.start(), at + item.end(), "", mark, mark + 1))
        return in_order(edits)


_ITEM = r"[\w'’\-]+(?: [\w'’\-]+){0,4}"
_LIST = re.compile(
    rf"\b(?P<first>[\w'’\-]+)(?P<middle>(?:, (?!and\b|or\b|which\b|who\b|but\b|where\b){_ITEM})+)"
    r"(?=(?P<oxford>,?) (?:and|or) (?P<last>[\w'’\-]+))"
)
_CLAUSE = re.compile("[^，。；：！？,;!?]+")


def _source_list(source: str) -> tuple[int, int]:
    """The first mark (、) of the longest list of ``source``, and its number of items; (-1, 0)
    without any."""
    best = (-1, 0)
    for clause in _CLAUSE.finditer(source):
        marks = clause.group().count("、")
        if not marks:
            continue
        tail = clause.group().rsplit("、", 1)[1]
        n_items = marks + 1 + bool(re.search("[和与及或]", tail))
        if n_items > best[1]:
            best = (source.index("、", clause.start()), n_items)
    return best


def _is_list(text: str, match: re.Match[str], middle: Sequence[str]) -> bool:
    """Whether commas divide a list, and not a sentence.

    The first word neither begins a sentence, nor (in a list of three) ends a phrase that does so
    with a preposition, nor is an adverb or a figure. No item begins as a clause or a phrase with a
    verb does, or holds a finite verb; all are names or none is. There are several items, a comma
    before the conjunction, or names.
    """
    first = match["first"]
    if first[0].isdigit() or first.endswith("ly") or starts_sentence(text, match.start("first")):
        return False
    if len(middle) == 1 and _opens_with_preposition(text, match.start("first")):
        return False
    starts = [m.split(" ")[0].lower() for m in middle] + [match["last"].lower()]
    if any(s in _SUBJECT_STARTS or s.endswith(("ing", "ly")) for s in starts):
        return False
    if any(_FINITE.intersection(w.lower for w in words(m)) for m in middle):
        return False
    if len({item[0].isupper() for item in (first, *middle, match["last"])}) > 1:
        return False
    return len(middle) > 1 or bool(match["oxford"]) or middle[0][0].isupper()


def _opens_with_preposition(text: str, place: int) -> bool:
    """Whether the sentence around ``place`` begins with a preposition or a conjunction, and no
    comma stands between that and ``place``."""
    start = max((a for a, _ in sentences(text) if a <= place), default=0)
    head = text[start:place]
    opening = words(head)
    return bool(opening) and opening[0].lower in _HEAD_STARTS and "," not in head


_FINITE = frozenset(PASTS.values()) | frozenset(
    word_list(
        "is are was were be been has have had do does did will would can could shall should may"
        " might must says"
    )
)

"""Errors of punctuation: missing or superfluous spaces, Chinese marks, missing marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.injection.base import Edit, Injector, Passage
from harness.injection.words import in_order

__all__ = [
    "Apostrophe",
    "FinalStop",
    "FullWidth",
    "HyphenSpace",
    "MissingSpace",
    "QuotationMarks",
]


@dataclass(frozen=True)
class _Punctuation(Injector):
    """The shared part of these injectors: their labels."""

    category: ClassVar[str] = "fluency"
    subcategory: ClassVar[str] = "punctuation"
    news_category: ClassVar[str] = "punctuation"
    severity: ClassVar = "minor"


@dataclass(frozen=True)
class MissingSpace(_Punctuation):
    """The space after a comma, a colon, a semicolon or a full stop is missing."""

    name: ClassVar[str] = "missing_space"
    example: ClassVar[str] = "Author: Yueyang Daily → Author:Yueyang Daily"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        return in_order(
            Edit(m.end() - 1, m.end(), "")
            for m in re.finditer(
                r"(?<=[A-Za-z0-9\"”)])[,;:.!?] (?=[A-Za-z\"“(])", passage.hypothesis
            )
        )


@dataclass(frozen=True)
class HyphenSpace(_Punctuation):
    """A space is added before or after the hyphen of a compound."""

    name: ClassVar[str] = "hyphen_space"
    example: ClassVar[str] = "after-school → after -school"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        edits = []
        for match in re.finditer(r"(?<=[A-Za-z0-9])-(?=[A-Za-z])", passage.hypothesis):
            edits.append(Edit(match.start(), match.start(), " "))
            edits.append(Edit(match.end(), match.end(), " "))
        return in_order(edits)


_FULL = {",": "，", ".": "。", ":": "：", ";": "；", "(": "（", ")": "）", "!": "！", "?": "？"}


@dataclass(frozen=True)
class FullWidth(_Punctuation):
    """A mark is replaced by the full-width Chinese one; a space after it is removed."""

    name: ClassVar[str] = "full_width"
    example: ClassVar[str] = "teachers, parents → teachers，parents"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text = passage.hypothesis
        pattern = r"(?<=[\w\"”)])[,.:;!?](?= |$) ?|\((?=\w)|(?<=\w)\)"
        return in_order(
            Edit(m.start(), m.end(), _FULL[m.group()[0]])
            for m in re.finditer(pattern, text)
            if not (
                m.group()[0] == "."
                and re.search(r"(?:\b[A-Z]|\.[A-Za-z]|\b(?:Mr|Ms|Dr|No))$", text[: m.start()])
            )
        )


@dataclass(frozen=True)
class FinalStop(_Punctuation):
    """The full stop at the end is missing, if the source has one."""

    name: ClassVar[str] = "final_stop"
    example: ClassVar[str] = "… was held in Shijiazhuang. → … was held in Shijiazhuang"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        source, text = passage.source.rstrip(), passage.hypothesis.rstrip()
        match = re.search(r"[.!?](?=[\"”’)]*$)", text)
        mark = re.search('[。！？](?=[”’」』）)"]*$)', source)
        if match is None or mark is None or text[: match.start()].endswith("."):
            return []
        return [Edit(match.start(), match.end(), "", *mark.span())]


@dataclass(frozen=True)
class QuotationMarks(_Punctuation):
    """Quotation marks are dropped, both or the closing one, if the source has a quotation."""

    name: ClassVar[str] = "quotation_marks"
    example: ClassVar[str] = 'the "double reduction" policy → the double reduction policy'

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text, edits = passage.hypothesis, []
        mark = re.search('[“"「『‘]', passage.source)
        if mark is None or text.count('"') % 2:
            return []
        for match in re.finditer(r"\"([^\"]+)\"|“([^“”]+)”", text):
            inner = match[1] or match[2]
            edits.append(Edit(match.start(), match.end(), inner, *mark.span()))
            edits.append(Edit(match.end() - 1, match.end(), "", *mark.span()))
        return in_order(edits)


@dataclass(frozen=True)
class Apostrophe(_Punctuation):
    """The apostrophe of a genitive or of a contraction is missing."""

    name: ClassVar[str] = "apostrophe"
    example: ClassVar[str] = "China's economy → Chinas economy"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        pattern = r"(?<=[A-Za-z])['’](?=(?:s|t|re|ve|ll)\b)|(?<=s)['’](?= [a-z])"
        edits = []
        for match in re.finditer(pattern, passage.hypothesis):
            before = passage.hypothesis[: match.start()].rsplit(" ", 1)[-1].lower()
            if before in {"it", "we", "she", "he", "i"} or "'" in before or "‘" in before:
                continue
            edits.append(Edit(match.start(), match.end(), ""))
        return in_order(edits)

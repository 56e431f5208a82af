"""Content that the source does not have: a clause, a line that belongs to the page, a phrase
twice."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.injection.base import Edit, Injector, Passage
from harness.injection.words import Word, in_order, joined, sentences, words

__all__ = ["AddedClause", "Boilerplate", "Repetition"]

#: Clause -> what in a source would license it; general enough to follow any statement of news.
_CLAUSES: tuple[tuple[str, str], ...] = (
    (", according to people familiar with the matter", "据|消息|知情|透露|称|报道"),
    (", a move welcomed by local residents", "欢迎|居民|市民"),
    (", despite strong opposition from experts", "反对|专家|尽管"),
    (", although no date has been set", "日期|时间|日"),
    (", the second time this has happened this year", "第二|两次|二次|再次|再度|又"),
    (", and further measures will be announced next month", "措施|下月|公布|宣布|发布"),
    (", which has caused widespread concern online", "网|关注|担忧|热议"),
    (", bringing the total cost to several million yuan", "元|费用|成本|价"),
)


@dataclass(frozen=True)
class AddedClause(Injector):
    """A clause that is not in the source is added to a statement, before its full stop.

    Parameters
    ----------
    shortest
        Minimum number of words of a sentence that gets one.
    """

    name: ClassVar[str] = "added_clause"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "addition"
    news_category: ClassVar[str] = "addition"
    severity: ClassVar = "major"
    example: ClassVar[str] = "… was held. → … was held, a move welcomed by local residents."

    shortest: int = 7

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text, edits = passage.hypothesis, []
        open_ = [c for c, zh in _CLAUSES if not re.search(zh, passage.source)]
        for start, end in sentences(text):
            if len(words(text[start:end])) < self.shortest or not text[start:end].endswith("."):
                continue
            if text[end - 2 : end - 1] in {".", "…"} or re.search(r"\b[A-Z]\.$", text[start:end]):
                continue
            edits += [Edit(end - 1, end - 1, clause) for clause in open_]
        return in_order(edits)


#: Lines that stand round an article on its page -> what in a source would license them.
_LINES: tuple[tuple[str, str], ...] = (
    (" (Photo provided by the interviewee)", "图|摄"),
    (" [Editor in charge: News Desk]", "编辑|责编"),
    (" Click here to read the full story.", "点击|阅读|全文"),
    (" Source: Internet.", "来源|源"),
    (" Scan the QR code to follow our official account.", "二维码|公众号|关注"),
    (" All rights reserved.", "版权|转载"),
    (" Share this article with your friends.", "分享|转发"),
    (" - END -", "完|END"),
)


@dataclass(frozen=True)
class Boilerplate(Injector):
    """A line of web-page text (a photo credit, "Click here …") is added after the segment."""

    name: ClassVar[str] = "boilerplate"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "addition"
    news_category: ClassVar[str] = "addition"
    severity: ClassVar = "minor"
    example: ClassVar[str] = "… was held. → … was held. Click here to read the full story."

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text = passage.hypothesis
        end = len(text.rstrip())
        if not end:
            return []
        return in_order(
            Edit(end, end, line) for line, zh in _LINES if not re.search(zh, passage.source)
        )


@dataclass(frozen=True)
class Repetition(Injector):
    """A phrase of two to four words is repeated.

    Parameters
    ----------
    longest
        Maximum number of words of the phrase.
    """

    name: ClassVar[str] = "repetition"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "addition"
    news_category: ClassVar[str] = "addition"
    severity: ClassVar = "minor"
    example: ClassVar[str] = (
        "after-school service content → after-school service after-school service content"
    )

    longest: int = 4

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text, edits = passage.hypothesis, []
        found = words(text)
        for i in range(len(found)):
            for n in range(2, self.longest + 1):
                phrase = found[i : i + n]
                if len(phrase) == n and _is_phrase(text, phrase):
                    copy = " " + text[phrase[0].start : phrase[-1].end]
                    edits.append(Edit(phrase[-1].end, phrase[-1].end, copy))
        return in_order(edits)


def _is_phrase(text: str, phrase: Sequence[Word]) -> bool:
    """Whether the words stand together and the first and last carry content."""
    gaps = [text[a.end : b.start] for a, b in itertools.pairwise(phrase)]
    if any(gap not in {" ", "-"} for gap in gaps) or gaps[0] == "-" == gaps[-1] == "":
        return False
    if joined(text, phrase[0].start, phrase[-1].end):
        return False
    return all(len(w.text) > 3 and w.text.islower() for w in (phrase[0], phrase[-1]))

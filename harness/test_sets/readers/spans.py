"""Marked spans: where they stand in a text, and where in a slightly different one.

Offsets count Unicode code points; a span is [start, end).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

__all__ = ["Alignment", "Unmarked", "align", "fold_quotes", "remap", "side_without_span", "unmark"]

_MARK = re.compile(r"<(?:/v|v)>|&lt;(?:/v|v)&gt;", re.IGNORECASE)
_QUOTES = str.maketrans(dict.fromkeys("‘’‚‛`´′＇", "'") | dict.fromkeys("“”„‟″«»「」『』＂", '"'))


def fold_quotes(text: str) -> str:
    """``text`` with every kind of quotation mark as ' or ", code point for code point."""
    return text.translate(_QUOTES)


def side_without_span(category: str, subcategory: str) -> str:
    """The side that an error without a span belongs to: the source for omissions and faults of
    the source, else the target."""
    return "source" if category == "source" or subcategory == "omission" else "target"


class Unmarked(NamedTuple):
    """A text without its marks, and the spans that they marked.

    ``fault`` says what is wrong with marks that do not pair up; then there are no spans. ``usual``:
    whether all marks were written ``<v>`` and ``</v>``.
    """

    text: str
    spans: list[tuple[int, int]]
    fault: str | None = None
    usual: bool = True


def unmark(text: str) -> Unmarked:
    """``text`` without its ``<v>…</v>`` marks, and the spans that they marked.

    Marks in capitals (``<V>``) and as HTML writes them (``&lt;v&gt;``) count too.
    """
    if not _MARK.search(text):
        return Unmarked(text, [])
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    length = position = 0
    fault: str | None = None
    usual = True
    for mark in _MARK.finditer(text):
        pieces.append(text[position : mark.start()])
        length += mark.start() - position
        position = mark.end()
        usual = usual and mark.group() in ("<v>", "</v>")
        opens = "/" not in mark.group()
        if opens != (opened is None):
            fault = fault or ("<v> is opened twice" if opens else "</v> closes nothing")
        elif opened is None:
            opened = length
        else:
            spans.append((opened, length))
            opened = None
    if opened is not None:
        fault = fault or "<v> is not closed"
    rest = "".join((*pieces, text[position:]))
    return Unmarked(rest, [] if fault else spans, fault, usual)


@dataclass(frozen=True)
class Alignment:
    """Which code point of ``actual`` each code point of ``annotated`` became.

    ``matches`` holds, for each code point of ``annotated``, its position in ``actual``, or -1;
    the positions that are not -1 increase. ``difference`` is 'none', 'white space', 'quotation
    marks' (white space too, perhaps) or 'other'; ``likeness`` is the share of the two texts,
    white space aside, that is matched: 1 if they differ in white space and quotation marks only,
    0 if in everything.
    """

    annotated: str
    actual: str
    matches: tuple[int, ...]
    difference: str
    likeness: float

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of ``actual`` that [start, end) of ``annotated`` became.

        It lies inside ``actual`` and is not empty if the given one was not (unless ``actual``
        is). Text that was put in before or after the span does not belong to it; where nothing of
        the span is left, it is what stands in its place, or else one neighbouring code point.
        """
        if not 0 <= start <= end <= len(self.annotated):
            raise ValueError(f"no span of {len(self.annotated)} code points: {start}, {end}")
        before = next((m for m in reversed(self.matches[:start]) if m >= 0), -1) + 1
        after = next((m for m in self.matches[end:] if m >= 0), len(self.actual))
        if start == end:
            kept = start < len(self.matches) and self.matches[start] >= 0
            at = self.matches[start] if kept else before
            return at, at
        inside = [m for m in self.matches[start:end] if m >= 0]
        low, high = before, after
        if inside:
            # An unmatched edge was replaced: what replaced it belongs to the span, unless the
            # replaced text begins before the span or ends behind it.
            whole_start = self.matches[start] < 0 and (start == 0 or self.matches[start - 1] >= 0)
            whole_end = self.matches[end - 1] < 0 and (
                end == len(self.matches) or self.matches[end] >= 0
            )
            low = before if whole_start else inside[0]
            high = after if whole_end else inside[-1] + 1
        if low < high:
            return low, high
        return (low, low + 1) if low < len(self.actual) else (max(low - 1, 0), low)


@lru_cache(maxsize=256)
def align(annotated: str, actual: str) -> Alignment:
    """Align the text that a rater saw with the text that the system wrote.

    Equal beginnings and ends match; between them the code points match one by one if the texts
    differ in white space and quotation marks only, else by the longest common blocks (difflib).
    """
    if annotated == actual:
        return Alignment(annotated, actual, tuple(range(len(actual))), "none", 1.0)
    prefix = _common_prefix(annotated, actual)
    suffix = _common_prefix(annotated[prefix:][::-1], actual[prefix:][::-1])
    middle = [i for i in range(prefix, len(annotated) - suffix) if not annotated[i].isspace()]
    target = [i for i in range(prefix, len(actual) - suffix) if not actual[i].isspace()]
    ours = "".join([annotated[i] for i in middle])
    theirs = "".join([actual[i] for i in target])
    difference = "white space"
    if ours != theirs:
        ours, theirs = fold_quotes(ours), fold_quotes(theirs)
        difference = "quotation marks" if ours == theirs else "other"
    matches = [-1] * len(annotated)
    matches[:prefix] = range(prefix)
    matches[len(annotated) - suffix :] = range(len(actual) - suffix, len(actual))
    blocks: list[tuple[int, int, int]] = [(0, 0, len(ours))]
    if difference == "other":
        matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
        blocks = [(block.a, block.b, block.size) for block in matcher.get_matching_blocks()]
    for a, b, size in blocks:
        for k in range(size):
            matches[middle[a + k]] = target[b + k]
    letters = sum(not c.isspace() for c in annotated), sum(not c.isspace() for c in actual)
    kept = sum(m >= 0 and not annotated[i].isspace() for i, m in enumerate(matches))
    likeness = 2 * kept / sum(letters) if sum(letters) else 1.0
    return Alignment(annotated, actual, tuple(matches), difference, likeness)


def _common_prefix(first: str, second: str) -> int:
    """How many code points two texts have in common from the start."""
    pairs = enumerate(zip_longest(first, second))
    return next((i for i, (a, b) in pairs if a != b), len(first))


def remap(annotated: str, actual: str, start: int, end: int) -> tuple[int, int]:
    """Where the span [start, end) of ``annotated`` stands in ``actual``: see
    :meth:`Alignment.span`."""
    if annotated == actual and 0 <= start <= end <= len(actual):
        return start, end
    return align(annotated, actual).span(start, end)

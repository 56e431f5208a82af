"""A table as the page shows it: captioned cells, made from data frames, rendered by one macro."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from harness.support.formatting import MISSING, clean_surrogates

__all__ = ["Cell", "Footnotes", "Grid", "Row", "browser_link", "turned"]


@dataclass(frozen=True)
class Cell:
    """One cell.

    ``detail`` is a second, smaller line (an interval); ``title`` a tooltip; ``mark`` the letter of
    a footnote; ``badge`` a small label; ``href`` a link within the page; ``classes`` come from the
    program, never from data. ``header`` cells are ``th``; ``columns`` and ``rows`` are their span.
    """

    text: str
    detail: str = ""
    title: str = ""
    mark: str = ""
    badge: str = ""
    href: str = ""
    classes: tuple[str, ...] = ()
    strong: bool = False
    header: bool = False
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class Row:
    """A row of cells, with the classes of the whole row."""

    cells: Sequence[Cell]
    classes: tuple[str, ...] = ()


def turned(rows: Sequence[Row]) -> list[Row]:
    """``rows``, all of one length and without spans, as columns; the first cell of all keeps its
    place. Names stand at the left of their row, and above numbers at the right."""
    head, *body = zip(*(row.cells for row in rows), strict=True)
    numbers = [replace(cell, classes=("number",)) for cell in head[1:]]
    return [
        Row([head[0], *numbers]),
        *(Row([replace(name, classes=()), *cells]) for name, *cells in body),
    ]


#: Cells of a large table.
LARGE = 300


@dataclass(frozen=True)
class Grid:
    """A table: caption, one explaining sentence, the file it comes from, heads, rows, footnotes;
    ``on_page`` is a sentence more for readers of the page, where cells are links, ``in_files`` one
    for those of files, which have no colours and no page around them; ``below`` names
    what stands below the values, unless these are intervals, in a copy as CSV; ``line`` says
    what a folded table holds."""

    caption: str
    explanation: str
    csv: str
    heads: Sequence[Row]
    rows: Sequence[Row]
    footnotes: Sequence[tuple[str, str]] = ()
    classes: tuple[str, ...] = ()
    on_page: str = ""
    in_files: str = ""
    below: str = "note"
    line: str = ""

    @property
    def is_large(self) -> bool:
        """Whether a page should build it only when it is opened."""
        return sum(len(row.cells) for row in self.rows) > LARGE


@dataclass
class Footnotes:
    """The reasons for missing values of one table, each with its letter, in order of appearance."""

    reasons: dict[str, str] = field(default_factory=dict)

    def mark(self, reason: str) -> str:
        """The letter of ``reason``."""
        if reason not in self.reasons:
            self.reasons[reason] = _letters(len(self.reasons))
        return self.reasons[reason]

    def missing(self, reason: str, classes: tuple[str, ...] = ()) -> Cell:
        """A cell for a missing value: an en dash with the reason as tooltip and footnote."""
        return Cell(
            MISSING, title=reason, mark=self.mark(reason), classes=("number", "missing", *classes)
        )

    def listed(self) -> list[tuple[str, str]]:
        """(letter, reason) of every footnote."""
        return [(letter, reason) for reason, letter in self.reasons.items()]


def _letters(index: int) -> str:
    """a … z, aa, ab, …"""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = string.ascii_lowercase[rest] + text
    return text


def browser_link(**filters: str | Sequence[str]) -> str:
    """A link to the segment explorer with these filters set (see assets/explorer/state.js)."""
    pairs = [
        (key, clean_surrogates(text))
        for key, value in filters.items()
        for text in ([value] if isinstance(value, str) else value)
    ]
    return "#segments?" + urlencode(pairs)

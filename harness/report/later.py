"""Parts of the page that its script makes when a reader asks for them: tables behind a fold, tables
that can be chosen.

A template renders a part like any other; here its elements become lists, which are packed with
those of the other parts (packing.py). So neither the parser nor the layout of the browser spends
time on tables that nobody opens. The script makes elements from the lists and sets attributes and
texts one by one (assets/explorer/later.js): no text of the data is parsed as markup.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from markupsafe import Markup

from harness.report.packing import packed

__all__ = ["LaterParts", "elements_of"]

#: Attributes that an HTML parser gives back in small letters.
CASED = {"viewbox": "viewBox", "preserveaspectratio": "preserveAspectRatio"}
#: Elements in which white space between elements means nothing.
SPACELESS = {"table", "thead", "tbody", "tr", "ul", "li", "dl", "figure", "svg", "div"}


class LaterParts:
    """The parts of one page; called by a template with a rendered part, gives its number."""

    def __init__(self) -> None:
        self._parts: list[list[Any]] = []

    def __call__(self, part: Markup) -> int:
        """Keep ``part``; the number by which the page names it (``data-part``)."""
        self._parts.append(elements_of(part))
        return len(self._parts) - 1

    def packed(self) -> str:
        """All parts, each a list of nodes, as letters."""
        return packed(self._parts)


def elements_of(markup: str) -> list[Any]:
    """The nodes of ``markup``: a text is a string, an element a list of its name, its attributes
    and its nodes."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.nodes


class _Reader(HTMLParser):
    """Reads markup in which every element is closed, as templates write it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.nodes: list[Any] = []
        self._open: list[list[Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        self._open.append(self._into()[-1])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {CASED.get(name, name): value or "" for name, value in attrs}
        self._into().append([tag, named])

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop()[0] != tag:
            raise ValueError(f"</{tag}> closes no element")

    def handle_data(self, data: str) -> None:
        if not data.isspace() or (self._open and self._open[-1][0] not in SPACELESS):
            self._into().append(data)

    def _into(self) -> list[Any]:
        """Where the next node goes: after name, attributes and nodes of the open element."""
        return self._open[-1] if self._open else self.nodes

"""A place in a text as JSON Lines give it: by the exact text, or by offsets in code points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.errors import unknown_name
from harness.tables import SIDES
from harness.test_sets.readers.json_lines import JsonObject

__all__ = ["PLACE", "Span", "places_of", "read_span"]

#: The keys that say where a span is.
PLACE = ("side", "text", "occurrence", "start", "end")
_LONGEST_QUOTE = 160

#: Side, start, end; None, None: no span.
Span = tuple[str, int | None, int | None]


def read_span(item: JsonObject, texts: Mapping[str, str], default: str) -> Span:
    """The span that ``item`` describes: its side, start and end (None, None: no span)."""
    side = item.text("side", default)
    if side not in SIDES:
        raise unknown_name("side", side, SIDES, file=item.file, line=item.line)
    text = texts[side]
    has_offsets = "start" in item.values or "end" in item.values
    if has_offsets:
        item.keys(("start", "end"), tuple(item.values))
        start, end = item.whole("start", 0, least=0), item.whole("end", 0, least=0)
        if not start <= end <= len(text):
            item.fail(
                f"the span of {item.what} is outside the {side}",
                found=f"start {start}, end {end}",
                expected=f"0 <= start <= end <= {len(text)}, the length of the {side}",
            )
    if "text" not in item.values:
        if "occurrence" in item.values:
            item.fail(f"{item.what} has an 'occurrence' but no 'text'")
        return (side, start, end) if has_offsets else (side, None, None)
    wanted = item.text("text")
    if has_offsets:
        if text[start:end] != wanted:
            item.fail(
                f"the text and the offsets of {item.what} disagree",
                found=f"{text[start:end]!r} from {start} to {end}",
                expected=repr(wanted),
                remedy="leave one of them out",
            )
        return side, start, end
    return (side, *_located(item, wanted, text, side, texts))


def _located(
    item: JsonObject, wanted: str, text: str, side: str, texts: Mapping[str, str]
) -> tuple[int, int]:
    """Where ``wanted`` stands in ``text``: its ``occurrence``-th place."""
    if not wanted:
        item.fail(
            f"the 'text' of {item.what} is empty",
            remedy="leave 'text' out where the error has no span",
        )
    places = list(places_of(wanted, text))
    occurrence = item.whole("occurrence", 1, least=1)
    if not places:
        other = next(s for s in SIDES if s != side)
        remedy = "copy the text exactly, with its quotation marks and spaces"
        if wanted in texts[other]:
            remedy = f'the {other} holds it: add "side": "{other}"'
        elif (near := text.lower().find(wanted.lower())) >= 0:
            remedy = f"did you mean {text[near : near + len(wanted)]!r}?"
        item.fail(
            f"the text of {item.what} is not in the {side}",
            found=repr(wanted),
            expected="a part of: "
            + (text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"),
            remedy=remedy,
        )
    if occurrence > len(places):
        item.fail(
            f"the text of {item.what} has no occurrence {occurrence} in the {side}",
            found=f"{wanted!r}, {len(places)} times",
            expected=f"an occurrence from 1 to {len(places)}",
        )
    start = places[occurrence - 1]
    return start, start + len(wanted)


def places_of(wanted: str, text: str) -> Iterator[int]:
    """Every position of ``text`` where ``wanted`` begins."""
    position = text.find(wanted)
    while position >= 0:
        yield position
        position = text.find(wanted, position + 1)

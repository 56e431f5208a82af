"""Expressions marked in the source: multi-word expressions and named entities of 28 kinds.

The format is that of https://github.com/florethsong/mtme-zh-mwe (Song and Xu 2024, "Benchmarking
the Performance of Machine Translation Evaluation Metrics with Chinese Multiword Expressions"), one
JSON list with an object for each line of the source::

    {"index": 0, "property": "mwe", "categories": [
        {"start": 3, "end": 5, "value": "…", "category": "VID"},
        {"start": [0, 1], "end": [4, 6], "value": ["…", "…"], "category": "CON"}]}

``index`` counts lines from 0, offsets count code points. An expression of two parts has lists:
there ``start`` is the whole span of the first part and ``end`` that of the second.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pandas as pd

from harness.errors import InputError, unknown_name
from harness.tables import PHENOMENA, table
from harness.test_sets.readers.json_files import read_list
from harness.test_sets.readers.json_lines import JsonObject
from harness.test_sets.readers.lines import LONGEST_LINE, existing_file

__all__ = ["KINDS", "Expressions", "read_expressions"]

#: Code of a kind in the file -> its name in tables. The first nine are multi-word expressions, the
#: others named entities and terms.
KINDS: Mapping[str, str] = {
    "NID": "noun-headed idiom",
    "ION": "separable word",
    "IDI": "four-character idiom",
    "CON": "special construction",
    "VID": "verb-headed idiom",
    "VPC.semi": "verb-particle construction",
    "LVC.full": "light verb construction",
    "LVC.cause": "causative light verb construction",
    "MVC": "multi-verb construction",
    "PERSON": "person",
    "NORP": "nationality, religion or politics",
    "FAC": "facility",
    "ORG": "organization",
    "GPE": "country, city or state",
    "LOC": "location",
    "PRODUCT": "product",
    "EVENT": "event",
    "WORK_OF_ART": "work of art",
    "LAW": "law",
    "LANGUAGE": "language",
    "DATE": "date",
    "TIME": "time",
    "PERCENT": "percentage",
    "MONEY": "money",
    "QUANTITY": "quantity",
    "ORDINAL": "ordinal number",
    "CARDINAL": "cardinal number",
    "TER": "technical term",
}

_KEYS = ("index", "categories")
_MARK_KEYS = ("start", "end", "value", "category")

#: [start, end) of a part; None: its place is not known.
_Span = tuple[int, int] | None


class Expressions(NamedTuple):
    """The table PHENOMENA, and what reading found, in sentences."""

    phenomena: pd.DataFrame
    notes: tuple[str, ...]


def read_expressions(
    path: str | Path, name: str, sources: Sequence[str], kept: Sequence[int] | None = None
) -> Expressions:
    """The expressions that the file marks in ``sources``, for the test set ``name``.

    Parameters
    ----------
    sources
        The source texts of every line that the file is about.
    kept
        The positions, from 0, of the lines that the test set has; default: all. A segment's
        identifier is its position + 1. The notes count what is marked in these lines only.

    Notes
    -----
    Every mark is compared with the source. One that does not hold the text it gives is moved to
    the nearest place that does (the earlier of two). Where the source has that text nowhere, the
    expression keeps its kind and has no place (start and end null: it is somewhere in the
    segment). A mark that comes twice is read once. The notes count all three.

    Raises
    ------
    InputError
        The file is not such JSON; it has another number of entries than there are lines, or one out
        of order; a kind is none of :data:`KINDS`; an offset is not a whole number. The line named
        is the one that the entry begins in.
    """
    path = Path(path)
    entries = _entries(path, len(sources))
    rows: list[tuple[object, ...]] = []
    found: Counter[str] = Counter()
    for position in range(len(sources)) if kept is None else kept:
        seen: set[tuple[str, tuple[_Span, ...]]] = set()
        expression = 0
        entry = entries[position]
        for number, mark in enumerate(entry.values["categories"], start=1):
            what = f"mark {number} of index {position}"
            kind, parts = _mark(mark, what, entry)
            spans = tuple(_placed(*part, sources[position]) for part in parts)
            if (kind, spans) in seen and None not in spans:
                found["twice"] += 1
                continue
            if None in spans:
                found["nowhere"] += 1
                spans = (None,)
            elif any(span != (a, b) for span, (a, b, _) in zip(spans, parts, strict=True)):
                found["moved"] += 1
            seen.add((kind, spans))
            found["expressions"] += 1
            found["parted"] += len(spans) > 1
            key = (name, str(position + 1), expression)
            rows += [(*key, KINDS[kind], *(span or (None, None))) for span in spans]
            expression += 1
    phenomena = table(rows, PHENOMENA)
    return Expressions(phenomena, _notes(phenomena, found))


def _entries(path: Path, expected: int) -> list[JsonObject]:
    """The entry of each line, checked."""
    if existing_file(path).stat().st_size > LONGEST_LINE:
        raise InputError(
            "the file is too large", file=path, expected=f"at most {LONGEST_LINE:,} bytes"
        )
    entries = list(read_list(path, "the entry"))
    if len(entries) != expected:
        raise InputError(
            "the file has not an entry for each line of the source",
            file=path,
            found=f"{len(entries):,} entries",
            expected=f"a list of {expected:,} entries",
        )
    for position, entry in enumerate(entries):
        values = entry.values
        if not set(_KEYS) <= set(values):
            wanted = "{index: 0, categories: […]}"
            _fail(entry, f"entry {position} is none", values, wanted)
        if type(values["index"]) is not int or values["index"] != position:
            message = f"entry {position} has another index"
            _fail(entry, message, values["index"], str(position))
        if not isinstance(values["categories"], list):
            message = f"the categories of index {position} are not a list"
            _fail(entry, message, values["categories"])
    return entries


def _fail(entry: JsonObject, message: str, found: Any, expected: str | None = None) -> NoReturn:
    text = json.dumps(found, ensure_ascii=True)
    entry.fail(message, found=text[:100], expected=expected)


def _mark(mark: Any, what: str, entry: JsonObject) -> tuple[str, list[tuple[int, int, str]]]:
    """The kind of an expression, and start, end and text of each of its parts."""
    if not isinstance(mark, dict) or not set(_MARK_KEYS) <= set(mark):
        _fail(entry, f"{what} lacks a key", mark, ", ".join(_MARK_KEYS))
    kind, value = mark["category"], mark["value"]
    if not isinstance(kind, str) or kind not in KINDS:
        error = unknown_name("kind of expression", str(kind), KINDS)
        entry.fail(error.message, found=what, expected=error.expected, remedy=error.remedy)
    if isinstance(value, list):
        texts, spans = value, [mark["start"], mark["end"]]
    else:
        texts, spans = [value], [[mark["start"], mark["end"]]]
    if len(texts) != len(spans) or not all(isinstance(text, str) and text for text in texts):
        _fail(entry, f"{what} has not a text for each part", value, "a text, or a list of two")
    for span in spans:
        whole = isinstance(span, list) and len(span) == 2 and all(type(n) is int for n in span)
        if not whole:
            _fail(entry, f"an offset of {what} is not a whole number", span, "start, end")
    return kind, [(a, b, text) for (a, b), text in zip(spans, texts, strict=True)]


def _placed(start: int, end: int, text: str, source: str) -> _Span:
    """Where the text stands in the source: as marked, or else at the nearest place."""
    if 0 <= start < end and source[start:end] == text:
        return start, end
    places = []
    at = source.find(text)
    while at >= 0:
        places.append(at)
        at = source.find(text, at + 1)
    if not places:
        return None
    nearest = min(places, key=lambda place: abs(place - start))
    return nearest, nearest + len(text)


def _notes(phenomena: pd.DataFrame, found: Mapping[str, int]) -> tuple[str, ...]:
    total = found["expressions"]
    notes = [
        f"{total:,} expressions of {phenomena['phenomenon'].nunique()} kinds are marked in"
        f" {phenomena['segment_id'].nunique():,} sources, {found['parted']:,} of them in two parts"
    ]
    if found["moved"]:
        notes.append(
            f"{found['moved']:,} of {total:,} marked expressions differ from what stands in the"
            " source at their offsets; they were moved to the nearest place that holds their text"
        )
    if found["nowhere"]:
        notes.append(
            f"{found['nowhere']:,} of {total:,} marked expressions differ from the source and stand"
            " nowhere in it; they count for their segment, without a place"
        )
    if found["twice"]:
        notes.append(f"{found['twice']:,} marks that came twice were dropped")
    return tuple(notes)

"""Annotations as JSON Lines: one object for each segment, system and rater::

    {"segment_id": "5", "system": "published_mt", "rater": "pass1", "errors": [
      {"category": "accuracy/mistranslation", "severity": "major", "text": "Mayor An District"}]}

(on one line). An empty list of errors means: annotated, nothing found. A span is given by its
exact ``text`` (with ``occurrence``, counted from 1 over every place where the text begins, where
it occurs more than once) or by ``start`` and ``end`` (code points; end is one past the last); if
both are given they must agree. An error without either has no span.

``side`` says which text holds the span: "source" or "target". Left out, it is the source for
omissions and faults of the source, else the target. An error with several spans lists them under
``spans``, each with these keys. ``note`` (of the error or the whole annotation) is the annotator's
comment and is not read; ``label`` is what another file called the category.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from harness.errors import unknown_name
from harness.readers.json_lines import JsonObject, read_objects
from harness.readers.spans import side_without_span
from harness.tables import ANNOTATIONS, ERROR_SPANS, SIDES, TestSet, table
from harness.taxonomy import category_of, code_of, severity_of

__all__ = ["objects", "read"]

_KEY = ("segment_id", "system", "rater")
_PLACE = ("side", "text", "occurrence", "start", "end")
_LONGEST_QUOTE = 160

Span = tuple[str, int | None, int | None]


def read(
    path: str | Path, test_set: TestSet, labels: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables ANNOTATIONS and ERROR_SPANS of the annotations in ``path``.

    Raises
    ------
    InputError
        With file and line: a line has another form; an unknown segment, system, category,
        severity or side; a span that is not in its text; two annotations by one rater of one
        translation.
    """
    segments, hypotheses = test_set.segments, test_set.hypotheses
    sources = dict(zip(segments["segment_id"], segments["source"], strict=True))
    pairs = zip(hypotheses["system"], hypotheses["segment_id"], strict=True)
    targets = dict(zip(pairs, hypotheses["hypothesis"], strict=True))
    systems = set(hypotheses["system"])
    first_lines: dict[tuple[str, ...], int] = {}
    spans: list[tuple[object, ...]] = []
    for item in read_objects(path, "the annotation"):
        item.keys((*_KEY, "errors"), ("note",))
        segment_id, system, rater = (item.text(key, blank=False) for key in _KEY)
        item.text("note", "")
        for kind, name, known in (("segment", segment_id, sources), ("system", system, systems)):
            if name not in known:
                raise unknown_name(kind, name, known, file=item.file, line=item.line)
        if (system, segment_id) not in targets:
            item.fail(f"the system {system!r} has no hypothesis for segment {segment_id!r}")
        key = (test_set.name, system, segment_id, rater)
        if key in first_lines:
            item.fail(
                f"the rater {rater!r} annotates segment {segment_id!r} of {system!r} twice",
                found=f"line {first_lines[key]} is of the same translation and rater",
                expected="one line, with all errors in its list",
            )
        first_lines[key] = item.line
        texts = {"source": sources[segment_id], "target": targets[system, segment_id]}
        for number, error in enumerate(item.objects("errors", "error")):
            described = _error(error, texts, labels)
            spans.extend((*key, number, *described[0], *span) for span in described[1])
    return table(list(first_lines), ANNOTATIONS), table(spans, ERROR_SPANS)


def _error(
    error: JsonObject, texts: Mapping[str, str], labels: Mapping[str, str] | None
) -> tuple[tuple[str, str, str, str], list[Span]]:
    """(category, subcategory, severity, label) of one error, and its spans."""
    error.keys(("category", "severity"), (*_PLACE, "spans", "label", "note"))
    error.text("note", "")
    raw = error.text("category")
    place = {"file": error.file, "line": error.line}
    category, subcategory = category_of(raw, labels=labels, **place)  # type: ignore[arg-type]
    severity = severity_of(error.text("severity"), **place)  # type: ignore[arg-type]
    side = side_without_span(category, subcategory)
    if "spans" in error.values:
        if any(key in error.values for key in _PLACE):
            error.fail(
                f"{error.what} gives a span beside its list of spans",
                expected="all of them in 'spans'",
            )
        items = error.objects("spans", f"{error.what}, span")
        for item in items:
            item.keys((), _PLACE)
        if not items:
            error.fail(
                f"the 'spans' of {error.what} are empty", remedy="leave 'spans' out: no span"
            )
    else:
        items = [error]
    label = error.text("label", raw)
    return (category, subcategory, severity, label), [_span(i, texts, side) for i in items]


def _span(item: JsonObject, texts: Mapping[str, str], default: str) -> Span:
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
    places = list(_places(wanted, text))
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


def _places(wanted: str, text: str) -> Iterator[int]:
    """Every position of ``text`` where ``wanted`` begins."""
    position = text.find(wanted)
    while position >= 0:
        yield position
        position = text.find(wanted, position + 1)


def objects(test_set: TestSet) -> Iterator[dict[str, Any]]:
    """The annotations of ``test_set`` as objects that :func:`read` reads, in the table's order."""
    sources = dict(zip(test_set.segments["segment_id"], test_set.segments["source"], strict=True))
    frame = test_set.hypotheses
    pairs = zip(frame["system"], frame["segment_id"], strict=True)
    targets = dict(zip(pairs, frame["hypothesis"], strict=True))
    errors: dict[tuple[str, ...], dict[int, dict[str, Any]]] = {}
    for record in test_set.error_spans.to_dict("records"):
        row: dict[str, Any] = {str(column): value for column, value in record.items()}
        key = (row["system"], row["segment_id"], row["rater"])
        text = sources[row["segment_id"]] if row["side"] == "source" else targets[key[:2]]
        error = errors.setdefault(key, {}).setdefault(int(row["error"]), _described(row))
        error["spans"].append(_written_span(row["side"], row["start"], row["end"], text))
    order = test_set.annotations[["system", "segment_id", "rater"]]
    for system, segment_id, rater in order.itertuples(index=False, name=None):
        found = errors.get((system, segment_id, rater), {})
        yield {
            "segment_id": segment_id,
            "system": system,
            "rater": rater,
            "errors": [_flat(found[number]) for number in sorted(found)],
        }


def _described(row: Mapping[str, Any]) -> dict[str, Any]:
    """An error without its spans."""
    code = code_of(row["category"], row["subcategory"])
    label = {"label": row["label"]} if row["label"] != code else {}
    return {"category": code, "severity": row["severity"], **label, "spans": []}


def _written_span(side: str, start: Any, end: Any, text: str) -> dict[str, Any]:
    if pd.isna(start):
        return {"side": side}
    wanted = text[start:end]
    if not wanted:
        return {"side": side, "start": int(start), "end": int(end)}
    occurrence = list(_places(wanted, text)).index(start) + 1
    return {"side": side, "text": wanted} | ({"occurrence": occurrence} if occurrence > 1 else {})


def _flat(error: dict[str, Any]) -> dict[str, Any]:
    """An error with one span, without the list."""
    spans = error.pop("spans")
    return error | (spans[0] if len(spans) == 1 else {"spans": spans})

"""The rows of a test set's tables as the objects that the JSON Lines readers read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

import pandas as pd

from harness.tables import TestSet
from harness.test_sets.readers.jsonl_numbers import NumbersFile
from harness.test_sets.readers.jsonl_phenomena import LABELS
from harness.test_sets.readers.jsonl_spans import places_of
from harness.test_sets.taxonomy import code_of

__all__ = ["annotation_lines", "number_lines", "phenomenon_lines"]

#: Numbers in one line; more go into further lines.
LONGEST = 10_000


def annotation_lines(test_set: TestSet) -> Iterator[dict[str, Any]]:
    """The annotations, in the table's order."""
    sources = _sources(test_set)
    frame = test_set.hypotheses
    pairs = zip(frame["system"], frame["segment_id"], strict=True)
    targets = dict(zip(pairs, frame["hypothesis"], strict=True))
    errors: dict[tuple[str, ...], dict[int, dict[str, Any]]] = {}
    for record in test_set.error_spans.to_dict("records"):
        row: dict[str, Any] = {str(column): value for column, value in record.items()}
        key = (row["system"], row["segment_id"], row["rater"])
        text = sources[row["segment_id"]] if row["side"] == "source" else targets[key[:2]]
        error = errors.setdefault(key, {}).setdefault(int(row["error"]), _described(row))
        error["spans"].append({"side": row["side"], **_place(row["start"], row["end"], text)})
    order = test_set.annotations[["system", "segment_id", "rater"]]
    for system, segment_id, rater in order.itertuples(index=False, name=None):
        found = errors.get((system, segment_id, rater), {})
        yield {
            "segment_id": segment_id,
            "system": system,
            "rater": rater,
            "errors": [_flat(found[number]) for number in sorted(found)],
        }


def _sources(test_set: TestSet) -> dict[str, str]:
    return dict(zip(test_set.segments["segment_id"], test_set.segments["source"], strict=True))


def _described(row: Mapping[str, Any]) -> dict[str, Any]:
    """An error without its spans."""
    code = code_of(row["category"], row["subcategory"])
    label = {"label": row["label"]} if row["label"] != code else {}
    return {"category": code, "severity": row["severity"], **label, "spans": []}


def _place(start: Any, end: Any, text: str) -> dict[str, Any]:
    """The keys that say where a span of ``text`` is; {}: nowhere."""
    if pd.isna(start):
        return {}
    wanted = text[start:end]
    if not wanted or not text.startswith(wanted, start):
        return {"start": int(start), "end": int(end)}
    occurrence = list(places_of(wanted, text)).index(start) + 1
    return {"text": wanted} | ({"occurrence": occurrence} if occurrence > 1 else {})


def _flat(error: dict[str, Any]) -> dict[str, Any]:
    """An error with one span, without the list."""
    spans = error.pop("spans")
    return error | (spans[0] if len(spans) == 1 else {"spans": spans})


def number_lines(frame: pd.DataFrame, kind: NumbersFile) -> Iterator[dict[str, Any]]:
    """The rows of a table of numbers: an object for each run of rows of one kind and system, so
    that the order of the table comes back."""
    labels = list(kind.labels)
    rows = zip(*(frame[name].to_numpy(dtype=object) for name in [*labels, "system"]), strict=True)
    start = 0
    segments = frame["segment_id"].to_numpy(dtype=object)
    values = frame[kind.schema.names[-1]].to_numpy()
    for key, run in groupby(rows):
        end = start + sum(1 for _ in run)
        for first in range(start, end, LONGEST):
            part = slice(first, min(first + LONGEST, end))
            pairs = zip(segments[part], values[part].tolist(), strict=True)
            yield {**dict(zip([*labels, "system"], key, strict=True)), kind.numbers: dict(pairs)}
        start = end


def phenomenon_lines(test_set: TestSet) -> Iterator[dict[str, Any]]:
    """The rows of the table PHENOMENA."""
    sources = _sources(test_set)
    names = [column.name for column in LABELS]
    for record in test_set.phenomena.to_dict("records"):
        row: dict[str, Any] = {str(column): value for column, value in record.items()}
        place = _place(row["start"], row["end"], sources[row["segment_id"]])
        yield {"segment_id": row["segment_id"], **{name: row[name] for name in names}, **place}

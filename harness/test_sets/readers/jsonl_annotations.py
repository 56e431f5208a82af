"""Annotations as JSON Lines: one object per segment, system and rater::

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

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from harness.errors import unknown_name
from harness.tables import ANNOTATIONS, ERROR_SPANS, TestSet, table
from harness.test_sets.readers.json_lines import JsonObject, read_objects
from harness.test_sets.readers.jsonl_spans import PLACE, Span, read_span
from harness.test_sets.readers.spans import side_without_span
from harness.test_sets.taxonomy import category_of, severity_of

__all__ = ["read"]

_KEY = ("segment_id", "system", "rater")


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
    error.keys(("category", "severity"), (*PLACE, "spans", "label", "note"))
    error.text("note", "")
    raw = error.text("category")
    place = {"file": error.file, "line": error.line}
    category, subcategory = category_of(raw, labels=labels, **place)  # type: ignore[arg-type]
    severity = severity_of(error.text("severity"), **place)  # type: ignore[arg-type]
    side = side_without_span(category, subcategory)
    if "spans" in error.values:
        if any(key in error.values for key in PLACE):
            error.fail(
                f"{error.what} gives a span beside its list of spans",
                expected="all of them in 'spans'",
            )
        items = error.objects("spans", f"{error.what}, span")
        for item in items:
            item.keys((), PLACE)
        if not items:
            error.fail(
                f"the 'spans' of {error.what} are empty", remedy="leave 'spans' out: no span"
            )
    else:
        items = [error]
    label = error.text("label", raw)
    return (category, subcategory, severity, label), [read_span(i, texts, side) for i in items]

"""The annotations and error spans of the segment browser, as columns of numbers."""

from __future__ import annotations

from typing import Any

import pandas as pd

from harness.report.columnar import Names
from harness.report.content import ReportContent, records
from harness.support.formatting import is_missing
from harness.tables import SIDES
from harness.test_sets.taxonomy import SEVERITIES, code_of

__all__ = ["annotation_data", "metric_span_data"]

_COLUMNS = ("annotation", "error", "category", "severity", "label", "side", "start", "end")


def annotation_data(
    content: ReportContent, systems: Names, order: Names
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Who annotated what, and the errors marked, each as columns.

    ``systems`` and ``order`` give the places of systems and segments; others are left out. The
    column ``annotation`` of the errors is a place in the columns of the annotations.
    """
    test_set = content.test_set
    raters = Names(sorted(test_set.annotations["rater"].unique()))
    keys = Names()
    for frame in (test_set.annotations, test_set.error_spans):
        rows = zip(frame["system"], frame["segment_id"], frame["rater"], strict=True)
        for system, segment, rater in rows:
            if system in systems.places and segment in order.places:
                raters.place(rater)
                keys.place((system, segment, rater))
    ratings: list[float | None] = [None] * len(keys.places)
    by_rater = content.table("rater_ratings")
    if by_rater is not None:
        total = by_rater[by_rater["category"] == "all"]
        columns = (total[c] for c in ("system", "segment_id", "rater", "rating"))
        for system, segment, rater, value in zip(*columns, strict=True):
            place = keys.places.get((system, segment, rater))
            if place is not None and not is_missing(value):
                ratings[place] = round(float(value), 4)
    annotations = {
        "raters": raters.listed(),
        "system": [systems.places[k[0]] for k in keys.places],  # type: ignore[index]
        "segment": [order.places[k[1]] for k in keys.places],  # type: ignore[index]
        "rater": [raters.places[k[2]] for k in keys.places],  # type: ignore[index]
        "rating": ratings,
    }
    return annotations, _spans(content, keys)


def metric_span_data(content: ReportContent, systems: Names, order: Names) -> dict[str, Any]:
    """What metrics mark, as columns; ``words`` are their names of severities and categories."""
    table = content.table("metric_spans")
    words, metrics = Names([""]), Names()
    columns: dict[str, list[int]] = {
        name: [] for name in ("metric", "segment", "system", "start", "end", "severity", "category")
    }
    for row in records(table) if table is not None else ():
        if row.system not in systems.places or row.segment_id not in order.places:
            continue
        if row.side != "target":  # the browser shows marks in translations
            continue
        for name, value in (
            ("metric", metrics.place(row.metric)),
            ("segment", order.places[row.segment_id]),
            ("system", systems.places[row.system]),
            ("start", int(row.start)),
            ("end", int(row.end)),
            ("severity", words.place(row.severity)),
            ("category", words.place(row.category)),
        ):
            columns[name].append(value)
    return {**columns, "metrics": metrics.listed(), "words": words.listed()}


def _spans(content: ReportContent, annotations: Names) -> dict[str, Any]:
    spans = content.test_set.error_spans
    codes, labels = Names(), Names()
    columns: dict[str, list[int]] = {name: [] for name in _COLUMNS}
    views = {name: Names() for name in content.span_views}
    of_view: dict[str, list[int]] = {name: [] for name in views}
    for place, row in enumerate(records(spans)):
        annotation = annotations.places.get((row.system, row.segment_id, row.rater))
        if annotation is None:
            continue
        for name, value in (
            ("annotation", annotation),
            ("error", int(row.error)),
            ("category", codes.place((row.category, code_of(row.category, row.subcategory)))),
            ("severity", SEVERITIES.index(row.severity)),
            ("label", labels.place(row.label)),
            ("side", SIDES.index(row.side)),
            ("start", -1 if pd.isna(row.start) else int(row.start)),
            ("end", -1 if pd.isna(row.end) else int(row.end)),
        ):
            columns[name].append(value)
        for name, names in views.items():
            category = content.span_views[name][place]
            of_view[name].append(names.place(category) if category else -1)
    return {
        **columns,
        "first_levels": [c[0] for c in codes.places],  # type: ignore[index]
        "codes": [c[1] for c in codes.places],  # type: ignore[index]
        "labels": labels.listed(),
        "views": [
            {"name": n, "categories": v.listed(), "of": of_view[n]} for n, v in views.items()
        ],
    }

"""The data of the segment browser: texts, scores, ratings and error spans as compact JSON.

Everything is columnar and every name is written once, as a place in a list; the reader of this
format is assets/report.js. Offsets are Unicode code points. ``null`` is a missing value, -1 an
offset that an error does not have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness.report.columnar import Names, inert_json
from harness.report.content import ReportContent, records
from harness.report.formatting import is_missing, is_safe_language
from harness.report.metric_info import MetricInfo, metric_infos
from harness.report.span_data import annotation_data
from harness.report.system_table import ordered_systems
from harness.tables import SIDES
from harness.taxonomy import SEVERITIES

__all__ = ["BrowserData", "browser_data", "encode", "language"]


@dataclass(frozen=True)
class BrowserData:
    """The JSON text, and how many of the test set's segments it holds."""

    json: str
    shown: int
    total: int


def browser_data(content: ReportContent) -> BrowserData:
    """The browser's data, cut to the first segments where the options' limits ask for it."""
    total = len(content.test_set.segments)
    shown = min(total, content.options.max_segments)
    limit = int(content.options.max_browser_megabytes * 1_000_000)
    while True:
        text = inert_json(encode(content, shown))
        size = len(text.encode())
        if size <= limit or shown <= 1:
            return BrowserData(text, shown, total)
        shown = max(1, min(shown - 1, int(shown * 0.95 * limit / size)))


def encode(content: ReportContent, shown: int) -> dict[str, Any]:
    """The browser's data for the first ``shown`` segments, as lists and numbers."""
    test_set = content.test_set
    segments = test_set.segments.iloc[:shown]
    order = Names(segments["segment_id"])
    documents = Names()
    names = ordered_systems(content)
    systems = Names(names)
    infos = metric_infos(content)
    annotations, spans = annotation_data(content, systems, order)
    return {
        "source_language": language(test_set.card, "source_language", "zh"),
        "target_language": language(test_set.card, "target_language", "en"),
        "page_size": content.options.page_size,
        "systems_shown": content.options.systems_shown,
        "ids": segments["segment_id"].tolist(),
        "document_of": [documents.place(d) for d in segments["document"]],
        "documents": documents.listed(),
        "sources": segments["source"].tolist(),
        "references": _references(test_set.references, order, test_set.reference_names),
        "systems": names,
        "roles": [test_set.roles.get(n, "system") for n in names],
        "hypotheses": _by_system(test_set.hypotheses, "hypothesis", systems, order),
        **_scores(content.table("scores"), infos, systems, order),
        **_ratings(content.table("ratings"), systems, order),
        "severities": list(SEVERITIES),
        "sides": list(SIDES),
        "annotations": annotations,
        "spans": spans,
    }


def language(card: Mapping[str, Any], key: str, default: str) -> str:
    """The language tag that the card has under ``key``; 'und' where that is no tag."""
    tag = str(card.get(key, default))
    return tag if is_safe_language(tag) else "und"


def _references(
    references: pd.DataFrame, order: Names, names: Sequence[str]
) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = []
    for name in names:
        rows = references[references["reference_name"] == name]
        texts: list[str | None] = [None] * len(order.places)
        for segment, text in zip(rows["segment_id"], rows["reference"], strict=True):
            if segment in order.places:
                texts[order.places[segment]] = text
        listed.append({"name": name, "texts": texts})
    return listed


def _by_system(
    frame: pd.DataFrame, column: str, systems: Names, order: Names, decimals: int | None = None
) -> list[list[Any]]:
    """``column`` as one list a system with a value (or None) a segment."""
    grid: list[list[Any]] = [[None] * len(order.places) for _ in systems.places]
    for system, segment, value in zip(
        frame["system"], frame["segment_id"], frame[column], strict=True
    ):
        if system in systems.places and segment in order.places:
            if decimals is not None:
                value = None if is_missing(value) else round(float(value), decimals)
            grid[systems.places[system]][order.places[segment]] = value
    return grid


def _scores(
    scores: pd.DataFrame | None, infos: Mapping[str, MetricInfo], systems: Names, order: Names
) -> dict[str, Any]:
    """Metrics (no sentinels) with segment scores, and why a score is missing: metric, system,
    segment, reason."""
    metrics: list[dict[str, object]] = []
    reasons = Names()
    missing: list[int] = []
    if scores is not None:
        of_segments = scores[scores["segment_id"].notna()]
        for name, info in infos.items():
            rows = of_segments[of_segments["metric"] == name]
            if rows.empty or info.is_sentinel:
                continue
            grid = _by_system(rows, "score", systems, order, info.decimals + 1)
            for row in records(rows[rows["score"].isna()]):
                if row.system in systems.places and row.segment_id in order.places:
                    missing += [
                        len(metrics),
                        systems.places[row.system],
                        order.places[row.segment_id],
                        reasons.place(row.status),
                    ]
            metrics.append({"label": info.label, "decimals": info.decimals, "scores": grid})
    return {"metrics": metrics, "missing": missing, "reasons": reasons.listed()}


def _ratings(ratings: pd.DataFrame | None, systems: Names, order: Names) -> dict[str, Any]:
    if ratings is None:
        return {"ratings": None, "n_raters": None}
    total = ratings[ratings["category"] == "all"]
    raters = _by_system(total, "n_raters", systems, order)
    return {
        "ratings": _by_system(total, "rating", systems, order, 4),
        "n_raters": [[None if is_missing(n) else int(n) for n in row] for row in raters],
    }

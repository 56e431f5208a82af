"""The data of the segment explorer: texts, scores, ratings, error spans, decided pairs.

Everything is columnar, every name is written once as a place in a list, and the whole is packed
(packing.py); the reader of this format is assets/explorer/data.js. Grids of texts and
numbers run over segments, within them over systems: translations of one sentence stand together,
which compresses. Offsets are Unicode code points. ``null`` is a missing text, -1 an offset that an
error does not have; coded_numbers.py says how numbers are written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from harness.ratings.rating import ANNOTATED
from harness.report.coded_numbers import coded, grid_of
from harness.report.columnar import Names
from harness.report.content import ReportContent
from harness.report.metric_info import MetricInfo, metric_infos
from harness.report.packing import packed
from harness.report.span_data import annotation_data, metric_span_data
from harness.report.system_table import ordered_systems
from harness.support.formatting import is_safe_language
from harness.tables import SIDES
from harness.test_sets.taxonomy import SEVERITIES

__all__ = ["BrowserData", "browser_data", "encode", "language"]

NO_SCORE = "this run has no score here"


@dataclass(frozen=True)
class BrowserData:
    """The packed text, how many of the test set's segments it holds, how many metrics gave segment
    scores, and whether their translations are rated."""

    text: str
    shown: int
    total: int
    metrics: int
    has_ratings: bool

    @property
    def is_rated(self) -> bool:
        """Whether scores can be held against ratings."""
        return self.metrics > 0 and self.has_ratings


def browser_data(content: ReportContent) -> BrowserData:
    """The explorer's data, cut to the first segments where the options' limits ask for it."""
    total = len(content.test_set.segments)
    shown = min(total, content.options.max_segments)
    limit = int(content.options.max_browser_megabytes * 1_000_000)
    while True:
        data = encode(content, shown)
        text = packed(data)
        if len(text) <= limit or shown <= 1:
            has_ratings = data["rating"] is not None
            return BrowserData(text, shown, total, len(data["metrics"]), has_ratings)
        shown = max(1, min(shown - 1, int(shown * 0.95 * limit / len(text))))


def encode(content: ReportContent, shown: int) -> dict[str, Any]:
    """The explorer's data for the first ``shown`` segments, as lists and numbers."""
    test_set = content.test_set
    segments = test_set.segments.iloc[:shown]
    order = Names(segments["segment_id"])
    documents, domains = Names(), Names()
    names = ordered_systems(content)
    systems = Names(names)
    annotations, spans = annotation_data(content, systems, order)
    hypotheses = test_set.hypotheses
    texts = grid_of(hypotheses, hypotheses["hypothesis"].to_numpy(object), systems, order, None)
    return {
        "source_language": language(test_set.card, "source_language", "zh"),
        "target_language": language(test_set.card, "target_language", "en"),
        "ids": segments["segment_id"].tolist(),
        "document_of": [documents.place(d) for d in segments["document"]],
        "documents": documents.listed(),
        "domain_of": [domains.place("" if pd.isna(d) else d) for d in segments["domain"]],
        "domains": domains.listed(),
        "sources": segments["source"].tolist(),
        "references": _references(test_set.references, order, test_set.reference_names),
        "systems": names,
        "roles": [test_set.roles.get(n, "system") for n in names],
        "hypotheses": texts.tolist(),
        **_scores(
            content.table("scores"), metric_infos(content), systems, order, _epsilons(content)
        ),
        **_ratings(content.table("ratings"), systems, order),
        "rated_by_marks": content.run.get("rating", ANNOTATED) == ANNOTATED,
        "severities": list(SEVERITIES),
        "sides": list(SIDES),
        "annotations": annotations,
        "spans": spans,
        "metric_spans": metric_span_data(content, systems, order),
        "decided": _decided(content.table("category_segments"), systems, order),
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


def _scores(
    scores: pd.DataFrame | None,
    infos: Mapping[str, MetricInfo],
    systems: Names,
    order: Names,
    epsilons: Mapping[str, float],
) -> dict[str, Any]:
    """Metrics (no sentinels) with segment scores, and the reasons why scores are missing."""
    metrics: list[dict[str, object]] = []
    reasons = Names([NO_SCORE])
    if scores is not None:
        of_segments = scores[scores["segment_id"].notna()]
        groups = dict(iter(of_segments.groupby("metric", sort=False)))
        for name, info in infos.items():
            if name not in groups or info.is_sentinel:
                continue
            rows = groups[name]
            values = grid_of(rows, rows["score"].to_numpy(float), systems, order, np.nan)
            lost = rows[rows["score"].isna()]
            places = np.array([reasons.place(s) for s in lost["status"]], dtype=np.int64)
            reason = grid_of(lost, places, systems, order, 0)
            metrics.append(
                {
                    "name": name,
                    "label": info.label,
                    "decimals": info.decimals,
                    "epsilon": epsilons.get(name),
                    **coded(values, reason, info.decimals + 1, epsilons.get(name, 0.0)),
                }
            )
    return {"metrics": metrics, "reasons": reasons.listed()}


def _epsilons(content: ReportContent) -> dict[str, float]:
    """For each metric the calibrated difference up to which accuracy with ties within segments
    takes scores for tied."""
    meta = content.table("meta_evaluation")
    if meta is None:
        return {}
    rows = meta[
        (meta["statistic"] == "acc_eq")
        & (meta["grouping"] == "item")
        & (meta["level"] == "segment")
        & (meta["category"] == "all")
        & (meta["subset"] == "all")
        & np.isfinite(meta["epsilon"])
    ]
    return {str(m): float(e) for m, e in zip(rows["metric"], rows["epsilon"], strict=True)}


def _ratings(ratings: pd.DataFrame | None, systems: Names, order: Names) -> dict[str, Any]:
    if ratings is None:
        return {"rating": None, "n_raters": None}
    total = ratings[ratings["category"] == "all"]
    values = grid_of(total, total["rating"].to_numpy(float), systems, order, np.nan)
    raters = grid_of(total, total["n_raters"].to_numpy(np.int64), systems, order, 0)
    return {"rating": coded(values, None, 4), "n_raters": raters.ravel().tolist()}


def _decided(table: pd.DataFrame | None, systems: Names, order: Names) -> list[dict[str, Any]]:
    """For each view the pairs of translations that its categories decide, as columns: category,
    segment, better and worse system; in the order of the segments."""
    if table is None:
        return []
    listed = []
    for view, rows in table.groupby("view", sort=False):
        segment = pd.Index(order.listed(), dtype=object).get_indexer(pd.Index(rows["segment_id"]))
        index = pd.Index(systems.listed(), dtype=object)
        first, second = (index.get_indexer(pd.Index(rows[c])) for c in ("system_1", "system_2"))
        is_first = rows["better_system"].to_numpy(np.int64) == 1
        codes, categories = pd.factorize(rows["category"])
        known = (segment >= 0) & (first >= 0) & (second >= 0)
        by_segment = np.flatnonzero(known)[np.argsort(segment[known], kind="stable")]
        columns = {
            "category": codes,
            "segment": segment,
            "better": np.where(is_first, first, second),
            "worse": np.where(is_first, second, first),
        }
        listed.append(
            {
                "view": str(view),
                "categories": [str(c) for c in categories],
                **{name: column[by_segment].tolist() for name, column in columns.items()},
            }
        )
    return listed

"""What metrics return besides scores, as tables: spans, statuses, details."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from harness.errors import InputError
from harness.metrics import MetricSpan, SegmentScores
from harness.scoring.score_tables import Scored
from harness.scoring.texts import AlignedTexts
from harness.tables import (
    METRIC_SPANS,
    SCORE_DETAILS,
    SCORE_STATUSES,
    SIDES,
    TestSet,
    table,
)

__all__ = ["extra_table", "span_table", "status_table"]

#: (metric, system) -> what the metric gave for all segments.
Results = Mapping[tuple[str, str], SegmentScores]


def span_table(test_set: TestSet, texts: AlignedTexts, results: Results) -> pd.DataFrame:
    """Table METRIC_SPANS: what the metrics mark in hypotheses and sources.

    Raises
    ------
    InputError
        A metric marks something outside the text, names an unknown side, or gives a confidence
        below 0 or above 1.
    """
    rows: list[tuple[Any, ...]] = []
    ids = list(test_set.segments["segment_id"])
    for (key, system), result in results.items():
        for i, own in enumerate(result.spans or ()):
            for span in own:
                text = texts.sources[i] if span.side == "source" else texts.hypotheses[system][i]
                _check_span(span, text or "", key, f"{system}, segment {ids[i]}")
                rows.append((test_set.name, system, ids[i], key, *_cells(span)))
    return table(rows, METRIC_SPANS)


def _cells(span: MetricSpan) -> tuple[Any, ...]:
    sure = float("nan") if span.confidence is None else span.confidence
    return span.start, span.end, span.severity, span.category, span.side, sure


def _check_span(span: MetricSpan, text: str, key: str, where: str) -> None:
    if span.side not in SIDES:
        raise InputError(
            f"the metric {key!r} names an unknown side",
            found=f"{span.side!r} in {where}",
            expected=" or ".join(SIDES),
        )
    if not 0 <= span.start <= span.end <= len(text):
        name = "source" if span.side == "source" else "hypothesis"
        raise InputError(
            f"the metric {key!r} marks something outside the text",
            found=f"{span.start} to {span.end} in {where}",
            expected=f"code points from 0 to {len(text)}, the {name}'s length",
        )
    if span.confidence is not None and not 0 <= span.confidence <= 1:
        raise InputError(
            f"the metric {key!r} gives an invalid confidence",
            found=f"{span.confidence} in {where}",
            expected="a number from 0 to 1, or none",
        )


def status_table(test_set: TestSet, scored: Sequence[Scored]) -> pd.DataFrame:
    """Table SCORE_STATUSES: the number of segments with each status, for every system and metric
    for which not all segments are ok."""
    concerned = {one.key for one in scored if not one.all_ok}
    rows = []
    for one in scored if concerned else ():
        if one.key not in concerned:
            continue
        kinds, counts = np.unique(one.segments()[1].astype(str), return_counts=True)
        for status, n in zip(kinds.tolist(), counts.tolist(), strict=True):
            kind, _, reason = status.partition(": ")
            rows.append((test_set.name, one.system, one.key, kind, reason, n))
    return table(rows, SCORE_STATUSES)


def extra_table(test_set: TestSet, results: Results) -> pd.DataFrame:
    """Table SCORE_DETAILS: what the metrics return besides the score of a segment, as JSON."""
    ids = list(test_set.segments["segment_id"])
    rows = [
        (test_set.name, system, ids[i], key, json.dumps(own, ensure_ascii=False, allow_nan=False))
        for (key, system), result in results.items()
        for i, own in enumerate(result.extra or ())
        if own
    ]
    return table(rows, SCORE_DETAILS)

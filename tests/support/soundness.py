"""What holds of everything that was read, whatever the file: no reader may break it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from harness.support.checks import LARGEST_NUMBER
from harness.tables import (
    ANNOTATIONS,
    ERROR_SPANS,
    GIVEN_RATINGS,
    HYPOTHESES,
    PHENOMENA,
    REFERENCES,
    SEGMENTS,
    STORED_SCORES,
    TestSet,
    conform,
)

__all__ = ["faults"]

_SCHEMAS = (
    *(SEGMENTS, REFERENCES, HYPOTHESES, ANNOTATIONS, ERROR_SPANS),
    *(GIVEN_RATINGS, STORED_SCORES, PHENOMENA),
)


def faults(read: Any) -> list[str]:
    """What is wrong with a test set, a table of numbers or scores by metric; empty: nothing."""
    if isinstance(read, TestSet):
        return list(_of_test_set(read))
    if isinstance(read, pd.DataFrame):
        return _of_numbers(read.iloc[:, -1].to_numpy(float), missing=False)
    if isinstance(read, dict) and all(isinstance(own, dict) for own in read.values()):
        numbers = [number for own in read.values() for number in own.values()]
        return _of_numbers(np.array(numbers, dtype=float), missing=True)
    return []


def _of_numbers(numbers: np.ndarray[Any, Any], *, missing: bool) -> list[str]:
    known = numbers[~np.isnan(numbers)]
    found = []
    if (np.abs(known) > LARGEST_NUMBER).any():
        found.append("a number is infinite or too large")
    if not missing and len(known) < len(numbers):
        found.append("a number is missing")
    return found


def _of_test_set(test_set: TestSet) -> list[str]:
    found = []
    for schema in _SCHEMAS:
        frame = getattr(test_set, schema.name)
        conform(frame, schema)  # types, keys, no missing text
        for column in frame.select_dtypes("str"):
            try:
                frame[column].str.encode("utf-8")
            except UnicodeEncodeError:
                found.append(f"{schema.name}.{column} holds half a surrogate pair")
    segments = set(test_set.segments["segment_id"])
    if not segments or not len(test_set.hypotheses):
        found.append("there are no segments or no translations")
    for schema in _SCHEMAS[1:]:
        if not set(getattr(test_set, schema.name)["segment_id"]) <= segments:
            found.append(f"{schema.name} names a segment that there is not")
    found += _of_spans(test_set)
    found += _of_numbers(test_set.given_ratings["rating"].to_numpy(float), missing=False)
    found += _of_numbers(test_set.stored_scores["score"].to_numpy(float), missing=False)
    return found


def _of_spans(test_set: TestSet) -> list[str]:
    """Faults of the errors: each is of an annotation of a translation, and lies in its text."""
    frame = test_set.hypotheses
    targets = dict(
        zip(
            zip(frame["system"], frame["segment_id"], strict=True), frame["hypothesis"], strict=True
        )
    )
    sources = dict(zip(test_set.segments["segment_id"], test_set.segments["source"], strict=True))
    keys = ["system", "segment_id", "rater"]
    annotated = set(test_set.annotations[keys].itertuples(index=False, name=None))
    found = [
        f"{system} is annotated in segment {segment}, which it lacks"
        for system, segment, _ in annotated
        if (system, segment) not in targets
    ]
    for row in test_set.error_spans.itertuples(index=False):
        if (row.system, row.segment_id, row.rater) not in annotated:
            found.append("an error belongs to no annotation")
        text = targets.get((row.system, row.segment_id), "")
        text = text if row.side == "target" else sources[row.segment_id]
        found += _of_span(row.start, row.end, text)
    for row in test_set.phenomena.itertuples(index=False):
        found += _of_span(row.start, row.end, sources[row.segment_id])
    return found


def _of_span(start: Any, end: Any, text: str) -> list[str]:
    if pd.isna(start) and pd.isna(end):
        return []
    if pd.isna(start) or pd.isna(end) or not 0 <= start <= end <= len(text):
        return [f"the span from {start} to {end} is not in a text of {len(text)} characters"]
    return [] if math.isfinite(start + end) else ["a span is infinite"]

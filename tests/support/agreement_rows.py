"""Made-up rows of META_EVALUATION and METRIC_TESTS, from the columns that a test cares about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from harness.tables import META_EVALUATION, METRIC_TESTS, Schema, table

__all__ = ["meta_evaluation_of", "metric_tests_of"]

#: The columns of a row of META_EVALUATION, in order; the others are missing.
META = (
    *("test_set", "level", "category", "metric", "statistic", "grouping", "system_score"),
    *("value", "low", "high", "n_systems", "n_segments", "n_pairs", "n_excluded", "ceiling"),
    *("chance", "cluster", "note", "subset", "subset_value", "cluster_unadjusted", "epsilon"),
    *("n_documents", "interval_method", "ceiling_note", "confidence"),
)
#: The same of METRIC_TESTS.
TESTS = (
    *("test_set", "level", "statistic", "grouping", "system_score", "metric_1", "metric_2"),
    *("difference", "p", "p_adjusted", "n_documents", "category", "value_1", "value_2", "family"),
    *("method", "samples", "exact", "n_systems", "n_segments", "n_excluded", "note", "alpha"),
)


def meta_evaluation_of(rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """META_EVALUATION of rows in the order of :data:`META`."""
    return _table(rows, META, META_EVALUATION, {"in_best_set": False})


def metric_tests_of(rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """METRIC_TESTS of two-sided tests, of rows in the order of :data:`TESTS`."""
    return _table(rows, TESTS, METRIC_TESTS, {"sides": 2, "adjustment": "holm"})


def _table(
    rows: Iterable[Sequence[Any]], names: Sequence[str], schema: Schema, more: dict[str, Any]
) -> pd.DataFrame:
    blank = {c.name: "" if c.kind == "text" else None for c in schema.columns}
    made = [{**blank, **more, **dict(zip(names, row, strict=True))} for row in rows]
    return table({name: [row[name] for row in made] for name in schema.names}, schema)

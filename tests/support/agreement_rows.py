"""Made-up rows of META_EVALUATION and METRIC_TESTS, from the columns that a test cares about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from harness.tables import META_EVALUATION, METRIC_TESTS, Schema, table

__all__ = ["filled", "meta_evaluation_of", "metric_tests_of"]

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
    return _table(rows, META, META_EVALUATION)


def metric_tests_of(rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """METRIC_TESTS of two-sided tests that hold their level, of rows in the order of
    :data:`TESTS`."""
    more = {"sides": 2, "adjustment": "holm", "holds_level": True}
    return _table(rows, TESTS, METRIC_TESTS, **more)


def filled(schema: Schema, rows: Iterable[Mapping[str, Any]], **more: Any) -> pd.DataFrame:
    """A table of ``schema`` from some of its columns. The others are empty texts, false, missing,
    or 0 where they may not be missing; ``more`` are columns that are the same in all rows."""
    blanks = {"text": "", "flag": False, "integer": 0, "number": 0.0}
    blank = {
        c.name: None if c.nullable and c.kind != "text" else blanks[c.kind] for c in schema.columns
    }
    made = [{**blank, **more, **row} for row in rows]
    return table({name: [row[name] for row in made] for name in schema.names}, schema)


def _table(
    rows: Iterable[Sequence[Any]], names: Sequence[str], schema: Schema, **more: Any
) -> pd.DataFrame:
    return filled(schema, (dict(zip(names, row, strict=True)) for row in rows), **more)

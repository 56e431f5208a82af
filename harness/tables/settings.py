"""The settings that shaped the numbers of a table: written beside them, and read back for labels.

An interval means nothing without its confidence, nor "significant" without its level. So a table
with intervals has the column ``confidence``, one with tests the column ``alpha``, and everything
shown of a table (a caption, an axis, a sentence) takes the setting from its rows. Tables joined by
a sweep may hold several settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from harness.tables.schema import Column, Schema, conform

__all__ = ["ALPHA", "CONFIDENCE", "alpha_text", "either", "interval_name", "table_with"]

CONFIDENCE = Column(
    "confidence", "number", "confidence of the row's intervals, e.g. 0.95; NaN: it has none", True
)
ALPHA = Column("alpha", "number", "level at or below which p (adjusted) counts as significant")


def table_with(
    rows: Iterable[Mapping[str, Any]] | pd.DataFrame,
    schema: Schema,
    *,
    confidence: float | None = None,
    **settings: float,
) -> pd.DataFrame:
    """A table of ``schema`` from rows without their settings, which are the same in all of them.

    ``confidence`` is written into each row that has an end of an interval (a column called ``low``
    or ``high``, or ending in ``_low`` or ``_high``) and is NaN in the others; other ``settings``
    are written into every row.
    """
    if not isinstance(rows, pd.DataFrame):
        rows = pd.DataFrame(list(rows), columns=schema.names)
    columns: dict[str, Any] = dict(settings)
    if confidence is not None:
        ends = [n for n in schema.names if n.rpartition("_")[2] in ("low", "high")]
        columns["confidence"] = np.where(rows[ends].notna().any(axis=1), confidence, np.nan)
    return conform(rows.assign(**columns), schema)


def interval_name(*frames: pd.DataFrame) -> str:
    """The name of a table's intervals: ``95 % interval``, ``50 or 95 % interval`` where they
    differ, ``interval`` where no row has one."""
    values = [v for frame in frames for v in frame["confidence"].dropna()]
    shown = either([100 * v for v in values])
    return f"{shown} % interval" if shown else "interval"


def alpha_text(frame: pd.DataFrame) -> str:
    """The level of significance of a table: ``0.05``; ``0.01 or 0.05`` where rows differ."""
    return either(list(frame["alpha"]))


def either(values: Sequence[float]) -> str:
    """The different values, rising, as text: ``30``, ``30 or 50``; '' where there is none."""
    return " or ".join(f"{value:g}" for value in sorted({round(float(v), 6) for v in values}))

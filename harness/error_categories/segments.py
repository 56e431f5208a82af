"""The pairs of translations that a category decides, to find the segments behind an accuracy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from harness.error_categories.cells import Cell, ViewCells
from harness.tables import CATEGORY_SEGMENTS, conform, table

__all__ = ["CREDITS", "category_segments"]

#: A letter for twice the credit of a metric on a pair: 2, 1, 0, and -1 (no score).
CREDITS = "REWN"


def category_segments(view: ViewCells, segments: Sequence[str]) -> pd.DataFrame:
    """Table CATEGORY_SEGMENTS of one view: one row per pair that one of its categories owns.

    Categories stand in the order of ``view.cells``, pairs in that of the segments; ``segments``
    names them. A pair that a metric has no score for is there, with an N. Empty without cells.
    """
    parts = [_rows(view, cell, segments) for cell in view.cells if len(cell.pairs)]
    if not parts:
        return table([], CATEGORY_SEGMENTS)
    return conform(pd.concat(parts, ignore_index=True), CATEGORY_SEGMENTS)


def _rows(view: ViewCells, cell: Cell, segments: Sequence[str]) -> pd.DataFrame:
    pairs = cell.pairs
    order = np.lexsort((pairs.second, pairs.first, pairs.segment))
    systems = np.asarray(view.systems, dtype=object)
    return pd.DataFrame(
        {
            "test_set": view.test_set,
            "view": view.name,
            "category": cell.category,
            "segment_id": np.asarray(segments, dtype=object)[pairs.segment[order]],
            "system_1": systems[pairs.first[order]],
            "system_2": systems[pairs.second[order]],
            "better_system": np.where(pairs.first_better[order], 1, 2),
            "outcomes": _letters(view, cell, order),
        }
    )


def _letters(view: ViewCells, cell: Cell, order: np.ndarray) -> list[str]:
    """The letters of all metrics for each pair."""
    if not view.metrics:
        return [""] * len(order)
    codes = np.frombuffer(CREDITS.encode("ascii"), dtype=np.uint8)
    letters = np.stack([codes[2 - cell.credits[name][order]] for name in view.metrics], axis=1)
    text = np.ascontiguousarray(letters).tobytes().decode("ascii")
    width = len(view.metrics)
    return [text[i : i + width] for i in range(0, len(text), width)]

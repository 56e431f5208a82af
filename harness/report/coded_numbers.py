"""Numbers of every translation of every segment, as the explorer's script reads them.

Scores are written as ranks among the distinct values of their metric, and the values once, as steps
of a rounded whole number: small, and two scores are equal in the page where they are equal in the
tables (differences up to 1e-9 count as none, as in the category analysis).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.report.columnar import Names

__all__ = ["coded", "grid_of"]

TOLERANCE = 1e-9
#: Infinities become it; a step from the least to the largest is still a whole number to a script.
LARGEST = 2**52 - 1

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def grid_of(
    frame: pd.DataFrame, values: Any, systems: Names, order: Names, empty: float | None
) -> NDArray[Any]:
    """(n_segments, n_systems): ``values`` of the rows of ``frame``, ``empty`` where it has none.

    Rows of segments or systems that are not among the names are left out.
    """
    array = np.asarray(values)
    result = np.full((len(order.places), len(systems.places)), empty, dtype=array.dtype)
    row = pd.Index(order.listed(), dtype=object).get_indexer(pd.Index(frame["segment_id"]))
    column = pd.Index(systems.listed(), dtype=object).get_indexer(pd.Index(frame["system"]))
    known = (row >= 0) & (column >= 0)
    result[row[known], column[known]] = array[known]
    return result


def coded(
    values: Floats, reason: Integers | None, decimals: int, epsilon: float = 0.0
) -> dict[str, Any]:
    """``values`` as ranks, one after the other; ``steps`` give the values, rounded to ``decimals``.

    The rank of a missing value is -1 minus its ``reason`` (a place in the list of reasons). With an
    ``epsilon`` above 0, ``reach`` says of each rank how many ranks above it lie within epsilon, as
    differences from one to the next: rounded values could not tell.
    """
    flat = values.ravel()
    known = ~np.isnan(flat)
    distinct = np.unique(flat[known])
    with np.errstate(invalid="ignore"):  # between infinities
        starts = np.concatenate([[True], np.diff(distinct) > TOLERANCE])[: distinct.size]
    ranks = np.full(flat.size, -1, dtype=np.int64)
    if reason is not None:
        ranks -= reason.ravel()
    ranks[known] = (np.cumsum(starts) - 1)[np.searchsorted(distinct, flat[known])]
    scaled = np.clip(np.rint(distinct[starts] * 10.0**decimals), -LARGEST, LARGEST)
    result: dict[str, Any] = {
        "scale": 10**decimals,
        "steps": np.diff(scaled.astype(np.int64), prepend=0).tolist(),
        "ranks": ranks.tolist(),
    }
    if epsilon > 0.0:
        result["reach"] = np.diff(_reach(distinct[starts], epsilon), prepend=0).tolist()
    return result


def _reach(values: Floats, epsilon: float) -> Integers:
    """How many of the sorted ``values`` above each are at most ``epsilon`` larger."""
    n = values.size
    last = np.searchsorted(values, values + epsilon, side="right") - 1
    with np.errstate(invalid="ignore"):  # between infinities
        while n:  # the sum above is rounded; the difference is what counts
            after = np.minimum(last + 1, n - 1)
            more = (last + 1 < n) & (values[after] - values <= epsilon)
            less = (last > np.arange(n)) & (values[last] - values > epsilon)
            if not (more | less).any():
                break
            last = last + more - less
    result: Integers = np.maximum(last - np.arange(n), 0)
    return result

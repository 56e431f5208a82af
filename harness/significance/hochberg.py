"""Hochberg's correction: as Holm's, and more powerful where tests err together."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

__all__ = ["hochberg_adjusted"]


def hochberg_adjusted(p_values: Sequence[float]) -> list[float]:
    """``p_values`` adjusted by the step-up method of Hochberg (1988), in the order given.

    If all raw values are at most the level, so are all adjusted ones. At most as large as Holm's.
    The family-wise error is held where the tests are independent or depend positively on each
    other, as metrics on the same translations do. NaN (no test) stays NaN and does not count.
    """
    p = np.asarray(p_values, dtype=np.float64)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(-p[tested], kind="stable")]
    factors = np.arange(1, order.size + 1)
    adjusted = np.full(p.size, math.nan)
    adjusted[order] = np.minimum.accumulate(np.minimum(1.0, p[order] * factors))
    return [float(value) for value in adjusted]

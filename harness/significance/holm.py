"""Holm's correction: p-values of several tests so that one false alarm among them stays rare."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

__all__ = ["holm_adjusted"]


def holm_adjusted(p_values: Sequence[float]) -> list[float]:
    """``p_values`` adjusted by the step-down method of Holm (1979), in the order given.

    Adjusted values are at least the raw ones and at most 1. NaN (no test) stays NaN and does not
    count as a test.
    """
    p = np.asarray(p_values, dtype=np.float64)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    factors = np.arange(order.size, 0, -1)
    adjusted = np.full(p.size, math.nan)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * factors))
    return [float(value) for value in adjusted]

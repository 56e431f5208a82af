"""Student's t with the two-way variance: tests, intervals, and what a test would find."""

from __future__ import annotations

import numpy as np

from harness.significance.two_way.cells import Integers
from harness.significance.two_way.spread import ROUNDING
from harness.statistics.base import Array

__all__ = ["detectable", "interval", "p_values"]


def p_values(differences: Array, variance: Array, degrees: Integers) -> Array:
    """Two-sided p-values, (k,), of differences from 0.

    1 where the variance is 0 (the metrics agree in every replicate), NaN where it is unknown.
    """
    from scipy.special import stdtr

    error = np.sqrt(variance)
    exact = error <= ROUNDING
    t = np.abs(differences) / np.where(exact, 1.0, error)
    tail = stdtr(np.maximum(degrees, 1), -t)
    result: Array = np.where(exact, 1.0, np.minimum(1.0, 2.0 * tail))
    result[np.isnan(variance) | np.isnan(differences) | (degrees < 1)] = np.nan
    return result


def interval(
    value: float,
    variance: float,
    degrees: int,
    confidence: float,
    bounds: tuple[float, float],
) -> tuple[float, float]:
    """``value`` ± t √variance, clipped to the ``bounds``; (NaN, NaN) where there is no variance."""
    from scipy.special import stdtrit

    if np.isnan(variance) or np.isnan(value) or degrees < 1:
        return np.nan, np.nan
    half = float(stdtrit(degrees, (1.0 + confidence) / 2.0)) * float(np.sqrt(variance))
    return max(value - half, bounds[0]), min(value + half, bounds[1])


def detectable(variance: float, degrees: int, alpha: float, power: float = 0.8) -> float:
    """The smallest true difference that a two-sided test at level ``alpha`` finds with ``power``.

    The variance is taken as known from the data, the test as Student's t (noncentral). For a pair
    of a family, ``alpha`` is the level of one test, as alpha / number of pairs. NaN without a
    variance.
    """
    from scipy.special import nctdtrinc, stdtrit

    if np.isnan(variance) or degrees < 1:
        return np.nan
    critical = float(stdtrit(degrees, 1.0 - alpha / 2.0))
    return float(nctdtrinc(degrees, 1.0 - power, critical)) * float(np.sqrt(variance))

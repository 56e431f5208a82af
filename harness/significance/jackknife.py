"""Delete-one-group jackknife: how uncertain a number is when observations come in groups.

The groups are documents: the segments of one news item are not independent, so a whole document
is left out at a time (Efron & Stein 1981; Student's t with n - 1 degrees of freedom). A bootstrap
over documents covers too little where few documents hold any pair.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

__all__ = [
    "Difference",
    "Estimate",
    "bounded_interval",
    "correlation_interval",
    "difference_interval",
    "logit_interval",
    "ratio",
    "standard_error",
    "two_sided_p",
]

Floats = NDArray[np.float64]

FEWEST_GROUPS = 3


@dataclass(frozen=True)
class Estimate:
    """A number with its jackknife standard error and interval; NaN: undefined."""

    value: float
    standard_error: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """A difference with its interval and the two-sided p-value of the jackknife t-test."""

    value: float
    standard_error: float
    low: float
    high: float
    p: float
    n_documents: int


def ratio(above: Floats, below: Floats) -> Floats:
    """``above / below``; NaN where ``below`` is 0."""
    result: Floats = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    np.divide(above, below, out=result, where=below != 0.0)
    return result


def standard_error(replicates: Floats) -> float:
    """The jackknife standard error from the values without one group each.

    ``replicates`` is (n_groups,); NaN where the statistic is undefined without that group, which
    is then left out. NaN if fewer than three are defined.
    """
    finite = replicates[np.isfinite(replicates)]
    n = finite.size
    if n < FEWEST_GROUPS:
        return math.nan
    spread = float(((finite - finite.mean()) ** 2).sum())
    return math.sqrt((n - 1) / n * spread)


def logit_interval(value: float, replicates: Floats, confidence: float) -> Estimate:
    """``value``, a share in [0, 1], with its interval on the logit scale, transformed back.

    Degenerate cases: no interval (NaN) if the value is 0, 1 or undefined, or if fewer than three
    replicates are defined; an interval of no width where every replicate is the same.
    """
    error = standard_error(replicates)
    if math.isnan(error) or not 0.0 < value < 1.0:
        return Estimate(value, math.nan, math.nan, math.nan)
    centre = math.log(value / (1.0 - value))
    half = t_quantile(confidence, _degrees(replicates)) * error / (value * (1.0 - value))
    return Estimate(value, error, expit(centre - half), expit(centre + half))


def correlation_interval(value: float, replicates: Floats, confidence: float) -> Estimate:
    """``value``, a correlation in [-1, 1], with its interval on Fisher's z scale, transformed back.

    Degenerate cases: no interval (NaN) if the value is -1, 1 or undefined, or if fewer than three
    replicates are defined.
    """
    error = standard_error(replicates)
    if math.isnan(error) or not -1.0 < value < 1.0:
        return Estimate(value, math.nan, math.nan, math.nan)
    centre = math.atanh(value)
    half = t_quantile(confidence, _degrees(replicates)) * error / (1.0 - value * value)
    return Estimate(value, error, math.tanh(centre - half), math.tanh(centre + half))


def bounded_interval(
    value: float,
    replicates: Floats,
    confidence: float,
    *,
    low: float = -math.inf,
    high: float = math.inf,
) -> Estimate:
    """``value`` with its symmetric interval, cut off at ``low`` and ``high``.

    Degenerate cases: no interval (NaN) with fewer than three defined replicates.
    """
    error = standard_error(replicates)
    if math.isnan(error) or math.isnan(value):
        return Estimate(value, math.nan, math.nan, math.nan)
    half = t_quantile(confidence, _degrees(replicates)) * error
    return Estimate(value, error, max(low, value - half), min(high, value + half))


def difference_interval(value: float, replicates: Floats, confidence: float) -> Difference:
    """``value``, a difference, with its symmetric interval and t-test against 0.

    Degenerate cases: no interval and no p-value (NaN) with fewer than three defined replicates; no
    p-value where every replicate is the same, as between metrics that agree on every pair.
    """
    n = replicates.size
    error = standard_error(replicates)
    if math.isnan(error) or math.isnan(value):
        return Difference(value, math.nan, math.nan, math.nan, math.nan, n)
    degrees = _degrees(replicates)
    half = t_quantile(confidence, degrees) * error
    p = two_sided_p(value / error, degrees) if error > 0.0 else math.nan
    return Difference(value, error, value - half, value + half, p, n)


def _degrees(replicates: Floats) -> int:
    return int(np.isfinite(replicates).sum()) - 1


@lru_cache(maxsize=1024)
def t_quantile(confidence: float, degrees: int) -> float:
    """How many standard errors an interval of that confidence reaches to either side."""
    return float(special.stdtrit(degrees, 0.5 + confidence / 2.0))


def two_sided_p(t: float, degrees: int) -> float:
    """The two-sided p-value of Student's t, without the checks that make scipy's ``t.sf`` slow."""
    return min(1.0, 2.0 * float(special.stdtr(degrees, -abs(t))))


def expit(x: float) -> float:
    """The inverse of the logit; no overflow however large ``x``."""
    if math.isnan(x):
        return math.nan
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0.0 else 1.0 - 1.0 / (1.0 + math.exp(x))

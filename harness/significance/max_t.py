"""Single-step max-T: p-values of many pairs of metrics at once, by flipping signs.

Pairs share systems, documents and metrics, so the largest of their t values is smaller than that of
as many independent ones, which is what Holm's correction guards against.
"""

from __future__ import annotations

import numpy as np

from harness.significance.two_way.cells import Flags
from harness.significance.two_way.spread import ROUNDING, Differences
from harness.statistics.base import Array

__all__ = ["FLIPS", "max_t_adjusted"]

FLIPS = 9999

#: Numbers of one array of flipped statistics at a time: what fits into a cache.
MEMORY = 500_000


def max_t_adjusted(differences: Differences, *, seed: int, flips: int = FLIPS) -> Array:
    """Adjusted p-values, (n_pairs,), two-sided, of the differences of pairs of metrics from 0.

    Pseudo-values about 0, u_s = (S - 1) (mean - value without s) and u_d likewise, take random
    signs, the same for all pairs. In each flip T* = (mean u_s + mean u_d) / √(V_S* + V_D*) with the
    variances of the flipped values; the observed T is |difference| / √(V_S + V_D), and its p is
    (1 + the number of flips in which the largest |T*| of all pairs is at least T) / (1 + flips).
    With too few systems or documents, documents alone count.

    NaN where there is no variance; such pairs do not take part. 1 where the variance is 0.
    """
    spread = differences.spread
    observed_variance = spread.added
    tested = ~np.isnan(observed_variance) & ~np.isnan(differences.value)
    result = np.full(len(tested), np.nan)
    if not tested.any():
        return result
    exact = np.sqrt(observed_variance) <= ROUNDING
    observed = np.abs(differences.value) / np.sqrt(np.where(exact, 1.0, observed_variance))
    result[tested & exact] = 1.0
    varies = tested & ~exact
    parts = [
        _pseudo_values(differences.without_system[varies], spread.two_way[varies]),
        _pseudo_values(differences.without_document[varies], np.True_),
    ]
    largest = _largest_of_flips(parts, flips, seed)
    largest.sort()
    at_least = flips - np.searchsorted(largest, observed[varies] * (1.0 - ROUNDING), side="left")
    result[varies] = (1.0 + at_least) / (1.0 + flips)
    return result


def _pseudo_values(replicates: Array, counts: Flags | np.bool_) -> tuple[Array, Array]:
    """u, (n_units, n_pairs), 0 where undefined, and the number of units of each pair, (n_pairs,);
    all 0 for pairs whose units do not count."""
    defined = ~np.isnan(replicates) & np.reshape(counts, (-1, 1))
    n = defined.sum(axis=1).astype(np.float64)
    filled = np.where(defined, replicates, 0.0)
    mean = filled.sum(axis=1) / np.maximum(n, 1.0)
    u = np.where(defined, (n - 1.0)[:, None] * (mean[:, None] - filled), 0.0)
    return np.ascontiguousarray(u.T), n


def _largest_of_flips(parts: list[tuple[Array, Array]], flips: int, seed: int) -> Array:
    """The largest |T*| over pairs of each flip, (flips,)."""
    generator = np.random.default_rng(seed)
    n_pairs = parts[0][0].shape[1]
    largest = np.zeros(flips)
    if not n_pairs:
        return largest
    chunk = max(1, MEMORY // n_pairs)
    means = [u / np.maximum(n, 1.0) for u, n in parts]
    weights = [1.0 / np.maximum(n - 1.0, 1.0) for _, n in parts]
    squares = sum(
        (u * u).sum(axis=0) / np.maximum(n, 1.0) * w
        for (u, n), w in zip(parts, weights, strict=True)
    )
    signs = [
        generator.integers(0, 2, (flips, len(u)), dtype=np.int8) * np.int8(2) - np.int8(1)
        for u, _ in parts
    ]
    for start in range(0, flips, chunk):
        rows = slice(start, start + chunk)
        total = np.zeros((len(largest[rows]), n_pairs))
        variance = np.tile(squares, (len(total), 1))
        for own, weight, sign in zip(means, weights, signs, strict=True):
            mean = sign[rows].astype(np.float64) @ own
            total += mean
            mean *= mean
            mean *= weight
            variance -= mean
        total *= total
        with np.errstate(divide="ignore", invalid="ignore"):
            total /= np.maximum(variance, 0.0, out=variance)
        largest[rows] = np.nanmax(total, axis=1, initial=0.0)
    return np.sqrt(largest)

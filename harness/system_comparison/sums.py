"""Sums of segment statistics over many draws at once: one matrix product, and exact.

Statistics are whole numbers (counts), or are made whole by a common power of two, small enough that
no sum is rounded. So the order of summation does not matter, and equal scores are equal as numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["SINGLE", "Array", "Statistics", "by_document", "statistics_of"]

Array = NDArray[np.float64]

#: Whole numbers up to these are exact in single and in double precision.
SINGLE, DOUBLE = 2.0**24, 2.0**52


@dataclass(frozen=True)
class Statistics:
    """What each unit adds to the sums of each system, times ``scale`` a column.

    Columns that all systems share (lengths of the reference, the count of segments) are kept once.
    ``shared`` is (units, k_shared), ``own`` (units, systems * k_own); ``is_shared`` says which of
    the k columns they are.
    """

    shared: NDArray[Any]
    own: NDArray[Any]
    is_shared: NDArray[np.bool_]
    scale: Array
    systems: int

    @property
    def units(self) -> int:
        return len(self.own)

    def sums(self, weights: NDArray[Any]) -> Array:
        """The sums (systems, b, k) over the units, each times its weight; ``weights`` (b, units).

        A row's weights are whole numbers that add up to at most the number of units.
        """
        typed = weights.astype(self.own.dtype)
        sums = np.empty((self.systems, len(weights), len(self.is_shared)))
        sums[:, :, self.is_shared] = typed @ self.shared
        own = (typed @ self.own).reshape(len(weights), self.systems, -1)
        sums[:, :, ~self.is_shared] = own.transpose(1, 0, 2)
        sums /= self.scale
        return sums

    def totals(self) -> Array:
        """The sums (systems, k) over all units."""
        totals: Array = self.sums(np.ones((1, self.units)))[:, 0]
        return totals


def statistics_of(rows: Sequence[Array]) -> Statistics:
    """``rows``: for each system what its units add, (units, k), without NaN."""
    stacked = np.stack(rows, axis=1)
    units, systems, _ = stacked.shape
    largest = np.abs(stacked).max(axis=(0, 1), initial=0.0)
    whole = (stacked == np.rint(stacked)).all(axis=(0, 1)) & (largest * units <= DOUBLE)
    bits = np.floor(np.log2(DOUBLE) - np.log2(np.maximum(units * largest, np.finfo(float).tiny)))
    scale = np.where(whole, 1.0, np.exp2(np.clip(bits, -1000, 1000)))
    stacked = np.rint(stacked * scale)
    exact = np.float32 if (largest * units * scale < SINGLE).all() else np.float64
    is_shared = (stacked == stacked[:, :1]).all(axis=(0, 1))
    own = stacked[:, :, ~is_shared].reshape(units, systems * int((~is_shared).sum()))
    return Statistics(
        stacked[:, 0, is_shared].astype(exact),
        np.ascontiguousarray(own, dtype=exact),
        is_shared,
        scale,
        systems,
    )


def by_document(rows: Array, documents: NDArray[np.int64]) -> Array:
    """The sums (documents, k) of ``rows`` (segments, k) over the segments of each document."""
    n = int(documents.max(initial=-1)) + 1
    sums = np.zeros((n, rows.shape[1]))
    np.add.at(sums, documents, rows)
    return sums

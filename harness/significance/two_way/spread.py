"""The variance of a statistic from its replicates, and what it speaks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from harness.significance.two_way.cells import Flags, Integers
from harness.significance.two_way.replicates import Replicates
from harness.statistics.base import Array

__all__ = [
    "FEWEST_DOCUMENTS",
    "FEWEST_SYSTEMS",
    "ROUNDING",
    "Differences",
    "Scope",
    "Spread",
    "differences_of",
    "jackknife_variance",
]

#: With fewer, there is no two-way variance: only other documents are spoken for.
FEWEST_SYSTEMS = 6
FEWEST_DOCUMENTS = 10
#: Fewer documents than this have no variance.
FEWEST_UNITS = 3

#: A standard error that is not larger is 0 but for rounding: statistics are of the order of 1.
ROUNDING = 1e-12

#: Numbers of one array of block replicates that are kept at a time.
MEMORY = 4_000_000

#: What a test or an interval generalises to. ``documents``: to other documents, on these systems.
#: ``raters``: to other raters with their documents, on these systems. ``nothing``: no variance.
Scope = Literal["systems and documents", "documents", "raters", "nothing"]


@dataclass(frozen=True)
class Differences:
    """Differences between pairs of metrics, (n_pairs,), those without each document, (n_pairs,
    n_documents), and each system, (n_pairs, n_systems), and the variance by blocks, V_SD."""

    value: Array
    without_document: Array
    without_system: Array
    block_variance: Array

    @property
    def spread(self) -> Spread:
        """The variances of the differences."""
        return Spread.of(self.without_document, self.without_system, self.block_variance)


@dataclass(frozen=True)
class Spread:
    """The variance of k values, each array (k,).

    ``documents``, ``systems`` and ``blocks`` are V_D, V_S and V_SD; ``n_systems`` and
    ``n_documents`` count the replicates that are defined. NaN: fewer than 3 are.
    """

    documents: Array
    systems: Array
    blocks: Array
    n_systems: Integers
    n_documents: Integers

    @classmethod
    def of(cls, without_document: Array, without_system: Array, block_variance: Array) -> Spread:
        """From the values without each document, (k, n_documents), and each system."""
        return cls(
            documents=jackknife_variance(without_document),
            systems=jackknife_variance(without_system),
            blocks=block_variance,
            n_systems=_defined(without_system),
            n_documents=_defined(without_document),
        )

    @property
    def two_way(self) -> Flags:
        """Where there are systems and documents enough to speak for others of both."""
        result: Flags = (self.n_systems >= FEWEST_SYSTEMS) & (self.n_documents >= FEWEST_DOCUMENTS)
        return result

    @property
    def variance(self) -> Array:
        """V = max(V_D, V_S, V_D + V_S - V_SD); V_D where only documents are spoken for."""
        both = self.documents + self.systems - self.blocks
        largest = np.maximum(np.maximum(self.documents, self.systems), both)
        result: Array = np.where(self.two_way, largest, self.documents)
        return result

    @property
    def added(self) -> Array:
        """V_D + V_S; V_D where only documents are spoken for."""
        result: Array = self.documents + np.where(self.two_way, self.systems, 0.0)
        return result

    @property
    def degrees(self) -> Integers:
        """Degrees of freedom: the smaller number of systems and of documents, less 1.

        Satterthwaite's are too many: with 31 equal metrics 14 % of reports then make a false claim.
        """
        fewest = np.minimum(self.n_systems, self.n_documents)
        result: Integers = np.where(self.two_way, fewest, self.n_documents) - 1
        return result

    def scope(self, k: int) -> Scope:
        """What the k-th variance speaks for."""
        if np.isnan(self.variance[k]):
            return "nothing"
        return "systems and documents" if self.two_way[k] else "documents"


def jackknife_variance(replicates: Array) -> Array:
    """(n - 1) / n times the sum of squared deviations from the mean, over the n defined replicates
    of the last axis; NaN with fewer than 3."""
    defined = ~np.isnan(replicates)
    n = defined.sum(axis=-1, keepdims=True)
    mean = np.where(defined, replicates, 0.0).sum(axis=-1, keepdims=True) / np.maximum(n, 1)
    squares = np.where(defined, (replicates - mean) ** 2, 0.0).sum(axis=-1)
    n = n[..., 0]
    result: Array = np.where(n >= FEWEST_UNITS, (n - 1) / np.maximum(n, 1) * squares, np.nan)
    return result


def differences_of(replicates: Replicates, first: Integers, second: Integers) -> Differences:
    """The differences between metrics at positions ``first`` and ``second``."""
    value, document, system = (
        part[first] - part[second]
        for part in (replicates.value, replicates.without_document, replicates.without_system)
    )
    blocks = replicates.without_block.reshape(len(replicates.value), -1)
    chunk = max(1, MEMORY // max(blocks.shape[1], 1))
    variances = [
        jackknife_variance(blocks[first[k : k + chunk]] - blocks[second[k : k + chunk]])
        for k in range(0, len(first), chunk)
    ]
    return Differences(value, document, system, np.concatenate([np.empty(0), *variances]))


def _defined(replicates: Array) -> Integers:
    result: Integers = (~np.isnan(replicates)).sum(axis=-1).astype(np.int64)
    return result

"""Pairs of translations within groups, with whole-number weights that give every group the same.

A group is a segment (its systems), a system (its segments), or everything. With L the least common
multiple of the groups' numbers of pairs, each pair of a group of n pairs weighs L / n: sums over
groups stay integers, and values that are equal in truth are equal as numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from harness.statistics.base import Array, Grouping

__all__ = ["MOST_PAIRS", "GroupedPairs", "Verdicts", "grouped_pairs"]

Integers = NDArray[np.int64]

#: More pairs than this do not fit into memory beside their differences.
MOST_PAIRS = 100_000_000

#: Where the common multiple is larger, weights are rounded to parts of this.
LARGEST_MULTIPLE = 2**30


@dataclass(frozen=True)
class GroupedPairs:
    """Pairs of translations: flat positions ``first`` and ``second`` in a (n_systems, n_segments)
    matrix, the number of their ``group`` and the ``order`` of their ratings: 1 the first is better,
    -1 the second, 0 they are equal; all (n_pairs,). ``sizes``: pairs of each group, none empty."""

    first: Integers
    second: Integers
    group: Integers
    order: NDArray[np.int8]
    sizes: Integers

    @property
    def n_groups(self) -> int:
        return len(self.sizes)

    @cached_property
    def multiple(self) -> int:
        """What the weights of one group add up to (but for rounding, see :attr:`exact`)."""
        multiple = math.lcm(*(int(n) for n in np.unique(self.sizes)))
        return min(multiple, LARGEST_MULTIPLE)

    @cached_property
    def exact(self) -> bool:
        """Whether weights give every group exactly the same."""
        return not (self.multiple % np.unique(self.sizes)).any()

    @cached_property
    def group_weight(self) -> Integers:
        """The weight of one pair of each group."""
        if self.exact:
            return self.multiple // self.sizes
        return np.rint(self.multiple / self.sizes).astype(np.int64)

    @property
    def equal(self) -> bool:
        """Whether all groups have the same number of pairs, so that every weight is 1."""
        return bool((self.group_weight == 1).all())

    @cached_property
    def weight(self) -> Integers:
        """The weight of each pair."""
        return self.group_weight[self.group]

    def mean(self, right: NDArray[np.bool_]) -> float:
        """The share of the pairs that are ``right``, averaged over groups."""
        if self.exact:
            weighed = int(self.weight[right].sum())
            return weighed / (self.multiple * self.n_groups)
        shares = np.bincount(self.group[right], minlength=self.n_groups) / self.sizes
        return float(shares.mean())

    def differences(self, scores: Array) -> Array:
        """First minus second score of each pair."""
        flat = scores.reshape(-1)
        result: Array = flat[self.first] - flat[self.second]
        return result


@dataclass(frozen=True)
class Verdicts:
    """Pairs of translations, and which of them scores order as the ratings do: ``right``,
    (n_pairs,)."""

    pairs: GroupedPairs
    right: NDArray[np.bool_]


def grouped_pairs(
    ratings: Array, present: NDArray[np.bool_], grouping: Grouping
) -> GroupedPairs | None:
    """All pairs of ``present`` translations within groups; None if there are too many."""
    position = np.arange(ratings.size).reshape(ratings.shape)
    members = {"item": position.T, "system": position, "none": position.reshape(1, -1)}[grouping]
    width = members.shape[1]
    if members.shape[0] * width * (width - 1) // 2 > MOST_PAIRS:
        return None
    one, two = np.triu_indices(width, 1)
    columns = np.ascontiguousarray(members.T)  # pair by pair, groups side by side
    first, second = columns[one].reshape(-1), columns[two].reshape(-1)
    group = np.tile(np.arange(members.shape[0]), len(one))
    if not present.all():
        kept = present.reshape(-1)[first] & present.reshape(-1)[second]
        first, second, group = first[kept], second[kept], group[kept]
    sizes = np.bincount(group, minlength=members.shape[0])
    if not sizes.all():
        number = np.cumsum(sizes > 0) - 1
        group, sizes = number[group], sizes[sizes > 0]
    flat = ratings.reshape(-1)
    x, y = flat[first], flat[second]
    order = (x > y).view(np.int8) - (x < y).view(np.int8)
    return GroupedPairs(first, second, group, order, sizes)

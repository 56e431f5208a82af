"""The exact two-sided test of pairwise accuracy of systems: two metrics exchange whole systems.

Of each two systems i and j a mixture orders right or wrong one pair, its complement another. With
signs s = 1 where the first metric's score of a system is taken and -1 where the second's, the
difference between a mixture and its complement, in numbers of pairs, is the sum of s_i a_i with
whole numbers a_i over 2: A pair taken whole from one metric or the other gives ± A, a crossed one
± B, and both are s_i (A + B) / 2 + s_j (A - B) / 2. So the distribution over all 2^n exchanges is
that of a sum of independent signs, which a convolution for each system gives without drawing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from harness.significance.blocks import ROUNDING, blocks, standardised
from harness.significance.two_way.cells import Integers
from harness.statistics.base import Array
from harness.statistics.system_level import systems_of

__all__ = ["exchange_p_values", "smallest_exchange_p"]


def exchange_p_values(
    scores: Mapping[str, Array], ratings: Array, pairs: Sequence[tuple[str, str]]
) -> Array:
    """The two-sided p of each pair of metrics, (n_pairs,): the share of all exchanges of system
    scores that give at least the observed difference, on either side.

    The score of a system is its mean over the segments that all systems have in common, less the
    mean over systems and over the standard deviation; exchanged are these. NaN where there is no
    such segment, with fewer than 2 systems, or where a score is infinite.
    """
    number = {frozenset(pair): k for k, pair in enumerate(pairs)}
    names = {name for pair in pairs for name in pair}
    p = np.full(len(pairs), np.nan)
    for block in blocks({name: scores[name] for name in names}, ratings, None):
        found = [systems_of(own, block.ratings, "mean") for own in block.scores]
        if len(block.systems) < 2 or found[0].why:
            continue
        own = standardised(np.array([f.scores for f in found]))
        for one, two in block.pairs:
            k = number.get(frozenset((block.names[one], block.names[two])))
            if k is not None and np.isfinite(own[[one, two]]).all():
                p[k] = _two_sided(_doubled_steps(own[one], own[two], found[one].ratings))
    return p


def smallest_exchange_p(n_systems: int) -> float:
    """The smallest p that an exchange of so many systems can have: all of it one way or the other,
    2^(1 - n)."""
    return float(2.0 ** (1 - n_systems)) if n_systems > 0 else 1.0


def _doubled_steps(one: Array, two: Array, ratings: Array) -> Integers:
    """Twice the a_i of each system."""
    human = _signs(ratings, ratings, 0.0)

    def right(x: Array, y: Array) -> Integers:
        agrees: Integers = np.triu(_signs(x, y, ROUNDING) == human, 1).astype(np.int64)
        return agrees

    same = right(one, one) - right(two, two)
    crossed = right(one, two) - right(two, one)
    result: Integers = (same + crossed).sum(axis=1) + (same - crossed).sum(axis=0)
    return result


def _signs(x: Array, y: Array, rounding: float) -> Array:
    difference = x[:, None] - y
    result: Array = np.where(np.abs(difference) <= rounding, 0.0, np.sign(difference))
    return result


def _two_sided(steps: Integers) -> float:
    """The share of sign patterns whose sum is as far from 0 as that of all plus signs."""
    sizes = [int(abs(step)) for step in steps]
    reach = sum(sizes)
    chance = np.zeros(2 * reach + 1)  # of each sum from -reach to reach
    chance[reach] = 1.0
    for size in sizes:
        if size:
            moved = np.zeros_like(chance)
            moved[size:] += chance[:-size] / 2.0
            moved[:-size] += chance[size:] / 2.0
            chance = moved
    observed = int(abs(steps.sum()))
    if not observed:
        return 1.0
    return min(1.0, float(chance[: reach - observed + 1].sum() + chance[reach + observed :].sum()))

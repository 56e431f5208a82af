"""How certain a difference of category accuracies is about other systems and other documents.

Leaving out documents alone speaks of these systems: an error that a metric makes for all
translations of one system moves its accuracy in all documents alike. So the balanced accuracy is
also recomputed without each system, and without each system in each document, and the variance of
:mod:`harness.significance.two_way` follows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.error_categories.accuracy import NO_SCORE, balanced_of
from harness.error_categories.decided_pairs import Floats, Integers, Pairs
from harness.significance.two_way.spread import Spread, jackknife_variance

__all__ = ["TwoWayDifference", "two_way_difference"]


@dataclass(frozen=True)
class TwoWayDifference:
    """The balanced accuracies, in [0, 1], of two metrics on the pairs that both have scores for,
    and the variance of ``first`` less ``second``."""

    first: float
    second: float
    spread: Spread

    @property
    def value(self) -> float:
        return self.first - self.second


def two_way_difference(pairs: Pairs, credits: Integers) -> TwoWayDifference:
    """The difference of two metrics on the pairs of one category.

    Parameters
    ----------
    pairs
        As of :func:`harness.error_categories.accuracy.category_accuracy`.
    credits
        (2, n_pairs) doubled credits of the metrics; a pair that lacks one is left out.

    Returns
    -------
    TwoWayDifference
        With fewer than 6 systems or 10 documents that have pairs, its variance speaks of other
        documents only; with fewer than 3 documents there is none. Without pairs all is NaN.
    """
    both = (credits != NO_SCORE).all(axis=0)
    kept, credits = pairs.take(both), credits[:, both]
    all_of = np.ones(len(kept), dtype=np.bool_)
    number = kept.groups.sums(np.ones(len(kept), dtype=np.int64), all_of)
    earned = kept.groups.sums(credits, np.stack([all_of, all_of]))
    of_systems = _system_pairs(kept)
    totals = number.sum(axis=0), earned.sum(axis=1)

    def without(parts: tuple[Floats, Floats]) -> Floats:
        """The differences without parts (n, n_system_pairs, 2), (2, n, n_system_pairs, 2)."""
        values, _ = balanced_of(totals[0] - parts[0], totals[1][:, None] - parts[1])
        difference: Floats = values[0] - values[1]
        return difference

    value, _ = balanced_of(totals[0], totals[1])
    whole = (
        (number[None] * of_systems[:, None]).sum(axis=1),
        np.stack([(own[None] * of_systems[:, None]).sum(axis=1) for own in earned]),
    )
    blocks = [_of_used(number * own, without((number * own, earned * own))) for own in of_systems]
    spread = Spread.of(
        without((number, earned))[None],
        without(whole)[None],
        jackknife_variance(np.array(blocks).reshape(1, -1)),
    )
    return TwoWayDifference(float(value[0]), float(value[1]), spread)


def _of_used(number: Floats, differences: Floats) -> Floats:
    """The differences without a system in each document; NaN where it has no pair there."""
    used = number.sum(axis=(1, 2)) > 0.0
    result: Floats = np.where(used, differences, np.nan)
    return result


def _system_pairs(pairs: Pairs) -> Floats:
    """(n_systems, n_system_pairs, 1): 1 where a pair of systems has the system; both in the order
    of :attr:`Pairs.groups`, and only systems that occur."""
    n_systems = int(pairs.second.max(initial=0)) + 1
    names = np.unique(pairs.first * n_systems + pairs.second)
    first, second = np.divmod(names, n_systems)
    systems = np.unique([first, second])
    has = (systems[:, None] == first) | (systems[:, None] == second)
    result: Floats = has[:, :, None].astype(np.float64)
    return result

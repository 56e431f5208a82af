"""Tests of statistics on whole systems: two metrics exchange their scores of systems.

With few systems all exchanges are enumerated, and p is exact.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from harness.significance.blocks import (
    EXACT_SYSTEMS,
    ROUNDING,
    Block,
    Outcome,
    Swaps,
    Tally,
    exceeding,
    oriented,
    standardised,
)
from harness.statistics.base import INFINITE, Array
from harness.statistics.system_level import PairwiseAccuracy, SystemStatistic, systems_of

__all__ = ["every_exchange", "exchange_systems"]


def every_exchange(n_systems: int) -> Swaps:
    """All 2^n_systems rows of zeros and ones; a row and its complement stand at mirrored places."""
    number = np.arange(2**n_systems)[:, None]
    return ((number >> np.arange(n_systems)) & 1).astype(np.uint8)


def exchange_systems(
    block: Block,
    statistic: SystemStatistic,
    swaps: Swaps,
    progress: Callable[[int], None],
) -> list[Outcome]:
    """Both metrics exchange standardised scores of systems: in every way, or as ``swaps``,
    (n_draws, n_systems of the whole matrices), says."""
    n = len(block.systems)
    exact = n <= EXACT_SYSTEMS
    taken = every_exchange(n) if exact else swaps[:, block.systems]
    method = "scores of systems exchanged" + (", all exchanges" if exact else "")
    columns = block.scores if block.corpus is None else block.corpus[:, :, None]
    results = [statistic(scores, block.ratings) for scores in columns]
    values = np.array([r.value for r in results])
    found = [systems_of(scores, block.ratings, statistic.grouping) for scores in columns]
    notes = [
        r.note if np.isnan(r.value) else "" if np.isfinite(f.scores).all() else INFINITE
        for r, f in zip(results, found, strict=True)
    ]
    defined = [not note for note in notes]
    own = [np.where(d, f.scores, 0.0) for d, f in zip(defined, found, strict=True)]
    scores = standardised(np.array(own))
    counts = isinstance(statistic, PairwiseAccuracy)
    test = _counting_test(taken) if counts else _test_of(statistic.of_systems, taken)
    outcomes = []
    for pair in block.pairs:
        better, worse = oriented(block, pair, values)
        ends = float(values[better]), float(values[worse])
        why = next((notes[m] for m in pair if not defined[m]), "")
        if why:
            outcomes.append(Outcome(better, worse, *ends, None, method, note=why))
        else:
            one, two = _tied(scores[better], scores[worse])
            tally = test(one, two, found[better].ratings)
            outcomes.append(Outcome(better, worse, *ends, tally, method, exact))
        progress(1)
    return outcomes


def _tied(one: Array, two: Array) -> tuple[Array, Array]:
    """The scores of both, those that are equal but for rounding made equal: whether a mixture ties
    two systems depends neither on the scale nor on the origin of the scores."""
    both = np.concatenate([one, two])
    order = np.argsort(both)
    new = np.diff(both[order], prepend=-np.inf) > ROUNDING
    both[order] = both[order][new][np.cumsum(new) - 1]
    return both[: len(one)], both[len(one) :]


#: Standardised scores of the better metric and of the other, and ratings -> the tally.
Test = Callable[[Array, Array, Array], Tally]


def _test_of(of_systems: Callable[[Array, Array], Array], taken: Swaps) -> Test:
    """The test of any statistic of system scores."""

    def test(one: Array, two: Array, ratings: Array) -> Tally:
        mixed = [np.where(taken, a, b) for a, b in ((one, two), (two, one))]
        null = of_systems(mixed[0], ratings) - of_systems(mixed[1], ratings)
        return exceeding(null, float(of_systems(one, ratings) - of_systems(two, ratings)))

    return test


def _counting_test(taken: Swaps) -> Test:
    """The test of pairwise accuracy, in whole numbers of pairs."""
    features = _features(taken)
    everything = _features(np.ones((1, taken.shape[1]), dtype=np.uint8))

    def test(one: Array, two: Array, ratings: Array) -> Tally:
        null, observed = (
            _right(f, one, two, ratings) - _right(f, two, one, ratings)
            for f in (features, everything)
        )
        return Tally(int((null >= observed[0]).sum()), len(null))

    return test


def _features(taken: Swaps) -> NDArray[np.float32]:
    """1, what is taken of each system, and of each two systems: (n_draws, 1 + n + n (n - 1) / 2).

    The number of pairs of systems that a mixture puts in the right order is linear in these."""
    first, second = np.triu_indices(taken.shape[1], 1)
    ones = np.ones((len(taken), 1), dtype=np.uint8)
    columns = [ones, taken, taken[:, first] & taken[:, second]]
    result: NDArray[np.float32] = np.concatenate(columns, axis=1).astype(np.float32)
    return result


def _right(features: NDArray[np.float32], one: Array, two: Array, ratings: Array) -> Array:
    """How many pairs each mixture, of ``one`` where taken and else of ``two``, puts in the order of
    the ratings; whole numbers."""
    first, second = np.triu_indices(len(one), 1)
    order = np.sign(ratings[first] - ratings[second])

    def right(x: Array, y: Array) -> Array:
        return np.asarray(np.sign(x[first] - y[second]) == order, dtype=np.float64)

    neither, both = right(two, two), right(one, one)
    only_first, only_second = right(one, two), right(two, one)
    single = np.bincount(first, only_first - neither, len(one)) + np.bincount(
        second, only_second - neither, len(one)
    )
    weights = np.concatenate([[neither.sum()], single, both + neither - only_first - only_second])
    return np.asarray(features @ weights.astype(np.float32), dtype=np.float64)

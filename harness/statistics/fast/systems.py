"""Statistics of whole systems: two metrics that exchange their scores of systems."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from harness.statistics.fast.exchange import ROUNDING, Differences, Exchange, Swaps

__all__ = ["exchange_orders", "exchange_system_scores"]

Array = NDArray[np.float64]


def exchange_system_scores(
    exchange: Exchange, of_systems: Callable[[Array, Array], Array]
) -> Iterator[Differences]:
    """The differences of any statistic of (…, n_systems) scores and ratings."""
    draws, ratings = exchange.draws, exchange.ratings
    for better, worse in exchange.pairs:
        one, two = _tied(exchange.scores[better], exchange.scores[worse])
        mixed = [np.where(draws, a, b) for a, b in ((one, two), (two, one))]
        yield Differences(of_systems(mixed[0], ratings) - of_systems(mixed[1], ratings))


def exchange_orders(exchange: Exchange) -> Iterator[Differences]:
    """The differences of pairwise accuracy, in whole numbers of pairs of systems."""
    features = _features(exchange.draws)
    n = len(exchange.ratings)
    for better, worse in exchange.pairs:
        one, two = _tied(exchange.scores[better], exchange.scores[worse])
        right = [_right(features, a, b, exchange.ratings) for a, b in ((one, two), (two, one))]
        yield Differences(right[0] - right[1], 2.0 / max(n * (n - 1), 1))


def _tied(one: Array, two: Array) -> tuple[Array, Array]:
    """The scores of both, those that are equal but for rounding made equal: whether a mixture ties
    two systems depends neither on the scale nor on the origin of the scores."""
    both = np.concatenate([one, two])
    order = np.argsort(both)
    new = np.diff(both[order], prepend=-np.inf) > ROUNDING
    both[order] = both[order][new][np.cumsum(new) - 1]
    return both[: len(one)], both[len(one) :]


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

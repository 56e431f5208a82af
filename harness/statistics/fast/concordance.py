"""The test of Kendall's tau-b within segments.

Whether a mixture of two metrics orders a pair of translations as the ratings do depends on whose
scores it takes for the two. So the number of concordant less discordant pairs of a segment, and the
number of pairs that it does not tie, are sums over systems, and over pairs of systems, of what is
taken: a product of small whole numbers for each segment, exact in single precision.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from harness.statistics.fast.exchange import Differences, Exchange, Swaps

__all__ = ["MOST_SYSTEMS", "exchange_ranks"]

Array = NDArray[np.float64]
Single = NDArray[np.float32]

#: With more systems there are too many pairs of them.
MOST_SYSTEMS = 40

#: Bytes of features kept at a time.
MEMORY = 100_000_000


def exchange_ranks(exchange: Exchange) -> Iterator[Differences]:
    """The differences of mean tau-b within segments."""
    draws, ratings, scores = exchange.draws, exchange.ratings, exchange.scores
    weights = [_weights(scores[a], scores[b], ratings) for a, b in exchange.pairs]
    rated = _sign_table(ratings, ratings)
    untied = np.abs(rated).sum(axis=0, dtype=np.float64)
    found = np.full((len(weights), len(draws)), np.nan)
    n_systems, n_segments = ratings.shape
    chunk = max(1, MEMORY // (4 * max(n_segments, 1) * (1 + n_systems + len(rated))))
    for start in range(0, len(draws), chunk):
        features = _features(draws[start : start + chunk])
        for i, own in enumerate(weights):
            sums = (features @ own).astype(np.float64)  # (n_segments, chunk, 4)
            one, two = (_mean_tau(sums[..., k : k + 2], untied) for k in (0, 2))
            found[i, start : start + chunk] = one - two
    for row in found:
        yield Differences(row)


def _features(draws: Swaps) -> Single:
    """(n_segments, n_draws, 1 + n + n (n - 1) / 2): 1, what is taken of each system, and of each
    two."""
    first, second = np.triu_indices(draws.shape[1], 1)
    ones = np.ones((len(draws), 1, draws.shape[2]), dtype=np.uint8)
    columns = np.concatenate([ones, draws, draws[:, first] & draws[:, second]], axis=1)
    return np.ascontiguousarray(columns.transpose(2, 0, 1), dtype=np.float32)


def _sign_table(one: Array, other: Array) -> NDArray[np.int8]:
    """Of each two systems and segment, the sign of the first one's score in ``one`` less the
    second one's in ``other``; 0 where missing."""
    first, second = np.triu_indices(len(one), 1)
    x, y = one[first], other[second]
    return (x > y).view(np.int8) - (x < y).view(np.int8)


def _weights(one: Array, two: Array, ratings: Array) -> Single:
    """(n_segments, n_features, 4): weights that make features into concordant less discordant, and
    untied, pairs of the mixture of ``one`` where taken and else ``two``, and of its complement."""
    order = _sign_table(ratings, ratings)
    columns = []
    for x, y in ((one, two), (two, one)):
        tables = [_sign_table(a, b) for a, b in ((y, y), (x, y), (y, x), (x, x))]
        columns += [_quadratic([t * order for t in tables], len(one))]
        columns += [_quadratic([np.abs(t) for t in tables], len(one))]
    return np.ascontiguousarray(np.stack(columns).transpose(2, 1, 0), dtype=np.float32)


def _quadratic(tables: list[NDArray[np.int8]], n_systems: int) -> NDArray[np.int16]:
    """(n_features, n_segments) weights of what is counted where neither, the first, the second or
    both of two systems' scores are taken."""
    neither, only_first, only_second, both = (t.astype(np.int16) for t in tables)
    first, second = np.triu_indices(n_systems, 1)
    single = np.zeros((n_systems, neither.shape[1]), dtype=np.int16)
    np.add.at(single, first, only_first - neither)
    np.add.at(single, second, only_second - neither)
    double = both + neither - only_first - only_second
    return np.concatenate([neither.sum(axis=0, keepdims=True), single, double]).astype(np.int16)


def _mean_tau(sums: Array, untied: Array) -> Array:
    """The mean of tau-b over segments, (n_draws,), of (n_segments, n_draws, 2) sums."""
    product = sums[..., 1] * untied[:, None]
    defined = product > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where(defined, sums[..., 0] / np.sqrt(product), 0.0)
        result: Array = values.sum(axis=0) / defined.sum(axis=0)
    return result

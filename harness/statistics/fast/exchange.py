"""Exchange tests as arrays: input, output, and a slow way that works for any statistic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ROUNDING", "Differences", "Exchange", "Swaps", "recomputed"]

Array = NDArray[np.float64]
Swaps = NDArray[np.uint8]

#: Standardised scores, or differences of correlations, that are equal but for rounding differ by
#: less.
ROUNDING = 1e-12

#: Bytes of mixed scores kept at a time.
MEMORY = 32_000_000


@dataclass(frozen=True)
class Exchange:
    """Metrics that exchange scores, two at a time.

    The cells that are exchanged are translations, (n_systems, n_segments), or whole systems,
    (n_systems,).

    Attributes
    ----------
    scores
        (n_metrics, *cells), standardised; NaN where missing, for all metrics alike.
    ratings
        (*cells), NaN where the scores are.
    swaps
        (n_draws, *cells): 1 where the draw's first mixture has the score of the better metric and
        its second mixture that of the worse one; 0 where it is the other way round.
    pairs
        (better, worse): positions of metrics. Both have a value.
    """

    scores: Array
    ratings: Array
    swaps: Swaps
    pairs: Sequence[tuple[int, int]]

    @property
    def draws(self) -> Swaps:
        """The ``swaps``, and after them the draw in which each metric keeps its own scores."""
        everything = np.ones((1, *self.ratings.shape), dtype=np.uint8)
        return np.concatenate([self.swaps, everything])


@dataclass(frozen=True)
class Differences:
    """The statistic of a draw's first mixture minus that of its second, (n_draws + 1,), for one
    pair of metrics; NaN where undefined. The last is the observed difference. ``unit``: the value
    of 1 in the statistic's own units. Accuracies given as whole numbers are compared exactly."""

    values: Array | NDArray[np.int64]
    unit: float = 1.0


def recomputed(
    exchange: Exchange, values: Callable[[Array, Array], Array]
) -> Iterator[Differences]:
    """The differences of any statistic: ``values`` of (k, *cells) mixtures, computed anew."""
    draws = exchange.draws
    chunk = max(1, MEMORY // (8 * max(exchange.ratings.size, 1)))
    for better, worse in exchange.pairs:
        own, other = exchange.scores[better], exchange.scores[worse]
        parts = []
        for start in range(0, len(draws), chunk):
            taken = draws[start : start + chunk].astype(bool)
            one, two = np.where(taken, own, other), np.where(taken, other, own)
            parts.append(values(one, exchange.ratings) - values(two, exchange.ratings))
        yield Differences(np.concatenate(parts))

"""The test of any statistic: two metrics exchange scores, and it is computed anew each time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from harness.significance.blocks import (
    Block,
    Outcome,
    Swaps,
    exceeding,
    oriented,
    standardised,
)
from harness.statistics.base import Array, Statistic

__all__ = ["draw_cells", "exchange", "values_of"]

#: Bytes of mixed scores kept at a time.
MEMORY = 32_000_000


def draw_cells(samples: int, shape: tuple[int, ...], seed: int) -> Swaps:
    """Zeros and ones with equal chance, (samples, *shape): 1, the mixture has the better metric's
    score. They depend on nothing but these arguments."""
    bits = np.random.default_rng(seed).bytes(samples * (-(-int(np.prod(shape)) // 8)))
    rows = np.frombuffer(bits, dtype=np.uint8).reshape(samples, -1)
    return np.unpackbits(rows, axis=1, count=int(np.prod(shape))).reshape(samples, *shape)


def exchange(
    block: Block, statistic: Statistic, swaps: Swaps, progress: Callable[[int], None]
) -> list[Outcome]:
    """Both metrics exchange standardised scores of translations at random.

    A statistic that has ``values(stack, ratings)`` is called with stacks of mixtures, others with
    one mixture after the other.
    """
    method = "scores exchanged"
    results = [statistic(scores, block.ratings) for scores in block.scores]
    values = np.array([r.value for r in results])
    scores = standardised(block.scores)
    chunk = max(1, MEMORY // (8 * max(block.ratings.size, 1)))
    everything = np.ones((1, *block.ratings.shape), dtype=np.uint8)
    draws = np.concatenate([swaps, everything])
    outcomes = []
    for pair in block.pairs:
        better, worse = oriented(block, pair, values)
        ends = float(values[better]), float(values[worse])
        why = next((results[m].note for m in pair if np.isnan(values[m])), "")
        if why:
            outcomes.append(Outcome(better, worse, *ends, None, method, note=why))
            progress(1)
            continue
        parts = []
        for start in range(0, len(draws), chunk):
            taken = draws[start : start + chunk].astype(bool)
            one = np.where(taken, scores[better], scores[worse])
            two = np.where(taken, scores[worse], scores[better])
            parts.append(
                values_of(statistic, one, block.ratings) - values_of(statistic, two, block.ratings)
            )
        difference = np.concatenate(parts)
        tally = exceeding(difference[:-1], float(difference[-1]))
        outcomes.append(Outcome(better, worse, *ends, tally, method))
        progress(1)
    return outcomes


def values_of(statistic: Statistic, stack: Array, ratings: Array) -> Array:
    """The value of each of a stack of score matrices, (k, n_systems, n_segments)."""
    of_stack = getattr(statistic, "values", None)
    if of_stack is not None:
        values: Array = of_stack(stack, ratings)
        return values
    return np.array([statistic(scores, ratings).value for scores in stack])

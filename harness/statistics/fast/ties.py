"""Accuracy with ties: the threshold calibrated anew for many mixtures or draws at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from harness._kernels.sweep import counted, lanes_of, sorted_steps, swapped
from harness.statistics.fast.exchange import Differences, Exchange
from harness.statistics.fast.resampling import Counts, ratio
from harness.statistics.grouped_pairs import GroupedPairs

__all__ = ["MOST_STEPS", "calibrated_values", "exchange_scores"]

#: A sweep over more differences would not fit into memory.
MOST_STEPS = 40_000_000

#: Whose scores a mixed difference is between: bits of the first and second translation.
MIXTURES = (0, 1, 2, 3)

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


def exchange_scores(
    exchange: Exchange, pairs: GroupedPairs, *, calibrated: bool
) -> Iterator[Differences]:
    """The differences of accuracy with ties, in whole numbers of weighted pairs: with the threshold
    of each mixture ``calibrated`` anew, or at 0.

    Two mixed metrics have only four possible differences for a pair of translations, so all draws
    share one sweep (:mod:`harness._kernels.sweep`).
    """
    scores = np.nan_to_num(exchange.scores).reshape(len(exchange.scores), -1)
    draws = exchange.draws.reshape(-1, scores.shape[1])
    lanes = np.asarray(lanes_of(draws) * np.uint8(255), dtype=np.uint8)
    for better, worse in exchange.pairs:
        steps = _mixed_steps(pairs, scores[better], scores[worse])
        if calibrated:
            one, two = swapped(lanes, *steps, len(draws))
        else:
            one, two = _at_zero(lanes, steps, len(draws))
        yield Differences(one - two, 1.0 / (pairs.multiple * pairs.n_groups))


def calibrated_values(pairs: GroupedPairs, difference: Array, counts: Counts) -> Array:
    """The accuracy on each draw of groups, its threshold calibrated anew, (n_draws,).

    ``difference``: of the scores of each pair; ``counts``: (n_draws, n_groups), how often each draw
    has each group.
    """
    agrees = np.sign(difference) == pairs.order
    gain = np.where(pairs.order == 0, -1, agrees) * pairs.weight
    steps = sorted_steps(difference / (float(np.abs(difference).max()) or 1.0), gain)
    tied = np.bincount(pairs.group[pairs.order == 0], minlength=pairs.n_groups)
    best = counts @ (tied * pairs.group_weight)
    best = best + counted(counts, pairs.group[steps.index], steps.gain)
    return ratio(best.astype(np.float64), counts.sum(axis=1) * float(pairs.multiple))


def _mixed_steps(
    pairs: GroupedPairs, one: Array, two: Array
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8], Integers]:
    """The cells, mixture and gain of each step of the sweep of mixtures of two metrics."""
    sources = (two, one)
    firsts = [scores[pairs.first] for scores in sources]
    seconds = [scores[pairs.second] for scores in sources]
    parts = [firsts[mixed & 1] - seconds[mixed >> 1] for mixed in MIXTURES]
    difference = np.concatenate(parts)
    order = (difference > 0).view(np.int8) - (difference < 0).view(np.int8)
    human = np.tile(pairs.order, len(MIXTURES))
    agrees = (order == human).view(np.int8)
    gain = np.where(human == 0, np.int8(-1), agrees)
    weighed = gain.astype(np.int64)
    if not pairs.equal:
        weighed *= np.tile(pairs.weight, len(MIXTURES))
    steps = sorted_steps(difference, weighed)
    n = len(pairs.first)
    place, mixture = steps.index % n, (steps.index // n).astype(np.uint8)
    first, second = pairs.first[place].astype(np.int32), pairs.second[place].astype(np.int32)
    return first, second, mixture, steps.gain


def _at_zero(
    lanes: NDArray[np.uint8],
    steps: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8], Integers],
    n_draws: int,
) -> tuple[Integers, Integers]:
    """Totals of both mixtures at the threshold 0: what the whole sweep has added up to."""
    first, second, mixture, gain = steps
    n_cells = lanes.shape[1]
    flat = lanes.swapaxes(0, 1).reshape(n_cells, -1)[:, :n_draws] & 1
    result = np.zeros((2, n_draws), dtype=np.int64)
    for start in range(0, len(gain), 4096):
        part = slice(start, start + 4096)
        x = flat[first[part]] ^ (1 - (mixture[part] & 1))[:, None]
        y = flat[second[part]] ^ (1 - (mixture[part] >> 1))[:, None]
        for row, active in enumerate((x & y, (1 - x) & (1 - y))):
            result[row] += gain[part] @ active.astype(np.int64)
    return result[0], result[1]

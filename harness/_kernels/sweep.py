"""Best accuracy over all tie thresholds, for many draws at once.

A sweep starts with a threshold so wide that every pair of translations is tied, and lowers it past
one difference after the other, the largest first. Each step adds a whole number (its *gain*) to the
running total of every draw in which it takes part: a pair whose ratings tie was right and no longer
is, a pair that the scores order as its ratings do becomes right. The best total of each draw, at
least 0, is what calibration adds to the accuracy of a metric that ties everything. Where several
differences are equal, losses go first, so that no total within them is mistaken for a threshold's.

Lanes of draws run side by side in C (harness/_kernels/sweep.c) or, equally, in numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness._kernels import native

__all__ = ["LANES", "Steps", "counted", "lanes_of", "sorted_steps", "swapped"]

LANES = 64

#: Steps of one that a byte can hold before it must be emptied into a larger number.
BYTE_STEPS = 127

#: Differences are compared in these units: those that are equal but for rounding are equal.
UNIT = 1e-12

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Steps:
    """Steps of a sweep in order, (n_steps,) each: ``index`` of the candidate, and its ``gain``."""

    index: Integers
    gain: Integers


def sorted_steps(difference: Array, gain: Integers) -> Steps:
    """The steps from the largest absolute difference to the smallest, losses before gains where
    they are equal; differences of 0 are tied by every threshold and give no step."""
    size = np.rint(np.abs(difference) * (1.0 / UNIT)).astype(np.int64)
    kept = np.flatnonzero((gain != 0) & (size > 0))
    key = 2 * size[kept] + (gain[kept] < 0)
    index = kept[np.argsort(key)[::-1]]
    return Steps(index, gain[index])


def lanes_of(draws: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8 | np.uint16]:
    """(n_draws, n_cells) as (n_tiles, n_cells, LANES): draws side by side, the last tile filled up
    with zeros."""
    n_draws, n_cells = draws.shape
    tiles = -(-n_draws // LANES)
    padded = np.zeros((tiles * LANES, n_cells), dtype=draws.dtype)
    padded[:n_draws] = draws
    return np.ascontiguousarray(padded.reshape(tiles, LANES, n_cells).swapaxes(1, 2))


def swapped(
    swaps: NDArray[np.uint8],
    first: NDArray[np.int32],
    second: NDArray[np.int32],
    mixture: NDArray[np.uint8],
    gain: Integers,
    n_draws: int,
) -> tuple[Integers, Integers]:
    """The best totals of both metrics that a draw mixes from two; (n_draws,) each, at least 0.

    Parameters
    ----------
    swaps
        (n_tiles, n_cells, LANES): 0xFF where the draw's one mixture has the first metric's score
        (and its other mixture the second's), else 0.
    first, second
        The cells of each step's pair.
    mixture
        Whose scores the step's difference is between: bit 0 (bit 1) is set if the first (second)
        cell's is the first metric's.
    gain
        Of each step, in order.
    """
    by_one = bool((np.abs(gain) == 1).all())
    largest = int(np.abs(gain).max(initial=0))
    if native is None or not (by_one or largest < 2**31):
        return _swapped_in_python(swaps, (first, second, mixture), gain, n_draws)
    best = np.zeros((2, swaps.shape[0] * LANES), dtype=np.int64)
    typed = gain.astype(np.int8 if by_one else np.int32)
    native.sweep_swapped(swaps, first, second, mixture, typed, best[0], best[1])
    return best[0, :n_draws], best[1, :n_draws]


def _swapped_in_python(
    swaps: NDArray[np.uint8],
    steps: Sequence[NDArray[np.int32 | np.uint8]],
    gain: Integers,
    n_draws: int,
) -> tuple[Integers, Integers]:
    n_cells = swaps.shape[1]
    flat = np.ascontiguousarray(swaps.swapaxes(0, 1).reshape(n_cells, -1)[:, :n_draws]) & 1
    taken = np.concatenate([flat, 1 - flat], axis=1).astype(np.int8)
    source = (1 - taken, taken)  # of the second metric, of the first: (n_cells, 2 n_draws)
    first, second, mixture = (column.tolist() for column in steps)
    if (np.abs(gain) == 1).all():
        best = _by_one(source, first, second, mixture, gain)
    else:
        best = _by_weight(source, first, second, mixture, gain)
    return best[:n_draws], best[n_draws:]


Source = tuple[NDArray[np.int8], NDArray[np.int8]]


def _by_one(
    source: Source, first: list[int], second: list[int], mixture: list[int], gain: Integers
) -> Integers:
    width = source[0].shape[1]
    total, best = np.zeros(width, dtype=np.int64), np.zeros(width, dtype=np.int64)
    active, now, high = (np.zeros(width, dtype=np.int8) for _ in range(3))
    change = {1: np.add, -1: np.subtract}
    signs = gain.tolist()
    for start in range(0, len(signs), BYTE_STEPS):
        now[:], high[:] = 0, 0
        for k in range(start, min(start + BYTE_STEPS, len(signs))):
            mixed = mixture[k]
            np.bitwise_and(source[mixed & 1][first[k]], source[mixed >> 1][second[k]], out=active)
            change[signs[k]](now, active, out=now)
            np.maximum(high, now, out=high)
        np.maximum(best, total + high, out=best)
        total += now
    return best


def _by_weight(
    source: Source, first: list[int], second: list[int], mixture: list[int], gain: Integers
) -> Integers:
    width = source[0].shape[1]
    total, best = np.zeros(width, dtype=np.int64), np.zeros(width, dtype=np.int64)
    for k, step in enumerate(gain.tolist()):
        mixed = mixture[k]
        active = source[mixed & 1][first[k]] & source[mixed >> 1][second[k]]
        total += active * np.int64(step)
        np.maximum(best, total, out=best)
    return best


def counted(counts: NDArray[np.int64], group: Integers, gain: Integers) -> Integers:
    """The best total of draws that have each group some number of times; (n_draws,), at least 0.

    ``counts`` is (n_draws, n_groups); ``group`` and ``gain`` are those of each step, in order.
    """
    most, largest = int(counts.max(initial=0)), int(np.abs(gain).max(initial=0))
    if native is None or most >= 2**16 or most * largest >= 2**31:
        return _counted_in_python(counts, group, gain)
    lanes = lanes_of(counts.astype(np.uint16))
    best = np.zeros(lanes.shape[0] * LANES, dtype=np.int64)
    block = (2**31 - 1) // max(most * largest, 1)
    native.sweep_counted(lanes, group.astype(np.int32), gain.astype(np.int32), block, best)
    return best[: len(counts)]


def _counted_in_python(counts: NDArray[np.int64], group: Integers, gain: Integers) -> Integers:
    rows = np.ascontiguousarray(counts.T)
    total, best = (np.zeros(len(counts), dtype=np.int64) for _ in range(2))
    for g, step in zip(group.tolist(), gain.tolist(), strict=True):
        total += rows[g] * step
        np.maximum(best, total, out=best)
    return best

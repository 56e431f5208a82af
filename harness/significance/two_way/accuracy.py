"""Accuracy with calibrated ties without documents, systems and blocks.

The value at a threshold is a step function: as the threshold passes a pair's difference in score,
the pair becomes tied, which gains a pair that people tie and loses one whose order was right. What
is wanted of every replicate is the highest step. All differences are sorted once. Without a
document, the whole's steps change only where the document has a difference: between two of them
the highest step of the whole, found from a table of powers of two, is moved by a constant. So all
documents and blocks together cost about as many operations as a system has differences.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from harness.significance.two_way.cells import Cells, Flags, Integers
from harness.significance.two_way.replicates import Replicates
from harness.statistics.base import Array

__all__ = ["acc_eq"]

Small = NDArray[np.int16]


def acc_eq(cells: Cells) -> Replicates:
    """The largest, over thresholds, of the mean over segments of the share of pairs that metric and
    people order alike or both tie (Deutsch, Foster & Freitag 2023, arXiv 2305.14324): one threshold
    for all segments, calibrated anew in every replicate. Segments with pairs weigh equally, also in
    replicates without a block."""
    pairs = _Pairs(cells)
    found = [_of_metric(pairs, matrix) for matrix in cells.scores]
    value, document, system, block = (np.array(part) for part in zip(*found, strict=True))
    return Replicates(value, document, system, block, np.zeros(len(value)))


@dataclass(frozen=True)
class _Pairs:
    """What all metrics share: pairs of translations, one after the other.

    Weights are such that with segments of equal size they are 1, so that sums are whole numbers.
    """

    cells: Cells

    @cached_property
    def _there(self) -> Flags:
        return self.cells.pair_present.reshape(-1)

    @cached_property
    def order(self) -> NDArray[np.int8]:
        """The sign of the difference in rating of each pair."""
        order = np.sign(self.cells.differences(self.cells.ratings)).astype(np.int8)
        return order.reshape(-1)[self._there]

    @cached_property
    def segment(self) -> Integers:
        n_pairs, n_segments = self.cells.pair_present.shape
        return np.tile(np.arange(n_segments), n_pairs)[self._there]

    @cached_property
    def systems(self) -> tuple[Small, Small]:
        n_segments = len(self.cells.document)
        first, second = (
            np.repeat(side.astype(np.int16), n_segments)[self._there] for side in self.cells.pairs
        )
        return first, second

    @cached_property
    def sizes(self) -> Array:
        """(1 + n_systems, n_segments): how many pairs each segment has, in all and without each
        system."""
        n = self.cells.pair_present.sum(axis=0).astype(np.float64)
        return np.vstack([n, n - self.cells.members @ self.cells.pair_present])

    @cached_property
    def scale(self) -> Array:
        """(1 + n_systems,): what the weights of a segment add up to."""
        result: Array = np.maximum(self.sizes.max(axis=1), 1.0)
        return result

    @cached_property
    def weights(self) -> Array:
        """(1 + n_systems, n_segments): the weight of a pair of each segment."""
        return self.scale[:, None] / np.maximum(self.sizes, 1.0)

    @cached_property
    def uniform(self) -> bool:
        """Whether every weight is 1."""
        return bool((self.weights == 1.0).all())

    @cached_property
    def counted(self) -> Array:
        """(1 + n_systems, n_documents): segments of each document that have pairs."""
        return self.cells.by_document((self.sizes > 0).astype(np.float64))

    def differences(self, matrix: Array) -> Array:
        """First less second score of each pair."""
        return self.cells.differences(matrix).reshape(-1)[self._there]


@dataclass(frozen=True)
class _Steps:
    """The steps of one metric, by threshold.

    Each step has its ``level``, the rank of its threshold among the distinct ones, from 1 (0 is the
    threshold 0); its ``gain``, 1 or -1; its ``segment`` and the two ``systems``. ``at_zero`` is the
    number of pairs right at threshold 0 by system left out (0: none) and segment, (1 + n_systems,
    n_segments). ``last`` is the place after the last step of each level.
    """

    level: Integers
    gain: NDArray[np.int8]
    segment: Integers
    systems: tuple[Small, Small]
    at_zero: Array
    last: Integers

    def without(self, system: int) -> NDArray[np.int8]:
        """The gains, 0 for the pairs of a system."""
        return _without(self.gain, self.systems, system)


def _without(gain: NDArray[np.int8], systems: tuple[Small, Small], system: int) -> NDArray[np.int8]:
    first, second = systems
    result: NDArray[np.int8] = gain * ((first != system) & (second != system))
    return result


def _steps(pairs: _Pairs, matrix: Array) -> _Steps:
    difference = pairs.differences(matrix)
    order = np.sign(difference).astype(np.int8)
    right = order == pairs.order
    gains = (pairs.order == 0) & (order != 0)
    moving = np.flatnonzero(gains | (right & (order != 0)))
    size = np.abs(difference[moving])
    ascending = np.argsort(size)
    chosen = moving[ascending]
    new = np.diff(size[ascending], prepend=0.0) > 0  # the smallest is above 0
    level = np.cumsum(new, dtype=np.int64)
    first, second = pairs.systems
    n_systems, n_segments = pairs.cells.ratings.shape
    at = np.flatnonzero(right)
    total = np.bincount(pairs.segment[at], minlength=n_segments)
    with_system = sum(
        np.bincount(
            side[at].astype(np.int64) * n_segments + pairs.segment[at],
            minlength=n_systems * n_segments,
        )
        for side in (first, second)
    )
    return _Steps(
        level=level,
        gain=np.where(gains[chosen], np.int8(1), np.int8(-1)),
        segment=pairs.segment[chosen],
        systems=(first[chosen], second[chosen]),
        at_zero=np.vstack([total, total - np.reshape(with_system, (n_systems, n_segments))]),
        last=np.append(np.flatnonzero(new), len(level)).astype(np.int64),
    )


def _of_metric(pairs: _Pairs, matrix: Array) -> tuple[float, Array, Array, Array]:
    """The value, and those without each document, system and block."""
    steps = _steps(pairs, matrix)
    curve = _curve(pairs, steps, 0, steps.gain)
    value = float(_mean(curve.max(), pairs.scale[0], pairs.counted[0].sum()))
    system = np.empty(pairs.cells.n_systems)
    for s in range(len(system)):
        highest = _curve(pairs, steps, 1 + s, steps.without(s)).max()
        system[s] = _mean(highest, pairs.scale[1 + s], pairs.counted[1 + s].sum())
    document, block = _without_parts(pairs, steps, curve)
    return value, document, system, block


def _curve(pairs: _Pairs, steps: _Steps, left_out: int, gain: NDArray[np.int8]) -> Array:
    """The weighted number of right pairs at each level, by the gains of the pairs that stay."""
    weight = pairs.weights[left_out]
    total = np.zeros(len(gain) + 1)
    total[0] = steps.at_zero[left_out] @ weight
    total[1:] = gain if pairs.uniform else gain * weight[steps.segment]
    np.cumsum(total, out=total)
    every = len(steps.last) == len(total)
    return total if every else total[steps.last]


def _mean(highest: Array | float, scale: Array | float, n_segments: Array | float) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(
            np.asarray(n_segments) > 0, highest / (scale * np.asarray(n_segments)), np.nan
        )


def _without_parts(pairs: _Pairs, steps: _Steps, curve: Array) -> tuple[Array, Array]:
    """The values without each document, (n_documents,), and each block, (n_systems, n_documents).

    The steps of each document stand together, before them one for its pairs right at threshold 0.
    Between two steps of a document its part of the curve is constant.
    """
    cells = pairs.cells
    n_documents = cells.n_documents
    document = cells.document[steps.segment]
    by_document = np.argsort(document.astype(np.int32), kind="stable")
    ends = np.cumsum(np.bincount(document, minlength=n_documents))
    starts = np.append(0, ends[:-1])
    heads = starts + np.arange(n_documents)  # where each document begins once heads are put in
    level = np.insert(steps.level[by_document], starts, 0)
    until = np.append(level[1:], len(curve))
    until[np.append(heads[1:], len(level)) - 1] = len(curve)
    highest = _range_maxima(curve, level, until)
    gain, segment = steps.gain[by_document], steps.segment[by_document]
    lengths = np.diff(np.append(heads, len(level)))
    body = np.ones(len(level), dtype=np.bool_)
    body[heads] = False

    def part(left_out: int, gains: NDArray[np.int8]) -> Array:
        """The document's part of the curve after each of its steps."""
        weight = pairs.weights[left_out]
        total = np.zeros(len(level))
        total[body] = gains if pairs.uniform else gains * weight[segment]
        np.cumsum(total, out=total)
        begin = cells.by_document(steps.at_zero[left_out] * weight)
        total += np.repeat(begin - total[heads], lengths)
        return total

    others = highest - part(0, gain)
    scale, counted = pairs.scale, pairs.counted
    n_others = counted[0].sum() - counted[0]
    left = np.maximum.reduceat(others, heads)
    values = _mean(left, scale[0], n_others)
    first, second = (side[by_document] for side in steps.systems)
    blocks = np.empty((cells.n_systems, n_documents))
    for s in range(cells.n_systems):
        mixed = part(1 + s, _without(gain, (first, second), s))
        mixed *= scale[0]
        mixed += others * scale[1 + s]
        best = np.maximum.reduceat(mixed, heads)
        blocks[s] = _mean(best, scale[0] * scale[1 + s], n_others + counted[1 + s])
    return values, np.where(cells.block_exists, blocks, np.nan)


def _range_maxima(values: Array, low: Integers, high: Integers) -> Array:
    """The largest of ``values[low:high]`` for each range; -inf where it is empty."""
    width = high - low
    result = np.full(len(low), -np.inf)
    table = values
    power = 0
    exponent = np.where(width > 0, np.frexp(np.maximum(width, 1).astype(np.float64))[1] - 1, -1)
    while True:
        here = np.flatnonzero(exponent == power)
        if here.size:
            result[here] = np.maximum(table[low[here]], table[high[here] - (1 << power)])
        if (1 << (power + 1)) > len(values):
            return result
        table = np.maximum(table[: -(1 << power)], table[(1 << power) :])
        power += 1

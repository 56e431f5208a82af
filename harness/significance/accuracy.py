"""Tests of accuracy with ties: scores exchanged and the threshold calibrated anew, or pairs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from harness.significance.blocks import Block, Outcome, Swaps, Tally, oriented, standardised
from harness.significance.sweep import lanes_of, sorted_steps, swapped
from harness.statistics.accuracy_ties import AccEq, TauEq, calibrated_epsilon, is_right
from harness.statistics.base import Array
from harness.statistics.grouped_pairs import GroupedPairs, grouped_pairs

__all__ = ["exchange_pairs", "exchange_scores"]

#: A sweep over more differences would not fit into memory.
MOST_STEPS = 40_000_000

#: Whose scores a mixed difference is between: bits of the first and second translation.
MIXTURES = (0, 1, 2, 3)

Integers = NDArray[np.int64]
Progress = Callable[[int], None]


def exchange_scores(
    block: Block, statistic: AccEq, swaps: Swaps, progress: Progress
) -> list[Outcome]:
    """Both metrics exchange standardised scores of translations at random, and the tie threshold of
    each mixture is calibrated anew: holds its level.

    Two mixed metrics have only four possible differences for a pair of translations, so all draws
    share one sweep (:mod:`harness.significance.sweep`). Values are compared as whole numbers.
    """
    values, pairs, why = _prepared(block, statistic)
    method = "scores exchanged, threshold calibrated in every draw"
    calibrated = statistic.epsilon is None
    if not calibrated and statistic.epsilon == 0.0:
        method = "scores exchanged"
    elif not calibrated:
        why = why or "a fixed threshold belongs to the scale of one metric: use the test of pairs"
    if pairs is None or why or 4 * len(pairs.first) > MOST_STEPS:
        return _untested(block, values, method, why or "too many pairs of translations")
    scores = np.nan_to_num(standardised(block.scores)).reshape(len(block.names), -1)
    whole = np.vstack([swaps.reshape(len(swaps), -1), np.ones((1, scores.shape[1]), np.uint8)])
    lanes = np.asarray(lanes_of(whole) * np.uint8(255), dtype=np.uint8)
    outcomes = []
    unit = 2.0 if isinstance(statistic, TauEq) else 1.0
    for pair in block.pairs:
        better, worse = oriented(block, pair, values)
        steps = _mixed_steps(pairs, scores[better], scores[worse])
        if calibrated:
            one, two = swapped(lanes, *steps, len(whole))
        else:
            one, two = _at_zero(lanes, steps, len(whole))
        difference = one - two
        at_least = int((difference[:-1] >= difference[-1]).sum())
        gains = difference[:-1].astype(np.float64) * (unit / (pairs.multiple * pairs.n_groups))
        tally = Tally(at_least, len(swaps), gains=gains)
        outcomes.append(Outcome(better, worse, values[better], values[worse], tally, method))
        progress(1)
    return outcomes


def exchange_pairs(
    block: Block, statistic: AccEq, samples: int, seed: int, progress: Progress
) -> list[Outcome]:
    """Both metrics, each with its own threshold, exchange their verdicts on pairs of translations
    at random: the official test of WMT23 to WMT25.

    Anti-conservative, because pairs that share a translation are not independent. With groups of
    one size the distribution is binomial and p exact; else ``samples`` of it are drawn.
    """
    from scipy.special import betainc

    values, pairs, why = _prepared(block, statistic)
    method = "pairs exchanged (anti-conservative: pairs share translations)"
    if pairs is None or why:
        return _untested(block, values, method, why or "too many pairs of translations")
    right = [_verdicts(pairs, statistic, scores) for scores in block.scores]
    outcomes = []
    for pair in block.pairs:
        better, worse = oriented(block, pair, values)
        gain = right[better].view(np.int8) - right[worse].view(np.int8)
        won, lost = gain > 0, gain < 0
        if pairs.equal:
            n, k = int((won | lost).sum()), int(won.sum())
            tally = Tally(float(betainc(k, n - k + 1, 0.5)) if k else 1.0, 1)
            label = f"{method}, exact binomial"
        else:
            weighed = np.bincount(pairs.group[won | lost], minlength=pairs.n_groups)
            observed = int((gain * pairs.weight).sum())
            null = _drawn_verdicts(weighed, pairs.group_weight, samples, seed)
            tally = Tally(int((null >= observed).sum()), samples)
            label = f"{method}, drawn"
        outcomes.append(
            Outcome(better, worse, values[better], values[worse], tally, label, pairs.equal)
        )
        progress(1)
    return outcomes


def _prepared(block: Block, statistic: AccEq) -> tuple[Array, GroupedPairs | None, str]:
    """The metrics' values, the pairs of translations, and why there is no test."""
    results = [statistic(scores, block.ratings) for scores in block.scores]
    why = next((r.note for r in results if np.isnan(r.value)), "")
    pairs = grouped_pairs(block.ratings, block.present, statistic.grouping)
    return np.array([r.value for r in results]), pairs, why


def _untested(block: Block, values: Array, method: str, why: str) -> list[Outcome]:
    found = [oriented(block, pair, values) for pair in block.pairs]
    return [Outcome(a, b, values[a], values[b], None, method, False, why) for a, b in found]


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


def _verdicts(pairs: GroupedPairs, statistic: AccEq, scores: Array) -> NDArray[np.bool_]:
    difference = pairs.differences(scores)
    epsilon = statistic.epsilon
    if epsilon is None:
        epsilon = calibrated_epsilon(pairs, difference)
    return is_right(pairs, difference, epsilon)


def _drawn_verdicts(
    unlike: Integers, weight: Integers, samples: int, seed: int
) -> NDArray[np.int64]:
    """Sums of weight times random signs of the ``unlike`` verdicts of each group."""
    generator = np.random.default_rng(seed)
    total = np.zeros(samples, dtype=np.int64)
    for size in np.unique(weight):
        n = int(unlike[weight == size].sum())
        total += int(size) * (2 * generator.binomial(n, 0.5, samples) - n)
    return total

"""The official test of accuracy with ties of WMT23 to WMT25: verdicts on pairs exchanged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from harness.significance.blocks import Block, Outcome, Tally, oriented
from harness.statistics.base import Statistic
from harness.statistics.grouped_pairs import Verdicts

__all__ = ["exchange_pairs"]

METHOD = "pairs exchanged (anti-conservative: pairs share translations)"
Integers = NDArray[np.int64]


def exchange_pairs(
    block: Block, statistic: Statistic, samples: int, seed: int, progress: Callable[[int], None]
) -> list[Outcome]:
    """Both metrics, each with its own threshold, exchange their verdicts on pairs of translations
    at random.

    Anti-conservative, because pairs that share a translation are not independent. With groups of
    one size the distribution is binomial and p exact; else ``samples`` of it are drawn.
    """
    results = [statistic(scores, block.ratings) for scores in block.scores]
    values = np.array([r.value for r in results])
    why = next((r.note for r in results if np.isnan(r.value)), "")
    verdicts = [statistic.verdicts(scores, block.ratings) for scores in block.scores]
    outcomes = []
    for pair in block.pairs:
        better, worse = oriented(block, pair, values)
        ends = float(values[better]), float(values[worse])
        own, other = verdicts[better], verdicts[worse]
        if why or own is None or other is None:
            note = why or "too many pairs of translations"
            outcomes.append(Outcome(better, worse, *ends, None, METHOD, note=note))
        else:
            tally, how = _tally(own, other, samples, seed)
            method, exact = f"{METHOD}, {how}", own.pairs.equal
            outcomes.append(Outcome(better, worse, *ends, tally, method, exact))
        progress(1)
    return outcomes


def _tally(own: Verdicts, other: Verdicts, samples: int, seed: int) -> tuple[Tally, str]:
    """The tally of one pair of metrics, and how it was had."""
    from scipy.special import betainc

    pairs = own.pairs
    gain = own.right.view(np.int8) - other.right.view(np.int8)
    won, lost = gain > 0, gain < 0
    if pairs.equal:
        n, k = int((won | lost).sum()), int(won.sum())
        return Tally(float(betainc(k, n - k + 1, 0.5)) if k else 1.0, 1), "exact binomial"
    weighed = np.bincount(pairs.group[won | lost], minlength=pairs.n_groups)
    observed = int((gain * pairs.weight).sum())
    null = _drawn_verdicts(weighed, pairs.group_weight, samples, seed)
    return Tally(int((null >= observed).sum()), samples), "drawn"


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

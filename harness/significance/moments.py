"""The test of Pearson's correlation over all translations, or within systems.

A mixture of two metrics takes each score from one of them, so its sum, its sum of squares and its
sum of products with the ratings are linear in what is taken: one matrix product for all metrics
and draws, and a few operations on numbers for each pair of metrics.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from harness.significance.blocks import (
    Block,
    Outcome,
    Swaps,
    exceeding,
    oriented,
    standardised,
)
from harness.statistics.base import Array
from harness.statistics.correlation import Pearson

__all__ = ["exchange_moments"]

#: A mixture with less variance than this, of standardised scores, is constant.
CONSTANT = 1e-12

#: So many draws are turned into numbers at a time.
CHUNK = 64


def exchange_moments(
    block: Block, statistic: Pearson, swaps: Swaps, progress: Callable[[int], None]
) -> list[Outcome]:
    """Both metrics exchange standardised scores of translations at random."""
    method = "scores exchanged"
    results = [statistic(scores, block.ratings) for scores in block.scores]
    values = np.array([r.value for r in results])
    groups = _groups(block.present, statistic.grouping)
    scores = np.nan_to_num(standardised(block.scores)).reshape(len(values), -1)
    human = block.ratings.reshape(-1)
    whole = swaps.reshape(len(swaps), -1)
    taken, total, rated = [], [], []
    for cells in groups:
        own = scores[:, cells]
        people = human[cells] - human[cells].mean()
        columns = np.concatenate([own, own**2, own * people]).T
        taken.append(_product(whole, cells, columns))
        total.append(columns.sum(axis=0))
        rated.append((len(cells), float(people @ people)))
    sums = Sums(np.array(taken), np.array(total), rated, len(values))
    outcomes = []
    for pair in block.pairs:
        better, worse = oriented(block, pair, values)
        ends = float(values[better]), float(values[worse])
        why = next((results[m].note for m in pair if np.isnan(values[m])), "")
        if why:
            outcomes.append(Outcome(better, worse, *ends, None, method, note=why))
        else:
            null = sums.mixed(better, worse) - sums.mixed(worse, better)
            observed = sums.unmixed(better) - sums.unmixed(worse)
            outcomes.append(Outcome(better, worse, *ends, exceeding(null, observed), method))
        progress(1)
    return outcomes


class Sums:
    """Sums of standardised scores, of their squares and of their products with ratings: of what
    each draw takes from each metric, (n_groups, n_draws, 3 n_metrics), and of all."""

    def __init__(
        self, taken: Array, total: Array, rated: list[tuple[int, float]], n_metrics: int
    ) -> None:
        self.taken = taken.reshape(*taken.shape[:2], 3, n_metrics)
        self.total = total.reshape(len(total), 1, 3, n_metrics)
        self.rated = rated

    def mixed(self, one: int, two: int) -> Array:
        """The statistic of mixtures of what is taken from ``one`` and the rest of ``two``."""
        rest = self.total[..., two] - self.taken[..., two]
        return self._mean(self.taken[..., one] + rest)

    def unmixed(self, metric: int) -> float:
        """The statistic of one metric."""
        return float(self._mean(self.total[..., metric])[0])

    def _mean(self, sums: Array) -> Array:
        """The mean over groups of the correlations with these (n_groups, n_draws, 3) sums."""
        number = np.array([n for n, _ in self.rated], dtype=float)[:, None]
        people = np.array([s for _, s in self.rated])[:, None]
        variance = sums[..., 1] - sums[..., 0] ** 2 / number
        defined = (variance > CONSTANT * number) & (people > 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            values = np.where(defined, sums[..., 2] / np.sqrt(variance * people), 0.0)
            result: Array = values.sum(axis=0) / defined.sum(axis=0)
        return result


def _groups(present: NDArray[np.bool_], grouping: str) -> list[NDArray[np.int64]]:
    """The flat positions of each group's translations, of groups of at least two."""
    if grouping == "none":
        cells = [np.flatnonzero(present)]
    else:
        width = present.shape[1]
        cells = [np.flatnonzero(row) + i * width for i, row in enumerate(present)]
    return [c for c in cells if len(c) >= 2]


def _product(swaps: NDArray[np.uint8], cells: NDArray[np.int64], columns: Array) -> Array:
    """What the draws add up to: swaps, (n_draws, n_cells), times columns, chunk by chunk."""
    whole = len(cells) == swaps.shape[1]
    parts = []
    for start in range(0, len(swaps), CHUNK):
        rows = swaps[start : start + CHUNK]
        parts.append((rows if whole else rows[:, cells]).astype(np.float64) @ columns)
    return np.concatenate(parts)

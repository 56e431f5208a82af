"""Paired approximate randomisation: two systems exchange units at random.

Noreen (1989); for machine translation Riezler and Maxwell (2005). p is the share of trials in which
the absolute difference of the corpus scores is above the observed one (sacrebleu's rule), or at
least that (Noreen's), plus one trial; two-sided.

With M_i the sum over the units that system i keeps and T_i that over all of its units, the
pseudo-systems of i and j have the sums T_j + (M_i - M_j) and T_i - (M_i - M_j): one product of
flags and statistics serves all pairs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from harness.metrics.base import Metric
from harness.system_comparison.draws import exchanges
from harness.system_comparison.sums import Array, Statistics

__all__ = ["exchange_p_values"]

#: Sums scored at once: they should fit into the processor's cache.
ROWS = 8192


def exchange_p_values(
    metric: Metric,
    statistics: Statistics,
    samples: int,
    seed: int,
    advance: Callable[[int], None],
    *,
    ties: bool,
) -> Array:
    """p (systems, systems) of every two systems; the diagonal has no meaning.

    ``ties``: whether a trial with a difference equal to the observed one counts. Without them, as
    in sacrebleu, systems with equal texts get the smallest p, and so does every pair if there are
    few units.
    """
    beyond_or_at = np.greater_equal if ties else np.greater
    systems = statistics.systems
    totals = statistics.totals()
    scores = metric.score_sums(totals, "corpus")
    observed = np.abs(scores[:, None] - scores)
    beyond = np.zeros((systems, systems), dtype=np.int64)
    for flags in exchanges(statistics.units, samples, seed):
        kept = statistics.sums(flags)
        for start in range(0, len(flags), 512):
            part = kept[:, start : start + 512]
            for i in range(systems - 1):
                beyond[i, i + 1 :] += _exceeding(metric, part, totals, observed, i, beyond_or_at)
        advance(len(flags))
    beyond += beyond.T
    return (beyond + 1) / (samples + 1)


def _exceeding(
    metric: Metric, kept: Array, totals: Array, observed: Array, i: int, exceeds: np.ufunc
) -> NDArray[np.int64]:
    """In how many trials system ``i`` and each later one are further apart than observed."""
    _, trials, k = kept.shape
    found = []
    at_once = max(1, ROWS // trials)
    for start in range(i + 1, len(kept), at_once):
        others = slice(start, start + at_once)
        moved = kept[i] - kept[others]
        one = metric.score_sums((totals[others, None] + moved).reshape(-1, k), "corpus")
        two = metric.score_sums((totals[i] - moved).reshape(-1, k), "corpus")
        apart = np.abs(one - two).reshape(-1, trials)
        found.append(exceeds(apart, observed[i, others, None]).sum(axis=1))
    return np.concatenate(found)

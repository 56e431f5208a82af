"""Rank clusters: metrics that the tests do not tell apart from the best of them share a rank."""

from __future__ import annotations

import math
from collections.abc import Mapping

__all__ = ["rank_clusters"]


def rank_clusters(
    values: Mapping[str, float], p_values: Mapping[tuple[str, str], float], alpha: float = 0.05
) -> dict[str, int]:
    """The cluster of each metric, from 1, the best.

    Metrics are taken from the largest value to the smallest (equals in order of name); a new
    cluster starts where the best metric of the current one is significantly better, p <= ``alpha``
    (the WMT metrics task). ``p_values`` maps (better metric, other metric) to p; a pair that is
    absent or NaN is not significant. Metrics without a value get no cluster.
    """
    ordered = sorted(
        (m for m, value in values.items() if not math.isnan(value)), key=lambda m: (-values[m], m)
    )
    clusters: dict[str, int] = {}
    best, rank = "", 0
    for metric in ordered:
        if not rank or p_values.get((best, metric), math.nan) <= alpha:
            best, rank = metric, rank + 1
        clusters[metric] = rank
    return clusters

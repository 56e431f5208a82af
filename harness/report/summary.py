"""Summaries: one row per system and metric, and one row per metric."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from harness.metrics.base import Metric
from harness.tables import METRICS, SYSTEMS, TestSet, conform

__all__ = ["metric_table", "system_table"]


def metric_table(
    metrics: Mapping[str, Metric], sentinels: Mapping[str, Metric], n_references: int
) -> pd.DataFrame:
    """Table METRICS: the name of each metric, and everything that determines its numbers."""
    rows = [
        (
            key,
            metric.name,
            metric.full_signature(n_references, "corpus"),
            metric.higher_is_better,
            role,
            metric.sees if role == "sentinel" else "",
            metric.family if role == "metric" else "",
        )
        for role, group in (("metric", metrics), ("sentinel", sentinels))
        for key, metric in group.items()
    ]
    return conform(pd.DataFrame(rows, columns=METRICS.names), METRICS)


def system_table(test_set: TestSet, scores: pd.DataFrame, ratings: pd.DataFrame) -> pd.DataFrame:
    """Table SYSTEMS: corpus score, mean segment score and mean rating of every system.

    The rating is the mean over the system's rated segments; NaN where nobody rated it. The mean
    segment score is NaN where a segment has no score.
    """
    total = ratings[ratings["category"] == "all"]
    rating = total.groupby("system")["rating"].mean()
    n_rated = total.groupby("system")["rating"].size()
    n_raters = total.groupby("system")["n_raters"].mean()
    roles = test_set.roles
    of_segments = scores[scores["segment_id"].notna()].groupby(["system", "metric"], sort=False)
    means = of_segments["score"].agg(lambda s: s.mean(skipna=False))
    whole = scores[scores["segment_id"].isna()]
    rows = [
        {
            "test_set": test_set.name,
            "system": system,
            "role": roles[system],
            "metric": metric,
            "signature": signature,
            "score": score,
            "mean_segment_score": means.get((system, metric), np.nan),
            "rating": rating.get(system, np.nan),
            "n_segments": len(test_set.segments),
            "n_rated_segments": int(n_rated.get(system, 0)),
            "n_raters": float(n_raters.get(system, 0.0)),
            "status": status,
        }
        for system, metric, signature, score, status in whole[
            ["system", "metric", "signature", "score", "status"]
        ].itertuples(index=False, name=None)
    ]
    return conform(pd.DataFrame(rows, columns=SYSTEMS.names), SYSTEMS)

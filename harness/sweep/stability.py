"""How stable the order of the metrics is across settings."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import kendalltau

__all__ = ["metric_ranks", "rank_stability"]

#: What one comparison of metrics is about; within it, settings are compared.
TOPIC = ["level", "category", "statistic", "grouping", "system_score"]


def rank_stability(meta: pd.DataFrame) -> pd.DataFrame:
    """How similarly two settings order the metrics, for each statistic.

    Parameters
    ----------
    meta
        Rows of META_EVALUATION of all jobs with a column ``setting``; sentinels left out.

    Returns
    -------
    DataFrame
        Columns of the topic (:data:`TOPIC`), setting_1, setting_2, tau
        (Kendall's tau-b between the two lists of values; NaN with fewer than two metrics, or where
        one list is constant), n_metrics (metrics with a value in both), n_flipped (pairs of
        metrics whose order is reversed), n_pairs.
    """
    rows = []
    for topic, wide in _matrices(meta):
        for first, second in combinations(wide.columns, 2):
            both = wide[[first, second]].dropna()
            x, y = both[first].to_numpy(), both[second].to_numpy()
            i, j = np.triu_indices(len(both), 1)
            flipped = int(((x[i] - x[j]) * (y[i] - y[j]) < 0).sum())
            varied = len(both) > 1 and np.ptp(x) > 0 and np.ptp(y) > 0
            tau = float(kendalltau(x, y).statistic) if varied else math.nan
            rows.append((*topic, first, second, tau, len(both), flipped, len(i)))
    columns = [*TOPIC, "setting_1", "setting_2", "tau", "n_metrics", "n_flipped", "n_pairs"]
    return pd.DataFrame(rows, columns=columns)


def metric_ranks(meta: pd.DataFrame) -> pd.DataFrame:
    """The rank of each metric over the settings, 1 is best, among the metrics with a value in every
    setting.

    Returns
    -------
    DataFrame
        Columns of the topic, metric, mean_rank, best_rank, worst_rank, n_settings, n_metrics. Equal
        values share the mean of their ranks.
    """
    rows = []
    for topic, wide in _matrices(meta):
        whole = wide.dropna()
        ranks = whole.rank(ascending=False)
        for metric, own in ranks.iterrows():
            values = own.to_numpy(dtype=float)
            rows.append(
                (*topic, metric, values.mean(), values.min(), values.max(), len(own), len(whole))
            )
    columns = [*TOPIC, "metric", "mean_rank", "best_rank", "worst_rank", "n_settings", "n_metrics"]
    return pd.DataFrame(rows, columns=columns)


def _matrices(meta: pd.DataFrame) -> list[tuple[tuple[object, ...], pd.DataFrame]]:
    """For each topic the values as metrics x settings, where there are two settings."""
    found = []
    for topic, rows in meta.groupby(TOPIC, sort=False):
        settings = list(dict.fromkeys(rows["setting"]))
        wide = rows.pivot_table(
            index="metric", columns="setting", values="value", aggfunc="first", sort=False
        ).reindex(columns=settings)
        if len(settings) > 1:
            found.append((tuple(topic), wide))
    return found

"""The order in which injected errors are shown: metrics before sentinels, kinds by category."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from harness.report.metric_info import MetricInfo

__all__ = ["is_sentinel", "kinds_by_category", "metrics_first"]


def is_sentinel(infos: Mapping[str, MetricInfo], metric: str) -> bool:
    """Whether the metric is a sentinel of the run."""
    return metric in infos and infos[metric].is_sentinel


def metrics_first(table: pd.DataFrame, infos: Mapping[str, MetricInfo]) -> list[str]:
    """The metrics of ``table``, then its sentinels, each as they come."""
    every = [str(m) for m in dict.fromkeys(table["metric"])]
    return sorted(every, key=lambda m: is_sentinel(infos, m))


def kinds_by_category(table: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Each category of the view news with its injectors, major ones first."""
    own = table.drop_duplicates("injector")
    result = []
    for category, rows in own.groupby("news_category", sort=False):
        order = rows.sort_values("severity", kind="stable", key=lambda s: s != "major")
        result.append((str(category), [str(name) for name in order["injector"]]))
    return result

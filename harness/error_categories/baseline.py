"""Metrics in focus against one baseline, kind of error by kind of error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from harness.error_categories.held_out_raters import JUDGED
from harness.significance.holm import holm_adjusted
from harness.tables import BASELINE_DIFFERENCES, table

__all__ = ["baseline_differences"]


def baseline_differences(
    tests: pd.DataFrame, categories: pd.DataFrame, focus: Sequence[str], baseline: str
) -> pd.DataFrame:
    """Table BASELINE_DIFFERENCES: accuracy of each metric of ``focus`` minus that of ``baseline``.

    Parameters
    ----------
    tests
        Table CATEGORY_TESTS, of all pairs of metrics.
    categories
        Table CATEGORIES, for the tiers.

    Returns
    -------
    pd.DataFrame
        A row for each view, category and metric of ``focus``. p is adjusted by Holm over these
        metrics and the categories of one view in which both can be judged; NaN elsewhere.
    """
    tiers = {
        (r.view, r.category, r.metric): str(r.tier)
        for r in categories[categories["kind"] == "metric"].itertuples(index=False)
    }
    rows = []
    for metric in focus:
        for turned in (False, True):
            one, two = ("metric_2", "metric_1") if turned else ("metric_1", "metric_2")
            own = tests[(tests[one] == metric) & (tests[two] == baseline)]
            rows += [_row(row, metric, baseline, tiers, turned) for row in own.to_dict("records")]
    for view in dict.fromkeys(row["view"] for row in rows):
        own_rows = [row for row in rows if row["view"] == view]
        judged = [row["p"] if row["tier"] in JUDGED else math.nan for row in own_rows]
        for row, adjusted in zip(own_rows, holm_adjusted(judged), strict=True):
            row["p_holm"] = adjusted
    return table(rows, BASELINE_DIFFERENCES)


def _row(
    row: dict[Any, Any],
    metric: str,
    baseline: str,
    tiers: dict[tuple[Any, Any, Any], str],
    turned: bool,
) -> dict[str, Any]:
    """The row of CATEGORY_TESTS, with the sign of metric minus baseline."""
    place = (row["view"], row["category"])
    both = [tiers.get((*place, name), "too few") for name in (metric, baseline)]
    low, high = row["low"], row["high"]
    return {
        **{name: row[name] for name in ("test_set", "view", "category", "p", "n_documents")},
        **{name: row[name] for name in ("confidence", "alpha")},
        "metric": metric,
        "baseline": baseline,
        "difference": -row["difference"] if turned else row["difference"],
        "low": -high if turned else low,
        "high": -low if turned else high,
        "tier": next((t for t in both if t not in JUDGED), both[0]),
    }

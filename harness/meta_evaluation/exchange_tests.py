"""Tests by exchange of scores: rows of METRIC_TESTS and SENTINEL_TESTS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from harness.meta_evaluation.averages import Average
from harness.meta_evaluation.scopes import documents_known, these
from harness.meta_evaluation.trials import METRICS, SENTINELS, Outcome, Trial
from harness.significance import Comparison
from harness.significance.holm import holm_adjusted
from harness.statistics.base import Statistic, TwoWayRule
from harness.statistics.system_level import SystemStatistic

__all__ = ["exchange_outcome"]

NAN = float("nan")
#: False positives at .05, one-sided, of tests that exchange translations, where a metric's errors
#: are shared over a system: simulations with real ratings, at the median bias of metrics and at
#: twice that (docs/statistics.md).
MEASURED: Mapping[TwoWayRule, str] = {
    "soft_pairwise_accuracy": "20 to 28 %",
    "acc_eq": "14 to 21 %",
    "pdp_pearson": "20 to 24 %",
    "pearson_by_item": "17 to 26 %",
    "pearson_by_item_official": "17 to 26 %",
}
#: The same of the test that exchanges verdicts on pairs, of independent errors.
MEASURED_PAIRS = "12 to 16 %"


def exchange_outcome(
    statistic: Statistic | Average, trial: Trial, comparisons: Sequence[Comparison]
) -> Outcome:
    """Comparisons as rows, each family adjusted for itself, and the clusters of the metrics.

    Published tables are one-sided, and p is the share of draws, as published. Otherwise p is
    two-sided, twice that of one side, because the distribution of the exchanges is symmetric; and
    the observed scores count as a draw (Phipson and Smyth 2010), so that p is never 0.
    """
    outcome = Outcome()
    sides = 1 if trial.testing.method == "exchange" else 2
    families = _families(comparisons, trial.sentinels)
    for family, members in families.items():
        p = [c.p if sides == 1 else min(1.0, 2.0 * _one_sided(c)) for c in members]
        n_tests = sum(not np.isnan(value) for value in p)
        for c, own, adjusted in zip(members, p, holm_adjusted(p), strict=True):
            row = {**_row(statistic, trial, c), "family": family, "sides": sides}
            row |= {"p": own, "p_adjusted": adjusted, "adjustment": "holm"}
            row["smallest_p"] = min(1.0, n_tests * sides * _smallest(statistic, c, sides))
            outcome.rows.append(row)
    outcome.rank(trial, unadjusted=sides == 1)
    outcome.beside = _beside(statistic, trial, outcome.rows)
    return outcome


def _one_sided(c: Comparison) -> float:
    """The p of a comparison with the observed scores as one draw more; NaN where it has none."""
    return c.p if c.exact else (c.p * c.samples + 1.0) / (c.samples + 1.0)


def _smallest(statistic: Statistic | Average, c: Comparison, sides: int) -> float:
    """The smallest one-sided p that is possible, as far as it is known; else 0."""
    if isinstance(statistic, SystemStatistic) and c.exact:
        return float(2.0**-c.n_systems)
    return 0.0 if c.exact or sides == 1 else 1.0 / (c.samples + 1.0)


def _families(
    comparisons: Sequence[Comparison], sentinels: Sequence[str]
) -> dict[str, list[Comparison]]:
    """The comparisons of two metrics, and those of a metric with a sentinel; what two sentinels
    differ by tells nobody anything."""
    families: dict[str, list[Comparison]] = {METRICS: [], SENTINELS: []}
    for comparison in comparisons:
        n = sum(m in sentinels for m in (comparison.metric_1, comparison.metric_2))
        if n < 2:
            families[SENTINELS if n else METRICS].append(comparison)
    return families


def _row(statistic: Statistic | Average, trial: Trial, c: Comparison) -> dict[str, Any]:
    """The comparison as a row of METRIC_TESTS, but for p and its family."""
    return {
        **trial.about(statistic),
        "metric_1": c.metric_1,
        "metric_2": c.metric_2,
        "difference": c.difference,
        "low": NAN,
        "high": NAN,
        "standard_error": NAN,
        "degrees": None,
        "detectable": NAN,
        "n_documents": len(set(trial.material.documents)),
        "value_1": c.value_1,
        "value_2": c.value_2,
        "method": _method(statistic, c),
        "holds_level": False,
        "p_raters": NAN,
        "p_raters_adjusted": NAN,
        "n_raters": None,
        "scope": _scope(statistic, trial, c),
        "samples": c.samples,
        "seed": trial.testing.seed if c.samples and not c.exact else None,
        "exact": c.exact,
        "n_systems": c.n_systems,
        "n_segments": c.n_segments,
        "n_excluded": c.n_excluded,
        "note": c.note,
    }


def _method(statistic: Statistic | Average, c: Comparison) -> str:
    """How p was computed; where it is known to be too small, how often that misleads."""
    rule = None if isinstance(statistic, Average) else statistic.two_way
    if rule == "acc_eq" and "pairs" in c.method:
        level = MEASURED_PAIRS
    else:
        level = MEASURED.get(rule, "") if rule else ""
    return f"{c.method}; false positives at .05: {level}" if level else c.method


def _scope(statistic: Statistic | Average, trial: Trial, c: Comparison) -> str:
    if isinstance(statistic, SystemStatistic):
        return "other systems"
    unit = "document" if documents_known(trial.material.documents) else "segment"
    return these(unit, c.n_systems)


def _beside(
    statistic: Statistic | Average, trial: Trial, rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Each metric against the sentinel with the largest value: rows of SENTINEL_TESTS."""
    rivals = sorted(trial.rivals, key=lambda s: (-trial.values[s], s))
    if not rivals:
        return []
    best = rivals[0]
    own = {
        row["metric_1"] if row["metric_2"] == best else row["metric_2"]: row
        for row in rows
        if row["family"] == SENTINELS and best in (row["metric_1"], row["metric_2"])
    }
    p = [_against(row, best) for row in own.values()]
    return [
        {
            **trial.about(statistic),
            "metric": metric,
            "opponent": best,
            "value": row["value_2" if row["metric_1"] == best else "value_1"],
            "opponent_value": row["value_1" if row["metric_1"] == best else "value_2"],
            "p": value,
            "p_adjusted": adjusted,
            "sides": row["sides"],
            "beats": bool(adjusted <= trial.testing.alpha),
            "method": row["method"],
            "holds_level": False,
            "scope": row["scope"],
        }
        for (metric, row), value, adjusted in zip(own.items(), p, holm_adjusted(p), strict=True)
    ]


def _against(row: Mapping[str, Any], best: str) -> float:
    """The p of a metric against the sentinel, 1 where it is not the better one."""
    p = float(row["p"])
    return p if np.isnan(p) or row["metric_2"] == best else 1.0

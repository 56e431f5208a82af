"""What tests of metrics start from, and what comes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from harness.meta_evaluation.averages import Average
from harness.meta_evaluation.material import Material
from harness.meta_evaluation.rows import Place, Row
from harness.meta_evaluation.settings import Testing
from harness.significance import Gains, rank_clusters
from harness.significance.two_way.jackknife import Jackknife
from harness.statistics.base import Statistic

__all__ = ["METRICS", "SENTINELS", "Outcome", "Trial"]

#: The families of tests: of two metrics, and of a metric and a sentinel.
METRICS, SENTINELS = "metrics", "sentinels"


@dataclass(frozen=True)
class Trial:
    """What tests of one statistic, or of an average, start from: where it is, what it is computed
    from, the metrics' rows of META_EVALUATION, how to test, and the statistic's jackknife, where it
    has one."""

    place: Place
    material: Material
    rows: Mapping[str, Row]
    testing: Testing
    sentinels: Sequence[str]
    confidence: float
    jackknife: Jackknife | None = None

    @property
    def values(self) -> dict[str, float]:
        """Metric or sentinel -> its value, where it has one."""
        values = {m: float(row["value"]) for m, row in self.rows.items()}
        return {m: value for m, value in values.items() if not np.isnan(value)}

    @property
    def metrics(self) -> list[str]:
        """The metrics with a value that are no sentinels."""
        return [m for m in self.values if m not in self.sentinels]

    @property
    def rivals(self) -> list[str]:
        """The sentinels with a value."""
        return [m for m in self.values if m in self.sentinels]

    def about(self, statistic: Statistic | Average) -> dict[str, Any]:
        """What rows of METRIC_TESTS and SENTINEL_TESTS are about."""
        return {
            "test_set": self.place.test_set,
            "level": statistic.level,
            "statistic": statistic.name,
            "grouping": statistic.grouping,
            "system_score": statistic.system_score,
            "category": self.place.category,
        }


@dataclass
class Outcome:
    """The tests of one statistic.

    ``rows`` are those of METRIC_TESTS, ``beside`` those of SENTINEL_TESTS; ``clusters`` are the
    metrics' rank clusters by adjusted p, ``clusters_unadjusted`` those by p as it is, of tests by
    exchange; ``best_set`` are the observed best metric and those not shown worse; ``why`` says why
    there are no tests; ``gains`` are the differences in each draw.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    beside: list[dict[str, Any]] = field(default_factory=list)
    clusters: Mapping[str, int] = field(default_factory=dict)
    clusters_unadjusted: Mapping[str, int] = field(default_factory=dict)
    best_set: set[str] = field(default_factory=set)
    why: str = ""
    gains: Gains = field(default_factory=dict)

    def rank(self, trial: Trial, *, unadjusted: bool) -> None:
        """Find the clusters from the ``rows`` of the metrics. Metrics that lack a system take no
        place, because the others were harder to rank."""
        lacking = {m for m in trial.metrics if trial.material.without_score(m)}
        ranked = {m: trial.values[m] for m in trial.metrics if m not in lacking}
        own = [row for row in self.rows if row["family"] == METRICS]
        if len(ranked) < 2 or all(np.isnan(row["p"]) for row in own):
            return
        alpha = trial.testing.alpha
        adjusted = _by_pair(own, "p_adjusted")
        self.clusters = rank_clusters(ranked, adjusted, alpha)
        best = min(ranked, key=lambda m: (-ranked[m], m))
        worse = {two for (one, two), p in adjusted.items() if one == best and p <= alpha}
        self.best_set = set(ranked) - worse
        if unadjusted:
            self.clusters_unadjusted = rank_clusters(ranked, _by_pair(own, "p"), alpha)

    def place(self, row: Row) -> None:
        """Write the metric's clusters into its row of META_EVALUATION."""
        row["cluster"] = self.clusters.get(row["metric"])
        row["in_best_set"] = row["metric"] in self.best_set
        row["cluster_unadjusted"] = self.clusters_unadjusted.get(row["metric"])
        if self.why and not row["note"]:
            row["note"] = self.why


def _by_pair(rows: Sequence[Mapping[str, Any]], column: str) -> dict[tuple[str, str], float]:
    """(better metric, other metric) -> p."""
    return {(row["metric_1"], row["metric_2"]): float(row[column]) for row in rows}

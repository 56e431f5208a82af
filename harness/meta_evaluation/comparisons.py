"""Every two metrics against each other: rows of METRIC_TESTS, and rank clusters."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from harness.meta_evaluation.averages import Average
from harness.meta_evaluation.material import Material
from harness.meta_evaluation.rows import Place, Row
from harness.meta_evaluation.settings import Testing, is_expensive
from harness.progress import bar
from harness.significance import Comparison, compare_metrics, rank_clusters
from harness.statistics.base import Statistic
from harness.statistics.holm import holm_adjusted

__all__ = ["Outcome", "average_tests", "tests_of"]

METRICS, SENTINELS = "metrics", "sentinels"


@dataclass
class Outcome:
    """The tests of one statistic: their ``rows``, and the metrics' rank clusters by unadjusted and
    by Holm-adjusted p; ``why``: why there are none."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    clusters: Mapping[str, int] = field(default_factory=dict)
    clusters_holm: Mapping[str, int] = field(default_factory=dict)
    why: str = ""

    def place(self, row: Row) -> None:
        """Write the metric's clusters into its row of META."""
        row["cluster"] = self.clusters.get(row["metric"])
        row["cluster_holm"] = self.clusters_holm.get(row["metric"])
        if self.why and not row["note"]:
            row["note"] = self.why


def tests_of(
    place: Place,
    statistic: Statistic,
    material: Material,
    rows: Mapping[str, Row],
    testing: Testing,
    sentinels: Sequence[str],
) -> Outcome:
    """Test every two metrics that have a value, by the statistic."""
    names = [m for m, row in rows.items() if not np.isnan(row["value"])]
    if len(names) < 2:
        return Outcome()
    if is_expensive(statistic.level, statistic.name, statistic.grouping) and not testing.expensive:
        return Outcome(why="not tested: it takes long; metric_tests.expensive=true tests it")
    inner = getattr(statistic, "of", statistic) if statistic.level == "document" else statistic
    n_pairs = len(names) * (len(names) - 1) // 2
    with bar(f"testing {statistic.name} ({statistic.level})", n_pairs) as progress:
        comparisons = compare_metrics(
            inner,
            {m: material.scores[m] for m in names},
            material.ratings,
            corpus={m: material.corpus[m] for m in names} if material.corpus else None,
            samples=testing.samples,
            seed=testing.seed,
            test=testing.acc_eq,
            progress=progress.advance,
        )
    return outcome_of(place, statistic, comparisons, material, rows, testing, sentinels)

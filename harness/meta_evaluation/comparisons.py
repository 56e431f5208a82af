"""Every two metrics against each other: rows of METRIC_TESTS, and rank clusters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from harness.meta_evaluation.averages import Average, scale_of
from harness.meta_evaluation.material import Material
from harness.meta_evaluation.rows import Place, Row
from harness.meta_evaluation.settings import Testing, is_expensive
from harness.significance import (
    Comparison,
    Gains,
    compare_averages,
    compare_metrics,
    rank_clusters,
    system_gains,
)
from harness.significance.concordance import MOST_SYSTEMS
from harness.significance.holm import holm_adjusted
from harness.statistics.accuracy_ties import AccEq
from harness.statistics.base import Statistic
from harness.statistics.correlation import Kendall, KendallC, Pearson
from harness.statistics.groups import FEW
from harness.statistics.pdp import PDPPearson
from harness.statistics.soft_pairwise import SoftPairwiseAccuracy
from harness.support.progress import bar

__all__ = ["Outcome", "average_tests", "tests_of"]

METRICS, SENTINELS = "metrics", "sentinels"
#: Pairs of metrics x draws x translations that a statistic without a fast test is tested with
#: unasked, and about how long one of them takes.
MOST_WORK = 1_000_000_000
SECONDS_A_CELL = 4e-8
#: How many times that one takes which is computed anew for every draw: in arrays for all draws
#: together, or (Kendall's tau of many members, anybody's own statistic) group by group.
ANEW, ONE_BY_ONE = 10, 150


@dataclass
class Outcome:
    """The tests of one statistic: their ``rows``, and the metrics' rank clusters by unadjusted and
    by Holm-adjusted p; ``why``: why there are none."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    clusters: Mapping[str, int] = field(default_factory=dict)
    clusters_holm: Mapping[str, int] = field(default_factory=dict)
    why: str = ""
    gains: Gains = field(default_factory=dict)

    def place(self, row: Row) -> None:
        """Write the metric's clusters into its row of META_EVALUATION."""
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
    work = n_pairs * testing.samples * material.ratings.size * _cost(inner, material.ratings.shape)
    if not testing.expensive and not _is_fast(inner) and work > MOST_WORK:
        minutes = work * SECONDS_A_CELL / 60
        return Outcome(
            why=f"not tested: {n_pairs} pairs of metrics take about {minutes:.0f} minutes; "
            "metric_tests.expensive=true tests them"
        )
    gains: Gains = {}
    with bar(f"testing {statistic.name} ({statistic.level})", n_pairs) as progress:
        comparisons = compare_metrics(
            inner,
            {m: material.scores[m] for m in names},
            material.ratings,
            corpus={m: material.corpus[m] for m in names} if material.corpus else None,
            samples=testing.samples,
            seed=testing.seed,
            test=testing.acc_eq_test if isinstance(inner, AccEq) else "scores",
            progress=progress.advance,
            gains=gains,
        )
    outcome = _outcome(
        place, statistic.level, statistic, comparisons, material, rows, testing, sentinels
    )
    outcome.gains = gains
    return outcome


def _cost(statistic: Statistic, shape: tuple[int, ...]) -> int:
    """How many times ``SECONDS_A_CELL`` a translation takes, of a matrix of this shape."""
    n_systems, n_segments = shape
    grouping = statistic.grouping
    if isinstance(statistic, Pearson | PDPPearson):
        return 1
    if isinstance(statistic, Kendall | KendallC):
        if grouping == "item" and n_systems <= MOST_SYSTEMS and isinstance(statistic, Kendall):
            return 1
        members = {"item": n_systems, "system": n_segments}.get(grouping, n_systems * n_segments)
        return ONE_BY_ONE if members > FEW else ANEW
    return ANEW if hasattr(statistic, "values") else ONE_BY_ONE


def _is_fast(statistic: Statistic) -> bool:
    """Whether its test does not compute the statistic anew for every draw of every pair."""
    if isinstance(statistic, AccEq | SoftPairwiseAccuracy) or hasattr(statistic, "of_systems"):
        return True
    return isinstance(statistic, Pearson) and statistic.grouping != "item"


def average_tests(
    place: Place,
    average: Average,
    statistics: Mapping[str, Statistic],
    material: Material,
    rows: Mapping[str, Row],
    testing: Testing,
    sentinels: Sequence[str],
    outcomes: Mapping[str, Outcome],
) -> Outcome:
    """Test every two metrics by an average of statistics, from the draws of their own tests
    (``outcomes``); statistics of systems are drawn anew, translation by translation."""
    values = {m: float(row["value"]) for m, row in rows.items()}
    names = [m for m, value in values.items() if not np.isnan(value)]
    if len(names) < 2:
        return Outcome()
    parts = []
    for name, weight in average.shares().items():
        statistic = statistics[name]
        if statistic.level == "document" or statistic.grouping == "corpus":
            return Outcome(why=f"not tested: {name} takes no segment scores")
        gains = outcomes[name].gains if name in outcomes else {}
        if hasattr(statistic, "of_systems"):
            gains = system_gains(
                statistic,
                {m: material.scores[m] for m in names},
                material.ratings,
                samples=testing.samples,
                seed=testing.seed,
            )
        parts.append((weight * scale_of(statistic), gains))
    comparisons = compare_averages(values, parts, material.ratings, material.scores)
    return _outcome(place, average.level, average, comparisons, material, rows, testing, sentinels)


def _outcome(
    place: Place,
    level: str,
    statistic: Statistic | Average,
    comparisons: Sequence[Comparison],
    material: Material,
    rows: Mapping[str, Row],
    testing: Testing,
    sentinels: Sequence[str],
) -> Outcome:
    """Comparisons as rows, each family adjusted for itself, and the clusters of the metrics."""
    families: dict[str, list[Comparison]] = {METRICS: [], SENTINELS: []}
    for comparison in comparisons:
        n = sum(m in sentinels for m in (comparison.metric_1, comparison.metric_2))
        if n < 2:  # what two sentinels differ by tells nobody anything
            families[SENTINELS if n else METRICS].append(comparison)
    outcome = Outcome()
    adjusted: dict[tuple[str, str], float] = {}
    for family, members in families.items():
        for c, p_holm in zip(members, holm_adjusted([c.p for c in members]), strict=True):
            adjusted[c.metric_1, c.metric_2] = p_holm
            outcome.rows.append(
                {
                    "test_set": place.test_set,
                    "level": level,
                    "statistic": statistic.name,
                    "grouping": statistic.grouping,
                    "metric_1": c.metric_1,
                    "metric_2": c.metric_2,
                    "difference": c.difference,
                    "p": c.p,
                    "p_holm": p_holm,
                    "n_documents": len(set(material.documents)),
                    "category": place.category,
                    "value_1": c.value_1,
                    "value_2": c.value_2,
                    "family": family,
                    "method": c.method,
                    "samples": c.samples,
                    "exact": c.exact,
                    "n_systems": c.n_systems,
                    "n_segments": c.n_segments,
                    "n_excluded": c.n_excluded,
                    "note": c.note,
                }
            )
    tested = families[METRICS]
    ranked = {
        m: float(row["value"])
        for m, row in rows.items()
        if m not in sentinels and not np.isnan(row["value"]) and not material.without_score(m)
    }
    p_values = {(c.metric_1, c.metric_2): c.p for c in tested}
    if len(ranked) > 1 and any(not np.isnan(p) for p in p_values.values()):
        outcome.clusters = rank_clusters(ranked, p_values, testing.alpha)
        outcome.clusters_holm = rank_clusters(
            ranked, {pair: adjusted[pair] for pair in p_values}, testing.alpha
        )
    return outcome

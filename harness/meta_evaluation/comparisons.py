"""Every two metrics against each other: rows of METRIC_TESTS, and rank clusters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from harness.meta_evaluation.averages import Average, scale_of
from harness.meta_evaluation.material import Material
from harness.meta_evaluation.rows import Place, Row
from harness.meta_evaluation.settings import Testing
from harness.significance import (
    Comparison,
    Gains,
    compare_averages,
    compare_metrics,
    rank_clusters,
    system_gains,
)
from harness.significance.holm import holm_adjusted
from harness.statistics.base import Statistic
from harness.statistics.system_level import SystemStatistic
from harness.support.progress import bar

__all__ = ["Outcome", "Trial", "average_tests", "tests_of"]

METRICS, SENTINELS = "metrics", "sentinels"
#: Pairs of metrics x draws x translations x :meth:`Statistic.cost` that a statistic is tested with
#: unasked, and about how long one of them takes.
MOST_WORK = 1_000_000_000
SECONDS_A_CELL = 4e-8


@dataclass(frozen=True)
class Trial:
    """What tests of one statistic, or of an average, start from: where it is, what it is computed
    from, the metrics' rows of META_EVALUATION, and how to test."""

    place: Place
    material: Material
    rows: Mapping[str, Row]
    testing: Testing
    sentinels: Sequence[str]

    @property
    def values(self) -> dict[str, float]:
        """Metric -> its value, where it has one."""
        values = {m: float(row["value"]) for m, row in self.rows.items()}
        return {m: value for m, value in values.items() if not np.isnan(value)}


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


def tests_of(statistic: Statistic, trial: Trial) -> Outcome:
    """Test every two metrics that have a value, by the statistic."""
    names = list(trial.values)
    if len(names) < 2:
        return Outcome()
    why = _too_long(statistic, trial)
    if why:
        return Outcome(why=why)
    material, testing = trial.material, trial.testing
    gains: Gains = {}
    n_pairs = len(names) * (len(names) - 1) // 2
    with bar(f"testing {statistic.name} ({statistic.level})", n_pairs) as progress:
        comparisons = compare_metrics(
            statistic,
            {m: material.scores[m] for m in names},
            material.ratings,
            corpus={m: material.corpus[m] for m in names} if material.corpus else None,
            samples=testing.samples,
            seed=testing.seed,
            test=testing.acc_eq_test if statistic.has_verdicts else "scores",
            progress=progress.advance,
            gains=gains,
        )
    outcome = _outcome(statistic, trial, comparisons)
    outcome.gains = gains
    return outcome


def _too_long(statistic: Statistic, trial: Trial) -> str:
    """Why the statistic is not tested unasked; empty if it is."""
    if trial.testing.expensive:
        return ""
    if statistic.expensive:
        return "not tested: it takes long; metric_tests.expensive=true tests it"
    n = len(trial.values)
    n_pairs, ratings = n * (n - 1) // 2, trial.material.ratings
    work = n_pairs * trial.testing.samples * ratings.size * statistic.cost(ratings.shape)
    if work <= MOST_WORK:
        return ""
    minutes = work * SECONDS_A_CELL / 60
    return (
        f"not tested: {n_pairs} pairs of metrics take about {minutes:.0f} minutes; "
        "metric_tests.expensive=true tests them"
    )


def average_tests(
    average: Average,
    statistics: Mapping[str, Statistic],
    outcomes: Mapping[str, Outcome],
    trial: Trial,
) -> Outcome:
    """Test every two metrics by an average of statistics, from the draws of their own tests
    (``outcomes``); statistics of systems are drawn anew, translation by translation."""
    values, material, testing = trial.values, trial.material, trial.testing
    if len(values) < 2:
        return Outcome()
    parts = []
    for name, weight in average.shares().items():
        statistic = statistics[name]
        if statistic.level == "document" or statistic.system_score == "corpus":
            return Outcome(why=f"not tested: {name} takes no segment scores")
        gains = outcomes[name].gains if name in outcomes else {}
        if isinstance(statistic, SystemStatistic):
            gains = system_gains(
                statistic,
                {m: material.scores[m] for m in values},
                material.ratings,
                samples=testing.samples,
                seed=testing.seed,
            )
        parts.append((weight * scale_of(statistic), gains))
    comparisons = compare_averages(values, parts, material.ratings, material.scores)
    return _outcome(average, trial, comparisons)


def _outcome(
    statistic: Statistic | Average, trial: Trial, comparisons: Sequence[Comparison]
) -> Outcome:
    """Comparisons as rows, each family adjusted for itself, and the clusters of the metrics."""
    outcome = Outcome()
    adjusted: dict[tuple[str, str], float] = {}
    families = _families(comparisons, trial.sentinels)
    for family, members in families.items():
        for c, p_holm in zip(members, holm_adjusted([c.p for c in members]), strict=True):
            adjusted[c.metric_1, c.metric_2] = p_holm
            outcome.rows.append({**_row(statistic, trial, c), "p_holm": p_holm, "family": family})
    ranked = {
        m: value
        for m, value in trial.values.items()
        if m not in trial.sentinels and not trial.material.without_score(m)
    }
    p_values = {(c.metric_1, c.metric_2): c.p for c in families[METRICS]}
    if len(ranked) > 1 and any(not np.isnan(p) for p in p_values.values()):
        alpha = trial.testing.alpha
        p_holms = {pair: adjusted[pair] for pair in p_values}
        outcome.clusters = rank_clusters(ranked, p_values, alpha)
        outcome.clusters_holm = rank_clusters(ranked, p_holms, alpha)
    return outcome


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
    """The comparison as a row of METRIC_TESTS, but for its family."""
    return {
        "test_set": trial.place.test_set,
        "level": statistic.level,
        "statistic": statistic.name,
        "grouping": statistic.grouping,
        "system_score": statistic.system_score,
        "metric_1": c.metric_1,
        "metric_2": c.metric_2,
        "difference": c.difference,
        "p": c.p,
        "n_documents": len(set(trial.material.documents)),
        "category": trial.place.category,
        "value_1": c.value_1,
        "value_2": c.value_2,
        "method": c.method,
        "samples": c.samples,
        "exact": c.exact,
        "n_systems": c.n_systems,
        "n_segments": c.n_segments,
        "n_excluded": c.n_excluded,
        "note": c.note,
    }

"""Significance: tests between metrics, families of them, rank clusters, and intervals.

Two kinds of test. The two-way jackknife (:mod:`harness.significance.two_way`) speaks for other
systems and other documents: a t test, two-sided. All pairs of metrics by one statistic are one
family of tests, and the best set follows from it. Exchanges are the tests of published tables:
*metric 1 is the better of two; how often would a difference as large arise if the two were
interchangeable?* Their p is the share of random exchanges of scores that give at least the observed
difference (one-sided, as the WMT metrics task reports it).
"""

from harness.significance.averages import compare_averages, system_gains
from harness.significance.best_set import BestSet, best_set
from harness.significance.bootstrap import document_bootstrap, draw_documents
from harness.significance.chance_of_accuracy import AccuracyChance, chance_of_accuracy, tied_texts
from harness.significance.clusters import rank_clusters
from harness.significance.comparison import Comparison, Gains, compare_metrics
from harness.significance.families import Family, PairTest, compare_all_pairs, compare_pairs
from harness.significance.intervals import (
    bootstrap_interval,
    bootstrap_intervals,
    interval_of_draws,
)
from harness.significance.rater_jackknife import (
    RaterEstimate,
    RaterTest,
    rater_estimates,
    rater_tests,
)
from harness.significance.sentinel_tests import SentinelTest, beat_sentinels
from harness.significance.two_way.jackknife import CONSTANT, Estimate, Jackknife

__all__ = [
    "CONSTANT",
    "AccuracyChance",
    "BestSet",
    "Comparison",
    "Estimate",
    "Family",
    "Gains",
    "Jackknife",
    "PairTest",
    "RaterEstimate",
    "RaterTest",
    "SentinelTest",
    "beat_sentinels",
    "best_set",
    "bootstrap_interval",
    "bootstrap_intervals",
    "chance_of_accuracy",
    "compare_all_pairs",
    "compare_averages",
    "compare_metrics",
    "compare_pairs",
    "document_bootstrap",
    "draw_documents",
    "interval_of_draws",
    "rank_clusters",
    "rater_estimates",
    "rater_tests",
    "system_gains",
    "tied_texts",
]

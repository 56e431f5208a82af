"""Significance: tests between metrics, rank clusters, and intervals by resampling.

The rule for a p-value: *metric 1 is the better of two; how often would a difference as large arise
if the two were interchangeable?* It is the share of random exchanges of their scores that give at
least the observed difference (one-sided, as the WMT metrics task reports it).
"""

from harness.significance.averages import compare_averages, system_gains
from harness.significance.bootstrap import document_bootstrap, draw_documents
from harness.significance.clusters import rank_clusters
from harness.significance.comparison import Comparison, Gains, compare_metrics
from harness.significance.intervals import (
    bootstrap_interval,
    bootstrap_intervals,
    interval_of_draws,
)

__all__ = [
    "Comparison",
    "Gains",
    "bootstrap_interval",
    "bootstrap_intervals",
    "compare_averages",
    "compare_metrics",
    "document_bootstrap",
    "draw_documents",
    "interval_of_draws",
    "rank_clusters",
    "system_gains",
]

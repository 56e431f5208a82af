"""Metrics, one file each, and the contract that they follow."""

from harness.metrics.base import Level, Metric, SegmentError
from harness.metrics.batch import Batch, Languages, Neighbour
from harness.metrics.needs import Needs, Runs, Window
from harness.metrics.results import MetricSpan, SegmentScores, Status, usage

__all__ = [
    "Batch",
    "Languages",
    "Level",
    "Metric",
    "MetricSpan",
    "Needs",
    "Neighbour",
    "Runs",
    "SegmentError",
    "SegmentScores",
    "Status",
    "Window",
    "usage",
]

"""Metrics: one module a family, each metric a frozen dataclass that keeps :class:`Metric`."""

from harness.metrics.base import Batch, Level, Metric, MetricSpan, SegmentScores

__all__ = ["Batch", "Level", "Metric", "MetricSpan", "SegmentScores"]

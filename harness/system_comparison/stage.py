"""The stage: a test set's scores -> tables of tests between systems, and of intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from harness.metrics.base import Metric, SegmentScores
from harness.support.progress import bar
from harness.system_comparison.rows import compare_scores, steps
from harness.system_comparison.settings import SystemTesting
from harness.tables import SYSTEM_INTERVALS, SYSTEM_TESTS, TestSet, table

__all__ = ["SystemComparison", "compare_systems"]


@dataclass(frozen=True)
class SystemComparison:
    """``tests``: table SYSTEM_TESTS; ``intervals``: table SYSTEM_INTERVALS."""

    tests: pd.DataFrame
    intervals: pd.DataFrame


def compare_systems(
    test_set: TestSet,
    metrics: Mapping[str, Metric],
    segments: Mapping[tuple[str, str], SegmentScores],
    testing: SystemTesting,
) -> SystemComparison:
    """Test every two systems of ``test_set`` by every metric.

    Parameters
    ----------
    metrics
        Name in the tables -> metric.
    segments
        (metric's name, system) -> its scores and statistics of all segments, as the metric defines
        them (not turned round).
    testing
        What is done, and the seed. All metrics and systems share the draws.

    Returns
    -------
    SystemComparison
        A system with a segment that has no score is not tested; its rows say why.
    """
    documents, _ = pd.factorize(test_set.segments["document"])
    tests: list[dict[str, object]] = []
    intervals: list[dict[str, object]] = []
    total = steps(len(test_set.systems), testing) * len(metrics)
    with bar("comparing systems", total) as progress:
        for key, metric in metrics.items():
            own = {system: segments[key, system] for system in test_set.systems}
            rows = compare_scores(key, metric, own, documents, testing, progress.advance)
            tests += [{"test_set": test_set.name, **row} for row in rows.tests]
            intervals += [{"test_set": test_set.name, **row} for row in rows.intervals]
    return SystemComparison(table(tests, SYSTEM_TESTS), table(intervals, SYSTEM_INTERVALS))

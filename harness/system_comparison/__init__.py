"""Scores of systems compared with each other: are the differences more than chance?

Paired bootstrap and paired approximate randomisation, for every two systems and every metric,
computed from what each segment adds to the metric's sums. Human ratings are not used.
"""

from __future__ import annotations

from harness.system_comparison.rows import Rows, compare_scores
from harness.system_comparison.settings import SystemTesting

__all__ = ["Rows", "SystemTesting", "compare_scores"]

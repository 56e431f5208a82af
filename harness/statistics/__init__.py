"""Meta-statistics: how well scores agree with ratings; one idea a module.

A statistic is a frozen dataclass; its parameters are fields. It is called with two arrays of shape
(n_systems, n_segments), scores and ratings, NaN where missing, and returns an :class:`Agreement`.
"""

from harness.statistics.base import Agreement, Statistic

__all__ = ["Agreement", "Statistic"]

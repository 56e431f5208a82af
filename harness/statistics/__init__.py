"""Meta-statistics: how well scores agree with ratings; one idea per module.

A statistic is a frozen dataclass that inherits :class:`Statistic`; its parameters are fields. It
is called with two arrays of shape (n_systems, n_segments), scores and ratings, NaN where missing,
and returns an :class:`Agreement`. Everything else it can provide (its chance level, a fast test,
its cost, …) has a default. Fast code for statistics is in ``fast``.
"""

from harness.statistics.base import Agreement, Statistic

__all__ = ["Agreement", "Statistic"]

"""What a family of tests says of the best metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from harness.significance.families import Family

__all__ = ["BestSet", "best_set"]


@dataclass(frozen=True)
class BestSet:
    """The ``observed_best`` metric, the ``members`` of the best set (itself and all that are not
    shown worse than it), and those ``shown_worse``; both from the largest value to the smallest,
    equals by name.

    The family covers the choice of the observed best: with a chance of at least the confidence no
    metric is shown worse that is not. ``possible`` is False where no metric could have been shown
    worse, whatever the data (too few systems for an exchange); then nothing is said of the others.
    """

    observed_best: str
    members: tuple[str, ...]
    shown_worse: tuple[str, ...]
    possible: bool

    @property
    def winner(self) -> str:
        """The metric that may be named the best, where the set has no other; else empty."""
        return self.observed_best if len(self.members) == 1 and self.shown_worse else ""


def best_set(values: Mapping[str, float], family: Family, alpha: float = 0.05) -> BestSet | None:
    """The best set of the metrics with a value (not NaN); None where there is none.

    ``values`` are those on everything that each metric scored. A metric is shown worse where its
    test against the observed best shows it on the translations that both scored.
    """
    ordered = sorted(
        (m for m, v in values.items() if not np.isnan(v)), key=lambda m: (-values[m], m)
    )
    if not ordered:
        return None
    best = ordered[0]
    worse = {t.metric_2 for t in family.tests if t.metric_1 == best and t.shows(alpha)}
    return BestSet(
        observed_best=best,
        members=tuple(m for m in ordered if m not in worse),
        shown_worse=tuple(m for m in ordered if m in worse),
        possible=family.smallest_p <= alpha,
    )

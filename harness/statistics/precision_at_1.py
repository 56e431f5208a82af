"""Precision at 1: whether a metric chooses the translation that people rate best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harness.statistics.base import (
    ANEW,
    Agreement,
    Array,
    Grouping,
    Level,
    Statistic,
    complete,
)
from harness.statistics.fast.resampling import Counts, mean_of_segments

__all__ = ["PrecisionAt1"]

#: Scores, and ratings, that differ by at most this share a place.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class PrecisionAt1(Statistic):
    """Precision at 1, in [0, 1]: of the translations of a segment that the metric scores highest,
    the share that people rate highest; the mean over segments.

    It asks what somebody asks who lets a metric choose among translations, and looks at nothing
    below the first place. Ties share the place, on both sides: a metric that cannot decide between
    two translations gets half a point if one of them is rated best. So a constant gets exactly
    what a random choice gets on average: the mean share of translations that are rated best. This
    chance is high where people often rate several translations best, so compare the value with it.
    ``n`` is the number of segments with at least two translations that have score and rating;
    undefined without one. Ties are differences of at most 1e-9.
    """

    level: ClassVar[Level] = "segment"
    grouping: ClassVar[Grouping] = "item"
    name: ClassVar[str] = "precision_at_1"
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        present = complete(scores, ratings)
        used = (int(present.any(axis=0).sum()), int(present.sum()))
        by_segment = self.by_segment(scores[None], ratings)[0]
        defined = ~np.isnan(by_segment)
        if not defined.any():
            note = "fewer than 2 translations with score and rating in any segment"
            return Agreement(float("nan"), 0, note, *used)
        return Agreement(float(by_segment[defined].mean()), int(defined.sum()), "", *used)

    def by_segment(self, stack: Array, ratings: Array) -> Array:
        """The share of each segment, (k, n_segments), for (k, n_systems, n_segments) score
        matrices that lack the same scores; NaN with fewer than two translations."""
        present = ~(np.isnan(stack) | np.isnan(ratings))
        chosen = _first(stack, present)
        right = (chosen & _first(ratings, present)).sum(axis=-2)
        shares = right / np.maximum(chosen.sum(axis=-2), 1)
        result: Array = np.where(present.sum(axis=-2) >= 2, shares, np.nan)
        return result

    def values(self, stack: Array, ratings: Array) -> Array:
        """From the shares of all segments of all matrices together."""
        by_segment = self.by_segment(stack, ratings)
        defined = ~np.isnan(by_segment)
        return np.array(
            [
                own[d].mean() if d.any() else np.nan
                for own, d in zip(by_segment, defined, strict=True)
            ]
        )

    def chance_level(self, ratings: Array) -> float:
        """What a constant gets, and so what a random choice gets on average."""
        return self(np.zeros_like(ratings), ratings).value

    def cost(self, shape: tuple[int, ...]) -> int:
        """That of a few passes over the scores."""
        return ANEW

    def resampled(self, scores: Array, ratings: Array, counts: Counts) -> Array:
        """The mean of the drawn segments' shares."""
        return mean_of_segments(self.by_segment(scores[None], ratings)[0], counts)


def _first(values: Array, present: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where a segment's highest value is, ties within the tolerance included."""
    known = np.where(present, values, -np.inf)
    best = known.max(axis=-2, keepdims=True, initial=-np.inf)
    first: NDArray[np.bool_] = present & (known >= best - TOLERANCE)
    return first

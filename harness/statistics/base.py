"""What a statistic is and what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["INFINITE", "Agreement", "Array", "Grouping", "Level", "Statistic", "complete"]

Array = NDArray[np.float64]
Grouping = Literal["none", "item", "system"]
Level = Literal["system", "document", "segment"]

#: Why a mean, a sum or a correlation of numbers is undefined that one of them has no place in.
INFINITE = "a score is infinite"


@dataclass(frozen=True)
class Agreement:
    """A statistic's value (NaN: undefined, ``note`` says why), the number ``n`` of pairs, groups or
    points that it is computed from, how many segments and translations took part in it, and what
    else it found on the way, by name (``detail``)."""

    value: float
    n: int
    note: str = ""
    n_segments: int = 0
    n_translations: int = 0
    detail: Mapping[str, float] = field(default_factory=dict, hash=False)


class Statistic(Protocol):
    """A rule that compares scores with ratings.

    It may say more, which makes tests and intervals faster or better: ``bounds``, the least and
    greatest value that it can have; ``values(stack, ratings)``, its values for a stack of score
    matrices, (k, n_systems, n_segments), that lack the same scores.
    """

    @property
    def name(self) -> str:
        """Its name in tables."""
        ...

    @property
    def level(self) -> Level:
        """Whether it compares systems, documents or segments."""
        ...

    @property
    def grouping(self) -> str:
        """Segment level: none, item (within a segment) or system. System level: 'mean' (of segment
        scores) or 'corpus' (the metric's own score of the whole text)."""
        ...

    @property
    def chance(self) -> float:
        """Its expected value for a metric without information; NaN: depends on the ratings."""
        ...

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        """Compare; both arrays have the shape (n_systems, n_segments)."""
        ...


def complete(scores: Array, ratings: Array) -> NDArray[np.bool_]:
    """Where both are present.

    Raises
    ------
    ValueError
        The shapes differ.
    """
    if scores.shape != ratings.shape:
        raise ValueError(f"scores have the shape {scores.shape}, ratings {ratings.shape}")
    return ~(np.isnan(scores) | np.isnan(ratings))

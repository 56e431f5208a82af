"""Agreement on documents: any statistic of segments, applied to documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harness.errors import InputError
from harness.statistics.base import (
    Agreement,
    Array,
    Grouping,
    Level,
    Statistic,
    TwoWayRule,
)
from harness.statistics.correlation import Pearson
from harness.statistics.fast.exchange import Differences, Exchange
from harness.statistics.fast.resampling import Counts
from harness.statistics.grouped_pairs import Verdicts

__all__ = ["OfDocuments"]


@dataclass(frozen=True)
class OfDocuments(Statistic):
    """The statistic ``of`` of document scores with mean ratings of documents.

    The arrays are (n_systems, n_documents); the grouping 'item' compares the systems' translations
    of one document. Everything except the level is that of ``of``.

    Raises
    ------
    InputError
        ``of`` compares whole systems.
    """

    of: Statistic = field(default_factory=Pearson)
    level: ClassVar[Level] = "document"

    def __post_init__(self) -> None:
        if getattr(self.of, "level", "segment") == "system":
            raise InputError(
                f"the statistic {self.of.name!r} compares systems, not documents",
                remedy="choose a statistic of segments",
            )

    @property
    def name(self) -> str:
        """The name of the statistic that is applied to documents."""
        return self.of.name

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        """Compare; both arrays have the shape (n_systems, n_documents)."""
        return self.of(scores, ratings)

    @property
    def grouping(self) -> Grouping:
        """That of ``of``, like all that follows."""
        return self.of.grouping

    @property
    def bounds(self) -> tuple[float, float]:
        return self.of.bounds

    @property
    def chance(self) -> float:
        return self.of.chance

    def chance_level(self, ratings: Array) -> float:
        return self.of.chance_level(ratings)

    @property
    def expensive(self) -> bool:
        return self.of.expensive

    def cost(self, shape: tuple[int, ...]) -> int:
        return self.of.cost(shape)

    @property
    def exchange_method(self) -> str:
        return self.of.exchange_method

    def why_not_exchanged(self, present: NDArray[np.bool_]) -> str:
        return self.of.why_not_exchanged(present)

    def exchanged(self, exchange: Exchange) -> Iterator[Differences]:
        return self.of.exchanged(exchange)

    def values(self, stack: Array, ratings: Array) -> Array:
        return self.of.values(stack, ratings)

    @property
    def has_verdicts(self) -> bool:
        return self.of.has_verdicts

    def verdicts(self, scores: Array, ratings: Array) -> Verdicts | None:
        return self.of.verdicts(scores, ratings)

    def resampled(self, scores: Array, ratings: Array, counts: Counts) -> Array:
        return self.of.resampled(scores, ratings, counts)

    @property
    def two_way(self) -> TwoWayRule | None:
        """None: the jackknife leaves out segments of documents, which here are whole."""
        return None

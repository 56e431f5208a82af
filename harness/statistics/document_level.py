"""Agreement on documents: any statistic of segments, with documents in their place."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

from harness.errors import InputError
from harness.statistics.base import Agreement, Array, Level, Statistic
from harness.statistics.correlation import Pearson

__all__ = ["OfDocuments"]


@dataclass(frozen=True)
class OfDocuments:
    """The statistic ``of`` of document scores with mean ratings of documents.

    The arrays are (n_systems, n_documents); a grouping 'item' compares the systems' translations
    of one document. Chance, direction and range are those of ``of``.

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
        """The name of the statistic that is taken of documents."""
        return self.of.name

    @property
    def grouping(self) -> str:
        """Its grouping."""
        return self.of.grouping

    @property
    def chance(self) -> float:
        """Its chance level."""
        return self.of.chance

    @property
    def bounds(self) -> tuple[float, float]:
        """Its least and largest value."""
        found: tuple[float, float] = getattr(self.of, "bounds", (-math.inf, math.inf))
        return found

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        """Compare; both arrays have the shape (n_systems, n_documents)."""
        return self.of(scores, ratings)

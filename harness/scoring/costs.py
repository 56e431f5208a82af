"""What scores cost: CPU seconds, wall seconds, tokens, money."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from harness.metrics.results import COSTS, SegmentScores

__all__ = ["Costs"]


@dataclass(frozen=True)
class Costs:
    """The total costs of some scores. Seconds: NaN if unknown. Tokens and money: of the segments
    for which the metric reports them; NaN if it reports none."""

    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    tokens: float = math.nan
    money: float = math.nan

    def __add__(self, other: Costs) -> Costs:
        return Costs(
            self.cpu_seconds + other.cpu_seconds,
            self.wall_seconds + other.wall_seconds,
            _added([self.tokens, other.tokens]),
            _added([self.money, other.money]),
        )

    @staticmethod
    def unknown() -> Costs:
        """The costs of scores that were computed elsewhere."""
        return Costs(math.nan, math.nan)

    @staticmethod
    def told(about: Mapping[str, Any]) -> Costs:
        """The costs recorded in a file of the store."""
        seconds = float(about.get("seconds", math.nan))
        others = [float(about.get(name, math.nan)) for name in COSTS[1:]]
        return Costs(seconds, *others)

    @staticmethod
    def of(segments: Sequence[SegmentScores]) -> Costs:
        """The costs of each segment, added up."""
        if not segments:
            return Costs()
        unknown = np.full((1, len(COSTS)), math.nan)
        rows = np.concatenate([unknown if s.costs is None else s.costs for s in segments])
        cpu, wall, tokens, money = rows.T.tolist()
        return Costs(math.fsum(cpu), math.fsum(wall), _added(tokens), _added(money))

    def record(self) -> dict[str, float | None]:
        """The record for run.json: null where something is unknown."""
        return {k: None if math.isnan(v) else round(v, 6) for k, v in asdict(self).items()}


def _added(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return math.fsum(known) if known else math.nan

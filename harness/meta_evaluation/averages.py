"""An average of statistics: one number per metric, by which shared tasks rank."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar

from harness.errors import InputError, unknown_name
from harness.statistics.base import Array, Statistic
from harness.support.checks import check_weight

__all__ = ["UNIT", "Average", "as_share", "scale_of"]

#: The range of a statistic that has no finite bounds.
UNIT = (0.0, 1.0)
Value = TypeVar("Value", float, Array)


@dataclass(frozen=True)
class Average:
    """The weighted mean of statistics of the same run, in [0, 1].

    A correlation r enters as (r + 1) / 2, so that all have the range of an accuracy. Undefined
    where one of the statistics is. It is ranked and tested like a statistic of its own.

    Parameters
    ----------
    weights
        Name of a statistic in the config -> its weight; they are divided by their sum.

    Raises
    ------
    InputError
        There is no weight above 0.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    name: ClassVar[str] = "average"
    level: ClassVar[str] = "all"
    grouping: ClassVar[str] = "weighted"
    system_score: ClassVar[str] = ""

    def __post_init__(self) -> None:
        for name, weight in self.weights.items():
            check_weight(f"statistics.average.weights.{name}", weight)
        if not any(weight > 0 for weight in self.weights.values()):
            raise InputError(
                "an average of statistics weighs none of them",
                found=repr(dict(self.weights)),
                expected="at least one weight above 0, e.g. {soft_pairwise_accuracy: 1}",
            )

    def check(self, known: Sequence[str]) -> None:
        """Refuse weights of statistics that the run does not have.

        Raises
        ------
        InputError
            A name is unknown.
        """
        for name in self.weights:
            if name not in known:
                raise unknown_name("statistic to average", name, known)

    def shares(self) -> dict[str, float]:
        """The weights of the statistics that count, divided by their sum."""
        total = sum(self.weights.values())
        return {name: weight / total for name, weight in self.weights.items() if weight > 0}

    def of(self, values: Mapping[str, Value], statistics: Mapping[str, Statistic]) -> Value:
        """The average of ``values``, by name in the config; NaN where one is missing."""
        parts = [w * as_share(statistics[n], values[n]) for n, w in self.shares().items()]
        result: Value = sum(parts[1:], start=parts[0])
        return result


def scale_of(statistic: Statistic) -> float:
    """How much of a difference in the statistic is one in its share: half for correlations."""
    low, high = _range(statistic)
    return 1.0 / (high - low)


def as_share(statistic: Statistic, value: Value) -> Value:
    """A value in [0, 1]: a correlation r becomes (r + 1) / 2, an accuracy stays."""
    low, high = _range(statistic)
    result: Value = (value - low) / (high - low)
    return result


def _range(statistic: Statistic) -> tuple[float, float]:
    low, high = statistic.bounds
    return (low, high) if math.isfinite(high - low) else UNIT

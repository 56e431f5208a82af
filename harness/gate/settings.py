"""What the gate compares, and what it lets pass."""

from __future__ import annotations

import math
from dataclasses import dataclass

from harness.errors import InputError
from harness.support.checks import check_between

__all__ = ["GateSettings", "tolerance_of"]


@dataclass(frozen=True)
class GateSettings:
    """How two runs are compared.

    Parameters
    ----------
    tolerance
        The loss that is accepted, at least 0. For metrics in percentage points of an accuracy (and
        hundredths of a correlation), for systems in per cent of the baseline's score. The tests are
        against this loss instead of 0.
    views
        The views whose categories are compared; empty: the first view of the run.
    metrics
        The metrics that are compared, by the names of the run; empty: all that both runs have.
    metric, baseline_metric
        One metric alone, whose name may differ in the baseline (default: the same name).
    system, baseline_system
        One system's translations alone, in the same way; then metrics are not compared with people.
    alpha
        The level of all tests together: at most that often is something called worse that is not.
    confidence
        Of the intervals.
    """

    tolerance: float = 0.0
    views: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    metric: str = ""
    baseline_metric: str = ""
    system: str = ""
    baseline_system: str = ""
    alpha: float = 0.05
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not 0.0 <= self.tolerance < math.inf:
            raise _bad_tolerance(f"{self.tolerance:g}")
        check_between("alpha", self.alpha, 0, 1)
        check_between("confidence", self.confidence, 0, 1)
        for name in ("metric", "system"):
            if getattr(self, f"baseline_{name}") and not getattr(self, name):
                raise InputError(
                    f"baseline_{name} is given without {name}",
                    remedy=f"add {name}=NAME, the {name} of the run that it is compared with",
                )
        if self.metric and self.metrics:
            raise InputError(
                "both metric and metrics are given",
                remedy="leave one out: metrics=[a,b] chooses several, metric=NAME one",
            )

    @property
    def old_metric(self) -> str:
        """The name of ``metric`` in the baseline."""
        return self.baseline_metric or self.metric

    @property
    def old_system(self) -> str:
        """The name of ``system`` in the baseline."""
        return self.baseline_system or self.system


def tolerance_of(text: str) -> float:
    """A tolerance as it is typed.

    Raises
    ------
    InputError
        It is no number.
    """
    try:
        return float(text)
    except ValueError as error:
        raise _bad_tolerance(repr(text)) from error


def _bad_tolerance(found: str) -> InputError:
    return InputError(
        "tolerance is not a size that a loss can have",
        found=found,
        expected="a number of at least 0: percentage points of a metric's accuracy, per cent of a "
        "system's score",
        remedy="for example tolerance=0.5",
    )

"""What the gate finds: comparisons, each passed or failed, and what could not be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from harness.significance.holm import holm_adjusted
from harness.significance.two_way.t_tests import detectable

__all__ = ["Comparison", "Found", "Result", "Uncompared", "judged", "one_sided"]

NAN = float("nan")


@dataclass(frozen=True)
class Comparison:
    """A number of the run beside that of the baseline; every number is higher-is-better.

    ``subject`` is a metric, or a system; ``measure`` what was measured (a statistic, 'category', a
    metric, 'rating'), ``view`` and ``category`` the kind of error, where there is one. ``value``,
    ``baseline``, ``difference`` and its interval are in the unit that they are shown in: per cent
    or points for metrics (``decimals`` of them), the metric's own for systems. ``tolerance`` is the
    accepted loss in that unit. ``p`` is one-sided, for a loss of more than the tolerance;
    ``p_adjusted`` is adjusted over all comparisons of the gate. ``standard_error`` and ``degrees``
    are those of a t test; with it, a true loss of ``detectable`` beyond the tolerance would have
    been found with power .8 (NaN: not known). ``n`` items of the kind ``items``
    were compared; ``method`` says how, and ``speaks_for`` what the test generalises to.
    ``examples`` are segments on which the run lost most, ``link`` shows them in its report.
    """

    kind: Literal["metric", "system"]
    subject: str
    baseline_subject: str
    measure: str
    value: float
    baseline: float
    difference: float
    low: float = NAN
    high: float = NAN
    p: float = NAN
    standard_error: float = NAN
    degrees: int = 0
    view: str = ""
    category: str = ""
    decimals: int = 1
    tolerance: float = 0.0
    n: int = 0
    items: str = ""
    n_segments: int = 0
    n_documents: int = 0
    n_lost: int | None = None
    n_won: int | None = None
    method: str = ""
    speaks_for: str = ""
    examples: tuple[str, ...] = ()
    link: str = ""
    note: str = ""
    p_adjusted: float = NAN
    detectable: float = NAN
    failed: bool = False

    @property
    def what(self) -> str:
        """What was measured, in words."""
        return self.category.replace("_", " ") if self.measure == "category" else self.measure

    @property
    def name(self) -> str:
        """A name that no other comparison of the gate has."""
        place = f"{self.view}/" if self.view else ""
        return f"{self.subject}: {place}{self.what}"

    def record(self) -> dict[str, Any]:
        """The comparison for JSON."""
        return {"name": self.name, **asdict(self)}


@dataclass(frozen=True)
class Uncompared:
    """What could not be compared, and why, in a few words each."""

    what: str
    why: str


@dataclass
class Found:
    """What was compared of metrics, or of systems: see :class:`Result`."""

    comparisons: list[Comparison] = field(default_factory=list)
    uncompared: list[Uncompared] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)

    def add(self, parts: tuple[list[Comparison], list[Uncompared]]) -> None:
        """Add comparisons, and what could not be compared."""
        self.comparisons += parts[0]
        self.uncompared += parts[1]


@dataclass(frozen=True)
class Result:
    """All that the gate found.

    ``compared`` says in sentences what was compared; ``unchanged`` names metrics and systems that
    are the same in both runs; ``warnings`` are differences between the runs that a reader of the
    result should know.
    """

    comparisons: tuple[Comparison, ...]
    uncompared: tuple[Uncompared, ...]
    compared: tuple[str, ...]
    unchanged: tuple[str, ...]
    warnings: tuple[str, ...]
    alpha: float
    confidence: float

    @property
    def failures(self) -> list[Comparison]:
        """What got worse."""
        return [c for c in self.comparisons if c.failed]

    def record(self) -> dict[str, Any]:
        """The result for JSON."""
        return {
            "passed": not self.failures,
            "alpha": self.alpha,
            "confidence": self.confidence,
            "comparisons": [c.record() for c in self.comparisons],
            "not_compared": [asdict(item) for item in self.uncompared],
            "compared": list(self.compared),
            "unchanged": list(self.unchanged),
            "warnings": list(self.warnings),
        }


def one_sided(shifted: float, two_sided: float) -> float:
    """The p of a loss, from the two-sided p of a difference whose tolerance has been added:
    ``shifted`` below 0 is a loss beyond it. NaN where there is no test."""
    return two_sided / 2.0 if shifted < 0.0 else 1.0 - two_sided / 2.0


def judged(comparisons: Sequence[Comparison], alpha: float) -> tuple[Comparison, ...]:
    """The comparisons with p adjusted by Holm over all of them, and failed where that is at most
    ``alpha``. One that has failed already stays so."""
    adjusted = holm_adjusted([c.p for c in comparisons])
    level = alpha / max(1, sum(c.p == c.p for c in comparisons))
    return tuple(
        replace(
            c,
            p_adjusted=p,
            failed=c.failed or p <= alpha,
            detectable=detectable(c.standard_error**2, c.degrees, 2.0 * level),  # one-sided
        )
        for c, p in zip(comparisons, adjusted, strict=True)
    )

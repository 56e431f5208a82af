"""The intervals of a statistic's values: from a jackknife, or bootstrapped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from harness.meta_evaluation.material import Material
from harness.meta_evaluation.scopes import (
    documents_known,
    jackknife_name,
    other,
    scope_of,
    unit_of,
)
from harness.meta_evaluation.settings import Resampling
from harness.significance import Estimate, Jackknife, bootstrap_intervals
from harness.significance.rater_jackknife import rater_estimates
from harness.significance.two_way import TWO_WAY
from harness.significance.two_way.spread import FEWEST_UNITS
from harness.statistics.base import Array, Statistic

__all__ = [
    "NO_RATERS",
    "Interval",
    "Intervals",
    "intervals_of",
    "jackknife_of",
    "rater_intervals",
]

NAN = float("nan")


@dataclass(frozen=True)
class Interval:
    """An interval, the standard error and the degrees of freedom behind it (None: no such), how it
    was made and what it generalises to; NaN and empty where there is none."""

    low: float = NAN
    high: float = NAN
    standard_error: float = NAN
    degrees: int | None = None
    method: str = ""
    scope: str = ""

    def row(self) -> dict[str, object]:
        """As columns of META_EVALUATION."""
        return {
            "low": self.low,
            "high": self.high,
            "standard_error": self.standard_error,
            "degrees": self.degrees,
            "interval_method": self.method,
            "scope": self.scope,
        }


@dataclass(frozen=True)
class Intervals:
    """The interval of each metric that has one; ``why`` there is none where there is none for any,
    and the values on ``draws`` of a bootstrap."""

    of: Mapping[str, Interval] = field(default_factory=dict)
    why: str = ""
    draws: Mapping[str, Array] = field(default_factory=dict)


def jackknife_of(
    statistic: Statistic, material: Material, *, by_segment: bool = False
) -> Jackknife | None:
    """The jackknife of a statistic that has one. Each segment is a document of its own where they
    are not divided into documents, or where that is asked for."""
    rule = statistic.two_way
    if rule is None or statistic.level == "document":
        return None
    whole = by_segment or not documents_known(material.documents)
    documents = None if whole else material.documents
    return Jackknife(TWO_WAY[rule], material.scores, material.ratings, documents)


def intervals_of(
    statistic: Statistic,
    scores: Mapping[str, Array],
    material: Material,
    resampling: Resampling,
    jackknife: Jackknife | None,
    *,
    drawn: bool,
) -> Intervals:
    """The intervals of metrics with a value, from the ``jackknife`` if there is one; ``drawn``:
    with values on the draws of a bootstrap in any case."""
    found = Intervals()
    if jackknife is None or drawn:
        found = _bootstrapped(statistic, scores, material, resampling)
    if jackknife is None or not scores:
        return found
    if len(material.systems) < 2:
        return Intervals(why="no interval: fewer than 2 systems", draws=found.draws)
    estimates = jackknife.estimates(resampling.confidence)
    own = {m: _estimated(estimates[m], unit_of(jackknife)) for m in scores}
    return Intervals(own, _why(estimates, jackknife), found.draws)


#: The ends of an interval over raters where there is none.
NO_RATERS: Mapping[str, float] = {"rater_low": float("nan"), "rater_high": float("nan")}


def rater_intervals(
    jackknife: Jackknife | None,
    scores: Mapping[str, Array],
    material: Material,
    confidence: float,
) -> dict[str, Mapping[str, float]]:
    """Metric -> its interval over raters, as columns of META_EVALUATION, for statistics with a
    jackknife where each document has one rater."""
    raters = None if jackknife is None else material.single_raters()
    if jackknife is None or raters is None or not scores:
        return {}
    used = np.array([bool(rater) for rater in raters])
    found = rater_estimates(
        jackknife.statistic,
        {name: matrix[:, used] for name, matrix in scores.items()},
        material.ratings[:, used],
        [rater for rater in raters if rater],
        confidence,
    )
    return {m: {"rater_low": e.low, "rater_high": e.high} for m, e in found.items()}


def _estimated(e: Estimate, unit: str) -> Interval:
    if np.isnan(e.low):
        return Interval()
    return Interval(
        low=e.low,
        high=e.high,
        standard_error=e.standard_error,
        degrees=e.degrees,
        method=jackknife_name(e.scope, unit),
        scope=scope_of(e.scope, unit, e.n_systems),
    )


def _why(estimates: Mapping[str, Estimate], jackknife: Jackknife) -> str:
    n, unit = max(e.n_documents for e in estimates.values()), unit_of(jackknife)
    if n >= FEWEST_UNITS:
        return ""
    return f"no interval: {n} {unit}{'s' if n != 1 else ''}, fewer than {FEWEST_UNITS}"


def _bootstrapped(
    statistic: Statistic, scores: Mapping[str, Array], material: Material, resampling: Resampling
) -> Intervals:
    if statistic.system_score == "corpus":
        return Intervals(why="no interval: corpus scores are not resampled")
    if statistic.expensive and not resampling.expensive:
        return Intervals(why="no interval: it takes long; resampling.expensive=true draws it")
    unit = "segment" if _by_segment(statistic, resampling) else "document"
    n = len(set(material.items if unit == "segment" else material.documents))
    if n < resampling.minimum_documents:
        number = f"{n} {unit}{'s' if n != 1 else ''}"
        return Intervals(why=f"no interval: {number}, fewer than {resampling.minimum_documents}")
    if not scores:
        return Intervals()
    draws: dict[str, Array] = {}
    found = bootstrap_intervals(
        statistic,
        scores,
        material.ratings,
        material.documents,
        samples=resampling.samples,
        seed=resampling.seed,
        confidence=resampling.confidence,
        unit="segment" if unit == "segment" else "document",
        draws=draws,
    )
    method, scope = f"{unit} bootstrap", other(unit, len(material.systems))
    own = {
        m: Interval(low, high, method=method, scope=scope) if low == low else Interval()
        for m, (low, high) in found.items()
    }
    return Intervals(own, draws=draws)


def _by_segment(statistic: Statistic, resampling: Resampling) -> bool:
    return resampling.unit == "segment" and statistic.level != "document"

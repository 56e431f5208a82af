"""The rows of META_EVALUATION: for each metric a statistic's value, how sure it is, and what it
rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.meta_evaluation.averages import UNIT, Average
from harness.meta_evaluation.ceilings import held_out
from harness.meta_evaluation.chances import Chance, chances_of
from harness.meta_evaluation.intervals import (
    NO_RATERS,
    Interval,
    intervals_of,
    rater_intervals,
)
from harness.meta_evaluation.material import Material
from harness.meta_evaluation.scopes import other
from harness.meta_evaluation.settings import Resampling
from harness.significance import Jackknife, interval_of_draws
from harness.statistics.base import Agreement, Array, Statistic
from harness.test_sets.subsets import WHOLE, Subset

__all__ = ["MINIMUM_SEGMENTS", "Place", "Row", "average_rows", "rows_of"]

#: A part of a test set with fewer segments (or documents) says nothing.
MINIMUM_SEGMENTS = 10
NAN = float("nan")
Row = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Which table rows are about: test set, category of the ratings, part of the test set."""

    test_set: str
    category: str
    subset: Subset


@dataclass(frozen=True)
class _Values:
    """What each metric gets, and what stands beside it: chance, the human ceiling, and how that
    came about."""

    results: Mapping[str, Agreement]
    chances: Mapping[str, Chance]
    ceiling: float
    ceiling_note: str


def rows_of(
    place: Place,
    statistic: Statistic,
    material: Material,
    resampling: Resampling,
    jackknife: Jackknife | None = None,
    draws: dict[str, Array] | None = None,
) -> dict[str, Row]:
    """Metric -> its row of META_EVALUATION, without clusters. Intervals come from the
    ``jackknife``, or else are bootstrapped; ``draws`` is filled with its values on the draws of the
    bootstrap, which then takes place in any case."""
    scores = material.corpus if statistic.system_score == "corpus" else material.scores
    values = _values(place, statistic, material, scores, resampling.seed)
    defined = {m: scores[m] for m, r in values.results.items() if not np.isnan(r.value)}
    intervals = intervals_of(
        statistic, defined, material, resampling, jackknife, drawn=draws is not None
    )
    if draws is not None:
        draws.update(intervals.draws)
    over_raters = rater_intervals(jackknife, defined, material, resampling.confidence)
    rows = {}
    for metric, result in values.results.items():
        interval = intervals.of.get(metric, Interval())
        why = intervals.why if np.isnan(interval.low) else ""
        rows[metric] = {
            **_found(place, statistic, material, metric, values),
            **_resting_on(material, _took_part(statistic, scores[metric], material, result)),
            **interval.row(),
            **over_raters.get(metric, NO_RATERS),
            "note": _note(result, why, material, metric),
        }
    return rows


def _values(
    place: Place,
    statistic: Statistic,
    material: Material,
    scores: Mapping[str, Array],
    seed: int,
) -> _Values:
    unavailable = _unavailable(place.subset, statistic, material)
    if unavailable:
        nothing = dict.fromkeys(scores, Agreement(NAN, 0, unavailable))
        chances = dict.fromkeys(scores, (statistic.chance, NAN))
        return _Values(nothing, chances, NAN, f"no ceiling: {unavailable}")
    results = {m: statistic(own, material.ratings) for m, own in scores.items()}
    chances = chances_of(statistic, material, scores, seed)
    return _Values(results, chances, *held_out(statistic, material.raters))


def _found(
    place: Place, statistic: Statistic, material: Material, metric: str, values: _Values
) -> Row:
    """What the row is about, the value and what stands beside it."""
    result, (chance, chance_sd) = values.results[metric], values.chances[metric]
    n_constant = result.detail.get("n_constant")
    return {
        "test_set": place.test_set,
        "level": statistic.level,
        "category": place.category,
        "metric": metric,
        "statistic": statistic.name,
        "grouping": statistic.grouping,
        "system_score": statistic.system_score,
        "value": result.value,
        "n_systems": len(material.systems),
        "n_pairs": result.n,
        "n_excluded": material.ratings.size - result.n_translations,
        "ceiling": values.ceiling,
        "chance": chance,
        "chance_sd": chance_sd,
        "cluster": None,
        "in_best_set": False,
        "subset": place.subset.by,
        "subset_value": place.subset.value,
        "cluster_unadjusted": None,
        "epsilon": result.detail.get("epsilon", NAN),
        "tie_rate": result.detail.get("tie_rate", NAN),
        "human_tie_rate": result.detail.get("human_tie_rate", NAN),
        "n_constant": None if n_constant is None else int(n_constant),
        "ceiling_note": values.ceiling_note,
    }


def _resting_on(material: Material, took_part: NDArray[np.bool_]) -> Row:
    """How many segments and documents took part."""
    documents = {material.documents[i] for i in np.flatnonzero(took_part)}
    return {"n_segments": int(material.sizes[took_part].sum()), "n_documents": len(documents)}


def average_rows(
    average: Average,
    rows: Mapping[str, Mapping[str, Row]],
    statistics: Mapping[str, Statistic],
    resampling: Resampling,
    draws: Mapping[str, Mapping[str, Array]],
    n_units: int,
) -> dict[str, Row]:
    """Metric -> the row of an average, from the rows and draws of its statistics by name in the
    config; ``n_units`` documents (or segments) were drawn."""
    names = list(average.shares())
    result = {}
    for metric in next(iter(rows[name] for name in names)):
        own = {name: rows[name][metric] for name in names}
        row = _average_row(average, own, statistics)
        if all(metric in draws.get(name, {}) for name in names):
            drawn: Array = average.of({n: draws[n][metric] for n in names}, statistics)
            low, high = interval_of_draws(row["value"], drawn, n_units, resampling.confidence, UNIT)
            if not np.isnan(low):
                scope = other(resampling.unit, row["n_systems"])
                how = f"{resampling.unit} bootstrap"
                row |= Interval(low, high, method=how, scope=scope).row()
        if not row["note"] and np.isnan(row["low"]):
            row["note"] = "no interval: a statistic of the average has none"
        result[metric] = row
    return result


def _average_row(
    average: Average, own: Mapping[str, Row], statistics: Mapping[str, Statistic]
) -> Row:
    """The row of one metric, without an interval, from those of the average's statistics."""

    def mean(column: str) -> float:
        return average.of({n: float(row[column]) for n, row in own.items()}, statistics)

    absent = [n for n, row in own.items() if np.isnan(row["value"])]
    most = {c: max(row[c] for row in own.values()) for c in ("n_segments", "n_documents")}
    return {
        **next(iter(own.values())),
        **most,
        **NO_RATERS,
        "level": average.level,
        "statistic": average.name,
        "grouping": average.grouping,
        "system_score": average.system_score,
        "value": mean("value"),
        **Interval().row(),
        "n_pairs": 0 if absent else len(own),
        "n_excluded": max(row["n_excluded"] for row in own.values()),
        "ceiling": mean("ceiling"),
        "chance": mean("chance"),
        "chance_sd": NAN,
        "note": f"undefined: {', '.join(absent)}" if absent else "",
        **dict.fromkeys(("epsilon", "tie_rate", "human_tie_rate"), NAN),
        "n_constant": None,
        "ceiling_note": _common(row["ceiling_note"] for row in own.values()),
    }


def _common(notes: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(notes))


def _unavailable(subset: Subset, statistic: Statistic, material: Material) -> str:
    """Why the statistic cannot be had on this part at all; empty if it can."""
    if statistic.level == "document" and not subset.of_documents:
        return f"documents are not divided by {subset.by}"
    if statistic.system_score == "corpus" and not material.whole:
        where = "without a rating" if subset.by == WHOLE else f"outside this {subset.by}"
        return f"corpus scores cover segments {where}"
    n = len(material.items)
    if subset.by != WHOLE and n < MINIMUM_SEGMENTS:
        what = "document" if statistic.level == "document" else "rated segment"
        return f"{n} {what}{'' if n == 1 else 's'}, fewer than {MINIMUM_SEGMENTS}"
    return ""


def _took_part(
    statistic: Statistic, scores: Array, material: Material, result: Agreement
) -> NDArray[np.bool_]:
    """Which items took part: those common to all systems where systems are compared."""
    if not result.n_segments:
        return np.zeros(len(material.items), dtype=np.bool_)
    present = ~np.isnan(material.ratings)
    if statistic.system_score != "corpus":
        present = present & ~np.isnan(scores)
    if statistic.level == "system":
        return np.asarray(present.all(axis=0), dtype=np.bool_)
    return np.asarray(present.any(axis=0), dtype=np.bool_)


def _note(result: Agreement, no_interval: str, material: Material, metric: str) -> str:
    """Why there is no value, or which systems it leaves out, or why it has no interval."""
    parts = [result.note] if result.note else []
    lacking = material.without_score(metric)
    if lacking:
        n = len(material.systems)
        parts.append(f"no score for {len(lacking)} of {n} systems: {', '.join(lacking)}")
    if not parts and no_interval:
        parts = [no_interval]
    return "; ".join(parts)

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
from harness.meta_evaluation.material import Material
from harness.meta_evaluation.settings import Resampling
from harness.significance import bootstrap_intervals, interval_of_draws
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
class _Yardsticks:
    """What is the same for all metrics: chance, the human ceiling, and how it came about."""

    chance: float
    ceiling: float
    ceiling_note: str


def rows_of(
    place: Place,
    statistic: Statistic,
    material: Material,
    resampling: Resampling,
    draws: dict[str, Array],
) -> dict[str, Row]:
    """Metric -> its row of META_EVALUATION, without clusters; ``draws`` is filled with its values
    on the draws of the bootstrap."""
    scores = material.corpus if statistic.system_score == "corpus" else material.scores
    unavailable = _unavailable(place.subset, statistic, material)
    if unavailable:
        results = {m: Agreement(NAN, 0, unavailable) for m in material.scores}
        beside = _Yardsticks(statistic.chance, NAN, f"no ceiling: {unavailable}")
    else:
        results = {m: statistic(values, material.ratings) for m, values in scores.items()}
        chance = statistic.chance_level(material.ratings)
        beside = _Yardsticks(chance, *held_out(statistic, material.raters))
    defined = {m: scores[m] for m, result in results.items() if not np.isnan(result.value)}
    intervals, why = _intervals(statistic, defined, material, resampling, draws)
    rows = {}
    for metric, result in results.items():
        low, high = intervals.get(metric, (NAN, NAN))
        rows[metric] = {
            **_found(place, statistic, material, metric, result, beside),
            **_resting_on(material, _took_part(statistic, scores[metric], material, result)),
            "low": low,
            "high": high,
            "note": _note(result, why, material, metric),
            "unit": resampling.unit if not np.isnan(low) else "",
        }
    return rows


def _found(
    place: Place,
    statistic: Statistic,
    material: Material,
    metric: str,
    result: Agreement,
    beside: _Yardsticks,
) -> Row:
    """What the row is about, the value and what stands beside it."""
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
        "ceiling": beside.ceiling,
        "chance": beside.chance,
        "cluster": None,
        "subset": place.subset.by,
        "subset_value": place.subset.value,
        "cluster_holm": None,
        "epsilon": result.detail.get("epsilon", NAN),
        "ceiling_note": beside.ceiling_note,
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
            row["low"], row["high"] = interval_of_draws(
                row["value"], drawn, n_units, resampling.confidence, UNIT
            )
        has_interval = not np.isnan(row["low"])
        row["unit"] = resampling.unit if has_interval else ""
        if not row["note"] and not has_interval:
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
        "level": average.level,
        "statistic": average.name,
        "grouping": average.grouping,
        "system_score": average.system_score,
        "value": mean("value"),
        "low": NAN,
        "high": NAN,
        "n_pairs": 0 if absent else len(own),
        "n_excluded": max(row["n_excluded"] for row in own.values()),
        "ceiling": mean("ceiling"),
        "chance": mean("chance"),
        "note": f"undefined: {', '.join(absent)}" if absent else "",
        "epsilon": NAN,
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


def _intervals(
    statistic: Statistic,
    scores: Mapping[str, Array],
    material: Material,
    resampling: Resampling,
    draws: dict[str, Array],
) -> tuple[dict[str, tuple[float, float]], str]:
    """Metric -> interval; and why there is none where there is none for any."""
    if statistic.system_score == "corpus":
        return {}, "no interval: corpus scores are not resampled"
    if statistic.expensive and not resampling.expensive:
        return {}, "no interval: it takes long; resampling.expensive=true draws it"
    by_segment = resampling.unit == "segment" and statistic.level != "document"
    units = material.items if by_segment else material.documents
    n, minimum = len(set(units)), resampling.minimum_documents
    if n < minimum:
        unit = "segment" if by_segment else "document"
        return {}, f"no interval: {n} {unit}{'s' if n != 1 else ''}, fewer than {minimum}"
    if not scores:
        return {}, ""
    found = bootstrap_intervals(
        statistic,
        scores,
        material.ratings,
        material.documents,
        samples=resampling.samples,
        seed=resampling.seed,
        confidence=resampling.confidence,
        unit="segment" if by_segment else "document",
        draws=draws,
    )
    return found, ""


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

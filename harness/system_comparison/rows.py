"""A comparison as rows of the tables SYSTEM_TESTS and SYSTEM_INTERVALS."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from harness.metrics.base import Metric, SegmentScores
from harness.significance.clusters import rank_clusters
from harness.significance.holm import holm_adjusted
from harness.system_comparison.bootstrap import interval
from harness.system_comparison.comparison import Comparison, compare
from harness.system_comparison.settings import FEW_DOCUMENTS, SystemTesting
from harness.system_comparison.sums import Array

__all__ = ["MEASURED", "Row", "Rows", "compare_scores", "steps"]

Row = dict[str, object]
_VALUES = ("score_1", "score_2", "difference", "low", "high", "p", "p_holm")
_NO_INTERVAL = (float("nan"), float("nan"))

#: (test, unit) -> false positives at .05 with equally good systems: independent segments, and where
#: a tenth of the variance of differences, or more, is shared by documents (docs/statistics.md).
MEASURED: Mapping[tuple[str, str], str] = {
    ("bootstrap", "segment"): "10 to 15 %; 24 to 32 % where documents share errors",
    ("bootstrap", "document"): "10 to 17 %",
    ("randomisation", "segment"): "5 %; 15 % where documents share errors",
    ("randomisation", "document"): "4 to 6 %",
}


@dataclass(frozen=True)
class Rows:
    """Rows of the tables SYSTEM_TESTS and SYSTEM_INTERVALS, without the test set's name."""

    tests: list[Row]
    intervals: list[Row]


def steps(n_systems: int, testing: SystemTesting) -> int:
    """What :func:`compare_scores` advances by in all, where every system takes part."""
    pairs = n_systems * (n_systems - 1) // 2 if testing.bootstrap else 0
    return (testing.randomisation + pairs) * len(testing.drawn_units)


def compare_scores(
    key: str,
    metric: Metric,
    segments: Mapping[str, SegmentScores],
    documents: NDArray[np.int64],
    testing: SystemTesting,
    advance: Callable[[int], None] = lambda done: None,
) -> Rows:
    """Test every two systems by one metric.

    Parameters
    ----------
    key
        The metric's name in the tables.
    segments
        System -> its scores and statistics of all segments, as the metric defines them.
    documents
        The number of each segment's document, from 0.
    testing
        What is done, and the seed.
    advance
        Called with the number of steps done since the last call.

    Returns
    -------
    Rows
        A system with a segment that has no score is not tested; its rows say why.
    """
    added, reasons = _added(metric, segments)
    result = Rows([], [])
    for unit in testing.drawn_units:
        found = compare(metric, added, documents, unit, testing, advance)
        n_documents = int(documents.max(initial=-1)) + 1
        few = unit == "document" and n_documents < FEW_DOCUMENTS
        shared: Row = {
            "metric": key,
            "unit": unit,
            "n_segments": len(documents),
            "n_documents": n_documents,
            "seed": testing.seed,
            "mode": found.mode,
            "note": found.nothing or (f"only {n_documents} documents" if few else ""),
        }
        result.tests.extend(_tests(found, reasons, shared, testing))
        result.intervals.extend(_intervals(found, reasons, shared, testing))
    return result


def _added(
    metric: Metric, segments: Mapping[str, SegmentScores]
) -> tuple[dict[str, Array], dict[str, str]]:
    """What each segment of each system adds to the sums; why a system takes no part."""
    rows: dict[str, Array] = {}
    reasons: dict[str, str] = {}
    for system, scored in segments.items():
        missing = int((~np.isfinite(scored.scores)).sum())
        added = metric.additive(scored)
        if not len(scored.scores):
            reasons[system] = "no segment"
        elif missing:
            reasons[system] = f"{missing} of {len(scored.scores)} segments have no score"
        elif added is None:
            reasons[system] = "the metric's scores of texts do not follow from sums"
        elif not np.isfinite(added).all():
            reasons[system] = "a statistic is not a number"
        else:
            rows[system] = added
    return rows, reasons


def _tests(
    found: Comparison, reasons: Mapping[str, str], shared: Row, testing: SystemTesting
) -> Iterator[Row]:
    order = sorted(range(len(found.systems)), key=lambda i: -found.scores[i])
    pairs = list(combinations(order, 2))
    for test, samples in testing.samples.items():
        own = {**shared, "test": test, "samples": samples, "alpha": testing.alpha}
        own["false_positives"] = MEASURED[test, str(shared["unit"])]
        p = [float(found.p[test][pair]) if test in found.p else np.nan for pair in pairs]
        for (i, j), value, adjusted in zip(pairs, p, holm_adjusted(p), strict=True):
            low, high = _NO_INTERVAL
            if test == "bootstrap" and found.resampled is not None:
                apart = found.resampled[i] - found.resampled[j]
                low, high = interval(apart, testing.confidence)
            difference = float(found.scores[i] - found.scores[j])
            numbers = (found.scores[i], found.scores[j], difference, low, high, value, adjusted)
            yield {
                **own,
                "system_1": found.systems[i],
                "system_2": found.systems[j],
                **dict(zip(_VALUES, map(float, numbers), strict=True)),
                "note": own["note"] or ("the scores are equal" if difference == 0 else ""),
                "confidence": np.nan if np.isnan(low) else testing.confidence,
            }
        for one, two in combinations([*found.systems, *reasons], 2):
            why = [f"{name}: {reasons[name]}" for name in (one, two) if name in reasons]
            if why:
                blank = dict.fromkeys((*_VALUES, "confidence"), np.nan)
                yield {**own, **blank, "system_1": one, "system_2": two, "note": "; ".join(why)}


def _intervals(
    found: Comparison, reasons: Mapping[str, str], shared: Row, testing: SystemTesting
) -> Iterator[Row]:
    clusters = _clusters(found, testing)
    own = {**shared, "samples": testing.bootstrap}
    for i, system in enumerate(found.systems):
        low, high, mean = *_NO_INTERVAL, float("nan")
        if found.resampled is not None:
            low, high = interval(found.resampled[i], testing.confidence)
            mean = float(found.resampled[i].mean())
        values = {
            "score": float(found.scores[i]),
            "mean": mean,
            "low": low,
            "high": high,
            "confidence": np.nan if np.isnan(low) else testing.confidence,
        }
        yield {**own, **values, "system": system, "cluster": clusters.get(system)}
    names = ("score", "mean", "low", "high", "confidence")
    blank = {**dict.fromkeys(names, np.nan), "cluster": None}
    for system, why in reasons.items():
        yield {**own, **blank, "system": system, "note": why}


def _clusters(found: Comparison, testing: SystemTesting) -> dict[str, int]:
    """The rank of each system, by randomisation where it was done."""
    p = found.p.get("randomisation", found.p.get("bootstrap"))
    if p is None:
        return {}
    names = found.systems
    values = {name: float(score) for name, score in zip(names, found.scores, strict=True)}
    places = range(len(names))
    of_pairs = {(names[i], names[j]): float(p[i, j]) for i in places for j in places if i != j}
    return rank_clusters(values, of_pairs, testing.alpha)

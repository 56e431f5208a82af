"""Every two systems by one metric: rows of tests, and of intervals with rank clusters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from harness.metrics.base import Metric, SegmentScores
from harness.metrics.sacrebleu import SacrebleuMetric
from harness.significance.clusters import rank_clusters
from harness.statistics.holm import holm_adjusted
from harness.system_comparison.bootstrap import (
    interval,
    paired_p_values,
    resampled_scores,
    single_precision_scores,
)
from harness.system_comparison.randomisation import exchange_p_values
from harness.system_comparison.settings import SystemTesting, Unit
from harness.system_comparison.sums import Array, by_document, statistics_of

__all__ = ["Rows", "compare_scores", "steps"]

#: With fewer documents, draws of documents say little; the rows say so.
FEW_DOCUMENTS = 10


@dataclass(frozen=True)
class Rows:
    """Rows of the tables SYSTEM_TESTS and SYSTEM_INTERVALS, without the test set's name."""

    tests: list[dict[str, object]]
    intervals: list[dict[str, object]]


def steps(n_systems: int, testing: SystemTesting) -> int:
    """What :func:`compare_scores` advances by in all."""
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
    """
    whole = _Whole(len(documents), int(documents.max(initial=-1)) + 1, testing)
    rows, reasons = _rows_and_reasons(metric, segments)
    result = Rows([], [])
    for unit in testing.drawn_units:
        found = _compared(metric, rows, documents, unit, testing, advance)
        result.tests.extend(_test_rows(whole, key, unit, found, reasons))
        result.intervals.extend(_interval_rows(whole, key, unit, found, reasons))
    return result


@dataclass(frozen=True)
class _Whole:
    """What all rows share."""

    n_segments: int
    n_documents: int
    testing: SystemTesting

    def columns(self, key: str, unit: Unit, mode: str, samples: int) -> dict[str, object]:
        return {
            "metric": key,
            "unit": unit,
            "n_segments": self.n_segments,
            "n_documents": self.n_documents,
            "samples": samples,
            "seed": self.testing.seed,
            "mode": mode,
        }

    def note(self, unit: Unit) -> str:
        few = unit == "document" and self.n_documents < FEW_DOCUMENTS
        return f"only {self.n_documents} documents" if few else ""


@dataclass(frozen=True)
class _Compared:
    """Systems by one metric and unit, scores higher is better. ``p`` and ``differences``: test ->
    matrix (systems, systems), and -> (better, other) -> interval; ``equal``: which scores
    are; ``nothing``: why no test was made; ``mode``: how the bootstrap summed."""

    systems: Sequence[str]
    scores: Array
    means: Array
    intervals: Sequence[tuple[float, float]]
    p: Mapping[str, Array]
    differences: Mapping[tuple[int, int], tuple[float, float]]
    equal: NDArray[np.bool_]
    mode: str
    nothing: str = ""


def _rows_and_reasons(
    metric: Metric, own: Mapping[str, SegmentScores]
) -> tuple[dict[str, Array], dict[str, str]]:
    """What each segment of each system adds; why a system takes no part."""
    rows: dict[str, Array] = {}
    reasons: dict[str, str] = {}
    for system, scored in own.items():
        missing = int((~np.isfinite(scored.scores)).sum())
        added = metric.additive(scored)
        if not len(scored.scores):
            reasons[system] = "no segment"
        elif missing:
            reasons[system] = f"{missing} of {len(scored.scores)} segments have no score"
        elif added is None:
            reasons[system] = "the metric's scores of texts do not follow from sums"
        elif not np.isfinite(added).all():
            reasons[system] = "a statistic is no number"
        else:
            rows[system] = added
    return rows, reasons


def _compared(
    metric: Metric,
    rows: Mapping[str, Array],
    documents: NDArray[np.int64],
    unit: Unit,
    testing: SystemTesting,
    advance: Callable[[int], None],
) -> _Compared:
    systems, none = list(rows), np.zeros((len(rows), len(rows)), dtype=np.bool_)
    if not systems:
        return _Compared([], np.empty(0), np.empty(0), [], {}, {}, none, testing.mode, "no system")
    sign = 1.0 if metric.higher_is_better else -1.0
    units = [by_document(r, documents) if unit == "document" else r for r in rows.values()]
    statistics = statistics_of(units)
    observed = metric.score_sums(statistics.totals(), "corpus")
    single = (
        testing.mode == "sacrebleu" and unit == "segment" and isinstance(metric, SacrebleuMetric)
    )
    mode = "sacrebleu" if single else "exact"
    blank = np.full(len(systems), np.nan)
    if statistics.units < 2:
        ends = [(np.nan, np.nan)] * len(systems)
        why = f"only one {unit}: nothing to draw"
        return _Compared(systems, sign * observed + 0.0, blank, ends, {}, {}, none, mode, why)
    pairs = np.array(list(combinations(range(len(systems)), 2)), dtype=np.int64).reshape(-1, 2)
    p: dict[str, Array] = {}
    means, ends, differences = blank, [(np.nan, np.nan)] * len(systems), {}
    if testing.bootstrap:
        if single:
            one = partial(single_precision_scores, metric)  # type: ignore[arg-type]
            resampled = np.stack([one(r, testing.bootstrap, testing.seed) for r in units])
        else:
            resampled = resampled_scores(metric, statistics, testing.bootstrap, testing.seed)
        found = paired_p_values(resampled, observed, pairs, advance)
        p["bootstrap"] = np.full((len(systems), len(systems)), np.nan)
        p["bootstrap"][pairs[:, 0], pairs[:, 1]] = found
        p["bootstrap"][pairs[:, 1], pairs[:, 0]] = found
        means = sign * resampled.mean(axis=1) + 0.0
        ends = [interval(sign * scores + 0.0, testing.confidence) for scores in resampled]
        for i, j in pairs.tolist():
            better, other = (i, j) if sign * (observed[i] - observed[j]) >= 0 else (j, i)
            apart = sign * (resampled[better] - resampled[other]) + 0.0
            differences[better, other] = interval(apart, testing.confidence)
    if testing.randomisation:
        p["randomisation"] = exchange_p_values(
            metric, statistics, testing.randomisation, testing.seed, advance
        )
    equal = observed[:, None] == observed
    if testing.mode == "exact":
        for matrix in p.values():
            matrix[equal] = 1.0
    return _Compared(systems, sign * observed + 0.0, means, ends, p, differences, equal, mode)


def _test_rows(
    whole: _Whole, key: str, unit: Unit, found: _Compared, reasons: Mapping[str, str]
) -> list[dict[str, object]]:
    testing = whole.testing
    rows: list[dict[str, object]] = []
    order = sorted(range(len(found.systems)), key=lambda i: -found.scores[i])
    for test, samples in (
        ("bootstrap", testing.bootstrap),
        ("randomisation", testing.randomisation),
    ):
        if not samples:
            continue
        mode = found.mode if test == "bootstrap" else "exact"
        shared = {**whole.columns(key, unit, mode, samples), "test": test}
        pairs = list(combinations(order, 2))
        p = [float(found.p[test][pair]) if test in found.p else np.nan for pair in pairs]
        for (i, j), value, adjusted in zip(pairs, p, holm_adjusted(p), strict=True):
            low, high = (
                found.differences.get((i, j), (np.nan, np.nan))
                if test == "bootstrap"
                else (np.nan, np.nan)
            )
            difference = float(found.scores[i] - found.scores[j])
            equal = "the scores are equal" if found.equal[i, j] else ""
            rows.append(
                {
                    **shared,
                    "system_1": found.systems[i],
                    "system_2": found.systems[j],
                    "score_1": float(found.scores[i]),
                    "score_2": float(found.scores[j]),
                    "difference": difference,
                    "low": low,
                    "high": high,
                    "p": value,
                    "p_holm": adjusted,
                    "note": found.nothing or equal or whole.note(unit),
                }
            )
        blank = dict.fromkeys(
            ("score_1", "score_2", "difference", "low", "high", "p", "p_holm"), np.nan
        )
        out = [*found.systems, *reasons]
        for one, two in combinations(out, 2):
            if why := [f"{name}: {reasons[name]}" for name in (one, two) if name in reasons]:
                note = "; ".join(why)
                rows.append({**shared, **blank, "system_1": one, "system_2": two, "note": note})
    return rows


def _interval_rows(
    whole: _Whole, key: str, unit: Unit, found: _Compared, reasons: Mapping[str, str]
) -> list[dict[str, object]]:
    testing = whole.testing
    test = "randomisation" if testing.randomisation else "bootstrap"
    clusters: Mapping[str, int] = {}
    if test in found.p:
        pairs = combinations(range(len(found.systems)), 2)
        p = {(i, j): float(found.p[test][i, j]) for a, b in pairs for i, j in ((a, b), (b, a))}
        names = found.systems
        clusters = rank_clusters(
            dict(zip(names, found.scores.tolist(), strict=True)),
            {(names[i], names[j]): value for (i, j), value in p.items()},
            testing.alpha,
        )
    rows: list[dict[str, object]] = [
        {
            **whole.columns(key, unit, found.mode, testing.bootstrap),
            "system": system,
            "score": float(found.scores[i]),
            "mean": float(found.means[i]),
            "low": found.intervals[i][0],
            "high": found.intervals[i][1],
            "cluster": clusters.get(system),
            "note": found.nothing or whole.note(unit),
        }
        for i, system in enumerate(found.systems)
    ]
    blank = {**dict.fromkeys(("score", "mean", "low", "high"), np.nan), "cluster": None}
    for system, why in reasons.items():
        shared = whole.columns(key, unit, found.mode, testing.bootstrap)
        rows.append({**shared, **blank, "system": system, "note": why})
    return rows

"""Injection analysis: how each metric scores each kind of injected error.

The definitions are in :mod:`harness.minimal_pairs.injected_errors`. Unlike the category analysis it
needs no ratings: the error is known, because it was injected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.metrics.base import Metric
from harness.minimal_pairs.injected_errors import (
    MeasuredDrop,
    measured_drop,
    severity_order,
    within_order,
)
from harness.minimal_pairs.injected_systems import InjectedSystems, Injection, injected_system
from harness.tables import (
    INJECTED_SCORES,
    INJECTION_SEVERITY,
    INJECTIONS,
    UNRELATED,
    conform,
)
from harness.tables.settings import table_with

__all__ = ["FEWEST_PAIRS", "MEASURED", "InjectionResult", "injections", "scorable", "too_few"]

MEASURED = "measured"
#: Fewest pairs of a kind that may be ranked, as a hint, where too few kinds are measured.
FEWEST_PAIRS = 5
TOLERANCE = 1e-9


def too_few(minimum_pairs: int) -> str:
    """The tier of a kind of error with fewer pairs."""
    return f"n < {minimum_pairs}"


@dataclass(frozen=True)
class InjectionResult:
    """Tables INJECTIONS (a row for each metric and kind of error, also for kinds that fit nowhere),
    INJECTED_PAIRS, INJECTED_SCORES and INJECTION_SEVERITY."""

    injections: pd.DataFrame
    pairs: pd.DataFrame
    scores: pd.DataFrame
    severity: pd.DataFrame

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by the names of their files."""
        return {
            "injections": self.injections,
            "injection_severity": self.severity,
            "injected_pairs": self.pairs,
            "injected_scores": self.scores,
        }


def scorable(metrics: Mapping[str, Metric]) -> dict[str, Metric]:
    """The metrics that can score a text that nobody scored before, as they score its base: those
    that read neither stored scores nor the system's or other systems' other translations, which an
    injected system does not have."""
    return {
        key: metric
        for key, metric in metrics.items()
        if metric.needs.stored is None
        and not metric.needs.alternatives
        and not (metric.needs.window and metric.needs.window.hypothesis)
    }


def injections(
    injected: InjectedSystems,
    scores: pd.DataFrame,
    injection: Injection | None = None,
) -> InjectionResult:
    """Judge every metric in ``scores`` on every kind of error.

    Parameters
    ----------
    scores
        Table SCORES with the rows of the injected systems and of their bases; others are not used.
        A metric without a score of an injected system takes no part.
    injection
        Thresholds and confidence.

    Returns
    -------
    InjectionResult
        Rows stand in the order of the metrics, then of the injectors.
    """
    injection = injection or Injection()
    segments = injected.test_set.segments
    documents = dict(zip(segments["segment_id"], segments["document"], strict=True))
    names = set(injected.pairs["system"])
    present = scores[scores["segment_id"].notna() & scores["system"].isin(names)]
    by_injector = injected.pairs.groupby("injector", sort=False).indices
    rows, severities, parts = [], [], []
    for metric in dict.fromkeys(present["metric"]):
        own = _scores_of(injected, scores[scores["metric"] == metric], str(metric))
        parts.append(own)
        columns = _Columns(own, injected.pairs, documents, injection)
        drops = {}
        for key in injected.injectors:
            places = np.asarray(by_injector.get(key, []), dtype=np.int64)
            drops[key] = columns.measured_drop(places)
            rows.append(_row(injected, injection, str(metric), key, columns, places, drops[key]))
        severities.append(_severity_row(injected, injection, str(metric), columns, drops))
    frame = (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame(columns=INJECTED_SCORES.names)
    )
    return InjectionResult(
        table_with(
            rows,
            INJECTIONS,
            confidence=injection.confidence,
            minimum_pairs=injection.minimum_pairs,
        ),
        injected.pairs,
        conform(frame, INJECTED_SCORES),
        table_with(severities, INJECTION_SEVERITY, confidence=injection.confidence),
    )


def _scores_of(injected: InjectedSystems, own: pd.DataFrame, metric: str) -> pd.DataFrame:
    """INJECTED_SCORES of one metric, in the order of the pairs."""
    known = own[own["segment_id"].notna()].set_index(["system", "segment_id"])["score"]
    pairs = injected.pairs

    def look_up(systems: pd.Series[str]) -> NDArray[np.float64]:
        index = pd.MultiIndex.from_arrays([systems, pairs["segment_id"]])
        return known.reindex(index).to_numpy(dtype=float)

    base = look_up(pairs["base"])
    wrong = look_up(pairs["system"])
    unrelated = look_up(pairs["base"].map(lambda name: injected_system(UNRELATED, name)))
    drop = base - wrong
    outcome = np.select(
        [np.isnan(drop), np.abs(drop) <= TOLERANCE, drop > 0],
        ["missing", "tied", "noticed"],
        "misled",
    )
    return pd.DataFrame(
        {
            **{c: pairs[c] for c in ("test_set", "injector", "segment_id", "base")},
            "metric": metric,
            "score": base,
            "injected_score": wrong,
            "unrelated_score": unrelated,
            "outcome": outcome,
        }
    )[INJECTED_SCORES.names]


class _Columns:
    """The scores of one metric as arrays beside the pairs' segments and documents."""

    def __init__(
        self,
        own: pd.DataFrame,
        pairs: pd.DataFrame,
        documents: Mapping[str, str],
        injection: Injection,
    ) -> None:
        self.scores = own["score"].to_numpy(dtype=float)
        self.injected = own["injected_score"].to_numpy(dtype=float)
        self.unrelated = own["unrelated_score"].to_numpy(dtype=float)
        self.known = np.isfinite(self.scores) & np.isfinite(self.injected)
        self.segments = pairs["segment_id"].to_numpy(dtype=object)
        self.documents = np.array([documents[s] for s in self.segments], dtype=object)
        self.bases = pairs["base"].to_numpy(dtype=object)
        self.major = (pairs["severity"] == "major").to_numpy(dtype=bool)
        self.injection = injection

    def groups(self, places: NDArray[np.int64]) -> tuple[str, NDArray[Any]]:
        """What is left out at a time: documents where there are enough, else segments."""
        used = places[self.known[places]]
        if len(set(self.documents[used])) >= self.injection.minimum_documents:
            return "documents", self.documents[places]
        return "segments", self.segments[places]

    def measured_drop(self, places: NDArray[np.int64]) -> MeasuredDrop:
        _, groups = self.groups(places)
        return measured_drop(
            self.scores[places],
            self.injected[places],
            self.unrelated[places],
            list(groups),
            confidence=self.injection.confidence,
            tolerance=TOLERANCE,
        )


def _row(
    injected: InjectedSystems,
    injection: Injection,
    metric: str,
    key: str,
    columns: _Columns,
    places: NDArray[np.int64],
    own: MeasuredDrop,
) -> dict[str, Any]:
    """A row of INJECTIONS."""
    injector = injected.injectors[key]
    used = places[columns.known[places]]
    note = own.note if len(places) else "the error fits in no translation"
    return {
        "metric": metric,
        "injector": key,
        "category": injector.category,
        "severity": injector.severity,
        "n": own.n,
        "accuracy": own.accuracy.value,
        "tie_rate": own.tie_rate,
        "relative_drop": own.relative_drop.value,
        "low": own.relative_drop.low,
        "high": own.relative_drop.high,
        "accuracy_low": own.accuracy.low,
        "accuracy_high": own.accuracy.high,
        "drop": own.drop,
        "unrelated_drop": own.unrelated_drop,
        "n_segments": len(set(columns.segments[used])),
        "n_documents": len(set(columns.documents[used])),
        "n_missing": len(places) - own.n,
        "resampled": columns.groups(places)[0],
        "tier": MEASURED if own.n >= injection.minimum_pairs else too_few(injection.minimum_pairs),
        "subcategory": injector.subcategory,
        "news_category": injector.news_category,
        "bases": ", ".join(injected.bases),
        "test_set": injected.test_set.name,
        "note": note,
    }


def _severity_row(
    injected: InjectedSystems,
    injection: Injection,
    metric: str,
    columns: _Columns,
    drops: Mapping[str, MeasuredDrop],
) -> dict[str, Any]:
    """A row of INJECTION_SEVERITY. Kinds with enough pairs are compared; where those are not of two
    severities, kinds with at least ``FEWEST_PAIRS``, or else all kinds."""
    keys = [k for k, p in drops.items() if np.isfinite(p.relative_drop.value)]
    for fewest in (injection.minimum_pairs, FEWEST_PAIRS):
        enough = [k for k in keys if drops[k].n >= fewest]
        if len({injected.injectors[k].severity for k in enough}) > 1:
            keys = enough
            break
    over = severity_order(
        np.array([drops[k].relative_drop.value for k in keys], dtype=float),
        np.array([injected.injectors[k].severity == "major" for k in keys], dtype=bool),
    )
    every = np.arange(len(columns.scores))
    resampled, groups = columns.groups(every)
    within = within_order(
        columns.scores - columns.injected,
        columns.major,
        list(zip(columns.segments, columns.bases, strict=True)),
        list(groups),
        confidence=injection.confidence,
        tolerance=TOLERANCE,
    )
    return {
        "metric": metric,
        "probability": over.probability,
        "kendall": over.kendall,
        "spearman": over.spearman,
        "n_major": over.n_major,
        "n_minor": over.n_minor,
        "within": within.value.value,
        "within_low": within.value.low,
        "within_high": within.value.high,
        "n_pairs": within.n_pairs,
        "n_translations": within.n_translations,
        "n_few": sum(drops[k].n < injection.minimum_pairs for k in keys),
        "resampled": resampled,
        "test_set": injected.test_set.name,
        "note": over.note,
    }

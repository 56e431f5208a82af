"""Made-up facts that rules of claims read: tables from the columns that a sentence depends on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from harness.claims.claim import Facts
from harness.claims.standings import Asked
from harness.error_categories.analysis import FirstView
from harness.error_categories.notes import CONSTANT, SYSTEM_IDENTITY, Limits
from harness.tables import (
    CATEGORIES,
    CATEGORY_TESTS,
    META_EVALUATION,
    METRIC_PAIRS,
    METRIC_TESTS,
    METRICS,
    SCHEMA_OF,
    SENTINEL_TESTS,
)
from tests.support.agreement_rows import filled

__all__ = ["LABELS", "Agreement", "Judged", "category_facts", "facts_of", "metric_rows"]

NAME = "made_up"
SENTINELS = ("random", "length")
LABELS = {"bleu": "BLEU", "chrf": "chrF", "ter": "TER", "comet": "COMET"}
OTHERS = "other documents and systems"


@dataclass(frozen=True)
class Agreement:
    """Metrics by one statistic, the best first. ``p``: adjusted, of the best against each other;
    ``beats`` and ``opponent``: of the best against constant and sentinels. ``row`` is added to the
    rows of META_EVALUATION, ``test`` to those of METRIC_TESTS, ``beside`` to SENTINEL_TESTS."""

    asked: Asked
    values: Mapping[str, float]
    p: Mapping[str, float] = field(default_factory=dict)
    beats: bool = True
    opponent: str = "(constant)"
    holds_level: bool = True
    scope: str = OTHERS
    smallest_p: float = 0.0
    detectable: float = 0.02
    n_systems: int = 9
    n_documents: int = 38
    row: Mapping[str, Any] = field(default_factory=dict)
    test: Mapping[str, Any] = field(default_factory=dict)
    beside: Mapping[str, Any] = field(default_factory=dict)

    @property
    def about(self) -> dict[str, Any]:
        a = self.asked
        place = {"level": a.level, "statistic": a.statistic, "grouping": a.grouping}
        return {"test_set": NAME, "category": "all", "system_score": a.system_score, **place}

    @property
    def meta(self) -> list[dict[str, Any]]:
        size = {"n_systems": self.n_systems, "n_documents": self.n_documents, "n_segments": 400}
        whole = {"subset": "all", "subset_value": "all", **size}
        return [
            {**self.about, **whole, "metric": m, "value": v, **self.row}
            for m, v in self.values.items()
        ]

    @property
    def tests(self) -> list[dict[str, Any]]:
        best = next(iter(self.values))
        shared = {
            **self.about,
            "family": "metrics",
            "adjustment": "holm",
            "alpha": 0.05,
            "holds_level": self.holds_level,
            "scope": self.scope,
            "smallest_p": self.smallest_p,
            "detectable": self.detectable,
            "n_systems": self.n_systems,
            "n_documents": self.n_documents,
        }
        return [
            {
                **shared,
                "metric_1": best,
                "metric_2": other,
                "difference": self.values[best] - self.values[other],
                "p": p / 2,
                "p_adjusted": p,
                **self.test,
            }
            for other, p in self.p.items()
        ]

    @property
    def sentinels(self) -> list[dict[str, Any]]:
        best, value = next(iter(self.values.items()))
        return [
            {
                **self.about,
                "metric": best,
                "opponent": self.opponent,
                "value": value,
                "opponent_value": 0.4,
                "p": 0.001 if self.beats else 0.3,
                "p_adjusted": 0.002 if self.beats else 0.6,
                "beats": self.beats,
                "holds_level": self.holds_level,
                "scope": self.scope,
                "alpha": 0.05,
                **self.beside,
            }
        ]


def metric_rows(metrics: Sequence[str], sentinels: Sequence[str] = SENTINELS) -> pd.DataFrame:
    """METRICS of these names."""
    roles = {**dict.fromkeys(metrics, "metric"), **dict.fromkeys(sentinels, "sentinel")}
    rows = [{"metric": m, "label": LABELS.get(m, m), "role": role} for m, role in roles.items()]
    return filled(METRICS, rows)


def facts_of(
    *made: Agreement,
    metrics: Sequence[str] = (),
    sentinels: Sequence[str] = SENTINELS,
    labels: Mapping[str, str] = LABELS,
    **tables: pd.DataFrame | Sequence[Mapping[str, Any]],
) -> Facts:
    """Facts of a run with these statistics; ``tables`` by name, or some columns of their rows.
    ``metrics`` are those without a statistic too."""
    names = list(dict.fromkeys([*metrics, *(m for a in made for m in a.values)]))
    found = {
        "metrics": metric_rows(names, sentinels),
        "meta_evaluation": filled(META_EVALUATION, [row for a in made for row in a.meta]),
        "metric_tests": filled(METRIC_TESTS, [row for a in made for row in a.tests]),
        "sentinel_tests": filled(SENTINEL_TESTS, [row for a in made for row in a.sentinels]),
    }
    given = {
        name: rows if isinstance(rows, pd.DataFrame) else filled(SCHEMA_OF[name], rows)
        for name, rows in tables.items()
    }
    return Facts({**found, **given}, labels)


@dataclass(frozen=True)
class Judged:
    """A category: accuracy and adjusted p of each metric and sentinel against chance, adjusted p
    of the most accurate metric against others; ``together``: accuracy, adjusted p, gain and
    adjusted p of the gain of two metrics; ``for_others`` and ``against_for_others``: adjusted p of
    ``metrics`` and ``against`` by leaving out one of 8 raters."""

    name: str
    metrics: Mapping[str, tuple[float, float]]
    sentinels: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    against: Mapping[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    tier: str = "reliable"
    human: float | None = None
    label: float | None = None
    note: str = ""
    detectable: float = 0.58
    identity: float = 0.5
    together: Mapping[tuple[str, str], tuple[float, float, float, float]] = field(
        default_factory=dict
    )
    for_others: Mapping[str, float] = field(default_factory=dict)
    against_for_others: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def rows(self) -> list[dict[str, Any]]:
        return [
            *(self._row(m, "metric", *both) for m, both in self.metrics.items()),
            *(self._row(m, "sentinel", *both) for m, both in self.sentinels.items()),
            {**self._row(SYSTEM_IDENTITY, "sentinel", 0.5, 1.0), "plain_accuracy": self.identity},
            self._row(CONSTANT, "sentinel", 0.5, 1.0),
            *(
                self._row(name, "human", value, 0.01)
                for name, value in (("human", self.human), ("label", self.label))
                if value is not None
            ),
        ]

    def _row(self, metric: str, kind: str, value: float, p: float) -> dict[str, Any]:
        return {
            "test_set": NAME,
            "view": "news",
            "category": self.name,
            "metric": metric,
            "kind": kind,
            "value": value,
            "low": value - 0.05,
            "high": value + 0.05,
            "plain_accuracy": value,
            "n_pairs": 100,
            "n_eff": 3.0 if self.tier == "too few" else 60.0,
            "n_documents": 20,
            "tier": self.tier,
            "note": self.note,
            "p": p,
            "p_holm": p,
            "alpha": 0.05,
            "detectable": self.detectable,
            "p_raters_holm": self.for_others.get(metric, math.nan),
            "n_raters": 8 if metric in self.for_others else None,
        }

    def tests(self) -> list[dict[str, Any]]:
        return [
            {
                "test_set": NAME,
                "view": "news",
                "category": self.name,
                "metric_1": one,
                "metric_2": two,
                "difference": difference,
                "p": p / 2,
                "p_holm": p,
                "n_documents": 20,
                "alpha": 0.05,
                "p_raters_holm": self.against_for_others.get((one, two), math.nan),
                "n_raters": 8 if (one, two) in self.against_for_others else None,
            }
            for (one, two), (difference, p) in self.against.items()
        ]

    def metric_pairs(self) -> list[dict[str, Any]]:
        return [
            {
                "test_set": NAME,
                "view": "news",
                "category": self.name,
                "metric_1": one,
                "metric_2": two,
                "value": value,
                "p": p / 2,
                "p_holm": p,
                "gain": gain,
                "gain_p": gain_p / 2,
                "gain_p_holm": gain_p,
                "n_eff": 60.0,
                "n_documents": 20,
                "alpha": 0.05,
            }
            for (one, two), (value, p, gain, gain_p) in self.together.items()
        ]


def category_facts(
    *judged: Judged,
    n_documents: int = 20,
    on_held_out: Mapping[str, Mapping[str, float]] | None = None,
    labels: Mapping[str, str] = LABELS,
) -> Facts:
    """Facts of a run with these categories."""
    names = list(dict.fromkeys(m for c in judged for m in c.metrics))
    tables = {
        "metrics": metric_rows(names),
        "categories": filled(CATEGORIES, [row for c in judged for row in c.rows()]),
        "category_tests": filled(CATEGORY_TESTS, [row for c in judged for row in c.tests()]),
        "metric_pairs": filled(METRIC_PAIRS, [row for c in judged for row in c.metric_pairs()]),
    }
    view = FirstView("news", n_documents, 900, on_held_out or {}, Limits())
    return Facts(tables, labels, first_view=view)

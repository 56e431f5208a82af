"""What rules about categories read: the rows of the first view, category by category."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import pandas as pd

from harness.claims.claim import Evidence, Facts, evidence_of
from harness.error_categories.analysis import FirstView
from harness.error_categories.held_out_raters import JUDGED
from harness.error_categories.notes import CHANCE, CONSTANT

__all__ = [
    "AGREEMENT_UNKNOWN",
    "FEW_RATERS",
    "Category",
    "Row",
    "categories_in",
    "categories_of",
]

#: What is said where nearly every translation has one rater: tests leave out documents, not raters.
AGREEMENT_UNKNOWN = (
    "too few translations have two raters to tell whether raters agree on categories"
)
FEW_RATERS = f"{AGREEMENT_UNKNOWN}, and other raters may mark other errors"

Row = Mapping[str, Any]

ACCURACY = ("value", "low", "high", "n_eff", "n_documents", "p", "p_holm", "detectable", "alpha")
DIFFERENCE = ("difference", "p", "p_holm", "alpha", "n_documents")
OVER_RATERS = ("p_raters", "p_raters_holm", "n_raters")


@dataclass(frozen=True)
class Category:
    """A category of the first view: its rows in CATEGORIES by metric, sentinel and held-out rater,
    and the tests of its best metric against the others, by these.

    ``on_held_out`` has the accuracy of each metric on the labels that the row 'human' is judged by.
    """

    name: str
    rows: Mapping[str, Row]
    against_best: Mapping[str, Row]
    on_held_out: Mapping[str, float]

    @property
    def whole(self) -> Row:
        """The row whose pairs are those of the category, whatever a metric lacks."""
        return self.rows[CONSTANT]

    @property
    def metrics(self) -> dict[str, Row]:
        """The metrics that can be judged, the most accurate first."""
        return _by_value(
            row for row in self.rows.values() if row["kind"] == "metric" and row["tier"] in JUDGED
        )

    @property
    def judged(self) -> bool:
        """Whether any metric can be judged."""
        return bool(self.metrics)

    @property
    def seeing(self) -> list[str]:
        """The metrics shown to see the category: above 1/2 by p adjusted over all metrics and
        judged categories."""
        return [
            name
            for name, row in self.metrics.items()
            if row["value"] > CHANCE and row["p_holm"] <= row["alpha"]
        ]

    @property
    def worse(self) -> list[str]:
        """The metrics shown to be less accurate than the most accurate one, by p adjusted over all
        pairs of metrics and judged categories."""
        return [
            name
            for name in self.metrics
            if name in self.against_best
            and self.against_best[name]["p_holm"] <= self.against_best[name]["alpha"]
            and (self.against_best[name]["difference"] > 0.0)
            == (self.against_best[name]["metric_2"] == name)
        ]

    @property
    def n_raters(self) -> int:
        """The raters that were left out one at a time; 0 where none were."""
        known = [int(n) for row in self.metrics.values() if pd.notna(n := row.get("n_raters"))]
        return max(known, default=0)

    @property
    def seeing_for_others(self) -> list[str]:
        """Those of ``seeing`` that are shown to see it for other raters too."""
        return [name for name in self.seeing if _holds_for_others(self.rows[name])]

    @property
    def worse_for_others(self) -> list[str]:
        """Those of ``worse`` that are shown to be less accurate for other raters too."""
        return [name for name in self.worse if _holds_for_others(self.against_best[name])]

    @property
    def best_sentinel(self) -> Row | None:
        """The most accurate sentinel of those shown to be above 1/2, each by its own p."""
        shown = _by_value(
            row
            for row in self.rows.values()
            if row["kind"] == "sentinel"
            and row["metric"] != CONSTANT
            and row["value"] > CHANCE
            and row["p"] <= row["alpha"]
        )
        return next(iter(shown.values()), None)

    def detectable(self, names: Sequence[str]) -> float:
        """The accuracy that would have been found with power .8: the median over these metrics;
        NaN if unknown."""
        known = [v for n in names if not math.isnan(v := self.rows[n]["detectable"])]
        return median(known) if known else math.nan

    def evidence(self) -> list[Evidence]:
        """The rows of metrics, the best sentinel and raters, and the tests of the best metric."""
        rows = [*self.metrics.values()]
        if self.best_sentinel is not None:
            rows.append(self.best_sentinel)
        rows += [row for row in self.rows.values() if row["kind"] == "human"]
        more = OVER_RATERS if self.n_raters else ()
        tests = self.against_best.values()
        return [
            *(evidence_of("categories", row, (*ACCURACY, *more)) for row in rows),
            *(evidence_of("category_tests", row, (*DIFFERENCE, *more)) for row in tests),
        ]


def categories_of(facts: Facts) -> tuple[FirstView, list[Category]] | None:
    """The first view and its categories, in the order of the table; None without the analysis."""
    frame, view = facts.table("categories"), facts.first_view
    if view is None:
        return None
    if frame is None:
        return view, []
    return view, categories_in(facts.tables, view.name, view.on_held_out)


def categories_in(
    tables: Mapping[str, pd.DataFrame],
    view: str = "",
    on_held_out: Mapping[str, Mapping[str, float]] | None = None,
) -> list[Category]:
    """The categories of a view (default: the first) in the tables CATEGORIES and CATEGORY_TESTS;
    empty without the first of these."""
    frame = tables.get("categories")
    if frame is None or frame.empty:
        return []
    view = view or str(frame["view"].iloc[0])
    own = _rows(frame[frame["view"] == view])
    tests = tables.get("category_tests")
    compared = [] if tests is None else _rows(tests[tests["view"] == view])
    found = []
    for name in dict.fromkeys(row["category"] for row in own):
        rows = {str(row["metric"]): row for row in own if row["category"] == name}
        bare = Category(name, rows, {}, (on_held_out or {}).get(name, {}))
        best = next(iter(bare.metrics), "")
        against = {
            str(r["metric_2"] if r["metric_1"] == best else r["metric_1"]): r
            for r in compared
            if r["category"] == name and best in (r["metric_1"], r["metric_2"])
        }
        found.append(Category(name, rows, against, bare.on_held_out))
    return found


def _holds_for_others(row: Row) -> bool:
    return bool(row["p_raters_holm"] <= row["alpha"])


def _rows(frame: Any) -> list[Row]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def _by_value(rows: Iterator[Row]) -> dict[str, Row]:
    """Metric -> row, the largest value first, of equals by name; without missing values."""
    known = [row for row in rows if not math.isnan(row["value"])]
    ordered = sorted(known, key=lambda row: (-row["value"], row["metric"]))
    return {str(row["metric"]): row for row in ordered}

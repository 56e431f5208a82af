"""Category analysis: which metric to trust for which kind of error.

For every view and category, each metric is judged on the pairs of translations that this category
decides, and so are sentinels and held-out raters. The definitions are in
:mod:`harness.error_categories.accuracy` and :mod:`harness.error_categories.held_out_raters`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pandas as pd

from harness.error_categories.accuracy import difference_of, loss_shares, paired_difference
from harness.error_categories.cells import Cell, ViewCells
from harness.error_categories.complementarity import metric_pairs
from harness.error_categories.families import (
    NO_TEST,
    against_chance,
    benjamini_hochberg,
    detectable_accuracy,
)
from harness.error_categories.held_out_raters import HUMAN_ROWS, JUDGED, tier
from harness.error_categories.notes import CONSTANT, SYSTEM_IDENTITY, Limits, note
from harness.error_categories.segments import category_segments
from harness.errors import InputError
from harness.ratings.rating import Penalties
from harness.significance.holm import holm_adjusted
from harness.significance.jackknife import Difference, Estimate
from harness.support.checks import check_between, check_weight, check_whole
from harness.tables import (
    CATEGORIES,
    CATEGORY_SEGMENTS,
    CATEGORY_TESTS,
    METRIC_PAIRS,
    TestSet,
    conform,
    table,
)
from harness.tables.settings import table_with

__all__ = ["CategoryResult", "FirstView", "categories"]

NO_SKILL = Estimate(math.nan, math.nan, math.nan, math.nan)
NO_DIFFERENCE = Difference(math.nan, math.nan, math.nan, math.nan, math.nan, 0)


@dataclass(frozen=True)
class FirstView:
    """What sentences about the first view need besides the tables.

    ``n_documents`` are the documents of the test set, ``n_untied`` the pairs of translations that
    differ in text and in rating; ``on_held_out`` maps a category to the accuracy of each metric on
    the labels that the row 'human' is judged by.
    """

    name: str
    n_documents: int
    n_untied: int
    on_held_out: Mapping[str, Mapping[str, float]]
    limits: Limits


@dataclass(frozen=True)
class CategoryResult:
    """Tables CATEGORIES and CATEGORY_TESTS, the pairs of translations that they rest on (table
    CATEGORY_SEGMENTS), and table METRIC_PAIRS of the first view.

    Rows of ``categories`` stand in the order of views, then of categories by their part of the
    penalties (largest first), then metrics, sentinels, humans. ``first`` is None without views.
    """

    categories: pd.DataFrame
    tests: pd.DataFrame
    segments: pd.DataFrame
    metric_pairs: pd.DataFrame
    first: FirstView | None = None


def categories(
    test_set: TestSet,
    scores: pd.DataFrame,
    penalties: Sequence[Penalties],
    *,
    sentinels: Sequence[str] = (),
    confidence: float = 0.95,
    alpha: float = 0.05,
    minimum_pairs: float = 50,
    minimum_documents: int = 10,
    most_paired: float = 0,
    tolerance: float = 1e-9,
) -> CategoryResult:
    """Judge every metric on every category of every view.

    Parameters
    ----------
    scores
        Table SCORES; rows of whole systems are not used.
    penalties
        The penalties by each rater, one table per view; sentences are about the first. Machine
        systems with ratings are compared; human and injected systems are left out.
    sentinels
        Names in ``scores`` that are sentinels, not metrics. Two more are built in: 'system
        identity' (the system's mean rating) and 'constant'; both get exactly 0.5.
    confidence
        Of all intervals.
    alpha
        The significance level of differences between metrics.
    minimum_pairs, minimum_documents
        With fewer effective pairs or documents the tier is 'too few'.
    most_paired
        With more metrics than this no two are judged together.
    tolerance
        Score differences up to this size count as ties.

    Returns
    -------
    CategoryResult
        A category that decides no pair, or a test set with one rated system, has its rows with
        NaN, the tier 'too few' and the reason in ``note``. Where most translations have one rater
        there are no human rows. A metric with too few scored pairs is 'too few' in a category that
        is not. Without any rated system the tables are empty.

    Raises
    ------
    InputError
        A metric has the name of one of the rows that are made here.
    """
    check_between("category_accuracy.confidence", confidence, 0, 1)
    check_between("category_accuracy.alpha", alpha, 0, 1)
    check_weight("category_accuracy.minimum_pairs", minimum_pairs)
    check_whole("category_accuracy.minimum_documents", minimum_documents, 0)
    kinds = _kinds(list(dict.fromkeys(scores["metric"])), sentinels)
    limits = Limits(minimum_pairs, minimum_documents)
    rows: list[dict[str, Any]] = []
    tests: list[dict[str, Any]] = []
    segments: list[pd.DataFrame] = []
    together: list[dict[str, Any]] = []
    first: FirstView | None = None
    for result in penalties:
        view = ViewCells(test_set, scores, result, kinds, confidence, tolerance)
        of_view = _with_families(_rows(view, limits), alpha)
        judged = {(r["category"], r["metric"]) for r in of_view if r["tier"] in JUDGED}
        if first is None:
            first = _first(view, limits)
            if len(view.metrics) <= most_paired:
                together = metric_pairs(view, judged, limits)
        rows += of_view
        tests += _tests(view, judged)
        segments.append(category_segments(view, list(result.segments)))
    return CategoryResult(
        table_with(rows, CATEGORIES, confidence=confidence, alpha=alpha),
        table_with(tests, CATEGORY_TESTS, confidence=confidence, alpha=alpha),
        conform(pd.concat(segments, ignore_index=True), CATEGORY_SEGMENTS)
        if segments
        else table([], CATEGORY_SEGMENTS),
        table_with(together, METRIC_PAIRS, confidence=confidence, alpha=alpha),
        first,
    )


def _kinds(names: Sequence[str], sentinels: Sequence[str]) -> dict[str, str]:
    """Whether each row is a metric or a sentinel, metrics first."""
    reserved = (*HUMAN_ROWS, SYSTEM_IDENTITY, CONSTANT)
    for name in names:
        if name in reserved:
            raise InputError(
                f"a metric may not be called {name!r}",
                expected=f"a name other than {', '.join(reserved)}",
                remedy="rename it in the config",
            )
    kinds = {name: "metric" for name in names if name not in sentinels}
    return kinds | {name: "sentinel" for name in names if name in sentinels}


def _first(view: ViewCells, limits: Limits) -> FirstView:
    held_out = {cell.category: dict(cell.on_held_out) for cell in view.cells}
    return FirstView(view.name, view.n_documents, view.n_untied, held_out, limits)


def _rows(view: ViewCells, limits: Limits) -> list[dict[str, Any]]:
    """The rows of CATEGORIES."""
    lost = {
        name: loss_shares([cell.accuracies[name].lost for cell in view.cells])
        for name in view.kinds
    }
    lost["human"] = loss_shares([cell.human["human"].lost for cell in view.cells if cell.human])
    rows = []
    for i, cell in enumerate(view.cells):
        whole = cell.accuracies[CONSTANT]  # never misses a score
        named = [(n, k, cell.accuracies[n]) for n, k in view.kinds.items()]
        named += [(n, "human", accuracy) for n, accuracy in cell.human.items()]
        for name, kind, own in named:
            size = whole if kind == "human" else own
            skill = cell.skill.get(name, NO_SKILL)
            level = tier(
                size.effective_n,
                size.n_documents,
                cell.human.get("label"),
                cell.human.get("blind"),
                minimum_pairs=limits.pairs,
                minimum_documents=limits.documents,
            )
            rows.append(
                {
                    "metric": name,
                    "view": view.name,
                    "category": cell.category,
                    "value": own.balanced.value,
                    "low": own.balanced.low,
                    "high": own.balanced.high,
                    "n_eff": own.effective_n,
                    "n_documents": own.n_documents,
                    "tier": level,
                    "plain_accuracy": own.plain.value,
                    "loss_share": lost[name][i] if name in lost else math.nan,
                    "n_pairs": own.n_pairs,
                    "n_segments": own.n_segments,
                    "n_errors": cell.n_errors,
                    "penalty_share": cell.penalty_share,
                    "kind": kind,
                    "test_set": view.test_set,
                    "note": note(
                        own,
                        size,
                        level,
                        cell.human,
                        limits,
                        n_systems=len(view.systems),
                        n_documents=view.n_documents,
                    ),
                    "relative_skill": skill.value,
                    "relative_skill_low": skill.low,
                    "relative_skill_high": skill.high,
                    "test": against_chance(own) if kind != "human" else NO_TEST,
                    "over_raters": cell.over_raters.get(name),
                }
            )
    return rows


def _with_families(rows: list[dict[str, Any]], alpha: float) -> list[dict[str, Any]]:
    """The rows of one view with p against chance, adjusted over the metrics and the categories that
    can be judged by them; by leaving out documents, and by leaving out raters."""
    family = [row["kind"] == "metric" and row["tier"] in JUDGED for row in rows]
    p = [row["test"].p if member else math.nan for row, member in zip(rows, family, strict=True)]
    size = max(1, sum(not math.isnan(value) for value in p))
    p_raters = [
        math.nan if (own := row["over_raters"]) is None else against_chance(own).p for row in rows
    ]
    raters_holm = holm_adjusted(
        [own if member else math.nan for own, member in zip(p_raters, family, strict=True)]
    )
    adjusted = zip(
        rows, p, holm_adjusted(p), benjamini_hochberg(p), p_raters, raters_holm, strict=True
    )
    return [
        {
            **{key: value for key, value in row.items() if key not in ("test", "over_raters")},
            "p": row["test"].p,
            "p_raters": own_raters,
            "p_raters_holm": holm_raters,
            "n_raters": None if (own := row["over_raters"]) is None else own.n_documents,
            "p_holm": holm,
            "p_fdr": fdr,
            "detectable": math.nan
            if math.isnan(one)
            else detectable_accuracy(row["test"], alpha / size),
        }
        for row, one, holm, fdr, own_raters, holm_raters in adjusted
    ]


def _tests(view: ViewCells, judged: Collection[tuple[str, str]]) -> list[dict[str, Any]]:
    """The rows of CATEGORY_TESTS: all pairs of metrics, Holm-adjusted over these and the categories
    in which both can be judged; ``judged`` are the (category, metric) that can be."""
    rows: list[dict[str, Any]] = []
    for cell in view.cells:
        for a, b in combinations(view.metrics, 2):
            difference = _difference(view, cell, a, b)
            over_raters = _difference_over_raters(cell, a, b)
            rows.append(
                {
                    "test_set": view.test_set,
                    "view": view.name,
                    "category": cell.category,
                    "metric_1": a,
                    "metric_2": b,
                    "difference": difference.value,
                    "low": difference.low,
                    "high": difference.high,
                    "p": difference.p,
                    "n_documents": difference.n_documents,
                    "p_raters": over_raters.p,
                    "n_raters": over_raters.n_documents or None,
                }
            )
    family = [
        {(row["category"], row[m]) for m in ("metric_1", "metric_2")} <= set(judged) for row in rows
    ]
    for p in ("p", "p_raters"):
        own = [row[p] if member else math.nan for row, member in zip(rows, family, strict=True)]
        for row, adjusted in zip(rows, holm_adjusted(own), strict=True):
            row[f"{p}_holm"] = adjusted
    return rows


def _difference(view: ViewCells, cell: Cell, a: str, b: str) -> Difference:
    one, two = cell.accuracies[a], cell.accuracies[b]
    if one.n_missing == 0 and two.n_missing == 0:
        return difference_of(one.jackknifed, two.jackknifed, confidence=view.confidence)
    return paired_difference(
        cell.pairs, cell.credits[a], cell.credits[b], confidence=view.confidence
    )


def _difference_over_raters(cell: Cell, a: str, b: str) -> Difference:
    """The difference with its test over raters, where both metrics score all that the raters
    marked; else none."""
    one, two = (cell.over_raters.get(name) for name in (a, b))
    if one is None or two is None or one.n_missing or two.n_missing:
        return NO_DIFFERENCE
    return difference_of(one.jackknifed, two.jackknifed)

"""Differences between metrics, with their tests: in agreement, and in category accuracy."""

from __future__ import annotations

from typing import Any

import pandas as pd

from harness.report.agreement_words import grouping_label, statistic_label
from harness.report.content import ReportContent, csv_file, records
from harness.report.grids import Cell, Grid, Row
from harness.report.metric_info import label_of, metric_infos
from harness.support.formatting import (
    count,
    humanise,
    interval,
    p_value,
    percent,
    statistic,
)
from harness.tables.settings import alpha_text, interval_name

__all__ = ["METRICS", "category_test_table", "metric_test_table", "sides", "test_method"]

#: The family of tests between metrics; those with a sentinel are another.
METRICS = "metrics"
SIDES = {1: "one-sided (the better metric against the worse)", 2: "two-sided"}


def metric_test_table(content: ReportContent) -> Grid | None:
    """The differences between metrics in agreement, the smallest p first."""
    tests = content.table("metric_tests")
    if tests is None:
        return None
    infos = metric_infos(content)
    rows = []
    tests = tests[tests["family"] == METRICS]
    for r in records(_surest(tests, "p_adjusted", content.options.max_rows)):
        values = [statistic(r.statistic, value) for value in (r.value_1, r.value_2)]
        difference = Cell(
            statistic(r.statistic, r.difference),
            detail=f"{values[0]} against {values[1]}",
            title="; ".join(filter(None, [test_method(r), r.scope, r.note])),
            classes=("number",),
        )
        names = f"{label_of(infos, r.metric_1)} against {label_of(infos, r.metric_2)}"
        what = Cell(
            f"{r.level}: {statistic_label(r.statistic)}",
            detail=grouping_label(r.level, r.grouping, r.system_score),
        )
        rows.append(_row(names, what, difference, r, r.p_adjusted))
    return Grid(
        caption="Differences between metrics in agreement",
        explanation=(
            "First metric minus second, both values below (percentage points for accuracies). p is "
            f"{sides(tests)}, and adjusted for all pairs of metrics. "
            + _bold(tests, "adjusted")
            + _more(len(tests), len(rows))
        ),
        csv=csv_file("metric_tests"),
        below="values",
        heads=[_head("Statistic", "p, adjusted")],
        rows=rows,
    )


def test_method(row: Any) -> str:
    """How the p-value of a row of METRIC_TESTS was computed, in words."""
    if row.exact or not row.samples:
        return str(row.method)
    return f"{row.method}, {count(row.samples)} draws"


def category_test_table(content: ReportContent) -> Grid | None:
    """The differences between metrics in category accuracy, the smallest p first."""
    tests = content.table("category_tests")
    if tests is None:
        return None
    infos = metric_infos(content)
    rows = []
    for r in records(_surest(tests, "p_holm", content.options.max_rows)):
        difference = Cell(
            percent(r.difference), detail=interval(r.low, r.high, 1, 100), classes=("number",)
        )
        names = f"{label_of(infos, r.metric_1)} against {label_of(infos, r.metric_2)}"
        what = Cell(humanise(r.category), detail=f"view {humanise(r.view)}")
        rows.append(_row(names, what, difference, r, r.p_holm))
    return Grid(
        caption="Differences between metrics in category accuracy",
        explanation=(
            f"First metric minus second in percentage points, {interval_name(tests)} below. "
            + _bold(tests, "Holm-adjusted")
            + _more(len(tests), len(rows))
        ),
        csv=csv_file("category_tests"),
        heads=[_head("Category", "p, Holm")],
        rows=rows,
    )


def sides(tests: pd.DataFrame) -> str:
    """Whether the p-values of METRIC_TESTS are one-sided or two-sided, in words."""
    words = [word for number, word in SIDES.items() if (tests["sides"] == number).any()]
    return " or ".join(words)


def _surest(tests: pd.DataFrame, column: str, limit: int) -> pd.DataFrame:
    return tests.sort_values([column, "p"], kind="stable", na_position="last").head(limit)


def _head(what: str, adjusted: str) -> Row:
    texts = ("Difference", "p", adjusted, "Documents")
    numbers = [Cell(t, header=True, classes=("number",)) for t in texts]
    return Row([Cell("Metrics", header=True), Cell(what, header=True), *numbers])


def _row(names: str, what: Cell, difference: Cell, r: Any, adjusted: float) -> Row:
    """A row for the test ``r``, a row of METRIC_TESTS or CATEGORY_TESTS, with its adjusted p."""
    return Row(
        [
            Cell(names, header=True),
            what,
            difference,
            Cell(p_value(r.p), classes=("number",)),
            Cell(p_value(adjusted), classes=("number",), strong=bool(adjusted <= r.alpha)),
            Cell(count(r.n_documents), classes=("number",)),
        ]
    )


def _bold(tests: pd.DataFrame, how: str) -> str:
    article = "An" if how[0] in "aeiou" else "A"
    return f"{article} {how} p of {alpha_text(tests)} or less is bold."


def _more(total: int, shown: int) -> str:
    if total <= shown:
        return ""
    return f" The first {shown:,} of {total:,} rows, the smallest p first; the file has all."

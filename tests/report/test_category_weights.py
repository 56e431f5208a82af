"""Implied weights as the report's table shows them."""

from __future__ import annotations

import pandas as pd

from harness.report.content import ReportContent
from harness.report.grids import Grid
from harness.report.html import render_report
from harness.report.implied_weight_tables import implied_weight_tables
from harness.tables import CATEGORY_WEIGHTS, conform, table
from tests.support.made_categories import NAME, made_test_set

NAN = float("nan")


def weights_of(**changes: tuple[float, float, float]) -> pd.DataFrame:
    """Weights of a metric, a sentinel and a rater for two categories; ``changes`` by category."""
    rows = []
    for category in ("all", "meaning", "style"):
        relative = changes.get(category, (1.2, 0.8, 1.6))
        for metric, kind in (("bleu", "metric"), ("random", "sentinel"), ("human", "human")):
            none = kind == "sentinel"
            share = (1.0, NAN, NAN) if category == "all" else relative
            rows.append(
                (NAME, "news", category, metric, kind, 0.4, 0.1, 0.7,
                 *((NAN,) * 3 if none else share), 0.1, -0.2, 0.4, 0.3, 0.6, True, 120, 40, 12,
                 "no unit" if none else "", 0.95, 0.05)
            )  # fmt: skip
    return table(rows, CATEGORY_WEIGHTS)


def content(weights: pd.DataFrame, **more: pd.DataFrame) -> ReportContent:
    return ReportContent(made_test_set({"A": ["a"]}, ["d"]), {"category_weights": weights, **more})


def grid(weights: pd.DataFrame, **more: pd.DataFrame) -> Grid:
    (found,) = implied_weight_tables(content(weights, **more))
    return found


def test_metrics_and_the_rater_have_columns_and_sentinels_none() -> None:
    found = grid(weights_of())
    (head,) = found.heads
    assert [c.text for c in head.cells] == ["Category", "bleu", "Human", "Marked", "Documents"]
    assert [row.cells[0].text for row in found.rows] == ["All errors", "meaning", "style"]


def test_the_first_row_is_the_weight_and_the_others_are_shares_of_it() -> None:
    whole, meaning, _ = grid(weights_of()).rows
    assert (whole.cells[1].text, whole.cells[1].detail) == ("0.400", "[0.100, 0.700]")
    assert (meaning.cells[1].text, meaning.cells[1].detail) == ("1.20", "[0.80, 1.60]")
    assert meaning.cells[3].text == "40"


def test_bold_is_surely_another_weight_than_a_rater_s() -> None:
    weights = weights_of()
    weights.loc[(weights["category"] == "meaning") & (weights["kind"] == "metric"), "p_holm"] = 0.05
    found = grid(weights)
    assert [row.cells[1].strong for row in found.rows] == [False, True, False]
    assert not any(row.cells[2].strong for row in found.rows)  # the rater
    assert "minus that of a held-out rater: 0.10 [−0.20, 0.40]" in found.rows[1].cells[1].title


def test_a_category_that_cannot_be_judged_is_hatched_and_never_bold() -> None:
    weights = weights_of()
    weights["p_holm"] = 0.01
    weights["judged"] = weights["category"] != "meaning"
    found = grid(weights)
    assert [row.classes for row in found.rows] == [(), ("grey",), ()]
    assert [row.cells[1].strong for row in found.rows] == [False, False, True]


def test_what_a_row_rests_on_is_the_most_that_a_metric_has() -> None:
    weights = weights_of()
    more = weights[weights["metric"] == "bleu"].assign(metric="chrf", n_marked=77, n_documents=13)
    found = grid(conform(pd.concat([weights, more], ignore_index=True), CATEGORY_WEIGHTS))
    assert [cell.text for cell in found.rows[1].cells[-2:]] == ["77", "13"]


def test_a_missing_weight_has_its_reason() -> None:
    weights = weights_of(style=(NAN, NAN, NAN))
    weights.loc[weights["category"] == "style", "note"] = "no two translations differ in it"
    found = grid(weights)
    assert found.rows[2].cells[1].text == "–"
    assert found.footnotes == [("a", "no two translations differ in it")]


def test_it_stands_in_the_page_among_the_categories() -> None:
    page = render_report(content(weights_of()))
    start = page.index('id="categories"')
    assert (
        start
        < page.index("Implied weight of an error (view news)")
        < page.index("</section>", start)
    )

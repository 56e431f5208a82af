"""The tables of the page where metrics are many."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from harness.report.agreement_table import agreement_tables
from harness.report.category_tables import accuracy_tables
from harness.report.content import ReportContent
from harness.report.grids import Grid
from harness.report.matrices import test_matrices as matrices_of
from harness.report.system_table import system_table
from harness.tables import METRICS, table
from tests.support.report_sample import made_up_tables, made_up_test_set

FAMILIES = ["LLM", "trained", "string"]


def named(frame: pd.DataFrame, name: str, value: object = None) -> pd.DataFrame:
    """The rows of BLEU as those of another metric, with another value."""
    rows = frame[frame["metric"] == "bleu"].assign(metric=name)
    return rows if value is None else rows.assign(value=value)


@pytest.fixture(scope="module")
def many() -> ReportContent:
    """Fifteen metrics more than the sample has; m0 agrees best, and all are means of segments."""
    test_set = made_up_test_set()
    tables = made_up_tables(test_set)
    more = [f"m{i}" for i in range(15)]
    for key in ("categories", "meta_evaluation", "systems", "scores"):
        values = [0.9 - i / 100 for i in range(15)]
        added = [
            named(tables[key], name, None if key in ("systems", "scores") else value)
            for name, value in zip(more, values, strict=True)
        ]
        tables[key] = pd.concat([tables[key], *added], ignore_index=True)
    rows = tables["systems"]
    own = rows["metric"].isin(more)
    rows.loc[own, "mean_segment_score"] = rows.loc[own, "score"]
    listed = [
        (m, m, "s", True, "metric", "", FAMILIES[i % len(FAMILIES)]) for i, m in enumerate(more)
    ]
    both = [*tables["metrics"].itertuples(index=False, name=None), *listed]
    return ReportContent(test_set, tables={**tables, "metrics": table(both, METRICS)})


def column(grid: Grid, place: int) -> list[str]:
    return [row.cells[place].text for row in grid.rows]


def test_metrics_are_rows_in_families_the_best_first(many: ReportContent) -> None:
    grid = accuracy_tables(many)[0]
    families = [f for f in column(grid, 1) if f not in ("sentinel", "held-out rater")]
    order = ["string", "embedding", "trained", "without reference", "LLM", "other"]
    assert families == sorted(families, key=order.index)
    names = column(grid, 0)
    for first in range(3):  # m0, m3, m6, … of one family
        own = [name for name in names if name in {f"m{i}" for i in range(first, 15, 3)}]
        assert own == [f"m{i}" for i in range(first, 15, 3)]
    heads = [cell.text for cell in grid.heads[0].cells]
    assert heads[:2] == ["Metric", "Family"]
    categories = many.tables["categories"]
    first_view = categories[categories["view"] == categories["view"].iloc[0]]
    assert len(heads) == 2 + first_view["category"].nunique()


def test_a_corpus_score_that_is_the_mean_is_not_repeated(many: ReportContent) -> None:
    assert np.isfinite(many.tables["meta_evaluation"]["value"]).any()
    for grid in agreement_tables(many):
        heads = grid.heads[0].cells
        for place, head in enumerate(heads):
            if not head.detail.startswith("corpus scores"):
                continue
            twin = [h for h in heads if h.text == head.text and h.detail.startswith("mean of")]
            cells = {row.cells[0].text: row.cells[place].text for row in grid.rows}
            if twin:
                assert {cells[f"m{i}"] for i in range(15)} == {""}
                assert cells["BLEU"] != ""


def test_metrics_are_rows_of_the_systems_too(many: ReportContent) -> None:
    grid = system_table(many)
    assert grid is not None
    heads = [cell.text for cell in grid.heads[0].cells]
    assert heads[0] == "Metric"
    assert set(heads[1:]) == set(many.tables["systems"]["system"])
    assert column(grid, 0)[:2] == ["Mean rating", "BLEU"]
    assert {f"m{i}" for i in range(15)} < set(column(grid, 0))
    systems = many.tables["systems"].set_index(["system", "metric"])["score"]
    bleu = next(row for row in grid.rows if row.cells[0].text == "BLEU")
    for head, cell in zip(heads[1:], bleu.cells[1:], strict=True):
        if cell.text != "–":
            assert float(cell.text) == pytest.approx(systems[head, "bleu"], abs=0.05)


def test_a_matrix_shows_the_best_metrics_and_those_in_focus_and_another_all(
    many: ReportContent,
) -> None:
    meta, tests = many.tables["meta_evaluation"], many.tables["metric_tests"]
    first = tests.iloc[0]
    names = [f"m{i}" for i in range(15)]
    every = [*names, "bleu", "chrf"]
    pairs = pd.concat(
        [
            tests.iloc[:1].assign(metric_1=one, metric_2=other, p=0.01, p_adjusted=0.04)
            for i, one in enumerate(every)
            for other in every[i + 1 :]
        ]
    )
    content = replace(many, tables={**many.tables, "metric_tests": pairs}, focus=("m14", "m0"))
    few, whole = matrices_of(content)
    key = ["level", "statistic", "grouping", "category", "subset"]
    own = meta[(meta[key] == [*first[key[:-1]], "all"]).all(axis=1)].dropna(subset=["value"])
    order = own.sort_values(["value", "metric"], ascending=[False, True])["metric"].tolist()
    order = [m for m in order if m in every]
    assert len(order) == len(whole.rows) == len(whole.heads[0].cells) - 1 == 17
    wanted = [f"{i + 1} {m}" for i, m in enumerate(order) if i < 10 or m == "m14"]
    shown = [row.cells[0].title or row.cells[0].text for row in few.rows]
    assert [s.lower() for s in shown] == wanted
    assert [c.text for c in few.heads[0].cells[1:]] == [w.split(" ")[0] for w in wanted]
    assert few.caption.endswith("; the best 10 of 17 metrics and 1 in focus")
    assert whole.caption.endswith("; all 17 metrics")
    cells = {(r.cells[0].text, c.title): c for r in whole.rows for c in r.cells[1:] if c.text}
    assert all(
        cells[r.cells[0].text, c.title] == c for r in few.rows for c in r.cells[1:] if c.text
    )

"""Categories and injected errors over the jobs of a sweep."""

from __future__ import annotations

from typing import Any, cast

import pandas as pd

from harness.report.grids import Grid
from harness.sweep.collect import SweepResult
from harness.sweep.kinds_of_error import category_grids, injection_grids

NAN = float("nan")
LABELS = {"bleu": "BLEU", "chrf": "chrF"}


def result_of(name: str, rows: list[dict[str, Any]]) -> SweepResult:
    tables = {name: pd.DataFrame(rows)} if rows else {}
    return SweepResult(plan=cast(Any, None), statuses={}, tables=tables)


def category(metric: str, setting: str, value: float, low: float, **more: Any) -> dict[str, Any]:
    job = {"a": 0, "b": 1}[setting]
    return {
        "job": job,
        "setting": setting,
        "metric": metric,
        "view": "news",
        "value": value,
        "low": low,
        "high": value + 0.1,
        "tier": "reliable",
        "confidence": 0.95,
        "alpha": 0.05,
        "n_pairs": 120,
        "kind": "metric",
        "note": "",
        "category": "name",
        **more,
    }


def texts(grid: Grid) -> dict[str, list[str]]:
    return {row.cells[0].text: [c.text for c in row.cells[1:]] for row in grid.rows}


def test_categories_stand_metric_by_setting() -> None:
    rows = [
        category("bleu", "a", 0.61, 0.55),
        category("bleu", "b", 0.52, 0.45),
        category("chrf", "a", 0.66, 0.6, tier="unreliable"),
        category("human", "a", 0.9, 0.8, kind="human"),
        category("bleu", "a", NAN, NAN, category="other", tier="too few", note="few"),
    ]
    (grid,) = category_grids(result_of("categories", rows), LABELS)
    assert grid.caption == "Name (view news)"
    assert [c.text for c in grid.heads[0].cells] == ["Metric", "a", "b"]
    assert texts(grid) == {"BLEU": ["61.0", "52.0"], "chrF": ["66.0", "\N{EN DASH}"]}
    bleu, chrf = grid.rows
    assert [c.strong for c in bleu.cells[1:]] == [True, False]
    assert [c.href for c in bleu.cells[1:]] == ["0/report.html", "1/report.html"]
    assert "grey" in chrf.cells[1].classes and not chrf.cells[1].strong
    assert bleu.cells[1].detail == "[55.0, 71.0]"


def test_injected_errors_stand_metric_by_setting() -> None:
    shared = {
        "confidence": 0.95,
        "minimum_pairs": 30,
        "severity": "major",
        "note": "",
        "accuracy": 0.9,
        "high": 0.3,
    }
    rows = [
        {**shared, "job": 0, "setting": "a", "metric": "bleu", "injector": "wrong_digit",
         "relative_drop": 0.2, "low": 0.1, "n": 40, "tier": "measured"},
        {**shared, "job": 1, "setting": "b", "metric": "bleu", "injector": "wrong_digit",
         "relative_drop": 0.1, "low": 0.0, "n": 4, "tier": "n < 30"},
        {**shared, "job": 1, "setting": "b", "metric": "bleu", "injector": "year",
         "relative_drop": NAN, "low": NAN, "n": 0, "tier": "n < 30"},
    ]  # fmt: skip
    (grid,) = injection_grids(result_of("injections", rows), LABELS)
    assert grid.caption == "Wrong digit (major)"
    assert texts(grid) == {"BLEU": ["20.0", "10.0"]}
    assert "grey" in grid.rows[0].cells[2].classes


def test_settings_without_categories_are_named() -> None:
    result = result_of("categories", [category("bleu", "a", 0.61, 0.55)])
    assert "No run" not in category_grids(result, LABELS)[0].explanation
    settings = pd.DataFrame({"setting": ["c", "a", "b", "c"]})
    both = SweepResult(result.plan, result.statuses, {**result.tables, "metrics": settings})
    assert category_grids(both, LABELS)[0].explanation.endswith(
        "No run has this table under: c; b."
    )


def test_without_such_tables_there_are_no_grids() -> None:
    empty = result_of("categories", [])
    assert category_grids(empty, LABELS) == injection_grids(empty, LABELS) == []

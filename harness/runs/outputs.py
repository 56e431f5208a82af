"""What a run writes into its folder: plots, tables, the report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from harness.plots import style
from harness.ratings.views import View, error_table
from harness.report import (
    PlotImage,
    ReportContent,
    write_csv,
    write_grids,
    write_markdown,
    write_report,
)
from harness.runs.results import Results
from harness.runs.setup import Setup
from harness.tables import SCHEMA_OF, TestSet

__all__ = ["content_of", "draw", "write_pages", "write_tables"]


#: A longer table is for programs.
MOST_ROWS = 2_000


def draw(
    plots: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    folder: Path,
    formats: Mapping[str, bool],
) -> list[PlotImage]:
    """Draw and save each plot whose tables exist: as SVG, and as PNG and PDF if ``formats`` say
    so."""
    kinds = ["svg", *(kind for kind in ("png", "pdf") if formats[kind])]
    images = []
    for name, plot in plots.items():
        figure = plot.draw(tables)
        if figure is None:
            continue
        folder.mkdir(exist_ok=True)
        files = style.save(figure, folder / name, kinds)
        images.append(
            PlotImage(name, plot.question, plot.explanation, files[0].read_text(encoding="utf-8"))
        )
    return images


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path, *, markdown: bool) -> None:
    """Write each table as CSV, and as Markdown if its schema says so and a person can read it."""
    folder.mkdir()
    for name, frame in tables.items():
        schema = SCHEMA_OF[name]
        stem = schema.file or name
        write_csv(frame, folder / f"{stem}.csv")
        if markdown and schema.markdown and len(frame) <= MOST_ROWS:
            write_markdown(frame, folder / f"{stem}.md", stem.replace("_", " "))


def content_of(
    setup: Setup, results: Results, images: list[PlotImage], record: Mapping[str, Any]
) -> ReportContent:
    """The input of the report."""
    return ReportContent(
        test_set=results.test_set,
        tables=results.tables,
        plots=images,
        claims=results.claims,
        run=record,
        config_yaml=record["config"],
        options=setup.report,
        span_views=_span_views(results.test_set, setup.views),
        focus=setup.focus,
    )


def write_pages(content: ReportContent, folder: Path, formats: Mapping[str, bool]) -> None:
    """Write the tables for reading (Markdown, LaTeX) and the page."""
    write_grids(content, folder / "tables", markdown=formats["markdown"], latex=formats["latex"])
    if formats["html"]:
        write_report(folder / "report.html", content)


def _span_views(test_set: TestSet, views: Mapping[str, View]) -> dict[str, list[str]]:
    """For each view, the category of every error span ('' where the view ignores it)."""
    key = ["system", "segment_id", "rater", "error"]
    spans = test_set.error_spans[key]
    result = {}
    for name, view in views.items():
        errors = error_table(test_set, view)[[*key, "view_category"]]
        column = spans.merge(errors, on=key, how="left")["view_category"]
        result[name] = ["" if pd.isna(c) else str(c) for c in column]
    return result

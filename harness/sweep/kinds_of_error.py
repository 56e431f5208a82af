"""Results of a sweep by kind of error: accuracy by category and relative drops for injected errors,
for every metric and setting, with links to the runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from harness.report.content import records
from harness.report.grids import Cell, Footnotes, Grid, Row
from harness.support.formatting import count, humanise, interval, is_missing, percent
from harness.sweep.collect import SweepResult
from harness.tables.settings import either, interval_name

__all__ = ["category_grids", "injection_grids"]

#: Tiers in which a value is too unsure to be read.
GREY = ("unreliable", "too few")


def category_grids(result: SweepResult, labels: Mapping[Any, str]) -> list[Grid]:
    """For each category of each view, the first view's first: metrics x settings, the accuracy with
    its interval. Categories that no setting could judge are left out."""
    frame = result.tables.get("categories")
    if frame is None:
        return []
    own = frame[frame["kind"].isin(["metric", "sentinel"])]
    without = _settings_without(result, own)
    grids = []
    for (view, category), rows in own.groupby(["view", "category"], sort=False):
        if rows["value"].isna().all() or rows["tier"].isin(GREY).all():
            continue
        grids.append(
            _grid(
                rows,
                labels,
                caption=f"{humanise(str(category)).capitalize()} (view {humanise(str(view))})",
                explanation=(
                    "System-balanced accuracy in per cent on the pairs of translations that this "
                    f"category decides, {interval_name(rows)} below. 50 is chance; a value is bold "
                    "where its interval lies above, and grey where raters agree too little or "
                    "there are too few pairs. A value leads to its run." + without
                ),
                csv="tables/categories.csv",
                cell=lambda row, notes: _accuracy(row, notes, result.link(row.job)),
                under=lambda own: f"{count(own['n_pairs'].max())} pairs",
            )
        )
    return grids


def injection_grids(result: SweepResult, labels: Mapping[Any, str]) -> list[Grid]:
    """For each kind of injected error: metrics x settings, the relative drop with its interval."""
    frame = result.tables.get("injections")
    if frame is None:
        return []
    without = _settings_without(result, frame)
    grids = []
    for injector, rows in frame.groupby("injector", sort=False):
        if rows["relative_drop"].isna().all():
            continue
        severity = str(rows["severity"].iloc[0])
        grids.append(
            _grid(
                rows,
                labels,
                caption=f"{humanise(str(injector)).capitalize()} ({severity})",
                explanation=(
                    "How far the score falls for this error, in per cent of the fall for an "
                    f"unrelated sentence, {interval_name(rows)} below. Grey with fewer than "
                    f"{either(list(rows['minimum_pairs']))} pairs. A value leads to its run."
                    + without
                ),
                csv="tables/injections.csv",
                cell=lambda row, notes: _drop(row, notes, result.link(row.job)),
                under=lambda own: f"{count(own['n'].max())} pairs",
            )
        )
    return grids


def _settings_without(result: SweepResult, frame: pd.DataFrame) -> str:
    """A sentence that names the settings of which no run made such a table; '' if there are none.

    Nothing is to be made where the test set has no annotated errors (ratings that came as numbers
    alone), or where injection is off."""
    every: Iterable[object] = (
        result.tables["metrics"]["setting"] if "metrics" in result.tables else []
    )
    absent = [s for s in dict.fromkeys(map(str, every)) if s not in set(frame["setting"])]
    return f" No run has this table under: {'; '.join(absent)}." if absent else ""


def _grid(
    rows: pd.DataFrame,
    labels: Mapping[Any, str],
    *,
    caption: str,
    explanation: str,
    csv: str,
    cell: Callable[[Any, Footnotes], Cell],
    under: Callable[[pd.DataFrame], str],
) -> Grid:
    settings: Sequence[str] = list(dict.fromkeys(rows["setting"]))
    found = {(r.metric, r.setting): r for r in records(rows)}
    notes = Footnotes()
    sentinels = set(rows.loc[rows["kind"] == "sentinel", "metric"]) if "kind" in rows else set()
    body = []
    for metric in sorted(dict.fromkeys(rows["metric"]), key=lambda m: m in sentinels):
        badge = "sentinel" if metric in sentinels else ""
        cells = [Cell(labels.get(metric, humanise(str(metric))), badge=badge, header=True)]
        for setting in settings:
            row = found.get((metric, setting))
            cells.append(notes.missing("no job computed it") if row is None else cell(row, notes))
        body.append(Row(cells))
    heads = [
        Cell(s, detail=under(rows[rows["setting"] == s]), header=True, classes=("number",))
        for s in settings
    ]
    return Grid(
        caption=caption,
        explanation=explanation,
        csv=csv,
        heads=[Row([Cell("Metric", header=True), *heads])],
        rows=body,
        footnotes=notes.listed(),
    )


def _accuracy(row: Any, notes: Footnotes, link: str) -> Cell:
    if is_missing(row.value):
        return notes.missing(str(row.note) or "undefined")
    grey = row.tier in GREY
    return Cell(
        percent(row.value),
        detail=interval(row.low, row.high, 1, 100),
        title=str(row.tier),
        href=link,
        strong=not grey and not is_missing(row.low) and row.low > 0.5,
        classes=("number", *(("grey",) if grey else ())),
    )


def _drop(row: Any, notes: Footnotes, link: str) -> Cell:
    if is_missing(row.relative_drop):
        return notes.missing(str(row.note) or "undefined")
    return Cell(
        percent(row.relative_drop),
        detail=interval(row.low, row.high, 1, 100),
        title=f"{count(row.n)} pairs; accuracy {percent(row.accuracy)}",
        href=link,
        classes=("number", *(("grey",) if row.tier != "measured" else ())),
    )

"""What each metric's scores cost, and how well they agree with the raters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from harness.report.agreement_words import grouping_label, statistic_label
from harness.report.content import ReportContent
from harness.report.grids import Cell, Footnotes, Grid, Row
from harness.report.metric_info import metric_infos
from harness.report.verdict import FIRST, KEY, Key
from harness.support.formatting import is_missing, is_percentage, number, statistic

__all__ = ["agreement_columns", "cost_table", "microseconds"]

WALL = "Wall seconds"


def microseconds(content: ReportContent) -> dict[str, float]:
    """Metric (no sentinel) -> CPU microseconds of a translation's score, where that is known."""
    costs = content.run.get("cpu_seconds_of_scores")
    scores = content.table("scores")
    if not isinstance(costs, dict) or scores is None:
        return {}
    scored = scores[scores["segment_id"].notna() & scores["score"].notna()]
    counts = scored.groupby("metric").size().to_dict()
    return {
        name: float(costs[name]) / int(counts[name]) * 1e6
        for name, info in metric_infos(content).items()
        if not info.is_sentinel and not _missing(costs.get(name)) and counts.get(name)
    }


def cost_table(content: ReportContent) -> Grid | None:
    """One row per metric, the cheapest first; None if no cost is known."""
    costs = content.run.get("cpu_seconds_of_scores")
    if not isinstance(costs, dict):
        return None
    infos = metric_infos(content)
    of_each = microseconds(content)
    implementations = content.run.get("implementations") or {}
    devices = content.run.get("devices") or {}
    names = [name for name in infos if name in costs and not infos[name].is_sentinel]
    spent = _beside(content, names)
    columns = agreement_columns(content.table("meta_evaluation"))
    notes = Footnotes()
    if all(_missing(costs[name]) for name in names):
        return None
    names.sort(key=lambda n: (_missing(costs[n]), 0.0 if _missing(costs[n]) else float(costs[n])))
    rows = []
    for name in names:
        seconds, each = costs[name], of_each.get(name)
        known = not _missing(seconds)
        cells = [
            Cell(infos[name].label, header=True),
            Cell(str(implementations.get(name) or ", ".join(devices.get(name, ()))) or "–"),
            _cell(float(seconds) if known else None, 2, notes),
            *(_spent(own.get(name), 1 if label == WALL else 0) for label, own in spent),
            _cell(each, 0 if each is None or each >= 10 else 1, notes),
        ]
        for label, values in columns:
            value = values.get(name)
            cells.append(Cell(statistic(label[1], value), classes=("number",)))
        rows.append(Row(cells))
    heads = [
        Cell("Metric", header=True),
        Cell("Computed by", header=True),
        Cell("CPU seconds", header=True, classes=("number",)),
        *(Cell(label, header=True, classes=("number",)) for label, _ in spent),
        Cell("Microseconds per translation", header=True, classes=("number",)),
    ]
    for (level, name, grouping, system_score), _ in columns:
        unit = ", %" if is_percentage(name) else ""
        where = f"{level} level, {grouping_label(level, grouping, system_score)}"
        heads.append(
            Cell(statistic_label(name) + unit, detail=where, header=True, classes=("number",))
        )
    return Grid(
        caption="Cost and agreement",
        explanation=(
            "CPU time that the scores of all translations took on the machine that computed them, "
            "in this run or in an earlier one whose scores were kept. Work that metrics share is "
            "counted under the first of them (chrF counts for chrF++ too). Beside it, how well the "
            "metric agrees with the raters."
            + (
                " Tokens are those that a model has read: each text once, whatever the number of "
                "systems that share it."
                if spent
                else ""
            )
        ),
        csv="run.json",
        heads=[Row(heads)],
        rows=rows,
        footnotes=notes.listed(),
    )


def _beside(
    content: ReportContent, names: Sequence[str]
) -> list[tuple[str, dict[str, float | None]]]:
    """Wall seconds and tokens of each metric, if one of them read tokens."""
    told = content.run.get("costs_of_scores") or {}
    if not any((told.get(name) or {}).get("tokens") for name in names):
        return []
    return [
        (label, {name: (told.get(name) or {}).get(key) for name in names})
        for label, key in ((WALL, "wall_seconds"), ("Tokens", "tokens"))
    ]


def _missing(value: Any) -> bool:
    return value is None or is_missing(value)


def _spent(value: float | None, decimals: int) -> Cell:
    text = "–" if _missing(value) or value is None else number(value, decimals)
    return Cell(text, classes=("number",))


def _cell(value: float | None, decimals: int, notes: Footnotes) -> Cell:
    if value is None:
        return notes.missing(
            "not known: the scores came with the test set, or were kept one by one"
        )
    return Cell(number(value, decimals), classes=("number",))


def agreement_columns(
    meta: pd.DataFrame | None,
) -> list[tuple[Key, dict[str, float]]]:
    """The statistics of the verdict that the run has -> metric -> value."""
    if meta is None:
        return []
    whole = meta[(meta["category"] == "all") & (meta["subset"] == "all")]
    found = []
    for key in FIRST:
        rows = whole[(whole[KEY] == list(key)).all(axis=1)]
        if len(rows):
            values = dict(zip(rows["metric"].astype(str), rows["value"], strict=True))
            found.append((key, values))
    return found

"""Challenge sets: accuracy of each metric by kind of pair."""

from __future__ import annotations

from typing import Any

from harness.report.content import ReportContent, csv_file, records
from harness.report.grids import Cell, Footnotes, Grid, Row
from harness.report.metric_info import label_of, metric_infos
from harness.support.formatting import count, interval, is_missing, number, percent, plural
from harness.tables.settings import interval_name

__all__ = ["challenge_table"]


def challenge_table(content: ReportContent) -> Grid | None:
    """The table ``challenges``: kinds of pair by metric, metrics before sentinels."""
    table = content.table("challenges")
    if table is None:
        return None
    infos = metric_infos(content)
    by_key = {(r.phenomenon, r.metric): r for r in records(table)}
    metrics = list(dict.fromkeys(table.sort_values("kind", kind="stable")["metric"]))
    sentinels = set(table[table["kind"] == "sentinel"]["metric"])
    with_drop = bool(table["relative_drop"].notna().any())
    notes = Footnotes()
    body = []
    for kind in dict.fromkeys(table["phenomenon"]):
        rows = table[table["phenomenon"] == kind]
        left_out = int(rows["n_identical"].max())
        cells = [
            Cell(str(kind), badge="control" if rows["control"].any() else "", header=True),
            Cell(
                count(rows["n"].max()),
                detail=f"{left_out} left out" if left_out else "",
                title=f"from {plural(rows['n_sources'].max(), 'source text')}"
                + (f"; {left_out} hold the same text twice" if left_out else ""),
                classes=("number",),
            ),
        ]
        cells += [_cell(by_key.get((kind, metric)), with_drop, notes) for metric in metrics]
        body.append(Row(cells))
    head = [Cell("Kind of pair", header=True), Cell("Pairs", header=True, classes=("number",))]
    head += [
        Cell(
            label_of(infos, metric),
            badge="sentinel" if metric in sentinels else "",
            header=True,
            classes=("number",),
        )
        for metric in metrics
    ]
    drop = " Drop: the fall in score over the fall for an unrelated text." if with_drop else ""
    control = ""
    if bool(table["control"].any()):
        control = " A control is no error: it shows what a score does without the text, say."
    return Grid(
        caption="Pairs in which the good translation scores higher, %",
        explanation=(
            f"A tie counts one half; 50 is chance. Below: the {interval_name(table)} (Clopper and "
            "Pearson), which assumes independent pairs. A value is bold where the interval lies "
            f"above chance and grey where it includes chance.{drop}{control}"
        ),
        csv=csv_file("challenges"),
        heads=[Row(head)],
        rows=body,
        footnotes=notes.listed(),
    )


def _cell(row: Any, with_drop: bool, notes: Footnotes) -> Cell:
    if row is None or is_missing(row.accuracy):
        return notes.missing(str(getattr(row, "note", "")) or "not scored in this run")
    title = f"ties: {percent(row.tie_rate)} %; n = {count(row.n)}"
    if row.n_missing:
        title += f"; {count(row.n_missing)} pairs lack a score"
    detail = interval(row.low, row.high, 0, 100)
    if with_drop:
        detail += f" drop {number(row.relative_drop, 2)}"
    above, at_chance = row.low > 0.5, row.low <= 0.5 <= row.high
    return Cell(
        percent(row.accuracy),
        detail=detail,
        title=title,
        strong=bool(above),
        classes=("number", *(("grey",) if at_chance else ())),
    )

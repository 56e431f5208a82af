"""The differences between the metrics in focus and the baseline, as a table."""

from __future__ import annotations

from typing import Any

from harness.report.content import ReportContent, csv_file, records
from harness.report.grids import Cell, Footnotes, Grid, Row
from harness.report.metric_info import label_of, metric_infos
from harness.support.formatting import humanise, interval, is_missing, number, p_value
from harness.tables.settings import alpha_text, interval_name

__all__ = ["baseline_table"]


def baseline_table(content: ReportContent) -> Grid | None:
    """Kinds of error of the first view by metrics in focus; None without a baseline."""
    table = content.table("baseline_differences")
    if table is None:
        return None
    own = table[table["view"] == table["view"].iloc[0]]
    infos = metric_infos(content)
    metrics = list(dict.fromkeys(map(str, own["metric"])))
    by_key = {(r.category, r.metric): r for r in records(own)}
    notes = Footnotes()
    rows = []
    for category in dict.fromkeys(own["category"]):
        here = [by_key.get((category, m)) for m in metrics]
        grey = all(row is None or is_missing(row.p_holm) for row in here)
        cells = [Cell(humanise(str(category)), header=True)]
        cells += [_cell(row, notes) for row in here]
        rows.append(Row(cells, ("grey",) if grey else ()))
    baseline = label_of(infos, str(own["baseline"].iloc[0]))
    return Grid(
        caption=f"Category accuracy minus that of {baseline}, in points",
        explanation=(
            f"View {humanise(str(own['view'].iloc[0]))}; above 0 the metric is more accurate. The "
            f"{interval_name(own)} stands below. Bold: shown to differ (p of leaving out one "
            f"document at a time, Holm over the metrics in focus and the kinds of error, "
            f"≤ {alpha_text(own)}). No metric can be judged by a hatched row."
        ),
        csv=csv_file("baseline_differences"),
        heads=[
            Row(
                [
                    Cell("Kind of error", header=True),
                    *(Cell(label_of(infos, m), header=True, classes=("number",)) for m in metrics),
                ]
            )
        ],
        rows=rows,
        footnotes=notes.listed(),
    )


def _cell(row: Any, notes: Footnotes) -> Cell:
    if row is None or is_missing(row.difference):
        return notes.missing("no pair of translations that both metrics score")
    adjusted = "" if is_missing(row.p_holm) else f"adjusted p {p_value(row.p_holm)}"
    return Cell(
        ("+" if row.difference > 0 else "") + number(100 * row.difference, 1),
        detail=interval(row.low, row.high, 1, 100),
        title=adjusted,
        strong=not is_missing(row.p_holm) and row.p_holm <= row.alpha,
        classes=("number",),
    )

"""Where metrics put texts that no reader would take for a translation, as a table."""

from __future__ import annotations

from typing import Any

from harness.report.content import ReportContent, csv_file, records
from harness.report.grids import Cell, Footnotes, Grid, Row
from harness.report.metric_info import label_of, metric_infos
from harness.support.formatting import count, is_missing, number, percent, plural

__all__ = ["attack_table"]


def attack_table(content: ReportContent) -> Grid | None:
    """Kinds of text by metrics: the score, and how many systems it would rank above; None where
    none were made."""
    table = content.table("attacks")
    if table is None:
        return None
    infos = metric_infos(content)
    metrics = list(dict.fromkeys(map(str, table["metric"])))
    by_key = {(r.attack, r.metric): r for r in records(table)}
    notes = Footnotes()
    rows = []
    for attack in dict.fromkeys(table["attack"]):
        cells = [Cell(str(attack), header=True)]
        cells += [_cell(by_key.get((attack, m)), notes, _decimals(infos, m)) for m in metrics]
        rows.append(Row(cells))
    n_systems = plural(table["n_systems"].max(), "machine system")
    middle = ["", *map(str, dict.fromkeys(table["middle_system"]))][-1]
    heads = [Cell("Text", header=True)]
    heads += [Cell(label_of(infos, m), header=True, classes=("number",)) for m in metrics]
    return Grid(
        caption="Texts that are no translations, scored like a system",
        explanation=(
            f"The score, and below it how many of the {n_systems} it would rank above, and on "
            f"what share of segments it scores at least as high as {middle}, the median system. "
            "'One text for every segment' is the best of several candidates, chosen by the metric "
            "itself."
        ),
        csv=csv_file("attacks"),
        below="rank",
        heads=[Row(heads)],
        rows=rows,
        footnotes=notes.listed(),
    )


def _decimals(infos: Any, metric: str) -> int:
    return infos[metric].decimals if metric in infos else 1


def _cell(row: Any, notes: Footnotes, decimals: int) -> Cell:
    if row is None or is_missing(row.score):
        return notes.missing("the metric gave no score")
    above = int(row.n_systems) - int(row.rank) + 1
    won = "" if is_missing(row.segments_won) else f", {percent(row.segments_won)} % of segments"
    return Cell(
        number(row.score, decimals),
        detail=f"above {count(above)}{won}",
        classes=("number", *(("attack",) if above else ())),
    )

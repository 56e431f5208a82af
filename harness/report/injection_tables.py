"""Injected errors: how far scores fall for each kind of error, and whether severity matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from harness.claims.injected_errors import brief, kind
from harness.minimal_pairs.injections import MEASURED
from harness.report.content import ReportContent, csv_file, records
from harness.report.grids import Cell, Footnotes, Grid, Row
from harness.report.injection_order import is_sentinel, kinds_by_category, metrics_first
from harness.report.metric_info import MetricInfo, label_of, metric_infos
from harness.support.formatting import (
    MISSING,
    count,
    humanise,
    interval,
    is_missing,
    listed,
    number,
    percent,
    plural,
)
from harness.tables.settings import either, interval_name

__all__ = ["drop_sentences", "injection_tables"]


def drop_sentences(content: ReportContent) -> list[str]:
    """For which kind of error each metric's score falls least, and which kind it misses."""
    table = content.table("injections")
    if table is None:
        return []
    infos = metric_infos(content)
    metrics = [m for m in dict.fromkeys(table["metric"]) if not is_sentinel(infos, m)]
    sentences = [brief(table[table["metric"] == m], label_of(infos, m)) for m in metrics]
    return [s for s in sentences if s]


def injection_tables(content: ReportContent) -> list[Grid]:
    """Whether severity matters to the metrics, and the relative drops for all kinds of error."""
    table = content.table("injections")
    if table is None:
        return []
    infos = metric_infos(content)
    severity = content.table("injection_severity")
    grids = [] if severity is None else [_severity(severity, infos)]
    return [*grids, _drops(table, infos)]


def _drops(table: pd.DataFrame, infos: Mapping[str, MetricInfo]) -> Grid:
    metrics = metrics_first(table, infos)
    fits = table.groupby("injector", sort=False)[["n", "n_missing"]].sum().sum(axis=1)
    nowhere = [kind(name) for name, n in fits.items() if not n]
    table = table[table["injector"].isin(fits.index[fits > 0])]
    notes = Footnotes()
    body = _drop_rows(table, metrics, notes)
    bases = listed(str(table["bases"].iloc[0]).split(", "))
    return Grid(
        caption="Relative drops for injected errors",
        explanation=(
            f"One error at a time was put into {bases}. The first number is the relative drop: the "
            "mean fall in score, in % of the fall for an unrelated sentence (0: no fall). Below it "
            "stand the accuracy in %, how often the text without the error scores higher (ties "
            f"count half, 50 is chance; bold where its {interval_name(table)} excludes 50), and "
            f"the ties in %. Grey rows have fewer than {either(list(table['minimum_pairs']))} "
            "pairs, too few to judge a metric by. The intervals are in the tooltips and in the "
            "file."
        ),
        csv=csv_file("injections"),
        heads=[_drop_heads(metrics, infos)],
        rows=body,
        footnotes=[
            *notes.listed(),
            *[
                ("", f"Kinds that fit in no translation: {', '.join(nowhere)}.")
                for _ in nowhere[:1]
            ],
        ],
        classes=("grouped",),
    )


def _drop_rows(table: pd.DataFrame, metrics: Sequence[str], notes: Footnotes) -> list[Row]:
    """A row for each kind of error; the first of a category begins with the category's name."""
    by_key = {(r.metric, r.injector): r for r in records(table)}
    body = []
    for category, keys in kinds_by_category(table):
        name = Cell(humanise(category), header=True, rows=len(keys), classes=("group-name",))
        for i, key in enumerate(keys):
            own = [by_key[m, key] for m in metrics if (m, key) in by_key]
            cells = [name] if i == 0 else []
            cells += _kind_cells(key, own)
            cells += [_drop_cell(by_key.get((m, key)), notes) for m in metrics]
            grey = all(r.tier != MEASURED for r in own)
            body.append(Row(cells, ("grey",) if grey else ()))
    return body


def _kind_cells(key: str, own: Sequence[Any]) -> list[Cell]:
    """A kind of error, its severity and its pairs; ``own`` are its rows, one for each metric."""
    first = own[0]
    n = sorted({int(r.n) for r in own})
    size = count(n[0]) if len(n) == 1 else f"{count(n[0])} to {count(n[-1])}"
    places = f"{plural(first.n_segments, 'segment')}, {plural(first.n_documents, 'document')}"
    severity = "major" if str(first.severity) == "major" else "minor"
    taxonomy = "/".join(p for p in (str(first.category), str(first.subcategory)) if p)
    return [
        Cell(kind(key), detail=humanise(taxonomy), header=True),
        Cell(str(first.severity), classes=(f"text-{severity}",)),
        Cell(size, title=f"{places}; {first.tier}", classes=("number",)),
    ]


def _drop_heads(metrics: Sequence[str], infos: Mapping[str, MetricInfo]) -> Row:
    heads = [Cell(text, header=True) for text in ("Category", "Kind of error", "Severity")]
    heads.append(Cell("Pairs", header=True, classes=("number",)))
    heads += [
        Cell(
            label_of(infos, m),
            detail="sentinel" if is_sentinel(infos, m) else "drop, accuracy",
            header=True,
            classes=("number",),
        )
        for m in metrics
    ]
    return Row(heads)


def _drop_cell(row: Any, notes: Footnotes) -> Cell:
    if row is None:
        return notes.missing("not scored in this run")
    note = str(row.note)
    if row.n == 0:
        return notes.missing(note or "no pair with both scores")
    accuracy = f"{percent(row.accuracy)}"
    if row.tie_rate > 0:
        accuracy += f", ties {percent(row.tie_rate)}"
    clear = not is_missing(row.accuracy_low) and (row.accuracy_low > 0.5 or row.accuracy_high < 0.5)
    title = (
        f"drop {number(row.drop, 2)} points, for an unrelated sentence "
        f"{number(row.unrelated_drop, 2)}; interval of the relative drop "
        f"{interval(row.low, row.high, 1, 100) or MISSING} %, of the accuracy "
        f"{interval(row.accuracy_low, row.accuracy_high, 1, 100) or MISSING} %, leaving out one of "
        f"the {row.resampled} at a time"
    )
    if row.n_missing:
        title += f"; {plural(row.n_missing, 'pair')} without a score"
    mark = notes.mark(note) if note and is_missing(row.relative_drop) else ""
    return Cell(
        percent(row.relative_drop),
        detail=accuracy,
        title=f"{title}; {note}" if note else title,
        mark=mark,
        strong=clear and row.tier == MEASURED,
        classes=("number",),
    )


#: Heads of the columns on severity, and what stands below each.
SEVERITY_HEADS = (
    ("Major costs more, %", "kinds of error"),
    ("Kendall tau-b", "drop and severity"),
    ("Spearman rho", "drop and severity"),
    ("Kinds", "major + minor"),
    ("Major costs more, %", "in one translation"),
    ("Translations", ""),
)


def _severity(table: pd.DataFrame, infos: Mapping[str, MetricInfo]) -> Grid:
    notes = Footnotes()
    by_metric = {str(r.metric): r for r in records(table)}
    body = [
        Row(_severity_cells(by_metric[m], m, infos, notes)) for m in metrics_first(table, infos)
    ]
    heads = [Cell("Metric", header=True)]
    heads += [Cell(text, detail=d, header=True, classes=("number",)) for text, d in SEVERITY_HEADS]
    few = int(table["n_few"].max())
    footnote = f"{plural(few, 'kind')} of those compared have too few pairs."
    return Grid(
        caption="Does severity matter to the metric?",
        explanation=(
            "How often the score falls more for a kind of major error than for a kind of minor "
            "error; and how often it falls more for a major than for a minor error put into the "
            f"same translation ({interval_name(table)} below). 50 means that severity makes no "
            "difference; ties count half."
        ),
        csv=csv_file("injection_severity"),
        heads=[Row(heads)],
        rows=body,
        footnotes=[*notes.listed(), *([("", footnote)] if few else [])],
    )


def _severity_cells(
    row: Any, metric: str, infos: Mapping[str, MetricInfo], notes: Footnotes
) -> list[Cell]:
    badge = "sentinel" if is_sentinel(infos, metric) else ""
    cells = [Cell(label_of(infos, metric), badge=badge, header=True)]
    for value, text in (
        (row.probability, percent(row.probability)),
        (row.kendall, number(row.kendall, 3)),
        (row.spearman, number(row.spearman, 3)),
    ):
        cells.append(
            notes.missing(str(row.note) or "undefined")
            if is_missing(value)
            else Cell(text, classes=("number",))
        )
    kinds = f"{row.n_major} + {row.n_minor}"
    cells.append(Cell(kinds, title="major + minor", classes=("number",)))
    if is_missing(row.within):
        cells.append(notes.missing("no translation took a major and a minor error"))
    else:
        cells.append(
            Cell(
                percent(row.within),
                detail=interval(row.within_low, row.within_high, 1, 100),
                title=f"{plural(row.n_pairs, 'pair')} of errors, leaving out one of the "
                f"{row.resampled} at a time",
                classes=("number",),
            )
        )
    cells.append(Cell(count(row.n_translations), classes=("number",)))
    return cells

"""The tables of the first screens: kinds of error that the leading metrics see, and the systems."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from harness import __version__
from harness.error_categories.held_out_raters import JUDGED
from harness.plots.families import by_agreement
from harness.report.accuracy_by_metric import decided_categories
from harness.report.accuracy_cells import accuracy_cell
from harness.report.content import ReportContent, csv_file, records
from harness.report.grids import Cell, Footnotes, Grid, Row
from harness.report.metric_info import label_of, metric_infos
from harness.report.profile_table import category_link
from harness.report.system_table import system_table
from harness.support.formatting import (
    MISSING,
    humanise,
    is_missing,
    listed,
    number,
    percent,
    plural,
)
from harness.tables.settings import alpha_text

__all__ = ["MOST_METRICS", "FirstTables", "category_grid", "first_tables", "leading_metrics"]

#: Metrics that the table has room for.
MOST_METRICS = 6
#: Tiers of categories that have a row; the others are named below the table.
SHOWN = frozenset({*JUDGED, "unreliable"})


@dataclass(frozen=True)
class FirstTables:
    """``beside`` the verdict; of the ``systems`` a table for the second screen, if they are not
    beside the verdict; and one of ``all_metrics``, if that one has not all."""

    beside: Grid | None
    systems: Grid | None
    all_metrics: Grid | None


def first_tables(content: ReportContent) -> FirstTables:
    """The category accuracies of the leading metrics, in the first view, beside the verdict; the
    systems are there where no category can be judged."""
    leading = leading_metrics(content)
    systems, whole = system_table(content, leading), None
    if len(leading) < len(_metrics(content)):
        whole = system_table(content)
    categories = category_grid(content)
    if categories is None:
        return FirstTables(systems, None, whole)
    return FirstTables(categories, systems, whole)


def category_grid(content: ReportContent) -> Grid | None:
    """Kinds of error by the leading metrics, in the first view: what a paper has room for. None
    where no category can be judged."""
    table = content.table("categories")
    if table is None:
        return None
    own = table[table["view"] == table["view"].iloc[0]]
    return _category_grid(content, own) if own["tier"].isin(JUDGED).any() else None


def leading_metrics(content: ReportContent, most: int = MOST_METRICS) -> list[str]:
    """Those in focus, then those that agree best with the raters, at most ``most``; where there are
    no more, in the order of the run."""
    names = _metrics(content)
    focus = [name for name in content.focus if name in names]
    others = names if len(names) <= most else by_agreement(content.tables, names)
    return list(dict.fromkeys([*focus, *others]))[:most]


def _metrics(content: ReportContent) -> list[str]:
    return [name for name, info in metric_infos(content).items() if not info.is_sentinel]


def _category_grid(content: ReportContent, own: pd.DataFrame) -> Grid:
    infos = metric_infos(content)
    listed_metrics = [m for m in leading_metrics(content) if m in set(own["metric"])]
    by_key = {(r.category, r.kind, r.metric): r for r in records(own)}
    human = own[(own["kind"] == "human") & (own["metric"] == "human")]
    view = str(own["view"].iloc[0])
    decided = decided_categories(content, view)
    notes, rows, left_out = Footnotes(), [], []
    for category in map(str, dict.fromkeys(own["category"])):
        here = own[own["category"] == category]
        judging = here[(here["kind"] == "metric") & here["tier"].isin(SHOWN)]
        if judging.empty:
            left_out.append(humanise(category))
            continue
        grey = JUDGED.isdisjoint(judging["tier"])
        cells = [_category_cell(content, view, judging.iloc[0], notes, grey)]
        for metric in listed_metrics:
            pairs = (view, category, metric) if category in decided else None
            row = by_key.get((category, "metric", metric))
            cells.append(_without_detail(accuracy_cell(row, "metric", notes, grey, pairs)))
        if len(human):
            row = by_key.get((category, "human", "human"))
            cells.append(_without_detail(accuracy_cell(row, "human", notes, grey, None)))
        cells.append(_best_sentinel(here, content))
        rows.append(Row(cells, ("grey",) if grey else ()))
    heads = [Cell("Kind of error", header=True)]
    heads += [Cell(label_of(infos, m), header=True, classes=("number",)) for m in listed_metrics]
    if len(human):
        heads.append(Cell("One rater held out", header=True, classes=("number",)))
    heads.append(Cell("Best sentinel", header=True, classes=("number",)))
    not_judged = f" Not judged: {listed(left_out)}." if left_out else ""
    return Grid(
        caption="Which kinds of error do the metrics see?",
        explanation=(
            f"Category accuracy in % (view {humanise(view)}): how often a metric prefers the "
            "translation with fewer errors of the kind, balanced over systems; 50 is chance. Bold: "
            f"shown to differ from chance (adjusted p ≤ {alpha_text(own)}).{not_judged}"
        ),
        on_page=(
            f"{_which(content, listed_metrics)} A number opens its pairs of translations, where "
            "the accuracy is that of the pairs as they are, not balanced."
        ),
        in_files=_sizes(content, own),
        csv=csv_file("categories"),
        heads=[Row(heads)],
        rows=rows,
        footnotes=notes.listed(),
        classes=("accuracy", "first"),
    )


def _category_cell(
    content: ReportContent, view: str, row: pd.Series, notes: Footnotes, grey: bool
) -> Cell:
    """A category with its effective pairs; its note tells how well it is measured."""
    short = str(row["note"]).split("; more annotations", maxsplit=1)[0]
    return Cell(
        humanise(str(row["category"])),
        detail=f"n_eff {number(row['n_eff'], 0)}",
        mark=notes.mark(short) if short else "",
        title=short,
        href=category_link(content, view, str(row["category"])),
        header=True,
        classes=("grey",) if grey else (),
    )


def _sizes(content: ReportContent, own: pd.DataFrame) -> str:
    """What the numbers rest on, for a reader who has nothing but the table."""
    tests = own[own["kind"] == "metric"]
    judged = tests[tests["p_holm"].notna()]
    return (
        f"In italics: cannot be judged, for the reason in the note. Test set "
        f"{content.test_set.name}: at most {plural(own['n_segments'].max(), 'segment')} in "
        f"{plural(own['n_documents'].max(), 'document')} decide a category; n_eff: effective "
        f"pairs. p by leaving out one document at a time, Holm over "
        f"{plural(judged['metric'].nunique(), 'metric')} and "
        f"{plural(judged['category'].nunique(), 'category')}. harness {__version__}."
    )


def _which(content: ReportContent, chosen: list[str]) -> str:
    """Which metrics the table has, where it has not all."""
    known = len(_metrics(content))
    focus = sum(name in content.focus for name in chosen)
    if len(chosen) == known:
        return ""
    rest = f"the {len(chosen) - focus} that agree best with the raters"
    which = f"the {focus} in focus, then {rest}" if focus else rest
    return f"Of {known} metrics {which}; all are under Error categories."


def _without_detail(cell: Cell) -> Cell:
    interval = f"{cell.detail}; " if cell.detail else ""
    return Cell(
        cell.text, title=interval + cell.title, mark=cell.mark, href=cell.href, strong=cell.strong,
        classes=cell.classes,
    )  # fmt: skip


def _best_sentinel(here: pd.DataFrame, content: ReportContent) -> Cell:
    """The largest accuracy of a sentinel on a category, and whose it is."""
    known = here[(here["kind"] == "sentinel") & here["value"].notna()]
    if known.empty:
        return Cell(MISSING, classes=("number", "missing"))
    best = known.sort_values("value", ascending=False, kind="stable").iloc[0]
    name = label_of(metric_infos(content), str(best["metric"]))
    low, high = best["low"], best["high"]
    title = "" if is_missing(low) else f"[{percent(low)}, {percent(high)}]"
    return Cell(percent(best["value"]), detail=name, title=title, classes=("number",))

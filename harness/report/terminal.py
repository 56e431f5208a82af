"""What a run says on the terminal when it is done: the answer in one screen."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

import pandas as pd

from harness.claims.claim import Claim
from harness.claims.relative_drops_table import relative_drops
from harness.errors import visible
from harness.report.agreement_words import grouping_label, statistic_label
from harness.report.content import csv_file
from harness.report.verdict import FIRST, KEY, Key
from harness.support.formatting import (
    MISSING,
    count,
    is_missing,
    is_percentage,
    number,
    plural,
    rating,
    score_decimals,
    statistic,
    statistic_interval,
)
from harness.system_comparison.shown import best_first, shown

__all__ = ["closing"]

WIDTH = 80
#: Rows of a table; the others are counted.
MOST_ROWS = 12
#: Metrics that stand side by side.
MOST_METRICS = 4
Tables = Mapping[str, pd.DataFrame]


def closing(
    title: str,
    tables: Tables,
    claims: Iterable[Claim],
    *,
    injected: bool = False,
    computed: Sequence[str] = (),
    focus: Sequence[str] = (),
) -> list[str]:
    """The lines: a table, then the verdict; at most :data:`WIDTH` characters each, unless a name is
    longer.

    The table is metrics by agreement, with intervals and ranks, where there are ratings to compare
    with; else systems by metric. Where nothing is known of the metrics, it is said which systems
    they tell apart, unless problems of the data make scores meaningless. ``injected``: also the
    kinds of injected error that are noticed least. ``computed`` are the metrics that can score any
    text; with them the last line says what to do next. Metrics in ``focus`` have a row wherever
    they stand.
    """
    claims = list(claims)
    agreement = _agreement(tables, focus)
    lines = ["", *_wrapped(title), "", *(agreement or _systems(tables)), ""]
    spoken = [c for c in claims if c.in_verdict]
    void = any(c.rule == "data_problems" for c in spoken)
    if not agreement and not void and not any(c.rule == "system_decision" for c in spoken):
        spoken += [c for c in claims if c.rule == "systems_told_apart"]
    for claim in spoken:
        lines += [*_wrapped(claim.text), *_evidence(claim), ""]
    if injected and (drops := relative_drops(tables, width=WIDTH)):
        table, _, sentence = drops.rpartition("\n\n")
        lines += [*table.split("\n"), "", *_wrapped(sentence), ""]
    return lines if void else lines + _next(bool(agreement), injected, computed)


def _next(judged: bool, injected: bool, computed: Sequence[str]) -> list[str]:
    """One sensible next step."""
    if not computed or (judged and injected):
        return []
    if judged:
        return ["next: add injection.enabled=true to see which known errors the metrics miss"]
    names = ",".join(computed[:MOST_METRICS])
    return [
        "next: what human ratings of WMT23 say of these metrics",
        f"      harness test_set=wmt23_zhen_news 'metrics=[{names}]'",
    ]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(visible(text), WIDTH, break_long_words=False, break_on_hyphens=False)


def _evidence(claim: Claim) -> list[str]:
    """The tables that a sentence rests on."""
    files = dict.fromkeys(evidence.file for evidence in claim.evidence)
    return [f"  evidence: {', '.join(files)}"] if files else []


def _metrics(tables: Tables) -> dict[str, str]:
    """Name -> label of the metrics, sentinels left out."""
    listed = tables.get("metrics")
    if listed is None:
        return {}
    own = listed[listed["role"] == "metric"]
    return dict(zip(own["metric"].map(str), own["label"].map(str), strict=True))


def _agreement(tables: Tables, focus: Sequence[str] = ()) -> list[str]:
    """Metrics by the first statistic of segments, with that of systems beside it, and those in
    ``focus`` with their place; empty where no metric could be judged."""
    meta, labels = tables.get("meta_evaluation"), _metrics(tables)
    if meta is None:
        return []
    meta = meta[(meta["category"] == "all") & (meta["subset"] == "all") & meta["value"].notna()]
    meta = meta[meta["metric"].isin(list(labels))]
    found = dict.fromkeys(meta[KEY].itertuples(index=False, name=None))
    keys = [key for key in FIRST if key in found]
    keys = keys or [key for key in found if int(_values(meta, key)["n_systems"].max()) > 1][:1]
    if not keys:
        return []
    columns = {key: _values(meta, key) for key in keys}
    first = columns[keys[0]].sort_values(["value", "metric"], ascending=[False, True])
    heads = ["rank", "metric", *(_head(key) for key in keys)]
    rows = [
        [
            MISSING if is_missing(row["cluster"]) else count(row["cluster"]),
            labels[str(row["metric"])],
            *(_value(columns[key], row["metric"], key) for key in keys),
        ]
        for row in first.to_dict("records")
    ]
    text = [f"Agreement with the ratings, {grouping_label(*_grouping(keys[0]))}"]
    shown_rows = rows[:MOST_ROWS]
    for place, metric in enumerate(first["metric"], start=1):
        if place > MOST_ROWS and metric in focus:
            rank, label, *values = rows[place - 1]
            shown_rows.append([rank, f"{label} (place {place} of {len(rows)})", *values])
    text += _table(heads, shown_rows, left=(1,))
    text += _more(len(rows) + MOST_ROWS - len(shown_rows), "metric", "meta_evaluation")
    if first["cluster"].notna().any():
        text += _wrapped("Metrics of one rank cannot be told apart from the best of them.")
    return text


def _grouping(key: Key) -> tuple[str, str, str]:
    level, _, grouping, system_score = key
    return level, grouping, system_score


def _head(key: Key) -> str:
    unit = ", %" if is_percentage(key[1]) else ""
    return f"{statistic_label(key[1])}{unit}"


def _values(meta: pd.DataFrame, key: Key) -> pd.DataFrame:
    return meta[(meta[KEY] == list(key)).all(axis=1)]


def _value(rows: pd.DataFrame, metric: str, key: Key) -> str:
    own = rows[rows["metric"] == metric]
    if own.empty:
        return MISSING
    row = own.iloc[0]
    interval = statistic_interval(key[1], row["low"], row["high"])
    return f"{statistic(key[1], row['value'])} {interval}".strip()


def _systems(tables: Tables) -> list[str]:
    """Systems by metric, each with its rank; those that the metrics put first on average are
    first."""
    systems, labels = tables.get("systems"), _metrics(tables)
    if systems is None or not labels:
        return []
    systems = systems[systems["metric"].isin(list(labels))]
    wide = systems.pivot(index="system", columns="metric", values="score")
    ranks = _ranks(tables)
    chosen = list(labels)[:MOST_METRICS]
    ratings = systems.groupby("system")["rating"].first()
    rated = bool(ratings.notna().any())
    decimals = {m: score_decimals(wide[m].dropna()) for m in chosen}
    rows = [
        [
            str(system),
            *([rating(ratings[system])] if rated else []),
            *(_score(float(wide[m][system]), decimals[m], ranks.get((system, m))) for m in chosen),
        ]
        for system in best_first(systems)
    ]
    heads = ["system", *(["rating"] if rated else []), *(labels[m] for m in chosen)]
    text = _table(heads, rows[:MOST_ROWS], left=(0,))
    text += _more(len(rows), "system", "systems")
    if len(labels) > len(chosen):
        more = plural(len(labels) - len(chosen), "more metric")
        text += [f"{more}: {csv_file('systems')}"]
    if ranks:
        text += _wrapped(
            "In brackets the rank: systems of one rank cannot be told apart from the best of them."
        )
    return text


def _ranks(tables: Tables) -> dict[tuple[str, str], Any]:
    """(System, metric) -> rank, of the intervals that a reader should look at first."""
    frame = tables.get("system_intervals")
    if frame is None or frame.empty or frame["cluster"].isna().all():
        return {}
    frame = shown(frame)
    keys = zip(frame["system"].map(str), frame["metric"].map(str), strict=True)
    return dict(zip(keys, frame["cluster"], strict=True))


def _score(value: float, decimals: int, rank: Any) -> str:
    if is_missing(value):
        return MISSING
    place = "" if rank is None or is_missing(rank) else f" ({count(rank)})"
    return f"{number(value, decimals)}{place}"


def _more(n: int, noun: str, table: str) -> list[str]:
    """How many rows are not shown, and where they are."""
    return [f"{plural(n - MOST_ROWS, f'more {noun}')}: {csv_file(table)}"] if n > MOST_ROWS else []


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int]) -> list[str]:
    """Columns side by side; those in ``left`` begin at the left, the others end at the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for place, head in enumerate(heads):
        side: Any = "left" if place in left else "right"
        table.add_column(Text(visible(head)), justify=side, overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    text = StringIO()
    Console(file=text, width=WIDTH, highlight=False, color_system=None).print(table)
    return [line.rstrip() for line in text.getvalue().rstrip("\n").split("\n")]

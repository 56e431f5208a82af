"""Relative drops on the terminal: the kinds of error that are noticed least."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO

import pandas as pd

from harness.claims.injected_errors import by_notice, headline, kind
from harness.errors import visible
from harness.minimal_pairs.injections import MEASURED

__all__ = ["relative_drops"]

MOST_METRICS = 5


def relative_drops(tables: Mapping[str, pd.DataFrame], *, most: int = 8, width: int = 96) -> str:
    """The ``most`` kinds of error that the metrics notice least, and the first sentence, as text
    for a terminal of ``width`` columns (the sentence is one line).

    Empty without the table ``injections``. Kinds with too few pairs have their n in brackets.
    """
    rows = tables.get("injections")
    if rows is None or rows.empty:
        return ""
    listed = tables["metrics"]
    names = [
        (str(m), str(label))
        for m, label, role in zip(listed["metric"], listed["label"], listed["role"], strict=True)
        if role == "metric" and (rows["metric"] == m).any()
    ]
    rows = rows[rows["metric"].isin([m for m, _ in names])]
    order = by_notice(rows)
    if not names or not order:
        return ""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    n_kinds = rows[rows["n"] > 0]["injector"].nunique()
    shown = names[:MOST_METRICS]
    table = Table(box=None, pad_edge=False)
    table.add_column("kind of error")
    table.add_column("severity")
    table.add_column("n", justify="right")
    for _, label in shown:
        table.add_column(Text(visible(label)), justify="right")
    by_key = {(r.metric, r.injector): r for r in rows.itertuples(index=False)}
    for key in order[:most]:
        own = [by_key.get((metric, key)) for metric, _ in shown]
        first = next(r for r in own if r is not None)
        size = str(first.n) if first.tier == MEASURED else f"({first.n})"
        cells = [kind(key), str(first.severity), size, *map(_cell, own)]
        table.add_row(*[Text(visible(cell)) for cell in cells])
    text = StringIO()
    console = Console(file=text, width=width, highlight=False, color_system=None)
    console.print(
        Text(
            f"Injected errors: the {min(most, len(order))} of {n_kinds} kinds that are noticed "
            "least.\nRelative drop in %: 100 is the drop for an unrelated sentence; in brackets "
            "accuracy in %: 50 is chance\n"
        )
    )
    console.print(table)
    if any(t != MEASURED for t in rows["tier"]):
        limit = next(str(t) for t in rows["tier"] if t != MEASURED)
        console.print(Text(f"(n): {limit}, too few to judge by"))
    metric, label = names[0]
    sentence = headline(rows[rows["metric"] == metric], label)
    console.print(Text(f"\n{visible(sentence)}"), soft_wrap=True)
    return "\n".join(line.rstrip() for line in text.getvalue().split("\n")).strip()


def _cell(row: object) -> str:
    """Relative drop and accuracy of one metric."""
    drop, accuracy = getattr(row, "relative_drop", None), getattr(row, "accuracy", None)
    text = "\N{EN DASH}" if drop is None or pd.isna(drop) else f"{100 * drop:.0f}"
    if text == "-0":
        text = "0"
    noticed = "\N{EN DASH}" if accuracy is None or pd.isna(accuracy) else f"{100 * accuracy:.0f}"
    return f"{text.replace('-', chr(0x2212))} ({noticed})"

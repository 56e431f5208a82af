"""Tables in files: CSV for programs, Markdown for people.

CSV follows RFC 4180 in UTF-8 with LF line ends. All text is quoted, numbers are not, a missing
value is an empty cell without quotes (an empty text is ``""``), and floats are written so that
reading them gives the same float. A lone surrogate, which UTF-8 cannot hold, becomes U+FFFD.

A text that starts with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return counts as a formula
in many spreadsheet programs, quoted or not; by default it gets an apostrophe in front. The columns
named in ``EXACT`` do not: scripts join tables on them, and a system may well be called ``-x``. So
import a table with names that you do not trust as text; do not open it by a double click.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from harness.support.formatting import (
    clean_surrogates,
    count,
    number,
    p_value,
    percent,
    rating,
    score_decimals,
    statistic,
    visible,
)

__all__ = ["EXACT", "csv_text", "escape_markdown", "write_csv", "write_markdown"]

#: Identifiers that are written exactly, whatever they start with.
EXACT: tuple[str, ...] = ("system", "segment_id", "system_1", "system_2")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MARKDOWN = str.maketrans(
    {c: f"\\{c}" for c in "\\`*_{}[]|#~$!"} | {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
)


def write_csv(
    frame: pd.DataFrame, path: Path, *, safe: bool = True, exact: Collection[str] = EXACT
) -> None:
    """Write ``frame`` without its index (see the module's text for the format).

    Parameters
    ----------
    frame
        Any table; cells are text, numbers, flags or missing.
    path
        The file; its folder must exist.
    safe
        Put an apostrophe before a text that a spreadsheet would take for a formula.
    exact
        Columns that never get one.
    """
    path.write_text(csv_text(frame, safe=safe, exact=exact), encoding="utf-8", newline="\n")


def csv_text(frame: pd.DataFrame, *, safe: bool = True, exact: Collection[str] = EXACT) -> str:
    """What :func:`write_csv` writes."""
    columns = [_csv_column(frame[name], safe and str(name) not in exact) for name in frame.columns]
    lines = [",".join(_csv_cell(str(name), False) for name in frame.columns)]
    lines += [",".join(cells) for cells in zip(*columns, strict=True)]
    return "\n".join(lines) + "\n"


def _csv_column(column: pd.Series[Any], safe: bool) -> list[str]:
    """Its cells; of a column of floats at once, and each distinct text escaped once."""
    values = column.to_numpy(dtype=object).tolist()  # texts one by one are slow
    if column.dtype == "float64":
        return ["" if math.isnan(value) else repr(value) for value in values]
    texts: dict[str, str] = {}
    cells = []
    for value in values:
        if type(value) is not str:
            cells.append(_csv_cell(value, safe))
        elif (cell := texts.get(value)) is not None:
            cells.append(cell)
        else:
            cells.append(texts.setdefault(value, _csv_cell(value, safe)))
    return cells


def _csv_cell(value: Any, safe: bool) -> str:
    if _is_missing(value):
        return ""
    if isinstance(value, str):
        mark = "'" if safe and value.startswith(_FORMULA) else ""
        return '"' + mark + clean_surrogates(value).replace('"', '""') + '"'
    return repr(float(value)) if isinstance(value, float) else str(value)


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def write_markdown(frame: pd.DataFrame, path: Path, caption: str) -> None:
    """Write ``frame`` as a GitHub-flavoured Markdown table, rounded as in the report.

    Every character that Markdown or HTML would act on is escaped, invisible ones are written out
    and a line feed becomes an arrow; a missing value is an en dash.

    Parameters
    ----------
    frame
        Any table; the columns of the project's tables have their own number of decimals.
    path
        The file; its folder must exist.
    caption
        One sentence above the table.
    """
    formats = _formats(frame)
    numeric = {str(n) for n in frame.columns if pd.api.types.is_numeric_dtype(frame[n].dtype)}
    names = [str(n) for n in frame.columns]
    lines = [
        escape_markdown(caption),
        "",
        "| " + " | ".join(escape_markdown(n) for n in names) + " |",
        "| " + " | ".join("---:" if n in numeric else "---" for n in names) + " |",
    ]
    for row in frame.to_dict("records"):
        cells = [escape_markdown(_shown(row, str(n), value, formats)) for n, value in row.items()]
        lines.append("| " + " | ".join(cells) + " |")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def escape_markdown(text: str) -> str:
    """``text`` as Markdown shows it: nothing in it is markup, invisible characters written out."""
    return visible(text).translate(_MARKDOWN)


Format = Callable[[Mapping[Any, Any], Any], str]


def _shown(row: Mapping[Any, Any], name: str, value: Any, formats: Mapping[str, Format]) -> str:
    if isinstance(value, str | bool):
        return str(value)
    if _is_missing(value):
        return formats["missing"](row, value)
    if name in formats:
        return formats[name](row, value)
    return number(value, 3) if isinstance(value, float) else count(value)


def _formats(frame: pd.DataFrame) -> dict[str, Format]:
    """How each numeric column is written; statistics and scores depend on their row."""

    def by(show: Callable[[float], str]) -> Format:
        return lambda _, value: show(value)

    formats: dict[str, Format] = {
        "missing": lambda _row, _value: number(None, 0),
        "n_eff": by(count),
        "p": by(p_value),
        "p_holm": by(p_value),
    }
    formats |= {name: by(rating) for name in ("rating", "penalty")}
    formats |= {
        name: by(percent) for name in ("share", "loss_share", "penalty_share", "plain_accuracy")
    }
    ranges = ("value", "difference", "low", "high", "ceiling", "chance")
    if "statistic" in frame.columns:
        formats |= dict.fromkeys(ranges, lambda row, value: statistic(row["statistic"], value))
    elif "view" in frame.columns:
        formats |= dict.fromkeys(ranges, by(percent))
    if {"metric", "score"} <= set(frame.columns):
        decimals = {m: score_decimals(g) for m, g in frame.groupby("metric")["score"]}
        formats |= dict.fromkeys(
            ("score", "mean_segment_score"),
            lambda row, value: number(value, decimals[row["metric"]]),
        )
    return formats

"""The cells of a table of category accuracy."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from harness.error_categories.held_out_raters import JUDGED
from harness.report.grids import Cell, Footnotes, browser_link
from harness.support.formatting import count, interval, is_missing, number, percent, plural
from harness.tables.settings import alpha_text, interval_name

__all__ = ["HUMAN_ROWS", "accuracy_cell", "explanation", "heat_class", "reason"]

GREY: Mapping[str, str] = {
    "too few": "too few pairs or documents to judge a metric by",
    "unreliable": "raters agree on this label no more than by chance",
}
HUMAN_ROWS: Mapping[str, tuple[str, str]] = {
    "human": ("Human", "a held-out rater's whole penalty"),
    "blind": (
        "Human, blind",
        "a held-out rater's penalty without this category; should be about 50",
    ),
    "label": ("Human, label", "a held-out rater's penalty for this category alone"),
}


def explanation(rows: pd.DataFrame, hatched: str) -> str:
    """How to read the table of ``rows``; what cannot be judged is a ``hatched`` row or column."""
    return (
        "How often a metric prefers the translation with fewer errors of the category, among "
        "pairs that this category decides, balanced so that knowing the system alone gives 50 "
        f"(chance); 100 is perfect. The {interval_name(rows)} stands below. A metric's value is "
        f"bold where it is shown to differ from chance (adjusted p ≤ {alpha_text(rows)}), blue "
        f"above and orange below 50. No metric can be judged by a hatched {hatched}."
    )


def reason(row: pd.Series) -> str:
    """Why no metric can be judged by the category of ``row``."""
    return str(row["note"]) or GREY[str(row["tier"])]


def accuracy_cell(
    row: Any, kind: str, notes: Footnotes, grey: bool, link: tuple[str, str, str] | None
) -> Cell:
    """The value with its interval; a metric's leads to the pairs of ``link``: view, category,
    metric."""
    if row is None:
        return notes.missing("not computed in this run")
    value = getattr(row, "value", math.nan)
    if is_missing(value):
        return notes.missing(str(getattr(row, "note", "")) or "no pair is decided by this category")
    low, high = getattr(row, "low", None), getattr(row, "high", None)
    title = (
        f"plain accuracy {percent(getattr(row, 'plain_accuracy', None))} %, "
        f"{percent(getattr(row, 'loss_share', None))} % of the credit it lost, "
        f"effective pairs {count(getattr(row, 'n_eff', None))}, "
        f"{plural(getattr(row, 'n_documents', None), 'document')}"
    )
    skill = getattr(row, "relative_skill", None)
    if kind == "metric" and not is_missing(skill):
        ends = interval(row.relative_skill_low, row.relative_skill_high, 2)
        title += f"; {number(skill, 2)} {ends} of a held-out rater's skill".replace("  ", " ")
    grey = grey or (kind == "metric" and row.tier not in JUDGED)
    p = getattr(row, "p_holm", math.nan)
    clear = kind == "metric" and not is_missing(p) and p <= row.alpha
    return Cell(
        percent(value),
        detail=interval(low, high, 1, 100),
        title=title,
        strong=clear and not grey,
        href=_pairs_link(*link) if link and kind == "metric" else "",
        classes=("number", *_look(value, kind, grey)),
    )


def _look(value: float, kind: str, grey: bool) -> tuple[str, ...]:
    if kind != "metric":
        return ()
    return ("grey",) if grey else (heat_class(value),)


def _pairs_link(view: str, category: str, metric: str) -> str:
    return browser_link(view=view, decided=category, metric=metric)


def heat_class(value: float) -> str:
    """The colour of an accuracy in [0, 1]: five steps of 5 points on each side of chance."""
    steps = min(5, math.ceil(round(abs(value - 0.5) / 0.05, 9)))
    if steps == 0:
        return "heat-0"
    return f"heat-{'up' if value > 0.5 else 'down'}-{steps}"

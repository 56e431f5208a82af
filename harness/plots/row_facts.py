"""Columns of text beside a plot of categories: what the values of each row rest on."""

from __future__ import annotations

from collections.abc import Sequence

from harness.plots import style
from harness.plots.cells import Cells, judged
from harness.plots.sheet import SMALL, Sheet, line_height, text_width

__all__ = ["facts_beside", "facts_width"]

#: Between the left edge of the column of tiers and its text, in inches.
INDENT = 0.14


def facts_width(cells: Cells, *, label: bool = True) -> float:
    """Inches that :func:`facts_beside` needs."""
    return sum(width for _, width, _, _ in _columns(cells, label))


def facts_beside(
    sheet: Sheet,
    cells: Cells,
    x: float,
    top: float,
    centres: Sequence[float],
    *,
    label: bool = True,
) -> None:
    """Effective pairs, documents, the accuracy of a rater's labels (unless ``label`` is false) and
    the tier of each category, from ``x`` inches on; rows are centred at ``centres`` inches below
    ``top``, the heads of the columns end above it. Rows that cannot be judged are grey."""
    step = line_height(SMALL)
    for header, width, align, place in _columns(cells, label):
        edge = x + width if align == "right" else x + INDENT
        for i, line in enumerate(header.split("|")):
            if line:
                y = top - 0.06 - (1.5 - i) * step
                sheet.text(edge, y, line, size=SMALL, colour=style.SOFT, ha=align)
        for category, y in zip(cells.categories, centres, strict=True):
            text = cells.facts_of(category)[place]
            colour = style.INK if judged(cells, category) else style.FAINT
            sheet.text(edge, top + y, text, size=SMALL, colour=colour, ha=align)
        x += width


def _columns(cells: Cells, label: bool) -> list[tuple[str, float, str, int]]:
    """Header, width in inches, alignment, and place among a category's facts."""
    tiers = [cells.tier(c) for c in cells.categories]
    tier = max(text_width(t, SMALL) for t in [*tiers, "tier"]) + 0.05
    columns = [
        ("n_eff|(pairs)", 0.6, "right", 0),
        ("docu-|ments", 0.58, "right", 1),
        ("label|accuracy", 0.7, "right", 2),
        ("|tier", tier + INDENT, "left", 3),
    ]
    return columns if label else [c for c in columns if c[3] != 2]

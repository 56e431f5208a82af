"""Penalty profile: which errors each system makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.figure import Figure

from harness.plots import frames, style
from harness.plots.bands import Row
from harness.plots.category_bars import category_keys, stacked_bars
from harness.plots.sheet import Sheet

__all__ = ["PenaltyProfile"]


@dataclass(frozen=True)
class PenaltyProfile:
    """A bar for each rated system, the best first, divided into categories.

    Parameters
    ----------
    view
        The view of error categories; the table's first view if it lacks this one.
    most
        Number of categories with their own colour; the others are pale parts at the bar's end.
    """

    view: str = "news"
    most: int = 12
    name: ClassVar[str] = "penalty_profile"
    question: ClassVar[str] = "Which errors does each system make?"
    explanation: ClassVar[str] = (
        "A bar is a system's mean penalty per segment: the weighted sum of the errors that the"
        " raters marked (shorter is better). Its pieces are the kinds of error, in the same order"
        " in every bar."
    )

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None without rows in ``penalty_profile``."""
        frame = frames.get(tables, "penalty_profile")
        if frame is None:
            return None
        test_set = frames.one_test_set(frame)
        view, rows = frames.one_view(frame, self.view)
        table = rows.pivot(index="system", columns="category", values="penalty")
        categories = list(table.sum().sort_values(ascending=False, kind="stable").index)
        totals = table.sum(axis=1).sort_values(kind="stable")
        roles = dict(zip(rows["system"], rows["role"], strict=True))
        errors = rows.groupby("category")["n_errors"].sum()
        looks = style.fills(categories, self.most)
        with style.drawing():
            sheet = Sheet()
            sheet.title(
                self.question,
                f"{test_set}: {frames.counted(len(totals), 'rated system')}, "
                f"{frames.counted(frames.spread(rows['n_segments']), 'rated segment')} each, "
                f"view {view}; in brackets the number of errors marked",
            )
            facts = {c: f" ({int(errors[c]):,})" for c in categories}
            keys, others = category_keys(categories, looks, self.most, facts)
            sheet.legend(keys)
            stacked_bars(
                sheet,
                [Row(_name(str(s), roles[s])) for s in totals.index],
                [[frames.number_of(table.loc[s, c]) for c in categories] for s in totals.index],
                [looks[c] for c in categories],
                digits=2,
                ends=[style.number(float(total)) for total in totals],
                axis_label="mean penalty per segment (lower is better)",
            )
            if others:
                sheet.paragraph(others)
            return sheet.finish()


def _name(system: str, role: str) -> str:
    return system if role == "system" else f"{system} ({role})"

"""Loss share: which errors make a metric wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.figure import Figure

from harness.plots import frames, style
from harness.plots.bands import Row
from harness.plots.category_bars import category_keys, stacked_bars
from harness.plots.cells import by_penalty
from harness.plots.sheet import Sheet

__all__ = ["LossShare"]


@dataclass(frozen=True)
class LossShare:
    """A bar of 100 % for each metric and for a held-out human rater.

    Parameters
    ----------
    view
        The view of error categories; the table's first view if it lacks this one.
    most
        Number of categories with their own colour; the others are pale parts at the bar's end.
    """

    view: str = "news"
    most: int = 12
    name: ClassVar[str] = "loss_share"
    question: ClassVar[str] = "Which kinds of error make a metric wrong?"
    explanation: ClassVar[str] = (
        "A bar is all the credit that a metric lost by preferring the worse of two translations;"
        " its pieces show in which kind of error the two differed. Compare it with the human bar:"
        " frequent kinds of error take up much of every bar."
    )

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None where no metric has a loss share."""
        frame = frames.get(tables, "categories")
        if frame is None:
            return None
        test_set = frames.one_test_set(frame)
        view, rows = frames.one_view(frame, self.view)
        known = rows[rows["loss_share"].notna()]
        metrics = frames.metric_order(tables, known.loc[known["kind"] == "metric", "metric"])
        if not metrics:
            return None
        names = [*metrics, *(["human"] if (known["metric"] == "human").any() else [])]
        categories = by_penalty(rows)
        table = known.pivot(index="metric", columns="category", values="loss_share")
        table = table.reindex(columns=categories)
        pairs = rows[rows["kind"] == "metric"].groupby("category")["n_pairs"]
        labels = frames.metric_labels(tables)
        looks = style.fills(categories, self.most)
        with style.drawing():
            sheet = Sheet()
            sheet.title(
                self.question,
                f"{test_set}: {frames.how_many(tables, metrics)}, view {view}; in brackets"
                " the pairs of translations that the category decides",
            )
            facts = {str(c): f" ({frames.spread(numbers)})" for c, numbers in pairs}
            keys, others = category_keys(categories, looks, self.most, facts)
            sheet.legend(keys)
            stacked_bars(
                sheet,
                [Row(labels[n] if n in metrics else "human (held-out rater)") for n in names],
                [[100 * frames.number_of(table.loc[n, c]) for c in categories] for n in names],
                [looks[c] for c in categories],
                digits=0,
                ends=["" for _ in names],
                axis_label="share of all lost credit, in %",
                limit=100.0,
            )
            if others:
                sheet.paragraph(others)
            return sheet.finish()

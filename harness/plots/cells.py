"""The table of categories as a plot needs it: cells in percent, orders, facts of a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from harness.plots import frames, style
from harness.plots.style import Mark
from harness.tables.settings import interval_name

__all__ = ["Cell", "Cells", "by_penalty", "judged"]


@dataclass(frozen=True)
class Cell:
    """One metric on one category; values in percent."""

    value: float
    low: float
    high: float
    plain: float
    n_eff: float
    tier: str
    #: Whether ``value`` is shown to differ from chance: by Holm-adjusted p.
    shown: bool = False

    @property
    def grey(self) -> bool:
        return self.tier in frames.GREYED


@dataclass(frozen=True)
class Cells:
    """The cells of one view of one test set; ``intervals``: what theirs are called."""

    categories: tuple[str, ...]
    metrics: tuple[str, ...]
    sentinels: tuple[str, ...]
    labels: Mapping[str, str]
    marks: Mapping[str, Mark]
    view: str
    facts: str
    alpha: float
    intervals: str
    notes: tuple[str, ...]
    drawn: bool
    least: float
    shares: Mapping[str, float]
    judging: Mapping[str, pd.DataFrame]
    grid: Mapping[tuple[str, str], Cell]

    @classmethod
    def of(
        cls,
        tables: Mapping[str, pd.DataFrame],
        frame: pd.DataFrame,
        view: str,
        hidden: Sequence[str] = (),
        least: float = 10,
    ) -> Cells:
        """The cells of ``view``.

        Sentinels in ``hidden`` are left out and named in a note. A category in which no metric has
        ``least`` effective pairs gets no marks: a value of a few pairs says nothing.
        """
        test_set = frames.one_test_set(frame)
        chosen, rows = frames.one_view(frame, view)
        categories = by_penalty(rows)
        kinds = {k: list(group["metric"].unique()) for k, group in rows.groupby("kind")}
        metrics = frames.metric_order(tables, kinds.get("metric", []))
        every = frames.metric_order(tables, kinds.get("sentinel", []))
        sentinels = [s for s in every if s not in set(hidden)]
        labels, grid = frames.metric_labels(tables), _grid(rows)
        judging = {c: _judging(rows[rows["category"] == c]) for c in categories}
        documents = frames.spread(n for own in judging.values() for n in own["n_documents"])
        deciding = [grid[m, c] for c, own in judging.items() for m in own["metric"]]
        drawn = any(cell.tier != "too few" and cell.value == cell.value for cell in deciding)
        left_out = [labels[s] for s in every if s not in sentinels]
        if not drawn:
            notes = ["No category can be judged from these data, so no accuracy is drawn."]
            notes += [f"{reason}." for reason in _reasons(judging.values())]
        else:
            notes = []
            if all(cell.grey for cell in deciding):
                notes.append(
                    "No row can be judged: the raters disagree, or there are too few pairs."
                )
            if left_out:
                notes.append(f"At 50 % by construction, so not drawn: {', '.join(left_out)}.")
        shares = rows.groupby("category")["penalty_share"].max()
        return cls(
            categories=tuple(categories),
            metrics=tuple(metrics),
            sentinels=tuple(sentinels),
            labels=labels,
            marks={**style.marks(metrics), **style.sentinel_marks(sentinels)},
            view=chosen,
            alpha=float(rows["alpha"].max()),
            facts=f"{test_set}: {frames.how_many(tables, metrics)}, "
            f"{frames.counted(len(categories), 'category', 'categories')} of the view {chosen}, "
            f"pairs in {frames.counted(documents, 'document')} each",
            intervals=interval_name(rows),
            notes=tuple(notes),
            drawn=drawn,
            least=least,
            shares={str(c): 100 * frames.number_of(share) for c, share in shares.items()},
            judging=judging,
            grid=grid,
        )

    def cell(self, metric: str, category: str) -> Cell | None:
        """The cell, or None where the table has no such row."""
        return self.grid.get((metric, category))

    def has(self, metric: str) -> bool:
        """Whether the metric (or human row) has a value anywhere."""
        return any(m == metric and c.value == c.value for (m, _), c in self.grid.items())

    def drawn_in(self, category: str) -> bool:
        """Whether the row has marks: a value that rests on enough pairs."""
        return self.drawn and any(
            cell.value == cell.value and cell.n_eff >= self.least
            for (metric, name), cell in self.grid.items()
            if name == category and (metric in self.metrics or not self.metrics)
        )

    @property
    def limits(self) -> tuple[float, float]:
        """A range that holds all marks, and the intervals of the cells that can be judged."""
        shown = {*self.metrics, *self.sentinels, "human"}
        wanted = [50.0]
        for (metric, category), cell in self.grid.items():
            if metric in shown and self.drawn_in(category):
                wanted += [cell.value] if cell.grey else [cell.value, cell.low, cell.high]
        known = [v for v in wanted if v == v]
        low, high = min(known), max(known)
        pad = max(2.0, 0.04 * (high - low))
        return max(-1.0, low - pad), min(101.0, high + pad)

    def of_metrics(self, category: str) -> pd.DataFrame:
        """The rows of the metrics on ``category`` (of whatever there is, where no metric is)."""
        return self.judging[category]

    def tier(self, category: str) -> str:
        """The tier of the metrics on ``category``."""
        return " / ".join(style.plain(t) for t in self.of_metrics(category)["tier"].unique())

    def why(self, category: str) -> str:
        """What to say of a row without marks."""
        rows = self.of_metrics(category)
        n_eff, documents = frames.spread(rows["n_eff"]), frames.spread(rows["n_documents"])
        return f"too few to judge: n_eff {n_eff}, {frames.counted(documents, 'document')}"

    def facts_of(self, category: str) -> tuple[str, str, str, str]:
        """Effective pairs, documents, the raters' agreement on the label in percent, tier."""
        rows = self.of_metrics(category)
        label = self.cell("label", category)
        agree = style.number(label.value, 1) if label is not None else "\u2013"
        return (
            frames.spread(rows["n_eff"]),
            frames.spread(rows["n_documents"]),
            agree,
            self.tier(category),
        )


def _grid(rows: pd.DataFrame) -> dict[tuple[str, str], Cell]:
    """The cell of each metric and category."""
    columns = ["value", "low", "high", "plain_accuracy"]
    percent = 100 * rows[columns].to_numpy(dtype=float)
    shown = rows["p_holm"] <= rows["alpha"]
    facts = (rows[c] for c in ("metric", "category", "n_eff", "tier"))
    return {
        (str(metric), str(category)): Cell(
            float(value),
            float(low),
            float(high),
            float(plain),
            frames.number_of(n_eff),
            str(tier),
            bool(own),
        )
        for metric, category, n_eff, tier, (value, low, high, plain), own in zip(
            *facts, percent, shown, strict=True
        )
    }


def _judging(own: pd.DataFrame) -> pd.DataFrame:
    """Of a category's rows those of metrics; all, where no metric is among them."""
    chosen = own[own["kind"] == "metric"]
    return own if chosen.empty else chosen


def _reasons(judging: Iterable[pd.DataFrame]) -> list[str]:
    """The commonest reasons that the table gives for having no value."""
    notes = Counter(note for own in judging for note in own["note"] if note)
    return [note for note, _ in notes.most_common(3)]


def judged(cells: Cells, category: str) -> bool:
    """Whether some metric's cell on ``category`` can be judged."""
    return any(tier not in frames.GREYED for tier in cells.of_metrics(category)["tier"])


def by_penalty(rows: pd.DataFrame) -> list[str]:
    """The categories, the largest share of the penalty first, unknown shares last."""
    shares = rows.groupby("category", sort=False)["penalty_share"].max()
    return [str(c) for c in shares.sort_values(ascending=False, kind="stable").index]

"""Significance matrix: every metric against every other, and how sure the difference is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from harness.plots import frames, style
from harness.plots.families import in_full, say_rest
from harness.plots.sheet import MARGIN, SMALL, Key, Sheet, fit, line_height, text_width
from harness.plots.style import Fill
from harness.tables import METRIC_TESTS

__all__ = ["SignificanceMatrix"]

#: p at most this: how a cell is filled, where that is below the level of significance.
DARKEST = (
    (0.001, Fill("#08519C", "", "white")),
    (0.01, Fill("#4292C6", "", "white")),
)
#: p at most the level of significance; beyond it: not told apart.
SIGNIFICANT = Fill("#9ECAE1", "", style.INK)
OPEN = Fill("#FFFFFF", "", style.SOFT)
#: With up to so many metrics two panels stand side by side, and cells hold their p.
FEW = 15
LARGEST, SMALLEST = 0.34, 0.13  # inches of a cell
METRICS = "metrics"
Fills = Sequence[tuple[float, Fill]]


@dataclass(frozen=True)
class SignificanceMatrix:
    """A panel for each statistic: rows and columns are metrics from the best on; a cell's shade is
    the p-value of the row's metric against the column's, a dot says that it stays significant after
    adjustment for all pairs, lines separate the rank clusters.

    Parameters
    ----------
    statistics
        The statistics drawn, by name, if ``metric_tests`` has them; if it has none of them, its
        first one.
    category
        The ratings that the metrics are compared with: 'all' for the total penalty.
    focus
        Metrics that are drawn besides the best where metrics are many.
    """

    statistics: Sequence[str] = ("average", "soft_pairwise_accuracy", "acc_eq")
    category: str = "all"
    focus: Sequence[str] = ()
    name: ClassVar[str] = "significance_matrix"
    question: ClassVar[str] = "Which metrics can be told apart, and how certain is that?"
    explanation: ClassVar[str] = (
        "Metrics in rows and (by number) in columns, the best first. A cell is the test of the"
        " row's metric against the column's: the darker, the smaller its p. A dot marks pairs"
        " that remain significant after adjustment for all pairs; metrics with a blank"
        " cell cannot be told apart. A line begins a new rank cluster."
    )

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None where no two metrics were tested."""
        tests = frames.get(tables, "metric_tests")
        meta = frames.get(tables, "meta_evaluation")
        if tests is None:
            return None
        test_set = frames.one_test_set(tests)
        tests = tests[(tests["family"] == METRICS) & (tests["category"] == self.category)]
        every = frames.metric_order(tables, [*tests["metric_1"], *tests["metric_2"]])
        metrics = in_full(tables, every, self.focus)
        tests = tests[tests["metric_1"].isin(metrics) & tests["metric_2"].isin(metrics)]
        panels = self._panels(tests, meta)
        if not panels:
            return None
        labels = frames.metric_labels(tables)
        with style.drawing():
            sheet = Sheet()
            sheet.title(self.question, f"{test_set}: {frames.counted(len(every), 'metric')}")
            fills = _fills(tests)
            keys = [Key.of_fill(f"p ≤ {limit:g}", fill) for limit, fill in fills]
            sheet.legend([*keys, Key.of_mark("also after adjustment", DOT, interval=False)])
            beside = 2 if len(metrics) <= FEW and len(panels) > 1 else 1
            for start in range(0, len(panels), beside):
                _band(sheet, panels[start : start + beside], labels, beside, fills)
            say_rest(sheet, len(every) - len(metrics), METRIC_TESTS)
            return sheet.finish()

    def _panels(self, tests: pd.DataFrame, meta: pd.DataFrame | None) -> list[_Panel]:
        groups = [
            (tuple(map(str, k)), own) for k, own in tests.groupby(frames.STATISTIC, sort=False)
        ]
        groups = [(key, own) for key, own in groups if own["p"].notna().any()]
        wanted = [g for name in self.statistics for g in groups if g[0][1] == name]
        rows = meta
        if meta is not None:
            rows = meta[(meta["category"] == self.category) & (meta["subset"] == "all")]
        return [_panel(key, own, rows) for key, own in wanted or groups[:1]]


DOT = style.Mark(style.INK, "o")


@dataclass(frozen=True)
class _Panel:
    """One statistic: its title, metrics from the best on, cluster of each, test of each pair."""

    title: tuple[str, str]
    order: tuple[str, ...]
    clusters: Mapping[str, float]
    tests: Mapping[tuple[str, str], pd.Series[Any]]


def _panel(key: tuple[str, ...], tests: pd.DataFrame, meta: pd.DataFrame | None) -> _Panel:
    level, name, grouping, system_score = key
    found = {(str(r["metric_1"]), str(r["metric_2"])): r for _, r in tests.iterrows()}
    values: dict[str, list[float]] = {}
    for (one, two), row in found.items():
        values.setdefault(one, []).append(frames.number_of(row["value_1"]))
        values.setdefault(two, []).append(frames.number_of(row["value_2"]))
    value = {m: sum(own) / len(own) for m, own in values.items()}  # one each, unless scores lack
    clusters: dict[str, float] = {}
    if meta is not None:
        rows = meta[(meta[frames.STATISTIC] == list(key)).all(axis=1)]
        own = dict(zip(rows["metric"], map(frames.number_of, rows["value"]), strict=True))
        value |= {m: own[m] for m in value if own.get(m, float("nan")) == own.get(m)}
        clusters = dict(zip(rows["metric"], map(frames.number_of, rows["cluster"]), strict=True))
    how = "of the other statistics" if level == "all" else f"{level} level"
    compared = "" if level == "all" else frames.compared(grouping, system_score)
    how += f", {compared}" if compared else ""
    order = sorted((m for m in value if value[m] == value[m]), key=lambda m: (-value[m], m))
    return _Panel((style.plain(name).replace("_", " "), how), tuple(order), clusters, found)


def _fills(tests: pd.DataFrame) -> Fills:
    """p at most this: how a cell is filled; the last is the level of significance of ``tests``."""
    alpha = float(tests["alpha"].max())
    return (*((limit, fill) for limit, fill in DARKEST if limit < alpha), (alpha, SIGNIFICANT))


def _band(
    sheet: Sheet,
    panels: Sequence[_Panel],
    labels: Mapping[str, str],
    beside: int,
    fills: Fills,
) -> None:
    """Panels side by side."""
    block = sheet.inner / beside
    top = sheet.y + 2 * line_height(SMALL) + 0.22
    lowest = top
    for i, panel in enumerate(panels):
        x, n = MARGIN + i * block, len(panel.order)
        names = [f"{labels[m]} {j + 1}" for j, m in enumerate(panel.order)]
        widest = min(1.9, max(text_width(style.plain(t), SMALL) for t in names))
        cell = max(SMALLEST, min(LARGEST, (block - widest - 0.3) / n))
        left = x + widest + 0.08
        for j, line in enumerate(panel.title):
            sheet.text(
                x, sheet.y + (j + 0.5) * line_height(SMALL), fit(line, block - 0.1, SMALL, j == 0),
                size=SMALL, bold=j == 0, colour=style.INK if j == 0 else style.SOFT,
            )  # fmt: skip
        for j, name in enumerate(names):
            middle = (j + 0.5) * cell
            size = SMALL if cell >= 0.17 else 6.5
            text = fit(name, widest, size)
            sheet.text(left - 0.06, top + middle, text, size=size, ha="right")
            sheet.text(
                left + middle, top - 0.09, str(j + 1), size=min(size, 7.0), ha="center",
                colour=style.SOFT,
            )  # fmt: skip
        axes = sheet.axes(left, top, n * cell, n * cell)
        _cells(axes, panel, n, cell, fills)
        lowest = max(lowest, top + n * cell)
    sheet.y = lowest + 0.25


def _cells(axes: Axes, panel: _Panel, n: int, cell: float, fills: Fills) -> None:
    axes.set(xlim=(-0.02, n + 0.02), ylim=(n + 0.02, -0.02), xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(False)
    for i, one in enumerate(panel.order):
        for j, other in enumerate(panel.order):
            if i == j:
                _box(axes, j, i, Fill(style.BAND, "", style.INK))
                continue
            row = panel.tests.get((one, other))
            if row is None:
                continue
            p, holm = frames.number_of(row["p"]), frames.number_of(row["p_adjusted"])
            fill = next((f for limit, f in fills if p <= limit), OPEN)
            _box(axes, j, i, fill)
            if cell >= 0.3:
                axes.text(
                    j + 0.5, i + 0.5, _short(p), size=6.0, ha="center", va="center",
                    color=fill.ink, label="p",
                )  # fmt: skip
            if holm <= row["alpha"]:
                at = (j + 0.86, i + 0.16) if cell >= 0.3 else (j + 0.5, i + 0.5)
                axes.plot(
                    *[[v] for v in at], marker="o", ms=2.2, ls="none", color=fill.ink, label="holm"
                )
    places = [panel.clusters.get(m, float("nan")) for m in panel.order]
    for i in range(1, n):
        if places[i] == places[i] and places[i] != places[i - 1]:
            axes.plot([0, n], [i, i], color=style.RED, lw=1.1, label="cluster", clip_on=False)


def _box(axes: Axes, x: int, y: int, fill: Fill) -> None:
    axes.add_patch(
        Rectangle((x, y), 1, 1, facecolor=fill.colour, edgecolor=style.RULE, linewidth=0.4)
    )


def _short(p: float) -> str:
    """A p-value in a cell: '.04', '<.001'."""
    if p != p:
        return "\N{EN DASH}"
    if p < 0.001:
        return "<.001"
    return f"{p:.3f}".lstrip("0") if p < 0.0995 else f"{p:.2f}".lstrip("0")

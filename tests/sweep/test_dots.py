"""The plot of a sweep where metrics are many."""

from __future__ import annotations

import numpy as np
import pandas as pd

from harness.report.verdict import FIRST
from harness.sweep.dots import SettingDots

METRICS = [f"m{i}" for i in range(20)]
STATISTICS = [("segment", "pearson", "item", ""), FIRST[1], FIRST[0]]


def meta(metrics: list[str]) -> pd.DataFrame:
    """Under one setting m0 is the best and m19 the worst; under the other it is the reverse."""
    rows = [
        (setting, *statistic[:1], "all", *statistic[1:], metric, value, value - 0.01, value + 0.01)
        for statistic in STATISTICS
        for i, metric in enumerate(metrics)
        for setting, value in (("one", 0.9 - i / 30), ("other", 0.5 + i / 60))
    ]
    columns = ["setting", "level", "category", "statistic", "grouping", "system_score", "metric",
               "value", "low", "high"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).assign(subset="all", confidence=0.95)


def drawn(metrics: list[str]) -> tuple[list[str], list[list[float]], float]:
    """The texts of the plot, the values of each panel, and its height in inches."""
    frame = meta(metrics)
    figure = SettingDots().draw({"meta_evaluation": frame})
    assert figure is not None
    values = [
        [float(np.asarray(x.get_xdata())[0]) for x in axes.lines if x.get_label() == "value"]
        for axes in figure.axes
    ]
    texts = [t.get_text() for t in (*figure.texts, *(t for a in figure.axes for t in a.texts))]
    return texts, [v for v in values if v], float(figure.get_size_inches()[1])


def test_of_many_metrics_the_best_on_average_are_drawn_by_the_leading_statistics() -> None:
    texts, panels, height = drawn(METRICS)
    assert len(panels) == 2 and height < 10
    best = range(10)  # of 0.9 - i/30 and 0.5 + i/60 the mean falls
    wanted = sorted([0.9 - i / 30 for i in best] + [0.5 + i / 60 for i in best])
    assert all(np.allclose(sorted(values), wanted) for values in panels)
    assert [t for t in texts if t in METRICS] == METRICS[:10]
    said = " ".join(texts)
    assert "20 metrics" in said and "Not drawn: 10 metrics and the other statistics" in said


def test_of_few_metrics_all_are_drawn_by_every_statistic() -> None:
    texts, panels, _ = drawn(METRICS[:15])
    assert [len(values) for values in panels] == [30, 30, 30]
    assert "Not drawn" not in " ".join(texts)

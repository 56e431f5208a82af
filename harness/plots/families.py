"""Many metrics on one page: in which order, in which groups, and which of them in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from harness.plots import frames
from harness.plots.sheet import Sheet
from harness.support.families import FAMILIES, OTHER
from harness.tables.schema import Schema

__all__ = ["MANY", "TOP", "agreement", "by_agreement", "in_families", "in_full", "say_rest"]

#: With more metrics than this a plot shows in full only the first so many, and those in focus.
MANY, TOP = 15, 10
ACCURACY = "acc_eq"


def agreement(tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """Metric (or sentinel) -> its accuracy with ties within segments, of a sweep the mean over its
    settings; empty where no rating was compared so."""
    meta = frames.get(tables, "meta_evaluation")
    if meta is None:
        return {}
    rows = meta[
        (meta["statistic"] == ACCURACY)
        & (meta["level"] == "segment")
        & (meta["grouping"] == "item")
        & (meta["category"] == "all")
        & (meta["subset"] == "all")
        & meta["value"].notna()
    ]
    means = rows.groupby("metric", sort=False)["value"].mean()
    return {str(m): float(v) for m, v in means.items()}


def by_agreement(tables: Mapping[str, pd.DataFrame], metrics: Iterable[str]) -> list[str]:
    """The metrics from the best on: by accuracy with ties within segments; where it is not in the
    tables, by the mean of their accuracies on the categories. Equal ones, and at the end those
    without a value, keep their order."""
    here = list(dict.fromkeys(metrics))
    values = agreement(tables) or _on_categories(tables)
    known = [m for m in here if m in values]
    return sorted(known, key=lambda m: -values[m]) + [m for m in here if m not in values]


def _on_categories(tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    frame = frames.get(tables, "categories")
    if frame is None:
        return {}
    rows = frame[~frame["tier"].isin(frames.GREYED) & frame["value"].notna()]
    means = rows.groupby("metric", sort=False)["value"].mean()
    return {str(m): float(v) for m, v in means.items()}


def in_families(
    tables: Mapping[str, pd.DataFrame], metrics: Iterable[str]
) -> list[tuple[str, tuple[str, ...]]]:
    """The families that there are, in the order of :data:`FAMILIES`, each with its metrics from the
    best on."""
    frame = frames.get(tables, "metrics")
    known = {} if frame is None else dict(zip(frame["metric"], frame["family"], strict=True))
    groups: dict[str, list[str]] = {family: [] for family in FAMILIES}
    for metric in by_agreement(tables, metrics):
        groups[str(known.get(metric) or OTHER)].append(metric)
    return [(family, tuple(own)) for family, own in groups.items() if own]


def in_full(
    tables: Mapping[str, pd.DataFrame], present: Sequence[str], focus: Sequence[str]
) -> list[str]:
    """Those of ``present`` that a plot shows in full, in the order given: all, unless the metrics
    among them are many; of many the best by agreement, those in ``focus``, and all sentinels."""
    sentinels = frames.sentinels_of(tables)
    metrics = [m for m in present if m not in sentinels]
    if len(metrics) <= MANY:
        return list(present)
    chosen = {*by_agreement(tables, metrics)[:TOP], *focus, *sentinels}
    return [m for m in present if m in chosen]


def say_rest(sheet: Sheet, n: int, schema: Schema) -> None:
    """Where the ``n`` metrics are that a plot leaves out; nothing if there are none."""
    if n:
        metrics = frames.counted(n, "metric")
        how = "focus=[NAME] draws a metric here"
        sheet.paragraph(f"Not drawn: {metrics}, whose numbers are in {schema.csv}; {how}.")

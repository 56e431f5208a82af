"""What plots read from tables: labels, orders, one view, one test set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import get_args

import pandas as pd

from harness.error_categories.held_out_raters import JUDGED, Tier
from harness.tables import TableError

__all__ = [
    "GREYED",
    "STATISTIC",
    "compared",
    "counted",
    "get",
    "how_many",
    "metric_labels",
    "metric_order",
    "number_of",
    "one_test_set",
    "one_view",
    "sentinels_of",
    "spread",
]

#: Tiers of categories whose rows are drawn in colour; the others are greyed.
GREYED = frozenset(get_args(Tier)) - JUDGED

#: The columns that tell the statistics of a table apart.
STATISTIC = ["level", "statistic", "grouping", "system_score"]


def compared(grouping: str, system_score: str) -> str:
    """What a statistic compares, in a word: the score of a system, or the grouping; empty where all
    translations are compared together."""
    return system_score or ("" if grouping == "none" else grouping)


def get(tables: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame | None:
    """The table, or None where it is absent or empty."""
    frame = tables.get(name)
    return None if frame is None or frame.empty else frame


def one_test_set(frame: pd.DataFrame) -> str:
    """The name of the test set; a plot shows one.

    Raises
    ------
    TableError
        The table holds several test sets.
    """
    names = list(frame["test_set"].unique())
    if len(names) != 1:
        raise TableError(f"a plot shows one test set, not {len(names)}: {names}")
    return str(names[0])


def one_view(frame: pd.DataFrame, view: str) -> tuple[str, pd.DataFrame]:
    """The rows of ``view``, or of the first view that the table has where it lacks that one."""
    views = list(frame["view"].unique())
    chosen = view if view in views else str(views[0])
    return chosen, frame[frame["view"] == chosen]


def metric_labels(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Metric -> its label (BLEU); a metric that the table ``metrics`` lacks is its own label."""
    frame = get(tables, "metrics")
    known = {} if frame is None else dict(zip(frame["metric"], frame["label"], strict=True))
    return _Labels({str(metric): str(label) for metric, label in known.items()})


class _Labels(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return name


def metric_order(tables: Mapping[str, pd.DataFrame], present: Iterable[str]) -> list[str]:
    """The metrics that are ``present``: in the order of ``metrics``, others as they come."""
    here = list(dict.fromkeys(present))
    frame = get(tables, "metrics")
    known = [] if frame is None else [str(m) for m in frame["metric"] if m in here]
    return list(dict.fromkeys([*known, *here]))


def sentinels_of(tables: Mapping[str, pd.DataFrame]) -> set[str]:
    """The metrics that know nothing of quality, as the table ``metrics`` says."""
    frame = get(tables, "metrics")
    return set() if frame is None else set(frame.loc[frame["role"] == "sentinel", "metric"])


def how_many(tables: Mapping[str, pd.DataFrame], metrics: Iterable[str]) -> str:
    """'4 metrics and 2 sentinels'."""
    every, known = list(metrics), sentinels_of(tables)
    sentinels = sum(m in known for m in every)
    text = counted(len(every) - sentinels, "metric")
    return f"{text} and {counted(sentinels, 'sentinel')}" if sentinels else text


def number_of(value: object) -> float:
    """A cell as a float; NaN where it is missing."""
    return float("nan") if pd.isna(value) else float(value)  # type: ignore[call-overload,arg-type]


def spread(values: Iterable[object]) -> str:
    """Rounded numbers as one text: '57', or '36 to 57' where they differ; '–' where none is."""
    rounded = sorted({round(n) for n in map(number_of, values) if n == n})
    if not rounded:
        return "\u2013"
    low, high = f"{rounded[0]:,}", f"{rounded[-1]:,}"
    return low if low == high else f"{low}\u2013{high}"


def counted(n: str | int, one: str, many: str = "") -> str:
    """'1 document', '38 documents'."""
    text = n if isinstance(n, str) else f"{n:,}"
    return f"{text} {one if text == '1' else many or one + 's'}"

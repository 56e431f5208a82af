"""What stands beneath a table of agreement: thresholds of ties, translations left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from harness.report.agreement_words import GROUPINGS, statistic_label
from harness.report.content import csv_file, records
from harness.report.metric_info import MetricInfo, label_of
from harness.support.formatting import count, humanise, plural

__all__ = ["epsilons", "excluded"]

#: With more metrics than this a note gives the range, or counts them.
NAMED = 8


def epsilons(rows: pd.DataFrame, infos: Mapping[str, MetricInfo]) -> list[tuple[str, str]]:
    """The calibrated thresholds of accuracy with ties, metric by metric where these are few."""
    texts = []
    for (name, grouping), own in rows[rows["epsilon"].notna()].groupby(
        ["statistic", "grouping"], sort=False
    ):
        how = GROUPINGS.get(str(grouping), humanise(str(grouping)))
        what = f"{statistic_label(str(name))}, {how}"
        tied = "scores no further apart than this are tied"
        if len(own) > NAMED:
            where = f"in the column epsilon of {csv_file('meta_evaluation')}"
            texts.append(("", f"{what}: {tied}: a number for each metric, {where}."))
            continue
        values = [f"{label_of(infos, str(r.metric))} {r.epsilon:.3g}" for r in records(own)]
        texts.append(("", f"{what}: {tied}: {', '.join(values)}."))
    return texts


def excluded(rows: pd.DataFrame, infos: Mapping[str, MetricInfo]) -> list[tuple[str, str]]:
    """How many translations were left out, metric by metric; metrics of which as many were left out
    together."""
    rows = rows[rows["value"].notna()]  # a value that is missing has a reason of its own
    counts = rows.groupby("metric", sort=False)["n_excluded"].max()
    alike: dict[int, list[str]] = {}
    for metric, n in counts.items():
        if n:
            alike.setdefault(int(n), []).append(label_of(infos, str(metric)))
    if not alike:
        return []
    texts = [f"{_named(labels)}: {count(n)}" for n, labels in alike.items()]
    return [
        (
            "",
            "Translations left out because a score or rating is missing: " + ", ".join(texts) + ".",
        )
    ]


def _named(labels: Sequence[str]) -> str:
    if len(labels) > NAMED:
        return f"each of {plural(len(labels), 'metric')}"
    return ", ".join(labels)

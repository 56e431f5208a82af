"""Which kinds of error a metric in focus sees better or worse than the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness.claims.claim import Claim, Facts, Rule, evidence_of
from harness.support.formatting import humanise, is_missing, listed, number
from harness.tables.settings import alpha_text

__all__ = ["AgainstBaseline"]

NUMBERS = ("difference", "low", "high", "p", "p_holm", "alpha", "n_documents")


@dataclass(frozen=True)
class AgainstBaseline(Rule):
    """Of each metric in focus: on which kinds of error of the first view it is shown to be more
    accurate than the baseline, on which less, and of which that is not shown."""

    name = "against_baseline"
    licence = (
        "Jackknife t-test of the difference in category accuracy, leaving out one document at a "
        "time, Holm over the metrics in focus and the categories in which both can be judged. It "
        "speaks of other documents, on these systems and by these raters."
    )

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """One claim for each metric in focus that can be judged on some category."""
        table = facts.table("baseline_differences")
        if table is None:
            return
        table = table[table["view"] == table["view"].iloc[0]]
        for (metric, baseline), rows in table.groupby(["metric", "baseline"], sort=False):
            judged = rows[rows["p_holm"].notna()]
            if judged.empty:
                continue
            yield self.claim(
                "shown" if (judged["p_holm"] <= judged["alpha"]).any() else "open",
                _sentence(facts.label(metric), facts.label(baseline), judged),
                [evidence_of("baseline_differences", row, NUMBERS) for row in _records(judged)],
                in_verdict=True,
            )


def _records(rows: pd.DataFrame) -> list[Mapping[Any, Any]]:
    return list(rows.to_dict("records"))


def _sentence(metric: str, baseline: str, judged: pd.DataFrame) -> str:
    sure = judged["p_holm"] <= judged["alpha"]
    more = judged[sure & (judged["difference"] > 0)].sort_values("difference", ascending=False)
    less = judged[sure & (judged["difference"] < 0)].sort_values("difference")
    parts = [
        f"{verb} {listed(map(_part, _records(rows)))}"
        for verb, rows in (("more accurate on", more), ("less accurate on", less))
        if len(rows)
    ]
    open_ones = [humanise(str(c)) for c in judged[~sure]["category"]]
    view = humanise(str(judged["view"].iloc[0]))
    how = f"category accuracy in points, view {view}, adjusted p ≤ {alpha_text(judged)}"
    if not parts:
        return (
            f"On these systems, {metric} is not shown to differ from {baseline} on errors of "
            f"{listed(open_ones, 'or')} ({how})."
        )
    rest = f"; on {listed(open_ones)} no difference is shown" if open_ones else ""
    return (
        f"On these systems, {metric} is shown to be {' and '.join(parts)} than {baseline} "
        f"({how}){rest}."
    )


def _part(row: Mapping[Any, Any]) -> str:
    ends = ""
    if not is_missing(row["low"]):
        ends = f" [{number(100 * row['low'], 0)}, {number(100 * row['high'], 0)}]"
    sign = "+" if row["difference"] > 0 else ""
    return f"{humanise(str(row['category']))} ({sign}{number(100 * row['difference'], 1)}{ends})"

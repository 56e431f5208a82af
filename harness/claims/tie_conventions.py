"""Where two ways of treating ties lead to opposite results, both are said."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness.claims.claim import Claim, Facts, Rule, evidence_of
from harness.claims.standings import ACCURACY, PEARSON, Standing, standing
from harness.claims.wording import per_cent
from harness.support.formatting import plural

__all__ = ["TieConventions"]

NUMBERS = ("value", "tie_rate", "human_tie_rate", "n_constant")


@dataclass(frozen=True)
class TieConventions(Rule):
    """Accuracy with ties and Pearson's correlation within segments disagree about their leading
    metrics: one of them is shown to agree less by the other's statistic."""

    name = "tie_conventions"
    licence = (
        "The adjusted tests of both statistics: the leading metric of one is shown worse than the "
        "leading metric of the other by the other's test."
    )

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """One claim where they contradict each other."""
        accuracy, pearson = standing(facts, ACCURACY), standing(facts, PEARSON)
        if accuracy is None or pearson is None or accuracy.best == pearson.best:
            return
        if not (_less(accuracy, pearson.best) or _less(pearson, accuracy.best)):
            return
        rows = {
            (asked.statistic, metric): row
            for asked in (ACCURACY, PEARSON)
            for metric in (accuracy.best, pearson.best)
            if (row := _row(facts, asked.statistic, metric)) is not None
        }
        text = (
            f"The two statistics disagree: {_shown(accuracy, pearson, facts)}; "
            f"{_shown(pearson, accuracy, facts)}."
            f"{_ties(facts, rows)}{_constant(facts, rows, pearson)}"
        )
        evidence = [evidence_of("meta_evaluation", row, NUMBERS) for row in rows.values()]
        yield self.claim("shown", text, evidence, in_verdict=True)


def _shown(own: Standing, other: Standing, facts: Facts) -> str:
    """What one statistic says of its leading metric and that of the other."""
    best, second = facts.label(own.best), facts.label(other.best)
    if _less(own, other.best):
        return f"by {own.asked.name} {best} is shown to agree more than {second}"
    return f"by {own.asked.name} {best} has the higher value, and neither is shown to agree more"


def _less(own: Standing, metric: str) -> bool:
    """Whether the statistic shows the metric to be worse than its leader, for whatever reason."""
    return metric in own.worse or metric in own.punished


def _row(facts: Facts, statistic: str, metric: str) -> dict[str, Any] | None:
    frame = facts.tables["meta_evaluation"]
    rows = frame[
        (frame["statistic"] == statistic)
        & (frame["metric"] == metric)
        & (frame["level"] == "segment")
        & (frame["grouping"] == "item")
        & (frame["category"] == "all")
        & (frame["subset"] == "all")
    ]
    return None if rows.empty else {str(k): v for k, v in rows.iloc[0].to_dict().items()}


def _ties(facts: Facts, rows: dict[tuple[str, str], dict[str, Any]]) -> str:
    """How often the metrics and people tie; '' where that is not known."""
    own = [(m, row) for (statistic, m), row in rows.items() if statistic == ACCURACY.statistic]
    known = [(m, row) for m, row in own if pd.notna(row["tie_rate"])]
    people = own[0][1]["human_tie_rate"] if own else math.nan
    if not known or pd.isna(people):
        return ""
    rates = [f"{facts.label(m)} ties {per_cent(row['tie_rate'], 0)} of pairs" for m, row in known]
    return (
        f" They treat ties differently: with the calibrated threshold {', '.join(rates)}, the "
        f"raters {per_cent(people, 0)}."
    )


def _constant(facts: Facts, rows: dict[tuple[str, str], dict[str, Any]], pearson: Standing) -> str:
    """How many segments the leading metric by Pearson gives one score."""
    row = rows.get((PEARSON.statistic, pearson.best), {})
    n = row.get("n_constant")
    if pd.isna(n) or not n:
        return ""
    return (
        f" {facts.label(pearson.best)} gives all translations of a segment one score in "
        f"{plural(int(n), 'segment')}; Pearson's correlation counts these as 0."
    )

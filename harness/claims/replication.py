"""What two campaigns of human annotation, or two test sets, both show of metrics and categories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from harness.claims.claim import Claim, Facts, Rule, evidence_of
from harness.claims.wording import capital, decimal, some
from harness.error_categories.held_out_raters import JUDGED
from harness.error_categories.notes import CHANCE
from harness.support.formatting import humanise, plural

__all__ = ["Replication"]

NUMBERS = ("value", "low", "high", "p_holm", "alpha", "n_eff", "n_documents")


@dataclass(frozen=True)
class Replication(Rule):
    """Of each category that can be judged under two settings of a sweep: which metrics are shown to
    see it under both, and how alike the accuracies of all metrics are.

    The tables of the facts are those of a sweep: of all its runs, with the column ``setting``.
    """

    name = "replication"
    licence = (
        "Both runs show it, each by its own test against chance, Holm over all judged categories "
        "and metrics. The correlation (Spearman) describes these metrics; no test."
    )

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """A claim for each two settings and each category that both can judge."""
        rows = _judged(facts)
        if rows is None:
            return
        for one, two in combinations(dict.fromkeys(rows["setting"]), 2):
            first, second = (rows[rows["setting"] == s] for s in (one, two))
            for category in dict.fromkeys(first["category"]):
                a = first[first["category"] == category].set_index("metric")
                b = second[second["category"] == category].set_index("metric")
                shared = [m for m in a.index if m in b.index]
                if len(shared) > 1:
                    yield self._of_category(
                        category, a.loc[shared], b.loc[shared], (str(one), str(two)), facts
                    )

    def _of_category(
        self,
        category: str,
        a: pd.DataFrame,
        b: pd.DataFrame,
        settings: tuple[str, str],
        facts: Facts,
    ) -> Claim:
        seen_a, seen_b = (set(own.index[_seen(own)]) for own in (a, b))
        both = sorted(seen_a & seen_b, key=lambda m: -(a["value"][m] + b["value"][m]))
        n = len(a)
        text = (
            f"{capital(humanise(category))}: under {settings[0]} "
            f"{plural(len(seen_a), 'metric')} of {n}, under {settings[1]} {len(seen_b)} are shown "
            "to see it, "
        )
        if both:
            named = some([facts.label(m) for m in both])
            text += f"{len(both)} under both ({named})"
        else:
            text += "none under both"
        rho = _rank_correlation(a["value"], b["value"])
        if rho is not None:
            text += f"; the accuracies of the {n} metrics correlate {decimal(rho)}"
        rows = [
            evidence_of("categories", {**own.loc[m].to_dict(), "metric": m}, NUMBERS)
            for m in both
            for own in (a, b)
        ]
        return self.claim("shown" if both else "open", f"{text}.", rows)


def _rank_correlation(a: pd.Series[float], b: pd.Series[float]) -> float | None:
    """Spearman's correlation; None where all values of one side are equal."""
    if a.nunique() < 2 or b.nunique() < 2:
        return None
    return float(a.corr(b, method="spearman"))


def _judged(facts: Facts) -> pd.DataFrame | None:
    """The rows of metrics in categories of the first view that can be judged."""
    frame = facts.table("categories")
    if frame is None or "setting" not in frame or frame["setting"].nunique() < 2:
        return None
    first = frame[frame["view"] == frame["view"].iloc[0]]
    own: pd.DataFrame = first[
        (first["kind"] == "metric") & first["tier"].isin(JUDGED) & first["value"].notna()
    ]
    return own


def _seen(rows: pd.DataFrame) -> pd.Series[bool]:
    return (rows["value"] > CHANCE) & (rows["p_holm"] <= rows["alpha"])

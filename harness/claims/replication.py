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
from harness.support.formatting import humanise, listed
from harness.test_sets.cards import card_names, find_card, load_card

__all__ = ["Replication"]

NUMBERS = ("value", "low", "high", "p_holm", "alpha", "n_eff", "n_documents")


@dataclass(frozen=True)
class Replication(Rule):
    """Of each category that can be judged on two test sets of a sweep: which metrics are shown to
    see it on both, and how alike the accuracies of all metrics are.

    The tables of the facts are those of a sweep: of all its runs, with the column ``setting``. Two
    settings with one test set, or with one that is a part of the other (``part_of`` in its card),
    share their ratings, so that one cannot confirm the other.
    """

    name = "replication"
    licence = (
        "Both runs show it, each by its own test against chance, Holm over all judged categories "
        "and metrics. The correlation (Spearman) describes these metrics; no test."
    )

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """A claim for each two settings and each category that both can judge, and one for those
        that no metric is shown to see."""
        rows = _judged(facts)
        if rows is None:
            return
        for one, two in combinations(dict.fromkeys(rows["setting"]), 2):
            first, second = (rows[rows["setting"] == s] for s in (one, two))
            if _share_ratings(first["test_set"].iloc[0], second["test_set"].iloc[0]):
                continue
            settings, unseen = (str(one), str(two)), []
            for category in dict.fromkeys(first["category"]):
                a = first[first["category"] == category].set_index("metric")
                b = second[second["category"] == category].set_index("metric")
                shared = [m for m in a.index if m in b.index]
                if len(shared) < 2:
                    continue
                if _seen(a.loc[shared]).any() or _seen(b.loc[shared]).any():
                    yield self._of_category(category, a.loc[shared], b.loc[shared], settings, facts)
                else:
                    unseen.append(humanise(category))
            if unseen:
                yield self.claim(
                    "open",
                    f"{capital(listed(unseen))}: no metric is shown to see "
                    f"{'it' if len(unseen) == 1 else 'them'} under {settings[0]} or {settings[1]}.",
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
        both = sorted(seen_a & seen_b, key=lambda m: (-(a["value"][m] + b["value"][m]), m))
        n = len(a)
        text = (
            f"{capital(humanise(category))}: {len(seen_a)} of {n} metrics "
            f"{'is' if len(seen_a) == 1 else 'are'} shown to see it under {settings[0]}, "
            f"{len(seen_b)} under {settings[1]}, "
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


def _share_ratings(one: str, two: str) -> bool:
    """Whether two test sets are one, or one is a part of the other."""

    def whole(name: str) -> str:
        if name not in card_names():
            return name
        return str(load_card(find_card(name)).about.get("part_of", name))

    return whole(one) == whole(two)


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

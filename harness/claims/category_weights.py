"""Which categories of error metrics weigh otherwise than raters do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from harness.claims.claim import Claim, Facts, Rule, evidence_of
from harness.claims.wording import some
from harness.support.formatting import MINUS, humanise

__all__ = ["ImpliedWeights"]

NUMBERS = ("relative_weight", "against_human", "p", "p_holm", "alpha")


@dataclass(frozen=True)
class ImpliedWeights(Rule):
    """The judged category of the first view for which most metrics are shown to take off less than
    a held-out rater does, and the one for which most are shown to take off more."""

    name = "implied_weights"
    licence = (
        "Jackknife t test over documents of a metric's relative weight against that of a held-out "
        "rater, Holm over the judged categories and metrics of the view."
    )

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """At most one claim."""
        weights = facts.table("category_weights")
        if weights is None:
            return
        view = str(weights["view"].iloc[0])
        first = weights[(weights["view"] == view) & weights["judged"].astype(bool)]
        raters = first[first["kind"] == "human"]
        human = dict(zip(raters["category"], raters["relative_weight"], strict=True))
        sure = first[first["metric"].isin(facts.metrics) & (first["p_holm"] <= first["alpha"])]
        parts: list[str] = []
        used: list[pd.DataFrame] = []
        for word, rows in (
            ("less", sure[sure["against_human"] < 0.0]),
            ("more", sure[sure["against_human"] > 0.0]),
        ):
            if rows.empty:
                continue
            category = str(rows["category"].value_counts(sort=False).idxmax())
            own = rows[rows["category"] == category]
            own = own.sort_values("against_human", ascending=word == "less", kind="stable")
            named = [
                f"{facts.label(m)} ({_times(v)})"
                for m, v in zip(own["metric"], own["relative_weight"], strict=True)
            ]
            parts.append(
                f"a point for {humanise(category)} costs {word} with {some(named)} than with a "
                f"held-out rater ({_times(human[category])})"
            )
            used.append(own)
        if parts:
            text = (
                f"By implied weight, all else equal (view {view}; 1× is what a point of penalty "
                f"costs on average): {'; '.join(parts)}."
            )
            rows_used = pd.concat(used).to_dict("records")
            evidence = [evidence_of("category_weights", row, NUMBERS) for row in rows_used]
            yield self.claim("shown", text, evidence)


def _times(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}×".replace("-", MINUS)

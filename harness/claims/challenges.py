"""What a challenge set says of metrics."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from harness.claims.claim import Claim, Facts, Rule, evidence_of
from harness.claims.wording import per_cent
from harness.minimal_pairs.challenges import CHANCE
from harness.significance.holm import holm_adjusted
from harness.support.formatting import humanise, plural

__all__ = ["ChallengeSet", "sign_test_p"]

ALPHA = 0.05
NUMBERS = ("accuracy", "low", "high", "n", "n_sources", "tie_rate")


@dataclass(frozen=True)
class ChallengeSet(Rule):
    """In how many kinds of pair of a challenge set, controls aside, each metric prefers the good
    translation, and in how many the incorrect one."""

    name = "challenge_set"
    licence = (
        "Sign test of the pairs of a kind (ties count half, rounded towards chance; as many as "
        f"there are different sources), two-sided, Holm over all metrics and kinds, at {ALPHA:g}."
    )

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """A claim for each metric, and a caution."""
        table = facts.table("challenges")
        if table is None:
            return
        rows = table[(table["kind"] == "metric") & (table["n"] > 0) & ~table["control"]]
        if rows.empty:
            return
        p = [
            sign_test_p(float(a), int(n), int(s))
            for a, n, s in zip(rows["accuracy"], rows["n"], rows["n_sources"], strict=True)
        ]
        rows = rows.assign(adjusted=holm_adjusted(p))
        kinds = rows["phenomenon"].nunique()
        for metric, own in rows.groupby("metric", sort=False):
            sure = own[own["adjusted"] <= ALPHA]
            above, below = sure[sure["accuracy"] > CHANCE], sure[sure["accuracy"] < CHANCE]
            text = (
                f"{facts.label(metric)} is shown to prefer the good translation in "
                f"{len(above) or 'none'} of {plural(kinds, 'kind')} of pair of this challenge set"
            )
            if len(below):
                worst = below.sort_values("accuracy", kind="stable").iloc[0]
                text += (
                    f", and the incorrect one in {len(below)} (most on "
                    f"{humanise(worst['phenomenon'])}: accuracy {per_cent(worst['accuracy'])})"
                )
            evidence = [evidence_of("challenges", r, NUMBERS) for r in sure.to_dict("records")]
            yield self.claim("shown" if len(sure) else "open", f"{text}.", evidence)
        yield self.claim(
            "described",
            "The pairs of a challenge set are chosen, often to fool metrics that compare surfaces: "
            "its accuracies say what a metric can miss, not how often it will, and have no mean.",
        )


def sign_test_p(accuracy: float, n: int, n_sources: int) -> float:
    """The two-sided p of a sign test of ``accuracy`` (ties half) in ``n`` pairs from ``n_sources``
    different sources: pairs of one source are not independent, so there are no more trials than
    sources. NaN without a pair."""
    from scipy.stats import binomtest

    trials = min(n, n_sources)
    if trials < 1 or math.isnan(accuracy):
        return math.nan
    right = accuracy * trials
    whole = int(np.floor(right)) if right > trials / 2 else int(np.ceil(right))
    return float(binomtest(whole, trials, 0.5).pvalue)

"""What can be said of the raters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from harness.claims.claim import Claim, Facts, Rule, evidence_of
from harness.claims.wording import per_cent, some
from harness.ratings.rating import TOTAL
from harness.support.formatting import humanise, number

__all__ = ["RaterAgreement", "RatersWithinSegments"]

NUMBERS = ("value", "low", "high")
#: The one category of annotations that name none.
UNNAMED = "other"


@dataclass(frozen=True)
class RaterAgreement(Rule):
    """Whether raters agree, on what, and how strict each of them is."""

    name = "rater_agreement"
    licence = (
        "Shares and means of these annotations. Raters are 'not shown to agree' on a category "
        "where the interval of their correlation, by documents, does not lie above 0."
    )

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """Up to three claims on the first view."""
        frame, profile = facts.table("rater_agreement"), facts.table("rater_profile")
        if frame is None or profile is None:
            return
        first = frame[frame["view"] == frame["view"].iloc[0]]
        if not (first["statistic"] == "second_rater").any():
            n = len(profile)
            who = "One rater" if n == 1 else f"One of {n} raters"
            text = f"{who} annotated each translation, so nothing tells whether raters agree."
            rows = profile.to_dict("records")
            counted = [evidence_of("rater_profile", row, ("n_translations",)) for row in rows]
            yield self.claim("open", text, counted)
            return
        yield from self._marked(first)
        yield from self._unrelated(first)
        yield from self._strictness(profile)

    def _marked(self, first: pd.DataFrame) -> Iterator[Claim]:
        """How much of what one rater marked another marked too."""
        whole = first[(first["category"] == TOTAL) & first["low"].notna()].set_index("statistic")
        if {"character_f1", "character_f1_any"} <= set(whole.index):
            anywhere, alike = (
                per_cent(float(whole["value"][name]), 0)
                for name in ("character_f1_any", "character_f1")
            )
            rows = whole.reset_index().to_dict("records")
            named = set(first["category"]) - {TOTAL} != {UNNAMED}
            also = f", and {alike} under the same category" if named else ""
            yield self.claim(
                "described",
                f"Of the characters that one rater marked, another marked {anywhere}{also}.",
                [
                    evidence_of("rater_agreement", row, NUMBERS)
                    for row in rows
                    if str(row["statistic"]).startswith("character_f1")
                ],
            )

    def _unrelated(self, first: pd.DataFrame) -> Iterator[Claim]:
        """The categories on which raters are not shown to agree."""
        rows = first[(first["statistic"] == "segment_correlation") & (first["category"] != TOTAL)]
        unrelated = rows[rows["low"].notna() & (rows["low"] <= 0)]
        if len(unrelated):
            named = [
                f"{humanise(c)} ({number(v, 2)})"
                for c, v in zip(unrelated["category"], unrelated["value"], strict=True)
            ]
            yield self.claim(
                "open",
                "Within a segment, raters are not shown to agree on how much these cost "
                f"(correlation; 0 is chance): {some(named)}.",
                [evidence_of("rater_agreement", r, NUMBERS) for r in unrelated.to_dict("records")],
            )

    def _strictness(self, profile: pd.DataFrame) -> Iterator[Claim]:
        """The strictest and the most lenient rater."""
        known = profile[profile["severity_bias_low"].notna()]
        ordered = known.sort_values("severity_bias", kind="stable")
        if len(ordered) > 1:
            strict, lenient = ordered.iloc[-1], ordered.iloc[0]
            columns = ("severity_bias", "severity_bias_low", "severity_bias_high")
            yield self.claim(
                "described",
                f"On the translations that they share with others, the strictest of the "
                f"{len(profile)} raters took {number(strict['severity_bias'], 1)} points more off "
                f"than the others did, the most lenient {number(-lenient['severity_bias'], 1)} "
                "fewer.",
                [evidence_of("rater_profile", r.to_dict(), columns) for r in (strict, lenient)],
            )


@dataclass(frozen=True)
class RatersWithinSegments(Rule):
    """Where the translations of one segment were each rated by one person, and not by the same:
    then raters who differ in strictness lower every agreement within segments."""

    name = "raters_within_segments"
    licence = "Counts and means of these annotations; no test."

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """At most one claim, in the verdict, because it limits what it says."""
        frame, profile = facts.table("rater_ratings"), facts.table("rater_profile")
        if frame is None or profile is None:
            return
        own = frame[frame["category"] == TOTAL]
        if own.duplicated(["segment_id", "system"]).any():
            return  # a translation with two raters
        raters = own.groupby("segment_id", sort=False)["rater"].nunique()
        systems = own.groupby("segment_id", sort=False)["system"].nunique()
        if not (systems > 1).any() or float(raters[systems > 1].median()) <= 1.0:
            return
        ordered = profile.sort_values("mean_penalty", kind="stable")
        low, high = (number(v, 1) for v in (ordered["mean_penalty"].iloc[[0, -1]]))
        yield self.claim(
            "described",
            "The translations of a segment were rated by different people "
            f"({raters[systems > 1].mean():.1f} on average, each translation by one), who took "
            f"between {low} and {high} points off a translation; that raters differ in strictness "
            "can lower the agreement of every metric within segments.",
            [
                evidence_of("rater_profile", row, ("n_translations", "mean_penalty"))
                for row in ordered.iloc[[0, -1]].to_dict("records")
            ],
            in_verdict=True,
        )

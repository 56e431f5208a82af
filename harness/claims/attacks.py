"""What can be said of texts that are no translations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.claims.claim import Claim, Facts, Rule, evidence_of
from harness.claims.wording import some
from harness.support.formatting import plural

__all__ = ["AttackRanks"]

NUMBERS = ("score", "rank", "n_systems", "middle_score", "segments_won")


@dataclass(frozen=True)
class AttackRanks(Rule):
    """Which metrics rank a text that no reader would take for a translation above a system."""

    name = "attack_ranks"
    licence = "Corpus scores of these texts and of the systems of this test set; no test."

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """One claim where such texts were scored."""
        table = facts.table("attacks")
        if table is None:
            return
        own = table[table["metric"].isin(facts.metrics)]
        if own.empty:
            return
        above = own[own["rank"] <= own["n_systems"]].sort_values("rank", kind="stable")
        n = plural(int(own["n_systems"].max()), "machine system")
        kinds = plural(own["attack"].nunique(), "kind")
        texts = f"{kinds} of text that are no translations"
        if above.empty:
            text = f"Of {texts}, no metric ranks one above any of {n}."
            rows = own.to_dict("records")
        else:
            named = some(
                [
                    f"“{row['attack']}” by {facts.label(row['metric'])} "
                    f"(above {row['n_systems'] - row['rank'] + 1})"
                    for row in above.to_dict("records")
                ]
            )
            text = f"Of {texts}, these rank above one of {n}: {named}."
            rows = above.to_dict("records")
        evidence = [evidence_of("attacks", row, NUMBERS) for row in rows]
        yield self.claim("described", text, evidence)

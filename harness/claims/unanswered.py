"""What a run cannot say, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.claims.claim import Claim, Facts, Rule, evidence_of
from harness.claims.standings import ACCURACY, ASKED, PEARSON, SOFT, answered, rows_of

__all__ = ["DataProblems", "Unanswered"]


@dataclass(frozen=True)
class DataProblems(Rule):
    """Problems of the texts that the test set's card does not explain; where they make the scores
    of a system meaningless, they stand in the verdict's place."""

    name = "data_problems"
    licence = "Checks of the texts of this test set (harness datasets check)."

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """One claim where there is a problem, always in the verdict."""
        unexplained = [w for w in facts.warnings if not w.explanation]
        if not unexplained:
            return
        voiding = [w.text for w in unexplained if w.voids]
        first = (voiding or [w.text for w in unexplained])[0]
        more = len(unexplained) - 1
        tail = f" ({more} more in the list of warnings)" if more else ""
        text = (
            f"No verdict, because the scores mean nothing until this is mended: {first}{tail}."
            if voiding
            else f"Look at the data first: {first}{tail}."
        )
        yield self.claim("described", text, in_verdict=True)


@dataclass(frozen=True)
class Unanswered(Rule):
    """Why the run cannot say which metric agrees more with raters."""

    name = "unanswered"
    licence = "What the run lacks; no test."

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """One claim, in the verdict, where no statistic of the verdict has a value."""
        if facts.metrics and not answered(facts):
            text = f"This run cannot say which metric agrees more with people: {_why(facts)}."
            meta = facts.table("meta_evaluation")
            rows = [] if meta is None else meta.drop_duplicates("metric").to_dict("records")
            found = [evidence_of("meta_evaluation", row, ("value", "n_systems")) for row in rows]
            yield self.claim("open", text, found, in_verdict=True)


def _why(facts: Facts) -> str:
    meta = facts.table("meta_evaluation")
    if meta is None:
        return "there are no ratings to compare scores with"
    if meta["n_systems"].max() < 2:
        return "one system is rated, so no two translations of a segment can be compared"
    found = [rows for asked in ASKED if (rows := rows_of(meta, asked)) is not None]
    if not found:
        within = f"{ACCURACY.name} or {PEARSON.name} within segments"
        return f"none of its statistics is {within}, or {SOFT.name} of systems"
    notes = [str(note) for rows in found for note in rows["note"] if note]
    return f"its statistics have no value{f' ({notes[0]})' if notes else ''}"

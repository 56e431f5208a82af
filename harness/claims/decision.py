"""Which system to take, where nobody has rated the translations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness.claims.claim import Claim, Evidence, Facts, Rule, evidence_of
from harness.claims.systems import by_preference
from harness.claims.wording import some
from harness.significance.hochberg import hochberg_adjusted
from harness.support.formatting import plural
from harness.system_comparison.settings import FEW_DOCUMENTS
from harness.system_comparison.shown import shown
from harness.tables.settings import alpha_text

__all__ = ["SystemDecision"]

#: Why one of several systems is compared with the others.
FIRST = "first by its mean rank over the metrics"
NUMBERS = ("difference", "p", "p_holm", "alpha", "n_segments", "n_documents")


@dataclass(frozen=True)
class SystemDecision(Rule):
    """Whether the system with the best mean rank over the metrics is shown to score higher than
    each other one, and by which metrics."""

    name = "system_decision"
    licence = (
        "Approximate randomisation, Holm over the pairs of systems of each metric: of documents "
        f"(4 to 6 % false positives measured at .05) where {FEW_DOCUMENTS} or more are known; else "
        "of segments, on the condition that segments are independent. Hochberg over the metrics, "
        "which holds where they err together. It speaks of scores, not of quality."
    )

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """One claim where machine systems are compared and nobody rated them."""
        tests, systems = facts.table("system_tests"), facts.table("systems")
        if tests is None or systems is None or systems["rating"].notna().any():
            return
        tests = tests[tests["metric"].isin(facts.metrics) & (tests["test"] == "randomisation")]
        order = by_preference(facts)
        own = tests["system_1"].isin(order) & tests["system_2"].isin(order)
        tests = shown(tests[own & tests["p"].notna()]) if own.any() else tests[own]
        if len(order) < 2 or tests.empty:
            return
        best, others = order[0], order[1:]
        tested = [m for m in facts.metrics if (tests["metric"] == m).any()]
        won = _beaten(best, tests, tested)
        decided = [m for m, beaten in won.items() if set(others) <= beaten]
        text = _sentence(best, others, won, decided, facts)
        unit = str(tests["unit"].iloc[0])
        n = plural(int(tests["n_segments"].max()), "segment")
        condition = (
            "; this holds if segments are independent of each other, which is not known"
            if unit == "segment"
            else ""
        )
        how = f"{n}, randomisation of {unit}s, adjusted p ≤ {alpha_text(tests)}{condition}"
        yield self.claim(
            "shown" if any(won.values()) and unit == "document" else "open",
            f"{text} ({how}).",
            _evidence(best, tests),
            in_verdict=True,
        )


def _beaten(best: str, tests: pd.DataFrame, metrics: Sequence[str]) -> dict[str, set[str]]:
    """Metric -> the systems that it is shown to score lower than ``best``; p of each pair of
    systems adjusted over the metrics as well."""
    found: dict[str, set[str]] = {m: set() for m in metrics}
    own = tests[(tests["system_1"] == best) | (tests["system_2"] == best)]
    for _, rows in own.groupby(["system_1", "system_2"], sort=False):
        adjusted = hochberg_adjusted(rows["p_holm"].tolist())
        for row, p in zip(rows.to_dict("records"), adjusted, strict=True):
            first, second = row["system_1"], row["system_2"]
            if row["difference"] < 0.0:
                first, second = second, first
            if first == best and p <= row["alpha"]:
                found[str(row["metric"])].add(str(second))
    return found


def _sentence(
    best: str,
    others: Sequence[str],
    won: Mapping[str, set[str]],
    decided: Sequence[str],
    facts: Facts,
) -> str:
    rest = others[0] if len(others) == 1 else f"each of the other {len(others)} systems"
    if decided and len(decided) == len(won):
        by = facts.label(decided[0]) if len(won) == 1 else f"every metric, {_names(won, facts)}"
        return f"{best} scores higher than {rest} by {by}"
    if decided:
        missing = [m for m in won if m not in decided]
        of_whom = ""
        if len(others) > 1:
            open_ones = sorted({s for m in missing for s in others if s not in won[m]})
            of_whom = f" for {some(open_ones)}"
        return (
            f"{best} scores higher than {rest} by {_names(decided, facts)}; by "
            f"{_names(missing, facts)} that is not shown{of_whom}"
        )
    if any(won.values()):
        least = sorted(name for name in others if not all(name in own for own in won.values()))
        return (
            f"No metric shows that {best}, {FIRST}, scores higher than every other system; it is "
            f"not told apart from {some(least)} by all of them"
        )
    first = f"{best} and" if len(others) == 1 else f"{best}, {FIRST}, and"
    return f"No difference between {first} {rest} is shown to be more than chance"


def _names(metrics: Sequence[str] | Mapping[str, Any], facts: Facts) -> str:
    return some([facts.label(m) for m in metrics])


def _evidence(best: str, tests: pd.DataFrame) -> list[Evidence]:
    own = tests[(tests["system_1"] == best) | (tests["system_2"] == best)]
    return [evidence_of("system_tests", row, NUMBERS) for row in own.to_dict("records")]

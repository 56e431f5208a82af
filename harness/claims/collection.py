"""All claims of a run, in order, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from harness.claims.claim import Claim, Facts, Rule

__all__ = ["claims_of", "findings", "verdict"]


def claims_of(rules: Mapping[str, Rule], facts: Facts) -> list[Claim]:
    """What every rule says, in the order of the rules.

    Where a problem of the data makes scores meaningless, only that is in the verdict.
    """
    found = [claim for rule in rules.values() for claim in rule.claims(facts)]
    if any(warning.voids and not warning.explanation for warning in facts.warnings):
        return [
            claim if claim.rule == "data_problems" else replace(claim, in_verdict=False)
            for claim in found
        ]
    return found


def verdict(claims: Iterable[Claim]) -> str:
    """The main results, in a few sentences; '' if there is none."""
    return " ".join(claim.text for claim in claims if claim.in_verdict)


def findings(claims: Sequence[Claim]) -> list[Claim]:
    """The further results."""
    return [claim for claim in claims if not claim.in_verdict]

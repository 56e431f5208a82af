"""What a card may count of a test set, and whether the test set has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from harness.tables import TestSet
from harness.test_sets.doctor.base import Finding

__all__ = ["COUNTS", "counts"]

#: What a card may count -> how it is counted.
COUNTS: Mapping[str, Callable[[TestSet], int]] = {
    "segments": lambda t: len(t.segments),
    "documents": lambda t: t.segments["document"].nunique(),
    "systems": lambda t: len(t.systems),
    "rated_systems": lambda t: len(t.rated_systems),
    "references": lambda t: len(t.reference_names),
    "raters": lambda t: t.annotations["rater"].nunique(),
    "hypotheses": lambda t: len(t.hypotheses),
    "annotations": lambda t: len(t.annotations),
    "rated_translations": lambda t: len(t.annotations[["system", "segment_id"]].drop_duplicates()),
    "given_ratings": lambda t: len(t.given_ratings),
    "stored_scores": lambda t: len(t.stored_scores),
    "stored_metrics": lambda t: t.stored_scores["metric"].nunique(),
    "phenomena": lambda t: len(t.phenomena[["segment_id", "expression"]].drop_duplicates()),
    "errors": lambda t: len(
        t.error_spans[["system", "segment_id", "rater", "error"]].drop_duplicates()
    ),
}


def counts(test_set: TestSet) -> Iterator[Finding]:
    """A problem for each number of the card that is not met."""
    given: Mapping[str, int] = test_set.card.get("counts") or {}
    if not given:
        yield Finding("counts", "ok", 0, "", "the card counts nothing")
        return
    differing = False
    for key, expected in given.items():
        found = int(COUNTS[key](test_set))
        if found != expected:
            differing = True
            noun = key.replace("_", " ")
            yield Finding(
                "counts", "problem", found, key, f"{found:,} {noun}; the card says {expected:,}"
            )
    if not differing:
        yield Finding("counts", "ok", 0, "", f"all {len(given)} numbers on the card are met")

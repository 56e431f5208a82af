"""What of a test set the layout of mt-metrics-eval cannot hold."""

from __future__ import annotations

from collections.abc import Iterator

from harness.tables import TestSet
from harness.test_sets.readers.lines import has_text
from harness.test_sets.readers.mtme import SOURCE_ALONE

__all__ = ["losses"]


def losses(test_set: TestSet) -> tuple[str, ...]:
    """What is not there any more when the folder is read again, in sentences; () if nothing.

    The card, the notes and the sums of the files it was read from are not among it: the folder
    keeps them in its export.json.
    """
    return tuple(_losses(test_set))


def _losses(test_set: TestSet) -> Iterator[str]:
    annotations, spans = test_set.annotations, test_set.error_spans
    if len(annotations):
        yield f"{len(annotations):,} annotations by {annotations['rater'].nunique():,} raters"
    if len(spans):
        yield f"{len(spans):,} error spans, with their categories and severities"
    if len(test_set.phenomena):
        yield f"{len(test_set.phenomena):,} phenomena marked in the source"
    ids = list(test_set.segments["segment_id"])
    other = sum(name != str(number) for number, name in enumerate(ids, start=1))
    if other:
        yield f"the identifiers of {other:,} segments, which become the numbers of their lines"
    yield from _roles(test_set)
    if test_set.reference_names != sorted(test_set.reference_names):
        yield f"the order of the references, {', '.join(test_set.reference_names)}"
    yield from _texts(test_set)
    stored = test_set.stored_scores
    unknown = stored[~stored["reference_name"].isin([*test_set.reference_names, SOURCE_ALONE])]
    if len(unknown):
        names = ", ".join(unknown["reference_name"].unique())
        yield f"{len(unknown):,} stored scores with {names}, which is no reference"


def _roles(test_set: TestSet) -> Iterator[str]:
    """The layout knows one thing about roles: a system called as a reference is human."""
    for system, role in test_set.roles.items():
        implied = "human" if system in test_set.reference_names else "system"
        if role != implied:
            yield f"the role {role!r} of {system}, which is read as {implied!r}"


def _texts(test_set: TestSet) -> Iterator[str]:
    """Where a blank line means something else than what was there."""
    total = len(test_set.segments)
    missing = test_set.hypotheses["system"].nunique() * total - len(test_set.hypotheses)
    if missing:
        yield f"{missing:,} missing translations, which become empty ones"
    blank = {
        segment_id
        for segment_id, source in zip(
            test_set.segments["segment_id"], test_set.segments["source"], strict=True
        )
        if not has_text(source)
    }
    references = test_set.references
    texts = zip(references["segment_id"], references["reference"], strict=True)
    gone = sum(not has_text(text) and segment_id not in blank for segment_id, text in texts)
    if gone:
        yield f"{gone:,} empty references, which become missing ones"
    there = int(references["segment_id"].isin(blank).sum())
    added = len(test_set.reference_names) * len(blank) - there
    if added:
        yield f"{added:,} missing references of empty sources, which become empty ones"

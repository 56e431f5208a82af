"""How evenly a test set is rated, and what reading its annotations found."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.support.formatting import plural
from harness.tables import TestSet
from harness.test_sets.doctor.base import Finding

__all__ = ["raters", "reading", "unrated"]


def raters(test_set: TestSet) -> Iterator[Finding]:
    """How many raters a rated translation has; worth knowing where that is not the same for all."""
    if not len(test_set.annotations):
        yield Finding("raters", "ok", 0, "", "there are no annotations")
        return
    each = test_set.annotations.groupby(["system", "segment_id"]).size()
    spread = each.value_counts().sort_index()
    if len(spread) == 1:
        many = plural(int(spread.index[0]), "rater")
        text = f"{many} for each of {plural(len(each), 'rated translation')}"
        yield Finding("raters", "ok", 0, "", text)
        return
    usual = spread.idxmax()
    other = each[each != usual]
    system, segment_id = other.index[0]
    yield Finding(
        "raters",
        "note",
        len(other),
        "annotations",
        "rated translations by number of raters: "
        + ", ".join(f"{n:,} with {raters}" for raters, n in spread.items()),
        f"{system} segment {segment_id}: {plural(int(other.iloc[0]), 'rater')}",
    )


def unrated(test_set: TestSet) -> Iterator[Finding]:
    """Segments that nobody rated, and translations of rated systems without a rating."""
    key = ["system", "segment_id"]
    rated = {
        *test_set.annotations[key].itertuples(index=False, name=None),
        *test_set.given_ratings[key].itertuples(index=False, name=None),
    }
    if not rated:
        yield Finding("unrated", "ok", 0, "", "there are no ratings")
        return
    known = {segment_id for _, segment_id in rated}
    segments = [s for s in test_set.segments["segment_id"] if s not in known]
    if segments:
        yield Finding(
            "unrated",
            "note",
            len(segments),
            "segments",
            f"{len(segments):,} of {plural(len(test_set.segments), 'segment')} not rated at all",
            f"segment {segments[0]}",
        )
    systems = {system for system, _ in rated}
    frame = test_set.hypotheses
    frame = frame[frame["system"].isin(systems) & frame["segment_id"].isin(known)]
    pairs = list(frame[key].itertuples(index=False, name=None))
    lacking = [pair for pair in pairs if pair not in rated]
    if lacking:
        yield Finding(
            "unrated",
            "note",
            len(lacking),
            "hypotheses",
            f"{len(lacking):,} of {plural(len(pairs), 'translation')} of rated systems and"
            " segments not rated",
            "{} segment {}".format(*lacking[0]),
        )


#: What a note of a reader says -> the check that it belongs to. The readers' own tests hold these
#: words; a note of neither kind is none of the doctor's business.
_NOTES = (
    ("rebuilt", re.compile(r"\bcannot be rebuilt\b")),
    ("differing_texts", re.compile(r"\bdiffers? from\b")),
    ("dropped", re.compile(r"\b(?:dropped|left out)\b")),
)
_COUNT = re.compile(r"\d[\d,]*")


def reading(test_set: TestSet) -> Iterator[Finding]:
    """What reading the annotations found: texts that differ, rows that were dropped and why."""
    for note in test_set.notes:
        for check, words in _NOTES:
            if words.search(note):
                first = _COUNT.search(note)
                count = int(first[0].replace(",", "")) if first else 1
                yield Finding(check, "note", count, "annotations", note)
                break

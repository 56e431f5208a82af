"""Annotated errors of the mt-metrics-eval layout: files ``….RATER.seg.rating``, one per rater.

Each line is ``system<TAB>rating``, each system's segments in order. A rating is None where the
rater did not judge the translation, else a JSON object::

    {"errors": [{"start": 0, "end": 4, "category": "accuracy/omission", "severity": "major",
      "score": 5, "is_source_error": true}]}

Offsets are code points, ``end`` is one past the last; they count in the source where
``is_source_error`` is true, otherwise in the translation. ``score`` is the penalty that the
publishers gave the error.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from harness.errors import InputError
from harness.support.formatting import plural
from harness.tables import ANNOTATIONS, ERROR_SPANS, TestSet, table
from harness.test_sets.readers.assembly import annotated
from harness.test_sets.readers.json_lines import JsonObject, object_of
from harness.test_sets.readers.score_files import NONE, system_lines
from harness.test_sets.taxonomy import category_of, severity_of

__all__ = ["SegmentRatings", "cannot_be_rebuilt", "rated_lines", "read_segment_ratings"]

_KEYS = ("start", "end", "category", "severity")
_OPTIONAL = ("score", "is_source_error")

#: System and segment.
_Translation = tuple[str, str]


class SegmentRatings(NamedTuple):
    """The tables ANNOTATIONS and ERROR_SPANS; the ``published`` rating of each translation (minus
    the sum of its errors' scores, as the mean over its raters; none where an error has no score);
    and what reading found, in sentences."""

    annotations: pd.DataFrame
    error_spans: pd.DataFrame
    published: Mapping[_Translation, float]
    notes: tuple[str, ...]


def rated_lines(files: Iterable[str | Path], n_segments: int) -> set[int]:
    """The segments (from 0) of which some rater judged a translation.

    Raises
    ------
    InputError
        What :func:`harness.test_sets.readers.score_files.system_lines` raises; there is none.
    """
    paths = list(files)
    lines = {
        segment
        for path in paths
        for _, _, segment, text in system_lines(path, n_segments)
        if text != NONE
    }
    if not lines:
        raise InputError(
            "no segment is annotated",
            file=paths[0] if paths else None,
            expected="lines=annotated with annotations: {RATER: FILE}",
            remedy="read all lines: lines=all",
        )
    return lines


def read_segment_ratings(
    files: Mapping[str, str | Path], test_set: TestSet, labels: Mapping[str, str] | None = None
) -> SegmentRatings:
    """The annotations of every rater on the translations of ``test_set``.

    Parameters
    ----------
    files
        Rater -> file. A file has a line for each of the full texts of ``test_set``.
    labels
        The user's own labels: see :func:`harness.test_sets.taxonomy.category_of`.

    Returns
    -------
    SegmentRatings
        An error without extent (``start`` equals ``end``) keeps its empty span. Ratings of systems
        that the test set does not have are left out and counted.

    Raises
    ------
    InputError
        With file and line: a line has another form or is no valid JSON; an object lacks a key or
        has an unknown one; an unknown category or severity; a span outside its text. A system has
        another number of lines than there are segments.
    """
    reading = _Reading(test_set, labels)
    for rater, path in files.items():
        reading.add(rater, path)
    return reading.result(next(iter(files.values()), None))


class _Reading:
    """What the files read so far have come to."""

    def __init__(self, test_set: TestSet, labels: Mapping[str, str] | None) -> None:
        full = test_set.full_texts
        ids = list(test_set.segments["segment_id"])
        self.name, self.labels, self.n_lines = test_set.name, labels, full.n_lines
        self.ids = {line: ids[i] for i, line in enumerate(full.lines)}
        self.sources = dict(zip(ids, test_set.segments["source"], strict=True))
        frame = test_set.hypotheses
        keys = zip(frame["system"], frame["segment_id"], strict=True)
        self.targets: dict[_Translation, str] = dict(zip(keys, frame["hypothesis"], strict=True))
        self.systems = set(frame["system"])
        self.annotations: list[tuple[str, ...]] = []
        self.spans: list[tuple[object, ...]] = []
        self.penalties: dict[_Translation, list[float | None]] = defaultdict(list)
        self.unknown: Counter[str] = Counter()
        self.kinds: dict[str, tuple[str, str]] = {}

    def add(self, rater: str, path: str | Path) -> None:
        """Take the ratings of one rater in."""
        for line, system, position, text in system_lines(path, self.n_lines):
            if text == NONE or position not in self.ids:
                continue
            if system not in self.systems:
                self.unknown[system] += 1
                continue
            rating = object_of(text, "the rating", path, line)
            rating.keys(("errors",))
            key = (system, self.ids[position])
            if key not in self.targets:
                rating.fail(f"the system {system!r} has no hypothesis for segment {key[1]!r}")
            self.annotations.append((self.name, *key, rater))
            errors = rating.objects("errors", "error")
            for number, error in enumerate(errors):
                self._add_error(error, key, rater, number)
            scores = [error.number("score") for error in errors if "score" in error.values]
            self.penalties[key].append(sum(scores) if len(scores) == len(errors) else None)

    def _add_error(self, error: JsonObject, key: _Translation, rater: str, number: int) -> None:
        error.keys(_KEYS, _OPTIONAL)
        label = error.text("category")
        if label not in self.kinds:
            self.kinds[label] = category_of(
                label, labels=self.labels, file=error.file, line=error.line
            )
        severity = severity_of(error.text("severity"), file=error.file, line=error.line)
        in_source = error.values.get("is_source_error", False)
        if not isinstance(in_source, bool):
            error.fail(f"the 'is_source_error' of {error.what} is neither true nor false")
        side = "source" if in_source else "target"
        text = self.sources[key[1]] if in_source else self.targets[key]
        start, end = error.whole("start", 0, least=0), error.whole("end", 0, least=0)
        if not start <= end <= len(text):
            error.fail(
                f"the span of {error.what} is outside the {side}",
                found=f"start {start}, end {end}",
                expected=f"0 <= start <= end <= {len(text)}, the length of the {side}",
                remedy="the ratings must be of these texts",
            )
        kind = self.kinds[label]
        self.spans.append(
            (self.name, *key, rater, number, *kind, severity, label, side, start, end)
        )

    def result(self, file: str | Path | None) -> SegmentRatings:
        """The tables, and what was found; ``file`` is one of the files, for messages."""
        if not self.annotations:
            raise InputError(
                f"the rating files hold no annotation of {self.name!r}",
                file=file,
                expected="system, tab, a JSON object with the errors",
            )
        frame, spans = table(self.annotations, ANNOTATIONS), table(self.spans, ERROR_SPANS)
        notes = [annotated(frame, spans)]
        empty = int((spans["start"] == spans["end"]).sum())
        if empty:
            notes.append(
                f"{empty:,} of {len(spans):,} marked spans are empty and only mark a place"
            )
        if self.unknown:
            names = ", ".join(self.unknown)
            number = plural(self.unknown.total(), "annotation")
            notes.append(f"{number} left out: there are no texts of {names}")
        published = {
            key: -sum(given) / len(given)
            for key, own in self.penalties.items()
            if len(given := [penalty for penalty in own if penalty is not None]) == len(own)
        }
        return SegmentRatings(frame, spans, published, tuple(notes))


def cannot_be_rebuilt(ratings: pd.DataFrame, rating_name: str, found: SegmentRatings) -> str | None:
    """How many ratings ``rating_name`` of GIVEN_RATINGS are not those of the errors ``found``, in a
    sentence with the first three of each kind; None: all are. Two ratings are the same within
    1e-9."""
    frame = ratings[ratings["rating_name"] == rating_name]
    keys = zip(frame["system"], frame["segment_id"], strict=True)
    absent: list[str] = []
    other: list[str] = []
    for key, rating in zip(keys, frame["rating"], strict=True):
        place = f"{key[0]} segment {key[1]}"
        if key not in found.published:
            absent.append(place)
        elif abs(found.published[key] - float(rating)) > 1e-9:
            other.append(place)
    if not absent and not other:
        return None
    parts = [
        f"{len(places):,} {what} ({', '.join(places[:3])}{', …' if len(places) > 3 else ''})"
        for what, places in (("without annotation", absent), ("with another value", other))
        if places
    ]
    return (
        f"{len(absent) + len(other):,} of {len(frame):,} ratings {rating_name} cannot be rebuilt"
        f" from annotated errors: {'; '.join(parts)}"
    )

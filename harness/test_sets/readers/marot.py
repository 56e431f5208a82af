"""MQM annotations from the rows of a Marot file, joined to a test set.

The texts of such a file are not always those of the test set: white space and quotation marks
were changed on the way to the raters. A row therefore belongs to a segment by its number *and* by
its source text without white space, and its spans are moved to the texts of the test set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

import pandas as pd

from harness.errors import InputError
from harness.support.formatting import plural
from harness.tables import ANNOTATIONS, ERROR_SPANS, TestSet, table
from harness.test_sets.readers.assembly import annotated
from harness.test_sets.readers.marot_join import Join
from harness.test_sets.readers.marot_marks import Marks, Span
from harness.test_sets.readers.marot_rows import Row, read_rows
from harness.test_sets.readers.spans import side_without_span
from harness.test_sets.taxonomy import category_of, is_dropped, is_no_error, severity_of

__all__ = ["Annotated", "Row", "read_annotations", "read_rows"]


#: System, segment and rater.
_Key = tuple[str, str, str]


class Annotated(NamedTuple):
    """The tables ANNOTATIONS and ERROR_SPANS, and what reading found, in sentences."""

    annotations: pd.DataFrame
    error_spans: pd.DataFrame
    notes: tuple[str, ...]


def read_annotations(
    rows: Iterable[Row],
    test_set: TestSet,
    *,
    by: Literal["document", "segment"],
    labels: Mapping[str, str] | None = None,
    file: str | Path | None = None,
    strict: bool = False,
) -> Annotated:
    """The annotations of ``rows`` on the translations of ``test_set``.

    Parameters
    ----------
    rows
        What :func:`read_rows` gives.
    test_set
        Its segments, with the hypotheses of every system that is annotated.
    by
        How a row finds its segment: 'document' (its document, and its number among that
        document's segments) or 'segment' (its global number, which is the segment's identifier).
        In both cases the source texts must be the same, white space aside.
    labels
        The user's own labels: see :func:`harness.test_sets.taxonomy.category_of`.
    file
        The file of the rows, for messages.
    strict
        Whether marks that do not pair up are refused.

    Notes
    -----
    A row that says "no error" makes an annotation without errors. Attention checks, and rows that
    hold metadata alone (no rater, category or severity), are left out and counted. Every other row
    is one error; it has one row in ERROR_SPANS for each marked span (those of the source first), or
    one without a span if nothing is marked, or if the marks of a text do not pair up; the notes
    count such rows. An error that a rater marked twice in two different rows counts twice, which
    the notes say.

    Raises
    ------
    InputError
        With file and line: an unknown system, document, segment, category or severity; a source
        of another text; an annotated translation that is not the system's; an empty rater; a row
        "no error" beside an error of the same rater in the same translation.
    """
    join = Join(test_set, by, file)
    reading = _Reading(test_set.name, join, labels, file, Marks(join, file, strict=strict))
    for row in rows:
        reading.add(row)
    return reading.annotated()


class _Reading:
    """What the rows read so far have come to."""

    def __init__(
        self,
        name: str,
        join: Join,
        labels: Mapping[str, str] | None,
        file: str | Path | None,
        marks: Marks,
    ) -> None:
        self.name, self.join, self.labels, self.file = name, join, labels, file
        self.marks = marks
        self.n_errors: dict[_Key, int] = {}
        self.flawless: set[_Key] = set()
        self.spans: list[tuple[object, ...]] = []
        self.dropped: Counter[str] = Counter()
        self.metadata = 0
        self._categories: dict[str, tuple[str, str]] = {}

    def add(self, row: Row) -> None:
        """Take a row in."""
        if not (row.rater.strip() or row.category.strip() or row.severity.strip()):
            self.metadata += 1
        elif is_dropped(row.category, row.severity):
            self.dropped[row.category.strip()] += 1
        else:
            self._add_annotation(row)

    def _add_annotation(self, row: Row) -> None:
        segment_id = self.join.segment(row)
        if not row.rater.strip():
            raise InputError("the rater is empty", file=self.file, line=row.line, expected="a name")
        key = (row.system, segment_id, row.rater.strip())
        error = self.n_errors.setdefault(key, 0)
        placed = self.marks.placed(row, segment_id)
        no_error = is_no_error(row.category, row.severity)
        if no_error:
            self.flawless.add(key)
        if key in self.flawless and (error or not no_error):
            raise InputError(
                "a rater finds no error, and an error, in the same translation",
                file=self.file,
                line=row.line,
                found=f"{key[0]}, segment {segment_id}, {key[2]}",
                expected='one row "no error", or one row an error',
                remedy="remove the row that is wrong",
            )
        if not no_error:
            self.n_errors[key] = error + 1
            self._add_error(row, key, error, placed)

    def _add_error(self, row: Row, key: _Key, error: int, placed: list[Span]) -> None:
        file, line = self.file, row.line
        if row.category not in self._categories:
            found = category_of(row.category, labels=self.labels, file=file, line=line)
            self._categories[row.category] = found
        kind = self._categories[row.category]
        severity = severity_of(row.severity, file=file, line=line)
        label = row.category.strip()
        for span in placed or [(side_without_span(*kind), None, None)]:
            self.spans.append((self.name, *key, error, *kind, severity, label, *span))

    def annotated(self) -> Annotated:
        """The tables, and what was found."""
        frame = table([(self.name, *key) for key in self.n_errors], ANNOTATIONS)
        error_spans = table(self.spans, ERROR_SPANS)
        notes = (
            annotated(frame, error_spans),
            *self.join.notes(),
            *self.marks.notes(),
            *self._marked_twice(error_spans),
            *_dropped(self.dropped),
        )
        if n := self.metadata:
            what = "hold metadata alone and were" if n > 1 else "holds metadata alone and was"
            notes += (f"{plural(n, 'row')} without a rater {what} left out",)
        return Annotated(frame, error_spans, notes)

    def _marked_twice(self, error_spans: pd.DataFrame) -> list[str]:
        """How many errors stand at the very place of another of the same kind and rater."""
        columns = ["system", "segment_id", "rater", "category", "subcategory", "severity"]
        columns += ["side", "start", "end"]
        placed = error_spans[error_spans["start"].notna()].drop_duplicates([*columns, "error"])
        repeated = placed[placed.duplicated(columns)]
        n = len(repeated[["system", "segment_id", "rater", "error"]].drop_duplicates())
        if not n:
            return []
        errors = "1 error is" if n == 1 else f"{n:,} errors are"
        system, segment, rater = repeated.iloc[0][["system", "segment_id", "rater"]]
        return [
            f"{errors} marked once more by the same rater at the same place, in another row"
            f" (first: {system}, segment {segment}, {rater}); each counts"
        ]


def _dropped(dropped: Counter[str]) -> list[str]:
    if not dropped:
        return []
    kinds = ", ".join(f"{n:,} {kind}" for kind, n in dropped.most_common())
    return [f"{plural(dropped.total(), 'attention-check row')} dropped ({kinds})"]

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
from harness.tables import ANNOTATIONS, ERROR_SPANS, TestSet, table
from harness.test_sets.readers.assembly import annotated
from harness.test_sets.readers.marot_join import Join
from harness.test_sets.readers.marot_rows import Row, read_rows
from harness.test_sets.readers.spans import remap, side_without_span, unmark
from harness.test_sets.taxonomy import category_of, is_dropped, is_no_error, severity_of

__all__ = ["Annotated", "Row", "read_annotations", "read_rows"]


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

    Notes
    -----
    A row that says "no error" makes an annotation without errors. Attention checks, and rows that
    hold metadata alone (no rater, category or severity), are left out and counted. Every other row
    is one error; it has one row in ERROR_SPANS for each marked span (those of the source first), or
    one without a span if nothing is marked.

    Raises
    ------
    InputError
        With file and line: an unknown system, document, segment, category or severity; a source
        of another text; an annotated translation that is not the system's; marks that do not pair
        up; an empty rater; a row "no error" beside an error of the same rater in the same
        translation.
    """
    join = Join(test_set, by, file)
    keys: dict[tuple[str, str, str], int] = {}
    flawless: set[tuple[str, str, str]] = set()
    spans: list[tuple[object, ...]] = []
    dropped: Counter[str] = Counter()
    categories: dict[str, tuple[str, str]] = {}
    metadata = 0
    for row in rows:
        if not (row.rater.strip() or row.category.strip() or row.severity.strip()):
            metadata += 1
            continue
        if is_dropped(row.category, row.severity):
            dropped[row.category.strip()] += 1
            continue
        segment_id = join.segment(row)
        if not row.rater.strip():
            raise InputError("the rater is empty", file=file, line=row.line, expected="a name")
        key = (row.system, segment_id, row.rater.strip())
        error = keys.setdefault(key, 0)
        source_text, source_spans = unmark(row.source, file=file, line=row.line)
        target_text, target_spans = unmark(row.target, file=file, line=row.line)
        source = join.source(row, segment_id, source_text)
        target = join.target(row, segment_id, target_text)
        if is_no_error(row.category, row.severity):
            flawless.add(key)
        if key in flawless and (error or not is_no_error(row.category, row.severity)):
            raise InputError(
                "a rater finds no error, and an error, in the same translation",
                file=file,
                line=row.line,
                found=f"{key[0]}, segment {segment_id}, {key[2]}",
                expected='one row "no error", or one row an error',
                remedy="remove the row that is wrong",
            )
        if key in flawless:
            continue
        keys[key] = error + 1
        if row.category not in categories:
            categories[row.category] = category_of(
                row.category, labels=labels, file=file, line=row.line
            )
        category, subcategory = categories[row.category]
        severity = severity_of(row.severity, file=file, line=row.line)
        placed: list[tuple[str, int | None, int | None]] = [
            *(("source", *remap(source_text, source, *span)) for span in source_spans),
            *(("target", *remap(target_text, target, *span)) for span in target_spans),
        ]
        label = row.category.strip()
        spans.extend(
            (test_set.name, *key, error, category, subcategory, severity, label, side, start, end)
            for side, start, end in placed
            or [(side_without_span(category, subcategory), None, None)]
        )
    frame = table([(test_set.name, *key) for key in keys], ANNOTATIONS)
    error_spans = table(spans, ERROR_SPANS)
    notes = (annotated(frame, error_spans), *join.notes(), *_dropped(dropped))
    if metadata:
        notes += (f"{metadata:,} rows without a rater hold metadata alone and were left out",)
    return Annotated(frame, error_spans, notes)


def _dropped(dropped: Counter[str]) -> list[str]:
    if not dropped:
        return []
    kinds = ", ".join(f"{n:,} {kind}" for kind, n in dropped.most_common())
    return [f"{dropped.total():,} attention-check rows dropped ({kinds})"]

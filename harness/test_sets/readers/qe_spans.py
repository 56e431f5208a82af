"""Full texts one segment per line, with error spans of the WMT quality estimation task.

The texts have no documents; those of the annotated segments are found by their source
(:mod:`harness.test_sets.readers.placement`). The files have severities but no categories: every
error is 'other', under the label ``unspecified``. They have errors marked in the translation only,
and no row for a translation whose errors are all in the source, so penalties from them are too
small where something was omitted: ratings that come as numbers tell the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from harness.errors import InputError, unknown_name
from harness.tables import ANNOTATIONS, ERROR_SPANS, SEGMENTS, TestSet, conform, table
from harness.test_sets.readers import plain_text
from harness.test_sets.readers.assembly import annotated, gaps
from harness.test_sets.readers.lines import data_file, has_text, read_lines, without_space
from harness.test_sets.readers.marot_join import Join
from harness.test_sets.readers.marot_rows import Row
from harness.test_sets.readers.placement import Place, first_line, lines_of, named_blocks
from harness.test_sets.readers.qe_span_rows import QeRow, read_rows
from harness.test_sets.readers.quoting import quoting_of
from harness.test_sets.readers.ratings_file import read_ratings
from harness.test_sets.readers.spans import fold_quotes, remap
from harness.test_sets.taxonomy import category_of

__all__ = ["EMPTY", "LABEL", "UNKNOWN_RATER", "read"]

#: What raters saw in the place of an empty translation.
EMPTY = "EMPTY"

#: The label of every error: the files do not say what kind it is.
LABEL = "unspecified"

#: The rater of a row that lost its own.
UNKNOWN_RATER = "unknown"


def read(
    name: str,
    source: str | Path,
    references: plain_text.Files,
    systems: plain_text.Files,
    spans: str | Path,
    ratings: str | Path | None = None,
    rating_name: str = "mqm",
    without_texts: Sequence[str] = (),
    domain: str = "news",
    labels: Mapping[str, str] | None = None,
) -> TestSet:
    """Read every line of the texts, with the annotations and the ratings of some.

    The segments are called "1", "2", … by their lines. Lines that are not annotated have no known
    document: each run of them counts as one, ``unknown:FIRST-LAST``; the notes count them.

    Parameters
    ----------
    source, references, systems, domain
        As for :func:`harness.test_sets.readers.plain_text.read`.
    spans
        A file as in :mod:`harness.test_sets.readers.qe_span_rows`.
    ratings, rating_name
        A file as in :mod:`harness.test_sets.readers.ratings_file`, and what it holds.
    without_texts
        Systems in ``spans`` or ``ratings`` whose texts there are not; what is said of them is left
        out and counted.
    labels
        Another category for the label ``unspecified``: see
        :func:`harness.test_sets.taxonomy.category_of`.

    Raises
    ------
    InputError
        What the readers of these files raise; an unknown system; a document that is not found in
        the source, or in several places; an annotation of another translation; two annotations of
        a translation by one rater.
    """
    full = plain_text.read(name, source, references, systems, domain=domain)
    quoting = quoting_of(read_lines(spans), spans)
    rows = list(read_rows(spans, quoting))
    lines, names = _placed(rows, list(full.segments["source"]), spans)
    documents = {document for document in names if document}
    test_set = replace(
        full, segments=conform(full.segments.assign(document=named_blocks(names)), SEGMENTS)
    )
    test_set, notes = _annotated(test_set, rows, lines, spans, without_texts, labels)
    total, count = len(names), sum(bool(document) for document in names)
    notes = [
        f"{count:,} of {total:,} segments are annotated ({len(documents):,} documents, found in the"
        " full text by their source)",
        *notes,
    ]
    notes += [quoting.note] if quoting.note else []
    if count < total:
        blocks = test_set.segments["document"].nunique() - len(documents)
        notes.append(
            f"{total - count:,} segments belong to documents that are not known; the {blocks:,}"
            " runs of them count as documents"
        )
    files = [*full.files, data_file(spans)]
    if ratings is not None:
        given = read_ratings(ratings, test_set, rating_name, without_texts)
        test_set = replace(test_set, given_ratings=given.ratings)
        notes += given.notes
        files.append(data_file(ratings))
    notes += gaps(test_set, full.reference_names)
    return replace(test_set, files=tuple(files), notes=tuple(notes))


def _folded(source: str) -> str:
    """What decides whether two sources are the same."""
    return fold_quotes(without_space(source))


def _placed(
    rows: Sequence[QeRow], sources: Sequence[str], file: str | Path
) -> tuple[list[int], list[str]]:
    """The position in ``sources`` of each row; and the document of each position ('': unknown)."""
    folded = [_folded(text) for text in sources]
    positions = lines_of(folded)
    documents: dict[str, dict[int, Place]] = defaultdict(dict)
    for row in rows:
        if not row.number:
            continue
        place = Place(_folded(row.source), row.line)
        before = documents[row.document].setdefault(int(row.number), place)
        if before.source != place.source:
            raise InputError(
                f"the segment {row.number} of {row.document} has two sources",
                file=file,
                line=row.line,
                expected=f"the source of line {before.line}",
            )
    first = {
        document: first_line(document, segments, folded, positions, file)
        for document, segments in documents.items()
    }
    names = [""] * len(sources)
    lines = []
    for row in rows:
        if row.number:
            position = first[row.document] + int(row.number) - 1
        else:
            position = _unnumbered(row, positions, file)
        if names[position] not in ("", row.document):
            raise InputError(
                f"the documents {names[position]} and {row.document} are the same text",
                file=file,
                line=row.line,
                found=f"line {position + 1} of the source",
            )
        names[position] = row.document
        lines.append(position)
    _check_blocks(names, file)
    return lines, names


def _unnumbered(row: QeRow, positions: Mapping[str, Sequence[int]], file: str | Path) -> int:
    """The position of a row without a number: the only line with its source."""
    found = positions.get(_folded(row.source), ())
    if len(found) != 1:
        raise InputError(
            f"a segment of {row.document} stands in the source {len(found)} times",
            file=file,
            line=row.line,
            found=", ".join(f"line {position + 1}" for position in found) or "no such line",
            expected="once: the row does not number its segment",
        )
    return found[0]


def _check_blocks(names: Sequence[str], file: str | Path) -> None:
    """A document's segments stand one after the other."""
    last: dict[str, int] = {}
    for position, document in enumerate(names):
        if document and last.get(document, position - 1) != position - 1:
            raise InputError(
                f"the segments of {document} do not stand one after the other in the source",
                file=file,
                found=f"lines {last[document] + 1} and {position + 1}",
            )
        last[document] = position


def _annotated(
    test_set: TestSet,
    rows: Sequence[QeRow],
    lines: Sequence[int],
    file: str | Path,
    without_texts: Collection[str],
    labels: Mapping[str, str] | None,
) -> tuple[TestSet, list[str]]:
    """``test_set`` with the annotations of ``rows``, which stand at ``lines``; and notes."""
    join = Join(test_set, "segment", file)
    category, subcategory = category_of(LABEL, labels={LABEL: "other", **(labels or {})})
    first_rows: dict[tuple[str, str, str], int] = {}
    spans: list[tuple[object, ...]] = []
    left_out: dict[str, int] = {}
    lost = empty = 0
    for row, position in zip(rows, lines, strict=True):
        if row.system not in join.systems:
            if row.system not in without_texts:
                raise unknown_name("system", row.system, join.systems, file=file, line=row.line)
            left_out[row.system] = left_out.get(row.system, 0) + 1
            continue
        segment_id = str(position + 1)
        lost += not row.rater
        key = (row.system, segment_id, row.rater or UNKNOWN_RATER)
        if first_rows.setdefault(key, row.line) != row.line:
            raise InputError(
                f"the rater {key[2]!r} annotated segment {segment_id} of {row.system!r} twice",
                file=file,
                line=row.line,
                found=f"line {first_rows[key]} is such an annotation already",
            )
        nothing = row.target == EMPTY and not has_text(
            join.hypotheses.get((row.system, segment_id), EMPTY)
        )
        empty += nothing
        seen = "" if nothing else row.target
        target = join.target(_as_marot(row, segment_id), segment_id, seen)
        for error, (start, end, severity) in enumerate(row.errors):
            placed = (None, None) if nothing else remap(row.target, target, start, end)
            what = (error, category, subcategory, severity, LABEL, "target", *placed)
            spans.append((test_set.name, *key, *what))
    frame = table([(test_set.name, *key) for key in first_rows], ANNOTATIONS)
    error_spans = table(spans, ERROR_SPANS)
    notes = [annotated(frame, error_spans), *join.notes()]
    notes.append(
        "the errors have severities but no categories, and those marked in the source are absent"
    )
    if lost:
        notes.append(
            f"{lost:,} annotations lost their rater in the file and count as one, {UNKNOWN_RATER!r}"
        )
    if empty:
        notes.append(
            f"annotations of an empty translation, which raters saw as {EMPTY}: {empty:,}; their"
            " errors have no span"
        )
    if left_out:
        notes.append(
            f"{sum(left_out.values()):,} annotations left out: there are no texts of"
            f" {', '.join(sorted(left_out))}"
        )
    return replace(test_set, annotations=frame, error_spans=error_spans), notes


def _as_marot(row: QeRow, segment_id: str) -> Row:
    place = (row.line, row.system, row.document, row.number, segment_id, row.rater)
    return Row(*place, row.source, row.target, LABEL, "")

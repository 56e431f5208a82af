"""A WMT general task: full texts one segment a line, with MQM annotations of some documents.

The annotations name their segments by document and number, the texts by line alone. Where each
document begins in the texts is found by its source text: all its annotated segments must match
there, in consecutive lines, and nowhere else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from harness.errors import InputError
from harness.readers import marot, plain_text
from harness.readers.assembly import gaps
from harness.readers.lines import data_file, without_space
from harness.readers.spans import unmark
from harness.tables import HYPOTHESES, REFERENCES, SEGMENTS, TestSet, conform

__all__ = ["read"]


class _Segment(NamedTuple):
    """An annotated segment: its identifier, its source without white space, its first row."""

    segment_id: str
    source: str
    line: int


#: Document -> number in the document -> segment.
_Documents = Mapping[str, Mapping[int, _Segment]]


def read(
    name: str,
    source: str | Path,
    references: plain_text.Files,
    systems: plain_text.Files,
    mqm: str | Path,
    domain: str = "news",
    labels: Mapping[str, str] | None = None,
) -> TestSet:
    """Read the annotated segments of one domain, with all references and systems.

    The segments are those that ``mqm`` annotates in documents called ``<domain>_…``; their
    identifiers are its globalSegId, their texts and their order those of the full texts.
    Annotations of other domains are left out and counted in the notes. The segments annotated in
    a document must be numbered from 1 without a gap.

    Parameters
    ----------
    source, references, systems, domain, labels
        As for :func:`harness.readers.plain_text.read`.
    mqm
        A Marot TSV (see :mod:`harness.readers.marot_rows`) with doc, docSegId and globalSegId.

    Raises
    ------
    InputError
        What :func:`plain_text.read` and :func:`marot.read_annotations` raise; or a document is not
        found in the source, or in several places.
    """
    full = plain_text.read(name, source, references, systems, domain=domain)
    every = list(marot.read_rows(mqm))
    rows = [row for row in every if row.document.startswith(f"{domain}_")]
    documents = _documents(rows, mqm)
    if not documents:
        raise InputError(
            f"no document of the domain {domain!r} is annotated",
            file=mqm,
            expected=f"documents called {domain}_…",
        )
    chosen = _chosen(full, documents, mqm)
    found = marot.read_annotations(rows, chosen, by="document", labels=labels, file=mqm)
    count = len(chosen.segments)
    notes = [
        f"{count:,} of {count:,} annotated segments found in the full text by document, number"
        f" and source text ({len(full.segments):,} lines, {len(documents):,} documents)",
        *found.notes,
    ]
    if len(rows) < len(every):
        notes.append(f"{len(every) - len(rows):,} rows of other domains than {domain} left out")
    return replace(
        chosen,
        annotations=found.annotations,
        error_spans=found.error_spans,
        files=(*full.files, data_file(mqm)),
        notes=(*notes, *gaps(chosen, full.reference_names)),
    )


def _documents(rows: Iterable[marot.Row], file: str | Path) -> _Documents:
    """The annotated segments of ``rows`` by document and number.

    Raises
    ------
    InputError
        A number is none, one place has two identifiers or one identifier two places, or a
        document's numbers do not run from 1 without a gap.
    """
    documents: dict[str, dict[int, _Segment]] = defaultdict(dict)
    places: dict[str, tuple[str, str]] = {}
    for row in rows:
        if places.setdefault(row.segment, (row.document, row.number)) != (row.document, row.number):
            raise InputError(
                f"the segment {row.segment!r} stands in two places",
                file=file,
                line=row.line,
                found=f"segment {row.number} of {row.document}",
                expected="segment {1} of {0}, as before".format(*places[row.segment]),
            )
        if not (row.number.isdecimal() and row.segment.strip()):
            raise InputError(
                "the row does not number its segment",
                file=file,
                line=row.line,
                found=f"docSegId {row.number!r}, globalSegId {row.segment!r}",
                expected="two numbers, counted from 1",
            )
        segments = documents[row.document]
        number = int(row.number)
        if number not in segments:
            text, _ = unmark(row.source, file=file, line=row.line)
            segments[number] = _Segment(row.segment, without_space(text), row.line)
        elif segments[number].segment_id != row.segment:
            raise InputError(
                f"the segment {number} of {row.document} has two identifiers",
                file=file,
                line=row.line,
                found=row.segment,
                expected=f"{segments[number].segment_id}, as in line {segments[number].line}",
            )
    for document, segments in documents.items():
        absent = set(range(1, len(segments) + 1)) - set(segments)
        if absent:
            raise InputError(
                f"the annotated segments of {document} do not run from 1 without a gap",
                file=file,
                found=", ".join(str(n) for n in sorted(segments)),
                expected=f"segment {min(absent)} too",
            )
    return documents


def _chosen(full: TestSet, documents: _Documents, file: str | Path) -> TestSet:
    """The annotated segments of the full test set, under their identifiers and documents."""
    sources = [without_space(text) for text in full.segments["source"]]
    positions: dict[str, list[int]] = defaultdict(list)
    for position, text in enumerate(sources):
        positions[text].append(position)
    identifiers: dict[str, str] = {}
    names: list[str] = [""] * len(sources)
    for document, segments in documents.items():
        first = _first_line(document, segments, sources, positions, file)
        for number, segment in segments.items():
            position = first + number - 1
            if names[position]:
                raise InputError(
                    f"the documents {names[position]} and {document} are the same text",
                    file=file,
                    line=segment.line,
                    found=f"line {position + 1} of the source",
                )
            names[position] = document
            identifiers[str(position + 1)] = segment.segment_id

    def rename(frame: pd.DataFrame) -> pd.DataFrame:
        kept = frame[frame["segment_id"].isin(identifiers)]
        return kept.assign(segment_id=kept["segment_id"].map(identifiers))

    segments_table = rename(full.segments.assign(document=names))
    return replace(
        full,
        segments=conform(segments_table, SEGMENTS),
        references=conform(rename(full.references), REFERENCES),
        hypotheses=conform(rename(full.hypotheses), HYPOTHESES),
    )


def _first_line(
    document: str,
    segments: Mapping[int, _Segment],
    sources: Sequence[str],
    positions: Mapping[str, Sequence[int]],
    file: str | Path,
) -> int:
    """The position in ``sources`` of the document's first segment: the only one from which all
    its segments match."""

    def matching(first: int) -> int:
        """How many segments match from ``first``."""
        return sum(
            0 <= first + number - 1 < len(sources) and sources[first + number - 1] == segment.source
            for number, segment in segments.items()
        )

    candidates = {
        position - number + 1
        for number, segment in segments.items()
        for position in positions.get(segment.source, ())
    }
    best = max(candidates, key=lambda first: (matching(first), -first), default=None)
    if best is None or matching(best) < len(segments):
        at = best if best is not None else 0
        number, segment = next(
            (n, s)
            for n, s in sorted(segments.items())
            if not 0 <= at + n - 1 < len(sources) or sources[at + n - 1] != s.source
        )
        raise InputError(
            f"the document {document} is not in the source",
            file=file,
            line=segment.line,
            found=f"its segment {number} is not line {at + number} of the source"
            if best is not None
            else "none of its segments is a line of the source",
            expected=f"{len(segments)} consecutive lines, the same as the annotated sources but"
            " for white space",
            remedy="the annotations must be of this source text",
        )
    found = sorted(first for first in candidates if matching(first) == len(segments))
    if len(found) > 1:
        raise InputError(
            f"the document {document} stands in the source {len(found)} times",
            file=file,
            line=segments[min(segments)].line,
            found=", ".join(f"from line {first + 1}" for first in found),
            expected="once",
        )
    return best

"""A WMT general task: full texts one segment per line, with MQM annotations of some documents.

The annotations name their segments by document and number, the texts by line alone:
:mod:`harness.test_sets.readers.placement` finds where each document begins in the texts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

import pandas as pd

from harness.errors import InputError, unknown_name
from harness.support.formatting import listed
from harness.tables import HYPOTHESES, REFERENCES, SEGMENTS, FullTexts, TestSet, conform
from harness.test_sets.readers import marot, plain_text
from harness.test_sets.readers.assembly import gaps
from harness.test_sets.readers.domains import chosen_domains
from harness.test_sets.readers.lines import data_file, without_space
from harness.test_sets.readers.placement import Place, first_line, lines_of, named_blocks
from harness.test_sets.readers.spans import unmark

__all__ = ["read"]


class _Segment(NamedTuple):
    """An annotated segment: its identifier and its place in the annotation file."""

    segment_id: str
    place: Place


#: Document -> number in the document -> segment.
_Documents = Mapping[str, Mapping[int, _Segment]]

_LINES = ("annotated", "all")


def read(
    name: str,
    source: str | Path,
    references: plain_text.Files,
    systems: plain_text.Files,
    mqm: str | Path,
    domain: str | Sequence[str] = "news",
    labels: Mapping[str, str] | None = None,
    lines: Literal["annotated", "all"] = "annotated",
) -> TestSet:
    """Read the segments of one or several domains that are annotated, or all, with all references
    and systems.

    The annotated segments are those that ``mqm`` annotates in documents called ``<domain>_…``;
    their texts and their order are those of the full texts. Annotations of other domains are left
    out and counted in the notes. The segments annotated in a document must be numbered from 1
    without a gap.

    Parameters
    ----------
    source, references, systems, labels
        As for :func:`harness.test_sets.readers.plain_text.read`.
    domain
        A domain, or a list of them.
    mqm
        A Marot TSV (see :mod:`harness.test_sets.readers.marot_rows`) with doc, docSegId and
        globalSegId.
    lines
        'annotated': the annotated segments only, called by their globalSegId. 'all': every line of
        the texts, called by its number from 1. Nothing is known of a line without annotation: its
        domain is 'unknown', and each run of such lines counts as one document
        ``unknown:FIRST-LAST``; the notes count them.

    Raises
    ------
    InputError
        What :func:`plain_text.read` and :func:`marot.read_annotations` raise; or a document is not
        found in the source, or in several places.
    """
    if lines not in _LINES:
        raise unknown_name("choice of lines", str(lines), _LINES)
    domains = chosen_domains(domain, None, mqm) or []
    full = plain_text.read(name, source, references, systems, domain=", ".join(domains))
    read_rows = marot.read_rows(mqm)
    every = list(read_rows)
    rows = [row for row in every if _domain_of(row.document, domains)]
    documents = _documents(rows, mqm)
    if not documents:
        raise InputError(
            f"no document of the domain {listed(map(repr, domains), 'or')} is annotated",
            file=mqm,
            expected=f"documents called {listed((f'{one}_…' for one in domains), 'or')}",
        )
    chosen = _chosen(full, documents, mqm, domains, every=lines == "all")
    found = marot.read_annotations(rows, chosen, by="document", labels=labels, file=mqm)
    count = sum(len(segments) for segments in documents.values())
    notes = [
        f"{count:,} of {count:,} annotated segments found in the full text by document, number"
        f" and source text ({len(full.segments):,} lines, {len(documents):,} documents)",
        *read_rows.notes,
        *found.notes,
    ]
    unknown = len(chosen.segments) - count
    if unknown:
        blocks = chosen.segments["document"].nunique() - len(documents)
        notes.append(
            f"{unknown:,} of {len(chosen.segments):,} segments are not annotated, so their domains"
            f" and documents are not known; the {blocks:,} runs of them count as documents"
        )
    if len(rows) < len(every):
        notes.append(
            f"{len(every) - len(rows):,} rows of other domains than {listed(domains)} left out"
        )
    return replace(
        chosen,
        annotations=found.annotations,
        error_spans=found.error_spans,
        files=(*full.files, data_file(mqm)),
        notes=(*notes, *gaps(chosen, full.reference_names)),
    )


def _domain_of(document: str, domains: Sequence[str]) -> str:
    """Which of ``domains`` a document called ``<domain>_…`` is of, the longest that fits; '': none
    of them."""
    return max((one for one in domains if document.startswith(f"{one}_")), key=len, default="")


def _documents(rows: Iterable[marot.Row], file: str | Path) -> _Documents:
    """The annotated segments of ``rows`` by document and number.

    Raises
    ------
    InputError
        A number is none, or one place has two identifiers or one identifier two places.
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
            text = without_space(unmark(row.source).text)
            segments[number] = _Segment(row.segment, Place(text, row.line))
        elif segments[number].segment_id != row.segment:
            raise InputError(
                f"the segment {number} of {row.document} has two identifiers",
                file=file,
                line=row.line,
                found=row.segment,
                expected=f"{segments[number].segment_id}, as in line {segments[number].place.line}",
            )
    return documents


def _chosen(
    full: TestSet, documents: _Documents, file: str | Path, wanted: Sequence[str], *, every: bool
) -> TestSet:
    """The annotated segments of the full test set, under their identifiers and documents; or
    every segment, under its line."""
    sources = [without_space(text) for text in full.segments["source"]]
    positions = lines_of(sources)
    identifiers: dict[str, str] = {}
    names: list[str] = [""] * len(sources)
    for document, segments in documents.items():
        places = {number: segment.place for number, segment in segments.items()}
        first = first_line(document, places, sources, positions, file)
        for number, segment in segments.items():
            position = first + number - 1
            if names[position]:
                raise InputError(
                    f"the documents {names[position]} and {document} are the same text",
                    file=file,
                    line=segment.place.line,
                    found=f"line {position + 1} of the source",
                )
            names[position] = document
            identifiers[str(position + 1)] = segment.segment_id
    domains = [_domain_of(document, wanted) or "unknown" for document in names]
    if every:
        frame = full.segments.assign(document=named_blocks(names), domain=domains)
        return replace(full, segments=conform(frame, SEGMENTS))

    def rename(frame: pd.DataFrame) -> pd.DataFrame:
        kept = frame[frame["segment_id"].isin(identifiers)]
        return kept.assign(segment_id=kept["segment_id"].map(identifiers))

    segments_table = rename(full.segments.assign(document=names, domain=domains))
    kept = tuple(i for i, document in enumerate(names) if document)
    return replace(
        full,
        cut_from=FullTexts(len(names), kept),
        segments=conform(segments_table, SEGMENTS),
        references=conform(rename(full.references), REFERENCES),
        hypotheses=conform(rename(full.hypotheses), HYPOTHESES),
    )

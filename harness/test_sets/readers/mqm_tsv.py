"""A test set from an MQM annotation file alone: its rows hold the texts too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from harness.errors import InputError
from harness.support.formatting import plural
from harness.tables import TestSet
from harness.test_sets.readers import marot
from harness.test_sets.readers.assembly import assemble, gaps, roles_of
from harness.test_sets.readers.lines import data_file, has_text, without_space
from harness.test_sets.readers.marot_rows import Row
from harness.test_sets.readers.plain_text import Files, read_references
from harness.test_sets.readers.spans import unmark
from harness.test_sets.taxonomy import is_dropped

__all__ = ["read"]

_NUMBER = re.compile(r"[0-9]{1,9}")


class _Key(NamedTuple):
    """What tells segments apart: document, number in it, number in the whole, folded source."""

    document: str
    number: str
    segment: str
    source: str


def read(
    name: str,
    file: str | Path,
    references: Files | None = None,
    domain: str = "news",
    human_systems: Iterable[str] = (),
    labels: Mapping[str, str] | None = None,
    strict: bool = False,
) -> TestSet:
    """Read an annotation file (see :mod:`harness.test_sets.readers.marot_rows`) as a whole test
    set.

    A segment is a source text at one place: one document, docSegId and globalSegId. It is called
    by its globalSegId where these tell all segments apart, otherwise "1", "2", … in order.
    Documents are in the order of the file, segments within one by docSegId where those are
    numbers. A system's translation is the one in its first row; where later rows write it
    otherwise (white space, quotation marks), their spans are moved to it. A segment that no row of
    a system has is missing there.

    Parameters
    ----------
    name
        Name of the test set; also of the document where the file names none.
    file
        The file: .tsv, .tsv.gz, or the first .tsv of a .tar.gz.
    references
        Reference texts, one segment per line in this order: name -> file.
    domain
        The domain of all documents.
    human_systems
        Those of the systems that are human translations.
    labels
        The user's own labels: see :func:`harness.test_sets.taxonomy.category_of`.
    strict
        Whether what can be read only with a note (marks that do not pair up, repeated rows,
        doubtful quotation marks) is refused.

    Raises
    ------
    InputError
        What :func:`marot.read_rows` and :func:`marot.read_annotations` raise; two texts stand at
        one place; a system or a source is blank; there are no rows; a reference has another number
        of lines.
    """
    read_rows = marot.read_rows(file, strict=strict)
    rows = list(read_rows)
    # The translation in an attention check holds a planted error: it is not the system's.
    real = [row for row in rows if not is_dropped(row.category, row.severity)]
    if not real:
        raise InputError("the file holds no annotations", file=file, expected="one row an error")
    segments, hypotheses = _texts(real, file)
    ordered = _ordered(list(segments))
    ids = _identifiers(ordered)
    sources = [segments[key] for key in ordered]
    origin = f"the annotated segments of {file}"
    systems = list(dict.fromkeys(system for system, _ in hypotheses))
    reference_files = {str(k): path for k, path in (references or {}).items() if path is not None}
    test_set = assemble(
        name,
        ids=[ids[key] for key in ordered],
        documents=[key.document or name for key in ordered],
        domains=[domain] * len(ordered),
        sources=sources,
        references=read_references(reference_files, origin, sources),
        hypotheses={s: [hypotheses.get((s, key)) for key in ordered] for s in systems},
        roles=roles_of(dict.fromkeys(human_systems, "human"), systems),
    )
    placed = (row._replace(segment=ids.get(_key(row), row.segment)) for row in rows)
    found = marot.read_annotations(
        placed, test_set, by="segment", labels=labels, file=file, strict=strict
    )
    return replace(
        test_set,
        annotations=found.annotations,
        error_spans=found.error_spans,
        card={"title": name, "domain": domain},
        files=tuple(data_file(path) for path in (file, *reference_files.values())),
        notes=(
            f"{plural(len(ordered), 'segment')} and {plural(len(systems), 'system')}, as the"
            " annotations name them",
            *read_rows.notes,
            *found.notes,
            *gaps(test_set),
        ),
    )


def _identifiers(keys: list[_Key]) -> dict[_Key, str]:
    """Their globalSegIds where these tell all segments apart, else their places, from 1."""
    numbers = [key.segment.strip() for key in keys]
    named = all(numbers) and len(set(numbers)) == len(numbers)
    return {key: numbers[i] if named else str(i + 1) for i, key in enumerate(keys)}


def _key(row: Row) -> _Key:
    source = without_space(unmark(row.source).text)
    return _Key(row.document, row.number, row.segment, source)


def _texts(
    rows: Iterable[Row], file: str | Path
) -> tuple[dict[_Key, str], dict[tuple[str, _Key], str]]:
    """The source of each segment and each system's translation of it, as first written."""
    segments: dict[_Key, str] = {}
    hypotheses: dict[tuple[str, _Key], str] = {}
    places: dict[tuple[str, str, str], int] = {}
    for row in rows:
        key = _key(row)
        if not has_text(row.system) or not key.source:
            raise InputError(
                f"the {'source' if has_text(row.system) else 'system'} is blank",
                file=file,
                line=row.line,
            )
        if key not in segments and row.number.strip():
            first = places.setdefault(key[:3], row.line)
            if first != row.line:
                raise InputError(
                    "two source texts stand at one place",
                    file=file,
                    line=row.line,
                    found=f"segment {row.number} of {row.document or 'the file'} has another text"
                    f" in line {first}",
                    expected="one source text for each document and docSegId",
                )
        segments.setdefault(key, unmark(row.source).text)
        hypotheses.setdefault((row.system, key), unmark(row.target).text)
    return segments, hypotheses


def _ordered(keys: list[_Key]) -> list[_Key]:
    """``keys`` by document (as first seen), within one by number where all are numbers."""
    documents = {document: i for i, document in enumerate(dict.fromkeys(k.document for k in keys))}
    plain = Counter(k.document for k in keys if not _NUMBER.fullmatch(k.number))
    return sorted(
        keys, key=lambda k: (documents[k.document], 0 if plain[k.document] else int(k.number))
    )

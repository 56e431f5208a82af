"""JSON Lines: a test set as files that a person can read and correct.

``segments.jsonl`` holds one object per line::

    {"segment_id": "1", "document": "d", "domain": "news", "source": "…",
     "references": {"refA": "…"}, "hypotheses": {"system": "…"}}

``document`` and ``domain`` may be left out; so may a reference or hypothesis, which is then
missing. An empty text is a real, empty translation. The first line may instead say, for the whole
file, the order of the references and the roles of the systems (and so their order)::

    {"references": ["refA", "refB"], "roles": {"system": "system", "translator": "human"}}

Both keys are optional. Without them the order is that of first appearance, and every system has the
role "system". The other files, all optional, are described where they are read:
``annotations.jsonl`` (:mod:`harness.test_sets.readers.jsonl_annotations`), ``ratings.jsonl`` and
``scores.jsonl`` (:mod:`harness.test_sets.readers.jsonl_numbers`), ``phenomena.jsonl``
(:mod:`harness.test_sets.readers.jsonl_phenomena`), ``test_set.json``
(:mod:`harness.test_sets.readers.jsonl_record`). :func:`harness.test_sets.writers.jsonl.write`
writes them all. docs/formats.md shows them side by side.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from harness.errors import InputError, unknown_name
from harness.tables import ROLES, TestSet
from harness.test_sets.readers import jsonl_annotations, jsonl_numbers, jsonl_phenomena
from harness.test_sets.readers.assembly import annotated, assemble, gaps
from harness.test_sets.readers.json_lines import JsonObject, read_objects
from harness.test_sets.readers.jsonl_record import Record, read_record
from harness.test_sets.readers.lines import data_file

__all__ = ["FILES", "RECORD", "read", "read_reference"]

#: The files of an exported test set, by parameter of :func:`read`.
FILES = {
    "segments": "segments.jsonl",
    "annotations": "annotations.jsonl",
    "ratings": "ratings.jsonl",
    "scores": "scores.jsonl",
    "phenomena": "phenomena.jsonl",
}
RECORD = "test_set.json"

_REQUIRED = ("segment_id", "source")
_OPTIONAL = ("document", "domain", "references", "hypotheses")
_HEADER = ("references", "roles")


def read(
    name: str | None = None,
    segments: str | Path | None = None,
    annotations: str | Path | None = None,
    domain: str = "news",
    labels: Mapping[str, str] | None = None,
    ratings: str | Path | None = None,
    scores: str | Path | None = None,
    phenomena: str | Path | None = None,
    path: str | Path | None = None,
) -> TestSet:
    """Read a test set from its files, or from the folder ``path`` that holds them.

    Parameters
    ----------
    name
        Name of the test set; null: that in the folder's test_set.json, else 'jsonl'.
    segments, annotations, ratings, scores, phenomena
        The files. In a folder, those that are there under their usual names are read; a file given
        here is read in the place of the folder's.
    domain
        The domain of lines without one. A line without a document belongs to a document
        called as the test set.
    labels
        The user's own labels for error categories.
    path
        A folder as :func:`harness.test_sets.writers.jsonl.write` makes it. While its files are what
        was exported, the test set is equal to that which was written, with its card, notes and the
        files it was once read from. If one was changed since, the notes say which, and the files
        are those of the folder.

    Raises
    ------
    InputError
        A line is not a JSON object of the form above, a segment occurs twice, there is no segment
        or no system, or something does not match the segments (with file and line); the folder
        lacks a file that its test_set.json lists.
    """
    given = {
        key: Path(file)
        for key, file in (
            ("segments", segments),
            ("annotations", annotations),
            ("ratings", ratings),
            ("scores", scores),
            ("phenomena", phenomena),
        )
        if file is not None
    }
    record, files = None, given
    if path is not None:
        record, files = _folder(Path(path), given)
    if "segments" not in files:
        raise InputError(
            "there are no segments to read" if path is None else f"there is no {FILES['segments']}",
            file=path,
            remedy="give test_set.segments=FILE, or test_set.path=FOLDER of an exported test set",
        )
    if name is None:
        name = record.name if record is not None else "jsonl"
    test_set, references = _segments(name, files["segments"], domain)
    notes = gaps(test_set, references)
    if "annotations" in files:
        found = jsonl_annotations.read(files["annotations"], test_set, labels)
        test_set = replace(test_set, annotations=found[0], error_spans=found[1])
        notes.append(annotated(*found))
    if "ratings" in files:
        kind = jsonl_numbers.RATINGS_FILE
        test_set = replace(
            test_set, given_ratings=jsonl_numbers.read(files["ratings"], test_set, kind)
        )
    if "scores" in files:
        kind = jsonl_numbers.SCORES_FILE
        test_set = replace(
            test_set, stored_scores=jsonl_numbers.read(files["scores"], test_set, kind)
        )
    if "phenomena" in files:
        marked = jsonl_phenomena.read(files["phenomena"], test_set)
        test_set = replace(test_set, phenomena=marked)
    return _with_origin(test_set, files, record, domain, notes)


def _folder(folder: Path, given: Mapping[str, Path]) -> tuple[Record | None, dict[str, Path]]:
    """The record of an exported test set, if it has one, and the files to read."""
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
        raise InputError(
            "this is not the folder of an exported test set, or it may not be read",
            file=folder,
            expected=f"a folder with {FILES['segments']}",
        )
    names = {path.name for path in folder.iterdir()}  # a listing: a run that is kept notes it
    record = read_record(folder / RECORD) if RECORD in names else None
    files = dict(given)
    for key, file in FILES.items():
        if key in given:
            continue
        if file in names:
            files[key] = folder / file
        elif record is not None and file in record.files:
            raise InputError(
                f"the exported test set lacks {file}",
                file=folder,
                expected=f"the files that {RECORD} lists: {', '.join(record.files)}",
                remedy="export it again",
            )
    return record, files


def _with_origin(
    test_set: TestSet,
    files: Mapping[str, Path],
    record: Record | None,
    domain: str,
    notes: Sequence[str],
) -> TestSet:
    """``test_set`` with card, files and notes: those of the record, as far as they still hold."""
    if record is not None:
        changed = record.changed({FILES[key]: file for key, file in files.items()})
        if not changed:
            return replace(
                test_set,
                card=record.card,
                files=record.read_from,
                notes=record.notes,
                cut_from=record.cut_from,
            )
        since = (
            f"not as it was exported: {', '.join(changed)}; what the other notes count may have"
            " changed with it"
        )
        notes = [since, *record.notes]
    return replace(
        test_set,
        card={"title": test_set.name, "domain": domain} if record is None else record.card,
        files=tuple(data_file(file) for file in files.values()),
        notes=tuple(notes),
    )


class _Texts:
    """Texts by name, as they come: a text for each segment, None where one is missing."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str | None]] = {}

    def add(self, position: int, found: Mapping[str, str]) -> None:
        for name, text in found.items():
            own = self.texts.setdefault(name, [])
            own.extend([None] * (position - len(own)))
            own.append(text)

    def named(self, names: Sequence[str], total: int) -> dict[str, list[str | None]]:
        """The texts of the names, in order."""
        return {
            name: own + [None] * (total - len(own))
            for name in names
            for own in [self.texts.get(name, [])]
        }


def _segments(name: str, path: Path, domain: str) -> tuple[TestSet, list[str]]:
    """The test set of a segments.jsonl, and its references in order."""
    header: JsonObject | None = None
    first_lines: dict[str, int] = {}
    documents: list[str] = []
    domains: list[str] = []
    sources: list[str] = []
    references, hypotheses = _Texts(), _Texts()
    known: dict[str, str] = {}  # one object for each name of a document or domain
    for number, item in enumerate(read_objects(path, "the segment")):
        if _is_header(item):
            if number:
                item.fail("the references and roles of the file belong in its first line")
            header = item
            continue
        item.keys(_REQUIRED, _OPTIONAL)
        segment_id = item.text("segment_id", blank=False)
        if segment_id in first_lines:
            item.fail(
                f"the segment {segment_id!r} occurs twice",
                found=f"it stood in line {first_lines[segment_id]} already",
                expected="a segment_id of its own for each line",
            )
        position = len(first_lines)
        first_lines[segment_id] = item.line
        sources.append(item.text("source"))
        for names, key, default in ((documents, "document", name), (domains, "domain", domain)):
            text = item.text(key, default, blank=False)
            names.append(known.setdefault(text, text))
        references.add(position, item.texts("references"))
        hypotheses.add(position, item.texts("hypotheses"))
    if not first_lines:
        raise InputError("the file has no segments", file=path, expected="one object per line")
    order, roles = _header(header, list(references.texts), list(hypotheses.texts))
    if not roles:
        raise InputError(
            f"the test set {name!r} has no systems",
            file=path,
            expected='"hypotheses": {"name of the system": "its translation"} in each line',
        )
    test_set = assemble(
        name,
        ids=list(first_lines),
        documents=documents,
        domains=domains,
        sources=sources,
        references=references.named(order, len(sources)),
        hypotheses=hypotheses.named(list(roles), len(sources)),
        roles=roles,
    )
    return test_set, order


def _is_header(item: JsonObject) -> bool:
    return "roles" in item.values or ("references" in item.values and len(item.values) == 1)


def _header(
    header: JsonObject | None,
    used: Sequence[str],
    systems: Sequence[str],
) -> tuple[list[str], dict[str, str]]:
    """The references in order, and the systems in order with their roles; given those that the
    segments have, in the order of first appearance."""
    if header is None:
        return list(used), dict.fromkeys(systems, "system")
    header = replace(header, what="the first line")
    header.keys((), _HEADER)
    listed = header.values.get("references", [])
    if not isinstance(listed, list) or not all(isinstance(key, str) for key in listed):
        header.fail("the references of the first line are not a list of names")
    roles = header.texts("roles")
    for kind, names, known in (("reference", listed, used), ("system", list(roles), systems)):
        for key in names:
            if key not in known:
                raise unknown_name(kind, key, known, file=header.file, line=header.line)
    for role in roles.values():
        if role not in ROLES:
            raise unknown_name("role", role, ROLES, file=header.file, line=header.line)
    return (
        list(dict.fromkeys([*listed, *used])),
        {key: roles.get(key, "system") for key in dict.fromkeys([*roles, *systems])},
    )


def read_reference(path: str | Path, ids: Iterable[str]) -> dict[str, str]:
    """A reference as JSON Lines: ``{"segment_id": "1", "reference": "…"}`` a line.

    Returns segment -> text; a segment without a line is missing.

    Raises
    ------
    InputError
        A line has another form, an unknown segment, or one that stood before.
    """
    known = set(ids)
    texts: dict[str, str] = {}
    for item in read_objects(path, "the line"):
        item.keys(("segment_id", "reference"))
        segment_id = item.text("segment_id")
        if segment_id not in known:
            raise unknown_name("segment", segment_id, known, file=item.file, line=item.line)
        if segment_id in texts:
            item.fail(f"the segment {segment_id!r} occurs twice")
        texts[segment_id] = item.text("reference")
    return texts

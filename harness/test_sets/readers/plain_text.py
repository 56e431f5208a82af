"""Plain text: one file for the source, each reference and each system; one segment per line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from harness.errors import InputError
from harness.tables import TestSet
from harness.test_sets.readers import marot
from harness.test_sets.readers.assembly import assemble, gaps, roles_of
from harness.test_sets.readers.lines import data_file, has_text, read_plain, read_texts

__all__ = ["read", "reference_texts"]

Files = Mapping[str, str | Path | None]


def read(
    name: str,
    source: str | Path,
    references: Files,
    systems: Files,
    documents: str | Path | None = None,
    domain: str = "news",
    mqm: str | Path | None = None,
    labels: Mapping[str, str] | None = None,
    roles: Mapping[str, str] | None = None,
    language_pair: str | None = None,
    strict: bool = False,
) -> TestSet:
    """Read a test set from text files that have as many lines as the source.

    The segments are called "1", "2", … by their lines. A blank line of a system is an empty
    translation; a blank line of a reference means that the reference lacks the segment (unless
    the source is blank too), which the notes count.

    Parameters
    ----------
    name
        Name of the test set.
    source
        The source text.
    references, systems
        Name -> file. A name whose file is null is left out. ``references`` may be empty.
    documents
        A file with the name of each segment's document; null: all is one document.
    domain
        The domain of all documents.
    mqm
        Annotations of the systems as a Marot TSV (see :mod:`harness.test_sets.readers.marot_rows`)
        whose globalSegId is the line number.
    labels
        The user's own labels for error categories -> canonical ones.
    roles
        Role of a system, where it is not 'system': 'human' or 'injected'.
    language_pair
        For example en-zh; null: see :func:`harness.scoring.surroundings.languages_of`.
    strict
        Whether annotations that can be read only with a note are refused: see
        :func:`harness.test_sets.readers.marot.read_annotations`.

    Raises
    ------
    InputError
        A file is absent, not UTF-8, or has another number of lines than the source; there is no
        system; an annotation does not fit.
    """
    sources = list(read_plain(source))
    if not sources:
        raise InputError("the source has no lines", file=source, expected="one segment per line")
    if not any(systems.values()):
        raise InputError(
            f"the test set {name!r} has no systems",
            expected="the file of at least one system's translations",
            remedy="add test_set.systems.NAME=FILE (a file called null: ./null)",
        )
    reference_files, system_files = _given(references), _given(systems)
    test_set = assemble(
        name,
        ids=[str(number) for number in range(1, len(sources) + 1)],
        documents=_documents(name, documents, source, sources),
        domains=[domain] * len(sources),
        sources=sources,
        references=read_references(reference_files, source, sources),
        hypotheses={key: read_texts(path, source, sources) for key, path in system_files.items()},
        roles=roles_of(roles or {}, list(system_files)),
    )
    notes = gaps(test_set, reference_files)
    files = [source, *reference_files.values(), *system_files.values()]
    files += [path for path in (documents, mqm) if path is not None]
    if mqm is not None:
        rows = marot.read_rows(mqm, strict=strict)
        found = marot.read_annotations(
            rows, test_set, by="segment", labels=labels, file=mqm, strict=strict
        )
        if not len(found.annotations):
            raise InputError("the file holds no annotations", file=mqm, expected="one row an error")
        notes += [*rows.notes, *found.notes]
        test_set = replace(test_set, annotations=found.annotations, error_spans=found.error_spans)
    return replace(
        test_set,
        card={"title": name, "domain": domain}
        | ({"language_pair": language_pair} if language_pair else {}),
        files=tuple(data_file(path) for path in files),
        notes=tuple(notes),
    )


def _documents(
    name: str, path: str | Path | None, source: str | Path, sources: list[str]
) -> list[str]:
    """The document of each segment; without a file, one that is called as the test set."""
    if path is None:
        return [name] * len(sources)
    names = read_texts(path, source, sources)
    for number, document in enumerate(names, start=1):
        if not has_text(document):
            raise InputError(
                "the document's name is blank",
                file=path,
                line=number,
                expected="the name of the document that the segment belongs to",
            )
    return names


def read_references(
    files: Mapping[str, str | Path], source: str | Path, sources: list[str]
) -> dict[str, list[str | None]]:
    """The texts of references by name, None where one lacks a segment; ``source`` is what the files
    must have as many lines as, for messages."""
    return {
        name: reference_texts(read_texts(path, source, sources), sources)
        for name, path in files.items()
    }


def reference_texts(texts: list[str], sources: list[str]) -> list[str | None]:
    """``texts`` with None for each blank one whose source is not blank: the reference lacks it."""
    return [
        text if has_text(text) or not has_text(source) else None
        for text, source in zip(texts, sources, strict=True)
    ]


def _given(files: Files) -> dict[str, str | Path]:
    """The files that are not null, by name."""
    return {str(name): path for name, path in files.items() if path is not None}

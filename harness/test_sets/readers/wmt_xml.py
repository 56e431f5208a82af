"""A test set in one XML file of the WMT general task (since 2021): source, references, systems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from harness.errors import InputError, unknown_name
from harness.support.formatting import listed
from harness.tables import TestSet
from harness.test_sets.readers.assembly import assemble, gaps, refuse_labels, roles_of
from harness.test_sets.readers.domains import Domains, chosen_domains
from harness.test_sets.readers.lines import data_file, has_text
from harness.test_sets.readers.wmt_xml_documents import Document, read_documents

__all__ = ["read"]


def read(
    name: str,
    file: str | Path,
    domain: Domains = None,
    testsuites: bool = False,
    references: Sequence[str] | None = None,
    human_systems: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
) -> TestSet:
    """Read a test set from one XML file.

    The segments are called "1", "2", … in the order of the file, over all documents that are kept;
    their order within a document is that of the source. A segment that a system or reference lacks
    is missing there; an empty segment of a reference is too (unless the source is empty), one of a
    system is an empty translation.

    Parameters
    ----------
    file
        The XML file.
    domain
        Keep the documents of this domain, or of these domains, only; null: all. A document that
        names none is of the domain 'unknown'.
    testsuites
        Whether to keep documents of test suites too; otherwise they are left out and counted.
    references
        The names of the references to keep, in this order; null: all, in the order of the file.
    human_systems
        Those of the systems that are human translations.
    labels
        The format has no error labels: none may be given.

    Raises
    ------
    InputError
        The file is no such XML (see :func:`read_documents`); nothing is left to read; a domain,
        reference or system is unknown.
    """
    refuse_labels(labels, name)
    every, notes = read_documents(file)
    documents = [d for d in every if testsuites or not d.testsuite]
    domains = chosen_domains(domain, {d.domain for d in documents}, file)
    kept = _of_domains(documents, domains, file)
    keys = [(d, number) for d in kept for number in d.source]
    systems = list(dict.fromkeys(s for d in kept for s in d.systems))
    if not systems:
        raise InputError(
            f"the test set {name!r} has no systems", file=file, expected='<hyp system="…">'
        )
    chosen = _chosen(references, list(dict.fromkeys(r for d in kept for r in d.references)), file)
    test_set = assemble(
        name,
        ids=[str(i) for i in range(1, len(keys) + 1)],
        documents=[d.name for d, _ in keys],
        domains=[d.domain for d, _ in keys],
        sources=[d.source[number] for d, number in keys],
        references={
            r: [_reference(d.references.get(r, {}).get(n), d.source[n]) for d, n in keys]
            for r in chosen
        },
        hypotheses={s: [d.systems.get(s, {}).get(n) for d, n in keys] for s in systems},
        roles=roles_of(dict.fromkeys(human_systems, "human"), systems),
    )
    for count, what in (
        (len(every) - len(documents), "of test suites"),
        (len(documents) - len(kept), f"of other domains than {listed(domains or [])}"),
    ):
        if count:
            notes.append(f"{count:,} of {len(every):,} documents left out: {what}")
    return replace(
        test_set,
        card={"title": name, "domain": ", ".join(dict.fromkeys(d.domain for d in kept))},
        files=(data_file(file),),
        notes=(*notes, *gaps(test_set, chosen)),
    )


def _of_domains(
    documents: list[Document], domains: list[str] | None, file: str | Path
) -> list[Document]:
    """The documents of the domains (None: all); at least one has segments."""
    kept = [d for d in documents if domains is None or d.domain in domains]
    if not any(d.source for d in kept):
        raise InputError("the file holds no segments", file=file, expected="<doc><src><p><seg>…")
    return kept


def _chosen(references: Sequence[str] | None, found: list[str], file: str | Path) -> list[str]:
    """The references to keep."""
    for reference in references or ():
        if reference not in found:
            raise unknown_name("reference", str(reference), found, file=file)
    return found if references is None else list(dict.fromkeys(references))


def _reference(text: str | None, source: str) -> str | None:
    """A reference's text; None where it lacks the segment."""
    return text if text is not None and (has_text(text) or not has_text(source)) else None

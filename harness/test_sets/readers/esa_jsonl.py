"""Error span annotations as JSON Lines that hold their texts: WMT24, WMT25 and Pearmut.

:mod:`harness.test_sets.readers.esa_records` describes the forms of a line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.errors import InputError, unknown_name
from harness.support.formatting import plural
from harness.tables import TestSet
from harness.test_sets.readers.assembly import assemble, gaps
from harness.test_sets.readers.esa_annotations import EsaAnnotation, with_annotations
from harness.test_sets.readers.esa_errors import Errors
from harness.test_sets.readers.esa_records import Judgement, Segment, segments_of
from harness.test_sets.readers.json_lines import read_objects
from harness.test_sets.readers.lines import data_file

__all__ = ["read"]

_REFERENCE = re.compile("ref[A-Z]?")


@dataclass
class _Place:
    """A segment, as all lines together tell of it."""

    first: Segment
    texts: dict[str, str]
    judgements: list[Judgement]


def read(
    name: str,
    file: str | Path | Sequence[str | Path],
    language_pair: str | None = None,
    references: Sequence[str] | None = None,
    domain: str = "unknown",
    labels: Mapping[str, str] | None = None,
) -> TestSet:
    """Read the texts and annotations of one language pair.

    A segment is called DOCUMENT_#_NUMBER. Documents are in the order of the file, the segments of
    one by their numbers. The scores become the rating ``esa``: see
    :func:`harness.test_sets.readers.esa_annotations.with_annotations`. A position outside its
    translation leaves the error without a span, and is counted. Pearmut's tutorials and attention
    checks (items with ``validation``) are not read.

    Parameters
    ----------
    name
        Name of the test set.
    file
        The file, or several.
    language_pair
        As the file writes it, e.g. en-zh (WMT24) or en-zh_CN (WMT25); null: the file has one.
    references
        The systems that are human translations, and references too; null: refA, refB and so on.
    domain
        The domain of lines that name none.
    labels
        A category for errors without one: ``{unspecified: …, missing: …}``; else 'other'.

    Raises
    ------
    InputError
        A line has none of the forms; the file holds several language pairs, or not the named one;
        a segment has two sources, or a system two translations of it; an annotation is of a system
        without a translation; a score or an error has another form; there is no annotation.
    """
    files = [file] if isinstance(file, str | Path) else list(file)
    left_out: Counter[str] = Counter()
    chosen = _of_languages(files, language_pair, left_out)
    places = _places(chosen)
    ordered = _ordered(list(places))
    test_set = _texts(name, {key: places[key] for key in ordered}, references, domain, files[0])
    found = [
        EsaAnnotation(j.system, f"{document}_#_{number}", j.rater, j.score, j.errors)
        for document, number in ordered
        for j in places[document, number].judgements
    ]
    if not found:
        raise InputError("the file holds no annotations", file=files[0])
    pearmut = any(isinstance(p.first.item.values.get("tgt"), dict) for p in places.values())
    errors = Errors(labels, tool="pearmut" if pearmut else "appraise", refuse_outside=False)
    test_set = with_annotations(test_set, found, errors)
    return replace(
        test_set,
        card={"title": name, "domain": ", ".join(dict.fromkeys(test_set.segments["domain"]))},
        files=tuple(data_file(path) for path in files),
        notes=(
            f"{plural(len(ordered), 'segment')} and {plural(len(test_set.roles), 'system')}, as the"
            " annotations hold them",
            *test_set.notes,
            *(f"{plural(n, what)} left out" for what, n in left_out.items()),
            *gaps(test_set),
        ),
    )


def _texts(
    name: str,
    places: Mapping[tuple[str, str], _Place],
    references: Sequence[str] | None,
    domain: str,
    file: str | Path,
) -> TestSet:
    """The texts of ``places``, in their order, without annotations."""
    names = list(dict.fromkeys(system for place in places.values() for system in place.texts))
    if references is None:
        references = [system for system in names if _REFERENCE.fullmatch(system)]
    for human in references:
        if human not in names:
            raise unknown_name("system", human, names, file=file)
    texts = {system: [place.texts.get(system) for place in places.values()] for system in names}
    return assemble(
        name,
        ids=[f"{document}_#_{number}" for document, number in places],
        documents=[document for document, _ in places],
        domains=[place.first.domain or domain for place in places.values()],
        sources=[place.first.source for place in places.values()],
        references={human: texts[human] for human in references},
        hypotheses=texts,
        roles=dict.fromkeys(references, "human"),
    )


def _of_languages(
    files: Sequence[str | Path], wanted: str | None, left_out: Counter[str]
) -> list[Segment]:
    """What the lines say of segments of the language pair."""
    chosen: list[Segment] = []
    pairs: dict[str, None] = {}
    for file in files:
        for item in read_objects(file, "the line"):
            for one in segments_of(item, left_out):
                pairs[one.languages] = None
                if wanted in (None, one.languages):
                    chosen.append(one)
                if wanted is None and len(pairs) > 1:
                    item.fail(
                        "the file holds several language pairs",
                        found=", ".join(pair or "(none)" for pair in pairs),
                        expected="one",
                        remedy=f"choose it, for example test_set.language_pair={one.languages}",
                    )
    if not chosen and wanted is not None:
        raise unknown_name("language pair", wanted, [p for p in pairs if p], file=files[0])
    if not chosen:
        raise InputError("the file has no segments", file=files[0], expected="one object per line")
    return chosen


def _places(segments: Sequence[Segment]) -> dict[tuple[str, str], _Place]:
    """The segments by document and number, with all that the lines say of each."""
    places: dict[tuple[str, str], _Place] = {}
    counts: dict[str, int] = {}
    for one in segments:
        number = one.number or str(counts.get(one.document, 0))
        counts[one.document] = counts.get(one.document, 0) + 1
        place = places.setdefault((one.document, number), _Place(one, {}, []))
        if place.first.source != one.source:
            one.item.fail(
                f"segment {number} of {one.document} has two sources",
                found=one.source[:100],
                expected=f"that of line {place.first.item.line}: {place.first.source[:100]}",
            )
        for system, text in one.texts.items():
            if place.texts.setdefault(system, text) != text:
                one.item.fail(
                    f"{system} has two translations of segment {number} of {one.document}",
                    found=text[:100],
                    expected=place.texts[system][:100],
                )
        for judgement in one.judgements:
            if judgement.system not in place.texts:
                raise unknown_name(
                    "system",
                    judgement.system,
                    place.texts,
                    file=one.item.file,
                    line=one.item.line,
                )
        place.judgements.extend(one.judgements)
    return places


def _ordered(keys: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The keys by document, as first seen, and within one by number."""
    documents = {document: i for i, document in enumerate(dict.fromkeys(d for d, _ in keys))}
    return sorted(keys, key=lambda key: (documents[key[0]], int(key[1])))

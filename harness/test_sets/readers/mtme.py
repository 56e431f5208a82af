"""The layout of mt-metrics-eval: texts one segment per line, a file of documents, files of scores
and of annotated errors.

https://github.com/google-research/mt-metrics-eval describes it. Its human ratings and its
metrics' scores are already higher-is-better (an MQM rating is minus the penalty).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.errors import InputError, unknown_name
from harness.tables import GIVEN_RATINGS, STORED_SCORES, FullTexts, TestSet
from harness.tables.schema import Schema
from harness.test_sets.readers.assembly import assemble, gaps, refuse_labels, roles_of
from harness.test_sets.readers.domains import Domains, chosen_domains, named
from harness.test_sets.readers.expressions import read_expressions
from harness.test_sets.readers.lines import data_file, has_text, read_lines, read_texts
from harness.test_sets.readers.plain_text import Files, reference_texts
from harness.test_sets.readers.score_files import read_scores, scores_table
from harness.test_sets.readers.segment_ratings import (
    cannot_be_rebuilt,
    rated_lines,
    read_segment_ratings,
)

__all__ = ["SOURCE_ALONE", "read"]

#: Stands in a score file's name in the place of the reference: the metric used none.
SOURCE_ALONE = "src"
_Text = TypeVar("_Text", str, str | None)
#: Files by what stands before system and segment in a table: a rating, or metric and reference.
_Keyed = dict[tuple[str, ...], str | Path]
_ENDING = ".seg.score"
_LINES = ("all", "annotated")
#: The rating that annotated errors give.
_ANNOTATED_RATING = "mqm"


def read(
    name: str,
    documents: str | Path,
    source: str | Path,
    references: Files,
    systems: Files,
    ratings: Files | None = None,
    scores: Files | Sequence[str | Path] | None = None,
    domain: Domains = None,
    human_systems: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
    expressions: str | Path | None = None,
    annotations: Files | None = None,
    lines: Literal["all", "annotated"] = "all",
) -> TestSet:
    """Read a test set with its ratings, annotations and stored scores, whole or in part.

    A segment's identifier is its line in the full set, counted from 1, also where one domain is
    read. A blank line of a system is an empty translation; a blank line of a reference means that
    it lacks the segment (unless the source is blank too).

    Parameters
    ----------
    documents
        ``domain<TAB>document`` per line, as many lines as the source.
    source, references, systems
        The source text; name -> file. A name whose file is null is left out.
    ratings
        Name of a kind of human rating (mqm, wmt-z) -> file of ``system<TAB>rating`` lines.
    scores
        Files of metrics' segment scores, called METRIC-REFERENCE.seg.score (the reference is src
        where the metric used none); or METRIC-REFERENCE -> file. Scores of systems that have no
        texts here are left out and counted.
    domain
        Keep the segments of this domain, or of these domains, only; null: all.
    human_systems
        Those of ``systems`` that are human translations.
    labels
        The user's own labels of errors (:func:`harness.test_sets.taxonomy.category_of`).
    expressions
        Expressions marked in the source (:mod:`harness.test_sets.readers.expressions`), or null.
    annotations
        Rater -> file of annotated errors (see :mod:`harness.test_sets.readers.segment_ratings`).
        Ratings ``mqm`` that these errors do not give are counted in the notes.
    lines
        'annotated': keep only segments that were annotated in some system; 'all': every segment.

    Raises
    ------
    InputError
        A text has another number of lines than the source; a line of documents has another form,
        or a document two domains; a score file names an unknown system, has another number of
        lines for a system, or something that is not a number; a name is unknown.
    """
    if lines not in _LINES:
        raise unknown_name("choice of lines", str(lines), _LINES)
    rater_files = _given(annotations or {})
    if not rater_files:
        refuse_labels(labels, name)
    text = _Lines(source, documents, domain)
    if lines == "annotated":
        text.keep(rated_lines(rater_files.values(), len(text.sources)))
    reference_files, system_files = _given(references), _given(systems)
    if not system_files:
        raise InputError(f"the test set {name!r} has no systems", expected="systems: {NAME: FILE}")
    test_set = _texts(name, text, reference_files, system_files, human_systems)
    rating_files: _Keyed = {(key,): path for key, path in _given(ratings or {}).items()}
    score_files = _score_files(scores or {}, list(reference_files))
    test_set, unknown = _with_numbers(test_set, text, rating_files, score_files, list(system_files))
    files = [documents, source, *reference_files.values(), *system_files.values()]
    files += [*rating_files.values(), *score_files.values()]
    test_set = replace(
        test_set,
        card={"title": name, "domain": ", ".join(text.kept_domains)},
        files=tuple(data_file(path) for path in files),
        notes=tuple(_notes(test_set, text, list(reference_files), unknown)),
    )
    if rater_files:
        test_set = _with_annotations(test_set, rater_files, labels)
    return test_set if expressions is None else _with_expressions(test_set, expressions, text)


def _texts(
    name: str,
    text: _Lines,
    references: Mapping[str, str | Path],
    systems: Mapping[str, str | Path],
    human_systems: Sequence[str],
) -> TestSet:
    """The segments, references and translations, without ratings and scores."""
    test_set = assemble(
        name,
        ids=text.ids,
        documents=text.chosen(text.documents),
        domains=text.chosen(text.domains),
        sources=text.chosen(text.sources),
        references={key: text.reference(path) for key, path in references.items()},
        hypotheses={key: text.system(path) for key, path in systems.items()},
        roles=roles_of(dict.fromkeys(human_systems, "human"), list(systems)),
    )
    return replace(test_set, cut_from=text.cut_from)


def _with_numbers(
    test_set: TestSet, text: _Lines, ratings: _Keyed, scores: _Keyed, systems: Sequence[str]
) -> tuple[TestSet, list[str]]:
    """The test set with given ratings and stored scores, and what scores are of unknown systems."""
    given, _ = text.numbers(test_set.name, GIVEN_RATINGS, ratings, list(systems))
    stored, unknown = text.numbers(test_set.name, STORED_SCORES, scores, list(systems), others=True)
    return replace(test_set, given_ratings=given, stored_scores=stored), unknown


class _Lines:
    """The lines of the source with their domains and documents, and which of them are kept."""

    def __init__(self, source: str | Path, documents: str | Path, domain: Domains) -> None:
        self.file = source
        self.sources = list(read_lines(source))
        if not self.sources:
            raise InputError(
                "the source has no lines", file=source, expected="one segment per line"
            )
        self.domains, self.documents = _documents(documents, source, self.sources)
        self.chosen_domains = chosen_domains(domain, set(self.domains), documents)
        self.kept_domains = self.chosen_domains or list(dict.fromkeys(self.domains))
        self.kept = [i for i, d in enumerate(self.domains) if d in self.kept_domains]
        self.reduced = False  # to annotated lines
        self.ids = [str(i + 1) for i in self.kept]

    def keep(self, lines: Collection[int]) -> None:
        """Of the kept lines, keep only these (counted from 0)."""
        self.kept = [i for i in self.kept if i in lines]
        self.reduced = True
        self.ids = [str(i + 1) for i in self.kept]

    @property
    def cut_from(self) -> FullTexts | None:
        """Where the kept lines stand; None: all are kept."""
        n = len(self.sources)
        return None if len(self.kept) == n else FullTexts(n, tuple(self.kept))

    def chosen(self, texts: Sequence[_Text]) -> list[_Text]:
        """Those of the lines that are kept."""
        return [texts[i] for i in self.kept]

    def system(self, path: str | Path) -> list[str]:
        """The texts of a system."""
        return self.chosen(read_texts(path, self.file, self.sources))

    def reference(self, path: str | Path) -> list[str | None]:
        """The texts of a reference, None where it lacks one."""
        texts = read_texts(path, self.file, self.sources)
        return self.chosen(reference_texts(texts, self.sources))

    def numbers(
        self,
        name: str,
        schema: Schema,
        files: _Keyed,
        systems: Sequence[str],
        *,
        others: bool = False,
    ) -> tuple[pd.DataFrame, list[str]]:
        """The ratings or scores of files, by what stands before system and segment in the table,
        and the systems left out: files may name ``others`` than ``systems``, or else not."""
        known, left_out = set(systems), dict[str, None]()
        found: dict[tuple[str, ...], dict[str, NDArray[np.float64]]] = {}
        for key, path in files.items():
            read = read_scores(path, None if others else systems, len(self.sources))
            left_out |= dict.fromkeys(system for system in read if system not in known)
            found[key] = {system: own for system, own in read.items() if system in known}
        return scores_table(name, schema, self.ids, self.kept, found), list(left_out)


def _with_annotations(
    test_set: TestSet, files: Mapping[str, str | Path], labels: Mapping[str, str] | None
) -> TestSet:
    """With the errors that raters marked."""
    found = read_segment_ratings(files, test_set, labels)
    differing = cannot_be_rebuilt(test_set.given_ratings, _ANNOTATED_RATING, found)
    return replace(
        test_set,
        annotations=found.annotations,
        error_spans=found.error_spans,
        files=(*test_set.files, *(data_file(path) for path in files.values())),
        notes=(*test_set.notes, *found.notes, *([differing] if differing else [])),
    )


def _with_expressions(test_set: TestSet, path: str | Path, text: _Lines) -> TestSet:
    """With the expressions that the file marks in the source."""
    marked = read_expressions(path, test_set.name, text.sources, text.kept)
    return replace(
        test_set,
        phenomena=marked.phenomena,
        files=(*test_set.files, data_file(path)),
        notes=(*test_set.notes, *marked.notes),
    )


def _documents(
    path: str | Path, source: str | Path, sources: list[str]
) -> tuple[list[str], list[str]]:
    """The domain and the document of every line."""
    domains, names = [], []
    domain_of: dict[str, str] = {}
    for number, line in enumerate(read_texts(path, source, sources), start=1):
        domain, tab, document = line.partition("\t")
        if not tab or "\t" in document or not has_text(domain) or not has_text(document):
            raise InputError(
                "the line has another form",
                file=path,
                line=number,
                found=repr(line[:60]),
                expected="domain, tab, document",
            )
        if domain_of.setdefault(document, domain) != domain:
            raise InputError(
                f"the document {document} has two domains",
                file=path,
                line=number,
                found=domain,
                expected=f"{domain_of[document]}, as before",
            )
        domains.append(domain)
        names.append(document)
    return domains, names


def _score_files(scores: Files | Sequence[str | Path], references: Sequence[str]) -> _Keyed:
    """The score files by metric and reference."""
    if isinstance(scores, str | Path):
        scores = [scores]
    named = (
        [(name, path) for name, path in _given(scores).items()]
        if isinstance(scores, Mapping)
        else [(Path(path).name, path) for path in scores]
    )
    files: _Keyed = {}
    for name, path in named:
        metric, _, reference = name.removesuffix(_ENDING).rpartition("-")
        if not metric or not (isinstance(scores, Mapping) or name.endswith(_ENDING)):
            raise InputError(
                "the name does not say what the scores are",
                file=path,
                found=name,
                expected=f"METRIC-REFERENCE{'' if isinstance(scores, Mapping) else _ENDING}",
            )
        if reference not in (*references, SOURCE_ALONE):
            raise unknown_name("reference", reference, [*references, SOURCE_ALONE], file=path)
        if (metric, reference) in files:
            raise InputError(
                f"there are two files of the scores of {metric} with {reference}", file=path
            )
        files[metric, reference] = path
    return files


def _notes(
    test_set: TestSet,
    text: _Lines,
    references: Sequence[str],
    unknown: Sequence[str],
) -> list[str]:
    """What was read, in sentences."""
    notes = []
    if test_set.cut_from is not None:
        kept, total = len(test_set.segments), len(text.sources)
        of_domain = f" of {named(text.chosen_domains)}" if text.chosen_domains else ""
        annotated = " and annotated" if text.reduced and of_domain else ""
        what = f"{of_domain}{annotated}" or " annotated"
        notes.append(f"{kept:,} of {total:,} segments are{what}; the others are left out")
    n = len(test_set.hypotheses)
    for kind, own in test_set.given_ratings.groupby("rating_name", sort=False):
        notes.append(
            f"ratings {kind}: {len(own):,} of {n:,} translations,"
            f" {own['system'].nunique()} systems, as given"
        )
    stored = test_set.stored_scores
    if len(stored):
        notes.append(
            f"{len(stored):,} stored scores of {stored['metric'].nunique()} metrics, as given"
        )
    if unknown:
        notes.append(f"stored scores left out: there are no texts of {', '.join(unknown)}")
    return [*notes, *gaps(test_set, references)]


def _given(files: Files) -> dict[str, str | Path]:
    """The files that are not null, by name."""
    return {str(name): path for name, path in files.items() if path is not None}

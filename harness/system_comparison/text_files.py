"""Translations in plain text files, one segment per line, compared with each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from harness.errors import InputError
from harness.metrics import Batch, Languages, Metric
from harness.scoring.references_present import scored_by_references, without_reference
from harness.scoring.streaming import check_texts, no_reference
from harness.scoring.surroundings import languages_of_texts, suited
from harness.system_comparison.rows import Rows, compare_scores
from harness.system_comparison.settings import SystemTesting
from harness.test_sets.doctor import DataWarning, warnings_of_texts
from harness.test_sets.left_out import LEAVE_OUT, REFUSE, MissingReference, nothing_left
from harness.test_sets.readers.lines import read_plain, read_texts

__all__ = ["Compared", "compare_files"]


@dataclass(frozen=True)
class Compared:
    """The texts' ``languages``; metric -> the ``rows`` of its tests and intervals; the number of
    lines that were read, and which of them, from 1, have no reference and are left out;
    ``warnings`` about the texts."""

    languages: Languages
    rows: Mapping[str, Rows]
    n_lines: int
    left_out: tuple[int, ...]
    warnings: tuple[DataWarning, ...]


def compare_files(
    translations: Sequence[str],
    metrics: Mapping[str, Metric],
    testing: SystemTesting,
    references: Sequence[str] = (),
    source: str | None = None,
    documents: str | None = None,
    missing_reference: MissingReference = LEAVE_OUT,
) -> Compared:
    """Every two translations by every metric.

    If a metric reads references, lines without any are left out for all translations and metrics.
    A blank reference is no reference.

    Parameters
    ----------
    translations, references
        Files of equally many lines.
    source
        The file of the source, for metrics that read it.
    documents
        A file with the name of each segment's document, one per line; None: unknown.
    missing_reference
        Whether lines without a reference are left out, or refused.

    Raises
    ------
    InputError
        A file cannot be read or has another number of lines; a translation is named twice; a
        metric needs a text that is not given, or more of a test set than texts.
    """
    check_texts(metrics, references=bool(references), source=source is not None)
    names = _names(translations)
    first, *further = [*references, *translations]
    lines = list(read_plain(first))
    if not lines:
        raise InputError("the file has no lines", file=first, expected="one segment per line")
    columns = [lines, *(read_texts(file, first, lines) for file in further)]
    n = len(references)
    sources = [""] * len(lines) if source is None else read_texts(source, first, lines)
    homes = None if documents is None else read_texts(documents, first, lines)
    whole = [Batch(sources, column, tuple(columns[:n])) for column in columns[n:]]
    lacking = np.zeros(len(lines), dtype=bool)
    if any(metric.needs.reference for metric in metrics.values()):
        lacking = without_reference(columns[:n], len(lines))
    if lacking.any() and missing_reference == REFUSE:
        raise no_reference(references[0], int(lacking.argmax()) + 1)
    if lacking.all():
        raise nothing_left(len(lines), references)
    kept = np.flatnonzero(~lacking).tolist()
    if len(kept) < len(lines):
        whole = [batch.rows(kept, range(n)) for batch in whole]
    places, _ = pd.factorize(np.array(["" if homes is None else homes[i] for i in kept], object))
    found = {}
    languages = languages_of_texts(lines)
    for key, metric in suited(metrics, languages).items():
        batches = [batch.only(metric.needs) for batch in whole]
        scored = scored_by_references(metric, batches)
        found[key] = compare_scores(
            key, metric, dict(zip(names, scored, strict=True)), places, testing
        )
    texts = dict(zip([*references, *names], columns, strict=True))
    warnings = warnings_of_texts(
        {name: texts[name] for name in names},
        {name: texts[name] for name in references},
        None if source is None else sources,
    )
    return Compared(
        languages,
        found,
        len(lines),
        tuple((np.flatnonzero(lacking) + 1).tolist()),
        tuple(warnings),
    )


def _names(files: Sequence[str]) -> list[str]:
    """The systems' names: file names, with as many folders as are needed to distinguish them."""
    if len(set(files)) < len(files):
        twice = next(file for file in files if files.count(file) > 1)
        raise InputError("a translation is named twice", found=twice, remedy="name each file once")
    paths = [Path(file).parts for file in files]
    for depth in range(1, max(map(len, paths)) + 1):
        names = ["/".join(parts[-depth:]) for parts in paths]
        if len(set(names)) == len(names):
            return names
    return list(files)

"""Translations in plain text files, one segment per line, compared with each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from harness.errors import InputError
from harness.metrics import Batch, Metric
from harness.scoring.streaming import check_texts
from harness.system_comparison.rows import Rows, compare_scores
from harness.system_comparison.settings import SystemTesting
from harness.test_sets.readers.lines import read_plain, read_texts

__all__ = ["compare_files"]


def compare_files(
    translations: Sequence[str],
    metrics: Mapping[str, Metric],
    testing: SystemTesting,
    references: Sequence[str] = (),
    source: str | None = None,
    documents: str | None = None,
) -> dict[str, Rows]:
    """Metric -> the rows of its tests and intervals.

    Parameters
    ----------
    translations, references
        Files of equally many lines.
    source
        The file of the source, for metrics that read it.
    documents
        A file with the name of each segment's document, one per line; None: unknown.

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
    n_references = len(references)
    own_references, texts = tuple(columns[:n_references]), columns[n_references:]
    blank = [""] * len(lines)
    sources = blank if source is None else read_texts(source, first, lines)
    homes = blank if documents is None else read_texts(documents, first, lines)
    numbers = {name: i for i, name in enumerate(dict.fromkeys(homes))}
    places = np.array([numbers[name] for name in homes], dtype=np.int64)
    found = {}
    for key, metric in metrics.items():
        batches = [Batch(sources, column, own_references).only(metric.needs) for column in texts]
        scored = metric.score_all(batches)
        found[key] = compare_scores(
            key, metric, dict(zip(names, scored, strict=True)), places, testing
        )
    return found


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

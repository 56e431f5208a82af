"""Test sets by name: their files are fetched, read as their cards say, and counted.

``harness datasets`` lists, shows, fetches and checks them: see :mod:`harness.commands.datasets`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from harness.config.objects import build
from harness.errors import InputError
from harness.tables import REFERENCES, DataFile, TestSet, conform
from harness.test_sets.cards import Card, find_card, load_card
from harness.test_sets.doctor.counts import counts
from harness.test_sets.downloads import fetch
from harness.test_sets.readers import jsonl, plain_text
from harness.test_sets.readers.assembly import gaps, references_table
from harness.test_sets.readers.lines import data_file, read_texts

__all__ = ["load_test_set", "read_test_set"]

_FILE_PARAMETERS = (
    *("source", "references", "systems", "documents"),
    *("mqm", "segments", "annotations"),
    *("spans", "ratings", "scores", "cases", "expressions"),
)


def load_test_set(
    name: str,
    mirror: str | Path | None = None,
    cache: str | Path | None = None,
    references: Mapping[str, str | Path | None] | None = None,
    labels: Mapping[str, str] | None = None,
) -> TestSet:
    """Read the test set ``name``; its files are fetched if need be.

    Parameters
    ----------
    name
        Name of a test set that comes with harness, or the path of a card.yaml.
    mirror, cache
        Where files are looked for before the network: see
        :func:`harness.test_sets.downloads.fetch`.
    references
        Further references: name -> file, as plain text (one segment per line) or as .jsonl
        (``{"segment_id": "1", "reference": "…"}`` a line). They come first, in this order; one of
        the name of an existing reference replaces it. A null file is left out.
    labels
        The user's own labels for error categories -> canonical ones.

    Raises
    ------
    InputError
        There is no such test set, a file is not available or not the expected one, or the counts
        differ from those on the card.
    """
    card = load_card(find_card(name))
    test_set = read_test_set(card, mirror, cache, labels)
    for finding in counts(test_set):
        if finding.severity == "problem":
            raise InputError(
                f"the test set {card.name} has another number of"
                f" {finding.where.replace('_', ' ')} than its card says",
                file=card.path,
                found=f"{finding.count:,}",
                expected=f"{card.counts[finding.where]:,}",
                remedy="if its files were changed on purpose, correct the card's counts",
            )
    given = {key: str(path) for key, path in (references or {}).items() if path is not None}
    return _with_references(test_set, given) if given else test_set


def read_test_set(
    card: Card,
    mirror: str | Path | None = None,
    cache: str | Path | None = None,
    labels: Mapping[str, str] | None = None,
) -> TestSet:
    """Read the test set of a card as :func:`load_test_set` does, whether or not it meets the
    card's counts."""
    options = {key: value for key, value in card.reader.items() if key != "_target_"}
    names: dict[str, str] = {}
    for key in _FILE_PARAMETERS:
        if key in options:
            options[key] = _located(options[key], card, mirror, cache, names)
    test_set: TestSet = build(
        {"_target_": card.reader["_target_"], **options}, name=card.name, labels=dict(labels or {})
    )
    return replace(
        test_set,
        card=card.about,
        files=tuple(replace(f, name=names.get(f.name, f.name)) for f in test_set.files),
    )


def _located(
    value: Any,
    card: Card,
    mirror: str | Path | None,
    cache: str | Path | None,
    names: dict[str, str],
) -> Any:
    """The local path of a file that the card names (or of each in a mapping or list); ``names``
    gets its public name."""
    if isinstance(value, Mapping):
        return {key: _located(v, card, mirror, cache, names) for key, v in value.items()}
    if isinstance(value, list):
        return [_located(v, card, mirror, cache, names) for v in value]
    if value is None:
        return None
    file = card.files.get(str(value))
    if file is not None:
        path, public = fetch(file, mirror, cache), file.url
    else:
        path, public = card.folder / str(value), f"{card.name}/{value}"
    names[str(path)] = public
    return str(path)


def _with_references(test_set: TestSet, given: Mapping[str, str | Path]) -> TestSet:
    """``test_set`` with the given references first."""
    ids = list(test_set.segments["segment_id"])
    texts = {str(key): _reference(path, test_set, ids) for key, path in given.items()}
    old = test_set.references
    kept = old[~old["reference_name"].isin(texts)]
    frames = [references_table(test_set.name, ids, texts), kept]
    files: list[DataFile] = [data_file(path) for path in given.values()]
    result = replace(
        test_set,
        references=conform(pd.concat(frames, ignore_index=True), REFERENCES),
        files=(*test_set.files, *files),
    )
    notes = [note for note in gaps(result, texts) if note not in test_set.notes]
    return replace(result, notes=(*test_set.notes, *notes))


def _reference(path: str | Path, test_set: TestSet, ids: list[str]) -> list[str | None]:
    """The texts of a user's reference in the order of the segments; None: missing."""
    if str(path).lower().endswith((".jsonl", ".json", ".ndjson")):
        read = jsonl.read_reference(path, ids)
        return [read.get(segment_id) for segment_id in ids]
    sources = list(test_set.segments["source"])
    origin = f"the test set {test_set.name}"
    return plain_text.reference_texts(read_texts(path, origin, sources), sources)

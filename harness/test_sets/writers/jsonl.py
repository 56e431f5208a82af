"""A test set as JSON Lines, whole: :mod:`harness.test_sets.readers.jsonl` gives back an equal
one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from harness.errors import InputError
from harness.support.folders import written_whole
from harness.tables import TestSet
from harness.test_sets.readers import jsonl
from harness.test_sets.readers.jsonl_numbers import RATINGS_FILE, SCORES_FILE
from harness.test_sets.writers.base import (
    Export,
    check_whole,
    differences,
    export_kind,
    only_characters,
    write_record,
)
from harness.test_sets.writers.jsonl_rows import annotation_lines, number_lines, phenomenon_lines

__all__ = ["write"]

KIND = export_kind(jsonl.RECORD)


def write(test_set: TestSet, folder: str | Path) -> Export:
    """Write ``test_set`` into ``folder``: segments.jsonl, test_set.json, and a file for each of
    annotations, ratings, scores and phenomena that it has (see docs/formats.md). Lines end with LF.

    Before the folder appears it is read back. Reading gives an equal test set, but for the order of
    rows: texts come by reference or system and then by segment, the errors of an annotation
    together, all else as it stood. (``lost`` says where that changed the order.)

    Raises
    ------
    InputError
        The folder holds something other than an unchanged earlier export; or the test set cannot be
        written so that it comes back: a name is blank, a number is not finite, the card holds
        something that is not valid JSON, a table speaks of a text that there is not.
    """
    folder = Path(folder)
    check_whole(test_set)
    with written_whole(folder, KIND) as partial:
        paths: dict[str, Path] = {}
        for key, objects in (
            ("segments", _segments(test_set)),
            ("annotations", annotation_lines(test_set)),
            ("ratings", number_lines(test_set.given_ratings, RATINGS_FILE)),
            ("scores", number_lines(test_set.stored_scores, SCORES_FILE)),
            ("phenomena", phenomenon_lines(test_set)),
        ):
            file = partial / jsonl.FILES[key]
            if _write_lines(file, objects):
                paths[file.name] = file
        files = write_record(partial / jsonl.RECORD, test_set, paths)
        lost = _lost(test_set, partial)
    return Export(folder, files, lost)


def _lost(test_set: TestSet, folder: Path) -> tuple[str, ...]:
    """What reading does not give back: the order of rows; anything else is an error."""
    try:
        back = jsonl.read(path=folder)
    except InputError as error:
        raise InputError(
            f"the test set cannot be exported: {error.message}",
            found=error.found,
            expected=error.expected,
        ) from error
    found = differences(test_set, back)
    worse = [text for text in found if not text.endswith("the order of the rows")]
    if worse:
        raise InputError("the test set cannot be exported without loss", found="; ".join(worse))
    return tuple(found)


def _segments(test_set: TestSet) -> Iterator[dict[str, Any]]:
    roles = test_set.roles
    systems = test_set.hypotheses["system"].unique()
    yield {
        "references": test_set.reference_names,
        "roles": {system: roles[system] for system in systems},
    }
    references = _by_segment(test_set.references, "reference_name", "reference")
    hypotheses = _by_segment(test_set.hypotheses, "system", "hypothesis")
    columns = ["segment_id", "document", "domain", "source"]
    for values in test_set.segments[columns].itertuples(index=False, name=None):
        yield dict(zip(columns, values, strict=True)) | {
            "references": references.get(values[0], {}),
            "hypotheses": hypotheses.get(values[0], {}),
        }


def _by_segment(frame: pd.DataFrame, name: str, text: str) -> dict[str, dict[str, str]]:
    """Segment -> name -> text."""
    result: dict[str, dict[str, str]] = {}
    rows = frame[["segment_id", name, text]].itertuples(index=False, name=None)
    for segment_id, key, value in rows:
        result.setdefault(segment_id, {})[key] = value
    return result


def _write_lines(path: Path, objects: Iterable[Mapping[str, Any]]) -> int:
    """Write an object a line; how many. Without any there is no file."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as stream, only_characters(path.name):
        for item in objects:
            stream.write(json.dumps(item, ensure_ascii=False, allow_nan=False) + "\n")
            count += 1
    if not count:
        path.unlink()
    return count

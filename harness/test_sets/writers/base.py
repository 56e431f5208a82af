"""What all writers share: the folder's record, and the comparison with what was to be written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from harness.errors import InputError
from harness.support.folders import Kind
from harness.tables import DataFile, TestSet
from harness.test_sets.readers.jsonl_record import FORMAT, VERSION, read_record
from harness.test_sets.readers.lines import data_file

__all__ = [
    "TABLES",
    "Export",
    "check_whole",
    "differences",
    "export_kind",
    "only_characters",
    "write_record",
]

#: The tables of a test set.
TABLES = (
    *("segments", "references", "hypotheses", "annotations", "error_spans"),
    *("given_ratings", "stored_scores", "phenomena"),
)


@dataclass(frozen=True)
class Export:
    """What a writer wrote: the folder, its files (names within it), and what of the test set the
    format could not hold, in sentences."""

    folder: Path
    files: tuple[DataFile, ...]
    lost: tuple[str, ...] = ()


@contextmanager
def only_characters(file: str) -> Iterator[None]:
    """Refuse a text that UTF-8 cannot hold: one with half a surrogate pair."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise InputError(
            "a text holds half a surrogate pair, which is no character",
            file=file,
            found=f"\\u{ord(error.object[error.start]):04x}",
        ) from error


def check_whole(test_set: TestSet) -> None:
    """Refuse a test set whose tables speak of texts that it does not have.

    Raises
    ------
    InputError
        A table names an unknown segment or system, an annotation a translation that there is not,
        an error an annotation that there is not; a system has two roles; a number is not finite.
    """
    segments = set(test_set.segments["segment_id"])
    systems = set(test_set.hypotheses["system"])
    for name in TABLES:
        frame: pd.DataFrame = getattr(test_set, name)
        for column, known in (("segment_id", segments), ("system", systems)):
            unknown = sorted(set(frame[column].unique()) - known) if column in frame else []
            if unknown:
                raise InputError(
                    f"the table {name} speaks of a {column} that the test set does not have",
                    found=unknown[0],
                )
        for column in ("rating", "score"):
            if column in frame and not np.isfinite(frame[column].to_numpy()).all():
                raise InputError(f"a {column} of the table {name} is not finite")
    roles = test_set.hypotheses[["system", "role"]].drop_duplicates()["system"]
    if roles.duplicated().any():
        raise InputError(
            "a system has two roles", found=str(roles[roles.duplicated()].iloc[0]), expected="one"
        )
    translation = ["system", "segment_id"]
    for name, other, key in (
        ("annotations", "hypotheses", translation),
        ("error_spans", "annotations", [*translation, "rater"]),
    ):
        rows = getattr(test_set, name)[key].itertuples(index=False, name=None)
        there = set(getattr(test_set, other)[key].itertuples(index=False, name=None))
        stray = next((row for row in rows if row not in there), None)
        if stray is not None:
            raise InputError(
                f"a row of the table {name} belongs to none of {other}", found=", ".join(stray)
            )


def differences(ours: TestSet, theirs: TestSet) -> list[str]:
    """How two test sets differ, a sentence for each part; the order of rows is a difference of
    its own."""
    found = []
    for name in TABLES:
        one, other = getattr(ours, name), getattr(theirs, name)
        if one.equals(other):
            continue
        if len(one) != len(other):
            found.append(f"{name}: {len(one):,} rows and {len(other):,}")
        elif _sorted(one).equals(_sorted(other)):
            found.append(f"{name}: the order of the rows")
        else:
            columns = [c for c in one if not _sorted(one)[c].equals(_sorted(other)[c])]
            found.append(f"{name}: {', '.join(columns) or 'the rows'}")
    for name in ("name", "card", "notes", "files", "cut_from"):
        if getattr(ours, name) != getattr(theirs, name):
            found.append(name)
    return found


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(list(frame.columns), ignore_index=True)


def write_record(
    path: Path, test_set: TestSet, files: Mapping[str, Path], **more: Any
) -> tuple[DataFile, ...]:
    """Write the record of an export (see :mod:`harness.test_sets.readers.jsonl_record`) to
    ``path``; the written files, the record among them.

    Raises
    ------
    InputError
        The card holds something that JSON cannot hold as it is.
    """
    written = tuple(data_file(file, name) for name, file in files.items())
    card = dict(test_set.card)
    try:
        kept = json.loads(json.dumps(card, ensure_ascii=False, allow_nan=False)) == card
    except (TypeError, ValueError, RecursionError):
        kept = False
    if not kept:
        raise InputError(
            "the card holds a value that JSON cannot hold",
            expected="texts, finite numbers, true, false, null, lists, and mappings by text",
            remedy="put dates and the like into quotes in the card",
        )
    record = {
        "format": FORMAT,
        "version": VERSION,
        "name": test_set.name,
        "card": card,
        "notes": list(test_set.notes),
        "read_from": [asdict(file) for file in test_set.files],
        "files": {f.name: {"bytes": f.bytes, "sha256": f.sha256} for f in written},
        **({} if test_set.cut_from is None else {"cut_from": asdict(test_set.cut_from)}),
        **more,
    }
    text = json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False)
    with only_characters(path.name):
        path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return (*written, data_file(path, path.name))


def export_kind(record: str) -> Kind:
    """The kind of folder that an export makes; ``record`` is the name of its record."""

    def foreign(folder: Path) -> list[str]:
        """What the earlier export did not write, or what was changed since: neither is lost."""
        if not (folder / record).is_file():
            return sorted(p.name for p in folder.iterdir())
        found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if not p.is_dir()}
        try:
            return sorted(read_record(found.pop(record)).changed(found))
        except InputError:
            return [record]

    return Kind(
        "the folder of the export",
        "an unchanged export",
        "choose another folder, or move this one away",
        foreign,
    )

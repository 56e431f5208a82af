"""The folder of a run, read again: its record and its tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from harness.errors import InputError, unknown_name
from harness.support.formatting import listed
from harness.tables.schema import Schema, TableError

__all__ = ["SCHEMA", "read_record", "read_table", "record_file"]

#: The version of what a run writes (run.json and tables/), in run.json as ``schema``. It rises by
#: one where a program that reads a run would have to change (docs/design.md).
SCHEMA = 1

#: What every record holds, and that is read here.
_RECORDED = {"test_set": str, "verdict": str, "sentences": list, "versions": dict}
_AGAIN = "do the run again"


def record_file(folder: Path) -> Path:
    """The run.json of a run's folder.

    Raises
    ------
    InputError
        The folder holds no run; the message names the runs in its subfolders.
    """
    path = folder / "run.json"
    if path.is_file():
        return path
    known = sorted(p.parent.name for p in folder.glob("*/run.json"))
    if known:
        raise unknown_name("run", folder.name, known)
    raise InputError(
        "the folder holds no run", file=folder, expected="run.json, tables/, report.html"
    )


def read_record(path: Path) -> dict[str, Any]:
    """The content of a run.json.

    Raises
    ------
    InputError
        It is damaged, not from harness, or from a version of harness that writes something else.
    """
    try:
        record = json.loads(path.read_text("utf-8"))
        of_kind = {key: isinstance(record[key], kind) for key, kind in _RECORDED.items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        found = f"{type(error).__name__}: {error}"
    else:
        if all(of_kind.values()):
            _check_schema(path, record)
            return dict(record)
        found = "values of other kinds"
    raise InputError(
        "this is no complete record of a run",
        file=path,
        found=found,
        expected=f"JSON with {listed(_RECORDED)}",
        remedy=_AGAIN,
    )


def _check_schema(path: Path, record: Mapping[str, Any]) -> None:
    found = record.get("schema", "missing")
    if found != SCHEMA:
        raise InputError(
            "the run was written by a version of harness that writes other files",
            file=path,
            found=f"schema {found}, harness {record['versions'].get('harness')}",
            expected=f"schema {SCHEMA}",
            remedy=f"{_AGAIN} with this version",
        )


def read_table(folder: Path, schema: Schema) -> pd.DataFrame | None:
    """A table of the run in ``folder``, in the types of its schema; None where it wrote none.

    Raises
    ------
    InputError
        The file is not what a run writes.
    """
    path = folder / schema.csv
    if not path.is_file():
        return None
    try:
        return schema.read(path)
    except (TableError, ValueError, OSError) as error:
        raise InputError(
            "this is no table that a run wrote",
            file=path,
            found=str(error),
            remedy=_AGAIN,
        ) from error

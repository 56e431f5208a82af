"""What a table is: a :class:`Schema` names its columns and states every fact about it.

Every stage of the program is a function from tables to tables. A table is a pandas DataFrame;
:func:`conform` checks it against its schema. All tables are in long form (one observation per row),
all text offsets count Unicode code points, and every number is higher-is-better unless its meaning
says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

__all__ = ["Column", "Schema", "TableError", "conform", "table"]

# Text columns hold Python strings whatever else is installed: with pyarrow present pandas would
# take its strings, which refuse what is no valid Unicode instead of letting a check name it.
pd.set_option("mode.string_storage", "python")

Kind = Literal["text", "integer", "number", "flag"]


class TableError(ValueError):
    """A table does not match its schema: a bug in the program."""


@dataclass(frozen=True)
class Column:
    """One column: its name, what its values are, whether a value may be missing, what it means."""

    name: str
    kind: Kind
    meaning: str
    nullable: bool = False


@dataclass(frozen=True)
class Schema:
    """A table: its name in a run's results, its meaning, its columns in order, and the columns that
    identify a row (``key``).

    ``file`` is the name of the file that a run writes it to, as tables/FILE.csv; None where a run
    writes none. ``markdown`` says whether a Markdown copy stands beside it, ``joined`` whether a
    sweep puts the tables of its runs together.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    file: str | None = None
    markdown: bool = False
    joined: bool = False

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""
        return [column.name for column in self.columns]

    @property
    def numbers(self) -> list[str]:
        """The columns that hold numbers."""
        return [column.name for column in self.columns if column.kind in ("integer", "number")]

    @property
    def csv(self) -> str:
        """The file within the run's folder, e.g. ``tables/documents.csv``."""
        return f"tables/{self.file or self.name}.csv"

    def read(self, path: Path) -> pd.DataFrame:
        """The table from a CSV file of a run, in the types of the schema. An empty cell is an empty
        text, or missing where the column may lack a value.

        Raises
        ------
        TableError
            The file has other columns, or a value of another type.
        """
        raw = pd.read_csv(path, dtype=str, keep_default_na=False)
        absent = [name for name in self.names if name not in raw.columns]
        if absent:
            raise TableError(f"{path}: absent columns {absent}")
        return conform(
            pd.DataFrame({c.name: _from_text(raw[c.name], c) for c in self.columns}), self
        )


_LARGEST = 2**62
_DTYPES: Mapping[Kind, str] = {
    "text": "str",
    "integer": "Int64",
    "number": "float64",
    "flag": "bool",
}


def _from_text(values: pd.Series[str], column: Column) -> pd.Series[Any]:
    """The values of a column of text, as the column's kind."""
    if column.kind == "flag":
        return values.map({"True": True, "False": False})
    empty = values == ""
    if column.kind == "text":
        return values.mask(empty) if column.nullable else values
    return pd.to_numeric(values.mask(empty))


def table(rows: Any, schema: Schema) -> pd.DataFrame:
    """A DataFrame of ``schema`` from rows (tuples in column order, dicts or a column mapping)."""
    if isinstance(rows, Mapping):
        frame = pd.DataFrame(dict(rows))
    else:
        frame = pd.DataFrame(list(rows))
        if len(frame.columns) == 0:
            frame = pd.DataFrame(columns=schema.names)
        elif not isinstance(frame.columns[0], str):
            frame.columns = pd.Index(schema.names)
    return conform(frame, schema)


def conform(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """``frame`` with exactly the columns of ``schema``, in its order and types.

    Raises
    ------
    TableError
        A column is absent or unknown, a value has another type or is missing where it may not be,
        or two rows have one key.
    """
    absent = [n for n in schema.names if n not in frame.columns]
    unknown = [n for n in frame.columns if n not in schema.names]
    if absent or unknown:
        raise TableError(f"{schema.name}: absent columns {absent}, unknown columns {unknown}")
    result = pd.DataFrame(index=pd.RangeIndex(len(frame)))
    for column in schema.columns:
        values = frame[column.name].reset_index(drop=True)
        wanted: Any = _DTYPES[column.kind]
        try:
            result[column.name] = values if values.dtype == wanted else values.astype(wanted)
        except (TypeError, ValueError) as error:
            raise TableError(f"{schema.name}.{column.name}: {error}") from error
        if not column.nullable and bool(result[column.name].isna().any()):
            row = int(result[column.name].isna().to_numpy().argmax())
            raise TableError(f"{schema.name}.{column.name}: a value is missing in row {row}")
    if schema.key and _repeats(result, schema.key):
        twice = result[result.duplicated(list(schema.key))].iloc[0][list(schema.key)].to_dict()
        raise TableError(f"{schema.name}: two rows have the key {twice}")
    return result


def _repeats(frame: pd.DataFrame, key: Sequence[str]) -> bool:
    """Whether two rows have one key. Codes of the key's columns are joined into one number as
    they come, so that a table of millions of rows needs the memory of two columns more."""
    joined = np.zeros(len(frame), dtype=np.int64)
    combinations = 1
    for name in key:
        codes, values = pd.factorize(frame[name])  # -1: missing
        if combinations > _LARGEST // (len(values) + 1):
            joined, distinct = pd.factorize(joined)
            combinations = len(distinct)
        joined *= len(values) + 1
        joined += codes + 1
        combinations *= len(values) + 1
    joined.sort()
    return bool((joined[1:] == joined[:-1]).any())

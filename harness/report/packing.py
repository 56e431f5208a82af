"""Data packed for the page's script: gzip in base64, plain letters that nothing acts on.

What is packed is, in this order: the length of the JSON in bytes (4 bytes, the least first), the
JSON, and the columns, each from a multiple of 4 bytes on. The JSON holds ``data`` and ``columns``:
long lists of whole numbers are taken out of the data and written as the bytes of a typed array,
which a browser reads many times faster than digits. The reader is assets/explorer/packing.js.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from harness.report.columnar import inert_json

__all__ = ["packed", "unpacked"]

#: A list of at least so many whole numbers is a column.
LONG = 64
#: Types of a column by the name of the script's typed array, the smallest first.
TYPES = {"Int8Array": "<i1", "Int16Array": "<i2", "Int32Array": "<i4"}
WORD = 4


def packed(data: object) -> str:
    """``data``, which JSON can hold, as letters. NaN is a ``ValueError``."""
    columns: list[bytes] = []
    places: list[dict[str, Any]] = []
    rest = _without_columns(data, (), columns, places)
    text = inert_json({"data": rest, "columns": places}).encode("utf-8")
    content = _filled(len(text).to_bytes(WORD, "little") + text) + b"".join(columns)
    return base64.b64encode(gzip.compress(content, 6, mtime=0)).decode("ascii")


def unpacked(text: str) -> str:
    """The data of :func:`packed` as JSON."""
    content = gzip.decompress(base64.b64decode(text))
    end = WORD + int.from_bytes(content[:WORD], "little")
    whole = json.loads(content[WORD:end])
    start = len(_filled(content[:end]))
    for column in whole["columns"]:
        *path, last = column["path"]
        holder = whole["data"]
        for key in path:
            holder = holder[key]
        numbers = np.frombuffer(content, TYPES[column["type"]], column["n"], start + column["at"])
        holder[last] = numbers.tolist()
    return inert_json(whole["data"])


def _without_columns(
    data: Any, path: tuple[str | int, ...], columns: list[bytes], places: list[dict[str, Any]]
) -> Any:
    """``data`` with None in place of every column; these go to ``columns``, and where each stands
    to ``places``."""
    if isinstance(data, dict):
        return {
            key: _without_columns(value, (*path, key), columns, places)
            for key, value in data.items()
        }
    if not isinstance(data, list):
        return data
    kind = _kind(data) if path else None  # the whole has no place that a column could fill
    if kind is None:
        return [
            _without_columns(value, (*path, i), columns, places) for i, value in enumerate(data)
        ]
    at = sum(map(len, columns))
    columns.append(_filled(np.array(data, TYPES[kind]).tobytes()))
    places.append({"path": path, "type": kind, "at": at, "n": len(data)})
    return None


def _kind(values: Sequence[Any]) -> str | None:
    """The smallest type that holds ``values``; None where they are no column."""
    if len(values) < LONG or not all(type(value) is int for value in values):
        return None
    low, high = min(values), max(values)
    return next(
        (
            kind
            for kind, code in TYPES.items()
            if np.iinfo(code).min <= low and high <= np.iinfo(code).max
        ),
        None,
    )


def _filled(content: bytes) -> bytes:
    """``content``, with bytes of 0 up to a multiple of 4."""
    return content + bytes(-len(content) % WORD)

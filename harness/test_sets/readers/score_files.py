"""Score files: ``system<TAB>score`` a line, each system's segments in order, None where there is
no score. Metrics' scores and human ratings of the mt-metrics-eval layout have this form."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.errors import InputError, unknown_name
from harness.support.checks import LARGEST_NUMBER, is_usable
from harness.tables import Schema, conform
from harness.test_sets.readers.assembly import repeated
from harness.test_sets.readers.lines import existing_file, read_lines

__all__ = ["NONE", "Block", "blocks_table", "read_scores", "scores_table", "system_lines"]

#: What stands for "no score".
NONE = "None"
#: A file in which every line is a system, a tab and a number or None.
_PLAIN = re.compile(rb"(?!\xef\xbb\xbf)(?:[^\t\r\n]*\t(?:[-+.0-9eE]+|None)\n)+")


class Block(NamedTuple):
    """Numbers of one kind of one system: ``key`` is what they are called (the columns between
    segment_id and the number); ``labels`` are the segments."""

    system: str
    key: tuple[str, ...]
    labels: NDArray[np.object_]
    values: NDArray[np.float64]


def read_scores(
    path: str | Path, systems: Collection[str] | None, n_segments: int
) -> dict[str, NDArray[np.float64]]:
    """The scores of each system in the file, in the order of the segments; NaN: no score.

    The numbers are used unchanged (higher is better in this layout). A system that does not occur
    has no entry. ``systems`` are those that may occur; None: any.

    Raises
    ------
    InputError
        What :func:`system_lines` raises; a line names none of ``systems``, or gives no finite
        number; the file is empty.
    """
    known = None if systems is None else set(systems)
    plain = _plain_scores(path, known, n_segments)
    if plain is not None:
        return plain
    scores: dict[str, array[float]] = {}
    for number, system, _, text in system_lines(path, n_segments):
        own = scores.get(system)
        if own is None:
            if known is not None and system not in known:
                raise unknown_name("system", system, known, file=path, line=number)
            own = scores[system] = array("d")
        own.append(_number(text, path, number))
    if not scores:
        raise InputError("the file holds no scores", file=path, expected="system, tab, score")
    return {system: np.array(own) for system, own in scores.items()}


def _plain_scores(
    path: str | Path, known: set[str] | None, n_segments: int
) -> dict[str, NDArray[np.float64]] | None:
    """The scores of a file that needs no look at each line, which is slow: every line has the
    right form, and every system one line a segment. None for any other."""
    raw = existing_file(path).read_bytes()
    raw += b"" if raw.endswith(b"\n") else b"\n"
    if not _PLAIN.fullmatch(raw):
        return None
    try:
        cells = raw.decode("utf-8").replace("\n", "\t").split("\t")
        numbers = [math.nan if text == NONE else float(text) for text in cells[1::2]]
    except ValueError:
        return None
    codes, found = pd.factorize(np.array(cells[:-1:2], dtype=object))
    values = np.array(numbers) + 0.0  # never -0.0
    whole = bool((np.bincount(codes, minlength=1) == n_segments).all())
    names = [str(name) for name in found]
    if (
        (np.abs(values) > LARGEST_NUMBER).any()
        or not whole
        or not (known is None or known >= set(names))
    ):
        return None
    order = np.argsort(codes, kind="stable")
    parts = values[order].reshape(len(names), n_segments)
    return {name: own.copy() for name, own in zip(names, parts, strict=True)}


def system_lines(path: str | Path, n_segments: int) -> Iterator[tuple[int, str, int, str]]:
    """The lines ``system<TAB>value`` of a file: line (from 1), system, segment (from 0), value.

    The lines of a system need not be together, but their order is that of the segments.

    Raises
    ------
    InputError
        A line has another form; a system has another number of lines than ``n_segments``.
    """
    counts: dict[str, int] = {}
    for number, line in enumerate(read_lines(path), start=1):
        system, tab, text = line.partition("\t")
        if not tab or "\t" in text:
            raise InputError(
                "the line has another form",
                file=path,
                line=number,
                found=_short(line),
                expected="system, tab, score",
            )
        segment = counts.get(system, 0)
        if segment == n_segments:
            raise InputError(
                f"the system {system} has more scores than there are segments",
                file=path,
                line=number,
                found=f"its score number {n_segments + 1:,}",
                expected=f"{n_segments:,} lines, one a segment",
            )
        counts[system] = segment + 1
        yield number, system, segment, text
    for system, count in counts.items():
        if count < n_segments:
            raise InputError(
                f"the system {system} has fewer scores than there are segments",
                file=path,
                found=f"{count:,} lines",
                expected=f"{n_segments:,} lines, one a segment",
                remedy=f"write {NONE} where a segment has no score",
            )


def _number(text: str, path: str | Path, line: int) -> float:
    """The score; NaN for None."""
    if text == NONE:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not is_usable(value) or "_" in text or not text.isascii() or text != text.strip():
        raise InputError(
            "this is no score",
            file=path,
            line=line,
            found=_short(text),
            expected=f"a number of at most {LARGEST_NUMBER:g} in size, or {NONE} where there is no"
            " score",
        )
    return value + 0.0  # never -0.0


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:60] + "…")


def scores_table(
    name: str,
    schema: Schema,
    ids: Sequence[str],
    positions: Sequence[int],
    files: Mapping[tuple[str, ...], Mapping[str, NDArray[np.float64]]],
) -> pd.DataFrame:
    """The table ``schema`` (GIVEN_RATINGS, STORED_SCORES) of the test set ``name``.

    Parameters
    ----------
    ids, positions
        The kept segments: their identifiers, and their places in each system's scores.
    files
        What a file's rows are called (the columns between segment_id and the number) -> the
        scores that :func:`read_scores` gives. A score that is NaN gets no row.
    """
    labels = np.asarray(ids, dtype=object)
    chosen = np.asarray(positions, dtype=np.int64)
    blocks: list[Block] = []
    for key, scores in files.items():
        for system, own in scores.items():
            values = np.asarray(own, dtype=float)[chosen]
            present = ~np.isnan(values)
            whole = bool(present.all())  # then the labels are shared, not copied
            kept = labels if whole else labels[present]
            blocks.append(Block(system, key, kept, values[present]))
    return blocks_table(name, schema, blocks)


def blocks_table(name: str, schema: Schema, blocks: list[Block]) -> pd.DataFrame:
    """The table ``schema`` from blocks of rows, which are used up.

    Every column is made by itself and what it was made from let go, so that millions of rows need
    little more memory than their table.
    """
    lengths = [len(block.values) for block in blocks]

    def column_of(texts: Sequence[str]) -> pd.Series[str]:
        return pd.Series(repeated(texts, lengths), dtype="str")

    kept_ids = np.concatenate([np.empty(0, dtype=object), *(block.labels for block in blocks)])
    columns: dict[str, object] = {
        "test_set": column_of([name] * len(blocks)),
        "system": column_of([block.system for block in blocks]),
        "segment_id": pd.Series(kept_ids, dtype="str"),
    }
    del kept_ids
    for i, column in enumerate(schema.columns[3:-1]):
        columns[column.name] = column_of([block.key[i] for block in blocks])
    columns[schema.names[-1]] = np.concatenate([np.empty(0), *(block.values for block in blocks)])
    blocks.clear()
    frame = pd.DataFrame(columns)
    columns.clear()
    return conform(frame, schema)

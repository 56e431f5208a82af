"""A user's scores of a metric: a table with a header, or ``system<TAB>score`` lines.

The table is CSV (comma) or TSV (tab), its columns in any order: system, segment_id (as the test set
calls its segments), score; and, where wanted, document (which must be the segment's) and metric
(where a file holds several). A table may also have a column for each system: see
:mod:`harness.test_sets.readers.wide_scores`. Without a header, the form is that of
:mod:`harness.test_sets.readers.score_files`: each system's segments in order. What other tools
write is read by :mod:`harness.test_sets.readers.tool_scores`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from harness.errors import InputError, unknown_name
from harness.tables import TestSet
from harness.test_sets.readers.lines import has_text, read_lines
from harness.test_sets.readers.score_files import read_scores
from harness.test_sets.readers.tool_scores import form_of, read_tool_scores
from harness.test_sets.readers.wide_scores import is_wide, read_wide, table_number

__all__ = ["choose_metric", "read_score_table"]

#: (system, segment_id) -> score; NaN where the file says that there is none.
Scores = Mapping[tuple[str, str], float]

_NEEDED = ("system", "segment_id", "score")
_OPTIONAL = ("document", "metric")


def read_score_table(path: str | Path, test_set: TestSet) -> Mapping[str | None, Scores]:
    """The scores in the file for translations of ``test_set``, unchanged, by metric (None: the file
    names none).

    Raises
    ------
    InputError
        With file and line: the header lacks a column or has one twice; a row has another number of
        fields; a system or segment is unknown, a document is not the segment's; a score is no
        finite number; a translation has two scores. What :func:`read_scores` raises. There are no
        scores.
    """
    form = form_of(path)
    if form.kind != "table":
        return read_tool_scores(path, form, test_set)
    first = next(read_lines(path), None)
    if first is None:
        raise InputError("the file is empty", file=path, expected=_expected())
    tab = "\t" in first
    _, header = next(_cells(iter([first]), tab, path), (1, []))
    names = [cell.strip() for cell in header]
    columns = [name.lower() for name in names]
    if "system" in columns and "score" in columns:
        return _table(path, tab, columns, test_set)
    if is_wide(names, test_set):
        return {None: read_wide(path, _cells(read_lines(path), tab, path), test_set)}
    if not tab:
        raise InputError(
            "the first line is neither a header nor a score",
            file=path,
            line=1,
            found=first[:100],
            expected=_expected(),
            remedy="separate the columns by commas or tabs" if ";" in first else None,
        )
    ids = list(test_set.segments["segment_id"])
    scores = read_scores(path, test_set.systems, len(ids))
    return {
        None: {
            (system, segment_id): float(score)
            for system, own in scores.items()
            for segment_id, score in zip(ids, own, strict=True)
        }
    }


def _decimal_commas(cells: Sequence[str], columns: Sequence[str]) -> str | None:
    """How to mend a row with a field more, the score's, because of a decimal comma."""
    place = columns.index("score")
    parts = [cell.strip().lstrip("-") for cell in cells[place : place + 2]]
    if len(cells) == len(columns) + 1 and all(part.isdecimal() for part in parts):
        return f"write a decimal point: {parts[0]}.{parts[1]}"
    return None


def _expected() -> str:
    return (
        f"a header with the columns {', '.join(_NEEDED)} (and {' or '.join(_OPTIONAL)}), with"
        " commas or tabs between; or segment_id and a column for each system; or system, tab, score"
        " on every line; or the JSON or the printed lines of COMET or MetricX"
    )


def _cells(lines: Iterator[str], tab: bool, path: str | Path) -> Iterator[tuple[int, list[str]]]:
    """The fields of each line that is not blank, with its number."""
    reader = csv.reader(
        lines,
        delimiter="\t" if tab else ",",
        strict=True,
    )
    try:
        for cells in reader:
            if any(has_text(cell) for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise InputError(
            f"the line is not valid CSV: {error}",
            file=path,
            line=reader.line_num,
            expected=_expected(),
        ) from error


def _table(
    path: str | Path, tab: bool, columns: list[str], test_set: TestSet
) -> Mapping[str | None, Scores]:
    places = _places(path, columns)
    segments = test_set.segments
    documents = dict(zip(segments["segment_id"], segments["document"], strict=True))
    systems = set(test_set.systems)
    lines: dict[str | None, dict[tuple[str, str], int]] = {}
    scores: dict[str | None, dict[tuple[str, str], float]] = {}
    rows = _cells(read_lines(path), tab, path)
    next(rows)
    for number, cells in rows:
        if len(cells) != len(columns):
            raise InputError(
                "the row has too many fields"
                if len(cells) > len(columns)
                else "the row has too few fields",
                file=path,
                line=number,
                found=f"{len(cells)} fields",
                expected=f"{len(columns)}: {', '.join(columns)}",
                remedy=_decimal_commas(cells, columns),
            )
        row = {name: cells[place].strip() for name, place in places.items()}
        system, segment_id = key = row["system"], row["segment_id"]
        if system not in systems:
            raise unknown_name("system", system, systems, file=path, line=number)
        if segment_id not in documents:
            raise InputError(
                f"there is no segment {segment_id!r} in the test set",
                file=path,
                line=number,
                expected=f"one of its {len(documents):,} segments, for example"
                f" {next(iter(documents), '')!r}",
                remedy="scores.csv of any run shows what the segments are called",
            )
        if row.get("document", documents[segment_id]) != documents[segment_id]:
            raise InputError(
                f"the segment {segment_id!r} is not of this document",
                file=path,
                line=number,
                found=row["document"],
                expected=documents[segment_id],
            )
        name = row.get("metric")
        own = lines.setdefault(name, {})
        if key in own:
            raise InputError(
                f"segment {segment_id} of the system {system!r} has two scores",
                file=path,
                line=number,
                found=f"line {own[key]} is the other",
            )
        own[key] = number
        scores.setdefault(name, {})[key] = table_number(row["score"], path, number)
    if not scores:
        raise InputError("the file holds no scores", file=path, expected=_expected())
    return scores


def _places(path: str | Path, columns: list[str]) -> dict[str, int]:
    """Where each known column stands."""
    for name in (*_NEEDED, *_OPTIONAL):
        n = columns.count(name)
        if n > 1 or (not n and name in _NEEDED):
            raise InputError(
                f"the header has {'two columns' if n else 'no column'} {name!r}",
                file=path,
                line=1,
                found=", ".join(columns)[:200],
                expected=_expected(),
            )
    return {name: columns.index(name) for name in (*_NEEDED, *_OPTIONAL) if name in columns}


def choose_metric(
    path: str | Path, metric: str | None, scores: Mapping[str | None, Scores]
) -> str | None:
    """The metric to use, of those of :func:`read_score_table`; ``metric`` None: the only one.

    Raises
    ------
    InputError
        The file names no metrics but one is asked for, or several and none is, or another one.
    """
    names = [name for name in scores if name is not None]
    if metric is not None and not names:
        raise InputError(
            "the file names no metrics", file=path, found=f"metric={metric}", expected="metric=null"
        )
    if metric is None and len(names) > 1:
        raise InputError(
            f"the file holds the scores of {len(names)} metrics",
            file=path,
            found=", ".join(names)[:300],
            expected="one of them",
            remedy=f"choose it: metrics.precomputed.metric={names[0]}",
        )
    if metric is not None and metric not in names:
        raise unknown_name("metric", metric, names, file=path)
    return metric if metric is not None else next(iter(names), None)

"""ACES, a challenge set of translation accuracy errors in 146 language pairs (Amrhein, Moghe &
Guillou 2022, arXiv 2210.15615), as its users have it: JSON lines, CSV or TSV.

The fields are source, good-translation, incorrect-translation, reference, phenomena and langpair
('zh-en'); others are ignored. A .jsonl file has one object per line, a .csv file is comma
separated with quoting, any other file is tab separated, without quoting unless ``quoted`` says so.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from harness.errors import InputError, unknown_name
from harness.tables import TestSet
from harness.test_sets.readers.assembly import refuse_labels
from harness.test_sets.readers.cases import Case, challenge_set
from harness.test_sets.readers.json_lines import read_objects
from harness.test_sets.readers.lines import data_file, has_text, read_lines

__all__ = ["read"]

_FIELDS = (
    *("source", "good-translation", "incorrect-translation"),
    *("reference", "phenomena", "langpair"),
)
_NEEDED = ("source", "good-translation", "phenomena", "langpair")


def read(
    cases: str | Path,
    name: str = "aces",
    language_pair: str = "zh-en",
    phenomena: Sequence[str] = (),
    quoted: bool | None = None,
    labels: Mapping[str, str] | None = None,
) -> TestSet:
    """Read the cases of one language pair; each is called by its number in the file.

    A blank reference is missing; a blank incorrect translation is kept, as the error may be that
    all is left out. What becomes of the cases:
    :func:`harness.test_sets.readers.cases.challenge_set`.

    Parameters
    ----------
    cases
        The file.
    name
        Name of the test set.
    language_pair
        The value of langpair to read.
    phenomena
        Only these phenomena; empty: all.
    quoted
        Whether fields may stand in double quotes; None: in a .csv file only.
    labels
        A challenge set marks no errors: none may be given.

    Raises
    ------
    InputError
        The header or an object lacks a field; a row has another number of fields than the header;
        a source, good translation or phenomenon is blank; no case has that language pair, or one
        of the phenomena.
    """
    refuse_labels(labels, name)
    found: list[Case] = []
    pairs: dict[str, None] = {}
    kinds: dict[str, None] = {}
    n_cases = 0
    for number, (line, row) in enumerate(_rows(Path(cases), quoted), start=1):
        n_cases = number
        pairs[row["langpair"]] = None
        if row["langpair"] != language_pair:
            continue
        for key in _NEEDED:
            if not has_text(row[key]):
                raise InputError(f"the field {key!r} of the case is blank", file=cases, line=line)
        kind = row["phenomena"].strip()
        kinds[kind] = None
        if phenomena and kind not in phenomena:
            continue
        reference = row["reference"] if has_text(row["reference"]) else None
        good, incorrect = row["good-translation"], row["incorrect-translation"]
        found.append(Case(str(number), row["source"], reference, good, incorrect, kind, "aces"))
    if not n_cases:
        raise InputError("the file has no cases", file=cases, expected=", ".join(_FIELDS))
    if language_pair not in pairs:
        raise unknown_name("language pair", language_pair, list(pairs), file=cases)
    for kind in phenomena:
        if kind not in kinds:
            raise unknown_name("phenomenon", kind, list(kinds), file=cases)
    notes = [f"{len(found):,} of the file's {n_cases:,} cases are read: {language_pair}"]
    return challenge_set(name, found, [data_file(cases)], notes)


def _rows(path: Path, quoted: bool | None) -> Iterator[tuple[int, dict[str, str]]]:
    """Each case's line and fields."""
    suffix = path.suffix.lower()
    if suffix in {".jsonl", ".json", ".ndjson"}:
        for item in read_objects(path, "the case"):
            absent = [key for key in _FIELDS if key not in item.values]
            if absent:
                item.fail(f"the case has no {absent[0]!r}", expected=", ".join(_FIELDS))
            yield item.line, {key: item.text(key) for key in _FIELDS}
        return
    comma = suffix == ".csv"
    rows = _quoted(path, "," if comma else "\t") if (comma if quoted is None else quoted) else None
    header: list[str] = []
    for line, cells in rows or _plain(path, "," if comma else "\t"):
        if not header:
            header = [cell.strip() for cell in cells]
            absent = [key for key in _FIELDS if header.count(key) != 1]
            if absent:
                raise InputError(
                    f"the header has not one field {absent[0]!r}",
                    file=path,
                    line=line,
                    found=", ".join(header)[:200],
                    expected=", ".join(_FIELDS),
                )
            continue
        if len(cells) != len(header):
            raise InputError(
                "the row has another number of fields than the header",
                file=path,
                line=line,
                found=f"{len(cells)} fields",
                expected=f"{len(header)}: {', '.join(header)[:200]}",
                remedy="if its fields stand in double quotes, say test_set.quoted=true",
            )
        by_name = dict(zip(header, cells, strict=True))
        yield line, {key: by_name[key] for key in _FIELDS}


def _plain(path: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(read_lines(path), start=1):
        yield number, line.split(separator)


def _quoted(path: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with quoted fields, which may hold line breaks; the line is the one a row begins in."""
    lines = (line + "\n" for line in read_lines(path))
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(
                f"the row is not valid CSV: {error}",
                file=path,
                line=line,
                remedy="a quote inside a field is written twice",
            ) from error
        if cells:
            yield line, cells

"""A challenge set: pairs of a good and an incorrect translation that differ in one phenomenon.

One case per row, fields between tabs, with a header: source, good-translation,
incorrect-translation, reference, phenomena, source. The second ``source`` says where the case is
from. There is no quoting; the last line may lack its line end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.errors import InputError, unknown_name
from harness.tables import TestSet
from harness.test_sets.readers.assembly import refuse_labels
from harness.test_sets.readers.cases import Case, challenge_set
from harness.test_sets.readers.lines import data_file, has_text, read_lines

__all__ = ["read"]

_HEADER = (
    *("source", "good-translation", "incorrect-translation"),
    *("reference", "phenomena", "source"),
)


def read(
    name: str,
    cases: str | Path,
    phenomena: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
) -> TestSet:
    """Read the cases of a challenge set.

    They are called "1", "2", … in order; the domain is where a case is from. What becomes of them:
    :func:`harness.test_sets.readers.cases.challenge_set`.

    Parameters
    ----------
    name
        Name of the test set.
    cases
        The file.
    phenomena
        The phenomena that there are; empty: whatever the file has.
    labels
        A challenge set marks no errors: none may be given.

    Raises
    ------
    InputError
        The header is another one; a row has not six fields or a blank one; a phenomenon is not
        among the given ones; there are no cases.
    """
    refuse_labels(labels, name)
    read_cases = [
        Case(str(number), row[0], row[3], row[1], row[2], row[4], row[5])
        for number, row in enumerate(_rows(cases, phenomena), start=1)
    ]
    return challenge_set(name, read_cases, [data_file(cases)])


def _rows(path: str | Path, phenomena: Sequence[str]) -> list[list[str]]:
    """The fields of each row below the header; the last two without white space around them."""
    rows: list[list[str]] = []
    number = 0
    for number, line in enumerate(read_lines(path), start=1):
        cells = line.split("\t")
        if number == 1:
            if [cell.strip() for cell in cells] != list(_HEADER):
                raise InputError(
                    "the header is another one",
                    file=path,
                    line=1,
                    found=", ".join(cells)[:200],
                    expected=", ".join(_HEADER),
                )
            continue
        if len(cells) != len(_HEADER):
            raise InputError(
                "the row has not six fields" if has_text(line) else "the line is blank",
                file=path,
                line=number,
                found=f"{len(cells)} fields between tabs",
                expected=", ".join(_HEADER),
                remedy="a text must not hold a tab or a line break",
            )
        blank = [key for key, cell in zip(_HEADER, cells, strict=True) if not has_text(cell)]
        if blank:
            raise InputError(f"the field {blank[0]!r} of the row is blank", file=path, line=number)
        cells[4:] = [cell.strip() for cell in cells[4:]]
        if phenomena and cells[4] not in phenomena:
            raise unknown_name("phenomenon", cells[4], phenomena, file=path, line=number)
        rows.append(cells)
    if not rows:
        raise InputError(
            "the file is empty" if number == 0 else "the file has no cases",
            file=path,
            expected="a header and one case per line",
        )
    return rows

"""A challenge set: pairs of a good and an incorrect translation that differ in one phenomenon.

One case a row, fields between tabs, with a header: source, good-translation,
incorrect-translation, reference, phenomena, source. The second ``source`` says where the case is
from. There is no quoting; the last line may lack its line end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from harness.errors import InputError, unknown_name
from harness.readers.assembly import assemble
from harness.readers.lines import data_file, has_text, read_lines
from harness.tables import PHENOMENA, TestSet, table

__all__ = ["GOOD", "INCORRECT", "read"]

#: The two systems of a challenge set.
GOOD, INCORRECT = "good", "incorrect"

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

    Each case is a segment, called "1", "2", … in order; the systems are ``good`` (role 'system')
    and ``incorrect`` (role 'injected'), the reference is refA. The phenomenon covers the whole
    segment. The domain is where the case is from. Cases of one source text make up a document,
    ``source-N`` after the first of them: they do not vary independently.

    Parameters
    ----------
    name
        Name of the test set.
    cases
        The file.
    phenomena
        The phenomena that there are; empty: whatever the file has.
    labels
        Not used: a challenge set marks no errors.

    Raises
    ------
    InputError
        The header is another one; a row has not six fields or a blank one; a phenomenon is not
        among the given ones; there are no cases.
    """
    del labels
    rows = _rows(cases, phenomena)
    first: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        first.setdefault(row[0], number)
    ids = [str(number) for number in range(1, len(rows) + 1)]
    test_set = assemble(
        name,
        ids=ids,
        documents=[f"source-{first[row[0]]}" for row in rows],
        domains=[row[5] for row in rows],
        sources=[row[0] for row in rows],
        references={"refA": [row[3] for row in rows]},
        hypotheses={GOOD: [row[1] for row in rows], INCORRECT: [row[2] for row in rows]},
        roles={INCORRECT: "injected"},
    )
    marked = [(name, i, 0, row[4], None, None) for i, row in zip(ids, rows, strict=True)]
    counts = table(marked, PHENOMENA)["phenomenon"].value_counts()
    notes = [
        f"{len(rows):,} pairs of a good and an incorrect translation, from {len(first):,} source"
        f" texts: {', '.join(f'{n:,} {kind}' for kind, n in counts.items())}"
    ]
    equal = [i for i, row in zip(ids, rows, strict=True) if row[1] == row[2]]
    if equal:
        notes.append(
            f"{len(equal):,} of {len(rows):,} pairs hold the same translation twice and decide"
            f" nothing: {', '.join(equal)}"
        )
    return replace(
        test_set,
        phenomena=table(marked, PHENOMENA),
        card={"title": name},
        files=(data_file(cases),),
        notes=tuple(notes),
    )


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
            expected="a header and one case a line",
        )
    return rows

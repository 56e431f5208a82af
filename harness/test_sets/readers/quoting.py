"""Whether the cells of a tab-separated file are quoted as in CSV: decided over the whole file.

MQM files have no quoting: a field is whatever stands between two tabs, and texts of news begin and
end with quotation marks of their own. Spreadsheets, pandas and Python's csv module quote a cell
that holds a quotation mark, and double the marks in it. One cell does not tell the two apart; all
cells together do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from harness.errors import InputError
from harness.support.formatting import plural

__all__ = ["Quoting", "quoting_of"]

_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_ESCAPED = re.compile(r'\\"')
#: So many quoted cells in a line are not texts that stand in quotation marks: those are two.
_QUOTED_LINE = 3


@dataclass(frozen=True)
class Quoting:
    """How the cells of a file are written.

    ``csv``: as in CSV, with quotation marks around a cell and doubled ones in it. ``note`` says
    what is not plain, in a sentence (None: nothing). ``doubtful`` is the first line whose cells
    can be read in two ways and were read as they stand (None: none is).
    """

    csv: bool = False
    note: str | None = None
    doubtful: int | None = None

    def cells(self, line: str) -> list[str]:
        """The cells of a line."""
        cells = line.split("\t")
        if self.csv and '"' in line:
            return [c[1:-1].replace('""', '"') if c[:1] == '"' else c for c in cells]
        return cells


def quoting_of(lines: Iterable[str], file: str | Path) -> Quoting:
    """How the cells of ``lines`` are written; ``file`` is their name in messages.

    They are quoted as in CSV if every cell that holds a quotation mark is a well-formed quoted one,
    and something shows that the marks are none of the text: doubled ones, a line with three quoted
    cells or more, or that exactly the cells with a comma are quoted (as Excel does).

    Raises
    ------
    InputError
        Every quotation mark of the file is escaped with a backslash.
    """
    seen = _Seen()
    for number, line in enumerate(lines, start=1):
        if '"' in line:
            seen.add(number, line)
        elif "," in line:
            seen.bare_comma = True
    if seen.escaped and not seen.unescaped:
        raise InputError(
            "the quotation marks are escaped with backslashes",
            file=file,
            line=seen.escaped,
            found='\\"',
            expected="cells as they are, or quoted as in CSV with doubled quotation marks",
            remedy=r"""take the backslashes out: sed 's/\\"/"/g' FILE > NEW""",
        )
    return seen.quoting()


@dataclass
class _Seen:
    """What the cells with quotation marks look like; a line of 0 is none."""

    quoted: int = 0
    #: The first line with a well-formed quoted cell, and with proof that it is one.
    first: int = 0
    proof: int = 0
    #: The first line with a quotation mark that CSV would not write so.
    stray: int = 0
    bare_comma: bool = False
    #: Whether a cell is quoted that needs it not.
    needless: bool = False
    escaped: int = 0
    unescaped: bool = False

    def add(self, number: int, line: str) -> None:
        """Look at a line with a quotation mark."""
        in_line = 0
        for cell in line.split("\t"):
            if '"' not in cell or (cell[:1] == "{" and cell[-1:] == "}"):  # JSON is neither
                self.bare_comma = self.bare_comma or "," in cell
                continue
            if _QUOTED.fullmatch(cell):
                in_line += 1
                doubled = '""' in cell[1:-1]
                self.proof = self.proof or (number if doubled else 0)
                self.needless = self.needless or not (doubled or "," in cell)
            else:
                self.stray = self.stray or number
            n_escaped = len(_ESCAPED.findall(cell))
            self.escaped = self.escaped or (number if n_escaped else 0)
            self.unescaped = self.unescaped or cell.count('"') > n_escaped
        self.quoted += in_line
        self.first = self.first or (number if in_line else 0)
        self.proof = self.proof or (number if in_line >= _QUOTED_LINE else 0)

    def quoting(self) -> Quoting:
        """What that comes to."""
        cells = plural(self.quoted, "cell")
        several = self.quoted > 1
        as_excel = not self.bare_comma and not self.needless
        if self.quoted and not self.stray and (self.proof or as_excel):
            return Quoting(
                csv=True,
                note=f"the file is quoted as CSV: {cells} {'were' if several else 'was'} unquoted",
            )
        if self.quoted and self.stray and self.proof:
            return Quoting(
                note=f"line {self.proof} looks quoted as CSV, but line {self.stray} is not: all"
                " quotation marks were read as text",
                doubtful=self.proof,
            )
        if self.quoted and not self.stray:
            return Quoting(
                note=f"{cells} {'stand' if several else 'stands'} in quotation marks as a whole"
                f" (line {self.first} first); the marks were read as text",
                doubtful=self.first,
            )
        return Quoting()

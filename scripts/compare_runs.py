"""Compare the tables and plots of two runs, for example before and after a change of the code.

    python scripts/compare_runs.py OLD NEW [--renamed old=new …] [--words COLUMN …]

Every cell of every CSV is compared, numbers by value. ``--renamed`` maps a table, column or value
of OLD to its name in NEW; columns of ``--words`` (notes) are counted and do not fail. Of a plot the
number and the places of its marks are compared. Exits with 1 if a number differs.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import pandas as pd


def table(path: Path) -> pd.DataFrame:
    """A CSV as text."""
    return pd.read_csv(path, keep_default_na=False, dtype=str)


def differences(old: pd.Series, new: pd.Series) -> int:
    """The cells that differ, numbers compared by value."""
    unlike = old != new
    a, b = (pd.to_numeric(side[unlike], errors="coerce") for side in (old, new))
    return int(unlike.sum() - (a == b).sum())


def marks(svg: Path) -> list[tuple[str, str]]:
    """The places of a plot's marks."""
    text = svg.read_text(encoding="utf-8")
    return re.findall(r'<use xlink:href="#m[^"]*" x="([-\d.]+)" y="([-\d.]+)"', text)


def compare_tables(old: Path, new: Path, renamed: dict[str, str], words: set[str]) -> int:
    """Print what differs; the number of numbers that do."""
    bad = cells = 0
    for path in sorted((old / "tables").glob("*.csv")):
        other = new / "tables" / path.name
        if not other.is_file():
            other = other.with_stem(renamed.get(path.stem, path.stem))
        a = table(path).replace(renamed)
        b = table(other)
        a = a.rename(columns={c: renamed.get(c, c) for c in a.columns if c not in b.columns})
        if len(a) != len(b) or not set(a.columns) <= set(b.columns):
            print(
                f"{path.stem}: {len(a)} and {len(b)} rows, gone: {set(a.columns) - set(b.columns)}"
            )
            bad += 1
            continue
        for column in a.columns:
            cells += len(a)
            number = differences(a[column], b[column])
            if number:
                print(f"{path.stem}.{column}: {number} of {len(a)} differ")
            bad += number * (column not in words)
    print(f"{cells:,} cells compared, {bad} differences")
    return bad


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--renamed", nargs="*", default=[])
    parser.add_argument("--words", nargs="*", default=["note", "method", "signature"])
    options = parser.parse_args()
    renamed = dict(pair.split("=", 1) for pair in options.renamed)
    bad = compare_tables(options.old, options.new, renamed, set(options.words))
    for svg in sorted((options.old / "plots").glob("*.svg")):
        other = options.new / "plots" / svg.name
        other = other if other.is_file() else other.with_stem(renamed.get(svg.stem, svg.stem))
        a, b = marks(svg), marks(other)
        places = "in the same places" if a == b else "moved"
        print(f"plot {svg.stem}: {len(a)} and {len(b)} marks, {places}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

"""The tests and intervals of one metric as lines of text, for a terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from harness.errors import visible
from harness.system_comparison.rows import Rows

__all__ = ["lines_of"]

#: More pairs than this are counted, not named.
MOST_PAIRS = 10


def lines_of(name: str, rows: Rows) -> list[str]:
    """The content of ``rows`` for the metric ``name``: each system with its rank and interval, then
    each pair of systems; by documents, if these are known."""
    unit = rows.intervals[-1]["unit"]
    systems: list[dict[str, Any]] = [row for row in rows.intervals if row["unit"] == unit]
    systems.sort(key=_place)
    n = "1 translation" if len(systems) == 1 else f"{len(systems)} translations"
    head = f"{visible(name)}: {n}; draws of {unit}s"
    notes = {row["note"] for row in systems if not math.isnan(row["score"])} - {""}
    lines = [head + "".join(f" ({note})" for note in sorted(notes))]
    lines += map(_system_line, systems)
    return lines + _pair_lines([row for row in rows.tests if row["unit"] == unit])


def _place(row: Mapping[str, Any]) -> tuple[bool, float, str]:
    """The best score first, of equals by name, then those without one."""
    missing = math.isnan(row["score"])
    return missing, 0.0 if missing else -row["score"], row["system"]


def _system_line(row: Mapping[str, Any]) -> str:
    name = visible(row["system"])
    if math.isnan(row["score"]):
        return f"    {name}: {row['note']}"
    rank = row["cluster"] or "-"
    interval = "" if math.isnan(row["low"]) else f"[{row['low']:.2f}, {row['high']:.2f}]"
    return f"    rank {rank:<3} {row['score']:8.2f}  {interval:<18}  {name}"


def _pair_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for every two translations, or, where these are many, how many are told apart."""
    pairs: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        pairs.setdefault((row["system_1"], row["system_2"]), {})[row["test"]] = row
    if len(pairs) > MOST_PAIRS:
        told = [
            f"{sum(tests[name]['p'] <= tests[name]['alpha'] for tests in pairs.values())} by {name}"
            for name in next(iter(pairs.values()))
        ]
        alpha = rows[0]["alpha"]
        return [f"    of {len(pairs)} pairs, told apart with p <= {alpha:g}: {', '.join(told)}"]
    return [_pair_line(visible(a), visible(b), tests) for (a, b), tests in pairs.items()]


def _pair_line(one: str, two: str, tests: Mapping[str, Mapping[str, Any]]) -> str:
    row = next(iter(tests.values()))
    if math.isnan(row["p"]):
        return f"    {one}, {two}: {row['note']}"
    drawn = tests.get("bootstrap")
    interval = f" [{drawn['low']:.2f}, {drawn['high']:.2f}]" if drawn is not None else ""
    p = ", ".join(f"p {test['p']:.4f} ({name})" for name, test in tests.items())
    return f"    {one} - {two}: {row['difference']:.2f}{interval}, {p}"

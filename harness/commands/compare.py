"""``harness compare -r FILE -t FILE -t FILE …``: are differences of scores more than chance?

Every two translations of one text, a segment a line, by every metric: paired approximate
randomisation and paired bootstrap (:mod:`harness.system_comparison`), from plain text files. Like
in every table of the tool higher is better: TER is negated.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.commands.texts import add_text_options, chosen_metrics, whole_text
from harness.errors import InputError, visible

if TYPE_CHECKING:
    from harness.metrics import Metric
    from harness.system_comparison import Rows

__all__ = ["arguments", "execute"]

KEPT = "nothing was written"
#: More pairs than this are counted, not printed; ``--csv`` and ``--json`` have them all.
MOST_PAIRS = 10
#: What stands for the name of a test set.
TEXTS = "texts"


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "-t",
        "--translation",
        action="append",
        default=[],
        metavar="FILE",
        required=True,
        help="translation; again for each further one",
    )
    add("-d", "--documents", metavar="FILE", help="the name of each segment's document")
    add_text_options(parser)
    count = {"type": int, "metavar": "N"}
    add("--bootstrap", default=1000, help="resamples (default: %(default)s)", **count)
    add("--randomisation", default=10_000, help="trials (default: %(default)s)", **count)
    add("--mode", default="exact", help="exact, or sacrebleu: its bootstrap's sums and p-values")
    add("--seed", default=12345, help="of all draws (default: %(default)s)", **count)
    add("--csv", type=Path, metavar="FILE", help="write the table of all tests to this file")


def execute(options: argparse.Namespace) -> int:
    metrics = chosen_metrics(options)
    found = _compared(options, metrics)
    if options.csv is not None:
        _write(options, found)
    _tell(metrics, found, as_json=options.json)
    return 0


def _compared(options: argparse.Namespace, metrics: Mapping[str, Metric]) -> dict[str, Rows]:
    """Metric -> the rows of its tests and intervals."""
    import numpy as np

    from harness.metrics.base import Batch
    from harness.system_comparison import SystemTesting, compare_scores
    from harness.test_sets.readers.lines import read_lines, read_texts

    testing = SystemTesting(
        bootstrap=options.bootstrap,
        randomisation=options.randomisation,
        units="both" if options.documents is not None else "segment",
        mode=options.mode,
        seed=options.seed,
    )
    names = _names(options.translation)
    files: list[str] = [*options.reference, *options.translation]
    first = files[0]
    lines = list(read_lines(first))
    if not lines:
        raise InputError("the file has no lines", file=first, expected="one segment a line")
    columns = [lines, *(read_texts(file, first, lines) for file in files[1:])]
    n_references = len(options.reference)
    references, translations = tuple(columns[:n_references]), columns[n_references:]
    sources = [""] * len(lines)
    if options.source is not None:
        sources = read_texts(options.source, first, lines)
    documents = [""] * len(lines)
    if options.documents is not None:
        documents = read_texts(options.documents, first, lines)
    numbers = {name: i for i, name in enumerate(dict.fromkeys(documents))}
    places = np.array([numbers[name] for name in documents], dtype=np.int64)
    found = {}
    for key, metric in metrics.items():
        if metric.reads is not None:
            raise InputError(
                f"the metric {key!r} reads scores of a test set, not texts",
                remedy="compare the test set's systems instead: harness test_set=…",
            )
        given = references if metric.needs_reference else ()
        scored = metric.score_all([Batch(sources, texts, given) for texts in translations])
        own = dict(zip(names, scored, strict=True))
        found[key] = compare_scores(key, metric, own, places, testing)
    return found


def _names(files: Sequence[str]) -> list[str]:
    """The systems' names: the files', with as many of their folders as tells them apart."""
    if len(set(files)) < len(files):
        twice = next(file for file in files if files.count(file) > 1)
        raise InputError("a translation is named twice", found=twice, remedy="name each file once")
    paths = [Path(file).parts for file in files]
    for depth in range(1, max(map(len, paths)) + 1):
        names = ["/".join(parts[-depth:]) for parts in paths]
        if len(set(names)) == len(names):
            return names
    return list(files)


def _write(options: argparse.Namespace, found: Mapping[str, Rows]) -> None:
    from harness.report import csv_text
    from harness.tables import SYSTEM_TESTS, table

    rows = [{"test_set": TEXTS, **row} for own in found.values() for row in own.tests]
    inputs = [*options.translation, *options.reference, options.source, options.documents]
    with whole_text(options.csv, inputs) as stream:
        stream.write(csv_text(table(rows, SYSTEM_TESTS)))


def _tell(metrics: Mapping[str, Metric], found: Mapping[str, Rows], *, as_json: bool) -> None:
    if as_json:
        tables = {
            "system_tests": [_plain(row) for own in found.values() for row in own.tests],
            "system_intervals": [_plain(row) for own in found.values() for row in own.intervals],
        }
        print(json.dumps(tables, ensure_ascii=False, indent=2))  # noqa: T201
        return
    for key, rows in found.items():
        unit = rows.intervals[-1]["unit"]  # documents, where they are given
        systems: list[dict[str, Any]] = [row for row in rows.intervals if row["unit"] == unit]
        systems.sort(key=_place)
        n = "1 translation" if len(systems) == 1 else f"{len(systems)} translations"
        head = f"{visible(metrics[key].name)}: {n}; draws of {unit}s"
        notes = {row["note"] for row in systems if not math.isnan(row["score"])} - {""}
        lines = [head + "".join(f" ({note})" for note in sorted(notes))]
        lines += map(_system_line, systems)
        lines += _pair_lines([row for row in rows.tests if row["unit"] == unit])
        print("\n".join(lines), end="\n\n")  # noqa: T201


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


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """``row`` with null where a value is missing or no number."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in row.items()
    }

"""``harness compare -r FILE -t FILE -t FILE …``: are differences of scores more than chance?

Every two translations of one text, a segment a line, by every metric: paired approximate
randomisation and paired bootstrap (:mod:`harness.system_comparison`), from plain text files. Like
in every table of the tool higher is better: TER is negated.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.commands.texts import add_text_options, chosen_metrics, whole_text

if TYPE_CHECKING:
    from harness.metrics import Metric
    from harness.system_comparison import Rows

__all__ = ["arguments", "execute"]

KEPT = "nothing was written"
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
    for name, default, text in (
        ("--bootstrap", 1000, "resamples"),
        ("--randomisation", 10_000, "trials"),
        ("--seed", 12345, "of all draws"),
    ):
        add(name, type=int, default=default, metavar="N", help=f"{text} (default: {default})")
    add("--mode", default="exact", help="exact, or sacrebleu: its bootstrap's sums and p-values")
    add("--csv", type=Path, metavar="FILE", help="write the table of all tests to this file")


def execute(options: argparse.Namespace) -> int:
    metrics = chosen_metrics(options)
    found = _compared(options, metrics)
    if options.csv is not None:
        _write(options, found)
    _tell(metrics, found, as_json=options.json)
    return 0


def _compared(options: argparse.Namespace, metrics: Mapping[str, Metric]) -> dict[str, Rows]:
    from harness.system_comparison import SystemTesting
    from harness.system_comparison.plain_text import compare_files

    testing = SystemTesting(
        bootstrap=options.bootstrap,
        randomisation=options.randomisation,
        units="both" if options.documents is not None else "segment",
        mode=options.mode,
        seed=options.seed,
    )
    return compare_files(
        options.translation,
        metrics,
        testing,
        references=options.reference,
        source=options.source,
        documents=options.documents,
    )


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
    from harness.system_comparison.wording import lines_of

    for key, rows in found.items():
        print("\n".join(lines_of(metrics[key].name, rows)), end="\n\n")  # noqa: T201


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """``row`` with null where a value is missing or no number."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in row.items()
    }

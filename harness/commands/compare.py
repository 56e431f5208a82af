"""``harness compare -r FILE -t FILE -t FILE …``: are differences of scores more than chance?

Every two translations of one text, one segment per line, by every metric: paired approximate
randomisation and paired bootstrap (:mod:`harness.system_comparison`), from plain text files. Like
in every table of the tool higher is better: TER is negated.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from harness.commands.output import print_json, print_lines
from harness.commands.texts import (
    add_text_options,
    chosen_metrics,
    missing_reference,
    tell,
    tell_left_out,
)
from harness.errors import InputError, visible

if TYPE_CHECKING:
    from harness.system_comparison import SystemTesting

__all__ = ["arguments", "execute"]


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    again = "translation; again for each further one"
    add("-t", "--translation", action="append", required=True, metavar="FILE", help=again)
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
    from harness.claims.compared_texts import lines_of
    from harness.evidence import SHIPPED, load_evidence
    from harness.report import csv_text
    from harness.report.compared import P_VALUES, TEXTS, claims_on_texts
    from harness.report.terminal import WIDTH
    from harness.support.folders import whole_text
    from harness.system_comparison.text_files import compare_files
    from harness.tables import SYSTEM_TESTS, table

    testing = _testing(options)
    texts = (options.reference, options.source, options.documents)
    compared = compare_files(
        options.translation, metrics, testing, *texts, missing_reference(options)
    )
    tell_left_out("harness compare", compared.left_out, compared.n_lines)
    for warning in compared.warnings:
        tell("harness compare", str(warning))
    found = compared.rows
    tests = [row for rows in found.values() for row in rows.tests]
    table_of_tests = table(({"test_set": TEXTS, **row} for row in tests), SYSTEM_TESTS)
    if options.csv is not None:
        inputs = [*options.translation, *options.reference, *texts[1:]]
        with whole_text(options.csv, inputs) as stream:
            stream.write(csv_text(table_of_tests))
    claims = claims_on_texts(
        metrics,
        {key: rows.intervals for key, rows in found.items()},
        table_of_tests,
        n_references=len(options.reference),
        languages=compared.languages,
        evidence=load_evidence(SHIPPED),
        warnings=compared.warnings,
    )
    if options.json:
        intervals = [row for rows in found.values() for row in rows.intervals]
        print_json(
            {
                "system_tests": tests,
                "system_intervals": intervals,
                "left_out": compared.left_out,
                "claims": [claim.record() for claim in claims],
            }
        )
        return 0
    for key, rows in found.items():
        print_lines(*lines_of(metrics[key].name, rows), "")
    both = {row["test"] for row in tests} == {"bootstrap", "randomisation"}
    said = [*([P_VALUES] if both else []), *(claim.text for claim in claims)]
    print_lines(*(line for text in said for line in (*wrap(visible(text), WIDTH), "")))
    return 0


def _testing(options: argparse.Namespace) -> SystemTesting:
    """The tests that the options choose; a refused value is mended by its option."""
    from harness.system_comparison import SystemTesting

    try:
        return SystemTesting(
            bootstrap=options.bootstrap,
            randomisation=options.randomisation,
            units="segment" if options.documents is None else "both",
            mode=options.mode,
            seed=options.seed,
        )
    except InputError as refused:
        remedy = str(refused.remedy).replace("set system_tests.", "give --").replace("=", " ")
        raise InputError(
            refused.message, found=refused.found, expected=refused.expected, remedy=remedy
        ) from None

"""``harness score -t FILE -r FILE [-r FILE …]``: scores of plain text of any length.

One translation of one text, one segment per line (lines end at LF or CR LF), is read and scored in
chunks, so that memory does not grow with it. It prints the corpus score of every metric; with
``--segments FILE`` the scores of all lines are written too, as CSV, whole or not at all. Like in
every table of the tool higher is better: TER is negated.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import asdict
from pathlib import Path

from harness.commands.output import print_json, print_lines
from harness.commands.texts import (
    add_text_options,
    chosen_metrics,
    missing_reference,
    tell,
    tell_left_out,
)
from harness.errors import visible

__all__ = ["arguments", "execute"]


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("-t", "--translation", required=True, metavar="FILE", help="translation")
    add_text_options(parser)
    add("--segments", type=Path, metavar="FILE", help="write the scores of all lines to this CSV")


def execute(options: argparse.Namespace) -> int:
    metrics = chosen_metrics(options)
    from harness.scoring.streaming import score_files

    found = score_files(
        options.translation,
        metrics,
        options.reference,
        options.source,
        options.segments,
        missing_reference(options),
        lambda text: tell("harness score", text),
    )
    first = next(iter(found.values()))
    tell_left_out("harness score", first.left_out, first.n_segments + len(first.left_out))
    if options.json:
        print_json({k: {"name": metrics[k].name, **asdict(own)} for k, own in found.items()})
        return 0
    names = {key: visible(metrics[key].name) for key in found}
    width = max(map(len, names.values()))
    for key, own in found.items():
        number = f"{own.score:.4f}"
        if math.isnan(own.score):
            number = f"no score: {own.n_failed:,} of {own.n_segments:,} segments have none"
        print_lines(f"{names[key]:<{width}}  {number:>9}  {own.signature}")
    return 0

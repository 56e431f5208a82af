"""``harness-score -t FILE -r FILE [-r FILE …]``: scores of plain text of any length.

One translation of one text, a segment a line (lines end at LF or CR LF), read and scored chunk by
chunk, so that memory does not grow with it. It prints the corpus score of every metric; with
``--segments FILE`` the scores of all lines are written too, as CSV, whole or not at all. Like in
every table of the tool higher is better: TER is negated. ``python -m harness.commands.score`` is
the same.

Exit codes: 0 done; 2 bad input; 70 a defect of the program.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.commands.shared import add_text_options, chosen_metrics, exit_code, whole_text
from harness.commands.shared import run_process as end_process
from harness.errors import visible

if TYPE_CHECKING:
    from harness.metrics import Metric
    from harness.scoring.streaming import ChunkScores, StreamedScore

__all__ = ["main", "run_process"]

NAME = "harness-score"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with ``arguments`` (default: those of the process); the exit code."""
    options = _parser().parse_args(arguments)

    def work() -> None:
        metrics = chosen_metrics(options)
        _tell(metrics, _scores(options, metrics), as_json=options.json)

    return exit_code(NAME, options, work)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=NAME,
        description="Score a translation in a plain-text file, one segment a line, of any length.",
        epilog="Exit codes: 0 done; 2 bad input. Higher is better: TER is negated.",
        allow_abbrev=False,
    )
    parser.add_argument("-t", "--translation", required=True, metavar="FILE", help="translation")
    add_text_options(parser, "bleu,chrfpp,ter")
    parser.add_argument(
        "--segments", type=Path, metavar="FILE", help="write the scores of all lines to this CSV"
    )
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")
    return parser


def _scores(options: argparse.Namespace, metrics: Mapping[str, Metric]) -> dict[str, StreamedScore]:
    from harness.scoring.streaming import read_batches, score_stream

    batches = read_batches(options.translation, options.reference, options.source)
    if options.segments is None:
        return score_stream(batches, metrics)
    inputs = [options.translation, *options.reference, options.source]
    with whole_text(options.segments, inputs) as stream:
        stream.write(",".join(["line", *metrics]) + "\n")

        def write(start: int, scores: ChunkScores) -> None:
            columns = [map(_number, scores[key].tolist()) for key in metrics]
            rows = enumerate(zip(*columns, strict=True), start + 1)
            stream.writelines(f"{line},{','.join(row)}\n" for line, row in rows)

        return score_stream(batches, metrics, write)


def _number(value: float) -> str:
    return "" if math.isnan(value) else repr(value)


def _tell(
    metrics: Mapping[str, Metric], scores: Mapping[str, StreamedScore], *, as_json: bool
) -> None:
    if as_json:
        told: dict[str, Any] = {}
        for key, found in scores.items():
            score = None if math.isnan(found.score) else found.score
            told[key] = {"name": metrics[key].name, **asdict(found), "score": score}
        print(json.dumps(told, ensure_ascii=False, indent=2))  # noqa: T201
        return
    width = max(len(visible(metric.name)) for metric in metrics.values())
    for key, found in scores.items():
        name = visible(metrics[key].name)
        number = (
            f"no score: {found.n_failed:,} of {found.n_segments:,} segments have none"
            if math.isnan(found.score)
            else f"{found.score:.4f}"
        )
        print(f"{name:<{width}}  {number:>9}  {visible(found.signature)}")  # noqa: T201


def run_process() -> None:
    """Entry point of the process: :func:`main` with an exit code for everything."""
    end_process(NAME, main)


if __name__ == "__main__":
    run_process()

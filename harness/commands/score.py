"""``harness score -t FILE -r FILE [-r FILE …]``: scores of plain text of any length.

One translation of one text, a segment a line (lines end at LF or CR LF), read and scored chunk by
chunk, so that memory does not grow with it. It prints the corpus score of every metric; with
``--segments FILE`` the scores of all lines are written too, as CSV, whole or not at all. Like in
every table of the tool higher is better: TER is negated.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.commands.texts import add_text_options, chosen_metrics, whole_text
from harness.errors import visible

if TYPE_CHECKING:
    from harness.metrics import Metric
    from harness.scoring.streaming import ChunkScores, StreamedScore

__all__ = ["arguments", "execute"]

KEPT = "nothing was written"


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("-t", "--translation", required=True, metavar="FILE", help="translation")
    add_text_options(parser)
    add("--segments", type=Path, metavar="FILE", help="write the scores of all lines to this CSV")


def execute(options: argparse.Namespace) -> int:
    metrics = chosen_metrics(options)
    _tell(metrics, _scores(options, metrics), as_json=options.json)
    return 0


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

"""``harness-score -t FILE -r FILE [-r FILE …]``: scores of plain text of any length.

One translation of one text, a segment a line (lines end at LF or CR LF), read and scored chunk by
chunk, so that memory does not grow with it. It prints the corpus score of every metric; with
``--segments FILE`` the scores of all lines are written too, as CSV, whole or not at all. Like in
every table of the tool higher is better: TER is negated. ``python -m harness.score_command`` is the
same.

Exit codes: 0 done; 2 bad input; 70 a defect of the program.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from harness.application import as_input_error
from harness.errors import InputError, visible
from harness.hydra_versions import composed
from harness.overrides import prepare, quoted
from harness.resources import resource_folder

if TYPE_CHECKING:
    from harness.metrics import Metric
    from harness.streaming import ChunkScores, StreamedScore

__all__ = ["main", "run_process"]

DONE, BAD_INPUT, DEFECT = 0, 2, 70


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with ``arguments`` (default: those of the process); the exit code."""
    options = _parser().parse_args(arguments)
    try:
        metrics = _metrics(options)
        scores = _scores(options, metrics)
        _tell(metrics, scores, as_json=options.json)
    except (InputError, HydraException, OmegaConfBaseException, YAMLError, UnicodeError) as error:
        conf = resource_folder("conf")
        print(  # noqa: T201
            f"harness-score: {as_input_error(error, conf, options.config_dir).render()}",
            file=sys.stderr,
        )
        return BAD_INPUT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harness-score",
        description="Score a translation in a plain-text file, one segment a line, of any length.",
        epilog="Exit codes: 0 done; 2 bad input. Higher is better: TER is negated.",
        allow_abbrev=False,
    )
    parser.add_argument("-t", "--translation", required=True, metavar="FILE", help="translation")
    parser.add_argument(
        "-r",
        "--reference",
        action="append",
        default=[],
        metavar="FILE",
        help="reference; again for each further one",
    )
    parser.add_argument("-s", "--source", metavar="FILE", help="source, for metrics that read it")
    parser.add_argument(
        "--metrics",
        default="bleu,chrfpp,ter",
        metavar="NAMES",
        help="options of the group metrics, with commas (default: %(default)s)",
    )
    parser.add_argument(
        "overrides",
        nargs="*",
        metavar="OVERRIDE",
        help="a metric's parameter: metrics.bleu.tokenize=zh",
    )
    parser.add_argument(
        "--segments", type=Path, metavar="FILE", help="write the scores of all lines to this CSV"
    )
    parser.add_argument(
        "--config-dir", type=Path, metavar="DIR", help="a folder of your own configs"
    )
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")
    return parser


def _metrics(options: argparse.Namespace) -> dict[str, Metric]:
    """The metrics that the options name, with their parameters."""
    for override in options.overrides:
        if not override.lstrip("+").startswith("metrics."):
            raise InputError(
                f"{override!r} is no parameter of a metric",
                expected="metrics.NAME.PARAMETER=VALUE",
                remedy="files are given with -t, -r and -s",
            )
    conf = resource_folder("conf")
    own = ["--config-dir", str(options.config_dir)] if options.config_dir is not None else []
    arguments = [*own, f"metrics=[{options.metrics}]", *options.overrides]
    overrides = prepare(arguments, conf)[len(own) :]
    if options.config_dir is not None:
        overrides.append(f"hydra.searchpath=[{quoted(f'file://{options.config_dir.resolve()}')}]")
    config = composed(overrides, conf)

    from harness.metrics import Metric
    from harness.plugins import build_all

    metrics = build_all(config.metrics)
    for key, metric in metrics.items():
        if not isinstance(metric, Metric):
            raise InputError(f"the config of {key!r} describes no metric", found=repr(metric))
        if metric.needs_source and options.source is None:
            raise InputError(f"the metric {key!r} reads the source", remedy="give it: -s FILE")
        if metric.needs_reference and not options.reference:
            raise InputError(f"the metric {key!r} needs a reference", remedy="give one: -r FILE")
    if not metrics:
        raise InputError("no metric is selected", remedy="choose some: --metrics bleu,chrf")
    return metrics


def _scores(options: argparse.Namespace, metrics: Mapping[str, Metric]) -> dict[str, StreamedScore]:
    from harness.streaming import read_batches, score_stream

    batches = read_batches(options.translation, options.reference, options.source)
    if options.segments is None:
        return score_stream(batches, metrics)
    with _written_whole(options.segments) as stream:
        stream.write(",".join(["line", *metrics]) + "\n")

        def write(start: int, scores: ChunkScores) -> None:
            columns = [map(_number, scores[key].tolist()) for key in metrics]
            rows = enumerate(zip(*columns, strict=True), start + 1)
            stream.writelines(f"{line},{','.join(row)}\n" for line, row in rows)

        return score_stream(batches, metrics, write)


def _number(value: float) -> str:
    return "" if math.isnan(value) else repr(value)


@contextmanager
def _written_whole(path: Path) -> Iterator[TextIO]:
    """A text file that takes the place of ``path`` when it is whole; nothing is left otherwise."""
    if path.exists() and not path.is_file():
        raise InputError("this is no file that can be replaced", file=path, remedy="name a file")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                yield stream
            mask = os.umask(0)
            os.umask(mask)
            Path(name).chmod(0o666 & ~mask)
            Path(name).replace(path)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
    except OSError as error:
        raise InputError(
            "the scores of the segments cannot be written",
            file=path,
            found=error.strerror,
            remedy="choose another file: --segments FILE",
        ) from error


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
    try:
        code = main()
    except KeyboardInterrupt:
        code = 130
    except SystemExit:
        raise
    except Exception:
        import traceback

        traceback.print_exc()
        print("harness-score: a defect of the program; please report it", file=sys.stderr)  # noqa: T201
        code = DEFECT
    sys.exit(code)


if __name__ == "__main__":
    run_process()

"""``harness-compare -r FILE -t FILE -t FILE …``: are differences of scores more than chance?

Every two translations of one text, a segment a line, by every metric: paired approximate
randomisation and paired bootstrap (:mod:`harness.system_comparison`), from plain text files. Like
in every table of the tool higher is better: TER is negated. ``python -m harness.compare_command``
is the same.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import InputError, visible
from harness.text_commands import add_metric_options, chosen_metrics, exit_code, written_whole
from harness.text_commands import run_process as end_process

if TYPE_CHECKING:
    from harness.metrics import Metric
    from harness.system_comparison import SystemComparison
    from harness.tables import TestSet

__all__ = ["main", "run_process"]

NAME = "harness-compare"

#: More pairs than this are counted, not printed; ``--csv`` and ``--json`` have them all.
MOST_PAIRS = 10
ALPHA = 0.05


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with ``arguments`` (default: those of the process); the exit code."""
    options = _parser().parse_args(arguments)

    def work() -> None:
        metrics = chosen_metrics(
            options, has_source=options.source is not None, has_reference=bool(options.reference)
        )
        found = _compared(options, metrics)
        if options.csv is not None:
            _write(options.csv, found)
        _tell(metrics, found, as_json=options.json)

    return exit_code(NAME, options, work)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=NAME,
        description="Test every two translations of a text against each other, by every metric.",
        epilog="Exit codes: 0 done; 2 bad input. Higher is better: TER is negated.",
        allow_abbrev=False,
    )
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
    add(
        "-r",
        "--reference",
        action="append",
        default=[],
        metavar="FILE",
        help="reference; again for each further one",
    )
    add("-s", "--source", metavar="FILE", help="source, for metrics that read it")
    add("-d", "--documents", metavar="FILE", help="the name of each segment's document")
    add_metric_options(parser, "bleu,chrfpp,ter")
    add("--bootstrap", type=int, default=1000, metavar="N", help="resamples (default: %(default)s)")
    add(
        "--randomisation",
        type=int,
        default=10_000,
        metavar="N",
        help="trials (default: %(default)s)",
    )
    add("--mode", default="exact", help="exact, or sacrebleu: its bootstrap's sums and p-values")
    add("--seed", type=int, default=12345, help="of all draws (default: %(default)s)")
    add("--csv", type=Path, metavar="FILE", help="write the table of all tests to this file")
    add("--json", action="store_true", help="write JSON, for programs")
    return parser


def _compared(options: argparse.Namespace, metrics: Mapping[str, Metric]) -> SystemComparison:
    from harness.scoring import score_test_set
    from harness.system_comparison import SystemTesting, compare_systems

    testing = SystemTesting(
        bootstrap=options.bootstrap,
        randomisation=options.randomisation,
        units="both" if options.documents is not None else "segment",
        mode=options.mode,
        seed=options.seed,
    )
    test_set = _test_set(options)
    names = test_set.reference_names
    scored = score_test_set(test_set, metrics, references=names)
    return compare_systems(test_set, metrics, scored.segments, testing)


def _test_set(options: argparse.Namespace) -> TestSet:
    """The files as a test set. The files' names are the systems' names, with as many of their
    folders as it takes to tell them apart."""
    from harness.readers import plain_text

    names = _names(options.translation)
    # Where no metric reads the source, only the number of its lines counts.
    stand_in = (options.reference or options.translation)[0]
    return plain_text.read(
        "texts",
        options.source or stand_in,
        {f"ref{i + 1}": file for i, file in enumerate(options.reference)},
        dict(zip(names, options.translation, strict=True)),
        documents=options.documents,
    )


def _names(files: Sequence[str]) -> list[str]:
    if len(set(files)) < len(files):
        twice = next(file for file in files if files.count(file) > 1)
        raise InputError("a translation is named twice", found=twice, remedy="name each file once")
    paths = [Path(file).parts for file in files]
    for depth in range(1, max(map(len, paths)) + 1):
        names = ["/".join(parts[-depth:]) for parts in paths]
        if len(set(names)) == len(names):
            return names
    return list(files)


def _write(path: Path, found: SystemComparison) -> None:
    from harness.report import csv_text

    with written_whole(path) as stream:
        stream.write(csv_text(found.tests))


def _tell(metrics: Mapping[str, Metric], found: SystemComparison, *, as_json: bool) -> None:
    if as_json:
        tables = {
            "system_tests": _plain(found.tests),
            "system_intervals": _plain(found.intervals),
        }
        print(json.dumps(tables, ensure_ascii=False, indent=2))  # noqa: T201
        return
    unit = found.intervals["unit"].iloc[-1]  # documents, where they are given
    tests = found.tests[found.tests["unit"] == unit]
    intervals = found.intervals[found.intervals["unit"] == unit]
    for key, metric in metrics.items():
        own = intervals[intervals["metric"] == key].sort_values("score", ascending=False)
        print(f"{visible(metric.name)}: {len(own)} translations; draws of {unit}s")  # noqa: T201
        for row in own.itertuples():
            print(_system_line(row))  # noqa: T201
        pairs = tests[tests["metric"] == key]
        for line in _pair_lines(pairs):
            print(line)  # noqa: T201
        print()  # noqa: T201


def _system_line(row: Any) -> str:
    name = visible(row.system)
    if row.score != row.score:
        return f"    -         -                     {name}  ({row.note})"
    rank = "-" if row.cluster is None or row.cluster != row.cluster else str(row.cluster)
    interval = "" if row.low != row.low else f"[{row.low:.2f}, {row.high:.2f}]"
    return f"    rank {rank:<3} {row.score:8.2f}  {interval:<18}  {name}"


def _pair_lines(pairs: Any) -> list[str]:
    """A line for every two translations, or, where these are many, how many are told apart."""
    both: dict[tuple[str, str], dict[str, Any]] = {}
    for row in pairs.itertuples():
        both.setdefault((row.system_1, row.system_2), {})[row.test] = row
    lines = []
    for (one, two), tests in both.items():
        row = next(iter(tests.values()))
        if row.p != row.p:
            lines.append(f"    {visible(one)}, {visible(two)}: {row.note}")
            continue
        drawn = tests.get("bootstrap")
        interval = f" [{drawn.low:.2f}, {drawn.high:.2f}]" if drawn is not None else ""
        p = ", ".join(f"p {test.p:.4f} ({name})" for name, test in tests.items())
        lines.append(f"    {visible(one)} - {visible(two)}: {row.difference:.2f}{interval}, {p}")
    if len(lines) <= MOST_PAIRS:
        return lines
    counts = [
        f"{int((own['p'] <= ALPHA).sum())} by {name}"
        for name, own in pairs.groupby("test", sort=False)
    ]
    return [f"    of {len(lines)} pairs, told apart with p <= {ALPHA}: {', '.join(counts)}"]


def _plain(frame: Any) -> list[dict[str, Any]]:
    """Rows without NaN: null where a value is missing."""
    plain: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", double_precision=15))
    return plain


def run_process() -> None:
    """Entry point of the process: :func:`main` with an exit code for everything."""
    end_process(NAME, main)


if __name__ == "__main__":
    run_process()

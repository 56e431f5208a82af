"""What the commands for plain text files, ``score`` and ``compare``, share."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from harness.config.compose import config_of
from harness.config.groups import config_folders, group_options
from harness.errors import InputError
from harness.support.folders import whole_file

if TYPE_CHECKING:
    from harness.metrics import Metric

__all__ = ["add_config_dir", "add_text_options", "chosen_metrics", "whole_text"]


def add_config_dir(parser: argparse.ArgumentParser) -> None:
    """Let ``parser`` take a folder of the user's own configs."""
    parser.add_argument(
        "--config-dir", type=Path, metavar="DIR", help="a folder of your own configs"
    )


def add_text_options(parser: argparse.ArgumentParser) -> None:
    """Let ``parser`` take references, a source, and metrics with their parameters."""
    add = parser.add_argument
    again = "reference; again for each further one"
    add("-r", "--reference", action="append", default=[], metavar="FILE", help=again)
    add("-s", "--source", metavar="FILE", help="source, for metrics that read it")
    add(
        "--metrics",
        default="bleu,chrfpp,ter",
        metavar="NAMES",
        help="options of metrics and sentinels, with commas (default: %(default)s)",
    )
    add(
        "overrides",
        nargs="*",
        metavar="OVERRIDE",
        help="a metric's parameter: metrics.bleu.tokenize=zh",
    )
    add_config_dir(parser)
    add("--json", action="store_true", help="write JSON, for programs")


def chosen_metrics(options: argparse.Namespace) -> dict[str, Metric]:
    """The metrics that the options name, with their parameters.

    Raises
    ------
    InputError
        A name is unknown or a parameter refused; a metric needs a text that is not given.
    """
    none = InputError("no metric is selected", remedy="choose some: --metrics bleu,chrf")
    if not options.metrics.strip():
        raise none
    for override in options.overrides:
        if not override.lstrip("+").startswith(("metrics.", "sentinels.")):
            raise InputError(
                f"{override!r} is no parameter of a metric",
                expected="metrics.NAME.PARAMETER=VALUE",
                remedy="files are given by the options; see --help",
            )
    known = group_options(config_folders(options.config_dir)).get("sentinels", [])
    names = [name.strip() for name in options.metrics.split(",")]
    sentinels = [name for name in names if name in known and name != "none"]
    chosen = [name for name in names if name not in sentinels] or ["none"]
    groups = {"metrics": chosen, "sentinels": sentinels or ["none"]}
    overrides = [f"{group}=[{','.join(own)}]" for group, own in groups.items()]
    config = config_of([*overrides, *options.overrides], options.config_dir, "texts")

    from harness.config.objects import build_all
    from harness.metrics import Metric

    metrics = {**build_all(config.metrics), **build_all(config.sentinels)}
    for key, metric in metrics.items():
        if not isinstance(metric, Metric):
            raise InputError(f"the config of {key!r} describes no metric", found=repr(metric))
        if metric.needs.source and options.source is None:
            raise InputError(f"the metric {key!r} reads the source", remedy="give it: -s FILE")
        if metric.needs.reference and not options.reference:
            raise InputError(f"the metric {key!r} needs a reference", remedy="give one: -r FILE")
    if not metrics:
        raise none
    return metrics


@contextmanager
def whole_text(path: Path, inputs: Sequence[str | None]) -> Iterator[TextIO]:
    """A text file that takes the place of ``path`` when it is whole; nothing is left otherwise.

    Raises
    ------
    InputError
        The file cannot be written, or is one of ``inputs``.
    """
    for given in inputs:
        if given is not None and Path(given).resolve() == path.resolve():
            raise InputError("the file to be written is one that is read", file=path)
    with (
        whole_file(path.resolve(), "the file", "choose another file") as partial,
        partial.open("w", encoding="utf-8", newline="\n") as stream,
    ):
        yield stream

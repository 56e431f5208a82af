"""What the commands for plain text files, ``score`` and ``compare``, share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.commands.options import add_config_dir, add_json
from harness.commands.output import print_lines
from harness.config.compose import config_of
from harness.config.groups import config_folders, group_options
from harness.errors import InputError

if TYPE_CHECKING:
    from harness.metrics import Metric
    from harness.test_sets.left_out import MissingReference

__all__ = ["add_text_options", "chosen_metrics", "missing_reference", "tell", "tell_left_out"]

_MISSING = "missing_reference="


def add_text_options(parser: argparse.ArgumentParser) -> None:
    """Let ``parser`` take references, a source, and metrics with their parameters."""
    add = parser.add_argument
    again = "reference; again for each further one"
    add("-r", "--reference", action="append", default=[], metavar="FILE", help=again)
    add("-s", "--source", metavar="FILE", help="source, for metrics that read it")
    names = "options of metrics and sentinels, with commas (default: %(default)s)"
    add("--metrics", default="bleu,chrfpp,ter", metavar="NAMES", help=names)
    told = "lines without a reference: leave them out for every score (default), or refuse them"
    add("--missing-reference", metavar="WHAT", help=f"{told}: leave_out or refuse")
    parameter = "a metric's parameter: metrics.bleu.tokenize=zh"
    add("overrides", nargs="*", metavar="OVERRIDE", help=parameter)
    add_config_dir(parser)
    add_json(parser)


def missing_reference(options: argparse.Namespace) -> MissingReference:
    """What is done with lines without a reference: by the option, or as ``harness`` takes it.

    Raises
    ------
    InputError
        It is neither left out nor refused.
    """
    from harness.test_sets.left_out import LEAVE_OUT, check_policy

    given = [o.removeprefix(_MISSING) for o in options.overrides if o.startswith(_MISSING)]
    return check_policy(options.missing_reference or (given or [LEAVE_OUT])[-1])


def tell(command: str, warning: str) -> None:
    """Print a warning to stderr."""
    print_lines(f"{command}: warning: {warning}", file=sys.stderr)


def tell_left_out(command: str, lines: Sequence[int], total: int) -> None:
    """Say on stderr which lines have no reference."""
    if lines:
        from harness.test_sets.left_out import LeftOut, lines_named

        lost = LeftOut(tuple(map(str, lines)), total, lines_named(lines), "no reference")
        tell(command, str(lost))


def chosen_metrics(options: argparse.Namespace) -> dict[str, Metric]:
    """The metrics that the options name, with their parameters.

    Raises
    ------
    InputError
        A name is unknown or a parameter refused, or there is no metric.
    """
    overrides = [o for o in options.overrides if not o.startswith(_MISSING)]
    for override in overrides:
        if not override.lstrip("+").startswith(("metrics.", "sentinels.")):
            raise InputError(
                f"{override!r} is no parameter of a metric",
                expected="metrics.NAME.PARAMETER=VALUE",
                remedy=(
                    "files are given by the options, one before each file, and a list has no "
                    "space after a comma; see --help"
                ),
            )
    known = group_options(config_folders(options.config_dir)).get("sentinels", [])
    names = [name.strip() for name in options.metrics.split(",") if name.strip()] or ["none"]
    sentinels = [name for name in names if name in known and name != "none"]
    metrics = [name for name in names if name not in sentinels]
    chosen = [
        f"{group}=[{','.join(own or ['none'])}]"
        for group, own in (("metrics", metrics), ("sentinels", sentinels))
    ]
    config = config_of([*chosen, *overrides], options.config_dir, "texts")
    from harness.config.objects import build_all
    from harness.metrics import Metric
    from harness.metrics.groups import MetricGroup, only_metrics

    found = {
        **only_metrics(build_all(config.metrics, Metric, MetricGroup)),
        **build_all(config.sentinels, Metric),
    }
    if not found:
        raise InputError("no metric is selected", remedy="choose some: --metrics bleu,chrf")
    return found

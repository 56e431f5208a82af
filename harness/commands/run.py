"""``harness [overrides]``: one run, or with ``-m`` a sweep of runs."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from harness.commands.main import COMMANDS
from harness.commands.options import add_json
from harness.commands.output import print_json, print_lines
from harness.commands.report import report_sweep
from harness.config.groups import config_folders, group_options
from harness.errors import InputError
from harness.support.progress import doing

if TYPE_CHECKING:
    from omegaconf import DictConfig

__all__ = ["arguments", "execute"]

KEPT = (
    "no folder is left half written; scores that were done are kept unless store=false, and so are "
    "the finished jobs of a sweep: the same command goes on from there"
)
_ABOUT = """\
Which machine-translation metric to trust on Chinese-English news, and for which kinds of error.

Commands (harness COMMAND --help):
{commands}
"""
_GROUPS = """\
Groups and their options (harness list metrics says what each is):
{groups}

Examples:
  harness                                              the article that comes with it
  harness test_set=wmt23_zhen_news                     real data, 377 segments, human MQM ratings
  harness 'metrics=[bleu,chrf]' metrics.bleu.tokenize=intl
  harness test_set=wmt23_zhen_news 'systems=[GPT4-5shot,ONLINE-A]'
  harness test_set=files test_set.source=zh.txt \\
          test_set.references.refA=en.txt test_set.systems.mine=mt.txt
  harness -m metrics=bleu,chrf                         a sweep: one run for each metric
  harness --config-dir my_conf metrics=my_metric       your own configs beside these
  harness output=DIR mirror=DIR                        where results go, where data lies

{codes}
"""
_WIDTH = 100
_INFOS = ["all", "config", "defaults", "defaults-tree", "plugins", "searchpath"]


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_WIDTH)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = "harness [group=option] [key=value] [-m key=a,b] [options]"
    parser.formatter_class = _Formatter
    add = parser.add_argument
    add("overrides", nargs="*", metavar="OVERRIDE", help="group=option or key=value")
    add("-h", "--help", action="store_true", help="show this help")
    add("--version", action="store_true", help="say harness's version")
    add("-m", "--multirun", action="store_true", help="a run for each value: a sweep")
    add_json(parser)
    what = parser.add_mutually_exclusive_group()
    told = "show this part of the config, and run nothing: job, hydra, all"
    what.add_argument("-c", "--cfg", choices=["job", "hydra", "all"], metavar="PART", help=told)
    told = f"show what Hydra knows, and run nothing: {', '.join(_INFOS)}"
    what.add_argument(
        "-i", "--info", nargs="?", const="all", choices=_INFOS, metavar="PART", help=told
    )
    told = 'tab completion: eval "$(harness -sc install=bash)"'
    what.add_argument("-sc", "--shell-completion", action="store_true", help=told)
    what.add_argument("-r", "--run", action="store_true", help=argparse.SUPPRESS)
    what.add_argument("--hydra-help", action="store_true", help="help about Hydra itself")
    add("-p", "--package", metavar="KEY", help="with --cfg: only what is below this key")
    add("--resolve", action="store_true", help="with --cfg: references to other values replaced")
    add("-cd", "--config-dir", type=Path, metavar="DIR", help="a folder of your own configs")
    name = "another main config than config"
    add("-cn", "--config-name", default="config", metavar="NAME", help=name)
    add("-cp", "--config-path", type=Path, metavar="DIR", help="another folder in place of conf/")


def help_of(parser: argparse.ArgumentParser, folders: Sequence[Path]) -> str:
    """What ``harness --help`` prints: commands, options, every group of ``folders``, examples."""
    lines = [
        textwrap.fill(
            f"{group}: {', '.join(options)}",
            width=_WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for group, options in group_options(folders).items()
    ]
    commands = "\n".join(f"  {name:<10}{text}" for name, text in COMMANDS.items())
    codes = textwrap.fill(str(parser.epilog), width=_WIDTH)
    parser.description = _ABOUT.format(commands=commands)
    parser.epilog = _GROUPS.format(groups="\n".join(lines), codes=codes)
    return parser.format_help()


def execute(options: argparse.Namespace) -> int:
    if options.version:
        from harness import __version__

        print_lines(f"harness {__version__}")
        return 0
    folders = config_folders(options.config_dir, options.config_path)
    if options.help:
        print(help_of(options.parser, folders), end="")  # noqa: T201
        return 0
    if options.shell_completion:
        from harness.commands.completion import complete

        return complete(options.overrides)
    _check(options)
    return _run(options, folders)


def _check(options: argparse.Namespace) -> None:
    """Refuse options that do not go together."""
    if options.multirun and (options.cfg or options.info):
        raise InputError(
            "a sweep has no one config to show",
            found="-m and --cfg or --info",
            remedy="leave -m and all but one value of each key out",
        )
    if (options.package or options.resolve) and not options.cfg:
        raise InputError("--package and --resolve say what --cfg shows", remedy="add --cfg job")


def _run(options: argparse.Namespace, folders: Sequence[Path]) -> int:
    with doing("starting"):
        from harness.config.compose import refusals, through_hydra
        from harness.config.overrides import prepare
        from harness.sweep.slurm import check_launcher

    sweep = options.multirun or "hydra.mode=MULTIRUN" in options.overrides
    overrides = prepare(options.overrides, folders, sweep=sweep)
    flags = [w for w in options.given if w not in options.overrides and w != "--json"]
    with refusals(overrides):
        if options.cfg or options.info or options.hydra_help:
            through_hydra(print, flags, overrides)
            return 0
        check_launcher(overrides)
        return _done(options, folders, overrides, flags, sweep=sweep)


def _done(
    options: argparse.Namespace,
    folders: Sequence[Path],
    overrides: list[str],
    flags: list[str],
    *,
    sweep: bool,
) -> int:
    """Do the run, or the runs of a sweep; with dry_run=true, say what they would do."""
    with doing("starting"):
        from harness.config.compose import composed, launcher
        from harness.runs import pipeline
        from harness.runs.dry_run import planned
        from harness.runs.folder import check_output, default_output
        from harness.sweep.check import check_jobs
        from harness.sweep.driver import Task, launch
        from harness.sweep.plan import Job, check_root, of_hydra, planned_jobs

    jobs = planned_jobs(overrides) if sweep else (Job(0, tuple(options.overrides)),)
    shared = of_hydra(overrides)

    def config_of(job: Job) -> DictConfig:
        own = [*job.overrides, *shared] if sweep else overrides
        return composed(own, folders, options.config_name)

    if sweep:
        check_jobs(jobs, config_of, group_options(folders))
    with doing("reading the settings"):
        config = config_of(jobs[0])
    started = datetime.now().astimezone()
    output = Path(str(config.output)) if config.output else default_output(started, sweep=sweep)
    (check_root if sweep else check_output)(output)
    task = Task(["harness", *options.given], started)
    if config.dry_run is not False:
        for job in jobs:
            print_lines(planned(config_of(job), job.name))
        return 0
    if sweep:
        said = launch(jobs, output, launcher(), flags, overrides, task)
        if said:
            print_lines(f"harness: the launcher says: {said}", file=sys.stderr)
        _warn_of_jobs(output)
        return report_sweep(output, as_json=options.json)
    report = pipeline.run(config, output, command=task.command, started=started, tell=_warn)
    _tell(output, report, as_json=options.json)
    return 0


def _tell(output: Path, report: Path, *, as_json: bool) -> None:
    """Say what the run found, and where the report is."""
    record = json.loads((output / "run.json").read_text("utf-8"))
    scores = record["counts"]["scores"]
    if as_json:
        told = {key: record[key] for key in ("test_set", "counts", "warnings", "claims")}
        print_json({"output": str(output), "report": str(report), **told})
        return
    print_lines(
        *record["summary"].split("\n"),
        f"scores: {scores['computed']:,} computed, {scores['reused']:,} kept from before",
        f"report: {report}",
    )


def _warn(text: str, jobs: str = "") -> None:
    print_lines(f"harness: warning{jobs}: {text}", file=sys.stderr)


def _warn_of_jobs(root: Path) -> None:
    """The warnings of a sweep's runs, each once."""
    jobs: dict[str, list[str]] = {}
    for record in sorted(root.glob("*/run.json")):
        for text in json.loads(record.read_text("utf-8")).get("warnings", []):
            jobs.setdefault(text, []).append(record.parent.name)
    for text, names in jobs.items():
        _warn(text, f" (job {names[0]})" if len(names) == 1 else f" ({len(names)} jobs)")

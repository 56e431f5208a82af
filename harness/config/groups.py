"""The groups of the configs and their options, by looking at the folders; and the program's help.

Nothing heavy is imported here, so that ``harness --help`` answers at once.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

__all__ = ["config_dir_of", "group_options", "help_text"]

_HEADER = """\
harness: which machine-translation metric to trust on Chinese-English news, and for which kinds of
error.

Usage: harness [group=option] [key=value] [-m key=a,b] [--config-dir DIR] [--cfg job]
       harness store info|verify|prune
       harness-score, harness-compare       plain text without a test set (each has --help)
       harness-convert, harness-report      a test set in another format; a sweep's page again

Groups and their options:
"""
_FOOTER = """
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

Exit codes: 0 done, 1 a gate failed, 2 bad input or config, 3 a sweep with failed jobs.
"""


def config_dir_of(arguments: Sequence[str]) -> Path | None:
    """The folder given by ``--config-dir`` (or ``-cd``), if any."""
    for i, argument in enumerate(arguments):
        if argument in {"--config-dir", "-cd"} and i + 1 < len(arguments):
            return Path(arguments[i + 1])
        if argument.startswith("--config-dir="):
            return Path(argument.split("=", 1)[1])
    return None


def group_options(folders: Sequence[Path]) -> dict[str, list[str]]:
    """Each config group below ``folders`` with its options, by name."""
    groups: dict[str, set[str]] = {}
    for folder in folders:
        for file in folder.rglob("*.yaml"):
            group = file.parent.relative_to(folder).as_posix()
            if group != "." and not group.startswith("hydra"):
                groups.setdefault(group, set()).add(file.stem)
    return {group: sorted(options) for group, options in sorted(groups.items())}


def help_text(folders: Sequence[Path]) -> str:
    """What ``harness --help`` prints: usage, every group of ``folders``, examples."""
    lines = [
        textwrap.fill(
            f"{group}: {', '.join(options)}",
            width=100,
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for group, options in group_options(folders).items()
    ]
    return _HEADER + "\n".join(lines) + "\n" + _FOOTER

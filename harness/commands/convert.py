"""``harness convert TEST_SET --to jsonl|mtme DIR``: a test set in another format.

TEST_SET is the name of a test set, the path of a card.yaml, or overrides as ``harness`` takes them
(``test_set=files test_set.source=zh.txt …``; also ``mirror=`` and ``cache=``). ``jsonl`` holds
everything and is compared with the test set when it is written; of what ``mtme`` (the layout of
mt-metrics-eval) cannot hold, the output says what it is. An earlier export is replaced unless it
was changed since; a folder of anything else is refused.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from omegaconf import DictConfig

from harness.commands.options import add_config_dir, add_json
from harness.commands.output import print_json, print_lines
from harness.config.compose import check_complete, config_of
from harness.errors import InputError

if TYPE_CHECKING:
    from harness.tables import TestSet

__all__ = ["arguments", "execute"]

KEPT = "nothing was written"
#: The parts of the config that say what is read.
READ = ("test_set", "mirror", "cache")


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    what = "a test set's name, a card.yaml, or overrides: test_set=files test_set.source=FILE …"
    add("test_set", nargs="+", metavar="TEST_SET", help=what)
    to = "jsonl (holds everything) or mtme (the layout of mt-metrics-eval), and the folder"
    add("--to", nargs=2, required=True, metavar=("FORMAT", "DIR"), help=to)
    loss = "write nothing if the format cannot hold all"
    add("--refuse-loss", action="store_true", help=loss)
    add("--language-pair", metavar="LP", help="for mtme; default: the card's, else zh-en")
    add_config_dir(parser)
    add_json(parser)


def execute(options: argparse.Namespace) -> int:
    form, folder = options.to
    if options.language_pair is not None and form != "mtme":
        raise InputError("--language-pair belongs to the format mtme", found=f"--to {form}")
    from harness.test_sets.writers.formats import check_target, export

    check_target(form, folder)
    test_set = _read(options.test_set, options.config_dir)
    done = export(test_set, form, folder, options.language_pair, refuse_loss=options.refuse_loss)
    size = sum(file.bytes for file in done.files)
    if options.json:
        summary = {
            "test_set": test_set.name,
            "format": form,
            "folder": str(done.folder),
            "segments": len(test_set.segments),
            "systems": len(test_set.systems),
            "bytes": size,
            "files": [asdict(file) for file in done.files],
            "lost": done.lost,
        }
        print_json(summary)
        return 0
    print_lines(f"{test_set.name}: {len(done.files):,} files, {size:,} bytes in {done.folder}")
    if form == "jsonl":
        print_lines("it holds everything: read back and compared")
    print_lines(*(f"not held by this format: {text}" for text in done.lost))
    return 0


def _read(given: Sequence[str], config_dir: Path | None) -> TestSet:
    """The test set that the arguments describe."""
    overrides = [part for argument in given for part in _overrides(argument)]
    for override in overrides:
        key = override.lstrip("+~").partition("=")[0]
        if key.partition(".")[0].partition("@")[0] not in READ:
            raise InputError(
                f"{key!r} does not say what is read",
                expected=f"overrides of: {', '.join(READ)}",
                remedy="other values belong to harness itself",
            )
    chosen = [o.partition("=")[2] for o in overrides if o.startswith("test_set=")]
    if len(chosen) > 1:
        raise InputError(
            "more than one test set is named",
            found=", ".join(chosen),
            expected="one",
            remedy="convert them one after another",
        )
    config = config_of(overrides, config_dir)
    if not isinstance(config.test_set, DictConfig):
        raise InputError("no test set is given", expected="test_set=OPTION; see harness --help")
    check_complete(config.test_set)
    from harness.config.objects import build

    test_set: TestSet = build(config.test_set)
    return test_set


def _overrides(argument: str) -> list[str]:
    """An argument as overrides: a name is that of a test set, a YAML file its card."""
    if "=" in argument or argument.startswith("~"):
        return [argument]
    if argument.endswith((".yaml", ".yml")):
        return ["test_set=article", f"test_set.name={argument}"]
    return [f"test_set={argument}"]

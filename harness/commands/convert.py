"""``harness convert TEST_SET --to jsonl|mtme DIR``: a test set in another format.

TEST_SET is the name of a test set, the path of a card.yaml, or overrides as ``harness`` takes them
(``test_set=files test_set.source=zh.txt …``; also ``mirror=`` and ``cache=``). ``jsonl`` holds
everything and is compared with the test set when it is written; of what ``mtme`` (the layout of
mt-metrics-eval) cannot hold, the output says what it is. An earlier export is replaced unless it
was changed since; a folder of anything else is refused.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omegaconf import DictConfig

from harness.commands.texts import add_config_dir
from harness.config.compose import check_complete, config_of
from harness.errors import InputError, unknown_name, visible

if TYPE_CHECKING:
    from harness.tables import TestSet
    from harness.test_sets.writers import Export

__all__ = ["arguments", "execute"]

KEPT = "nothing was written"
FORMATS = ("jsonl", "mtme")
#: The parts of the config that say what is read.
READ = ("test_set", "mirror", "cache")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "test_set",
        nargs="+",
        metavar="TEST_SET",
        help="a test set's name, a card.yaml, or overrides: test_set=files test_set.source=FILE …",
    )
    parser.add_argument(
        "--to",
        nargs=2,
        required=True,
        metavar=("FORMAT", "DIR"),
        help="jsonl (holds everything) or mtme (the layout of mt-metrics-eval), and the folder",
    )
    parser.add_argument(
        "--refuse-loss", action="store_true", help="write nothing if the format cannot hold all"
    )
    parser.add_argument(
        "--language-pair", metavar="LP", help="for mtme; default: the card's, else zh-en"
    )
    add_config_dir(parser)
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")


def execute(options: argparse.Namespace) -> int:
    test_set, export = _converted(options)
    _tell(test_set, export, options)
    return 0


def _converted(options: argparse.Namespace) -> tuple[TestSet, Export]:
    form, folder = options.to
    if form not in FORMATS:
        raise unknown_name("format", form, FORMATS)
    if options.language_pair is not None and form != "mtme":
        raise InputError("--language-pair belongs to the format mtme", found=f"--to {form}")
    from harness.support.folders import check_folder
    from harness.test_sets.writers import jsonl, mtme

    check_folder(Path(folder), jsonl.KIND if form == "jsonl" else mtme.KIND)
    test_set = _read(options.test_set, options.config_dir)
    if form == "mtme":
        export = mtme.write(
            test_set,
            folder,
            language_pair=options.language_pair,
            refuse_loss=options.refuse_loss,
        )
    else:
        export = jsonl.write(test_set, folder)
    return test_set, export


def _read(given: Sequence[str], config_dir: Path | None) -> TestSet:
    """The test set that the overrides describe."""
    arguments = [part for argument in given for part in _overrides(argument)]
    chosen = [a for a in arguments if a.partition("=")[0] == "test_set"]
    if len(chosen) > 1:
        raise InputError(
            "more than one test set is named",
            found=", ".join(a.partition("=")[2] for a in chosen),
            expected="one",
            remedy="convert them one after another",
        )
    config = config_of(arguments, config_dir, check=_check_reads)
    if not isinstance(config.test_set, DictConfig):
        raise InputError("no test set is given", expected="test_set=OPTION; see harness --help")
    check_complete(config.test_set)
    from harness.config.objects import build

    test_set: TestSet = build(config.test_set)
    return test_set


def _check_reads(override: str) -> None:
    """Refuse an override that says nothing of what is read."""
    key = override.lstrip("+~").partition("=")[0]
    if key.partition(".")[0].partition("@")[0] not in READ:
        raise InputError(
            f"{key!r} does not say what is read",
            expected=f"overrides of: {', '.join(READ)}",
            remedy="other values belong to harness itself",
        )


def _overrides(argument: str) -> list[str]:
    """An argument as overrides: a name is that of a test set, a YAML file its card."""
    if "=" in argument or argument.startswith("~"):
        return [argument]
    if argument.endswith((".yaml", ".yml")):
        return ["test_set=article", f"test_set.name={argument}"]
    return [f"test_set={argument}"]


def _tell(test_set: TestSet, export: Export, options: argparse.Namespace) -> None:
    size = sum(file.bytes for file in export.files)
    if options.json:
        summary: dict[str, Any] = {
            "test_set": test_set.name,
            "format": options.to[0],
            "folder": str(export.folder),
            "segments": len(test_set.segments),
            "systems": len(test_set.systems),
            "bytes": size,
            "files": [asdict(file) for file in export.files],
            "lost": list(export.lost),
        }
        print(json.dumps(summary, ensure_ascii=False, indent=2))  # noqa: T201
        return
    lines = [f"{test_set.name}: {len(export.files):,} files, {size:,} bytes in {export.folder}"]
    if options.to[0] == "jsonl":
        lines.append("it holds everything: read back and compared")
    lines += [f"not held by this format: {text}" for text in export.lost]
    for line in lines:
        print(visible(line))  # noqa: T201

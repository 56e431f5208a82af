"""``harness convert TEST_SET --to jsonl|mtme DIR``: a test set in another format.

TEST_SET is the name of a test set, the path of a card.yaml, or overrides as ``harness`` takes them
(``test_set=files test_set.source=zh.txt …``; also ``mirror=`` and ``cache=``). ``jsonl`` holds
everything and is compared with the test set when it is written; of what ``mtme`` (the layout of
mt-metrics-eval) cannot hold, the output says what it is. An earlier export is replaced unless it
was changed since; a folder of anything else is refused.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict

from harness.commands.options import add_config_dir, add_json
from harness.commands.output import print_json, print_lines
from harness.errors import InputError

__all__ = ["arguments", "execute"]


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
    from harness.test_sets.configured import configured_test_set
    from harness.test_sets.writers.formats import check_target, export

    check_target(form, folder)
    test_set = configured_test_set(options.test_set, options.config_dir)
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

"""``harness describe NAME``: all facts of one metric, test set, statistic, …"""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from harness.commands.catalogue import KINDS, facts, found, options
from harness.commands.options import add_config_dir, add_json
from harness.commands.output import print_json, print_lines
from harness.errors import visible

__all__ = ["arguments", "execute"]

_WIDTH = 100


def arguments(parser: argparse.ArgumentParser) -> None:
    kinds = f"KIND is one of: {', '.join(KINDS)}"
    name = parser.add_argument("name", metavar="NAME", help=f"NAME, or KIND/NAME; {kinds}")
    name.completions = lambda: [o.name for k in KINDS for o in options(k)]  # type: ignore[attr-defined]
    add_config_dir(parser)
    add_json(parser)


def execute(given: argparse.Namespace) -> int:
    known = facts(*found(given.name, given.config_dir))
    if given.json:
        print_json(known)
    else:
        print_lines(*_lines(known))
    return 0


def _lines(known: Mapping[str, Any]) -> Iterator[str]:
    for key, value in known.items():
        if not value:
            continue
        if isinstance(value, str):
            yield from _paragraph(key, value)
        else:
            yield f"{key}:"
            entries = value.items() if isinstance(value, Mapping) else map(_parameter, value)
            for name, text in entries:
                yield from _paragraph(name.replace("_", " ") if key == "card" else name, text, "  ")


def _parameter(row: Mapping[str, Any]) -> tuple[str, str]:
    value = row["default"]
    plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return f"{row['setting']}={plain}", row["meaning"]


def _paragraph(name: str, value: Any, indent: str = "") -> Iterator[str]:
    """``name: value``, wrapped; the further lines of a text and the entries of a list below it."""
    if isinstance(value, Mapping):
        value = [f"{key}: {entry}" for key, entry in value.items()]
    lines = [f"- {v}" for v in value] if isinstance(value, list) else str(value).split("\n")
    if len(lines) == 1 and not isinstance(value, list):
        lines = [f"{name}: {lines[0]}" if lines[0] else name]
    else:
        yield f"{indent}{visible(name)}:"
        indent += "  "
    for line in lines:
        own = indent + line[: len(line) - len(line.lstrip())]
        yield from textwrap.wrap(
            visible(line.strip()), _WIDTH, initial_indent=own, subsequent_indent=f"{own}  ",
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip

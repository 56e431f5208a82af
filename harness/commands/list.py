"""``harness list KIND``: what a setting can be, a line each."""

from __future__ import annotations

import argparse

from harness.commands.catalogue import KINDS, options
from harness.commands.options import add_config_dir, add_json
from harness.commands.output import print_json, print_lines

__all__ = ["arguments", "execute"]


def arguments(parser: argparse.ArgumentParser) -> None:
    kind = parser.add_argument("kind", metavar="KIND", help=f"one of: {', '.join(KINDS)}")
    kind.completions = lambda: list(KINDS)  # type: ignore[attr-defined]
    add_config_dir(parser)
    add_json(parser)


def execute(given: argparse.Namespace) -> int:
    found = options(given.kind, given.config_dir)
    if given.json:
        print_json([{"name": o.name, "kind": o.kind, "meaning": o.meaning} for o in found])
        return 0
    width = max((len(o.name) for o in found), default=0)
    print_lines(*(f"{option.name:<{width}}  {option.meaning}" for option in found))
    return 0

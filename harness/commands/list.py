"""``harness list KIND``: what a setting can be, a line each."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from harness.commands.catalogue import KINDS, options
from harness.errors import visible

__all__ = ["arguments", "execute"]

KEPT = "nothing was changed"


def arguments(parser: argparse.ArgumentParser) -> None:
    kind = parser.add_argument("kind", metavar="KIND", help=f"one of: {', '.join(KINDS)}")
    kind.completions = lambda: list(KINDS)  # type: ignore[attr-defined]
    add_catalogue_options(parser)


def add_catalogue_options(parser: argparse.ArgumentParser) -> None:
    """Let ``parser`` take what ``list`` and ``describe`` share."""
    about = "a folder of your own configs, listed too"
    parser.add_argument("--config-dir", type=Path, metavar="DIR", help=about)
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")


def execute(given: argparse.Namespace) -> int:
    found = options(given.kind, given.config_dir)
    if given.json:
        rows = [{"name": o.name, "kind": o.kind, "meaning": o.meaning} for o in found]
        print(json.dumps(rows, ensure_ascii=False, indent=2))  # noqa: T201
        return 0
    width = max((len(o.name) for o in found), default=0)
    for option in found:
        print(f"{visible(option.name):<{width}}  {visible(option.meaning)}")  # noqa: T201
    return 0

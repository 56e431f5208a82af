"""Options that several commands take, and commands that are one of several actions."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

__all__ = ["act", "add_actions", "add_config_dir", "add_json", "add_places"]

Action = Callable[[argparse.Namespace], int]


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")


def add_config_dir(parser: argparse.ArgumentParser) -> None:
    about = "a folder of your own configs"
    parser.add_argument("--config-dir", type=Path, metavar="DIR", help=about)


def add_places(parser: argparse.ArgumentParser) -> None:
    """The mirror and the cache of downloads."""
    parser.add_argument("--mirror", metavar="DIR", help="a folder laid out by URL, used first")
    parser.add_argument("--cache", metavar="DIR", help="where downloads are kept")


def add_actions(
    parser: argparse.ArgumentParser, actions: Mapping[str, tuple[Action, str]]
) -> dict[str, argparse.ArgumentParser]:
    """Let ``parser`` take the name of one of ``actions`` (what does it, and what it does in words);
    the parser of each, which takes ``--json``."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    parsers = {}
    for name, (action, text) in actions.items():
        own = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        own.set_defaults(action=action)
        add_json(own)
        parsers[name] = own
    return parsers


def act(options: argparse.Namespace) -> int:
    """Do the action that was named; the exit code."""
    action: Action = options.action
    return action(options)

"""Tab completion: the subcommands and what they take; groups, options and values are Hydra's."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from harness.commands.main import COMMANDS, parser_of

__all__ = ["complete", "words_of_command"]


def complete(overrides: Sequence[str]) -> int:
    """What ``harness -sc install=SHELL``, ``uninstall=SHELL`` and ``query=SHELL`` print."""
    words = os.environ.get("COMP_LINE", "").split(" ")[1:]
    querying = any(override.startswith("query=") for override in overrides)
    if querying and len(words) > 1 and words[0] in COMMANDS and words[0] != "run":
        print("\n".join(words_of_command(parser_of(words[0]), words[1:])))  # noqa: T201
        return 0
    if querying and len(words) == 1:
        print("\n".join(name for name in COMMANDS if name.startswith(words[0])))  # noqa: T201
    from harness.config.compose import refusals, through_hydra

    with refusals(overrides):
        through_hydra(print, ["--shell-completion"], overrides)
    return 0


def words_of_command(parser: argparse.ArgumentParser, words: Sequence[str]) -> list[str]:
    """What may stand in the place of the last of ``words``, which is begun or empty."""
    found: list[str] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            if words[0] in action.choices and len(words) > 1:
                return words_of_command(action.choices[words[0]], words[1:])
            found.extend(action.choices)
        elif action.option_strings:
            found.append(action.option_strings[-1])
        elif hasattr(action, "completions"):
            found.extend(action.completions())
    return [word for word in found if word.startswith(words[-1])]

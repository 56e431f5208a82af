"""The command ``harness``: which subcommand is meant, and what it takes.

Only what a subcommand needs is imported, so that ``harness --help`` answers at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn, Protocol, cast

from harness.commands.exit_codes import EXIT_CODES, end_on_sigterm, ended
from harness.commands.surroundings import check_epoch, draw_to_files
from harness.config.suggestions import misspelt, no_option
from harness.errors import InputError, unknown_name

__all__ = ["COMMANDS", "Parser", "main", "parser_of", "run_process"]

#: Every subcommand in a line; the module of this name does it.
COMMANDS = {
    "run": "score, compare with human ratings, and report; the word may be left out",
    "score": "score a plain-text translation of any length, one segment per line",
    "compare": "test every two plain-text translations against each other",
    "gate": "compare a run with an earlier one, and fail where a metric or a system is worse",
    "plot": "draw a plot of a run again, as PDF, SVG or PNG",
    "convert": "write a test set in another format",
    "report": "put a sweep's tables and report together from the jobs that finished",
    "datasets": "list, show, fetch and check the test sets that have a name",
    "store": "count, verify and prune the scores that are kept",
    "list": "list what a setting can be: metrics, test sets, statistics, …",
    "describe": "show all facts of one metric, test set, statistic, …",
}


class Command(Protocol):
    """What the module of a subcommand has; also ``KEPT``, if an interrupted call leaves something:
    what that is."""

    def arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def execute(self, options: argparse.Namespace) -> int: ...


class _Once(argparse._StoreAction):
    """An option with one value, given once: of two, argparse would take the second."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        seen = vars(namespace).setdefault("given_once", {})
        if option_string is not None and self.dest in seen:
            raise InputError(
                f"the option {option_string} is given twice",
                found=f"{seen[self.dest]} and {values}",
                expected="one value",
                remedy=f"see {parser.prog} --help",
            )
        if option_string is not None:
            seen[self.dest] = values
        setattr(namespace, self.dest, values)


class Parser(argparse.ArgumentParser):
    """A parser whose errors are bad input like any other, and whose options may stand anywhere."""

    given: Sequence[str] = ()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in (None, "store"):
            self.register("action", name, _Once)

    def error(self, message: str) -> NoReturn:
        unknown = message.partition("unrecognized arguments: ")[2].split(" ")[0]
        if self.prog == "harness" and unknown.startswith("--") and unknown in self.given:
            raise no_option(unknown, self.given[self.given.index(unknown) + 1 :])
        raise InputError(message, remedy=f"see {self.prog} --help")

    def parse(self, given: Sequence[str]) -> argparse.Namespace:
        """The options in ``given``; they may stand between positional arguments."""
        self.given = given
        if any(isinstance(action, argparse._SubParsersAction) for action in self._actions):
            return self.parse_args(given)
        return self.parse_intermixed_args(given)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with ``arguments`` (default: those of the process); the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    name = given.pop(0) if given[:1] and given[0] in COMMANDS else "run"
    return ended(
        lambda: _executed(name, given),
        program_of(name),
        lambda: getattr(_command(name), "KEPT", "nothing was written"),
    )


def _executed(name: str, given: Sequence[str]) -> int:
    if name == "run" and given and misspelt(given[0], COMMANDS):
        raise unknown_name("command", given[0], COMMANDS)
    check_epoch()
    parser = parser_of(name)
    options = parser.parse(given)
    options.given, options.parser = list(given), parser
    return _command(name).execute(options)


def _command(name: str) -> Command:
    return cast(Command, import_module(f"harness.commands.{name}"))


def program_of(name: str) -> str:
    """How the subcommand ``name`` is called."""
    return "harness" if name == "run" else f"harness {name}"


def parser_of(name: str) -> Parser:
    """The parser of the subcommand ``name``."""
    codes = "; ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items())
    parser = Parser(
        prog=program_of(name),
        description=f"{COMMANDS[name][0].upper()}{COMMANDS[name][1:]}.",
        epilog=f"Exit codes: {codes}.",
        allow_abbrev=False,
        add_help=name != "run",  # which lists the options of the user's own folder too
    )
    _command(name).arguments(parser)
    return parser


def run_process() -> NoReturn:
    """Entry point of the process."""
    end_on_sigterm()
    draw_to_files()
    sys.exit(main())

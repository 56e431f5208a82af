"""The command ``harness``: which subcommand is meant, and how the process ends.

Only what a subcommand needs is imported, so that ``harness --help`` answers at once.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NoReturn, Protocol, cast

from harness.errors import InputError

__all__ = ["COMMANDS", "Parser", "main", "parser_of", "run_process"]

#: Every subcommand in a line; the module of this name does it.
COMMANDS = {
    "run": "score, compare with human ratings, and report; the word may be left out",
    "score": "score a plain-text translation of any length, one segment a line",
    "compare": "test every two plain-text translations against each other",
    "convert": "write a test set in another format",
    "report": "put a sweep's tables and report together from the jobs that finished",
    "datasets": "list, show, fetch and check the test sets that have a name",
    "store": "count, verify and prune the scores that are kept",
    "list": "list what a setting can be: metrics, test sets, statistics, …",
    "describe": "show all facts of one metric, test set, statistic, …",
}
EXIT_CODES = {
    0: "done",
    1: "a check found a problem, or a gate failed",
    2: "bad input, bad config or a full disk",
    3: "a sweep with failed jobs",
    70: "a defect of harness, with its traceback",
    130: "interrupted",
}
DONE, BAD_INPUT, DEFECT, INTERRUPTED = 0, 2, 70, 130
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Command(Protocol):
    """What the module of a subcommand has. ``KEPT`` says what an interrupted call leaves."""

    KEPT: str

    def arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def execute(self, options: argparse.Namespace) -> int: ...


class Parser(argparse.ArgumentParser):
    """A parser whose errors are bad input like any other, and whose options may stand anywhere."""

    def error(self, message: str) -> NoReturn:
        raise InputError(message, remedy=f"see {self.prog} --help")

    def parse(self, given: Sequence[str]) -> argparse.Namespace:
        """The options in ``given``; they may stand between positional arguments."""
        if any(isinstance(action, argparse._SubParsersAction) for action in self._actions):
            return self.parse_args(given)
        return self.parse_intermixed_args(given)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with ``arguments`` (default: those of the process); the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    name = given.pop(0) if given[:1] and given[0] in COMMANDS else "run"
    return _ended(name, lambda: _executed(name, given))


def _executed(name: str, given: Sequence[str]) -> int:
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


def _ended(name: str, work: Callable[[], int]) -> int:
    """The exit code of ``work``, whatever happens in it; what went wrong is told in one message."""
    try:
        code = work()
        sys.stdout.flush()
        return code
    except SystemExit as end:  # argparse has printed its help
        return int(end.code or DONE)
    except InputError as error:
        return _refused(name, error)
    except UnicodeEncodeError as error:
        return _refused(
            name,
            InputError(
                f"the output's encoding, {error.encoding}, cannot show what is to be printed",
                remedy="set the environment variable PYTHONIOENCODING=utf-8",
            ),
        )
    except BrokenPipeError:
        _close_output()
        return DONE
    except OSError as error:
        if error.errno not in _DISK_FULL:
            return _defect()
        _close_output()
        return _refused(
            name,
            InputError(f"the output cannot be written: {error.strerror}", file=error.filename),
        )
    except KeyboardInterrupt:
        print(f"\nharness: interrupted; {_command(name).KEPT}", file=sys.stderr)  # noqa: T201
        return INTERRUPTED
    except Exception:
        return _defect()


def _refused(name: str, error: InputError) -> int:
    print(f"{program_of(name)}: {error.render()}", file=sys.stderr)  # noqa: T201
    return BAD_INPUT


def _defect() -> int:
    traceback.print_exc()
    print("harness: this is a defect of the program; please report it", file=sys.stderr)  # noqa: T201
    return DEFECT


def _close_output() -> None:
    """Let what is still to be printed go nowhere: the process would fail on it at its very end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run_process() -> NoReturn:
    """Entry point of the process."""
    sys.exit(main())

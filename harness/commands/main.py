"""The command line: ``harness [overrides]``, ``harness --help``, ``harness store …``.

Exit codes: 0 done; 1 a gate failed; 2 bad input or config; 3 a sweep with failed jobs; 70 a defect
of the program (its traceback is printed). Only what a command needs is imported.
"""

from __future__ import annotations

import sys

from harness.config.groups import config_dir_of, help_text
from harness.support.resources import resource_folder

__all__ = ["main", "run_process"]

DONE, DEFECT, INTERRUPTED = 0, 70, 130


def main(arguments: list[str] | None = None) -> int:
    """Run the program with ``arguments`` (default: those of the process); the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["store"]:
        from harness.commands.store import main as store

        return store(given[1:])
    if {"--help", "-h"} & set(given):
        own = config_dir_of(given)
        folders = [resource_folder("conf"), *([own] if own is not None and own.is_dir() else [])]
        print(help_text(folders), end="")  # noqa: T201
        return DONE
    from harness.commands.application import run_application

    return run_application(given)


def run_process() -> None:
    """Entry point of the process: :func:`main` with exit codes for everything."""
    try:
        code = main()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except SystemExit:
        raise
    except Exception:
        import traceback

        traceback.print_exc()
        print("harness: this is a defect of the program; please report it", file=sys.stderr)  # noqa: T201
        code = DEFECT
    sys.exit(code)

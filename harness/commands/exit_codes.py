"""How every call of the program ends: errors as messages and exit codes."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable

from harness.errors import InputError
from harness.support.folders import DISK_FULL
from harness.support.memory import lacks_memory, memory_error

__all__ = ["EXIT_CODES", "Terminated", "end_on_sigterm", "ended"]

EXIT_CODES = {
    0: "done",
    1: "a check found a problem",
    2: "bad input, bad config, a full disk or too little memory",
    3: "a sweep with failed jobs",
    70: "a defect of harness, with its traceback",
    130: "interrupted",
    143: "ended by SIGTERM",
}
#: What Python's tempfile says where no folder takes a file.
_NO_TEMPORARY = "No usable temporary directory"
DONE, BAD_INPUT, DEFECT, INTERRUPTED, TERMINATED = 0, 2, 70, 130, 143


class Terminated(KeyboardInterrupt):
    """The process was asked to end, by a batch system for example; it leaves as after Ctrl-C."""


def end_on_sigterm() -> None:
    """Have SIGTERM end the process as Ctrl-C does, so that nothing half-written is left."""

    def ask(number: int, frame: object) -> None:
        raise Terminated

    signal.signal(signal.SIGTERM, ask)


def ended(work: Callable[[], int], program: str, kept: Callable[[], str]) -> int:
    """The exit code of ``work``, whatever happens in it; what went wrong is told in one message.

    Parameters
    ----------
    program
        What the message begins with.
    kept
        What an interrupted call leaves, in a few words.
    """
    try:
        if sys.stdout is None or sys.stderr is None:  # closed by the caller
            devnull = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
            sys.stdout, sys.stderr = sys.stdout or devnull, sys.stderr or devnull
        code = work()
        sys.stdout.flush()
        return code
    except SystemExit as end:  # argparse has printed its help
        return int(end.code or DONE)
    except InputError as error:
        refused = error
    except UnicodeEncodeError as error:
        refused = InputError(
            f"the output's encoding, {error.encoding}, cannot show what is to be printed",
            remedy="set the environment variable PYTHONIOENCODING=utf-8",
        )
    except BrokenPipeError:
        _close_output()
        return DONE
    except KeyboardInterrupt as stop:
        told = isinstance(stop, Terminated)
        how = "ended by SIGTERM" if told else "interrupted"
        print(f"\nharness: {how}; {kept()}", file=sys.stderr)  # noqa: T201
        return TERMINATED if told else INTERRUPTED
    except Exception as error:
        known = _refusal(error, program)
        if known is None:
            traceback.print_exc()
            print("harness: this is a defect of the program; please report it", file=sys.stderr)  # noqa: T201
            return DEFECT
        refused = known
    print(f"{program}: {refused.render()}", file=sys.stderr)  # noqa: T201
    return BAD_INPUT


def _refusal(error: Exception, program: str) -> InputError | None:
    """What to tell of an error that is none of the program's; None: it is a defect."""
    if lacks_memory(error):
        return memory_error(program)
    if isinstance(error, FileNotFoundError) and _NO_TEMPORARY in str(error):
        return InputError(
            "there is no folder for temporary files that can be written",
            found=error.strerror,
            remedy="make room on the disk, or name another folder: TMPDIR=DIR",
        )
    if isinstance(error, OSError) and error.errno in DISK_FULL:
        _close_output()
        return InputError(f"the output cannot be written: {error.strerror}", file=error.filename)
    return None


def _close_output() -> None:
    """Let what is still to be printed go nowhere: the process would fail on it at its very end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

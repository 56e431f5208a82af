"""Progress of long work on a terminal: what is being done, and a bar; nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

__all__ = ["Bar", "bar", "doing"]

#: To the start of the line, which becomes empty.
CLEAR = "\r\x1b[2K"


class Bar(Protocol):
    def advance(self, steps: int = 1) -> None:
        """Count ``steps`` as done."""


class _Quiet:
    def advance(self, steps: int = 1) -> None:
        return None


class _Rich:
    def __init__(self, description: str, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        self.progress = Progress(
            "[progress.description]{task.description}",
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self.task = self.progress.add_task(description, total=total)

    def advance(self, steps: int = 1) -> None:
        self.progress.advance(self.task, steps)


@contextmanager
def doing(what: str) -> Iterator[None]:
    """``what …`` on standard error, until it is done or a bar takes the line; nothing if that is
    not a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    sys.stderr.write(f"{CLEAR}{what} …")
    sys.stderr.flush()
    try:
        yield
    finally:
        sys.stderr.write(CLEAR)
        sys.stderr.flush()


@contextmanager
def bar(description: str, total: int) -> Iterator[Bar]:
    """A progress bar on standard error for ``total`` steps; nothing if that is not a terminal."""
    if not sys.stderr.isatty():
        yield _Quiet()
        return
    sys.stderr.write(CLEAR)
    rich = _Rich(description, total)
    with rich.progress:
        yield rich

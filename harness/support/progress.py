"""Progress of long work: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

__all__ = ["Bar", "bar"]


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
def bar(description: str, total: int) -> Iterator[Bar]:
    """A progress bar on standard error for ``total`` steps; nothing if that is not a terminal."""
    if not sys.stderr.isatty():
        yield _Quiet()
        return
    rich = _Rich(description, total)
    with rich.progress:
        yield rich

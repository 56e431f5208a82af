"""Where tables are printed: the terminal, or a file or pipe in its place."""

from __future__ import annotations

import sys

from rich.console import Console

__all__ = ["Terminal"]

_WIDTH = 120  # where the output is no terminal


class Terminal(Console):
    """Standard output. A closed pipe is left to the program; rich would end it with code 1."""

    def __init__(self) -> None:
        super().__init__(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError

"""How commands print: lines and tables for people, JSON for programs."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any, Literal

from harness.errors import visible

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["print_json", "print_lines", "print_table", "styled"]

_WIDTH = 120  # where the output is no terminal


def print_lines(*lines: str, file: IO[str] | None = None) -> None:
    """Print each line; what would act on the terminal is written out."""
    for line in lines:
        print(visible(line), file=file)


def print_json(value: Any) -> None:
    """Print ``value`` as JSON; a number that is not finite is null."""
    print(json.dumps(_finite(value), ensure_ascii=False, indent=2, default=str))  # noqa: T201


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def styled(value: object, style: str = "") -> Text:
    """A cell as it stands, in a style of rich: no markup, nothing that acts on the terminal."""
    from rich.text import Text

    return Text("\n".join(visible(line) for line in str(value).split("\n")), style)


def print_table(
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    right: Collection[str] = (),
    whole: Collection[str] = (),
    title: str | None = None,
) -> None:
    """Print a table; of its columns, by their heads, ``right`` are aligned to the right and
    ``whole`` are not broken into lines. Without any head there is no line of them."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title and styled(title), title_justify="left", show_header=any(heads))
    for head in heads:
        side: Literal["left", "right"] = "right" if head in right else "left"
        table.add_column(head, overflow="fold", justify=side, no_wrap=head in whole)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else styled(cell) for cell in row))

    class Terminal(Console):
        def on_broken_pipe(self) -> None:  # rich would end the program with code 1
            raise BrokenPipeError

    width = None if sys.stdout.isatty() else _WIDTH
    Terminal(highlight=False, width=width).print(table)

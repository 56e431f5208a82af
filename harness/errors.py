"""The one exception that bad input raises.

Whatever a person can get wrong (a file, a line in it, a config value, a name) ends in an
:class:`InputError`; the command line prints it as one message and exits with code 2. Every other
exception is a defect of the program.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

__all__ = ["InputError", "unknown_name"]

#: Of more names the nearest is not looked for, nor are all listed.
_MANY = 10_000


class InputError(Exception):
    """Bad input: where it is, what was found, what was expected, how to mend it.

    Parameters
    ----------
    message
        What is wrong, in one sentence without a full stop.
    file
        The file at fault, where there is one.
    line
        Its line, counted from 1.
    found, expected
        What stands there, and what should (short texts).
    remedy
        What to do about it.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | Path | None = None,
        line: int | None = None,
        found: str | None = None,
        expected: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.message = message
        self.file = str(file) if file is not None else None
        self.line = line
        self.found = found
        self.expected = expected
        self.remedy = remedy
        super().__init__(self.render())

    def render(self) -> str:
        """The message as the command line prints it: the place, the fault, one detail a line."""
        place = self.file or ""
        if self.line is not None:
            place += f":{self.line}" if place else f"line {self.line}"
        lines = [visible(f"{place}: {self.message}" if place else self.message)]
        for label, text in (
            ("found", self.found),
            ("expected", self.expected),
            ("remedy", self.remedy),
        ):
            if text is not None:
                lines.append(f"  {label + ':':<10}{visible(text)}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:  # workers send their errors to the parent process
        details = {
            "file": self.file,
            "line": self.line,
            "found": self.found,
            "expected": self.expected,
            "remedy": self.remedy,
        }
        return (_rebuild, (self.message, details))


def _rebuild(message: str, details: dict[str, object]) -> InputError:
    return InputError(message, **details)  # type: ignore[arg-type]


def visible(text: str) -> str:
    """``text`` with control, line-breaking and bidirectional characters written out, so that what
    is quoted from a data file can neither act on the terminal nor add a line to a message."""
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def unknown_name(kind: str, name: str, known: Iterable[str], **place: object) -> InputError:
    """The error for a name that is none of the known ones; it names the nearest and lists all.

    ``kind`` is what the name should be ("metric", "system"); ``place`` is passed on to
    :class:`InputError` (``file``, ``line``).
    """
    names = sorted(set(known))
    if len(names) > _MANY:
        return InputError(
            f"there is no {kind} {name!r}",
            expected=f"one of {len(names):,} names: {', '.join(names[:5])}, …",
            remedy="check the spelling",
            **place,  # type: ignore[arg-type]
        )
    lowered = {n.lower(): n for n in reversed(names)}
    near = difflib.get_close_matches(str(name).lower(), list(lowered), n=1, cutoff=0.5)
    remedy = "choose one of these" if names else None
    if near:
        remedy = f"did you mean {lowered[near[0]]!r}?"
    return InputError(
        f"there is no {kind} {name!r}",
        expected=f"one of: {', '.join(names)}" if names else f"(there are no {kind}s at all)",
        remedy=remedy,
        **place,  # type: ignore[arg-type]
    )

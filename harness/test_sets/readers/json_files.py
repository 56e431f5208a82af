"""JSON files of many objects, not one a line: one list of them, or a list under each name. Each
object knows the line that it begins in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from harness.errors import InputError
from harness.test_sets.readers.json_lines import (
    JsonObject,
    TwiceError,
    check_characters,
    constant,
    unique_keys,
)
from harness.test_sets.readers.lines import read_lines

__all__ = ["NamedObjects", "read_list", "read_named_lists"]

_SPACE = re.compile(r"[ \t\n\r]*")


class NamedObjects(NamedTuple):
    """The objects of the list under a name, and the line of the name."""

    name: str
    line: int
    objects: list[JsonObject]


def read_list(path: str | Path, what: str) -> Iterator[JsonObject]:
    """The objects of a JSON file that is one list of objects; ``what`` names each in messages.

    Raises
    ------
    InputError
        The file is not valid JSON or not a list of objects, an object has a key twice, or a text
        contains half a surrogate pair.
    """
    scanner = _Scanner(Path(path))
    yield from scanner.objects(what, "the file is not a JSON list")
    scanner.end("the file goes on after the list")


def read_named_lists(path: str | Path, what: str) -> Iterator[NamedObjects]:
    """The lists of a JSON file that is one object of lists of objects, in order.

    Raises
    ------
    InputError
        As :func:`read_list` does; or a value is no list, or a name occurs twice.
    """
    scanner = _Scanner(Path(path))
    names: set[str] = set()
    scanner.open("{", "the file is not a JSON object of lists")
    while scanner.more("}"):
        line = scanner.line
        name = scanner.value()
        if not isinstance(name, str):
            scanner.fail("the file is not valid JSON: a name is no text", line)
        if name in names:
            scanner.fail(f"the key {name!r} occurs twice in one object", line)
        names.add(name)
        scanner.open(":", "the file is not valid JSON: a name without a value")
        objects = list(scanner.objects(what, f"the value of {name!r} is no list of objects"))
        yield NamedObjects(name, line, objects)
    scanner.end("the file goes on after the object")


class _Scanner:
    """A place in the text of a JSON file, which moves on from value to value."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.text = "\n".join(read_lines(file))
        self.decoder = json.JSONDecoder(object_pairs_hook=unique_keys, parse_constant=constant)
        self.place, self.first = 0, False
        self._line, self._counted = 1, 0
        self._skip()

    @property
    def line(self) -> int:
        """The line of the place."""
        self._line += self.text.count("\n", self._counted, self.place)
        self._counted = self.place
        return self._line

    def open(self, sign: str, message: str) -> None:
        """Move over ``sign``, which must stand here."""
        if self.text[self.place : self.place + 1] != sign:
            self.fail(message, self.line, found=repr(self.text[self.place : self.place + 40]))
        self.first = True
        self._move(self.place + 1)

    def more(self, closing: str) -> bool:
        """Whether another value follows in what was opened; moves to it, or over ``closing``."""
        sign = self.text[self.place : self.place + 1]
        if sign == closing:
            self._move(self.place + 1)
            return False
        if not self.first:
            if sign != ",":
                self.fail(
                    "the file is not valid JSON: the list does not go on",
                    self.line,
                    found=repr(self.text[self.place : self.place + 40]),
                    expected="a comma or the closing bracket",
                )
            self._move(self.place + 1)
        self.first = False
        return True

    def value(self) -> Any:
        """The value that begins here."""
        try:
            value, end = self.decoder.raw_decode(self.text, self.place)
        except TwiceError as error:
            self.fail(f"the key {error} occurs twice in one object", self.line, cause=error)
        except json.JSONDecodeError as error:
            found = f"column {error.colno}"
            message = f"the file is not valid JSON: {error.msg}"
            self.fail(message, error.lineno, cause=error, found=found)
        except (ValueError, RecursionError) as error:
            self.fail(f"the file is not valid JSON: {error}", self.line, cause=error)
        self._move(end)
        return value

    def objects(self, what: str, message: str) -> Iterator[JsonObject]:
        """The objects of the list that begins here; ``message``: what is wrong if none does."""
        self.open("[", message)
        while self.more("]"):
            line, start = self.line, self.place
            value = self.value()
            if not isinstance(value, dict):
                self.fail(f"{what} is not a JSON object", line, expected="{…}")
            check_characters(self.text[start : self.place], value, self.file, line)
            yield JsonObject(value, what, self.file, line)
        self.first = False

    def end(self, message: str) -> None:
        """Nothing may follow."""
        if self.place != len(self.text):
            self.fail(message, self.line)

    def fail(
        self, message: str, line: int, *, cause: Exception | None = None, **details: str
    ) -> NoReturn:
        """Raise the error ``message`` with the file and a line of it."""
        raise InputError(message, file=self.file, line=line, **details) from cause

    def _move(self, place: int) -> None:
        self.place = place
        self._skip()

    def _skip(self) -> None:
        found = _SPACE.match(self.text, self.place)
        self.place = found.end() if found else self.place

"""JSON objects as people write them by hand, one a line (JSON Lines) or one a file; every mistake
is named by its place."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from harness.errors import InputError, unknown_name
from harness.support.checks import is_usable
from harness.test_sets.readers.lines import has_text, read_lines

__all__ = [
    "JsonObject",
    "TwiceError",
    "check_characters",
    "constant",
    "object_of",
    "read_object",
    "read_objects",
    "unique_keys",
]


class TwiceError(ValueError):
    """A key occurs twice in one object."""


@dataclass(frozen=True)
class JsonObject:
    """One JSON object and where it stands; its methods give the values of its keys, checked.

    ``what`` names the object in messages ("the segment", "error 2 of the annotation").
    """

    values: dict[str, Any]
    what: str
    file: Path
    line: int

    def fail(self, message: str, **details: str | None) -> NoReturn:
        """Raise the error ``message`` with the object's file and line."""
        raise InputError(message, file=self.file, line=self.line, **details)

    def keys(self, required: Collection[str], optional: Collection[str] = ()) -> None:
        """Check that the object has all of the required keys and no unknown ones."""
        known = [*required, *optional]
        for key in self.values:
            if key not in known:
                raise unknown_name(
                    f"key of {self.what}", key, known, file=self.file, line=self.line
                )
        for key in required:
            if key not in self.values:
                self.fail(
                    f"{self.what} has no {key!r}",
                    found=", ".join(self.values) or "(no keys)",
                    expected=", ".join(required),
                )

    def text(self, key: str, default: str | None = None, *, blank: bool = True) -> str:
        """The text under ``key``; ``blank``: whether it may be blank."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            self._wrong(key, "a text in double quotes")
        if not blank and not has_text(value):
            self.fail(f"the {key!r} of {self.what} is blank")
        return value

    def whole(self, key: str, default: int, *, least: int) -> int:
        """The whole number under ``key``, at least ``least``."""
        value = self.values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            self._wrong(key, f"a whole number, {least} or more")
        return value

    def texts(self, key: str) -> dict[str, str]:
        """The object of texts under ``key``; {} if it is absent."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self._wrong(key, 'an object of texts, as in {"name": "text"}')
        inner = JsonObject(value, f"the {key!r} of {self.what}", self.file, self.line)
        for name in value:
            if not has_text(name):
                inner.fail(f"a name in {inner.what} is blank")
        return {name: inner.text(name) for name in value}

    def numbers(self, key: str) -> dict[str, float]:
        """The object of finite numbers under ``key``."""
        value = self.values.get(key)
        if not isinstance(value, dict):
            self._wrong(key, 'an object of numbers, as in {"1": 0.5}')
        inner = JsonObject(value, f"the {key!r} of {self.what}", self.file, self.line)
        return {name: inner.number(name) for name in value}

    def number(self, key: str) -> float:
        """The finite number under ``key``."""
        value = self.values.get(key)
        number = math.nan
        if isinstance(value, int | float) and not isinstance(value, bool):
            with suppress(OverflowError):
                number = float(value)
        if not is_usable(number):
            self._wrong(key, "a finite number")
        return number

    def list_of_texts(self, key: str) -> list[str]:
        """The list of texts under ``key``."""
        value = self.values.get(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._wrong(key, 'a list of texts, as in ["a", "b"]')
        return list(value)

    def inner(self, key: str) -> JsonObject:
        """The object under ``key``."""
        value = self.values.get(key)
        if not isinstance(value, dict):
            self._wrong(key, "an object: {…}")
        return JsonObject(value, f"the {key!r} of {self.what}", self.file, self.line)

    def objects(self, key: str, what: str) -> list[JsonObject]:
        """The list of objects under ``key``; each is called ``what`` and its number."""
        value = self.values.get(key)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self._wrong(key, "a list of objects, as in [{…}, {…}]")
        return [
            JsonObject(item, f"{what} {number}", self.file, self.line)
            for number, item in enumerate(value, start=1)
        ]

    def _wrong(self, key: str, expected: str) -> NoReturn:
        found = json.dumps(self.values.get(key), ensure_ascii=False)
        self.fail(
            f"the {key!r} of {self.what} has the wrong type",
            found=found if len(found) <= 100 else found[:100] + "…",
            expected=expected,
        )


def read_objects(path: str | Path, what: str) -> Iterator[JsonObject]:
    """The objects of a JSON Lines file, one after the other; blank lines are left out.

    Raises
    ------
    InputError
        A line is not valid JSON (line and column are named), is not an object, has a key twice, or
        contains half a surrogate pair, which is not a character.
    """
    for number, line in enumerate(read_lines(path), start=1):
        if has_text(line):
            yield object_of(line, what, path, number)


def object_of(text: str, what: str, path: str | Path, line: int) -> JsonObject:
    """The object that ``text``, a line of a file or a part of it, is.

    Raises
    ------
    InputError
        As :func:`read_objects` does.
    """
    return JsonObject(_parsed(text, Path(path), line), what, Path(path), line)


def read_object(path: str | Path, what: str) -> JsonObject:
    """The one JSON object of a file, which may run over many lines.

    Raises
    ------
    InputError
        As :func:`read_objects` does.
    """
    text = "\n".join(read_lines(path))
    return JsonObject(_parsed(text, Path(path), 1, unit="file"), what, Path(path), 1)


def _parsed(text: str, file: Path, number: int, unit: str = "line") -> dict[str, Any]:
    """The object that ``text`` is: the ``number``-th line of the file, or all lines from there."""
    message, found, remedy = f"the {unit} is not valid JSON", None, f"one JSON object per {unit}"
    try:
        value = json.loads(text, object_pairs_hook=unique_keys, parse_constant=constant)
    except json.JSONDecodeError as error:
        message, number = f"{message}: {error.msg}", number + error.lineno - 1
        rest = text.split("\n")[error.lineno - 1][error.colno - 1 : error.colno + 39]
        found = f"column {error.colno}: {rest or f'(the end of the {unit})'}"
        if "control character" in error.msg:
            remedy = "write a line break or tab inside a text as \\n or \\t"
    except TwiceError as error:
        raise InputError(
            f"the key {error} occurs twice in one object", file=file, line=number
        ) from error
    except (ValueError, RecursionError) as error:
        message = f"{message}: {error}"
    else:
        if not isinstance(value, dict):
            raise InputError(
                f"the {unit} is not a JSON object",
                file=file,
                line=number,
                expected="{…}, on one line" if unit == "line" else "{…}",
            )
        check_characters(text, value, file, number)
        return value
    raise InputError(
        message, file=file, line=number, found=found, expected="a JSON object", remedy=remedy
    )


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A dict of the pairs; JSON itself would let the last of two equal keys win."""
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise TwiceError(repr(key))
        result[key] = value
    return result


def constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python's reader would take."""
    raise ValueError(f"{name} is not a JSON number")


def check_characters(line: str, value: dict[str, Any], file: Path, number: int) -> None:
    """Refuse an object, read from ``line``, with half a surrogate pair in a text."""
    if "\\u" not in line and "\\U" not in line:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError as error:
        raise InputError(
            "the JSON is nested too deep", file=file, line=number, expected="a JSON object"
        ) from error
    except UnicodeEncodeError as error:
        raise InputError(
            "a text holds half a surrogate pair, which is no character",
            file=file,
            line=number,
            found=f"\\u{ord(error.object[error.start]):04x}",
            remedy="write the character itself, or both halves",
        ) from error

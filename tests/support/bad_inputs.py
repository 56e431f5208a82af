"""Named bad inputs with their exact outcomes: refused at a line, or read with a note.

A case changes one file of a reader's small valid files (:mod:`tests.support.readable`), so that
nothing else can be the reason of its outcome.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError
from tests.support.readable import READABLE, write_files

__all__ = ["Noted", "Refused", "named", "noted", "refused"]

_READERS = {reader.name: reader for reader in READABLE}


@dataclass(frozen=True)
class Refused:
    """``file`` of the reader's files, with this ``content``, is refused at ``line`` (None: it has
    none to name) with a message that contains ``says``; ``remedy`` is a part of what it advises."""

    reader: str
    name: str
    file: str
    content: str | bytes
    line: int | None
    says: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.reader}: {self.name}"


@dataclass(frozen=True)
class Noted:
    """``file`` of the reader's files, with this ``content``, is read; one of the notes contains
    ``note`` ("": there need be none), and ``values`` of what was read are these."""

    reader: str
    name: str
    file: str
    content: str | bytes
    note: str
    values: Callable[[Any], Any]
    expected: Any

    def __str__(self) -> str:
        return f"{self.reader}: {self.name}"


def refused(case: Refused, folder: Path) -> None:
    """Check the outcome of ``case`` in the empty ``folder``."""
    error = outcome(case.reader, {case.file: case.content}, folder)
    assert isinstance(error, InputError), f"it was read: {error}"
    assert error.file == str(folder / case.file), error
    assert (error.line, case.says in str(error)) == (case.line, True), error
    assert case.remedy in (error.remedy or ""), error
    assert_readable(error)


def noted(case: Noted, folder: Path) -> None:
    """Check the outcome of ``case`` in the empty ``folder``."""
    read = outcome(case.reader, {case.file: case.content}, folder)
    assert not isinstance(read, InputError), read
    notes = getattr(read, "notes", ())
    assert any(case.note in note for note in notes) or not case.note, notes
    assert case.values(read) == case.expected


def outcome(reader: str, changed: Mapping[str, str | bytes], folder: Path) -> Any:
    """What reading gives, or the error that it raises."""
    chosen = _READERS[reader]
    for file in changed:
        assert file in chosen.files, f"the reader {reader} has no file {file}"
    write_files(folder, {**chosen.files, **changed})
    try:
        return chosen.read(folder)
    except InputError as error:
        return error


def assert_readable(error: InputError) -> None:
    """A message has short lines and nothing in it that acts on a terminal."""
    text = error.render()
    assert all(c.isprintable() or c == "\n" for c in text), text
    assert max(map(len, text.split("\n"))) < 1500, text
    assert not re.search(r"<class|object at 0x|Traceback", text), text


def named(cases: list[Any]) -> Any:
    """A test's parameter ``case``, called by the name of each; names tell all apart."""
    names = [str(case) for case in cases]
    assert len(set(names)) == len(names), sorted(n for n in names if names.count(n) > 1)
    return pytest.mark.parametrize("case", cases, ids=names)

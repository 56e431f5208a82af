"""Broken files of every reader, by the thousand: each is read soundly or refused with its place.

What is more than that is a :class:`Failure`: another exception, a refusal that names no file, a
test set that is not sound, or a file that takes longer than :data:`SECONDS`.
"""

from __future__ import annotations

import random
import signal
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import InputError
from tests.support.mutations import mutated
from tests.support.readable import READABLE, Readable, write_files
from tests.support.soundness import faults

__all__ = ["SECONDS", "Failure", "Outcomes", "fuzz", "truncations"]

#: No small file may take longer.
SECONDS = 10.0


class _TooLongError(BaseException):
    """A reader took too long."""


@dataclass(frozen=True)
class Failure:
    """A file that was neither read nor refused as it should: which reader, which of its files, the
    bytes in it, and what happened."""

    reader: str
    file: str
    content: bytes
    what: str


@dataclass
class Outcomes:
    """How many files were ``read`` and ``refused`` (``with_line``: naming a line), the refusals
    without a line by message, the longest time in seconds, and the failures."""

    read: int = 0
    refused: int = 0
    with_line: int = 0
    without_line: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    failures: list[Failure] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.read + self.refused + len(self.failures)

    def add(self, other: Outcomes) -> None:
        """Count the outcomes of another part too."""
        self.read += other.read
        self.refused += other.refused
        self.with_line += other.with_line
        self.without_line += other.without_line
        self.longest = max(self.longest, other.longest)
        self.failures += other.failures

    def __str__(self) -> str:
        return (
            f"{self.total:,} files: {self.read:,} read, {self.refused:,} refused"
            f" ({self.with_line:,} with a line), {len(self.failures):,} failures,"
            f" longest {self.longest:.2f} s"
        )


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise _TooLongError

    old = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


def _tried(reader: Readable, folder: Path, file: str, content: bytes, outcomes: Outcomes) -> None:
    """Read ``folder`` with ``content`` in its ``file``, and count what comes of it."""
    (folder / file).write_bytes(content)
    began = time.perf_counter()
    what = ""
    try:
        with _limited(SECONDS):
            found = faults(reader.read(folder))
        what = "; ".join(found)
        outcomes.read += not what
    except InputError as error:
        outcomes.longest = max(outcomes.longest, time.perf_counter() - began)
        if error.file is None:
            what = f"the refusal names no file: {error}"
        else:
            outcomes.refused += 1
            if error.line is not None:
                outcomes.with_line += 1
            else:
                outcomes.without_line[f"{reader.name}: {error.message}"[:120]] += 1
    except _TooLongError:
        what = f"more than {SECONDS} s"
    except Exception:
        what = traceback.format_exc()
    outcomes.longest = max(outcomes.longest, time.perf_counter() - began)
    if what:
        outcomes.failures.append(Failure(reader.name, file, content, what))


def _bytes_of(reader: Readable, file: str) -> bytes:
    content = reader.files[file]
    return content.encode() if isinstance(content, str) else content


def fuzz(folder: Path, numbers: range, seed: int) -> Outcomes:
    """The inputs of these numbers; input N is the same for the same ``seed``, whoever tries it.
    Readers take turns; which of its files is broken, and how, is drawn."""
    outcomes = Outcomes()
    for reader in READABLE:
        write_files(folder / reader.name, reader.files)
    for number in numbers:
        draw = random.Random(f"{seed} {number}")
        reader = READABLE[number % len(READABLE)]
        file = draw.choice(sorted(reader.files))
        original = _bytes_of(reader, file)
        own = folder / reader.name
        _tried(reader, own, file, mutated(original, draw), outcomes)
        (own / file).write_bytes(original)
    return outcomes


def truncations(folder: Path, step: int = 1) -> Outcomes:
    """Every file of every reader, cut off after each of its bytes, or each ``step``-th."""
    outcomes = Outcomes()
    for reader in READABLE:
        write_files(folder / reader.name, reader.files)
        for file in reader.files:
            original = _bytes_of(reader, file)
            for length in range(0, len(original), step):
                _tried(reader, folder / reader.name, file, original[:length], outcomes)
            (folder / reader.name / file).write_bytes(original)
    return outcomes

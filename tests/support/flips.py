"""Single bits that flip in files of scores and of data: never is a wrong number used in silence."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.errors import InputError
from harness.metrics import SegmentScores
from harness.scoring.store import ScoreStore
from harness.test_sets.downloads import RemoteFile, fetch
from harness.test_sets.readers import jsonl as reader
from harness.test_sets.readers.lines import data_file
from harness.test_sets.writers import jsonl as writer
from tests.support.small import small

__all__ = ["flip_bits"]

_ABOUT = {"metric": "m", "signature": "s", "test_set": "t", "system": "x", "seconds": 0.5}
_NOTICED, _HARMLESS = "noticed", "harmless"


@dataclass(frozen=True)
class _File:
    """A file, and what comes of a flip in it: one of the words above, or how it does harm."""

    kind: str
    path: Path
    outcome: Callable[[], str]


def flip_bits(folder: Path, count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Flip ``count`` bits, one at a time, in files below ``folder``: kind and outcome -> how often;
    and every flip that did harm, in words."""
    files = [*_kept_lists(folder / "scores"), *_kept_segments(folder / "scores")]
    files += [*_pinned(folder), *_exported(folder)]
    draw = random.Random(seed)
    counts: Counter[str] = Counter()
    harm: list[str] = []
    for number in range(count):
        file = files[number % len(files)]
        whole = file.path.read_bytes()
        at, bit = draw.randrange(len(whole)), draw.randrange(8)
        file.path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
        outcome = file.outcome()
        file.path.write_bytes(whole)
        counts[f"{file.kind}: {outcome}"] += 1
        if outcome not in (_NOTICED, _HARMLESS):
            harm.append(f"{file.path.name}, byte {at}, bit {bit}: {outcome}")
    return counts, harm


def _same(ours: SegmentScores, theirs: SegmentScores) -> bool:
    if (ours.statistics is None) != (theirs.statistics is None):
        return False
    if not np.array_equal(ours.scores, theirs.scores, equal_nan=True):
        return False
    return theirs.statistics is None or np.array_equal(ours.statistics, theirs.statistics)  # type: ignore[arg-type]


def _kept_lists(folder: Path) -> list[_File]:
    """Files of the store with the scores of a list of texts."""
    store, generator = ScoreStore(folder), np.random.default_rng(1)
    scores = {
        "aa": SegmentScores(generator.normal(size=50)),
        "bb": SegmentScores(generator.normal(size=20), generator.normal(size=(20, 9))),
        "cc": SegmentScores(np.array([0.5, np.nan, 1e-300])),
    }
    for key, own in scores.items():
        store.put(key, own, _ABOUT)

    def outcome(key: str) -> str:
        found = store.get(key)
        if found is None:
            return _NOTICED
        return _HARMLESS if _same(found, scores[key]) else "other scores were read"

    return [_File("store", store.path(key), lambda key=key: outcome(key)) for key in scores]  # type: ignore[misc]


def _kept_segments(folder: Path) -> list[_File]:
    """A file of the store with the scores of single segments."""
    store = ScoreStore(folder)
    digests = [bytes([i]) * 32 for i in range(30)]
    scores = SegmentScores(np.random.default_rng(2).normal(size=30))
    store.put_segments("family", digests, scores, _ABOUT)
    expected = dict(zip(digests, scores.scores, strict=True))

    def outcome() -> str:
        found = store.segments("family")
        if not found:
            return _NOTICED
        wrong = [digest for digest, own in found.items() if expected.get(digest) != own.scores[0]]
        return "other scores were read" if wrong else _HARMLESS

    return [_File("store", p, outcome) for p in (folder / "segments" / "family").glob("*.parquet")]


def _pinned(folder: Path) -> list[_File]:
    """A public file in a mirror, whose sha256 a card has."""
    path = folder / "mirror" / "example.org" / "texts.txt"
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"line {n}\n" for n in range(40)), "utf-8")
    known = data_file(path)
    remote = RemoteFile("https://example.org/texts.txt", known.bytes, known.sha256)

    def outcome() -> str:
        try:
            fetch(remote, folder / "mirror", folder / "cache")
        except InputError:
            return _NOTICED
        return "a changed file was read"

    return [_File("mirror", path, outcome)]


def _exported(folder: Path) -> list[_File]:
    """The files of a test set that harness exported."""
    export = folder / "export"
    writer.write(small(), export)

    def outcome() -> str:
        try:
            notes = reader.read(path=export).notes
        except InputError:
            return _NOTICED
        changed = any("not as it was exported" in note for note in notes)
        return _NOTICED if changed else "a changed file was read"

    return [_File("export", path, outcome) for path in sorted(export.glob("*.jsonl"))]

"""The score store: scores on disk, under keys made of everything they were computed from.

Each key (:mod:`harness.scoring.keys`) has one Parquet file with the segment scores of one metric on
one list of texts, and whatever else the metric returned (:mod:`harness.scoring.score_files`). So
all runs, sweeps and machines that share the folder compute a score only once, and nothing has to be
invalidated.

Metrics that say so (:attr:`Metric.by_segment`) are kept segment by segment instead: a folder for
everything but the texts, in it files of segments, each with the digests of what was read for them.
A new system, or a test set of which ten segments changed, then costs only what is new.

A file is written under another name and renamed, so that it appears complete or not at all, and any
number of processes may write. A damaged file counts as absent and is replaced.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.metrics.results import SegmentScores, together
from harness.scoring.score_files import ABOUT_KEYS, read_about, read_scores, write_scores
from harness.support.folders import PARTIAL, whole_file
from harness.test_sets.downloads import cache_folder

__all__ = ["ABOUT_KEYS", "Entry", "ScoreStore", "one_by_one", "open_store"]

REMEDY = "choose another folder, cache=DIR or HARNESS_CACHE, or store=false"
#: Where files lie below the store's folder.
FOLDERS = ("??", "segments/*")
FILES = tuple(f"{folder}/*" for folder in FOLDERS)
_DAY = 86_400.0  # seconds
_BETWEEN = "; "  # between the devices of a file whose scores were computed on several


@dataclass(frozen=True)
class Entry:
    """One file of the store: its key, size in bytes, time of last change (seconds since 1970),
    what is said of it, and whether its checksum holds (None: not looked at)."""

    key: str
    path: Path
    bytes: int
    changed: float
    about: Mapping[str, Any]
    whole: bool | None = None


class ScoreStore:
    """Scores below the folder ``folder`` (made when the first score is put in)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        """The file for the scores of ``key``, if they are kept."""
        return self.folder / key[:2] / f"{key}.parquet"

    def get(self, key: str) -> SegmentScores | None:
        """The scores of ``key``; None if there are none, or the file is damaged."""
        found = self.held(key)
        return None if found is None else found[0]

    def held(self, key: str) -> tuple[SegmentScores, Mapping[str, Any]] | None:
        """The scores of ``key``, and what is said of them; None as of :meth:`get`."""
        found = read_scores(self.path(key))
        return None if found is None else (found.scores, found.about)

    def put(self, key: str, scores: SegmentScores, about: Mapping[str, Any]) -> None:
        """Keep ``scores`` under ``key``; ``about`` says where they came from (:data:`ABOUT_KEYS`).

        Raises
        ------
        InputError
            The folder cannot be written.
        """
        self._put(self.path(key), scores, about, None)

    def segments(self, family: str) -> dict[bytes, SegmentScores]:
        """The segments kept under a :func:`family_key`: digest -> its score, (1,), and statistics,
        (1, k)."""
        found: dict[bytes, SegmentScores] = {}
        for _ in range(3):  # files put together meanwhile are gone when their turn comes
            paths = sorted(self._folder_of(family).glob("*.parquet"))
            read = [read_scores(path) for path in paths]
            for held in read:
                if held is not None and held.digests is not None:
                    found |= one_by_one(held.digests, held.scores)
            if all(path.is_file() for path in paths):
                break
        return found

    def devices(self, family: str) -> list[str]:
        """The devices that computed the segments of a :func:`family_key`, in words."""
        abouts = map(read_about, sorted(self._folder_of(family).glob("*.parquet")))
        told = {str(about["device"]) for about in abouts if about and "device" in about}
        return sorted({one for text in told for one in text.split(_BETWEEN)})

    def put_segments(
        self, family: str, digests: Sequence[bytes], scores: SegmentScores, about: Mapping[str, Any]
    ) -> None:
        """Keep the scores of the segments with these digests, in a file of their own.

        Raises
        ------
        InputError
            The folder cannot be written.
        """
        if digests:
            name = hashlib.sha256(b"".join(digests)).hexdigest()
            self._put(self._folder_of(family) / f"{name}.parquet", scores, about, list(digests))

    def put_together(self) -> int:
        """Merge all files of each family of segments into one; the number of files merged."""
        count = 0
        for folder in sorted(self.folder.glob("segments/*")):
            paths = sorted(folder.glob("*.parquet"))
            held = [
                (p, r) for p in paths if (r := read_scores(p)) is not None and r.digests is not None
            ]
            if len(held) < 2:
                continue
            merged: dict[bytes, SegmentScores] = {}
            for _, part in held:
                merged |= one_by_one(part.digests or [], part.scores)
            seconds = sum(float(part.about.get("seconds", 0.0)) for _, part in held)
            about = {**held[0][1].about, "seconds": seconds}
            devices = self.devices(folder.name)
            about |= {"device": _BETWEEN.join(devices)} if devices else {}
            self.put_segments(folder.name, list(merged), together(list(merged.values())), about)
            name = hashlib.sha256(b"".join(merged)).hexdigest()
            for path, _ in held:
                if path.stem != name:
                    with suppress(FileNotFoundError):
                        path.unlink()
            count += len(held)
        return count

    def _folder_of(self, family: str) -> Path:
        return self.folder / "segments" / family

    def _put(
        self,
        path: Path,
        scores: SegmentScores,
        about: Mapping[str, Any],
        digests: list[bytes] | None,
    ) -> None:
        with whole_file(path, "the score store", REMEDY, make_folder=True) as partial:
            write_scores(partial, scores, about, digests)

    def entries(self, *, check: bool = False) -> Iterator[Entry]:
        """Every file, by key; with ``check`` its checksum is looked at too."""
        for path in sorted(p for pattern in FILES for p in self.folder.glob(f"{pattern}.parquet")):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue  # somebody pruned meanwhile
            found = read_scores(path) if check else None
            about = found.about if found is not None else read_about(path)
            whole = found is not None if check else None
            yield Entry(path.stem, path, status.st_size, status.st_mtime, about or {}, whole)

    def by_metric(self) -> list[dict[str, Any]]:
        """What is kept, a row for each metric and signature, in their order: ``files``, their
        ``bytes``, the ``cpu_seconds`` that they took, the ``test_sets`` they are of."""
        groups: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.entries():
            about = entry.about
            name = (str(about.get("metric", "not readable")), str(about.get("signature", "")))
            groups.setdefault(name, []).append(entry)
        return [
            {
                "metric": metric,
                "signature": signature,
                "files": len(own),
                "bytes": sum(e.bytes for e in own),
                "cpu_seconds": round(sum(float(e.about.get("seconds", 0.0)) for e in own), 3),
                "test_sets": sorted({str(e.about.get("test_set", "")) for e in own}),
            }
            for (metric, signature), own in sorted(groups.items())
        ]

    def prune(
        self, days: float | None = None, metric: str | None = None, *, everything: bool = False
    ) -> tuple[int, int]:
        """Delete files, and put those of segments together; the numbers of files and of bytes that
        were deleted.

        Damaged files are always deleted. Others are deleted if they are older than ``days`` and
        belong to the ``metric`` of this name, as far as these are given; or with ``everything``.

        Raises
        ------
        InputError
            ``days`` is negative or no number.
        """
        if days is not None and not 0 <= days < math.inf:
            raise InputError(
                "this is no number of days", found=str(days), expected="a number from 0"
            )
        before = time.time() - (days or 0.0) * _DAY
        selected = days is not None or metric is not None
        chosen = [
            entry
            for entry in self.entries(check=True)
            if everything
            or not entry.whole
            or (
                selected
                and (days is None or entry.changed < before)
                and metric in (None, entry.about.get("metric"))
            )
        ]
        removed = self.remove(chosen)
        self.put_together()
        return removed, sum(entry.bytes for entry in chosen)

    def timings(self) -> dict[tuple[str, str], float]:
        """(metric, signature) -> mean CPU seconds per segment, over the kept scores."""
        spent: dict[tuple[str, str], list[float]] = {}
        for entry in self.entries():
            name = (str(entry.about.get("metric")), str(entry.about.get("signature")))
            if entry.about.get("segments"):
                total = spent.setdefault(name, [0.0, 0.0])
                total[0] += float(entry.about["seconds"])
                total[1] += float(entry.about["segments"])
        return {name: seconds / segments for name, (seconds, segments) in spent.items()}

    def remove(self, entries: Sequence[Entry]) -> int:
        """Delete these files, and those left by killed writers; the number of files."""
        removed = 0
        partial = [p for pattern in FOLDERS for p in self.folder.glob(f"{pattern}/{PARTIAL}*")]
        leftovers = [p for p in partial if _is_old(p)]
        for path in [*(entry.path for entry in entries), *leftovers]:
            with suppress(FileNotFoundError):
                path.unlink()
                removed += 1
        return removed


def open_store(cache: str | Path | None = None) -> ScoreStore:
    """The store of a cache (None: HARNESS_CACHE, else the user's); one that is not there yet is
    empty.

    Raises
    ------
    InputError
        The cache or its store is a file.
    """
    folder = cache_folder(cache)
    for path in (folder, folder / "scores"):
        if path.exists() and not path.is_dir():
            raise InputError(
                "the cache is no folder",
                file=path,
                found="a file",
                remedy="name another: --cache DIR (in a run cache=DIR), or HARNESS_CACHE",
            )
    return ScoreStore(folder / "scores")


def _is_old(path: Path, seconds: float = 3600.0) -> bool:
    """Whether a file was last written so long ago that its writer must be gone."""
    try:
        return time.time() - path.stat().st_mtime > seconds
    except FileNotFoundError:
        return False


def one_by_one(digests: Sequence[bytes], scores: SegmentScores) -> dict[bytes, SegmentScores]:
    """Digest -> the score of its segment alone, (1,), and its statistics, (1, k)."""
    return {digest: scores.rows([i]) for i, digest in enumerate(digests)}

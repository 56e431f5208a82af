"""The score store: numbers that were computed once, on disk, found by what they were computed from.

A *key* is the sha256 of everything that determines the scores of one metric on one list of texts:
the metric's class, code and parameters, its signature (with the versions of the packages behind
it), and the texts. Under a key lies one Parquet file: the segment scores and, for metrics that keep
them, the additive statistics of each segment. So a score is never computed twice, by whatever run,
sweep or machine that shares the folder; and nothing has to be invalidated.

Metrics that say so (:attr:`Metric.by_segment`) are kept segment by segment instead: a folder for
everything but the texts, in it files of segments, each with the digests of its texts. A new system,
or a test set of which ten segments changed, then costs only what is new.

A file is written beside its place and renamed, so that readers see it whole or not at all, and any
number of processes may write. What a crash of the machine may still tear is caught by a checksum
over the numbers: a file that does not keep it counts as absent and is replaced. No file is ever
unpickled.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness.metrics.base import Batch, Metric, MetricSpan, SegmentScores, Spans, together
from harness.support.folders import PARTIAL, whole_file

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "Entry",
    "ScoreStore",
    "family_key",
    "one_by_one",
    "score_key",
    "segment_digests",
    "texts_digest",
]

#: Raised whenever files of an older form can no longer be read as they were meant.
FORMAT = 1
REMEDY = "choose another folder, cache=DIR or HARNESS_CACHE, or store=false"
#: Where files lie below the store's folder.
FOLDERS = ("??", "segments/*")
FILES = tuple(f"{folder}/*" for folder in FOLDERS)
_CHECKSUM, _ABOUT = b"harness.checksum", b"harness.about"
#: What ``about`` must hold: where the scores came from, for people and for ``info``.
ABOUT_KEYS = ("metric", "signature", "test_set", "system", "seconds")


def texts_digest(texts: Sequence[str]) -> str:
    """The sha256 of a list of texts: of their number, their lengths and their code points."""
    digest = hashlib.sha256(str(len(texts)).encode())
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()


def score_key(metric: Metric, batch: Batch, digests: Mapping[int, str] | None = None) -> str:
    """The key of the scores that ``metric`` gives ``batch``.

    Parameters
    ----------
    digests
        Digests of lists of texts that are known already, by ``id`` of the list.
    """
    known = digests or {}

    def digest(texts: Sequence[str]) -> str:
        return known.get(id(texts)) or texts_digest(texts)

    parts = {
        **_identity(metric, len(batch.references)),
        "hypotheses": digest(batch.hypotheses),
        "references": [digest(texts) for texts in batch.references],
        "sources": digest(batch.sources),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def family_key(metric: Metric, n_references: int) -> str:
    """The key of everything but the texts that determines the scores of ``metric``."""
    parts = _identity(metric, n_references)
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def segment_digests(batch: Batch) -> list[bytes]:
    """The sha256 of the texts of each segment: hypothesis, source, references."""
    columns = (batch.hypotheses, batch.sources, *batch.references)
    return [bytes.fromhex(texts_digest(texts)) for texts in zip(*columns, strict=True)]


def _identity(metric: Metric, n_references: int) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "class": f"{type(metric).__module__}.{type(metric).__qualname__}",
        "code": _code_digest(type(metric)),
        "parameters": {
            f.name: _parameter(getattr(metric, f.name)) for f in fields(metric) if f.name != "name"
        },
        "signatures": [metric.signature(n_references, level) for level in ("segment", "corpus")],
    }


def _parameter(value: Any) -> str:
    """A parameter; of one that names a file, what the file holds too."""
    text = repr(value)
    if isinstance(value, str | Path) and len(str(value)) < 1000:
        with suppress(OSError, ValueError):
            text += f" sha256:{hashlib.sha256(Path(value).read_bytes()).hexdigest()}"
    return text


def _code_digest(kind: type) -> str:
    """The sha256 of the files that define a class and those that it is made from: a metric that
    somebody has edited is another metric. Of a plug-in every module of its package counts that is
    imported."""
    modules = {base.__module__ for base in kind.__mro__ if base not in Metric.__mro__}
    packages = {name.split(".")[0] for name in modules} - {"harness", "builtins"}
    modules |= {name for name in sys.modules if name.split(".")[0] in packages}
    digest = hashlib.sha256()
    for name in sorted(modules):
        file = getattr(sys.modules.get(name), "__file__", None)
        if file is not None and Path(file).is_file():
            digest.update(_file_digest(file, Path(file).stat().st_mtime_ns))
    return digest.hexdigest()


@cache
def _file_digest(file: str, changed: int) -> bytes:
    return hashlib.sha256(Path(file).read_bytes()).digest()


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
        """Where the scores of ``key`` lie, if they are there."""
        return self.folder / key[:2] / f"{key}.parquet"

    def get(self, key: str) -> SegmentScores | None:
        """The scores of ``key``; None where there are none, or none that are whole."""
        found = self.held(key)
        return None if found is None else found[0]

    def held(self, key: str) -> tuple[SegmentScores, Mapping[str, Any]] | None:
        """The scores of ``key``, and what is said of them; None as of :meth:`get`."""
        found = _read(self.path(key))
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
            read = [_read(path) for path in paths]
            for held in read:
                if held is not None and held.digests is not None:
                    found |= one_by_one(held.digests, held.scores)
            if all(path.is_file() for path in paths):
                break
        return found

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
        """Make one file of all files of each family of segments; how many were put together."""
        count = 0
        for folder in sorted(self.folder.glob("segments/*")):
            paths = sorted(folder.glob("*.parquet"))
            held = [(p, r) for p in paths if (r := _read(p)) is not None and r.digests is not None]
            if len(held) < 2:
                continue
            merged: dict[bytes, SegmentScores] = {}
            for _, part in held:
                merged |= one_by_one(part.digests or [], part.scores)
            seconds = sum(float(part.about.get("seconds", 0.0)) for _, part in held)
            about = {**held[0][1].about, "seconds": seconds}
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
            _write(partial, scores, about, digests)

    def entries(self, *, check: bool = False) -> Iterator[Entry]:
        """Every file, by key; with ``check`` its checksum is looked at too."""
        for path in sorted(p for pattern in FILES for p in self.folder.glob(f"{pattern}.parquet")):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue  # somebody pruned meanwhile
            found = _read(path) if check else None
            about = found.about if found is not None else _about(path)
            whole = found is not None if check else None
            yield Entry(path.stem, path, status.st_size, status.st_mtime, about or {}, whole)

    def timings(self) -> dict[tuple[str, str], float]:
        """(metric, signature) -> mean CPU seconds a segment, over what is kept."""
        spent: dict[tuple[str, str], list[float]] = {}
        for entry in self.entries():
            name = (str(entry.about.get("metric")), str(entry.about.get("signature")))
            if entry.about.get("segments"):
                total = spent.setdefault(name, [0.0, 0.0])
                total[0] += float(entry.about["seconds"])
                total[1] += float(entry.about["segments"])
        return {name: seconds / segments for name, (seconds, segments) in spent.items()}

    def remove(self, entries: Sequence[Entry]) -> int:
        """Delete these files, and what writers that were killed have left; the number of files."""
        removed = 0
        partial = [p for pattern in FOLDERS for p in self.folder.glob(f"{pattern}/{PARTIAL}*")]
        leftovers = [p for p in partial if _is_old(p)]
        for path in [*(entry.path for entry in entries), *leftovers]:
            with suppress(FileNotFoundError):
                path.unlink()
                removed += 1
        return removed


def _is_old(path: Path, seconds: float = 3600.0) -> bool:
    """Whether a file was last written so long ago that its writer must be gone."""
    import time

    try:
        return time.time() - path.stat().st_mtime > seconds
    except FileNotFoundError:
        return False


@dataclass(frozen=True)
class _Held:
    """What a file holds; ``digests`` of the segments in a file of segments."""

    scores: SegmentScores
    about: Mapping[str, Any]
    digests: list[bytes] | None


def one_by_one(digests: Sequence[bytes], scores: SegmentScores) -> dict[bytes, SegmentScores]:
    """Digest -> the score of its segment alone, (1,), and its statistics, (1, k)."""
    return {digest: scores.rows([i]) for i, digest in enumerate(digests)}


def _checksum(whole: SegmentScores, digests: Sequence[bytes] | None) -> str:
    digest = hashlib.sha256(b"%d" % len(whole.scores))
    digest.update(np.ascontiguousarray(whole.scores, dtype="<f8").tobytes())
    if whole.statistics is not None:
        digest.update(b"%d" % whole.statistics.shape[1])
        digest.update(np.ascontiguousarray(whole.statistics, dtype="<f8").tobytes())
    if whole.spans is not None:
        digest.update("\n".join(_spans_as_text(whole.spans)).encode())
    if digests is not None:
        digest.update(b"segments" + b"".join(digests))
    return digest.hexdigest()


def _write(
    path: Path,
    scores: SegmentScores,
    about: Mapping[str, Any],
    digests: list[bytes] | None,
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, pa.Array] = {"score": pa.array(scores.scores)}
    if scores.statistics is not None:
        for i, column in enumerate(scores.statistics.T):
            columns[f"statistic_{i}"] = _compact(column)
    if scores.spans is not None:
        columns["spans"] = pa.array(_spans_as_text(scores.spans), type=pa.string())
    if digests is not None:
        columns["segment"] = pa.array(digests, type=pa.binary(32))
    told = {**{key: about[key] for key in ABOUT_KEYS}, "segments": len(scores.scores)}
    metadata = {
        _CHECKSUM: _checksum(scores, digests).encode(),
        _ABOUT: json.dumps(told, ensure_ascii=True).encode(),
    }
    pq.write_table(pa.table(columns).replace_schema_metadata(metadata), path, compression="zstd")


def _spans_as_text(spans: Spans) -> list[str]:
    return [json.dumps([[s.start, s.end, s.severity, s.category] for s in own]) for own in spans]


def _spans_of_text(texts: Sequence[str]) -> Spans:
    return tuple(tuple(MetricSpan(*parts) for parts in json.loads(text)) for text in texts)


def _compact(column: NDArray[np.float64]) -> pa.Array:
    """Counts as whole numbers, which take a fraction of the place; anything else as it is."""
    import pyarrow as pa

    whole = np.nan_to_num(column).astype(np.int64)
    return pa.array(whole if np.array_equal(whole, column) else column)


def _read(path: Path) -> _Held | None:
    """What a file holds; None where it is absent or not whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, memory_map=False, use_threads=False)
        metadata = table.schema.metadata or {}
        others = [name for name in table.column_names if name in ("segment", "spans")]
        names = [name for name in table.column_names if name not in others]
        digests = table.column("segment").to_pylist() if "segment" in others else None
        spans = None
        if "spans" in others:
            spans = _spans_of_text(table.column("spans").to_pylist())
        scores = table.column("score").to_numpy().astype(np.float64)
        statistics = None
        if len(names) > 1:
            parts = [table.column(f"statistic_{i}").to_numpy() for i in range(len(names) - 1)]
            statistics = np.column_stack(parts).astype(np.float64)
        about = json.loads(metadata[_ABOUT])
        whole = SegmentScores(scores, statistics, spans)
        if metadata[_CHECKSUM].decode() != _checksum(whole, digests):
            return None
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return None
    return _Held(whole, about, digests)


def _about(path: Path) -> Mapping[str, Any] | None:
    """What is said of a file, without reading its numbers; None where that cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        about = json.loads((pq.read_schema(path).metadata or {})[_ABOUT])
    except (OSError, ValueError, KeyError, pa.ArrowException):
        return None
    return about if isinstance(about, dict) else None

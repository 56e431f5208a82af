"""One file of the score store: scores of segments as Parquet, with a checksum over every number.

The checksum detects files damaged by a crash of the machine; such a file counts as absent. No file
is ever unpickled.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness.metrics.results import COSTS, MetricSpan, SegmentScores, Status

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ABOUT_KEYS", "Held", "read_about", "read_scores", "write_scores"]

_CHECKSUM, _ABOUT = b"harness.checksum", b"harness.about"
#: What ``about`` must hold: where the scores came from, for people and for ``info``; the CPU
#: seconds that they took; and, where they are known, the other costs (:data:`COSTS`), the device.
ABOUT_KEYS = ("metric", "signature", "test_set", "system", "seconds")


@dataclass(frozen=True)
class Held:
    """What a file holds; ``digests`` of the segments in a file of segments."""

    scores: SegmentScores
    about: Mapping[str, Any]
    digests: list[bytes] | None


def write_scores(
    path: Path,
    scores: SegmentScores,
    about: Mapping[str, Any],
    digests: Sequence[bytes] | None,
) -> None:
    """Write a file (:data:`ABOUT_KEYS` name what ``about`` must hold)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, pa.Array] = {"score": pa.array(scores.scores)}
    if scores.statistics is not None:
        for i, column in enumerate(scores.statistics.T):
            columns[f"statistic_{i}"] = _compact(column)
    for name, texts in _texts(scores).items():
        columns[name] = pa.array(texts, type=pa.string())
    if scores.costs is not None:
        columns |= {name: pa.array(c) for name, c in zip(COSTS, scores.costs.T, strict=True)}
    if digests is not None:
        columns["segment"] = pa.array(list(digests), type=pa.binary(32))
    known = {key: about[key] for key in COSTS if key in about}
    known |= {key: about[key] for key in ("device",) if key in about}
    told = {**{key: about[key] for key in ABOUT_KEYS}, **known, "segments": len(scores.scores)}
    metadata = {
        _CHECKSUM: _checksum(scores, digests).encode(),
        _ABOUT: json.dumps(told, ensure_ascii=True).encode(),
    }
    pq.write_table(pa.table(columns).replace_schema_metadata(metadata), path, compression="zstd")


def read_scores(path: Path) -> Held | None:
    """The content of a file; None if it is absent or damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, memory_map=False, use_threads=False)
        metadata = table.schema.metadata or {}
        names = set(table.column_names)

        def texts(name: str) -> list[str] | None:
            return table.column(name).to_pylist() if name in names else None

        def numbers(columns: Sequence[str]) -> NDArray[np.float64]:
            return np.column_stack([table.column(c).to_numpy() for c in columns]).astype(np.float64)

        counted = [f"statistic_{i}" for i in range(sum(n.startswith("statistic_") for n in names))]
        whole = SegmentScores(
            table.column("score").to_numpy().astype(np.float64),
            numbers(counted) if counted else None,
            costs=numbers(COSTS) if COSTS[0] in names else None,
            **_parsed({name: texts(name) for name in ("spans", "status", "extra")}),
        )
        digests = table.column("segment").to_pylist() if "segment" in names else None
        about = json.loads(metadata[_ABOUT])
        if metadata[_CHECKSUM].decode() != _checksum(whole, digests):
            return None
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return None
    return Held(whole, about, digests)


def read_about(path: Path) -> Mapping[str, Any] | None:
    """What is said of a file, without reading its numbers; None where that cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        about = json.loads((pq.read_schema(path).metadata or {})[_ABOUT])
    except (OSError, ValueError, KeyError, pa.ArrowException):
        return None
    return about if isinstance(about, dict) else None


def _texts(scores: SegmentScores) -> dict[str, list[str]]:
    """Spans, statuses and details as columns of JSON, those that there are."""
    columns: dict[str, list[str]] = {}
    if scores.spans is not None:
        columns["spans"] = [json.dumps(own) for own in scores.spans]
    if scores.statuses is not None:
        columns["status"] = [json.dumps(own) for own in scores.statuses]
    if scores.extra is not None:
        columns["extra"] = [json.dumps(own, allow_nan=False) for own in scores.extra]
    return columns


def _parsed(columns: Mapping[str, Sequence[str] | None]) -> dict[str, Any]:
    spans, statuses, extra = columns["spans"], columns["status"], columns["extra"]
    found: dict[str, Any] = {}
    if spans is not None:
        found["spans"] = tuple(tuple(MetricSpan(*p) for p in json.loads(text)) for text in spans)
    if statuses is not None:
        found["statuses"] = tuple(Status(*json.loads(text)) for text in statuses)
    if extra is not None:
        found["extra"] = tuple(json.loads(text) for text in extra)
    return found


def _checksum(whole: SegmentScores, digests: Sequence[bytes] | None) -> str:
    digest = hashlib.sha256(b"%d" % len(whole.scores))
    digest.update(np.ascontiguousarray(whole.scores, dtype="<f8").tobytes())
    for numbers in (whole.statistics, whole.costs):
        if numbers is not None:
            digest.update(b"%d" % numbers.shape[1])
            digest.update(np.ascontiguousarray(numbers, dtype="<f8").tobytes())
    for name, texts in _texts(whole).items():
        digest.update("\n".join((name, *texts)).encode())
    if digests is not None:
        digest.update(b"segments" + b"".join(digests))
    return digest.hexdigest()


def _compact(column: NDArray[np.float64]) -> pa.Array:
    """Counts as whole numbers, which take a fraction of the place; anything else as it is."""
    import pyarrow as pa

    whole = np.nan_to_num(column).astype(np.int64)
    return pa.array(whole if np.array_equal(whole, column) else column)

"""A part of the scoring work, for one of several jobs that fill one store.

The segments of metrics that are kept by segment are dealt to ``n`` jobs by a digest of what
translations share (source and references), so that no two jobs compute the same and every shared
text is encoded in one job. Other metrics are left to the run that comes last: they take seconds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from harness.errors import InputError
from harness.metrics import Metric
from harness.scoring.costs import Costs
from harness.scoring.keys import texts_digest
from harness.scoring.pieces import Piece, work_of
from harness.scoring.running import run_pieces
from harness.scoring.store import ScoreStore
from harness.scoring.surroundings import languages_of, suited
from harness.scoring.texts import AlignedTexts
from harness.support.progress import bar
from harness.tables import TestSet

__all__ = ["Filled", "Shard", "fill_store"]

_FORM = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})")


@dataclass(frozen=True)
class Shard:
    """Part ``number`` (from 1) of ``of`` parts."""

    number: int
    of: int

    @staticmethod
    def read(text: str) -> Shard:
        """The shard written as ``2/8``.

        Raises
        ------
        InputError
            It is written otherwise, or its number is larger than that of the parts.
        """
        match = _FORM.fullmatch(text)
        if match is None or int(match[1]) > int(match[2]):
            raise InputError(
                "this is no shard", found=f"shard={text}", expected="part/parts, e.g. shard=2/8"
            )
        return Shard(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def holds(self, piece: Piece) -> list[int]:
        """The segments of a piece that belong to this shard."""
        batch = piece.batch
        shared = [*batch.references, *([batch.sources] if len(batch.sources) else [])]
        rows = zip(*(shared or [batch.hypotheses]), strict=True)
        return [i for i, texts in enumerate(rows) if self._has(texts)]

    def _has(self, texts: Sequence[str]) -> bool:
        digest = hashlib.sha256(texts_digest(texts).encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.of == self.number - 1


@dataclass(frozen=True)
class Filled:
    """What a job computed: segments and costs of each metric, and the metrics it left out."""

    segments: Mapping[str, int]
    costs: Mapping[str, Costs]
    left_out: Sequence[str]


def fill_store(
    test_set: TestSet,
    metrics: Mapping[str, Metric],
    shard: Shard,
    store: ScoreStore,
    *,
    references: Sequence[str],
    workers: int,
) -> Filled:
    """Compute the shard's segments that the store lacks."""
    metrics = suited(metrics, languages_of(test_set))
    chosen = {k: m for k, m in metrics.items() if m.by_segment and m.needs.stored is None}
    texts = AlignedTexts(test_set, list(references), chosen)
    works = {k: work_of(texts, k, m, test_set.systems, store, {}) for k, m in chosen.items()}
    pending = [_part(p, shard) for work in works.values() for p in work.pending()]
    pending = [piece for piece in pending if len(piece.batch)]
    segments, costs = dict.fromkeys(chosen, 0), dict.fromkeys(chosen, Costs())
    with bar(f"shard {shard}", sum(len(piece.batch) for piece in pending)) as progress:
        for place, result, spent in run_pieces(
            pending, test_set.name, store, workers, progress.advance
        ):
            segments[place[0]] += len(result.scores)
            costs[place[0]] += spent
    return Filled(segments, costs, [key for key in metrics if key not in chosen])


def _part(piece: Piece, shard: Shard) -> Piece:
    """The segments of a piece that belong to the shard."""
    own = shard.holds(piece)
    return replace(
        piece,
        batch=piece.batch.rows(own, range(len(piece.batch.references))),
        chosen=piece.chosen[np.asarray(own, dtype=np.int64)],
        digests=tuple(piece.digests[i] for i in own),
        owners=tuple(piece.owners[i] for i in own),
    )

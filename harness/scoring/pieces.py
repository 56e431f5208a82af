"""The work of scoring in pieces: each is scored in one go, and is in the store before the next.

Of most metrics a piece is a stretch of one system's segments, found in a store by the list of its
texts (:class:`WorkByList`). Of a metric that is kept by segment it is some texts of any systems
that no store holds (:class:`WorkBySegment`).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.metrics.base import Batch, Metric, SegmentScores, together
from harness.scoring.store import (
    ScoreStore,
    family_key,
    one_by_one,
    score_key,
    segment_digests,
    texts_digest,
)
from harness.scoring.texts import AlignedTexts

__all__ = ["Piece", "Place", "Work", "work_of"]

#: A metric's name, a system, and which piece of it.
Place = tuple[str, str, int]

#: Segments of a piece: small enough that a piece is done within minutes, large enough that a
#: test set of usual size is one file a system in the store.
PIECE = 20_000
#: Segments of a piece of a metric that is kept by segment: what a killed process may lose.
FEW_SEGMENTS = 200


@dataclass(frozen=True)
class Piece:
    """A piece of work: segments ``chosen`` of one system by one metric; the key of its scores in a
    store, '' where they are not kept. Of a metric that is kept by segment: segments of any systems,
    their ``digests``, and the key of their family."""

    key: str
    system: str
    number: int
    metric: Metric
    batch: Batch
    chosen: NDArray[np.int64]
    store_key: str = ""
    digests: tuple[bytes, ...] = ()

    @property
    def place(self) -> Place:
        return self.key, self.system, self.number


class Work(ABC):
    """What one metric has to score.

    ``pieces`` are all of it. After :meth:`pending`, ``reused`` counts the translations whose score
    need not be computed, and ``cost`` is the CPU seconds that these once took (NaN: not known).
    """

    pieces: list[Piece]
    reused: int = 0
    cost: float = 0.0

    @abstractmethod
    def missing(self) -> list[Piece]:
        """The pieces that the store has no file of; nothing is read."""

    @abstractmethod
    def pending(self) -> list[Piece]:
        """The pieces to be computed; what the store holds is read."""

    @abstractmethod
    def scores(self, done: Mapping[Place, SegmentScores]) -> dict[str, SegmentScores]:
        """System -> its scores over all segments (NaN: not scored), where ``done`` has the pending
        pieces."""


def work_of(
    texts: AlignedTexts,
    key: str,
    metric: Metric,
    systems: Sequence[str],
    store: ScoreStore | None,
    digests: dict[int, str],
) -> Work:
    """The work of ``metric``. ``digests`` of lists of texts, by ``id`` of the list, are filled in:
    each is reckoned once for all metrics."""
    if metric.by_segment and metric.reads is None:
        return WorkBySegment(texts, key, metric, systems, store)
    return WorkByList(texts, key, metric, systems, store, digests)


class WorkByList(Work):
    """See the module's text."""

    def __init__(
        self,
        texts: AlignedTexts,
        key: str,
        metric: Metric,
        systems: Sequence[str],
        store: ScoreStore | None,
        digests: dict[int, str],
    ) -> None:
        self.store, self.n = store, len(texts.sources)
        self.pieces = []
        self._held: dict[Place, SegmentScores] = {}
        if metric.reads is not None:  # nobody knows what they took
            self.cost = math.nan
        kept = store is not None and metric.reads is None
        for system in systems:
            batch, chosen = texts.batch(system, metric)
            for number, start in enumerate(range(0, max(1, len(batch)), PIECE)):
                part = slice(start, start + PIECE)
                own = batch if len(batch) <= PIECE else batch.part(part)
                name = _store_key(metric, own, digests) if kept and len(own) else ""
                self.pieces.append(Piece(key, system, number, metric, own, chosen[part], name))

    def missing(self) -> list[Piece]:
        store = self.store
        return [
            piece
            for piece in self.pieces
            if store is None or not piece.store_key or not store.path(piece.store_key).is_file()
        ]

    def pending(self) -> list[Piece]:
        pending = []
        for piece in self.pieces:
            held = self.store.held(piece.store_key) if self.store and piece.store_key else None
            if held is None or len(held[0].scores) != len(piece.batch):
                pending.append(piece)
                continue
            self._held[piece.place], about = held
            self.cost += float(about.get("seconds", math.nan))
            self.reused += len(piece.batch)
        return pending

    def scores(self, done: Mapping[Place, SegmentScores]) -> dict[str, SegmentScores]:
        parts: dict[str, list[Piece]] = {}
        for piece in self.pieces:
            parts.setdefault(piece.system, []).append(piece)
        everything = {**self._held, **done}
        return {
            system: together([everything[p.place] for p in own]).spread(
                np.concatenate([p.chosen for p in own]), self.n
            )
            for system, own in parts.items()
        }


def _store_key(metric: Metric, batch: Batch, digests: dict[int, str]) -> str:
    for texts in (batch.sources, batch.hypotheses, *batch.references):
        if id(texts) not in digests:
            digests[id(texts)] = texts_digest(texts)
    return score_key(metric, batch, digests)


class WorkBySegment(Work):
    """See the module's text: every text once, whatever system it is of. ``pieces`` are those that
    the store lacks."""

    def __init__(
        self,
        texts: AlignedTexts,
        key: str,
        metric: Metric,
        systems: Sequence[str],
        store: ScoreStore | None,
    ) -> None:
        self.n = len(texts.sources)
        n_references = len(texts.reference_names) if metric.needs_reference else 0
        family = family_key(metric, n_references)
        self._known = {} if store is None else store.segments(family)
        if self._known:
            self.cost = math.nan
        self._chosen: dict[str, NDArray[np.int64]] = {}
        self._digests: dict[str, list[bytes]] = {}
        new: dict[bytes, tuple[str, ...]] = {}  # hypothesis, source, references
        for system in systems:
            batch, self._chosen[system] = texts.batch(system, metric)
            self._digests[system] = segment_digests(batch)
            rows = zip(batch.hypotheses, batch.sources, *batch.references, strict=True)
            for digest, row in zip(self._digests[system], rows, strict=True):
                if digest not in self._known:
                    new[digest] = row
        self.reused = sum(map(len, self._digests.values())) - len(new)
        self.pieces = []
        order = list(new)
        for number, start in enumerate(range(0, len(order), FEW_SEGMENTS)):
            part = order[start : start + FEW_SEGMENTS]
            hypotheses, sources, *references = zip(*(new[d] for d in part), strict=True)
            batch = Batch(sources, hypotheses, tuple(references))
            places = np.arange(start, start + len(part))
            name = family if store is not None else ""
            self.pieces.append(Piece(key, "", number, metric, batch, places, name, tuple(part)))

    def missing(self) -> list[Piece]:
        return self.pieces

    def pending(self) -> list[Piece]:
        return self.pieces

    def scores(self, done: Mapping[Place, SegmentScores]) -> dict[str, SegmentScores]:
        held = dict(self._known)
        for piece in self.pieces:
            held |= one_by_one(piece.digests, done[piece.place])
        return {
            system: together([held[d] for d in digests]).spread(self._chosen[system], self.n)
            for system, digests in self._digests.items()
        }

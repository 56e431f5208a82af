"""Scoring work in pieces: each piece is scored in one call, and is in the store before the next.

For most metrics, a piece is a range of one system's segments, and is kept in a store under its list
of texts (:class:`WorkByList`). For a metric that is kept by segment, it is a number of texts of any
systems that are not in the store (:class:`WorkBySegment`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.metrics import Batch, Metric, SegmentScores
from harness.metrics.batch import gathered
from harness.metrics.results import together
from harness.scoring.costs import Costs
from harness.scoring.keys import family_key, list_key, segment_digests, texts_digest
from harness.scoring.store import ScoreStore, one_by_one
from harness.scoring.texts import AlignedTexts

__all__ = ["Piece", "Place", "Work", "work_of"]

#: A metric's name, a system, and the number of the piece.
Place = tuple[str, str, int]

#: Segments of a piece, unless the metric says otherwise: small enough that a piece is done within
#: minutes, large enough that a test set of usual size is one file per system in the store.
PIECE = 20_000
#: Segments of a piece of a metric that is kept by segment: what a killed process may lose.
FEW_SEGMENTS = 200


@dataclass(frozen=True)
class Piece:
    """A piece of work: segments ``chosen`` of one system by one metric; the key of its scores in a
    store, '' where they are not kept. Of a metric that is kept by segment: segments of any systems,
    their ``digests``, the key of their family, and whose translations they are (``owners``: for
    each segment a system that has it, and the place in the test set)."""

    key: str
    system: str
    number: int
    metric: Metric
    batch: Batch
    chosen: NDArray[np.int64]
    store_key: str = ""
    digests: tuple[bytes, ...] = ()
    owners: tuple[tuple[str, int], ...] = ()

    def owner(self, index: int) -> tuple[str, int]:
        """System and place in the test set of a segment of the piece."""
        return self.owners[index] if self.owners else (self.system, int(self.chosen[index]))

    @property
    def place(self) -> Place:
        return self.key, self.system, self.number


class Work(ABC):
    """What one metric has to score.

    ``pieces`` are all its pieces. After :meth:`pending`, ``costs`` are the original costs of the
    scores that need not be computed.
    """

    pieces: list[Piece]
    costs: Costs = Costs()

    def devices(self) -> list[str]:
        """The devices that computed its scores, in words; [] where that is not known."""
        return []

    @abstractmethod
    def missing(self) -> list[Piece]:
        """The pieces for which the store has no file; nothing is read."""

    @abstractmethod
    def pending(self) -> list[Piece]:
        """The pieces to be computed; scores in the store are read."""

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
    each is computed once for all metrics."""
    if metric.by_segment and metric.needs.stored is None:
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
        if metric.needs.stored is not None:
            self.costs = Costs.unknown()
        families = _Families(metric, kept=store is not None and metric.kept)
        size = metric.runs.piece or PIECE
        for system in systems:
            number = 0
            for batch, chosen in texts.batches(system, metric.needs):
                family = families.of(batch)
                for start in range(0, max(1, len(batch)), size):
                    part = slice(start, start + size)
                    own = batch if len(batch) <= size else batch.part(part)
                    name = _store_key(family, own, digests) if family and len(own) else ""
                    self.pieces.append(Piece(key, system, number, metric, own, chosen[part], name))
                    number += 1

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
            self.costs += Costs.told(about)
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


class _Families:
    """The keys of families of a metric, by the number of references; '' where nothing is kept."""

    def __init__(self, metric: Metric, *, kept: bool) -> None:
        self.metric, self.kept = metric, kept
        self.keys: dict[int, str] = {}

    def of(self, batch: Batch) -> str:
        n = len(batch.references)
        if n not in self.keys:
            self.keys[n] = family_key(self.metric, n) if self.kept else ""
        return self.keys[n]


def _store_key(family: str, batch: Batch, digests: dict[int, str]) -> str:
    for texts in (batch.sources, batch.hypotheses, *batch.references):
        if id(texts) not in digests:
            digests[id(texts)] = texts_digest(texts)
    return list_key(family, batch, digests)


class _New(NamedTuple):
    """A text that the store lacks: its place in the test set, a system that has it, its row in a
    batch."""

    place: int
    system: str
    batch: Batch
    row: int


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
        self.n, self.store, self.metric = len(texts.sources), store, metric
        families = self._families = _Families(metric, kept=store is not None and metric.kept)
        self._known: dict[bytes, SegmentScores] = {}
        self._chosen: dict[str, NDArray[np.int64]] = {}
        self._digests: dict[str, list[bytes]] = {}
        new: dict[str, dict[bytes, _New]] = {}  # by family
        for system in systems:
            self._digests[system], places = [], []
            for batch, chosen in texts.batches(system, metric.needs):
                family = families.of(batch)
                if family not in new:
                    new[family] = {}
                    self._known |= store.segments(family) if store is not None and family else {}
                digests = segment_digests(batch)
                self._digests[system] += digests
                places.append(chosen)
                for row, (digest, place) in enumerate(zip(digests, chosen.tolist(), strict=True)):
                    if digest not in self._known:
                        new[family].setdefault(digest, _New(place, system, batch, row))
            self._chosen[system] = np.concatenate(places)
        used = {digest for own in self._digests.values() for digest in own}
        self.costs = Costs.of([self._known[digest] for digest in used if digest in self._known])
        size = metric.runs.piece or FEW_SEGMENTS
        self.pieces = []
        for family, found in new.items():
            # All translations of a segment together: what they share is read once.
            order = sorted(found, key=lambda digest: found[digest].place)
            for start in range(0, len(order), size):
                part = order[start : start + size]
                rows = [found[digest] for digest in part]
                self.pieces.append(
                    Piece(
                        key,
                        "",
                        len(self.pieces),
                        metric,
                        gathered([(row.batch, row.row) for row in rows]),
                        np.arange(start, start + len(part)),
                        family,
                        tuple(part),
                        tuple((row.system, row.place) for row in rows),
                    )
                )

    def missing(self) -> list[Piece]:
        return self.pieces

    def pending(self) -> list[Piece]:
        return self.pieces

    def devices(self) -> list[str]:
        now = {self.metric.device_used} if self.pieces else set()
        if self.store is not None:
            for family in filter(None, self._families.keys.values()):
                now |= set(self.store.devices(family))
        return sorted(filter(None, now))

    def scores(self, done: Mapping[Place, SegmentScores]) -> dict[str, SegmentScores]:
        held = dict(self._known)
        for piece in self.pieces:
            held |= one_by_one(piece.digests, done[piece.place])
        return {
            system: together([held[d] for d in digests]).spread(self._chosen[system], self.n)
            for system, digests in self._digests.items()
        }

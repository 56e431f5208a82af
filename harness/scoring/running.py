"""Scores pieces where their metric runs: in worker processes, in this one, on a device, or with
several requests at once. Scores are in the store before they are returned."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace

import numpy as np

from harness.errors import InputError
from harness.metrics import SegmentError, SegmentScores
from harness.metrics.base import naming
from harness.metrics.results import COSTS, together
from harness.scoring.costs import Costs
from harness.scoring.pieces import Piece, Place
from harness.scoring.store import ScoreStore
from harness.support.memory import memory_for
from harness.support.processes import fan_out

__all__ = ["Done", "PieceError", "run_pieces"]

#: A piece's place, its scores, and what they cost now.
Done = tuple[Place, SegmentScores, Costs]
#: Where there is less to do, starting processes would take longer than the work.
FEW = 2000


class PieceError(Exception):
    """A metric cannot score a segment: its name, the system, the segment's place in the test set,
    the message and what was found."""

    def __init__(self, key: str, system: str, place: int, message: str, found: str) -> None:
        super().__init__(key, system, place, message, found)
        self.key, self.system, self.place = key, system, place
        self.message, self.found = message, found


def run_pieces(
    pieces: Sequence[Piece],
    test_set: str,
    store: ScoreStore | None,
    workers: int,
    tell: Callable[[int], object] = lambda n: None,
) -> Iterator[Done]:
    """Each piece's result, in any order. ``tell`` is called with the number of segments whenever
    some are scored.

    A metric that runs in ``processes`` stays in this process where the work is small or the metric
    quick, there the systems of a metric together.

    Raises
    ------
    InputError
        The store cannot be written, or worker processes are killed again and again.
    PieceError
        A metric cannot score a segment.
    """
    spread = [piece for piece in pieces if piece.metric.runs.where == "processes"]
    small = sum(len(piece.batch) for piece in spread if not piece.metric.quick) < FEW
    here: dict[tuple[str, int], list[Piece]] = {}
    elsewhere: list[Piece] = []
    remote: dict[str, list[Piece]] = {}
    for piece in pieces:
        where = piece.metric.runs.where
        if where == "remote":
            remote.setdefault(piece.key, []).append(piece)
        elif where == "processes" and not (workers == 1 or small or piece.metric.quick):
            elsewhere.append(piece)
        else:
            here.setdefault((piece.key, piece.number), []).append(piece)
    for group in here.values():
        for batch in [group] if group[0].metric.quick else [[piece] for piece in group]:
            if batch[0].digests:
                yield _in_parts(batch[0], test_set, store, tell)
            else:
                yield from _told(_scored(batch, test_set, store), tell)
    for own in remote.values():
        yield from _told(_at_once(own, test_set, store), tell)
    if elsewhere:
        yield from _told(_in_processes(elsewhere, test_set, store, workers), tell)


def _told(done: Iterable[Done], tell: Callable[[int], object]) -> Iterator[Done]:
    for one in done:
        tell(len(one[1].scores))
        yield one


def _in_parts(
    piece: Piece, test_set: str, store: ScoreStore | None, tell: Callable[[int], object]
) -> Done:
    """A piece of a metric that is kept by segment: each part that the metric gives is in the store
    before the next is computed."""
    metric, spent = piece.metric, Costs()
    parts: list[SegmentScores] = []
    places: list[int] = []
    given = metric.parts(piece.batch)
    while True:
        cpu, wall = time.process_time(), time.perf_counter()
        try:
            with memory_for(f"the metric {piece.key!r}"), naming(piece.key, metric):
                part = next(given, None)
        except SegmentError as error:
            system, place = piece.owner(error.index)
            raise PieceError(piece.key, system, place, error.message, error.found) from error
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        if part is None:
            break
        own = replace(
            piece,
            digests=tuple(piece.digests[i] for i in part[0]),
            owners=tuple(piece.owners[i] for i in part[0]),
        )
        _check_length(own.key, len(own.digests), part[1])
        result = _with_costs(part[1], cpu, wall)
        costs = replace(Costs.of([result]), cpu_seconds=cpu, wall_seconds=wall)
        if store is not None and piece.store_key:
            _keep(store, own, result, costs, test_set)
        spent += costs
        parts.append(result)
        places += part[0]
        tell(len(own.digests))
    if sorted(places) != list(range(len(piece.batch))):
        _check_length(piece.key, len(piece.batch), together(parts))
        raise InputError(f"the metric {piece.key!r} scored a segment twice, and another not at all")
    return piece.place, together(parts).rows(np.argsort(places)), spent


def _at_once(pieces: Sequence[Piece], test_set: str, store: ScoreStore | None) -> Iterator[Done]:
    """Pieces of one metric in threads. After an error no further piece is begun; what is under way
    is finished and kept."""
    threads = ThreadPoolExecutor(pieces[0].metric.runs.at_once, "harness-remote")
    try:
        waiting = [threads.submit(_scored, [piece], test_set, store) for piece in pieces]
        for done in as_completed(waiting):
            yield from done.result()
    finally:
        threads.shutdown(wait=True, cancel_futures=True)


def _in_processes(
    pieces: Sequence[Piece], test_set: str, store: ScoreStore | None, workers: int
) -> Iterator[Done]:
    def recover(piece: Piece) -> list[Done] | None:
        if store is None or not piece.store_key:
            return None
        found = _found_again(store, piece) if piece.digests else store.get(piece.store_key)
        return None if found is None else [(piece.place, found, Costs())]

    def work(piece: Piece) -> list[Done]:
        return _scored([piece], test_set, store)

    for results in fan_out(work, pieces, workers, recover):
        yield from results


def _found_again(store: ScoreStore, piece: Piece) -> SegmentScores | None:
    """The scores of a piece of segments, if all of them are in the store."""
    held = store.segments(piece.store_key)
    rows = [held[digest] for digest in piece.digests if digest in held]
    return together(rows) if len(rows) == len(piece.digests) else None


def _scored(pieces: Sequence[Piece], test_set: str, store: ScoreStore | None) -> list[Done]:
    """The scores of pieces by one metric, and what each cost on average; kept where they are
    final."""
    metric = pieces[0].metric
    clock = time.thread_time if metric.runs.where == "remote" else time.process_time
    cpu, wall = clock(), time.perf_counter()
    try:
        with memory_for(f"the metric {pieces[0].key!r}"), naming(pieces[0].key, metric):
            results = metric.score_all([piece.batch for piece in pieces])
    except SegmentError as error:
        if len(pieces) > 1:  # which of them it was is known of one alone
            return [done for piece in pieces for done in _scored([piece], test_set, store)]
        system, place = pieces[0].owner(error.index)
        raise PieceError(pieces[0].key, system, place, error.message, error.found) from error
    cpu = (clock() - cpu) / len(pieces)
    wall = (time.perf_counter() - wall) / len(pieces)
    done = []
    for piece, given in zip(pieces, results, strict=True):
        _check_length(piece.key, len(piece.batch), given)
        result = _with_costs(given, cpu, wall) if piece.digests else given
        costs = replace(Costs.of([result]), cpu_seconds=cpu, wall_seconds=wall)
        if store is not None and piece.store_key:
            _keep(store, piece, result, costs, test_set)
        done.append((piece.place, result, costs))
    return done


def _check_length(key: str, n: int, result: SegmentScores) -> None:
    if len(result.scores) != n:
        raise InputError(
            f"the metric {key!r} returned another number of scores than segments",
            found=f"{len(result.scores)} scores for {n} segments",
            expected="one score per segment, NaN where there is none",
        )


def _with_costs(result: SegmentScores, cpu: float, wall: float) -> SegmentScores:
    """The result with an equal share of the seconds for each segment, beside what the metric says
    of tokens and money."""
    n = len(result.scores)
    costs = np.full((n, len(COSTS)), np.nan) if result.costs is None else result.costs.copy()
    costs[:, 0], costs[:, 1] = cpu / max(n, 1), wall / max(n, 1)
    return replace(result, costs=costs)


def _keep(
    store: ScoreStore, piece: Piece, result: SegmentScores, costs: Costs, test_set: str
) -> None:
    """Keep a list whose scores are all final; of single segments those that are."""
    final = result.final
    if not piece.digests and not final.all():
        return
    known = {"tokens": costs.tokens, "money": costs.money}
    about = {
        "metric": piece.metric.name,
        "signature": piece.metric.full_signature(len(piece.batch.references), "segment"),
        "test_set": test_set,
        "system": piece.system,
        "seconds": round(costs.cpu_seconds, 6),
        "wall_seconds": round(costs.wall_seconds, 6),
        **{name: value for name, value in known.items() if not np.isnan(value)},
    }
    if piece.metric.device_used:
        about["device"] = piece.metric.device_used
    if not piece.digests:
        store.put(piece.store_key, result, about)
        return
    digests = [d for d, kept in zip(piece.digests, final, strict=True) if kept]
    store.put_segments(piece.store_key, digests, result.rows(np.flatnonzero(final)), about)

"""Scoring: a test set x metrics -> scores of segments, documents and systems.

Every score in a table is higher-is-better (:mod:`harness.scoring.score_tables`). A translation that
a system lacks has no score (NaN, with the reason), and then the scores of its document and of the
system are missing too, because a score over other segments would not be comparable.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from harness.errors import InputError, unknown_name
from harness.metrics.base import Metric, SegmentScores, together
from harness.metrics.stored import with_score_files
from harness.scoring.pieces import Piece, Place, work_of
from harness.scoring.score_tables import OK, Scored, document_table, score_table, span_table
from harness.scoring.store import ScoreStore
from harness.scoring.texts import AlignedTexts
from harness.support.processes import fan_out
from harness.support.progress import bar
from harness.tables import TestSet

__all__ = ["ScoreResult", "available_workers", "plan_scores", "score", "score_test_set"]


@dataclass(frozen=True)
class ScoreResult:
    """Scores of segments and systems (``scores``: SCORES), of documents (``documents``:
    DOCUMENT_SCORES), and how they came about: CPU ``seconds`` a metric, ``costs``: the seconds that
    its scores took whenever they were computed (NaN: not known), ``counts`` of segment scores
    computed, reused (from a store), missing and failed. ``segments``: (metric, system) ->
    its scores and statistics of all segments, as the metric defines them. ``spans``: what metrics
    mark in the hypotheses, METRIC_SPANS."""

    scores: pd.DataFrame
    documents: pd.DataFrame
    spans: pd.DataFrame
    seconds: Mapping[str, float]
    costs: Mapping[str, float]
    counts: Mapping[str, int]
    segments: Mapping[tuple[str, str], SegmentScores]


def score(
    test_set: TestSet,
    metrics: Mapping[str, Metric],
    *,
    references: Sequence[str] | None = None,
    workers: int | None = None,
) -> pd.DataFrame:
    """The scores of every system of ``test_set`` by every metric: table SCORES.

    Parameters
    ----------
    metrics
        Name in the tables -> metric.
    references
        Names of the references that the metrics are given; default: the first of the test set.
    workers
        Processes; default: the processors that this process may use.

    Raises
    ------
    InputError
        A metric needs a reference and there is none; a reference's name is unknown; a metric reads
        scores that the test set does not hold; a user's file of scores does not fit the test set.
    """
    test_set = with_score_files(test_set, metrics)
    return score_test_set(test_set, metrics, references=references, workers=workers).scores


def score_test_set(
    test_set: TestSet,
    metrics: Mapping[str, Metric],
    *,
    references: Sequence[str] | None = None,
    workers: int | None = None,
    store: ScoreStore | None = None,
) -> ScoreResult:
    """Like :func:`score`, with the scores of documents, timing and counts beside.

    A metric from a user's file must be in the test set already (:func:`with_score_files`). What
    ``store`` holds is not computed again, and what is computed is in the store before the next
    piece is begun, so that nothing is lost when the process is killed.
    """
    names = _checked(test_set, metrics, references)
    texts, systems = AlignedTexts(test_set, names, metrics), test_set.systems
    digests: dict[int, str] = {}
    works = {k: work_of(texts, k, m, systems, store, digests) for k, m in metrics.items()}
    pending = [piece for work in works.values() for piece in work.pending()]
    seconds = dict.fromkeys(metrics, 0.0)
    done: dict[Place, SegmentScores] = {}
    with bar("scoring", len(pending)) as progress:
        for place, result, spent in _run(
            pending, test_set.name, store, workers or available_workers()
        ):
            done[place] = result
            seconds[place[0]] += spent
            progress.advance()
    results = {
        (key, system): own
        for key, work in works.items()
        for system, own in work.scores(done).items()
    }
    reused = sum(work.reused for work in works.values())
    costs = {key: work.cost + seconds[key] for key, work in works.items()}
    scored = [
        Scored(
            key,
            metric,
            system,
            len(names) if metric.needs_reference else 0,
            results[key, system],
            texts.missing(system, metric),
        )
        for key, metric in metrics.items()
        for system in systems
    ]
    scores = score_table(test_set, scored)
    status = scores.loc[scores["segment_id"].notna(), "status"]
    counts = {
        "computed": int((status == OK).sum()) - reused,
        "reused": reused,
        "missing": int(status.str.startswith("missing:").sum()),
        "failed": int(status.str.startswith("failed:").sum()),
    }
    documents = document_table(test_set, scored)
    spans = span_table(test_set, texts.hypotheses, results)
    return ScoreResult(scores, documents, spans, seconds, costs, counts, results)


def plan_scores(
    test_set: TestSet,
    metrics: Mapping[str, Metric],
    *,
    references: Sequence[str] | None = None,
    store: ScoreStore | None = None,
) -> pd.DataFrame:
    """What :func:`score_test_set` would have to do, without doing it.

    Returns
    -------
    DataFrame
        One row a metric: metric, signature, pieces (all shards of work), kept (those in the store),
        segments (to be computed), seconds (CPU time that they will take, from the store's own
        timings of that metric; NaN where it has none).
    """
    names = _checked(test_set, metrics, references)
    texts = AlignedTexts(test_set, names, metrics)
    timings = {} if store is None else store.timings()
    digests: dict[int, str] = {}
    rows = []
    for key, metric in metrics.items():
        work = work_of(texts, key, metric, test_set.systems, store, digests)
        missing = work.missing()
        signature = metric.signature(len(names) if metric.needs_reference else 0, "segment")
        n_segments = sum(len(piece.batch) for piece in missing)
        each = timings.get((metric.name, signature), float("nan"))
        rows.append(
            {
                "metric": key,
                "signature": signature,
                "pieces": len(work.pieces),
                "kept": len(work.pieces) - len(missing),
                "segments": n_segments,
                "seconds": each * n_segments if n_segments else 0.0,
            }
        )
    return pd.DataFrame(rows)


def _checked(
    test_set: TestSet, metrics: Mapping[str, Metric], references: Sequence[str] | None
) -> list[str]:
    """The names of the references to use, if every metric has what it needs."""
    names = list(references) if references is not None else test_set.reference_names[:1]
    for name in names:
        if name not in test_set.reference_names:
            raise unknown_name("reference", name, test_set.reference_names)
    for key, metric in metrics.items():
        if metric.needs_reference and not names:
            raise InputError(
                f"the metric {key!r} needs a reference and the test set {test_set.name!r} has none",
                remedy="give one: test_set.references.refA=FILE, or choose metrics without "
                "reference",
            )
    return names


def available_workers() -> int:
    """The processors that this process may use (a scheduler's allotment, not the machine's)."""
    allotted = os.environ.get("SLURM_CPUS_PER_TASK", "")
    if allotted.isdigit() and int(allotted) > 0:
        return int(allotted)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


#: Place of a piece, its scores, the CPU seconds that they took.
_Result = tuple[Place, SegmentScores, float]


def _run(
    pieces: Sequence[Piece], test_set: str, store: ScoreStore | None, workers: int
) -> Iterator[_Result]:
    """Each piece's result, in any order. In this process where the work is small or the metric
    quick, there the systems of a metric together."""
    small = sum(len(piece.batch) for piece in pieces if not piece.metric.quick) < 2000
    here: dict[tuple[str, int], list[Piece]] = {}
    elsewhere = []
    for piece in pieces:
        if workers == 1 or small or piece.metric.quick:
            here.setdefault((piece.key, piece.number), []).append(piece)
        else:
            elsewhere.append(piece)
    for group in here.values():
        for batch in [group] if group[0].metric.quick else [[piece] for piece in group]:
            yield from _scored(batch, test_set, store)
    if not elsewhere:
        return

    def recover(piece: Piece) -> list[_Result] | None:
        if store is None or not piece.store_key:
            return None
        found = _found_again(store, piece) if piece.digests else store.get(piece.store_key)
        return None if found is None else [(piece.place, found, 0.0)]

    def work(piece: Piece) -> list[_Result]:
        return _scored([piece], test_set, store)

    for results in fan_out(work, elsewhere, workers, recover):
        yield from results


def _found_again(store: ScoreStore, piece: Piece) -> SegmentScores | None:
    """The scores of a piece of segments, if all of them are in the store."""
    held = store.segments(piece.store_key)
    rows = [held[digest] for digest in piece.digests if digest in held]
    return together(rows) if len(rows) == len(piece.digests) else None


def _scored(pieces: Sequence[Piece], test_set: str, store: ScoreStore | None) -> list[_Result]:
    """The scores of pieces by one metric, and the CPU seconds that each took on average; kept, if
    they are all there."""
    started = time.process_time()
    results = pieces[0].metric.score_all([piece.batch for piece in pieces])
    seconds = (time.process_time() - started) / len(pieces)
    for piece, result in zip(pieces, results, strict=True):
        finite = np.isfinite(result.scores)
        if store is not None and piece.store_key and (piece.digests or finite.all()):
            signature = piece.metric.signature(len(piece.batch.references), "segment")
            about = {
                "metric": piece.metric.name,
                "signature": signature,
                "test_set": test_set,
                "system": piece.system,
                "seconds": round(seconds, 6),
            }
            if not piece.digests:
                store.put(piece.store_key, result, about)
                continue
            digests = [d for d, scored in zip(piece.digests, finite, strict=True) if scored]
            there = result.rows(np.flatnonzero(finite))
            store.put_segments(piece.store_key, digests, there, about)
    return [(piece.place, result, seconds) for piece, result in zip(pieces, results, strict=True)]

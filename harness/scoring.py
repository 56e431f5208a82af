"""Scoring: a test set x metrics -> scores of segments, documents and systems.

Every score in a table is higher-is-better (:mod:`harness.score_tables`). A translation that a
system lacks has no score (NaN, with the reason), and then the scores of its document and of the
system are missing too, because a score over other segments would not be comparable.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.errors import InputError, unknown_name
from harness.metrics.base import Batch, Metric, SegmentScores, together
from harness.metrics.precomputed import Precomputed, with_score_files
from harness.processes import fan_out
from harness.progress import bar
from harness.score_tables import OK, Scored, document_table, score_table
from harness.store import (
    ScoreStore,
    family_key,
    one_by_one,
    score_key,
    segment_digests,
    texts_digest,
)
from harness.tables import METRIC_SPANS, TestSet, table

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
    jobs = [(key, metric, system) for key, metric in metrics.items() for system in test_set.systems]
    texts = _Texts(test_set, names, _stored(test_set, metrics))
    apart = {key: m for key, m in metrics.items() if m.by_segment and m.reads is None}
    kept = {key: _Segments(texts, key, m, test_set.systems, store) for key, m in apart.items()}
    lists = [p for k, m, s in jobs if k not in kept for p in _pieces(texts, k, m, s)]
    pieces = [*lists, *(piece for own in kept.values() for piece in own.pieces)]
    seconds, costs = dict.fromkeys(metrics, 0.0), dict.fromkeys(metrics, 0.0)
    costs |= {key: float("nan") for key, own in kept.items() if own.known}
    costs |= {key: float("nan") for key, metric in metrics.items() if metric.reads is not None}
    done: dict[tuple[str, str, int], SegmentScores] = {}
    reused = sum(own.reused for own in kept.values())
    with bar("scoring", len(pieces)) as progress:
        pending = [piece for own in kept.values() for piece in own.pieces]
        for piece in _keyed(lists, store):
            held = store.held(piece.store_key) if store is not None and piece.store_key else None
            if held is None or len(held[0].scores) != len(piece.batch):
                pending.append(piece)
                continue
            done[piece.place], about = held
            costs[piece.key] += float(about.get("seconds", math.nan))
            reused += len(held[0].scores)
            progress.advance()
        for place, result, spent in _run(
            pending, test_set.name, store, workers or available_workers()
        ):
            done[place] = result
            seconds[place[0]] += spent
            costs[place[0]] += spent
            progress.advance()
    results = _joined(lists, done, len(texts.sources))
    for own in kept.values():
        results |= own.joined(done)
    scored = [
        Scored(
            key,
            metric,
            system,
            len(names) if metric.needs_reference else 0,
            results[key, system],
            texts.missing(system, metric),
        )
        for key, metric, system in jobs
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
    spans = _span_table(test_set, texts, results)
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
    texts = _Texts(test_set, names, _stored(test_set, metrics))
    timings = {} if store is None else store.timings()
    rows = []
    for key, metric in metrics.items():
        if metric.by_segment and metric.reads is None:
            pieces = missing = _Segments(texts, key, metric, test_set.systems, store).pieces
        else:
            pieces = [p for system in test_set.systems for p in _pieces(texts, key, metric, system)]
            missing = [
                piece
                for piece in _keyed(pieces, store)
                if store is None or not piece.store_key or not store.path(piece.store_key).is_file()
            ]
        signature = metric.signature(len(names) if metric.needs_reference else 0, "segment")
        n_segments = sum(len(piece.batch) for piece in missing)
        each = timings.get((metric.name, signature), float("nan"))
        rows.append(
            {
                "metric": key,
                "signature": signature,
                "pieces": len(pieces),
                "kept": len(pieces) - len(missing),
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


#: Scores of STORED_SCORES that a metric reads: metric and reference.
_Key = tuple[str, str]


def _stored(
    test_set: TestSet, metrics: Mapping[str, Metric]
) -> dict[_Key, dict[str, NDArray[np.float64]]]:
    """What the metrics read -> system -> the stored scores of all segments, NaN: none.

    Raises
    ------
    InputError
        The test set does not hold the scores of such a metric.
    """
    wanted = dict.fromkeys(m.reads for m in metrics.values() if m.reads is not None)
    if not wanted:
        return {}
    frame = test_set.stored_scores
    held: dict[_Key, dict[str, NDArray[np.float64]]] = {}
    ids = pd.Index(test_set.segments["segment_id"])
    indices: Any = frame.groupby(["metric", "reference_name"], sort=False).indices
    groups: dict[_Key, NDArray[np.int64]] = indices
    read = {file.sha256 for file in test_set.files}
    from_files = {
        m.reads for m in metrics.values() if isinstance(m, Precomputed) and m.sha256 in read
    }
    for key in wanted:
        if key not in groups and key in from_files:  # none of these systems is in the file
            held[key] = {}
            continue
        if key not in groups:
            if not len(frame):
                raise InputError(
                    f"the test set {test_set.name!r} comes with no metric's scores",
                    found=f"the metric {key[0]} with {key[1]} is selected",
                    remedy="choose metrics that are computed, for example 'metrics=[bleu,chrf]'",
                )
            known = [f"{metric} with {reference}" for metric, reference in groups]
            raise unknown_name("stored metric", " with ".join(key), known)
        own = frame.iloc[groups[key]]
        systems = own.groupby("system", sort=False).indices
        places = ids.get_indexer(pd.Index(own["segment_id"]))
        values = own["score"].to_numpy()
        held[key] = {}
        for system, rows in systems.items():
            scores = np.full(len(ids), np.nan)
            scores[places[rows]] = values[rows]
            held[key][str(system)] = scores
    return held


class _Texts:
    """The texts of a test set as aligned lists, None where a text is absent; and the stored scores
    that metrics read."""

    def __init__(
        self,
        test_set: TestSet,
        reference_names: Sequence[str],
        stored: Mapping[_Key, Mapping[str, NDArray[np.float64]]],
    ) -> None:
        self.stored = stored
        ids = pd.Index(test_set.segments["segment_id"])
        self.sources = list(test_set.segments["source"])
        self.reference_names = list(reference_names)
        self.references = [
            _aligned(test_set.references, "reference_name", name, "reference", ids)
            for name in reference_names
        ]
        self.hypotheses = {
            system: _aligned(test_set.hypotheses, "system", system, "hypothesis", ids)
            for system in test_set.systems
        }
        self._batches: dict[object, tuple[Batch, NDArray[np.int64]]] = {}

    def scores(self, system: str, metric: Metric) -> NDArray[np.float64] | None:
        """The stored scores of all segments that the metric reads; None: it computes its own."""
        if metric.reads is None:
            return None
        none: NDArray[np.float64] = np.full(len(self.sources), np.nan)
        return self.stored[metric.reads].get(system, none)

    def missing(self, system: str, metric: Metric) -> NDArray[np.object_]:
        """Why each segment cannot be scored; '' where it can."""
        stored = self.scores(system, metric)
        reasons = np.full(len(self.sources), "", dtype=object)
        if stored is not None:
            reasons[np.isnan(stored)] = "missing: no stored score"
        if metric.needs_reference:
            absent = self._without_reference
            reasons = np.where(absent != "", absent, reasons)
        reasons[self._without_hypothesis[system]] = "missing: no hypothesis"
        return reasons

    @cached_property
    def _without_hypothesis(self) -> dict[str, NDArray[np.bool_]]:
        return {
            system: np.array([text is None for text in texts], dtype=bool)
            for system, texts in self.hypotheses.items()
        }

    @cached_property
    def _without_reference(self) -> NDArray[np.object_]:
        """What is said of each segment that lacks a reference; '' of the others."""
        reasons = np.full(len(self.sources), "", dtype=object)
        for i, texts in enumerate(zip(*self.references, strict=True)):
            names = [n for n, t in zip(self.reference_names, texts, strict=True) if t is None]
            if names:
                reasons[i] = f"missing: no reference {', '.join(names)}"
        return reasons

    def batch(self, system: str, metric: Metric) -> tuple[Batch, NDArray[np.int64]]:
        """What the metric can score of the system, and the positions of those segments. Metrics
        that take the same texts are given the same lists."""
        kind = (system, metric.needs_reference, metric.reads)
        if kind not in self._batches:
            self._batches[kind] = self._batch(system, metric)
        return self._batches[kind]

    def _batch(self, system: str, metric: Metric) -> tuple[Batch, NDArray[np.int64]]:
        chosen = np.flatnonzero(self.missing(system, metric) == "")
        everything = len(chosen) == len(self.sources)

        def part(texts: list[Any]) -> list[str]:
            return texts if everything else [texts[i] for i in chosen]

        references = self.references if metric.needs_reference else []
        stored = self.scores(system, metric)
        batch = Batch(
            part(self.sources),
            part(self.hypotheses[system]),
            tuple(part(texts) for texts in references),
            () if stored is None else stored[chosen].tolist(),
        )
        return batch, chosen


def _aligned(
    frame: pd.DataFrame, column: str, value: str, text: str, ids: pd.Index
) -> list[str | None]:
    chosen = frame[frame[column] == value].set_index("segment_id")[text]
    return [None if pd.isna(t) else str(t) for t in chosen.reindex(ids)]


@dataclass(frozen=True)
class _Piece:
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
    def place(self) -> tuple[str, str, int]:
        return self.key, self.system, self.number


#: Segments of a piece: small enough that a piece is done within minutes, large enough that a
#: test set of usual size is one file a system in the store.
PIECE = 20_000


def _pieces(texts: _Texts, key: str, metric: Metric, system: str) -> Iterator[_Piece]:
    batch, chosen = texts.batch(system, metric)
    for number, start in enumerate(range(0, max(1, len(batch)), PIECE)):
        part = slice(start, start + PIECE)
        own = batch if len(batch) <= PIECE else batch.part(part)
        yield _Piece(key, system, number, metric, own, chosen[part])


#: Segments of a piece of a metric that is kept by segment: what a killed process may lose.
FEW_SEGMENTS = 200


class _Segments:
    """What a metric that is kept segment by segment has to score: every text once, whatever system
    it is of, unless it is in the store."""

    def __init__(
        self,
        texts: _Texts,
        key: str,
        metric: Metric,
        systems: Sequence[str],
        store: ScoreStore | None,
    ) -> None:
        self.key, self.n = key, len(texts.sources)
        self.chosen: dict[str, NDArray[np.int64]] = {}
        self.digests: dict[str, list[bytes]] = {}
        n_references = len(texts.reference_names) if metric.needs_reference else 0
        family = family_key(metric, n_references)
        self.known = {} if store is None else store.segments(family)
        new: dict[bytes, tuple[str, str, tuple[str, ...]]] = {}
        for system in systems:
            batch, self.chosen[system] = texts.batch(system, metric)
            self.digests[system] = segment_digests(batch)
            columns = (batch.sources, batch.hypotheses, *batch.references)
            for digest, (source, text, *refs) in zip(
                self.digests[system], zip(*columns, strict=True), strict=True
            ):
                if digest not in self.known:
                    new[digest] = (source, text, tuple(refs))
        #: Translations whose score need not be computed: it is in the store, or another's too.
        self.reused = sum(map(len, self.digests.values())) - len(new)
        self.pieces = []
        order = list(new)
        for number, start in enumerate(range(0, len(order), FEW_SEGMENTS)):
            part = order[start : start + FEW_SEGMENTS]
            rows = [new[digest] for digest in part]
            batch = Batch(
                [source for source, *_ in rows],
                [text for _, text, _ in rows],
                tuple([refs[i] for *_, refs in rows] for i in range(n_references)),
            )
            places = np.arange(start, start + len(part))
            kept = family if store is not None else ""
            self.pieces.append(_Piece(key, "", number, metric, batch, places, kept, tuple(part)))

    def joined(
        self, done: Mapping[tuple[str, str, int], SegmentScores]
    ) -> dict[tuple[str, str], SegmentScores]:
        """The scores of each system over all segments (NaN: not scored)."""
        held = dict(self.known)
        for piece in self.pieces:
            held |= one_by_one(piece.digests, done[piece.place])
        results = {}
        for system, digests in self.digests.items():
            rows = together([held[digest] for digest in digests])
            results[self.key, system] = rows.spread(self.chosen[system], self.n)
        return results


def _keyed(pieces: Sequence[_Piece], store: ScoreStore | None) -> Iterator[_Piece]:
    """The pieces with their keys; the digest of each list of texts is computed once."""
    known: dict[int, str] = {}
    for piece in pieces:
        if store is None or piece.metric.reads is not None or not len(piece.batch):
            yield piece
            continue
        lists = (piece.batch.sources, piece.batch.hypotheses, *piece.batch.references)
        for texts in lists:
            if id(texts) not in known:
                known[id(texts)] = texts_digest(texts)
        yield replace(piece, store_key=score_key(piece.metric, piece.batch, known))


#: Place of a piece, its scores, the CPU seconds that they took.
_Result = tuple[tuple[str, str, int], SegmentScores, float]


def _run(
    pieces: Sequence[_Piece], test_set: str, store: ScoreStore | None, workers: int
) -> Iterator[_Result]:
    """Each piece's result, in any order. In this process where the work is small or the metric
    quick, there the systems of a metric together."""
    small = sum(len(piece.batch) for piece in pieces if not piece.metric.quick) < 2000
    here: dict[tuple[str, int], list[_Piece]] = {}
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

    def recover(piece: _Piece) -> list[_Result] | None:
        if store is None or not piece.store_key:
            return None
        found = _found_again(store, piece) if piece.digests else store.get(piece.store_key)
        return None if found is None else [(piece.place, found, 0.0)]

    def work(piece: _Piece) -> list[_Result]:
        return _scored([piece], test_set, store)

    for results in fan_out(work, elsewhere, workers, recover):
        yield from results


def _found_again(store: ScoreStore, piece: _Piece) -> SegmentScores | None:
    """The scores of a piece of segments, if all of them are in the store."""
    held = store.segments(piece.store_key)
    rows = [held[digest] for digest in piece.digests if digest in held]
    return together(rows) if len(rows) == len(piece.digests) else None


def _scored(pieces: Sequence[_Piece], test_set: str, store: ScoreStore | None) -> list[_Result]:
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


def _joined(
    pieces: Sequence[_Piece], done: Mapping[tuple[str, str, int], SegmentScores], n: int
) -> dict[tuple[str, str], SegmentScores]:
    """The scores of each system by each metric over all ``n`` segments (NaN: not scored)."""
    parts: dict[tuple[str, str], list[_Piece]] = {}
    for piece in pieces:
        parts.setdefault((piece.key, piece.system), []).append(piece)
    return {
        job: together([done[p.place] for p in own]).spread(
            np.concatenate([p.chosen for p in own]), n
        )
        for job, own in parts.items()
    }


def _span_table(
    test_set: TestSet, texts: _Texts, results: Mapping[tuple[str, str], SegmentScores]
) -> pd.DataFrame:
    """Table METRIC_SPANS.

    Raises
    ------
    InputError
        A metric marks what lies outside of a hypothesis.
    """
    rows = []
    ids = list(test_set.segments["segment_id"])
    for (key, system), result in results.items():
        for i, own in enumerate(result.spans or ()):
            text = texts.hypotheses[system][i] or ""
            for span in own:
                if not 0 <= span.start <= span.end <= len(text):
                    raise InputError(
                        f"the metric {key!r} marks what lies outside of the text",
                        found=f"{span.start} to {span.end} in {system}, segment {ids[i]}",
                        expected=f"code points from 0 to {len(text)}, the hypothesis's length",
                    )
                place = (test_set.name, system, ids[i], key, span.start, span.end)
                rows.append((*place, span.severity, span.category))
    return table(rows, METRIC_SPANS)

"""Scoring: a test set x metrics -> scores of segments, documents and systems.

Every score in a table is higher-is-better (:mod:`harness.scoring.score_tables`). A translation that
a system lacks has no score (NaN, with the reason), and then the scores of its document and of the
system are missing too, because a score over other segments would not be comparable.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from harness.errors import InputError, unknown_name
from harness.metrics import Metric, SegmentScores
from harness.metrics.results import SCORED
from harness.metrics.stored import with_score_files
from harness.scoring.costs import Costs
from harness.scoring.detail_tables import extra_table, span_table, status_table
from harness.scoring.pieces import Piece, Place, work_of
from harness.scoring.running import PieceError, run_pieces
from harness.scoring.score_tables import Scored, document_table, score_table
from harness.scoring.store import ScoreStore
from harness.scoring.surroundings import languages_of, suited
from harness.scoring.texts import AlignedTexts
from harness.support.progress import bar
from harness.tables import TestSet

__all__ = ["ScoreResult", "available_workers", "plan_scores", "score", "score_test_set"]


@dataclass(frozen=True)
class ScoreResult:
    """Scores of a test set, with their costs and counts.

    Parameters
    ----------
    scores, documents, spans, statuses, extra
        Tables SCORES, DOCUMENT_SCORES, METRIC_SPANS, SCORE_STATUSES (of the metrics of which not
        every segment is ok) and SCORE_DETAILS.
    spent
        The costs of each metric in this run.
    costs
        The costs of its scores, whenever they were computed.
    devices
        The devices that computed the scores of each metric, in words, where that is known.
    counts
        Segment scores ``computed``, ``reused`` (from a store, or of an equal translation),
        ``missing`` (there was nothing to score) and ``failed`` (every other status without a
        score, in a store or now).
    segments
        (metric, system) -> what the metric gave for all segments, as the metric defines it.
    """

    scores: pd.DataFrame
    documents: pd.DataFrame
    spans: pd.DataFrame
    statuses: pd.DataFrame
    extra: pd.DataFrame
    spent: Mapping[str, Costs]
    costs: Mapping[str, Costs]
    devices: Mapping[str, Sequence[str]]
    counts: Mapping[str, int]
    segments: Mapping[tuple[str, str], SegmentScores]

    @property
    def status_counts(self) -> dict[str, dict[str, int]]:
        """Metric -> kind of status -> segments, of the metrics of the table ``statuses``."""
        counts: dict[str, dict[str, int]] = {}
        columns = (self.statuses[name] for name in ("metric", "status", "n_segments"))
        for key, kind, n in zip(*columns, strict=True):
            own = counts.setdefault(str(key), {})
            own[str(kind)] = own.get(str(kind), 0) + int(n)
        return counts

    @property
    def seconds(self) -> dict[str, float]:
        """The CPU seconds of each metric now."""
        return {key: costs.cpu_seconds for key, costs in self.spent.items()}


def score(
    test_set: TestSet,
    metrics: Mapping[str, Metric],
    *,
    references: Sequence[str] | None = None,
    workers: int | None = None,
) -> pd.DataFrame:
    """Scores of every system of ``test_set`` by every metric: table SCORES.

    Parameters
    ----------
    metrics
        Name in the tables -> metric.
    references
        Names of the references that the metrics are given; default: the first of the test set.
    workers
        Number of worker processes; default: as many as there are processors available.

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
    metrics = suited(metrics, languages_of(test_set))
    names = _checked(test_set, metrics, references)
    texts, systems = AlignedTexts(test_set, names, metrics), test_set.systems
    digests: dict[int, str] = {}
    works = {k: work_of(texts, k, m, systems, store, digests) for k, m in metrics.items()}
    pending = [piece for work in works.values() for piece in work.pending()]
    done, spent = _done(pending, test_set, metrics, store, workers or available_workers())
    results = {
        (key, system): own
        for key, work in works.items()
        for system, own in work.scores(done).items()
    }
    scored = [
        Scored(
            key,
            metric,
            system,
            texts.n_references,
            results[key, system],
            texts.missing(system, metric.needs),
        )
        for key, metric in metrics.items()
        for system in systems
    ]
    scores = score_table(test_set, scored)
    return ScoreResult(
        scores,
        document_table(test_set, scored),
        span_table(test_set, texts, results),
        status_table(test_set, scored),
        extra_table(test_set, results),
        spent,
        {key: work.costs + spent[key] for key, work in works.items()},
        {key: own for key, work in works.items() if (own := work.devices())},
        _counts(scores, done),
        results,
    )


def _done(
    pending: Sequence[Piece],
    test_set: TestSet,
    metrics: Mapping[str, Metric],
    store: ScoreStore | None,
    workers: int,
) -> tuple[dict[Place, SegmentScores], dict[str, Costs]]:
    """The scores of all pieces, and what each metric cost."""
    spent = dict.fromkeys(metrics, Costs())
    done: dict[Place, SegmentScores] = {}
    try:
        with bar("scoring", sum(len(piece.batch) for piece in pending)) as progress:
            for place, result, costs in run_pieces(
                pending, test_set.name, store, workers, progress.advance
            ):
                done[place] = result
                spent[place[0]] += costs
    except PieceError as error:
        segment = test_set.segments["segment_id"].iloc[error.place]
        raise InputError(
            f"the metric {error.key!r} cannot score segment {segment} of {error.system}:"
            f" {error.message}",
            found=error.found,
            remedy="correct the metric, or let it return NaN where it has no score",
        ) from error
    return done, spent


def _counts(scores: pd.DataFrame, done: Mapping[Place, SegmentScores]) -> dict[str, int]:
    """Of segments: see :class:`ScoreResult`."""
    statuses = scores.loc[scores["segment_id"].notna(), "status"].value_counts()
    kinds: dict[str, int] = {}
    for status, n in statuses.items():
        kind = str(status).partition(":")[0]
        kinds[kind] = kinds.get(kind, 0) + int(n)
    scored = sum(kinds.get(kind, 0) for kind in SCORED)
    computed = sum(int(np.isfinite(result.scores).sum()) for result in done.values())
    missing = kinds.get("missing", 0)
    return {
        "computed": computed,
        "reused": scored - computed,
        "missing": missing,
        "failed": sum(kinds.values()) - scored - missing,
    }


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
        One row per metric: metric, signature, pieces (in total), kept (pieces in the store),
        segments (to be computed), seconds (the CPU time that they will take, from the store's own
        timings of that metric; NaN if it has none).
    """
    metrics = suited(metrics, languages_of(test_set))
    names = _checked(test_set, metrics, references)
    texts = AlignedTexts(test_set, names, metrics)
    timings = {} if store is None else store.timings()
    digests: dict[int, str] = {}
    rows = []
    for key, metric in metrics.items():
        work = work_of(texts, key, metric, test_set.systems, store, digests)
        missing = work.missing()
        signature = metric.full_signature(texts.n_references, "segment")
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
        if metric.needs.reference and not names:
            raise InputError(
                f"the metric {key!r} needs a reference and the test set {test_set.name!r} has none",
                remedy="give one: test_set.references.refA=FILE (in Python references={'refA': "
                "FILE}), or choose metrics and sentinels without reference (sentinels=none)",
            )
    return names


def available_workers() -> int:
    """The number of processors available to this process (as allotted by a scheduler)."""
    allotted = os.environ.get("SLURM_CPUS_PER_TASK", "")
    if allotted.isdigit() and int(allotted) > 0:
        return int(allotted)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

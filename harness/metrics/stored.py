"""Stored metrics: segment scores that come with a test set or from a user's file, used like the
scores of any metric."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from harness.errors import InputError
from harness.metrics import Batch, Level, Metric, Needs, SegmentScores
from harness.support.checks import check_flag
from harness.support.families import OTHER
from harness.tables import STORED_SCORES, TestSet, conform, table
from harness.test_sets.readers.keyed_scores import choose_metric, read_score_table
from harness.test_sets.readers.lines import data_file, existing_file
from harness.test_sets.readers.tool_scores import form_of

__all__ = ["Precomputed", "Stored", "with_score_files"]


@dataclass(frozen=True)
class Stored(Metric):
    """The scores of ``metric`` that came with the test set, unchanged; higher is better.

    A translation without a stored score is missing. The score of a document or system is the mean
    of its segments' scores; for BLEU and chrF this is not their corpus score, which is not a mean.

    Parameters
    ----------
    metric
        The metric's name in the test set, e.g. COMET-22.
    reference
        The reference that it used; src: only the source. The references of the run make no
        difference.
    sha256
        That of the file of the scores; empty: they are part of the test set.
    family
        What the metric knows, as the card says (:data:`harness.support.families.FAMILIES`).

    Raises
    ------
    InputError
        ``metric`` or ``reference`` is empty. (Scoring refuses what the test set does not hold.)
    """

    name: str = "stored"
    metric: str = ""
    reference: str = ""
    sha256: str = ""
    family: str = field(default=OTHER, kw_only=True)  # type: ignore[misc]  # not of the class

    def __post_init__(self) -> None:
        for key, value in (("metric", self.metric), ("reference", self.reference)):
            if not isinstance(value, str) or not value:
                raise InputError(
                    f"the stored metric {self.name!r} lacks its {key}",
                    found=repr(value),
                    expected="metric=COMET-22 reference=refA, for example",
                )

    @property
    def needs(self) -> Needs:
        return Needs(stored=(self.metric, self.reference))

    def signature(self, n_references: int, level: Level = "segment") -> str:
        """Names the file as mt-metrics-eval does, with the beginning of its sha256."""
        parts = [f"stored:{self.metric}", f"ref:{self.reference}"]
        parts.append(f"file:{self.metric}-{self.reference.split(' ')[0]}.seg.score")
        parts += [f"sha256:{self.sha256[:12]}"] if self.sha256 else []
        parts += ["mean of segments"] if level == "corpus" else []
        return "|".join(parts)

    def score(self, batch: Batch) -> SegmentScores:
        """The stored scores of the batch."""
        if len(batch.stored) != len(batch):
            raise ValueError(f"{len(batch.stored)} stored scores for {len(batch)} segments")
        return SegmentScores(np.asarray(batch.stored, dtype=float))


@dataclass(frozen=True, kw_only=True)
class Precomputed(Metric):
    """Segment scores from a user's file; see :mod:`harness.test_sets.readers.keyed_scores` for its
    forms.

    :func:`with_score_files` reads the file into the test set, once. Translations without a score in
    the file are missing, and counted. The score of a document or system is the mean of its
    segments' scores.

    Parameters
    ----------
    name
        Its label in tables and plots.
    file
        The file.
    metric
        Which of the metrics that the file's column ``metric`` names; null: the only one.
    higher_is_better
        Whether a higher score in the file is better. If not, scores are negated when the file is
        read, so that tables hold higher-is-better scores. The scores of MetricX's JSON Lines are
        negated in any case.
    """

    name: str = "precomputed"
    file: str | None = None
    metric: str | None = None
    higher_is_better: bool = True  # type: ignore[misc]  # of each file, not of the class

    def __post_init__(self) -> None:
        check_flag("metrics.precomputed.higher_is_better", self.higher_is_better)

    @property
    def needs(self) -> Needs:
        return Needs(stored=self.column)

    @property
    def column(self) -> tuple[str, str]:
        """Metric and reference of the file's scores in STORED_SCORES."""
        direction = ", negated" if self.lower_is_better else ""
        return self.metric or self.name, f"file {self.sha256}{direction}"

    @property
    def path(self) -> str:
        """The file.

        Raises
        ------
        InputError
            There is none.
        """
        if not isinstance(self.file, str) or not self.file:
            raise InputError(
                f"the metric {self.name!r} has no file of scores",
                found=repr(self.file),
                expected="metrics.precomputed.file=FILE",
            )
        return self.file

    @property
    def lower_is_better(self) -> bool:
        """Whether the file's scores are negated when they are read: it was said so, or the file's
        form says so (MetricX)."""
        return not self.higher_is_better or form_of(self.path).lower_is_better

    @property
    def negated_by_form(self) -> str:
        """What to say of scores that are negated though nobody said so; '' of others."""
        negated = self.lower_is_better and self.higher_is_better
        return "; lower is better in this form, so all are negated" if negated else ""

    @property
    def sha256(self) -> str:
        """The sha256 of the file, in hexadecimal."""
        status = existing_file(self.path).stat()
        return _sha256(self.path, status.st_size, status.st_mtime_ns)

    def signature(self, n_references: int, level: Level = "segment") -> str:
        """The file's name and sha256, the metric in it, and whether its scores were negated."""
        parts = [f"precomputed:{self.metric or self.name}", f"file:{Path(self.path).name}"]
        parts.append(f"sha256:{self.sha256}")
        parts += ["lower is better"] if self.lower_is_better else []
        parts += ["mean of segments"] if level == "corpus" else []
        return "|".join(parts)

    def score(self, batch: Batch) -> SegmentScores:
        """The file's scores of the batch, in the file's direction."""
        if len(batch.stored) != len(batch):
            raise ValueError(f"{len(batch.stored)} stored scores for {len(batch)} segments")
        sign = 1.0 if self.higher_is_better else -1.0
        return SegmentScores(sign * np.asarray(batch.stored, dtype=float))


@lru_cache(maxsize=64)
def _sha256(path: str, size: int, changed: int) -> str:
    """The sha256 of a file of this size and time of change."""
    del size, changed
    return data_file(path).sha256


def with_score_files(test_set: TestSet, metrics: Mapping[str, Metric]) -> TestSet:
    """``test_set`` with the scores of every :class:`Precomputed` metric among its stored scores,
    higher is better, and with the files and what is missing in them among its files and notes.

    Raises
    ------
    InputError
        A metric has no file, or its file is malformed: an unknown system or segment, a score that
        is not a number, another format.
    """
    tables: dict[str, Mapping[str | None, Mapping[tuple[str, str], float]]] = {}
    for key, metric in metrics.items():
        if not isinstance(metric, Precomputed) or _holds(test_set, metric.column):
            continue
        if metric.path not in tables:  # a file may hold the scores of many metrics
            tables[metric.path] = read_score_table(metric.path, test_set)
        named = choose_metric(metric.path, metric.metric, tables[metric.path])
        scores = tables[metric.path][named]
        sign = -1.0 if metric.lower_is_better else 1.0
        rows = [
            (test_set.name, *translation, *metric.column, sign * score + 0.0)
            for translation, score in scores.items()
            if not math.isnan(score)
        ]
        if not rows:
            raise InputError(f"the file holds no score of the metric {key!r}", file=metric.path)
        stored = pd.concat([test_set.stored_scores, table(rows, STORED_SCORES)], ignore_index=True)
        known = set(
            zip(test_set.hypotheses["system"], test_set.hypotheses["segment_id"], strict=True)
        )
        found = sum((row[1], row[2]) in known for row in rows)
        note = (
            f"{found:,} of {len(known):,} translations have a score of {key}"
            f" ({'the metric ' + named + ' in ' if named else ''}{Path(metric.path).name}"
            f"{metric.negated_by_form})"
        )
        test_set = replace(
            test_set,
            stored_scores=conform(stored, STORED_SCORES),
            files=tuple(dict.fromkeys((*test_set.files, data_file(metric.path)))),
            notes=(*test_set.notes, note),
        )
    return test_set


def _holds(test_set: TestSet, key: tuple[str, str]) -> bool:
    stored = test_set.stored_scores
    return bool(((stored["metric"] == key[0]) & (stored["reference_name"] == key[1])).any())

"""The texts of a test set as metrics take them: aligned lists, and the stored scores that metrics
read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.errors import InputError, unknown_name
from harness.metrics.base import Batch, Metric
from harness.metrics.stored import Precomputed
from harness.tables import TestSet

__all__ = ["AlignedTexts"]

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


class AlignedTexts:
    """The texts of a test set as aligned lists, None where a text is absent; and the stored scores
    that ``metrics`` read.

    Raises
    ------
    InputError
        The test set does not hold the scores of such a metric.
    """

    def __init__(
        self, test_set: TestSet, reference_names: Sequence[str], metrics: Mapping[str, Metric]
    ) -> None:
        self.stored = _stored(test_set, metrics)
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

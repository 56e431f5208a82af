"""The texts of a test set as input of metrics: aligned lists of exactly what each metric declares
to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.errors import InputError, unknown_name
from harness.metrics import Batch, Languages, Metric, Needs
from harness.metrics.base import VARYING
from harness.metrics.stored import Precomputed
from harness.scoring.references_present import present
from harness.scoring.surroundings import alternatives, contexts, languages_of, positions_of
from harness.tables import TestSet

__all__ = ["AlignedTexts", "reference_count"]

#: Scores of STORED_SCORES that a metric reads: metric and reference.
_Key = tuple[str, str]
#: Segments that are scored together, and their positions in the test set.
_Part = tuple[Batch, NDArray[np.int64]]


def _stored(
    test_set: TestSet, metrics: Mapping[str, Metric]
) -> dict[_Key, dict[str, NDArray[np.float64]]]:
    """What the metrics read -> system -> the stored scores of all segments, NaN: none.

    Raises
    ------
    InputError
        The test set does not hold the scores of such a metric.
    """
    read = [metric.needs.stored for metric in metrics.values()]
    wanted = dict.fromkeys(key for key in read if key is not None)
    if not wanted:
        return {}
    frame = test_set.stored_scores
    held: dict[_Key, dict[str, NDArray[np.float64]]] = {}
    ids = pd.Index(test_set.segments["segment_id"])
    indices: Any = frame.groupby(["metric", "reference_name"], sort=False).indices
    groups: dict[_Key, NDArray[np.int64]] = indices
    known_files = {file.sha256 for file in test_set.files}
    from_files = {
        m.needs.stored
        for m in metrics.values()
        if isinstance(m, Precomputed) and m.sha256 in known_files
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
        self.documents = list(test_set.segments["document"])
        self.languages: Languages = languages_of(test_set)
        self.reference_names = list(reference_names)
        self.references = [
            _aligned(test_set.references, "reference_name", name, "reference", ids)
            for name in reference_names
        ]
        self.hypotheses = {
            system: _aligned(test_set.hypotheses, "system", system, "hypothesis", ids)
            for system in test_set.systems
        }
        self._comparable = [s for s, role in test_set.roles.items() if role != "injected"]
        self._batches: dict[tuple[str, Needs], list[_Part]] = {}

    @cached_property
    def _present(self) -> dict[tuple[int, ...], NDArray[np.int64]]:
        """The places of references -> the segments that have these and no others."""
        return present(self.references, len(self.sources))

    @cached_property
    def n_references(self) -> int:
        """As :func:`reference_count`."""
        return _count(self._present)

    def scores(self, system: str, needs: Needs) -> NDArray[np.float64] | None:
        """The stored scores of all segments that a metric reads; None: it computes its own."""
        if needs.stored is None:
            return None
        none: NDArray[np.float64] = np.full(len(self.sources), np.nan)
        return self.stored[needs.stored].get(system, none)

    def missing(self, system: str, needs: Needs) -> NDArray[np.object_]:
        """Why each segment cannot be scored; '' where it can."""
        stored = self.scores(system, needs)
        reasons = np.full(len(self.sources), "", dtype=object)
        if stored is not None:
            reasons[np.isnan(stored)] = "missing: no stored score"
        if needs.reference:
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
        """The reason for each segment that has no reference at all; '' for the others."""
        reasons = np.full(len(self.sources), "", dtype=object)
        if self.references:
            names = ", ".join(self.reference_names)
            reasons[self._present.get((), [])] = f"missing: no reference {names}"
        return reasons

    @cached_property
    def _positions(self) -> list[int]:
        return positions_of(self.documents)

    def batches(self, system: str, needs: Needs) -> list[_Part]:
        """What a metric of these needs can score of the system, and the positions of those
        segments: one batch for all segments that have the same references, usually one in all.
        Metrics that take the same texts are given the same lists."""
        kind = (system, needs)
        if kind not in self._batches:
            self._batches[kind] = self._parts(system, needs)
        return self._batches[kind]

    def _parts(self, system: str, needs: Needs) -> list[_Part]:
        scorable = self.missing(system, needs) == ""
        groups = self._present if needs.reference and self.references else {(): None}
        parts = []
        for references, members in groups.items():
            chosen = np.flatnonzero(scorable)
            if members is not None:
                chosen = members[scorable[members]]
            if len(chosen):
                parts.append((self._batch(system, needs, references, chosen), chosen))
        none = np.empty(0, dtype=np.int64)
        return parts or [(self._batch(system, needs, range(len(self.references)), none), none)]

    def _batch(
        self,
        system: str,
        needs: Needs,
        references: Sequence[int],
        chosen: NDArray[np.int64],
    ) -> Batch:
        """The batch of the ``chosen`` segments, with ``references`` by their places."""
        everything = len(chosen) == len(self.sources)

        def part(column: list[Any]) -> list[Any]:
            return column if everything else [column[i] for i in chosen]

        own, stored = self.hypotheses[system], self.scores(system, needs)
        return Batch(
            part(self.sources) if needs.source else (),
            part(own),
            tuple(part(self.references[k]) for k in references) if needs.reference else (),
            stored=() if stored is None else stored[chosen].tolist(),
            contexts=part(
                contexts(needs.window, self.documents, self.sources, own, self.references)
            )
            if needs.window
            else (),
            alternatives=part(alternatives(system, self.hypotheses, self._comparable))
            if needs.alternatives
            else (),
            documents=part(self.documents) if needs.document else (),
            positions=part(self._positions) if needs.document else (),
            languages=self.languages if needs.languages else None,
        )


def _aligned(
    frame: pd.DataFrame, column: str, value: str, text: str, ids: pd.Index
) -> list[str | None]:
    chosen = frame[frame[column] == value].set_index("segment_id")[text]
    return [None if pd.isna(t) else str(t) for t in chosen.reindex(ids)]


def _count(groups: Iterable[tuple[int, ...]]) -> int:
    numbers = {len(own) for own in groups if own}
    return numbers.pop() if len(numbers) == 1 else VARYING if numbers else 0


def reference_count(test_set: TestSet, names: Sequence[str]) -> int:
    """The number of the references ``names`` that a segment has; VARYING where some segments have
    fewer. Segments without any do not count."""
    ids = pd.Index(test_set.segments["segment_id"])
    columns = [_aligned(test_set.references, "reference_name", n, "reference", ids) for n in names]
    return _count(present(columns, len(ids)))

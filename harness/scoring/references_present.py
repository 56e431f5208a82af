"""Which references each segment has.

A reference may lack segments, and a blank text is none. A metric is given segments of the same
references together, so that every batch is rectangular: a metric never meets a reference that is
not there. (sacrebleu's rule too: a missing reference of several is left out for that segment.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from harness.metrics import Batch, Metric, SegmentScores
from harness.metrics.results import together
from harness.test_sets.readers.lines import has_text

__all__ = ["present", "scored_by_references", "without_reference"]

#: The texts of each reference; None or a blank text: the segment lacks it.
_References = Sequence[Sequence[str | None]]


def _there(references: _References, n: int) -> NDArray[np.bool_]:
    """(references, segments): which are there."""
    there = np.ones((len(references), n), dtype=bool)
    for row, texts in zip(there, references, strict=True):
        if not all(texts) or any(text is not None and text.isspace() for text in texts):
            row[:] = [text is not None and has_text(text) for text in texts]
    return there


def present(references: _References, n: int) -> dict[tuple[int, ...], NDArray[np.int64]]:
    """The places of references -> the segments, of ``n``, that have these and no others; the
    group without any reference is there if it has a segment, and no group is empty."""
    there = _there(references, n)
    if there.all():
        return {tuple(range(len(references))): np.arange(n)} if n else {}
    patterns, numbers = np.unique(there.T, axis=0, return_inverse=True)
    groups = {
        tuple(np.flatnonzero(pattern).tolist()): np.flatnonzero(numbers.ravel() == i)
        for i, pattern in enumerate(patterns)
    }
    return dict(sorted(groups.items(), key=lambda item: int(item[1][0])))


def without_reference(references: _References, n: int) -> NDArray[np.bool_]:
    """Which of ``n`` segments have no reference at all."""
    lacking: NDArray[np.bool_] = np.logical_not(_there(references, n).any(axis=0))
    return lacking


def scored_by_references(metric: Metric, batches: Sequence[Batch]) -> list[SegmentScores]:
    """The scores of batches with the same references, in which a blank reference is none; every
    segment has at least one."""
    first = batches[0]
    n = len(first)
    groups = present(first.references, n) if metric.needs.reference else {}
    if len(groups) < 2 and tuple(range(len(first.references))) in {*groups, ()}:
        return metric.score_all(batches)
    parts: list[list[SegmentScores]] = [[] for _ in batches]
    for references, chosen in groups.items():
        own = [batch.rows(chosen.tolist(), references) for batch in batches]
        for part, scored in zip(parts, metric.score_all(own), strict=True):
            part.append(scored)
    places = np.concatenate(list(groups.values()))
    return [together(own).spread(places, n) for own in parts]

"""Intervals: how far a value would move if other documents had been drawn.

The segments of a news item are not independent, so documents are resampled, not segments.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from harness.statistics.base import Array, Statistic

__all__ = ["document_bootstrap", "draw_documents"]


def draw_documents(documents: Sequence[str], samples: int, seed: int) -> list[NDArray[np.int64]]:
    """For each sample the positions of its segments: documents drawn with replacement.

    The draws depend on the order and sizes of the documents and on ``seed`` only.
    """
    names = list(dict.fromkeys(documents))
    position = {name: i for i, name in enumerate(names)}
    labels = np.array([position[d] for d in documents], dtype=np.int64)
    members = [np.flatnonzero(labels == i) for i in range(len(names))]
    generator = np.random.default_rng(seed)
    return [
        np.concatenate([members[i] for i in generator.integers(len(names), size=len(names))])
        for _ in range(samples)
    ]


def document_bootstrap(
    statistic: Statistic,
    scores: Array,
    ratings: Array,
    draws: Sequence[NDArray[np.int64]],
    *,
    confidence: float = 0.95,
) -> tuple[float, float]:
    """The percentile interval of ``statistic`` over the ``draws`` of documents.

    (NaN, NaN) with fewer than two draws, or where more than one draw in twenty leaves the
    statistic undefined (an interval of the others would look narrower than it is).
    """
    values = np.array([statistic(scores[:, i], ratings[:, i]).value for i in draws])
    defined = values[~np.isnan(values)]
    if len(defined) < 2 or len(defined) < 0.95 * len(values):
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return float(low), float(high)

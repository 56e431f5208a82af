"""Scores that the baseline has and the run lacks: worse, without a test. What remains could be the
easier part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from harness.gate.comparison import Comparison

__all__ = ["EXAMPLES", "lost_scores"]

#: Segments that are named of those on which the run lost.
EXAMPLES = 3


def lost_scores(
    kind: Literal["metric", "system"],
    names: tuple[str, str],
    measure: str,
    scores: tuple[NDArray[np.float64], NDArray[np.float64]],
    segments: Sequence[str],
) -> list[Comparison]:
    """A comparison that has failed, if the run lacks scores; else none. ``scores`` are those of the
    run and of the baseline, (n_systems, n_segments), NaN where missing."""
    had = ~np.isnan(scores[1])
    lost = np.isnan(scores[0]) & had
    if not lost.any():
        return []
    n_had, n_lost = int(had.sum()), int(lost.sum())
    where = [name for i, name in enumerate(segments) if lost[:, i].any()]
    return [
        Comparison(
            kind=kind,
            subject=names[0],
            baseline_subject=names[1],
            measure=measure,
            value=n_had - n_lost,
            baseline=n_had,
            difference=-n_lost,
            decimals=0,
            n=n_had,
            items="translations",
            n_segments=len(where),
            method="counted",
            examples=tuple(where[:EXAMPLES]),
            note="translations that the baseline scored have no score in the run",
            failed=True,
        )
    ]

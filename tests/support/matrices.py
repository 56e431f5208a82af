"""Made-up scores and ratings as matrices, and as the tables that the meta-evaluation takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from harness.statistics.base import Array
from harness.tables import HYPOTHESES, RATINGS, REFERENCES, SCORES, SEGMENTS, TestSet, table

__all__ = ["made", "normal"]


def made(
    ratings: Array,
    scores: Mapping[str, Array],
    *,
    roles: Mapping[str, str] | None = None,
    per_document: int = 2,
    domains: Callable[[int], str] = lambda i: "news",
) -> dict[str, Any]:
    """A test set with these (n_systems, n_segments) ratings and scores, as the stage wants it."""
    n_systems, n_segments = ratings.shape
    systems = [f"s{i}" for i in range(n_systems)]
    ids = [str(i) for i in range(n_segments)]
    documents = [f"d{i // per_document}" for i in range(n_segments)]
    test_set = TestSet(
        name="made",
        segments=table(
            [("made", s, documents[i], domains(i), "字" * (i % 9 + 1)) for i, s in enumerate(ids)],
            SEGMENTS,
        ),
        references=table([("made", s, "refA", "x") for s in ids], REFERENCES),
        hypotheses=table(
            [("made", y, (roles or {}).get(y, "system"), s, "x") for y in systems for s in ids],
            HYPOTHESES,
        ),
    )
    cells = [(i, j) for i in range(n_systems) for j in range(n_segments)]
    score_rows = [
        (
            "made",
            systems[i],
            ids[j],
            m,
            m,
            float(v[i, j]),
            "ok" if v[i, j] == v[i, j] else "missing: x",
        )
        for m, v in scores.items()
        for i, j in cells
    ]
    score_rows += [
        ("made", systems[i], None, m, m, float(v[i].mean()), "ok")
        for m, v in scores.items()
        for i in range(n_systems)
    ]
    rows = [
        ("made", systems[i], ids[j], "all", float(ratings[i, j]), 1)
        for i, j in cells
        if ratings[i, j] == ratings[i, j]
    ]
    return {
        "test_set": test_set,
        "scores": table(score_rows, SCORES),
        "ratings": table(rows, RATINGS),
    }


def normal(seed: int, n_systems: int = 4, n_segments: int = 40) -> tuple[Array, dict[str, Array]]:
    """Ratings, and metrics that follow them closely, loosely and not at all."""
    g = np.random.default_rng(seed)
    ratings = -g.poisson(2.0, (n_systems, n_segments)).astype(float)
    ratings -= np.arange(n_systems)[:, None]
    noise = g.normal(size=(3, n_systems, n_segments))
    return ratings, {
        "close": ratings + noise[0],
        "loose": ratings + 6 * noise[1],
        "none": noise[2],
    }

"""Made-up test sets, scores and penalties for what is said of categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.ratings.rating import Penalties
from harness.tables import HYPOTHESES, REFERENCES, SCORES, SEGMENTS, TestSet, table

Array = NDArray[np.float64]
NAME = "made_up"


def made_test_set(systems: Mapping[str, Sequence[str]], documents: Sequence[str]) -> TestSet:
    """A test set of machine translations; segments are numbered from 0."""
    ids = [str(i) for i in range(len(documents))]
    segments = [(NAME, s, d, "news", "原文") for s, d in zip(ids, documents, strict=True)]
    hypotheses = [
        (NAME, system, "human" if system.startswith("ref") else "system", s, text)
        for system, texts in systems.items()
        for s, text in zip(ids, texts, strict=True)
    ]
    return TestSet(
        NAME, table(segments, SEGMENTS), table([], REFERENCES), table(hypotheses, HYPOTHESES)
    )


def scores_of(matrices: Mapping[str, Array], systems: Sequence[str], ids: Sequence[str]) -> Any:
    """The table SCORES of (systems, segments) matrices, with rows of whole systems among them."""
    rows = [
        (NAME, system, segment, metric, "v1", score, "ok")
        for metric, matrix in matrices.items()
        for system, row in zip(systems, matrix, strict=True)
        for segment, score in zip([*ids, None], [*row, 99.0], strict=True)
    ]
    return table(rows, SCORES)


def penalties_of(
    values: Array, systems: Sequence[str], documents: Sequence[str], *, view: str = "news"
) -> Penalties:
    counts = (np.nan_to_num(values) > 0).astype(np.int64)
    n = values.shape
    names = ("meaning", "style", "never")[: n[3]]
    ids = tuple(str(i) for i in range(n[1]))
    raters = tuple(f"r{i}" for i in range(n[2]))
    return Penalties(
        test_set=NAME,
        view=view,
        systems=tuple(systems),
        segments=ids,
        documents=tuple(documents),
        raters=raters,
        categories=names,
        values=values,
        totals=values.sum(axis=-1),
        counts=counts,
        major=counts,
    )


class Made:
    """Ratings of 4 systems: raters agree on 'meaning', not on 'style'; a good and a bad metric."""

    def __init__(self, n_documents: int = 16, n_raters: int = 3, n_systems: int = 4) -> None:
        rng = np.random.default_rng(7)
        self.systems = ["A", "B", "C", "D"][:n_systems]
        self.documents = [f"d{i // 6}" for i in range(6 * n_documents)]
        n = len(self.documents)
        true = rng.poisson(1.0, size=(n_systems, n, 1)) * 5.0
        meaning = np.repeat(true, n_raters, axis=2)
        style = rng.poisson(1.0, size=(n_systems, n, n_raters)).astype(float)
        self.values = np.stack([meaning, style, np.zeros(style.shape)], axis=-1)
        self.scores = {
            "good": -true[..., 0] + 5.0 * rng.normal(size=(n_systems, n)),
            "poor": rng.normal(size=(n_systems, n)),
            "length": rng.normal(size=(n_systems, n)),
        }

    @property
    def test_set(self) -> TestSet:
        texts = {s: [f"{s}{i}" for i in range(len(self.documents))] for s in self.systems}
        return made_test_set(texts, self.documents)

    @property
    def score_table(self) -> Any:
        ids = [str(i) for i in range(len(self.documents))]
        return scores_of(self.scores, self.systems, ids)

    @property
    def penalties(self) -> Penalties:
        return penalties_of(self.values, self.systems, self.documents)

"""Runs for the gate without folders: made-up scores on the ratings of a test set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from harness.error_categories.quality import Judging, category_quality
from harness.gate.opened import Opened
from harness.ratings.rating import Penalties
from harness.runs.text_digests import text_digests
from harness.statistics.base import Array
from harness.tables import METRICS, RATER_RATINGS, SCORES, SYSTEMS, TestSet, conform, table

__all__ = ["Stage"]

METRIC = "m"


@dataclass(frozen=True)
class Stage:
    """A test set with the table of its ``ratings`` and the penalties of a view, on which made-up
    metrics are judged. ``systems`` and ``segments`` are those of score matrices."""

    test_set: TestSet
    ratings: pd.DataFrame
    systems: tuple[str, ...]
    segments: tuple[str, ...]
    penalties: Penalties | None = None

    @cached_property
    def texts(self) -> pd.DataFrame:
        return text_digests(self.test_set)

    @cached_property
    def categories(self) -> Mapping[str, pd.DataFrame]:
        """The tables of categories; which pairs are decided, and which categories can be judged,
        is the same for all metrics without missing scores."""
        if self.penalties is None:
            return {}
        scored = self.scores({METRIC: np.zeros((len(self.systems), len(self.segments)))})
        return category_quality(self.test_set, scored, [self.penalties], [], Judging()).tables

    def scores(self, matrices: Mapping[str, Array], signature: str = "drawn") -> pd.DataFrame:
        """Table SCORES of metrics, (n_systems, n_segments) each."""
        n_systems, n_segments = len(self.systems), len(self.segments)
        frames = [
            pd.DataFrame(
                {
                    "test_set": self.test_set.name,
                    "system": np.repeat(np.array(self.systems, dtype=object), n_segments),
                    "segment_id": np.tile(np.array(self.segments, dtype=object), n_systems),
                    "metric": name,
                    "signature": signature,
                    "score": np.asarray(matrix, dtype=float).reshape(-1),
                    "status": "ok",
                }
            )
            for name, matrix in matrices.items()
        ]
        return conform(pd.concat(frames, ignore_index=True), SCORES)

    def run(
        self,
        matrices: Mapping[str, Array],
        *,
        folder: Path = Path("run"),
        renewed: Mapping[str, str] | None = None,
        signature: str = "drawn",
    ) -> Opened:
        """A run with metrics of these scores. ``renewed`` maps a system to a word that stands for
        its new translations."""
        texts = self.texts
        for system, word in (renewed or {}).items():
            own = (texts["kind"] == "translation") & (texts["name"] == system)
            texts = texts.assign(digest=texts["digest"].mask(own, word))
        listed = [(m, m, signature, True, "metric", "", "") for m in matrices]
        quality = {
            name: pd.concat([frame.replace({"metric": {METRIC: m}}) for m in matrices])
            if name == "categories"
            else frame
            for name, frame in self.categories.items()
        }
        tables = {
            "metrics": table(listed, METRICS),
            "scores": self.scores(matrices, signature),
            "systems": _systems(self.test_set, self.systems),
            "texts": texts,
            "ratings": self.ratings,
            "rater_ratings": table([], RATER_RATINGS),
            "categories": pd.DataFrame({"view": [], "metric": [], "category": [], "tier": []}),
            "category_segments": pd.DataFrame({"view": []}),
            **{n: quality[n] for n in ("categories", "category_segments") if n in quality},
        }
        record = {"test_set": self.test_set.name, "references": []}
        return Opened(folder, record, tables)

    def with_ratings(self, ratings: pd.DataFrame) -> Stage:
        return replace(self, ratings=ratings)


def _systems(test_set: TestSet, systems: tuple[str, ...]) -> pd.DataFrame:
    rows = [
        {
            "test_set": test_set.name,
            "system": system,
            "role": "system",
            "metric": METRIC,
            "signature": "",
            "score": 0.0,
            "mean_segment_score": 0.0,
            "rating": 0.0,
            "n_segments": 1,
            "n_rated_segments": 1,
            "n_raters": 1.0,
            "status": "ok",
        }
        for system in systems
    ]
    return table(rows, SYSTEMS)

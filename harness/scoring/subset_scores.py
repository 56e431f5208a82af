"""Corpus scores of parts of a test set, from the statistics that are there.

A part is made of segments (a domain, a document, a phenomenon, a band of lengths; see
:mod:`harness.test_sets.subsets`), or, of each system's own translations, those in which a rater
marked an error of a category. A part's score is the metric's score of its segments as one text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.metrics.base import Metric, SegmentScores
from harness.tables import SUBSET_SCORES, TestSet, table
from harness.test_sets.subsets import Subset

__all__ = ["BY_CATEGORY", "NO_ERROR", "subset_scores"]

#: What divides each system's translations by the errors marked in them, and the part without any.
BY_CATEGORY, NO_ERROR = "category", "no error"

#: What divides, which part this is, and its segments, of one system.
_Part = tuple[str, str, NDArray[np.int64]]


def subset_scores(
    test_set: TestSet,
    metrics: Mapping[str, Metric],
    segments: Mapping[tuple[str, str], SegmentScores],
    subsets: Sequence[Subset],
    errors: pd.DataFrame | None,
    n_references: int,
) -> pd.DataFrame:
    """The corpus score of every part of every system by every metric: table SUBSET_SCORES.

    Parameters
    ----------
    segments
        (metric's name, system) -> its scores and statistics of all segments, as the metric defines
        them.
    subsets
        Parts made of segments; each system gets a row for each.
    errors
        The columns system, segment_id and view_category of every error, '' or None where it has no
        category. A translation with errors of two categories belongs to both parts; one that was
        rated and has no error at all belongs to ``no error``. Parts without a translation have no
        row. None: no parts by category.
    n_references
        How many references the metrics were given.

    Returns
    -------
    DataFrame
        A part with a segment that has no score has none either (NaN; the status counts them).
    """
    by_segment = [(part.by, part.value, np.flatnonzero(part.chosen)) for part in subsets]
    marked = {} if errors is None else dict(_marked(test_set, errors))
    rows = []
    for key, metric in metrics.items():
        sign = 1.0 if metric.higher_is_better else -1.0
        signature = metric.full_signature(n_references, "corpus")
        for system in test_set.systems:
            own = segments[key, system]
            for by, value, chosen in [*by_segment, *marked.get(system, [])]:
                missing = int((~np.isfinite(own.scores[chosen])).sum())
                score, status = float("nan"), f"missing: {missing} of {len(chosen)} have no score"
                if not missing:
                    score, status = sign * metric.aggregate(own, chosen) + 0.0, "ok"
                identity = (test_set.name, system, by, value, key, signature)
                rows.append((*identity, score, status, len(chosen)))
    return table(rows, SUBSET_SCORES)


def _marked(test_set: TestSet, errors: pd.DataFrame) -> Iterator[tuple[str, list[_Part]]]:
    """Each rated system's translations by the categories of their errors."""
    ids = pd.Index(test_set.segments["segment_id"])
    for system, rated in test_set.annotations.groupby("system", sort=False):
        own = errors[errors["system"] == system]
        places = ids.get_indexer(pd.Index(own["segment_id"]))
        categories = own["view_category"].fillna("").astype(str).to_numpy()
        parts = [
            (BY_CATEGORY, category, np.unique(places[categories == category]))
            for category in sorted(set(categories) - {""})
        ]
        clean = np.setdiff1d(ids.get_indexer(pd.Index(rated["segment_id"].unique())), places)
        if len(clean):
            parts.append((BY_CATEGORY, NO_ERROR, clean))
        yield str(system), parts

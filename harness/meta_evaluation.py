"""Meta-evaluation: scores x ratings -> how well each metric agrees with people.

Humans and injected systems take no part; every value comes with the number of systems, segments
and pairs behind it and the number of translations left out because a score or rating is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from harness.checks import check_between, check_whole
from harness.errors import unknown_name
from harness.significance import document_bootstrap, draw_documents
from harness.statistics.base import Agreement, Array, Statistic
from harness.tables import META, TestSet, conform

__all__ = ["Resampling", "meta_evaluate"]


@dataclass(frozen=True)
class Resampling:
    """How intervals are drawn: number of samples of documents, seed, confidence."""

    samples: int = 1000
    seed: int = 12345
    confidence: float = 0.95
    minimum_documents: int = 10

    def __post_init__(self) -> None:
        check_whole("resampling.samples", self.samples, 2)
        check_whole("resampling.seed", self.seed, 0)
        check_whole("resampling.minimum_documents", self.minimum_documents, 2)
        check_between("resampling.confidence", self.confidence, 0, 1)


def meta_evaluate(
    test_set: TestSet,
    scores: pd.DataFrame,
    ratings: pd.DataFrame,
    statistics: Mapping[str, Statistic],
    *,
    resampling: Resampling | None = None,
    category: str = "all",
) -> pd.DataFrame:
    """Compare every metric in ``scores`` with the ``ratings`` of ``category``: table META.

    Parameters
    ----------
    scores, ratings
        Tables SCORES and RATINGS of ``test_set``.
    statistics
        Name in the config -> statistic.
    resampling
        How intervals are drawn. A set of fewer documents than ``minimum_documents`` gets none,
        because a bootstrap over few documents is too narrow.

    Returns
    -------
    DataFrame
        One row for each metric and statistic; undefined values are NaN with the reason in
        ``note``. ``n_excluded`` counts, of the translations of the compared systems in segments
        that somebody rated, those that took no part. Without ratings the table is empty.

    Raises
    ------
    InputError
        There are ratings, but none of ``category``.
    """
    if len(ratings) and category not in set(ratings["category"]):
        raise unknown_name("category", category, set(ratings["category"]))
    resampling = resampling or Resampling()
    roles = test_set.roles
    chosen = ratings[ratings["category"] == category]
    systems = [s for s in sorted(set(chosen["system"])) if roles.get(s) == "system"]
    segments = list(test_set.segments["segment_id"])
    rated = _matrix(chosen, "rating", systems, segments)
    used = ~np.isnan(rated).all(axis=0) if systems else np.zeros(len(segments), dtype=bool)
    if not used.any():
        return conform(pd.DataFrame(columns=META.names), META)
    human = rated[:, used]
    documents = [str(d) for d in test_set.segments["document"].to_numpy()[used]]
    draws = []
    if len(set(documents)) >= resampling.minimum_documents:
        draws = draw_documents(documents, resampling.samples, resampling.seed)
    rows = []
    for metric in dict.fromkeys(scores["metric"]):
        own = scores[scores["metric"] == metric]
        matrix = _matrix(own[own["segment_id"].notna()], "score", systems, segments)[:, used]
        whole = own[own["segment_id"].isna()].set_index("system")["score"]
        corpus = whole.reindex(systems).to_numpy(dtype=float)[:, None]
        for statistic in statistics.values():
            is_corpus = statistic.grouping == "corpus"
            values = corpus if is_corpus else matrix
            if is_corpus and not used.all():
                result = Agreement(float("nan"), 0, "corpus scores cover segments without a rating")
            else:
                result = statistic(values, human)
            low, high = float("nan"), float("nan")
            if draws and not is_corpus and not np.isnan(result.value):
                low, high = document_bootstrap(
                    statistic, values, human, draws, confidence=resampling.confidence
                )
            rows.append(
                {
                    "test_set": test_set.name,
                    "level": statistic.level,
                    "category": category,
                    "metric": metric,
                    "statistic": statistic.name,
                    "grouping": statistic.grouping,
                    "value": result.value,
                    "low": low,
                    "high": high,
                    "n_systems": len(systems),
                    "n_segments": result.n_segments,
                    "n_pairs": result.n,
                    "n_excluded": human.size - result.n_translations,
                    "ceiling": np.nan,
                    "chance": statistic.chance,
                    "cluster": None,
                    "note": result.note or _no_interval(draws, is_corpus, documents, resampling),
                }
            )
    return conform(pd.DataFrame(rows, columns=META.names), META)


def _no_interval(
    draws: Sequence[object], is_corpus: bool, documents: Sequence[str], resampling: Resampling
) -> str:
    if is_corpus:
        return "no interval: corpus scores are not resampled"
    if not draws:
        n, minimum = len(set(documents)), resampling.minimum_documents
        return f"no interval: {n} document{'s' if n != 1 else ''}, fewer than {minimum}"
    return ""


def _matrix(
    frame: pd.DataFrame, column: str, systems: Sequence[str], segments: Sequence[str]
) -> Array:
    """(n_systems, n_segments) of a long table, NaN where it has no row."""
    wide = frame.pivot(index="system", columns="segment_id", values=column)
    matrix: Array = wide.reindex(index=list(systems), columns=list(segments)).to_numpy(dtype=float)
    return matrix

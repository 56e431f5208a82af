"""Category quality, whole: accuracies, tests, implied weights, with one set of settings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from harness.error_categories.analysis import CategoryResult, categories
from harness.error_categories.category_weights import category_weights, judged_categories
from harness.ratings.rating import Penalties
from harness.support.checks import check_between, check_flag_or_auto, check_weight, check_whole
from harness.tables import TestSet

__all__ = ["CategoryQuality", "Judging", "category_quality"]

#: Metrics up to which every two are judged together unasked: 1,770 pairs.
MOST_PAIRED = 60


@dataclass(frozen=True)
class Judging:
    """When a category's accuracy counts as measured, and how sure intervals and tests are.

    Parameters
    ----------
    minimum_pairs, minimum_documents
        A category with fewer effective pairs, or in fewer documents, is not judged.
    confidence
        Of all intervals.
    alpha
        The level at or below which an adjusted p counts as significant.
    complementarity
        Whether every two metrics are judged together: true, false, or 'auto': up to 60 metrics.
    """

    minimum_pairs: float = 50
    minimum_documents: int = 10
    confidence: float = 0.95
    alpha: float = 0.05
    complementarity: bool | str = "auto"

    def __post_init__(self) -> None:
        check_weight("category_accuracy.minimum_pairs", self.minimum_pairs)
        check_whole("category_accuracy.minimum_documents", self.minimum_documents, 0)
        check_between("category_accuracy.confidence", self.confidence, 0, 1)
        check_between("category_accuracy.alpha", self.alpha, 0, 1)
        check_flag_or_auto("category_accuracy.complementarity", self.complementarity)

    @property
    def most_paired(self) -> float:
        """The number of metrics up to which every two are judged together."""
        if self.complementarity == "auto":
            return MOST_PAIRED
        return math.inf if self.complementarity else 0


@dataclass(frozen=True)
class CategoryQuality:
    """How well each metric sees each category of error: ``result``, and the table CATEGORY_WEIGHTS
    (``weights``)."""

    result: CategoryResult
    weights: pd.DataFrame

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by name."""
        return {
            "categories": self.result.categories,
            "category_tests": self.result.tests,
            "category_segments": self.result.segments,
            "metric_pairs": self.result.metric_pairs,
            "category_weights": self.weights,
        }


def category_quality(
    test_set: TestSet,
    scores: pd.DataFrame,
    penalties: Sequence[Penalties],
    sentinels: Sequence[str],
    judging: Judging,
) -> CategoryQuality:
    """Judge every metric on every category of every view.

    Parameters
    ----------
    scores
        Table SCORES.
    penalties
        What each rater gave, one for each view.
    sentinels
        Names in ``scores`` that are sentinels, not metrics.

    Raises
    ------
    InputError
        A metric has the name of one of the rows that are made here.
    """
    result = categories(
        test_set,
        scores,
        penalties,
        sentinels=sentinels,
        confidence=judging.confidence,
        alpha=judging.alpha,
        minimum_pairs=judging.minimum_pairs,
        minimum_documents=judging.minimum_documents,
        most_paired=judging.most_paired,
    )
    weights = category_weights(
        test_set,
        scores,
        penalties,
        sentinels=sentinels,
        judged=judged_categories(result.categories),
        confidence=judging.confidence,
        alpha=judging.alpha,
        minimum_documents=judging.minimum_documents,
    )
    return CategoryQuality(result, weights)

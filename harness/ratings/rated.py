"""The human ratings of a test set, as a run and the Python functions use them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from harness.ratings.rating import (
    ANNOTATED,
    Penalties,
    Weights,
    given_ratings,
    penalties,
    penalty_profile,
    rater_ratings,
    ratings_table,
)
from harness.ratings.views import View
from harness.tables import PENALTY_PROFILE, RATER_RATINGS, RATINGS, TestSet, table

__all__ = ["Rated", "rate"]


@dataclass(frozen=True)
class Rated:
    """Human ratings: RATINGS of the rating called ``name``, RATER_RATINGS and PENALTY_PROFILE, and,
    for each view, the penalties by each rater. Without annotated errors, only ``ratings`` may have
    rows."""

    name: str
    ratings: pd.DataFrame
    by_rater: pd.DataFrame
    profile: pd.DataFrame
    penalties: Sequence[Penalties]
    annotated: bool

    @property
    def of_raters(self) -> pd.DataFrame | None:
        """The ratings of single raters of which ``ratings`` are the means; None where ``ratings``
        came as numbers."""
        return self.by_rater if self.annotated and self.name == ANNOTATED else None


def rate(test_set: TestSet, weights: Weights, views: Iterable[View], name: str) -> Rated:
    """The rating called ``name`` of ``test_set`` ('annotations', or that of ratings that came as
    numbers), and the penalties in its annotations, by each of ``views``."""
    of_views = [penalties(test_set, weights, view) for view in views]
    annotated = bool(of_views) and len(test_set.annotations) > 0
    if name != ANNOTATED:
        ratings = given_ratings(test_set, name)
    else:
        ratings = ratings_table(of_views[0]) if annotated else table([], RATINGS)
    return Rated(
        name,
        ratings,
        rater_ratings(of_views[0]) if annotated else table([], RATER_RATINGS),
        penalty_profile(of_views, test_set.roles) if annotated else table([], PENALTY_PROFILE),
        of_views,
        annotated,
    )

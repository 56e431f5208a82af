"""Ratings, and how well scores agree with them, overall and for each category of error.

Wherever a function takes an object, it also takes its name in conf/. ``settings`` are overrides as
on the command line, for example ``["resampling.samples=200"]``; everything else has the same
default as there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from harness.api.options import (
    part_of,
    statistics_of,
    test_set_of,
    views_of,
    weights_of,
)
from harness.api.results import (
    Agreement,
    Categories,
    Ratings,
    Scores,
    same_test_set,
)
from harness.config.objects import build
from harness.errors import InputError
from harness.ratings.rating import Weights
from harness.ratings.views import View
from harness.report.summary import system_table
from harness.tables import TestSet

__all__ = ["categories", "meta_evaluate", "rate"]


def rate(
    test_set: str | TestSet,
    *,
    weights: str | Weights = "mqm_google",
    views: str | View | Iterable[str | View] = "news",
    rating: str = "auto",
) -> Ratings:
    """The human ratings of a test set, averaged over raters.

    Parameters
    ----------
    weights
        The penalty of each error: an option of conf/weights/, or weights.
    views
        How errors are sorted into categories; ``.table`` has those of the first.
    rating
        'annotations', the name of a rating that came as numbers (mqm, …), or 'auto': mqm if the
        test set has it, otherwise annotations.

    Raises
    ------
    InputError
        The test set has no such ratings, or none at all.
    """
    from harness.ratings.rated import rate as rate_test_set
    from harness.ratings.rating import choose_rating

    name, test_set = choose_rating(test_set_of(test_set), rating)
    if test_set.annotations.empty and test_set.given_ratings.empty:
        raise InputError(
            f"the test set {test_set.name} has no human ratings",
            remedy="look at injected errors instead: inject(test_set, metrics)",
        )
    of_views = views_of(views)
    if not of_views:
        raise InputError("no view is selected", remedy='choose one, e.g. views="news"')
    chosen = weights_of(weights)
    rated = rate_test_set(test_set, chosen, of_views, name)
    tables = {"ratings": rated.ratings}
    if rated.annotated:
        tables |= {"rater_ratings": rated.by_rater, "penalty_profile": rated.profile}
    return Ratings(
        test_set,
        tables,
        name=name,
        weights=chosen,
        penalties=tuple(rated.penalties) if rated.annotated else (),
        of_raters=rated.of_raters,
    )


def meta_evaluate(
    test_set: str | TestSet,
    scores: Scores,
    ratings: Ratings,
    *,
    statistics: str | Mapping[str, Any] = "default",
    subsets: Sequence[str] = (),
    settings: Sequence[str] = (),
) -> Agreement:
    """How well each metric agrees with the ratings, and tests between metrics.

    Parameters
    ----------
    statistics
        An option of conf/statistics/ (default, wmt23, …), or name -> statistic.
    subsets
        Parts of the test set for which agreement is also reported: domain, document, phenomenon,
        length.
    settings
        Overrides such as ``["resampling.samples=200", "metric_tests.samples=0"]``.

    Raises
    ------
    InputError
        A name is unknown, or ``scores`` are of another test set.
    """
    from harness.meta_evaluation import compare_with_ratings

    test_set = same_test_set(test_set, scores, ratings)
    chosen = [f"statistics={statistics}"] if isinstance(statistics, str) else []
    config = part_of(*chosen, *settings)
    found = compare_with_ratings(
        test_set,
        scores.table,
        ratings.table,
        statistics_of(statistics, settings),
        documents=scores.tables["document_scores"],
        rater_ratings=ratings.of_raters,
        resampling=build(config.resampling),
        testing=build(config.metric_tests),
        sentinels=list(scores.sentinels),
        subsets=list(subsets),
    )
    return Agreement(
        test_set,
        {
            **_beside(test_set, scores, ratings),
            "meta_evaluation": found.meta,
            "metric_tests": found.tests,
            "sentinel_tests": found.sentinels,
        },
    )


def categories(
    test_set: str | TestSet,
    scores: Scores,
    ratings: Ratings,
    *,
    view: str | View | Iterable[str | View] | None = None,
    settings: Sequence[str] = (),
) -> Categories:
    """How well each metric sees each category of error, beside sentinels and held-out raters.

    Parameters
    ----------
    view
        How errors are sorted into categories; default: the views of ``ratings``.
    settings
        Overrides such as ``["category_accuracy.minimum_pairs=30"]``.

    Raises
    ------
    InputError
        The ratings came as numbers, which have no categories.
    """
    from harness.error_categories.quality import Judging, category_quality
    from harness.ratings.rating import penalties as penalties_of

    test_set = same_test_set(test_set, scores, ratings)
    if not ratings.penalties or ratings.weights is None:
        raise InputError(
            f"the ratings of {test_set.name} have no categories",
            found=f"the rating {ratings.name}, which came as numbers",
            remedy="categories need annotated errors; harness datasets list shows which have them",
        )
    names = [] if view is None else views_of(view)
    of_views = (
        [penalties_of(ratings.test_set, ratings.weights, one) for one in names]
        if names
        else list(ratings.penalties)
    )
    judging = Judging(**part_of(*settings).category_accuracy)
    found = category_quality(test_set, scores.table, of_views, scores.sentinels, judging)
    return Categories(
        test_set,
        {**_beside(test_set, scores, ratings), **found.tables},
        result=found.result,
        labels={key: metric.name for key, metric in scores.metrics.items()},
    )


def _beside(test_set: TestSet, scores: Scores, ratings: Ratings) -> dict[str, pd.DataFrame]:
    """The tables of scores and ratings, with the ratings of systems among the scores."""
    return {
        **scores.tables,
        **ratings.tables,
        "systems": system_table(test_set, scores.table, ratings.table),
    }

"""The steps of an evaluation as functions: score, rate, meta-evaluate, look at categories.

Wherever an object is taken, its name in conf/ is taken too. ``settings`` are overrides as on the
command line, for example ``["resampling.samples=200"]``; what they leave out has the same default
as there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import Any

import pandas as pd

from harness.api.options import (
    MetricLike,
    config_of,
    injectors_of,
    metrics_of,
    statistics_of,
    test_set_of,
    views_of,
    weights_of,
)
from harness.api.results import (
    Agreement,
    Categories,
    InjectedErrors,
    Ratings,
    Scores,
    SystemTests,
)
from harness.config.objects import build
from harness.errors import InputError
from harness.metrics.stored import with_score_files
from harness.ratings.rating import Weights
from harness.ratings.views import View
from harness.report.summary import metric_table, system_table
from harness.scoring.stage import score_test_set
from harness.tables import RATER_RATINGS, RATINGS, TestSet, table
from harness.test_sets.readers import plain_text
from harness.test_sets.selection import choose_references

__all__ = [
    "categories",
    "compare_systems",
    "inject",
    "meta_evaluate",
    "rate",
    "read_texts",
    "score",
]


def read_texts(
    source: str | PathLike[str],
    systems: Mapping[str, str | PathLike[str]],
    references: Mapping[str, str | PathLike[str]] | None = None,
    *,
    name: str = "texts",
    documents: str | PathLike[str] | None = None,
) -> TestSet:
    """A test set from plain text files, one segment a line.

    Parameters
    ----------
    source
        The file of the source text.
    systems, references
        Name -> file. Without references only metrics that need none can score.
    name
        What the test set is called.
    documents
        A file with the name of each segment's document; without it all is one document.

    Raises
    ------
    InputError
        A file is absent, not UTF-8, or has another number of lines than the source.
    """
    return plain_text.read(
        name,
        str(source),
        {key: str(path) for key, path in (references or {}).items()},
        {key: str(path) for key, path in systems.items()},
        documents=None if documents is None else str(documents),
    )


def score(
    test_set: str | TestSet,
    metrics: MetricLike | Iterable[MetricLike] | Mapping[str, MetricLike],
    *,
    sentinels: str | Iterable[str] = (),
    references: str | Sequence[str] = "first",
    workers: int | None = None,
    settings: Sequence[str] = (),
) -> Scores:
    """Score every system of a test set by every metric.

    Parameters
    ----------
    test_set
        A test set or its name.
    metrics
        Names, metrics or functions of (source, hypothesis, references) that return a number, higher
        is better; or name in tables -> any of these.
    sentinels
        Names of baselines that know nothing of quality: random, length, length_ratio, copy_source.
    references
        'first' (of the test set), 'all', or names.
    workers
        Processes; default: the processors that this process may use.
    settings
        Parameters of metrics: ``["metrics.bleu.tokenize=zh"]``.

    Returns
    -------
    Scores
        ``.table`` is SCORES, ``.systems`` a row for each system. A translation without a score is
        NaN, and its status says why.

    Raises
    ------
    InputError
        A name is unknown (the message lists those that exist), or a metric needs a reference and
        there is none.
    """
    test_set = test_set_of(test_set)
    given = metrics_of(metrics, settings)
    names = [sentinels] if isinstance(sentinels, str) else list(sentinels)
    baselines = {k: m for k, m in metrics_of(names, (), "sentinels").items() if k not in given}
    every = {**given, **baselines}
    if not every:
        raise InputError("no metric is selected", remedy='choose some, e.g. ["bleu", "chrf"]')
    test_set = with_score_files(test_set, every)
    chosen = choose_references(test_set, references)
    scored = score_test_set(test_set, every, references=chosen, workers=workers)
    return Scores(
        test_set,
        {
            "scores": scored.scores,
            "document_scores": scored.documents,
            "metric_spans": scored.spans,
            "metrics": metric_table(given, baselines, len(chosen)),
            "systems": system_table(test_set, scored.scores, table([], RATINGS)),
        },
        metrics=every,
        sentinels=tuple(baselines),
        references=tuple(chosen),
        scored=scored,
    )


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
        What each error costs: an option of conf/weights/, or weights.
    views
        How errors are sorted into categories; ``.table`` has those of the first.
    rating
        'annotations', the name of a rating that came as numbers (mqm, …), or 'auto': mqm if the
        test set has it, else its annotations.

    Raises
    ------
    InputError
        The test set has no such ratings, or none at all.
    """
    from harness.ratings import rating as people

    name, test_set = people.choose_rating(test_set_of(test_set), rating)
    chosen = weights_of(weights)
    annotated = len(test_set.annotations) > 0
    of_views = [people.penalties(test_set, chosen, view) for view in views_of(views)]
    if not annotated and test_set.given_ratings.empty:
        raise InputError(
            f"the test set {test_set.name} has no human ratings",
            remedy="look at injected errors instead: inject(test_set, metrics)",
        )
    if not of_views:
        raise InputError("no view is selected", remedy='choose one, e.g. views="news"')
    tables = {
        "ratings": people.ratings_table(of_views[0])
        if name == people.ANNOTATED
        else people.given_ratings(test_set, name)
    }
    if annotated:
        tables["rater_ratings"] = people.rater_ratings(of_views[0])
        tables["penalty_profile"] = people.penalty_profile(of_views, test_set.roles)
    return Ratings(
        test_set,
        tables,
        name=name,
        weights=chosen,
        penalties=tuple(of_views) if annotated else (),
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
    """How well each metric agrees with the ratings, and every two metrics tested.

    Parameters
    ----------
    statistics
        An option of conf/statistics/ (default, wmt23, …), or name -> statistic.
    subsets
        Parts of the test set for which agreement is reported too: domain, document, phenomenon,
        length.
    settings
        Overrides such as ``["resampling.samples=200", "metric_tests.samples=0"]``.

    Raises
    ------
    InputError
        A name is unknown, or ``scores`` are of another test set.
    """
    from harness.meta_evaluation import compare_with_ratings
    from harness.ratings.rating import ANNOTATED

    test_set = _same(test_set, scores, ratings)
    config = config_of(*settings)
    by_rater = ratings.tables.get("rater_ratings", table([], RATER_RATINGS))
    found = compare_with_ratings(
        test_set,
        scores.table,
        ratings.table,
        statistics_of(statistics, settings),
        documents=scores.tables["document_scores"],
        rater_ratings=by_rater if ratings.name == ANNOTATED else None,
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
    from harness.error_categories.analysis import categories as analyse
    from harness.error_categories.category_weights import category_weights, judged_categories
    from harness.ratings.rating import penalties as penalties_of

    test_set = _same(test_set, scores, ratings)
    if not ratings.penalties or ratings.weights is None:
        raise InputError(
            f"the ratings of {test_set.name} have no categories",
            found=f"the rating {ratings.name}, which came as numbers",
            remedy="categories need annotated errors; harness datasets list shows which have them",
        )
    judging = config_of(*settings).category_accuracy
    names = [] if view is None else views_of(view)
    of_views = (
        [penalties_of(ratings.test_set, ratings.weights, one) for one in names]
        if names
        else list(ratings.penalties)
    )
    sentinels = list(scores.sentinels)
    found = analyse(
        test_set,
        scores.table,
        of_views,
        sentinels=sentinels,
        confidence=judging.confidence,
        alpha=judging.alpha,
        minimum_pairs=judging.minimum_pairs,
        minimum_documents=judging.minimum_documents,
    )
    weights = category_weights(
        test_set,
        scores.table,
        of_views,
        sentinels=sentinels,
        judged=judged_categories(found.categories),
        confidence=judging.confidence,
        alpha=judging.alpha,
        minimum_documents=judging.minimum_documents,
    )
    return Categories(
        test_set,
        {
            **_beside(test_set, scores, ratings),
            "categories": found.categories,
            "category_tests": found.tests,
            "category_segments": found.segments,
            "category_weights": weights,
        },
        result=found,
        labels={key: metric.name for key, metric in scores.metrics.items()},
    )


def inject(
    test_set: str | TestSet,
    metrics: MetricLike | Iterable[MetricLike] | Mapping[str, MetricLike] = (),
    *,
    injectors: str | Sequence[str] = "all",
    references: str | Sequence[str] = "first",
    settings: Sequence[str] = (),
) -> InjectedErrors:
    """Put known errors into translations, and see which of them each metric notices.

    Parameters
    ----------
    metrics
        As in :func:`score`; without any, the pairs are made and not judged.
    injectors
        Kinds of error by name (harness list injectors), or 'all'.
    references
        What the metrics are given. An error is never put into one of these.
    settings
        Overrides such as ``["injection.base=refB"]``.

    Raises
    ------
    InputError
        A name is unknown, or there is no translation to put errors into.
    """
    from harness.minimal_pairs.injected_systems import inject as put_in
    from harness.minimal_pairs.injections import injections, scorable

    test_set = test_set_of(test_set)
    injection = build(config_of(*settings).injection)
    chosen = choose_references(test_set, references)
    injected = put_in(test_set, injectors_of(injectors), injection, references=chosen)
    given = scorable(metrics_of(metrics, [s for s in settings if s.startswith("metrics.")]))
    tables = {"injected_pairs": injected.pairs}
    if given:
        scored = score_test_set(test_set, given, references=chosen)
        wrong = score_test_set(injected.test_set, given, references=chosen)
        both = pd.concat([scored.scores, wrong.scores], ignore_index=True)
        tables |= injections(injected, both, injection).tables
        tables["metrics"] = metric_table(given, {}, len(chosen))
    return InjectedErrors(test_set, tables, injected=injected)


def compare_systems(
    test_set: str | TestSet, scores: Scores, *, settings: Sequence[str] = ()
) -> SystemTests:
    """Test every two systems by every metric: paired bootstrap and approximate randomisation.

    ``settings`` are overrides such as ``["system_tests.bootstrap=0"]``.

    Raises
    ------
    InputError
        ``scores`` are of another test set, or a setting is refused.
    """
    from harness.system_comparison.stage import compare_systems as compare

    test_set = _same(test_set, scores)
    if scores.scored is None:
        raise InputError("these scores were read from tables", remedy="score the test set")
    own = {k: m for k, m in scores.metrics.items() if k not in scores.sentinels}
    testing = build(config_of(*settings).system_tests)
    found = compare(test_set, own, scores.scored.segments, testing)
    return SystemTests(
        test_set,
        {
            **scores.tables,
            "system_tests": found.tests,
            "system_intervals": found.intervals,
        },
    )


def _same(test_set: str | TestSet, *results: Scores | Ratings) -> TestSet:
    """The test set that ``results`` are of; the scores' own, which has user's scores read in."""
    name = test_set if isinstance(test_set, str) else test_set.name
    for result in results:
        if result.test_set.name != name:
            raise InputError(
                f"the {type(result).__name__.lower()} are of another test set",
                found=result.test_set.name,
                expected=name,
            )
    return results[0].test_set


def _beside(test_set: TestSet, scores: Scores, ratings: Ratings) -> dict[str, pd.DataFrame]:
    """The tables of scores and ratings, with the ratings of systems among the scores."""
    return {
        **scores.tables,
        **ratings.tables,
        "systems": system_table(test_set, scores.table, ratings.table),
    }

"""The stage: tables of scores and ratings -> tables META_EVALUATION and METRIC_TESTS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from harness.errors import InputError, unknown_name
from harness.meta_evaluation.averages import Average
from harness.meta_evaluation.comparisons import Outcome, average_tests, tests_of
from harness.meta_evaluation.material import Material, by_document, by_segment, compared_systems
from harness.meta_evaluation.rows import Place, Row, average_rows, rows_of
from harness.meta_evaluation.settings import Resampling, Testing
from harness.statistics.base import Array, Statistic
from harness.tables import (
    DOCUMENT_SCORES,
    META_EVALUATION,
    METRIC_TESTS,
    RATER_RATINGS,
    TestSet,
    table,
)
from harness.tables.settings import table_with
from harness.test_sets.subsets import WHOLE, subsets_of

__all__ = ["MetaEvaluation", "compare_with_ratings", "meta_evaluate"]


@dataclass(frozen=True)
class MetaEvaluation:
    """Tables META_EVALUATION (``meta``) and METRIC_TESTS (``tests``)."""

    meta: pd.DataFrame
    tests: pd.DataFrame


def meta_evaluate(
    test_set: TestSet,
    scores: pd.DataFrame,
    ratings: pd.DataFrame,
    statistics: Mapping[str, Statistic | Average],
    *,
    resampling: Resampling | None = None,
    category: str = "all",
    **options: Any,
) -> pd.DataFrame:
    """Compare every metric in ``scores`` with the ``ratings`` of ``category``: table
    META_EVALUATION.

    The same as ``compare_with_ratings(...).meta``, which says what the parameters mean, but
    without tests unless ``testing`` is given.
    """
    return compare_with_ratings(
        test_set,
        scores,
        ratings,
        statistics,
        resampling=resampling,
        category=category,
        **{"testing": Testing(samples=0), **options},
    ).meta


def compare_with_ratings(
    test_set: TestSet,
    scores: pd.DataFrame,
    ratings: pd.DataFrame,
    statistics: Mapping[str, Statistic | Average],
    *,
    documents: pd.DataFrame | None = None,
    rater_ratings: pd.DataFrame | None = None,
    resampling: Resampling | None = None,
    testing: Testing | None = None,
    sentinels: Sequence[str] = (),
    subsets: Sequence[str] = (),
    include_human: bool = False,
    category: str = "all",
) -> MetaEvaluation:
    """Compare every metric in ``scores`` with the ``ratings`` of ``category``, and every two
    metrics with each other.

    Parameters
    ----------
    scores, ratings
        Tables SCORES and RATINGS of ``test_set``.
    statistics
        Name in the config -> statistic, or an average of others.
    documents
        Table DOCUMENT_SCORES, for statistics of documents.
    rater_ratings
        Table RATER_RATINGS, for the human ceiling; without it there is none.
    resampling
        How intervals are drawn. A set of fewer documents than ``minimum_documents`` gets none,
        because a bootstrap over few documents is too narrow.
    testing
        How metrics are tested against each other, on the whole test set.
    sentinels
        Metrics that are sentinels: each is tested against every metric, in a family of its own,
        and takes no place in the rank clusters.
    subsets
        What divides the test set: some of 'domain', 'document', 'phenomenon', 'length'. The whole
        set always comes first; parts get values and intervals, no tests.
    include_human
        Whether human translations that were rated are compared like systems. A metric that has no
        score of one (its own reference) is then undefined on systems.

    Returns
    -------
    MetaEvaluation
        ``meta``: one row for each metric, statistic and part; undefined values are NaN with the
        reason in ``note``. ``n_excluded`` counts, of the translations of the compared systems in
        segments that somebody rated, those that took no part. ``tests``: one row for each pair of
        metrics and statistic. Without ratings both are empty.

    Raises
    ------
    InputError
        There are ratings, but none of ``category``; two statistics have one name, level and
        grouping; an average weighs a statistic that is not there; a subset is unknown,
        or by phenomenon where none is marked.
    """
    resampling, testing = resampling or Resampling(), testing or Testing()
    single, averages = _sorted_out(statistics)
    if len(ratings) and category not in set(ratings["category"]):
        raise unknown_name("category", category, set(ratings["category"]))
    segments = by_segment(
        test_set,
        scores,
        ratings[ratings["category"] == category],
        _of_category(rater_ratings, category),
        compared_systems(
            test_set, ratings[ratings["category"] == category], include_human=include_human
        ),
    )
    parts = subsets_of(test_set, subsets, segments.items)
    if not segments.items:
        return MetaEvaluation(table([], META_EVALUATION), table([], METRIC_TESTS))
    of_documents = None
    if any(s.level == "document" for s in single.values()):
        frame = documents if documents is not None else table([], DOCUMENT_SCORES)
        of_documents = by_document(test_set, frame, segments)
    rows: dict[str, list[Row]] = {metric: [] for metric in segments.scores}
    tests: list[dict[str, Any]] = []
    segment_ids = list(test_set.segments["segment_id"])
    for subset in parts:
        place = Place(test_set.name, category, subset)
        inside = set(np.array(segment_ids, dtype=object)[subset.chosen])
        own = segments.part(np.array([s in inside for s in segments.items], dtype=np.bool_))
        whole_documents = {
            d for d, s in zip(segments.documents, segments.items, strict=True) if s in inside
        }
        found: dict[str, dict[str, Row]] = {}
        outcomes: dict[str, Outcome] = {}
        draws: dict[str, dict[str, Array]] = {}
        for name, statistic in single.items():
            material = own
            if statistic.level == "document" and of_documents is not None:
                kept = [d in whole_documents for d in of_documents.items]
                material = of_documents.part(np.array(kept, dtype=np.bool_))
            found[name] = rows_of(
                place, statistic, material, resampling, draws.setdefault(name, {})
            )
            if subset.by == WHOLE and testing.samples:
                outcomes[name] = tests_of(
                    place, statistic, material, found[name], testing, sentinels
                )
        for name, average in averages.items():
            found[name] = average_rows(
                average, found, single, resampling, draws, _n_units(own, resampling)
            )
            if subset.by == WHOLE and testing.samples:
                outcomes[name] = average_tests(
                    place, average, single, own, found[name], testing, sentinels, outcomes
                )
        for outcome in outcomes.values():
            tests += outcome.rows
        for name, by_metric in found.items():
            for metric, row in by_metric.items():
                if name in outcomes:
                    outcomes[name].place(row)
                rows[metric].append(row)
    ordered = [row for of_metric in rows.values() for row in of_metric]
    return MetaEvaluation(
        table_with(ordered, META_EVALUATION, confidence=resampling.confidence),
        table_with(tests, METRIC_TESTS, alpha=testing.alpha),
    )


def _sorted_out(
    statistics: Mapping[str, Statistic | Average],
) -> tuple[dict[str, Statistic], dict[str, Average]]:
    """The single statistics and the averages of them, checked."""
    single: dict[str, Statistic] = {}
    averages: dict[str, Average] = {}
    seen: dict[tuple[str, str, str], str] = {}
    for key, statistic in statistics.items():
        identity = (statistic.level, statistic.name, statistic.grouping)
        if identity in seen:
            raise InputError(
                f"the statistics {seen[identity]!r} and {key!r} would have the same rows",
                found=f"{statistic.level} level, {statistic.name}, grouping {statistic.grouping}",
                remedy=f"leave one out, e.g. ~statistics.{key}",
            )
        seen[identity] = key
        if isinstance(statistic, Average):
            averages[key] = statistic
        else:
            single[key] = statistic
    for average in averages.values():
        average.check(list(single))
    return single, averages


def _n_units(material: Material, resampling: Resampling) -> int:
    return len(set(material.items if resampling.unit == "segment" else material.documents))


def _of_category(rater_ratings: pd.DataFrame | None, category: str) -> pd.DataFrame:
    if rater_ratings is None:
        return table([], RATER_RATINGS)
    return rater_ratings[rater_ratings["category"] == category]

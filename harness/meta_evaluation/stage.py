"""The stage: tables of scores and ratings -> tables META_EVALUATION, METRIC_TESTS and
SENTINEL_TESTS."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from harness.errors import InputError, unknown_name
from harness.meta_evaluation.averages import Average
from harness.meta_evaluation.comparisons import average_tests, tests_of
from harness.meta_evaluation.intervals import jackknife_of
from harness.meta_evaluation.material import Material, by_document, by_segment, compared_systems
from harness.meta_evaluation.rows import Place, Row, average_rows, rows_of
from harness.meta_evaluation.settings import Resampling, Testing
from harness.meta_evaluation.trials import Outcome, Trial
from harness.significance import Jackknife
from harness.statistics.base import Array, Statistic
from harness.tables import (
    DOCUMENT_SCORES,
    META_EVALUATION,
    METRIC_TESTS,
    RATER_RATINGS,
    SENTINEL_TESTS,
    TestSet,
    table,
)
from harness.tables.settings import table_with
from harness.test_sets.subsets import WHOLE, Subset, subsets_of

__all__ = ["MetaEvaluation", "compare_with_ratings", "meta_evaluate"]


@dataclass(frozen=True)
class MetaEvaluation:
    """Tables META_EVALUATION (``meta``), METRIC_TESTS (``tests``) and SENTINEL_TESTS
    (``sentinels``)."""

    meta: pd.DataFrame
    tests: pd.DataFrame
    sentinels: pd.DataFrame


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
    judged: pd.DataFrame | None = None,
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
    judged
        The same of annotations that are not the ratings compared with: they say who rated which
        translation, so that tests can leave out raters.
    resampling
        How intervals are made.
    testing
        How metrics are tested against each other, on the whole test set.
    sentinels
        Metrics that are sentinels: each is tested against every metric, in a family of its own,
        and takes no place in the rank clusters. The best of them, by the statistic, is what every
        metric has to beat.
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
        metrics and statistic. ``sentinels``: one row for each metric and statistic. Without ratings
        all are empty.

    Raises
    ------
    InputError
        There are ratings, but none of ``category``; a statistic is none, or two have one name,
        level, grouping and score of a system; an average weighs a statistic that is not there; a
        subset is unknown, or by phenomenon where none is marked.
    """
    single, averages = _sorted_out(statistics)
    own, of_raters = _of_category(ratings, rater_ratings, category)
    systems = compared_systems(test_set, own, include_human=include_human)
    segments = by_segment(test_set, scores, own, of_raters, systems, _total(judged))
    parts = subsets_of(test_set, subsets, segments.items)
    of_documents = None
    if segments.items and any(s.level == "document" for s in single.values()):
        frame = documents if documents is not None else table([], DOCUMENT_SCORES)
        of_documents = by_document(test_set, frame, segments)
    how = resampling or Resampling(), testing or Testing()
    setup = _Setup(single, averages, segments, of_documents, *how, sentinels)
    return setup.evaluated(test_set, category, parts if segments.items else ())


def _total(judged: pd.DataFrame | None) -> pd.DataFrame | None:
    """The rows on all errors."""
    return None if judged is None else judged[judged["category"] == "all"]


@dataclass(frozen=True)
class _Part:
    """What one part of the test set gives, by the statistics' names in the config: a row for each
    metric, and the tests (of the whole test set only)."""

    rows: dict[str, dict[str, Row]]
    outcomes: dict[str, Outcome]


@dataclass(frozen=True)
class _Setup:
    """What is compared, and how: the same for all parts of the test set."""

    single: Mapping[str, Statistic]
    averages: Mapping[str, Average]
    segments: Material
    documents: Material | None
    resampling: Resampling
    testing: Testing
    sentinels: Sequence[str]

    def evaluated(
        self, test_set: TestSet, category: str, parts: Sequence[Subset]
    ) -> MetaEvaluation:
        """All ``parts``, the rows of each metric together."""
        rows: dict[str, list[Row]] = {metric: [] for metric in self.segments.scores}
        tests: list[dict[str, Any]] = []
        beside: list[dict[str, Any]] = []
        segment_ids = np.array(list(test_set.segments["segment_id"]), dtype=object)
        for subset in parts:
            place = Place(test_set.name, category, subset)
            part = self.part(place, set(segment_ids[subset.chosen]))
            tests += [row for outcome in part.outcomes.values() for row in outcome.rows]
            beside += [row for outcome in part.outcomes.values() for row in outcome.beside]
            for by_metric in part.rows.values():
                for metric, row in by_metric.items():
                    rows[metric].append(row)
        ordered = [row for of_metric in rows.values() for row in of_metric]
        confidence, alpha = self.resampling.confidence, self.testing.alpha
        return MetaEvaluation(
            table_with(ordered, META_EVALUATION, confidence=confidence),
            table_with(tests, METRIC_TESTS, confidence=confidence, alpha=alpha),
            table_with(beside, SENTINEL_TESTS, alpha=alpha),
        )

    def part(self, place: Place, inside: Collection[str]) -> _Part:
        """The part with the segments ``inside``."""
        by_level = self._materials(inside)
        own = by_level["segment"]
        rows: dict[str, dict[str, Row]] = {}
        outcomes: dict[str, Outcome] = {}
        averaged = {n for average in self.averages.values() for n in average.shares()}
        draws: dict[str, dict[str, Array]] = {name: {} for name in averaged}
        tested = place.subset.by == WHOLE and bool(self.testing.samples)
        for name, statistic in self.single.items():
            material = by_level.get(statistic.level, own)
            jackknife = self._jackknife(statistic, material)
            rows[name] = rows_of(
                place,
                statistic,
                material,
                self.resampling,
                self._of_intervals(statistic, material, jackknife),
                draws.get(name),
            )
            if tested:
                trial = self._trial(place, material, rows[name], jackknife)
                outcomes[name] = tests_of(statistic, trial)
        n_units = _n_units(own, self.resampling)
        for name, average in self.averages.items():
            rows[name] = average_rows(average, rows, self.single, self.resampling, draws, n_units)
            if tested:
                trial = self._trial(place, own, rows[name])
                outcomes[name] = average_tests(average, self.single, outcomes, trial)
        for name, outcome in outcomes.items():
            for row in rows[name].values():
                outcome.place(row)
        return _Part(rows, outcomes)

    def _materials(self, inside: Collection[str]) -> dict[str, Material]:
        """Level -> scores and ratings of the part; documents that lie in it, wholly or not."""
        segments, documents = self.segments, self.documents
        chosen = [s in inside for s in segments.items]
        found = {"segment": segments.part(np.array(chosen, dtype=np.bool_))}
        if documents is not None:
            names = {d for d, c in zip(segments.documents, chosen, strict=True) if c}
            kept = [d in names for d in documents.items]
            found["document"] = documents.part(np.array(kept, dtype=np.bool_))
        return found

    def _jackknife(self, statistic: Statistic, material: Material) -> Jackknife | None:
        """The statistic's jackknife, where it has one and either intervals or tests ask for it."""
        asked = "two_way" in (self.testing.method, self.resampling.method)
        return jackknife_of(statistic, material) if asked else None

    def _of_intervals(
        self, statistic: Statistic, material: Material, jackknife: Jackknife | None
    ) -> Jackknife | None:
        """The one that intervals come from; None: they are bootstrapped."""
        if self.resampling.method != "two_way":
            return None
        if self.resampling.unit == "segment":
            return jackknife_of(statistic, material, by_segment=True)
        return jackknife

    def _trial(
        self,
        place: Place,
        material: Material,
        rows: Mapping[str, Row],
        jackknife: Jackknife | None = None,
    ) -> Trial:
        used = jackknife if self.testing.method == "two_way" else None
        confidence = self.resampling.confidence
        return Trial(place, material, rows, self.testing, self.sentinels, confidence, used)


def _sorted_out(
    statistics: Mapping[str, Statistic | Average],
) -> tuple[dict[str, Statistic], dict[str, Average]]:
    """The single statistics and the averages of them, checked."""
    single: dict[str, Statistic] = {}
    averages: dict[str, Average] = {}
    seen: dict[tuple[str, ...], str] = {}
    for key, statistic in statistics.items():
        if not isinstance(statistic, Statistic | Average):
            raise InputError(
                f"statistics.{key} is no statistic",
                found=type(statistic).__name__,
                expected="a class that inherits harness.statistics.Statistic",
            )
        how = statistic.grouping, statistic.system_score
        identity = (statistic.level, statistic.name, *how)
        if identity in seen:
            raise InputError(
                f"the statistics {seen[identity]!r} and {key!r} would have the same rows",
                found=f"{statistic.level} level, {statistic.name}, "
                + (f"system_score {how[1]}" if how[1] else f"grouping {how[0]}"),
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


def _of_category(
    ratings: pd.DataFrame, rater_ratings: pd.DataFrame | None, category: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The ratings of the category, and what each rater gave, if that is known."""
    if len(ratings) and category not in set(ratings["category"]):
        raise unknown_name("category", category, set(ratings["category"]))
    by_rater = table([], RATER_RATINGS) if rater_ratings is None else rater_ratings
    return ratings[ratings["category"] == category], by_rater[by_rater["category"] == category]

"""Reports on made-up metrics of known skill: what rules of claims say of them is true or false by
construction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from harness.claims.baseline import AgainstBaseline
from harness.claims.category_accuracy import CategoryAccuracies, CategoryVerdict
from harness.claims.claim import Claim, Facts, Rule
from harness.claims.complementarity import Complementarity
from harness.claims.leading_metric import LeadingMetric, SegmentVerdict, SystemVerdict
from harness.claims.tie_conventions import TieConventions
from harness.error_categories.baseline import baseline_differences
from harness.error_categories.quality import Judging, category_quality
from harness.meta_evaluation import Resampling, Testing, compare_with_ratings
from harness.meta_evaluation.material import compared_systems
from harness.ratings.rating import (
    ANNOTATED,
    Penalties,
    Weights,
    choose_rating,
    given_ratings,
    penalties,
    ratings_table,
)
from harness.ratings.views import News
from harness.statistics.accuracy_ties import AccEq
from harness.statistics.base import Array, Statistic
from harness.statistics.correlation import Pearson
from harness.statistics.pdp import PDPPearson
from harness.statistics.soft_pairwise import SoftPairwiseAccuracy
from harness.statistics.system_level import PairwiseAccuracy
from harness.tables import METRICS, SCORES, TestSet, conform, table
from harness.test_sets.named import load_test_set
from tests.support.simulated_metrics import Scenario, draw_metrics

STATISTICS: dict[str, Statistic] = {
    "spa": SoftPairwiseAccuracy(),
    "pa": PairwiseAccuracy(),
    "acc_eq": AccEq("item"),
    "pdp": PDPPearson(),
    "pearson": Pearson("item"),
}
#: The rules that infer something about metrics from tests.
RULES: tuple[Rule, ...] = (
    SegmentVerdict(),
    TieConventions(),
    SystemVerdict(),
    LeadingMetric(),
    CategoryVerdict(),
    CategoryAccuracies(),
    Complementarity(),
    AgainstBaseline(),
)
SENTINELS = ("random", "length")
#: Metrics that are compared with the first by category.
MOST_IN_FOCUS = 3


@dataclass(frozen=True)
class Shape:
    """Human ratings to simulate on: the ``matrix`` (n_systems, n_segments) of the table
    ``ratings``, the number of each segment's document, and penalties by category, if any."""

    test_set: TestSet
    ratings: pd.DataFrame
    systems: tuple[str, ...]
    segments: tuple[str, ...]
    matrix: Array
    document: Array
    penalties: Penalties | None


@lru_cache(maxsize=4)
def shape(name: str, mirror: Path) -> Shape:
    """'wmt23' and 'wmt22': their Chinese-English news; 'small': 6 systems and 15 documents of
    WMT23's."""
    whole = load_test_set(f"wmt{22 if name == 'wmt22' else 23}_zhen_news", mirror=mirror)
    rating, test_set = choose_rating(whole, "auto")
    of_view = penalties(test_set, Weights(), News()) if rating == ANNOTATED else None
    ratings = ratings_table(of_view) if of_view is not None else given_ratings(test_set, rating)
    ratings = ratings[ratings["category"] == "all"]
    systems = compared_systems(test_set, ratings)
    documents = test_set.segments.set_index("segment_id")["document"]
    if name == "small":
        systems = systems[:6]
        first = list(dict.fromkeys(documents[s] for s in ratings["segment_id"].unique()))[:15]
        ratings = ratings[
            ratings["system"].isin(systems) & ratings["segment_id"].map(documents).isin(first)
        ]
        of_view = None if of_view is None else _part(of_view, systems, set(ratings["segment_id"]))
    wide = ratings.pivot(index="system", columns="segment_id", values="rating")
    wide = wide.loc[list(systems)].dropna(axis="columns")
    number, _ = pd.factorize(np.array([documents[s] for s in wide.columns], dtype=object))
    return Shape(
        test_set.with_systems(systems),
        ratings[ratings["segment_id"].isin(wide.columns)],
        tuple(systems),
        tuple(wide.columns),
        wide.to_numpy(),
        number,
        of_view,
    )


def _part(whole: Penalties, systems: Sequence[str], segments: set[str]) -> Penalties:
    rows = [whole.systems.index(s) for s in systems]
    columns = [i for i, s in enumerate(whole.segments) if s in segments]
    own = np.ix_(rows, columns)
    return replace(
        whole,
        systems=tuple(systems),
        segments=tuple(whole.segments[i] for i in columns),
        documents=tuple(whole.documents[i] for i in columns),
        values=whole.values[own],
        totals=whole.totals[own],
        counts=whole.counts[own],
        major=whole.major[own],
    )


def drawn_report(
    own: Shape,
    signals: Sequence[float],
    scenario: Scenario,
    seed: list[int],
    *,
    sentinel_signal: float = 0.0,
    categories: bool = False,
) -> list[Claim]:
    """What the rules say of a metric for each of ``signals`` (see
    :func:`tests.support.simulated_metrics.draw_metrics`), and two sentinels: random scores, and
    'length' with ``sentinel_signal``."""
    drawn = draw_metrics(own.matrix, own.document, [*signals, 0.0, sentinel_signal], scenario, seed)
    names = [f"metric{i:02d}" for i in range(len(signals))]
    scores = dict(zip([*names, *SENTINELS], drawn, strict=True))
    return claims_on(own, scores, categories=categories)


def claims_on(own: Shape, scores: Mapping[str, Array], *, categories: bool) -> list[Claim]:
    """What the rules say of metrics with these scores, (n_systems, n_segments) each."""
    n = len(own.systems) * len(own.segments)
    frame = pd.concat(
        pd.DataFrame(
            {
                "test_set": own.test_set.name,
                "system": np.repeat(np.array(own.systems, dtype=object), len(own.segments)),
                "segment_id": np.tile(np.array(own.segments, dtype=object), len(own.systems)),
                "metric": name,
                "signature": "drawn",
                "score": values.reshape(n),
                "status": "ok",
            }
        )
        for name, values in scores.items()
    )
    rows = [
        (m, m, "drawn", True, "sentinel" if m in SENTINELS else "metric", "", "") for m in scores
    ]
    listed = table(rows, METRICS)
    scored = conform(frame.reset_index(drop=True), SCORES)
    result = compare_with_ratings(
        own.test_set,
        scored,
        own.ratings,
        STATISTICS,
        resampling=Resampling(samples=2),
        testing=Testing(),
        sentinels=SENTINELS,
    )
    tables = {
        "metrics": listed,
        "meta_evaluation": result.meta,
        "metric_tests": result.tests,
        "sentinel_tests": result.sentinels,
    }
    first = None
    if categories and own.penalties is not None:
        quality = category_quality(
            own.test_set, scored, [own.penalties], list(SENTINELS), Judging()
        )
        tables |= quality.tables
        baseline, *focus = [m for m in scores if m not in SENTINELS]
        tables["baseline_differences"] = baseline_differences(
            quality.result.tests, quality.result.categories, focus[:MOST_IN_FOCUS], baseline
        )
        first = quality.result.first
    facts = Facts(tables, {m: m for m in scores}, first_view=first)
    return [claim for rule in RULES for claim in rule.claims(facts)]

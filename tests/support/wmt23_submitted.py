"""The metrics submitted to WMT23 as matrices, and their official evaluation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from harness.meta_evaluation.material import by_segment, compared_systems
from harness.metrics.groups import with_members
from harness.metrics.stored_groups import PublishedScores
from harness.ratings.rating import ANNOTATED, Weights, choose_rating, given_ratings, rate
from harness.ratings.views import Level1
from harness.scoring.stage import score
from harness.statistics.base import Array
from harness.test_sets.named import load_test_set

#: A set of the official evaluation -> the test set that it is here.
SETS = {
    "all": "wmt23_zhen",
    "news": "wmt23_zhen_news_official",
    "news_sxs": "wmt23_zhen_news",
}


@dataclass(frozen=True)
class Submitted:
    """Scores of each metric, and ratings, (n_systems, n_segments)."""

    scores: Mapping[str, Array]
    ratings: Array


@lru_cache(maxsize=3)
def read_submitted(name: str, mirror: Path, metrics: tuple[str, ...] | None = None) -> Submitted:
    """The submitted ``metrics`` (None: all) on the rated machine translations of one of
    :data:`SETS`."""
    rating, test_set = choose_rating(load_test_set(SETS[name], mirror=mirror), "auto")
    if rating == ANNOTATED:
        ratings = rate(test_set, Weights(), Level1())
    else:
        ratings = given_ratings(test_set, rating)
    systems = compared_systems(test_set, ratings)
    group = PublishedScores(mirror=str(mirror), names=metrics or "all")
    members = with_members(test_set.with_systems(systems), {"submitted": group})
    scorers = {**members.metrics, **members.sentinels}
    scores = score(members.test_set, scorers, workers=1)
    total = ratings[ratings["category"] == "all"]
    material = by_segment(members.test_set, scores, total, pd.DataFrame({"rater": []}), systems)
    return Submitted(material.scores, material.ratings)


def official(expected: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Set -> metric with reference -> key -> value, by the official toolkit."""
    text = (expected / "wmt23_zhen_submitted.json").read_text("utf-8")
    stats: dict[str, dict[str, dict[str, Any]]] = json.loads(text)["stats"]
    return stats

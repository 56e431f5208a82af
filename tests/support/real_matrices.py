"""Real test sets as matrices: what the library of tests between metrics takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from harness.meta_evaluation.material import by_segment, compared_systems
from harness.metrics.base import Metric
from harness.metrics.sacrebleu import BLEU, TER, ChrF
from harness.metrics.sentinels import Length, LengthRatio, Random
from harness.metrics.stored_groups import PublishedScores
from harness.ratings.rating import ANNOTATED, Weights, choose_rating, given_ratings, rate
from harness.ratings.views import Level1
from harness.scoring.stage import score
from harness.statistics.base import Array
from harness.test_sets.named import load_test_set


@dataclass(frozen=True)
class Matrices:
    """Scores of each metric and ratings, (n_systems, n_segments), of the rated machine systems; the
    document of each segment; and the number of each translation's text."""

    scores: Mapping[str, Array]
    sentinels: Mapping[str, Array]
    ratings: Array
    documents: tuple[str, ...]
    texts: np.ndarray


@lru_cache(maxsize=4)
def read_matrices(name: str, mirror: Path) -> Matrices:
    """``wmt23_zhen_news`` with string metrics, ``wmt22_zhen_news`` with the 31 submitted ones."""
    rating, test_set = choose_rating(load_test_set(name, mirror=mirror), "auto")
    if rating == ANNOTATED:
        ratings = rate(test_set, Weights(), Level1())
    else:
        ratings = given_ratings(test_set, rating)
    systems = compared_systems(test_set, ratings)
    test_set = test_set.with_systems(systems)
    sentinels: dict[str, Metric] = {
        "random": Random(),
        "length": Length(),
        "length_ratio": LengthRatio(),
    }
    metrics: dict[str, Metric] = {
        "BLEU": BLEU(),
        "chrF": ChrF(),
        "chrF++": ChrF("chrF++", word_order=2),
        "TER": TER(),
    }
    if name == "wmt22_zhen_news":
        metrics = dict(PublishedScores().members(test_set).metrics)
    names = {m.name: key for key, m in {**metrics, **sentinels}.items()}
    scores = score(test_set, {**metrics, **sentinels}, workers=1)
    total = ratings[ratings["category"] == "all"]
    material = by_segment(test_set, scores, total, pd.DataFrame({"rater": []}), systems)
    wide = test_set.hypotheses.pivot(index="system", columns="segment_id", values="hypothesis")
    texts = wide.loc[list(material.systems), list(material.items)]
    codes, _ = pd.factorize(texts.to_numpy().reshape(-1))
    by_key = {names.get(n, n): matrix for n, matrix in material.scores.items()}
    return Matrices(
        scores={k: by_key[k] for k in metrics},
        sentinels={k: by_key[k] for k in sentinels},
        ratings=material.ratings,
        documents=material.documents,
        texts=codes.reshape(texts.shape),
    )


@lru_cache(maxsize=4)
def read_ratings(name: str, mirror: Path) -> tuple[Array, tuple[str, ...]]:
    """The ratings of the annotated machine systems, (n_systems, n_segments), and the document of
    each segment."""
    test_set = load_test_set(name, mirror=mirror)
    ratings = rate(test_set, Weights(), Level1())
    total = ratings[ratings["category"] == "all"]
    nothing = pd.DataFrame({"metric": [], "segment_id": []})
    raters = pd.DataFrame({"rater": []})
    systems = compared_systems(test_set, ratings)
    material = by_segment(test_set, nothing, total, raters, systems)
    return material.ratings, material.documents

"""What a metric without information gets, for each metric."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from harness.meta_evaluation.material import Material
from harness.significance.chance_of_accuracy import chance_of_accuracy, tied_texts
from harness.statistics.base import Array, Statistic

__all__ = ["Chance", "chances_of"]

#: The chance level and the standard deviation of metrics without information; NaN: not known.
Chance = tuple[float, float]
NAN = float("nan")


def chances_of(
    statistic: Statistic, material: Material, scores: Mapping[str, Array], seed: int
) -> dict[str, Chance]:
    """Metric -> what it would get without information.

    Accuracy with calibrated ties depends on the metric: people tie identical translations, and so
    does a metric that gives equal texts equal scores; such pairs it has right without knowing
    anything. The standard deviation is that of random metrics that do.
    """
    if statistic.two_way != "acc_eq":
        chance = statistic.chance_level(material.ratings)
        return dict.fromkeys(scores, (chance, NAN))
    ratings = material.ratings
    if len(ratings) < 2:
        return dict.fromkeys(scores, (NAN, NAN))
    sd = chance_of_accuracy(ratings, material.texts, seed=seed).sd
    known: dict[bytes, float] = {}
    found = {}
    for metric, own in scores.items():
        identical = tied_texts(material.texts, own)
        present = np.where(np.isnan(own), NAN, ratings)
        key = identical.tobytes() + np.isnan(present).tobytes()
        if key not in known:
            known[key] = chance_of_accuracy(present, identical, seed=seed, draws=0).value
        found[metric] = known[key], sd
    return found

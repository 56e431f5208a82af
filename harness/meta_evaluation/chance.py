"""The chance level: what a metric without information gets, on the ratings at hand."""

from __future__ import annotations

import numpy as np

from harness.statistics.accuracy_ties import AccEq, TauEq
from harness.statistics.base import Array, Statistic
from harness.statistics.document_level import OfDocuments
from harness.statistics.soft_pairwise import SoftPairwiseAccuracy, normal_p_values

__all__ = ["chance_level"]


def chance_level(statistic: Statistic, ratings: Array) -> float:
    """The expected value of ``statistic`` for scores that are independent of the ``ratings``.

    Most statistics have one constant level. Two depend on the ratings:

    - accuracy with ties: with a share T of tied pairs, scores at random get (1 - T) / 2 where they
      never tie and T where they always do; calibration takes the better, in between is linear.
    - soft pairwise accuracy: the p-values of scores at random are uniform, so that a pair with
      the ratings' p-value q costs (q² + (1 - q)²) / 2.

    NaN where it is not known or the statistic is undefined.
    """
    if isinstance(statistic, OfDocuments):
        return chance_level(statistic.of, ratings)
    if isinstance(statistic, AccEq):
        return _with_ties(statistic, ratings)
    if isinstance(statistic, SoftPairwiseAccuracy):
        if len(ratings) < 2 or not ratings.size or np.isnan(ratings).any():
            return float("nan")
        q = normal_p_values(ratings)
        return float(1.0 - ((q**2 + (1.0 - q) ** 2) / 2.0).mean())
    return float(statistic.chance)


def _with_ties(statistic: AccEq, ratings: Array) -> float:
    """Scores that always tie get the share of tied ratings; NaN stays NaN."""
    scale = isinstance(statistic, TauEq)
    always = statistic(np.zeros_like(ratings), ratings).value
    tied = (always + 1.0) / 2.0 if scale else always
    never = (1.0 - tied) / 2.0
    level = never if statistic.epsilon is not None else float(np.maximum(tied, never))
    return 2.0 * level - 1.0 if scale else level

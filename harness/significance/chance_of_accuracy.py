"""The chance level of accuracy with ties where translations have identical texts.

Equal texts get equal scores from most metrics, so a metric without information ties such pairs, and
people often do too. It is right there without knowing anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.significance.two_way.cells import Integers
from harness.statistics.accuracy_ties import AccEq
from harness.statistics.base import Array

__all__ = ["DRAWS", "AccuracyChance", "chance_of_accuracy", "tied_texts"]

#: Random metrics whose values give the standard deviation.
DRAWS = 60


@dataclass(frozen=True)
class AccuracyChance:
    """What a metric without information gets.

    ``value`` is tied_identical + max(tied, untied / 2): of all pairs of a segment, averaged over
    segments, the shares of identical ones that people tie, of others that they tie, and of others
    that they do not. ``sd`` is the standard deviation of random metrics on these ratings, which
    spread about ``drawn_mean``. NaN without a pair.
    """

    value: float
    sd: float
    drawn_mean: float
    tied_identical: float
    tied: float
    untied: float


def tied_texts(texts: Integers, scores: Array) -> Integers:
    """Numbers that are equal for two translations of one segment where both their texts and their
    scores are: a metric that gives equal texts unlike scores does not tie them.

    ``texts``, (n_systems, n_segments), are equal numbers for equal texts; ``scores`` as everywhere.
    """
    result = np.empty(texts.shape, dtype=np.int64)
    for i in range(len(texts)):
        same = (texts == texts[i]) & (scores == scores[i])
        same[i] = True  # also where the score is missing
        result[i] = same.argmax(axis=0)
    return result


def chance_of_accuracy(
    ratings: Array, identical: Integers, *, seed: int, draws: int = DRAWS
) -> AccuracyChance:
    """The chance level of accuracy with calibrated ties, with its spread.

    Parameters
    ----------
    ratings
        (n_systems, n_segments), NaN where missing (there is no pair then).
    identical
        (n_systems, n_segments): within a segment, equal numbers for translations that the metric
        ties because they are the same text (:func:`tied_texts`).
    seed, draws
        Random metrics give each group of identical translations one random number; without draws
        ``sd`` and ``drawn_mean`` are NaN.
    """
    first, second = np.triu_indices(len(ratings), 1)
    there = ~np.isnan(ratings[first]) & ~np.isnan(ratings[second])
    same = identical[first] == identical[second]
    people_tie = ratings[first] == ratings[second]
    n = there.sum(axis=0)
    shares = [
        ((there & chosen).sum(axis=0)[n > 0] / n[n > 0]).mean() if n.any() else np.nan
        for chosen in (same & people_tie, ~same & people_tie, ~same & ~people_tie)
    ]
    tied_identical, tied, untied = (float(share) for share in shares)
    drawn = np.array([_random_value(ratings, identical, [seed, k]) for k in range(draws)])
    return AccuracyChance(
        value=tied_identical + max(tied, untied / 2.0),
        sd=float(drawn.std(ddof=1)) if draws > 1 else float("nan"),
        drawn_mean=float(drawn.mean()) if draws else float("nan"),
        tied_identical=tied_identical,
        tied=tied,
        untied=untied,
    )


def _random_value(ratings: Array, identical: Integers, seed: list[int]) -> float:
    """Accuracy of a metric that gives each group of identical translations a random number."""
    generator = np.random.default_rng(seed)
    _, group = np.unique(identical, return_inverse=True)
    group = group.reshape(identical.shape)
    numbers = generator.random((int(group.max(initial=0)) + 1, ratings.shape[1]))
    scores = np.take_along_axis(numbers, group, axis=0)
    return AccEq()(scores, ratings).value

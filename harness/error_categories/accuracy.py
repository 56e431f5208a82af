"""System-balanced category accuracy: how well a metric sees one kind of error.

On the pairs of translations that one category decides
(:mod:`harness.error_categories.decided_pairs`), a metric earns 1 where it prefers the translation
with less of that error, 1/2 where it does not tell them apart, else 0. Plain accuracy, the mean of
these credits, also rewards knowing which system is the better one. So within each pair of systems
the two directions are weighed alike: with n+ and n- owned pairs in favour of either system, and a+
and a- the mean credits on them,

    A = sum_q w_q (a+ + a-) / 2 / sum_q w_q,    w_q = 2 n+ n- / (n+ + n-),

over pairs of systems q. It lies in [0, 1]; 1/2 is chance; a constant, and any score that depends on
the system alone, gets exactly 1/2 (credits are counted in halves, as integers, so no rounding
creeps in). sum_q w_q is the effective number of pairs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from harness.error_categories.decided_pairs import TOLERANCE, Flags, Floats, Integers, Pairs
from harness.significance.jackknife import (
    Difference,
    Estimate,
    difference_interval,
    logit_interval,
    ratio,
)

__all__ = [
    "CategoryAccuracy",
    "accuracy_of",
    "all_jackknifed",
    "balanced_of",
    "category_accuracy",
    "difference_of",
    "doubled_credits",
    "loss_shares",
    "paired_difference",
]

NO_SCORE = -1


@dataclass(frozen=True)
class Jackknifed:
    """Balanced and plain accuracy over all documents, and without each document."""

    balanced: float
    plain: float
    effective_n: float
    balanced_without: Floats
    plain_without: Floats


@dataclass(frozen=True)
class CategoryAccuracy:
    """The result of a metric on the pairs of one category.

    ``balanced`` is the accuracy defined above and ``plain`` the mean credit; ``effective_n`` the
    sum of weights; ``n_pairs`` the pairs with both scores and ``n_missing`` those left out because
    a score is missing; ``lost`` the credit lost (pairs minus credits); ``jackknifed`` the values
    that the intervals come from.
    """

    balanced: Estimate
    plain: Estimate
    effective_n: float
    n_pairs: int
    n_missing: int
    n_segments: int
    n_documents: int
    lost: float
    jackknifed: Jackknifed = field(repr=False, compare=False)


def doubled_credits(pairs: Pairs, scores: Floats, *, tolerance: float = TOLERANCE) -> Integers:
    """Twice the credit of a metric on each pair: 2 right, 1 no difference, 0 wrong, -1 no score.

    ``scores`` is (n_systems, n_segments), higher is better, NaN where missing. Scores that differ
    by at most ``tolerance`` count as equal.
    """
    first = scores[pairs.first, pairs.segment]
    second = scores[pairs.second, pairs.segment]
    with np.errstate(invalid="ignore"):  # equal infinities
        difference = np.where(first == second, 0.0, first - second)
    return credit_of(difference, pairs.first_better, tolerance)


def credit_of(difference: Floats, first_better: Flags, tolerance: float) -> Integers:
    """Twice the credit of a score that prefers the first translation by ``difference``."""
    right = (difference > 0.0) == first_better
    credit = np.where(np.abs(difference) <= tolerance, 1, 2 * right)
    return np.where(np.isnan(difference), NO_SCORE, credit).astype(np.int64)


def jackknifed(pairs: Pairs, credit: Integers) -> Jackknifed:
    """Both accuracies of doubled credits on the pairs that have a score, and their values without
    each document that has such a pair."""
    return all_jackknifed(pairs, credit[None])[0]


def all_jackknifed(pairs: Pairs, credits: Integers) -> list[Jackknifed]:
    """The same for each of (k, n_pairs) doubled credits."""
    scored = credits != NO_SCORE
    counted = scored[:1] if scored.all() else scored  # one table of numbers serves all
    number = pairs.groups.sums(counted.astype(np.int64), counted)
    earned = pairs.groups.sums(credits, scored)
    # integers throughout, so that taking a document away leaves no rounding behind
    numbers, credit_sums = (
        np.concatenate([whole, whole - part], axis=1)
        for part, whole in ((s, s.sum(axis=1, keepdims=True)) for s in (number, earned))
    )
    balanced, weight = balanced_of(numbers, credit_sums)
    plain = ratio(credit_sums.sum(axis=(2, 3)), 2.0 * numbers.sum(axis=(2, 3)))
    used = np.broadcast_to(number.sum(axis=(2, 3)) > 0.0, (len(credits), number.shape[1]))
    weights = np.broadcast_to(weight[:, 0], len(credits))
    return [
        Jackknifed(float(b[0]), float(p[0]), float(w), b[1:][u], p[1:][u])
        for b, p, w, u in zip(balanced, plain, weights, used, strict=True)
    ]


def balanced_of(numbers: Floats, credit_sums: Floats) -> tuple[Floats, Floats]:
    """Balanced accuracy and effective n of each leading index of (…, n_system_pairs, 2) sums."""
    # the two directions one by one: numpy is slow at sums of two
    number, other = numbers[..., 0], numbers[..., 1]
    both = (number > 0.0) & (other > 0.0)
    weight = np.where(both, 2.0 * ratio(number * other, number + other), 0.0)
    means = ratio(credit_sums[..., 0], 2.0 * number) + ratio(credit_sums[..., 1], 2.0 * other)
    means = np.where(both, means, 0.0)
    total = weight.sum(axis=-1)
    return ratio((weight * (means / 2.0)).sum(axis=-1), total), total


def category_accuracy(
    pairs: Pairs, credit: Integers, *, confidence: float = 0.95
) -> CategoryAccuracy:
    """Accuracy of one metric on the pairs of one category, with jackknife intervals over documents.

    ``pairs`` are those of one category (:meth:`Pairs.of`) and ``credit`` the doubled credits on
    them (:func:`doubled_credits`). Pairs without a score are left out and counted. Degenerate
    cases: no pair, or no two systems with pairs in both directions: the balanced value is NaN and
    the effective n 0.
    """
    return accuracy_of(pairs, credit, jackknifed(pairs, credit), confidence=confidence)


def accuracy_of(
    pairs: Pairs, credit: Integers, result: Jackknifed, *, confidence: float = 0.95
) -> CategoryAccuracy:
    """The same from accuracies that are known."""
    scored = credit != NO_SCORE
    n_pairs = int(scored.sum())
    return CategoryAccuracy(
        balanced=logit_interval(result.balanced, result.balanced_without, confidence),
        plain=logit_interval(result.plain, result.plain_without, confidence),
        effective_n=result.effective_n,
        n_pairs=n_pairs,
        n_missing=len(pairs) - n_pairs,
        n_segments=int(np.count_nonzero(np.bincount(pairs.segment[scored]))),
        n_documents=result.balanced_without.size,
        lost=n_pairs - float(credit[scored].sum()) / 2.0,
        jackknifed=result,
    )


def paired_difference(
    pairs: Pairs, credit_1: Integers, credit_2: Integers, *, confidence: float = 0.95
) -> Difference:
    """Balanced accuracy of metric 1 minus that of metric 2, on the pairs that both have scores for.

    The interval and the p-value come from the jackknife of the difference over documents.
    """
    both = (credit_1 != NO_SCORE) & (credit_2 != NO_SCORE)
    one, two = (
        jackknifed(pairs, np.where(both, credit, NO_SCORE)) for credit in (credit_1, credit_2)
    )
    return difference_of(one, two, confidence=confidence)


def difference_of(one: Jackknifed, two: Jackknifed, *, confidence: float = 0.95) -> Difference:
    """The same from accuracies on the same pairs."""
    return difference_interval(
        one.balanced - two.balanced, one.balanced_without - two.balanced_without, confidence
    )


def loss_shares(lost: Sequence[float]) -> list[float]:
    """Each category's share of the credit that a metric lost; they sum to 1 (NaN: nothing lost)."""
    total = math.fsum(lost)
    return [part / total if total > 0.0 else math.nan for part in lost]

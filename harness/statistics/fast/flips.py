"""Soft pairwise accuracy: its flips, its p-values, and the exchange of translations between two
metrics.

The signed sums of a mixture are those of the scores that it takes from either metric, so the flips
are multiplied once with what the draws take of each metric, not with the mixtures of each pair; the
ratings' p-values are found once. The differences of p-values are counted in C
(harness/_kernels/sweep.c) or, equally, in numpy. Sums are in single precision: they are compared
with a tolerance far above its rounding and far below what separates sums of unlike scores.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from harness._kernels import native
from harness.statistics.fast.exchange import Differences, Exchange, Swaps
from harness.statistics.fast.resampling import Counts, ratio

__all__ = [
    "exchange_soft",
    "losses",
    "normal_p_values",
    "random_signs",
    "soft_values",
    "times_at_least",
]

Array = NDArray[np.float64]
Single = NDArray[np.float32]

#: Sums that differ by less, in parts of their scale, are equal but for rounding.
ROUNDING = 1e-9

#: Sums of standardised scores that differ by less are equal but for single precision's rounding.
TOLERANCE = 1e-3

#: Bytes of sums kept at a time.
MEMORY = 200_000_000


def exchange_soft(exchange: Exchange, signs: Array) -> Iterator[Differences]:
    """The differences of soft pairwise accuracy, in whole numbers of flips and pairs of systems;
    ``signs`` are the flips, (n_flips, n_segments)."""
    if not exchange.pairs:
        return
    scores = np.nan_to_num(exchange.scores).astype(np.float32)
    n_metrics, n_systems, n_segments = scores.shape
    human = times_at_least(exchange.ratings, signs).astype(np.int32)
    flips = np.concatenate([np.ones((1, n_segments)), signs]).T.astype(np.float32)
    whole = scores @ flips  # (n_metrics, n_systems, 1 + flips)
    chunk = max(1, MEMORY // (4 * n_metrics * n_systems * flips.shape[1]))
    draws = exchange.draws
    lost = np.zeros((len(exchange.pairs), 2, len(draws)), dtype=np.int64)
    for start in range(0, len(draws), chunk):
        part = draws[start : start + chunk]
        taken = [_signed_sums(part, own, flips) for own in scores]
        for i, (a, b) in enumerate(exchange.pairs):
            for side, (own, other) in enumerate(((a, b), (b, a))):
                lost[i, side, start : start + len(part)] = losses(
                    taken[own], taken[other], whole[other], human, TOLERANCE
                )
    for own_lost, other_lost in lost:
        yield Differences(other_lost - own_lost, 1.0 / (len(human) * len(signs)))


def soft_values(scores: Array, ratings: Array, counts: Counts) -> Array:
    """Soft pairwise accuracy on each draw of segments, in its limit for many flips, which needs no
    random numbers; (n_draws,). Nothing may be missing."""
    from scipy.special import ndtr

    first, second = np.triu_indices(len(scores), 1)
    weights = counts.astype(np.float64)
    sides = []
    for side in (scores, ratings):
        difference = (side[first] - side[second]).T
        total, squares = weights @ difference, weights @ difference**2
        sides.append(np.where(squares > 0, ndtr(-ratio(total, np.sqrt(squares))), 1.0))
    result: Array = 1.0 - np.abs(sides[0] - sides[1]).mean(axis=1)
    return result


def _signed_sums(swaps: Swaps, scores: Single, flips: Single) -> Single:
    """(n_draws, n_systems, 1 + flips): signed sums of the scores that each draw takes."""
    taken = np.where(swaps, scores, np.float32(0.0)).reshape(-1, scores.shape[1])
    result: Single = (taken @ flips).reshape(len(swaps), len(scores), -1)
    return result


def losses(
    own: Single, other: Single, whole: Single, human: NDArray[np.int32], tolerance: float
) -> NDArray[np.int64]:
    """Summed differences, over pairs of systems, between ``human`` counts and those of mixtures.

    ``own`` and ``other``, (n_draws, n_systems, 1 + flips), are signed sums of what each draw takes
    from the mixture's one metric and of what it leaves of the other, whose sums of everything are
    ``whole``, (n_systems, 1 + flips); the plain sums stand first. A count is the number of flips
    whose signed difference of two systems is at least the plain one; ``human``: (n_pairs,).
    """
    result = np.zeros(len(own), dtype=np.int64)
    if native is not None:
        native.soft_losses(
            np.ascontiguousarray(own),
            np.ascontiguousarray(other),
            np.ascontiguousarray(whole),
            human,
            own.shape[1],
            tolerance,
            result,
        )
        return result
    first, second = np.triu_indices(own.shape[1], 1)
    for draw in range(len(own)):
        mixed = own[draw] + (whole - other[draw])
        for pair, (i, j) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
            difference = mixed[i] - mixed[j]
            limit = difference[0] - np.float32(tolerance)
            count = np.count_nonzero(difference[1:] >= limit)
            result[draw] += abs(int(count) - int(human[pair]))
    return result


def random_signs(samples: int, n_segments: int, seed: int) -> Array:
    """Random signs, 1 or -1, of the shape (samples, n_segments)."""
    drawn = np.random.default_rng(seed).random((samples, n_segments), dtype=np.float32)
    return np.where(drawn < 0.5, -1.0, 1.0)


def times_at_least(values: Array, signs: Array) -> NDArray[np.int64]:
    """For each pair of rows i < j of ``values``, (n_systems, n_segments): with how many of the
    ``signs`` the signed sum of their differences is at least the plain sum."""
    deviations = values - values.mean(axis=0)  # differences stay, sums become small
    flipped = deviations @ signs.T  # (n_systems, samples)
    plain = deviations.sum(axis=1)
    tolerance = ROUNDING * float(np.abs(deviations).sum(axis=1).max(initial=0.0))
    first, second = np.triu_indices(len(values), 1)
    result = np.empty(len(first), dtype=np.int64)
    for pair, (i, j) in enumerate(zip(first, second, strict=True)):
        result[pair] = np.count_nonzero(flipped[i] - flipped[j] >= plain[i] - plain[j] - tolerance)
    return result


def normal_p_values(values: Array) -> Array:
    """What the shares of :func:`times_at_least` tend to: 1 - Phi(sum d / sqrt(sum d²)) for the
    differences d of each pair of rows; 1 where all are 0."""
    from scipy.special import ndtr

    first, second = np.triu_indices(len(values), 1)
    sums, squares = np.empty(len(first)), np.empty(len(first))
    for pair, (i, j) in enumerate(zip(first, second, strict=True)):
        difference = values[i] - values[j]
        sums[pair], squares[pair] = difference.sum(), difference @ difference
    with np.errstate(invalid="ignore", divide="ignore"):
        p = ndtr(-sums / np.sqrt(squares))
    result: Array = np.where(squares > 0, p, 1.0)
    return result

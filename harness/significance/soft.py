"""The test of soft pairwise accuracy: two metrics exchange scores of translations.

The signed sums of a mixture are those of the scores that it takes from either metric, so the flips
are multiplied once with what the draws take of each metric, not with the mixtures of each pair; the
ratings' p-values are found once. The differences of p-values are counted in C
(harness/_kernels/sweep.c) or, equally, in numpy. Sums are in single precision: they are compared
with a tolerance far above its rounding and far below what separates sums of unlike scores.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from harness._kernels import native
from harness.significance.blocks import Block, Outcome, Swaps, Tally, oriented, standardised
from harness.statistics.soft_pairwise import (
    SoftPairwiseAccuracy,
    random_signs,
    times_at_least,
)

__all__ = ["exchange_soft", "losses"]

Single = NDArray[np.float32]

#: Sums of standardised scores that differ by less are equal but for single precision's rounding.
TOLERANCE = 1e-3

#: Bytes of sums kept at a time.
MEMORY = 200_000_000


def exchange_soft(
    block: Block,
    statistic: SoftPairwiseAccuracy,
    swaps: Swaps,
    progress: Callable[[int], None],
) -> list[Outcome]:
    """Both metrics exchange standardised scores of translations at random."""
    method = "scores exchanged, p-values of systems from one set of flips"
    results = [statistic(scores, block.ratings) for scores in block.scores]
    values = np.array([r.value for r in results])
    found = [oriented(block, pair, values) for pair in block.pairs]
    why = statistic.why_undefined(block.present)
    notes = [
        why or next((results[m].note for m in pair if np.isnan(values[m])), "") for pair in found
    ]
    if all(notes):
        return [
            Outcome(a, b, values[a], values[b], None, method, note=note)
            for (a, b), note in zip(found, notes, strict=True)
        ]
    scores = np.nan_to_num(standardised(block.scores)).astype(np.float32)
    n_metrics, n_systems, n_segments = scores.shape
    signs = random_signs(statistic.samples, n_segments, statistic.seed)
    human = times_at_least(block.ratings, signs).astype(np.int32)
    flips = np.concatenate([np.ones((1, n_segments)), signs]).T.astype(np.float32)
    whole = scores @ flips  # (n_metrics, n_systems, 1 + flips)
    chunk = max(1, MEMORY // (4 * n_metrics * n_systems * flips.shape[1]))
    everything = np.ones((1, n_systems, n_segments), dtype=np.uint8)
    draws = np.concatenate([swaps, everything])
    lost = np.zeros((len(found), 2, len(draws)), dtype=np.int64)
    for start in range(0, len(draws), chunk):
        part = draws[start : start + chunk]
        taken = [_signed_sums(part, own, flips) for own in scores]
        for i, (a, b) in enumerate(found):
            for side, (own, other) in enumerate(((a, b), (b, a))):
                lost[i, side, start : start + len(part)] = losses(
                    taken[own], taken[other], whole[other], human, TOLERANCE
                )
    outcomes = []
    for (a, b), both, note in zip(found, lost, notes, strict=True):
        if note:
            outcomes.append(Outcome(a, b, values[a], values[b], None, method, note=note))
            progress(1)
            continue
        gain = both[1] - both[0]
        at_least = int((gain[:-1] >= gain[-1]).sum())
        gains = gain[:-1] / (len(human) * statistic.samples)
        tally = Tally(at_least, len(swaps), gains=gains)
        outcomes.append(Outcome(a, b, values[a], values[b], tally, method))
        progress(1)
    return outcomes


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

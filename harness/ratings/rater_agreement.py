"""How far raters agree on one category, from the penalties each of them gave each translation.

Everything here is computed from sums over documents, so that a document can be left out exactly.
Two raters are compared on the translations that both annotated; a translation with m raters gives m
(m - 1) / 2 unordered pairs of raters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from harness.ratings.krippendorff import alpha_of, coincidences
from harness.significance.jackknife import (
    Estimate,
    bounded_interval,
    correlation_interval,
    logit_interval,
    ratio,
)

__all__ = [
    "Sums",
    "alpha",
    "leave_one_out",
    "leniency",
    "presence_sums",
    "ratio_estimate",
    "second_rater",
    "segment_correlation",
    "segment_sums",
]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Sums:
    """Sums over documents, each array (n_documents, n_categories, …), and ``n`` (n_categories,):
    how many pairs of raters on a translation stand behind them."""

    parts: tuple[Floats, ...]
    n: Integers


def leave_one_out(sums: Floats) -> Floats:
    """``sums`` over all documents, followed by those without each document that holds anything.

    The first axis is that of documents; documents that are zero throughout are passed over.
    """
    used = sums[(sums != 0).reshape(len(sums), -1).any(axis=1)]
    whole = sums.sum(axis=0, keepdims=True)
    result: Floats = np.concatenate([whole, whole - used])
    return result


def segment_sums(values: Floats, documents: Integers, n_documents: int) -> Sums:
    """The sums behind :func:`segment_correlation`: products, squares; (n_documents, n_categories).

    ``values`` is (n_systems, n_segments, n_raters, n_categories), NaN where not annotated. For each
    two raters and each segment with two or more systems that both annotated, each rater's values
    are taken as differences from the rater's own mean over these systems.
    """
    shape = (n_documents, values.shape[3])
    products, squares = np.zeros(shape), np.zeros(shape)
    n = 0
    rated = ~np.isnan(values[..., 0]) if values.shape[3] else np.zeros(values.shape[:3], bool)
    for a, b in combinations(range(values.shape[2]), 2):
        shared = rated[:, :, a] & rated[:, :, b]
        number = shared.sum(axis=0)
        used = number >= 2
        if not used.any():
            continue
        mask = shared[:, used]
        x = _centred(values[:, used, a], mask, number[used])
        y = _centred(values[:, used, b], mask, number[used])
        np.add.at(products, documents[used], (x * y).sum(axis=0))
        np.add.at(squares, documents[used], ((x * x + y * y) / 2.0).sum(axis=0))
        n += int(mask.sum())
    return Sums((products, squares), np.full(shape[1], n))


def _centred(values: Floats, mask: Flags, number: Integers) -> Floats:
    """Differences from the mean over the marked systems; 0 where not marked."""
    kept = np.where(mask[..., None], values, 0.0)
    mean = kept.sum(axis=0) / number[:, None]
    result: Floats = np.where(mask[..., None], kept - mean, 0.0)
    result[np.abs(result) < 1e-12] = 0.0
    return result


def segment_correlation(sums: Sums, category: int, confidence: float) -> Estimate:
    """Correlation in [-1, 1] of two raters' penalties over the systems of a segment.

    r = sum x y / sum (x^2 + y^2) / 2 over all pairs of raters, segments and systems, where x and y
    are the two raters' differences from their own mean in the segment. It is Pearson's r of the
    pooled differences with every pair entered both ways (the pairwise intraclass correlation), so
    the order of raters, the difficulty of segments and the strictness of raters have no influence.
    0: one rater's marks say nothing about the other's. Interval by the jackknife over documents on
    Fisher's z scale. NaN if no rater ever gives two systems different penalties.
    """
    numbers = leave_one_out(np.stack([part[:, category] for part in sums.parts], axis=1))
    values = ratio(numbers[:, 0], numbers[:, 1])
    return correlation_interval(float(values[0]), values[1:], confidence)


def presence_sums(
    flagged: Flags, rated: Flags, documents: Integers, n_documents: int
) -> tuple[Sums, Floats]:
    """The sums behind :func:`second_rater`, and coincidences (n_documents, n_categories, 2, 2)
    behind :func:`alpha`.

    ``flagged`` is (n_systems, n_segments, n_raters, n_categories), whether the rater marked an
    error of the category; ``rated`` (n_systems, n_segments, n_raters) whether the rater annotated.
    """
    n_categories = flagged.shape[3]
    number = rated.sum(axis=2)
    shared = number >= 2
    document = np.broadcast_to(documents, number.shape)[shared]
    of = number[shared][:, None]
    yes = (flagged & rated[..., None]).sum(axis=2)[shared]
    both, first, all_pairs = (np.zeros((n_documents, n_categories)) for _ in range(3))
    np.add.at(both, document, yes * (yes - 1))
    np.add.at(first, document, yes * (of - 1))
    np.add.at(all_pairs, document, np.broadcast_to(of * (of - 1), yes.shape))
    table = np.zeros((n_documents, n_categories, 2, 2))
    for c in range(n_categories):
        counts = np.stack([of[:, 0] - yes[:, c], yes[:, c]], axis=1)
        np.add.at(table[:, c], document, coincidences(counts))
    n = np.full(n_categories, int((of * (of - 1)).sum()) // 2)
    return Sums((both, first, all_pairs), n), table


def second_rater(sums: Sums, category: int, confidence: float) -> tuple[Estimate, float]:
    """The probability that another rater of a translation marks the category, given that one did,
    in [0, 1]; and the chance level: how often a rater marks it at all.

    Over ordered pairs of raters of a translation. Interval by the jackknife over documents on the
    logit scale. NaN where nobody marked the category.
    """
    both, first, pairs = (part[:, category] for part in sums.parts)
    whole = pairs.sum()
    chance = float(first.sum() / whole) if whole > 0 else float("nan")
    return ratio_estimate(both, first, confidence), chance


def alpha(table: Floats, category: int, confidence: float) -> Estimate:
    """Krippendorff's alpha of the category's presence on a translation (yes or no).

    Interval by the jackknife over documents, cut off at 1. NaN where nobody marked the category or
    everybody always did.
    """
    values = alpha_of(leave_one_out(table[:, category]))
    return bounded_interval(float(values[0]), values[1:], confidence, high=1.0)


def ratio_estimate(above: Floats, below: Floats, confidence: float) -> Estimate:
    """The share sum ``above`` / sum ``below`` of (n_documents,) sums, with its logit interval."""
    numbers = leave_one_out(np.stack([above, below], axis=1))
    values = ratio(numbers[:, 0], numbers[:, 1])
    return logit_interval(float(values[0]), values[1:], confidence)


def leniency(
    totals: Floats, documents: Integers, n_documents: int, rater: int, confidence: float
) -> tuple[Estimate, Estimate, int]:
    """A rater's mean penalty, how far it is above that of the other raters of the same
    translations, and the number of these translations.

    ``totals`` is (n_systems, n_segments, n_raters), NaN where not annotated. A positive difference
    means stricter. Intervals by the jackknife over documents. Without a translation that another
    rater annotated too, the difference is NaN.
    """
    own = totals[..., rater]
    others = np.delete(totals, rater, axis=2)
    known = ~np.isnan(own)
    number = (~np.isnan(others)).sum(axis=2)
    shared = known & (number > 0)
    mean_of_others = np.nansum(others, axis=2) / np.maximum(number, 1)
    document = np.broadcast_to(documents, own.shape)

    def mean(values: Floats, chosen: Flags) -> Estimate:
        sums = np.zeros((n_documents, 2))
        np.add.at(sums[:, 0], document[chosen], values[chosen])
        np.add.at(sums[:, 1], document[chosen], 1.0)
        numbers = leave_one_out(sums)
        means = ratio(numbers[:, 0], numbers[:, 1])
        return bounded_interval(float(means[0]), means[1:], confidence)

    return mean(own, known), mean(own - mean_of_others, shared), int(shared.sum())


def document_numbers(documents: Sequence[str]) -> tuple[Integers, int]:
    """The place of each segment's document, and how many documents there are."""
    names, places = np.unique(np.asarray(documents, dtype=object).astype(str), return_inverse=True)
    return places.astype(np.int64), int(names.size)

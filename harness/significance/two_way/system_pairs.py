"""Soft and plain pairwise accuracy of systems without documents, systems and blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from harness.significance.two_way.cells import Cells
from harness.significance.two_way.replicates import Replicates, share, without_each
from harness.statistics.base import Array

__all__ = ["pairwise_accuracy", "soft_pairwise_accuracy"]

#: Of differences: their sum, the sum of their squares, and of their absolute values.
Sums = tuple[Array, Array, Array]
#: Sums of score differences and of rating differences -> what a pair of systems costs, in [0, 1].
Loss = Callable[[Sums, Sums], Array]

#: A sum of differences is 0 where it is less than this part of the sum of their absolute values:
#: more than the rounding of ratings makes of a tie, less than any true difference.
ROUNDING = 1e-10


def soft_pairwise_accuracy(cells: Cells) -> Replicates:
    """1 less the mean over pairs of systems of |p - q|, the p-values of scores and of ratings in
    their limit for many flips, p = Phi(-sum d / sqrt(sum d²)), 1 where all d are 0
    (Thompson et al. 2024, arXiv 2409.09598)."""
    return _replicates(cells, _soft_loss)


def pairwise_accuracy(cells: Cells) -> Replicates:
    """The share of pairs of systems whose mean differences have the same sign in scores and in
    ratings (Kocmi et al. 2021, arXiv 2107.10821); 0 is a sign of its own. As everywhere for this
    statistic, only segments that all systems have in common count."""
    common = cells.present.all(axis=0)
    if common.all():
        return _replicates(cells, _sign_loss)
    kept = replace(
        cells,
        scores=np.where(common, cells.scores, np.nan),
        ratings=np.where(common, cells.ratings, np.nan),
        present=cells.present & common,
    )
    return _replicates(kept, _sign_loss)


def _soft_loss(metric: Sums, human: Sums) -> Array:
    return np.abs(_p_value(metric) - _p_value(human))


def _p_value(sums: Sums) -> Array:
    from scipy.special import ndtr

    total, squares, _ = sums
    with np.errstate(invalid="ignore", divide="ignore"):
        p = ndtr(-total / np.sqrt(squares))
    result: Array = np.where(squares > 0, p, 1.0)
    return result


def _sign_loss(metric: Sums, human: Sums) -> Array:
    return np.asarray(_sign(metric) != _sign(human), dtype=np.float64)


def _sign(sums: Sums) -> Array:
    total, _, size = sums
    result: Array = np.where(np.abs(total) <= ROUNDING * size, 0.0, np.sign(total))
    return result


def _sums(cells: Cells, matrix: Array) -> Sums:
    """Of each pair of systems and document, (n_pairs, n_documents)."""
    d = cells.differences(matrix)
    return cells.by_document(d), cells.by_document(d * d), cells.by_document(np.abs(d))


def _replicates(cells: Cells, loss: Loss) -> Replicates:
    """A pair that has no segment left leaves the mean."""
    human = _sums(cells, cells.ratings)
    human_without = _each_left_out(human)
    human_whole = _added_up(human)
    n = cells.pair_counts
    there = (n.sum(axis=-1) > 0).astype(np.float64)
    still = (without_each(n) > 0).astype(np.float64)
    has = cells.members
    keeps = 1.0 - has
    in_block = (keeps @ there)[:, None] + has @ still
    found = []
    for matrix in cells.scores:
        sums = _sums(cells, matrix)
        whole = loss(_added_up(sums), human_whole) * there
        left = loss(_each_left_out(sums), human_without) * still
        block = share((keeps @ whole)[:, None] + has @ left, in_block)
        found.append(
            (
                share(whole.sum(), there.sum()),
                np.where(n.any(axis=0), share(left.sum(axis=0), still.sum(axis=0)), np.nan),
                share(keeps @ whole, keeps @ there),
                np.where(cells.block_exists, block, np.nan),
            )
        )
    value, document, system, block = (1.0 - np.array(part) for part in zip(*found, strict=True))
    return Replicates(value, document, system, block, np.zeros(len(value)))


def _each_left_out(sums: Sums) -> Sums:
    one, two, three = (without_each(part) for part in sums)
    return one, two, three


def _added_up(sums: Sums) -> Sums:
    one, two, three = (part.sum(axis=-1) for part in sums)
    return one, two, three

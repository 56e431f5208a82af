"""Pearson's correlation of pairwise differences (PDP) without documents, systems and blocks."""

from __future__ import annotations

import numpy as np

from harness.significance.two_way.cells import Cells
from harness.significance.two_way.replicates import Replicates, without_each
from harness.statistics.base import Array

__all__ = ["pdp_pearson"]


def pdp_pearson(cells: Cells) -> Replicates:
    """Sum of products of differences over the root of the product of sums of squares, through
    zero (as :class:`harness.statistics.pdp.PDPPearson`). A metric that never differs within a
    segment knows nothing and gets 0 where people differ; where they do not, it is undefined."""
    human = cells.differences(cells.ratings)
    rated = _left_out(cells, human * human)
    found = []
    for matrix in cells.scores:
        d = cells.differences(matrix)
        squares, products = _left_out(cells, d * d), _left_out(cells, d * human)
        found.append(
            tuple(_correlation(x, q, h) for x, q, h in zip(products, squares, rated, strict=True))
        )
    value, document, system, block = (np.array(part) for part in zip(*found, strict=True))
    block = np.where(cells.block_exists, block, np.nan)
    return Replicates(value, document, system, block, np.zeros(len(value)))


def _left_out(cells: Cells, terms: Array) -> tuple[Array, Array, Array, Array]:
    """The sum of ``terms``, (n_pairs, n_segments): of all, without each document, without each
    system, without each block."""
    parts = cells.by_document(terms)
    keeps = 1.0 - cells.members
    without_document = without_each(parts.sum(axis=0))
    return (
        parts.sum(),
        without_document,
        keeps @ parts.sum(axis=1),
        without_document + keeps @ parts,
    )


def _correlation(products: Array, squares: Array, rated: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.clip(products / (np.sqrt(squares) * np.sqrt(rated)), -1.0, 1.0)
    result: Array = np.where(rated > 0, np.where(squares > 0, r, 0.0), np.nan)
    return result

"""Pearson's correlation by item without documents, systems and blocks."""

from __future__ import annotations

import numpy as np

from harness.significance.two_way.cells import Cells
from harness.significance.two_way.replicates import Replicates, share, without_each
from harness.statistics.base import Array
from harness.statistics.groups import pearson

__all__ = ["pearson_by_item", "pearson_by_item_official"]


def pearson_by_item(cells: Cells) -> Replicates:
    """The mean over segments of the correlation over systems. Segments in which people are constant
    are left out; where people are not constant but the metric is, it knows nothing and counts 0.
    Replicates without a block correlate the segments of its document anew."""
    return _replicates(cells, drop=False)


def pearson_by_item_official(cells: Cells) -> Replicates:
    """The same by the convention of the WMT metrics task: segments in which a metric is constant
    are left out, for that metric alone."""
    return _replicates(cells, drop=True)


def _replicates(cells: Cells, *, drop: bool) -> Replicates:
    counts, values, constant = _by_segment(cells.scores, cells.ratings, drop)
    total, n = cells.by_document(values), cells.by_document(counts)
    others, n_others = without_each(total), without_each(n)
    systems, blocks = [], []
    for system in range(cells.n_systems):
        kept = np.delete(cells.scores, system, axis=1), np.delete(cells.ratings, system, axis=0)
        m, own, _ = _by_segment(*kept, drop)
        systems.append(share(own.sum(axis=-1), m.sum(axis=-1)))
        block = share(others + cells.by_document(own), n_others + cells.by_document(m))
        blocks.append(np.where(cells.block_exists[system], block, np.nan))
    return Replicates(
        value=share(total.sum(axis=-1), n.sum(axis=-1)),
        without_document=share(others, n_others),
        without_system=np.stack(systems, axis=1),
        without_block=np.stack(blocks, axis=1),
        constant=constant.sum(axis=-1).astype(np.float64),
    )


def _by_segment(scores: Array, ratings: Array, drop: bool) -> tuple[Array, Array, Array]:
    """Of each metric and segment: 1 if it counts, its correlation (0 if it does not count), and 1
    if the metric is constant where people are not; (n_metrics, n_segments) each."""
    r = pearson(scores, ratings)
    defined = ~np.isnan(r)
    present = ~np.isnan(ratings)
    low = np.where(present, ratings, np.inf).min(axis=0, initial=np.inf)
    high = np.where(present, ratings, -np.inf).max(axis=0, initial=-np.inf)
    constant = ~defined & (low < high)
    counts = defined if drop else defined | constant
    return counts.astype(np.float64), np.where(defined, r, 0.0), constant.astype(np.float64)

"""The statistics that the two-way jackknife knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from harness.significance.two_way import accuracy, correlation, differences, system_pairs
from harness.significance.two_way.cells import Cells, Flags
from harness.significance.two_way.replicates import Replicates
from harness.statistics.base import TwoWayRule

__all__ = [
    "ACC_EQ",
    "PAIRWISE_ACCURACY",
    "PDP_PEARSON",
    "PEARSON_BY_ITEM",
    "PEARSON_BY_ITEM_OFFICIAL",
    "SOFT_PAIRWISE_ACCURACY",
    "TWO_WAY",
    "TwoWayStatistic",
]


@dataclass(frozen=True)
class TwoWayStatistic:
    """A statistic with its replicates.

    ``bounds`` are its least and greatest value; higher is better. ``added``: its intervals take the
    sum of both variances, V_D + V_S, because the two-way variance covers too little (accuracy with
    ties). ``exchange``: its tests exchange whole systems; the two-way jackknife makes its intervals
    only.
    """

    name: str
    rule: Callable[[Cells], Replicates]
    bounds: tuple[float, float]
    added: bool = False
    exchange: bool = False

    def replicates(self, cells: Cells) -> Replicates:
        """The value of each metric, and those with parts left out; NaN throughout for a metric that
        has an infinite score."""
        infinite: Flags = np.isinf(cells.scores).reshape(len(cells.scores), -1).sum(axis=1) > 0
        if not infinite.any():
            return self.rule(cells)
        scores = np.where(
            infinite[:, None, None], np.where(cells.present, 0.0, np.nan), cells.scores
        )
        kept = Cells(
            scores, cells.ratings, cells.present, cells.document, cells.systems, cells.documents
        )
        found = self.rule(kept)
        for part in (
            found.value,
            found.without_document,
            found.without_system,
            found.without_block,
            found.constant,
        ):
            part[infinite] = np.nan
        return found


SOFT_PAIRWISE_ACCURACY = TwoWayStatistic(
    "soft_pairwise_accuracy", system_pairs.soft_pairwise_accuracy, (0.0, 1.0)
)
PAIRWISE_ACCURACY = TwoWayStatistic(
    "pairwise_accuracy", system_pairs.pairwise_accuracy, (0.0, 1.0), exchange=True
)
ACC_EQ = TwoWayStatistic("acc_eq", accuracy.acc_eq, (0.0, 1.0), added=True)
PDP_PEARSON = TwoWayStatistic("pdp_pearson", differences.pdp_pearson, (-1.0, 1.0))
PEARSON_BY_ITEM = TwoWayStatistic("pearson", correlation.pearson_by_item, (-1.0, 1.0))
PEARSON_BY_ITEM_OFFICIAL = TwoWayStatistic(
    "pearson", correlation.pearson_by_item_official, (-1.0, 1.0)
)

#: What :attr:`harness.statistics.base.Statistic.two_way` names.
TWO_WAY: Mapping[TwoWayRule, TwoWayStatistic] = {
    "soft_pairwise_accuracy": SOFT_PAIRWISE_ACCURACY,
    "pairwise_accuracy": PAIRWISE_ACCURACY,
    "acc_eq": ACC_EQ,
    "pdp_pearson": PDP_PEARSON,
    "pearson_by_item": PEARSON_BY_ITEM,
    "pearson_by_item_official": PEARSON_BY_ITEM_OFFICIAL,
}

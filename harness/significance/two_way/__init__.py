"""The two-way jackknife: how uncertain a statistic is about other systems and other documents.

A statistic is recomputed without each document, without each system, and without the pairs of each
system in each document. From the spread of these follow its variance, t tests between metrics and
intervals. In simulations with errors that a metric shares over a system or over a document, tests
that exchange single scores or documents err three to six times as often as they say; this holds its
level.
"""

from harness.significance.two_way.cells import Cells, cells_of, document_numbers
from harness.significance.two_way.replicates import Replicates
from harness.significance.two_way.statistics import (
    ACC_EQ,
    PAIRWISE_ACCURACY,
    PDP_PEARSON,
    PEARSON_BY_ITEM,
    PEARSON_BY_ITEM_OFFICIAL,
    SOFT_PAIRWISE_ACCURACY,
    TWO_WAY,
    TwoWayStatistic,
)

__all__ = [
    "ACC_EQ",
    "PAIRWISE_ACCURACY",
    "PDP_PEARSON",
    "PEARSON_BY_ITEM",
    "PEARSON_BY_ITEM_OFFICIAL",
    "SOFT_PAIRWISE_ACCURACY",
    "TWO_WAY",
    "Cells",
    "Replicates",
    "TwoWayStatistic",
    "cells_of",
    "document_numbers",
]

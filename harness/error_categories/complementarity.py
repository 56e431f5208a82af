"""Two metrics together: which pair of metrics sees which kinds of error.

Each metric ranks the translations of every segment, ties sharing their mean rank; the mean of the
two ranks is the score of the pair, so that neither metric's scale counts. The pair is judged like
a single metric: by system-balanced accuracy on the pairs of translations that a category decides
(:mod:`harness.error_categories.accuracy`), against chance, and against each of its two metrics.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.error_categories.accuracy import (
    NO_SCORE,
    CategoryAccuracy,
    accuracy_of,
    all_jackknifed,
    credit_of,
    difference_of,
    paired_difference,
)
from harness.error_categories.cells import Cell, ViewCells
from harness.error_categories.decided_pairs import TOLERANCE
from harness.error_categories.families import against_chance
from harness.error_categories.notes import Limits
from harness.significance.holm import holm_adjusted
from harness.significance.jackknife import Difference

__all__ = ["doubled_ranks", "metric_pairs"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Pairs of metrics whose credits are held at a time.
CHUNK = 64


def doubled_ranks(scores: Floats, *, tolerance: float = TOLERANCE) -> Floats:
    """Twice the rank of each translation within its segment, the lowest score first, from 0; ties
    share their mean rank, so all values are whole.

    ``scores`` is (n_systems, n_segments), NaN where missing: such a translation has no rank (NaN)
    and the others are ranked without it. Scores that differ by at most ``tolerance`` tie.
    """
    ranks = np.zeros(scores.shape)
    for other in scores:
        with np.errstate(invalid="ignore"):  # equal infinities
            ahead = np.where(scores == other, 0.0, scores - other)
        tied = np.abs(ahead) <= tolerance
        ranks += np.where(tied, 1.0, np.where(ahead > 0.0, 2.0, 0.0))
    ranks -= 1.0  # each ties with itself
    return np.where(np.isnan(scores), np.nan, ranks)


def metric_pairs(
    view: ViewCells, judged: Collection[tuple[str, str]], limits: Limits
) -> list[dict[str, Any]]:
    """The rows of METRIC_PAIRS of a view, but for settings: every two metrics in every category on
    which some metric can be judged.

    ``judged`` are the (category, metric) that can be. Within both families, all pairs against
    chance and all gains, p is adjusted by Holm over the pairs and categories in which both metrics
    can be judged and the pair has scores for enough pairs of translations.
    """
    names = view.metrics
    ranks = {name: doubled_ranks(view.matrices[name], tolerance=view.tolerance) for name in names}
    rows = [
        row
        for cell in view.cells
        if any(category == cell.category for category, _ in judged)
        for row in _rows(view, cell, ranks)
    ]
    members = [
        {(row["category"], row[m]) for m in ("metric_1", "metric_2")} <= set(judged)
        and row["n_eff"] >= limits.pairs
        and row["n_documents"] >= limits.documents
        for row in rows
    ]
    for p in ("p", "gain_p"):
        family = [row[p] if own else np.nan for row, own in zip(rows, members, strict=True)]
        for row, adjusted in zip(rows, holm_adjusted(family), strict=True):
            row[f"{p}_holm"] = adjusted
    return rows


def _rows(view: ViewCells, cell: Cell, ranks: dict[str, Floats]) -> Iterator[dict[str, Any]]:
    """Every two metrics in one category."""
    pairs = cell.pairs
    ahead = {
        name: own[pairs.first, pairs.segment] - own[pairs.second, pairs.segment]
        for name, own in ranks.items()
    }
    couples = list(combinations(ranks, 2))
    for start in range(0, len(couples), CHUNK):
        chunk = couples[start : start + CHUNK]
        margins = np.array([ahead[a] + ahead[b] for a, b in chunk])
        credits = credit_of(margins, pairs.first_better, view.tolerance)
        for couple, credit, found in zip(
            chunk, credits, all_jackknifed(pairs, credits), strict=True
        ):
            together = accuracy_of(pairs, credit, found, confidence=view.confidence)
            yield _row(view, cell, couple, credit, together)


def _row(
    view: ViewCells,
    cell: Cell,
    couple: tuple[str, str],
    credit: Integers,
    together: CategoryAccuracy,
) -> dict[str, Any]:
    gains = [_gain(view, cell, credit, together, metric) for metric in couple]
    gain = gains[0] if gains[0].value <= gains[1].value else gains[1]
    return {
        "test_set": view.test_set,
        "view": view.name,
        "category": cell.category,
        "metric_1": couple[0],
        "metric_2": couple[1],
        "value": together.balanced.value,
        "low": together.balanced.low,
        "high": together.balanced.high,
        "p": against_chance(together).p,
        "gain": gain.value,
        "gain_low": gain.low,
        "gain_high": gain.high,
        "gain_p": _larger([found.p for found in gains]),
        "n_eff": together.effective_n,
        "n_documents": together.n_documents,
    }


def _gain(
    view: ViewCells, cell: Cell, credit: Integers, together: CategoryAccuracy, metric: str
) -> Difference:
    """The accuracy of a pair minus that of one of its metrics, on what both have scores for."""
    alone = cell.accuracies[metric]
    if alone.n_missing == 0 and together.n_missing == 0:
        return difference_of(together.jackknifed, alone.jackknifed, confidence=view.confidence)
    own = np.where(credit == NO_SCORE, NO_SCORE, cell.credits[metric])
    return paired_difference(cell.pairs, credit, own, confidence=view.confidence)


def _larger(p: Sequence[float]) -> float:
    """The larger p; NaN where one is missing."""
    return float(np.max(p))

"""Implied weights: how much a score falls for a point of penalty of each category of error.

Raters give an error a fixed penalty; a metric has weights of its own. A regression of scores on
penalties finds them (hedonic regression, Rosen 1974):

    score = a_group + b_system - sum_c w_c * penalty_c + rest,

by least squares over translations. A group is a segment (as annotated by the same raters), so that
only translations of one source are compared; the systems' own levels ``b`` are taken out, so that a
score which only knows the system has the weight 0, exactly. ``w_c`` is what one more point of
category ``c`` takes off the score while the others stay as they are. The same regression on the
whole penalty alone gives the overall weight, and ``w_c`` over it the relative weight: 1 where a
category costs what errors cost on the whole, that is, in proportion to the penalties.

Intervals come from leaving out one document at a time, value ± t s. Penalties are uncertain, as
raters miss errors and disagree on labels, which moves weights: towards 0, or towards those of the
categories that a category is confused with. So the weight of a score is best compared with that of
a rater's own ratings, held against the same penalties (:func:`difference`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from harness.significance.jackknife import (
    Difference,
    Estimate,
    bounded_interval,
    difference_interval,
)

__all__ = ["ImpliedWeights", "difference", "implied_weights"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: A combination of columns this much smaller than the largest counts as none.
RANK_TOLERANCE = 1e-9
#: Differences within groups this much smaller than the values themselves are rounding.
ROUNDING = 1e-12
#: A weight counts as measured where this much of its column is not told by the other columns.
TOLD_APART = 1e-6
UNDEFINED = Estimate(math.nan, math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class ImpliedWeights:
    """The weights of one score.

    ``weights`` are by category, in points of the score for a point of penalty; ``overall`` the same
    for the whole penalty; ``relative`` the weights over it. ``n_translations`` counts those
    compared (with a score, and with another translation in their group), ``n_marked`` those of them
    with a penalty in the category, ``n_documents`` the documents in which the category differs
    between translations compared; ``n_penalised`` and ``n_compared`` are the same for the whole
    penalty.
    ``shares`` are relative weights with all documents, then without each.
    """

    weights: tuple[Estimate, ...]
    overall: Estimate
    relative: tuple[Estimate, ...]
    n_translations: int
    n_marked: tuple[int, ...]
    n_documents: tuple[int, ...]
    n_penalised: int
    n_compared: int
    shares: Floats = field(repr=False, compare=False, default_factory=lambda: np.empty((0, 0)))

    @property
    def has_unit(self) -> bool:
        """Whether the overall weight's interval lies above 0: relative weights need that."""
        return self.overall.low > 0.0


def implied_weights(
    scores: Floats,
    penalties: Floats,
    totals: Floats,
    *,
    group: Integers,
    system: Integers,
    document: Integers,
    confidence: float = 0.95,
) -> list[ImpliedWeights]:
    """The weights of each score (a metric's, a rater's) on the same translations.

    Parameters
    ----------
    scores
        (n_scores, n_translations), higher is better; NaN where missing: left out for that score.
    penalties
        (n_translations, n_categories), >= 0.
    totals
        (n_translations,): the whole penalty. What it has beyond the sum of ``penalties`` (errors
        that belong to no category) is held constant too.
    group, system, document
        (n_translations,) numbers from 0; a group lies in one document.

    Returns
    -------
    list of ImpliedWeights
        Degenerate cases: a category that never differs within a group, or only together with
        others or with the system, has no weight (NaN); one that does so in a single document has a
        weight without interval. A score that does not differ within groups, apart from the systems'
        levels, has weight 0, exactly; one with infinite values has no weight. Relative weights are
        NaN unless the interval of the overall weight lies above 0. With fewer than three documents
        there are no intervals, so no relative weights.
    """
    n_categories = penalties.shape[1]
    present = ~np.isnan(scores)
    result: list[ImpliedWeights | None] = [None] * len(scores)
    masks: dict[bytes, list[int]] = {}
    for i, mask in enumerate(present):
        masks.setdefault(mask.tobytes(), []).append(i)
    for members in masks.values():
        kept = present[members[0]]
        kept = kept & (np.bincount(group[kept], minlength=group.max(initial=0) + 1)[group] > 1)
        finite = [i for i in members if not np.isinf(scores[i]).any()]
        for i in members:
            result[i] = _nothing(n_categories)
        if not kept.any() or not finite:
            continue
        rows = _Rows(penalties[kept], totals[kept], group[kept], system[kept], document[kept])
        values = rows.values(scores[finite][:, kept])
        for i, (weights, overall) in zip(finite, values, strict=True):
            result[i] = _estimated(rows, weights, overall, confidence)
    return [r for r in result if r is not None]


class _Rows:
    """Translations that are compared, less the mean of their group; sums for each document."""

    def __init__(
        self,
        penalties: Floats,
        totals: Floats,
        group: Integers,
        system: Integers,
        document: Integers,
    ) -> None:
        order = np.argsort(document, kind="stable")
        self.order = order
        penalties, totals = penalties[order], totals[order]
        self.group = np.unique(group[order], return_inverse=True)[1]
        self.starts = np.flatnonzero(np.diff(document[order], prepend=-1))
        self.n_categories = penalties.shape[1]
        systems = np.eye(int(system.max()) + 1)[system[order]]
        beyond = totals - penalties.sum(axis=1)
        beyond = np.where(np.abs(beyond) > ROUNDING * np.abs(totals).max(), beyond, 0.0)
        self.penalties = self._centred(penalties)
        self.systems = self._centred(systems)
        self.apart = np.hstack([self.penalties, self._centred(beyond[:, None]), self.systems])
        self.whole = np.hstack([self._centred(totals[:, None]), self.systems])
        self.n_translations = len(order)
        self.n_marked = tuple((penalties > 0.0).sum(axis=0).tolist())
        self.n_penalised = int((totals > 0.0).sum())
        self.n_documents = tuple(self._differing(self.penalties).tolist())
        self.n_compared = int(self._differing(self.whole[:, :1])[0])

    def _differing(self, centred: Floats) -> Integers:
        """For each column the number of documents in which it differs within a group."""
        differs = np.logical_or.reduceat(centred != 0.0, self.starts)
        number: Integers = differs.sum(axis=0)
        return number

    def _centred(self, columns: Floats) -> Floats:
        """Columns less their mean in each group; what rounding leaves of equal values is 0."""
        number = np.bincount(self.group).astype(np.float64)
        means = np.stack(
            [np.bincount(self.group, weights=c) / number for c in columns.T], axis=-1
        ).reshape(len(number), columns.shape[1])
        centred = columns - means[self.group]
        rounding = ROUNDING * np.abs(columns).max(axis=0, initial=0.0)
        result: Floats = np.where(np.abs(centred) > rounding, centred, 0.0)
        return result

    def values(self, scores: Floats) -> list[tuple[Floats, Floats]]:
        """For each row of ``scores`` the weights, (n_documents + 1, n_categories), and the overall
        weight, (n_documents + 1,): with every document, then without each."""
        columns = scores[:, self.order].T
        centred = self._centred(columns)
        centred = np.where(self._of_systems_only(centred, columns), 0.0, centred)
        apart = _without_each(self.apart, centred, self.starts)[:, : self.n_categories]
        whole = _without_each(self.whole, centred, self.starts)[:, 0]
        return [(-apart[..., i] + 0.0, -whole[..., i] + 0.0) for i in range(len(scores))]

    def _of_systems_only(self, centred: Floats, columns: Floats) -> NDArray[np.bool_]:
        """(n_scores,): whether nothing but the systems' levels tells translations apart."""
        levels, *_ = np.linalg.lstsq(self.systems, centred, rcond=None)
        left = np.abs(centred - self.systems @ levels).max(axis=0)
        only: NDArray[np.bool_] = left <= ROUNDING * np.abs(columns).max(axis=0)
        return only


def _without_each(columns: Floats, scores: Floats, starts: Integers) -> Floats:
    """Least-squares coefficients, (n_documents + 1, n_columns, n_scores), with all documents, then
    without each; NaN where the others tell the column."""
    bounds = [*starts.tolist(), len(columns)]
    pieces = [slice(a, b) for a, b in pairwise(bounds)]
    products = np.stack([columns[p].T @ columns[p] for p in pieces])
    targets = np.stack([columns[p].T @ scores[p] for p in pieces])
    whole, aim = products.sum(axis=0), targets.sum(axis=0)
    products = np.concatenate([whole[None], whole - products])
    targets = np.concatenate([aim[None], aim - targets])
    size = np.sqrt(np.maximum(np.diagonal(whole), 0.0))
    scale = np.where(size > 0.0, size, 1.0)
    products = products / (scale[:, None] * scale)
    inverse = np.linalg.pinv(products, rcond=RANK_TOLERANCE, hermitian=True)
    told = 1.0 - np.einsum("dij,dji->di", inverse, products)
    values: Floats = inverse @ (targets / scale[:, None]) / scale[:, None]
    return np.where(np.abs(told)[..., None] < TOLD_APART, values, np.nan)


def _estimated(rows: _Rows, weights: Floats, overall: Floats, confidence: float) -> ImpliedWeights:
    unit = _estimate(overall, confidence)
    each = tuple(_estimate(weight, confidence) for weight in weights.T)
    relative = tuple(UNDEFINED for _ in each)
    shares: Floats = np.full_like(weights, np.nan)
    if unit.low > 0.0:
        shares = weights / overall[:, None]
        relative = tuple(_estimate(share, confidence) for share in shares.T)
    return ImpliedWeights(
        each,
        unit,
        relative,
        rows.n_translations,
        rows.n_marked,
        rows.n_documents,
        rows.n_penalised,
        rows.n_compared,
        shares,
    )


def difference(
    one: ImpliedWeights, other: ImpliedWeights, category: int, confidence: float = 0.95
) -> Difference:
    """The relative weight of one score minus that of another, from the same translations: interval
    and two-sided p-value from leaving out one document at a time. NaN where either has none, or
    where leaving out some document leaves nothing to measure."""
    apart = one.shares[:, category] - other.shares[:, category]
    if np.isnan(apart).any():
        nan = math.nan
        return Difference(float(apart[0]), nan, nan, nan, nan, apart.size - 1)
    return difference_interval(float(apart[0]), apart[1:], confidence)


def _estimate(values: Floats, confidence: float) -> Estimate:
    """The first of ``values`` with the interval that the others give; none where leaving out some
    document leaves nothing to measure."""
    value, replicates = float(values[0]), values[1:]
    if np.isnan(replicates).any():
        return Estimate(value, math.nan, math.nan, math.nan)
    return bounded_interval(value, replicates, confidence)


def _nothing(n_categories: int) -> ImpliedWeights:
    none = (UNDEFINED,) * n_categories
    zero = (0,) * n_categories
    shares = np.full((1, n_categories), math.nan)
    return ImpliedWeights(none, UNDEFINED, none, 0, zero, zero, 0, 0, shares)

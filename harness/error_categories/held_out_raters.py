"""The human rows: how well a held-out rater does on the labels of the other raters.

Each rater of a pair of translations is held out once; the others decide which category owns the
pair and which translation is better in it, and what the held-out rater found is scored like a
metric, three ways: ``human`` by minus the whole penalty, ``blind`` by minus the penalty without
that category (about 1/2 where the category is measured purely), ``label`` by minus the penalty in
that category alone (how far raters agree on it). They are baselines, not limits: a metric may
pass a single rater.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from harness.error_categories.accuracy import (
    NO_SCORE,
    CategoryAccuracy,
    credit_of,
    jackknifed,
)
from harness.error_categories.decided_pairs import (
    TOLERANCE,
    PairCollector,
    Pairs,
    rater_differences,
)
from harness.significance.jackknife import Estimate, bounded_interval, ratio

__all__ = [
    "HUMAN_ROWS",
    "JUDGED",
    "HeldOut",
    "Tier",
    "agreement",
    "can_hold_out",
    "held_out_pairs",
    "human_relative_skill",
    "tier",
]

HUMAN_ROWS = ("human", "blind", "label")

Tier = Literal["reliable", "weak", "one rater", "unreliable", "too few"]
#: The tiers on which a metric can be judged.
JUDGED: frozenset[Tier] = frozenset({"reliable", "weak", "one rater"})
CHANCE = 0.50
RELIABLE_ABOVE = 0.55
WEAK_ABOVE = 0.50


@dataclass(frozen=True)
class HeldOut:
    """Pairs labelled without one rater, a row for each rater held out, and that rater's credits.

    ``credit`` maps ``human``, ``blind`` and ``label`` to (n_pairs,) doubled credits. Metrics can be
    scored on the same ``pairs``, to be compared with the held-out rater like for like.
    """

    pairs: Pairs
    credit: Mapping[str, NDArray[np.int64]]

    def of(self, category: int) -> HeldOut:
        """The pairs that one category owns, with their credits."""
        chosen = self.pairs.category == category
        credit = {name: credit[chosen] for name, credit in self.credit.items()}
        return HeldOut(self.pairs.take(chosen), credit)


def held_out_pairs(
    penalties: NDArray[np.float64],
    documents: Sequence[str],
    text_id: NDArray[np.int64] | None = None,
    *,
    tolerance: float = TOLERANCE,
) -> HeldOut:
    """Every pair that some category owns by the other raters' mean, for each rater held out.

    Arguments as for :func:`harness.error_categories.decided_pairs.decided_pairs`. Pairs that fewer
    than two raters share give no row; with one rater per segment, there are none at all.
    """
    collected = PairCollector(documents)
    parts: dict[str, list[NDArray[np.int64]]] = {name: [] for name in HUMAN_ROWS}
    for difference in rater_differences(penalties, text_id):
        total = difference.values.sum(axis=2)
        number = difference.shared.sum(axis=2)
        for slot in range(difference.shared.shape[2]):
            own = difference.values[:, :, slot]
            usable = difference.shared[:, :, slot] & (number >= 2)
            others = np.where(
                usable[..., None], (total - own) / np.maximum(number - 1, 1)[..., None], 0.0
            )
            pairs, later = collected.add(difference.first, others, tolerance)
            by_category = own[later, pairs.segment]
            whole = by_category.sum(axis=-1)
            here = by_category[np.arange(len(pairs)), pairs.category]
            for name, margin in (("human", whole), ("blind", whole - here), ("label", here)):
                parts[name].append(credit_of(margin, pairs.first_better, tolerance))
    empty = np.empty(0, dtype=np.int64)
    credit = {name: np.concatenate([empty, *parts[name]]) for name in HUMAN_ROWS}
    return HeldOut(collected.pairs(), credit)


def can_hold_out(n_raters: NDArray[np.int64]) -> bool:
    """Whether a rater can be held out: at least half of the rated translations have two or more.

    Otherwise the held-out rater would be judged on a few segments and compared with metrics judged
    on all, so there are no human rows. ``n_raters`` counts the raters of each translation, in any
    shape.
    """
    return 0 < int((n_raters > 0).sum()) <= 2 * int((n_raters > 1).sum())


def human_relative_skill(
    pairs: Pairs,
    credit: NDArray[np.int64],
    human: NDArray[np.int64],
    *,
    confidence: float = 0.95,
) -> Estimate:
    """The metric's accuracy above chance over that of a held-out rater, with its interval.

    ``pairs`` are held-out pairs of one category, ``credit`` and ``human`` the doubled credits of
    the metric and of the row ``human``; pairs without a score are left out for both. 1: as good as
    a rater; 0: chance. Standard error and symmetric interval come from the jackknife over
    documents. The value is NaN where the rater is exactly at chance or nothing is defined, the
    standard error also where leaving out some document brings the rater there: the ratio has no
    bound then.
    """
    metric = jackknifed(pairs, credit)
    rater = jackknifed(pairs, np.where(credit != NO_SCORE, human, NO_SCORE))
    value = float(_skill(np.array(metric.balanced), np.array(rater.balanced)))
    if (rater.balanced_without == CHANCE).any():
        return Estimate(value, math.nan, math.nan, math.nan)
    replicates = _skill(metric.balanced_without, rater.balanced_without)
    return bounded_interval(value, replicates, confidence)


def _skill(metric: NDArray[np.float64], human: NDArray[np.float64]) -> NDArray[np.float64]:
    return ratio(metric - CHANCE, human - CHANCE)


def tier(
    effective_n: float,
    n_documents: int,
    label: CategoryAccuracy | None,
    blind: CategoryAccuracy | None = None,
    *,
    minimum_pairs: float = 50,
    minimum_documents: int = 10,
) -> Tier:
    """How far a category can be judged from the ratings.

    'too few' with fewer effective pairs or documents than the minimum; else by the lower end of
    the interval of ``label``, the raters' agreement: above 0.55 'reliable', above 0.5 'weak', else
    'unreliable'. Where most translations have one rater (no ``label``) it is 'one rater'; where too
    few pairs have two, 'weak'. Raters who always agree are 'reliable', though there is no interval.
    A category that is not measured purely is 'weak' at most: where the interval of ``blind``, a
    rater who does not see the category, lies off 1/2, the other categories are part of what is
    measured.
    """
    if effective_n < minimum_pairs or n_documents < minimum_documents:
        return "too few"
    if label is None:
        return "one rater"
    low = agreement(label, minimum_pairs=minimum_pairs, minimum_documents=minimum_documents)
    if math.isnan(low):
        return "weak"
    if low <= WEAK_ABOVE:
        return "unreliable"
    return "reliable" if low > RELIABLE_ABOVE and is_pure(blind) else "weak"


def is_pure(blind: CategoryAccuracy | None) -> bool:
    """Whether a rater who does not see the category is not shown to be off chance on its pairs."""
    if blind is None or math.isnan(blind.balanced.low):
        return True
    return blind.balanced.low <= CHANCE <= blind.balanced.high


def agreement(
    label: CategoryAccuracy | None, *, minimum_pairs: float = 50, minimum_documents: int = 10
) -> float:
    """The least that raters agree: the lower end of ``label``; NaN: unknown.

    Unknown with fewer effective pairs or documents than the minimum. Raters who agree on every
    pair (or on none) have no interval; the value itself counts.
    """
    if label is None or label.effective_n < minimum_pairs or label.n_documents < minimum_documents:
        return math.nan
    estimate = label.balanced
    return estimate.value if estimate.value in (0.0, 1.0) else estimate.low

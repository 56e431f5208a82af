"""Pairwise accuracy of segment scores with tie calibration (Deutsch, Foster & Freitag 2023,
arXiv 2305.14324)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harness.statistics.base import Agreement, Array, Grouping, Level, complete
from harness.statistics.grouped_pairs import MOST_PAIRS, GroupedPairs, grouped_pairs
from harness.support.checks import check_weight

__all__ = ["AccEq", "TauEq", "calibrated_epsilon", "is_right"]


@dataclass(frozen=True)
class AccEq:
    """Pairwise accuracy with ties, in [0, 1]: the share of pairs of translations that metric and
    raters order alike or both tie, averaged over groups (a segment's systems, by default).

    Ratings tie where they are equal, scores where they differ by at most ``epsilon``. With None it
    is *calibrated*: the smallest of 0 and all differences that occur that makes the value largest,
    one for all groups, so that a metric is not punished for never giving the same score twice; it
    is in ``detail`` (``epsilon``), beside the value with 0 (``value_at_zero``). ``n`` is the number
    of pairs. Undefined without a pair in any group. A constant metric gets the share of tied
    ratings, so there is no one chance level: a random one without ties gets half of the others. The
    grouping ``none`` compares all translations with one another and is undefined beyond a hundred
    million pairs.
    """

    grouping: Grouping = "item"
    epsilon: float | None = None
    level: ClassVar[Level] = "segment"
    name: ClassVar[str] = "acc_eq"
    chance: ClassVar[float] = float("nan")
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def __post_init__(self) -> None:
        if self.epsilon is not None:
            check_weight(f"{self.name}.epsilon", self.epsilon)

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        present = complete(scores, ratings)
        pairs = grouped_pairs(ratings, present, self.grouping)
        used = (int(present.any(axis=0).sum()), int(present.sum()))
        if pairs is None:
            return Agreement(float("nan"), 0, f"more than {MOST_PAIRS:,} pairs", *used)
        if not pairs.n_groups:
            where = {"item": "in any segment", "system": "of any system", "none": "in all"}
            note = f"fewer than 2 translations with score and rating {where[self.grouping]}"
            return Agreement(float("nan"), 0, note, *used)
        difference = pairs.differences(scores)
        epsilon = self.epsilon
        if epsilon is None:
            epsilon = calibrated_epsilon(pairs, difference)
        value = pairs.mean(is_right(pairs, difference, epsilon))
        detail = {
            "epsilon": epsilon,
            "value_at_zero": pairs.mean(is_right(pairs, difference, 0.0)) if epsilon else value,
        }
        note = ""
        if not difference.any():
            note = "scores are constant within groups: the value is the share of tied ratings"
        return Agreement(value, len(pairs.first), note, *used, detail)


@dataclass(frozen=True)
class TauEq(AccEq):
    """Kendall's tau with ties, in [-1, 1]: right less wrong pairs over all, 2 acc_eq - 1, with the
    same calibration (Deutsch, Foster & Freitag 2023)."""

    name: ClassVar[str] = "tau_eq"
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        result = AccEq.__call__(self, scores, ratings)
        detail = dict(result.detail)
        if detail:
            detail["value_at_zero"] = 2.0 * detail["value_at_zero"] - 1.0
        return replace(result, value=2.0 * result.value - 1.0, detail=detail)


def is_right(pairs: GroupedPairs, difference: Array, epsilon: float) -> NDArray[np.bool_]:
    """Where scores that differ by ``difference`` order a pair as its ratings do, ties included."""
    order = (difference > epsilon).view(np.int8) - (difference < -epsilon).view(np.int8)
    result: NDArray[np.bool_] = order == pairs.order
    return result


def calibrated_epsilon(pairs: GroupedPairs, difference: Array) -> float:
    """The smallest of 0 and all absolute differences with the largest accuracy.

    As the threshold passes a pair's difference, the pair becomes tied: right if its ratings tie,
    no longer right if its order was right. So all pairs are sorted once, and what is gained and
    lost is added up.
    """
    size = np.abs(difference)
    order = np.sign(difference).astype(np.int8)
    gain = (pairs.order == 0).view(np.int8) - ((order == pairs.order) & (order != 0)).view(np.int8)
    counts = gain != 0
    size, gain = size[counts], gain[counts]
    weighed = gain if pairs.equal else gain * pairs.weight[counts]
    ascending = np.argsort(size)
    size = size[ascending]
    gained = np.cumsum(weighed[ascending], dtype=np.int64)
    last = np.flatnonzero(np.append(size[1:] != size[:-1], True)) if len(size) else ascending
    size, gained = size[last], gained[last]
    if not len(size) or size[0] > 0.0:
        size, gained = np.append(0.0, size), np.append(0, gained)
    return float(size[np.argmax(gained)])

"""Pairwise accuracy of segment scores with tie calibration (Deutsch, Foster & Freitag 2023,
arXiv 2305.14324)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harness.statistics.base import (
    Agreement,
    Array,
    Grouping,
    Level,
    Statistic,
    TwoWayRule,
    complete,
)
from harness.statistics.fast.exchange import Differences, Exchange
from harness.statistics.fast.resampling import Counts, mean_of_segments
from harness.statistics.fast.ties import MOST_STEPS, calibrated_values, exchange_scores
from harness.statistics.grouped_pairs import MOST_PAIRS, GroupedPairs, Verdicts, grouped_pairs
from harness.support.checks import check_weight

__all__ = ["AccEq", "TauEq", "calibrated_epsilon", "is_right"]

#: Pairs of translations times draws beyond which accuracy that is not within segments is not
#: resampled.
MOST_WORK = 2_000_000_000


@dataclass(frozen=True)
class AccEq(Statistic):
    """Pairwise accuracy with ties, in [0, 1]: the share of pairs of translations for which metric
    and raters give the same order or both give a tie, averaged over groups (by default, the
    systems' translations of a segment).

    Ratings tie where they are equal, scores where they differ by at most ``epsilon``. With None it
    is *calibrated*: the smallest of 0 and all differences that occur that makes the value largest,
    one for all groups, so that a metric is not punished for never giving the same score twice; it
    is in ``detail`` (``epsilon``), beside the value with 0 (``value_at_zero``) and the shares of
    pairs that the metric ties with the threshold (``tie_rate``) and that people tie
    (``human_tie_rate``), averaged like the value. ``n`` is the number of pairs. Undefined without
    a pair in any group. A constant metric gets the share of tied ratings, so there is no one chance
    level: a random one without ties gets half of the others. The grouping ``none`` compares all
    translations with one another and is undefined beyond a hundred million pairs.
    """

    grouping: Grouping = "item"
    epsilon: float | None = None
    level: ClassVar[Level] = "segment"
    name: ClassVar[str] = "acc_eq"
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    has_verdicts: ClassVar[bool] = True

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
            "tie_rate": pairs.mean(np.abs(difference) <= epsilon),
            "human_tie_rate": pairs.mean(pairs.order == 0),
        }
        note = ""
        if not difference.any():
            note = "scores are constant within groups: the value is the share of tied ratings"
        return Agreement(value, len(pairs.first), note, *used, detail)

    def chance_level(self, ratings: Array) -> float:
        """With a share T of tied pairs, random scores get (1 - T) / 2 if they never tie and T if
        they always do; calibration takes the larger (between these, the value is linear)."""
        tied = self(np.zeros_like(ratings), ratings).value
        never = (1.0 - tied) / 2.0
        return never if self.epsilon is not None else float(np.maximum(tied, never))

    def cost(self, shape: tuple[int, ...]) -> int:
        """0: one sweep serves all draws of two metrics."""
        return 0

    @property
    def exchange_method(self) -> str:
        """Calibrates the threshold in every draw."""
        calibrated = "scores exchanged, threshold calibrated in every draw"
        return "scores exchanged" if self.epsilon == 0.0 else calibrated

    def why_not_exchanged(self, present: NDArray[np.bool_]) -> str:
        """A fixed threshold does not fit mixtures, and the sweep must fit into memory."""
        if self.epsilon:
            return "a fixed threshold fits the scale of only one metric: use the test of pairs"
        too_many = 4 * _n_pairs(present, self.grouping) > MOST_STEPS
        return "too many pairs of translations" if too_many else ""

    def exchanged(self, exchange: Exchange) -> Iterator[Differences]:
        """In whole numbers, with the threshold calibrated for each mixture."""
        ratings = exchange.ratings
        pairs = grouped_pairs(ratings, ~np.isnan(ratings), self.grouping)
        if pairs is None:
            return iter(())
        return exchange_scores(exchange, pairs, calibrated=self.epsilon is None)

    @property
    def two_way(self) -> TwoWayRule | None:
        """Within segments and calibrated."""
        return "acc_eq" if self.grouping == "item" and self.epsilon is None else None

    def verdicts(self, scores: Array, ratings: Array) -> Verdicts | None:
        """With the scores' own threshold."""
        pairs = grouped_pairs(ratings, complete(scores, ratings), self.grouping)
        if pairs is None or not pairs.n_groups:
            return None
        difference = pairs.differences(scores)
        epsilon = self.epsilon
        if epsilon is None:
            epsilon = calibrated_epsilon(pairs, difference)
        return Verdicts(pairs, is_right(pairs, difference, epsilon))

    def resampled(self, scores: Array, ratings: Array, counts: Counts) -> Array:
        """Within segments, one sweep for all draws; otherwise undefined for too many pairs."""
        present = complete(scores, ratings)
        if self.grouping != "item":
            everywhere = np.ones_like(present)
            if _n_pairs(everywhere, self.grouping) * len(counts) > MOST_WORK:
                return np.full(len(counts), np.nan)
            return super().resampled(scores, ratings, counts)
        pairs = grouped_pairs(ratings, present, "item")
        if pairs is None or not pairs.n_groups:
            return np.full(len(counts), np.nan)
        own = counts[:, present.sum(axis=0) >= 2]  # the segments with a pair are the groups
        difference = pairs.differences(scores)
        if self.epsilon is None:
            return calibrated_values(pairs, difference, own)
        right = pairs.group[is_right(pairs, difference, self.epsilon)]
        return mean_of_segments(np.bincount(right, minlength=pairs.n_groups) / pairs.sizes, own)


@dataclass(frozen=True)
class TauEq(AccEq):
    """Kendall's tau with ties, in [-1, 1]: right minus wrong pairs, divided by all pairs; 2 acc_eq
    - 1, with the same calibration (Deutsch, Foster & Freitag 2023)."""

    name: ClassVar[str] = "tau_eq"
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    two_way: ClassVar[None] = None

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        result = AccEq.__call__(self, scores, ratings)
        detail = dict(result.detail)
        if detail:
            detail["value_at_zero"] = 2.0 * detail["value_at_zero"] - 1.0
        return replace(result, value=2.0 * result.value - 1.0, detail=detail)

    def chance_level(self, ratings: Array) -> float:
        """That of the accuracy."""
        return 2.0 * self._accuracy.chance_level(ratings) - 1.0

    def exchanged(self, exchange: Exchange) -> Iterator[Differences]:
        """Those of the accuracy, in twice its units."""
        for found in super().exchanged(exchange):
            yield replace(found, unit=2.0 * found.unit)

    def resampled(self, scores: Array, ratings: Array, counts: Counts) -> Array:
        """Those of the accuracy."""
        return 2.0 * self._accuracy.resampled(scores, ratings, counts) - 1.0

    @property
    def _accuracy(self) -> AccEq:
        return AccEq(self.grouping, self.epsilon)


def _n_pairs(present: NDArray[np.bool_], grouping: Grouping) -> int:
    """How many pairs of translations are within groups."""
    members = {"item": present.sum(axis=0), "system": present.sum(axis=1), "none": present.sum()}
    count = np.asarray(members[grouping], dtype=np.int64)
    return int((count * (count - 1) // 2).sum())


def is_right(pairs: GroupedPairs, difference: Array, epsilon: float) -> NDArray[np.bool_]:
    """Where scores that differ by ``difference`` order a pair as its ratings do, ties included."""
    order = (difference > epsilon).view(np.int8) - (difference < -epsilon).view(np.int8)
    result: NDArray[np.bool_] = order == pairs.order
    return result


def calibrated_epsilon(pairs: GroupedPairs, difference: Array) -> float:
    """The smallest of 0 and all absolute differences with the largest accuracy.

    When the threshold passes a pair's difference, the pair becomes tied: now right if its ratings
    tie, no longer right if its order was right. So all pairs are sorted once, and gains and losses
    are summed.
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

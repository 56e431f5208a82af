"""What a statistic is, what it may provide, and what it returns."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from harness.statistics.fast import exchange as exchanges
from harness.statistics.fast import resampling
from harness.statistics.fast.exchange import Differences, Exchange
from harness.statistics.fast.resampling import Counts

if TYPE_CHECKING:
    from harness.statistics.grouped_pairs import Verdicts

__all__ = [
    "ANEW",
    "INFINITE",
    "ONE_BY_ONE",
    "Agreement",
    "Array",
    "Grouping",
    "Level",
    "Statistic",
    "SystemScore",
    "TwoWayRule",
    "complete",
]

Array = NDArray[np.float64]
Grouping = Literal["none", "item", "system"]
Level = Literal["system", "document", "segment"]
SystemScore = Literal["mean", "corpus"]
#: The statistics that the two-way jackknife of systems and documents knows, by name.
TwoWayRule = Literal[
    "soft_pairwise_accuracy",
    "pairwise_accuracy",
    "acc_eq",
    "pdp_pearson",
    "pearson_by_item",
    "pearson_by_item_official",
]

#: Why a mean, a sum or a correlation of numbers is undefined that one of them has no place in.
INFINITE = "a score is infinite"

#: Costs of a test (:meth:`Statistic.cost`) that computes the statistic anew for every draw: in
#: arrays for all draws together, or draw by draw, group by group.
ANEW, ONE_BY_ONE = 10, 150


@dataclass(frozen=True)
class Agreement:
    """A statistic's value (NaN: undefined, ``note`` says why), the number ``n`` of pairs, groups or
    points it is computed from, the numbers of segments and translations used, and further results
    by name (``detail``; a calibrated tie threshold is ``epsilon``)."""

    value: float
    n: int
    note: str = ""
    n_segments: int = 0
    n_translations: int = 0
    detail: Mapping[str, float] = field(default_factory=dict, hash=False)


class Statistic(ABC):
    """A measure of how well scores agree with ratings; higher is better.

    A statistic must have a name and a level, and be callable. Everything else has a default that
    works for any statistic; a statistic with something better overrides it, and nothing else needs
    to change. In a frozen dataclass, properties may be given as fields or ``ClassVar``.
    """

    @property
    @abstractmethod
    def name(self) -> str:
        """Its name in tables."""

    @property
    @abstractmethod
    def level(self) -> Level:
        """Whether it compares systems, documents or segments."""

    @abstractmethod
    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        """Compare; both arrays have the shape (n_systems, n_items), NaN where missing. The items
        are segments, or documents at document level."""

    # What it compares, and its scale

    @property
    def grouping(self) -> Grouping:
        """Among which translations scores are compared: ``item`` (the systems' translations of one
        segment or document), ``system`` (one system's translations) or ``none`` (all of them).
        Always ``none`` at system level, where there is nothing to group."""
        return "none"

    @property
    def system_score(self) -> SystemScore | Literal[""]:
        """System level: what the score of a system is, ``mean`` (of its segment scores) or
        ``corpus`` (the metric's own score of the whole text). Empty at other levels."""
        return ""

    @property
    def bounds(self) -> tuple[float, float]:
        """Its lowest and highest possible value. Intervals are clipped to them, and averages of
        statistics map them to 0 and 1 (with an infinite bound, they use the value itself)."""
        return -math.inf, math.inf

    @property
    def chance(self) -> float:
        """Its expected value for a metric without information, if that is a constant; NaN: it
        depends on the ratings (:meth:`chance_level`), or is not known."""
        return math.nan

    def chance_level(self, ratings: Array) -> float:
        """The expected value for scores that are independent of these ratings, (n_systems,
        n_items); NaN where it is not known or the statistic is undefined. Default: ``chance``."""
        return float(self.chance)

    def for_raters(self) -> Statistic:
        """The statistic to use when a rater takes the metric's place, for the human ceiling: the
        one for mean scores if this one takes corpus scores, which raters do not give. Default:
        itself."""
        return self

    # Tests of two metrics

    @property
    def expensive(self) -> bool:
        """Whether a single value takes so long that tests and intervals are computed only on
        request. Default: no."""
        return False

    def cost(self, shape: tuple[int, ...]) -> int:
        """The work per draw of its exchange test and per translation of such a matrix, (n_systems,
        n_items), relative to Pearson's correlation. 0: so little that the test is never left out
        because of its cost. Default: the cost of computing the statistic again in every draw, which
        is lower if it has its own ``values``."""
        return ONE_BY_ONE if type(self).values is Statistic.values else ANEW

    @property
    def exchange_method(self) -> str:
        """A description of its exchange test, for the table of tests."""
        return "scores exchanged"

    def why_not_exchanged(self, present: NDArray[np.bool_]) -> str:
        """Why there can be no exchange test on the translations that are ``present``, (n_systems,
        n_items); empty (the default) if there can."""
        return ""

    def exchanged(self, exchange: Exchange) -> Iterator[Differences]:
        """The differences of each pair of metrics in each draw of an exchange of translations, in
        order of the pairs. Default: ``values`` of the mixtures."""
        return exchanges.recomputed(exchange, self.values)

    def values(self, stack: Array, ratings: Array) -> Array:
        """Its values for (k, n_systems, n_items) score matrices with the same missing scores: (k,),
        NaN where undefined. Default: one after the other."""
        return np.array([self(scores, ratings).value for scores in stack])

    def verdicts(self, scores: Array, ratings: Array) -> Verdicts | None:
        """Which pairs of translations the scores order as the ratings do, if the statistic is the
        mean of this over groups; two metrics can then be tested by exchanging verdicts. None (the
        default) if it is not, or if there is no pair or there are too many."""
        return None

    @property
    def has_verdicts(self) -> bool:
        """Whether it is a mean of verdicts on pairs of translations. Default: no."""
        return False

    # Resampling

    def resampled(self, scores: Array, ratings: Array, counts: Counts) -> Array:
        """Its value on each draw of segments, (n_draws,); ``counts``, (n_draws, n_items), says how
        often each segment is drawn; NaN where undefined. Default: computed on repeated columns."""
        return resampling.repeated(lambda x, y: self(x, y).value, scores, ratings, counts)

    @property
    def two_way(self) -> TwoWayRule | None:
        """What the two-way jackknife (:mod:`harness.significance.two_way`) calls it, which then
        makes its intervals and tests. None (the default): it does not know this statistic, and
        intervals are bootstrapped, tests exchange scores."""
        return None


def complete(scores: Array, ratings: Array) -> NDArray[np.bool_]:
    """Where both are present.

    Raises
    ------
    ValueError
        The shapes differ.
    """
    if scores.shape != ratings.shape:
        raise ValueError(f"scores have the shape {scores.shape}, ratings {ratings.shape}")
    return ~(np.isnan(scores) | np.isnan(ratings))

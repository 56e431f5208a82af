"""Tests of all pairs of metrics against one another (PERM-BOTH: Deutsch, Dror & Roth 2021,
arXiv 2104.00054)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from harness.significance.blocks import EXACT_SYSTEMS, Block, Outcome, Swaps, blocks
from harness.significance.exchange import draw_cells, exchange_systems, exchange_translations
from harness.significance.pairs import exchange_pairs
from harness.statistics.base import Array, Statistic
from harness.statistics.system_level import SystemStatistic

__all__ = ["Comparison", "Gains", "compare_metrics"]

Test = Literal["scores", "pairs"]
#: (better metric, other metric) -> their difference in each draw.
Gains = dict[tuple[str, str], Array]

#: Of all draws, so many must leave the statistic defined.
DEFINED_SHARE = 0.95


@dataclass(frozen=True)
class Comparison:
    """The test of one metric against another.

    ``metric_1`` is the better of the two on the translations that both have scores for (of equals,
    the first in order of name); ``value_1`` and ``value_2`` are the statistic there. ``p`` is
    one-sided: the share of the ``samples`` random exchanges with at least the observed
    ``difference``; NaN where a value is undefined, ``note`` says why. The null distribution is
    symmetric, so a two-sided p is 2 p, at most 1. ``exact``: p is not an estimate. ``n_cells``
    translations took part, ``n_excluded`` rated ones did not.
    """

    metric_1: str
    metric_2: str
    value_1: float
    value_2: float
    difference: float
    p: float
    method: str
    samples: int
    exact: bool
    n_systems: int
    n_segments: int
    n_cells: int
    n_excluded: int
    note: str = ""


def compare_metrics(
    statistic: Statistic,
    scores: Mapping[str, Array],
    ratings: Array,
    *,
    corpus: Mapping[str, Array] | None = None,
    samples: int = 1000,
    seed: int,
    test: Test = "scores",
    progress: Callable[[int], None] | None = None,
    gains: Gains | None = None,
) -> list[Comparison]:
    """Test every pair of metrics: is the better one better by more than chance?

    Both metrics of a pair are standardised (mean 0, deviation 1) over the translations that both
    have scores for, and exchange their scores at random: of translations, or of whole systems where
    the statistic compares systems (in every possible way, exactly, with 14 systems or fewer). All
    pairs share one set of draws, which depends on ``seed``, ``samples`` and the shape of the
    matrices only: not on the order of the metrics.

    Parameters
    ----------
    statistic
        Any statistic. Accuracies are compared as whole numbers. Accuracy with ties calibrates its
        threshold anew in every draw.
    scores, ratings
        (n_systems, n_segments) each, NaN where missing, higher is better; systems in sorted order.
    corpus
        Scores of whole texts, n_systems per metric, for statistics of corpus scores.
    samples, seed
        Number of random draws, and what they come from.
    test
        ``pairs``, for accuracy with ties only: exchange verdicts on pairs of translations, each
        metric with its own threshold, as WMT23 to WMT25 did. Anti-conservative.
    progress
        Called with the number of pairs of metrics done since the last call.
    gains
        Filled with the difference of each pair in each draw, where draws exchange scores of
        translations: what a test of averages of statistics is made of.

    Returns
    -------
    list of Comparison
        One for each unordered pair, in order of the metrics' names.

    Raises
    ------
    ValueError
        Shapes differ, ``samples`` is below 1, corpus scores are lacking, or ``test`` does not fit.
    """
    _check(statistic, scores, ratings, corpus, samples, test)
    run = _Run(statistic, ratings.shape, samples, seed, test, progress or (lambda done: None))
    whole = corpus if statistic.system_score == "corpus" else None
    rated = int((~np.isnan(ratings)).sum())
    found: list[Comparison] = []
    for block in blocks(scores, ratings, whole):
        outcomes = run.outcomes(block)
        if gains is not None and run.of_translations:
            gains.update(_gains(block, outcomes))
        found += [_comparison(block, outcome, rated) for outcome in outcomes]
    return sorted(found, key=lambda c: sorted((c.metric_1, c.metric_2)))


@dataclass
class _Run:
    """The tests of one call: which kind, and the draws that all blocks share, made when needed."""

    statistic: Statistic
    shape: tuple[int, ...]
    samples: int
    seed: int
    test: Test
    progress: Callable[[int], None]
    _drawn: dict[tuple[int, ...], Swaps] = field(default_factory=dict)

    @property
    def of_translations(self) -> bool:
        """Whether scores of translations are exchanged."""
        return self.test == "scores" and not isinstance(self.statistic, SystemStatistic)

    def outcomes(self, block: Block) -> list[Outcome]:
        """The tests of one block."""
        statistic = self.statistic
        if self.test == "pairs":
            return exchange_pairs(block, statistic, self.samples, self.seed, self.progress)
        if isinstance(statistic, SystemStatistic):
            few = len(block.systems) <= EXACT_SYSTEMS
            draws = np.empty((0, self.shape[0]), np.uint8) if few else self._draws(self.shape[:1])
            return exchange_systems(block, statistic, draws, self.progress)
        draws = self._draws(self.shape)
        if block.ratings.shape != self.shape:
            draws = draws[:, block.systems[:, None], block.segments]
        return exchange_translations(block, statistic, draws, self.progress)

    def _draws(self, shape: tuple[int, ...]) -> Swaps:
        if shape not in self._drawn:
            self._drawn[shape] = draw_cells(self.samples, shape, self.seed)
        return self._drawn[shape]


def _gains(block: Block, outcomes: list[Outcome]) -> Gains:
    """The differences of each tested pair in each draw, by names."""
    return {
        (block.names[o.better], block.names[o.worse]): o.tally.gains
        for o in outcomes
        if o.tally is not None and o.tally.gains is not None
    }


def _check(
    statistic: Statistic,
    scores: Mapping[str, Array],
    ratings: Array,
    corpus: Mapping[str, Array] | None,
    samples: int,
    test: Test,
) -> None:
    if samples < 1:
        raise ValueError(f"{samples} samples: at least 1 is needed")
    if test == "pairs" and not statistic.has_verdicts:
        raise ValueError(f"the test of pairs is for accuracy with ties, not for {statistic.name}")
    for name, matrix in scores.items():
        if matrix.shape != ratings.shape:
            raise ValueError(f"scores of {name}: {matrix.shape}, ratings: {ratings.shape}")
    if statistic.system_score == "corpus":
        for name in scores:
            if corpus is None or name not in corpus or np.size(corpus[name]) != len(ratings):
                raise ValueError(f"{statistic.name} needs a corpus score of each system by {name}")


def _comparison(block: Block, outcome: Outcome, rated: int) -> Comparison:
    """The outcome, in names; without a p where too many draws left the statistic undefined."""
    n_cells = int(block.present.sum())
    p, draws, note = float("nan"), 0, outcome.note
    if outcome.tally is not None:
        draws, undefined = outcome.tally.draws, outcome.tally.undefined
        if draws < DEFINED_SHARE * (draws + undefined):
            note = f"{undefined} of {draws + undefined} draws are undefined"
        else:
            p = outcome.tally.at_least / draws
    return Comparison(
        metric_1=block.names[outcome.better],
        metric_2=block.names[outcome.worse],
        value_1=float(outcome.value_better),
        value_2=float(outcome.value_worse),
        difference=float(outcome.value_better - outcome.value_worse),
        p=p,
        method=outcome.method,
        samples=draws,
        exact=outcome.exact,
        n_systems=len(block.systems),
        n_segments=len(block.segments),
        n_cells=n_cells,
        n_excluded=rated - n_cells,
        note=note,
    )

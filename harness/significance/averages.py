"""The test of an average of statistics: in each draw two metrics exchange the same scores under
every statistic, and the weighted mean of the differences is compared with the observed one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from harness.significance.blocks import blocks, exceeding, standardised
from harness.significance.comparison import Comparison, Gains
from harness.significance.exchange import draw_cells
from harness.statistics.base import Array
from harness.statistics.system_level import SystemStatistic, systems_of

__all__ = ["compare_averages", "system_gains"]

METHOD = "scores exchanged, the same under every statistic"


def compare_averages(
    values: Mapping[str, float],
    parts: Sequence[tuple[float, Gains]],
    ratings: Array,
    scores: Mapping[str, Array],
) -> list[Comparison]:
    """Test every pair of metrics by a weighted sum of statistics.

    Parameters
    ----------
    values
        Metric -> the weighted sum; metrics without one (NaN) are not tested.
    parts
        For each statistic its weight, and the differences of the pairs in each draw (see
        :func:`harness.significance.compare_metrics`); all from one seed.
    ratings, scores
        As for :func:`harness.significance.compare_metrics`; they say what took part.

    Returns
    -------
    list of Comparison
        One for each pair, in order of the metrics' names; without p where a part has no draws. The
        values are those of ``values``: of everything that each metric has scores for.
    """
    names = sorted(m for m, value in values.items() if not np.isnan(value))
    return [
        _comparison(one, two, values, parts, ratings, scores) for one, two in combinations(names, 2)
    ]


def _comparison(
    one: str,
    two: str,
    values: Mapping[str, float],
    parts: Sequence[tuple[float, Gains]],
    ratings: Array,
    scores: Mapping[str, Array],
) -> Comparison:
    better, worse = (two, one) if values[two] > values[one] else (one, two)
    difference = values[better] - values[worse]
    present = ~np.isnan(ratings) & ~np.isnan(scores[one]) & ~np.isnan(scores[two])
    p, samples, note = float("nan"), 0, "a statistic of the average has no draws"
    drawn = [(w, _oriented(gains, better, worse)) for w, gains in parts]
    known = [(w, g) for w, g in drawn if g is not None]
    if len(known) == len(drawn):
        null = np.sum([w * g for w, g in known], axis=0)
        tally = exceeding(null, difference)
        samples, note = tally.draws, ""
        p = tally.at_least / samples if samples else float("nan")
    return Comparison(
        metric_1=better,
        metric_2=worse,
        value_1=values[better],
        value_2=values[worse],
        difference=difference,
        p=p,
        method=METHOD,
        samples=samples,
        exact=False,
        n_systems=int(present.any(axis=1).sum()),
        n_segments=int(present.any(axis=0).sum()),
        n_cells=int(present.sum()),
        n_excluded=int((~np.isnan(ratings)).sum() - present.sum()),
        note=note,
    )


def _oriented(gains: Gains, better: str, worse: str) -> Array | None:
    """A statistic may see the pair the other way round; then the same exchange gives minus the
    difference."""
    if (better, worse) in gains:
        return gains[better, worse]
    reverse = gains.get((worse, better))
    return None if reverse is None else -reverse


def system_gains(
    statistic: SystemStatistic,
    scores: Mapping[str, Array],
    ratings: Array,
    *,
    samples: int,
    seed: int,
) -> Gains:
    """The differences of a statistic of mean system scores where *translations* are exchanged, by
    the draws of :func:`harness.significance.compare_metrics`.

    (On its own such a statistic is tested by exchanging whole systems; an average needs one
    exchange for all of its statistics.) A mixture's system means are linear in what is taken, so
    one product a system serves all pairs. Empty for corpus scores.
    """
    result: Gains = {}
    if statistic.system_score != "mean":
        return result
    drawn = draw_cells(samples, ratings.shape, seed)
    for block in blocks(scores, ratings, None):
        common = block.present.all(axis=0)
        if not common.any():
            continue
        swaps = drawn[:, block.systems[:, None], block.segments[common]].astype(np.float64)
        own = standardised(block.scores)[:, :, common]
        taken = np.einsum("bsn,msn->mbs", swaps, own, optimize=True) / own.shape[2]
        whole = own.mean(axis=2)
        human = systems_of(block.scores[0], block.ratings, "mean").ratings
        of_systems = statistic.of_systems
        for one, two in block.pairs:
            rest = [taken[m] - whole[m] for m in (one, two)]
            mixed = np.round(taken[one] - rest[1], 12), np.round(taken[two] - rest[0], 12)
            names = block.names[one], block.names[two]
            result[names] = of_systems(mixed[0], human) - of_systems(mixed[1], human)
    return result

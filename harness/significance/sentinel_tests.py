"""Which metrics beat what no metric should lose to: a constant, and the best of the sentinels.

A metric that does not may lead all others, and still nothing is known in its favour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.significance.families import pair_p_values
from harness.significance.holm import holm_adjusted
from harness.significance.two_way.jackknife import CONSTANT, Jackknife

__all__ = ["SentinelTest", "beat_sentinels"]


@dataclass(frozen=True)
class SentinelTest:
    """A metric against the constant and the best sentinel.

    ``opponent`` is the harder of the two to beat (the larger p) and ``opponent_value`` its value on
    the translations that both scored, as ``value`` is the metric's; the constant's name is
    :data:`harness.significance.two_way.jackknife.CONSTANT`. ``p`` is the two-sided p against it, 1
    where the metric is not the better one; ``adjusted_p`` is adjusted over metrics by Holm.
    """

    metric: str
    opponent: str
    value: float
    opponent_value: float
    p: float
    adjusted_p: float

    def beats(self, alpha: float) -> bool:
        """Whether the metric is shown to be better than the constant and every sentinel."""
        return self.adjusted_p <= alpha


def beat_sentinels(
    jackknife: Jackknife, metrics: Sequence[str], sentinels: Sequence[str]
) -> dict[str, SentinelTest]:
    """Test each of ``metrics`` against the constant and the best of ``sentinels`` on the statistic,
    by the test that the statistic has between metrics.

    Scores of both are among those of the ``jackknife``. The best sentinel is the one with the
    largest value. Metrics without a test (no value, too few data) have p = NaN: they beat nothing.
    """
    estimates = jackknife.estimates()
    usable = [s for s in sentinels if not np.isnan(estimates[s].value)]
    best = sorted(usable, key=lambda s: (-estimates[s].value, s))[:1]
    opponents = [CONSTANT, *best]
    compared = jackknife.compare([(m, o) for m in metrics for o in opponents])
    shape = len(metrics), len(opponents)
    p = np.where(
        compared.differences.value > 0.0,
        pair_p_values(jackknife, compared),
        np.where(np.isnan(compared.differences.value), np.nan, 1.0),
    ).reshape(shape)
    hardest = np.nan_to_num(p, nan=np.inf).argmax(axis=1)  # of both without a test, the constant
    rows = np.arange(len(metrics))
    values, others = (
        side.reshape(shape)[rows, hardest] for side in (compared.first, compared.second)
    )
    chosen = p[rows, hardest]
    adjusted = holm_adjusted(chosen.tolist())
    return {
        metric: SentinelTest(
            metric=metric,
            opponent=opponents[hardest[k]],
            value=float(values[k]),
            opponent_value=float(others[k]),
            p=float(chosen[k]),
            adjusted_p=adjusted[k],
        )
        for k, metric in enumerate(metrics)
    }

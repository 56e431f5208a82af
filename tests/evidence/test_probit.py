"""How often a difference in scores agrees with raters, by its size."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import optimize, stats

from harness.evidence.probit import SystemMeans, agreed_share, fit


def drawn(rng: np.random.Generator, n: int, noise: float) -> SystemMeans:
    """Ratings of standard deviation 1; scores are 3 times these, and noise of 3 times ``noise``."""
    ratings = rng.normal(size=n)
    return SystemMeans(3.0 * (ratings + noise * rng.normal(size=n)), ratings)


def true_slope(noise: float) -> float:
    """Of :func:`drawn`: given a difference x in scores, that in ratings is normal with mean
    x / (3 (1 + noise²)) and variance 2 noise² / (1 + noise²)."""
    return 1.0 / (3.0 * (1.0 + noise**2)) / math.sqrt(2.0 * noise**2 / (1.0 + noise**2))


def test_shares_by_hand() -> None:
    assert agreed_share(0.5, 2.0) == pytest.approx(stats.norm.cdf(1.0), abs=1e-12)
    assert agreed_share(0.5, -2.0) == agreed_share(0.5, 2.0)
    assert agreed_share(0.0, 9.0) == agreed_share(math.inf, 0.0) == 0.5
    assert agreed_share(math.inf, 0.1) == 1.0
    assert math.isnan(agreed_share(math.nan, 1.0))
    assert math.isnan(agreed_share(math.nan, 0.0))


def test_pairs_by_hand() -> None:
    """a-b: 2 apart, agrees; a-c: equal scores, half; b-c: 2 apart, equal ratings, half."""
    means = SystemMeans(np.array([3.0, 1.0, 3.0]), np.array([-1.0, -2.0, -2.0]))
    size, agreed = means.pairs()
    assert size.tolist() == [2.0, 0.0, 2.0]
    assert agreed.tolist() == [1.0, 0.5, 0.5]


def test_the_slope_is_where_the_likelihood_is_largest() -> None:
    rng = np.random.default_rng(4)
    sets = [drawn(rng, 8, 0.8), drawn(rng, 12, 0.8)]
    both = [own.pairs() for own in sets]
    size, agreed = (np.concatenate([b[i] for b in both]) for i in (0, 1))

    def loss(k: float) -> float:
        right, wrong = stats.norm.logcdf(k * size), stats.norm.logcdf(-k * size)
        return -float(np.sum(agreed * right + (1 - agreed) * wrong))

    found = fit(sets)
    best = optimize.minimize_scalar(loss, bounds=(0.0, 5.0), method="bounded")
    assert found.slope == pytest.approx(best.x, abs=1e-4)
    assert (found.n_systems, found.n_pairs) == (20, 28 + 66)
    assert found.largest == size.max()
    assert 0.0 < found.low < found.slope < found.high


def test_it_scales_with_the_metric() -> None:
    own = drawn(np.random.default_rng(5), 12, 0.8)
    once, tenfold = fit([own]), fit([SystemMeans(10.0 * own.scores, own.ratings)])
    for name in ("slope", "low", "high"):
        assert getattr(tenfold, name) == pytest.approx(getattr(once, name) / 10.0, rel=1e-9)


def test_degenerate_cases() -> None:
    n = np.arange(6.0)
    every = fit([SystemMeans(n, n)])
    assert every.slope == math.inf and math.isnan(every.low)
    never = fit([SystemMeans(n, -n)])
    assert never.slope == 0.0 and math.isnan(never.high)
    assert math.isnan(fit([SystemMeans(np.ones(6), n)]).slope)
    assert math.isnan(fit([SystemMeans(n[:3], n[:3])]).slope)
    assert math.isnan(fit([]).slope)
    two = fit([drawn(np.random.default_rng(1), 9, 1.0), SystemMeans(n[:2], -n[:2])])
    assert math.isfinite(two.slope) and math.isnan(two.low)


def coverage(repetitions: int, seed: int) -> dict[float, float]:
    """Of the true share at three differences, how often the 95 % interval holds it: sets of 8, 14
    and 10 systems, as of WMT21, WMT22 and WMT23."""
    rng, noise = np.random.default_rng(seed), 0.9
    slope = true_slope(noise)
    held = dict.fromkeys((1.0, 3.0, 6.0), 0)
    known = 0
    for _ in range(repetitions):
        found = fit([drawn(rng, n, noise) for n in (8, 14, 10)])
        if math.isnan(found.low):
            continue
        known += 1
        for x in held:
            low, high = agreed_share(found.low, x), agreed_share(found.high, x)
            held[x] += low <= agreed_share(slope, x) <= high
    assert known > 0.98 * repetitions
    return {x: n / known for x, n in held.items()}


@pytest.mark.parametrize("repetitions", [60, pytest.param(1000, marks=pytest.mark.slow)])
def test_intervals_hold_the_true_share(repetitions: int) -> None:
    allowed = 0.93 - 2 * math.sqrt(0.05 * 0.95 / repetitions)
    assert all(share >= allowed for share in coverage(repetitions, seed=8).values())


def test_the_model_is_true_of_what_is_drawn() -> None:
    """Shares of many pairs, by the size of their difference, against the true slope."""
    rng, noise = np.random.default_rng(9), 0.9
    size, agreed = drawn(rng, 700, noise).pairs()
    slope = true_slope(noise)
    for low, high in ((0.5, 1.5), (2.5, 3.5), (5.5, 6.5)):
        own = (size >= low) & (size < high)
        expected = np.mean([agreed_share(slope, x) for x in size[own][:4000]])
        assert agreed[own].mean() == pytest.approx(expected, abs=0.03)

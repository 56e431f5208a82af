"""Intervals of a statistic: how far its value would move if other documents had been drawn."""

from __future__ import annotations

from typing import Literal

import numpy as np

from harness.significance.replicates import Counts

__all__ = ["Unit", "bca", "bootstrap_interval", "bootstrap_intervals", "draw_counts", "percentile"]

Unit = Literal["document", "segment"]


def draw_counts(units, samples: int, seed: int) -> tuple[Counts, Counts]:
    _, first, label = np.unique(np.asarray(units), return_index=True, return_inverse=True)
    n = len(first)
    order = np.argsort(np.argsort(first))
    label = order[label]
    g = np.random.default_rng(seed)
    d = g.integers(n, size=(samples, n))
    c = np.zeros((samples, n), dtype=np.int64)
    np.add.at(c, (np.arange(samples)[:, None], d), 1)
    jack = 1 - np.eye(n, dtype=np.int64)
    return c[:, label], jack[:, label]


def percentile(r, value, jack, conf=0.95):
    return tuple(np.nanquantile(r, [(1 - conf) / 2, 1 - (1 - conf) / 2]))


def bca(r, value, jack, conf=0.95, expand=False):
    from scipy.special import ndtr, ndtri
    from scipy.stats import t

    B = len(r)
    below = ((r < value - 1e-12).sum() + 0.5 * (np.abs(r - value) <= 1e-12).sum()) / B
    z0 = ndtri(np.clip(below, 0.5 / B, 1 - 0.5 / B))
    d = jack.mean() - jack
    s = (d**2).sum()
    a = (d**3).sum() / (6 * s**1.5) if s > 0 else 0
    n = len(jack)
    za = ndtri((1 - conf) / 2)
    if expand:
        za = -np.sqrt(n / (n - 1)) * t.ppf(1 - (1 - conf) / 2, n - 1)
    q = [ndtr(z0 + (z0 + z) / (1 - a * (z0 + z))) for z in (za, -za)]
    return tuple(np.quantile(r, q))


def bootstrap_interval(): ...
def bootstrap_intervals(): ...

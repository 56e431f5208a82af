"""Intervals of a statistic: how far its value would move if other documents had been drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from harness.significance.bootstrap import draw_documents
from harness.statistics.base import Array, Statistic
from harness.statistics.fast.resampling import Counts

__all__ = [
    "Unit",
    "bootstrap_interval",
    "bootstrap_intervals",
    "draw_counts",
    "interval_of_draws",
]

Unit = Literal["document", "segment"]

#: Of all draws, so many must leave the statistic defined.
DEFINED_SHARE = 0.95


def bootstrap_interval(
    statistic: Statistic,
    scores: Array,
    ratings: Array,
    documents: Sequence[str],
    *,
    samples: int = 1000,
    seed: int,
    confidence: float = 0.95,
    unit: Unit = "document",
) -> tuple[float, float]:
    """The interval of one metric's value; see :func:`bootstrap_intervals`."""
    return bootstrap_intervals(
        statistic,
        {"": scores},
        ratings,
        documents,
        samples=samples,
        seed=seed,
        confidence=confidence,
        unit=unit,
    )[""]


def bootstrap_intervals(
    statistic: Statistic,
    scores: Mapping[str, Array],
    ratings: Array,
    documents: Sequence[str],
    *,
    samples: int = 1000,
    seed: int,
    confidence: float = 0.95,
    unit: Unit = "document",
    draws: dict[str, Array] | None = None,
) -> dict[str, tuple[float, float]]:
    """The interval of each metric's value: value ± t s √(n / (n - 1)), cut to the possible range.

    s is the standard deviation of the values on ``samples`` draws of n documents with replacement,
    t the quantile of Student's distribution with n - 1 degrees of freedom. All metrics share the
    draws. In simulations such intervals hold what they promise, where those between percentiles of
    the draws do not: a resampled text lets an accuracy with calibrated ties look too good and
    rankings of systems too poor, so that percentiles lie to one side. What the interval is about is
    the value expected on as many other documents, not on infinitely many.

    Parameters
    ----------
    scores, ratings
        (n_systems, n_segments) each, NaN where missing.
    documents
        The document of each segment: its segments are not independent, so they are drawn together.
    unit
        ``segment`` draws segments instead, for comparison: too narrow where documents matter.
    samples, seed, confidence
        Number of draws, what they come from, and the chance that the interval is right.
    draws
        Filled with each metric's value on each draw: an interval of an average of statistics is
        made of them.

    Returns
    -------
    dict
        Metric -> (low, high); (NaN, NaN) where the value is undefined, with fewer than two
        documents, where more than one draw in twenty is undefined, for corpus scores (which are not
        resampled) and for accuracy with ties among too many pairs.

    Raises
    ------
    ValueError
        ``documents`` or a metric's scores do not fit the ratings.
    """
    if len(documents) != ratings.shape[1]:
        raise ValueError(f"{len(documents)} documents for {ratings.shape[1]} segments")
    nothing = dict.fromkeys(scores, (math.nan, math.nan))
    if statistic.system_score == "corpus" or not len(documents):
        return nothing
    units = [str(i) for i in range(len(documents))] if unit == "segment" else list(documents)
    n_units = len(set(units))
    if n_units < 2 or samples < 2:
        return nothing
    counts = draw_counts(units, samples, seed)
    result = {}
    for name, own in scores.items():
        value = statistic(own, ratings).value
        if math.isnan(value):
            result[name] = nothing[name]
            continue
        drawn = statistic.resampled(own, ratings, counts)
        result[name] = interval_of_draws(value, drawn, n_units, confidence, statistic.bounds)
        if draws is not None:
            draws[name] = drawn
    return result


def draw_counts(units: Sequence[str], samples: int, seed: int) -> Counts:
    """(samples, n_segments): how often each draw of :func:`draw_documents` has each segment."""
    draws = draw_documents(units, samples, seed)
    return np.array([np.bincount(draw, minlength=len(units)) for draw in draws], dtype=np.int64)


def interval_of_draws(
    value: float,
    drawn: Array,
    n_units: int,
    confidence: float,
    bounds: tuple[float, float],
) -> tuple[float, float]:
    """The interval of one value from those on draws of ``n_units``; see
    :func:`bootstrap_intervals`."""
    from scipy.special import stdtrit

    defined = drawn[~np.isnan(drawn)]
    if math.isnan(value) or len(defined) < max(2, DEFINED_SHARE * len(drawn)):
        return math.nan, math.nan
    error = float(defined.std(ddof=1)) * math.sqrt(n_units / (n_units - 1))
    half = float(stdtrit(n_units - 1, (1 + confidence) / 2)) * error
    return max(value - half, bounds[0]), min(value + half, bounds[1])

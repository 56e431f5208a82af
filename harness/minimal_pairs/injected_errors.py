"""How far a metric's score falls for an injected error, and whether severity matters to it.

A minimal pair is a translation h and the same with one error, h'. The *accuracy* is the share of
pairs with s(h) > s(h'), ties counting half. The *relative drop* is

    mean[s(h) - s(h')] / mean[s(h) - s(u)],

where u is the translation of another segment, over the same pairs: 0 is no drop, 1 as much as
for a sentence that has nothing to do with the source. Both are ratios of sums, so leaving out one
group of pairs at a time (a jackknife; groups are documents, or segments) costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.significance.jackknife import (
    Estimate,
    difference_interval,
    logit_interval,
    standard_error,
)
from harness.statistics import groups

__all__ = [
    "MeasuredDrop",
    "SeverityOrder",
    "WithinOrder",
    "measured_drop",
    "severity_order",
    "within_order",
]

Floats = NDArray[np.float64]

NO_UNIT = "the drop for an unrelated sentence cannot be told from 0, so there is no unit"
TOLD_APART = 2.0  # standard errors
NO_UNRELATED = "there is no unrelated sentence to compare the drop with"


@dataclass(frozen=True)
class MeasuredDrop:
    """Accuracy in [0, 1] and relative drop, each with its interval (NaN: none); ``tie_rate`` in
    [0, 1]; ``drop`` and ``unrelated_drop`` in the metric's points. ``n`` pairs had both scores.
    ``note`` says why the relative drop or its interval is missing; empty otherwise."""

    n: int
    accuracy: Estimate
    tie_rate: float
    relative_drop: Estimate
    drop: float
    unrelated_drop: float
    note: str = ""


def measured_drop(
    scores: Floats,
    injected: Floats,
    unrelated: Floats,
    groups: Sequence[object],
    *,
    confidence: float = 0.95,
    tolerance: float = 1e-9,
) -> MeasuredDrop:
    """How far a metric's score falls for one kind of error, and how often it notices.

    Parameters
    ----------
    scores, injected, unrelated
        Scores of translations, of the same with the error, and of an unrelated sentence, each
        (n_pairs,), higher is better, NaN where missing. Pairs without both of the first two are
        left out; the relative drop needs the third as well.
    groups
        What is left out at a time: a label for each pair.
    tolerance
        Differences up to this size are ties.

    Returns
    -------
    MeasuredDrop
        All NaN without a pair. A relative drop is NaN where an unrelated sentence costs no more
        than two standard errors of that cost (with fewer than three groups: no more than nothing);
        it has no interval with fewer than three groups. An accuracy of 0 or 1 has the exact
        binomial bound with the groups as trials.

    Raises
    ------
    ValueError
        The shapes differ.
    """
    if not len(scores) == len(injected) == len(unrelated) == len(groups):
        raise ValueError("scores and groups differ in length")
    known = np.isfinite(scores) & np.isfinite(injected)
    drops = (scores - injected)[known]
    codes = _codes([g for g, use in zip(groups, known, strict=True) if use])
    n = len(drops)
    if not n:
        none = Estimate(math.nan, math.nan, math.nan, math.nan)
        return MeasuredDrop(0, none, math.nan, none, math.nan, math.nan, "no pair with both scores")
    tied = np.abs(drops) <= tolerance
    credit = np.where(tied, 0.5, (drops > 0).astype(float))
    accuracy = _share(credit, codes, confidence)
    costs = (scores - unrelated)[known]
    both = np.isfinite(costs)
    relative, note = _ratio(drops[both], costs[both], codes[both], confidence, tolerance)
    return MeasuredDrop(
        n=n,
        accuracy=accuracy,
        tie_rate=float(tied.mean()),
        relative_drop=relative,
        drop=float(drops.mean()),
        unrelated_drop=float(costs[both].mean()) if both.any() else math.nan,
        note=note,
    )


def _codes(groups: Sequence[object]) -> NDArray[np.int64]:
    places: dict[object, int] = {}
    return np.array([places.setdefault(g, len(places)) for g in groups], dtype=np.int64)


def _sums(values: Floats, codes: NDArray[np.int64]) -> Floats:
    """The sum of each group."""
    return np.bincount(codes, weights=values, minlength=0).astype(float)


def _share(credit: Floats, codes: NDArray[np.int64], confidence: float) -> Estimate:
    """The mean of ``credit`` with its interval."""
    value = float(credit.mean())
    sums, sizes = _sums(credit, codes), _sums(np.ones_like(credit), codes)
    n_groups = len(sums)
    if value in (0.0, 1.0):
        if n_groups < 3:
            return Estimate(value, math.nan, math.nan, math.nan)
        bound = ((1.0 - confidence) / 2.0) ** (1.0 / n_groups)
        low, high = (bound, 1.0) if value == 1.0 else (0.0, 1.0 - bound)
        return Estimate(value, 0.0, low, high)
    if n_groups < 2:
        return Estimate(value, math.nan, math.nan, math.nan)
    left = (credit.sum() - sums) / (len(credit) - sizes)
    return logit_interval(value, left, confidence)


def _ratio(
    drops: Floats,
    costs: Floats,
    codes: NDArray[np.int64],
    confidence: float,
    tolerance: float,
) -> tuple[Estimate, str]:
    """Mean drop over mean cost, and why it or its interval is missing."""
    nothing = Estimate(math.nan, math.nan, math.nan, math.nan)
    if not len(costs):
        return nothing, NO_UNRELATED
    if costs.mean() <= tolerance:
        return nothing, NO_UNIT
    value = float(drops.sum() / costs.sum())
    codes = _codes(codes.tolist())
    sizes = _sums(np.ones_like(costs), codes)
    n_groups = len(sizes)
    if n_groups < 3:
        only = f"{n_groups} group{'s' if n_groups != 1 else ''}"
        return Estimate(value, math.nan, math.nan, math.nan), f"no interval: {only} of pairs only"
    left_costs = costs.sum() - _sums(costs, codes)
    means = left_costs / (len(costs) - sizes)
    if costs.mean() <= TOLD_APART * standard_error(means):
        return nothing, NO_UNIT
    left = (drops.sum() - _sums(drops, codes)) / left_costs
    found = difference_interval(value, left, confidence)
    return Estimate(value, found.standard_error, found.low, found.high), ""


@dataclass(frozen=True)
class SeverityOrder:
    """Over kinds of error: ``probability`` that a random major kind costs more than a random minor
    one, ties half (0.5: no relation); tau-b and Spearman of drop and severity. NaN with ``note``
    where one severity has no kind."""

    probability: float
    kendall: float
    spearman: float
    n_major: int
    n_minor: int
    note: str = ""


def severity_order(drops: Floats, major: NDArray[np.bool_]) -> SeverityOrder:
    """Whether kinds of error that are ``major`` cost more than the others.

    ``drops`` and ``major`` are (n_kinds,); kinds without a drop (NaN) take no part. Where all drops
    are equal, the probability is 0.5 and the correlations are undefined.
    """
    known = np.isfinite(drops)
    drops, major = drops[known], major[known]
    n_major, n_minor = int(major.sum()), int((~major).sum())
    if not n_major or not n_minor:
        lacking = "no kind of error has" if not len(drops) else "no two severities have"
        note = f"{lacking} a relative drop"
        return SeverityOrder(math.nan, math.nan, math.nan, n_major, n_minor, note)
    probability = float(_wins(drops[major], drops[~major]).mean())
    if np.ptp(drops) == 0.0:
        note = "every kind of error costs the same"
        return SeverityOrder(probability, math.nan, math.nan, n_major, n_minor, note)
    severity = major.astype(float)
    one, other = drops[:, None], severity[:, None]
    kendall = float(groups.kendall_b(one, other)[0])
    spearman = float(groups.spearman(one, other)[0])
    return SeverityOrder(probability, kendall, spearman, n_major, n_minor)


@dataclass(frozen=True)
class WithinOrder:
    """The probability that a major error costs more than a minor one in the same translation, with
    its interval, over ``n_pairs`` pairs of errors in ``n_translations`` translations."""

    value: Estimate
    n_pairs: int
    n_translations: int


def within_order(
    drops: Floats,
    major: NDArray[np.bool_],
    translations: Sequence[object],
    groups: Sequence[object],
    *,
    confidence: float = 0.95,
    tolerance: float = 1e-9,
) -> WithinOrder:
    """Whether the major errors put into one translation cost more than the minor ones put into it.

    Parameters
    ----------
    drops, major
        (n_pairs,): drop in points (NaN: missing) and severity of every minimal pair.
    translations, groups
        The translation that each pair belongs to, and what is left out at a time.

    Returns
    -------
    WithinOrder
        The mean over translations of the share of pairs of a major and a minor error in which the
        major one costs more, ties half. NaN without such a pair.
    """
    known = np.isfinite(drops)
    members: dict[object, list[int]] = {}
    for i, translation in enumerate(translations):
        if known[i]:
            members.setdefault(translation, []).append(i)
    values, labels, n_pairs = [], [], 0
    for places in members.values():
        own, heavy = drops[places], major[places]
        if heavy.any() and not heavy.all():
            wins = _wins(own[heavy], own[~heavy], tolerance)
            values.append(float(wins.mean()))
            labels.append(groups[places[0]])
            n_pairs += wins.size
    if not values:
        none = Estimate(math.nan, math.nan, math.nan, math.nan)
        return WithinOrder(none, 0, 0)
    share = _share(np.array(values), _codes(labels), confidence)
    return WithinOrder(share, n_pairs, len(values))


def _wins(heavy: Floats, light: Floats, tolerance: float = 0.0) -> Floats:
    """1 where the first costs more, ½ where both cost the same: (n_heavy, n_light)."""
    gap = heavy[:, None] - light[None, :]
    wins: Floats = np.where(np.abs(gap) <= tolerance, 0.5, (gap > 0).astype(float))
    return wins

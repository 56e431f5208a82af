"""The formulas of BLEU, chrF and TER over sums of segment statistics, all rows at once.

Each function takes m rows of sums (one row per segment, document, whole text or resample) and
returns m scores. The operations are sacrebleu's, in the same order and on doubles, so the results
are equal; logarithms and exponentials come from Python's ``math``, as in sacrebleu. Implemented in
C (harness/_kernels/scores.c) and, with equal results, in numpy.
"""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness._kernels import counts

__all__ = ["bleu_scores", "chrf_scores", "ter_scores"]

Floats = NDArray[np.float64]

_EPSILON = 1e-16
_SMOOTHINGS = ("none", "floor", "add-k", "exp")


def bleu_scores(
    sums: NDArray[Any],
    *,
    smooth_method: str = "exp",
    smooth_value: float | None = None,
    effective_order: bool = False,
) -> Floats:
    """BLEU in [0, 100] (Papineni et al. 2002; smoothing: Chen and Cherry 2014).

    ``sums`` (m, 2 + 2 * order): length of the hypothesis, reference length, matches of each order,
    n-grams of each order. Without a match, 0; without an n-gram of some order too, unless
    ``effective_order`` stops before it. ``smooth_value`` (default 0.1 and 1) is that of the methods
    floor and add-k, at least 0.
    """
    order = (sums.shape[1] - 2) // 2
    if smooth_value is None:
        smooth_value = {"floor": 0.1, "add-k": 1.0}.get(smooth_method, 0.0)
    if counts.native is not None and 0 < order <= 64:
        method = _SMOOTHINGS.index(smooth_method)
        scores = np.empty(len(sums))
        compensated = sys.version_info >= (3, 12)
        counts.native.bleu_scores(
            _doubles(sums), scores, order, method, smooth_value, effective_order, compensated
        )
        return scores
    matches = sums[:, 2 : 2 + order].astype(np.float64)
    totals = sums[:, 2 + order :].astype(np.float64)
    matched = matches.any(axis=1)
    if smooth_method == "add-k":
        matches[:, 1:] += smooth_value
        totals[:, 1:] += smooth_value
    counted = np.logical_and.accumulate(totals != 0, axis=1)
    divisor = np.where(counted, totals, 1.0)
    precisions = 100.0 * matches / divisor
    if smooth_method == "exp":
        halvings = np.cumsum((matches == 0) & counted, axis=1)
        smoothed = 100.0 / np.ldexp(divisor, halvings)
        precisions = np.where(matches == 0, smoothed, precisions)
    elif smooth_method == "floor":
        precisions = np.where(matches == 0, 100.0 * smooth_value / divisor, precisions)
    precisions[~counted] = 0.0
    orders = counted.sum(axis=1) if effective_order else np.full(len(sums), order)
    beyond = np.arange(order) >= orders[:, None]
    scored = matched & ((precisions > 0) | beyond).all(axis=1)
    scores = np.zeros(len(sums))
    scores[scored] = _geometric_means(precisions[scored], orders[scored])
    return _brevity_penalties(sums[:, 0], sums[:, 1]) * scores


def _geometric_means(precisions: Floats, orders: NDArray[np.int64]) -> Floats:
    """exp of the mean of the first ``orders`` logarithms, summed as Python's ``sum`` does."""
    flat = np.where(precisions > 0, precisions, 1.0).ravel().tolist()
    logarithms = np.array(list(map(math.log, flat))).reshape(precisions.shape).tolist()
    means = [sum(row[:n]) / n for row, n in zip(logarithms, orders.tolist(), strict=True)]
    return np.array(list(map(math.exp, means)), dtype=np.float64)


def _brevity_penalties(lengths: NDArray[Any], references: NDArray[Any]) -> Floats:
    penalties = np.ones(len(lengths))
    short = lengths < references
    empty = short & (lengths <= 0)
    penalties[empty] = 0.0
    short &= ~empty
    exponents = 1 - references[short] / lengths[short]
    penalties[short] = list(map(math.exp, exponents.tolist()))
    return penalties


def chrf_scores(sums: NDArray[Any], *, beta: int = 2, eps_smoothing: bool = False) -> Floats:
    """chrF in [0, 100] (Popović 2015).

    ``sums`` (m, 3 * order): n-grams of the hypothesis, of the reference, matches, of each order.
    Orders of which one side has no n-gram are left out; without any, 0. With ``eps_smoothing`` all
    orders count.
    """
    factor = float(beta**2)
    order = int(sums.shape[1]) // 3
    if counts.native is not None and order:
        scores = np.empty(len(sums))
        counts.native.chrf_scores(_doubles(sums), scores, order, factor, eps_smoothing)
        return scores
    rows = sums.astype(np.float64)
    total = np.zeros(len(rows))
    precision, recall, effective = total.copy(), total.copy(), total.copy()
    for n in range(order):
        hypothesis, reference, matches = rows[:, 3 * n], rows[:, 3 * n + 1], rows[:, 3 * n + 2]
        p = np.where(hypothesis > 0, matches / np.maximum(hypothesis, 1), _EPSILON)
        r = np.where(reference > 0, matches / np.maximum(reference, 1), _EPSILON)
        if eps_smoothing:
            total += _f_scores(p, r, factor, _EPSILON)
            continue
        both = (hypothesis > 0) & (reference > 0)
        precision += np.where(both, p, 0.0)
        recall += np.where(both, r, 0.0)
        effective += both
    if eps_smoothing:
        return 100 * total / order
    divisor = np.maximum(effective, 1)
    precision, recall = precision / divisor, recall / divisor
    return 100 * _f_scores(precision, recall, factor, 0.0)


def _doubles(sums: NDArray[Any]) -> Floats:
    return np.ascontiguousarray(sums, dtype=np.float64)


def _f_scores(precision: Floats, recall: Floats, factor: float, otherwise: float) -> Floats:
    denominator = factor * precision + recall
    some = denominator > 0
    scores: Floats = np.full(len(denominator), otherwise)
    np.divide((1 + factor) * precision * recall, denominator, out=scores, where=some)
    return scores


def ter_scores(sums: NDArray[Any]) -> Floats:
    """TER, at least 0, lower is better (Snover et al. 2006): 100 edits per reference token.

    ``sums`` (m, 2): edits, reference length. Without a reference token, 100 if there is an edit,
    else 0.
    """
    edits, lengths = sums[:, 0].astype(np.float64), sums[:, 1].astype(np.float64)
    rates = np.where(lengths > 0, edits / np.where(lengths > 0, lengths, 1.0), edits > 0)
    return 100 * rates

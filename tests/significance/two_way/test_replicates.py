"""Replicates against a recomputation of each from scratch."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

from harness.significance.two_way import (
    ACC_EQ,
    PAIRWISE_ACCURACY,
    PDP_PEARSON,
    PEARSON_BY_ITEM,
    PEARSON_BY_ITEM_OFFICIAL,
    SOFT_PAIRWISE_ACCURACY,
    Replicates,
    TwoWayStatistic,
    cells_of,
    document_numbers,
)
from harness.statistics.base import Array

NAN = math.nan
#: Whether a pair of systems in a segment takes part: (i, j, segment) -> bool.
Taken = Callable[[int, int, int], bool]
ALL = [
    SOFT_PAIRWISE_ACCURACY,
    PAIRWISE_ACCURACY,
    ACC_EQ,
    PDP_PEARSON,
    PEARSON_BY_ITEM,
    PEARSON_BY_ITEM_OFFICIAL,
]
NAMES = ["spa", "pa", "acc_eq", "pdp", "pearson", "pearson official"]


def normal_tail(x: float) -> float:
    return 0.5 * math.erfc(x / math.sqrt(2))


def p_value(d: list[float]) -> float:
    squares = math.fsum(x * x for x in d)
    return normal_tail(math.fsum(d) / math.sqrt(squares)) if squares > 0 else 1.0


def sign(x: float) -> int:
    return 0 if abs(x) < 1e-9 else (1 if x > 0 else -1)


def mean(values: list[float]) -> float:
    return math.fsum(values) / len(values) if values else NAN


def pairs_of(m: Array, taken: Taken) -> list[tuple[int, int, int]]:
    n_systems, n_segments = m.shape
    return [
        (i, j, n)
        for n in range(n_segments)
        for i, j in combinations(range(n_systems), 2)
        if not (np.isnan(m[i, n]) or np.isnan(m[j, n])) and taken(i, j, n)
    ]


def by_system_pair(m: Array, h: Array, pairs: list[tuple[int, int, int]], soft: bool) -> float:
    groups: dict[tuple[int, int], tuple[list[float], list[float]]] = {}
    for i, j, n in pairs:
        one, two = groups.setdefault((i, j), ([], []))
        one.append(m[i, n] - m[j, n])
        two.append(h[i, n] - h[j, n])
    if soft:
        return 1 - mean([abs(p_value(a) - p_value(b)) for a, b in groups.values()])
    return mean([float(sign(sum(a)) == sign(sum(b))) for a, b in groups.values()])


def accuracy(m: Array, h: Array, pairs: list[tuple[int, int, int]]) -> float:
    thresholds = {0.0} | {abs(m[i, n] - m[j, n]) for i, j, n in pairs}
    best = -1.0
    for epsilon in thresholds:
        groups: dict[int, list[float]] = {}
        for i, j, n in pairs:
            d, e = m[i, n] - m[j, n], h[i, n] - h[j, n]
            metric = 0 if abs(d) <= epsilon else (1 if d > 0 else -1)
            human = 0 if e == 0 else (1 if e > 0 else -1)
            groups.setdefault(n, []).append(float(metric == human))
        best = max(best, mean([mean(g) for g in groups.values()]))
    return best if pairs else NAN


def differences(m: Array, h: Array, pairs: list[tuple[int, int, int]]) -> float:
    d = [(m[i, n] - m[j, n], h[i, n] - h[j, n]) for i, j, n in pairs]
    x, q, r = (math.fsum(v) for v in zip(*[(a * b, a * a, b * b) for a, b in d], strict=True))
    if r == 0:
        return NAN
    return x / math.sqrt(q * r) if q > 0 else 0.0


def correlation(m: Array, h: Array, taken: Taken, drop: bool) -> float:
    """``taken`` leaves out whole translations here: those of which no pair is left."""
    values = []
    for n in range(m.shape[1]):
        kept = sorted({s for i, j, k in pairs_of(m, taken) if k == n for s in (i, j)})
        x, y = m[kept, n], h[kept, n]
        if len(kept) < 2 or len(set(y)) == 1:
            continue
        if len(set(x)) == 1:
            values += [] if drop else [0.0]
        else:
            values.append(float(np.corrcoef(x, y)[0, 1]))
    return mean(values)


def from_scratch(statistic: TwoWayStatistic, m: Array, h: Array, taken: Taken) -> float:
    pairs = pairs_of(m, taken)
    if not pairs:
        return NAN
    if statistic in (SOFT_PAIRWISE_ACCURACY, PAIRWISE_ACCURACY):
        return by_system_pair(m, h, pairs, statistic is SOFT_PAIRWISE_ACCURACY)
    if statistic is ACC_EQ:
        return accuracy(m, h, pairs)
    if statistic is PDP_PEARSON:
        return differences(m, h, pairs)
    return correlation(m, h, taken, statistic is PEARSON_BY_ITEM_OFFICIAL)


def made(seed: int, n_systems: int = 4, n_segments: int = 11) -> tuple[Array, Array, list[str]]:
    """Two metrics with ties, one of them constant in some segments; ratings with ties."""
    g = np.random.default_rng(seed)
    quality = g.normal(size=(n_systems, n_segments))
    ratings = np.round(quality)
    scores = np.round(quality + g.normal(size=(2, n_systems, n_segments)), 1)
    scores[1, :, ::4] = 0.3
    scores[1, 1:, 1] = -0.2  # constant without the first system
    ratings[:, 2] = -1.0
    ratings[1:, 3] = 0.0
    documents = [f"d{i}" for i in g.integers(0, 4, n_segments)]
    return scores, ratings, documents


def found(
    statistic: TwoWayStatistic, scores: Array, ratings: Array, documents: list[str]
) -> Replicates:
    cells = cells_of(scores, ratings, document_numbers(documents))
    assert cells is not None
    return statistic.replicates(cells)


@pytest.mark.parametrize("missing", [False, True], ids=["complete", "missing"])
@pytest.mark.parametrize("statistic", ALL, ids=NAMES)
@pytest.mark.parametrize("seed", range(3))
def test_replicates_are_those_from_scratch(
    statistic: TwoWayStatistic, missing: bool, seed: int
) -> None:
    scores, ratings, documents = made(seed)
    if missing:
        g = np.random.default_rng(seed + 100)
        ratings[g.random(ratings.shape) < 0.15] = NAN
        scores[0][g.random(ratings.shape) < 0.1] = NAN
        ratings[1, np.array(documents) == documents[0]] = NAN  # an empty block
    there = ~np.isnan(ratings) & ~np.isnan(scores).any(axis=0)
    shared = there
    if statistic is PAIRWISE_ACCURACY:  # segments that all systems share
        shared = there & there.all(axis=0)
    ours = found(statistic, scores, ratings, documents)
    cells = cells_of(scores, ratings, document_numbers(documents))
    assert cells is not None
    names = [list(dict.fromkeys(documents))[d] for d in cells.documents]
    for m, matrix in enumerate(scores):
        own = np.where(shared, matrix, NAN)

        def value(taken: Taken, own: Array = own) -> float:
            return from_scratch(statistic, own, ratings, taken)

        def close(a: float, b: float) -> None:
            assert a == pytest.approx(b, abs=1e-12, nan_ok=True)

        close(ours.value[m], value(lambda i, j, n: True))
        for k, d in enumerate(names):
            exists = (shared.sum(axis=0) >= 2)[np.array(documents) == d].any()
            expected = value(lambda i, j, n, d=d: documents[n] != d) if exists else NAN  # type: ignore[misc]
            close(ours.without_document[m, k], expected)
        for k, s in enumerate(cells.systems):
            close(ours.without_system[m, k], value(lambda i, j, n, s=s: s not in (i, j)))  # type: ignore[misc]
            for q, d in enumerate(names):
                exists = any(s in (i, j) and documents[n] == d for i, j, n in pairs_of(own, any_))
                expected = (
                    value(lambda i, j, n, s=s, d=d: s not in (i, j) or documents[n] != d)  # type: ignore[misc]
                    if exists
                    else NAN
                )
                close(ours.without_block[m, k, q], expected)


def any_(i: int, j: int, n: int) -> bool:
    return True

"""What a test of metrics against one another works on, and what it finds.

Two metrics are compared on the translations that both have scores for. Pairs of metrics with the
same such translations form a block, so that work on one metric serves all of its pairs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from harness.statistics.base import Array
from harness.statistics.fast.exchange import ROUNDING, Differences, Swaps

__all__ = [
    "EXACT_SYSTEMS",
    "ROUNDING",
    "Block",
    "Outcome",
    "Swaps",
    "Tally",
    "blocks",
    "exceeding",
    "oriented",
    "standardised",
    "tally_of",
]

Flags = NDArray[np.bool_]

#: So many systems, at most, have all exchanges of system scores enumerated.
EXACT_SYSTEMS = 14


@dataclass(frozen=True)
class Block:
    """Metrics with scores for the same translations, and which pairs of them to compare.

    ``scores`` is (n_metrics, n_systems, n_segments), NaN on both sides where not ``present``;
    ``systems`` and ``segments`` are positions in the whole matrices. ``pairs`` are positions of
    metrics. ``corpus`` are scores of whole texts, (n_metrics, n_systems), where they are compared.
    """

    names: tuple[str, ...]
    scores: Array
    ratings: Array
    present: Flags
    systems: NDArray[np.int64]
    segments: NDArray[np.int64]
    pairs: tuple[tuple[int, int], ...]
    corpus: Array | None = None


@dataclass(frozen=True)
class Tally:
    """In how many draws the difference is at least the observed one, of how many in which it is
    defined, and in how many it is not. ``gains``: the difference in each draw, in the statistic's
    own units, where it is kept (draws by translation)."""

    at_least: float
    draws: int
    undefined: int = 0
    gains: Array | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Outcome:
    """The test of one pair of a block: positions of the better metric and of the other, their
    values, the ``tally`` of the draws and how they were made. No tally: no test, ``note`` says why.
    """

    better: int
    worse: int
    value_better: float
    value_worse: float
    tally: Tally | None
    method: str
    exact: bool = False
    note: str = ""


def blocks(
    scores: Mapping[str, Array], ratings: Array, corpus: Mapping[str, Array] | None
) -> list[Block]:
    """The blocks of all pairs of metrics, in order of the metrics' names.

    With ``corpus`` scores of systems, a pair is compared on the systems that have one by both.
    """
    names = sorted(scores)
    present = {name: ~(np.isnan(scores[name]) | np.isnan(ratings)) for name in names}
    if corpus is not None:
        present = {
            name: ~np.isnan(ratings) & ~np.isnan(np.reshape(corpus[name], (-1, 1)))
            for name in names
        }
    patterns: dict[bytes, tuple[Flags, list[tuple[str, str]]]] = {}
    for one, two in combinations(names, 2):
        both = present[one] & present[two]
        patterns.setdefault(np.packbits(both).tobytes(), (both, []))[1].append((one, two))
    return [_block(scores, ratings, corpus, both, pairs) for both, pairs in patterns.values()]


def _block(
    scores: Mapping[str, Array],
    ratings: Array,
    corpus: Mapping[str, Array] | None,
    both: Flags,
    pairs: list[tuple[str, str]],
) -> Block:
    names = sorted({name for pair in pairs for name in pair})
    position = {name: i for i, name in enumerate(names)}
    systems, segments = np.flatnonzero(both.any(axis=1)), np.flatnonzero(both.any(axis=0))
    cells = np.ix_(systems, segments)
    present = both[cells]
    whole = None
    if corpus is not None:
        whole = np.array([np.reshape(corpus[name], -1)[systems] for name in names])
        kept = np.broadcast_to(np.nan, (len(names), *present.shape))
    else:
        kept = np.array([np.where(present, scores[name][cells], np.nan) for name in names])
    return Block(
        names=tuple(names),
        scores=kept,
        ratings=np.where(present, ratings[cells], np.nan),
        present=present,
        systems=systems,
        segments=segments,
        pairs=tuple((position[one], position[two]) for one, two in pairs),
        corpus=whole,
    )


def standardised(scores: Array) -> Array:
    """Each metric's scores less their mean, over their standard deviation (ddof 0), 0 where they
    are constant; of an array (n_metrics, …), NaN where missing, and throughout a metric that has an
    infinite score."""
    infinite = np.isinf(scores).reshape(len(scores), -1).any(axis=1)
    if infinite.any():
        scores = np.where(infinite.reshape(-1, *[1] * (scores.ndim - 1)), np.nan, scores)
    flat = scores.reshape(len(scores), -1)
    present = ~np.isnan(flat)
    count = np.maximum(present.sum(axis=1, keepdims=True), 1)
    centred = flat - np.where(present, flat, 0.0).sum(axis=1, keepdims=True) / count
    squares = np.where(present, centred**2, 0.0).sum(axis=1, keepdims=True)
    spread = np.sqrt(squares / count)
    largest = np.where(present, np.abs(flat), 0.0).max(axis=1, keepdims=True, initial=0.0)
    varies = spread > 1e-14 * largest
    result: Array = np.where(present, centred, np.nan) / np.where(varies, spread, np.inf)
    return result.reshape(scores.shape)


def oriented(block: Block, pair: tuple[int, int], values: Array) -> tuple[int, int]:
    """The pair, the better metric first; of equals (but for rounding), the first in order
    of name."""
    one, two = pair
    return (two, one) if values[two] > values[one] + ROUNDING else (one, two)


def exceeding(null: Array, observed: float, unit: float = 1.0) -> Tally:
    """The tally of the differences ``null``, of numbers that rounding may have moved; ``unit``: one
    of them in the statistic's own units."""
    defined = ~np.isnan(null)
    at_least = int((null[defined] >= observed - ROUNDING).sum())
    n = int(defined.sum())
    return Tally(at_least, n, len(null) - n, null * unit)


def tally_of(found: Differences) -> Tally:
    """The tally of what a statistic found; whole numbers are compared exactly."""
    values = np.asarray(found.values, dtype=np.float64)
    return exceeding(values[:-1], float(values[-1]), found.unit)

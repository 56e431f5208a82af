"""The exchange test: two metrics exchange their scores of translations, or of whole systems.

What a statistic makes of an exchange it says itself (:meth:`Statistic.exchanged`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from harness.significance.blocks import (
    EXACT_SYSTEMS,
    Block,
    Outcome,
    Swaps,
    oriented,
    standardised,
    tally_of,
)
from harness.statistics.base import INFINITE, Array, Statistic
from harness.statistics.fast.exchange import Differences, Exchange
from harness.statistics.system_level import SystemStatistic, systems_of

__all__ = ["draw_cells", "every_exchange", "exchange_systems", "exchange_translations"]

Progress = Callable[[int], None]


def draw_cells(samples: int, shape: tuple[int, ...], seed: int) -> Swaps:
    """Zeros and ones with equal chance, (samples, *shape): 1, the mixture has the better metric's
    score. They depend on nothing but these arguments."""
    bits = np.random.default_rng(seed).bytes(samples * (-(-int(np.prod(shape)) // 8)))
    rows = np.frombuffer(bits, dtype=np.uint8).reshape(samples, -1)
    return np.unpackbits(rows, axis=1, count=int(np.prod(shape))).reshape(samples, *shape)


def every_exchange(n_systems: int) -> Swaps:
    """All 2^n_systems rows of zeros and ones; a row and its complement stand at mirrored places."""
    number = np.arange(2**n_systems)[:, None]
    return ((number >> np.arange(n_systems)) & 1).astype(np.uint8)


def exchange_translations(
    block: Block, statistic: Statistic, swaps: Swaps, progress: Progress
) -> list[Outcome]:
    """Both metrics of each pair exchange standardised scores of translations at random."""
    results = [statistic(scores, block.ratings) for scores in block.scores]
    values = np.array([r.value for r in results])
    why = statistic.why_not_exchanged(block.present)
    notes = [r.note if np.isnan(r.value) else why for r in results]
    found, tested = _tested(block, values, notes)
    exchange = Exchange(standardised(block.scores), block.ratings, swaps, tested)
    drawn = statistic.exchanged(exchange)
    return _outcomes(found, values, drawn, statistic.exchange_method, False, progress)


def exchange_systems(
    block: Block, statistic: SystemStatistic, swaps: Swaps, progress: Progress
) -> list[Outcome]:
    """Both metrics of each pair exchange standardised scores of systems: in every way, so that p is
    exact, or as ``swaps``, (n_draws, n_systems of the whole matrices), says."""
    n = len(block.systems)
    exact = n <= EXACT_SYSTEMS
    taken = every_exchange(n) if exact else swaps[:, block.systems]
    method = "scores of systems exchanged" + (", all exchanges" if exact else "")
    columns = block.scores if block.corpus is None else block.corpus[:, :, None]
    results = [statistic(scores, block.ratings) for scores in columns]
    values = np.array([r.value for r in results])
    systems = [systems_of(scores, block.ratings, statistic.system_score) for scores in columns]
    notes = [
        r.note if np.isnan(r.value) else "" if np.isfinite(s.scores).all() else INFINITE
        for r, s in zip(results, systems, strict=True)
    ]
    found, tested = _tested(block, values, notes)
    own = [np.zeros(n) if why else s.scores for s, why in zip(systems, notes, strict=True)]
    ratings = next((s.ratings for s, why in zip(systems, notes, strict=True) if not why), own[0])
    exchange = Exchange(standardised(np.array(own)), ratings, taken, tested)
    return _outcomes(found, values, statistic.exchanged(exchange), method, exact, progress)


#: The better metric of a pair, the other, and why they are not tested; empty if they are.
Found = tuple[int, int, str]


def _tested(
    block: Block, values: Array, notes: Sequence[str]
) -> tuple[list[Found], list[tuple[int, int]]]:
    """The pairs of the block, the better metric first, and those of them that are tested."""
    found = []
    for pair in block.pairs:
        why = next((notes[m] for m in pair if notes[m]), "")
        found.append((*oriented(block, pair, values), why))
    return found, [(better, worse) for better, worse, why in found if not why]


def _outcomes(
    found: Sequence[Found],
    values: Array,
    drawn: Iterator[Differences],
    method: str,
    exact: bool,
    progress: Progress,
) -> list[Outcome]:
    """The outcome of each pair; ``drawn``: the differences of those that are tested, in order."""
    outcomes = []
    for better, worse, why in found:
        tally = None if why else tally_of(next(drawn))
        ends = float(values[better]), float(values[worse])
        exactly = exact and tally is not None
        outcomes.append(Outcome(better, worse, *ends, tally, method, exactly, note=why))
        progress(1)
    return outcomes

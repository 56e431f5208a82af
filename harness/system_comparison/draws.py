"""Random draws, in blocks, from one stream: the same as sacrebleu's with the same seed.

The stream depends on the number of units, the number of draws and the seed only, so that all
systems and all metrics share it and a block's size changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["counts", "exchanges", "resamples"]

#: Values of a block of draws, where one draw has not got more: what is held at once.
BLOCK = 2_000_000
#: numpy draws flags from words of this many bits, which no block of flags may break.
WORD = 32


def resamples(units: int, samples: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Blocks (b, units) of units drawn with replacement; together ``samples`` rows."""
    rng = np.random.default_rng(seed)
    for rows in _blocks(units, samples, 1):
        yield rng.choice(units, size=(rows, units), replace=True)


def exchanges(units: int, samples: int, seed: int) -> Iterator[NDArray[np.bool_]]:
    """Blocks (b, units) of flags, each true in half of all draws; together ``samples`` rows."""
    rng = np.random.default_rng(seed)
    for rows in _blocks(units, samples, WORD // math.gcd(units, WORD)):
        yield rng.integers(2, size=(rows, units), dtype=np.bool_)


def counts(drawn: NDArray[np.int64]) -> NDArray[np.int64]:
    """How often each row of ``drawn`` (b, units) has each unit, in the same shape."""
    rows, units = drawn.shape
    places = drawn + np.arange(rows)[:, None] * units
    return np.bincount(places.ravel(), minlength=rows * units).reshape(rows, units)


def _blocks(units: int, samples: int, together: int) -> Iterator[int]:
    """The rows of each block, a multiple of ``together`` but in the last."""
    size = max(1, BLOCK // max(1, units) // together) * together
    for start in range(0, samples, size):
        yield min(size, samples - start)

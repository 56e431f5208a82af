"""Round numbers along an axis."""

from __future__ import annotations

import math

__all__ = ["round_steps"]


def round_steps(low: float, high: float, most: int) -> list[tuple[float, int]]:
    """Numbers between ``low`` and ``high`` in steps of 1, 2 or 5 times a power of ten, at most
    ``most`` + 1 of them, each with the decimals that it needs."""
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(k * power for k in (1, 2, 5, 10) if k * power >= rough * 0.999)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [(k * step, decimals) for k in range(first, math.floor(high / step + 1e-9) + 1)]

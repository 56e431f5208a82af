"""Numbers along an axis that never run into each other."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator

from harness.plots.sheet import text_width

__all__ = ["fitting_ticks", "tick_text"]

_STEPS = [1, 2, 2.5, 5, 10]
_GAP = 0.07  # inches between two labels
_OVER = 0.12  # inches that a label may reach beyond the end of its axis


def tick_text(value: float, _: object = None) -> str:
    """A tick's label: as few digits as it needs, a true minus sign."""
    return f"{value:.10g}".replace("-", "\u2212")


def fitting_ticks(axis: Axis, inches: float, *, most: int = 5, size: float = 8.0) -> None:
    """Have as many ticks (up to ``most`` steps) on a horizontal ``axis`` as have room."""
    axis.set_major_locator(_FittingLocator(inches, most, size))
    axis.set_major_formatter(FuncFormatter(tick_text))
    axis.set_tick_params(labelsize=size)


class _FittingLocator(MaxNLocator):
    """Round numbers whose labels have room side by side: two at least, if two have room at all,
    even where one then stands over the axis's end."""

    def __init__(self, inches: float, most: int, size: float) -> None:
        super().__init__(nbins=most, steps=_STEPS)
        self._inches, self._most, self._size = inches, most, size

    def tick_values(self, vmin: float, vmax: float) -> Any:
        low, high = min(vmin, vmax), max(vmin, vmax)
        ticks: list[float] = []
        ends: list[float] = []
        for steps in range(self._most, 0, -1):
            chosen = MaxNLocator(nbins=steps, steps=_STEPS, min_n_ticks=1).tick_values(low, high)
            ticks = [float(t) for t in chosen if low <= t <= high]
            if not ends and len(ticks) > 1 and self._apart([ticks[0], ticks[-1]], high - low):
                ends = [ticks[0], ticks[-1]]
            ticks = [t for t in ticks if self._inside(t, low, high)] or ticks[:1]
            if self._apart(ticks, high - low):
                return ticks if len(ticks) > 1 or not ends else ends
        return ends or ticks[len(ticks) // 2 :][:1]

    def _half(self, tick: float) -> float:
        return text_width(tick_text(tick), self._size) / 2

    def _inside(self, tick: float, low: float, high: float) -> bool:
        at = (tick - low) / ((high - low) or 1.0) * self._inches
        return self._half(tick) <= min(at, self._inches - at) + _OVER

    def _apart(self, ticks: list[float], span: float) -> bool:
        return all(
            (b - a) / (span or 1.0) * self._inches >= self._half(a) + self._half(b) + _GAP
            for a, b in pairwise(ticks)
        )

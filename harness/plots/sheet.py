"""A page that is laid out from top to bottom, in inches, by measured text.

Nothing overlaps and nothing is cut, because every text is measured before it gets its place and
the page grows downwards as it is filled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from harness.plots import style
from harness.plots.style import Fill, Mark

__all__ = ["MARGIN", "WIDTH", "Key", "Sheet", "fit", "line_height", "text_width", "wrap"]

WIDTH = 9.0  # 864 CSS pixels; fits a page of 1280 pixels, and A4 at 75 %
MARGIN = 0.22
BODY, SMALL, TITLE = 9.0, 8.0, 13.0


@lru_cache(maxsize=8192)
def text_width(text: str, size: float = BODY, bold: bool = False) -> float:
    """Width of one line of ``text`` in inches, with 2 % to spare."""
    with style.drawing():
        font = FontProperties(
            family=list(style.families()), size=size, weight="bold" if bold else "normal"
        )
        width, _, _ = _renderer().get_text_width_height_descent(text, font, ismath=False)
    return float(width) / style.DPI * 1.02


@cache
def _renderer() -> Any:
    """What measures text: the renderer of an empty figure."""
    canvas: Any = FigureCanvasAgg(Figure(figsize=(1, 1), dpi=style.DPI))
    return canvas.get_renderer()


def line_height(size: float) -> float:
    """Distance of two lines of text in inches."""
    return size / 72 * 1.4


def fit(text: object, inches: float, size: float = BODY, bold: bool = False) -> str:
    """``text`` on one line; its middle is replaced by … where it is wider than ``inches``."""
    whole = style.plain(text)
    if text_width(whole[:400], size, bold) <= inches + 1e-9 and len(whole) <= 400:
        return whole
    low, high = 0, min(len(whole) - 1, 400)
    while low < high:  # the longest that fits
        middle = (low + high + 1) // 2
        if text_width(_shortened(whole, middle), size, bold) <= inches:
            low = middle
        else:
            high = middle - 1
    return _shortened(whole, low)


def _shortened(text: str, kept: int) -> str:
    head = (kept * 2 + 2) // 3
    tail = kept - head
    return text[:head].rstrip() + "…" + (text[len(text) - tail :].lstrip() if tail else "")


def wrap(text: str, inches: float, size: float = BODY, bold: bool = False) -> list[str]:
    """``text`` in lines no wider than ``inches``; a word that is wider is shortened."""
    lines: list[str] = []
    for word in style.plain(text).split(" "):
        whole = fit(word, inches, size, bold)
        longer = f"{lines[-1]} {whole}" if lines else whole
        if lines and text_width(longer, size, bold) <= inches:
            lines[-1] = longer
        else:
            lines.append(whole)
    return lines


@dataclass(frozen=True)
class Key:
    """A legend entry; ``draw`` draws its sign, centred at (x, y) inches of the legend's axes."""

    label: str
    draw: Callable[[Axes, float, float], None]

    @classmethod
    def of_mark(cls, label: str, mark: Mark, *, interval: bool = True) -> Key:
        """A marker, on a short line where it stands for a value with an interval."""

        def draw(axes: Axes, x: float, y: float) -> None:
            if interval:
                axes.plot([x - 0.13, x + 0.13], [y, y], color=mark.colour, lw=1.2)
            axes.plot([x], [y], marker=mark.marker, color=mark.colour, ms=5.5, ls="none")

        return cls(label, draw)

    @classmethod
    def of_fill(cls, label: str, fill: Fill) -> Key:
        """A filled box."""

        def draw(axes: Axes, x: float, y: float) -> None:
            axes.add_patch(
                Rectangle(
                    (x - 0.11, y - 0.055),
                    0.22,
                    0.11,
                    facecolor=fill.colour,
                    edgecolor="white",
                    hatch=fill.hatch,
                    linewidth=0.0,
                )
            )

        return cls(label, draw)

    @classmethod
    def of_line(cls, label: str, colour: str = style.INK, dashes: str = "-") -> Key:
        """An upright line."""

        def draw(axes: Axes, x: float, y: float) -> None:
            axes.plot([x, x], [y - 0.075, y + 0.075], color=colour, ls=dashes, lw=1.3)

        return cls(label, draw)

    @classmethod
    def of_band(cls, label: str) -> Key:
        """An upright line in a grey band: the human row and its interval."""

        def draw(axes: Axes, x: float, y: float) -> None:
            box = Rectangle((x - 0.1, y - 0.075), 0.2, 0.15, facecolor=style.BAND, lw=0)
            axes.add_patch(box)
            axes.plot([x, x], [y - 0.075, y + 0.075], color=style.INK, lw=1.3)

        return cls(label, draw)

    @classmethod
    def of_size(cls, label: str) -> Key:
        """A small and a large point: the area means something."""

        def draw(axes: Axes, x: float, y: float) -> None:
            for at, size in ((x - 0.07, 4.0), (x + 0.06, 9.0)):
                axes.plot([at], [y], marker="o", ms=size, color=style.PALE, ls="none")

        return cls(label, draw)


class Sheet:
    """A page under construction. ``y`` is how far from the top it is filled, in inches."""

    def __init__(self, width: float = WIDTH) -> None:
        self.figure: Figure = style.Picture(figsize=(width, 1.0), dpi=style.DPI, facecolor="white")
        self.width = width
        self.y = MARGIN
        self._axes: list[tuple[Axes, float, float, float, float]] = []
        self._texts: list[tuple[Text, float, float]] = []

    @property
    def inner(self) -> float:
        """Width between the margins."""
        return self.width - 2 * MARGIN

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = BODY,
        colour: str = style.INK,
        ha: str = "left",
        va: str = "center",
        bold: bool = False,
        italic: bool = False,
    ) -> Text:
        """One line at (x, y) inches from the upper left corner, as it is."""
        artist = self.figure.text(
            0,
            0,
            style.plain(text),
            fontsize=size,
            color=colour,
            ha=ha,
            va=va,
            weight="bold" if bold else "normal",
            style="italic" if italic else "normal",
        )
        self._texts.append((artist, x, y))
        return artist

    def paragraph(
        self,
        text: str,
        *,
        size: float = SMALL,
        colour: str = style.SOFT,
        bold: bool = False,
    ) -> None:
        """Wrapped text over the whole width; fills the page downwards."""
        for line in wrap(text, self.inner, size, bold):
            height = line_height(size)
            self.text(MARGIN, self.y + height / 2, line, size=size, colour=colour, bold=bold)
            self.y += height

    def title(self, question: str, facts: str) -> None:
        """The question, and beneath it what was looked at (with its numbers)."""
        self.paragraph(question, size=TITLE, colour=style.INK, bold=True)
        self.y += 0.03
        self.paragraph(facts, size=BODY)
        self.y += 0.1

    def legend(self, keys: Sequence[Key], size: float = SMALL) -> None:
        """Legend entries from left to right, in as many lines as they need."""
        if not keys:
            return
        step, sign, gap = 0.2, 0.36, 0.2
        places: list[tuple[float, int, str]] = []
        x, line = 0.0, 0
        for key in keys:
            label = fit(key.label, self.inner - sign, size)
            wide = sign + text_width(label, size)
            if x > 0 and x + wide > self.inner:
                x, line = 0.0, line + 1
            places.append((x, line, label))
            x += wide + gap
        height = (line + 1) * step
        axes = self.axes(MARGIN, self.y, self.inner, height)
        axes.set_axis_off()
        axes.set(xlim=(0, self.inner), ylim=(height, 0))
        for key, (x, line, label) in zip(keys, places, strict=True):
            middle = (line + 0.5) * step
            key.draw(axes, x + sign / 2 - 0.02, middle)
            self.text(MARGIN + x + sign, self.y + middle, label, size=size)
        self.y += height + 0.08

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """Axes whose upper left corner lies at (x, y); they do not fill the page."""
        axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0), label=f"axes {len(self._axes)}")
        self._axes.append((axes, x, y, width, height))
        return axes

    def finish(self) -> Figure:
        """The figure, cut to the height that is filled."""
        height = self.y + MARGIN
        self.figure.set_size_inches(self.width, height)
        for axes, x, y, wide, high in self._axes:
            axes.set_position(
                (x / self.width, 1 - (y + high) / height, wide / self.width, high / height)
            )
        for artist, x, y in self._texts:
            artist.set_position((x / self.width, 1 - y / height))
        style.as_it_is(self.figure)
        return self.figure

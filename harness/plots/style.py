"""How every plot looks, and how it is saved.

Colours are those of Okabe and Ito (2008), which colour-blind people can tell apart; markers and
hatches differ too, so that a grey print stays readable. All text is drawn as it is: no
mathematics is parsed, and control characters are written out, because names come from data.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.text import Text

from harness.errors import visible
from harness.support import formatting

__all__ = [
    "DPI",
    "Fill",
    "Mark",
    "Picture",
    "as_it_is",
    "drawing",
    "fills",
    "marks",
    "number",
    "plain",
    "save",
    "sentinel_marks",
    "write",
]

DPI = 150

BLUE, ORANGE, GREEN, RED, SKY, PINK = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#56B4E9",
    "#CC79A7",
)
YELLOW = "#F0E442"
INK = "#1A1A1A"  # text
SOFT = "#595959"  # secondary text, sentinels
FAINT = "#767676"  # text of rows that cannot be judged: still 4.5:1 on white
PALE = "#B0B0B0"  # markers of those rows
RULE = "#D0D0D0"  # thin lines
BAND = "#D9D9D9"  # interval of the human row
STRIPE = "#F4F4F4"  # every second row

_COLOURS = (BLUE, ORANGE, GREEN, RED, SKY, PINK)
_MARKERS = ("o", "s", "D", "^", "v", "P", "*")  # 6 x 7 pairs before one comes twice
_CROSSES = ("x", "+", "1", "2", "3", "4")
_BARS = (BLUE, ORANGE, GREEN, RED, SKY, PINK, YELLOW, SOFT)
_HATCHES = ("", "///", "...", "\\\\\\", "xxx")

#: The first of these that is installed draws the characters that DejaVu Sans lacks.
CJK_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
)


@dataclass(frozen=True)
class Mark:
    """How a metric's points look."""

    colour: str
    marker: str


@dataclass(frozen=True)
class Fill:
    """How a category's bars look; ``ink`` is readable on ``colour``."""

    colour: str
    hatch: str
    ink: str


def marks(names: Sequence[str]) -> dict[str, Mark]:
    """A colour and marker for each name; no pair comes twice among 42."""
    return {
        name: Mark(_COLOURS[i % len(_COLOURS)], _MARKERS[i % len(_MARKERS)])
        for i, name in enumerate(names)
    }


def sentinel_marks(names: Sequence[str]) -> dict[str, Mark]:
    """A grey cross for each sentinel."""
    return {name: Mark(SOFT, _CROSSES[i % len(_CROSSES)]) for i, name in enumerate(names)}


def fills(names: Sequence[str], most: int) -> dict[str, Fill]:
    """A colour and hatch for each of the first ``most`` names; the others share a pale grey."""
    result = {}
    for i, name in enumerate(names):
        colour = _BARS[i % len(_BARS)] if i < most else "#E6E6E6"
        hatch = _HATCHES[(i // len(_BARS) + i % 2) % len(_HATCHES)] if i < most else ""
        dark = colour in {BLUE, GREEN, RED, SOFT}
        result[name] = Fill(colour, hatch, "white" if dark else INK)
    return result


@cache
def families() -> tuple[str, ...]:
    """The fonts to use: DejaVu Sans (matplotlib brings it), then a CJK font if there is one."""
    installed = set(font_manager.get_font_names())
    return ("DejaVu Sans", *[name for name in CJK_FONTS if name in installed][:1])


def _settings() -> dict[Any, Any]:
    return {
        "font.family": list(families()),
        "font.size": 9.0,
        "text.parse_math": False,
        "text.color": INK,
        "axes.edgecolor": SOFT,
        "axes.linewidth": 0.7,
        "axes.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "xtick.color": SOFT,
        "xtick.labelsize": 8.0,
        "xtick.major.width": 0.7,
        "xtick.major.size": 3.0,
        "ytick.color": SOFT,
        "ytick.labelsize": 8.0,
        "ytick.major.width": 0.7,
        "ytick.major.size": 3.0,
        "hatch.linewidth": 0.5,
        "svg.fonttype": "path",
        "svg.hashsalt": "harness",
        "pdf.fonttype": 42,
    }


_drawing: ContextVar[bool] = ContextVar("drawing", default=False)


@contextmanager
def drawing() -> Iterator[None]:
    """Draw or save inside: the same settings whatever the user's matplotlibrc says.

    A character that no installed font has is drawn as a box, without a warning. Entering it
    again inside changes nothing.
    """
    if _drawing.get():
        yield
        return
    token = _drawing.set(True)
    try:
        with _settled():
            yield
    finally:
        _drawing.reset(token)


@contextmanager
def _settled() -> Iterator[None]:
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from", category=UserWarning)
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_settings())
        yield


def plain(text: object) -> str:
    """``text`` on one line, control and bidirectional characters written out (``\\u202e``)."""
    return visible(" ".join(str(text).split())) or "(no name)"


def as_it_is(figure: Figure) -> None:
    """Have all text of ``figure`` drawn without parsing mathematics ("$" is a dollar sign)."""
    text: Any
    for text in figure.findobj(Text):
        text.set_parse_math(False)


def number(value: float, digits: int = 2) -> str:
    """``value`` as in tables: with a true minus sign, an en dash where it is missing."""
    return formatting.number(value, digits)


class Picture(Figure):
    """A figure that a notebook shows by itself, drawn as :func:`save` draws it."""

    def _repr_png_(self) -> bytes:
        stream = BytesIO()
        with drawing():
            as_it_is(self)
            self.savefig(stream, format="png", dpi=DPI, metadata={"Software": "harness"})
        return stream.getvalue()


def save(figure: Figure, path: Path, kinds: Sequence[str] = ("png", "svg")) -> list[Path]:
    """Write ``figure`` to ``path`` with the ending of each of ``kinds``: .png (150 dpi), .svg (text
    as outlines), .pdf (text as text, its fonts embedded, none as Type 3, which publishers refuse:
    DejaVu Sans is TrueType; a CJK font with PostScript outlines stays OpenType; it takes as long as
    the others together).

    Equal figures make equal files: ids are salted with a fixed text and no date is written.

    Returns
    -------
    list of Path
        The files, in the order of ``kinds``.
    """
    files = [path.with_name(f"{path.name}.{kind}") for kind in kinds]
    for file in files:
        write(figure, file)
    return files


#: What each kind of file says of itself; no date, so that equal figures make equal files.
_METADATA: Mapping[str, Mapping[str, str | None]] = {
    "png": {"Software": "harness"},
    "svg": {"Date": None, "Creator": "harness"},
    "pdf": {"CreationDate": None, "Creator": "harness"},
}
#: The kinds of files that a figure can be written to.
FORMATS = tuple(_METADATA)


def write(figure: Figure, file: Path, *, dpi: float = DPI) -> None:
    """Write ``figure`` to ``file``, whose ending is one of :data:`FORMATS`; ``dpi``: dots per inch
    of a PNG."""
    kind = file.suffix[1:]
    with drawing():
        as_it_is(figure)
        figure.savefig(file, format=kind, dpi=dpi, metadata=dict(_METADATA[kind]))

"""How numbers and untrusted text are shown to a reader, the same in HTML and in Markdown.

Scores have one decimal (more for metrics that live between 0 and 1), ratings two, accuracies one in
per cent, correlations three. A missing number is an en dash, never 0 and never ``nan``.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable

__all__ = [
    "MISSING",
    "clean_surrogates",
    "count",
    "file_size",
    "humanise",
    "interval",
    "is_percentage",
    "is_safe_language",
    "listed",
    "number",
    "p_value",
    "percent",
    "plural",
    "rating",
    "score_decimals",
    "seconds",
    "statistic",
    "statistic_interval",
    "visible",
]

MISSING = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", re.ASCII)
_SHORT = {
    "\t": "\N{SYMBOL FOR HORIZONTAL TABULATION}",
    "\n": "\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}",
}


def is_missing(value: float | None) -> bool:
    """Whether ``value`` is None, ``pandas.NA`` or not a finite number."""
    try:
        return value is None or not math.isfinite(value)
    except (TypeError, ValueError):  # pandas.NA has no truth value
        return True


def number(value: float | None, decimals: int) -> str:
    """``value`` with so many decimals and a real minus sign; an en dash where it is missing."""
    if value is None or is_missing(value):
        return MISSING
    text = f"{value:,.{decimals}f}"
    if text.strip("-0.,") == "":
        text = text.lstrip("-")  # no minus zero
    return text.replace("-", MINUS)


def rating(value: float | None) -> str:
    """A human rating or a penalty: two decimals."""
    return number(value, 2)


def count(value: float | None) -> str:
    """A count, with a comma between the thousands; one decimal where it is not whole."""
    if value is None or is_missing(value):
        return MISSING
    return number(value, 0 if float(value).is_integer() else 1)


def plural(value: float | None, noun: str) -> str:
    """A count with its noun: ``1 system``, ``2 systems``, ``3 entries``."""
    if value == 1:
        return f"1 {noun}"
    many = f"{noun[:-1]}ies" if re.search("[^aeiou]y$", noun) else f"{noun}s"
    return f"{count(value)} {many}"


def listed(parts: Iterable[object], joint: str = "and") -> str:
    """The parts as a list in a sentence: ``A``, ``A and B``, ``A, B and C``."""
    texts = [str(part) for part in parts]
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} {joint} {texts[-1]}"


def percent(value: float | None) -> str:
    """A share in [0, 1] as per cent with one decimal, without the sign: 0.5376 is ``53.8``."""
    return number(None if value is None or is_missing(value) else 100 * value, 1)


def interval(low: float | None, high: float | None, decimals: int, scale: float = 1.0) -> str:
    """``[low, high]``; empty if an end is missing."""
    if low is None or high is None or is_missing(low) or is_missing(high):
        return ""
    return f"[{number(scale * low, decimals)}, {number(scale * high, decimals)}]"


def significant(p: float, p_holm: float, alpha: float) -> tuple[str, bool]:
    """The mark after a difference, and whether it stands out: bold where the adjusted p is at most
    ``alpha``, a ring where only the unadjusted one is."""
    return ("" if p_holm <= alpha or p > alpha else "\N{DEGREE SIGN}"), bool(p_holm <= alpha)


def is_percentage(name: str) -> bool:
    """Whether the statistic of this name is an accuracy, which is shown in per cent."""
    key = name.lower()
    return "accuracy" in key or key.startswith("acc") or key == "spa"


def statistic(name: str, value: float | None) -> str:
    """The value of a statistic: per cent for accuracies, else three decimals."""
    return percent(value) if is_percentage(name) else number(value, 3)


def statistic_interval(name: str, low: float | None, high: float | None) -> str:
    """The interval of a statistic, in the unit of :func:`statistic`."""
    return interval(low, high, 1, 100) if is_percentage(name) else interval(low, high, 3)


def p_value(value: float | None) -> str:
    """A p-value: three decimals, ``<0.001`` below them."""
    if value is None or is_missing(value):
        return MISSING
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def seconds(value: float | None) -> str:
    """A duration: ``0.012 s``, ``3.4 s``, ``2 min 05 s``."""
    if value is None or is_missing(value):
        return MISSING
    if value < 60:
        return f"{value:.3f} s" if value < 1 else f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes:,} min {rest:02d} s"


def file_size(bytes_: int) -> str:
    """A size: ``812 bytes``, ``3.6 MB`` (10^6 bytes)."""
    if bytes_ < 1000:
        return f"{bytes_} bytes"
    return f"{bytes_ / 1000:.1f} kB" if bytes_ < 1_000_000 else f"{bytes_ / 1_000_000:.1f} MB"


def score_decimals(values: Iterable[float]) -> int:
    """How many decimals the scores of one metric need: 1 on a scale of tens, 3 on a unit scale."""
    largest = max((abs(v) for v in values if not is_missing(v)), default=100.0)
    return 1 if largest >= 10 else 2 if largest > 2 else 3


def humanise(name: str) -> str:
    """A code as words: ``non_translation`` is ``non translation``."""
    return name.replace("_", " ")


def is_safe_language(tag: str) -> bool:
    """Whether ``tag`` is a language tag (BCP 47, without private use) fit for ``lang=``."""
    return _LANGUAGE.fullmatch(tag) is not None


def visible(text: str, keep: str = "") -> str:
    """``text`` with control, bidirectional and other invisible characters written out.

    C0 controls become their Unicode pictures, others ``[U+202E]``; a zero-width joiner stays where
    it joins symbols (emoji) or follows a combining mark. ``keep`` names characters left as they are
    (line feeds and tabs in a block of code). The segment browser's script has the same rule.
    """
    if text.isprintable():
        return text
    shown: list[str] = []
    previous = ""
    for c in text:
        shown.append(c if c in keep else _shown(c, previous))
        previous = c
    return "".join(shown)


def _shown(c: str, previous: str) -> str:
    kind = unicodedata.category(c)
    if kind not in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp"):
        return c
    if c in _SHORT:
        return _SHORT[c]
    if c < " ":
        return chr(0x2400 + ord(c))
    joins = previous != "" and unicodedata.category(previous) in ("So", "Sk", "Mn")
    return c if c == "\u200d" and joins else f"[U+{ord(c):04X}]"


def clean_surrogates(text: str) -> str:
    """``text`` with U+FFFD for lone surrogates, which no UTF-8 file can hold."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)

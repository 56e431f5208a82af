"""The quantities of a Chinese text: values with their places and kinds.

Figures and Chinese numerals are read, alone and before 万 and 亿 (``33万``, ``3亿5000万``,
``十二万五千``), percentages (``30%``, ``百分之三十``), fractions (``三分之一``), ordinals
(``第三``, ``首次``), parts of dates and times of day (``2022年6月15日``, ``15时``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

__all__ = ["Kind", "Quantity", "chinese_integer", "source_quantities"]

Kind = Literal[
    "number", "percent", "points", "fraction", "ordinal", "year", "month", "day", "hour", "minute"
]

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_SCALES = {
    "万亿": 10**12, "千亿": 10**11, "百亿": 10**10, "十亿": 10**9, "亿": 10**8,
    "千万": 10**7, "百万": 10**6, "十万": 10**5, "万": 10**4, "千": 1000, "百": 100,
}  # fmt: skip
_NUMERAL = "零〇一二两三四五六七八九十百千"
_FIGURES = r"[0-9０-９]+(?:[,，][0-9０-９]{3}(?![0-9０-９]))*(?:[.．][0-9０-９]+)?"
_GROUP = re.compile(
    rf"(?P<value>{_FIGURES}|[{_NUMERAL}]+)(?P<about>[多余几])?"
    rf"(?P<scale>{'|'.join(_SCALES)})?(?P<after>[多余几])?"
)
_FRACTION = re.compile(rf"(?P<below>[{_NUMERAL}]+)分之(?P<above>{_FIGURES}|[{_NUMERAL}]+)")
_FIRST = re.compile("首[次个批届位度家款座例项季场艘张]")
_FULL_WIDTH = {ord("０") + i: str(i) for i in range(10)} | {ord("．"): ".", ord("，"): ","}
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("个百分点", "points"),
    ("百分点", "points"),
    ("%", "percent"),
    ("％", "percent"),
    (" %", "percent"),
)


@dataclass(frozen=True)
class Quantity:
    """One quantity: its place, its exact value (a percentage as its number of hundredths), its
    kind, and the scale word (万, 亿, …) with which it is written."""

    start: int
    end: int
    value: Fraction
    kind: Kind
    scale: str = ""


def chinese_integer(text: str) -> int | None:
    """The value of a numeral below 10,000 (三百二十 → 320), or of a row of digits (二〇二二 →
    2022); None where it is neither."""
    if len(text) > 1 and all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit, last = 0, None, 10_000
    for character in text:
        if character in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[character]
            continue
        place = _PLACES[character]
        if place >= last:
            return None
        total += (1 if digit is None else digit) * place
        last, digit = place, None
    return total + (digit or 0)


@lru_cache(maxsize=4096)
def source_quantities(source: str) -> tuple[Quantity, ...]:
    """The quantities of ``source`` in order. A numeral that is no well-formed number is left
    out."""
    found, position = [], 0
    while position < len(source):
        quantity = _fraction(source, position) or _number(source, position)
        if quantity is None:
            position += 1
            continue
        found.append(quantity)
        position = quantity.end
    return tuple(found)


def _fraction(source: str, position: int) -> Quantity | None:
    match = _FRACTION.match(source, position)
    if match is None:
        return None
    above, below = _value(match["above"]), chinese_integer(match["below"])
    if above is None or not below:
        return None
    if match["below"] == "百":
        return Quantity(match.start(), match.end(), above, "percent")
    return Quantity(match.start(), match.end(), above / below, "fraction")


def _value(text: str) -> Fraction | None:
    plain = text.translate(_FULL_WIDTH).replace(",", "")
    if plain[0].isdigit() and plain[0] in "0123456789":
        return Fraction(plain)
    whole = chinese_integer(text)
    return None if whole is None else Fraction(whole)


def _number(source: str, position: int) -> Quantity | None:
    if _FIRST.match(source, position):
        return Quantity(position, position + 1, Fraction(1), "ordinal")
    total, scale, last, end = Fraction(0), "", Fraction(10**16), position
    while (match := _GROUP.match(source, end)) is not None:
        value = _value(match["value"])
        word = match["scale"] or ""
        size = Fraction(_SCALES.get(word, 1))
        if value is None or size >= last or (end > position and value * size >= last):
            break
        total, end, last = total + value * size, match.end(), size
        scale = scale or word
        if size == 1 or match["after"] or match["about"]:
            break
    if end == position:
        return None
    kind, end = _kind(source, position, end, total)
    return Quantity(position, end, total, kind, scale)


def _kind(source: str, start: int, end: int, value: Fraction) -> tuple[Kind, int]:
    """What a number is by what stands around it, and where it ends with its sign."""
    for mark, kind in _KINDS:
        if source.startswith(mark, end):
            return kind, end + len(mark)
    after, written = source[end : end + 1], source[start:end]
    if source[:start].endswith("第"):
        return "ordinal", end
    if after == "年" and (len(written) == 4 and 1000 <= value <= 2999):
        return "year", end
    if after == "月" and 1 <= value <= 12:
        return "month", end
    if (after == "日" or (after == "号" and source[:start].endswith("月"))) and 1 <= value <= 31:
        return "day", end
    if after == "分" and source[:start].endswith(("时", "点")):
        return "minute", end
    if value.denominator == 1 and value <= 24:
        if after in {"时", "點"} or (after == "点" and not source.startswith("点击", end)):
            return "hour", end
        if after in {":", "："} and re.match(r"[0-5][0-9](?![0-9])", source[end + 1 :]):
            return "hour", end
    return "number", end

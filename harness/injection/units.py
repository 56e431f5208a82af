"""Errors in units: a wrong unit of measurement or time, or a wrong currency."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.injection.base import Edit, Injector, Passage
from harness.injection.quantities import aligned
from harness.injection.words import in_order

__all__ = ["Currency", "Unit"]

#: Unit in the source -> its English forms -> what each is mistaken for. Longer ones go first.
_UNITS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("平方公里|平方千米", (
        ("square kilometers", "square miles"), ("square kilometres", "square miles"),
        ("sq km", "sq mi"))),
    ("平方米|平米", (
        ("square meters", "square feet"), ("square metres", "square feet"),
        ("square meter", "square foot"), ("square metre", "square foot"))),
    ("立方米", (("cubic meters", "cubic feet"), ("cubic metres", "cubic feet"))),
    ("公里|千米", (
        ("kilometers", "miles"), ("kilometres", "miles"), ("kilometer", "mile"),
        ("kilometre", "mile"), ("km", "miles"))),
    ("厘米|公分", (("centimeters", "inches"), ("centimetres", "inches"), ("cm", "mm"))),
    ("毫米", (("millimeters", "centimeters"), ("millimetres", "centimetres"), ("mm", "cm"))),
    ("米", (
        ("meters", "feet"), ("metres", "feet"), ("meter", "foot"), ("metre", "foot"))),
    ("万吨|亿吨|吨", (
        ("metric tons", "kilograms"), ("tons", "kilograms"), ("tonnes", "kilograms"),
        ("ton", "kilogram"))),
    ("公斤|千克", (
        ("kilograms", "pounds"), ("kilogram", "pound"), ("kg", "lb"))),
    ("公顷", (("hectares", "mu"), ("hectare", "mu"))),
    ("亩", (("mu", "hectares"), ("acres", "hectares"))),
    ("摄氏度|℃|度", (
        ("degrees Celsius", "degrees Fahrenheit"), ("degrees", "percent"), ("°C", "°F"))),
    ("千瓦时", (("kilowatt-hours", "megawatt-hours"), ("kilowatt hours", "megawatt hours"))),
    ("个月", (("months", "weeks"), ("month", "week"))),
    ("小时|个小时", (("hours", "minutes"), ("hour", "minute"))),
    ("分钟", (("minutes", "hours"), ("minute", "hour"))),
    ("周年|年|载", (("years", "months"), ("year", "month"))),
    ("周|星期|个星期", (("weeks", "months"), ("week", "month"))),
    ("天|日", (("days", "weeks"), ("day", "week"))),
)  # fmt: skip
_COUNTERS = "[多余几来]?(?:个)?(?:多)?"


@dataclass(frozen=True)
class Unit(Injector):
    """A unit after a number of the source is replaced by another one of its kind (kilometres become
    miles, months weeks); the number stays the same."""

    name: ClassVar[str] = "unit"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "number"
    severity: ClassVar = "major"
    example: ClassVar[str] = "120 kilometers → 120 miles"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text, edits = passage.hypothesis, []
        for figure, quantity in aligned(passage.source, text):
            if figure.kind != "number":
                continue
            after = passage.source[quantity.end :]
            found = next((u for u in _UNITS if re.match(rf"{_COUNTERS}(?:{u[0]})", after)), None)
            if found is None or quantity.kind not in {"number", "day"}:
                continue
            match = re.match(rf"{_COUNTERS}(?:{found[0]})", after)
            source_end = quantity.end + (match.end() if match else 0)
            for old, new in found[1]:
                here = re.compile(rf"(?P<gap>[ -]?){re.escape(old)}(?![\w-])").match(
                    text, figure.end
                )
                if here is None:
                    continue
                start = here.end("gap")
                edits.append(Edit(start, here.end(), new, quantity.start, source_end))
                break
        return in_order(edits)


_CURRENCIES: tuple[tuple[str, str, str], ...] = (
    # in the source, in the translation, what it becomes
    ("美元|美金", "US dollars", "yuan"),
    ("美元|美金", "U.S. dollars", "yuan"),
    ("美元|美金", "dollars", "yuan"),
    ("欧元", "euros", "dollars"),
    ("英镑", "pounds", "euros"),
    ("日元", "yen", "yuan"),
    ("港元|港币", "Hong Kong dollars", "yuan"),
    ("元|块|人民币", "yuan", "dollars"),
    ("元|块|人民币", "RMB", "US dollars"),
    ("元|块|人民币", "renminbi", "dollars"),
)
_SIGNS: tuple[tuple[str, str, str], ...] = (
    ("美元|美金", "US$", "¥"),
    ("美元|美金", "$", "¥"),
    ("元|块|人民币", "RMB ", "US$"),
    ("元|块|人民币", "CNY ", "US$"),
    ("元|块|人民币", "¥", "$"),
    ("欧元", "€", "$"),
    ("英镑", "£", "€"),
)


@dataclass(frozen=True)
class Currency(Injector):
    """The currency of an amount of the source is replaced by another one (yuan become dollars); the
    amount stays the same."""

    name: ClassVar[str] = "currency"
    category: ClassVar[str] = "accuracy"
    subcategory: ClassVar[str] = "mistranslation"
    news_category: ClassVar[str] = "number"
    severity: ClassVar = "major"
    example: ClassVar[str] = "5 million yuan → 5 million dollars"

    def sites(self, passage: Passage) -> Sequence[Edit]:
        text, edits = passage.hypothesis, []
        for figure, quantity in aligned(passage.source, text):
            after = passage.source[quantity.end :]
            for zh, old, new in _CURRENCIES:
                unit = re.match(f"[多余]?(?:{zh})", after)
                here = re.compile(rf"[ -]?(?P<unit>{re.escape(old)})(?![\w-])").match(
                    text, figure.end
                )
                if unit and here:
                    span = here.span("unit")
                    edits.append(Edit(*span, new, quantity.start, quantity.end + unit.end()))
                    break
            for zh, old, new in _SIGNS:
                unit = re.match(f"[多余]?(?:{zh})", after)
                if unit and text[: figure.start].endswith(old):
                    start = figure.start - len(old)
                    end = quantity.end + unit.end()
                    edits.append(Edit(start, figure.start, new, quantity.start, end))
                    break
        return in_order(edits)

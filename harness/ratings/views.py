"""Views: ways to sort errors into categories.

A view gives every marked error exactly one category, or none: then the error is ignored, as errors
in the source are. So the same annotations can be analysed by original label, by either level of the
taxonomy, by severity, or by categories for news editors (:class:`News`). A user's own view is a
mapping in YAML (:class:`Mapped`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable
from weakref import WeakKeyDictionary

import pandas as pd

from harness.errors import InputError, unknown_name
from harness.tables import TestSet
from harness.test_sets.taxonomy import CODES, code_of

__all__ = ["Level1", "Level2", "Mapped", "News", "Raw", "Severity", "View", "error_table"]

_ERROR_KEY = ["system", "segment_id", "rater", "error"]
IGNORED = frozenset({"source"})


@runtime_checkable
class View(Protocol):
    """A rule that sorts errors into categories."""

    @property
    def name(self) -> str:
        """The view's name in tables."""
        ...

    def category(self, error: Error) -> str | None:
        """The category of one error; None: the error is not counted."""
        ...


@dataclass(frozen=True)
class Error:
    """One marked error: its labels, and the texts of its spans.

    ``spans`` holds, for each span in file order, its side, its text, and the text before it on the
    same side.
    """

    category: str
    subcategory: str
    severity: str
    label: str
    spans: tuple[tuple[str, str, str], ...] = ()


#: The tables of errors that were made, by test set and view: several stages need the same ones.
#: (A view with a mapping in it has no hash.)
_MADE: WeakKeyDictionary[TestSet, list[tuple[View, pd.DataFrame]]] = WeakKeyDictionary()


def error_table(test_set: TestSet, view: View) -> pd.DataFrame:
    """Every error of ``test_set`` once, with its category in ``view``; made once for both.

    Returns
    -------
    DataFrame
        Columns system, segment_id, rater, error, category and subcategory (of the taxonomy),
        severity, label, view_category (None: ignored by the view).
    """
    made = _MADE.setdefault(test_set, [])
    table = next((table for of, table in made if of == view), None)
    if table is None:
        table = _error_table(test_set, view)
        made.append((view, table))
    return table.copy()


def _error_table(test_set: TestSet, view: View) -> pd.DataFrame:
    spans = test_set.error_spans
    if spans.empty:
        return pd.DataFrame(
            columns=[
                *_ERROR_KEY,
                "category",
                "subcategory",
                "severity",
                "label",
                "view_category",
            ]
        )
    first = spans.drop_duplicates(_ERROR_KEY)
    result = first[[*_ERROR_KEY, "category", "subcategory", "severity", "label"]].copy()
    texts = _span_texts(test_set)
    result["view_category"] = pd.Series(
        [
            _sorted_in(view, Error(c, s, v, lab, tuple(texts[key])), key)
            for *key_list, c, s, v, lab in result.astype(object).itertuples(index=False, name=None)
            for key in (tuple(key_list),)
        ],
        index=result.index,
        dtype=object,
    )
    return result.reset_index(drop=True)


def _sorted_in(view: View, error: Error, key: tuple[object, ...]) -> str | None:
    """The error's category; where the view has none, the message says which error it was."""
    try:
        return view.category(error)
    except InputError as fault:
        system, segment, rater, number = key
        raise InputError(
            fault.message,
            file=fault.file,
            line=fault.line,
            found=f"the label {error.label!r}: system {system}, segment {segment}, rater {rater}, "
            f"error {number}",
            expected=fault.expected,
            remedy=fault.remedy,
        ) from fault


def _span_texts(test_set: TestSet) -> dict[tuple[object, ...], list[tuple[str, str, str]]]:
    sources = dict(zip(test_set.segments["segment_id"], test_set.segments["source"], strict=True))
    hypotheses = {
        (system, segment): text
        for system, segment, text in test_set.hypotheses[["system", "segment_id", "hypothesis"]]
        .astype(object)
        .itertuples(index=False, name=None)
    }
    texts: dict[tuple[object, ...], list[tuple[str, str, str]]] = {}
    columns = [*_ERROR_KEY, "side", "start", "end"]
    marked = test_set.error_spans[columns].astype(object)
    for system, segment, rater, error, side, start, end in marked.itertuples(
        index=False, name=None
    ):
        spans = texts.setdefault((system, segment, rater, error), [])
        if pd.isna(start):
            continue
        text = sources[segment] if side == "source" else hypotheses[system, segment]
        spans.append((side, text[start:end], text[:start]))
    return texts


@dataclass(frozen=True)
class Raw:
    """The label as it is in the annotation file."""

    name: str = "raw"

    def category(self, error: Error) -> str | None:
        return None if error.category in IGNORED else error.label


@dataclass(frozen=True)
class Level1:
    """The first level of the taxonomy: accuracy, fluency, terminology, …"""

    name: str = "category"

    def category(self, error: Error) -> str | None:
        return None if error.category in IGNORED else error.category


@dataclass(frozen=True)
class Level2:
    """Both levels of the taxonomy: accuracy/omission, fluency/grammar, …"""

    name: str = "subcategory"

    def category(self, error: Error) -> str | None:
        if error.category in IGNORED:
            return None
        return code_of(error.category, error.subcategory)


@dataclass(frozen=True)
class Severity:
    """Severity only: critical, major, minor (remarks without weight are ignored)."""

    name: str = "severity"

    def category(self, error: Error) -> str | None:
        if error.category in IGNORED or error.severity == "neutral":
            return None
        return error.severity


@dataclass(frozen=True)
class Mapped:
    """A user's own view: canonical codes (``accuracy/omission``, or a first level for all of its
    second levels) to the user's categories.

    Raises
    ------
    InputError
        A code is none of the taxonomy (the nearest is named); or an error occurs whose code is not
        mapped: map it to null to leave it out.
    """

    name: str
    mapping: Mapping[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for code in self.mapping:
            if code not in CODES:
                error = unknown_name("error category", str(code), CODES)
                error.found = f"views.{self.name}.mapping.{code}"
                raise error

    def category(self, error: Error) -> str | None:
        code = code_of(error.category, error.subcategory)
        for key in (code, error.category):
            if key in self.mapping:
                return self.mapping[key]
        if error.category in IGNORED:
            return None
        raise InputError(
            f"the view {self.name!r} does not say where {code!r} belongs",
            expected=f"a mapping for it beside {', '.join(sorted(self.mapping))}",
            remedy=f"add '{code}: CATEGORY' to views.{self.name}.mapping (null leaves it out)",
        )


@dataclass(frozen=True)
class News:
    """Categories for news editors: omission, addition, untranslated, number, name, meaning,
    language, punctuation, style, non_translation and other.

    Number and name errors are recognised from the marked text, because raters agree more on where
    an error is than on its label. A mistranslation whose marked text contains a figure is a number
    error; one whose marked translation contains a capitalised word inside a sentence is a name
    error. Marked text longer than ``longest`` code points in total is not used for this.
    """

    name: str = "news"
    longest: int = 60

    def category(self, error: Error) -> str | None:
        code = code_of(error.category, error.subcategory)
        if error.category in IGNORED:
            return None
        if code in _DIRECT:
            return _DIRECT[code]
        facet = self.facet(error)
        if facet is not None:
            return facet
        if error.category in {"accuracy", "terminology"}:
            return "meaning"
        if code == "fluency/punctuation":
            return "punctuation"
        if error.category == "style":
            return "style"
        return "language" if error.category in {"fluency", "locale"} else "other"

    def facet(self, error: Error) -> str | None:
        """'number' or 'name' if the marked text shows one, else None."""
        code = code_of(error.category, error.subcategory)
        if error.category not in _FACETED and code not in _FACETED:
            return None
        if sum(len(text) for _, text, _ in error.spans) > self.longest:
            return None
        if any(_FIGURE.search(text) for _, text, _ in error.spans):
            return "number"
        for side, text, before in error.spans:
            if side == "target" and _names_inside(text, before):
                return "name"
        return None


_DIRECT = {
    "non_translation": "non_translation",
    "accuracy/omission": "omission",
    "accuracy/addition": "addition",
    "accuracy/untranslated": "untranslated",
}
_FACETED = frozenset(
    {"accuracy", "terminology", "locale", "fluency/spelling", "fluency/inconsistency"}
)
_FIGURE = re.compile(
    "[0-9０-９]"
    "|[零一二两三四五六七八九十百千]+[万亿]"
    r"|\b(?:hundred|thousand|million|billion|trillion|percent|per cent)s?\b|%",
    re.IGNORECASE,
)
_CAPITALISED = re.compile(r"[A-Z][A-Za-z’'\-]+")
_SENTENCE_STARTS_AFTER = tuple('.!?:"“”‘(')


def _names_inside(text: str, before: str) -> bool:
    """Whether ``text`` holds a capitalised word that does not begin a sentence or a quotation."""
    for match in _CAPITALISED.finditer(text):
        context = (before + text[: match.start()]).rstrip()
        if context and not context.endswith(_SENTENCE_STARTS_AFTER):
            return True
    return False

"""The canonical MQM taxonomy: two levels of categories, severities, and the map from raw labels.

The lists are closed: a label or severity that is not in them stops the run with a message that
names its file and line, so that no error is counted under a guessed category. A user's own labels
are mapped in the config
(``test_set.labels``). The taxonomy follows the annotation scheme of Freitag et al. 2021
(arXiv 2104.14478), "Experts, Errors, and Context".
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.errors import InputError, unknown_name

__all__ = [
    "CODES",
    "DROPPED_LABELS",
    "LABELS",
    "SEVERITIES",
    "TAXONOMY",
    "category_of",
    "code_of",
    "is_dropped",
    "severity_of",
]

#: First level -> second levels ('' where a first level stands alone).
TAXONOMY: Mapping[str, tuple[str, ...]] = {
    "accuracy": (
        "mistranslation",
        "omission",
        "addition",
        "untranslated",
        "gender",
        "reinterpretation",
    ),
    "terminology": ("inappropriate", "inconsistent"),
    "fluency": (
        "grammar",
        "spelling",
        "punctuation",
        "inconsistency",
        "register",
        "encoding",
        "text_breaking",
        "display",
    ),
    "style": ("awkward", "structure", "word_choice"),
    "locale": (
        "name",
        "date",
        "currency",
        "address",
        "telephone",
        "time",
        "number",
        "measurement",
    ),
    "non_translation": ("",),
    "source": ("",),
    "other": ("",),
}

#: Severities, the worst first. 'neutral' is a rater's remark without weight.
SEVERITIES: tuple[str, ...] = ("critical", "major", "minor", "neutral")

#: What raw files write, in lower case -> (category, subcategory).
LABELS: Mapping[str, tuple[str, str]] = {
    "accuracy/mistranslation": ("accuracy", "mistranslation"),
    "accuracy/gender mismatch": ("accuracy", "gender"),
    "accuracy/creative reinterpretation": ("accuracy", "reinterpretation"),
    "accuracy/omission": ("accuracy", "omission"),
    "accuracy/omission (translation)": ("accuracy", "omission"),
    "accuracy/omission (translation 2)": ("accuracy", "omission"),
    "accuracy/addition": ("accuracy", "addition"),
    "accuracy/source language fragment": ("accuracy", "untranslated"),
    "accuracy/untranslated text": ("accuracy", "untranslated"),
    "terminology/inappropriate for context": ("terminology", "inappropriate"),
    "terminology/inconsistent": ("terminology", "inconsistent"),
    "terminology/inconsistent use": ("terminology", "inconsistent"),
    "terminology/inconsistent use of terminology": ("terminology", "inconsistent"),
    "fluency/grammar": ("fluency", "grammar"),
    "fluency/spelling": ("fluency", "spelling"),
    "fluency/punctuation": ("fluency", "punctuation"),
    "fluency/inconsistency": ("fluency", "inconsistency"),
    "fluency/register": ("fluency", "register"),
    "fluency/character encoding": ("fluency", "encoding"),
    "fluency/text-breaking": ("fluency", "text_breaking"),
    "fluency/display": ("fluency", "display"),
    "style/awkward": ("style", "awkward"),
    "style/unnatural or awkward": ("style", "awkward"),
    "style/bad sentence structure": ("style", "structure"),
    "style/archaic or obscure word choice": ("style", "word_choice"),
    "locale convention/name format": ("locale", "name"),
    "locale convention/date format": ("locale", "date"),
    "locale convention/currency format": ("locale", "currency"),
    "locale convention/address format": ("locale", "address"),
    "locale convention/telephone format": ("locale", "telephone"),
    "locale convention/time format": ("locale", "time"),
    "locale convention/number format": ("locale", "number"),
    "locale convention/measurement format": ("locale", "measurement"),
    "non-translation": ("non_translation", ""),
    "non-translation!": ("non_translation", ""),
    "other": ("other", ""),
    "source issue": ("source", ""),
    "source error": ("source", ""),
} | {
    f"{first}/{second}" if second else first: (first, second)
    for first, seconds in TAXONOMY.items()
    for second in seconds
}

_CODES = [
    f"{first}/{second}" if second else first
    for first, seconds in TAXONOMY.items()
    for second in seconds
]
#: Every category, by itself and with each second level.
CODES: tuple[str, ...] = tuple(dict.fromkeys([*TAXONOMY, *_CODES]))

#: Labels that say "no error here": the annotation counts, no error does.
NO_ERROR: frozenset[str] = frozenset({"no-error", "no error"})

#: Attention checks: a planted error was found or missed. They are no errors of the system.
DROPPED_LABELS: frozenset[str] = frozenset({"found", "missed"})
DROPPED_SEVERITIES: frozenset[str] = frozenset({"hotw-test"})


def is_dropped(label: str, severity: str) -> bool:
    """Whether a row is an attention check, which is dropped (and counted) by every reader."""
    return label.strip().lower() in DROPPED_LABELS or severity.strip().lower() in DROPPED_SEVERITIES


def is_no_error(label: str, severity: str) -> bool:
    """Whether a row says that the rater found nothing."""
    return label.strip().lower() in NO_ERROR or severity.strip().lower() in NO_ERROR


def code_of(category: str, subcategory: str) -> str:
    """``category/subcategory``, or the category alone where it has no second level."""
    return f"{category}/{subcategory}" if subcategory else category


def category_of(
    label: str,
    *,
    labels: Mapping[str, str] | None = None,
    file: str | Path | None = None,
    line: int | None = None,
) -> tuple[str, str]:
    """The canonical (category, subcategory) of a raw label.

    ``labels`` maps a user's own labels to canonical codes (``{"My label": "accuracy/omission"}``)
    and goes first. Case and outer white space do not matter.

    Raises
    ------
    InputError
        The label is in neither list; the message names the nearest known one.
    """
    key = label.strip().lower()
    own = {k.strip().lower(): v for k, v in (labels or {}).items()}
    if key in own:
        target = own[key].strip().lower()
        if target in LABELS:
            return LABELS[target]
        raise unknown_name("error category", own[key], LABELS)
    if key in LABELS:
        return LABELS[key]
    raise _unknown_label(label, file=file, line=line)


def _unknown_label(label: str, **place: Any) -> InputError:
    """The error for a label that is in no list; it names the nearest category, by any label."""
    near = difflib.get_close_matches(label.strip().lower(), LABELS, n=1, cutoff=0.5)
    code = code_of(*LABELS[near[0]]) if near else "other"
    meant = f"did you mean {code}? Then map" if near else "map"
    return InputError(
        f"there is no error category {label!r}",
        expected=f"one of: {', '.join(_CODES)}; or a label that these replace",
        remedy=f"{meant} it in the config: {_mapping(label.strip(), code)}",
        **place,
    )


def _mapping(label: str, code: str) -> str:
    """The override that maps a label, as it is typed."""
    if not label or set(label) & set(":,{}\"'\\"):
        escaped = label.replace("\\", "\\\\").replace('"', '\\"')
        label = f'"{escaped}"'
    return shlex.quote(f"test_set.labels={{{label}: {code}}}")


def severity_of(severity: str, *, file: str | Path | None = None, line: int | None = None) -> str:
    """The canonical severity: 'critical', 'major', 'minor' or 'neutral' (case does not matter).

    Raises
    ------
    InputError
        The severity is none of them.
    """
    key = severity.strip().lower()
    if key in SEVERITIES:
        return key
    raise unknown_name("severity", severity, [*SEVERITIES, "no-error"], file=file, line=line)

"""Characters that do not belong, or that look like others, in the texts of a test set.

The texts are left as they are: this only counts them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from harness.support.formatting import plural
from harness.tables import TestSet
from harness.test_sets.doctor.base import (
    Finding,
    Severity,
    Text,
    share_of,
    shortened,
    texts,
    where,
)
from harness.test_sets.scripts import HAN, target_script

__all__ = ["CHARACTER_CHECKS", "characters", "writes_chinese"]

_WIDE_LETTERS = "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u3000"

#: A system that has such characters in more of its translations than this is a problem.
_MUCH: Mapping[str, float] = {"chinese_left": 0.1, "invisible": 0.01}


class _Kind(NamedTuple):
    """One kind of character: its pattern, how grave it is, its name, what is said if none is."""

    pattern: re.Pattern[str]
    severity: Severity
    noun: str
    fine: str


def _kind(characters: str, severity: Severity, noun: str) -> _Kind:
    return _Kind(re.compile(f"[{characters}]"), severity, noun, f"no {noun}")


#: In texts that are not written in Chinese characters: those, and full-width forms of others.
_LATIN_ONLY: Mapping[str, _Kind] = {
    "chinese_left": _kind(HAN, "note", "Chinese characters in the translations"),
    "full_width": _kind(
        "\u3000-\u303f\uff01-\uffee\ufe10-\ufe1f\ufe30-\ufe6f",
        "note",
        "full-width characters or East Asian punctuation",
    ),
}
_CHINESE_FULL_WIDTH = _kind(_WIDE_LETTERS, "note", "full-width letters, digits or spaces")

#: In every text.
_ANYWHERE: Mapping[str, _Kind] = {
    "no_break_spaces": _kind("\u00a0\u202f\u2007", "note", "no-break spaces"),
    "invisible": _kind(
        "\u00ad\u034f\u180e\u200b-\u200d\u2060-\u2064\ufeff",
        "note",
        "invisible characters (of zero width, soft hyphens, byte order marks)",
    ),
    "line_separators": _kind(
        "\n\r\x0b\x0c\x85\u2028\u2029\x1c-\x1e", "problem", "line separators within a text"
    ),
    "control": _kind(
        "\x00-\x09\x0e-\x1b\x1f\x7f-\x84\x86-\x9f", "problem", "control characters or tabs"
    ),
    "bidirectional": _kind(
        "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069", "problem", "marks of writing direction"
    ),
    "broken": _kind(
        "\ufffd\ufffe\uffff\ue000-\uf8ff\ud800-\udfff\U000f0000-\U0010ffff",
        "problem",
        "characters that stand for a fault of encoding (U+FFFD, private use)",
    ),
}

CHARACTER_CHECKS: Mapping[str, _Kind] = {**_LATIN_ONLY, **_ANYWHERE}


def writes_chinese(test_set: TestSet) -> bool:
    """Whether the translations are written in Chinese characters: by the card's target language,
    else by most of the references' (else the hypotheses') texts."""
    language = test_set.card.get("target_language")
    if language:
        return str(language) in {"zh", "zho", "yue", "ja", "jpn"}
    return target_script(test_set) in {"Chinese", "Japanese"}


def characters(test_set: TestSet) -> Iterator[Finding]:
    """A finding for each kind of character and each kind of text (source, references, hypotheses)
    that has it."""
    chinese = writes_chinese(test_set)
    source_kinds = {"full_width": _CHINESE_FULL_WIDTH, **_ANYWHERE}
    target_kinds = source_kinds if chinese else CHARACTER_CHECKS
    cases: dict[tuple[str, str], list[tuple[Text, int]]] = defaultdict(list)
    totals: Counter[tuple[str, str]] = Counter()
    for text in texts(test_set):
        totals[text.kind, text.owner] += 1
        if text.text.isascii() and text.text.isprintable():
            continue
        kinds = source_kinds if text.kind == "source" else target_kinds
        for name, kind in kinds.items():
            if match := kind.pattern.search(text.text):
                cases[name, text.kind].append((text, match.start()))
    for (name, text_kind), found in cases.items():
        kind = (source_kinds if text_kind == "source" else target_kinds)[name]
        owners = Counter(text.owner for text, _ in found)
        severity = kind.severity
        if name in _MUCH and any(
            n > 1 and share_of(n, totals[text_kind, owner]) > _MUCH[name]
            for owner, n in owners.items()
        ):
            severity = "problem"
        first, position = found[0]
        total = sum(n for (kind_of, _), n in totals.items() if kind_of == text_kind)
        yield Finding(
            name,
            severity,
            len(found),
            where(text_kind, owners),
            f"{plural(len(found), _NOUNS[text_kind])} of {total:,} with {kind.noun}".replace(
                " in the translations", ""
            ),
            f"{first.place}: {shortened(first.text, position)}",
        )


_NOUNS = {"source": "source", "references": "reference text", "hypotheses": "translation"}

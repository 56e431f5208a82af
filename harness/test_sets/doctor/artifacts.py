"""Traces of processing in texts: marks of tokenizers, entities, tags, prefixes of a chat model.

A file of translations should hold what a reader would read. Such traces lower the scores of every
metric that compares strings, and tell nothing of the translation.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from harness.tables import TestSet
from harness.test_sets.doctor.base import Finding, Text, share_of, shortened, texts, where
from harness.test_sets.scripts import HAN

__all__ = ["ARTIFACT_CHECKS", "MUCH", "NOUNS", "artifacts"]

NOUNS = {"source": "sources", "references": "references", "hypotheses": "translations"}

#: With this share of its texts, what a system wrote cannot be compared with others.
MUCH = 0.5

#: A text, its source -> where the trace is; None: there is none.
_Find = Callable[[str, str], "int | None"]


class _Kind(NamedTuple):
    """A kind of trace: its name in a sentence, how it is found, one of these characters is in every
    text that has it (none: any text may), whether sources are looked at, from which share of a
    file's texts on, or from which number of them, it is a problem, and whether it voids scores."""

    noun: str
    find: _Find
    hints: str = ""
    sources: bool = True
    share: float = 0.01
    number: int = 10
    voids: bool = False

    @property
    def fine(self) -> str:
        return f"no text has {self.noun}"


def _pattern(regex: str, *, unless: str = "", flags: int = 0) -> _Find:
    """Finds ``regex``, unless ``unless`` is in the source."""
    wanted, excused = re.compile(regex, flags), re.compile(unless, re.IGNORECASE)

    def find(text: str, source: str) -> int | None:
        match = wanted.search(text)
        if match is None or (unless and source is not text and excused.search(source)):
            return None
        return match.start(match.lastindex or 0)

    return find


def _decomposed(text: str, source: str) -> int | None:
    """Letters and accents that have one character together."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return None
    match = _COMBINING.search(text)
    composed = unicodedata.normalize("NFC", text)
    return match.start() if match and len(composed) < len(text) else None


_COMBINING = re.compile("[\u0300-\u036f\u3099\u309a\u1161-\u11ff]")

_PREFIX = (
    r"^\W{0,3}(?:"
    r"(?:the )?(?:(?:english|chinese) )?translat(?:ion|ed text)\b[^:：\n]{0,30}"
    r"|english|chinese|output|answer|target"
    r"|(?:sure|certainly|of course)\b[^:：\n]{0,60}"
    r"|here(?:['’]s| is)\b[^:：\n]{0,60}\btranslat[^:：\n]{0,40}"
    r"|译文|翻译(?:结果)?|以下是[^:：\n]{0,20}"
    r")\W{0,2}[:：]"
    r"|^(?:<2\w\w>|>>\w{2,3}<<|__\w\w__)"
    r"|^\s*(?:\[\s*[\"'](?=.*\]\s*$)|\{\s*[\"']\w+[\"']\s*:)"
)

ARTIFACT_CHECKS: Mapping[str, _Kind] = {
    "html_entities": _Kind(
        "HTML entities",
        _pattern(r"&(?:[A-Za-z][A-Za-z0-9]{1,9}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});"),
        "&",
    ),
    "subword_marks": _Kind(
        "marks of subwords (@@, ##, Ġ)",
        _pattern(r"(?<=\S)@@(?=\s|$)|(?<=\w) ##(?=[a-z])|\uffed|Ġ\w.*Ġ\w"),
        "@#\uffedĠ",
        voids=True,
    ),
    "sentencepiece": _Kind(
        "marks of SentencePiece (U+2581)", _pattern("\u2581(?=\\w)"), "\u2581", voids=True
    ),
    "tokenised": _Kind(
        "a space before the full stop or comma, as tokenised text has",
        _pattern(rf"[^\s.,] [.,](?=\s|$)|[{HAN}] [。，]|@-@|\b(?:do|does|did|is|wo|ca) n't\b"),
        ".,。，@'",
        share=0.1,
        number=1_000_000,
    ),
    "decomposed": _Kind("decomposed letters (not NFC)", _decomposed),
    "escapes": _Kind(
        r"escaped characters such as \n",
        _pattern(
            r"^(?!.*(?:[A-Za-z]:\\|\\\\)).*?(\\(?:[nrt]|u[0-9a-fA-F]{4}|\"))", unless=r"\\"
        ),  # no path of Windows
        "\\",
        sources=False,
    ),
    "tags": _Kind(
        "tags of a markup or model",
        _pattern(
            r"</?[A-Za-z][\w:-]*(?:\s[^<>]*)?/?>|<\|[^|<>]*\|>|\[/?(?:INST|MASK|UNK|PAD|CLS|SEP)\]"
            r"|\bUNK\b|\u2047",
            unless=r"<[/A-Za-z|]|\[(?:MASK|UNK|PAD|CLS|SEP|INST)\]|UNK|\u2047",
        ),
        "<[U\u2047",
        sources=False,
    ),
    "markdown": _Kind(
        "marks of Markdown (**, ```)",
        _pattern(r"\*\*[^*\s](?:[^*]*[^*\s])?\*\*|```", unless=r"\*\*|`"),
        "*`",
        sources=False,
    ),
    "prefixes": _Kind(
        "a prefix or frame that is no part of a translation",
        _pattern(_PREFIX, unless=r"^.{1,12}[:：]", flags=re.IGNORECASE),
        sources=False,
    ),
    "mojibake": _Kind(
        "letters of a wrong encoding (such as â€™)",
        _pattern("[ÃÂ][\u0080-\u00bf]|â€|ï»¿|[ä-é][\u0080-\u00bf]{2}"),
        "ÃÂâïäåæçèé",
        voids=True,
    ),
}  # fmt: skip


def artifacts(test_set: TestSet) -> Iterator[Finding]:
    """A problem for each kind of trace and each file (source, reference, system) that has it."""
    frame = test_set.segments
    sources = dict(zip(frame["segment_id"], frame["source"], strict=True))
    cases: dict[tuple[str, str, str], list[tuple[Text, int]]] = defaultdict(list)
    totals: Counter[tuple[str, str]] = Counter()
    for text in texts(test_set):
        totals[text.kind, text.owner] += 1
        written, is_source = text.text, text.kind == "source"
        letters = set(written)
        for name, kind in ARTIFACT_CHECKS.items():
            if (kind.hints and letters.isdisjoint(kind.hints)) or (is_source and not kind.sources):
                continue
            at = kind.find(written, written if is_source else sources[text.segment_id])
            if at is not None:
                cases[name, text.kind, text.owner].append((text, at))
    for (name, text_kind, owner), found in cases.items():
        kind, total = ARTIFACT_CHECKS[name], totals[text_kind, owner]
        share = share_of(len(found), total)
        if share < kind.share and len(found) < kind.number:
            continue
        first, position = found[0]
        yield Finding(
            name,
            "problem",
            len(found),
            where(text_kind, {owner: len(found)}),
            f"{len(found):,} of {total:,} {NOUNS[text_kind]} have {kind.noun}",
            f"segment {first.segment_id}: {shortened(first.text, position)}",
            owner=owner,
            voids=kind.voids and share >= MUCH,
        )

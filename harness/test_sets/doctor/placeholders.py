"""Texts in place of a translation: refusals, error messages, nan, one text many times."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from harness.support.formatting import plural
from harness.tables import REFERENCES, TestSet, conform
from harness.test_sets.doctor.artifacts import MUCH, NOUNS
from harness.test_sets.doctor.base import Finding, Text, share_of, shortened, texts, where
from harness.test_sets.left_out import LeftOut, segments_named

__all__ = ["PLACEHOLDER_CHECKS", "drop_placeholders", "placeholders"]


class _Kind(NamedTuple):
    """A kind of placeholder: its name in a sentence, what it looks like, and what in the source
    makes it a translation."""

    noun: str
    pattern: re.Pattern[str]
    excuse: re.Pattern[str]

    @property
    def fine(self) -> str:
        return f"no text is {self.noun.removeprefix('nothing but ')}"

    def fits(self, text: str, source: str) -> bool:
        return bool(self.pattern.search(text)) and not self.excuse.search(source)


def _kind(noun: str, pattern: str, excuse: str) -> _Kind:
    return _Kind(noun, re.compile(pattern, re.IGNORECASE), re.compile(excuse, re.IGNORECASE))


_CANNOT = (
    r"(?:can(?:no|['’])t|can not|am unable to|['’]m unable to|am not able to|['’]m not able to)"
)

PLACEHOLDER_CHECKS: Mapping[str, _Kind] = {
    "refusals": _kind(
        "the refusal of a chat model",
        r"^\W{0,2}(?:(?:i['’]?m|i am) (?:very )?sorry|sorry|unfortunately|i apologi[sz]e)?"
        rf"[\s,.;]*(?:but )?i ?{_CANNOT} (?:"
        r"(?:help|assist) (?:you )?with (?:that|this|your request)\b|"
        r"(?:translate|provide|fulfil\w*|comply|process|complete|answer)\b.{0,30}"
        r"\b(?:this|that|request|text|translation|content)\b)"
        r"|^\W{0,2}(?:please|could you) (?:please )?provide (?:me )?(?:with )?(?:the|a) (?:\w+ )?"
        r"(?:text|sentence|source)\b"
        r"|^\W{0,2}as an? (?:ai|artificial|(?:large )?language model)\b"
        r"|^\W{0,2}(?:很?抱歉|对不起)[，,]?\s*(?:但)?我(?:无法|不能)(?:提供|协助|帮助|翻译|回答|满足)"
        r"|^\W{0,2}作为(?:一个|一名)?(?:AI|人工智能|语言模型)",
        r"抱歉|对不起|作为(?:一个|一名)?(?:AI|人工智能|语言模型)|sorry|as an? (?:AI|language)",
    ),
    "error_texts": _kind(
        "an error message",
        r"^\W{0,2}(?:[\w.]+\s)?[\w.]*(?:error|exception)(?:\s*[:：\]]|\W*$)"
        r"|^\W{0,2}traceback \(most recent|^\W{0,2}(?:(?:the )?\w+ )?timed?[ -]?out\W*$"
        r"|^\W{0,2}(?:http )?(?:error )?[45]\d\d\W+(?:bad request|unauthori|forbidden|not found|"
        r"too many|internal|service unav|bad gateway|gateway)"
        r"|^\W{0,2}(?:too many requests|rate limit(?: exceeded| reached)?|internal server error)\b"
        r"|^<(?:!doctype html|html)\b|^#(?:REF|VALUE|NAME\?|DIV/0)",
        r"错误|異常|异常|失败|超时|报错|error|exception|failure|timeout|404|500",
    ),
    "no_values": _kind(
        "nothing but a word for no text (nan, null, no translation)",
        r"^\W*(?:nan|null|none|nil|n/?a|undefined|<na>|tbd|todo|placeholder|missing|empty"
        r"|(?:no|missing) (?:translation|reference|output)(?: available| found| provided)?"
        r"|(?:translation|reference) (?:not|un)\s?available|not translated|untranslated)\W*$",
        r"^\W*[\w./]{0,4}\W*$|\bnan\b|\bnull\b|\bn/?a\b|没有翻译|无翻译|未翻译",
    ),
}

#: One text so often, in so large a part of a file, for different sources, stands for others.
_LEAST, _SHARE, _DISTINCT = 4, 0.02, 0.5
_MANY = 10


def _repeated(found: list[Text], sources: Mapping[str, str]) -> dict[str, list[Text]]:
    """Texts of one file that stand for others -> where they are."""
    groups: dict[str, list[Text]] = defaultdict(list)
    for text in found:
        if stripped := text.text.strip():
            groups[stripped].append(text)
    return {
        words: group
        for words, group in groups.items()
        if len(group) >= _LEAST
        and (share_of(len(group), len(found)) >= _SHARE or len(group) >= _MANY)
        and len({sources[t.segment_id].strip() for t in group}) > _DISTINCT * len(group)
    }


def _files(test_set: TestSet) -> dict[tuple[str, str], list[Text]]:
    """The texts of each reference and system."""
    files: dict[tuple[str, str], list[Text]] = defaultdict(list)
    for text in texts(test_set):
        if text.kind != "source":
            files[text.kind, text.owner].append(text)
    return files


def _sources(test_set: TestSet) -> dict[str, str]:
    frame = test_set.segments
    return dict(zip(frame["segment_id"], frame["source"], strict=True))


def placeholders(test_set: TestSet) -> Iterator[Finding]:
    """A problem for each kind of placeholder and each reference and system that has it."""
    sources = _sources(test_set)
    for (text_kind, owner), own in _files(test_set).items():
        noun, total = NOUNS[text_kind], len(own)

        def finding(check: str, found: list[Text], said: str) -> Finding:
            return Finding(
                check,
                "problem",
                len(found),
                where(text_kind, {owner: len(found)}),  # noqa: B023
                f"{len(found):,} of {total:,} {noun} are {said}",  # noqa: B023
                f"segment {found[0].segment_id}: {shortened(found[0].text.strip())}",
                owner=owner,  # noqa: B023
                voids=share_of(len(found), total) >= MUCH,  # noqa: B023
            )

        told: set[str] = set()
        for group in _repeated(own, sources).values():
            told |= {t.segment_id for t in group}
            yield finding("repeated_text", group, "one text")
        for name, kind in PLACEHOLDER_CHECKS.items():
            found = [
                t
                for t in own
                if t.segment_id not in told and kind.fits(t.text, sources[t.segment_id])
            ]
            if found:
                yield finding(name, found, kind.noun)


def drop_placeholders(test_set: TestSet) -> tuple[TestSet, list[str]]:
    """The test set without placeholders, and what was left out, in sentences.

    A reference that is a placeholder counts as missing. A segment of which a reference text is
    missing so, with none left, or a translation of any system is a placeholder, is left out for all
    systems alike.
    """
    sources = _sources(test_set)
    found: dict[tuple[str, str], set[str]] = {}
    for key, own in _files(test_set).items():
        groups = _repeated(own, sources).values()
        known = PLACEHOLDER_CHECKS.values()
        ids = {t.segment_id for group in groups for t in group}
        ids |= {
            t.segment_id for t in own if any(k.fits(t.text, sources[t.segment_id]) for k in known)
        }
        if ids:
            found[key] = ids
    if not found:
        return test_set, []
    frame = test_set.references
    keys = zip(frame["reference_name"], frame["segment_id"], strict=True)
    real = [segment not in found.get(("references", name), ()) for name, segment in keys]
    left = conform(frame[real].reset_index(drop=True), REFERENCES)
    gone = set(frame["segment_id"]) - set(left["segment_id"])
    for (text_kind, _), ids in found.items():
        gone |= ids if text_kind == "hypotheses" else set()
    order = [i for i in test_set.segments["segment_id"] if i in gone]
    counts = Counter({owner: len(ids) for (_, owner), ids in found.items()})
    told = ", ".join(f"{owner}: {plural(n, 'placeholder')}" for owner, n in counts.items())
    changed = replace(test_set, references=left)
    if not order:
        return changed, [f"placeholders among references count as missing ({told})"]
    lost = LeftOut(
        tuple(order),
        len(test_set.segments),
        segments_named(test_set, order),
        f"placeholders in place of texts ({told})",
    )
    return changed.without_segments(order), [str(lost)]

"""The lines of JSON files with error span annotations, in each of their forms.

One annotation a line (WMT24, ``wmt24_esa.jsonl``)::

    {"langs": "en-cs", "line_id": 4, "src": "…", "tgt": "…", "doc_id": "d", "domain": "news",
     "esa_spans": […], "esa_score": 85, "system": "s", "annotator": "r"}

One segment a line (WMT24 and WMT25, ``…-genmt-humeval.jsonl``); ``scores`` holds a list of
annotations for each system, or one annotation; the score may be called ``human``::

    {"doc_id": "en-cs_CZ_#_news_#_d_#_4", "src_text": "…", "tgt_text": {"s": "…"},
     "scores": {"s": [{"score": 85, "annotator": "r", "errors": […]}]}}

One document and rater a line (Pearmut's download)::

    {"user_id": "r", "item_i": 0, "item": [{"item_id": "i", "src": "…", "tgt": {"s": "…"}}],
     "annotation": [{"s": {"score": 85, "error_spans": […]}}]}
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from harness.test_sets.readers.esa_annotations import score_of
from harness.test_sets.readers.json_lines import JsonObject

__all__ = ["Judgement", "Segment", "segments_of"]

_JOINT = "_#_"
_UNKNOWN_RATER = "unknown"
#: Parts of a doc_id of WMT25: languages, domain, document and, maybe, the number of the segment.
_WMT25 = 3


class Judgement(NamedTuple):
    """One rater's annotation of one system's translation of a segment."""

    system: str
    rater: str
    score: float
    errors: list[JsonObject]


class Segment(NamedTuple):
    """A segment, as one line of a file tells of it: ``number`` is that in the document ('': the
    line does not say), ``languages`` and ``domain`` are '' where the line does not name them."""

    item: JsonObject
    document: str
    number: str
    languages: str
    domain: str
    source: str
    texts: Mapping[str, str]
    judgements: list[Judgement]


def segments_of(item: JsonObject, left_out: Counter[str]) -> Iterator[Segment]:
    """The segments that a line tells of; what is none is counted in ``left_out``.

    Raises
    ------
    InputError
        The line has none of the forms above.
    """
    if "esa_spans" in item.values:
        yield _annotation(item)
    elif "tgt_text" in item.values:
        yield _segment(item)
    elif "annotation" in item.values:
        yield from _pearmut(item, left_out)
    else:
        item.fail(
            "the line is no error span annotation",
            found=", ".join(item.values)[:200],
            expected="a line with esa_spans, with tgt_text and scores, or with annotation",
        )


def _annotation(item: JsonObject) -> Segment:
    system = item.text("system", blank=False)
    own = _judgement(item, system, "esa_score", "esa_spans", item.text("annotator", blank=False))
    number = str(item.whole("line_id", -1, least=0))
    return Segment(
        item,
        item.text("doc_id", blank=False),
        number,
        item.text("langs", ""),
        item.text("domain", ""),
        item.text("src"),
        {system: item.text("tgt")},
        [own],
    )


def _segment(item: JsonObject) -> Segment:
    parts = item.text("doc_id", blank=False).split(_JOINT)
    number = parts.pop() if len(parts) > 1 and parts[-1].isdecimal() else ""
    wmt25 = len(parts) >= _WMT25
    judgements = []
    scores = item.inner("scores")
    for system, value in scores.values.items():
        judged = scores.objects(system, system) if isinstance(value, list) else None
        for one in [scores.inner(system)] if judged is None else judged:
            rater = one.text("annotator", _UNKNOWN_RATER, blank=False)
            key = "human" if "human" in one.values else "score"
            judgements.append(_judgement(one, system, key, "errors", rater))
    return Segment(
        item,
        _JOINT.join(parts),
        number,
        parts[0] if wmt25 else "",
        parts[1] if wmt25 else "",
        item.text("src_text"),
        item.texts("tgt_text"),
        judgements,
    )


def _pearmut(item: JsonObject, left_out: Counter[str]) -> Iterator[Segment]:
    if "item" not in item.values:
        item.fail(
            "the line does not hold the texts",
            found=", ".join(item.values)[:200],
            expected="'item' beside 'annotation'",
            remedy="download the annotations with a newer Pearmut",
        )
    shown = _listed(item, "item")
    if not any("tgt" in text.values for text in shown):
        left_out["form"] += 1
        return
    marked = _listed(item, "annotation")
    if len(shown) != len(marked):
        item.fail(
            "the line has not as many annotations as segments",
            found=f"{len(marked)} and {len(shown)}",
        )
    rater, document = item.text("user_id", blank=False), _document(shown)
    for number, (text, own) in enumerate(zip(shown, marked, strict=True)):
        if "validation" in text.values:
            left_out["tutorial item or attention check"] += 1
            continue
        judgements = [
            _judgement(own.inner(system), system, "score", "error_spans", rater)
            for system in own.values
        ]
        source = text.text("src", "")
        yield Segment(text, document, str(number), "", "", source, text.texts("tgt"), judgements)


def _document(shown: list[JsonObject]) -> str:
    """The name of Pearmut's document: its first item_id or, without one, a hash of its sources.
    (Its ``item_i`` counts within the tasks of one rater.)"""
    first = shown[0].values.get("item_id")
    if isinstance(first, str | int) and str(first).strip():
        return str(first)
    sources = "\0".join(text.text("src", "") for text in shown)
    return f"document-{hashlib.sha256(sources.encode()).hexdigest()[:12]}"


def _listed(item: JsonObject, key: str) -> list[JsonObject]:
    """The objects under ``key``, which may be one object or a list of them."""
    one = isinstance(item.values.get(key), dict)
    return [item.inner(key)] if one else item.objects(key, key)


def _judgement(item: JsonObject, system: str, score: str, errors: str, rater: str) -> Judgement:
    value: Any = item.values.get(score)
    return Judgement(system, rater, score_of(value, item), item.objects(errors, "error"))

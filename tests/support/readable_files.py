"""Contents of small valid files, for :mod:`tests.support.readable`."""

from __future__ import annotations

import json

from tests.support.small import TEXTS as SMALL_TEXTS

MQM_HEAD = "system\tdoc\tdocSegId\tglobalSegId\trater\tsource\ttarget\tcategory\tseverity\n"
TEXTS = {"source": "甲\n乙\n", "ref": "A\nB\n", "mt": "a\nb\n"}


def json_lines(*objects: object) -> str:
    return "".join(json.dumps(o, ensure_ascii=False) + "\n" for o in objects)


def error_span(start: int, end: int, **more: object) -> dict[str, object]:
    return {
        "start": start, "end": end, "category": "accuracy/omission", "severity": "major",
        "score": 5.0, **more,
    }  # fmt: skip


ROW = "mt\td\t1\t1\tr\t甲\t<v>a</v>\tother\tmajor\n"
MQM = MQM_HEAD + ROW + "mt\td\t2\t2\tr\t<v>乙</v>\tb\taccuracy/omission\tminor\n"
SPAN = {"start_i": 0, "end_i": 1, "severity": "minor"}
GONE = {"start_i": "missing", "end_i": "missing", "severity": "major", "error_type": None}
CELLS = (
    "source",
    "good-translation",
    "incorrect-translation",
    "reference",
    "phenomena",
    "langpair",
)
ACES = dict(zip(CELLS, ("甲", "ten", "two", "10", "number", "zh-en"), strict=True))
DEMETR = {
    "id": 1, "src_sent": "甲", "eng_sent": "A.", "mt_sent": "B.", "pert_sent": "C.",
    "lang_tag": "chinese_simple", "data_source": "WMT", "pert_check": True, "pert_name": "k",
}  # fmt: skip
XML = """<?xml version="1.0" encoding="utf-8"?>
<dataset id="t">
<collection id="general">
<doc id="d1" origlang="zh" domain="news">
<src lang="zh"><p><seg id="1">甲</seg><seg id="2">乙</seg></p></src>
<ref lang="en" translator="refA"><p><seg id="1">A</seg><seg id="2">B</seg></p></ref>
<hyp lang="en" system="mt"><p><seg id="1">a &amp; b</seg><seg id="2"/></p></hyp>
</doc>
</collection>
</dataset>
"""
SEGMENTS = (
    {"references": ["refA"], "roles": {"mt": "human"}},
    {"segment_id": "1", "document": "d", "domain": "news", "source": "甲乙",
     "references": {"refA": "A"}, "hypotheses": {"mt": "a b"}},
    {"segment_id": "2", "source": ""},
)  # fmt: skip
EXPORT = {
    "segments.jsonl": json_lines(*SEGMENTS),
    "annotations.jsonl": json_lines(
        {
            "segment_id": "1", "system": "mt", "rater": "r",
            "errors": [
                {"category": "accuracy/omission", "severity": "major", "text": "乙"},
                {"category": "other", "severity": "minor", "spans": [{"start": 0, "end": 1}]},
            ],
        }
    ),
    "ratings.jsonl": json_lines({"rating_name": "mqm", "system": "mt", "ratings": {"1": -1}}),
    "scores.jsonl": json_lines(
        {"metric": "M", "reference_name": "src", "system": "mt", "scores": {"1": 0.5}}
    ),
    "phenomena.jsonl": json_lines(
        {"segment_id": "1", "expression": 0, "phenomenon": "k", "text": "乙"}
    ),
    "test_set.json": json.dumps(
        {
            "format": "harness test set", "version": 1, "name": "t", "card": {"title": "x"},
            "notes": ["n"], "read_from": [{"name": "f", "bytes": 1, "sha256": "0"}],
            "files": {"segments.jsonl": {"bytes": 1, "sha256": "0"}},
        },
        indent=1,
    ),
}  # fmt: skip
ONE_ERROR = json_lines({"errors": [error_span(0, 1, is_source_error=True)]})
MARKS = [
    {"index": 0, "property": "mwe",
     "categories": [{"start": 0, "end": 1, "value": "甲", "category": "VID"}]},
    {"index": 1, "property": "mwe",
     "categories": [{"start": [0, 0], "end": [1, 1], "value": ["乙", "乙"], "category": "CON"}]},
]  # fmt: skip
FOLDER = {
    "documents/zh-en.docs": "news\td1\nnews\td1\n",
    "sources/zh-en.txt": "甲\n乙\n",
    "references/zh-en.refA.txt": "A\nB\n",
    "system-outputs/zh-en/mt.txt": "a\nb\n",
    "system-outputs/zh-en/refA.txt": "A\nB\n",
    "human-scores/zh-en.mqm.seg.score": "mt\t-5\nmt\tNone\n",
    "human-scores/zh-en.mqm.r1.seg.rating": f"mt\t{ONE_ERROR}mt\tNone\n",
    "metric-scores/zh-en/M-refA.seg.score": "mt\t0.1\nmt\t0.2\n",
}
PUBLISHED = "M-refA.seg.score"
GOOD, POOR = SMALL_TEXTS["good"], SMALL_TEXTS["poor"]
CARD = f"""name: mine
title: My test set
language_pair: zh-en
domain: news
year: 2024
reader:
  _target_: harness.test_sets.readers.plain_text.read
  source: zh.txt
  systems: {{mt: mt.txt}}
files:
  - {{url: https://example.org/zh.txt, bytes: 1, sha256: '{"0" * 64}'}}
licence: CC0
citation: none
quirks: [one]
counts: {{segments: 2}}
"""
SCORE_CARD = f"""name: mine
title: Scores
licence: CC0
citation: none
families: {{string: [M]}}
sentinels: [Random]
files:
  - {{url: https://example.org/M-refA.seg.score, bytes: 1, sha256: '{"0" * 64}'}}
"""

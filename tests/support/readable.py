"""Every reader with small files that it reads, which tests and scripts/torture then break."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from harness.tables import TestSet
from harness.test_sets.cards import load_card
from harness.test_sets.readers import (
    aces,
    challenge,
    demetr,
    esa_csv,
    esa_jsonl,
    jsonl,
    mqm_tsv,
    mtme,
    mtme_folder,
    plain_text,
    qe_spans,
    wmt,
    wmt_xml,
)
from harness.test_sets.readers.keyed_scores import read_score_table
from harness.test_sets.readers.ratings_file import read_ratings
from harness.test_sets.readers.score_folder import read_published
from harness.test_sets.score_cards import load_score_card
from tests.support.small import SOURCES, TEXTS, small

__all__ = ["MQM_HEAD", "READABLE", "Readable", "write_files"]

MQM_HEAD = "system\tdoc\tdocSegId\tglobalSegId\trater\tsource\ttarget\tcategory\tseverity\n"
_TEXTS = {"source": "甲\n乙\n", "ref": "A\nB\n", "mt": "a\nb\n"}


@dataclass(frozen=True)
class Readable:
    """``read`` reads a folder with these ``files`` (name -> content): a test set, scores or
    another table of what they hold."""

    name: str
    read: Callable[[Path], Any]
    files: Mapping[str, str | bytes]


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below ``folder``, by name."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        )


def _texts(folder: Path) -> dict[str, Any]:
    return {
        "source": folder / "source",
        "references": {"refA": folder / "ref"},
        "systems": {"mt": folder / "mt"},
    }


def _plain(folder: Path) -> TestSet:
    return plain_text.read(
        "t", **_texts(folder), documents=folder / "documents", mqm=folder / "mqm"
    )


def _wmt(folder: Path) -> TestSet:
    return wmt.read("t", **_texts(folder), mqm=folder / "mqm", lines="all")


def _qe(folder: Path) -> TestSet:
    return qe_spans.read("t", **_texts(folder), spans=folder / "spans", ratings=folder / "ratings")


def _mtme(folder: Path) -> TestSet:
    return mtme.read(
        "t",
        folder / "documents",
        **_texts(folder),
        ratings={"mqm": folder / "ratings"},
        scores={"M-src": folder / "scores"},
        annotations={"r1": folder / "r1"},
        expressions=folder / "expressions.json",
    )


def _esa_csv(folder: Path) -> TestSet:
    return esa_csv.read("t", folder / "esa.csv", **_texts(folder), documents=folder / "documents")


@cache
def _small() -> TestSet:
    return small()


def _scores(form: str, ending: str, content: str) -> Readable:
    file = f"scores.{ending}"
    return Readable(
        f"scores, {form}", lambda folder: read_score_table(folder / file, _small()), {file: content}
    )


def _json(*objects: object) -> str:
    return "".join(json.dumps(o, ensure_ascii=False) + "\n" for o in objects)


def _error(start: int, end: int, **more: object) -> dict[str, object]:
    return {
        "start": start, "end": end, "category": "accuracy/omission", "severity": "major",
        "score": 5.0, **more,
    }  # fmt: skip


_ROW = "mt\td\t1\t1\tr\t甲\t<v>a</v>\tother\tmajor\n"
_MQM = MQM_HEAD + _ROW + "mt\td\t2\t2\tr\t<v>乙</v>\tb\taccuracy/omission\tminor\n"
_SPAN = {"start_i": 0, "end_i": 1, "severity": "minor"}
_GONE = {"start_i": "missing", "end_i": "missing", "severity": "major", "error_type": None}
_CELLS = (
    "source",
    "good-translation",
    "incorrect-translation",
    "reference",
    "phenomena",
    "langpair",
)
_ACES = dict(zip(_CELLS, ("甲", "ten", "two", "10", "number", "zh-en"), strict=True))
_DEMETR = {
    "id": 1, "src_sent": "甲", "eng_sent": "A.", "mt_sent": "B.", "pert_sent": "C.",
    "lang_tag": "chinese_simple", "data_source": "WMT", "pert_check": True, "pert_name": "k",
}  # fmt: skip
_XML = """<?xml version="1.0" encoding="utf-8"?>
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
_SEGMENTS = (
    {"references": ["refA"], "roles": {"mt": "human"}},
    {"segment_id": "1", "document": "d", "domain": "news", "source": "甲乙",
     "references": {"refA": "A"}, "hypotheses": {"mt": "a b"}},
    {"segment_id": "2", "source": ""},
)  # fmt: skip
_EXPORT = {
    "segments.jsonl": _json(*_SEGMENTS),
    "annotations.jsonl": _json(
        {
            "segment_id": "1", "system": "mt", "rater": "r",
            "errors": [
                {"category": "accuracy/omission", "severity": "major", "text": "乙"},
                {"category": "other", "severity": "minor", "spans": [{"start": 0, "end": 1}]},
            ],
        }
    ),
    "ratings.jsonl": _json({"rating_name": "mqm", "system": "mt", "ratings": {"1": -1}}),
    "scores.jsonl": _json(
        {"metric": "M", "reference_name": "src", "system": "mt", "scores": {"1": 0.5}}
    ),
    "phenomena.jsonl": _json(
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
_MARKS = [
    {"index": 0, "property": "mwe",
     "categories": [{"start": 0, "end": 1, "value": "甲", "category": "VID"}]},
    {"index": 1, "property": "mwe",
     "categories": [{"start": [0, 0], "end": [1, 1], "value": ["乙", "乙"], "category": "CON"}]},
]  # fmt: skip
_FOLDER = {
    "documents/zh-en.docs": "news\td1\nnews\td1\n",
    "sources/zh-en.txt": "甲\n乙\n",
    "references/zh-en.refA.txt": "A\nB\n",
    "system-outputs/zh-en/mt.txt": "a\nb\n",
    "system-outputs/zh-en/refA.txt": "A\nB\n",
    "human-scores/zh-en.mqm.seg.score": "mt\t-5\nmt\tNone\n",
    "human-scores/zh-en.mqm.r1.seg.rating": f"mt\t{_json({'errors': [_error(0, 1)]})}mt\tNone\n",
    "metric-scores/zh-en/M-refA.seg.score": "mt\t0.1\nmt\t0.2\n",
}
_PUBLISHED = "M-refA.seg.score"
_GOOD, _POOR = TEXTS["good"], TEXTS["poor"]
_CARD = f"""name: mine
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
_SCORE_CARD = f"""name: mine
title: Scores
licence: CC0
citation: none
families: {{string: [M]}}
sentinels: [Random]
files:
  - {{url: https://example.org/M-refA.seg.score, bytes: 1, sha256: '{"0" * 64}'}}
"""

#: Every reader of test sets, scores, ratings and cards, some with several forms of their files.
READABLE = (
    Readable(
        "plain",
        _plain,
        {
            **_TEXTS,
            "documents": "d1\nd1\n",
            "mqm": MQM_HEAD + "mt\t\t\t2\tr\t乙\t<v>b</v>\tother\tmajor\n",
        },
    ),
    Readable("plain, texts alone", lambda folder: plain_text.read("t", **_texts(folder)), _TEXTS),
    Readable(
        "wmt",
        _wmt,
        {**_TEXTS, "mqm": MQM_HEAD + "mt\tnews_1\t1\t1\tr\t甲\t<v>a</v>\tother\tmajor\n"},
    ),
    Readable("mqm_tsv", lambda folder: mqm_tsv.read("t", folder / "mqm.tsv"), {"mqm.tsv": _MQM}),
    Readable(
        "mqm_tsv, packed",
        lambda folder: mqm_tsv.read("t", folder / "mqm.tsv.gz"),
        {"mqm.tsv.gz": gzip.compress(_MQM.encode(), mtime=0)},
    ),
    Readable(
        "mqm_tsv, quoted",
        lambda folder: mqm_tsv.read("t", folder / "mqm.tsv"),
        {
            "mqm.tsv": MQM_HEAD
            + 'mt\td\t1\t1\tr\t"甲, ""乙"""\t"<v>a</v> ""b"""\tother\tmajor\n'
            + "mt\td\t2\t2\tr\t丙\tc\tNo-error\tNo-error\n"
        },
    ),
    Readable(
        "qe_spans",
        _qe,
        {
            **_TEXTS,
            "spans": "hyp.mt\td\t1\tr\t甲\ta\t0\t1\tmajor\n",
            "ratings": "system mqm_avg_score seg_id\nmt -1 1\n",
        },
    ),
    Readable(
        "mtme",
        _mtme,
        {
            **_TEXTS,
            "documents": "news\td1\nnews\td1\n",
            "ratings": "mt\t-5\nmt\tNone\n",
            "scores": "mt\t1\nmt\t2\n",
            "r1": f"mt\t{_json({'errors': [_error(0, 1, is_source_error=True)]})}mt\tNone\n",
            "expressions.json": json.dumps(_MARKS, ensure_ascii=False),
        },
    ),
    Readable("mtme folder", lambda folder: mtme_folder.read("t", folder), _FOLDER),
    Readable(
        "hwtsc_challenge",
        lambda folder: challenge.read("t", folder / "cases"),
        {"cases": "\t".join([*list(_ACES)[:5], "source"]) + "\n甲\tA\tB\tA\tNumber\tWMT\n"},
    ),
    Readable(
        "jsonl",
        lambda folder: jsonl.read("t", folder / "segments", folder / "annotations"),
        {
            "segments": _json(_SEGMENTS[1]),
            "annotations": _json({"segment_id": "1", "system": "mt", "rater": "r", "errors": []}),
        },
    ),
    Readable("jsonl, exported", lambda folder: jsonl.read(path=folder), _EXPORT),
    Readable(
        "jsonl, a reference",
        lambda folder: jsonl.read_reference(folder / "reference.jsonl", ["1", "2"]),
        {"reference.jsonl": _json({"segment_id": "2", "reference": "A"})},
    ),
    Readable("wmt_xml", lambda folder: wmt_xml.read("t", folder / "all.xml"), {"all.xml": _XML}),
    Readable(
        "esa_csv",
        _esa_csv,
        {
            "source": "甲\n乙\n",
            "ref": "A\nB\n",
            "mt": "one text\ntwo\n",
            "documents": "d1\nd1\n",
            "esa.csv": 'r1,mt,0,TGT,zho,eng,90,d1,False,"[{""start_i"": 0, ""end_i"": 2,'
            ' ""severity"": ""minor"", ""error_type"": null}]",1,2\n'
            "r1,mt,1,TGT,zho,eng,70,d1,False,[],1,2\n",
        },
    ),
    Readable(
        "esa_jsonl, an annotation a line",
        lambda folder: esa_jsonl.read("t", folder / "esa.jsonl"),
        {
            "esa.jsonl": _json(
                {
                    "langs": "zh-en",
                    "line_id": 0,
                    "src": "甲",
                    "tgt": "text",
                    "doc_id": "d1",
                    "domain": "news",
                    "esa_spans": [_SPAN, _GONE],
                    "esa_score": "90",
                    "system": "mt",
                    "annotator": "r",
                }
            )
        },
    ),
    Readable(
        "esa_jsonl, a segment a line",
        lambda folder: esa_jsonl.read("t", folder / "esa.jsonl"),
        {
            "esa.jsonl": _json(
                {
                    "doc_id": "zh-en_#_news_#_d1_#_0",
                    "src_text": "甲",
                    "tgt_text": {"mt": "text", "refA": "word"},
                    "scores": {"mt": [{"score": 80.0, "annotator": "r", "errors": [_SPAN]}]},
                }
            )
        },
    ),
    Readable(
        "esa_jsonl, Pearmut",
        lambda folder: esa_jsonl.read("t", folder / "esa.jsonl"),
        {
            "esa.jsonl": _json(
                {
                    "user_id": "r",
                    "item_i": 0,
                    "item": [{"item_id": "i1", "src": "甲", "tgt": {"a": "text", "b": "word"}}],
                    "annotation": [
                        {
                            "a": {"score": 90, "error_spans": []},
                            "b": {"score": 40, "error_spans": [{**_SPAN, "category": None}]},
                        }
                    ],
                }
            )
        },
    ),
    Readable(
        "aces, JSON Lines",
        lambda folder: aces.read(folder / "aces.jsonl"),
        {"aces.jsonl": _json(_ACES)},
    ),
    Readable(
        "aces, CSV",
        lambda folder: aces.read(folder / "aces.csv"),
        {"aces.csv": ",".join(_ACES) + '\n"甲, ""乙""",ten,"two\nlines",10,number,zh-en\n'},
    ),
    Readable(
        "aces, TSV",
        lambda folder: aces.read(folder / "aces.tsv"),
        {"aces.tsv": "\t".join(_ACES) + "\n" + "\t".join(_ACES.values()) + "\n"},
    ),
    Readable(
        "demetr",
        lambda folder: demetr.read(folder),
        {
            "k.json": json.dumps([_DEMETR], ensure_ascii=False, indent=1),
            "base_id33_shuffle_trans.json": json.dumps(
                [{**_DEMETR, "pert_name": "base_id33_shuffle_trans"}], ensure_ascii=False
            ),
        },
    ),
    _scores(
        "table", "csv", "system,segment_id,document,metric,score\ngood,1,d1,M,0.5\npoor,2,d1,M,-1\n"
    ),
    _scores("quoted table", "tsv", '"system"\t"segment_id"\t"score"\n"good"\t"1"\t0.5\n'),
    _scores("wide", "csv", "segment_id,good,poor\n2,0.7,0.95\n1,0.8,\n"),
    _scores("wide in order", "tsv", "good\tpoor\n1\t2\n3\t4\n5\t6\n7\tNone\n"),
    _scores("lines", "seg.score", "good\t1\ngood\t2\ngood\tNone\ngood\t4\n"),
    _scores(
        "COMET JSON",
        "json",
        json.dumps(
            {
                f"out/{name}.txt": [
                    {"src": s, "mt": t, "COMET": 0.5} for s, t in zip(SOURCES, own, strict=True)
                ]
                for name, own in (("good", _GOOD), ("poor", _POOR))
            },
            ensure_ascii=False,
            indent=1,
        ),
    ),
    _scores(
        "COMET printed",
        "txt",
        "".join(f"good.txt\tSegment {i}\tscore: 0.{i}\n" for i in range(4))
        + "good.txt\tscore: 0.1500\n",
    ),
    _scores(
        "JSON Lines",
        "jsonl",
        _json({"system": "good", "segment_id": "1", "score": 0.5, "metric": "M"}),
    ),
    _scores(
        "MetricX",
        "out",
        _json({"source": SOURCES[0], "hypothesis": _GOOD[0], "prediction": 1.5}),
    ),
    Readable(
        "published scores",
        lambda folder: (
            read_published(_small(), {("M", "refA"): folder / "M-refA.seg.score"}).scores
        ),
        {_PUBLISHED: "good\t1\ngood\t2\ngood\tNone\ngood\t4\n"},
    ),
    Readable(
        "ratings file",
        lambda folder: read_ratings(folder / "ratings", _small()).ratings,
        {"ratings": "system mqm_avg_score seg_id\ngood -1 1\npoor None 1\n"},
    ),
    Readable(
        "card", lambda folder: load_card(folder / "mine/card.yaml"), {"mine/card.yaml": _CARD}
    ),
    Readable(
        "score card",
        lambda folder: load_score_card(str(folder / "scores.yaml")),
        {"scores.yaml": _SCORE_CARD},
    ),
)

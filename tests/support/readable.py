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
from tests.support import readable_files as files
from tests.support.small import SOURCES, small

__all__ = ["READABLE", "Readable", "write_files"]


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


#: Every reader of test sets, scores, ratings and cards, some with several forms of their files.
READABLE = (
    Readable(
        "plain",
        _plain,
        {
            **files.TEXTS,
            "documents": "d1\nd1\n",
            "mqm": files.MQM_HEAD + "mt\t\t\t2\tr\t乙\t<v>b</v>\tother\tmajor\n",
        },
    ),
    Readable(
        "plain, texts alone", lambda folder: plain_text.read("t", **_texts(folder)), files.TEXTS
    ),
    Readable(
        "wmt",
        _wmt,
        {
            **files.TEXTS,
            "mqm": files.MQM_HEAD + "mt\tnews_1\t1\t1\tr\t甲\t<v>a</v>\tother\tmajor\n",
        },
    ),
    Readable(
        "mqm_tsv", lambda folder: mqm_tsv.read("t", folder / "mqm.tsv"), {"mqm.tsv": files.MQM}
    ),
    Readable(
        "mqm_tsv, packed",
        lambda folder: mqm_tsv.read("t", folder / "mqm.tsv.gz"),
        {"mqm.tsv.gz": gzip.compress(files.MQM.encode(), mtime=0)},
    ),
    Readable(
        "mqm_tsv, quoted",
        lambda folder: mqm_tsv.read("t", folder / "mqm.tsv"),
        {
            "mqm.tsv": files.MQM_HEAD
            + 'mt\td\t1\t1\tr\t"甲, ""乙"""\t"<v>a</v> ""b"""\tother\tmajor\n'
            + "mt\td\t2\t2\tr\t丙\tc\tNo-error\tNo-error\n"
        },
    ),
    Readable(
        "qe_spans",
        _qe,
        {
            **files.TEXTS,
            "spans": "hyp.mt\td\t1\tr\t甲\ta\t0\t1\tmajor\n",
            "ratings": "system mqm_avg_score seg_id\nmt -1 1\n",
        },
    ),
    Readable(
        "mtme",
        _mtme,
        {
            **files.TEXTS,
            "documents": "news\td1\nnews\td1\n",
            "ratings": "mt\t-5\nmt\tNone\n",
            "scores": "mt\t1\nmt\t2\n",
            "r1": f"mt\t{files.ONE_ERROR}mt\tNone\n",
            "expressions.json": json.dumps(files.MARKS, ensure_ascii=False),
        },
    ),
    Readable("mtme folder", lambda folder: mtme_folder.read("t", folder), files.FOLDER),
    Readable(
        "hwtsc_challenge",
        lambda folder: challenge.read("t", folder / "cases"),
        {"cases": "\t".join([*list(files.ACES)[:5], "source"]) + "\n甲\tA\tB\tA\tNumber\tWMT\n"},
    ),
    Readable(
        "jsonl",
        lambda folder: jsonl.read("t", folder / "segments", folder / "annotations"),
        {
            "segments": files.json_lines(files.SEGMENTS[1]),
            "annotations": files.json_lines(
                {"segment_id": "1", "system": "mt", "rater": "r", "errors": []}
            ),
        },
    ),
    Readable("jsonl, exported", lambda folder: jsonl.read(path=folder), files.EXPORT),
    Readable(
        "jsonl, a reference",
        lambda folder: jsonl.read_reference(folder / "reference.jsonl", ["1", "2"]),
        {"reference.jsonl": files.json_lines({"segment_id": "2", "reference": "A"})},
    ),
    Readable(
        "wmt_xml", lambda folder: wmt_xml.read("t", folder / "all.xml"), {"all.xml": files.XML}
    ),
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
            "esa.jsonl": files.json_lines(
                {
                    "langs": "zh-en",
                    "line_id": 0,
                    "src": "甲",
                    "tgt": "text",
                    "doc_id": "d1",
                    "domain": "news",
                    "esa_spans": [files.SPAN, files.GONE],
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
            "esa.jsonl": files.json_lines(
                {
                    "doc_id": "zh-en_#_news_#_d1_#_0",
                    "src_text": "甲",
                    "tgt_text": {"mt": "text", "refA": "word"},
                    "scores": {"mt": [{"score": 80.0, "annotator": "r", "errors": [files.SPAN]}]},
                }
            )
        },
    ),
    Readable(
        "esa_jsonl, Pearmut",
        lambda folder: esa_jsonl.read("t", folder / "esa.jsonl"),
        {
            "esa.jsonl": files.json_lines(
                {
                    "user_id": "r",
                    "item_i": 0,
                    "item": [{"item_id": "i1", "src": "甲", "tgt": {"a": "text", "b": "word"}}],
                    "annotation": [
                        {
                            "a": {"score": 90, "error_spans": []},
                            "b": {"score": 40, "error_spans": [{**files.SPAN, "category": None}]},
                        }
                    ],
                }
            )
        },
    ),
    Readable(
        "aces, JSON Lines",
        lambda folder: aces.read(folder / "aces.jsonl"),
        {"aces.jsonl": files.json_lines(files.ACES)},
    ),
    Readable(
        "aces, CSV",
        lambda folder: aces.read(folder / "aces.csv"),
        {"aces.csv": ",".join(files.ACES) + '\n"甲, ""乙""",ten,"two\nlines",10,number,zh-en\n'},
    ),
    Readable(
        "aces, TSV",
        lambda folder: aces.read(folder / "aces.tsv"),
        {"aces.tsv": "\t".join(files.ACES) + "\n" + "\t".join(files.ACES.values()) + "\n"},
    ),
    Readable(
        "demetr",
        lambda folder: demetr.read(folder),
        {
            "k.json": json.dumps([files.DEMETR], ensure_ascii=False, indent=1),
            "base_id33_shuffle_trans.json": json.dumps(
                [{**files.DEMETR, "pert_name": "base_id33_shuffle_trans"}], ensure_ascii=False
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
                for name, own in (("good", files.GOOD), ("poor", files.POOR))
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
        files.json_lines({"system": "good", "segment_id": "1", "score": 0.5, "metric": "M"}),
    ),
    _scores(
        "MetricX",
        "out",
        files.json_lines({"source": SOURCES[0], "hypothesis": files.GOOD[0], "prediction": 1.5}),
    ),
    Readable(
        "published scores",
        lambda folder: (
            read_published(_small(), {("M", "refA"): folder / "M-refA.seg.score"}).scores
        ),
        {files.PUBLISHED: "good\t1\ngood\t2\ngood\tNone\ngood\t4\n"},
    ),
    Readable(
        "ratings file",
        lambda folder: read_ratings(folder / "ratings", _small()).ratings,
        {"ratings": "system mqm_avg_score seg_id\ngood -1 1\npoor None 1\n"},
    ),
    Readable(
        "card", lambda folder: load_card(folder / "mine/card.yaml"), {"mine/card.yaml": files.CARD}
    ),
    Readable(
        "score card",
        lambda folder: load_score_card(str(folder / "scores.yaml")),
        {"scores.yaml": files.SCORE_CARD},
    ),
)

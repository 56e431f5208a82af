"""Files of scores and ratings: tables, lines, and what COMET and MetricX write."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from tests.support.bad_inputs import Noted, Refused, named, noted, refused
from tests.support.small import SOURCES, TEXTS

pytestmark = pytest.mark.reliability

HEAD = "system,segment_id,score\n"
ROW = "good,1,0.5\n"


def _table(
    name: str, content: str | bytes, line: int | None, says: str, remedy: str = ""
) -> Refused:
    return Refused("scores, table", name, "scores.csv", content, line, says, remedy)


def _row(name: str, row: str, says: str, remedy: str = "") -> Refused:
    return _table(name, HEAD + ROW + row + "\n", 3, says, remedy)


def _score(text: str) -> Refused:
    return _row(f"the score {text[:12]!r}", f"good,2,{text}", "this is no score", "")


def _wide(name: str, content: str, line: int | None, says: str, remedy: str = "") -> Refused:
    return Refused("scores, wide", name, "scores.csv", content, line, says, remedy)


def _lines(
    name: str, content: str | bytes, line: int | None, says: str, remedy: str = ""
) -> Refused:
    return Refused("scores, lines", name, "scores.seg.score", content, line, says, remedy)


def _printed(name: str, content: str, line: int | None, says: str) -> Refused:
    return Refused("scores, COMET printed", name, "scores.txt", content, line, says)


def _json(name: str, line: int | None, says: str, *objects: Any) -> Refused:
    text = "".join(o if isinstance(o, str) else json.dumps(o) + "\n" for o in objects)
    return Refused("scores, JSON Lines", name, "scores.jsonl", text, line, says)


def _comet(name: str, line: int | None, says: str, change: Any) -> Refused:
    content = {
        f"out/{system}.txt": [
            {"src": s, "mt": t, "COMET": 0.5} for s, t in zip(SOURCES, TEXTS[system], strict=True)
        ]
        for system in ("good", "poor")
    }
    change(content)
    text = json.dumps(content, indent=1, ensure_ascii=False)
    return Refused("scores, COMET JSON", name, "scores.json", text, line, says)


def _ratings(name: str, content: str, line: int | None, says: str, remedy: str = "") -> Refused:
    head = "system mqm_avg_score seg_id\n"
    return Refused("ratings file", name, "ratings", head + content, line, says, remedy)


OK = {"system": "good", "segment_id": "1", "score": 0.5}
PRINTED = "good.txt\tSegment 0\tscore: 0.5\n"
LINES = "good\t1\ngood\t2\ngood\t3\ngood\t4\n"

REFUSED = [
    _table("an empty file", "", None, "the file is empty"),
    _table("a byte order mark alone", "\ufeff", 1, "neither a header nor a score"),
    _table("a blank first line", "\n" + HEAD, 1, "the first line is neither a header nor a score"),
    _table("a header alone", HEAD, None, "the file holds no scores"),
    _table("no header", ROW, 1, "the first line is neither a header nor a score"),
    _table("semicolons", (HEAD + ROW).replace(",", ";"), 1, "neither a header nor a score"),
    _table("no column of segments", HEAD.replace("segment_id", "seg") + ROW, 1,
           "the header has no column 'segment_id'"),
    _table("no column of scores", HEAD.replace("score", "comet") + ROW, 1,
           "neither a header nor a score"),
    _table("a column twice", "system,system,segment_id,score\nx,good,1,1\n", 1,
           "the header has two columns 'system'"),
    _table("a column twice in other letters", "System,segment_id,score,Score\ngood,1,1,1\n", 1,
           "the header has two columns 'score'"),
    _table("sacrebleu's JSON", '{"name": "BLEU", "score": 1.0, "signature": "x"}\n', None,
           "which holds corpus scores"),
    _table("a workbook", b"PK\x03\x04x", None, "a damaged zip archive or Office file"),
    _table("a score that is not UTF-8", (HEAD + ROW).encode() + b"good,2,\xff\n", 3, "not UTF-8"),
    _row("too few fields", "good,2", "the row has too few fields"),
    _row("too many fields", "good,2,0.5,x", "the row has too many fields"),
    _row("a comma for the decimal point", "good,2,0,5", "the row has too many fields"),
    _row("a quotation mark that is not closed", 'good,2,"0.5', "the line is not valid CSV"),
    _row("text behind a quotation mark", 'good,2,"0.5"x', "the line is not valid CSV"),
    _row("an unknown system", "god,2,1", "there is no system 'god'", "did you mean 'good'?"),
    _row("another case of a system", "Good,2,1", "there is no system 'Good'", "'good'"),
    _row("a segment counted from 0", "good,0,1", "there is no segment '0'", "scores.csv"),
    _row("a segment as a float", "good,2.0,1", "there is no segment '2.0'"),
    _row("a translation twice", "good,1,0.6", "segment 1 of the system 'good' has two scores"),
    _row("the same row twice", "good,1,0.5", "segment 1 of the system 'good' has two scores"),
    _table("another document", "system,segment_id,document,score\ngood,1,d2,1\n", 2,
           "the segment '1' is not of this document"),
    *map(_score, ("nan", "NaN", "inf", "-inf", "1e999", "1e308", "-1e51", "abc", "1_000", "0x1",
                  "٣", "0.5 0.6", "1..5", "50%", "−1", "9" * 400)),
    _wide("a system that there is not", "segment_id,good,por\n1,1,2\n", 1,
          "there is no column 'por'", "did you mean 'poor'?"),
    _wide("a system twice", "segment_id,good,good\n1,1,2\n", 1, "two columns 'good'"),
    _wide("a row too short", "segment_id,good,poor\n1,1\n", 2, "too many or too few fields"),
    _wide("a segment twice", "segment_id,good\n1,1\n1,2\n", 3, "the segment '1' has two rows"),
    _wide("an unknown segment", "segment_id,good\n1,1\n9,2\n", 3, "there is no segment '9'"),
    _wide("a number that is none", "segment_id,good\n1,1\n2,x\n", 3, "this is no score"),
    _wide("rows too few without names", "good,poor\n1,2\n", None, "not as many rows as segments"),
    _wide("rows too many without names", "good\n1\n2\n3\n4\n5\n", 6, "there is no segment 5 in the test set"),
    _lines("an empty file", "", None, "the file is empty"),
    _lines("no tab", "good 1\n", 1, "the first line is neither a header nor a score"),
    _lines("a blank line between", LINES.replace("good\t2\n", "good\t2\n\n"), 3,
           "the line has another form"),
    _lines("a third field", LINES.replace("t\t2", "t") .replace("good\t3", "good\t3\tx"), 3,
           "the line has another form"),
    _lines("a line too few", LINES[:-7], None, "the system good has fewer scores", "None"),
    _lines("a line too many", LINES + "good\t5\n", 5, "has more scores than there are segments"),
    _lines("an unknown system", LINES.replace("good", "god"), 1, "there is no system 'god'"),
    _lines("a score that is none", LINES.replace("3", "x"), 3, "this is no score"),
    _lines("infinity", LINES.replace("3", "inf"), 3, "this is no score"),
    _lines("1e308", LINES.replace("3", "1e308"), 3, "this is no score"),
    _lines("NaN", LINES.replace("3", "nan"), 3, "this is no score"),
    _lines("an empty score", LINES.replace("3", ""), 3, "this is no score"),
    _lines("white space around a score", LINES.replace("3", " 3"), 3, "this is no score"),
    _printed("a line of another form", PRINTED + "warning: x\n", 2, "the line has another form"),
    _printed("an unknown system", PRINTED.replace("good", "god"), 1, "there is no system 'god.txt'"),
    _printed("a segment too many", PRINTED.replace("0\t", "4\t"), 1, "not as many as the segments"),
    _printed("segments that are missing", PRINTED, None, "not as many as the segments"),
    _printed("two scores of a segment", PRINTED + PRINTED.replace("0.5", "0.6"), 2, "two scores"),
    _printed("a score that is none", PRINTED.replace("0.5", "nan"), 1, "this is no score"),
    _printed("a mean alone", "good.txt\tscore: 0.5\n", None, "holds no scores of segments"),
    _json("half an object", 2, "the line is not valid JSON", OK, '{"system": "good"'),
    _json("no score", 2, "the segment has no score", OK, {"system": "good", "segment_id": "2"}),
    _json("an unknown system", 2, "there is no system 'god'", OK, {**OK, "system": "god"}),
    _json("an unknown segment", 2, "there is no segment '9'", OK, {**OK, "segment_id": "9"}),
    _json("two scores", 2, "has two scores", OK, {**OK, "score": 0.6}),
    _json("true as score", 2, "this is no score", OK, {**OK, "segment_id": "2", "score": True}),
    _json("a list as score", 2, "this is no score", OK, {**OK, "segment_id": "2", "score": [1]}),
    _json("a number of 400 digits", 1, "this is no score", {**OK, "score": int("9" * 400)}),
    _json("1e308", 1, "this is no score", {**OK, "score": 1e308}),
    _json("neither system nor text", 1, "neither its system nor its text", {"score": 1}),
    _json("a text of nobody", 1, "no translation of the test set", {"hypothesis": "?", "score": 1}),
    _json("another text", 1, "this is not the translation", {**OK, "hypothesis": "Rain."}),
    _json("segments in order, too few", None, "not as many as the segments",
          {"system": "good", "score": 1}),
    _json("segments in order, too many", 5, "not as many as the segments",
          *[{"system": "good", "score": 1}] * 5),
    _comet("an unknown system", 46, "there is no system 'x'", lambda c: c.update(x=[])),
    _comet("a segment too few", 2, "not as many as the segments",
           lambda c: c["out/good.txt"].pop()),
    _comet("no list", 24, "is no list of objects", lambda c: c.update({"out/poor.txt": {}})),
    _comet("a segment that is none", 3, "is not a JSON object",
           lambda c: c["out/good.txt"].__setitem__(0, 1)),
    _comet("another text", 8, "this is not the translation of segment 2 by 'good'",
           lambda c: c["out/good.txt"][1].update(mt="x")),
    _comet("a score that is none", 8, "this is no score",
           lambda c: c["out/good.txt"][1].update(COMET="x")),
    _comet("infinity", 8, "is not valid JSON: Infinity",
           lambda c: c["out/good.txt"][1].update(COMET=math.inf)),
    Refused("published scores", "a file of penalties cut off", "M-refA.seg.score", LINES[:14], None,
            "has fewer scores than there are segments"),
    _ratings("two fields", "good -1\n", 2, "the line has not three fields"),
    _ratings("a blank line", "good -1 1\n\n", 3, "the line is blank"),
    _ratings("an unknown system", "god -1 1\n", 2, "there is no system 'god'"),
    _ratings("an unknown segment", "good -1 9\n", 2, "there is no segment '9'"),
    _ratings("a rating twice", "good -1 1\ngood -2 1\n", 3, "segment 1 of the system 'good' is"),
    _ratings("a penalty", "good 5 1\n", 2, "the rating is above 0", "negate the ratings"),
    _ratings("no number", "good x 1\n", 2, "the rating is not a number"),
    _ratings("minus infinity", "good -inf 1\n", 2, "the rating is not a number"),
    _ratings("-1e308", "good -1e308 1\n", 2, "the rating is not a number"),
    Refused("ratings file", "another header", "ratings", "system,score\n", 1, "another one"),
    Refused("ratings file", "an empty file", "ratings", "", None, "the file is empty"),
]  # fmt: skip


@named(REFUSED)
def test_refused(case: Refused, tmp_path: Path) -> None:
    refused(case, tmp_path)


def _one(read: Any) -> dict[tuple[str, str], float | None]:
    """The scores of the only metric; None: there is none."""
    (own,) = read.values()
    return {key: None if math.isnan(x) else x for key, x in own.items()}


G1, P2 = ("good", "1"), ("poor", "2")
NOTED = [
    Noted("scores, table", name, "scores.csv", content, "", _one, expected)
    for name, content, expected in (
        ("columns in another order", "score,system,segment_id\n0.5,good,1\n", {G1: 0.5}),
        ("a column more", "system,segment_id,score,note\ngood,1,0.5,x\n", {G1: 0.5}),
        ("tabs", (HEAD + ROW).replace(",", "\t"), {G1: 0.5}),
        ("capitals and white space in the header", "System, Segment_ID ,SCORE\ngood,1,0.5\n",
         {G1: 0.5}),
        ("an empty score", HEAD + "good,1,\n", {G1: None}),
        ("None", HEAD + "good,1,None\n", {G1: None}),
        ("white space around cells", HEAD + " good , 1 , 0.5 \n", {G1: 0.5}),
        ("blank lines", HEAD + "\n" + ROW + "\n\n", {G1: 0.5}),
        ("CR LF and a byte order mark", "\ufeff" + (HEAD + ROW).replace("\n", "\r\n"), {G1: 0.5}),
        ("an exponent and a sign", HEAD + "good,1,+5e-1\npoor,2,-0\n", {G1: 0.5, P2: 0.0}),
    )
]  # fmt: skip


@named(NOTED)
def test_read(case: Noted, tmp_path: Path) -> None:
    noted(case, tmp_path)

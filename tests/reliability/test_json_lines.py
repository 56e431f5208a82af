"""A test set as JSON Lines: syntax, keys, names, places and numbers that are wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.bad_inputs import Noted, Refused, named, noted, refused

pytestmark = pytest.mark.reliability

EXPORT = "jsonl, exported"
FIRST = (
    '{"segment_id": "1", "source": "甲乙", "references": {"refA": "A"},'
    ' "hypotheses": {"mt": "a b"}}\n'
)
SECOND = '{"segment_id": "2", "source": ""}\n'


def _segments(
    name: str, content: str | bytes, line: int | None, says: str, remedy: str = ""
) -> Refused:
    return Refused(EXPORT, name, "segments.jsonl", content, line, says, remedy)


def _second(name: str, text: str, says: str, remedy: str = "") -> Refused:
    """The second line of the segments."""
    return _segments(name, FIRST + text + "\n", 2, says, remedy)


def _annotation(name: str, says: str, remedy: str = "", **changes: object) -> Refused:
    """A second annotation, with changes."""
    error = {"category": "other", "severity": "minor"}
    whole = {"segment_id": "1", "system": "mt", "rater": "s", "errors": [error]}
    text = '{"segment_id": "1", "system": "mt", "rater": "r", "errors": []}\n'
    text += json.dumps({**whole, **changes}, ensure_ascii=False)
    return Refused(EXPORT, name, "annotations.jsonl", text, 2, says, remedy)


def _error(name: str, says: str, remedy: str = "", **changes: object) -> Refused:
    """The only error of an annotation, with changes."""
    error = {"category": "other", "severity": "minor", **changes}
    return _annotation(name, says, remedy, errors=[error])


def _rating(name: str, ratings: str, says: str, system: str = "mt") -> Refused:
    text = f'{{"rating_name": "mqm", "system": "{system}", "ratings": {ratings}}}\n'
    return Refused(EXPORT, f"a rating: {name}", "ratings.jsonl", text, 1, says)


def _score(name: str, text: str, says: str) -> Refused:
    return Refused(EXPORT, f"a score: {name}", "scores.jsonl", text, 1, says)


def _record(name: str, text: str, line: int, says: str, remedy: str = "") -> Refused:
    return Refused(EXPORT, f"the record: {name}", "test_set.json", text, line, says, remedy)


REFUSED = [
    _segments("an empty file", "", None, "the file has no segments"),
    _segments("white space alone", " \n\t\n", None, "the file has no segments"),
    _segments("a header alone", '{"references": ["refA"]}\n', None, "the file has no segments"),
    _second("half an object", '{"segment_id": "2", "source": ', "the line is not valid JSON"),
    _second("an object over two lines", '{"segment_id": "2",\n"source": ""}', "not valid JSON",
            "one JSON object per line"),
    _second("two objects in a line", SECOND[:-1] * 2, "the line is not valid JSON: Extra data"),
    _second("a comma at the end", SECOND[:-1] + ",", "the line is not valid JSON: Extra data"),
    _second("a list", '["2"]', "the line is not a JSON object"),
    _second("a text", '"2"', "the line is not a JSON object"),
    _second("single quotes", "{'segment_id': '2', 'source': ''}", "the line is not valid JSON"),
    _second("a tab in a text", '{"segment_id": "2", "source": "a\tb"}', "not valid JSON", "\\t"),
    _second("a comment", "// two", "the line is not valid JSON"),
    _second("a key twice", '{"segment_id": "2", "source": "a", "source": "b"}',
            "the key 'source' occurs twice in one object"),
    _second("a key twice, deeper", '{"segment_id": "2", "source": "", "hypotheses": {"mt": "a",'
            ' "mt": "b"}}', "the key 'mt' occurs twice in one object"),
    _second("NaN", '{"segment_id": "2", "source": NaN}', "NaN is not a JSON number"),
    _second("a number of 5,000 digits", '{"segment_id": ' + "9" * 5000 + ', "source": ""}',
            "the line is not valid JSON"),
    _second("deep nesting", "[" * 100_000, "the line is not valid JSON"),
    _second("deep nesting, closed", '{"segment_id": ' + "[" * 50_000 + "]" * 50_000 + "}",
            "the line is not valid JSON"),
    _second("half a surrogate pair", '{"segment_id": "2", "source": "\\ud800"}',
            "half a surrogate pair", "both halves"),
    _segments("a line that is not UTF-8", FIRST.encode() + b'{"segment_id": "\xff"}\n', 2,
              "the line is not UTF-8"),
    _second("an unknown key", '{"segment_id": "2", "sorce": ""}', "there is no key of the segment"
            " 'sorce'", "did you mean 'source'?"),
    _second("no source", '{"segment_id": "2"}', "the segment has no 'source'"),
    _second("no segment_id", '{"source": ""}', "the segment has no 'segment_id'"),
    _second("a number as segment_id", '{"segment_id": 2, "source": ""}',
            "the 'segment_id' of the segment has the wrong type"),
    _second("a blank segment_id", '{"segment_id": " ", "source": ""}',
            "the 'segment_id' of the segment is blank"),
    _second("null as source", '{"segment_id": "2", "source": null}', "has the wrong type"),
    _second("a list of translations", '{"segment_id": "2", "source": "", "hypotheses": ["a"]}',
            "the 'hypotheses' of the segment has the wrong type"),
    _second("null as translation", '{"segment_id": "2", "source": "", "hypotheses": {"mt": null}}',
            "has the wrong type"),
    _second("a blank system", '{"segment_id": "2", "source": "", "hypotheses": {" ": "a"}}',
            "a name in the 'hypotheses' of the segment is blank"),
    _second("a segment twice", FIRST[:-1], "the segment '1' occurs twice"),
    _second("the header below", '{"references": ["refA"]}', "belong in its first line"),
    _segments("no systems", SECOND, None, "the test set 't' has no systems"),
    _segments("a role that there is not", '{"roles": {"mt": "machine"}}\n' + FIRST, 1,
              "there is no role 'machine'"),
    _segments("the role of a system that there is not", '{"roles": {"mtt": "human"}}\n' + FIRST, 1,
              "there is no system 'mtt'", "did you mean 'mt'?"),
    _segments("a reference that there is not", '{"references": ["refB"]}\n' + FIRST, 1,
              "there is no reference 'refB'"),
    _annotation("an unknown segment", "there is no segment '9'", segment_id="9"),
    _annotation("an unknown system", "there is no system 'MT'", "'mt'", system="MT"),
    _annotation("a segment that the system lacks", "has no hypothesis for segment '2'",
                segment_id="2"),
    _annotation("a blank rater", "the 'rater' of the annotation is blank", rater=""),
    _annotation("a rater twice", "annotates segment '1' of 'mt' twice", rater="r"),
    _annotation("no list of errors", "the 'errors' of the annotation has the wrong type", errors={}),
    _annotation("an error as a text", "the 'errors' of the annotation has the wrong type",
                errors=["x"]),
    _error("an unknown category", "there is no error category 'adequacy'", category="adequacy"),
    _error("an unknown severity", "there is no severity 'severe'", severity="severe"),
    _error("an unknown side", "there is no side 'both'", side="both"),
    _error("a span beyond the end", "is outside the target", start=0, end=9),
    _error("a reversed span", "is outside the target", start=2, end=1),
    _error("a negative start", "has the wrong type", start=-1, end=1),
    _error("a float as start", "has the wrong type", start=0.0, end=1),
    _error("true as start", "has the wrong type", start=True, end=1),
    _error("a start alone", "error 1 has no 'end'", start=0),
    _error("a text that is not there", "is not in the target", "copy the text", text="zzz"),
    _error("a text of the other side", "is not in the target", '"side": "source"', text="甲"),
    _error("a text in other letters", "is not in the target", "did you mean 'a b'?", text="A B"),
    _error("an occurrence too many", "has no occurrence 2", text="a", occurrence=2),
    _error("occurrence 0", "has the wrong type", text="a", occurrence=0),
    _error("text and offsets that disagree", "disagree", "leave one", text="a", start=2, end=3),
    _error("an empty text", "the 'text' of error 1 is empty", text=""),
    _error("no spans", "the 'spans' of error 1 are empty", spans=[]),
    _error("spans beside a span", "beside its list of spans", spans=[{"text": "a"}], start=0, end=1),
    _rating("no number", '{"1": "x"}', "has the wrong type"),
    _rating("null", '{"1": null}', "has the wrong type"),
    _rating("infinity", '{"1": 1e999}', "has the wrong type"),
    _rating("1e308", '{"1": 1e308}', "has the wrong type"),
    _rating("an unknown segment", '{"9": 1}', "there is no segment '9'"),
    _rating("an unknown system", '{"1": 1}', "there is no system 'MT'", system="MT"),
    _rating("a segment twice", '{"1": 1, "1": 2}', "the key '1' occurs twice"),
    _score("no metric", '{"reference_name": "src", "system": "mt", "scores": {}}\n',
           "the scores has no 'metric'"),
    _score("true", '{"metric": "M", "reference_name": "src", "system": "mt",'
           ' "scores": {"1": true}}\n', "has the wrong type"),
    Refused(EXPORT, "a phenomenon beyond the source", "phenomena.jsonl",
            '{"segment_id": "1", "expression": 0, "phenomenon": "k", "start": 1, "end": 9}\n', 1,
            "is outside the source"),
    _record("another format", "{}", 1, "this is not the record of an exported test set"),
    _record("a later version", '{"format": "harness test set", "version": 2}', 1,
            "exported by a later version", "update harness"),
    _record("half of it", '{"format": "harness test set",\n "version"', 2, "is not valid JSON"),
    _record("a file outside its folder", json.dumps({
        "format": "harness test set", "version": 1, "name": "t", "card": {}, "notes": [],
        "read_from": [], "files": {"../x": {"bytes": 1, "sha256": "0"}}}), 1,
        "a file of the export lies outside its folder"),
    Refused("jsonl, a reference", "an unknown segment", "reference.jsonl",
            '{"segment_id": "3", "reference": "A"}\n', 1, "there is no segment '3'"),
    Refused("jsonl, a reference", "a segment twice", "reference.jsonl",
            '{"segment_id": "1", "reference": "A"}\n' * 2, 2, "the segment '1' occurs twice"),
]  # fmt: skip


@named(REFUSED)
def test_refused(case: Refused, tmp_path: Path) -> None:
    refused(case, tmp_path)


def _texts(test_set: Any) -> list[str]:
    return list(test_set.hypotheses["hypothesis"])


NOTED = [
    Noted(EXPORT, "blank lines", "segments.jsonl", "\n" + FIRST + "\n" + SECOND,
          "not as it was exported: segments.jsonl", _texts, ["a b"]),
    Noted(EXPORT, "a changed file", "segments.jsonl", FIRST + SECOND,
          "not as it was exported: segments.jsonl", _texts, ["a b"]),
    Noted("jsonl", "CR LF and a byte order mark", "segments",
          "\ufeff" + FIRST.replace("\n", "\r\n"), "", _texts, ["a b"]),
    Noted("jsonl", "a line separator in a text", "segments", FIRST.replace("a b", "a\u2028b"), "",
          _texts, ["a\u2028b"]),
    Noted("jsonl", "an escaped line break in a text", "segments", FIRST.replace("a b", "a\\nb"), "",
          _texts, ["a\nb"]),
    Noted("jsonl", "an escaped NUL in a text", "segments", FIRST.replace("a b", "a\\u0000b"), "",
          _texts, ["a\0b"]),
    Noted("jsonl", "an escaped pair of surrogates", "segments",
          FIRST.replace("a b", "\\ud83d\\ude00"), "", _texts, ["\U0001f600"]),
]  # fmt: skip


@named(NOTED)
def test_read(case: Noted, tmp_path: Path) -> None:
    noted(case, tmp_path)

"""The script's functions of texts, in node. Skipped where node is absent: no report needs it."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import harness.report
from harness.report import write_csv
from harness.support import formatting
from harness.support.formatting import visible
from tests.support.hostile_pages import PAYLOADS

SCRIPT = Path(harness.report.__file__).parent / "assets" / "explorer" / "text.js"
NODE = shutil.which("node")

needs_node = pytest.mark.skipif(NODE is None, reason="needs node to run the script's functions")


def in_node(function: str, calls: list[list[Any]]) -> list[Any]:
    """The results of ``function`` of the script for each list of arguments."""
    program = (
        f"const f = require({json.dumps(str(SCRIPT))})[{json.dumps(function)}];"
        "const calls = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(calls.map((c) => f(...c))));"
    )
    done = subprocess.run(
        [str(NODE), "-e", program],
        input=json.dumps(calls).encode(),
        capture_output=True,
        check=True,
    )
    return list(json.loads(done.stdout))


@needs_node
def test_spans_are_split_at_every_boundary() -> None:
    """Against a count of the spans over each character, for random overlapping spans."""
    chance = random.Random(3)
    calls = []
    for _ in range(300):
        length = chance.randint(0, 12)
        spans = [
            {"id": i, "start": chance.randint(0, length), "end": chance.randint(0, length + 3)}
            for i in range(chance.randint(0, 5))
        ]
        spans = [s | {"end": max(s["start"], s["end"])} for s in spans]
        calls.append([length, spans])
    for (length, spans), pieces in zip(calls, in_node("splitSpans", calls), strict=True):
        solid = [p for p in pieces if p["start"] < p["end"]]
        assert [p["start"] for p in solid] == [0, *(p["end"] for p in solid[:-1])][: len(solid)]
        assert (solid[-1]["end"] if solid else 0) == length
        for piece in solid:
            for place in range(piece["start"], piece["end"]):
                over = [s["id"] for s in spans if s["start"] <= place < s["end"]]
                assert piece["ids"] == over
        for piece in pieces:
            if piece["start"] == piece["end"]:
                here = piece["start"]
                empty = [
                    s["id"] for s in spans if s["start"] == here and min(s["end"], length) == here
                ]
                assert piece["ids"] == empty != []
        placed = {i for p in pieces for i in p["ids"]}
        assert placed == {s["id"] for s in spans}  # no error is lost


@needs_node
def test_two_overlapping_spans_by_hand() -> None:
    spans = [{"id": 7, "start": 1, "end": 4}, {"id": 9, "start": 3, "end": 6}]
    (pieces,) = in_node("splitSpans", [[6, spans]])
    assert [(p["start"], p["end"], p["ids"]) for p in pieces] == [
        (0, 1, []),
        (1, 3, [7]),
        (3, 4, [7, 9]),
        (4, 6, [9]),
    ]


@needs_node
def test_the_script_shows_invisible_characters_as_python_does() -> None:
    codes = [*range(0x3000), *range(0xD7F0, 0xD810), *range(0xDFF0, 0xE010), *range(0xFE00, 0xFFFE)]
    codes += [*range(0x1F300, 0x1F700), *range(0xE0000, 0xE0080)]
    texts = [chr(c) + "x" for c in codes if unicodedata.category(chr(c)) != "Cn"]
    texts += ["👨\u200d👩", "a\u200db", "\u0915\u094d\u200d\u0937", *PAYLOADS]
    assert in_node("visible", [[t] for t in texts]) == [visible(t) for t in texts]


@needs_node
def test_the_script_formats_numbers_as_python_does() -> None:
    values = [0.0, -0.04, 1.0, -12.34, 99.96, 0.5]
    calls: list[list[Any]] = [[v, d] for v in values for d in (1, 2, 3)] + [[None, 1]]
    assert in_node("formatNumber", calls) == [formatting.number(v, d) for v, d in calls]


def longest_common(a: list[str], b: list[str]) -> int:
    """The length of a longest common subsequence, by its recurrence."""
    row = [0] * (len(b) + 1)
    for x in a:
        diagonal = 0
        for j, y in enumerate(b):
            diagonal, row[j + 1] = row[j + 1], diagonal + 1 if x == y else max(row[j + 1], row[j])
    return row[-1]


@needs_node
def test_differences_leave_a_longest_common_subsequence() -> None:
    chance = random.Random(8)
    calls = [["a b c", "a c d"], ["", "x"], ["\U00020bb7野家 x", "野家 y"]]
    calls += [
        [" ".join(chance.choices("abcd", k=chance.randint(0, 9))) for _ in range(2)]
        for _ in range(200)
    ]
    for (a, b), found in zip(calls, in_node("differences", calls), strict=True):
        words = [w["word"] for w in found["extra"]]
        if " " in a or not a:
            common = longest_common(a.split(), b.split()) if a.isascii() else None
            if common is not None:
                assert len(found["extra"]) == len(b.split()) - common
                assert len(found["absent"]) == len(a.split()) - common
        for word in found["extra"]:
            assert b[word["start"] : word["end"]] == word["word"]
        for word in found["absent"]:
            assert a[word["start"] : word["end"]] == word["word"]
        assert all(w in b for w in words)
    (first,) = in_node("differences", [["a b c", "a c d"]])
    assert [w["word"] for w in first["extra"]] == ["d"]
    assert [w["word"] for w in first["absent"]] == ["b"]


@needs_node
def test_words_are_characters_in_chinese_and_words_in_english() -> None:
    (found,) = in_node("wordsOf", [["𠮷野 it\u2019s 3.5 %!"]])
    assert [(w["word"], w["start"], w["end"]) for w in found] == [
        ("𠮷", 0, 1),
        ("野", 1, 2),
        ("it\u2019s", 3, 7),
        ("3.5", 8, 11),
        ("%", 12, 13),
        ("!", 13, 14),
    ]


@needs_node
def test_the_script_writes_csv_cells_as_python_does(tmp_path: Path) -> None:
    texts = ["=1+1", "+x", "-x", "@x", "\tx", "\rx", 'a "b", c', "", "plain", *PAYLOADS]
    for safe in (True, False):
        frame = pd.DataFrame({"text": texts})
        write_csv(frame, tmp_path / "x.csv", safe=safe)
        expected = (tmp_path / "x.csv").read_bytes().decode().removeprefix('"text"\n')
        cells = in_node("csvCell", [[t, safe] for t in texts])
        assert "\n".join(cells) + "\n" == expected

"""Whatever bytes a file holds, every reader gives a test set or an InputError, nothing else.

Each case is a set of sound files; one of them is then replaced by arbitrary bytes, or damaged:
parts cut out, doubled, moved, or filled with what breaks lines, fields and numbers.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness import tables
from harness.errors import InputError
from harness.readers import challenge, jsonl, mtme, mtme_tree, plain_text, qe_spans, wmt
from harness.tables import TestSet
from harness.writers.base import TABLES

_MARKED = "system\tdoc\tdocSegId\tglobalSegId\trater\tsource\ttarget\tcategory\tseverity\n"
_TEXTS = {"src": "甲 乙\n丙丁\n", "ref": "A b.\nC d.\n", "mt": "A <b>.\nC “d”.\n"}
_SCORES = "mt\t-1.5\nmt\tNone\n"


@dataclass(frozen=True)
class Case:
    """Sound files of a reader, and how they are read from their folder."""

    files: Mapping[str, str]
    read: Callable[[Path], TestSet]


def _lines(*objects: Any) -> str:
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in objects)


def _named(folder: Path, *names: str) -> list[Path]:
    return [folder / name for name in names]


def _phenomenon() -> dict[str, Any]:
    labels = {c.name: "k" if c.kind == "text" else 0 for c in tables.PHENOMENA.columns[2:-2]}
    return {"segment_id": "1", **labels, "text": "甲"}


CASES = {
    "plain_text": Case(
        {
            **_TEXTS,
            "docs": "d\nd\n",
            "mqm": _MARKED + "mt\td\t1\t1\tr\t甲 乙\tA <v><b></v>.\tStyle/Awkward\tMinor\n",
        },
        lambda f: plain_text.read(
            *("t", f / "src", {"refA": f / "ref"}, {"mt": f / "mt"}),
            documents=f / "docs",
            mqm=f / "mqm",
        ),
    ),
    "wmt": Case(
        {
            **_TEXTS,
            "mqm": _MARKED
            + "mt\tnews_d\t1\t7\tr\t甲<v> </v>乙\tA <b>.\tAccuracy/Omission\tMajor\n"
            + "mt\tnews_d\t2\t8\tr\t丙丁\tC <v>'d'</v>.\tno-error\tno-error\n",
        },
        lambda f: wmt.read(
            "t", f / "src", {"refA": f / "ref"}, {"mt": f / "mt"}, f / "mqm", lines="all"
        ),
    ),
    "qe_spans": Case(
        {
            **_TEXTS,
            "spans": "hyp.mt\td\t1\trater1\t甲 乙\tA <b>.\t0 2\t1 5\tminor major\n"
            "hyp.mt\td\t2\trater1\t丙丁\tC 'd'.\t-1\t-1\tno-error\n",
            "ratings": "system mqm_avg_score seg_id\nmt\t-1.5\t1\nmt\tNone\t2\n",
        },
        lambda f: qe_spans.read(
            *("t", f / "src", {"refA": f / "ref"}, {"mt": f / "mt"}, f / "spans"),
            ratings=f / "ratings",
        ),
    ),
    "challenge": Case(
        {
            "cases": "source\tgood-translation\tincorrect-translation\treference\tphenomena\tsource\n"
            "甲\ta\tb\tc\tNumber\tWMT\n乙\ta\ta\tc\tUnit\tWMT"
        },
        lambda f: challenge.read("t", f / "cases"),
    ),
    "mtme": Case(
        {**_TEXTS, "docs": "news\td\nchat\te\n", "mqm": _SCORES, "M-1-refA.seg.score": _SCORES},
        lambda f: mtme.read(
            *("t", f / "docs", f / "src", {"refA": f / "ref"}, {"mt": f / "mt"}),
            ratings={"mqm": f / "mqm"},
            scores=[f / "M-1-refA.seg.score"],
        ),
    ),
    "mtme_tree": Case(
        {
            "documents/zh-en.docs": "news\td\nchat\te\n",
            "sources/zh-en.txt": _TEXTS["src"],
            "references/zh-en.refA.txt": _TEXTS["ref"],
            "system-outputs/zh-en/mt.txt": _TEXTS["mt"],
            "human-scores/zh-en.mqm.seg.score": _SCORES,
            "metric-scores/zh-en/M-src.seg.score": _SCORES,
        },
        mtme_tree.read,
    ),
    "jsonl": Case(
        {
            "segments.jsonl": _lines(
                {"references": ["refA"], "roles": {"mt": "system"}},
                *(
                    {
                        "segment_id": i,
                        "document": "d",
                        "domain": "news",
                        "source": "甲乙",
                        "references": {"refA": "A b."},
                        "hypotheses": {"mt": "A <b>."},
                    }
                    for i in "12"
                ),
            ),
            "annotations.jsonl": _lines(
                {"segment_id": "1", "system": "mt", "rater": "r", "errors": []},
                {
                    "segment_id": "2",
                    "system": "mt",
                    "rater": "r",
                    "note": "",
                    "errors": [
                        {"category": "accuracy/omission", "severity": "major", "text": "甲"},
                        {"category": "other", "severity": "minor", "start": 1, "end": 2},
                        {"category": "other", "severity": "minor", "spans": [{"side": "source"}]},
                    ],
                },
            ),
            "ratings.jsonl": _lines({"rating_name": "mqm", "system": "mt", "ratings": {"1": -1}}),
            "scores.jsonl": _lines(
                {"metric": "M", "reference_name": "src", "system": "mt", "scores": {"2": 0.5}}
            ),
            "phenomena.jsonl": _lines(_phenomenon()),
            "test_set.json": json.dumps(
                {
                    "format": "harness test set",
                    "version": 1,
                    "name": "t",
                    "card": {"title": "x"},
                    "notes": ["n"],
                    "read_from": [{"name": "f", "bytes": 1, "sha256": "0"}],
                    "files": {"segments.jsonl": {"bytes": 1, "sha256": "0"}},
                },
                indent=1,
            ),
        },
        lambda f: jsonl.read(path=f),
    ),
}

#: What is put into a sound file.
BITS = [
    *(b"\n", b"\r", b"\r\n", b"\t", b" ", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe"),
    *("\u2028".encode(), "\x85".encode(), "\xa0".encode(), "😀".encode(), b"\xed\xa0\x80"),
    *(b"<v>", b"</v>", b'"', b"\\", b"{", b"}", b"[", b",", b":", b"{}", b"[[[[", b"null", b"true"),
    *(b"0", b"-1", b"1e999", b"nan", b"NaN", b"-0", b"9" * 30, "٣".encode(), b"None", b"\\ud800"),
    *(b"mt", b"refA", b"Major", b"Critical", b"no-error", b"Omission", b"#", b"system", b"1_0"),
]


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """``content`` with up to three parts replaced by a bit, another part of it, or nothing."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(start + 12, len(content))))
        at = draw(st.integers(0, len(content)))
        part = content[at : at + draw(st.integers(0, 30))]
        content = content[:start] + draw(st.sampled_from([*BITS, part, b""])) + content[end:]
    return content


@pytest.mark.parametrize("name", CASES)
def test_the_sound_files_are_read(name: str, tmp_path: Path) -> None:
    _fill(tmp_path / "f", CASES[name].files)
    test_set = CASES[name].read(tmp_path / "f")
    assert len(test_set.segments) == 2


@pytest.mark.parametrize(
    ("name", "file"), [(n, f) for n, case in CASES.items() for f in case.files]
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_bytes_are_read_or_refused(
    tmp_path: Path, name: str, file: str, data: st.DataObject
) -> None:
    case = CASES[name]
    folder = tmp_path / "f"
    _fill(folder, case.files)
    sound = case.files[file].encode()
    content = data.draw(st.binary(max_size=60) | damaged(sound) | damaged(sound))
    (folder / file).write_bytes(content)
    try:
        test_set = case.read(folder)
    except InputError as error:
        assert error.message
        assert all(line.isprintable() for line in str(error).split("\n"))
        return
    for table in TABLES:
        frame = getattr(test_set, table)
        tables.conform(frame, getattr(tables, table.upper()))
    ids = set(test_set.segments["segment_id"])
    for table in TABLES[1:]:
        assert set(getattr(test_set, table)["segment_id"]) <= ids


def _fill(folder: Path, files: Mapping[str, str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())

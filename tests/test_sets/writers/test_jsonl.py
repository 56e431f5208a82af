"""What is written as JSON Lines comes back equal, and nothing of anybody's is overwritten."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from harness import load_test_set
from harness.errors import InputError
from harness.tables import ANNOTATIONS, GIVEN_RATINGS, STORED_SCORES, FullTexts, TestSet, table
from harness.test_sets.readers import jsonl as reader
from harness.test_sets.writers import jsonl
from harness.test_sets.writers.base import TABLES, differences
from tests.conftest import ROOT
from tests.support.any_test_sets import any_test_sets
from tests.support.examples import examples
from tests.support.round_trip import assert_round_trip
from tests.support.small import small

SHIPPED = ["wmt21_zhen_news", "wmt22_zhen_news", "wmt22_zhen", "wmt23_zhen", "hwtsc_challenge"]
LARGE = ("wmt22_zhen", "wmt22_zhen_news", "wmt23_zhen")


def test_what_comes_back_is_written_as_the_same_bytes(tmp_path: Path) -> None:
    export = jsonl.write(small(), tmp_path / "one")
    again = jsonl.write(reader.read(path=tmp_path / "one"), tmp_path / "two")
    assert again.files == export.files


@settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(any_test_sets())
def test_any_test_set_comes_back(tmp_path: Path, test_set: TestSet) -> None:
    assert_round_trip(test_set, tmp_path)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow) if name in LARGE else name for name in SHIPPED],
)  # the article and wmt23_zhen_news: tests/test_sets/test_named.py
def test_every_shipped_test_set_comes_back(name: str, mirror: Path, tmp_path: Path) -> None:
    assert_round_trip(load_test_set(name, mirror=mirror), tmp_path)


def test_only_the_order_of_rows_may_change_and_is_named(tmp_path: Path) -> None:
    test_set = small()
    shuffled = replace(
        test_set,
        hypotheses=test_set.hypotheses.sort_values("segment_id", ignore_index=True),
        error_spans=test_set.error_spans.iloc[::-1].reset_index(drop=True),
    )
    export = jsonl.write(shuffled, tmp_path / "out")
    assert export.lost == (
        "hypotheses: the order of the rows",
        "error_spans: the order of the rows",
    )
    assert differences(reader.read(path=tmp_path / "out"), shuffled) == list(export.lost)


def test_long_and_interleaved_numbers_keep_their_order(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("harness.test_sets.writers.jsonl_rows.LONGEST", 2)
    rows = [
        *(("small", "good", s, "mqm", -float(s)) for s in "4213"),
        ("small", "poor", "1", "mqm", 0.1 + 0.2),
        ("small", "good", "1", "da", -0.0),
        ("small", "poor", "2", "mqm", 5e-324),
    ]
    scores = [("small", "poor", "1", "M", r, 1.0) for r in ("refA", "src", "refB")]
    test_set = replace(
        small(),
        given_ratings=table(rows, GIVEN_RATINGS),
        stored_scores=table(scores, STORED_SCORES),
    )
    assert_round_trip(test_set, tmp_path)
    assert len((tmp_path / "one" / "ratings.jsonl").read_text("utf-8").split("\n")) == 6


def test_what_is_written_can_be_read_by_a_person(tmp_path: Path) -> None:
    jsonl.write(small(), tmp_path / "out")
    first, second, _ = (tmp_path / "out" / "segments.jsonl").read_text("utf-8").split("\n")[:3]
    assert json.loads(first) == {
        "references": ["refA", "refB"],
        "roles": {"good": "system", "poor": "system"},
    }
    assert "甲乙丙" in second
    written = (tmp_path / "out" / "annotations.jsonl").read_text("utf-8").split("\n")[:-1]
    third = next(line for line in written if '"segment_id": "3", "system": "good"' in line)
    assert json.loads(third)["errors"] == [
        {
            "category": "locale/name",
            "severity": "major",
            "side": "target",
            "text": "Hanna",
        }
    ]
    record = json.loads((tmp_path / "out" / "test_set.json").read_text("utf-8"))
    assert list(record) == ["format", "version", "name", "card", "notes", "read_from", "files"]


def exported(folder: Path, **changes: Any) -> TestSet:
    test_set = replace(small(), notes=("seen",), **changes)
    jsonl.write(test_set, folder)
    return test_set


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    test_set = exported(tmp_path / "out")
    path = tmp_path / "out" / "segments.jsonl"
    path.write_text(path.read_text("utf-8").replace("It rained.", "It poured."), "utf-8")
    back = reader.read(path=tmp_path / "out")
    assert "It poured." in set(back.references["reference"])
    assert back.notes[0].startswith("not as it was exported: segments.jsonl;")
    assert back.notes[1:] == ("seen",)
    assert back.card == test_set.card
    assert [Path(file.name).name for file in back.files] == ["segments.jsonl", "annotations.jsonl"]


def test_an_added_file_is_noticed_and_a_lost_one_refused(tmp_path: Path) -> None:
    exported(tmp_path / "out")
    rating = '{"rating_name": "mqm", "system": "good", "ratings": {"1": -1}}\n'
    (tmp_path / "out" / "ratings.jsonl").write_text(rating)
    back = reader.read("other", path=tmp_path / "out")
    assert "ratings.jsonl" in back.notes[0]
    assert set(back.given_ratings["test_set"]) == {"other"}
    (tmp_path / "out" / "annotations.jsonl").unlink()
    with pytest.raises(InputError, match=r"the exported test set lacks annotations\.jsonl"):
        reader.read(path=tmp_path / "out")


def test_an_unchanged_export_is_replaced_and_everything_else_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    exported(out)
    jsonl.write(replace(small(), annotations=table([], ANNOTATIONS), error_spans=small(
        raters=()).error_spans), out)  # fmt: skip
    assert sorted(p.name for p in out.iterdir()) == ["segments.jsonl", "test_set.json"]
    for name in ("segments.jsonl", "own.txt", "test_set.json"):
        target = tmp_path / name
        exported(target)
        with (target / name).open("a", encoding="utf-8") as stream:
            stream.write(" ")
        before = {p.name: p.read_bytes() for p in target.iterdir()}
        if name == "test_set.json":  # white space after the object changes nothing
            exported(target)
            continue
        with pytest.raises(InputError, match="something other than an unchanged export") as caught:
            exported(target)
        assert caught.value.found == name
        assert {p.name: p.read_bytes() for p in target.iterdir()} == before


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"card": {"when": datetime.date(2024, 1, 1)}}, "the card holds a value that JSON cannot hold"),
    ({"card": {"a": "\ud800"}}, "half a surrogate pair"),
    ({"segments": small().segments.assign(source="\udc00")}, "half a surrogate pair"),
    ({"card": {1: "a"}}, "the card holds a value that JSON cannot hold"),
    ({"card": {"a": float("nan")}}, "the card holds a value that JSON cannot hold"),
    ({"card": {"a": (1, 2)}}, "the card holds a value that JSON cannot hold"),
    (
        {"annotations": table([("small", "good", "9", "r1")], ANNOTATIONS)},
        "the table annotations speaks of a segment_id that the test set does not have",
    ),
    (
        {"given_ratings": table([("small", "none", "1", "mqm", -1.0)], GIVEN_RATINGS)},
        "the table given_ratings speaks of a system",
    ),
    (
        {"given_ratings": table([("small", "good", "1", "mqm", float("inf"))], GIVEN_RATINGS)},
        "a rating of the table given_ratings is not finite",
    ),
    (
        {"given_ratings": table([("small", "good", "1", "", -1.0)], GIVEN_RATINGS)},
        "cannot be exported: the 'rating_name' of the ratings is blank",
    ),
    (
        {"annotations": table([("small", "good", "1", "r1")], ANNOTATIONS)},
        "a row of the table error_spans belongs to none of annotations",
    ),
    ({"segments": small().segments.assign(document=" ")}, "the 'document' of the segment is blank"),
    (
        {"hypotheses": small().hypotheses.assign(role=["human", *["system"] * 7])},
        "a system has two roles",
    ),
    (
        {"hypotheses": small().hypotheses.iloc[1:].reset_index(drop=True)},
        "a row of the table annotations belongs to none of hypotheses",
    ),
    (
        {"error_spans": small().error_spans.assign(error=7)},
        "cannot be exported without loss",
    ),
]


@pytest.mark.parametrize(("changes", "message"), BROKEN)
def test_what_would_not_come_back_is_refused_and_nothing_is_left(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        exported(tmp_path / "out", **changes)
    assert list(tmp_path.iterdir()) == []


RECORD_FAULTS = [
    ("{", "the file is not valid JSON"),
    ("[]", "the file is not a JSON object"),
    ("{}", "this is not the record of an exported test set"),
    ('{"format": "harness test set"}', "the 'version' of the record has the wrong type"),
    ('{"format": "harness test set", "version": 2}', "exported by a later version"),
    ('{"format": "harness test set", "version": 1}', "the record has no 'name'"),
]
RECORD_CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "the 'name' of the record is blank"),
    ({"card": []}, "the 'card' of the record has the wrong type"),
    ({"notes": [1]}, "the 'notes' of the record has the wrong type"),
    ({"read_from": [{"name": "a"}]}, "file 1 has no 'bytes'"),
    ({"read_from": [{"name": "a", "bytes": -1, "sha256": ""}]}, "the 'bytes' of file 1 has"),
    ({"files": {"a": 1}}, "the 'a' of the 'files' of the record has the wrong type"),
    ({"files": {"../a": {"bytes": 1, "sha256": ""}}}, "lies outside its folder"),
    ({"files": {"/a": {"bytes": 1, "sha256": ""}}}, "lies outside its folder"),
    ({"more": 1}, "there is no key of the record 'more'"),
]


@pytest.mark.parametrize(("content", "message"), [*RECORD_FAULTS, *RECORD_CHANGES])
def test_faults_of_the_record(tmp_path: Path, content: Any, message: str) -> None:
    exported(tmp_path / "out")
    path = tmp_path / "out" / "test_set.json"
    if isinstance(content, dict):
        content = json.dumps(json.loads(path.read_text("utf-8")) | content)
    path.write_text(content, "utf-8")
    with pytest.raises(InputError, match=message) as caught:
        reader.read(path=tmp_path / "out")
    assert caught.value.file == str(path)


def test_a_fault_deep_in_the_record_names_its_line(tmp_path: Path) -> None:
    exported(tmp_path / "out")
    path = tmp_path / "out" / "test_set.json"
    text = path.read_text("utf-8").replace('"notes": [', '"notes": [[')
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match="the file is not valid JSON") as caught:
        reader.read(path=tmp_path / "out")
    assert caught.value.line is not None
    assert 5 <= caught.value.line <= text.count("\n")


def test_the_examples_of_the_documentation_are_read(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "formats.md").read_text("utf-8")
    blocks = re.findall(r"```json\n(.*?)```", text, re.S)
    names = ["segments", "annotations", "ratings", "phenomena"]
    for name, block in zip(names, blocks, strict=True):
        for line in block.split("\n"):
            kind = "scores" if '"scores"' in line else name
            with (tmp_path / f"{kind}.jsonl").open("a", encoding="utf-8") as stream:
                stream.write(line + "\n")
    test_set = reader.read(path=tmp_path)
    assert [len(getattr(test_set, name)) for name in TABLES] == [2, 1, 3, 1, 1, 2, 2, 1]


def test_a_part_of_longer_texts_stays_one(tmp_path: Path) -> None:
    part = replace(small(), cut_from=FullTexts(9, (1, 2, 5, 8)))
    assert_round_trip(part, tmp_path)
    record = tmp_path / "one" / "test_set.json"
    written = record.read_text("utf-8")
    for lines in ("[1, 2, 5, 9]", "[1, true, 5, 8]", "4"):
        changed = re.sub(r'"lines": \[[^\]]*\]', f'"lines": {lines}', written)
        record.write_text(changed, "utf-8")
        with pytest.raises(InputError, match="are no list of whole numbers below 9"):
            reader.read(path=tmp_path / "one")

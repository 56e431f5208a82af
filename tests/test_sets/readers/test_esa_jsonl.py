"""Error span annotations as JSON Lines, on made-up files in the published forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError
from harness.tables import TestSet
from harness.test_sets.readers.esa_jsonl import read

SPAN = {"start_i": 0, "end_i": 3, "severity": "minor"}
Lines = list[dict[str, Any]]


def load(folder: Path, lines: Lines, **more: Any) -> TestSet:
    path = folder / "esa.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return read("esa", path, **more)


def annotations() -> Lines:
    """WMT24, one annotation a line; the score is a text, as published."""

    def line(number: int, system: str, rater: str, score: object, spans: object) -> dict[str, Any]:
        return {
            "langs": "en-zh",
            "line_id": number,
            "src": f"source {number}",
            "tgt": f"text {number} by {system}",
            "doc_id": "d1" if number < 20 else "d2",
            "domain": "news",
            "esa_spans": spans,
            "esa_score": score,
            "times": ["1", "2"],
            "system": system,
            "annotator": rater,
            "speech_info": None,
        }

    return [
        line(10, "mt", "r1", "90", [SPAN]),
        line(9, "mt", "r1", "100", []),
        line(10, "mt", "r2", 70.0, []),
        line(20, "refA", "r1", "95", []),
    ]


def segments() -> Lines:
    """WMT25, one segment a line; and the forms of its scores."""
    score = {"annotator": "r1", "errors": [SPAN], "times": [1, 2]}
    return [
        {
            "doc_id": "en-zh_CN_#_news_#_d1_#_0",
            "src_text": "source",
            "tgt_text": {"mt": "text", "refA": "word"},
            "scores": {"mt": [{"score": 80.0, **score}, {"score": 60, **score, "annotator": "r2"}]},
        },
        {
            "doc_id": "en-zh_CN_#_speech_#_d2_#_0",
            "src_text": "source",
            "tgt_text": {"mt": "text", "refA": "word"},
            "scores": {"refA": {"human": 100.0, "errors": []}},
        },
    ]


def pearmut() -> Lines:
    """Pearmut: one document and rater a line, contrastive."""

    def own(score: object, spans: object) -> dict[str, Any]:
        return {"score": score, "error_spans": spans, "textfield": None}

    item = [
        {"item_id": "i1", "src": "one", "tgt": {"a": "text", "b": "word"}},
        {"item_id": "i2", "src": "two", "tgt": {"a": "text", "b": "word"}},
    ]
    full = {**SPAN, "category": None}
    gone = {**full, "start_i": 4, "end_i": 4, "severity": "major"}
    check = [{**item[0], "validation": {"a": {"score": [0, 10]}}}]
    return [
        {
            "user_id": "r1",
            "item_i": 0,
            "item": item,
            "annotation": [
                {"a": own(90, []), "b": own(40, [full])},
                {"a": own(80, []), "b": own(70, [gone])},
            ],
        },
        {
            "user_id": "r2",
            "item_i": 5,  # counts within the tasks of a rater
            "item": item[:1],
            "annotation": [{"a": own(70, []), "b": own(None, [])}],
        },
        {"user_id": "r2", "item_i": 6, "item": check, "annotation": [{"a": own(1, [])}]},
        {
            "user_id": "r2",
            "item_i": "welcome_0",
            "item": [{"text": "?", "form": "string"}],
            "annotation": ["x"],
        },
    ]


def ratings(test_set: TestSet) -> dict[tuple[str, str], float]:
    frame = test_set.given_ratings
    return dict(
        zip(zip(frame["system"], frame["segment_id"], strict=True), frame["rating"], strict=True)
    )


def test_one_annotation_a_line(tmp_path: Path) -> None:
    found = load(tmp_path, annotations())
    assert found.segments["segment_id"].tolist() == ["d1_#_9", "d1_#_10", "d2_#_20"]
    assert ratings(found) == {("mt", "d1_#_9"): 100, ("mt", "d1_#_10"): 80, ("refA", "d2_#_20"): 95}
    assert (found.roles["refA"], found.reference_names) == ("human", ["refA"])
    span = found.error_spans.iloc[0]
    assert (span["rater"], span["start"], span["end"], span["category"]) == ("r1", 0, 4, "other")
    assert len(found.annotations) == 4
    assert "the errors have severities but no categories" in found.notes


def test_one_segment_a_line(tmp_path: Path) -> None:
    found = load(tmp_path, segments())
    ids = ["en-zh_CN_#_news_#_d1_#_0", "en-zh_CN_#_speech_#_d2_#_0"]
    assert found.segments["segment_id"].tolist() == ids
    assert found.segments["domain"].tolist() == ["news", "speech"]
    assert ratings(found) == {("mt", ids[0]): 70.0, ("refA", ids[1]): 100.0}
    assert found.annotations["rater"].tolist() == ["r1", "r2", "unknown"]


def test_segments_without_numbers_are_counted(tmp_path: Path) -> None:
    lines = segments()
    for line in lines:
        line["doc_id"] = "d"
    assert load(tmp_path, lines).segments["segment_id"].tolist() == ["d_#_0", "d_#_1"]


def test_pearmut(tmp_path: Path) -> None:
    found = load(tmp_path, pearmut())
    assert found.segments["segment_id"].tolist() == ["i1_#_0", "i1_#_1"]
    assert ratings(found) == {
        ("a", "i1_#_0"): 80.0,
        ("b", "i1_#_0"): 40.0,
        ("a", "i1_#_1"): 80.0,
        ("b", "i1_#_1"): 70.0,
    }
    assert found.error_spans["label"].tolist() == ["unspecified", "missing"]
    assert "1 annotation without a number" in found.notes
    assert "1 tutorial item or attention check left out" in found.notes
    assert "1 form left out" in found.notes


def test_one_language_pair_is_chosen(tmp_path: Path) -> None:
    other = {**annotations()[0], "langs": "en-cs", "tgt": "jiný"}
    with pytest.raises(InputError, match="several language pairs") as caught:
        load(tmp_path, [*annotations(), other])
    assert caught.value.line == 5
    found = load(tmp_path, [*annotations(), other], language_pair="en-cs")
    assert found.hypotheses["hypothesis"].tolist() == ["jiný"]
    with pytest.raises(InputError, match="'en-de'"):
        load(tmp_path, annotations(), language_pair="en-de")


def test_references_may_be_named(tmp_path: Path) -> None:
    assert load(tmp_path, annotations(), references=[]).reference_names == []
    assert load(tmp_path, annotations(), references=["mt"]).roles["mt"] == "human"
    with pytest.raises(InputError, match="no system 'refB'"):
        load(tmp_path, annotations(), references=["refB"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"src": "another"}, "two sources"),
        ({"tgt": "another"}, "two translations"),
        ({"esa_score": "-1"}, "no number from 0 to 100"),
        ({"esa_score": True}, "no number from 0 to 100"),
        ({"esa_spans": "none"}, "wrong type"),
        ({"annotator": ""}, "blank"),
        ({"line_id": "x"}, "wrong type"),
    ],
)
def test_a_faulty_line_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    lines = annotations()
    lines[2] |= change
    with pytest.raises(InputError, match=message) as caught:
        load(tmp_path, lines)
    assert caught.value.line == 3


def test_another_form_an_empty_file_and_texts_without_annotations(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no error span annotation"):
        load(tmp_path, [{"a": 1}])
    with pytest.raises(InputError, match="no segments"):
        load(tmp_path, [])
    with pytest.raises(InputError, match="no annotations"):
        load(tmp_path, [{**segments()[0], "scores": {}}])
    with pytest.raises(InputError, match="does not hold the texts"):
        load(tmp_path, [{"user_id": "r", "item_i": 0, "annotation": {}}])
    unknown = segments()[:1]
    unknown[0]["scores"] = {"other": [{"score": 1, "errors": []}]}
    with pytest.raises(InputError, match="no system 'other'"):
        load(tmp_path, unknown)

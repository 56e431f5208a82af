from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError
from harness.tables import PHENOMENA, TestSet
from harness.test_sets.readers import jsonl

SEGMENTS = [
    {
        "segment_id": "1",
        "document": "d",
        "domain": "sport",
        "source": "长安区",
        "references": {"refA": "Chang'an District"},
        "hypotheses": {"mt": "Mayor An District, Mayor An", "human": "Chang'an District"},
    },
    {"segment_id": "2", "source": "二", "hypotheses": {"mt": ""}},
]


def lines(folder: Path, name: str, *items: Any) -> Path:
    """A file of one line for each item: a text as it is, all else as JSON."""
    path = folder / name
    rows = [i if isinstance(i, str) else json.dumps(i, ensure_ascii=False) for i in items]
    path.write_bytes("".join(row + "\n" for row in rows).encode("utf-8", "surrogatepass"))
    return path


def read(folder: Path, *segments: Any, annotations: Any = None, **more: Any) -> TestSet:
    path = lines(folder, "segments.jsonl", *segments)
    marks = None if annotations is None else lines(folder, "annotations.jsonl", *annotations)
    return jsonl.read("t", path, marks, **more)


def annotation(*errors: Any, **changes: Any) -> dict[str, Any]:
    return {"segment_id": "1", "system": "mt", "rater": "r", "errors": list(errors), **changes}


def error(**changes: Any) -> dict[str, Any]:
    return {"category": "accuracy/mistranslation", "severity": "major", **changes}


def places(test_set: TestSet) -> list[tuple[Any, ...]]:
    frame = test_set.error_spans[["error", "side", "start", "end"]].astype(object)
    return list(frame.where(frame.notna(), None).itertuples(index=False, name=None))


def test_segments(tmp_path: Path) -> None:
    test_set = read(tmp_path, *SEGMENTS, "", "   ")
    assert test_set.segments.drop(columns="test_set").to_numpy().tolist() == [
        ["1", "d", "sport", "长安区"],
        ["2", "t", "news", "二"],
    ]
    assert test_set.references["reference"].tolist() == ["Chang'an District"]
    columns = ["system", "role", "segment_id", "hypothesis"]
    assert test_set.hypotheses[columns].to_numpy().tolist() == [
        ["mt", "system", "1", "Mayor An District, Mayor An"],
        ["mt", "system", "2", ""],
        ["human", "system", "1", "Chang'an District"],
    ]
    assert test_set.notes == (
        "the reference refA lacks 1 of 2 segments",
        "the system human lacks 1 of 2 segments",
    )
    assert [Path(f.name).name for f in test_set.files] == ["segments.jsonl"]


def test_the_first_line_may_give_roles_and_order(tmp_path: Path) -> None:
    both = {"segment_id": "3", "source": "s", "references": {"b": "B", "a": "A"}}
    header = {"references": ["a"], "roles": {"human": "human"}}
    test_set = read(tmp_path, header, *SEGMENTS, both)
    assert test_set.roles == {"human": "human", "mt": "system"}
    assert test_set.hypotheses["system"].unique().tolist() == ["human", "mt"]
    assert test_set.reference_names == ["a", "refA", "b"]
    assert read(tmp_path, {"references": []}, *SEGMENTS).reference_names == ["refA"]


HEADER_FAULTS = [
    ({"roles": {"nobody": "human"}}, "there is no system 'nobody'"),
    ({"roles": {"mt": "person"}}, "there is no role 'person'"),
    ({"references": ["refB"], "roles": {}}, "there is no reference 'refB'"),
    ({"references": "refA", "roles": {}}, "the references of the first line are not a list"),
    ({"roles": {}, "refs": []}, "there is no key of the first line 'refs'"),
    ({"roles": []}, "the 'roles' of the first line has the wrong type"),
]


@pytest.mark.parametrize(("header", "message"), HEADER_FAULTS)
def test_faults_of_the_first_line(tmp_path: Path, header: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path, header, *SEGMENTS)
    assert caught.value.line == 1


SEGMENT_FAULTS = [
    ('{"segment_id": "3" "source": ""}', "the line is not valid JSON: Expecting ',' delimiter"),
    ('{"segment_id": "3", "source": "a\tb"}', "not valid JSON: Invalid control character"),
    ("[]", "the line is not a JSON object"),
    ('"text"', "the line is not a JSON object"),
    ('{"segment_id": "3", "source": NaN}', "NaN is not a JSON number"),
    ("[" * 100_000, "the line is not valid JSON"),
    ('{"segment_id": "3", "source": ' + "1" * 5000 + "}", "the line is not valid JSON"),
    ('{"segment_id": "3", "source": "\\ud800"}', "half a surrogate pair"),
    ('{"segment_id": "3", "source": "", "source": ""}', "the key 'source' occurs twice"),
    ('{"segment_id": "3", "source": "", "hypotheses": {"a": "", "a": ""}}', "'a' occurs twice"),
    ({"segment_id": "3"}, "the segment has no 'source'"),
    ({"segment_id": "3", "src": ""}, "there is no key of the segment 'src'"),
    ({"segment_id": 3, "source": ""}, "the 'segment_id' of the segment has the wrong type"),
    ({"segment_id": " ", "source": ""}, "the 'segment_id' of the segment is blank"),
    ({"segment_id": "1", "source": ""}, "the segment '1' occurs twice"),
    ({"segment_id": "3", "source": None}, "the 'source' of the segment has the wrong type"),
    ({"segment_id": "3", "source": "", "document": ""}, "the 'document' of the segment is blank"),
    ({"segment_id": "3", "source": "", "hypotheses": ["a"]}, "the 'hypotheses' of the segment has"),
    ({"segment_id": "3", "source": "", "hypotheses": {"a": 1}}, "the 'a' of the 'hypotheses' of"),
    ({"segment_id": "3", "source": "", "references": {"": "x"}}, "a name in the 'references' of"),
    ({"roles": {}}, "belong in its first line"),
]


@pytest.mark.parametrize(("line", "message"), SEGMENT_FAULTS)
def test_faults_of_a_segment(tmp_path: Path, line: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path, *SEGMENTS, line)
    assert caught.value.file == str(tmp_path / "segments.jsonl")
    assert caught.value.line == 3


def test_bad_json_names_its_column(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, '{"segment_id": "3" "source": ""}')
    assert caught.value.found == 'column 20: "source": ""}'
    with pytest.raises(InputError) as caught:
        read(tmp_path, "{")
    assert caught.value.found == "column 2: (the end of the line)"
    with pytest.raises(InputError, match="write a line break or tab inside a text"):
        read(tmp_path, '{"segment_id": "a\tb"}')


def test_a_whole_surrogate_pair_is_a_character(tmp_path: Path) -> None:
    test_set = read(
        tmp_path, '{"segment_id": "1", "source": "\\ud83d\\ude00", "hypotheses": {"a": "b"}}'
    )
    assert test_set.segments["source"].tolist() == ["😀"]


def test_a_file_without_segments_or_systems(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the file has no segments"):
        read(tmp_path)
    with pytest.raises(InputError, match="the file has no segments"):
        read(tmp_path, {"roles": {}})
    with pytest.raises(InputError, match="the test set 't' has no systems"):
        read(tmp_path, {"segment_id": "1", "source": "a"})


def test_spans_are_found_by_text_or_offsets(tmp_path: Path) -> None:
    test_set = read(
        tmp_path,
        *SEGMENTS,
        annotations=[
            annotation(
                error(text="Mayor An"),
                error(text="Mayor An", occurrence=2),
                error(start=0, end=5),
                error(start=0, end=5, text="Mayor"),
                error(text="长安", side="source"),
                error(category="accuracy/omission", text="长安"),
                error(category="non_translation"),
                error(category="Omission", side="target", note="no span", label="theirs"),
                error(spans=[{"text": "Mayor"}, {"side": "source", "start": 1, "end": 1}]),
                note="looked at twice",
            ),
            annotation(segment_id="2"),
            annotation(rater="r2", system="human"),
        ],
        labels={"Omission": "accuracy/omission"},
    )
    assert places(test_set) == [
        (0, "target", 0, 8),
        (1, "target", 19, 27),
        (2, "target", 0, 5),
        (3, "target", 0, 5),
        (4, "source", 0, 2),
        (5, "source", 0, 2),
        (6, "target", None, None),
        (7, "target", None, None),
        (8, "target", 0, 5),
        (8, "source", 1, 1),
    ]
    assert test_set.annotations[["system", "segment_id", "rater"]].to_numpy().tolist() == [
        ["mt", "1", "r"],
        ["mt", "2", "r"],
        ["human", "1", "r2"],
    ]
    assert test_set.error_spans["label"].tolist()[5:8] == [
        "accuracy/omission",
        "non_translation",
        "theirs",
    ]
    assert test_set.notes[-1] == (
        "3 rated translations of 2 systems: 3 annotations by 2 raters, with 9 errors"
    )


def test_every_place_where_a_text_begins_is_an_occurrence(tmp_path: Path) -> None:
    segment = {"segment_id": "1", "source": "s", "hypotheses": {"mt": "aaa 😀 aa"}}
    errors = [error(text="aa", occurrence=n) for n in (1, 2, 3)]
    test_set = read(tmp_path, segment, annotations=[annotation(*errors)])
    assert places(test_set) == [(0, "target", 0, 2), (1, "target", 1, 3), (2, "target", 6, 8)]


ANNOTATION_FAULTS = [
    ("{", "the line is not valid JSON"),
    ({"segment_id": "1", "system": "mt", "rater": "r2"}, "the annotation has no 'errors'"),
    (annotation(rater="r2", error=[]), "there is no key of the annotation 'error'"),
    (annotation(segment_id="3"), "there is no segment '3'"),
    (annotation(system="MT"), "there is no system 'MT'"),
    (annotation(segment_id="2", system="human"), "'human' has no hypothesis for segment '2'"),
    (annotation(rater=""), "the 'rater' of the annotation is blank"),
    (annotation(), "the rater 'r' annotates segment '1' of 'mt' twice"),
    (annotation(rater="r2", errors={}), "the 'errors' of the annotation has the wrong type"),
    (annotation("x", rater="r2"), "the 'errors' of the annotation has the wrong type"),
    (annotation(rater="r2", note=1), "the 'note' of the annotation has the wrong type"),
]
ERROR_FAULTS = [
    ({"severity": "major"}, "error 1 has no 'category'"),
    ({"category": "other"}, "error 1 has no 'severity'"),
    (error(occurence=2, text="Mayor"), "there is no key of error 1 'occurence'"),
    (error(category="acuracy/omission"), "there is no error category 'acuracy/omission'"),
    (error(severity="mayor"), "there is no severity 'mayor'"),
    (error(severity=5), "the 'severity' of error 1 has the wrong type"),
    (error(side="hypothesis"), "there is no side 'hypothesis'"),
    (error(text="Major An"), "the text of error 1 is not in the target"),
    (error(text="长安区"), 'the source holds it: add "side": "source"'),
    (error(text="mayor an"), "did you mean 'Mayor An'?"),
    (error(text="Mayor", side="source"), 'the target holds it: add "side": "target"'),
    (error(text=""), "the 'text' of error 1 is empty"),
    (error(text="Mayor", occurrence=3), "has no occurrence 3 in the target"),
    (error(text="Mayor", occurrence=0), "the 'occurrence' of error 1 has the wrong type"),
    (error(text="Mayor", occurrence=True), "the 'occurrence' of error 1 has the wrong type"),
    (error(occurrence=1), "error 1 has an 'occurrence' but no 'text'"),
    (error(start=0), "error 1 has no 'end'"),
    (error(end=1), "error 1 has no 'start'"),
    (error(start=0, end=28), "the span of error 1 is outside the target"),
    (error(start=3, end=2), "the span of error 1 is outside the target"),
    (error(start=-1, end=2), "the 'start' of error 1 has the wrong type"),
    (error(start=1.0, end=2), "the 'start' of error 1 has the wrong type"),
    (error(start=0, end=4, text="Mayor"), "the text and the offsets of error 1 disagree"),
    (error(spans=[]), "the 'spans' of error 1 are empty"),
    (error(spans=[{}], text="Mayor"), "error 1 gives a span beside its list of spans"),
    (error(spans=[{"text": "Mayor"}, {"text": "x"}]), "the text of error 1, span 2 is not in"),
    (error(spans=[{"label": "x"}]), "there is no key of error 1, span 1 'label'"),
]


@pytest.mark.parametrize(
    ("line", "message"),
    [*ANNOTATION_FAULTS, *((annotation(e, rater="r2"), message) for e, message in ERROR_FAULTS)],
)
def test_faults_of_an_annotation(tmp_path: Path, line: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, *SEGMENTS, annotations=[annotation(), "", line])
    assert message in str(caught.value)
    assert caught.value.file == str(tmp_path / "annotations.jsonl")
    assert caught.value.line == 3


def test_a_reference_of_ones_own(tmp_path: Path) -> None:
    path = lines(tmp_path, "r.jsonl", {"segment_id": "2", "reference": "two"}, "")
    assert jsonl.read_reference(path, ["1", "2"]) == {"2": "two"}
    for bad, message in (
        ({"segment_id": "3", "reference": ""}, "there is no segment '3'"),
        ({"segment_id": "2", "reference": ""}, "the segment '2' occurs twice"),
        ({"segment_id": "1", "text": ""}, "there is no key of the line 'text'"),
        ({"segment_id": "1"}, "the line has no 'reference'"),
    ):
        path = lines(tmp_path, "r.jsonl", {"segment_id": "2", "reference": "two"}, bad)
        with pytest.raises(InputError, match=message) as caught:
            jsonl.read_reference(path, ["1", "2"])
        assert caught.value.line == 2


RATINGS = {"rating_name": "mqm", "system": "mt", "ratings": {"1": -1.5, "2": 0}}
SCORES = {"metric": "M-1", "reference_name": "src", "system": "human", "scores": {"1": 0.25}}


def more(folder: Path, **files: Any) -> TestSet:
    """The segments above with ratings, scores or phenomena."""
    paths = {key: lines(folder, f"{key}.jsonl", *items) for key, items in files.items()}
    return read(folder, *SEGMENTS, **paths)


def test_ratings_scores_and_phenomena(tmp_path: Path) -> None:
    test_set = more(
        tmp_path,
        ratings=[RATINGS, {**RATINGS, "system": "human", "ratings": {"1": -2}}],
        scores=[SCORES, {**SCORES, "system": "mt", "scores": {"2": 1, "1": -1e-300}}, ""],
        phenomena=[marked(), marked(text="安"), marked(start=0, end=0)],
    )
    assert test_set.given_ratings.to_numpy().tolist() == [
        ["t", "mt", "1", "mqm", -1.5],
        ["t", "mt", "2", "mqm", 0.0],
        ["t", "human", "1", "mqm", -2.0],
    ]
    assert test_set.stored_scores.to_numpy().tolist() == [
        ["t", "human", "1", "M-1", "src", 0.25],
        ["t", "mt", "2", "M-1", "src", 1.0],
        ["t", "mt", "1", "M-1", "src", -1e-300],
    ]
    frame = test_set.phenomena[["segment_id", "phenomenon", "start", "end"]].astype(object)
    assert frame.where(frame.notna(), None).to_numpy().tolist() == [
        ["1", "idiom", None, None],
        ["1", "idiom", 1, 2],
        ["1", "idiom", 0, 0],
    ]


def marked(**changes: Any) -> dict[str, Any]:
    """A phenomenon of segment 1."""
    labels: dict[str, Any] = {
        column.name: "idiom" if column.kind == "text" else 0 for column in PHENOMENA.columns[2:-2]
    }
    return {"segment_id": "1", **labels, **changes}


NUMBER_FAULTS = [
    ("ratings", "{", "the line is not valid JSON"),
    ("ratings", {**RATINGS, "scores": {}}, "there is no key of the ratings 'scores'"),
    ("ratings", {"rating_name": "a", "system": "mt"}, "the ratings has no 'ratings'"),
    ("ratings", {**RATINGS, "rating_name": " "}, "the 'rating_name' of the ratings is blank"),
    ("ratings", {**RATINGS, "system": "MT"}, "there is no system 'MT'"),
    ("ratings", {**RATINGS, "system": "human", "ratings": {"3": 1}}, "there is no segment '3'"),
    ("ratings", {**RATINGS, "ratings": {"2": -1}}, "a second number of mqm for segment '2' of"),
    ("ratings", {**RATINGS, "ratings": [1]}, "the 'ratings' of the ratings has the wrong type"),
    *(
        ("ratings", {**RATINGS, "rating_name": "z", "ratings": {"1": value}}, "has the wrong type")
        for value in (None, "1", True, [], 10**400)
    ),
    (
        "ratings",
        '{"rating_name": "z", "system": "mt", "ratings": {"1": NaN}}',
        "NaN is not a JSON number",
    ),
    ("ratings", '{"rating_name": "z", "system": "mt", "ratings": {"1": 1e999}}', "wrong type"),
    ("ratings", '{"rating_name": "z", "system": "mt", "ratings": {"1": 1, "1": 2}}', "twice"),
    ("scores", {**SCORES, "reference_name": ""}, "the 'reference_name' of the scores is blank"),
    ("scores", {**SCORES, "reference": "src"}, "there is no key of the scores 'reference'"),
    ("scores", SCORES, "a second number of M-1, src for segment '1' of 'human'"),
    ("phenomena", {"segment_id": "1"}, "the phenomenon has no "),
    ("phenomena", "PHENOMENON segment_id=3", "there is no segment '3'"),
    ("phenomena", "PHENOMENON text=x", "the text of the phenomenon is not in the source"),
    ("phenomena", "PHENOMENON phenomenon=", "the 'phenomenon' of the phenomenon is blank"),
    ("phenomena", "PHENOMENON side=source", "there is no key of the phenomenon 'side'"),
    ("phenomena", "PHENOMENON start=0", "the phenomenon has no 'end'"),
]


@pytest.mark.parametrize(("kind", "line", "message"), NUMBER_FAULTS)
def test_faults_of_ratings_scores_and_phenomena(
    tmp_path: Path, kind: str, line: Any, message: str
) -> None:
    if isinstance(line, str) and line.startswith("PHENOMENON "):
        key, _, value = line.removeprefix("PHENOMENON ").partition("=")
        line = marked(**{key: int(value) if key == "start" else value})
    good = {"ratings": RATINGS, "scores": SCORES, "phenomena": marked()}[kind]
    with pytest.raises(InputError) as caught:
        more(tmp_path, **{kind: [good, "", line]})
    assert message in str(caught.value)
    assert caught.value.file == str(tmp_path / f"{kind}.jsonl")
    assert caught.value.line == 3


def test_a_folder_without_a_record_is_read_by_its_file_names(tmp_path: Path) -> None:
    lines(tmp_path, "segments.jsonl", *SEGMENTS)
    lines(tmp_path, "ratings.jsonl", RATINGS)
    own = lines(tmp_path, "other.jsonl", {**RATINGS, "ratings": {"2": -4}})
    test_set = jsonl.read(path=tmp_path)
    assert test_set.name == "jsonl"
    assert len(test_set.given_ratings) == 2
    assert len(test_set.files) == 2
    assert jsonl.read("n", path=tmp_path, ratings=own).given_ratings["rating"].tolist() == [-4]


def test_there_must_be_something_to_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there are no segments to read"):
        jsonl.read("t")
    with pytest.raises(InputError, match=r"there is no segments\.jsonl"):
        jsonl.read("t", path=tmp_path)
    with pytest.raises(InputError, match="not the folder of an exported test set"):
        jsonl.read("t", path=tmp_path / "none")

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import InputError
from harness.readers import jsonl
from harness.readers.assembly import assemble
from harness.tables import ANNOTATIONS, ERROR_SPANS, TestSet, table
from harness.taxonomy import SEVERITIES, TAXONOMY, code_of
from tests.small import small

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
    ({"references": "refA", "roles": {}}, "the references of the first line are no list"),
    ({"roles": {}, "refs": []}, "there is no key of the first line 'refs'"),
    ({"roles": []}, "the 'roles' of the first line has the wrong type"),
]


@pytest.mark.parametrize(("header", "message"), HEADER_FAULTS)
def test_faults_of_the_first_line(tmp_path: Path, header: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path, header, *SEGMENTS)
    assert caught.value.line == 1


SEGMENT_FAULTS = [
    ('{"segment_id": "3" "source": ""}', "the line is no JSON: Expecting ',' delimiter"),
    ('{"segment_id": "3", "source": "a\tb"}', "no JSON: Invalid control character"),
    ("[]", "the line is no JSON object"),
    ('"text"', "the line is no JSON object"),
    ('{"segment_id": "3", "source": NaN}', "NaN is no JSON number"),
    ("[" * 100_000, "the line is no JSON"),
    ('{"segment_id": "3", "source": ' + "1" * 5000 + "}", "the line is no JSON"),
    ('{"segment_id": "3", "source": "\\ud800"}', "half a surrogate pair"),
    ('{"segment_id": "3", "source": "", "source": ""}', "the key 'source' stands twice"),
    ('{"segment_id": "3", "source": "", "hypotheses": {"a": "", "a": ""}}', "'a' stands twice"),
    ({"segment_id": "3"}, "the segment has no 'source'"),
    ({"segment_id": "3", "src": ""}, "there is no key of the segment 'src'"),
    ({"segment_id": 3, "source": ""}, "the 'segment_id' of the segment has the wrong type"),
    ({"segment_id": " ", "source": ""}, "the 'segment_id' of the segment is blank"),
    ({"segment_id": "1", "source": ""}, "the segment '1' stands twice"),
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
    ("{", "the line is no JSON"),
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
        ({"segment_id": "2", "reference": ""}, "the segment '2' stands twice"),
        ({"segment_id": "1", "text": ""}, "there is no key of the line 'text'"),
        ({"segment_id": "1"}, "the line has no 'reference'"),
    ):
        path = lines(tmp_path, "r.jsonl", {"segment_id": "2", "reference": "two"}, bad)
        with pytest.raises(InputError, match=message) as caught:
            jsonl.read_reference(path, ["1", "2"])
        assert caught.value.line == 2


# -- what is written comes back ------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5).filter(
    lambda text: not text.isspace()
)
CODES = [(first, second) for first, seconds in TAXONOMY.items() for second in seconds]
FRAMES = ("segments", "references", "hypotheses", "annotations", "error_spans")


@st.composite
def any_test_sets(draw: st.DrawFn) -> TestSet:
    ids = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    systems = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    references = draw(st.lists(NAMES, max_size=2, unique=True))

    def texts() -> list[str | None]:
        """One text for each segment, some of them missing, but not all."""
        given_texts = [draw(st.none() | TEXTS) for _ in ids]
        return given_texts if any(t is not None for t in given_texts) else [""] * len(ids)

    test_set = assemble(
        "t",
        ids=ids,
        documents=[draw(NAMES) for _ in ids],
        domains=[draw(NAMES) for _ in ids],
        sources=[draw(TEXTS) for _ in ids],
        references={name: texts() for name in references},
        hypotheses={name: texts() for name in systems},
        roles={name: draw(st.sampled_from(["system", "human", "injected"])) for name in systems},
    )
    sources = dict(zip(ids, test_set.segments["source"], strict=True))
    keys, spans = [], []
    for _, system, _, segment_id, target in test_set.hypotheses.itertuples(index=False, name=None):
        for rater in draw(st.lists(NAMES, max_size=2, unique=True)):
            key = ("t", system, segment_id, rater)
            keys.append(key)
            for number in range(draw(st.integers(0, 2))):
                code = draw(st.sampled_from(CODES))
                label = draw(st.just(code_of(*code)) | TEXTS)
                described = (number, *code, draw(st.sampled_from(SEVERITIES)), label)
                for _ in range(draw(st.integers(1, 2))):
                    side = draw(st.sampled_from(["source", "target"]))
                    length = len(sources[segment_id] if side == "source" else target)
                    start = draw(st.none() | st.integers(0, length))
                    end = None if start is None else draw(st.integers(start, length))
                    spans.append((*key, *described, side, start, end))
    return replace(
        test_set, annotations=table(keys, ANNOTATIONS), error_spans=table(spans, ERROR_SPANS)
    )


def assert_round_trip(test_set: TestSet, folder: Path) -> None:
    jsonl.write(test_set, folder)
    back = jsonl.read(test_set.name, folder / "segments.jsonl", folder / "annotations.jsonl")
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(back, name), getattr(test_set, name), obj=name)
    first = [(folder / name).read_bytes() for name in ("segments.jsonl", "annotations.jsonl")]
    jsonl.write(back, folder)
    assert first == [(folder / n).read_bytes() for n in ("segments.jsonl", "annotations.jsonl")]


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(any_test_sets())
def test_any_test_set_comes_back(tmp_path: Path, test_set: TestSet) -> None:
    assert_round_trip(test_set, tmp_path)


def test_the_small_test_set_comes_back(tmp_path: Path) -> None:
    test_set = small()
    jsonl.write(test_set, tmp_path / "new" / "folder")
    back = jsonl.read(
        test_set.name,
        tmp_path / "new" / "folder" / "segments.jsonl",
        tmp_path / "new" / "folder" / "annotations.jsonl",
    )
    for name, keys in (
        ("segments", ["segment_id"]),
        ("references", ["reference_name", "segment_id"]),
        ("hypotheses", ["system", "segment_id"]),
        ("annotations", ["system", "segment_id", "rater"]),
        ("error_spans", ["system", "segment_id", "rater", "error"]),
    ):
        ours, theirs = (
            getattr(t, name).sort_values(keys, kind="stable", ignore_index=True)
            for t in (test_set, back)
        )
        pd.testing.assert_frame_equal(ours, theirs)


def test_what_is_written_can_be_read_by_a_person(tmp_path: Path) -> None:
    test_set = read(
        tmp_path,
        *SEGMENTS,
        annotations=[annotation(error(text="An", occurrence=2)), annotation(segment_id="2")],
    )
    jsonl.write(test_set, tmp_path)
    first, second, _ = (tmp_path / "segments.jsonl").read_text("utf-8").split("\n")[:3]
    assert json.loads(first) == {
        "references": ["refA"],
        "roles": {"mt": "system", "human": "system"},
    }
    assert "长安区" in second
    written = (tmp_path / "annotations.jsonl").read_text("utf-8").split("\n")
    assert [json.loads(line) for line in written[:-1]] == [
        {
            "segment_id": "1",
            "system": "mt",
            "rater": "r",
            "errors": [error(side="target", text="An", occurrence=2)],
        },
        {"segment_id": "2", "system": "mt", "rater": "r", "errors": []},
    ]

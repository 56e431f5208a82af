from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import load_test_set
from harness.errors import InputError
from harness.tables import PHENOMENA, TestSet, conform
from harness.test_sets.readers.expressions import KINDS, read_expressions

SOURCES = ["甲乙丙丁乙丙", "戊己", "庚"]


def entry(index: int, *marks: tuple[object, object, object, object]) -> dict[str, object]:
    keys = ("start", "end", "value", "category")
    return {
        "index": index,
        "property": "",
        "categories": [dict(zip(keys, mark, strict=True)) for mark in marks],
    }


def write(folder: Path, content: object) -> Path:
    path = folder / "all.json"
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    path.write_bytes(b"\xef\xbb\xbf" + text.encode("utf-8", "surrogatepass"))
    return path


def rows(folder: Path, *marks: tuple[object, object, object, object]) -> list[list[object]]:
    found = read_expressions(
        write(folder, [entry(0, *marks), entry(1), entry(2)]), "t", SOURCES
    ).phenomena
    conform(found, PHENOMENA)
    columns = found[["segment_id", "expression", "phenomenon", "start", "end"]].astype(object)
    return columns.where(columns.notna(), None).to_numpy().tolist()


def test_marks_stand_where_the_file_says(tmp_path: Path) -> None:
    content = [entry(0, (1, 3, "乙丙", "IDI"), (0, 1, "甲", "ORG")), entry(1), entry(2)]
    found = read_expressions(write(tmp_path, content), "t", SOURCES)
    assert found.phenomena.to_numpy().tolist() == [
        ["t", "1", 0, "four-character idiom", 1, 3],
        ["t", "1", 1, "organization", 0, 1],
    ]
    assert found.notes == (
        "2 expressions of 2 kinds are marked in 1 sources, 0 of them in two parts",
    )


def test_two_parts_are_one_expression(tmp_path: Path) -> None:
    """The file's start is the first part's span, its end the second's."""
    assert rows(tmp_path, ([0, 1], [3, 5], ["甲", "丁乙"], "CON"), (0, 1, "甲", "LOC")) == [
        ["1", 0, "special construction", 0, 1],
        ["1", 0, "special construction", 3, 5],
        ["1", 1, "location", 0, 1],
    ]


@pytest.mark.parametrize(
    ("start", "end", "value", "place"),
    [
        (2, 4, "乙丙", (1, 3)),  # at 1 and at 4: 1 is nearer
        (3, 5, "乙丙", (4, 6)),
        (0, 2, "丁", (3, 4)),
        (99, 98, "丁", (3, 4)),
        (-6, -4, "甲乙", (0, 2)),  # negative offsets do not count from the end
        (1, 3, "无", (None, None)),
    ],
)
def test_a_wrong_offset_is_moved_or_has_no_place(
    tmp_path: Path, start: int, end: int, value: str, place: tuple[int | None, int | None]
) -> None:
    assert rows(tmp_path, (start, end, value, "DATE")) == [["1", 0, "date", *place]]


def test_the_earlier_of_two_equally_near_places(tmp_path: Path) -> None:
    content = [entry(0, (1, 2, "a", "DATE"))]
    found = read_expressions(write(tmp_path, content), "t", ["axa"]).phenomena
    assert found[["start", "end"]].to_numpy().tolist() == [[0, 1]]


def test_notes_count_what_was_mended(tmp_path: Path) -> None:
    marks = [
        (1, 3, "乙丙", "IDI"),
        (1, 3, "乙丙", "IDI"),  # twice
        (1, 3, "乙丙", "ORG"),  # another kind
        (2, 3, "丁", "DATE"),  # moved
        (2, 4, "无处", "DATE"),  # nowhere
        ([0, 1], [1, 2], ["甲", "无"], "CON"),  # one part nowhere: no place
        ([0, 1], [2, 3], ["甲", "丁"], "CON"),  # one part moved
    ]
    content = [entry(0, *marks), entry(1, (0, 1, "己", "LAW")), entry(2)]
    path = write(tmp_path, content)
    found = read_expressions(path, "t", SOURCES)
    assert found.notes == (
        "7 expressions of 5 kinds are marked in 2 sources, 1 of them in two parts",
        "3 of 7 marked expressions differ from what stands in the source at their offsets;"
        " they were moved to the nearest place that holds their text",
        "2 of 7 marked expressions differ from the source and stand nowhere in it; they count for"
        " their segment, without a place",
        "1 marks that came twice were dropped",
    )
    part = read_expressions(path, "t", SOURCES, [1])
    assert part.phenomena["segment_id"].tolist() == ["2"]
    assert part.notes[0].startswith("1 expressions of 1 kinds are marked in 1 sources")
    assert len(part.notes) == 2  # what is wrong elsewhere is not its concern


@pytest.mark.parametrize(
    ("content", "message", "line"),
    [
        ("", "the file is not a JSON list", 1),
        ("[\n{]", "the file is not valid JSON", 2),
        ("[NaN]", "the file is not valid JSON: NaN is not a JSON number", 1),
        ("[" * 100_000, "the file is not valid JSON", 1),
        ("{}", "the file is not a JSON list", 1),
        ([entry(0)], "has not an entry for each line", None),
        ([entry(0), entry(2), entry(1)], "entry 1 has another index", 1),
        ([entry(0), {"index": True, "categories": []}, entry(2)], "entry 1 has another", 1),
        ([entry(0), {"index": 1}, entry(2)], "entry 1 is none", 1),
        ([entry(0), 1, entry(2)], "the entry is not a JSON object", 1),
        ([{"index": 0, "categories": {}}, entry(1), entry(2)], "are not a list", 1),
        *[
            ([entry(0, mark), entry(1), entry(2)], message, 1)
            for mark, message in [
                ((0, 1, "甲", "PERS"), "there is no kind of expression 'PERS'"),
                ((0, 1, "甲", ["ORG"]), "there is no kind of expression"),
                ((0, 1.0, "甲", "ORG"), "an offset of mark 1 of index 0 is not a whole"),
                ((0, True, "甲", "ORG"), "is not a whole number"),
                ((0, None, "甲", "ORG"), "is not a whole number"),
                (("0", "1", "甲", "ORG"), "is not a whole number"),
                ((0, 1, "", "ORG"), "has not a text for each part"),
                ((0, 1, None, "ORG"), "has not a text for each part"),
                (([0, 1], [2, 3], ["甲"], "CON"), "has not a text for each part"),
                ((0, 1, ["甲", "乙"], "CON"), "is not a whole number"),
                (([0, 1, 2], [2, 3], ["甲", "乙"], "CON"), "is not a whole number"),
            ]
        ],
        ([{"index": 0, "categories": [{"start": 0}]}, entry(1), entry(2)], "lacks a key", 1),
    ],
)
def test_bad_files(tmp_path: Path, content: object, message: str, line: int | None) -> None:
    path = write(tmp_path, content)
    with pytest.raises(InputError, match=message) as caught:
        read_expressions(path, "t", SOURCES)
    assert (caught.value.file, caught.value.line) == (str(path), line)


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    path.write_bytes(b'["\xff"]')
    with pytest.raises(InputError, match="not UTF-8"):
        read_expressions(path, "t", SOURCES)
    with pytest.raises(InputError, match="no such file"):
        read_expressions(tmp_path / "other.json", "t", SOURCES)


def json_values() -> st.SearchStrategy[object]:
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
    return scalars | st.lists(scalars | st.lists(scalars, max_size=2), max_size=3)


@given(
    st.binary(max_size=60)
    | st.lists(
        st.fixed_dictionaries(
            {
                "index": st.integers(-1, 3),
                "categories": json_values()
                | st.lists(
                    st.dictionaries(
                        st.sampled_from(["start", "end", "value", "category"]),
                        json_values() | st.integers(-1, 4) | st.sampled_from(["ORG", "乙", "甲"]),
                    ),
                    max_size=3,
                ),
            }
        ),
        max_size=3,
    )
)
def test_anything_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes | list[object]
) -> None:
    path = tmp_path_factory.mktemp("expressions") / "all.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    sources = SOURCES[: len(content)]
    try:
        found = conform(read_expressions(path, "t", sources).phenomena, PHENOMENA)
    except InputError as refused:
        assert str(path) in refused.render()
        return
    assert set(found["phenomenon"]) <= set(KINDS.values())
    for row in found.itertuples():
        source = sources[int(row.segment_id) - 1]
        assert pd.isna(row.start) or 0 <= row.start < row.end <= len(source)


@given(st.data())
def test_spans_hold_their_text(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever the offsets, a span that is given holds the text of the mark."""
    source = data.draw(st.text("ab\U0001f600", min_size=1, max_size=12))
    start = data.draw(st.integers(0, len(source) - 1))
    text = source[start : data.draw(st.integers(start + 1, len(source)))]
    wrong = data.draw(st.integers(-3, 15))
    path = write(
        tmp_path_factory.mktemp("expressions"), [entry(0, (wrong, wrong + 1, text, "ION"))]
    )
    (row,) = read_expressions(path, "t", [source]).phenomena.itertuples(index=False)
    assert source[row.start : row.end] == text


# -- the published file ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(mirror: Path) -> TestSet:
    return load_test_set("wmt22_zhen", mirror=mirror)


def test_the_published_file(whole: TestSet, mirror: Path) -> None:
    conform(whole.phenomena, PHENOMENA)
    assert set(whole.phenomena["phenomenon"]) == set(KINDS.values())
    (path,) = mirror.glob("raw.githubusercontent.com/florethsong/mtme-zh-mwe/*/all.json")
    entries = json.loads(path.read_text("utf-8-sig"))
    marked = Counter(KINDS[m["category"]] for e in entries for m in e["categories"])
    one = whole.phenomena.drop_duplicates(["segment_id", "expression"])
    read = Counter(one["phenomenon"])
    assert (marked.total(), read.total()) == (4257, 4252)
    assert (marked - read).total() == 5  # the marks that came twice
    assert not read - marked
    # Every span holds a text that the file gives for its kind in its segment.
    given_texts = {
        (str(e["index"] + 1), KINDS[m["category"]], text)
        for e in entries
        for m in e["categories"]
        for text in (m["value"] if isinstance(m["value"], list) else [m["value"]])
    }
    sources = whole.segments.set_index("segment_id")["source"]
    placed = whole.phenomena.dropna()
    assert len(whole.phenomena) - len(placed) == 11
    for row in placed.itertuples():
        text = sources[row.segment_id][row.start : row.end]
        assert (row.segment_id, row.phenomenon, text) in given_texts


def test_the_news_have_the_expressions_of_their_segments(whole: TestSet, mirror: Path) -> None:
    news = load_test_set("wmt22_zhen_news", mirror=mirror)
    ids = set(news.segments["segment_id"])
    part = whole.phenomena[whole.phenomena["segment_id"].isin(ids)]
    assert (
        part.drop(columns="test_set")
        .reset_index(drop=True)
        .equals(news.phenomena.drop(columns="test_set"))
    )
    assert any(note.startswith("1,924 expressions of 26 kinds") for note in news.notes)

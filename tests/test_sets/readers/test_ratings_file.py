from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import InputError
from harness.test_sets.readers.assembly import assemble
from harness.test_sets.readers.ratings_file import Given, read_ratings

HEADER = "system mqm_avg_score seg_id"
TEST_SET = assemble(
    "t",
    ids=["1", "2"],
    documents=["d", "d"],
    domains=["news", "news"],
    sources=["甲", "乙"],
    references={},
    hypotheses={"a": ["x", "y"], "b": ["x", "y"]},
)


def parse(folder: Path, *lines: str, **more: object) -> Given:
    path = folder / "ratings.tsv"
    path.write_text("".join(line + "\n" for line in lines), "utf-8")
    return read_ratings(path, TEST_SET, **more)  # type: ignore[arg-type]


def test_ratings_are_read_as_they_stand(tmp_path: Path) -> None:
    lines = [HEADER, "a\t-5.1 1", "a\tNone 2", "b\t-0.000000 2", "ref-A\t-1 1", "ref-A\tNone 2"]
    found = parse(tmp_path, *lines, without_texts=["ref-A"])
    assert found.ratings.to_numpy().tolist() == [
        ["t", "a", "1", "mqm", -5.1],
        ["t", "b", "2", "mqm", 0],
    ]
    assert math.copysign(1, found.ratings["rating"][1]) == 1  # no negative zero
    assert found.notes == (
        "2 ratings mqm of 2 segments of 2 systems come with the test set",
        "1 ratings mqm left out: there are no texts of ref-A",
    )
    assert set(
        parse(tmp_path, HEADER, "a 3 1", rating_name="da", highest=None).ratings["rating"]
    ) == {3}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "the line is blank"),
        ("a -1", "the line has not three fields"),
        ("a -1 1 1", "the line has not three fields"),
        ("c -1 1", "there is no system 'c'"),
        ("a -1 3", "there is no segment '3'"),
        ("a -1 01", "there is no segment '01'"),
        ("a x 1", "the rating is not a number"),
        ("a nan 1", "the rating is not a number"),
        ("a -inf 1", "the rating is not a number"),
        ("a 0.5 1", "the rating is above 0"),
        ("b None 2", "segment 2 of the system 'b' is rated twice"),
    ],
)
def test_lines_that_do_not_fit(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        parse(tmp_path, HEADER, "b -1 2", line, "a -1 2")
    assert caught.value.line == 3


def test_headers(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the header is another one"):
        parse(tmp_path, "a -1 1")
    with pytest.raises(InputError, match="the file is empty"):
        parse(tmp_path)


@given(st.floats(-1e50, 0))
def test_any_rating_comes_back(tmp_path_factory: pytest.TempPathFactory, rating: float) -> None:
    found = parse(tmp_path_factory.mktemp("fuzz"), HEADER, f"a\t{rating!r} 1")
    assert found.ratings["rating"].tolist() == [rating]

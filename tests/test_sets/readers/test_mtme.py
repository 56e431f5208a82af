from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import InputError
from harness.tables import GIVEN_RATINGS, STORED_SCORES, TestSet, conform
from harness.test_sets.readers.mtme import read
from harness.test_sets.readers.score_files import read_scores


class Tree:
    """A small tree: 4 segments in 3 documents of 2 domains, a machine and a human."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("docs", "news\tn1\nchat\tc1\nnews\tn2\nnews\tn2\n")
        self.write("src", "甲\n乙\n丙\n丁\n")
        self.write("refA", "A\n\nC\nD\n")
        self.write("mt", "a\nb\nc\nd\n")
        self.write("mqm", "refA\tNone\n" * 4 + "mt\t-0.0\nmt\t-5\nmt\tNone\nmt\t-1.5\n")
        self.write("M-1-refA.seg.score", "mt\t0.5\nmt\t1e-3\nmt\tNone\nmt\t4\n")
        self.write(
            "QE-src.seg.score", "mt\t1\nrefA\t5\nmt\t2\nrefA\t6\nmt\t3\nmt\t4\nrefA\t7\nrefA\t8"
        )

    def write(self, name: str, text: str) -> Path:
        (self.path / name).write_bytes(text.encode())
        return self.path / name

    def read(self, **changes: object) -> TestSet:
        arguments: dict[str, object] = {
            "name": "own",
            "documents": self.path / "docs",
            "source": self.path / "src",
            "references": {"refA": self.path / "refA"},
            "systems": {"mt": self.path / "mt", "refA": self.path / "refA"},
            "ratings": {"mqm": self.path / "mqm"},
            "scores": [self.path / "M-1-refA.seg.score", self.path / "QE-src.seg.score"],
            "human_systems": ["refA"],
        }
        return read(**{**arguments, **changes})  # type: ignore[arg-type]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def rows(frame: object, *columns: str) -> list[list[object]]:
    return frame[list(columns)].to_numpy().tolist()  # type: ignore[index]


def test_everything_is_read_as_it_stands(tree: Tree) -> None:
    test_set = tree.read()
    assert rows(test_set.segments, "segment_id", "domain", "document", "source") == [
        ["1", "news", "n1", "甲"],
        ["2", "chat", "c1", "乙"],
        ["3", "news", "n2", "丙"],
        ["4", "news", "n2", "丁"],
    ]
    assert rows(test_set.references, "segment_id", "reference") == [
        ["1", "A"], ["3", "C"], ["4", "D"],
    ]  # fmt: skip
    assert test_set.roles == {"mt": "system", "refA": "human"}
    assert len(test_set.hypotheses) == 8
    conform(test_set.given_ratings, GIVEN_RATINGS)
    assert rows(test_set.given_ratings, "system", "segment_id", "rating_name", "rating") == [
        ["mt", "1", "mqm", 0.0], ["mt", "2", "mqm", -5.0], ["mt", "4", "mqm", -1.5],
    ]  # fmt: skip
    assert math.copysign(1, test_set.given_ratings["rating"].iloc[0]) == 1  # no minus zero
    conform(test_set.stored_scores, STORED_SCORES)
    stored = test_set.stored_scores
    by = {key: rows(own, "system", "segment_id", "score")
          for key, own in stored.groupby(["metric", "reference_name"])}  # fmt: skip
    assert by == {
        ("M-1", "refA"): [["mt", "1", 0.5], ["mt", "2", 0.001], ["mt", "4", 4.0]],
        ("QE", "src"): [
            ["mt", "1", 1.0], ["mt", "2", 2.0], ["mt", "3", 3.0], ["mt", "4", 4.0],
            ["refA", "1", 5.0], ["refA", "2", 6.0], ["refA", "3", 7.0], ["refA", "4", 8.0],
        ],
    }  # fmt: skip
    assert [Path(file.name).name for file in test_set.files] == [
        "docs", "src", "refA", "mt", "refA", "mqm", "M-1-refA.seg.score", "QE-src.seg.score",
    ]  # fmt: skip
    assert test_set.notes == (
        "ratings mqm: 3 of 8 translations, 1 systems, as given",
        "11 stored scores of 2 metrics, as given",
        "the reference refA lacks 1 of 4 segments",
    )


def test_a_domain_keeps_the_line_numbers_of_the_full_set(tree: Tree) -> None:
    test_set = tree.read(domain="news")
    assert list(test_set.segments["segment_id"]) == ["1", "3", "4"]
    assert rows(test_set.hypotheses, "system", "segment_id", "hypothesis")[:3] == [
        ["mt", "1", "a"], ["mt", "3", "c"], ["mt", "4", "d"],
    ]  # fmt: skip
    assert rows(test_set.given_ratings, "segment_id", "rating") == [["1", 0.0], ["4", -1.5]]
    assert rows(test_set.stored_scores[test_set.stored_scores["system"] == "refA"],
                "segment_id", "score") == [["1", 5.0], ["3", 7.0], ["4", 8.0]]  # fmt: skip
    assert test_set.card["domain"] == "news"
    assert "3 of 4 segments are of the domain news; the others are left out" in test_set.notes


def test_several_domains_are_read(tree: Tree) -> None:
    domains = list(tree.read().segments["domain"])
    (other,) = set(domains) - {"news"}
    both = tree.read(domain=["news", other])
    assert list(both.segments["domain"]) == domains
    assert both.cut_from is None
    assert tree.read(domain=[other]).card["domain"] == other
    for wrong, message in (
        (["news", "sport"], "there is no domain 'sport'"),
        ([], "neither a domain nor a list"),
        ([3], "neither a domain nor a list"),
        (3, "neither a domain nor a list"),
    ):
        with pytest.raises(InputError, match=message):
            tree.read(domain=wrong)


def test_scores_may_be_named_and_ratings_absent(tree: Tree) -> None:
    file = tree.path / "QE-src.seg.score"
    test_set = tree.read(scores={"X-Y-refA": file, "Z-src": None}, ratings=None)
    assert set(zip(test_set.stored_scores["metric"], test_set.stored_scores["reference_name"],
                   strict=True)) == {("X-Y", "refA")}  # fmt: skip
    assert not len(test_set.given_ratings)
    assert not len(tree.read(scores=None).stored_scores)


@pytest.mark.parametrize(
    ("file", "text", "line", "message"),
    [
        ("src", "", None, "the source has no lines"),
        ("docs", "news\tn1\n", 2, "there is no line for this segment"),
        ("docs", "news\tn1\nnews n1\nnews\tn2\nnews\tn2\n", 2, "the line has another form"),
        ("docs", "news\tn1\nnews\t \nnews\tn2\nnews\tn2\n", 2, "the line has another form"),
        ("docs", "news\tn1\nnews\tn1\tx\nnews\tn2\nnews\tn2\n", 2, "the line has another form"),
        ("docs", "news\tn1\nchat\tn1\nnews\tn2\nnews\tn2\n", 2, "the document n1 has two domains"),
        ("mt", "a\nb\nc\n", 4, "there is no line for this segment"),
        ("mt", "a\nb\nc\nd\ne\n", 5, "there is no segment for this line"),
        ("refA", "a\n", 2, "there is no line for this segment"),
        ("mqm", "", None, "the file holds no scores"),
        ("mqm", "mt\t1\nmt\t2\nmt\t3\n", None, "the system mt has fewer scores than"),
        ("mqm", "mt\t1\n" * 5, 5, "the system mt has more scores than"),
        ("mqm", "mt\t1\nMT\t1\n", 2, "there is no system 'MT'"),
        ("mqm", "mt\t1\nmt 1\n", 2, "the line has another form"),
        ("mqm", "mt\t1\n\n", 2, "the line has another form"),
        ("mqm", "mt\t1\t2\n", 1, "the line has another form"),
        *[
            ("M-1-refA.seg.score", f"mt\t1\nmt\t{value}\n", 2, "this is no score")
            for value in ("x", "", "nan", "NaN", "inf", "-Infinity", "none", "1_0", " 1", "1,5",
                          "１", "1e999")
        ],
    ],
)  # fmt: skip
def test_bad_files(tree: Tree, file: str, text: str, line: int | None, message: str) -> None:
    tree.write(file, text)
    with pytest.raises(InputError) as caught:
        tree.read()
    assert caught.value.message.startswith(message)
    assert caught.value.file == str(tree.path / file)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"domain": "sport"}, "there is no domain 'sport'"),
        ({"systems": {}}, "has no systems"),
        ({"systems": {"mt": None}}, "has no systems"),
        ({"human_systems": ["refB"]}, "there is no system 'refB'"),
        ({"labels": {"x": "accuracy"}}, "no error labels"),
        ({"scores": {"M-refB": "mt"}}, "there is no reference 'refB'"),
        ({"scores": {"M": "mt"}}, "does not say what the scores are"),
        ({"scores": ["M-refA"]}, "does not say what the scores are"),
        ({"scores": ["a/M-src.seg.score", "b/M-src.seg.score"]}, "two files of the scores of M"),
        ({"ratings": {"mqm": "/nowhere/mqm"}}, "there is no such file"),
    ],
)
def test_bad_options(tree: Tree, changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        tree.read(**changes)


@given(
    st.dictionaries(
        st.sampled_from(["mt", "refA"]),
        st.lists(st.none() | st.floats(-1e50, 1e50), min_size=3,
                 max_size=3),
        min_size=1,
    ),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, scores: dict[str, list[float | None]], order: object
) -> None:
    left = {system: list(values) for system, values in scores.items()}
    lines = []
    while left:
        system = order.choice(sorted(left))  # type: ignore[attr-defined]
        lines.append(f"{system}\t{left[system].pop(0)!r}\n")
        left = {s: v for s, v in left.items() if v}
    path = tmp_path_factory.mktemp("scores") / "file"
    path.write_text("".join(lines), "utf-8")
    read = read_scores(path, ["mt", "refA"], 3)
    assert {s: [None if math.isnan(v) else v for v in own] for s, own in read.items()} == scores


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("scores") / "file"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(InputError):
        read_scores(path, ["no such system"], 3)

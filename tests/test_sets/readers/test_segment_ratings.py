from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError
from harness.tables import ANNOTATIONS, ERROR_SPANS, TestSet, conform
from harness.test_sets.readers import mtme_folder
from harness.test_sets.readers.mtme import read


def error(start: int, end: int, category: str = "accuracy/mistranslation", **more: Any) -> Any:
    return {
        "start": start,
        "end": end,
        "category": category,
        "severity": "minor",
        "score": 1.0,
        "is_source_error": False,
        **more,
    }


def rating(*errors: Any) -> str:
    return json.dumps({"errors": list(errors)}, ensure_ascii=False)


class Tree:
    """4 segments of 2 domains, a machine and a human; the raters r1 and r2."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("documents/zh-en.docs", "news\tn1\nchat\tc1\nnews\tn2\nnews\tn2\n")
        self.write("sources/zh-en.txt", "甲甲\n乙乙\n丙丙\n丁丁\n")
        self.write("references/zh-en.refA.txt", "A\nB\nC\nD\n")
        self.write("system-outputs/zh-en/mt.txt", "a 𝒂b\nbb\ncc\ndd\n")
        self.write("system-outputs/zh-en/refA.txt", "A\nB\nC\nD\n")
        omission = error(0, 2, "accuracy/omission", severity="major", score=5, is_source_error=True)
        self.r1 = [rating(error(2, 3)), rating(omission, error(2, 2)), "None", "None"]
        self.ratings("r1", {"mt": self.r1, "other": [rating(), "None", "None", "None"]})
        self.ratings("r2", {"mt": [rating(), "None", "None", "None"]})
        scores = ["-0.5", "-6", "None", "-1"]  # r1 and r2: -(1 + 0) / 2; r1: -(5 + 1); none
        self.write("human-scores/zh-en.mqm.seg.score", "".join(f"mt\t{x}\n" for x in scores))

    def write(self, name: str, text: str) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return path

    def ratings(self, rater: str, by_system: dict[str, list[str]]) -> Path:
        lines = (f"{system}\t{x}\n" for system, own in by_system.items() for x in own)
        return self.write(f"human-scores/zh-en.mqm.{rater}.seg.rating", "".join(lines))

    def read(self, **more: Any) -> TestSet:
        return mtme_folder.read("own", self.path, **more)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_annotations_and_spans(tree: Tree) -> None:
    test_set = tree.read()
    conform(test_set.annotations, ANNOTATIONS)
    conform(test_set.error_spans, ERROR_SPANS)
    annotations = test_set.annotations[["system", "segment_id", "rater"]]
    assert annotations.to_numpy().tolist() == [
        ["mt", "1", "r1"], ["mt", "2", "r1"], ["mt", "1", "r2"],
    ]  # fmt: skip
    columns = ["segment_id", "error", "category", "subcategory", "severity", "side", "start", "end"]
    assert test_set.error_spans[columns].to_numpy().tolist() == [
        ["1", 0, "accuracy", "mistranslation", "minor", "target", 2, 3],  # 𝒂 is one code point
        ["2", 0, "accuracy", "omission", "major", "source", 0, 2],
        ["2", 1, "accuracy", "mistranslation", "minor", "target", 2, 2],
    ]
    assert set(test_set.error_spans["label"]) == {"accuracy/mistranslation", "accuracy/omission"}
    assert test_set.notes == (
        "ratings mqm: 3 of 8 translations, 1 systems, as given",
        "2 rated translations of 1 system: 3 annotations by 2 raters, with 3 errors",
        "1 of 3 marked spans are empty and only mark a place",
        "1 annotation left out: there are no texts of other",
        "1 of 3 ratings mqm cannot be rebuilt from annotated errors: 1 without annotation (mt"
        " segment 4)",
    )


def test_a_rating_that_errors_do_not_give_is_counted(tree: Tree) -> None:
    tree.ratings("r2", {"mt": [rating(error(0, 1, score=2)), "None", "None", rating(error(0, 1))]})
    assert tree.read().notes[-1] == (
        "1 of 3 ratings mqm cannot be rebuilt from annotated errors: 1 with another value (mt"
        " segment 1)"
    )
    tree.ratings("r2", {"mt": [rating(), "None", "None", rating(error(0, 1))]})
    assert "rebuilt" not in " ".join(tree.read().notes)


def test_annotated_lines_of_one_domain(tree: Tree) -> None:
    test_set = tree.read(lines="annotated", domain="news")
    assert list(test_set.segments["segment_id"]) == ["1"]
    assert len(test_set.annotations) == 2
    assert test_set.full_texts.lines == (0,)
    assert test_set.full_texts.n_lines == 4
    assert test_set.notes[0] == (
        "1 of 4 segments are of the domain news and annotated; the others are left out"
    )
    assert list(tree.read(lines="annotated").segments["segment_id"]) == ["1", "2"]
    assert tree.read().cut_from is None


def test_annotations_can_be_left_out(tree: Tree) -> None:
    assert not len(tree.read(annotations=False).annotations)
    with pytest.raises(InputError, match="no error labels"):
        tree.read(annotations=False, labels={"x": "other"})
    with pytest.raises(InputError, match="no segment is annotated"):
        tree.read(annotations=False, lines="annotated")
    with pytest.raises(InputError, match="no choice of lines 'rated'"):
        tree.read(lines="rated")


def test_ones_own_labels(tree: Tree) -> None:
    tree.ratings("r2", {"mt": [rating(error(0, 1, "Mine")), "None", "None", "None"]})
    spans = tree.read(labels={"mine": "locale/number"}).error_spans
    assert spans[spans["rater"] == "r2"]["subcategory"].tolist() == ["number"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "the line is not valid JSON"),
        ("[]", "the line is not a JSON object"),
        ('{"error": []}', "there is no key of the rating 'error'"),
        ("{}", "the rating has no 'errors'"),
        ('{"errors": [1]}', "the 'errors' of the rating has the wrong type"),
        (rating(error(0, 6)), "the span of error 1 is outside the target"),
        (rating(error(3, 2)), "the span of error 1 is outside the target"),
        (rating(error(-1, 2)), "the 'start' of error 1 has the wrong type"),
        (rating(error(0, 3, is_source_error=True)), "the span of error 1 is outside the source"),
        (rating(error(0, 1, is_source_error=1)), "the 'is_source_error' of error 1 is neither"),
        (rating(error(0, 1, score="1")), "the 'score' of error 1 has the wrong type"),
        (rating(error(0, 1, "accuracy/x")), "there is no error category 'accuracy/x'"),
        (rating(error(0, 1, severity="x")), "there is no severity 'x'"),
        (rating({"start": 0}), "error 1 has no 'end'"),
    ],
)
def test_bad_ratings(tree: Tree, text: str, message: str) -> None:
    path = tree.ratings("r1", {"mt": [text, "None", "None", "None"]})
    with pytest.raises(InputError) as caught:
        tree.read()
    assert caught.value.message.startswith(message)
    assert (caught.value.file, caught.value.line) == (str(path), 1)


def test_other_numbers_of_lines(tree: Tree) -> None:
    tree.ratings("r1", {"mt": ["None", "None", "None"]})
    with pytest.raises(InputError, match="the system mt has fewer scores than there are segments"):
        tree.read()
    tree.ratings("r1", {"mt": ["None"] * 4})
    tree.ratings("r2", {"mt": ["None"] * 4})
    with pytest.raises(InputError, match="hold no annotation of 'own'"):
        tree.read()


def test_a_rating_needs_a_translation(tree: Tree) -> None:
    """A reader gives every system every segment, so this can only come from a cut domain."""
    test_set = read(
        "own",
        tree.path / "documents/zh-en.docs",
        tree.path / "sources/zh-en.txt",
        {},
        {"mt": tree.path / "system-outputs/zh-en/mt.txt"},
        annotations={"r1": tree.path / "human-scores/zh-en.mqm.r1.seg.rating"},
        domain="chat",
    )
    assert test_set.annotations["segment_id"].tolist() == ["2"]

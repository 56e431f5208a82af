from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import InputError
from harness.tables import HYPOTHESES, REFERENCES, SEGMENTS, TestSet, conform
from harness.test_sets.readers.plain_text import read

HEADER = "system\tdoc\tdocSegId\tglobalSegId\trater\tsource\ttarget\tcategory\tseverity\n"


class Folder:
    """A folder of small text files, and the test set that they make."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("src", "甲\n乙\n丙\n")
        self.write("ref", "A\nB\nC\n")
        self.write("mt", "a\n\nc")

    def write(self, name: str, text: str) -> Path:
        (self.path / name).write_bytes(text.encode())
        return self.path / name

    def read(self, **changes: object) -> TestSet:
        arguments: dict[str, object] = {
            "name": "own",
            "source": self.path / "src",
            "references": {"refA": self.path / "ref"},
            "systems": {"mine": self.path / "mt"},
        }
        return read(**{**arguments, **changes})  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_one_segment_a_line(folder: Folder) -> None:
    test_set = folder.read(
        systems={"z": folder.path / "mt", "a": str(folder.write("x", "1\n2\n3"))}
    )
    assert list(test_set.segments["segment_id"]) == ["1", "2", "3"]
    assert list(test_set.segments["source"]) == ["甲", "乙", "丙"]
    assert set(test_set.segments["document"]) == {"own"}
    assert set(test_set.segments["domain"]) == {"news"}
    assert list(test_set.references["reference"]) == ["A", "B", "C"]
    rows = test_set.hypotheses[["system", "segment_id", "hypothesis"]].to_numpy().tolist()
    assert rows == [
        ["z", "1", "a"], ["z", "2", ""], ["z", "3", "c"],
        ["a", "1", "1"], ["a", "2", "2"], ["a", "3", "3"],
    ]  # fmt: skip
    for frame, schema in (
        (test_set.segments, SEGMENTS),
        (test_set.references, REFERENCES),
        (test_set.hypotheses, HYPOTHESES),
    ):
        conform(frame, schema)
    assert test_set.notes == ()
    assert [Path(file.name).name for file in test_set.files] == ["src", "ref", "mt", "x"]
    assert test_set.annotations.empty


def test_a_blank_hypothesis_is_an_empty_translation_and_a_blank_reference_is_none(
    folder: Folder,
) -> None:
    folder.write("src", "甲\n\n丙\n")
    folder.write("ref", "A\n\n \n")
    test_set = folder.read()
    assert list(test_set.hypotheses["hypothesis"]) == ["a", "", "c"]
    pairs = test_set.references[["segment_id", "reference"]].to_numpy().tolist()
    assert pairs == [["1", "A"], ["2", ""]]  # the source of 2 is blank too
    assert test_set.notes == ("the reference refA lacks 1 of 3 segments",)


def test_a_reference_without_any_text_is_counted(folder: Folder) -> None:
    test_set = folder.read(references={"refA": folder.write("blank", "\n\n\n")})
    assert test_set.references.empty
    assert test_set.notes == ("the reference refA lacks 3 of 3 segments",)


def test_no_reference_is_allowed_and_no_system_is_not(folder: Folder) -> None:
    assert folder.read(references={}).reference_names == []
    assert folder.read(references={"refA": None}).reference_names == []
    for systems in ({}, {"mine": None}):
        with pytest.raises(InputError, match="the test set 'own' has no systems"):
            folder.read(systems=systems)


@pytest.mark.parametrize(
    ("text", "line", "found", "message"),
    [
        ("1\n2\n", 3, "2 lines", "there is no line for this segment"),
        ("", 1, "0 lines", "there is no line for this segment"),
        ("1\n2\n3\n4\n5\n", 4, "5 lines", "there is no segment for this line"),
        ("1\n2\n3\n\n", 4, "4 lines", "there is no segment for this line"),
    ],
)
@pytest.mark.parametrize("kind", ["references", "systems", "documents"])
def test_another_number_of_lines(
    folder: Folder, kind: str, text: str, line: int, found: str, message: str
) -> None:
    path = folder.write("wrong", text)
    with pytest.raises(InputError, match=message) as caught:
        folder.read(**{kind: path if kind == "documents" else {"x": path}})
    error = caught.value
    assert (error.file, error.line, error.found) == (str(path), line, found)
    assert error.expected == f"3 lines, as many as {folder.path / 'src'} has"


def test_documents(folder: Folder) -> None:
    path = folder.write("docs", "d1\nd1\nd2\n")
    assert list(folder.read(documents=path).segments["document"]) == ["d1", "d1", "d2"]
    folder.write("docs", "d1\n \nd2\n")
    with pytest.raises(InputError, match="the document's name is blank") as caught:
        folder.read(documents=path)
    assert caught.value.line == 2


def test_an_empty_source_and_an_absent_file(folder: Folder) -> None:
    with pytest.raises(InputError, match="the source has no lines"):
        folder.read(source=folder.write("empty", ""))
    with pytest.raises(InputError, match="there is no such file"):
        folder.read(systems={"mine": folder.path / "absent"})


def test_roles(folder: Folder) -> None:
    assert folder.read().roles == {"mine": "system"}
    assert folder.read(roles={"mine": "human"}).roles == {"mine": "human"}
    with pytest.raises(InputError, match="no system 'mien'"):
        folder.read(roles={"mien": "human"})
    with pytest.raises(InputError, match="the role of the system 'mine' is none"):
        folder.read(roles={"mine": "person"})


def test_mqm_annotations_by_line_number(folder: Folder) -> None:
    mqm = folder.write(
        "mqm.tsv",
        HEADER
        + "mine\td\t9\t3\tr1\t丙\t<v>c</v>\tAccuracy/Mistranslation\tMajor\n"
        + "mine\td\t9\t1\tr1\t甲\ta\tNo-error\tNo-error\n"
        + "mine\td\t9\t2\tr1\t乙\t\tOurs\tminor\n",
    )
    test_set = folder.read(mqm=mqm, labels={"Ours": "accuracy/omission"})
    assert list(test_set.annotations["segment_id"]) == ["3", "1", "2"]
    columns = ["segment_id", "category", "subcategory", "severity", "label", "side"]
    assert test_set.error_spans[columns].to_numpy().tolist() == [
        ["3", "accuracy", "mistranslation", "major", "Accuracy/Mistranslation", "target"],
        ["2", "accuracy", "omission", "minor", "Ours", "source"],
    ]
    assert test_set.notes == (
        "3 rated translations of 1 system: 3 annotations by 1 rater, with 2 errors",
    )
    assert test_set.files[-1].name == str(mqm)
    with pytest.raises(InputError, match="no error category 'Ours'"):
        folder.read(mqm=mqm)


def test_a_file_of_annotations_without_any_is_refused(folder: Folder) -> None:
    with pytest.raises(InputError, match=r"mqm\.tsv: the file holds no annotations"):
        folder.read(mqm=folder.write("mqm.tsv", HEADER))


def test_mqm_annotations_of_another_source_are_refused(folder: Folder) -> None:
    mqm = folder.write("mqm.tsv", HEADER + "mine\td\t1\t1\tr1\t丙\ta\tNo-error\tNo-error\n")
    with pytest.raises(InputError, match="the source is not that of segment 1") as caught:
        folder.read(mqm=mqm)
    assert (caught.value.line, caught.value.found, caught.value.expected) == (2, "丙", "甲")

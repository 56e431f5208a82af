"""Appraise's CSV of error span annotations, on made-up files in the form that WMT24 published."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.tables import TestSet
from harness.test_sets.readers.esa_csv import read

MINOR = {"start_i": 0, "end_i": 3, "severity": "minor", "error_type": None}
GONE = {"start_i": "missing", "end_i": "missing", "severity": "major", "error_type": None}


class Campaign:
    """Three lines in two documents, two systems, and rows that a test may change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("zh", ["甲", "乙", "丙"])
        self.write("docs", ["d1", "d1", "d2"])
        self.write("a", ["text one", "text two", "text three"])
        self.write("b", ["word one", "word two", "word three"])
        self.rows = [
            self.row("r1", "a", 0, 90, "d1", [MINOR]),
            self.row("r2", "a", 0, 70, "d1", [MINOR, GONE]),
            self.row("r1", "b", 2, 100, "d2", []),
        ]

    def write(self, name: str, lines: list[str]) -> Path:
        (self.folder / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")
        return self.folder / name

    @staticmethod
    def row(
        user: str,
        system: str,
        item: object,
        score: object,
        document: str,
        errors: object,
        kind: str = "TGT",
        target: str = "eng",
    ) -> list[object]:
        marked = errors if isinstance(errors, str) else json.dumps(errors)
        cells = [user, system, item, kind, "zho", target, score, document]
        return [*cells, False, marked, 1.5, 2.5]

    def read(self, **more: object) -> TestSet:
        with (self.folder / "esa.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(self.rows)
        given: dict[str, object] = {
            "source": self.folder / "zh",
            "systems": {"a": self.folder / "a", "b": self.folder / "b"},
            "documents": self.folder / "docs",
            **more,
        }
        return read("esa", self.folder / "esa.csv", **given)  # type: ignore[arg-type]


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    return Campaign(tmp_path)


def test_raters_are_kept_and_their_numbers_averaged(campaign: Campaign) -> None:
    found = campaign.read()
    ratings = found.given_ratings.set_index(["system", "segment_id"])["rating"]
    assert ratings.to_dict() == {("a", "1"): 80.0, ("b", "3"): 100.0}
    assert set(found.given_ratings["rating_name"]) == {"esa"}
    assert found.annotations[["system", "segment_id", "rater"]].to_numpy().tolist() == [
        ["a", "1", "r1"],
        ["a", "1", "r2"],
        ["b", "3", "r1"],
    ]
    spans = found.error_spans
    assert spans["severity"].tolist() == ["minor", "minor", "major"]
    assert spans["label"].tolist() == ["unspecified", "unspecified", "missing"]
    assert spans["end"].tolist()[:2] == [4, 4]
    assert spans["end"].isna().tolist() == [False, False, True]
    assert "rating esa: 2 translations; the mean of several raters for 1 of them" in found.notes


def test_checks_tutorials_and_repetitions_are_left_out_and_counted(campaign: Campaign) -> None:
    plain = campaign.read()
    campaign.rows += [
        campaign.row("r1", "nobody", 1000001, 0, "ende-tutorial1", []),
        campaign.row("r1", "a", 0, 5, "d1#bad", [], kind="BAD"),
        campaign.row("r1", "a", 0, 5, "d1#bad2", [], kind="BAD.1.2"),
        campaign.row("r1", "a", 0, 5, "d1#dup", []),
        campaign.row("r1", "a", 0, 5, "d1#incomplete", []),
        campaign.row("r1", "a", 0, 5, "d1", [], kind="CHK"),
    ]
    found = campaign.read()
    assert found.given_ratings.equals(plain.given_ratings)
    assert found.error_spans.equals(plain.error_spans)
    assert found.notes[-5:] == (
        "1 row left out: tutorial",
        "2 rows left out: attention check",
        "1 row left out: repeated",
        "1 row left out: incomplete document",
        "1 row left out: of kind CHK",
    )


def test_the_last_of_two_annotations_by_one_rater_counts(campaign: Campaign) -> None:
    campaign.rows.append(campaign.row("r1", "b", 2, 40, "d2", [MINOR]))
    found = campaign.read()
    assert found.given_ratings["rating"].tolist() == [80.0, 40.0]
    assert len(found.annotations) == 3
    assert any(note.startswith("1 annotation left out: the same rater") for note in found.notes)


def test_the_texts_may_be_a_folder_of_mt_metrics_eval(campaign: Campaign, tmp_path: Path) -> None:
    for part in ("sources", "documents", "system-outputs/zh-en", "references"):
        (tmp_path / part).mkdir(parents=True)
    for old, new in (
        ("zh", "sources/zh-en.txt"),
        ("a", "system-outputs/zh-en/a.txt"),
        ("b", "system-outputs/zh-en/b.txt"),
    ):
        (tmp_path / old).rename(tmp_path / new)
    campaign.write("documents/zh-en.docs", ["news\td1", "news\td1", "speech\td2"])
    found = campaign.read(source=None, systems=None, documents=None, folder=tmp_path)
    assert found.segments["domain"].tolist() == ["news", "news", "speech"]
    assert len(found.annotations) == 3


def test_one_language_pair_is_chosen(campaign: Campaign) -> None:
    campaign.rows.append(campaign.row("r9", "a", 1, 3, "d1", [], target="deu"))
    with pytest.raises(InputError, match="several language pairs") as caught:
        campaign.read()
    assert caught.value.line == 4
    found = campaign.read(languages="zho-eng")
    assert len(found.annotations) == 3
    assert found.notes[-1] == "1 row left out: of other languages"
    with pytest.raises(InputError, match="'zho-fra'"):
        campaign.read(languages="zho-fra")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("r", "a", 0, 101, "d1", []), "no number from 0 to 100"),
        (("r", "a", 0, "nan", "d1", []), "no number from 0 to 100"),
        (("r", "a", 0, "", "d1", []), "no number from 0 to 100"),
        (("r", "c", 0, 1, "d1", []), "no system 'c'"),
        (("r", "a", 3, 1, "d2", []), "no line of the texts"),
        (("r", "a", "x", 1, "d2", []), "no line of the texts"),
        (("r", "a", 2, 1, "d1", []), "two documents"),
        (("r", "a", 0, 1, "d1", "[{]"), "not valid JSON"),
        (("r", "a", 0, 1, "d1", "{}"), "wrong type"),
        ((" ", "a", 0, 1, "d1", []), "the user is blank"),
        (("r", "a", 0, 1, "d1", [{**MINOR, "end_i": 8}]), "outside the translation"),
    ],
)
def test_a_faulty_row_is_named(campaign: Campaign, row: tuple[object, ...], message: str) -> None:
    campaign.rows.append(campaign.row(*row))  # type: ignore[arg-type]
    with pytest.raises(InputError, match=message) as caught:
        campaign.read()
    assert caught.value.line == 4


def test_items_counted_from_one_need_first_item(campaign: Campaign) -> None:
    for row in campaign.rows:
        row[2] = int(str(row[2])) + 1
    with pytest.raises(InputError, match="no line of the texts"):
        campaign.read()
    assert campaign.read(first_item=1).given_ratings["rating"].tolist() == [80.0, 100.0]


def test_texts_are_given_once(campaign: Campaign) -> None:
    with pytest.raises(InputError, match="there are no texts"):
        campaign.read(source=None)
    with pytest.raises(InputError, match="the texts are given twice"):
        campaign.read(folder="x")


def test_without_documents_a_note_says_what_was_not_checked(campaign: Campaign) -> None:
    unchecked = "that items and lines of the texts agree was not checked: no documents are given"
    assert unchecked in campaign.read(documents=None).notes
    assert unchecked not in campaign.read().notes


def test_a_row_of_another_length_and_an_empty_file(campaign: Campaign) -> None:
    campaign.rows.append(["r", "a"])
    with pytest.raises(InputError, match="another number of fields") as caught:
        campaign.read()
    assert caught.value.line == 4
    campaign.rows = []
    with pytest.raises(InputError, match="the file is empty"):
        campaign.read()

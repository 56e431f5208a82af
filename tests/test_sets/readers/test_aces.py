"""The reader of ACES, with made-up cases."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import InputError
from harness.test_sets.readers.aces import read

FIELDS = [
    *("source", "good-translation", "incorrect-translation"),
    *("reference", "phenomena", "langpair"),
]
ROWS = [
    ["源", "ten", "two", "10", "number", "zh-en"],
    ["Quelle", "a", "b", "c", "number", "de-en"],
    ["泉", 'A "b"', "", "", "omission", "zh-en"],
    ["井", "same", "same", "x", "number", "zh-en"],
]


def write(folder: Path, kind: str, rows: list[list[str]], fields: list[str] = FIELDS) -> Path:
    path = folder / f"cases.{kind}"
    if kind == "jsonl":
        lines = [json.dumps(dict(zip(fields, row, strict=True))) for row in rows]
        path.write_text("\n".join(lines), encoding="utf-8")
    elif kind == "csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([fields, *rows])
    else:
        path.write_text("\n".join("\t".join(r) for r in [fields, *rows]), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["jsonl", "csv", "tsv"])
def test_the_cases_of_one_language_pair(tmp_path: Path, kind: str) -> None:
    test_set = read(write(tmp_path, kind, ROWS))
    assert test_set.segments["segment_id"].tolist() == ["1", "3", "4"]
    texts = test_set.hypotheses.groupby("system", sort=False)["hypothesis"].agg(list)
    assert texts.to_dict() == {
        "good": ["ten", 'A "b"', "same"],
        "incorrect": ["two", "", "same"],
    }
    assert test_set.references["segment_id"].tolist() == ["1", "4"]
    assert test_set.phenomena["phenomenon"].tolist() == ["number", "omission", "number"]
    assert test_set.notes == (
        "3 pairs of a good and an incorrect translation, from 3 source texts: 2 number, 1 omission",
        "1 of 3 pairs hold the same translation twice and decide nothing: 4",
        "3 of the file's 4 cases are read: zh-en",
        "the reference refA lacks 1 of 3 segments",
    )


def test_some_phenomena_only(tmp_path: Path) -> None:
    path = write(tmp_path, "tsv", ROWS)
    assert len(read(path, phenomena=["omission"]).segments) == 1
    with pytest.raises(InputError, match="there is no phenomenon 'ommission'") as caught:
        read(path, phenomena=["ommission"])
    assert "omission" in str(caught.value)


def test_a_tsv_with_quotes(tmp_path: Path) -> None:
    path = tmp_path / "cases.tsv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter="\t").writerows(
            [FIELDS, ["源", "a\nb", "x\ty", "r", "n", "zh-en"]]
        )
    with pytest.raises(InputError, match="another number of fields") as caught:
        read(path)
    assert caught.value.line == 2
    assert "test_set.quoted=true" in str(caught.value)
    assert read(path, quoted=True).hypotheses["hypothesis"].tolist() == ["a\nb", "x\ty"]


@pytest.mark.parametrize(
    ("kind", "rows", "message", "line"),
    [
        ("tsv", [ROWS[0], ROWS[0][:5]], "another number of fields", 3),
        ("csv", [ROWS[0], [*ROWS[0], "more"]], "another number of fields", 3),
        ("tsv", [["", *ROWS[0][1:]]], "the field 'source' of the case is blank", 2),
        ("csv", [["a", " ", *ROWS[0][2:]]], "the field 'good-translation' of the case", 2),
        ("jsonl", [["a", "b", "c", "d", " ", "zh-en"]], "the field 'phenomena' of the case", 1),
        ("tsv", [ROWS[1]], "there is no language pair 'zh-en'", None),
        ("tsv", [], "the file has no cases", None),
        ("jsonl", [], "the file has no cases", None),
    ],
)
def test_files_that_do_not_fit(
    tmp_path: Path, kind: str, rows: list[list[str]], message: str, line: int | None
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read(write(tmp_path, kind, rows))
    assert caught.value.line == line


def test_headers_and_objects_that_lack_a_field(tmp_path: Path) -> None:
    path = write(tmp_path, "tsv", [["a"] * 5], FIELDS[:5])
    with pytest.raises(InputError, match="the header has not one field 'langpair'"):
        read(path)
    path = write(tmp_path, "jsonl", [["a"] * 5], FIELDS[:5])
    with pytest.raises(InputError, match="the case has no 'langpair'"):
        read(path)
    path.write_text('{"source": 3, ' + json.dumps(dict.fromkeys(FIELDS[1:], "a"))[1:])
    with pytest.raises(InputError, match="'source' of the case has the wrong type"):
        read(path)
    path = tmp_path / "bad.csv"
    path.write_text(",".join(FIELDS) + '\n"a"b,c,d,e,f,zh-en\n', encoding="utf-8")
    with pytest.raises(InputError, match="the row is not valid CSV") as caught:
        read(path)
    assert caught.value.line == 2
    with pytest.raises(InputError, match="there is no such file"):
        read(tmp_path / "none.tsv")


ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=12)


@given(st.lists(st.tuples(ANY, ANY, ANY, ANY, ANY, st.sampled_from(["zh-en", "de-en", ""]))))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, rows: list) -> None:  # type: ignore[type-arg]
    folder = tmp_path_factory.mktemp("aces")
    for kind in ("jsonl", "csv"):
        path = write(folder, kind, [list(row) for row in rows])
        try:
            test_set = read(path)
        except InputError as error:
            assert error.file is not None
            continue
        chosen = [row for row in rows if row[5] == "zh-en"]
        good = test_set.hypotheses[test_set.hypotheses["system"] == "good"]["hypothesis"].tolist()
        assert good == [row[1] for row in chosen]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, b: bytes) -> None:
    folder = tmp_path_factory.mktemp("aces")
    for kind in ("jsonl", "csv", "tsv"):
        path = folder / f"cases.{kind}"
        path.write_bytes(b)
        with pytest.raises(InputError):
            read(path)


def test_labels_are_refused_where_no_error_has_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no error labels to translate"):
        read(write(tmp_path, "tsv", ROWS), labels={"x": "other"})

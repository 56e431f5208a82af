"""Tab-separated files as spreadsheets, pandas and csv.writer save them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import harness as h
from harness.errors import InputError
from harness.test_sets.readers import qe_span_rows
from harness.test_sets.readers.mqm_tsv import read
from harness.test_sets.readers.quoting import quoting_of

pytestmark = pytest.mark.reliability

NAMES = ["system", "doc", "docSegId", "globalSegId", "rater", "source", "target", "category",
         "severity", "metadata"]  # fmt: skip
SOURCES = ["市长说“是”，物价上涨。", "他走了。"]
ROWS = [
    ["A", "d1", "1", "1", "r1", SOURCES[0], 'The mayor said "yes", <v>price</v> rose.',
     "Fluency/Grammar", "Minor", "{}"],
    ["B", "d1", "1", "1", "r1", SOURCES[0], 'The <v>president</v> said "yes", prices rose.',
     "Accuracy/Mistranslation", "Major", "{}"],
    ["A", "d1", "2", "2", "r1", SOURCES[1], "He left.", "No-error", "No-error", "{}"],
    ["B", "d1", "2", "2", "r1", SOURCES[1], "He <v>stayed</v>.", "Accuracy/Mistranslation",
     "Major", "{}"],
]  # fmt: skip
TEXTS = [
    'The mayor said "yes", price rose.', "He left.",
    'The president said "yes", prices rose.', "He stayed.",
]  # fmt: skip


def saved(rows: list[list[str]], **style: object) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter="\t", **style).writerows(rows)  # type: ignore[arg-type]
    return stream.getvalue()


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
@pytest.mark.parametrize("header", [True, False])
def test_a_file_that_a_csv_writer_has_quoted(tmp_path: Path, quoting: int, header: bool) -> None:
    path = tmp_path / "mqm.tsv"
    path.write_text(saved([NAMES] * header + ROWS, quoting=quoting), "utf-8", newline="")
    test_set = read("own", path)
    assert test_set.hypotheses["hypothesis"].tolist() == TEXTS
    assert test_set.segments["source"].tolist() == SOURCES
    assert test_set.error_spans[["start", "end"]].to_numpy().tolist() == [[22, 27], [4, 13], [3, 9]]
    assert any("mqm.tsv: the file is quoted as CSV" in note for note in test_set.notes)


def test_the_same_file_without_quoting_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mqm.tsv"
    path.write_text("\n".join("\t".join(row) for row in [NAMES, *ROWS]) + "\n", "utf-8")
    test_set = read("own", path)
    assert test_set.hypotheses["hypothesis"].tolist() == TEXTS
    assert not any("quot" in note for note in test_set.notes)


def test_escaped_quotation_marks_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mqm.tsv"
    escaped = [[cell.replace('"', '\\"') for cell in row] for row in ROWS]
    path.write_text("\n".join("\t".join(row) for row in [NAMES, *escaped]) + "\n", "utf-8")
    with pytest.raises(InputError, match="escaped with backslashes") as caught:
        read("own", path)
    assert (caught.value.file, caught.value.line) == (str(path), 2)


@pytest.mark.parametrize(
    ("lines", "csv_quoted", "doubtful"),
    [
        (["a\tb", "c, d\te"], False, None),
        (['a\t"b ""c"" d"'], True, None),
        (['"a"\t"b"\t"c"'], True, None),
        (['a\t"Yes, he left."', "b\tHe left."], True, None),  # as Excel does for a comma
        (['a\t"Yes, he left."', "b\tYes, he left."], False, 1),
        (['a\t"He left."'], False, 1),
        (['a\t"b ""c"" d"', 'a\t"b" said c'], False, 1),
        (['a\t"Stop," he said.', 'b\tHe said "stop".'], False, None),
        (['a\t"b ""c"" d"\t{"timestamp": 1}'], True, None),
        (['a\t"'], False, None),
    ],
)
def test_what_decides(lines: list[str], csv_quoted: bool, doubtful: int | None) -> None:
    found = quoting_of(lines, "x.tsv")
    assert (found.csv, found.doubtful) == (csv_quoted, doubtful)
    assert (found.note is None) == (not csv_quoted and doubtful is None)


cells = st.text(st.characters(exclude_characters="\n\r\t\0", exclude_categories=["Cs"]))


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1))
def test_what_a_csv_writer_quotes_comes_back(rows: list[list[str]]) -> None:
    """Oracle: Python's csv module, which quotes every cell."""
    lines = saved(rows, quoting=csv.QUOTE_ALL, lineterminator="\n").split("\n")[:-1]
    quoting = quoting_of(lines, "x.tsv")
    assert [quoting.cells(line) for line in lines] == rows


def test_span_files_are_unquoted_too(tmp_path: Path) -> None:
    row = ["s", "d", "1", "r", SOURCES[1], 'He "left".', "3", "9", "major"]
    path = tmp_path / "spans.tsv"
    path.write_text(saved([row]), "utf-8", newline="")
    lines = path.read_text("utf-8").split("\n")[:-1]
    (found,) = qe_span_rows.read_rows(path, quoting_of(lines, path))
    assert found.target == 'He "left".'
    assert [found.target[e.start : e.end] for e in found.errors] == ['"left"']


def test_scores_of_a_quoted_file_are_those_of_the_plain_one(tmp_path: Path) -> None:
    path, reference = tmp_path / "mqm.tsv", tmp_path / "ref"
    path.write_text(saved([NAMES, *ROWS]), "utf-8", newline="")
    reference.write_text('The mayor said "yes", prices rose.\nHe left.\n', "utf-8")
    found = h.score(read("own", path, {"ref": reference}), ["chrf"]).systems["chrf"].tolist()
    assert found == pytest.approx([88.5229, 63.4976], abs=1e-4)  # sacrebleu 2.6.0 on plain text

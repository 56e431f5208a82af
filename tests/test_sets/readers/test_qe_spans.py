from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import InputError
from harness.tables import TestSet
from harness.test_sets.readers.qe_span_rows import QeError, QeRow, read_rows
from harness.test_sets.readers.qe_spans import read

SOURCE = ["前", "甲‘一’", "乙 二", "中", "丙", "丁", "后"]


class Texts:
    """Seven lines: document d is lines 2 and 3, document x_y_z (without numbers) lines 5 and 6."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("src", SOURCE)
        self.write("ref", [f"r{n}" for n in range(1, 8)])
        self.write("mt", [f"it’s text {n}" for n in range(1, 7)] + [""])
        self.rows = [
            self.row("d", "1", "rater1", "甲'一'", "it's text 2", "0 10", "4 11", "minor major"),
            self.row("d", "2", "rater2", "乙二", "it’s text 3", "-1", "-1", "no-error"),
            self.row("x", "y", "z", "丙", "it’s text 5", "5", "9", "minor"),
            self.row("x", "y", "z", "丁", "it’s text 6", "5 5", "9 9", "major major"),
            self.row("d", "1", "rater1", "甲'一'", "no such text", "0", "2", "major", "ref.A"),
        ]

    def write(self, name: str, texts: list[str]) -> Path:
        (self.folder / name).write_text("".join(t + "\n" for t in texts), "utf-8")
        return self.folder / name

    @staticmethod
    def row(*cells: str) -> list[str]:
        return ["hyp.mt" if len(cells) == 8 else cells[8], *cells[:8]]

    def file(self) -> Path:
        return self.write("spans.tsv", ["\t".join(row) for row in self.rows])

    def read(self, **more: object) -> TestSet:
        return read(
            "q",
            self.folder / "src",
            {"refA": self.folder / "ref"},
            {"mt": self.folder / "mt"},
            self.file(),
            **{"without_texts": ["ref.A"], **more},  # type: ignore[arg-type]
        )


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    return Texts(tmp_path)


def test_annotated_lines_are_found_and_the_others_named_by_their_lines(texts: Texts) -> None:
    test_set = texts.read()
    assert test_set.segments[["segment_id", "document"]].to_numpy().tolist() == [
        ["1", "unknown:1-1"],
        ["2", "d"],
        ["3", "d"],
        ["4", "unknown:4-4"],
        ["5", "x_y_z"],
        ["6", "x_y_z"],
        ["7", "unknown:7-7"],
    ]
    assert test_set.segments["source"].tolist() == SOURCE
    assert test_set.annotations[["system", "segment_id", "rater"]].to_numpy().tolist() == [
        ["mt", "2", "rater1"],
        ["mt", "3", "rater2"],
        ["mt", "5", "unknown"],
        ["mt", "6", "unknown"],
    ]
    columns = ["segment_id", "error", "category", "subcategory", "severity", "label", "side"]
    assert test_set.error_spans[[*columns, "start", "end"]].to_numpy().tolist() == [
        ["2", 0, "other", "", "minor", "unspecified", "target", 0, 4],
        ["2", 1, "other", "", "major", "unspecified", "target", 10, 11],
        ["5", 0, "other", "", "minor", "unspecified", "target", 5, 9],
        ["6", 0, "other", "", "major", "unspecified", "target", 5, 9],
        ["6", 1, "other", "", "major", "unspecified", "target", 5, 9],
    ]
    assert test_set.notes == (
        "4 of 7 segments are annotated (2 documents, found in the full text by their source)",
        "4 rated translations of 1 system: 4 annotations by 3 raters, with 5 errors",
        "1 of 4 annotated translations differ from the system's output (0 in white space only,"
        " 1 in quotation marks, 0 otherwise); the spans marked in them were moved to the output",
        "the errors have severities but no categories, and those marked in the source are absent",
        "2 annotations lost their rater in the file and count as one, 'unknown'",
        "1 annotations left out: there are no texts of ref.A",
        "3 segments belong to documents that are not known; the 3 runs of them count as documents",
    )
    assert [Path(f.name).name for f in test_set.files] == ["src", "ref", "mt", "spans.tsv"]


def test_a_user_can_name_the_category(texts: Texts) -> None:
    spans = texts.read(labels={"unspecified": "accuracy/mistranslation"}).error_spans
    assert set(spans["category"]) == {"accuracy"}
    assert set(spans["label"]) == {"unspecified"}


def test_an_empty_translation_was_shown_as_a_word(texts: Texts) -> None:
    texts.rows = [texts.row("e", "1", "r", "后", "EMPTY", "0", "5", "major")]
    test_set = texts.read()
    assert bool(test_set.error_spans["start"].isna().all())
    assert test_set.error_spans["severity"].tolist() == ["major"]
    assert any("which raters saw as EMPTY: 1" in note for note in test_set.notes)
    texts.write("mt", ["EMPTY"] * 7)  # the word itself
    assert texts.read().error_spans[["start", "end"]].to_numpy().tolist() == [[0, 5]]


@pytest.mark.parametrize(
    ("key", "document", "number", "rater"),
    [
        (("chinanews.com.1", "3", "rater8"), "chinanews.com.1", "3", "rater8"),
        (("hunan", "ribao-zh.6028", "3"), "hunan_ribao-zh.6028", "3", ""),
        (("a", "b", "bao-01.10329"), "a_b_bao-01.10329", "", ""),
        (("a", "3", "4"), "a", "3", "4"),
    ],
)
def test_the_key_is_put_together_again(
    texts: Texts, key: tuple[str, ...], document: str, number: str, rater: str
) -> None:
    texts.rows = [["hyp.S_1", *key, "源", "ab", "0", "1", "Minor"]]
    (row,) = read_rows(texts.file())
    errors = (QeError(0, 1, "minor"),)
    assert row == QeRow(1, "S_1", document, number, rater, "源", "ab", errors)


@pytest.mark.parametrize(
    ("starts", "ends", "severities", "message"),
    [
        ("0 1", "2", "minor", "not as many starts, ends and severities"),
        ("0", "2", "minor major", "not as many starts, ends and severities"),
        ("", "", "", "not as many starts, ends and severities"),
        ("0", "x", "minor", "an offset is not a whole number"),
        ("0", "1.0", "minor", "an offset is not a whole number"),
        ("0", "٣", "minor", "an offset is not a whole number"),
        ("-2", "1", "minor", "an offset is not a whole number"),
        ("1", "1", "minor", "the span is not in the translation"),
        ("2", "1", "minor", "the span is not in the translation"),
        ("-1", "1", "minor", "the span is not in the translation"),
        ("0", "12", "minor", "the span is not in the translation"),
        ("0", "1" * 30, "minor", "an offset is not a whole number"),
        ("-1", "-1", "minor", "marks errors and says that there are none"),
        ("0", "1", "no-error", "marks errors and says that there are none"),
        ("-1 0", "-1 1", "no-error minor", "marks errors and says that there are none"),
        ("0", "1", "grave", "there is no severity 'grave'"),
    ],
)
def test_spans_that_do_not_fit(
    texts: Texts, starts: str, ends: str, severities: str, message: str
) -> None:
    texts.rows[0][6:] = [starts, ends, severities]
    with pytest.raises(InputError, match=message) as caught:
        texts.read()
    assert caught.value.line == 1


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        (1, 0, "hyp.mtt", "there is no system 'mtt'"),
        (1, 1, " ", "field 2 of the row is blank"),
        (1, 4, "", "field 5 of the row is blank"),
        (1, 2, "3", "do not run from 1 without a gap"),
        (1, 4, "丁", "the document d is not in the source"),
        (4, 4, "丁", "the segment 1 of d has two sources"),
        (1, 5, "something else", "the annotated translation is not that of the system 'mt'"),
        (2, 4, "无", "a segment of x_y_z stands in the source 0 times"),
        (3, 4, "后", "the segments of x_y_z do not stand one after the other"),
        (3, 4, "丙", "the rater 'unknown' annotated segment 5 of 'mt' twice"),
        (3, 4, "乙二", "the documents d and x_y_z are the same text"),
    ],
)
def test_rows_that_do_not_fit(
    texts: Texts, row: int, column: int, value: str, message: str
) -> None:
    texts.rows[row][column] = value
    if message.startswith("the rater"):
        texts.rows[3][5:] = texts.rows[2][5:]
    with pytest.raises(InputError, match=message):
        texts.read()


def test_files_that_are_none(texts: Texts) -> None:
    texts.rows.insert(1, [])
    with pytest.raises(InputError, match="the line is blank") as caught:
        texts.read()
    assert caught.value.line == 2
    texts.rows[1] = texts.rows[0][:-1]
    with pytest.raises(InputError, match="the row has not nine fields"):
        texts.read()
    texts.rows = []
    with pytest.raises(InputError, match="the file is empty"):
        texts.read()


TEXT = st.text(
    st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]), min_size=1, max_size=30
)


@given(TEXT, st.lists(st.tuples(st.integers(-3, 33), st.integers(-3, 33)), min_size=1, max_size=4))
def test_every_span_is_read_as_it_stands_or_refused(
    tmp_path_factory: pytest.TempPathFactory, target: str, spans: list[tuple[int, int]]
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "spans.tsv"
    starts = " ".join(str(a) for a, _ in spans)
    ends = " ".join(str(b) for _, b in spans)
    severities = " ".join(["minor"] * len(spans))
    cells = ["hyp.mt", "d", "1", "r", "源", target, starts, ends, severities]
    path.write_bytes("\t".join(cells).encode())
    if all(0 <= a < b <= len(target) for a, b in spans):
        (row,) = read_rows(path)
        assert row.target == target
        assert row.errors == tuple(QeError(a, b, "minor") for a, b in spans)
    else:
        with pytest.raises(InputError) as caught:
            list(read_rows(path))
        assert caught.value.line == 1


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "spans.tsv"
    path.write_bytes(content)
    with pytest.raises(InputError):  # nine fields do not come about by chance
        list(read_rows(path))


# -- real data -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(mirror: Path) -> TestSet:
    from harness.test_sets.named import load_test_set

    return load_test_set("wmt21_zhen_news", mirror=mirror)


def test_wmt21_has_what_its_card_counts(real: TestSet) -> None:
    notes = "; ".join(real.notes)
    for part in (
        "650 of 1,948 segments are annotated (51 documents, found in the full text",
        "5,141 rated translations of 8 systems: 5,141 annotations by 10 raters, with 7,573 errors",
        "477 of 5,141 annotated translations differ from the system's output (5 in white space",
        "5,200 ratings mqm of 650 segments of 8 systems",
        "1,298 segments belong to documents that are not known; the 33 runs of them",
    ):
        assert part in notes
    rated = real.given_ratings.groupby("system")["rating"]
    assert set(rated.count()) == {650}
    assert rated.mean()["NiuTrans"] == pytest.approx(-4.63, abs=0.005)  # as published
    assert rated.mean()["Online-W"] == pytest.approx(-5.57, abs=0.005)
    known = ~real.segments["document"].str.startswith("unknown:")
    ids = set(real.segments.loc[known, "segment_id"])
    assert ids == set(real.given_ratings["segment_id"])


def test_annotations_and_given_ratings_agree_where_nothing_was_found(real: TestSet) -> None:
    """A shifted join would not: 'no error' says rating 0, an error a rating below it."""
    keys = ["system", "segment_id"]
    ratings = real.given_ratings.set_index(keys)["rating"]
    annotated = real.annotations.set_index(keys).index
    wrong = real.error_spans.set_index(keys).index.unique()
    right = annotated.difference(wrong)
    assert len(right) > 1000
    assert (ratings[right] == 0).all()
    assert (ratings[wrong] < 0).all()


def test_every_span_of_an_unchanged_translation_is_a_run_of_whole_words(real: TestSet) -> None:
    """Ends are one past the last code point: read otherwise, they would cut words in two."""
    texts = real.hypotheses.set_index(["system", "segment_id"])["hypothesis"]
    spans = real.error_spans.dropna(subset=["start"])
    cut = 0
    for system, segment, start, end in spans[["system", "segment_id", "start", "end"]].itertuples(
        index=False
    ):
        text = texts[system, segment]
        assert 0 <= start < end <= len(text)
        cut += end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
        cut += start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    assert cut <= 20

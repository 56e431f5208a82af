from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.support.resources import resource_folder
from harness.tables import TestSet
from harness.test_sets.cards import load_card
from harness.test_sets.readers import marot
from harness.test_sets.readers.lines import without_space
from harness.test_sets.readers.spans import fold_quotes
from harness.test_sets.readers.wmt import read

HEADER = "system\tdoc\tdocSegId\tglobalSegId\trater\tsource\ttarget\tcategory\tseverity"
#: Two documents of three lines begin alike; the second continues with a line that stands thrice.
SOURCE = ["头", "甲", "同", "乙", "甲", "同", "丙 丙", "同", "尾"]


class Texts:
    """Full texts, of which "a" is line 5 to 7 and "b" line 2 to 4, and their annotations."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("src", SOURCE)
        self.write("ref", [f"r{n}" for n in range(1, 10)])
        self.write("mt", [f"translation {n}" for n in range(1, 10)])
        self.write("other", ["x"] * 9)
        self.rows = [
            self.row("a", 1, "11", "甲", 5),
            self.row("a", 2, "12", "同", 6),
            self.row("a", 3, "13", "丙丙", 7),
            self.row("b", 1, "1", "甲", 2),
            self.row("b", 2, "2", "同", 3),
            self.row("b", 3, "3", "乙", 4),
        ]

    def write(self, name: str, texts: list[str]) -> Path:
        (self.folder / name).write_text("".join(t + "\n" for t in texts), "utf-8")
        return self.folder / name

    @staticmethod
    def row(document: str, number: int, segment: str, source: str, line: int) -> list[str]:
        target = f"translation <v>{line}</v>"
        place = [f"news_{document}", str(number), segment]
        return ["mt", *place, "r", source, target, "Accuracy/Mistranslation", "Major"]

    def read(self, **more: object) -> TestSet:
        mqm = self.write("mqm.tsv", [HEADER, *("\t".join(row) for row in self.rows)])
        return read(
            "w",
            self.folder / "src",
            {"refA": self.folder / "ref"},
            {"mt": self.folder / "mt", "other": self.folder / "other"},
            mqm,
            **more,  # type: ignore[arg-type]
        )


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    return Texts(tmp_path)


def test_documents_are_found_by_their_source(texts: Texts) -> None:
    test_set = texts.read()
    columns = ["segment_id", "document", "domain", "source"]
    assert test_set.segments[columns].to_numpy().tolist() == [
        ["1", "news_b", "news", "甲"],
        ["2", "news_b", "news", "同"],
        ["3", "news_b", "news", "乙"],
        ["11", "news_a", "news", "甲"],
        ["12", "news_a", "news", "同"],
        ["13", "news_a", "news", "丙 丙"],
    ]
    assert test_set.references["reference"].tolist() == ["r2", "r3", "r4", "r5", "r6", "r7"]
    mt = test_set.hypotheses[test_set.hypotheses["system"] == "mt"]
    assert mt["hypothesis"].tolist() == [f"translation {n}" for n in range(2, 8)]
    assert test_set.systems == ["mt", "other"]
    assert test_set.rated_systems == ["mt"]
    assert set(zip(test_set.error_spans["start"], test_set.error_spans["end"], strict=True)) == {
        (12, 13)
    }
    assert test_set.notes == (
        "6 of 6 annotated segments found in the full text by document, number and source text"
        " (9 lines, 2 documents)",
        "6 rated translations of 1 system: 6 annotations by 1 rater, with 6 errors",
        "1 of 6 annotated sources differ from the source text in white space only",
    )
    assert [Path(f.name).name for f in test_set.files] == ["src", "ref", "mt", "other", "mqm.tsv"]


def test_all_lines_can_be_kept(texts: Texts) -> None:
    chosen, test_set = texts.read(), texts.read(lines="all")
    documents = ["unknown:1-1", *["news_b"] * 3, *["news_a"] * 3, *["unknown:8-9"] * 2]
    assert test_set.segments["document"].tolist() == documents
    domains = ["unknown", *["news"] * 6, "unknown", "unknown"]
    assert test_set.segments["domain"].tolist() == domains
    assert test_set.segments["segment_id"].tolist() == [str(n) for n in range(1, 10)]
    assert test_set.segments["source"].tolist() == SOURCE
    assert len(test_set.hypotheses) == 18
    # the same annotations, of the same texts
    lines = {"1": "2", "2": "3", "3": "4", "11": "5", "12": "6", "13": "7"}
    moved = chosen.error_spans.assign(segment_id=chosen.error_spans["segment_id"].map(lines))
    assert test_set.error_spans.to_numpy().tolist() == moved.to_numpy().tolist()
    assert test_set.notes[3] == (
        "3 of 9 segments are not annotated, so their domains and documents are not known; the 2"
        " runs of them count as documents"
    )
    with pytest.raises(InputError, match="there is no choice of lines 'al'"):
        texts.read(lines="al")


def test_gaps_are_counted_on_the_annotated_segments_only(texts: Texts) -> None:
    texts.write("ref", ["", "r2", "", *["r"] * 6])
    assert texts.read().notes[-1] == "the reference refA lacks 1 of 6 segments"


def test_other_domains_are_left_out_and_counted(texts: Texts) -> None:
    other = texts.row("c", 1, "99", "not in the source", 1)
    other[1] = "reviews_c"
    twin = list(other)
    twin[4] = "another rater"
    texts.rows += [other, twin]
    test_set = texts.read()
    assert len(test_set.segments) == 6
    assert test_set.notes[-1] == "2 rows of other domains than news left out"
    texts.rows = [other]
    with pytest.raises(InputError, match="no document of the domain 'news' is annotated"):
        texts.read()


def test_several_domains_are_read(texts: Texts) -> None:
    plain = texts.read()
    first = texts.rows[0][1]
    for row in texts.rows:
        if row[1] != first:
            row[1] = row[1].replace("news_", "news_desk_")
    both = texts.read(domain=["news", "news_desk"])
    assert both.segments["segment_id"].tolist() == plain.segments["segment_id"].tolist()
    expected = ["news" if d == first else "news_desk" for d in both.segments["document"]]
    assert both.segments["domain"].tolist() == expected
    assert set(expected) == {"news", "news_desk"}
    every = texts.read(domain=["news", "news_desk"], lines="all")
    assert every.segments["domain"].tolist().count("unknown") == 3
    with pytest.raises(InputError, match="no document of the domain 'x' or 'y' is annotated"):
        texts.read(domain=["x", "y"])


def test_a_document_that_is_not_in_the_source(texts: Texts) -> None:
    texts.rows[5][5] = "丁"
    with pytest.raises(InputError, match="the document news_b is not in the source") as caught:
        texts.read()
    assert caught.value.line == 7
    assert caught.value.found == "its segment 3 is not line 4 of the source"
    texts.rows[3][5] = texts.rows[4][5] = "丁"
    with pytest.raises(InputError, match="none of its segments is a line of the source") as caught:
        texts.read()
    assert caught.value.line == 5


def test_a_document_past_the_end_of_the_source(texts: Texts) -> None:
    texts.rows = [texts.row("z", 1, "1", "尾", 9), texts.row("z", 2, "2", "后", 10)]
    with pytest.raises(InputError, match="its segment 2 is not line 10 of the source"):
        texts.read()


def test_a_document_that_stands_twice(texts: Texts) -> None:
    del texts.rows[5], texts.rows[2]  # what is left of both is the same
    with pytest.raises(InputError, match="news_a stands in the source 2 times") as caught:
        texts.read()
    assert caught.value.found == "from line 2, from line 5"


def test_two_documents_in_one_place(texts: Texts) -> None:
    texts.rows += [
        texts.row("c", 1, "21", "甲", 5),
        texts.row("c", 2, "22", "同", 6),
        texts.row("c", 3, "23", "丙丙", 7),
    ]
    with pytest.raises(InputError, match="news_a and news_c are the same text") as caught:
        texts.read()
    assert (caught.value.line, caught.value.found) == (8, "line 5 of the source")


@pytest.mark.parametrize(
    ("index", "column", "value", "message"),
    [
        (1, 2, "1", "the segment 1 of news_a has two identifiers"),
        (1, 3, "11", "the segment '11' stands in two places"),
        (1, 2, "two", "the row does not number its segment"),
        (1, 2, "", "the row does not number its segment"),
        (1, 3, " ", "the row does not number its segment"),
        (1, 2, "4", "do not run from 1 without a gap"),
        (0, 2, "0", "do not run from 1 without a gap"),
    ],
)
def test_numbers_that_do_not_fit(
    texts: Texts, index: int, column: int, value: str, message: str
) -> None:
    texts.rows[index][column] = value
    with pytest.raises(InputError, match=message):
        texts.read()


# -- real data -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(mirror: Path) -> TestSet:
    from harness.test_sets.named import load_test_set

    return load_test_set("wmt23_zhen_news", mirror=mirror)


def test_every_document_begins_where_it_should(real: TestSet, mirror: Path, expected: Path) -> None:
    numbers = json.loads((expected / "wmt23_zhen_news.json").read_text("utf-8"))
    first = numbers["first_line_of_each_document_in_the_full_text"]
    card = load_card(resource_folder("datasets") / "wmt23_zhen_news" / "card.yaml")
    full = {
        name: (mirror / card.files[name].place).read_bytes().decode("utf-8").split("\n")
        for name in (card.reader["source"], *card.reader["systems"].values())
    }
    assert real.segments["document"].unique().tolist() == sorted(first, key=first.__getitem__)
    numbers_in_document = real.segments.groupby("document").cumcount()
    lines = real.segments["document"].map(first) + numbers_in_document
    assert real.segments["source"].tolist() == [full[card.reader["source"]][n] for n in lines]
    for system, name in card.reader["systems"].items():
        texts = real.hypotheses.loc[real.hypotheses["system"] == system, "hypothesis"]
        assert texts.tolist() == [full[name][n] for n in lines]


def test_every_span_holds_the_marked_text(real: TestSet, mirror: Path) -> None:
    card = load_card(resource_folder("datasets") / "wmt23_zhen_news" / "card.yaml")
    rows = marot.read_rows(mirror / card.files[card.reader["mqm"]].place)
    errors = [r for r in rows if r.severity not in ("HOTW-test", "No-error")]
    sources = dict(zip(real.segments["segment_id"], real.segments["source"], strict=True))
    keys = zip(real.hypotheses["system"], real.hypotheses["segment_id"], strict=True)
    targets = dict(zip(keys, real.hypotheses["hypothesis"], strict=True))
    columns = ["system", "segment_id", "rater", "label", "side", "start", "end"]
    found = real.error_spans[columns].itertuples(index=False, name=None)
    equal = alike = gone = 0
    for row, (system, segment, rater, label, side, start, end) in zip(errors, found, strict=True):
        assert (row.system, row.segment, row.rater, row.category) == (system, segment, rater, label)
        (marked,) = re.findall("<v>(.*?)</v>", row.source if side == "source" else row.target)
        text = (sources[segment] if side == "source" else targets[system, segment])[start:end]
        if text == marked:
            equal += 1
        elif marked.strip():
            alike += fold_quotes(without_space(text)) == fold_quotes(without_space(marked))
        else:
            gone += len(text) == 1  # a marked blank that the text does not have
    assert equal + alike + gone == len(real.error_spans) == 21226
    assert equal >= 21000


def test_the_notes_tell_what_reading_found(real: TestSet) -> None:
    notes = "; ".join(real.notes)
    for part in (
        "377 of 377 annotated segments found in the full text by document, number and source text",
        "3,770 rated translations of 10 systems: 11,310 annotations by 8 raters, with 21,226 err",
        "62 of 377 annotated sources differ from the source text in white space only",
        "120 of 3,770 annotated translations differ from the system's output (78 in white space",
        "461 attention-check rows dropped (460 Found, 1 Missed)",
    ):
        assert part in notes


def test_all_lines_have_the_same_annotations(real: TestSet, mirror: Path) -> None:
    """The lines of the whole texts, read with the annotations of the news alone."""
    card = load_card(resource_folder("datasets") / "wmt23_zhen_news" / "card.yaml")
    place = {name: str(mirror / file.place) for name, file in card.files.items()}
    whole = read(
        "wmt23",
        place[card.reader["source"]],
        {"refA": place[card.reader["references"]["refA"]]},
        {system: place[name] for system, name in card.reader["systems"].items()},
        place[card.reader["mqm"]],
        lines="all",
    )
    assert whole.segments["segment_id"].tolist() == [str(n) for n in range(1, 1977)]
    assert whole.cut_from is None
    assert real.cut_from is not None
    known = (whole.segments["domain"] == "news").to_numpy()
    assert real.cut_from.lines == tuple(known.nonzero()[0].tolist())
    assert len(real.cut_from.lines) == 377
    columns = ["system", "rater", "error", "label", "severity", "side", "start", "end"]
    assert whole.error_spans[columns].equals(real.error_spans[columns])
    keys = ["system", "segment_id"]

    def texts(test_set: TestSet) -> list[str]:
        by_key = test_set.hypotheses.set_index(keys)["hypothesis"]
        index = test_set.error_spans.set_index(keys).index
        return by_key.reindex(index).tolist()

    assert texts(whole) == texts(real)

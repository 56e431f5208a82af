"""A test set from an annotation file alone; the variants of such files."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import load_test_set
from harness.commands.main import main
from harness.errors import InputError
from harness.tables import ANNOTATIONS, ERROR_SPANS, TestSet, conform
from harness.test_sets.readers.mqm_tsv import read

HEAD = ["system", "doc", "docSegId", "globalSegId", "rater", "source", "target", "category",
        "severity", "metadata"]  # fmt: skip
#: Two systems, two documents of two segments and one, two raters; document d2 comes first.
ROWS = [
    ["a", "d2", "1", "3", "r1", "丙丙", "Three <v>birds</v>", "Accuracy/Mistranslation", "Major",
     '{"marked_text": "birds"}'],
    ["a", "d1", "2", "2", "r1", "<v>乙</v>乙", "Two", "Accuracy/Omission", "Minor", "{}"],
    ["a", "d1", "1", "1", "r1", "甲", "<v>One</v> is <v>here</v>", "Fluency/Grammar", "Minor", ""],
    ["a", "d1", "1", "1", "r1", "<v>甲</v>", "One <v>is</v> here", "Other", "Neutral", "{}"],
    ["a", "d1", "1", "1", "r2", "甲", "One  is here", "No-error", "No-error", "{}"],
    ["b", "d1", "1", "1", "r2", "甲", "A <v>planted</v> error", "Found", "HOTW-test", "{}"],
    ["b", "d1", "1", "1", "r2", "甲", "Won", "no-error", "no-error", "{}"],
    ["c", "d1", "1", "1", "", "甲", "Only scored", "", "", '{"segment": {}}'],
]  # fmt: skip


def text_of(columns: list[str], *, header: bool = True, rows: list[list[str]] = ROWS) -> str:
    lines = [columns] if header else []
    lines += [[row[HEAD.index(c)] for c in columns] for row in rows]
    return "".join("\t".join(line) + "\n" for line in lines)


def write(folder: Path, text: str, name: str = "mqm.tsv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def spans(test_set: TestSet) -> list[list[object]]:
    columns = ["system", "segment_id", "rater", "error", "category", "side", "start", "end"]
    frame = conform(test_set.error_spans, ERROR_SPANS)[columns].astype(object)
    return frame.where(frame.notna(), None).to_numpy().tolist()


def test_texts_and_annotations_are_those_of_the_rows(tmp_path: Path) -> None:
    test_set = read("own", write(tmp_path, text_of(HEAD)))
    segments = test_set.segments[["segment_id", "document", "domain", "source"]]
    assert segments.to_numpy().tolist() == [
        ["3", "d2", "news", "丙丙"], ["1", "d1", "news", "甲"], ["2", "d1", "news", "乙乙"],
    ]  # fmt: skip
    texts = test_set.hypotheses[["system", "segment_id", "hypothesis"]].to_numpy().tolist()
    assert texts == [
        ["a", "3", "Three birds"], ["a", "1", "One is here"], ["a", "2", "Two"],
        ["b", "1", "Won"], ["c", "1", "Only scored"],
    ]  # fmt: skip
    assert conform(test_set.annotations, ANNOTATIONS).to_numpy().tolist() == [
        ["own", "a", "3", "r1"], ["own", "a", "2", "r1"], ["own", "a", "1", "r1"],
        ["own", "a", "1", "r2"], ["own", "b", "1", "r2"],
    ]  # fmt: skip
    assert spans(test_set) == [
        ["a", "3", "r1", 0, "accuracy", "target", 6, 11],
        ["a", "2", "r1", 0, "accuracy", "source", 0, 1],
        ["a", "1", "r1", 0, "fluency", "target", 0, 3],
        ["a", "1", "r1", 0, "fluency", "target", 7, 11],
        ["a", "1", "r1", 1, "other", "source", 0, 1],
        ["a", "1", "r1", 1, "other", "target", 4, 6],
    ]
    notes = "\n".join(test_set.notes)
    assert "3 segments and 3 systems, as the annotations name them" in notes
    assert "1 attention-check row dropped (1 Found)" in notes
    assert "1 row without a rater holds metadata alone and was left out" in notes
    assert "1 of 4 annotated translations differ" in notes  # two spaces
    assert "the system b lacks 2 of 3 segments" in notes


@pytest.mark.parametrize(
    "columns",
    [
        HEAD[:9],
        [c for c in HEAD if c not in ("globalSegId", "metadata")],  # eight
        ["severity", *HEAD[:8]],
        HEAD,
    ],
)
def test_columns_that_a_file_may_lack(tmp_path: Path, columns: list[str]) -> None:
    test_set = read("own", write(tmp_path, text_of(columns)))
    ids = ["1", "2", "3"] if "globalSegId" not in columns else ["3", "1", "2"]
    assert list(test_set.segments["segment_id"]) == ids
    assert list(test_set.segments["source"]) == ["丙丙", "甲", "乙乙"]
    assert len(spans(test_set)) == 6


@pytest.mark.parametrize("columns", [HEAD[:9], HEAD])
def test_the_header_may_be_absent(tmp_path: Path, columns: list[str]) -> None:
    with_header = read("own", write(tmp_path, text_of(columns)))
    without = read("own", write(tmp_path, text_of(columns, header=False)))
    assert spans(without) == spans(with_header)
    assert without.hypotheses.equals(with_header.hypotheses)


def test_a_constant_number_in_the_whole_names_nothing(tmp_path: Path) -> None:
    rows = [[*row[:3], "0", *row[4:]] for row in ROWS]
    test_set = read("own", write(tmp_path, text_of(HEAD, rows=rows)))
    assert list(test_set.segments["segment_id"]) == ["1", "2", "3"]
    assert list(test_set.segments["source"]) == ["丙丙", "甲", "乙乙"]


def test_segments_without_numbers_are_told_apart_by_their_source(tmp_path: Path) -> None:
    columns = [c for c in HEAD if c not in ("doc", "docSegId", "globalSegId")]
    test_set = read("own", write(tmp_path, text_of(columns)))
    assert list(test_set.segments["source"]) == ["丙丙", "乙乙", "甲"]
    assert set(test_set.segments["document"]) == {"own"}


def test_archives(tmp_path: Path) -> None:
    plain = read("own", write(tmp_path, text_of(HEAD)))
    content = text_of(HEAD).encode()
    (tmp_path / "m.tsv.gz").write_bytes(gzip.compress(content))
    with tarfile.open(tmp_path / "m.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("folder/m.tsv")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    for name in ("m.tsv.gz", "m.tar.gz"):
        assert spans(read("own", tmp_path / name)) == spans(plain)


def test_references_and_roles(tmp_path: Path) -> None:
    path = write(tmp_path, text_of(HEAD))
    reference = write(tmp_path, "three\none\n\n", "ref")
    test_set = read("own", path, {"refA": reference, "refB": None}, human_systems=["b"])
    assert test_set.references[["segment_id", "reference"]].to_numpy().tolist() == [
        ["3", "three"], ["1", "one"],
    ]  # fmt: skip
    assert test_set.roles["b"] == "human"
    assert [file.name for file in test_set.files] == [str(path), str(reference)]
    with pytest.raises(InputError, match="no line for this segment"):
        read("own", path, {"refA": write(tmp_path, "three\n", "ref")})
    with pytest.raises(InputError, match="there is no system 'B'"):
        read("own", path, human_systems=["B"])


@pytest.mark.parametrize(
    ("rows", "line", "message"),
    [
        ([], None, "the file holds no annotations"),
        ([ROWS[5]], None, "the file holds no annotations"),
        ([["", *ROWS[0][1:]]], 2, "the system is blank"),
        ([[*ROWS[0][:5], " ", *ROWS[0][6:]]], 2, "the source is blank"),
        ([ROWS[0], [*ROWS[0][:5], "丁", *ROWS[0][6:]]], 3, "two source texts stand at one place"),
        ([[*ROWS[0][:7], "Acuracy", *ROWS[0][8:]]], 2, "there is no error category 'Acuracy'"),
        ([[*ROWS[0][:8], "Mayor", *ROWS[0][9:]]], 2, "there is no severity 'Mayor'"),
        ([[*ROWS[0][:4], "", *ROWS[0][5:]]], 2, "the rater is empty"),
        ([ROWS[0], [*ROWS[0][:6], "quite another text", *ROWS[0][7:]]], 3,
         "the annotated translation is not that of the system"),
    ],
)  # fmt: skip
def test_bad_rows(tmp_path: Path, rows: list[list[str]], line: int | None, message: str) -> None:
    path = write(tmp_path, text_of(HEAD, rows=rows))
    with pytest.raises(InputError) as caught:
        read("own", path)
    assert caught.value.message.startswith(message)
    assert (caught.value.file, caught.value.line) == (str(path), line)


def test_own_labels(tmp_path: Path) -> None:
    rows = [[*ROWS[0][:7], "Wrong", *ROWS[0][8:]]]
    path = write(tmp_path, text_of(HEAD, rows=rows))
    test_set = read("own", path, labels={"wrong": "accuracy/addition"})
    assert list(test_set.error_spans["subcategory"]) == ["addition"]


FIELDS = ["a", "b", "d", "1", "2", "9" * 5000, "r", "甲", "<v>甲</v>", "<v>", "No-error",
          "Other", "Major", "", "\u2028", "Found"]  # fmt: skip


@given(
    st.binary(max_size=80)
    | st.tuples(
        st.booleans(),
        st.lists(st.lists(st.sampled_from(FIELDS), min_size=8, max_size=11), max_size=4),
    ).map(
        lambda x: (
            ("\t".join(HEAD) + "\n" if x[0] else "").encode()
            + "".join("\t".join(row) + "\n" for row in x[1]).encode()
        )
    )
)
def test_anything_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("mqm") / "mqm.tsv"
    path.write_bytes(content)
    try:
        test_set = read("own", path)
    except InputError:
        return
    assert len(test_set.segments)
    assert len(test_set.hypotheses)


def test_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, text_of(HEAD))
    write(tmp_path, "three\none\ntwo\n", "en")
    arguments = ["test_set=mqm_tsv", "test_set.file=mqm.tsv", "test_set.references.refA=en",
                 "metrics=chrf", "plots=none", "report=none",
                 "injectors=none", "output=run"]  # fmt: skip
    assert main(arguments) == 0
    assert (tmp_path / "run" / "tables" / "ratings.csv").is_file()
    assert main([*arguments, "test_set.file=en"]) == 2


def test_the_annotations_of_wmt23_alone(mirror: Path) -> None:
    """The same annotations as those of the named test set; texts as the raters saw them."""
    (path,) = mirror.glob("raw.githubusercontent.com/google/*/*/generalMT2023/zhen/*.tar.gz")
    alone = read("wmt23_zhen_news", path)
    named = load_test_set("wmt23_zhen_news", mirror=mirror)
    assert len(alone.segments) == 377
    assert alone.annotations.equals(named.annotations)
    columns = ["system", "segment_id", "rater", "error", "category", "subcategory", "severity",
               "label", "side"]  # fmt: skip
    assert alone.error_spans[columns].equals(named.error_spans[columns])
    assert alone.segments[["segment_id", "document"]].equals(
        named.segments[["segment_id", "document"]]
    )

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import InputError
from harness.tables import ANNOTATIONS, ERROR_SPANS, TestSet, conform
from harness.test_sets.readers import unpacking
from harness.test_sets.readers.assembly import assemble
from harness.test_sets.readers.marot import Annotated, read_annotations, read_rows

NAMES = "system\tdoc\tdocSegId\tglobalSegId\trater\tsource\ttarget\tcategory\tseverity"
ROW = "s\td\t1\t7\tr\t源\tthe text\tStyle/Awkward\tMinor"


def tsv(folder: Path, *lines: str, name: str = "mqm.tsv") -> Path:
    path = folder / name
    path.write_bytes("".join(line + "\n" for line in lines).encode())
    return path


def tar(folder: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    path = folder / "mqm.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


# -- rows ---------------------------------------------------------------------------------------


def test_fields_and_line_numbers(tmp_path: Path) -> None:
    first, second = read_rows(tsv(tmp_path, NAMES, ROW, "", ROW.replace("7", "8")))
    assert first == (2, "s", "d", "1", "7", "r", "源", "the text", "Style/Awkward", "Minor")
    assert (second.line, second.segment) == (4, "8")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (NAMES, ROW),
        (NAMES + "\tmetadata", ROW + '\t{"not looked at'),
        (NAMES + "\tmetadata", ROW),
        (NAMES + "\tmetadata\t# Documentation: …", ROW + "\t{}"),
        (NAMES + "\tmetadata\t# one\t# two", ROW + "\t{}\t\t\t\t"),
        (NAMES.upper(), ROW),
        ("\ufeff" + NAMES, ROW),
        (NAMES, ROW + "\r"),
        ("system\tdoc\tdoc_id\tseg_id\trater\tsource\ttarget\tcategory\tseverity", ROW),
        (NAMES.replace("docSegId", "doc_seg_id").replace("globalSegId", "global_seg_id"), ROW),
    ],
)
def test_headers(tmp_path: Path, header: str, row: str) -> None:
    (found,) = read_rows(tsv(tmp_path, header, row))
    assert found == (2, "s", "d", "1", "7", "r", "源", "the text", "Style/Awkward", "Minor")


def test_columns_in_another_order_and_absent_ones(tmp_path: Path) -> None:
    (row,) = read_rows(
        tsv(
            tmp_path,
            "severity\trater\tsource\ttarget\tcategory\tsystem\tdoc_id",
            "Major\tr\tS\tT\tOther\ts\t3",
        )
    )
    assert row == (2, "s", "", "3", "", "r", "S", "T", "Other", "Major")


@pytest.mark.parametrize("more", ["", "\t{}", "\ta note"])
def test_the_header_may_be_absent(tmp_path: Path, more: str) -> None:
    first, second = read_rows(tsv(tmp_path, ROW + more, ROW.replace("7", "8") + more))
    assert first == (1, "s", "d", "1", "7", "r", "源", "the text", "Style/Awkward", "Minor")
    assert (second.line, second.segment) == (2, "8")


def test_there_is_no_quoting(tmp_path: Path) -> None:
    row = ROW.replace("the text", '"a "lone \'quote')
    assert next(read_rows(tsv(tmp_path, NAMES, row))).target == '"a "lone \'quote'


def test_archives(tmp_path: Path) -> None:
    content = f"{NAMES}\n{ROW}\n".encode()
    expected = list(read_rows(tsv(tmp_path, NAMES, ROW)))
    packed = tmp_path / "mqm.tsv.gz"
    packed.write_bytes(gzip.compress(content))
    assert list(read_rows(packed)) == expected
    path = tar(
        tmp_path,
        (tarfile.TarInfo("README"), b"none"),
        (tarfile.TarInfo("../../a/b.TSV"), content),
        (tarfile.TarInfo("c.tsv"), b"another"),
    )
    before = sorted(tmp_path.rglob("*"))
    assert list(read_rows(path)) == expected
    assert sorted(tmp_path.rglob("*")) == before  # nothing is extracted


def test_absurd_archives_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"the archive holds no \.tsv file"):
        list(read_rows(tar(tmp_path, (tarfile.TarInfo("README"), b"none"))))
    link = tarfile.TarInfo("a.tsv")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
    with pytest.raises(InputError, match=r"the member 'a\.tsv' of the archive is no plain file"):
        list(read_rows(tar(tmp_path, (link, b""))))
    monkeypatch.setattr(unpacking, "LARGEST", 10)
    with pytest.raises(InputError, match="is too large") as caught:
        list(read_rows(tar(tmp_path, (tarfile.TarInfo("a.tsv"), b"x" * 11))))
    assert caught.value.found == "11 bytes"


def test_damaged_archives_are_named(tmp_path: Path) -> None:
    content = (NAMES + "\n" + (ROW + "\n") * 3000).encode()
    whole = gzip.compress(content)
    for name, damaged in (
        ("cut.tsv.gz", whole[: len(whole) // 2]),
        ("none.tsv.gz", b"no archive"),
        ("none.tar.gz", b"no archive"),
        ("empty.tar.gz", b""),
        ("bad.tsv.gz", whole[:60] + b"\0\xff" * 20 + whole[100:]),
    ):
        path = tmp_path / name
        path.write_bytes(damaged)
        with pytest.raises(InputError, match="the archive is damaged or is none") as caught:
            list(read_rows(path))
        assert caught.value.file == str(path)
    path = tar(tmp_path, (tarfile.TarInfo("a.tsv"), content))
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(InputError, match="the archive is damaged or is none"):
        list(read_rows(path))


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        ([], None, "the file is empty"),
        ([NAMES.replace("rater", "annotator")], 1, "the header has no column 'rater'"),
        ([NAMES + "\tsystem"], 1, "the header has two columns 'system'"),
        ([ROW + "\t\t"], 1, "the header has no column 'system'"),
        ([ROW[2:]], 1, "the header has no column 'system'"),
        ([ROW, "s\td\t1"], 2, "the row has too few fields"),
        ([NAMES, ROW, "s\td\t1"], 3, "the row has too few fields"),
        ([NAMES, ROW + "\tx"], 2, "the row has too many fields"),
        ([NAMES, "just text"], 2, "the row has too few fields"),
    ],
)
def test_bad_rows(tmp_path: Path, lines: list[str], line: int | None, message: str) -> None:
    path = tsv(tmp_path, *lines)
    with pytest.raises(InputError, match=message) as caught:
        list(read_rows(path))
    assert (caught.value.file, caught.value.line) == (str(path), line)


def test_rows_that_are_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "mqm.tsv"
    path.write_bytes(f"{NAMES}\n{ROW}\n".encode() + b"\xff\n")
    with pytest.raises(InputError, match="not UTF-8") as caught:
        read_rows(path)
    assert caught.value.line == 3


# -- annotations --------------------------------------------------------------------------------

SOURCES = ["源 一", "源二", "源三"]
TEXTS = ["One “two” three.", "", "the cat sat"]


def small() -> TestSet:
    return assemble(
        "t",
        ids=["7", "8", "9"],
        documents=["d", "d", "e"],
        domains=["news"] * 3,
        sources=SOURCES,
        references={},
        hypotheses={"s": TEXTS, "partial": ["x", None, None]},
    )


def annotate(
    folder: Path, *rows: tuple[str, ...], by: str = "document", **more: object
) -> Annotated:
    path = tsv(folder, NAMES, *("\t".join(row) for row in rows))
    return read_annotations(read_rows(path), small(), by=by, file=path, **more)  # type: ignore[arg-type]


def row(
    *,
    system: str = "s",
    place: tuple[str, str, str] = ("d", "1", "7"),
    rater: str = "r1",
    source: str = SOURCES[0],
    target: str = TEXTS[0],
    category: str = "Style/Awkward",
    severity: str = "Minor",
) -> tuple[str, ...]:
    return (system, *place, rater, source, target, category, severity)


@pytest.mark.parametrize("flawless_first", [True, False])
def test_no_error_beside_an_error_of_the_same_rater_is_refused(
    tmp_path: Path, flawless_first: bool
) -> None:
    both = [row(category="No-error", severity="No-error"), row()]
    chosen = both if flawless_first else both[::-1]
    with pytest.raises(InputError, match="no error, and an error") as caught:
        annotate(tmp_path, *chosen)
    assert caught.value.line == 3
    assert len(annotate(tmp_path, both[0], row(rater="r2")).annotations) == 2
    assert len(annotate(tmp_path, both[0], both[0]).annotations) == 1


def spans(found: Annotated) -> list[list[object]]:
    columns = ["segment_id", "rater", "error", "category", "subcategory", "side", "start", "end"]
    frame = found.error_spans[columns].astype(object)
    return [list(r) for r in frame.where(frame.notna(), None).itertuples(index=False, name=None)]


def test_errors_are_numbered_within_their_annotation_and_hold_their_spans(tmp_path: Path) -> None:
    found = annotate(
        tmp_path,
        row(target="<v>One</v> “two” <v>three</v>."),
        row(rater="r2", category="No-error", severity="no-error"),
        row(source="<v>源</v> 一", target="One “<v>two</v>” three.", category="Other"),
        row(category="Accuracy/Omission", severity="Major"),
        row(category="Non-translation!", severity="Major"),
        row(rater=" r3 ", category="Source issue"),
        row(place=("e", "1", "9"), source="源三", target="the cat sat", category="no error"),
    )
    assert spans(found) == [
        ["7", "r1", 0, "style", "awkward", "target", 0, 3],
        ["7", "r1", 0, "style", "awkward", "target", 10, 15],
        ["7", "r1", 1, "other", "", "source", 0, 1],
        ["7", "r1", 1, "other", "", "target", 5, 8],
        ["7", "r1", 2, "accuracy", "omission", "source", None, None],
        ["7", "r1", 3, "non_translation", "", "target", None, None],
        ["7", "r3", 0, "source", "", "source", None, None],
    ]
    keys = found.annotations[["system", "segment_id", "rater"]].to_numpy().tolist()
    assert keys == [["s", "7", "r1"], ["s", "7", "r2"], ["s", "7", "r3"], ["s", "9", "r1"]]
    assert set(found.error_spans["label"]) == {
        "Style/Awkward", "Other", "Accuracy/Omission", "Non-translation!", "Source issue",
    }  # fmt: skip
    conform(found.annotations, ANNOTATIONS)
    conform(found.error_spans, ERROR_SPANS)
    assert found.notes == (
        "2 rated translations of 1 system: 4 annotations by 3 raters, with 5 errors",
    )


def test_spans_are_moved_to_the_texts_of_the_test_set_and_differences_counted(
    tmp_path: Path,
) -> None:
    found = annotate(
        tmp_path,
        row(source="<v>源一</v>", target='One "two" three.', category="Accuracy/Omission"),
        row(target=' One "<v>two</v>" three.'),
        row(
            place=("e", "1", "9"),
            source="源三 ",
            target="the <v>cats</v> sat",
            category="Fluency/Grammar",
        ),
    )
    assert spans(found) == [
        ["7", "r1", 0, "accuracy", "omission", "source", 0, 3],
        ["7", "r1", 1, "style", "awkward", "target", 5, 8],
        ["9", "r1", 0, "fluency", "grammar", "target", 4, 7],
    ]
    assert found.notes[1:] == (
        "2 of 2 annotated sources differ from the source text in white space only",
        "2 of 2 annotated translations differ from the system's output (0 in white space only,"
        " 1 in quotation marks, 1 otherwise); the spans marked in them were moved to the output",
    )


def test_attention_checks_are_dropped_and_counted_and_their_keys_kept(tmp_path: Path) -> None:
    found = annotate(
        tmp_path,
        row(target="a planted error", category="Found", severity="HOTW-test"),
        row(),
        row(rater="r2", category="Missed", severity="HOTW-test"),
        row(rater="r3", category="Found", severity="HOTW-test"),
    )
    assert list(found.annotations["rater"]) == ["r1"]
    assert len(found.error_spans) == 1
    assert found.notes[-1] == "3 attention-check rows dropped (2 Found, 1 Missed)"


def test_an_empty_translation_can_be_annotated(tmp_path: Path) -> None:
    found = annotate(
        tmp_path,
        row(place=("d", "2", "8"), source="源二", target="", category="Accuracy/Omission"),
    )
    assert spans(found) == [["8", "r1", 0, "accuracy", "omission", "source", None, None]]


def test_by_global_number(tmp_path: Path) -> None:
    found = annotate(tmp_path, row(place=("whatever", "55", "7")), by="segment")
    assert list(found.annotations["segment_id"]) == ["7"]


@pytest.mark.parametrize(
    ("change", "by", "message"),
    [
        ({"system": "S"}, "document", "there is no system 'S'"),
        ({"system": ""}, "document", "there is no system ''"),
        ({"place": ("f", "1", "7")}, "document", "there is no document 'f'"),
        ({"place": ("d", "3", "7")}, "document", "there is no segment '3' in the document 'd'"),
        ({"place": ("d", "1", "1")}, "segment", "there is no segment '1' in the test set"),
        ({"place": ("d", "1", "")}, "segment", "there is no segment '' in the test set"),
        ({"rater": " "}, "document", "the rater is empty"),
        ({"source": "源 二"}, "document", "the source is not that of segment 7"),
        ({"place": ("d", "2", "7")}, "document", "the source is not that of segment 8"),
        ({"target": "Quite another text"}, "document", "the annotated translation is not that"),
        ({"target": ""}, "document", "the annotated translation is not that"),
        (
            {"system": "partial", "place": ("d", "2", "8"), "source": "源二"},
            "document",
            "the system 'partial' has no hypothesis for segment 8",
        ),
        ({"category": "Acuracy/Omission"}, "document", "no error category 'Acuracy/Omission'"),
        ({"category": ""}, "document", "there is no error category ''"),
        ({"severity": "Mayor"}, "document", "there is no severity 'Mayor'"),
    ],
)
def test_bad_annotations_name_file_and_line(
    tmp_path: Path, change: dict[str, object], by: str, message: str
) -> None:
    bad = row(**change)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=message) as caught:
        annotate(tmp_path, row(), bad, by=by)
    assert (caught.value.file, caught.value.line) == (str(tmp_path / "mqm.tsv"), 3)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"target": 'One <v>"two" three.'}, "<v> is not closed"),
        ({"source": "</v>源一"}, "</v> closes nothing"),
    ],
)
def test_marks_that_do_not_pair_up(tmp_path: Path, change: dict[str, object], fault: str) -> None:
    bad = row(**change)  # type: ignore[arg-type]
    found = annotate(tmp_path, row(), bad)
    assert found.error_spans["error"].tolist() == [0, 1]
    assert found.error_spans["start"].isna().tolist()[1]
    note = f"mqm.tsv: the marks of 1 row do not pair up (line 3: {fault})"
    assert any(n.startswith(note) for n in found.notes)
    with pytest.raises(InputError, match="the marks <v> and </v> do not pair up") as caught:
        annotate(tmp_path, row(), bad, strict=True)
    assert (caught.value.file, caught.value.line) == (str(tmp_path / "mqm.tsv"), 3)


def test_a_repeated_row_counts_once(tmp_path: Path) -> None:
    path = tsv(tmp_path, NAMES, ROW, ROW.replace("7", "8"), ROW, ROW)
    rows = read_rows(path)
    assert [found.line for found in rows] == [2, 3]
    assert rows.notes == (
        "mqm.tsv: 2 rows repeat an earlier one exactly (line 4) and were left out",
    )
    with pytest.raises(InputError, match="the row repeats an earlier one exactly") as caught:
        list(read_rows(path, strict=True))
    assert caught.value.line == 4


def test_an_error_marked_twice_in_two_rows_is_said(tmp_path: Path) -> None:
    marked = 'One "<v>two</v>" three.'
    found = annotate(tmp_path, row(target=marked), row(target=f" {marked}"))
    assert len(found.error_spans) == 2
    assert found.notes[-1].startswith(
        "1 error is marked once more by the same rater at the same place, in another row"
    )


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "SMALL", 2**16)
    path = tmp_path / "bomb.tsv.gz"
    path.write_bytes(gzip.compress(b"\n" * 2**20))
    with pytest.raises(InputError, match="unpacks to more than a file of texts can be") as caught:
        read_rows(path)
    assert caught.value.file == str(path)


def test_own_labels(tmp_path: Path) -> None:
    found = annotate(tmp_path, row(category="Wrong"), labels={"wrong": "accuracy/mistranslation"})
    assert spans(found)[0][3:5] == ["accuracy", "mistranslation"]
    assert list(found.error_spans["label"]) == ["Wrong"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_marked_spans_come_back(tmp_path: Path, data: st.DataObject) -> None:
    alphabet = st.characters(exclude_categories=["Cs"], exclude_characters='\n\r\t<>\ufeff"&')
    source, target = (data.draw(st.text(alphabet, min_size=1, max_size=20)) for _ in range(2))
    marked, expected = [], []
    for side, text in (("source", source), ("target", target)):
        cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=4).map(sorted))
        places = list(zip(cuts[0::2], cuts[1::2], strict=False))
        expected += [[side, *place] for place in places]
        for start, end in reversed(places):
            text = f"{text[:start]}<v>{text[start:end]}</v>{text[end:]}"
        marked.append(text)
    test_set = assemble(
        "t",
        ids=["1"],
        documents=["d"],
        domains=["news"],
        sources=[source],
        references={},
        hypotheses={"s": [target]},
    )
    path = tsv(tmp_path, NAMES, "\t".join(["s", "d", "1", "1", "r", *marked, "Other", "Minor"]))
    found = read_annotations(read_rows(path), test_set, by="document", file=path)
    rows = found.error_spans[["side", "start", "end"]].astype(object)
    if expected:
        assert [list(r) for r in rows.itertuples(index=False, name=None)] == expected
        assert set(found.error_spans["error"]) == {0}
    else:
        assert list(found.error_spans["side"]) == ["target"]
        assert bool(found.error_spans["start"].isna().all())
    assert len(found.notes) == 1

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.commands.main import main
from harness.errors import InputError
from harness.tables import TestSet
from harness.test_sets.readers.wmt_xml import read

SOURCE = """<src lang="zh"><p><seg id="1">甲</seg>
<seg id="2">乙</seg></p><p><seg id="3">丙</seg></p></src>"""
DOCUMENT = f"""<doc origlang="zh" id="d1" domain="news">
{SOURCE}
<ref lang="en" translator="A"><p><seg id="1">A</seg><seg id="2"></seg><seg id="3">C</seg></p></ref>
<ref lang="en" translator="refB"><seg id="1">a</seg><seg id="3">c</seg></ref>
<hyp lang="en" system="mt"><p><seg id="1">x &amp; y</seg><seg id="2"/><seg id="3">z</seg></p></hyp>
<hyp lang="en" system="late"><p><seg id="3">z
  z</seg></p></hyp>
</doc>"""
SECOND = """<doc origlang="en" id="d2" testsuite="t">
<src lang="zh"><p><seg id="7">丁</seg></p></src>
<hyp lang="en" system="mt"><p><seg id="7">w</seg></p></hyp></doc>"""
THIRD = SECOND.replace(' testsuite="t"', "").replace("d2", "d3")


def write(folder: Path, *documents: str, head: str = "", collection: str = "") -> Path:
    body = "\n".join(documents)
    if collection:
        body = f'<collection id="{collection}">\n{body}\n</collection>'
    path = folder / "all.xml"
    path.write_bytes(f'{head}<dataset id="t">\n{body}\n</dataset>\n'.encode())
    return path


def texts(test_set: TestSet, table: str, key: str, text: str) -> dict[tuple[str, str], str]:
    frame = getattr(test_set, table)
    return dict(zip(zip(frame[key], frame["segment_id"], strict=True), frame[text], strict=True))


@pytest.mark.parametrize("collection", ["", "general"])
@pytest.mark.parametrize("head", ["", '<?xml version="1.0" encoding="utf-8"?>\n', "\ufeff"])
def test_everything_is_read(tmp_path: Path, collection: str, head: str) -> None:
    path = write(tmp_path, DOCUMENT, SECOND, THIRD, head=head, collection=collection)
    test_set = read("own", path)
    segments = test_set.segments[["segment_id", "document", "domain", "source"]]
    assert segments.to_numpy().tolist() == [
        ["1", "d1", "news", "甲"],
        ["2", "d1", "news", "乙"],
        ["3", "d1", "news", "丙"],
        ["4", "d3", "unknown", "丁"],
    ]
    assert texts(test_set, "references", "reference_name", "reference") == {
        ("refA", "1"): "A", ("refA", "3"): "C", ("refB", "1"): "a", ("refB", "3"): "c",
    }  # fmt: skip
    assert texts(test_set, "hypotheses", "system", "hypothesis") == {
        ("mt", "1"): "x & y", ("mt", "2"): "", ("mt", "3"): "z", ("mt", "4"): "w",
        ("late", "3"): "z z",
    }  # fmt: skip
    assert test_set.notes == (
        "line breaks read as spaces in 1 text",
        "1 of 3 documents left out: of test suites",
        "the reference refA lacks 2 of 4 segments",
        "the reference refB lacks 2 of 4 segments",
        "the system late lacks 3 of 4 segments",
    )
    assert [file.name for file in test_set.files] == [str(path)]


def test_choices(tmp_path: Path) -> None:
    path = write(tmp_path, DOCUMENT, SECOND, THIRD)
    assert list(read("t", path, testsuites=True).segments["document"]) == ["d1"] * 3 + ["d2", "d3"]
    news = read("t", path, domain="news", references=["refB"], human_systems=["late"])
    assert news.reference_names == ["refB"]
    assert news.roles == {"mt": "system", "late": "human"}
    assert len(news.segments) == 3
    assert "1 of 3 documents left out: of other domains than news" in news.notes
    every = read("t", path, testsuites=True).segments["domain"]
    both = read("t", path, domain=list(every.unique()), testsuites=True)
    assert list(both.segments["domain"]) == list(every)
    assert not len(read("t", path, references=[]).references)
    for options, message in (
        ({"domain": "sport"}, "there is no domain 'sport'"),
        ({"references": ["A"]}, "there is no reference 'A'"),
        ({"human_systems": ["MT"]}, "there is no system 'MT'"),
        ({"labels": {"x": "other"}}, "has no error labels"),
    ):
        with pytest.raises(InputError, match=message):
            read("t", path, **options)  # type: ignore[arg-type]


def test_an_empty_source_may_have_an_empty_reference(tmp_path: Path) -> None:
    document = DOCUMENT.replace("乙", "")
    references = texts(read("t", write(tmp_path, document)), "references", "reference_name",
                       "reference")  # fmt: skip
    assert references["refA", "2"] == ""


def test_the_order_is_that_of_the_source(tmp_path: Path) -> None:
    document = '<doc id="d"><src><seg id="2">b</seg><seg id="1">a</seg></src>'
    document += '<hyp system="s"><seg id="1">A</seg><seg id="2">B</seg></hyp></doc>'
    test_set = read("t", write(tmp_path, document))
    assert list(test_set.segments["source"]) == ["b", "a"]
    assert list(test_set.hypotheses["hypothesis"]) == ["B", "A"]


def test_unknown_elements_are_left_out_and_counted(tmp_path: Path) -> None:
    document = DOCUMENT.replace("</doc>", "<extra a='1'>text<seg/><extra/></extra><x/></doc>")
    test_set = read("t", write(tmp_path, document))
    assert test_set.notes[:2] == (
        "1 element <extra>, not part of the format: left out",
        "1 element <x>, not part of the format: left out",
    )


def test_other_encodings_are_read(tmp_path: Path) -> None:
    path = tmp_path / "all.xml"
    text = f'<?xml version="1.0" encoding="utf-16"?><dataset>{DOCUMENT}</dataset>'
    path.write_bytes(text.encode("utf-16"))
    assert list(read("t", path).segments["source"]) == ["甲", "乙", "丙"]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("</doc>", "</dox>", 10, "the file is no XML: mismatched tag"),
        ("&amp;", "&", 7, "the file is no XML: not well-formed"),
        ("&amp;", "&nbsp;", 7, "the file is no XML: undefined entity"),
        ("&amp;", "\x00", 7, "the file is no XML: not well-formed"),
        ("z\n", "<b>z</b>\n", 8, "a segment holds an element"),
        (' id="d1"', "", 2, "the document has no id"),
        ('id="d1"', 'id=" "', 2, "the document has no id"),
        ('"d1"', '"d3"', 11, "the document d3 comes twice"),
        (SOURCE, "", 4, "the reference refA stands before the source"),
        (SOURCE, SOURCE * 2, 4, "the document d1 has two sources"),
        ('<seg id="1">A', "<seg>A", 5, "the segment has no number"),
        ('<seg id="3">C', '<seg id="1">C', 5, "the segment 1 comes twice"),
        ('<seg id="3">C', '<seg id="4">C', 5, "the source lacks this segment"),
        ('"refB"', '"A"', 6, "the reference refA comes twice in the document d1"),
        ('"late"', '"mt"', 8, "the system mt comes twice in the document d1"),
        (' system="late"', "", 8, "the translation names no system"),
        ("<src ", "<doc id='x'><src ", 3, "<doc> stands at the wrong place"),
        ('<hyp lang="en" system="mt">', '<hyp system="mt"><src/>', 7, "<src> stands at the wrong"),
        ("</doc>", "text</doc>", 10, "a text stands outside of a segment"),
    ],
)  # fmt: skip
def test_bad_files(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert old in DOCUMENT
    path = write(tmp_path, DOCUMENT.replace(old, new, 1), THIRD)
    with pytest.raises(InputError) as caught:
        read("t", path)
    assert caught.value.message.startswith(message)
    assert caught.value.file == str(path)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is no XML: no element found"),
        (b"<tstset/>", "<tstset> stands at the wrong place"),
        (b"<doc/>", "<doc> stands at the wrong place"),
        (b"<dataset/>", "the file holds no segments"),
        (b"<dataset><doc id='d'/></dataset>", "the document d has no source"),
        (b"<dataset><doc id='d'><src/></doc></dataset>", "the document d has no source"),
        (b"<dataset><doc id='d'><src><seg id='1'>a</seg></src></doc></dataset>", "has no systems"),
        (b"<?xml version='1.0' encoding='gb2312'?><dataset/>", "encoding"),
        (b"<?xml version='1.0' encoding='no such'?><dataset/>", "XML|encoding"),
        (b"<dataset>\xff</dataset>", "the file is no XML"),
    ],
)
def test_bad_contents(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "all.xml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read("t", path)


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE dataset [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE dataset SYSTEM "http://localhost/x.dtd">',
        '<!DOCTYPE dataset [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        "<!DOCTYPE dataset>",
    ],
)
def test_a_declaration_is_refused_before_it_acts(tmp_path: Path, declaration: str) -> None:
    path = write(tmp_path, DOCUMENT.replace("&amp;", "&b;"), head=declaration)
    with pytest.raises(InputError, match="has a document type declaration"):
        read("t", path)


@given(
    st.binary(max_size=80)
    | st.lists(
        st.sampled_from(
            ["<dataset>", "</dataset>", "<doc id='d'>", "</doc>", "<src>", "</src>", "<p>", "</p>",
             "<seg id='1'>", "</seg>", "<hyp system='s'>", "</hyp>", "<ref>", "</ref>", "<x>",
             "</x>", "a", "\n", "&#13;", "<!--c-->", "<![CDATA[b]]>", "<?p i?>", "<!DOCTYPE d>"]
        ),
        max_size=14,
    ).map(lambda parts: "".join(["<dataset>", *parts, "</dataset>"]).encode())
)  # fmt: skip
def test_anything_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("xml") / "all.xml"
    path.write_bytes(content)
    try:
        test_set = read("t", path)
    except InputError as error:
        assert error.line is None or error.line >= 1
        return
    assert len(test_set.segments)


#: Characters that XML can hold.
TEXTS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"
    ),
    max_size=8,
)


@given(st.dictionaries(TEXTS.filter(lambda t: t.strip() == t and t != ""), TEXTS, min_size=1))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, systems: dict[str, str]
) -> None:
    hyps = "".join(
        f"<hyp system={quoteattr(name)}><seg id='1'>{escape(text)}</seg></hyp>"
        for name, text in systems.items()
    )
    document = f"<doc id='d'><src><seg id='1'>s</seg></src>{hyps}</doc>"
    test_set = read("t", write(tmp_path_factory.mktemp("xml"), document))
    frame = test_set.hypotheses
    assert dict(zip(frame["system"], frame["hypothesis"], strict=True)) == systems


def test_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, DOCUMENT, THIRD)
    arguments = ["test_set=wmt_xml", "test_set.file=all.xml", "test_set.domain=news",
                 "references=[refA,refB]", "metrics=chrf", "plots=none", "report=none",
                 "injectors=none",
                 "output=run"]  # fmt: skip
    assert main(arguments) == 0
    scores = pd.read_csv(tmp_path / "run" / "tables" / "scores.csv", dtype={"segment_id": str})
    own = scores[(scores["metric"] == "chrf") & (scores["system"] == "late")]
    assert own.set_index("segment_id")["status"].to_dict()["1"] == "missing: no hypothesis"
    assert main([*arguments, "test_set.domain=sport"]) == 2

"""Plain text as people have it: encodings, ends of lines, files of another kind or length."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.bad_inputs import Noted, Refused, named, noted, refused

pytestmark = pytest.mark.reliability


def _zip(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


def _source(
    name: str, content: str | bytes, line: int | None, says: str, remedy: str = ""
) -> Refused:
    return Refused("plain", name, "source", content, line, says, remedy)


def _system(
    name: str, content: str | bytes, line: int | None, says: str, remedy: str = ""
) -> Refused:
    return Refused("plain", name, "mt", content, line, says, remedy)


REFUSED = [
    _source("an empty source", "", None, "the source has no lines"),
    Refused(
        "plain", "a byte order mark alone", "mt", "\ufeff", 2, "there is no line for this segment"
    ),
    _source("Latin-1", "caf\xe9\n乙\n".encode("latin-1", "replace"), 1, "the line is not UTF-8"),
    _source(
        "GB18030",
        "甲\n乙\n".encode("gb18030"),
        1,
        "the line is not UTF-8",
        "save the file as UTF-8",
    ),
    _source("Big5", "甲\n乙\n".encode("big5"), 1, "the line is not UTF-8"),
    _source(
        "UTF-16 with a mark",
        "甲\n乙\n".encode("utf-16"),
        1,
        "the line is not UTF-8",
        "looks like UTF-16",
    ),
    _source(
        "UTF-16 without a mark",
        "abc\ndef\n".encode("utf-16-le"),
        1,
        "UTF-16 without a byte order mark",
    ),
    _source("UTF-32", "abc\nd\n".encode("utf-32-le"), 1, "UTF-16 without a byte order mark"),
    _source(
        "half a character at the end of a line",
        b"\xe7\x94\n\xe4\xb9\x99\n",
        1,
        "the line is not UTF-8",
    ),
    _source(
        "a line in another encoding", "甲\n".encode() + b"\xd2\xd2\n", 2, "the line is not UTF-8"
    ),
    _source("half a surrogate pair", "甲\n\ud800\n", 2, "the line is not UTF-8"),
    _source("CESU-8", b"\xed\xa0\x81\xed\xb0\x80\n\n", 1, "the line is not UTF-8"),
    _system(
        "a line too few", "a\n", 2, "there is no line for this segment", "one segment per line"
    ),
    _system("a line too many", "a\nb\nc\n", 3, "there is no segment for this line"),
    _system("a blank line at the end", "a\nb\n\n", 3, "there is no segment for this line"),
    _system("lines that end at CR alone", "a\rb\r", 2, "there is no line for this segment"),
    _system("a line break inside a text", "a\n1\nb\n", 3, "there is no segment for this line"),
    _system("an empty file", "", 1, "there is no line for this segment"),
    _system(
        "a workbook", _zip("xl/workbook.xml"), None, "an Excel workbook (XLSX)", "tab-separated"
    ),
    _system("a Word document", _zip("word/document.xml"), None, "a Word document (DOCX)"),
    _system("slides", _zip("ppt/presentation.xml"), None, "a PowerPoint presentation (PPTX)"),
    _system("a zip archive", _zip("mt.txt"), None, "a zip archive", "unzip"),
    _system(
        "half a zip archive", _zip("mt.txt")[:20], None, "a damaged zip archive or Office file"
    ),
    _system("a gzip archive", gzip.compress(b"a\nb\n"), None, "a gzip archive", "gunzip"),
    _system("a PDF", b"%PDF-1.7\n", None, "a PDF document"),
    _system("RTF", b"{\\rtf1\\ansi a}\n", None, "an RTF document"),
    _system("a picture", b"\x89PNG\r\n\x1a\n", None, "a picture (PNG)"),
    _system("a Parquet file", b"PAR1\x15\x04", None, "a Parquet file"),
    _system("an SQLite database", b"SQLite format 3\0x", None, "an SQLite database"),
    _system("an old Office file", b"\xd0\xcf\x11\xe0\xa1\xb1", None, "an old or encrypted Office"),
    _system(
        "TMX", '<?xml version="1.0"?>\n<tmx version="1.4">\n', None, "a translation memory (TMX)"
    ),
    _system("XLIFF", '<?xml version="1.0"?>\n<xliff version="2.0">\n', None, "an XLIFF file"),
    _system("XLIFF with a namespace", '<x:xliff xmlns:x="u">\n', None, "an XLIFF file"),
    _system("WMT XML", '<dataset id="x">\n<doc>\n', None, "a WMT XML file", "test_set=wmt_xml"),
    _system("WMT SGML", '<tstset setid="x">\n', None, "an SGML file of WMT"),
    _system("a web page", "<!DOCTYPE html>\n<html>\n", None, "an HTML page"),
    _system("JSON", '{"mt": "a"}\n{"mt": "b"}\n', None, "this is a file of JSON"),
    _system("a JSON list", '[{"mt": "a"},\n{"mt": "b"}]\n', None, "this is a file of JSON"),
    _system("Label Studio", '[{"id": 1, "annotations": [], "data": {}}]\n', None, "Label Studio"),
    _system("doccano", '{"text": "a", "label": []}\n', None, "doccano"),
    Refused("plain", "a blank document", "documents", "d1\n \n", 2, "the document's name is blank"),
    Refused(
        "plain", "a document too few", "documents", "d1\n", 2, "there is no line for this segment"
    ),
    Refused(
        "plain",
        "a reference of another length",
        "ref",
        "A\n",
        2,
        "there is no line for this segment",
    ),
    Refused(
        "plain", "a reference in another encoding", "ref", b"A\n\xff\n", 2, "byte 0xff at byte 1"
    ),
]


@named(REFUSED)
def test_refused(case: Refused, tmp_path: Path) -> None:
    refused(case, tmp_path)


def _hypotheses(test_set: Any) -> list[str]:
    return list(test_set.hypotheses["hypothesis"])


def _sources(test_set: Any) -> list[str]:
    return list(test_set.segments["source"])


def _read(name: str, content: str | bytes, expected: list[str], note: str = "") -> Noted:
    return Noted("plain", name, "mt", content, note, _hypotheses, expected)


NOTED = [
    _read("a byte order mark", "\ufeffa\nb\n", ["a", "b"]),
    _read("CR LF", "a\r\nb\r\n", ["a", "b"]),
    _read("mixed ends of lines", "a\r\nb\n", ["a", "b"]),
    _read("no end of the last line", "a\nb", ["a", "b"]),
    _read("a line separator, U+2028", "a\u2028c\nb\n", ["a\u2028c", "b"]),
    _read("a next line, U+0085", "a\x85c\nb\n", ["a\x85c", "b"]),
    _read("a vertical tab and a form feed", "a\v\f\nb\n", ["a\v\f", "b"]),
    _read("a CR inside a line", "a\rc\nb\n", ["a\rc", "b"]),
    _read("a NUL", "a cat\0 sat\nb\n", ["a cat\0 sat", "b"]),
    _read("tabs at the end", "a\t\t\nb\n", ["a\t\t", "b"]),
    _read("a blank translation", "\nb\n", ["", "b"]),
    _read("white space alone", " \u3000\nb\n", [" \u3000", "b"]),
    _read("a second byte order mark", "\ufeff\ufeffa\nb\n", ["\ufeffa", "b"]),
    _read("decomposed letters", "e\u0301\nb\n", ["e\u0301", "b"]),
    _read("right-to-left marks", "\u202ea\nb\n", ["\u202ea", "b"]),
    _read("text that looks like JSON", "{a}\n[b]\n", ["{a}", "[b]"]),
    _read("text in angle brackets", "<unk> a\nb\n", ["<unk> a", "b"]),
    Noted("plain", "a blank reference", "ref", "A\n\n", "refA lacks 1 of 2 segments",
          lambda t: list(t.references["segment_id"]), ["1"]),
    Noted("plain", "a reference without any text", "ref", "\n\n", "refA lacks 2 of 2 segments",
          lambda t: t.reference_names, []),
    Noted("plain, texts alone", "a blank source", "source", "甲\n \n", "", _sources, ["甲", " "]),
]  # fmt: skip


@named(NOTED)
def test_read(case: Noted, tmp_path: Path) -> None:
    noted(case, tmp_path)

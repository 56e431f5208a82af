"""What is no plain text is named, never scored line by line."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.test_sets.readers import plain_text
from harness.test_sets.readers.lines import read_lines, read_plain
from harness.test_sets.readers.marot_rows import read_rows

pytestmark = pytest.mark.reliability


def zipped(**members: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


TMX = '<?xml version="1.0"?>\n<tmx version="1.4"><header/><body><tu/></body></tmx>\n'
KINDS = [
    (zipped(xl__workbook="<x/>"), "this is an Excel workbook (XLSX)"),
    (zipped(word__document="<x/>"), "this is a Word document (DOCX)"),
    (
        zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
        "this is a spreadsheet (ODS)",
    ),
    (zipped(a="text"), "this is a zip archive"),
    (b"PK\x03\x04 cut off", "this is a damaged zip archive or Office file"),
    (b"%PDF-1.7\n", "this is a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "this is a file of an old or encrypted Office"),
    (b"\x1f\x8b\x08\x00", "this is a gzip archive"),
    (TMX.encode(), "this is a translation memory (TMX)"),
    (("\ufeff" + TMX).encode(), "this is a translation memory (TMX)"),
    (TMX.encode("utf-16"), "this is a translation memory (TMX)"),
    (b'<xliff version="1.2"><file/></xliff>\n', "this is an XLIFF file"),
    (b"<!DOCTYPE html>\n<html><p>a</p></html>\n", "this is an HTML page"),
    (b'<?xml version="1.0"?>\n<a/>\n', "this is an XML file"),
]


@pytest.mark.parametrize(("content", "message"), KINDS)
def test_files_of_other_kinds_are_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    for read in (read_lines, read_rows):
        with pytest.raises(InputError) as caught:
            list(read(path))
        assert caught.value.message.startswith(message)
        assert caught.value.file == str(path)
        assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[{"id": 1, "annotations": [{"completed_by": 1}], "data": {"text": "a"}}]\n',
            "this is a JSON export of Label Studio",
        ),
        (
            '{"id": 1, "text": "a", "label": [[0, 1, "Omission"]]}\n',
            "this is a JSON export of doccano",
        ),
        ('[\n  {\n    "mt": "a"\n  }\n]\n', "this is a file of JSON"),
    ],
)
def test_json_is_no_plain_text(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=message):
        read_plain(path)
    with pytest.raises(InputError, match=message):
        plain_text.read("own", path, {}, {"A": path})
    with pytest.raises(InputError, match=message):
        read_rows(path)


@pytest.mark.parametrize(
    "line", ["<b>Bold</b> beginnings", "a < b", "[Photo] A caption", "{0} of {1}", "< tmx >", "PK"]
)
def test_texts_that_only_look_like_it_are_read(tmp_path: Path, line: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(line + "\n", "utf-8")
    assert list(read_plain(path)) == [line]


def test_pipes_and_devices_are_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/null")):
        with pytest.raises(InputError, match="this is a pipe or a device"):
            list(read_lines(path))


def test_links_in_a_circle(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.symlink_to(path)
    with pytest.raises(InputError, match="cannot be opened") as caught:
        list(read_lines(path))
    assert caught.value.file == str(path)

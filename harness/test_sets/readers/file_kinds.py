"""Files that are no plain text (spreadsheets, office documents, XML, JSON, archives): what they
are, and how their text is exported.

They are known by how they begin, not by their names.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from harness.errors import InputError

__all__ = ["refuse_json", "refuse_other_kinds"]

#: So much of a file is looked at.
_HEAD = 2**16

_TABLE = (
    "export the sheet as tab-separated text in UTF-8 (LibreOffice: Save As, Text CSV, field"
    " delimiter Tab); texts: one column, one segment per line"
)
_DOCUMENT = "save it as plain text (.txt) in UTF-8, one segment per line"
_PAIRS = "export each language as plain text in UTF-8, one segment per line, one file a language"
_UNPACK = "unpack it first"

#: How a file begins -> what it is, and what to do.
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF document", "export the text from what it was made with, one segment per line"),
    (b"{\\rtf", "an RTF document", _DOCUMENT),
    (b"\x1f\x8b", "a gzip archive", f"{_UNPACK}: gunzip FILE"),
    (b"BZh", "a bzip2 archive", f"{_UNPACK}: bunzip2 FILE"),
    (b"\xfd7zXZ\0", "an xz archive", f"{_UNPACK}: unxz FILE"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", f"{_UNPACK}: unzstd FILE"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"\x89PNG", "a picture (PNG)", "name a text file"),
    (b"\xff\xd8\xff", "a picture (JPEG)", "name a text file"),
    (b"SQLite format 3\0", "an SQLite database", "export its table as tab-separated text in UTF-8"),
    (b"PAR1", "a Parquet file", "export its table as tab-separated text in UTF-8"),
    (b"\xd0\xcf\x11\xe0", "a file of an old or encrypted Office (XLS, DOC, PPT)", _TABLE),
)
#: The first folder or file inside a zip archive -> what it is.
_ZIPPED = (
    ("xl/", "an Excel workbook (XLSX)", _TABLE),
    ("word/", "a Word document (DOCX)", _DOCUMENT),
    ("ppt/", "a PowerPoint presentation (PPTX)", _DOCUMENT),
)
_OPEN_DOCUMENTS = {
    b"spreadsheet": ("a spreadsheet (ODS)", _TABLE),
    b"text": ("a text document (ODT)", _DOCUMENT),
}
#: Root element -> what it is.
_XML = (
    ("tmx", "a translation memory (TMX)", _PAIRS),
    ("xliff", "an XLIFF file", _PAIRS),
    ("dataset", "a WMT XML file", "read it as a test set: test_set=wmt_xml test_set.file=FILE"),
    ("srcset|refset|tstset|mteval", "an SGML file of WMT", "take the texts of its <seg> elements"),
    ("html", "an HTML page", _DOCUMENT),
)
_DECLARED = re.compile(r"\s*<(?:\?xml|!DOCTYPE)\b", re.IGNORECASE)
_JSON = re.compile(r'\s*(?:\[\s*)?\{\s*"[^"\n]{1,80}"\s*:')
#: Keys of a JSON file -> the tool that wrote it.
_TOOLS = (
    (("annotations", "completed_by"), "Label Studio"),
    (("annotations", "data"), "Label Studio"),
    (("text", "entities"), "doccano"),
    (("text", "label"), "doccano"),
    (("text", "labels"), "doccano"),
)


def refuse_other_kinds(path: Path) -> None:
    """Refuse a file that is no plain text.

    Raises
    ------
    InputError
        It is a workbook, a document, XML, an archive or a picture; it says which, and what to do.
    """
    head = _head(path)
    found = _by_magic(path, head) or _xml(head)
    if found:
        _refuse(path, *found)


def refuse_json(path: Path) -> None:
    """Refuse a file of JSON where plain text is read, which would be scored as lines of JSON.

    Raises
    ------
    InputError
        It is one; a tool that is known by its keys is named.
    """
    text = _head(path).decode("utf-8", "replace").removeprefix("\ufeff")
    if not _JSON.match(text):
        return
    keys = set(re.findall(r'"([^"\\]{1,40})"\s*:', text))
    tool = next((tool for wanted, tool in _TOOLS if keys.issuperset(wanted)), None)
    what = f"a JSON export of {tool}" if tool else "a file of JSON"
    _refuse(
        path,
        what,
        "write each text of it on a line of a file of its own; annotations as JSON Lines or as an"
        " MQM TSV (docs/formats.md)",
    )


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_HEAD)
    except OSError as error:
        raise InputError("the file cannot be read", file=path, found=error.strerror) from error


def _by_magic(path: Path, head: bytes) -> tuple[str, str] | None:
    """What the first bytes say, and what to do."""
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    return next((found for magic, *found in _MAGIC if head.startswith(magic)), None)  # type: ignore[return-value]


def _zipped(path: Path) -> tuple[str, str]:
    """What the names inside a zip archive say."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            for folder, what, remedy in _ZIPPED:
                if any(name.startswith(folder) for name in names):
                    return what, remedy
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                kind = archive.read("mimetype").rpartition(b".")[2]
                return _OPEN_DOCUMENTS.get(kind, ("an OpenDocument file", _DOCUMENT))
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return "a damaged zip archive or Office file", _UNPACK
    return "a zip archive", f"{_UNPACK}: unzip FILE"


def _xml(head: bytes) -> tuple[str, str] | None:
    """What an XML file is, by its first element."""
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    text = text.removeprefix("\ufeff")
    element = re.search(r"<([A-Za-z][\w:-]*)[\s>/]", text)
    name = element[1].lower().rpartition(":")[2] if element else ""
    at_start = element is not None and not text[: element.start()].strip()
    declared = _DECLARED.match(text) is not None
    if not (declared or at_start):
        return None
    for names, what, remedy in _XML:
        if name in names.split("|"):
            return what, remedy
    return ("an XML file", _PAIRS) if declared else None


def _refuse(path: Path, what: str, remedy: str) -> None:
    raise InputError(
        f"this is {what}",
        file=path,
        expected="plain text in UTF-8",
        remedy=remedy.replace("FILE", str(path)),
    )

"""The documents of an XML file of the WMT general task, read as a stream.

The format is that of https://github.com/wmt-conference/wmt-format-tools::

    <dataset id="…">
      <collection id="general">                         (may be absent)
        <doc id="…" origlang="zh" domain="news">        (domain, testsuite: may be absent)
          <src lang="zh"><p><seg id="1">…</seg> … </p></src>
          <ref lang="en" translator="refA"> … </ref>
          <hyp lang="en" system="ONLINE-A"> … </hyp>

A document type declaration is refused before anything of it is expanded, so entities can neither
grow without bound nor name other files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from harness.errors import InputError
from harness.support.formatting import plural
from harness.test_sets.readers.lines import existing_file, has_text

__all__ = ["UNKNOWN_DOMAIN", "Document", "read_documents"]

#: The domain of a document that names none.
UNKNOWN_DOMAIN = "unknown"

_TEXTS = ("src", "ref", "hyp")
#: Where an element may stand; an element of another name is left out whole, and counted.
_PARENTS: Mapping[str, tuple[str, ...]] = {
    "dataset": ("",),
    "collection": ("dataset", "collection"),
    "doc": ("dataset", "collection"),
    **dict.fromkeys(_TEXTS, ("doc",)),
    "p": _TEXTS,
    "seg": ("p", *_TEXTS),
}
_CHUNK = 1 << 16
_BREAK = re.compile(r"\s*[\r\n]\s*")


@dataclass
class Document:
    """A document: its texts by name, each text by the number of its segment."""

    name: str
    domain: str
    line: int
    testsuite: bool
    source: dict[str, str] = field(default_factory=dict)
    references: dict[str, dict[str, str]] = field(default_factory=dict)
    systems: dict[str, dict[str, str]] = field(default_factory=dict)


def read_documents(path: str | Path) -> tuple[list[Document], list[str]]:
    """Every document of the file in order; and what was changed or passed over, in sentences.

    A reference is called ``ref`` and its translator (refA for the translators A and refA; ``ref``
    where none is named). A line break inside a text, with the white space around it, is read as
    one space. An element that is not part of the format is left out whole, and counted.

    Raises
    ------
    InputError
        With file and line: the file is no such XML; it has a document type declaration; a document
        has no id or one that is taken, no source or two, or a translation before its source; a
        segment has no number, one that is taken or one that the source lacks; a system or
        reference comes twice in a document.
    """
    parser = _Parser(existing_file(path))
    return parser.documents(), parser.notes()


class _Parser:
    """Handlers of one file's elements, and what they have gathered."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: dict[str, Document] = {}
        self.stack: list[str] = []
        self.document: Document | None = None
        self.texts: dict[str, str] = {}
        self.segment = ""
        self.pieces: list[str] | None = None
        self.skipped = 0
        self.broken = 0
        self.unknown: dict[str, int] = {}
        self.expat = expat.ParserCreate()
        self.expat.buffer_text = True
        self.expat.StartDoctypeDeclHandler = self._doctype
        self.expat.StartElementHandler = self._start
        self.expat.EndElementHandler = self._end
        self.expat.CharacterDataHandler = self._data

    def documents(self) -> list[Document]:
        """Every document of the file, in order."""
        with self.path.open("rb") as stream:
            try:
                while chunk := stream.read(_CHUNK):
                    self.expat.Parse(chunk, False)
                self.expat.Parse(b"", True)
            except expat.ExpatError as error:
                raise InputError(
                    f"the file is no XML: {expat.ErrorString(error.code)}",
                    file=self.path,
                    line=error.lineno,
                    found=f"column {error.offset + 1}",
                ) from error
            except (LookupError, ValueError) as error:  # an encoding that there is not
                raise InputError(
                    f"the file's encoding cannot be read: {error}",
                    file=self.path,
                    line=self.expat.CurrentLineNumber,
                    remedy="save it as UTF-8",
                ) from error
        return list(self.found.values())

    def notes(self) -> list[str]:
        """What was changed or passed over, in sentences."""
        notes = [
            f"{plural(n, 'element')} <{name}>, not part of the format: left out"
            for name, n in self.unknown.items()
        ]
        if self.broken:
            notes.append(f"line breaks read as spaces in {plural(self.broken, 'text')}")
        return notes

    def _fail(self, message: str, **details: str | None) -> NoReturn:
        raise InputError(message, file=self.path, line=self.expat.CurrentLineNumber, **details)

    def _doctype(self, *_: object) -> None:
        self._fail(
            "the file has a document type declaration",
            expected="an XML file without <!DOCTYPE …>: it could define entities",
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.skipped:
            self.skipped += 1
            return
        if self.pieces is not None:
            self._fail("a segment holds an element", found=f"<{tag}>", expected="text alone")
        parent = self.stack[-1] if self.stack else ""
        if parent not in _PARENTS.get(tag, ()):
            if not parent or tag in _PARENTS:
                self._fail(
                    f"<{tag}> stands at the wrong place",
                    found=f"inside <{parent}>" if parent else "as the whole",
                    expected=f"inside {' or '.join(f'<{p}>' for p in _PARENTS[tag] if p)}"
                    if _PARENTS.get(tag, ("",)) != ("",)
                    else "<dataset>",
                )
            self.unknown[tag] = self.unknown.get(tag, 0) + 1
            self.skipped = 1
            return
        self.stack.append(tag)
        if tag == "doc":
            self._start_document(attributes)
        elif tag in _TEXTS:
            self._start_text(tag, attributes)
        elif tag == "seg":
            self._start_segment(attributes)

    def _start_document(self, attributes: Mapping[str, str]) -> None:
        name = (attributes.get("id") or "").strip()
        if not name:
            self._fail("the document has no id", expected='<doc id="…">')
        if name in self.found:
            self._fail(
                f"the document {name} comes twice", found=f"line {self.found[name].line} has it too"
            )
        domain = (attributes.get("domain") or "").strip() or UNKNOWN_DOMAIN
        line = self.expat.CurrentLineNumber
        self.document = Document(name, domain, line, "testsuite" in attributes)
        self.found[name] = self.document

    def _start_text(self, tag: str, attributes: Mapping[str, str]) -> None:
        document = self._document()
        self.texts = {}
        if tag == "src":
            if document.source:
                self._fail(f"the document {document.name} has two sources")
            document.source = self.texts
            return
        if tag == "ref":
            translator = (attributes.get("translator") or "").strip()
            name = translator if translator.startswith("ref") else f"ref{translator}"
            kind, group = "reference", document.references
        else:
            name = (attributes.get("system") or "").strip()
            kind, group = "system", document.systems
            if not name:
                self._fail("the translation names no system", expected='<hyp system="…">')
        if name in group:
            self._fail(f"the {kind} {name} comes twice in the document {document.name}")
        if not document.source:
            self._fail(
                f"the {kind} {name} stands before the source",
                found=f"the document {document.name}",
                expected="<src> first",
            )
        group[name] = self.texts

    def _start_segment(self, attributes: Mapping[str, str]) -> None:
        number = (attributes.get("id") or "").strip()
        document = self._document()
        if not number:
            self._fail("the segment has no number", expected='<seg id="1">')
        if number in self.texts:
            self._fail(f"the segment {number} comes twice", found=f"the document {document.name}")
        if self.texts is not document.source and number not in document.source:
            self._fail(
                "the source lacks this segment",
                found=f"segment {number} of the document {document.name}",
            )
        self.segment, self.pieces = number, []

    def _end(self, tag: str) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        self.stack.pop()
        if tag == "seg" and self.pieces is not None:
            text = "".join(self.pieces)
            if _BREAK.search(text):
                self.broken += 1
                text = _BREAK.sub(" ", text).strip()
            self.texts[self.segment] = text
            self.pieces = None
        elif tag == "doc":
            document = self._document()
            if not document.source:
                self._fail(f"the document {document.name} has no source", expected="<src>")
            self.document = None

    def _data(self, text: str) -> None:
        if self.pieces is not None:
            self.pieces.append(text)
        elif not self.skipped and has_text(text):
            self._fail("a text stands outside of a segment", found=repr(text.strip()[:60]))

    def _document(self) -> Document:
        if self.document is None:  # <doc> is open wherever a text may stand
            raise RuntimeError("a text outside of a document")
        return self.document

"""``test_set.json``: the record of an exported test set.

One JSON object: ``format`` and ``version``; the test set's ``name``, ``card`` and ``notes``;
``read_from``, the files that it was once read from (name, bytes, sha256 each); and ``files``, the
files of the export with their bytes and sha256, by which a later reader knows whether they still
are what was exported. The record of a part of longer texts says under ``cut_from`` how many lines
these have and on which of them its segments stand. An export that could not hold all says under
``lost`` what is missing (the ``export.json`` of :mod:`harness.test_sets.writers.mtme` has this form
too).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.tables import DataFile, FullTexts
from harness.test_sets.readers.json_lines import JsonObject, read_object
from harness.test_sets.readers.lines import data_file

__all__ = ["FORMAT", "KEYS", "VERSION", "Record", "read_record"]

FORMAT, VERSION = "harness test set", 1
KEYS = ("format", "version", "name", "card", "notes", "read_from", "files")


@dataclass(frozen=True)
class Record:
    """The content of a test_set.json; ``files`` are those of the export, by name."""

    name: str
    card: Mapping[str, Any]
    notes: tuple[str, ...]
    read_from: tuple[DataFile, ...]
    files: Mapping[str, DataFile]
    cut_from: FullTexts | None = None

    def changed(self, paths: Mapping[str, Path]) -> list[str]:
        """Which of the parts (name -> the file that is read) are not what was exported."""
        return [
            name
            for name, path in paths.items()
            if name not in self.files or data_file(path, name) != self.files[name]
        ]


def read_record(path: str | Path) -> Record:
    """Read a test_set.json.

    Raises
    ------
    InputError
        It is not valid JSON, of another format or a later version, or has another form.
    """
    item = read_object(path, "the record")
    if item.values.get("format") != FORMAT:
        item.fail(
            "this is not the record of an exported test set",
            found=str(item.values.get("format"))[:100],
            expected=f'"format": "{FORMAT}"',
        )
    if item.whole("version", 0, least=1) != VERSION:
        item.fail(
            "the test set was exported by a later version",
            found=f"format version {item.values['version']}",
            expected=f"version {VERSION}",
            remedy="update harness",
        )
    item.keys(KEYS, ("lost", "cut_from"))
    files = item.inner("files")
    return Record(
        name=item.text("name", blank=False),
        card=item.inner("card").values,
        notes=tuple(item.list_of_texts("notes")),
        read_from=tuple(
            _file(entry, ("name",), entry.text("name"))
            for entry in item.objects("read_from", "file")
        ),
        files={name: _exported(files, name) for name in files.values},
        cut_from=_full_texts(item.inner("cut_from")) if "cut_from" in item.values else None,
    )


def _full_texts(item: JsonObject) -> FullTexts:
    """The full texts that a test set was cut from."""
    item.keys(("n_lines", "lines"))
    n_lines, lines = item.whole("n_lines", 0, least=1), item.values["lines"]
    if not isinstance(lines, list) or not all(
        type(line) is int and 0 <= line < n_lines for line in lines
    ):
        item.fail(f"the 'lines' of {item.what} are no list of whole numbers below {n_lines}")
    return FullTexts(n_lines, tuple(lines))


def _exported(files: JsonObject, name: str) -> DataFile:
    """An entry of ``files``, whose name must be a plain relative path."""
    if not name or name.startswith("/") or "\\" in name or ".." in name.split("/"):
        files.fail("a file of the export lies outside its folder", found=repr(name))
    return _file(files.inner(name), (), name)


def _file(entry: JsonObject, more: tuple[str, ...], name: str) -> DataFile:
    entry.keys((*more, "bytes", "sha256"))
    return DataFile(name, entry.whole("bytes", 0, least=0), entry.text("sha256"))

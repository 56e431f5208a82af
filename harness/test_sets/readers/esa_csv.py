"""Error span annotations as Appraise exports them: CSV without a header, beside the texts.

The format of WMT24 (https://github.com/wmt-conference/wmt24-news-systems, humeval): a row is one
annotation, with the columns user, system, item, kind (TGT; BAD is an attention check), source
language, target language, score (0 to 100), document, a flag, errors (a JSON list, see
:mod:`harness.test_sets.readers.esa_errors`), and the times of start and end.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from harness.errors import InputError, unknown_name
from harness.support.formatting import plural
from harness.tables import TestSet
from harness.test_sets.readers import mtme_folder, plain_text
from harness.test_sets.readers.esa_annotations import EsaAnnotation, score_of, with_annotations
from harness.test_sets.readers.esa_errors import Errors
from harness.test_sets.readers.json_lines import JsonObject, object_of
from harness.test_sets.readers.lines import data_file, has_text, read_lines

__all__ = ["read"]

_COLUMNS = (10, 12)
_ITEM = re.compile("[0-9]{1,9}")
#: Ends of document names, and what their rows are.
_CHECKS = {"bad": "attention check", "dup": "repeated", "incomplete": "incomplete document"}
_TUTORIAL = "tutorial"
_TARGET = "TGT"


class _Row(NamedTuple):
    line: int
    user: str
    system: str
    item: str
    kind: str
    pair: str
    score: str
    document: str
    errors: str


def read(
    name: str,
    file: str | Path | Sequence[str | Path],
    folder: str | Path | None = None,
    language_pair: str = "zh-en",
    source: str | Path | None = None,
    references: plain_text.Files | None = None,
    systems: plain_text.Files | None = None,
    documents: str | Path | None = None,
    languages: str | None = None,
    first_item: int = 0,
    domain: str = "news",
    labels: Mapping[str, str] | None = None,
) -> TestSet:
    """Read texts with their error span annotations.

    Rows of attention checks, tutorials, repeated and incomplete documents (as the names of the
    documents say) are left out and counted. The scores become the rating ``esa``: see
    :func:`harness.test_sets.readers.esa_annotations.with_annotations`.

    Parameters
    ----------
    name
        Name of the test set.
    file
        The CSV file, or several.
    folder, language_pair
        The texts as a folder in the layout of mt-metrics-eval (the folder ``txt`` of WMT24): see
        :func:`harness.test_sets.readers.mtme_folder.read`. Ratings and scores in it are not read.
    source, references, systems, documents, domain
        The texts as files instead: see :func:`harness.test_sets.readers.plain_text.read`.
    languages
        Which rows to read where the files hold several language pairs: ``SOURCE-TARGET`` as the
        rows write it, for example zho-eng.
    first_item
        The item of the first line of the texts. Where documents are known, each row must name the
        document of its line.
    labels
        A category for errors without one: ``{unspecified: …, missing: …}``; else 'other'.

    Raises
    ------
    InputError
        What the readers of the texts raise; a row has another form; an item is no line of the
        texts or of another document; a system is unknown or lacks the segment; a span is outside
        its translation.
    """
    files = [file] if isinstance(file, str | Path) else list(file)
    if folder is not None and source is None:
        test_set = mtme_folder.read(
            name, folder, language_pair, ratings=False, scores=False, annotations=False
        )
    elif source is not None and folder is None:
        test_set = plain_text.read(
            name, source, references or {}, systems or {}, documents, domain=domain
        )
    else:
        raise InputError(
            "the texts are given twice" if folder else "there are no texts for the annotations",
            expected="test_set.folder=FOLDER, or test_set.source=FILE and"
            " test_set.systems.NAME=FILE",
        )
    documented = folder is not None or documents is not None
    reading = _Reading(test_set, languages, first_item, documented=documented)
    for path in files:
        for row in _rows(path):
            reading.add(row, path)
    if not reading.found:
        raise unknown_name("language pair", str(languages), reading.pairs, file=files[0])
    errors = Errors(labels, tool="appraise", refuse_outside=True)
    test_set = with_annotations(test_set, reading.found, errors)
    gone = [f"{plural(n, 'row')} left out: {why}" for why, n in reading.left_out.items()]
    if not documented:
        gone.append(
            "that items and lines of the texts agree was not checked: no documents are given"
        )
    own = tuple(data_file(path) for path in files)
    return replace(test_set, files=(*test_set.files, *own), notes=(*test_set.notes, *gone))


class _Reading:
    """The rows read so far: the annotations, what was left out, and the language pairs seen."""

    def __init__(
        self, test_set: TestSet, languages: str | None, first_item: int, *, documented: bool
    ) -> None:
        segments, texts = test_set.segments, test_set.hypotheses
        self.documents = dict(zip(segments["segment_id"], segments["document"], strict=True))
        self.translated = set(zip(texts["system"], texts["segment_id"], strict=True))
        self.systems = test_set.systems
        self.languages, self.first_item, self.documented = languages, first_item, documented
        self.found: list[EsaAnnotation] = []
        self.left_out: Counter[str] = Counter()
        self.pairs: set[str] = set()

    def add(self, row: _Row, file: str | Path) -> None:
        """Take the annotation of ``row``, or count it as left out."""
        why = _why_not(row)
        if not why:
            self.pairs.add(row.pair)
            why = "of other languages" if self.languages not in (None, row.pair) else ""
        if why:
            self.left_out[why] += 1
            return
        if len(self.pairs) > 1 and self.languages is None:
            raise InputError(
                "the annotations are of several language pairs",
                file=file,
                line=row.line,
                found=", ".join(sorted(self.pairs)),
                expected="one",
                remedy=f"choose it, for example test_set.languages={row.pair}",
            )
        if row.system not in self.systems:
            raise unknown_name("system", row.system, self.systems, file=file, line=row.line)
        segment = self._segment(row, file)
        item = JsonObject({"score": row.score}, "the row", Path(file), row.line)
        errors = object_of(f'{{"errors": {row.errors}}}', "the row", file, row.line)
        score = score_of(row.score, item)
        marked = errors.objects("errors", "error")
        self.found.append(EsaAnnotation(row.system, segment, row.user, score, marked))

    def _segment(self, row: _Row, file: str | Path) -> str:
        """The segment of the row's item, checked."""
        number = int(row.item) - self.first_item + 1 if _ITEM.fullmatch(row.item) else 0
        segment = str(number)
        if segment not in self.documents:
            raise InputError(
                "the item is no line of the texts",
                file=file,
                line=row.line,
                found=row.item[:100],
                expected=f"a whole number, {self.first_item} to"
                f" {self.first_item + len(self.documents) - 1}",
                remedy="if items are counted from 1: test_set.first_item=1",
            )
        if self.documented and self.documents[segment] != row.document:
            raise InputError(
                "the row and its line of the texts are of two documents",
                file=file,
                line=row.line,
                found=f"{row.document}; line {number} of the texts is of {self.documents[segment]}",
                remedy="give the item of the first line of the texts: test_set.first_item=1, say",
            )
        if (row.system, segment) not in self.translated:
            raise InputError(
                f"the system {row.system} has no translation of segment {segment}",
                file=file,
                line=row.line,
            )
        return segment


def _why_not(row: _Row) -> str:
    """Why a row is no annotation of a system's translation; '' if it is one."""
    checks = {end.rstrip("0123456789") for end in row.document.split("#")[1:]}
    for end, why in _CHECKS.items():
        if end in checks:
            return why
    if _TUTORIAL in row.document:
        return _TUTORIAL
    if row.kind != _TARGET:
        return "attention check" if row.kind.startswith("BAD") else f"of kind {row.kind}"
    return ""


def _rows(file: str | Path) -> Iterator[_Row]:
    """The rows of a file, each with the line that it ends in."""
    reader = csv.reader((line + "\n" for line in read_lines(file)), strict=True)
    try:
        for cells in reader:
            if not cells:
                continue
            if not _COLUMNS[0] <= len(cells) <= _COLUMNS[1]:
                raise InputError(
                    "the row has another number of fields",
                    file=file,
                    line=reader.line_num,
                    found=f"{len(cells)} fields",
                    expected="12: user, system, item, kind, source language, target language,"
                    " score, document, flag, errors, start, end",
                )
            user, system, item, kind, first, second, score, document, _, errors = cells[:10]
            for what, cell in (("user", user), ("system", system), ("document", document)):
                if not has_text(cell):
                    raise InputError(f"the {what} is blank", file=file, line=reader.line_num)
            pair = f"{first}-{second}"
            yield _Row(reader.line_num, user, system, item, kind, pair, score, document, errors)
    except csv.Error as error:
        raise InputError(f"the row is no CSV: {error}", file=file, line=reader.line_num) from error
    if reader.line_num == 0:
        raise InputError("the file is empty", file=file, expected="one annotation a row")

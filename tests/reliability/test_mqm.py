"""MQM annotations as TSV: columns, rows, marks, labels and quotation marks that are wrong."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.bad_inputs import Noted, Refused, named, noted, refused
from tests.support.readable_files import MQM_HEAD

pytestmark = pytest.mark.reliability

FIRST = "mt\td\t1\t1\tr\t甲\t<v>a</v>\tother\tmajor\n"
SECOND = "mt\td\t2\t2\tr\t<v>乙</v>\tb\taccuracy/omission\tminor\n"


def _file(
    name: str, content: str | bytes, line: int | None, says: str, remedy: str = ""
) -> Refused:
    return Refused("mqm_tsv", name, "mqm.tsv", content, line, says, remedy)


def _row(name: str, row: str, says: str, remedy: str = "") -> Refused:
    """A row that is refused, in the third line."""
    return _file(name, MQM_HEAD + FIRST + row, 3, says, remedy)


def _changed(name: str, old: str, new: str, says: str, remedy: str = "") -> Refused:
    """The second row, changed."""
    assert old in SECOND
    return _row(name, SECOND.replace(old, new, 1), says, remedy)


def _tar(*names: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name))
    return buffer.getvalue()


REFUSED = [
    _file("an empty file", "", None, "the file is empty"),
    _file("a file of blank lines", "\n\n\n", 1, "the header has no column 'system'"),
    _file("a header alone", MQM_HEAD, None, "the file holds no annotations"),
    _file("no header, too few columns", "mt\td\t1\n", 1, "the header has no column"),
    _file("a header with commas", MQM_HEAD.replace("\t", ",") + FIRST, 1, "the header has no column"),
    _file("a column missing", MQM_HEAD.replace("severity", "note") + FIRST, 1, "no column 'severity'"),
    _file("a column twice", MQM_HEAD.replace("severity", "category") + FIRST, 1, "two columns 'category'"),
    _file("two columns of one meaning", MQM_HEAD.replace("docSegId", "document") + FIRST, 1, "two columns 'doc'"),
    _file("a line that is not UTF-8", (MQM_HEAD + FIRST).encode() + b"mt\t\xff\n", 3, "the line is not UTF-8"),
    _file("UTF-16", (MQM_HEAD + FIRST).encode("utf-16"), 1, "the line is not UTF-8", "looks like UTF-16"),
    _file("JSON", '{"system": "mt"}\n', None, "this is a file of JSON"),
    _file("a workbook that is none", b"PK\x03\x04broken", None, "a damaged zip archive or Office file"),
    _file("escaped quotation marks", MQM_HEAD + FIRST.replace("甲", '\\"甲\\"'), 2,
          "the quotation marks are escaped with backslashes", "take the backslashes out"),
    _row("too few fields", "mt\td\t2\n", "the row has too few fields", "a tab or a line break"),
    _row("too many fields", SECOND[:-1] + "\tx\ty\n", "the row has too many fields"),
    _row("a text with a tab", SECOND.replace("乙", "乙\t丙"), "the row has too many fields"),
    _row("a text with a line break", SECOND.replace("乙", "乙\n丙"), "the row has too few fields"),
    _row("CSV among tabs", SECOND.replace("\t", ","), "the row has too few fields"),
    _changed("a blank system", "mt", " ", "the system is blank"),
    _changed("a blank source", "<v>乙</v>", "<v></v>", "the source is blank"),
    _changed("a blank rater", "\tr\t", "\t \t", "the rater is empty"),
    _changed("an unknown category", "accuracy/omission", "Acuracy/Omission",
             "there is no error category 'Acuracy/Omission'", "test_set.labels={Acuracy/Omission:"),
    _changed("a category in Chinese", "accuracy/omission", "漏译", "there is no error category '漏译'"),
    _changed("an empty category", "accuracy/omission", "", "there is no error category ''"),
    _changed("a severity of another scale", "minor", "severe", "there is no severity 'severe'"),
    _changed("an empty severity", "minor", "", "there is no severity ''"),
    _changed("a number as severity", "minor", "5", "there is no severity '5'"),
    _changed("category and severity the wrong way round", "accuracy/omission\tminor",
             "minor\taccuracy/omission", "there is no error category 'minor'"),
    _changed("another text at the same place", "d\t2\t2\tr\t<v>乙</v>", "d\t1\t1\tr\t丁",
             "two source texts stand at one place"),
    _row("another translation of the system", FIRST.replace("a</v>", "quite another text</v>"),
         "the annotated translation is not that of the system 'mt'"),
    _row("no error beside an error", FIRST.replace("other\tmajor", "No-error\tNo-error"),
         "a rater finds no error, and an error, in the same translation", "remove the row"),
    _file("an error beside no error", MQM_HEAD + FIRST.replace("other\tmajor", "no-error\tno-error")
          + FIRST, 3, "a rater finds no error, and an error"),
    _file("attention checks alone",
          MQM_HEAD + FIRST.replace("other\tmajor", "Found\tHOTW-test"), None,
          "the file holds no annotations"),
    Refused("plain", "a system that there is not", "mqm",
            MQM_HEAD + "MT\t\t\t2\tr\t乙\t<v>b</v>\tother\tmajor\n", 2,
            "there is no system 'MT'", "did you mean 'mt'?"),
    Refused("plain", "a segment beyond the last", "mqm",
            MQM_HEAD + "mt\t\t\t3\tr\t乙\t<v>b</v>\tother\tmajor\n", 2,
            "there is no segment '3' in the test set", "counted from 1"),
    Refused("plain", "segments counted from 0", "mqm",
            MQM_HEAD + "mt\t\t\t0\tr\t甲\t<v>a</v>\tother\tmajor\n", 2,
            "there is no segment '0'", "counted from 1"),
    Refused("plain", "a segment as a float", "mqm",
            MQM_HEAD + "mt\t\t\t2.0\tr\t乙\t<v>b</v>\tother\tmajor\n", 2,
            "there is no segment '2.0'"),
    Refused("plain", "rows that are one line off", "mqm",
            MQM_HEAD + "mt\t\t\t1\tr\t乙\t<v>b</v>\tother\tmajor\n", 2,
            "the source is not that of segment 1", "numbered as its segments"),
    Refused("wmt", "a document that there is not", "mqm",
            MQM_HEAD + "mt\tnews_1\t1\t1\tr\t丙\t<v>a</v>\tother\tmajor\n", 2,
            "the document news_1 is not in the source"),
    Refused("wmt", "a document without its first segment", "mqm",
            MQM_HEAD + "mt\tnews_1\t2\t1\tr\t甲\t<v>a</v>\tother\tmajor\n", 2,
            "do not run from 1 without a gap"),
    Refused("mqm_tsv, packed", "half an archive", "mqm.tsv.gz",
            gzip.compress((MQM_HEAD + FIRST * 3).encode())[:60], None,
            "the archive is damaged or is none", "fetch the file again"),
    Refused("mqm_tsv, packed", "an archive that is none", "mqm.tsv.gz", MQM_HEAD + FIRST, None,
            "the archive is damaged or is none"),
    Refused("mqm_tsv, packed", "another byte in an archive", "mqm.tsv.gz",
            gzip.compress((MQM_HEAD + FIRST).encode(), mtime=0)[:-8] + b"\0" * 8, None,
            "the archive is damaged or is none"),
    Refused("mqm_tsv, packed", "a bomb", "mqm.tsv.gz", gzip.compress((b"x" * 9999 + b"\n") * 7000), None,
            "unpacks to more than a file of texts can be", "look at what it holds"),
    Refused("mqm_tsv, packed", "rubbish behind an archive", "mqm.tsv.gz",
            gzip.compress((MQM_HEAD + FIRST).encode()) + b"rubbish", None,
            "the archive is damaged or is none"),
]  # fmt: skip


@named(REFUSED)
def test_refused(case: Refused, tmp_path: Path) -> None:
    refused(case, tmp_path)


def _errors(test_set: Any) -> list[tuple[object, ...]]:
    """System, segment, category, severity, side, start and end of each span."""
    columns = ["segment_id", "category", "severity", "side", "start", "end"]
    frame = test_set.error_spans[columns].astype(object)
    return [tuple(row) for row in frame.where(frame.notna(), None).to_numpy().tolist()]


A = ("1", "other", "major", "target", 0, 1)
B = ("2", "accuracy", "minor", "source", 0, 1)
UNPLACED = ("1", "other", "major", "target", None, None)


def _noted(name: str, content: str, note: str, expected: list[Any]) -> Noted:
    return Noted("mqm_tsv", name, "mqm.tsv", content, note, _errors, expected)


NOTED = [
    _noted("a row twice", MQM_HEAD + FIRST + FIRST + SECOND,
           "1 row repeats an earlier one exactly (line 3) and was left out", [A, B]),
    _noted("a row three times", MQM_HEAD + FIRST * 3,
           "2 rows repeat an earlier one exactly (line 3) and were left out", [A]),
    _noted("an error marked twice in two rows", MQM_HEAD + FIRST + FIRST.replace("other", "Other"),
           "1 error is marked once more by the same rater at the same place", [A, A]),
    _noted("a mark that is not closed", MQM_HEAD + FIRST.replace("</v>", ""),
           "the marks of 1 row do not pair up (line 2:", [UNPLACED]),
    _noted("a mark that is not opened", MQM_HEAD + FIRST.replace("<v>", ""),
           "the marks of 1 row do not pair up (line 2:", [UNPLACED]),
    _noted("marks inside each other", MQM_HEAD + FIRST.replace("a</v>", "<v>a</v></v>"),
           "the marks of 1 row do not pair up (line 2:", [UNPLACED]),
    _noted("marks in capitals", MQM_HEAD + FIRST.replace("<v>a</v>", "<V>a</V>"),
           "1 row marks spans otherwise than with <v> and </v> (line 2)", [A]),
    _noted("marks as HTML", MQM_HEAD + FIRST.replace("<v>a</v>", "&lt;v&gt;a&lt;/v&gt;"),
           "1 row marks spans otherwise than with <v> and </v> (line 2)", [A]),
    _noted("an attention check", MQM_HEAD + FIRST
           + SECOND.replace("accuracy/omission", "Found"),
           "1 attention-check row dropped", [A]),
    _noted("metadata alone", MQM_HEAD + FIRST + SECOND.replace("\tr\t", "\t\t").replace(
           "accuracy/omission\tminor", "\t"), "1 row without a rater holds metadata alone", [A]),
    _noted("quoted as CSV", MQM_HEAD + '"mt"\t"d"\t"1"\t"1"\t"r"\t"甲"\t"<v>a</v>"\t"other"\t"major"\n',
           "the file is quoted as CSV", [A]),
    _noted("one text in quotation marks", MQM_HEAD + FIRST.replace("甲", '"甲"'),
           "1 cell stands in quotation marks as a whole (line 2 first)", [A]),
    _noted("CR LF and a byte order mark", "\ufeff" + (MQM_HEAD + FIRST).replace("\n", "\r\n"),
           "1 rated translation", [A]),
    _noted("blank lines between rows", MQM_HEAD + "\n" + FIRST + "\n\n" + SECOND, "", [A, B]),
    _noted("columns in another order",
           "severity\tcategory\ttarget\tsource\trater\tglobalSegId\tdocSegId\tdoc\tsystem\n"
           + "\t".join(reversed(FIRST[:-1].split("\t"))) + "\n", "", [A]),
    _noted("a column more", MQM_HEAD[:-1] + "\tmetadata\n" + FIRST[:-1] + '\t{"a": 1}\n', "", [A]),
    _noted("tabs at the end", MQM_HEAD + FIRST[:-1] + "\t\t\n", "", [A]),
    _noted("no header", FIRST + SECOND, "", [A, B]),
    _noted("white space in the translation",
           MQM_HEAD + FIRST + FIRST.replace("<v>a</v>", "a <v></v>").replace("other", "source"),
           "", [A, ("1", "source", "major", "target", 1, 1)]),
    Noted("mqm_tsv, packed", "two archives in a row", "mqm.tsv.gz",
          gzip.compress((MQM_HEAD + FIRST).encode()) + gzip.compress(SECOND.encode()), "",
          _errors, [A, B]),
]  # fmt: skip


@named(NOTED)
def test_read(case: Noted, tmp_path: Path) -> None:
    noted(case, tmp_path)

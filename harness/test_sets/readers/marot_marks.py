"""The marks of a Marot file's rows: where they stand in the texts of the test set, and which do not
pair up."""

from __future__ import annotations

from pathlib import Path

from harness.errors import InputError
from harness.test_sets.readers.marot_join import Join
from harness.test_sets.readers.marot_rows import Row
from harness.test_sets.readers.spans import Unmarked, remap, unmark

__all__ = ["Marks", "Span"]

#: Side, start and end.
Span = tuple[str, int | None, int | None]


class Marks:
    """Moves the marked spans of rows to the texts that ``join`` finds, and counts faulty marks."""

    def __init__(self, join: Join, file: str | Path | None, *, strict: bool) -> None:
        self.join, self.file, self.strict = join, file, strict
        #: Rows whose marks do not pair up, the first of them, and what is wrong there.
        self.unpaired, self.first_unpaired, self.fault = 0, 0, ""
        #: Rows with marks in another form.
        self.unusual, self.first_unusual = 0, 0

    def placed(self, row: Row, segment_id: str) -> list[Span]:
        """The marked spans, moved to the texts of the test set; those of the source first. Of a
        text whose marks do not pair up there are none."""
        source, target = unmark(row.source), unmark(row.target)
        self._look_at(row, source, target)
        own_source = self.join.source(row, segment_id, source.text)
        own_target = self.join.target(row, segment_id, target.text)
        return [
            *(("source", *remap(source.text, own_source, *span)) for span in source.spans),
            *(("target", *remap(target.text, own_target, *span)) for span in target.spans),
        ]

    def _look_at(self, row: Row, source: Unmarked, target: Unmarked) -> None:
        fault = source.fault or target.fault
        if fault and self.strict:
            text = row.source if source.fault else row.target
            raise InputError(
                "the marks <v> and </v> do not pair up",
                file=self.file,
                line=row.line,
                found=text if len(text) <= 200 else text[:200] + "…",
                expected="each <v> followed by its </v>, not nested",
                remedy="mend the marks; without test_set.strict the error counts, without a span",
            )
        if fault:
            self.unpaired += 1
            if not self.first_unpaired:
                self.first_unpaired, self.fault = row.line, fault
        if not (source.usual and target.usual):
            self.unusual += 1
            self.first_unusual = self.first_unusual or row.line

    def notes(self) -> list[str]:
        """How many rows have such marks, in sentences; nothing where none has."""
        found = []
        name = Path(self.file).name if self.file is not None else "the annotations"
        if self.unpaired:
            rows = "1 row" if self.unpaired == 1 else f"{self.unpaired:,} rows"
            found.append(
                f"{name}: the marks of {rows} do not pair up (line {self.first_unpaired}:"
                f" {self.fault}); such an error counts, without a span in that text"
            )
        if self.unusual:
            rows = "1 row marks" if self.unusual == 1 else f"{self.unusual:,} rows mark"
            found.append(
                f"{name}: {rows} spans otherwise than with <v> and </v> (line"
                f" {self.first_unusual}); they were read as marks"
            )
        return found

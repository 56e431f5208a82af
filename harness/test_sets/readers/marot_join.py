"""Which texts of a test set a row of a Marot file is about, and whether they are the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from harness.errors import InputError, unknown_name
from harness.tables import TestSet
from harness.test_sets.readers.lines import without_space
from harness.test_sets.readers.marot_rows import Row
from harness.test_sets.readers.spans import align

__all__ = ["LEAST_LIKENESS", "Join"]

#: Annotations of a text that has less than this in common with the system's output are refused.
LEAST_LIKENESS = 0.5

_DIFFERENCES = ("none", "white space", "quotation marks", "other")


@dataclass
class Join:
    """Finds the texts of the test set that a row is about, and counts where they differ."""

    test_set: TestSet
    by: Literal["document", "segment"]
    file: str | Path | None
    #: What identifies a segment in a row -> its identifier.
    known: dict[tuple[str, str], str] = field(init=False)
    sources: dict[str, str] = field(init=False)
    hypotheses: dict[tuple[str, str], str] = field(init=False)
    systems: set[str] = field(init=False)
    #: (segment, or system and segment) -> the greatest difference seen, as a place in _DIFFERENCES
    source_differences: dict[str, int] = field(default_factory=dict)
    target_differences: dict[tuple[str, str], int] = field(default_factory=dict)
    #: Texts that were compared already.
    same_source: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        segments, hypotheses = self.test_set.segments, self.test_set.hypotheses
        ids = list(segments["segment_id"])
        self.sources = dict(zip(ids, segments["source"], strict=True))
        pairs = zip(hypotheses["system"], hypotheses["segment_id"], strict=True)
        self.hypotheses = dict(zip(pairs, hypotheses["hypothesis"], strict=True))
        self.systems = set(hypotheses["system"])
        if self.by == "document":
            numbers = segments.groupby("document", sort=False).cumcount() + 1
            places = zip(segments["document"], numbers.astype(str), strict=True)
            self.known = dict(zip(places, ids, strict=True))
        else:
            self.known = {("", segment_id): segment_id for segment_id in ids}

    def segment(self, row: Row) -> str:
        """The identifier of the row's segment."""
        if row.system not in self.systems:
            raise unknown_name("system", row.system, self.systems, file=self.file, line=row.line)
        key = (row.document, row.number) if self.by == "document" else ("", row.segment)
        if key in self.known:
            return self.known[key]
        documents = {document for document, _ in self.known}
        if key[0] not in documents:
            raise unknown_name("document", key[0], documents, file=self.file, line=row.line)
        numbers = [number for document, number in self.known if document == key[0]]
        where = f"the document {key[0]!r}" if self.by == "document" else "the test set"
        column = "docSegId" if self.by == "document" else "globalSegId"
        raise InputError(
            f"there is no segment {key[1]!r} in {where}",
            file=self.file,
            line=row.line,
            expected=f"one of the {len(numbers)} segments {numbers[0]} … {numbers[-1]}"
            if numbers
            else "(there are no segments)",
            remedy=f"the column {column} must hold the segment's number, counted from 1",
        )

    def source(self, row: Row, segment_id: str, annotated: str) -> str:
        """The segment's source; the annotated one must be the same, white space aside."""
        text = self.sources[segment_id]
        if (segment_id, annotated) not in self.same_source:
            if without_space(annotated) != without_space(text):
                raise InputError(
                    f"the source is not that of segment {segment_id}",
                    file=self.file,
                    line=row.line,
                    found=_shortened(annotated),
                    expected=_shortened(text),
                    remedy="the annotations must be of this test set, numbered as its segments are",
                )
            self.same_source.add((segment_id, annotated))
            differs = int(annotated != text)
            seen = self.source_differences.get(segment_id, 0)
            self.source_differences[segment_id] = max(seen, differs)
        return text

    def target(self, row: Row, segment_id: str, annotated: str) -> str:
        """The system's output for the segment, which the annotated text must resemble."""
        key = (row.system, segment_id)
        if key not in self.hypotheses:
            raise InputError(
                f"the system {row.system!r} has no hypothesis for segment {segment_id}",
                file=self.file,
                line=row.line,
                remedy="add the translation, or leave its annotations out",
            )
        text = self.hypotheses[key]
        aligned = align(annotated, text) if annotated != text else None
        if aligned is not None and aligned.likeness < LEAST_LIKENESS:
            raise InputError(
                f"the annotated translation is not that of the system {row.system!r}",
                file=self.file,
                line=row.line,
                found=_shortened(annotated),
                expected=_shortened(text),
                remedy="annotations of another translation say nothing about this one",
            )
        difference = _DIFFERENCES.index(aligned.difference) if aligned is not None else 0
        self.target_differences[key] = max(self.target_differences.get(key, 0), difference)
        return text

    def notes(self) -> list[str]:
        """How many texts differed, in sentences; nothing where none did."""
        found = []
        sources = sum(self.source_differences.values())
        if sources:
            found.append(
                f"{sources:,} of {len(self.source_differences):,} annotated sources differ from"
                " the source text in white space only"
            )
        counts = Counter(_DIFFERENCES[d] for d in self.target_differences.values())
        differing = len(self.target_differences) - counts["none"]
        if differing:
            found.append(
                f"{differing:,} of {len(self.target_differences):,} annotated translations differ"
                f" from the system's output ({counts['white space']:,} in white space only,"
                f" {counts['quotation marks']:,} in quotation marks, {counts['other']:,}"
                " otherwise); the spans marked in them were moved to the output"
            )
        return found


def _shortened(text: str, longest: int = 160) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"

"""A test set and its tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any, Literal

import pandas as pd

from harness.errors import visible
from harness.support.formatting import plural
from harness.tables.columns import RATER, SEGMENT, SYSTEM, TEST_SET
from harness.tables.schema import Column, Schema, table

__all__ = [
    "ANNOTATIONS",
    "DATA_CHECKS",
    "ERROR_SPANS",
    "GIVEN_RATINGS",
    "GOOD",
    "HYPOTHESES",
    "INCORRECT",
    "PHENOMENA",
    "REFERENCES",
    "ROLES",
    "SEGMENTS",
    "SIDES",
    "STORED_SCORES",
    "UNRELATED",
    "DataFile",
    "FullTexts",
    "Role",
    "TestSet",
]

Role = Literal["system", "human", "injected"]
ROLES: tuple[Role, ...] = ("system", "human", "injected")
SIDES: tuple[str, ...] = ("source", "target")
#: The systems of a challenge set; UNRELATED, another segment's translation, only some have (and
#: injected errors: there it is what every drop is compared with).
GOOD, INCORRECT, UNRELATED = "good", "incorrect", "unrelated"

SEGMENTS = Schema(
    "segments",
    "The segments in reading order.",
    (
        TEST_SET,
        SEGMENT,
        Column("document", "text", "the document that the segment belongs to"),
        Column("domain", "text", "the document's domain, e.g. news"),
        Column("source", "text", "the source text"),
    ),
    ("test_set", "segment_id"),
)
REFERENCES = Schema(
    "references",
    "Reference translations; no row where a reference lacks a segment.",
    (
        TEST_SET,
        SEGMENT,
        Column("reference_name", "text", "e.g. refA"),
        Column("reference", "text", "the reference translation"),
    ),
    ("test_set", "segment_id", "reference_name"),
)
HYPOTHESES = Schema(
    "hypotheses",
    "The systems' translations; no row where a system lacks a segment.",
    (
        TEST_SET,
        SYSTEM,
        Column("role", "text", "system (machine), human or injected (with injected errors)"),
        SEGMENT,
        Column("hypothesis", "text", "the translation"),
    ),
    ("test_set", "system", "segment_id"),
)
ANNOTATIONS = Schema(
    "annotations",
    "One row per translation that a rater annotated, even if no error was found.",
    (TEST_SET, SYSTEM, SEGMENT, RATER),
    ("test_set", "system", "segment_id", "rater"),
)
ERROR_SPANS = Schema(
    "error_spans",
    "Marked errors, one row per span; rows of one annotation with the same `error` are one error.",
    (
        TEST_SET,
        SYSTEM,
        SEGMENT,
        RATER,
        Column("error", "integer", "number of the error within its annotation, from 0"),
        Column("category", "text", "first level of the taxonomy, e.g. accuracy"),
        Column("subcategory", "text", "second level, e.g. omission; empty where there is none"),
        Column("severity", "text", "critical, major, minor, neutral"),
        Column("label", "text", "the category as the annotation file has it"),
        Column("side", "text", "the text that holds the span: source or target"),
        Column("start", "integer", "first code point of the span; null: no span", nullable=True),
        Column("end", "integer", "one past the last code point; null: no span", nullable=True),
    ),
)
GIVEN_RATINGS = Schema(
    "given_ratings",
    "Human ratings of segments that come with the test set as numbers, higher is better.",
    (
        TEST_SET,
        SYSTEM,
        SEGMENT,
        Column("rating_name", "text", "the kind of rating, e.g. mqm, wmt-z"),
        Column("rating", "number", "the rating; no row where a segment is not rated"),
    ),
    ("test_set", "system", "segment_id", "rating_name"),
)
STORED_SCORES = Schema(
    "stored_scores",
    "Segment scores of metrics that come with the test set, higher is better.",
    (
        TEST_SET,
        SYSTEM,
        SEGMENT,
        Column("metric", "text", "the metric's name in its file, e.g. COMET-22"),
        Column(
            "reference_name",
            "text",
            "what it used: a reference; src: only the source; file …: a user's file",
        ),
        Column("score", "number", "the score; no row where there is none"),
    ),
    ("test_set", "system", "segment_id", "metric", "reference_name"),
)
PHENOMENA = Schema(
    "phenomena",
    "What is marked in the source: an expression and its kind; a second axis beside categories."
    " One row a part: rows of one segment with the same `expression` are one expression.",
    (
        TEST_SET,
        SEGMENT,
        Column("expression", "integer", "number of the expression in its segment, from 0"),
        Column("phenomenon", "text", "the kind, from a closed list of the test set"),
        Column("start", "integer", "first code point in the source; null: the whole", True),
        Column("end", "integer", "one past the last code point; null: the whole", True),
    ),
)
DATA_CHECKS = Schema(
    "findings",
    "What a check of a test set's texts and ratings found.",
    (
        TEST_SET,
        Column("check", "text", "the check's name, as a card's `explained` has it"),
        Column("severity", "text", "ok; note: worth knowing; problem: the data may be faulty"),
        Column("count", "integer", "how many segments, translations or rows are concerned"),
        Column("where", "text", "the texts concerned, with counts; empty: the whole test set"),
        Column("finding", "text", "what was found, in a sentence"),
        Column("example", "text", "the first case; what is not printable stands as \\uXXXX"),
        Column("explanation", "text", "what the card says of it; empty: nothing"),
    ),
)


_TABLES = (
    *("segments", "references", "hypotheses", "annotations", "error_spans"),
    *("given_ratings", "stored_scores", "phenomena"),
)


@dataclass(frozen=True)
class DataFile:
    """A file that a test set was read from: its name or URL, its size and its sha256."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class FullTexts:
    """The texts that a test set was cut from. A file with one line for each of these (scores of a
    metric, say) is read by it.

    Parameters
    ----------
    n_lines
        Their number of lines.
    lines
        For each segment of the test set, in order, its line in them, counted from 0.
    """

    n_lines: int
    lines: tuple[int, ...]


@dataclass(frozen=True, repr=False, eq=False)
class TestSet:
    """Sources, references and hypotheses, with annotations, ratings and stored scores, each a
    table.

    ``annotations`` and ``error_spans`` are what raters marked; ``given_ratings`` are ratings that
    come as numbers, ``stored_scores`` scores that come with the test set, ``phenomena`` what is
    marked in the source. ``card`` says what it is and who made it (title, licence, citation,
    notice, counts); ``files`` what it was read from; ``notes`` what reading it found, in sentences
    for the report. ``cut_from`` are the full texts of a test set that is a part of them; None: it
    is whole.
    """

    __test__ = False  # not a pytest class

    name: str
    segments: pd.DataFrame
    references: pd.DataFrame
    hypotheses: pd.DataFrame
    annotations: pd.DataFrame = field(default_factory=lambda: table([], ANNOTATIONS))
    error_spans: pd.DataFrame = field(default_factory=lambda: table([], ERROR_SPANS))
    given_ratings: pd.DataFrame = field(default_factory=lambda: table([], GIVEN_RATINGS))
    stored_scores: pd.DataFrame = field(default_factory=lambda: table([], STORED_SCORES))
    phenomena: pd.DataFrame = field(default_factory=lambda: table([], PHENOMENA))
    card: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[DataFile, ...] = ()
    notes: tuple[str, ...] = ()
    cut_from: FullTexts | None = None

    def __repr__(self) -> str:
        return visible(f"<TestSet {self.name}: {', '.join(self._facts())}>")

    def _repr_html_(self) -> str:
        facts = "".join(f"<li>{escape(visible(fact))}</li>" for fact in self._facts())
        title = escape(visible(str(self.card.get("title", self.name))))
        return f"<p>{escape(visible(self.name))}: {title}</p><ul>{facts}</ul>"

    def _facts(self) -> list[str]:
        """Its content in a few words."""
        documents = self.segments["document"].nunique()
        references = self.reference_names
        ratings = list(self.given_ratings["rating_name"].unique())
        return [
            f"{plural(len(self.segments), 'segment')} in {plural(documents, 'document')}",
            plural(len(self.roles), "system"),
            f"references {', '.join(references)}" if references else "no reference",
            *([plural(len(self.annotations), "annotation")] if len(self.annotations) else []),
            *([f"ratings {', '.join(ratings)}"] if ratings else []),
        ]

    @property
    def systems(self) -> list[str]:
        """The systems, machine ones first, each group by name."""
        roles = self.roles
        return sorted(roles, key=lambda s: (ROLES.index(roles[s]), s))

    @property
    def roles(self) -> dict[str, Role]:
        """The role of each system."""
        pairs = self.hypotheses[["system", "role"]].drop_duplicates()
        return dict(zip(pairs["system"], pairs["role"], strict=True))

    @property
    def rated_systems(self) -> list[str]:
        """The systems with at least one annotation or given rating, by name."""
        return sorted({*self.annotations["system"], *self.given_ratings["system"]})

    @property
    def reference_names(self) -> list[str]:
        """The references, in the order of the test set."""
        return list(self.references["reference_name"].unique())

    @property
    def full_texts(self) -> FullTexts:
        """The texts that it was cut from, or its own."""
        n = len(self.segments)
        return self.cut_from or FullTexts(n, tuple(range(n)))

    def without_segments(self, ids: Collection[str]) -> TestSet:
        """The same test set without these segments. Files with a line for each segment of the whole
        test set are still read by their lines."""
        gone = set(ids)
        full = self.full_texts
        own = self.segments["segment_id"]
        lines = tuple(n for n, i in zip(full.lines, own, strict=True) if i not in gone)

        def keep(frame: pd.DataFrame) -> pd.DataFrame:
            return frame[~frame["segment_id"].isin(gone)].reset_index(drop=True)

        tables: dict[str, Any] = {name: keep(getattr(self, name)) for name in _TABLES}
        return replace(
            self,
            **tables,
            cut_from=FullTexts(full.n_lines, lines),
        )

    def with_systems(self, systems: Sequence[str]) -> TestSet:
        """The same test set with these systems only (their annotations too)."""
        chosen = set(systems)

        def keep(frame: pd.DataFrame) -> pd.DataFrame:
            return frame[frame["system"].isin(chosen)].reset_index(drop=True)

        return replace(
            self,
            hypotheses=keep(self.hypotheses),
            annotations=keep(self.annotations),
            error_spans=keep(self.error_spans),
            given_ratings=keep(self.given_ratings),
            stored_scores=keep(self.stored_scores),
        )

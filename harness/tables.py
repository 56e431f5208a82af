"""The vocabulary: a test set, and the named columns of every table that passes between stages.

Every stage of the program is a function from tables to a table. A table is a pandas DataFrame
whose columns a :class:`Schema` names; :func:`conform` checks it. All tables are in long form (one
observation a row), all text offsets count Unicode code points, and every number is
higher-is-better unless its meaning says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

__all__ = [
    "ANNOTATIONS",
    "CATEGORIES",
    "CATEGORY_PRICES",
    "CATEGORY_TESTS",
    "CHALLENGES",
    "DOCUMENT_SCORES",
    "ERROR_SPANS",
    "FINDINGS",
    "GIVEN_RATINGS",
    "GOOD",
    "HYPOTHESES",
    "INCORRECT",
    "INJECTED_PAIRS",
    "INJECTED_SCORES",
    "INJECTIONS",
    "INJECTION_SEVERITY",
    "META",
    "METRICS",
    "METRIC_SPANS",
    "METRIC_TESTS",
    "PENALTY_PROFILE",
    "PHENOMENA",
    "RATER_AGREEMENT",
    "RATER_PROFILE",
    "RATER_RATINGS",
    "RATINGS",
    "REFERENCES",
    "SCHEMAS",
    "SCORES",
    "SEGMENTS",
    "STORED_SCORES",
    "SUBSET_SCORES",
    "SYSTEMS",
    "SYSTEM_INTERVALS",
    "SYSTEM_TESTS",
    "UNRELATED",
    "Column",
    "DataFile",
    "Schema",
    "TableError",
    "TestSet",
    "conform",
    "table",
]

# Text columns hold Python strings whatever else is installed: with pyarrow present pandas would
# take its strings, which refuse what is no valid Unicode instead of letting a check name it.
pd.set_option("mode.string_storage", "python")

Kind = Literal["text", "integer", "number", "flag"]
Role = Literal["system", "human", "injected"]
ROLES: tuple[Role, ...] = ("system", "human", "injected")
SIDES: tuple[str, ...] = ("source", "target")
#: The systems of a challenge set; UNRELATED, another segment's translation, only some have (and
#: injected errors: there it is what every drop is compared with).
GOOD, INCORRECT, UNRELATED = "good", "incorrect", "unrelated"


class TableError(ValueError):
    """A table does not have the columns that its schema names: a defect of the program."""


@dataclass(frozen=True)
class Column:
    """One column: its name, what its values are, whether a value may be missing, what it means."""

    name: str
    kind: Kind
    meaning: str
    nullable: bool = False


@dataclass(frozen=True)
class Schema:
    """The columns of a table, in order, and those that identify a row (``key``)."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


_LARGEST = 2**62
_DTYPES: Mapping[Kind, str] = {
    "text": "str",
    "integer": "Int64",
    "number": "float64",
    "flag": "bool",
}


def table(rows: Any, schema: Schema) -> pd.DataFrame:
    """A DataFrame of ``schema`` from rows (tuples in column order, dicts or a column mapping)."""
    if isinstance(rows, Mapping):
        frame = pd.DataFrame(dict(rows))
    else:
        frame = pd.DataFrame(list(rows))
        if len(frame.columns) == 0:
            frame = pd.DataFrame(columns=schema.names)
        elif not isinstance(frame.columns[0], str):
            frame.columns = pd.Index(schema.names)
    return conform(frame, schema)


def conform(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """``frame`` with exactly the columns of ``schema``, in its order and types.

    Raises
    ------
    TableError
        A column is absent or unknown, a value has another type or is missing where it may not be,
        or two rows have one key.
    """
    absent = [n for n in schema.names if n not in frame.columns]
    unknown = [n for n in frame.columns if n not in schema.names]
    if absent or unknown:
        raise TableError(f"{schema.name}: absent columns {absent}, unknown columns {unknown}")
    result = pd.DataFrame(index=pd.RangeIndex(len(frame)))
    for column in schema.columns:
        values = frame[column.name].reset_index(drop=True)
        wanted: Any = _DTYPES[column.kind]
        try:
            result[column.name] = values if values.dtype == wanted else values.astype(wanted)
        except (TypeError, ValueError) as error:
            raise TableError(f"{schema.name}.{column.name}: {error}") from error
        if not column.nullable and bool(result[column.name].isna().any()):
            row = int(result[column.name].isna().to_numpy().argmax())
            raise TableError(f"{schema.name}.{column.name}: a value is missing in row {row}")
    if schema.key and _repeats(result, schema.key):
        twice = result[result.duplicated(list(schema.key))].iloc[0][list(schema.key)].to_dict()
        raise TableError(f"{schema.name}: two rows have the key {twice}")
    return result


def _repeats(frame: pd.DataFrame, key: Sequence[str]) -> bool:
    """Whether two rows have one key. Codes of the key's columns are joined into one number as
    they come, so that a table of millions of rows needs the memory of two columns more."""
    joined = np.zeros(len(frame), dtype=np.int64)
    combinations = 1
    for name in key:
        codes, values = pd.factorize(frame[name])  # -1: missing
        if combinations > _LARGEST // (len(values) + 1):
            joined, distinct = pd.factorize(joined)
            combinations = len(distinct)
        joined *= len(values) + 1
        joined += codes + 1
        combinations *= len(values) + 1
    joined.sort()
    return bool((joined[1:] == joined[:-1]).any())


_TEST_SET = Column("test_set", "text", "name of the test set")
_SYSTEM = Column("system", "text", "name of the translation system")
_SEGMENT = Column("segment_id", "text", "the segment's identifier, unique in its test set")
_RATER = Column("rater", "text", "the person (or pass) that annotated")
_METRIC = Column("metric", "text", "the metric's name in the config")
_CATEGORY = Column("category", "text", "error category; 'all' for the total")

SEGMENTS = Schema(
    "SEGMENTS",
    "The segments in reading order.",
    (
        _TEST_SET,
        _SEGMENT,
        Column("document", "text", "the document that the segment belongs to"),
        Column("domain", "text", "the document's domain, e.g. news"),
        Column("source", "text", "the source text"),
    ),
    ("test_set", "segment_id"),
)
REFERENCES = Schema(
    "REFERENCES",
    "Reference translations; no row where a reference lacks a segment.",
    (
        _TEST_SET,
        _SEGMENT,
        Column("reference_name", "text", "e.g. refA"),
        Column("reference", "text", "the reference translation"),
    ),
    ("test_set", "segment_id", "reference_name"),
)
HYPOTHESES = Schema(
    "HYPOTHESES",
    "What the systems wrote; no row where a system lacks a segment.",
    (
        _TEST_SET,
        _SYSTEM,
        Column("role", "text", "system (machine), human or injected (errors put in on purpose)"),
        _SEGMENT,
        Column("hypothesis", "text", "the translation"),
    ),
    ("test_set", "system", "segment_id"),
)
ANNOTATIONS = Schema(
    "ANNOTATIONS",
    "A row means that the rater annotated the translation, also where no error was found.",
    (_TEST_SET, _SYSTEM, _SEGMENT, _RATER),
    ("test_set", "system", "segment_id", "rater"),
)
ERROR_SPANS = Schema(
    "ERROR_SPANS",
    "Marked errors, one row a span; rows of one annotation with the same `error` are one error.",
    (
        _TEST_SET,
        _SYSTEM,
        _SEGMENT,
        _RATER,
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
    "GIVEN_RATINGS",
    "Human ratings of segments that come with the test set as numbers, higher is better.",
    (
        _TEST_SET,
        _SYSTEM,
        _SEGMENT,
        Column("rating_name", "text", "the kind of rating, e.g. mqm, wmt-z"),
        Column("rating", "number", "the rating; no row where a segment is not rated"),
    ),
    ("test_set", "system", "segment_id", "rating_name"),
)
STORED_SCORES = Schema(
    "STORED_SCORES",
    "Segment scores of metrics that come with the test set, higher is better.",
    (
        _TEST_SET,
        _SYSTEM,
        _SEGMENT,
        Column("metric", "text", "the metric's name in its file, e.g. COMET-22"),
        Column(
            "reference_name",
            "text",
            "what it used: a reference; src: the source alone; file …: a user's file",
        ),
        Column("score", "number", "the score; no row where there is none"),
    ),
    ("test_set", "system", "segment_id", "metric", "reference_name"),
)
PHENOMENA = Schema(
    "PHENOMENA",
    "What is marked in the source: an expression and its kind; a second axis beside categories."
    " One row a part: rows of one segment with the same `expression` are one expression.",
    (
        _TEST_SET,
        _SEGMENT,
        Column("expression", "integer", "number of the expression in its segment, from 0"),
        Column("phenomenon", "text", "the kind, from a closed list of the test set"),
        Column("start", "integer", "first code point in the source; null: the whole", True),
        Column("end", "integer", "one past the last code point; null: the whole", True),
    ),
)
SCORES = Schema(
    "SCORES",
    "Metric scores, higher is better.",
    (
        _TEST_SET,
        _SYSTEM,
        Column("segment_id", "text", "null: the whole system (corpus score)", nullable=True),
        _METRIC,
        Column("signature", "text", "everything that determines the number"),
        Column("score", "number", "the score; NaN: see status", nullable=True),
        Column("status", "text", "ok, or 'missing: why', or 'failed: why'"),
    ),
    ("test_set", "system", "segment_id", "metric"),
)
DOCUMENT_SCORES = Schema(
    "DOCUMENT_SCORES",
    "Metric scores of whole documents.",
    (
        _TEST_SET,
        _SYSTEM,
        Column("document", "text", "the document"),
        _METRIC,
        Column("signature", "text", "everything that determines the number"),
        Column("score", "number", "corpus score of the document's segments", nullable=True),
        Column("status", "text", "ok, or 'missing: why'"),
        Column("n_segments", "integer", "segments in the document"),
    ),
    ("test_set", "system", "document", "metric"),
)
RATINGS = Schema(
    "RATINGS",
    "Human ratings averaged over raters: minus the weighted penalty, so 0 is best.",
    (
        _TEST_SET,
        _SYSTEM,
        _SEGMENT,
        _CATEGORY,
        Column("rating", "number", "mean over raters of minus the penalty, <= 0"),
        Column("n_raters", "integer", "raters averaged"),
    ),
    ("test_set", "system", "segment_id", "category"),
)
RATER_RATINGS = Schema(
    "RATER_RATINGS",
    "Human ratings by each rater.",
    (
        _TEST_SET,
        _SYSTEM,
        _SEGMENT,
        _RATER,
        _CATEGORY,
        Column("rating", "number", "minus the rater's penalty, <= 0"),
    ),
    ("test_set", "system", "segment_id", "rater", "category"),
)
PENALTY_PROFILE = Schema(
    "PENALTY_PROFILE",
    "How much of each system's penalty each category makes up.",
    (
        _TEST_SET,
        _SYSTEM,
        Column("role", "text", "system, human or injected"),
        Column("view", "text", "the partition of errors into categories"),
        _CATEGORY,
        Column("n_errors", "integer", "errors of the category, all raters"),
        Column("n_major", "integer", "those of them that are major or critical"),
        Column("n_segments", "integer", "rated segments"),
        Column("penalty", "number", "mean penalty a segment (lower is better)"),
        Column("share", "number", "part of the system's whole penalty; NaN if it is 0", True),
    ),
    ("test_set", "system", "view", "category"),
)
META = Schema(
    "META",
    "How well each metric agrees with the human ratings.",
    (
        _TEST_SET,
        Column("level", "text", "system, document or segment"),
        _CATEGORY,
        _METRIC,
        Column("statistic", "text", "e.g. pearson, kendall, pairwise_accuracy"),
        Column("grouping", "text", "none, item (within a segment) or system; score of a system"),
        Column("value", "number", "the statistic; NaN: undefined", nullable=True),
        Column("low", "number", "lower end of the 95 % interval", nullable=True),
        Column("high", "number", "upper end of the 95 % interval", nullable=True),
        Column("n_systems", "integer", "systems compared"),
        Column("n_segments", "integer", "segments that took part"),
        Column("n_pairs", "integer", "pairs or groups that the value is a mean of"),
        Column("n_excluded", "integer", "rated segments' translations that took no part"),
        Column("ceiling", "number", "one rater against the others; NaN: see ceiling_note", True),
        Column("chance", "number", "what a metric without information gets", nullable=True),
        Column("cluster", "integer", "rank cluster, 1 is best; null: not tested", nullable=True),
        Column("note", "text", "why a value is undefined, or what to know of it; may be empty"),
        Column("subset", "text", "what divides the test set: all, domain, document, …"),
        Column("subset_value", "text", "which part this row is about; all: the whole"),
        Column("cluster_holm", "integer", "rank cluster by Holm-adjusted p", nullable=True),
        Column("epsilon", "number", "score difference up to which acc_eq sees a tie", True),
        Column("n_documents", "integer", "documents that took part"),
        Column("unit", "text", "what the bootstrap draws: document, segment; empty: no interval"),
        Column("ceiling_note", "text", "how many raters the ceiling is a mean of, or why none"),
    ),
    (
        *("test_set", "level", "category", "metric", "statistic", "grouping"),
        *("subset", "subset_value"),
    ),
)
METRIC_TESTS = Schema(
    "METRIC_TESTS",
    "Differences between metrics in agreement with the ratings, on the translations both scored.",
    (
        _TEST_SET,
        Column("level", "text", "system, document or segment; all: an average of statistics"),
        Column("statistic", "text", "the statistic compared"),
        Column("grouping", "text", "its grouping"),
        Column("metric_1", "text", "the metric with the higher value"),
        Column("metric_2", "text", "the other"),
        Column("difference", "number", "value of metric_1 minus value of metric_2", True),
        Column("p", "number", "one-sided p: a difference as large among equally good ones", True),
        Column("p_holm", "number", "the same, Holm-adjusted over all pairs of its family", True),
        Column("n_documents", "integer", "documents"),
        Column("category", "text", "category of the ratings; 'all' for the total"),
        Column("value_1", "number", "value of metric_1 on what both scored", nullable=True),
        Column("value_2", "number", "value of metric_2 on the same", nullable=True),
        Column("family", "text", "metrics, or sentinels where one of the two is a sentinel"),
        Column("method", "text", "how p was had"),
        Column("samples", "integer", "draws; 0: none were needed"),
        Column("exact", "flag", "whether p is exact, not estimated from draws"),
        Column("n_systems", "integer", "systems compared"),
        Column("n_segments", "integer", "segments (documents at document level) that took part"),
        Column("n_excluded", "integer", "rated translations without a score of both"),
        Column("note", "text", "why there is no p, or what to know of it; may be empty"),
    ),
    ("test_set", "level", "statistic", "grouping", "category", "metric_1", "metric_2"),
)
CATEGORIES = Schema(
    "CATEGORIES",
    "System-balanced accuracy of each metric on the pairs that one category decides.",
    (
        _METRIC,
        Column("view", "text", "the partition of errors into categories"),
        _CATEGORY,
        Column("value", "number", "system-balanced category accuracy; 0.5 is chance", True),
        Column("low", "number", "lower end of the 95 % interval", nullable=True),
        Column("high", "number", "upper end of the 95 % interval", nullable=True),
        Column("n_eff", "number", "effective number of pairs"),
        Column("n_documents", "integer", "documents with at least one pair"),
        Column("tier", "text", "solid, weak, unreliable or too few"),
        Column("plain", "number", "plain accuracy, which also rewards system identity", True),
        Column("loss_share", "number", "part of all credit that the metric lost", nullable=True),
        Column("n_pairs", "integer", "pairs of translations that the category decides"),
        Column("n_segments", "integer", "segments with such a pair"),
        Column("n_errors", "integer", "errors of the category, all raters and systems"),
        Column("penalty_share", "number", "the category's part of all penalties", nullable=True),
        Column("kind", "text", "metric, sentinel or human"),
        Column("test_set", "text", "name of the test set"),
        Column("note", "text", "why there is no value, or how far to trust it"),
        Column(
            "relative_skill",
            "number",
            "the metric's accuracy above chance over that of a held-out rater on the same labels; "
            "1: as good as a rater; metrics only",
            True,
        ),
        Column("relative_skill_low", "number", "lower end of its 95 % interval", True),
        Column("relative_skill_high", "number", "upper end; NaN: has no bound", nullable=True),
    ),
    ("test_set", "view", "category", "metric"),
)
CATEGORY_SEGMENTS = Schema(
    "CATEGORY_SEGMENTS",
    "The pairs of translations that one category decides, and what each metric makes of them.",
    (
        _TEST_SET,
        Column("view", "text", "the partition of errors into categories"),
        _CATEGORY,
        _SEGMENT,
        Column("system_1", "text", "one system"),
        Column("system_2", "text", "the other"),
        Column("better", "integer", "1 or 2: the system with less of the category"),
        Column(
            "credits",
            "text",
            "a letter for each metric of categories.csv, in its order: R right, E no difference,"
            " W wrong, N no score",
        ),
    ),
    ("test_set", "view", "category", "segment_id", "system_1", "system_2"),
)
CATEGORY_PRICES = Schema(
    "CATEGORY_PRICES",
    "What each metric implicitly charges for a point of penalty of each category, all else equal.",
    (
        _TEST_SET,
        Column("view", "text", "the partition of errors into categories"),
        Column("category", "text", "category of error; 'all': the whole penalty, the unit"),
        _METRIC,
        Column("kind", "text", "metric, sentinel or human (a held-out rater's ratings)"),
        Column("price", "number", "points of the score for a point of penalty", nullable=True),
        Column("low", "number", "lower end of its 95 % interval", nullable=True),
        Column("high", "number", "upper end", nullable=True),
        Column(
            "relative",
            "number",
            "price over that of the whole penalty; 1: in proportion to the penalties, 0: no charge",
            nullable=True,
        ),
        Column("relative_low", "number", "lower end of its 95 % interval", nullable=True),
        Column("relative_high", "number", "upper end", nullable=True),
        Column(
            "against_human",
            "number",
            "the metric's relative price minus that of a held-out rater, both held against the "
            "penalties of the other raters; metrics only",
            nullable=True,
        ),
        Column("against_low", "number", "lower end of its 95 % interval", nullable=True),
        Column("against_high", "number", "upper end", nullable=True),
        Column("p", "number", "two-sided p of the jackknife t-test of it", nullable=True),
        Column(
            "p_holm",
            "number",
            "the same, Holm-adjusted over the view's metrics and judged categories",
            nullable=True,
        ),
        Column("judged", "flag", "whether some metric can be judged on the category"),
        Column(
            "n_translations", "integer", "translations compared; for human, once for each rater"
        ),
        Column("n_marked", "integer", "those of them with a penalty in the category"),
        Column("n_documents", "integer", "documents in which translations differ in the category"),
        Column("note", "text", "why there is no value, or how far to trust it"),
    ),
    ("test_set", "view", "category", "metric"),
)
CATEGORY_TESTS = Schema(
    "CATEGORY_TESTS",
    "Differences between metrics in category accuracy.",
    (
        _TEST_SET,
        Column("view", "text", "the partition of errors into categories"),
        _CATEGORY,
        Column("metric_1", "text", "one metric"),
        Column("metric_2", "text", "the other"),
        Column("difference", "number", "accuracy of metric_1 minus that of metric_2", True),
        Column("low", "number", "lower end of its 95 % interval", True),
        Column("high", "number", "upper end", True),
        Column("p", "number", "two-sided p of the jackknife t-test", True),
        Column("p_holm", "number", "the same, Holm-adjusted within the category", True),
        Column("n_documents", "integer", "documents"),
    ),
    ("test_set", "view", "category", "metric_1", "metric_2"),
)
RATER_AGREEMENT = Schema(
    "RATER_AGREEMENT",
    "How far raters agree on each category; translations with two or more raters count.",
    (
        _TEST_SET,
        Column("view", "text", "the partition of errors into categories"),
        _CATEGORY,
        Column(
            "statistic",
            "text",
            "segment_correlation: of two raters' penalties over the systems of a segment; "
            "second_rater: probability that another rater marks it too; alpha: Krippendorff's, of "
            "its presence; character_f1: of the marked characters, under the same category; "
            "character_f1_any: part of its characters that another rater marked, whatever the "
            "category; span_overlap, span_overlap_any: part of its spans that share a character "
            "with another rater's, of the same and of any category; none: no two raters",
        ),
        Column("value", "number", "the statistic; NaN: see note", nullable=True),
        Column("low", "number", "lower end of the interval (jackknife over documents)", True),
        Column("high", "number", "upper end of the interval", nullable=True),
        Column("chance", "number", "what unrelated raters would get; NaN: not known", True),
        Column("n", "integer", "pairs of raters on a translation, characters, or spans"),
        Column("n_documents", "integer", "documents with a translation of two or more raters"),
        Column("n_errors", "integer", "errors of the category, all raters and systems"),
        Column("penalty_share", "number", "the category's part of all penalties", nullable=True),
        Column("note", "text", "why there is no value; empty otherwise"),
    ),
    ("test_set", "view", "category", "statistic"),
)
RATER_PROFILE = Schema(
    "RATER_PROFILE",
    "How much each rater found, and how strict each is.",
    (
        _TEST_SET,
        _RATER,
        Column("n_translations", "integer", "translations that the rater annotated"),
        Column("n_segments", "integer", "segments among them"),
        Column("n_documents", "integer", "documents among them"),
        Column("n_errors", "integer", "errors that the rater marked"),
        Column("errors_per_translation", "number", "mean number of errors of a translation"),
        Column("major_share", "number", "part of them major or critical; NaN: no errors", True),
        Column("mean_penalty", "number", "mean penalty of a translation"),
        Column("low", "number", "lower end of its interval (jackknife over documents)", True),
        Column("high", "number", "upper end", nullable=True),
        Column(
            "stricter",
            "number",
            "mean penalty minus that of the other raters of the same translations; NaN: no others",
            True,
        ),
        Column("stricter_low", "number", "lower end of its interval", nullable=True),
        Column("stricter_high", "number", "upper end", nullable=True),
        Column("n_shared", "integer", "translations that another rater annotated too"),
        Column("note", "text", "why there is no comparison; empty otherwise"),
    ),
    ("test_set", "rater"),
)
CHALLENGES = Schema(
    "CHALLENGES",
    "How often each metric prefers the good translation of a challenge set's pairs.",
    (
        _TEST_SET,
        _METRIC,
        Column("phenomenon", "text", "what the two translations of a pair differ in"),
        Column("n", "integer", "pairs with both scores whose two texts differ"),
        Column("accuracy", "number", "part of them where good scores higher; a tie is 1/2", True),
        Column("low", "number", "lower end of its 95 % interval (Clopper-Pearson)", True),
        Column("high", "number", "upper end", nullable=True),
        Column("tie_rate", "number", "part of them with equal scores", nullable=True),
        Column(
            "relative_drop",
            "number",
            "mean fall in score from good to incorrect, over that from good to an unrelated "
            "translation; NaN: there is none",
            True,
        ),
        Column("n_drop", "integer", "pairs that the relative drop rests on"),
        Column("n_sources", "integer", "different source texts among the n pairs"),
        Column("n_identical", "integer", "pairs left out: the same text twice"),
        Column("n_missing", "integer", "pairs left out: a score is missing"),
        Column("kind", "text", "metric or sentinel"),
        Column("note", "text", "why there is no value; empty otherwise"),
    ),
    ("test_set", "metric", "phenomenon"),
)

METRICS = Schema(
    "METRICS",
    "The metrics of the run.",
    (
        _METRIC,
        Column("label", "text", "how reports write it"),
        Column("signature", "text", "everything that determines its corpus scores"),
        Column("higher_is_better", "flag", "false: scores in tables are negated"),
        Column("role", "text", "metric or sentinel"),
    ),
    ("metric",),
)
SYSTEMS = Schema(
    "SYSTEMS",
    "Scores and ratings of whole systems.",
    (
        _TEST_SET,
        _SYSTEM,
        Column("role", "text", "system, human or injected"),
        _METRIC,
        Column("signature", "text", "everything that determines the score"),
        Column("score", "number", "the metric's corpus score", nullable=True),
        Column("mean_segment_score", "number", "mean of its segment scores", nullable=True),
        Column("rating", "number", "mean human rating; NaN: not rated", nullable=True),
        Column("n_segments", "integer", "segments scored"),
        Column("n_rated_segments", "integer", "segments rated"),
        Column("n_raters", "number", "mean number of raters of a rated segment"),
        Column("status", "text", "ok, or 'missing: why'"),
    ),
    ("test_set", "system", "metric"),
)
METRIC_SPANS = Schema(
    "METRIC_SPANS",
    "What metrics mark as errors in the hypotheses.",
    (
        _TEST_SET,
        _SYSTEM,
        _SEGMENT,
        _METRIC,
        Column("start", "integer", "first code point of the hypothesis that is marked"),
        Column("end", "integer", "the one after the last"),
        Column("severity", "text", "in the metric's own words; may be empty"),
        Column("category", "text", "in the metric's own words; may be empty"),
    ),
)
SUBSET_SCORES = Schema(
    "SUBSET_SCORES",
    "Scores of parts of the test set, each as one text.",
    (
        _TEST_SET,
        _SYSTEM,
        Column("subset", "text", "what divides: domain, document, phenomenon, length; category"),
        Column("subset_value", "text", "which part; of category: the errors marked, or no error"),
        _METRIC,
        Column("signature", "text", "everything that determines the score"),
        Column("score", "number", "the metric's score of the part as one text", nullable=True),
        Column("status", "text", "ok, or 'missing: why'"),
        Column("n_segments", "integer", "segments of the part"),
    ),
    ("test_set", "system", "subset", "subset_value", "metric"),
)
_DRAWN = (
    Column("unit", "text", "what is drawn or exchanged: segment or document"),
    Column("n_segments", "integer", "segments"),
    Column("n_documents", "integer", "documents"),
    Column("samples", "integer", "resamples or trials"),
    Column("seed", "integer", "of all draws"),
    Column("mode", "text", "exact, or sacrebleu: resamples summed in single precision as there"),
)
SYSTEM_TESTS = Schema(
    "SYSTEM_TESTS",
    "Differences between the scores of systems, every two by every metric.",
    (
        _TEST_SET,
        _METRIC,
        Column("test", "text", "bootstrap (paired) or randomisation (paired approximate)"),
        Column("system_1", "text", "the system with the higher score"),
        Column("system_2", "text", "the other"),
        Column("score_1", "number", "corpus score of system_1", nullable=True),
        Column("score_2", "number", "corpus score of system_2", nullable=True),
        Column("difference", "number", "score_1 minus score_2, at least 0", nullable=True),
        Column("low", "number", "lower end of its interval; bootstrap only", nullable=True),
        Column("high", "number", "upper end of its interval; bootstrap only", nullable=True),
        Column("p", "number", "two-sided p, as sacrebleu defines it; NaN: see note", True),
        Column("p_holm", "number", "the same, Holm-adjusted over all pairs of systems", True),
        *_DRAWN,
        Column("note", "text", "why there is no p, or what to know of it; may be empty"),
    ),
    ("test_set", "metric", "test", "unit", "system_1", "system_2"),
)
SYSTEM_INTERVALS = Schema(
    "SYSTEM_INTERVALS",
    "How sure the score of each system is, and which systems no test tells apart.",
    (
        _TEST_SET,
        _SYSTEM,
        _METRIC,
        Column("score", "number", "the metric's corpus score", nullable=True),
        Column("mean", "number", "mean of the scores on the resamples", nullable=True),
        Column("low", "number", "lower end of the score's bootstrap interval", nullable=True),
        Column("high", "number", "upper end of the score's bootstrap interval", nullable=True),
        Column("cluster", "integer", "rank cluster, 1 is best; null: not tested", nullable=True),
        *_DRAWN,
        Column("note", "text", "why a value is missing, or what to know of it; may be empty"),
    ),
    ("test_set", "metric", "unit", "system"),
)
FINDINGS = Schema(
    "FINDINGS",
    "What a check of a test set's texts and ratings found.",
    (
        _TEST_SET,
        Column("check", "text", "the check's name, as a card's `explained` has it"),
        Column("severity", "text", "ok; note: worth knowing; problem: the data may be faulty"),
        Column("count", "integer", "how many segments, translations or rows are concerned"),
        Column("where", "text", "the texts concerned, with counts; empty: the whole test set"),
        Column("finding", "text", "what was found, in a sentence"),
        Column("example", "text", "the first case; what is not printable stands as \\uXXXX"),
        Column("explanation", "text", "what the card says of it; empty: nothing"),
    ),
)

_INJECTOR = Column("injector", "text", "the kind of error, by its name in the config")
_BASE = Column("base", "text", "the translation that the error was put into")
_SEVERITY = Column("severity", "text", "major or minor: what MQM would give the error")

INJECTIONS = Schema(
    "INJECTIONS",
    "What each metric charges for each kind of error put in on purpose.",
    (
        _METRIC,
        _INJECTOR,
        Column("category", "text", "first level of the taxonomy, e.g. accuracy"),
        _SEVERITY,
        Column("n", "integer", "pairs of a translation and its corruption, both scored"),
        Column("accuracy", "number", "share in which the corruption scores lower; ties half", True),
        Column("tie_rate", "number", "share in which both score the same", nullable=True),
        Column("relative_drop", "number", "mean drop over that for an unrelated sentence", True),
        Column("low", "number", "lower end of the interval of relative_drop", nullable=True),
        Column("high", "number", "upper end", nullable=True),
        Column("accuracy_low", "number", "lower end of the interval of accuracy", nullable=True),
        Column("accuracy_high", "number", "upper end", nullable=True),
        Column("drop", "number", "mean drop in the metric's own points", nullable=True),
        Column("unrelated_drop", "number", "mean drop for an unrelated sentence", nullable=True),
        Column("n_segments", "integer", "segments that the pairs come from"),
        Column("n_documents", "integer", "documents that they come from"),
        Column("n_missing", "integer", "pairs without both scores, left out"),
        Column("resampled", "text", "what the interval leaves out in turn: documents or segments"),
        Column("tier", "text", "measured, or 'n < 30': too few to judge by"),
        Column("subcategory", "text", "second level of the taxonomy; empty where there is none"),
        Column("news_category", "text", "the error's category in the view news"),
        Column("bases", "text", "the translations that the error was put into"),
        _TEST_SET,
        Column("note", "text", "why a value is undefined; empty otherwise"),
    ),
    ("test_set", "metric", "injector"),
)
INJECTED_PAIRS = Schema(
    "INJECTED_PAIRS",
    "Every translation with an error put in, beside the one without it: minimal pairs.",
    (
        _TEST_SET,
        _INJECTOR,
        _SEGMENT,
        _BASE,
        Column("system", "text", "the corrupted translation's name as a system"),
        Column("category", "text", "first level of the taxonomy, e.g. accuracy"),
        Column("subcategory", "text", "second level; empty where there is none"),
        Column("news_category", "text", "the error's category in the view news"),
        _SEVERITY,
        Column("original", "text", "the translation"),
        Column("corrupted", "text", "the same with the error"),
        Column("start", "integer", "first code point that was replaced in the original"),
        Column("end", "integer", "one past the last; equal to start: an insertion"),
        Column("corrupted_end", "integer", "one past the new text, which begins at start too"),
        Column("source_start", "integer", "what in the source licenses the error; null: all", True),
        Column("source_end", "integer", "one past its last code point; null: all", nullable=True),
        Column("n_sites", "integer", "places in the translation where the error fitted"),
    ),
    ("test_set", "injector", "segment_id", "base"),
)
INJECTED_SCORES = Schema(
    "INJECTED_SCORES",
    "The scores of every minimal pair, and of an unrelated sentence in its place.",
    (
        _TEST_SET,
        _METRIC,
        _INJECTOR,
        _SEGMENT,
        _BASE,
        Column("score", "number", "score of the translation without the error", nullable=True),
        Column("injected_score", "number", "score of the one with it", nullable=True),
        Column("unrelated_score", "number", "score of another segment's translation", True),
        Column("outcome", "text", "noticed, tied, misled (the error scores higher) or missing"),
    ),
    ("test_set", "metric", "injector", "segment_id", "base"),
)
INJECTION_SEVERITY = Schema(
    "INJECTION_SEVERITY",
    "Whether each metric charges more for major than for minor injected errors.",
    (
        _METRIC,
        Column("probability", "number", "that a major kind costs more than a minor; ties ½", True),
        Column("kendall", "number", "tau-b of relative drop and severity over kinds", True),
        Column("spearman", "number", "rank correlation of the two", nullable=True),
        Column("n_major", "integer", "kinds of major error that took part"),
        Column("n_minor", "integer", "kinds of minor error"),
        Column("within", "number", "the probability for two errors in one translation", True),
        Column("within_low", "number", "lower end of its interval", nullable=True),
        Column("within_high", "number", "upper end", nullable=True),
        Column("n_pairs", "integer", "pairs of a major and a minor error in one translation"),
        Column("n_translations", "integer", "translations with such a pair"),
        Column("n_few", "integer", "kinds among those compared that have too few pairs"),
        Column("resampled", "text", "what the interval leaves out in turn: documents or segments"),
        _TEST_SET,
        Column("note", "text", "why a value is undefined; empty otherwise"),
    ),
    ("test_set", "metric"),
)

SCHEMAS: tuple[Schema, ...] = (
    SEGMENTS,
    REFERENCES,
    HYPOTHESES,
    ANNOTATIONS,
    ERROR_SPANS,
    GIVEN_RATINGS,
    STORED_SCORES,
    PHENOMENA,
    SCORES,
    DOCUMENT_SCORES,
    RATINGS,
    RATER_RATINGS,
    PENALTY_PROFILE,
    META,
    METRIC_TESTS,
    CATEGORIES,
    CATEGORY_SEGMENTS,
    CATEGORY_PRICES,
    CATEGORY_TESTS,
    RATER_AGREEMENT,
    RATER_PROFILE,
    CHALLENGES,
    METRICS,
    SYSTEMS,
    METRIC_SPANS,
    SUBSET_SCORES,
    SYSTEM_TESTS,
    SYSTEM_INTERVALS,
    INJECTIONS,
    INJECTED_PAIRS,
    INJECTED_SCORES,
    INJECTION_SEVERITY,
    FINDINGS,
)


@dataclass(frozen=True)
class DataFile:
    """A file that a test set was read from: its name or URL, its size and its sha256."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class TestSet:
    """Sources, references, hypotheses and what people and metrics said of them, each a table.

    ``annotations`` and ``error_spans`` are what raters marked; ``given_ratings`` are ratings that
    come as numbers, ``stored_scores`` scores that come with the test set, ``phenomena`` what is
    marked in the source. ``card`` says what it is and who made it (title, licence, citation,
    notice, counts); ``files`` what it was read from; ``notes`` what reading it found, in sentences
    for the report.
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

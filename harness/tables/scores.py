"""Scores of segments, documents and systems, marked spans, and tests between systems."""

from __future__ import annotations

from harness.support.families import FAMILIES
from harness.tables.columns import METRIC, SEGMENT, SYSTEM, TEST_SET
from harness.tables.schema import Column, Schema
from harness.tables.settings import ALPHA, CONFIDENCE

__all__ = [
    "DOCUMENT_SCORES",
    "METRICS",
    "METRIC_SPANS",
    "SCORES",
    "SCORE_DETAILS",
    "SCORE_STATUSES",
    "SUBSET_SCORES",
    "SYSTEMS",
    "SYSTEM_INTERVALS",
    "SYSTEM_TESTS",
]

METRICS = Schema(
    "metrics",
    "The metrics of the run.",
    (
        METRIC,
        Column("label", "text", "how reports write it"),
        Column("signature", "text", "everything that determines its corpus scores"),
        Column("higher_is_better", "flag", "false: scores in tables are negated"),
        Column("role", "text", "metric or sentinel"),
        Column("sees", "text", "of a sentinel, what it sees; empty for metrics"),
        Column("family", "text", f"of a metric, {', '.join(FAMILIES)}; empty for sentinels"),
    ),
    ("metric",),
    file="metrics",
    markdown=True,
    joined=True,
)
SCORES = Schema(
    "scores",
    "Metric scores, higher is better.",
    (
        TEST_SET,
        SYSTEM,
        Column("segment_id", "text", "null: the whole system (corpus score)", nullable=True),
        METRIC,
        Column("signature", "text", "everything that determines the number"),
        Column("score", "number", "the score; NaN: see status", nullable=True),
        Column("status", "text", "ok, or why there is no (full) score: see score_statuses"),
    ),
    ("test_set", "system", "segment_id", "metric"),
    file="scores",
)
DOCUMENT_SCORES = Schema(
    "document_scores",
    "Metric scores of whole documents.",
    (
        TEST_SET,
        SYSTEM,
        Column("document", "text", "the document"),
        METRIC,
        Column("signature", "text", "everything that determines the number"),
        Column("score", "number", "corpus score of the document's segments", nullable=True),
        Column("status", "text", "ok, or 'missing: why'"),
        Column("n_segments", "integer", "segments in the document"),
    ),
    ("test_set", "system", "document", "metric"),
    file="documents",
)
SUBSET_SCORES = Schema(
    "subset_scores",
    "Scores of parts of the test set, each as one text.",
    (
        TEST_SET,
        SYSTEM,
        Column("subset", "text", "kind of part: domain, document, phenomenon, length, category"),
        Column(
            "subset_value", "text", "which part; for category: the category marked, or no error"
        ),
        METRIC,
        Column("signature", "text", "everything that determines the score"),
        Column("score", "number", "the metric's score of the part as one text", nullable=True),
        Column("status", "text", "ok, or 'missing: why'"),
        Column("n_segments", "integer", "segments of the part"),
    ),
    ("test_set", "system", "subset", "subset_value", "metric"),
    file="subset_scores",
)
METRIC_SPANS = Schema(
    "metric_spans",
    "What metrics mark as errors in hypotheses and sources.",
    (
        TEST_SET,
        SYSTEM,
        SEGMENT,
        METRIC,
        Column("start", "integer", "first code point of the text that is marked"),
        Column("end", "integer", "the one after the last"),
        Column("severity", "text", "in the metric's own words; may be empty"),
        Column("category", "text", "in the metric's own words; may be empty"),
        Column("side", "text", "the text that holds the span: source or target"),
        Column("confidence", "number", "the metric's confidence, 0 to 1; NaN: not given", True),
    ),
    file="metric_spans",
)
SCORE_STATUSES = Schema(
    "score_statuses",
    "How scoring ended for the segments of each metric that did not score all of them fully.",
    (
        TEST_SET,
        SYSTEM,
        METRIC,
        Column(
            "status",
            "text",
            "with a score: ok, truncated (part of the texts left out); without: missing (nothing to"
            " score), refused, unreadable, cut, timeout, budget, failed",
        ),
        Column("reason", "text", "why, in a few words; may be empty"),
        Column("n_segments", "integer", "segments"),
    ),
    ("test_set", "system", "metric", "status", "reason"),
    file="score_statuses",
    joined=True,
)
SCORE_DETAILS = Schema(
    "score_details",
    "What metrics return besides the score of a segment.",
    (
        TEST_SET,
        SYSTEM,
        SEGMENT,
        METRIC,
        Column("details", "text", "a JSON object: scores of parts, the raw answer and so on"),
    ),
    ("test_set", "system", "segment_id", "metric"),
    file="score_details",
)
SYSTEMS = Schema(
    "systems",
    "Scores and ratings of whole systems.",
    (
        TEST_SET,
        SYSTEM,
        Column("role", "text", "system, human or injected"),
        METRIC,
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
    file="systems",
    markdown=True,
    joined=True,
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
    "system_tests",
    "Differences between the scores of every two systems, by every metric.",
    (
        TEST_SET,
        METRIC,
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
        Column("note", "text", "why there is no p, or a remark; may be empty"),
        CONFIDENCE,
        ALPHA,
        Column(
            "false_positives",
            "text",
            "how often such a test was found to call equally good systems different at .05; trust "
            "randomisation of documents, the others are there to reproduce published numbers",
        ),
    ),
    ("test_set", "metric", "test", "unit", "system_1", "system_2"),
    file="system_tests",
    joined=True,
)
SYSTEM_INTERVALS = Schema(
    "system_intervals",
    "Intervals and rank clusters of the systems' scores.",
    (
        TEST_SET,
        SYSTEM,
        METRIC,
        Column("score", "number", "the metric's corpus score", nullable=True),
        Column("mean", "number", "mean of the scores on the resamples", nullable=True),
        Column("low", "number", "lower end of the score's bootstrap interval", nullable=True),
        Column("high", "number", "upper end of the score's bootstrap interval", nullable=True),
        Column("cluster", "integer", "rank cluster, 1 is best; null: not tested", nullable=True),
        *_DRAWN,
        Column("note", "text", "why a value is missing, or a remark; may be empty"),
        CONFIDENCE,
    ),
    ("test_set", "metric", "unit", "system"),
    file="system_intervals",
    joined=True,
)

"""What rated test sets say of metrics, and of differences between systems of a run."""

from __future__ import annotations

from harness.tables.categories import ACCURACY, DETECTABLE
from harness.tables.columns import CATEGORY, METRIC, TEST_SET
from harness.tables.schema import Column, Schema
from harness.tables.settings import ALPHA, CONFIDENCE

__all__ = ["AGREED_DIFFERENCES", "METRIC_EVIDENCE", "SLOPES"]

SIGNATURE = Column("signature", "text", "the metric's settings, without versions")
SETS = Column("test_sets", "text", "rated test sets that the numbers come from, joined by ' + '")

SLOPES = Schema(
    "slopes",
    "How fast agreement with raters on the order of two systems grows with their difference in a "
    "metric: Phi(slope × difference).",
    (
        METRIC,
        SIGNATURE,
        SETS,
        Column("slope", "number", "per point of the metric; 0: no difference means anything", True),
        Column("low", "number", "lower end of its interval, for other systems", nullable=True),
        Column("high", "number", "upper end", nullable=True),
        Column("largest", "number", "largest difference among them"),
        Column("n_systems", "integer", "rated systems"),
        Column("n_pairs", "integer", "pairs of systems within a test set"),
        Column(
            "held_out", "text", "a test set that the slope was not fitted to; empty: none", False
        ),
        Column(
            "expected",
            "number",
            "mean agreement that the slope promises on the held-out test set's pairs",
            nullable=True,
        ),
        Column("observed", "number", "agreement observed there", nullable=True),
        CONFIDENCE,
    ),
    ("signature", "held_out"),
)
METRIC_EVIDENCE = Schema(
    "metric_evidence",
    "Which kinds of error the run's metrics are shown to see on a rated test set.",
    (
        METRIC,
        SIGNATURE,
        Column("rated_set", "text", "the rated test set"),
        CATEGORY,
        *ACCURACY,
        Column(
            "p_holm",
            "number",
            "p against chance, Holm-adjusted over all metrics of the evidence and all judged "
            "categories; NaN: not judged",
            nullable=True,
        ),
        DETECTABLE,
        Column("n_metrics", "integer", "metrics over which p is adjusted"),
        CONFIDENCE,
        ALPHA,
    ),
    ("signature", "rated_set", "category"),
    file="metric_evidence",
    markdown=True,
)
AGREED_DIFFERENCES = Schema(
    "agreed_differences",
    "How often differences between systems as large as those of this run agreed with raters on "
    "rated test sets.",
    (
        TEST_SET,
        METRIC,
        Column("system_1", "text", "the system with the higher score"),
        Column("system_2", "text", "the other"),
        Column("difference", "number", "score of system_1 minus that of system_2"),
        Column("agreed", "number", "share of pairs of rated systems that raters ordered alike"),
        Column("agreed_low", "number", "lower end of its interval, for other systems", True),
        Column("agreed_high", "number", "upper end", nullable=True),
        Column(
            "largest",
            "number",
            "largest difference between rated systems; of a larger one, agreed is that of this one",
        ),
        Column(
            "needed_segments",
            "number",
            "segments like these on which a test would most likely (power 0.8) tell the two apart; "
            "NaN: no interval, or no difference",
            nullable=True,
        ),
        Column("n_segments", "integer", "segments of this run"),
        SETS,
        Column("n_pairs", "integer", "pairs of rated systems"),
        Column(
            "missed_by",
            "number",
            "largest error of the promised agreement on a test set that was held out; NaN: one set",
            nullable=True,
        ),
        CONFIDENCE,
    ),
    ("test_set", "metric", "system_1", "system_2"),
    file="agreed_differences",
    markdown=True,
)

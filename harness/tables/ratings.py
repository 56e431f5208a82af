"""Human ratings, what they are made of, and how far raters agree."""

from __future__ import annotations

from harness.tables.columns import CATEGORY, RATER, SEGMENT, SYSTEM, TEST_SET
from harness.tables.schema import Column, Schema
from harness.tables.settings import CONFIDENCE

__all__ = ["PENALTY_PROFILE", "RATER_AGREEMENT", "RATER_PROFILE", "RATER_RATINGS", "RATINGS"]

RATINGS = Schema(
    "ratings",
    "Human ratings averaged over raters: minus the weighted penalty, so 0 is best.",
    (
        TEST_SET,
        SYSTEM,
        SEGMENT,
        CATEGORY,
        Column("rating", "number", "mean over raters of minus the penalty, <= 0"),
        Column("n_raters", "integer", "raters averaged"),
    ),
    ("test_set", "system", "segment_id", "category"),
    file="ratings",
)
RATER_RATINGS = Schema(
    "rater_ratings",
    "Human ratings by each rater.",
    (
        TEST_SET,
        SYSTEM,
        SEGMENT,
        RATER,
        CATEGORY,
        Column("rating", "number", "minus the rater's penalty, <= 0"),
    ),
    ("test_set", "system", "segment_id", "rater", "category"),
    file="ratings_by_rater",
)
PENALTY_PROFILE = Schema(
    "penalty_profile",
    "Each category's share of each system's penalty.",
    (
        TEST_SET,
        SYSTEM,
        Column("role", "text", "system, human or injected"),
        Column("view", "text", "the partition of errors into categories"),
        CATEGORY,
        Column("n_errors", "integer", "errors of the category, all raters"),
        Column("n_major", "integer", "those of them that are major or critical"),
        Column("n_segments", "integer", "rated segments"),
        Column("penalty", "number", "mean penalty per segment (lower is better)"),
        Column("share", "number", "share of the system's total penalty; NaN if that is 0", True),
    ),
    ("test_set", "system", "view", "category"),
    file="penalty_profile",
    markdown=True,
)
RATER_AGREEMENT = Schema(
    "rater_agreement",
    "How far raters agree on each category; translations with two or more raters count.",
    (
        TEST_SET,
        Column("view", "text", "the partition of errors into categories"),
        CATEGORY,
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
        CONFIDENCE,
    ),
    ("test_set", "view", "category", "statistic"),
    file="rater_agreement",
    markdown=True,
)
RATER_PROFILE = Schema(
    "rater_profile",
    "How many errors each rater found, and how strict each rater is.",
    (
        TEST_SET,
        RATER,
        Column("n_translations", "integer", "translations that the rater annotated"),
        Column("n_segments", "integer", "segments among them"),
        Column("n_documents", "integer", "documents among them"),
        Column("n_errors", "integer", "errors that the rater marked"),
        Column("errors_per_translation", "number", "mean number of errors per translation"),
        Column("major_share", "number", "share of them major or critical; NaN: no errors", True),
        Column("mean_penalty", "number", "mean penalty per translation"),
        Column("low", "number", "lower end of its interval (jackknife over documents)", True),
        Column("high", "number", "upper end", nullable=True),
        Column(
            "severity_bias",
            "number",
            "mean penalty minus that of the other raters of the same translations; NaN: no others",
            True,
        ),
        Column("severity_bias_low", "number", "lower end of its interval", nullable=True),
        Column("severity_bias_high", "number", "upper end", nullable=True),
        Column("n_shared", "integer", "translations that another rater annotated too"),
        Column("note", "text", "why there is no comparison; empty otherwise"),
        CONFIDENCE,
    ),
    ("test_set", "rater"),
    file="rater_profile",
    markdown=True,
)

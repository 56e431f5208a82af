"""How well metrics see each category of error."""

from __future__ import annotations

from harness.tables.columns import CATEGORY, METRIC, SEGMENT, TEST_SET
from harness.tables.schema import Column, Schema
from harness.tables.settings import ALPHA, CONFIDENCE

__all__ = [
    "ACCURACY",
    "BASELINE_DIFFERENCES",
    "CATEGORIES",
    "CATEGORY_SEGMENTS",
    "CATEGORY_TESTS",
    "CATEGORY_WEIGHTS",
    "DETECTABLE",
    "METRIC_PAIRS",
]

#: An accuracy, and what it rests on.
ACCURACY = (
    Column("value", "number", "system-balanced category accuracy; 0.5 is chance", True),
    Column("low", "number", "lower end of the interval", nullable=True),
    Column("high", "number", "upper end of the interval", nullable=True),
    Column("n_eff", "number", "effective number of pairs"),
    Column("n_documents", "integer", "documents with at least one pair"),
    Column("tier", "text", "reliable, weak, one rater, unreliable or too few"),
)
DETECTABLE = Column(
    "detectable",
    "number",
    "smallest accuracy above 0.5 that would have been found with power 0.8",
    nullable=True,
)
P_RATERS = Column(
    "p_raters",
    "number",
    "p of leaving out one rater with all documents, where each document has one rater: it speaks "
    "of other raters",
    nullable=True,
)
P_RATERS_HOLM = Column("p_raters_holm", "number", "the same, adjusted as p_holm", nullable=True)
N_RATERS = Column(
    "n_raters", "integer", "raters with a pair; null: no p of other raters", nullable=True
)

CATEGORIES = Schema(
    "categories",
    "System-balanced accuracy of each metric on the pairs that one category decides.",
    (
        METRIC,
        Column("view", "text", "the partition of errors into categories"),
        CATEGORY,
        *ACCURACY,
        Column(
            "plain_accuracy", "number", "plain accuracy, which also rewards system identity", True
        ),
        Column(
            "loss_share",
            "number",
            "share of the total weight on which the metric is wrong",
            nullable=True,
        ),
        Column("n_pairs", "integer", "pairs of translations that the category decides"),
        Column("n_segments", "integer", "segments with such a pair"),
        Column("n_errors", "integer", "errors of the category, all raters and systems"),
        Column("penalty_share", "number", "the category's share of all penalties", nullable=True),
        Column("kind", "text", "metric, sentinel or human"),
        Column("test_set", "text", "name of the test set"),
        Column("note", "text", "why there is no value, or how reliable it is"),
        Column(
            "relative_skill",
            "number",
            "the metric's accuracy above chance over that of a held-out rater on the same labels; "
            "1: as good as a rater; metrics only",
            True,
        ),
        Column("relative_skill_low", "number", "lower end of its interval", True),
        Column("relative_skill_high", "number", "upper end; NaN: has no bound", nullable=True),
        Column("p", "number", "two-sided p of the test of value against 0.5", nullable=True),
        Column(
            "p_holm",
            "number",
            "the same, Holm-adjusted over the view's metrics and judged categories; NaN: not one "
            "of them",
            nullable=True,
        ),
        Column(
            "p_fdr",
            "number",
            "the same, adjusted by Benjamini and Hochberg: for marks of which at most the level "
            "are expected to be false",
            nullable=True,
        ),
        DETECTABLE,
        P_RATERS,
        P_RATERS_HOLM,
        N_RATERS,
        CONFIDENCE,
        ALPHA,
    ),
    ("test_set", "view", "category", "metric"),
    file="categories",
    markdown=True,
    joined=True,
)
CATEGORY_SEGMENTS = Schema(
    "category_segments",
    "The pairs of translations that one category decides, and what each metric makes of them.",
    (
        TEST_SET,
        Column("view", "text", "the partition of errors into categories"),
        CATEGORY,
        SEGMENT,
        Column("system_1", "text", "one system"),
        Column("system_2", "text", "the other"),
        Column("better_system", "integer", "1 or 2: the system with less of the category"),
        Column(
            "outcomes",
            "text",
            "a letter for each metric of categories.csv, in its order: R right, E no difference,"
            " W wrong, N no score",
        ),
    ),
    ("test_set", "view", "category", "segment_id", "system_1", "system_2"),
    file="category_segments",
)
CATEGORY_WEIGHTS = Schema(
    "category_weights",
    "How many points of its own score a metric takes off for one penalty point of a category, all "
    "else equal.",
    (
        TEST_SET,
        Column("view", "text", "the partition of errors into categories"),
        Column("category", "text", "category of error; 'all': the whole penalty, the unit"),
        METRIC,
        Column("kind", "text", "metric, sentinel or human (a held-out rater's ratings)"),
        Column(
            "weight",
            "number",
            "points of the score taken off for a point of penalty",
            nullable=True,
        ),
        Column("low", "number", "lower end of its interval", nullable=True),
        Column("high", "number", "upper end", nullable=True),
        Column(
            "relative_weight",
            "number",
            "weight over that of the whole penalty; 1: in proportion to the penalties, 0: ignored",
            nullable=True,
        ),
        Column("relative_weight_low", "number", "lower end of its interval", nullable=True),
        Column("relative_weight_high", "number", "upper end", nullable=True),
        Column(
            "against_human",
            "number",
            "the metric's relative weight minus that of a held-out rater, both held against the "
            "penalties of the other raters; metrics only",
            nullable=True,
        ),
        Column("against_low", "number", "lower end of its interval", nullable=True),
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
        Column("note", "text", "why there is no value, or how reliable it is"),
        CONFIDENCE,
        ALPHA,
    ),
    ("test_set", "view", "category", "metric"),
    file="category_weights",
    markdown=True,
    joined=True,
)
BASELINE_DIFFERENCES = Schema(
    "baseline_differences",
    "Category accuracy of each metric in focus minus that of the baseline.",
    (
        TEST_SET,
        Column("view", "text", "the partition of errors into categories"),
        CATEGORY,
        METRIC,
        Column("baseline", "text", "the metric that it is compared with"),
        Column("difference", "number", "accuracy of metric minus that of baseline", True),
        Column("low", "number", "lower end of its interval", True),
        Column("high", "number", "upper end", True),
        Column("p", "number", "two-sided p of the jackknife t-test over documents", True),
        Column(
            "p_holm",
            "number",
            "the same, Holm-adjusted over the metrics in focus and the categories of the view in "
            "which both can be judged; NaN: not one of them",
            nullable=True,
        ),
        Column("tier", "text", "reliable, weak or one rater; else why neither can be judged"),
        Column("n_documents", "integer", "documents"),
        CONFIDENCE,
        ALPHA,
    ),
    ("test_set", "view", "category", "metric", "baseline"),
    file="baseline_differences",
    markdown=True,
)
CATEGORY_TESTS = Schema(
    "category_tests",
    "Differences between metrics in category accuracy.",
    (
        TEST_SET,
        Column("view", "text", "the partition of errors into categories"),
        CATEGORY,
        Column("metric_1", "text", "one metric"),
        Column("metric_2", "text", "the other"),
        Column("difference", "number", "accuracy of metric_1 minus that of metric_2", True),
        Column("low", "number", "lower end of its interval", True),
        Column("high", "number", "upper end", True),
        Column("p", "number", "two-sided p of the jackknife t-test", True),
        Column(
            "p_holm",
            "number",
            "the same, Holm-adjusted over all pairs of metrics and the categories in which both "
            "can be judged; NaN: not one of them",
            nullable=True,
        ),
        Column("n_documents", "integer", "documents"),
        P_RATERS,
        P_RATERS_HOLM,
        N_RATERS,
        CONFIDENCE,
        ALPHA,
    ),
    ("test_set", "view", "category", "metric_1", "metric_2"),
    file="category_tests",
    joined=True,
    markdown=True,
)
METRIC_PAIRS = Schema(
    "metric_pairs",
    "How well two metrics together see each category of error: the mean of their ranks within "
    "segments, judged like a metric.",
    (
        TEST_SET,
        Column("view", "text", "the partition of errors into categories: the run's first"),
        CATEGORY,
        Column("metric_1", "text", "one metric"),
        Column("metric_2", "text", "the other"),
        Column("value", "number", "system-balanced accuracy of the two, 0.5 is chance", True),
        Column("low", "number", "lower end of its interval", True),
        Column("high", "number", "upper end", True),
        Column("p", "number", "two-sided p of the jackknife t-test against 0.5", True),
        Column(
            "p_holm",
            "number",
            "the same, Holm-adjusted over all pairs of metrics and the categories in which both "
            "can be judged; NaN: not one of them",
            nullable=True,
        ),
        Column(
            "gain",
            "number",
            "value minus the accuracy of the more accurate of the two metrics",
            True,
        ),
        Column("gain_low", "number", "lower end of its interval", True),
        Column("gain_high", "number", "upper end", True),
        Column(
            "gain_p",
            "number",
            "the larger of the two-sided p of the jackknife t-tests against either metric, so that "
            "it holds whichever is the more accurate one",
            nullable=True,
        ),
        Column("gain_p_holm", "number", "the same, Holm-adjusted like p_holm", True),
        Column("n_eff", "number", "effective number of pairs of translations"),
        Column("n_documents", "integer", "documents"),
        CONFIDENCE,
        ALPHA,
    ),
    ("test_set", "view", "category", "metric_1", "metric_2"),
    file="metric_pairs",
)

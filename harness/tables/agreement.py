"""How well metrics agree with raters."""

from __future__ import annotations

from harness.tables.columns import CATEGORY, METRIC, TEST_SET
from harness.tables.schema import Column, Schema
from harness.tables.settings import ALPHA, CONFIDENCE

__all__ = [
    "META_EVALUATION",
    "METRIC_TESTS",
    "SENTINEL_TESTS",
]

SYSTEM_SCORE = Column(
    "system_score",
    "text",
    "system level: what the score of a system is, mean (of its segment scores) or corpus (the "
    "metric's own score of the whole text); empty at other levels",
)

SCOPE = Column(
    "scope",
    "text",
    "what the row's statement generalises to, as 'other documents and systems' or 'other "
    "documents, these 5 systems'; empty: to nothing",
)
INTERVAL_METHOD = Column(
    "interval_method",
    "text",
    "two-way jackknife, document jackknife, segment jackknife, document bootstrap or segment "
    "bootstrap; empty: no interval",
)

META_EVALUATION = Schema(
    "meta_evaluation",
    "How well each metric agrees with the human ratings.",
    (
        TEST_SET,
        Column("level", "text", "system, document or segment"),
        CATEGORY,
        METRIC,
        Column("statistic", "text", "e.g. pearson, kendall, pairwise_accuracy"),
        Column(
            "grouping",
            "text",
            "among which translations scores are compared: item (within a segment or document), "
            "system, or none; none at system level; weighted: an average",
        ),
        SYSTEM_SCORE,
        Column("value", "number", "the statistic; NaN: undefined", nullable=True),
        Column("low", "number", "lower end of the interval", nullable=True),
        Column("high", "number", "upper end of the interval", nullable=True),
        Column("standard_error", "number", "that the interval is made of", nullable=True),
        Column("degrees", "integer", "degrees of freedom of the interval", nullable=True),
        INTERVAL_METHOD,
        SCOPE,
        Column("n_systems", "integer", "systems compared"),
        Column("n_segments", "integer", "segments that took part"),
        Column("n_pairs", "integer", "pairs or groups that the value is a mean of"),
        Column("n_excluded", "integer", "rated translations that were left out"),
        Column("ceiling", "number", "one rater against the others; NaN: see ceiling_note", True),
        Column("chance", "number", "what a metric without information gets", nullable=True),
        Column("chance_sd", "number", "standard deviation of such metrics; NaN: unknown", True),
        Column(
            "cluster",
            "integer",
            "rank cluster by adjusted p, 1 is best; null: not tested",
            nullable=True,
        ),
        Column(
            "in_best_set",
            "flag",
            "whether it is the observed best metric or not shown worse than that, by adjusted p; "
            "false too where there is no cluster",
        ),
        Column("note", "text", "why a value is undefined, or what to know of it; may be empty"),
        Column("subset", "text", "what divides the test set: all, domain, document, …"),
        Column("subset_value", "text", "which part this row is about; all: the whole"),
        Column(
            "cluster_unadjusted",
            "integer",
            "rank cluster by p before adjustment, as published tables have it; tests by exchange",
            nullable=True,
        ),
        Column("epsilon", "number", "score difference up to which acc_eq sees a tie", True),
        Column(
            "rater_low",
            "number",
            "lower end of the interval over raters, where each document has one rater and there "
            "are six or more",
            nullable=True,
        ),
        Column("rater_high", "number", "its upper end", nullable=True),
        Column("tie_rate", "number", "acc_eq: share of pairs that the metric ties", True),
        Column("human_tie_rate", "number", "acc_eq: share of pairs that people tie", True),
        Column(
            "n_constant",
            "integer",
            "Pearson by item: segments where the metric is constant and people are not",
            nullable=True,
        ),
        Column("n_documents", "integer", "documents that took part"),
        Column("ceiling_note", "text", "how many raters the ceiling is a mean of, or why none"),
        CONFIDENCE,
    ),
    (
        *("test_set", "level", "category", "metric", "statistic", "grouping"),
        *("system_score", "subset", "subset_value"),
    ),
    file="meta_evaluation",
    markdown=True,
    joined=True,
)
METRIC_TESTS = Schema(
    "metric_tests",
    "Differences between metrics in agreement with the ratings, on the translations both scored.",
    (
        TEST_SET,
        Column("level", "text", "system, document or segment; all: an average of statistics"),
        Column("statistic", "text", "the statistic compared"),
        Column("grouping", "text", "its grouping"),
        SYSTEM_SCORE,
        Column("metric_1", "text", "the metric with the higher value"),
        Column("metric_2", "text", "the other"),
        Column("difference", "number", "value of metric_1 minus value of metric_2", True),
        Column("low", "number", "lower end of the difference's interval, not adjusted", True),
        Column("high", "number", "its upper end; where it disagrees with p, p speaks", True),
        Column("standard_error", "number", "of the difference", nullable=True),
        Column("degrees", "integer", "degrees of freedom of t", nullable=True),
        Column("p", "number", "p of a difference as large among equally good ones", True),
        Column("p_adjusted", "number", "the same, adjusted over all pairs of its family", True),
        Column("adjustment", "text", "holm or max_t (single-step, by flipping signs)"),
        Column("sides", "integer", "2: p is two-sided; 1: one-sided, as published tables have it"),
        Column("smallest_p", "number", "the smallest p_adjusted that is possible", True),
        Column(
            "detectable",
            "number",
            "the smallest true difference that is found with power .8, at alpha over the number "
            "of pairs",
            True,
        ),
        Column("n_documents", "integer", "documents"),
        Column("category", "text", "category of the ratings; 'all' for the total"),
        Column(
            "value_1", "number", "value of metric_1 on the translations both scored", nullable=True
        ),
        Column("value_2", "number", "value of metric_2 on the same", nullable=True),
        Column("family", "text", "metrics, or sentinels where one of the two is a sentinel"),
        Column("method", "text", "how p was computed, and what is known of its level"),
        Column(
            "holds_level",
            "flag",
            "whether simulations found false positives of such tests at their level: only then do "
            "sentences rest on them",
        ),
        SCOPE,
        Column(
            "p_raters",
            "number",
            "p of leaving out one rater with all documents, where each document has one rater: it "
            "speaks of other raters",
            nullable=True,
        ),
        Column("p_raters_adjusted", "number", "the same, Holm-adjusted over the family", True),
        Column(
            "n_raters",
            "integer",
            "raters, where each document has one; null: segments have several",
            nullable=True,
        ),
        Column("samples", "integer", "draws (max_t: of signs); 0: none were needed"),
        Column("seed", "integer", "seed of the draws; null: none", nullable=True),
        Column("exact", "flag", "whether p and p_adjusted are computed, not estimated from draws"),
        Column("n_systems", "integer", "systems compared"),
        Column("n_segments", "integer", "segments (documents at document level) that took part"),
        Column("n_excluded", "integer", "rated translations without a score of both"),
        Column("note", "text", "why there is no p, or what to know of it; may be empty"),
        CONFIDENCE,
        ALPHA,
    ),
    (
        *("test_set", "level", "statistic", "grouping", "system_score"),
        *("category", "metric_1", "metric_2"),
    ),
    file="metric_tests",
    joined=True,
)
SENTINEL_TESTS = Schema(
    "sentinel_tests",
    "Whether each metric is shown to beat a constant and the best sentinel: who does not may lead "
    "all others, and still nothing is known in its favour.",
    (
        TEST_SET,
        Column("level", "text", "system, document or segment; all: an average of statistics"),
        Column("statistic", "text", "the statistic compared"),
        Column("grouping", "text", "its grouping"),
        SYSTEM_SCORE,
        CATEGORY,
        METRIC,
        Column(
            "opponent",
            "text",
            "the harder to beat of the best sentinel and a metric that gives everything one score, "
            "(constant); tests by exchange know no constant",
        ),
        Column("value", "number", "the metric's value on what both scored", nullable=True),
        Column("opponent_value", "number", "the opponent's value on the same", nullable=True),
        Column("p", "number", "1 where the metric is not the better one; NaN: no test", True),
        Column("p_adjusted", "number", "the same, Holm-adjusted over the metrics", True),
        Column("sides", "integer", "2: p is two-sided; 1: one-sided"),
        Column("beats", "flag", "whether p_adjusted is at most alpha"),
        Column("method", "text", "how p was computed"),
        Column(
            "holds_level",
            "flag",
            "whether simulations found false positives of such tests at their level: only then do "
            "sentences rest on them",
        ),
        SCOPE,
        ALPHA,
    ),
    (
        *("test_set", "level", "statistic", "grouping", "system_score"),
        *("category", "metric"),
    ),
    file="sentinel_tests",
    joined=True,
)

"""Minimal pairs: challenge sets and injected errors."""

from __future__ import annotations

from harness.tables.columns import METRIC, SEGMENT, TEST_SET
from harness.tables.schema import Column, Schema
from harness.tables.settings import CONFIDENCE

__all__ = [
    "ATTACKS",
    "CHALLENGES",
    "INJECTED_PAIRS",
    "INJECTED_SCORES",
    "INJECTIONS",
    "INJECTION_SEVERITY",
]

ATTACKS = Schema(
    "attacks",
    "Which rank each metric gives to texts that no reader would take for a translation.",
    (
        TEST_SET,
        METRIC,
        Column("attack", "text", "how the text is made"),
        Column("score", "number", "its corpus score"),
        Column(
            "rank", "integer", "its rank among the machine systems, below those with the same score"
        ),
        Column("n_systems", "integer", "machine systems"),
        Column("middle_system", "text", "the median system, from which some texts are made"),
        Column("middle_score", "number", "that system's corpus score"),
        Column(
            "segments_won",
            "number",
            "share of segments on which the text scores at least as high as that system",
            nullable=True,
        ),
    ),
    ("test_set", "metric", "attack"),
    file="attacks",
    markdown=True,
)
CHALLENGES = Schema(
    "challenges",
    "How often each metric prefers the good translation of a challenge set's pairs.",
    (
        TEST_SET,
        METRIC,
        Column(
            "phenomenon", "text", "the kind of difference between the two translations of a pair"
        ),
        Column(
            "control",
            "flag",
            "whether the kind is a control, not an error: claims leave it out",
        ),
        Column("n", "integer", "pairs with both scores whose two texts differ"),
        Column("accuracy", "number", "share of them where good scores higher; a tie is 1/2", True),
        Column("low", "number", "lower end of its interval (Clopper-Pearson)", True),
        Column("high", "number", "upper end", nullable=True),
        Column("tie_rate", "number", "share of them with equal scores", nullable=True),
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
        CONFIDENCE,
    ),
    ("test_set", "metric", "phenomenon"),
    file="challenges",
    markdown=True,
)
_INJECTOR = Column("injector", "text", "the kind of error, by its name in the config")
_BASE = Column("base", "text", "the translation that received the error")
_SEVERITY = Column("severity", "text", "major or minor: what MQM would give the error")
INJECTIONS = Schema(
    "injections",
    "How each metric scores each kind of injected error.",
    (
        METRIC,
        _INJECTOR,
        Column("category", "text", "first level of the taxonomy, e.g. accuracy"),
        _SEVERITY,
        Column("n", "integer", "minimal pairs with both scores"),
        Column(
            "accuracy",
            "number",
            "share in which the text with the error scores lower; ties half",
            True,
        ),
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
        Column("tier", "text", "measured, or 'n < …': fewer pairs than minimum_pairs"),
        Column("subcategory", "text", "second level of the taxonomy; empty where there is none"),
        Column("news_category", "text", "the error's category in the view news"),
        Column("bases", "text", "the translations that the error was put into"),
        TEST_SET,
        Column("note", "text", "why a value is undefined; empty otherwise"),
        CONFIDENCE,
        Column("minimum_pairs", "integer", "pairs from which on a kind counts as measured"),
    ),
    ("test_set", "metric", "injector"),
    file="injections",
    markdown=True,
    joined=True,
)
INJECTED_PAIRS = Schema(
    "injected_pairs",
    "Minimal pairs: every translation with an injected error, and the same one without it.",
    (
        TEST_SET,
        _INJECTOR,
        SEGMENT,
        _BASE,
        Column("system", "text", "the name of the translation with the error as a system"),
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
    file="injected_pairs",
)
INJECTED_SCORES = Schema(
    "injected_scores",
    "The scores of every minimal pair, and of an unrelated sentence.",
    (
        TEST_SET,
        METRIC,
        _INJECTOR,
        SEGMENT,
        _BASE,
        Column("score", "number", "score of the translation without the error", nullable=True),
        Column(
            "injected_score", "number", "score of the translation with the error", nullable=True
        ),
        Column("unrelated_score", "number", "score of another segment's translation", True),
        Column("outcome", "text", "noticed, tied, misled (the error scores higher) or missing"),
    ),
    ("test_set", "metric", "injector", "segment_id", "base"),
    file="injected_scores",
)
INJECTION_SEVERITY = Schema(
    "injection_severity",
    "Whether each metric's score falls more for major than for minor injected errors.",
    (
        METRIC,
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
        TEST_SET,
        Column("note", "text", "why a value is undefined; empty otherwise"),
        CONFIDENCE,
    ),
    ("test_set", "metric"),
    file="injection_severity",
    markdown=True,
)

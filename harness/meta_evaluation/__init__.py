"""Meta-evaluation: scores x ratings -> how well each metric agrees with people.

Injected systems take no part, human translations only where they are asked for. Every value comes
with the number of systems, documents, segments and pairs behind it and the number of translations
left out because a score or rating is missing; with what a metric without information and one
rater held out get; and with its place among the metrics, by tests of every pair.
"""

from __future__ import annotations

from harness.meta_evaluation.averages import Average
from harness.meta_evaluation.settings import Resampling, Testing
from harness.meta_evaluation.stage import MetaEvaluation, compare_with_ratings, meta_evaluate

__all__ = [
    "Average",
    "MetaEvaluation",
    "Resampling",
    "Testing",
    "compare_with_ratings",
    "meta_evaluate",
]

"""The names of statistics of agreement in the report."""

from __future__ import annotations

from collections.abc import Mapping

from harness.support.formatting import humanise

__all__ = ["GROUPINGS", "grouping_label", "statistic_label"]

LABELS: Mapping[str, str] = {
    "pearson": "Pearson r",
    "spearman": "Spearman rho",
    "kendall": "Kendall tau-b",
    "kendall_b": "Kendall tau-b",
    "tau_b": "Kendall tau-b",
    "kendall_c": "Stuart tau-c",
    "tau_c": "Stuart tau-c",
    "acc_eq": "Accuracy with ties (acc-eq)",
    "tau_eq": "Kendall tau with ties (tau-eq)",
    "pdp_pearson": "PDP Pearson r",
    "spa": "Soft pairwise accuracy",
    "average": "Average of statistics",
}
GROUPINGS: Mapping[str, str] = {
    "none": "all together",
    "item": "within segments",
    "system": "within systems",
    "weighted": "weighted mean",
}
SYSTEM_SCORES: Mapping[str, str] = {
    "corpus": "corpus scores",
    "mean": "mean of segment scores",
}
WITHIN_DOCUMENTS = {"item": "within documents"}


def statistic_label(name: str) -> str:
    """The name of a statistic in the report."""
    return LABELS.get(name.lower(), humanise(name).capitalize())


def grouping_label(level: str, grouping: str, system_score: str) -> str:
    """What a statistic compares: what the score of a system is, or its grouping in words."""
    if system_score:
        return SYSTEM_SCORES.get(system_score, humanise(system_score))
    if level == "document" and grouping in WITHIN_DOCUMENTS:
        return WITHIN_DOCUMENTS[grouping]
    return GROUPINGS.get(grouping, humanise(grouping))

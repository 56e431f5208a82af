"""What can be said of plain texts that were compared: the same sentences as of a run's systems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from harness.claims.claim import Claim, Facts, Rule
from harness.claims.decision import SystemDecision
from harness.claims.from_evidence import AgreedDifferences, SeenOnRatedSets
from harness.claims.unanswered import DataProblems
from harness.evidence import Evidence, metric_evidence, system_differences
from harness.metrics import Languages, Metric
from harness.report.summary import metric_table
from harness.system_comparison.rows import Row
from harness.tables import SYSTEMS, conform
from harness.test_sets.doctor import DataWarning

__all__ = ["P_VALUES", "TEXTS", "claims_on_texts"]

#: What stands for the name of a test set.
TEXTS = "texts"
#: What the two p-values are, for whoever reads them side by side.
P_VALUES = (
    "p (randomisation): how often a difference this large arises when the two texts' segments or "
    "documents are exchanged at random; the sentences below rest on it. p (bootstrap): from draws "
    "with replacement, as sacrebleu computes it; at .05 it calls equal systems different in 10 to "
    "15 % of cases."
)


def claims_on_texts(
    metrics: Mapping[str, Metric],
    intervals: Mapping[str, Sequence[Row]],
    tests: pd.DataFrame,
    *,
    n_references: int,
    languages: Languages,
    evidence: Evidence | None,
    warnings: Sequence[DataWarning] = (),
) -> list[Claim]:
    """What the ``tests`` (table SYSTEM_TESTS) decide, and what ``evidence`` says of such
    differences and of the metrics, where the texts are from Chinese to English. ``intervals`` are
    the rows of SYSTEM_INTERVALS of each metric; where one of the ``warnings`` makes the scores
    meaningless, only that is said."""
    listed = metric_table(metrics, {}, n_references)
    tables = {"metrics": listed, "systems": _systems(intervals), "system_tests": tests}
    if evidence is not None and languages == Languages():
        tables["agreed_differences"] = system_differences(evidence, listed, tests)
        tables["metric_evidence"] = metric_evidence(evidence, listed)
    facts = Facts(tables, {key: metric.name for key, metric in metrics.items()}, warnings)
    rules: Sequence[Rule] = (SystemDecision(), AgreedDifferences(), SeenOnRatedSets())
    if any(warning.voids for warning in warnings):
        rules = (DataProblems(),)
    return [claim for rule in rules for claim in rule.claims(facts)]


def _systems(intervals: Mapping[str, Sequence[Row]]) -> pd.DataFrame:
    """Table SYSTEMS with the scores; the texts are taken for machine translations."""
    found = [
        {
            "test_set": TEXTS, "system": row["system"], "role": "system", "metric": metric,
            "signature": "", "score": row["score"], "mean_segment_score": None, "rating": None,
            "n_segments": row["n_segments"], "n_rated_segments": 0, "n_raters": 0.0,
            "status": "ok",
        }
        for metric, own in intervals.items()
        for row in {r["system"]: r for r in own}.values()
    ]  # fmt: skip
    return conform(pd.DataFrame(found, columns=SYSTEMS.names), SYSTEMS)

"""The results of a run: those of its stages, and their tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from harness.claims.claim import Claim, Facts, Rule
from harness.claims.collection import claims_of, findings, verdict
from harness.error_categories.baseline import baseline_differences
from harness.error_categories.quality import CategoryQuality
from harness.meta_evaluation import MetaEvaluation
from harness.ratings.human_agreement import AgreementResult
from harness.runs.stages import EvidenceTables, InjectedErrors, Rated
from harness.runs.text_digests import text_digests
from harness.scoring.stage import ScoreResult
from harness.system_comparison.stage import SystemComparison
from harness.tables import TestSet
from harness.test_sets.doctor import DataWarning

__all__ = ["Results"]


@dataclass(frozen=True)
class Results:
    """The results of every stage; None for a stage that had nothing to do.

    ``test_set`` and ``scored`` include injected systems if these are compared like others.
    ``labels`` are the names of metrics and sentinels in reports; ``rules`` those that say what may
    be said; ``warnings`` the problems of the texts. ``focus`` are metrics that are compared with
    ``baseline``, if there is one.
    """

    test_set: TestSet
    scored: ScoreResult
    metrics: pd.DataFrame
    systems: pd.DataFrame
    between: SystemComparison
    evidence: EvidenceTables
    attacks: pd.DataFrame
    rated: Rated
    raters: AgreementResult | None
    subset_scores: pd.DataFrame
    injected: InjectedErrors | None
    agreement: MetaEvaluation | None
    categories: CategoryQuality | None
    challenges: pd.DataFrame
    labels: Mapping[str, str]
    rules: Mapping[str, Rule]
    warnings: Sequence[DataWarning] = ()
    focus: Sequence[str] = ()
    baseline: str | None = None

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables that have rows, by name."""
        named = {
            "texts": text_digests(self.test_set),
            "metrics": self.metrics,
            "scores": self.scored.scores,
            "document_scores": self.scored.documents,
            "metric_spans": self.scored.spans,
            "score_statuses": self.scored.statuses,
            "score_details": self.scored.extra,
            "system_tests": self.between.tests,
            "system_intervals": self.between.intervals,
            "agreed_differences": self.evidence.differences,
            "metric_evidence": self.evidence.metrics,
            "ratings": self.rated.ratings,
            "rater_ratings": self.rated.by_rater,
            "penalty_profile": self.rated.profile,
        }
        if self.raters is not None:
            named |= {
                "rater_agreement": self.raters.agreement,
                "rater_profile": self.raters.profile,
            }
        named["subset_scores"] = self.subset_scores
        if self.injected is not None:
            named |= self.injected.result.tables
        named["systems"] = self.systems
        if self.agreement is not None:
            named |= {
                "meta_evaluation": self.agreement.meta,
                "metric_tests": self.agreement.tests,
                "sentinel_tests": self.agreement.sentinels,
            }
        if self.categories is not None:
            named |= self.categories.tables
            if self.baseline is not None:
                named["baseline_differences"] = baseline_differences(
                    self.categories.result.tests,
                    self.categories.result.categories,
                    self.focus,
                    self.baseline,
                )
        named["challenges"] = self.challenges
        named["attacks"] = self.attacks
        return {name: frame for name, frame in named.items() if len(frame)}

    @cached_property
    def claims(self) -> list[Claim]:
        """Every sentence about metrics and systems, with its evidence."""
        first = None if self.categories is None else self.categories.result.first
        year = self.test_set.card.get("year")
        facts = Facts(
            tables=self.tables,
            labels=self.labels,
            warnings=self.warnings,
            first_view=first,
            test_set=self.test_set.name,
            year=year if isinstance(year, int) else None,
        )
        return claims_of(self.rules, facts)

    @cached_property
    def sentences(self) -> list[str]:
        """The results beyond the verdict, in sentences."""
        return [claim.text for claim in findings(self.claims)]

    @cached_property
    def verdict(self) -> str:
        """The main results in a few sentences; '' without metrics."""
        return verdict(self.claims)

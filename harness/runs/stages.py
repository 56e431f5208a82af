"""The stages of a run, each a function from a setup and earlier results to tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
from omegaconf import OmegaConf

from harness.error_categories import quality
from harness.error_categories.quality import CategoryQuality
from harness.errors import InputError, unknown_name, visible
from harness.evidence import metric_evidence, system_differences
from harness.meta_evaluation import MetaEvaluation, compare_with_ratings
from harness.metrics import Metric
from harness.metrics.batch import Languages
from harness.metrics.file_warnings import file_warnings
from harness.metrics.groups import with_members
from harness.metrics.stored import with_score_files
from harness.minimal_pairs.attacks import attack_ranks, attacked, middle_system
from harness.minimal_pairs.injected_systems import InjectedSystems, inject
from harness.minimal_pairs.injections import InjectionResult, injections, scorable
from harness.ratings.human_agreement import AgreementResult, human_agreement
from harness.ratings.rated import Rated
from harness.ratings.rated import rate as rate_test_set
from harness.ratings.rating import choose_rating
from harness.ratings.views import error_table
from harness.runs.setup import Setup
from harness.scoring.stage import ScoreResult, plan_scores, score_test_set
from harness.scoring.subset_scores import subset_scores
from harness.scoring.surroundings import languages_of, suited
from harness.scoring.texts import reference_count
from harness.system_comparison.stage import SystemComparison, compare_systems
from harness.tables import AGREED_DIFFERENCES, ATTACKS, METRIC_EVIDENCE, TestSet, table
from harness.test_sets import doctor
from harness.test_sets.configured import read_configured
from harness.test_sets.left_out import REFUSE, LeftOut, leave_out_unreferenced
from harness.test_sets.selection import choose_references, choose_systems
from harness.test_sets.subsets import subsets_of

__all__ = [
    "EvidenceTables",
    "InjectedErrors",
    "Material",
    "Rated",
    "agree_of_raters",
    "agreement",
    "attack",
    "category_quality",
    "inject_errors",
    "joined_scores",
    "judge_injected",
    "look_up",
    "plan_pieces",
    "rate",
    "read",
    "score",
    "score_injected",
    "score_subsets",
    "systems_compared",
]


@dataclass(frozen=True)
class Material:
    """The input of a run: the ``test_set`` with the selected systems, the ``references`` that the
    metrics are given, and the ``rating`` that they are compared with (the name of given ratings, or
    'annotations'). ``whole`` is the test set with all its systems. ``metrics`` and ``sentinels``
    map names in tables to objects; groups of metrics are replaced by their members.
    ``score_warnings`` say what may be wrong with stored scores, and ``score_sources`` are their
    cards. ``left_out`` says which segments are not in ``test_set``, and why."""

    test_set: TestSet
    whole: TestSet
    references: Sequence[str]
    rating: str
    metrics: Mapping[str, Metric]
    sentinels: Mapping[str, Metric]
    score_warnings: Sequence[str] = ()
    score_sources: Sequence[Mapping[str, Any]] = ()
    left_out: Sequence[str] = ()

    @property
    def sources(self) -> list[dict[str, str]]:
        """Whose data the run reads: title, licence and citation, the test set first."""
        cards = [{"title": self.whole.name, **self.whole.card}, *self.score_sources]
        return [
            {key: str(card.get(key) or "not stated") for key in ("title", "licence", "citation")}
            for card in cards
        ]

    @property
    def scorers(self) -> dict[str, Metric]:
        """The metrics, then the sentinels."""
        return {**self.metrics, **self.sentinels}

    @property
    def labels(self) -> dict[str, str]:
        """The names of metrics and sentinels in reports."""
        return {key: metric.name for key, metric in self.scorers.items()}

    def warnings(self) -> list[doctor.DataWarning]:
        """Problems that a quick check of texts and stored scores finds and the card does not
        explain. Those of a reference or system that is not in use void nothing."""
        used = {"", *self.references, *self.test_set.systems}
        others = [*self.left_out, *self.score_warnings]
        return [
            *(replace(w, voids=w.voids and w.owner in used) for w in doctor.warnings(self.whole)),
            *(doctor.DataWarning(visible(text), voids=False) for text in others),
        ]

    @property
    def n_references(self) -> int:
        """The number of references of a segment, or VARYING."""
        return reference_count(self.test_set, self.references)


@dataclass(frozen=True)
class InjectedErrors:
    """Injected errors: the ``systems`` with errors, their ``scores``, and how each metric scores
    each kind of error (``result``)."""

    systems: InjectedSystems
    scores: ScoreResult
    result: InjectionResult


@dataclass(frozen=True)
class EvidenceTables:
    """What rated test sets say of systems that nobody rated (table AGREED_DIFFERENCES) and of the
    metrics (table METRIC_EVIDENCE)."""

    differences: pd.DataFrame = field(default_factory=lambda: table([], AGREED_DIFFERENCES))
    metrics: pd.DataFrame = field(default_factory=lambda: table([], METRIC_EVIDENCE))


def read(setup: Setup) -> Material:
    """Read the test set and choose references, systems and the rating."""
    given, dropped = read_configured(setup.config.test_set)
    rating, whole = choose_rating(given, setup.rating)
    members = with_members(whole, setup.metrics)
    _check_compared(setup, members.metrics)
    whole = with_score_files(members.test_set, members.metrics)
    references = choose_references(whole, setup.references)
    test_set = choose_systems(
        whole,
        setup.system_names,
        references=references,
        include_references=setup.include_references,
    )
    scorers = {**members.metrics, **members.sentinels, **setup.sentinels}
    if references and any(metric.needs.reference for metric in scorers.values()):
        test_set, lost = leave_out_unreferenced(test_set, references)
        if lost is not None and setup.missing_reference == REFUSE:
            raise _refused(setup, whole, references, lost)
        dropped += [] if lost is None else [str(lost)]
    languages = languages_of(whole)
    return Material(
        test_set,
        whole,
        references,
        rating,
        metrics=suited(members.metrics, languages),
        sentinels=suited({**members.sentinels, **setup.sentinels}, languages),
        score_warnings=[*members.warnings, *file_warnings(whole, members.metrics)],
        score_sources=members.sources,
        left_out=dropped,
    )


def _check_compared(setup: Setup, metrics: Mapping[str, Metric]) -> None:
    """Refuse metrics in focus, and a baseline, that the run does not have."""
    for name in setup.focus:
        if name not in metrics:
            raise unknown_name("metric in focus", name, metrics)
    if setup.baseline is None:
        return
    if setup.baseline not in metrics:
        raise unknown_name("baseline", setup.baseline, metrics)
    if set(setup.focus) <= {setup.baseline}:
        others = [name for name in metrics if name != setup.baseline]
        raise InputError(
            "the baseline has no metric that is compared with it",
            found=f"baseline={setup.baseline}, focus={list(setup.focus)}",
            expected="metrics in focus other than the baseline",
            remedy=f"for example focus={others[0]}" if others else "choose another metric too",
        )


def _refused(
    setup: Setup, test_set: TestSet, references: Sequence[str], lost: LeftOut
) -> InputError:
    """The error of the first segment without a reference, where that is refused: in the file that
    the config names, if it names one."""
    place = list(test_set.segments["segment_id"]).index(lost.ids[0])
    files = OmegaConf.select(setup.config, "test_set.references") or {}
    file = files.get(references[0]) if isinstance(files, Mapping) else None
    line = test_set.full_texts.lines[place] + 1
    return InputError(
        "this segment has no reference"
        if file is not None
        else f"the segment {lost.ids[0]} of {test_set.name} has no reference",
        file=file,
        line=None if file is None or str(file).endswith(".jsonl") else line,
        found=f"a blank text ({lost.named})",
        expected="a reference for every segment",
        remedy="add the text, or set missing_reference=leave_out",
    )


def score(setup: Setup, material: Material) -> ScoreResult:
    """Score every system with every metric and sentinel."""
    return score_test_set(
        material.test_set,
        material.scorers,
        references=material.references,
        workers=setup.workers,
        store=setup.store,
    )


def systems_compared(setup: Setup, material: Material, scored: ScoreResult) -> SystemComparison:
    """Test every two systems by every metric."""
    return compare_systems(
        material.test_set, material.metrics, scored.segments, setup.system_testing
    )


def look_up(
    setup: Setup, material: Material, metrics: pd.DataFrame, between: SystemComparison
) -> EvidenceTables:
    """What rated test sets say of the run's ``metrics`` (table METRICS) and machine systems, where
    at most one of these is rated and the texts are from Chinese to English."""
    machine = {name for name, role in material.test_set.roles.items() if role == "system"}
    rated = machine & set(material.test_set.rated_systems)
    if setup.evidence is None or len(rated) > 1 or languages_of(material.whole) != Languages():
        return EvidenceTables()
    tests = between.tests
    own = tests[tests["system_1"].isin(machine) & tests["system_2"].isin(machine)]
    return EvidenceTables(
        system_differences(setup.evidence, metrics, own), metric_evidence(setup.evidence, metrics)
    )


def rate(setup: Setup, material: Material) -> Rated:
    """The ratings that metrics are compared with, and the penalties in the annotations."""
    views = setup.views.values()
    return rate_test_set(material.test_set, setup.weights, views, material.rating)


def agree_of_raters(setup: Setup, material: Material, rated: Rated) -> AgreementResult | None:
    """How far the raters agree; None without annotated errors."""
    if not rated.annotated:
        return None
    return human_agreement(
        material.test_set,
        rated.penalties,
        list(setup.views.values()),
        confidence=setup.judging.confidence,
    )


def score_subsets(
    setup: Setup, material: Material, rated: Rated, scored: ScoreResult
) -> pd.DataFrame:
    """The scores of parts of the test set: table SUBSET_SCORES."""
    test_set = material.test_set
    listed = list(rated.ratings["segment_id"].unique()) or list(test_set.segments["segment_id"])
    first = next(iter(setup.views.values()), None)
    return subset_scores(
        test_set,
        material.metrics,
        scored.segments,
        subsets_of(test_set, setup.subsets, listed)[1:],
        error_table(test_set, first) if first is not None else None,
        material.n_references,
    )


def inject_errors(
    setup: Setup, material: Material, ratings: pd.DataFrame
) -> InjectedSystems | None:
    """The translations with injected errors; None if none are requested."""
    wanted = setup.include_injected or setup.injection.applies(material.test_set)
    if not setup.injectors or not wanted:
        return None
    return inject(
        material.test_set,
        setup.injectors,
        setup.injection,
        references=material.references,
        ratings=ratings,
    )


def score_injected(setup: Setup, material: Material, injected: InjectedSystems) -> ScoreResult:
    """Score the translations with errors with every metric that can score new texts."""
    return score_test_set(
        injected.test_set,
        scorable(material.scorers),
        references=material.references,
        workers=setup.workers,
        store=setup.store,
    )


def judge_injected(
    setup: Setup, scored: ScoreResult, injected: InjectedSystems, wrong: ScoreResult
) -> InjectedErrors:
    """How each metric scores each kind of injected error."""
    both = pd.concat([scored.scores, wrong.scores], ignore_index=True)
    return InjectedErrors(injected, wrong, injections(injected, both, setup.injection))


def attack(setup: Setup, material: Material, scored: ScoreResult) -> pd.DataFrame:
    """Which rank the metrics that can score any text give to texts that are no translations (table
    ATTACKS); without metrics, which find the middle system, there is none."""
    metrics = scorable(material.scorers)
    if not _attacks(setup, material):
        return table([], ATTACKS)
    middle = middle_system(material.test_set, scored.scores, list(material.metrics))
    texts = attacked(material.test_set, middle, setup.attacking)
    wrong = score_test_set(
        texts, metrics, references=material.references, workers=setup.workers, store=setup.store
    )
    return attack_ranks(material.test_set, scored.scores, wrong.scores, middle)


def _attacks(setup: Setup, material: Material) -> bool:
    """Whether there are metrics to attack, and texts to do it with."""
    able = bool(material.metrics) and bool(scorable(material.scorers))
    return able and setup.attacking.applies(material.test_set)


def joined_scores(scored: ScoreResult, wrong: ScoreResult) -> ScoreResult:
    """The scores of the test set's systems and of the injected ones."""

    def both(own: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
        new = other[~other["system"].isin(own["system"].unique())]
        return pd.concat([own, new], ignore_index=True)

    return replace(
        scored,
        scores=both(scored.scores, wrong.scores),
        documents=both(scored.documents, wrong.documents),
    )


def agreement(
    setup: Setup, material: Material, rated: Rated, test_set: TestSet, scored: ScoreResult
) -> MetaEvaluation | None:
    """How well each metric agrees with the ratings; None without ratings. ``test_set`` and
    ``scored`` may hold injected systems too."""
    if rated.ratings.empty:
        return None
    return compare_with_ratings(
        test_set,
        scored.scores,
        rated.ratings,
        setup.statistics,
        documents=scored.documents,
        rater_ratings=rated.of_raters,
        judged=rated.by_rater if rated.annotated else None,
        resampling=setup.resampling,
        testing=setup.testing,
        sentinels=list(material.sentinels),
        subsets=setup.subsets,
        include_human=setup.include_human,
    )


def category_quality(
    setup: Setup, material: Material, rated: Rated, test_set: TestSet, scored: ScoreResult
) -> CategoryQuality | None:
    """How well each metric sees each category of error; None without annotated errors."""
    if not rated.annotated:
        return None
    return quality.category_quality(
        test_set, scored.scores, rated.penalties, list(material.sentinels), setup.judging
    )


def plan_pieces(setup: Setup) -> pd.DataFrame:
    """What a run would have to compute, and how long that takes, without doing it: one row per
    metric (see :func:`harness.scoring.stage.plan_scores`)."""
    material = read(setup)
    injected = inject_errors(setup, material, rate(setup, material).ratings)
    made = [] if injected is None else [injected.test_set]
    if _attacks(setup, material):
        made.append(_planned_attacks(setup, material))
    planned = [(material.test_set, material.scorers)]
    planned += [(texts, scorable(material.scorers)) for texts in made]
    rows = [
        plan_scores(texts, metrics, references=material.references, store=setup.store)
        for texts, metrics in planned
    ]
    sums = pd.concat(rows).groupby(["metric", "signature"], sort=False)[list(rows[0].columns[2:])]
    return sums.sum(skipna=False).reset_index()


def _planned_attacks(setup: Setup, material: Material) -> TestSet:
    """As many texts as the attacks will have: from which system they are made is known only when
    systems have scores, so they stand on the first here."""
    roles = material.test_set.roles
    first = next(system for system in roles if roles[system] == "system")
    return attacked(material.test_set, first, setup.attacking)

"""The setup of a run: its config, checked once, with every object that it describes, built once.

A run and a dry run start from the same setup, so they refuse the same configs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from omegaconf import DictConfig

from harness.claims.claim import Rule
from harness.config.objects import build, build_all
from harness.error_categories.quality import Judging
from harness.errors import InputError
from harness.evidence import Evidence, load_evidence
from harness.injection import Injector
from harness.meta_evaluation import Average, Resampling, Testing
from harness.metrics import Metric
from harness.metrics.groups import MetricGroup, Selectable
from harness.metrics.score_files import ScoreFiles
from harness.minimal_pairs.attacks import Attacking
from harness.minimal_pairs.injected_systems import Injection
from harness.plots import Plot
from harness.ratings.rating import Weights
from harness.ratings.views import View
from harness.report import ReportOptions
from harness.runs.config_checks import FORMATS, check_config, options_of, plain
from harness.scoring.shards import Shard
from harness.scoring.store import ScoreStore, open_store
from harness.statistics import Statistic
from harness.system_comparison import SystemTesting
from harness.test_sets.downloads import mirror_folder
from harness.test_sets.left_out import MissingReference, check_policy

__all__ = ["Setup", "set_up"]

_Kind = TypeVar("_Kind")


@dataclass(frozen=True)
class Setup:
    """Everything that a run needs to know.

    ``metrics``, ``sentinels``, ``views``, ``statistics``, ``plots``, ``claims`` and ``injectors``
    map a name in the config to its object; what a group of metrics holds is known once the test set
    is read. The test set is given by its config, because reading it may take long and is a stage.
    ``missing_reference`` is what is done with a segment without a reference.
    ``judging`` are the settings of the analysis by category; ``formats`` says which files the
    report is written as; ``store`` is None if scores are neither looked up nor kept.
    """

    config: DictConfig
    metrics: Mapping[str, Selectable]
    sentinels: Mapping[str, Metric]
    weights: Weights
    views: Mapping[str, View]
    statistics: Mapping[str, Any]
    plots: Mapping[str, Any]
    claims: Mapping[str, Rule]
    evidence: Evidence | None
    injectors: Mapping[str, Injector]
    injection: Injection
    attacking: Attacking
    resampling: Resampling
    testing: Testing
    system_testing: SystemTesting
    judging: Judging
    report: ReportOptions
    formats: Mapping[str, bool]
    rating: str
    references: str | Sequence[str]
    missing_reference: MissingReference
    system_names: str | Sequence[str]
    include_references: bool
    include_injected: bool
    include_human: bool
    focus: Sequence[str]
    baseline: str | None
    subsets: Sequence[str]
    workers: int | None
    store: ScoreStore | None


def set_up(config: DictConfig) -> Setup:
    """Check ``config`` and build what it describes; nothing is read or written.

    Raises
    ------
    InputError
        Something in the config is wrong.
    """
    check_config(config)
    if config.shard is not None:
        Shard.read(str(config.shard))
    mirror_folder(config.mirror)
    metrics = build_all(config.metrics, Metric, MetricGroup)
    if config.scores not in (None, []):
        metrics["scores"] = ScoreFiles(files=plain(config.scores))
    sentinels = build_all(config.sentinels, Metric)
    sentinels = {key: metric for key, metric in sentinels.items() if key not in metrics}
    if not metrics and not sentinels:
        raise InputError("no metric is selected", remedy="choose some, e.g. 'metrics=[bleu,chrf]'")
    views = build_all(config.views, View)
    _check_views(views)
    known = tuple(field.name for field in fields(ReportOptions))
    report = options_of(config.report, (*FORMATS, *known), "report")
    return Setup(
        config=config,
        metrics=metrics,
        sentinels=sentinels,
        weights=_one(config.weights, Weights),
        views=views,
        statistics=build_all(config.statistics, Statistic, Average),
        plots=build_all(config.plots, Plot),
        claims=build_all(config.claims, Rule),
        evidence=load_evidence(str(config.evidence)),
        injectors=build_all(config.injectors, Injector),
        injection=_one(config.injection, Injection),
        attacking=_one(config.attacks, Attacking),
        resampling=_one(config.resampling, Resampling),
        testing=_one(config.metric_tests, Testing),
        system_testing=_one(config.system_tests, SystemTesting),
        judging=Judging(
            **options_of(
                config.category_accuracy,
                tuple(field.name for field in fields(Judging)),
                "category_accuracy",
            )
        ),
        report=ReportOptions(**{k: v for k, v in report.items() if k not in FORMATS}),
        formats={name: bool(report[name]) for name in FORMATS},
        rating=str(config.rating),
        references=plain(config.references),
        missing_reference=check_policy(config.missing_reference),
        system_names=plain(config.systems.names),
        include_references=bool(config.systems.include_references),
        include_injected=bool(config.systems.get("include_injected", False)),
        include_human=bool(config.include_human),
        focus=plain(config.focus),
        baseline=None if config.baseline is None else str(config.baseline),
        subsets=plain(config.subsets),
        workers=config.workers,
        store=open_store(config.cache) if config.store else None,
    )


def _one(config: DictConfig, kind: type[_Kind]) -> _Kind:
    """The object of ``kind`` that ``config`` describes."""
    made = build(config)
    if not isinstance(made, kind):
        noun = kind.__name__
        raise InputError(f"the config should describe {noun}", found=repr(made)[:200])
    return made


def _check_views(views: Mapping[str, View]) -> None:
    """Refuse two views with the same name, because tables could not distinguish them."""
    names = [view.name for view in views.values()]
    for name in names:
        if names.count(name) > 1:
            raise InputError(
                f"two views are called {name!r}",
                found=", ".join(f"{key}: {view.name}" for key, view in views.items()),
                remedy="give each its own name: views.KEY.name=NAME",
            )

"""A run from beginning to end, and a dry run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
from omegaconf import DictConfig

from harness.minimal_pairs.challenges import challenges
from harness.report.summary import metric_table, system_table
from harness.runs import outputs, stages
from harness.runs.folder import check_output, whole_folder
from harness.runs.record import Clock, record_of, write_record
from harness.runs.results import Results
from harness.runs.setup import Setup, set_up
from harness.runs.shard import run_shard
from harness.runs.stages import InjectedErrors, Material
from harness.support.folders import remove_leftovers
from harness.test_sets.doctor import DataWarning

__all__ = ["plan", "run"]


def run(
    config: DictConfig,
    output: Path,
    *,
    command: Sequence[str],
    started: datetime,
    tell: Callable[[str], object] = lambda warning: None,
) -> Path:
    """Carry out the run that ``config`` describes and write the folder ``output``.

    ``tell`` is called with each warning about the data, in a sentence without a full stop, before
    anything is scored.

    Returns
    -------
    Path
        The report, or the folder if no report was requested.

    Raises
    ------
    InputError
        The input or the config is wrong; nothing has been written.
    """
    check_output(output)
    remove_leftovers(output.resolve())
    setup, clock = set_up(config), Clock()
    with clock.stage("read"):
        material = stages.read(setup)
    with clock.stage("check"):
        warnings = material.warnings()
    for warning in warnings:
        tell(str(warning))
    if setup.config.shard is not None:
        return run_shard(setup, material, output, command=command, started=started, clock=clock)
    results = find(setup, material, clock, warnings)
    record = record_of(setup, material, results, command=command, started=started, clock=clock)
    with whole_folder(output) as folder:
        with clock.stage("plots"):
            images = outputs.draw(setup.plots, results.tables, folder / "plots", setup.formats)
        with clock.stage("tables"):
            outputs.write_tables(
                results.tables, folder / "tables", markdown=setup.formats["markdown"]
            )
        with clock.stage("report"):
            content = outputs.content_of(setup, results, images, record)
            outputs.write_pages(content, folder, setup.formats)
        write_record(record, folder)
    return output / "report.html" if setup.formats["html"] else output


def find(
    setup: Setup, material: Material, clock: Clock, warnings: Sequence[DataWarning]
) -> Results:
    """Every stage between reading and writing, in order."""
    with clock.stage("score"):
        scored = stages.score(setup, material)
    with clock.stage("compare systems"):
        between = stages.systems_compared(setup, material, scored)
    metrics = metric_table(material.metrics, material.sentinels, material.n_references)
    with clock.stage("look up evidence"):
        evidence = stages.look_up(setup, material, metrics, between)
    with clock.stage("attack"):
        attacks = stages.attack(setup, material, scored)
    with clock.stage("rate"):
        rated = stages.rate(setup, material)
    with clock.stage("human agreement"):
        raters = stages.agree_of_raters(setup, material, rated)
    with clock.stage("score subsets"):
        subsets = stages.score_subsets(setup, material, rated, scored)
    with clock.stage("inject errors"):
        corrupted = stages.inject_errors(setup, material, rated.ratings)
    injected: InjectedErrors | None = None
    test_set = material.test_set
    if corrupted is not None:
        with clock.stage("score injected errors"):
            wrong = stages.score_injected(setup, material, corrupted)
        with clock.stage("judge injected errors"):
            injected = stages.judge_injected(setup, scored, corrupted, wrong)
        if setup.include_injected:
            test_set = corrupted.joined(test_set)
            scored = stages.joined_scores(scored, wrong)
    with clock.stage("meta-evaluate"):
        systems = system_table(test_set, scored.scores, rated.ratings)
        agreement = stages.agreement(setup, material, rated, test_set, scored)
    with clock.stage("categories"):
        quality = stages.category_quality(setup, material, rated, test_set, scored)
    with clock.stage("challenges"):
        contrasts = challenges(
            test_set,
            scored.scores,
            sentinels=list(material.sentinels),
            confidence=setup.injection.confidence,
        )
    return Results(
        test_set=test_set,
        scored=scored,
        metrics=metrics,
        evidence=evidence,
        attacks=attacks,
        systems=systems,
        between=between,
        rated=rated,
        raters=raters,
        subset_scores=subsets,
        injected=injected,
        agreement=agreement,
        categories=quality,
        challenges=contrasts,
        labels=material.labels,
        rules=setup.claims,
        warnings=warnings,
        focus=setup.focus,
        baseline=setup.baseline,
    )


def plan(config: DictConfig) -> pd.DataFrame:
    """What the run would have to compute, and how long that takes: one row per metric (see
    :func:`harness.scoring.stage.plan_scores`). Nothing is computed or written.

    Raises
    ------
    InputError
        Anything that a person can get wrong.
    """
    return stages.plan_pieces(set_up(config))

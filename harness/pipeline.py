"""The stages in order: what one run does, readable from top to bottom."""

from __future__ import annotations

import json
import platform
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from harness import __version__, doctor
from harness.category_analysis import categories
from harness.checks import check_flag
from harness.downloads import cache_folder
from harness.errors import InputError, unknown_name
from harness.findings import findings
from harness.meta_evaluation import meta_evaluate
from harness.metrics import Metric
from harness.metrics.precomputed import with_score_files
from harness.plots import style
from harness.plugins import build, build_all
from harness.rating import (
    ANNOTATED,
    choose_rating,
    given_ratings,
    penalties,
    penalty_profile,
    rater_ratings,
    ratings_table,
)
from harness.report import (
    FILE_NAMES,
    PlotImage,
    ReportContent,
    ReportOptions,
    write_csv,
    write_markdown,
    write_report,
)
from harness.run_folder import check_output, whole_folder
from harness.scoring import plan_scores, score_test_set
from harness.selection import choose_references, choose_systems
from harness.store import ScoreStore
from harness.summary import metric_table, system_table
from harness.tables import RATINGS, TestSet, table
from harness.views import error_table

__all__ = ["plan", "run"]

ACCURACY_OPTIONS = ("minimum_pairs", "minimum_documents", "confidence")


@dataclass
class Clock:
    """Seconds spent in each stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 3)


def run(config: DictConfig, output: Path, *, command: Sequence[str], started: datetime) -> Path:
    """Do everything that ``config`` asks for and write the folder ``output``.

    Returns
    -------
    Path
        The report, or the folder where no report was asked for.

    Raises
    ------
    InputError
        Anything that a person can get wrong; then nothing has been written.
    """
    check_output(output)
    _check(config)
    clock = Clock()
    metrics = build_all(config.metrics)
    sentinels = {k: m for k, m in build_all(config.sentinels).items() if k not in metrics}
    for key, metric in {**metrics, **sentinels}.items():
        if not isinstance(metric, Metric):
            raise InputError(f"the config of {key!r} describes no metric", found=repr(metric))
    if not metrics and not sentinels:
        raise InputError("no metric is selected", remedy="choose some, e.g. 'metrics=[bleu,chrf]'")
    weights = build(config.ratings)
    views = build_all(config.views)
    _check_views(views)
    statistics = build_all(config.statistics)
    resampling = build(config.resampling)
    plots = build_all(config.plots)
    report_options = _report_options(config.report)

    with clock.stage("read"):
        rating, whole = choose_rating(build(config.test_set), str(config.rating))
        whole = with_score_files(whole, metrics)
        references = choose_references(whole, _plain(config.references))
        test_set = choose_systems(
            whole,
            _plain(config.systems.names),
            references=references,
            include_references=config.systems.include_references,
        )
    with clock.stage("check"):
        warnings = doctor.warnings(whole)
    with clock.stage("score"):
        scored = score_test_set(
            test_set,
            {**metrics, **sentinels},
            references=references,
            workers=config.workers,
            store=ScoreStore(cache_folder(config.cache) / "scores") if config.store else None,
        )
    with clock.stage("rate"):
        rated = {name: penalties(test_set, weights, view) for name, view in views.items()}
        main = next(iter(rated.values()), None)
        tables: dict[str, pd.DataFrame] = {
            "metrics": metric_table(metrics, sentinels, len(references)),
            "scores": scored.scores,
            "document_scores": scored.documents,
        }
        sentences: list[str] = []
        if main is not None and len(test_set.annotations):
            if rating == ANNOTATED:
                tables["ratings"] = ratings_table(main)
            tables["rater_ratings"] = rater_ratings(main)
            tables["penalty_profile"] = penalty_profile(list(rated.values()), test_set.roles)
        if rating != ANNOTATED and len(test_set.given_ratings):
            tables["ratings"] = given_ratings(test_set, rating)
    with clock.stage("meta-evaluate"):
        ratings = tables.get("ratings", table([], RATINGS))
        tables["systems"] = system_table(test_set, scored.scores, ratings)
        if len(ratings):
            tables["meta_evaluation"] = meta_evaluate(
                test_set, scored.scores, ratings, statistics, resampling=resampling
            )
    with clock.stage("categories"):
        if "penalty_profile" in tables:
            result = categories(
                test_set,
                scored.scores,
                list(rated.values()),
                sentinels=list(sentinels),
                labels={key: metric.name for key, metric in {**metrics, **sentinels}.items()},
                **_plain(config.category_accuracy),
            )
            tables["categories"], tables["category_tests"] = result.categories, result.tests
            tables["category_segments"] = result.segments
            sentences += result.sentences
    tables = {name: frame for name, frame in tables.items() if len(frame)}
    sentences = [*findings(tables), *sentences]

    with whole_folder(output) as folder:
        with clock.stage("plots"):
            images = _draw(plots, tables, folder / "plots")
        with clock.stage("tables"):
            _write_tables(tables, folder / "tables", markdown=bool(config.report.markdown))
        scorers = {**metrics, **sentinels}
        record = _record(
            config, test_set, references, rating, scorers, tables, scored, clock, command, started
        )
        record["warnings"] = warnings
        if config.report.html:
            content = ReportContent(
                test_set=test_set,
                tables=tables,
                plots=images,
                sentences=sentences,
                run=record,
                config_yaml=record["config"],
                options=report_options,
                span_views=_span_views(test_set, views),
            )
            with clock.stage("report"):
                write_report(folder / "report.html", content)
        record["seconds"] = clock.seconds
        text = json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False)
        (folder / "run.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return output / "report.html" if config.report.html else output


def plan(config: DictConfig) -> pd.DataFrame:
    """What the scoring of ``config`` would have to compute, and how long that takes: a row a metric
    (see :func:`harness.scoring.plan_scores`). Nothing is computed or written.

    Raises
    ------
    InputError
        Anything that a person can get wrong.
    """
    _check(config)
    metrics = {**build_all(config.sentinels), **build_all(config.metrics)}
    whole = build(config.test_set)
    references = choose_references(whole, _plain(config.references))
    test_set = choose_systems(
        whole,
        _plain(config.systems.names),
        references=references,
        include_references=config.systems.include_references,
    )
    store = ScoreStore(cache_folder(config.cache) / "scores") if config.store else None
    return plan_scores(test_set, metrics, references=references, store=store)


def _check(config: DictConfig) -> None:
    """Refuse a config in which a needed part is empty or has the wrong kind."""
    for name in ("test_set", "metrics", "sentinels", "ratings", "views", "statistics", "plots"):
        if not isinstance(config[name], DictConfig):
            raise InputError(
                f"the config value {name} is not a group of options",
                found=repr(config[name]),
                expected=f"{name}=OPTION; see harness --help",
            )
    for name in ("systems", "resampling", "category_accuracy", "report"):
        if not isinstance(config[name], DictConfig):
            raise InputError(f"the config value {name} is empty", found=repr(config[name]))
    for name in ("references", "systems.names"):
        value = _plain(OmegaConf.select(config, name))
        if not value or not isinstance(value, str | list):
            raise InputError(
                f"the config value {name} names nothing",
                found=repr(value),
                expected="a word such as 'all', or a list of names",
            )
    if not isinstance(config.rating, str) or not config.rating:
        raise InputError(
            "the config value rating names nothing",
            found=repr(config.rating),
            expected="auto, annotations, or the name of a rating of the test set, such as mqm",
        )
    for name in ("systems.include_references", "report.html", "report.markdown"):
        check_flag(name, OmegaConf.select(config, name))
    for name in config.category_accuracy:
        if name not in ACCURACY_OPTIONS:
            raise unknown_name("config value of category_accuracy", str(name), ACCURACY_OPTIONS)


def _check_views(views: Mapping[str, Any]) -> None:
    """Refuse two views of one name: tables could not tell them apart."""
    names = [view.name for view in views.values()]
    for name in names:
        if names.count(name) > 1:
            raise InputError(
                f"two views are called {name!r}",
                found=", ".join(f"{key}: {view.name}" for key, view in views.items()),
                remedy="give each its own name: views.KEY.name=NAME",
            )


def _plain(value: Any) -> Any:
    return OmegaConf.to_container(value, resolve=True) if OmegaConf.is_config(value) else value


def _report_options(config: DictConfig) -> ReportOptions:
    options = {k: v for k, v in _plain(config).items() if k not in {"html", "markdown"}}
    known = {f.name for f in fields(ReportOptions)}
    for name in options:
        if name not in known:
            raise unknown_name("config value of report", name, ["html", "markdown", *known])
    return ReportOptions(**options)


def _draw(
    plots: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], folder: Path
) -> list[PlotImage]:
    """Draw and save each plot whose tables exist, as PNG and SVG."""
    images = []
    for name, plot in plots.items():
        figure = plot.draw(tables)
        if figure is None:
            continue
        folder.mkdir(exist_ok=True)
        files = style.save(figure, folder / name)
        svg = next(file for file in files if file.suffix == ".svg")
        images.append(
            PlotImage(name, plot.question, plot.explanation, svg.read_text(encoding="utf-8"))
        )
    return images


def _write_tables(tables: Mapping[str, pd.DataFrame], folder: Path, *, markdown: bool) -> None:
    folder.mkdir()
    for name, frame in tables.items():
        stem = FILE_NAMES.get(name, name)
        write_csv(frame, folder / f"{stem}.csv")
        if markdown and name in {"systems", "metrics", "meta_evaluation", "penalty_profile"} | {
            "categories",
            "category_tests",
        }:
            write_markdown(frame, folder / f"{stem}.md", stem.replace("_", " "))


def _span_views(test_set: TestSet, views: Mapping[str, Any]) -> dict[str, list[str]]:
    """For each view, the category of every error span ('' where the view ignores it)."""
    key = ["system", "segment_id", "rater", "error"]
    spans = test_set.error_spans[key]
    result = {}
    for name, view in views.items():
        errors = error_table(test_set, view)[[*key, "view_category"]]
        column = spans.merge(errors, on=key, how="left")["view_category"]
        result[name] = ["" if pd.isna(c) else str(c) for c in column]
    return result


def _record(
    config: DictConfig,
    test_set: TestSet,
    references: Sequence[str],
    rating: str,
    metrics: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    scored: Any,
    clock: Clock,
    command: Sequence[str],
    started: datetime,
) -> dict[str, Any]:
    """What determines the run's numbers, and how it went: the content of run.json."""
    corpus = tables["metrics"].set_index("metric")["signature"]
    signatures = scored.scores.drop_duplicates(["metric", "signature"])
    return {
        "command": shlex.join(command),
        "started": started.isoformat(timespec="seconds"),
        "test_set": test_set.name,
        "references": list(references),
        "systems": test_set.systems,
        "rated_systems": test_set.rated_systems,
        "rating": rating,
        "counts": {
            "segments": len(test_set.segments),
            "documents": int(test_set.segments["document"].nunique()),
            "annotations": len(test_set.annotations),
            "scores": dict(scored.counts),
        },
        "signatures": {
            metric: {
                "corpus": str(corpus[metric]),
                "segment": str(own["signature"].iloc[0]),
            }
            for metric, own in signatures.groupby("metric", sort=False)
        },
        "data": [asdict(file) for file in test_set.files],
        "notes": list(test_set.notes),
        "seeds": {
            "resampling": config.resampling.seed,
            **{k: m.seed for k, m in metrics.items() if hasattr(m, "seed")},
        },
        "seconds": dict(clock.seconds),
        "cpu_seconds_scoring": {k: round(v, 3) for k, v in scored.seconds.items()},
        "versions": _versions(),
        "config": OmegaConf.to_yaml(config, resolve=True),
    }


def _versions() -> dict[str, str]:
    found = {"harness": __version__, "python": platform.python_version()}
    for package in ("sacrebleu", "numpy", "scipy", "pandas", "matplotlib", "hydra-core"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "absent"
    return found

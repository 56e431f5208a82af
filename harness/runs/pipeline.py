"""The stages in order: what one run does, readable from top to bottom."""

from __future__ import annotations

import json
import math
import platform
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from harness import __version__
from harness.claims.category_statements import category_sentences
from harness.claims.challenge_statements import challenge_sentences
from harness.claims.findings import findings, verdict
from harness.claims.injection_statements import injection_sentences
from harness.claims.rater_statements import rater_sentences
from harness.claims.relative_drops import price_list
from harness.config.objects import build, build_all
from harness.error_categories.analysis import categories
from harness.error_categories.category_weights import category_prices, judged_categories
from harness.errors import InputError, unknown_name
from harness.injection import Injector
from harness.meta_evaluation import compare_with_ratings
from harness.metrics import Metric
from harness.metrics.stored import with_score_files
from harness.minimal_pairs.challenges import challenges
from harness.minimal_pairs.injected_systems import InjectedSystems, Injection, inject
from harness.minimal_pairs.injections import injections, scorable
from harness.plots import style
from harness.ratings.human_agreement import human_agreement
from harness.ratings.rating import (
    ANNOTATED,
    choose_rating,
    given_ratings,
    penalties,
    penalty_profile,
    rater_ratings,
    ratings_table,
)
from harness.ratings.views import error_table
from harness.report import (
    PlotImage,
    ReportContent,
    ReportOptions,
    write_csv,
    write_grids,
    write_markdown,
    write_report,
)
from harness.report.summary import metric_table, system_table
from harness.runs.folder import check_output, whole_folder
from harness.scoring.stage import ScoreResult, plan_scores, score_test_set
from harness.scoring.store import ScoreStore
from harness.scoring.subset_scores import subset_scores
from harness.support.checks import check_flag, check_whole
from harness.support.folders import remove_leftovers
from harness.system_comparison.stage import compare_systems
from harness.tables import RATINGS, SCHEMA_OF, TestSet, table
from harness.test_sets import doctor
from harness.test_sets.downloads import cache_folder, mirror_folder
from harness.test_sets.selection import choose_references, choose_systems
from harness.test_sets.subsets import check_subsets, subsets_of

__all__ = ["plan", "run"]

#: What a report may be written as.
FORMATS = ("html", "markdown", "latex", "pdf")
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
    remove_leftovers(output.resolve())
    _check(config)
    mirror_folder(config.mirror)
    clock = Clock()
    metrics = build_all(config.metrics)
    sentinels = {k: m for k, m in build_all(config.sentinels).items() if k not in metrics}
    for key, metric in {**metrics, **sentinels}.items():
        if not isinstance(metric, Metric):
            raise InputError(f"the config of {key!r} describes no metric", found=repr(metric))
    if not metrics and not sentinels:
        raise InputError("no metric is selected", remedy="choose some, e.g. 'metrics=[bleu,chrf]'")
    weights = build(config.weights)
    views = build_all(config.views)
    _check_views(views)
    statistics = build_all(config.statistics)
    system_testing = build(config.system_tests)
    resampling, testing = build(config.resampling), build(config.metric_tests)
    plots = build_all(config.plots)
    injectors, injection = _injectors(config), build(config.injection)
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
    store = ScoreStore(cache_folder(config.cache) / "scores") if config.store else None
    with clock.stage("score"):
        scored = score_test_set(
            test_set,
            {**metrics, **sentinels},
            references=references,
            workers=config.workers,
            store=store,
        )
    with clock.stage("compare systems"):
        between = compare_systems(test_set, metrics, scored.segments, system_testing)
    with clock.stage("rate"):
        rated = {name: penalties(test_set, weights, view) for name, view in views.items()}
        main = next(iter(rated.values()), None)
        tables: dict[str, pd.DataFrame] = {
            "metrics": metric_table(metrics, sentinels, len(references)),
            "scores": scored.scores,
            "document_scores": scored.documents,
            "metric_spans": scored.spans,
            "system_tests": between.tests,
            "system_intervals": between.intervals,
        }
        sentences: list[str] = []
        if main is not None and len(test_set.annotations):
            if rating == ANNOTATED:
                tables["ratings"] = ratings_table(main)
            tables["rater_ratings"] = rater_ratings(main)
            tables["penalty_profile"] = penalty_profile(list(rated.values()), test_set.roles)
        if rating != ANNOTATED and len(test_set.given_ratings):
            tables["ratings"] = given_ratings(test_set, rating)
    with clock.stage("human agreement"):
        if "penalty_profile" in tables:
            raters = human_agreement(test_set, list(rated.values()), list(views.values()))
            tables["rater_agreement"], tables["rater_profile"] = raters.agreement, raters.profile
            sentences += rater_sentences(raters.agreement, raters.profile)
    ratings = tables.get("ratings", table([], RATINGS))
    with clock.stage("score subsets"):
        subsets = _plain(config.subsets)
        listed = list(ratings["segment_id"].unique()) or list(test_set.segments["segment_id"])
        tables["subset_scores"] = subset_scores(
            test_set,
            metrics,
            scored.segments,
            subsets_of(test_set, subsets, listed)[1:],
            error_table(test_set, next(iter(views.values()))) if views else None,
            len(references),
        )
    wrong: ScoreResult | None = None
    with clock.stage("inject errors"):
        injected = _injected(config, injectors, injection, test_set, references, ratings)
    if injected is not None:
        with clock.stage("score injected errors"):
            wrong = score_test_set(
                injected.test_set,
                scorable({**metrics, **sentinels}),
                references=references,
                workers=config.workers,
                store=store,
            )
        with clock.stage("judge injected errors"):
            both = pd.concat([scored.scores, wrong.scores], ignore_index=True)
            tables |= injections(injected, both, injection).tables
        if config.systems.get("include_injected", False):
            test_set, scored = injected.joined(test_set), _joined_scores(scored, wrong)
            tables["scores"], tables["document_scores"] = scored.scores, scored.documents
    with clock.stage("meta-evaluate"):
        tables["systems"] = system_table(test_set, scored.scores, ratings)
        if len(ratings):
            compared = compare_with_ratings(
                test_set,
                scored.scores,
                ratings,
                statistics,
                documents=scored.documents,
                rater_ratings=tables.get("rater_ratings") if rating == ANNOTATED else None,
                resampling=resampling,
                testing=testing,
                sentinels=list(sentinels),
                subsets=subsets,
                include_human=config.include_human,
            )
            tables["meta_evaluation"], tables["metric_tests"] = compared.meta, compared.tests
    with clock.stage("categories"):
        if "penalty_profile" in tables:
            result = categories(
                test_set,
                scored.scores,
                list(rated.values()),
                sentinels=list(sentinels),
                **_plain(config.category_accuracy),
            )
            tables["categories"], tables["category_tests"] = result.categories, result.tests
            tables["category_segments"] = result.segments
            tables["category_prices"] = category_prices(
                test_set,
                scored.scores,
                list(rated.values()),
                sentinels=list(sentinels),
                judged=judged_categories(result.categories),
                confidence=config.category_accuracy.confidence,
                minimum_documents=config.category_accuracy.minimum_documents,
            )
            labels = {key: metric.name for key, metric in {**metrics, **sentinels}.items()}
            sentences += category_sentences(result, labels)
    with clock.stage("challenges"):
        contrasts = challenges(test_set, scored.scores, sentinels=list(sentinels))
        tables["challenges"] = contrasts
        sentences += challenge_sentences(contrasts, {k: m.name for k, m in metrics.items()})
    tables = {name: frame for name, frame in tables.items() if len(frame)}
    sentences = [*findings(tables), *sentences, *injection_sentences(tables)]

    with whole_folder(output) as folder:
        with clock.stage("plots"):
            images = _draw(plots, tables, folder / "plots", pdf=bool(config.report.pdf))
        with clock.stage("tables"):
            _write_tables(tables, folder / "tables", markdown=bool(config.report.markdown))
        scorers = {**metrics, **sentinels}
        record = _record(
            config, test_set, references, rating, scorers, tables, scored, clock, command, started
        )
        record["warnings"] = warnings
        if injected is not None and wrong is not None:
            record["injection"] = _injection_record(injected, wrong)
            record["seeds"]["injection"] = injection.seed
        content = ReportContent(
            test_set=test_set,
            tables=tables,
            plots=images,
            verdict=verdict(tables),
            sentences=sentences,
            run=record,
            config_yaml=record["config"],
            options=report_options,
            span_views=_span_views(test_set, views),
        )
        with clock.stage("report"):
            write_grids(
                content,
                folder / "tables",
                markdown=config.report.markdown,
                latex=config.report.latex,
            )
            if config.report.html:
                write_report(folder / "report.html", content)
        record["summary"] = price_list(tables)
        record["seconds"] = clock.seconds
        text = json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False)
        (folder / "run.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return output / "report.html" if config.report.html else output


def plan(config: DictConfig) -> pd.DataFrame:
    """What the scoring of ``config`` would have to compute, and how long that takes: a row a metric
    (see :func:`harness.scoring.stage.plan_scores`). Nothing is computed or written.

    Raises
    ------
    InputError
        Anything that a person can get wrong.
    """
    _check(config)
    mirror_folder(config.mirror)
    metrics = {**build_all(config.sentinels), **build_all(config.metrics)}
    rating, whole = choose_rating(build(config.test_set), str(config.rating))
    references = choose_references(whole, _plain(config.references))
    test_set = choose_systems(
        whole,
        _plain(config.systems.names),
        references=references,
        include_references=config.systems.include_references,
    )
    store = ScoreStore(cache_folder(config.cache) / "scores") if config.store else None
    rows = plan_scores(test_set, metrics, references=references, store=store)
    ratings = _ratings(config, test_set, rating)
    injected = _injected(
        config, _injectors(config), build(config.injection), test_set, references, ratings
    )
    if injected is None:
        return rows
    more = plan_scores(injected.test_set, scorable(metrics), references=references, store=store)
    both = pd.concat([rows, more])
    sums = both.groupby(["metric", "signature"], sort=False)[list(rows.columns[2:])]
    return sums.sum(skipna=False).reset_index()


def _ratings(config: DictConfig, test_set: TestSet, rating: str) -> pd.DataFrame:
    """Table RATINGS as a run makes it."""
    if rating != ANNOTATED:
        return given_ratings(test_set, rating)
    views = list(build_all(config.views).values())
    if not views or not len(test_set.annotations):
        return table([], RATINGS)
    return ratings_table(penalties(test_set, build(config.weights), views[0]))


def _check(config: DictConfig) -> None:
    """Refuse a config in which a needed part is empty or has the wrong kind."""
    groups = ("test_set", "metrics", "sentinels", "weights", "views", "statistics", "plots")
    for name in (*groups, "injectors"):
        if not isinstance(config[name], DictConfig):
            raise InputError(
                f"the config value {name} is not a group of options",
                found=repr(config[name]),
                expected=f"{name}=OPTION; see harness --help",
            )
    for name in (
        "systems",
        "resampling",
        "metric_tests",
        "system_tests",
        "category_accuracy",
        "injection",
        "report",
    ):
        if not isinstance(config[name], DictConfig):
            raise InputError(
                f"the config value {name} is no section of values", found=repr(config[name])
            )
    for name in ("references", "systems.names"):
        value = _plain(OmegaConf.select(config, name))
        if not value or not isinstance(value, str | list):
            raise InputError(
                f"the config value {name} names nothing",
                found=repr(value),
                expected="a word such as 'all', or a list of names",
            )
    subsets = _plain(config.subsets)
    if not isinstance(subsets, list) or not all(isinstance(s, str) for s in subsets):
        raise InputError(
            "the config value subsets is no list of names",
            found=repr(subsets),
            expected="[] or some of: domain, document, phenomenon, length",
            remedy="for example 'subsets=[domain,length]'",
        )
    check_subsets(subsets)
    if not isinstance(config.rating, str) or not config.rating:
        raise InputError(
            "the config value rating names nothing",
            found=repr(config.rating),
            expected="auto, annotations, or the name of a rating of the test set, such as mqm",
        )
    for name in ("include_references", "include_injected"):
        check_flag(f"systems.{name}", config.systems.get(name, False))
    check_flag("include_human", config.include_human)
    check_flag("store", config.store)
    if config.workers is not None:
        check_whole("workers", config.workers, 1)
    for name in FORMATS:
        check_flag(f"report.{name}", OmegaConf.select(config, f"report.{name}"))
    for name in config.category_accuracy:
        if name not in ACCURACY_OPTIONS:
            raise unknown_name("config value of category_accuracy", str(name), ACCURACY_OPTIONS)


def _injected(
    config: DictConfig,
    injectors: Mapping[str, Injector],
    injection: Injection,
    test_set: TestSet,
    references: Sequence[str],
    ratings: pd.DataFrame,
) -> InjectedSystems | None:
    """The test set's translations with errors put in; None where none are asked for."""
    if not injectors:
        return None
    if not (config.systems.get("include_injected", False) or injection.applies(test_set)):
        return None
    return inject(test_set, injectors, injection, references=references, ratings=ratings)


def _injectors(config: DictConfig) -> dict[str, Injector]:
    """The injectors of the config, by name."""
    built = build_all(config.injectors)
    for key, injector in built.items():
        if not isinstance(injector, Injector):
            raise InputError(f"the config of {key!r} describes no injector", found=repr(injector))
    return built


def _joined_scores(scored: ScoreResult, wrong: ScoreResult) -> ScoreResult:
    """The scores of the test set's systems and of the injected ones."""

    def both(own: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
        new = other[~other["system"].isin(own["system"].unique())]
        return pd.concat([own, new], ignore_index=True)

    return replace(
        scored,
        scores=both(scored.scores, wrong.scores),
        documents=both(scored.documents, wrong.documents),
    )


def _injection_record(injected: InjectedSystems, wrong: ScoreResult) -> dict[str, Any]:
    """What run.json says of the injected errors."""
    return {
        "bases": list(injected.bases),
        "kinds": len(injected.injectors),
        "kinds_that_fit": int(injected.pairs["injector"].nunique()),
        "pairs": len(injected.pairs),
        "scores": {k: wrong.counts[k] for k in ("computed", "reused", "failed")},
        "cpu_seconds_scoring": {k: round(v, 3) for k, v in wrong.seconds.items()},
        "notes": list(injected.notes),
    }


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
    options = {k: v for k, v in _plain(config).items() if k not in FORMATS}
    known = {f.name for f in fields(ReportOptions)}
    for name in options:
        if name not in known:
            raise unknown_name("config value of report", name, [*FORMATS, *known])
    return ReportOptions(**options)


def _draw(
    plots: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], folder: Path, *, pdf: bool
) -> list[PlotImage]:
    """Draw and save each plot whose tables exist, as PNG, SVG and, where asked for, PDF."""
    images = []
    for name, plot in plots.items():
        figure = plot.draw(tables)
        if figure is None:
            continue
        folder.mkdir(exist_ok=True)
        files = style.save(figure, folder / name, pdf=pdf)
        svg = next(file for file in files if file.suffix == ".svg")
        images.append(
            PlotImage(name, plot.question, plot.explanation, svg.read_text(encoding="utf-8"))
        )
    return images


def _write_tables(tables: Mapping[str, pd.DataFrame], folder: Path, *, markdown: bool) -> None:
    folder.mkdir()
    for name, frame in tables.items():
        schema = SCHEMA_OF[name]
        stem = schema.file or name
        write_csv(frame, folder / f"{stem}.csv")
        if markdown and schema.markdown:
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
        "implementations": {key: metric.path for key, metric in metrics.items() if metric.path},
        "data": [asdict(file) for file in test_set.files],
        "notes": list(test_set.notes),
        "seeds": {
            "resampling": config.resampling.seed,
            "metric_tests": config.metric_tests.seed,
            "system_tests": config.system_tests.seed,
            **{k: m.seed for k, m in metrics.items() if hasattr(m, "seed")},
        },
        "seconds": dict(clock.seconds),
        "cpu_seconds_scoring": {k: round(v, 3) for k, v in scored.seconds.items()},
        "cpu_seconds_of_scores": {
            k: None if math.isnan(v) else round(v, 4) for k, v in scored.costs.items()
        },
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

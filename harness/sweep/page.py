"""A sweep's folder: tables, a plot and an HTML page, made from its jobs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from harness.claims.changed_order import ChangedOrder, EqualSettings
from harness.claims.claim import Claim, Facts
from harness.claims.replication import Replication
from harness.plots import style
from harness.report.agreement_words import grouping_label, statistic_label
from harness.report.content import PlotImage, records
from harness.report.delimited import write_csv
from harness.report.evidence import shown_claims
from harness.report.grids import Cell, Footnotes, Grid, Row
from harness.report.html import (
    TABLE_SCRIPTS,
    content_security_policy,
    page_environment,
    page_script,
    page_style,
    picture,
)
from harness.support.folders import own_name, remove_leftovers
from harness.support.formatting import (
    clean_surrogates,
    count,
    humanise,
    is_missing,
    is_percentage,
    number,
    plural,
    seconds,
    statistic,
    statistic_interval,
)
from harness.sweep.collect import SweepResult, collect
from harness.sweep.dots import SettingDots
from harness.sweep.findings import findings_markdown
from harness.sweep.kinds_of_error import category_grids, injection_grids
from harness.sweep.stability import TOPIC
from harness.tables import SCHEMA_OF

__all__ = ["render_sweep", "write_sweep"]

#: The kinds of files that a sweep writes.
_WRITTEN = frozenset({".csv", ".png", ".svg", ".pdf"})


def write_sweep(root: Path) -> SweepResult:
    """Put the sweep in ``root`` together: ``tables/*.csv``, ``plots/*``, ``findings.md`` and
    ``report.html``, each whole or as it was before.

    Raises
    ------
    InputError
        ``root`` holds no plan of a sweep.
    """
    result = collect(root)
    page, text = (own_name(root / name, "partial") for name in ("report.html", "findings.md"))
    folders = {name: own_name(root / name, "partial") for name in ("tables", "plots")}
    for name in ("report.html", "findings.md", *folders):
        remove_leftovers(root / name)
    for partial in folders.values():
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
    for name, frame in result.tables.items():
        write_csv(frame, folders["tables"] / f"{name}.csv")
    plots = _plots(root, result, folders["plots"])
    page.write_text(render_sweep(result, plots), encoding="utf-8", newline="\n")
    findings = findings_markdown(root, result, sweep_claims(result))
    text.write_text(findings, encoding="utf-8", newline="\n")
    for name, partial in folders.items():
        _keep_others(root / name, partial)
        shutil.rmtree(root / name, ignore_errors=True)
        partial.rename(root / name)
    page.replace(root / "report.html")
    text.replace(root / "findings.md")
    return result


def _keep_others(old: Path, new: Path) -> None:
    """Take what no sweep wrote from ``old`` along to ``new``."""
    own = {SettingDots().name, *SCHEMA_OF, *(path.stem for path in new.iterdir())}
    for path in sorted(old.iterdir()) if old.is_dir() else ():
        if path.stem not in own or path.suffix not in _WRITTEN:
            path.rename(new / path.name)


def _plots(root: Path, result: SweepResult, folder: Path) -> list[PlotImage]:
    plot = SettingDots()
    figure = plot.draw(result.tables)
    if figure is None:
        return []
    others = [kind for kind in ("png", "pdf") if any(root.glob(f"*/plots/*.{kind}"))]
    files = style.save(figure, folder / plot.name, ["svg", *others])  # as the jobs were asked for
    return [PlotImage(plot.name, plot.question, plot.explanation, files[0].read_text("utf-8"))]


def render_sweep(result: SweepResult, plots: Sequence[PlotImage] = ()) -> str:
    """The HTML of the page."""
    css, script = page_style(), page_script(TABLE_SCRIPTS)
    jobs = result.tables["jobs"]
    text = page_environment().get_template("sweep.html.j2").render(
        command=result.plan.command,
        started=result.plan.started,
        facts=[
            ("jobs done", count((jobs["state"] == "done").sum())),
            ("jobs failed", count(len(result.failed))),
            ("scores computed", count(jobs["computed"].sum())),
            ("scores reused", count(jobs["reused"].sum())),
        ],
        findings=shown_claims(sweep_claims(result)),
        failures=[(job.name, job.number, status) for job, status in result.failed],
        agreement=_agreement(result),
        categories=category_grids(result, _labels(result)),
        injections=injection_grids(result, _labels(result)),
        stability=_stability(result),
        jobs=_jobs(result),
        plots=[picture(plot, 10.0) for plot in plots],
        scripted=False,
        style=Markup(css),
        script=Markup(script),
        policy=content_security_policy([script], css),
    )  # fmt: skip
    return clean_surrogates(text)


def sweep_claims(result: SweepResult) -> list[Claim]:
    """What differs between settings: only what a test shows; and which settings are one."""
    facts = Facts(result.tables, _labels(result))
    rules = (Replication(), ChangedOrder(), EqualSettings())
    return [claim for rule in rules for claim in rule.claims(facts)]


def _competing(result: SweepResult) -> pd.DataFrame:
    meta, metrics = result.tables["meta_evaluation"], result.tables["metrics"]
    roles = metrics.drop_duplicates("metric").set_index("metric")["role"]
    meta = meta[meta["metric"].map(roles) == "metric"]
    return meta[meta["subset"] == "all"] if "subset" in meta else meta


def _topic(topic: Any) -> str:
    level, category, name, grouping, system_score = map(str, topic)
    whose = "" if category == "all" else f", category {humanise(category)}"
    where = grouping_label(level, grouping, system_score)
    return f"{statistic_label(name)} ({level} level, {where}{whose})"


def _labels(result: SweepResult) -> Mapping[Any, str]:
    metrics = result.tables.get("metrics")
    if metrics is None:
        return {}
    unique = metrics.drop_duplicates("metric")
    return dict(zip(unique["metric"], map(str, unique["label"]), strict=True))


def _agreement(result: SweepResult) -> list[Grid]:
    """For each statistic metrics x settings, with intervals and links to the runs."""
    meta = result.tables.get("meta_evaluation")
    if meta is None:
        return []
    if "subset" in meta:
        meta = meta[meta["subset"] == "all"]
    labels = _labels(result)
    sentinels = set(result.tables["metrics"].query("role == 'sentinel'")["metric"])
    grids = []
    for topic, rows in meta.groupby(TOPIC, sort=False):
        settings = list(dict.fromkeys(rows["setting"]))
        by_key = {(r.metric, r.setting): r for r in records(rows)}
        means = rows.groupby("metric", sort=False)["value"].mean()
        metrics = sorted(means.index, key=lambda m: (m in sentinels, -_low(means[m])))
        notes = Footnotes()
        body = [
            Row(
                [
                    Cell(
                        labels.get(metric, str(metric)),
                        badge="sentinel" if metric in sentinels else "",
                        header=True,
                    ),
                    *(
                        _value(by_key.get((metric, s)), str(topic[2]), notes, result.link)
                        for s in settings
                    ),
                ]
            )
            for metric in metrics
        ]
        unit = ", %" if is_percentage(str(topic[2])) else ""
        heads = [
            Cell(s, header=True, classes=("number",), detail=_counted(rows[rows["setting"] == s]))
            for s in settings
        ]
        grids.append(
            Grid(
                caption=_topic(topic) + unit,
                explanation="Higher is better; a value leads to its run.",
                csv="tables/meta_evaluation.csv",
                heads=[Row([Cell("Metric", header=True), *heads])],
                rows=body,
                footnotes=notes.listed(),
            )
        )
    return grids


def _low(value: float) -> float:
    return float("-inf") if is_missing(value) else float(value)


def _counted(rows: pd.DataFrame) -> str:
    return f"{plural(rows['n_systems'].max(), 'system')}, " + plural(
        rows["n_segments"].max(), "segment"
    )


def _value(row: Any, name: str, notes: Footnotes, link: Callable[[int], str]) -> Cell:
    if row is None:
        return notes.missing("no job of the sweep computed it")
    if is_missing(row.value):
        return notes.missing(str(row.note) or "undefined")
    return Cell(
        statistic(name, row.value),
        detail=statistic_interval(name, row.low, row.high),
        href=link(row.job),
        classes=("number",),
    )


def _stability(result: SweepResult) -> list[Grid]:
    """For each statistic how alike two settings order the metrics."""
    frame = result.tables.get("rank_stability")
    if frame is None:
        return []
    topics = [tuple(map(str, topic)) for topic in frame[TOPIC].drop_duplicates().to_numpy()]
    titles = [_topic(topic).removesuffix(")").rsplit(" (", 1) for topic in topics]
    notes = Footnotes()
    rows = []
    for (one, two), own in frame.groupby(["setting_1", "setting_2"], sort=False):
        found = {tuple(str(getattr(r, c)) for c in TOPIC): r for r in records(own)}
        rows.append(
            Row(
                [
                    *(Cell(_values(s), title=str(s)) for s in (one, two)),
                    *(_tau(found.get(topic), notes) for topic in topics),
                ]
            )
        )
    heads = [Cell(h, header=True) for h in ("Setting", "Other setting")]
    heads += [Cell(name, detail=d, header=True, classes=("number",)) for name, d in titles]
    return [
        Grid(
            caption="Does the order of the metrics survive another setting?",
            explanation="Kendall's tau between the values in two settings: 1 is the same order, 0 "
            "no relation, \N{MINUS SIGN}1 the reverse; below it, how many pairs of metrics are "
            "reversed.",
            csv="tables/rank_stability.csv",
            heads=[Row(heads)],
            rows=rows,
            footnotes=notes.listed(),
        )
    ]


def _values(setting: object) -> str:
    """'test_set=wmt22_zhen weights=mqm_google' without its keys: 'wmt22_zhen, google'."""
    return ", ".join(part.partition("=")[2] or part for part in str(setting).split(" "))


def _tau(row: Any, notes: Footnotes) -> Cell:
    if row is None:
        return notes.missing("not computed under both settings")
    detail = f"{count(row.n_flipped)} of {count(row.n_pairs)}"
    if is_missing(row.tau):
        return notes.missing("fewer than two metrics, or all of them equal, under one setting")
    return Cell(number(row.tau, 2), detail=detail, classes=("number",))


def _jobs(result: SweepResult) -> Grid:
    swept = result.plan.swept
    own = {
        job.number: " ".join(o for o in job.overrides if o.partition("=")[0] in swept)
        for job in result.plan.jobs
    }
    rows = []
    for row in records(result.tables["jobs"]):
        done = row.state == "done"
        rows.append(
            Row(
                [
                    Cell(
                        str(row.job),
                        header=True,
                        href=result.link(row.job) if done else "",
                    ),
                    Cell(own[row.job] or str(row.overrides), title=str(row.overrides)),
                    Cell(str(row.state), title=str(row.why)),
                    Cell(seconds(row.seconds), classes=("number",)),
                    *_numbers([row.computed, row.reused, row.missing, row.failed]),
                ]
            )
        )
    heads = ("Job", "Overrides", "State", "Time", "Computed", "Reused", "Missing", "Failed")
    return Grid(
        caption="Jobs",
        explanation="Segment scores that each job computed, took from the store, could not compute "
        "for lack of a text, or failed to compute.",
        csv="tables/jobs.csv",
        heads=[Row([Cell(h, header=True) for h in heads])],
        rows=rows,
    )


def _numbers(values: Sequence[float]) -> list[Cell]:
    return [Cell(count(value), classes=("number",)) for value in values]

"""The findings of a sweep as Markdown: what holds over its runs, then each run in sentences and two
tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from harness.claims.category_rows import Category, categories_in
from harness.claims.claim import Claim
from harness.claims.wording import per_cent, some
from harness.error_categories.notes import of_share
from harness.ratings.rating import ANNOTATED
from harness.support.formatting import humanise, visible
from harness.sweep.collect import SweepResult

__all__ = ["findings_markdown"]

#: Rows of the table of precision at 1.
MOST_ROWS = 12
#: How to read the table of categories.
NOTES = (
    "*Not shown* does not mean *does not see*: a metric may lack data. *Most accurate* is the "
    "highest value observed, shown or not. *Effective pairs* are the sum of the weights by which "
    "pairs count, so that knowing the better system gives 50 %. A *held-out rater* is judged by "
    "the other raters, and not tested against metrics. A *sentinel* is a score that knows nothing "
    "of quality; the cell is empty where no sentinel's interval lies above 50. *Not judged*: too "
    "few pairs or documents, or unreliable, that is, raters are not shown to agree on the category."
)
#: What is added where raters were left out one at a time.
OTHERS = (
    " *For other raters*: leaving out one rater at a time, in place of one document, shows it too."
)
#: Rules whose sentences the tables replace.
IN_TABLES = ("category_accuracies", "injected_errors", "lost_points", "systems_told_apart")


def findings_markdown(root: Path, result: SweepResult, claims: Sequence[Claim]) -> str:
    """The text of findings.md of the sweep in ``root``: ``claims`` over all runs first, then each
    run that is done."""
    parts = ["# Findings", "", f"Made by `{visible(result.plan.command)}`.", ""]
    if claims:
        parts += ["## What holds over the runs", "", *(f"- {_text(c.text)}" for c in claims), ""]
    sources: dict[str, Mapping[str, str]] = {}
    for job in result.plan.jobs:
        record = _record(root, result, job.number)
        if record is not None:
            tables = {
                name: frame[frame["job"] == job.number]
                for name, frame in result.tables.items()
                if "job" in frame
            }
            parts += _of_run(job.name, record, tables)
            sources |= {source["title"]: source for source in record.get("sources", ())}
    parts += _of_sources(sources.values())
    return "\n".join(parts).rstrip() + "\n"


def _of_sources(sources: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Whose data the numbers were computed from."""
    yield "## Sources"
    yield ""
    yield "The numbers were computed with harness from these data, of which no text is shown here."
    yield ""
    for source in sources:
        title, licence, citation = (
            _text(source[key].rstrip(". ")) for key in ("title", "licence", "citation")
        )
        yield f"- {title}. Licence: {licence}. Citation: {citation}."
    yield ""


def _record(root: Path, result: SweepResult, number: int) -> Mapping[str, Any] | None:
    """The run.json of a job that is done."""
    if result.statuses[number].state != "done":
        return None
    text = (root / str(number) / "run.json").read_text(encoding="utf-8")
    record: Mapping[str, Any] = json.loads(text)
    return record


def _of_run(
    name: str, record: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> Iterator[str]:
    sources = record.get("sources") or [{"title": record["test_set"]}]
    yield f"## {_text(sources[0]['title'])}"
    yield ""
    counts = record["counts"]
    yield (
        f"Run {_text(name)}: {counts['segments']:,} segments{_rated(counts, tables)}, "
        f"{len(record['rated_systems'])} rated systems, ratings: {_text(_ratings(record))}."
    )
    yield ""
    yield "**Verdict.**"
    yield ""
    for claim in record["claims"]:
        if claim["in_verdict"]:
            yield f"- {_text(claim['text'])}"
    yield ""
    yield from _category_table(tables)
    yield from _precision_table(tables)
    rest = [c for c in record["claims"] if not c["in_verdict"] and c["rule"] not in IN_TABLES]
    for claim in rest:
        yield f"- {_text(claim['text'])}"
    yield ""


def _rated(counts: Mapping[str, int], tables: Mapping[str, pd.DataFrame]) -> str:
    """How many segments are rated, where not all are."""
    meta = tables.get("meta_evaluation")
    rated = counts["segments"] if meta is None else int(meta["n_segments"].max())
    return "" if rated == counts["segments"] else f" of which {rated:,} are rated"


def _ratings(record: Mapping[str, Any]) -> str:
    """What the ratings are: of annotated errors, by which weights."""
    if record["rating"] != ANNOTATED:
        return str(record["rating"])
    weights = (yaml.safe_load(record["config"]) or {}).get("weights") or {}
    return f"annotated errors with the weights {weights.get('name', '')}".rstrip()


def _category_table(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """For each category of the first view: who is shown to see it, who less, and what stands
    beside the metrics."""
    labels = _labels(tables)
    categories = categories_in(tables)
    if not categories:
        return
    yield (
        "| category | effective pairs | shown to see it | not shown | most accurate, % | shown "
        "less accurate than that | held-out rater, % | best sentinel, % |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for category in categories:
        yield f"| {' | '.join(_cells(category, labels))} |"
    yield ""
    yield NOTES + (OTHERS if any(c.n_raters for c in categories) else "")
    yield ""


def _cells(category: Category, labels: Mapping[str, str]) -> Iterator[str]:
    whole = category.whole
    yield _text(humanise(category.name))
    yield f"{whole['n_eff']:.0f}"
    if not category.judged:
        yield from (f"not judged: {whole['tier']}", *[""] * 5)
        return
    best, first = next(iter(category.metrics.items()))
    worse = [labels.get(m, m) for m in category.worse]
    others = f" ({len(category.seeing_for_others)} for other raters)" if category.n_raters else ""
    yield f"{len(category.seeing)}{others}"
    yield str(len(category.metrics) - len(category.seeing))
    yield f"{_text(labels.get(best, best))} {_share(first)}"
    yield _text(f"{len(worse)}: {some(worse, most=3)}" if worse else "none")
    human, sentinel = category.rows.get("human"), category.best_sentinel
    yield "" if human is None else _share(human)
    name = "" if sentinel is None else labels.get(sentinel["metric"], sentinel["metric"])
    yield "" if sentinel is None else f"{_text(name)} {_share(sentinel)}"


def _precision_table(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Precision at 1 of the metrics that have most of it."""
    meta = tables.get("meta_evaluation")
    if meta is None:
        return
    rows = meta[(meta["statistic"] == "precision_at_1") & meta["value"].notna()]
    rows = rows[rows["subset"] == "all"].sort_values("value", ascending=False, kind="stable")
    listed = tables.get("metrics")
    if listed is not None:
        sentinels = listed.loc[listed["role"] == "sentinel", "metric"]
        rows = rows[~rows["metric"].isin(sentinels)]
    if rows.empty:
        return
    labels = _labels(tables)
    yield (
        "Precision at 1: how often the translation that a metric scores highest in a segment is "
        f"the one that people rate best (chance {per_cent(float(rows['chance'].iloc[0]))})."
    )
    yield ""
    yield "| metric | precision at 1, % |"
    yield "|---|---|"
    for _, row in rows.head(MOST_ROWS).iterrows():
        yield f"| {_text(labels.get(row['metric'], row['metric']))} | {_share(row)} |"
    if len(rows) > MOST_ROWS:
        yield f"| {len(rows) - MOST_ROWS} more | at most {_share(rows.iloc[MOST_ROWS])} |"
    yield ""


def _share(row: Mapping[str, Any] | pd.Series[Any]) -> str:
    return of_share(row["value"], row["low"], row["high"]).replace(" %", "")


def _labels(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    metrics = tables.get("metrics")
    if metrics is None:
        return {}
    return dict(zip(metrics["metric"].map(str), metrics["label"].map(str), strict=True))


def _text(value: object) -> str:
    """Untrusted text in Markdown."""
    text = visible(str(value))
    for mark in "\\`*_[]<>|#":
        text = text.replace(mark, f"\\{mark}")
    return text

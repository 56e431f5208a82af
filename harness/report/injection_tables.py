"""Injected errors: what each metric charges for each kind, and the minimal pairs themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness.claims.injection_statements import brief, kind
from harness.minimal_pairs.injections import MEASURED
from harness.report.content import ReportContent, csv_file, records
from harness.report.grids import Cell, Footnotes, Grid, Row
from harness.report.metric_info import MetricInfo, label_of, metric_infos
from harness.support.formatting import (
    MISSING,
    count,
    humanise,
    interval,
    is_missing,
    number,
    percent,
    plural,
)

__all__ = ["Change", "Pair", "PairGroup", "drop_sentences", "injection_tables", "pair_groups"]

#: A word or number; of Chinese, a character.
_WORD = re.compile(r"[^\W\u3400-\u9fff]+(?:['’.,-][^\W\u3400-\u9fff]+)*")
OUTCOMES: Mapping[str, str] = {
    "noticed": "noticed",
    "tied": "not noticed: same score",
    "misled": "misled: the error scores higher",
    "missing": "no score",
}


@dataclass(frozen=True)
class Change:
    """A text with one change: what stands before it, what went, what came, what stands after."""

    before: str
    removed: str
    added: str
    after: str


@dataclass(frozen=True)
class Pair:
    """A minimal pair; ``scores`` are label, score before, score after, outcome and its words."""

    segment: str
    base: str
    source: Change
    change: Change
    scores: Sequence[tuple[str, str, str, str, str]]


@dataclass(frozen=True)
class PairGroup:
    """The minimal pairs of one kind of error, under its ``category``; ``total`` of them are in the
    file."""

    category: str
    title: str
    summary: str
    pairs: Sequence[Pair]
    total: int
    grey: bool


def drop_sentences(content: ReportContent) -> list[str]:
    """What every metric (no sentinels) charges and misses, in brief."""
    table = content.table("injections")
    if table is None:
        return []
    infos = metric_infos(content)
    metrics = [m for m in dict.fromkeys(table["metric"]) if not _is_sentinel(infos, m)]
    sentences = [brief(table[table["metric"] == m], label_of(infos, m)) for m in metrics]
    return [s for s in sentences if s]


def injection_tables(content: ReportContent) -> list[Grid]:
    """Whether metrics charge by severity, and the prices of all kinds of error."""
    table = content.table("injections")
    if table is None:
        return []
    infos = metric_infos(content)
    severity = content.table("injection_severity")
    grids = [] if severity is None else [_severity(severity, infos)]
    return [*grids, _drops(table, infos)]


def _is_sentinel(infos: Mapping[str, MetricInfo], metric: str) -> bool:
    return metric in infos and infos[metric].is_sentinel


def _in_order(table: pd.DataFrame, infos: Mapping[str, MetricInfo]) -> list[str]:
    """Metrics first, then sentinels."""
    every = [str(m) for m in dict.fromkeys(table["metric"])]
    return sorted(every, key=lambda m: _is_sentinel(infos, m))


def _kinds(table: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Each category of the view news with its injectors, major ones first."""
    own = table.drop_duplicates("injector")
    result = []
    for category, rows in own.groupby("news_category", sort=False):
        order = rows.sort_values("severity", kind="stable", key=lambda s: s != "major")
        result.append((str(category), [str(name) for name in order["injector"]]))
    return result


def _drops(table: pd.DataFrame, infos: dict[str, MetricInfo]) -> Grid:
    metrics = _in_order(table, infos)
    fits = table.groupby("injector", sort=False)[["n", "n_missing"]].sum().sum(axis=1)
    nowhere = [kind(name) for name, n in fits.items() if not n]
    table = table[table["injector"].isin(fits.index[fits > 0])]
    by_key = {(r.metric, r.injector): r for r in records(table)}
    notes = Footnotes()
    body = []
    for category, keys in _kinds(table):
        for i, key in enumerate(keys):
            own = [by_key[m, key] for m in metrics if (m, key) in by_key]
            grey = all(r.tier != MEASURED for r in own)
            cells = []
            if i == 0:
                cells.append(
                    Cell(humanise(category), header=True, rows=len(keys), classes=("group-name",))
                )
            n = sorted({int(r.n) for r in own})
            size = count(n[0]) if len(n) == 1 else f"{count(n[0])} to {count(n[-1])}"
            cells += [
                Cell(kind(key), detail=_where(own[0]), header=True),
                Cell(str(own[0].severity), classes=(f"text-{_severity_class(own[0])}",)),
                Cell(
                    size,
                    title=f"{plural(own[0].n_segments, 'segment')}, "
                    f"{plural(own[0].n_documents, 'document')}; {own[0].tier}",
                    classes=("number",),
                ),
            ]
            cells += [_drop_cell(by_key.get((m, key)), notes) for m in metrics]
            body.append(Row(cells, ("grey",) if grey else ()))
    heads = [
        Cell("Category", header=True),
        Cell("Kind of error", header=True),
        Cell("Severity", header=True),
        Cell("Pairs", header=True, classes=("number",)),
    ]
    heads += [
        Cell(
            label_of(infos, m),
            detail="sentinel" if _is_sentinel(infos, m) else "drop, accuracy",
            header=True,
            classes=("number",),
        )
        for m in metrics
    ]
    bases = str(table["bases"].iloc[0])
    return Grid(
        caption="Price list of injected errors",
        explanation=(
            f"One error at a time was put into {bases}. First the mean drop in score in % of the "
            "drop for an unrelated sentence (0: no charge); below it the accuracy in %, how often "
            "the text without the error scores higher (ties count half, 50 is chance, bold where "
            "its 95 % interval leaves out 50), and the ties in %. Grey rows have too few pairs to "
            "judge a metric by. Intervals are in the tooltips and in the file."
        ),
        csv=csv_file("injections"),
        heads=[Row(heads)],
        rows=body,
        footnotes=[
            *notes.listed(),
            *[
                ("", f"Kinds that fit in no translation: {', '.join(nowhere)}.")
                for _ in nowhere[:1]
            ],
        ],
        classes=("grouped",),
    )


def _where(row: Any) -> str:
    """The error's place in the taxonomy."""
    parts = [str(row.category), str(row.subcategory)]
    return humanise("/".join(p for p in parts if p))


def _severity_class(row: Any) -> str:
    return "major" if str(row.severity) == "major" else "minor"


def _drop_cell(row: Any, notes: Footnotes) -> Cell:
    if row is None:
        return notes.missing("not scored in this run")
    note = str(row.note)
    if row.n == 0:
        return notes.missing(note or "no pair with both scores")
    accuracy = f"{percent(row.accuracy)}"
    if row.tie_rate > 0:
        accuracy += f", ties {percent(row.tie_rate)}"
    clear = not is_missing(row.accuracy_low) and (row.accuracy_low > 0.5 or row.accuracy_high < 0.5)
    title = (
        f"drop {number(row.drop, 2)} points, for an unrelated sentence "
        f"{number(row.unrelated_drop, 2)}; interval of the relative drop "
        f"{interval(row.low, row.high, 1, 100) or MISSING} %, of the accuracy "
        f"{interval(row.accuracy_low, row.accuracy_high, 1, 100) or MISSING} %, leaving out "
        f"{row.resampled} in turn"
    )
    if row.n_missing:
        title += f"; {plural(row.n_missing, 'pair')} without a score"
    mark = notes.mark(note) if note and is_missing(row.relative_drop) else ""
    return Cell(
        percent(row.relative_drop),
        detail=accuracy,
        title=f"{title}; {note}" if note else title,
        mark=mark,
        strong=clear and row.tier == MEASURED,
        classes=("number",),
    )


def _severity(table: pd.DataFrame, infos: dict[str, MetricInfo]) -> Grid:
    notes = Footnotes()
    body = []
    by_metric = {str(r.metric): r for r in records(table)}
    for metric in _in_order(table, infos):
        row = by_metric[metric]
        reason = str(row.note) or "undefined"
        cells = [
            Cell(
                label_of(infos, metric),
                badge="sentinel" if _is_sentinel(infos, metric) else "",
                header=True,
            )
        ]
        for value, text in (
            (row.probability, percent(row.probability)),
            (row.kendall, number(row.kendall, 3)),
            (row.spearman, number(row.spearman, 3)),
        ):
            cells.append(
                notes.missing(reason) if is_missing(value) else Cell(text, classes=("number",))
            )
        cells.append(
            Cell(f"{row.n_major} + {row.n_minor}", title="major + minor", classes=("number",))
        )
        if is_missing(row.within):
            cells.append(notes.missing("no translation took a major and a minor error"))
        else:
            cells.append(
                Cell(
                    percent(row.within),
                    detail=interval(row.within_low, row.within_high, 1, 100),
                    title=f"{plural(row.n_pairs, 'pair')} of errors, leaving out {row.resampled}",
                    classes=("number",),
                )
            )
        cells.append(Cell(count(row.n_translations), classes=("number",)))
        body.append(Row(cells))
    names = (
        ("Major costs more, %", "kinds of error"),
        ("Kendall tau-b", "drop and severity"),
        ("Spearman rho", "drop and severity"),
        ("Kinds", "major + minor"),
        ("Major costs more, %", "in one translation"),
        ("Translations", ""),
    )
    heads = [Cell("Metric", header=True)]
    heads += [Cell(text, detail=d, header=True, classes=("number",)) for text, d in names]
    few = int(table["n_few"].max())
    if few:
        notes_listed = [("", f"{plural(few, 'kind')} of those compared have too few pairs.")]
    else:
        notes_listed = []
    return Grid(
        caption="Does it charge by severity?",
        explanation=(
            "How often a kind of major error costs more than a kind of minor error, and how often "
            "a major error costs more than a minor one put into the same translation (95 % "
            "interval below); 50 is no regard to severity, ties count half."
        ),
        csv=csv_file("injection_severity"),
        heads=[Row(heads)],
        rows=body,
        footnotes=[*notes.listed(), *notes_listed],
    )


def pair_groups(content: ReportContent) -> list[PairGroup]:
    """The minimal pairs by kind of error, at most ``max_pairs`` of each."""
    pairs, scores = content.table("injected_pairs"), content.table("injected_scores")
    table = content.table("injections")
    if pairs is None or scores is None or table is None:
        return []
    infos = metric_infos(content)
    shown = [m for m in _in_order(scores, infos) if not _is_sentinel(infos, m)]
    segments = content.test_set.segments
    sources = dict(zip(segments["segment_id"], segments["source"], strict=True))
    first = {str(r.injector): r for r in records(table.drop_duplicates("injector"))}
    groups = []
    for category, keys in _kinds(table):
        for key in keys:
            own = pairs[pairs["injector"] == key]
            if own.empty:
                continue
            here = scores[(scores["injector"] == key) & scores["metric"].isin(shown)]
            chosen = _most_missed(own, here).head(content.options.max_pairs)
            by_key = {(r.segment_id, r.base, r.metric): r for r in records(here)}
            groups.append(
                PairGroup(
                    category=humanise(category),
                    title=kind(key),
                    summary=_summary(first[key], len(own), here, shown, infos),
                    pairs=[_pair(row, sources, by_key, shown, infos) for row in records(chosen)],
                    total=len(own),
                    grey=str(first[key].tier) != MEASURED,
                )
            )
    return groups


def _most_missed(pairs: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Pairs by how many metrics do not notice the error, the most first."""
    keys = ["segment_id", "base"]
    missed = scores[scores["outcome"].isin(["tied", "misled"])].groupby(keys).size()
    number = missed.reindex(pd.MultiIndex.from_frame(pairs[keys]), fill_value=0)
    return pairs.iloc[(-number.to_numpy()).argsort(kind="stable")]


def _summary(
    row: Any,
    n: int,
    scores: pd.DataFrame,
    metrics: Sequence[str],
    infos: dict[str, MetricInfo],
) -> str:
    """``major, 212 pairs; noticed by BLEU 200, chrF 212``."""
    noticed = scores[scores["outcome"] == "noticed"].groupby("metric").size()
    counts = ", ".join(f"{label_of(infos, m)} {count(int(noticed.get(m, 0)))}" for m in metrics)
    text = f"{row.severity}, {plural(n, 'pair')}"
    return f"{text}; noticed by {counts}" if counts else text


def _pair(
    row: Any,
    sources: Mapping[str, str],
    by_key: Mapping[tuple[str, str, str], Any],
    metrics: Sequence[str],
    infos: dict[str, MetricInfo],
) -> Pair:
    source = str(sources.get(row.segment_id, ""))
    licensed = Change(source, "", "", "")
    if not is_missing(row.source_start) and not is_missing(row.source_end):
        start, end = int(row.source_start), int(row.source_end)
        licensed = Change(source[:start], "", source[start:end], source[end:])
    original, corrupted = str(row.original), str(row.corrupted)
    start, end, corrupted_end = _whole_words(
        original, corrupted, int(row.start), int(row.end), int(row.corrupted_end)
    )
    change = Change(
        original[:start],
        _visible_space(original[start:end]),
        _visible_space(corrupted[start:corrupted_end]),
        original[end:],
    )
    listed = []
    for metric in metrics:
        own = by_key.get((row.segment_id, row.base, metric))
        if own is not None:
            decimals = infos[metric].decimals + 1 if metric in infos else 2
            listed.append(
                (
                    label_of(infos, metric),
                    number(own.score, decimals),
                    number(own.injected_score, decimals),
                    str(own.outcome),
                    OUTCOMES.get(str(own.outcome), str(own.outcome)),
                )
            )
    return Pair(str(row.segment_id), str(row.base), licensed, change, listed)


def _whole_words(
    original: str, corrupted: str, start: int, end: int, corrupted_end: int
) -> tuple[int, int, int]:
    """The change from ``start`` to the ends in either text, made wider until no word is cut: 30,000
    for a digit of it. The texts are the same before and behind it."""
    inner, changed = _within_words(original), _within_words(corrupted)
    while start in inner or start in changed:
        start -= 1
    while end in inner or corrupted_end in changed:
        end, corrupted_end = end + 1, corrupted_end + 1
    return start, end, corrupted_end


def _within_words(text: str) -> set[int]:
    """The places between two characters of one word or number."""
    return {place for word in _WORD.finditer(text) for place in range(word.start() + 1, word.end())}


def _visible_space(text: str) -> str:
    """``text`` with its spaces as open boxes where it is nothing but space: they would not show."""
    return text.replace(" ", "\N{OPEN BOX}") if text and not text.strip() else text

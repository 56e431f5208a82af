"""The minimal pairs of injected errors: the change, and how metrics scored it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness.claims.injected_errors import kind
from harness.minimal_pairs.injections import MEASURED
from harness.report.content import ReportContent, records
from harness.report.injection_order import is_sentinel, kinds_by_category, metrics_first
from harness.report.metric_info import MetricInfo, label_of, metric_infos
from harness.support.formatting import count, humanise, is_missing, number, plural

__all__ = ["Change", "Pair", "PairGroup", "pair_groups"]

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
    """A text with one change: what stands before it, what was removed, what was added, what stands
    after it."""

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


def pair_groups(content: ReportContent) -> list[PairGroup]:
    """The minimal pairs by kind of error, at most ``max_pairs`` of each."""
    pairs, scores = content.table("injected_pairs"), content.table("injected_scores")
    table = content.table("injections")
    if pairs is None or scores is None or table is None:
        return []
    infos = metric_infos(content)
    shown = [m for m in metrics_first(scores, infos) if not is_sentinel(infos, m)]
    segments = content.test_set.segments
    sources = dict(zip(segments["segment_id"], segments["source"], strict=True))
    first = {str(r.injector): r for r in records(table.drop_duplicates("injector"))}
    groups = []
    for category, keys in kinds_by_category(table):
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
    """Pairs by how many metrics miss the error, the most first."""
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
    own = {m: by_key.get((row.segment_id, row.base, m)) for m in metrics}
    scores = [_score(label_of(infos, m), infos.get(m), r) for m, r in own.items() if r is not None]
    source = _licence(row, str(sources.get(row.segment_id, "")))
    return Pair(str(row.segment_id), str(row.base), source, _change(row), scores)


def _licence(row: Any, source: str) -> Change:
    """The source, with what licenses the error as its change."""
    if is_missing(row.source_start) or is_missing(row.source_end):
        return Change(source, "", "", "")
    start, end = int(row.source_start), int(row.source_end)
    return Change(source[:start], "", source[start:end], source[end:])


def _change(row: Any) -> Change:
    """The translation, with the error as its change."""
    original, corrupted = str(row.original), str(row.corrupted)
    start, end, corrupted_end = _whole_words(
        original, corrupted, int(row.start), int(row.end), int(row.corrupted_end)
    )
    return Change(
        original[:start],
        _visible_space(original[start:end]),
        _visible_space(corrupted[start:corrupted_end]),
        original[end:],
    )


def _score(label: str, info: MetricInfo | None, row: Any) -> tuple[str, str, str, str, str]:
    """How a metric scored the pair."""
    decimals = 2 if info is None else info.decimals + 1
    outcome = str(row.outcome)
    return (
        label,
        number(row.score, decimals),
        number(row.injected_score, decimals),
        outcome,
        OUTCOMES.get(outcome, outcome),
    )


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

"""What may be wrong with the scores of a user's file though all of them can be read."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from harness.metrics.base import Metric
from harness.metrics.stored import Precomputed
from harness.tables import TestSet

__all__ = ["file_warnings"]

#: Of at least so many systems, the scores of one seem to be on another scale if its median, times
#: one of these, lies among the others' medians, with so much of their size as room.
FEWEST_SYSTEMS, FACTORS, ROOM = 3, (100.0, 0.01), 0.5
#: Metrics in which lower is better: the first word of their names -> how it is written.
_LOWER = {"cer": "CER", "hter": "HTER", "metricx": "MetricX", "ter": "TER", "wer": "WER"}


def file_warnings(test_set: TestSet, metrics: Mapping[str, Metric]) -> list[str]:
    """Sentences on every :class:`Precomputed` metric whose direction is doubtful, whose
    scores of one system seem to be on another scale, or that has scores of some segments of a
    system only. ``test_set`` holds the scores, higher is better."""
    stored = test_set.stored_scores
    return [
        warning
        for metric in metrics.values()
        if isinstance(metric, Precomputed)
        for warning in _of_one(
            test_set,
            metric,
            stored[
                (stored["metric"] == metric.column[0])
                & (stored["reference_name"] == metric.column[1])
            ],
        )
    ]


def _of_one(test_set: TestSet, metric: Precomputed, scores: pd.DataFrame) -> Iterator[str]:
    file = Path(metric.path).name
    words = re.findall(r"[a-z]+", (metric.metric or metric.name).lower())
    known = _LOWER.get(words[0]) if words else None
    if known and not metric.lower_is_better and not (scores["score"] < 0).any():
        yield (
            f"lower is better in {known}, but the scores of {metric.name} in {file} are read as"
            f" higher is better. If lower is better there, give {_negating(metric)} instead, with"
            " precomputed among the metrics"
        )
    yield from _other_scale(metric.name, file, scores)
    translated = Counter(test_set.hypotheses["system"].map(str))
    scored = Counter(scores["system"].map(str))
    lacking = {s: translated[s] - n for s, n in scored.items() if translated[s] > n}
    if lacking:
        system, missing = next(iter(lacking.items()))
        others = f" (and for some of {len(lacking) - 1:,} more)" if len(lacking) > 1 else ""
        yield (
            f"{file} has no score of {metric.name} for {missing:,} of {translated[system]:,}"
            f" segments of {system}{others}; a system that lacks scores has none as a whole"
        )


def _other_scale(name: str, file: str, scores: pd.DataFrame) -> Iterator[str]:
    """A system whose scores would lie among those of the others if they were 100 times as large, or
    a 100th: 0 to 1 beside 0 to 100."""
    levels = scores.groupby("system")["score"].median().dropna()
    if len(levels) < FEWEST_SYSTEMS:
        return
    for system, own in levels.items():
        others = levels.drop(system)
        low, high = float(others.min()), float(others.max())
        room = max(high - low, ROOM * abs(float(others.median())))
        fits = [low - room <= factor * own <= high + room for factor in (1.0, *FACTORS)]
        if own and not fits[0] and any(fits[1:]):
            yield (
                f"the scores of {system} by {name} in {file} seem to be on another scale: their"
                f" median is {own:.3g}, those of the other systems are {others.min():.3g} to"
                f" {others.max():.3g}"
            )


def _negating(metric: Precomputed) -> str:
    """The overrides that read the file with lower is better."""
    values = {"file": metric.path, "metric": metric.metric, "higher_is_better": "false"}
    given = (f"metrics.precomputed.{key}={value}" for key, value in values.items() if value)
    return " ".join(map(shlex.quote, given))

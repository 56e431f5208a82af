"""Systems with new translations of the same segments: is one worse by a metric, or by ratings?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.gate.comparison import Comparison, Found, Uncompared, one_sided
from harness.gate.links import link_to
from harness.gate.lost_scores import EXAMPLES, lost_scores
from harness.gate.opened import ALL
from harness.gate.settings import GateSettings
from harness.gate.shared import Shared, called
from harness.metrics.base import Batch, Metric, SegmentScores
from harness.support.formatting import humanise, plural, score_decimals
from harness.system_comparison import SystemTesting
from harness.system_comparison.rows import compare_scores

__all__ = ["compare_systems"]

Array = NDArray[np.float64]
Names = tuple[str, str]
RUN, BASELINE = "run", "baseline"
PERCENT = 100.0
OTHER_RATERS = "other raters in the baseline: the difference may be theirs"


@dataclass(frozen=True)
class MeanScore(Metric):
    """How scores of texts follow from segment scores that are known: as their mean."""

    def score(self, batch: Batch) -> SegmentScores:
        raise NotImplementedError("the scores are known")


@dataclass(frozen=True)
class Measured:
    """A number of each segment for both texts of a system: ``run`` and ``baseline``, (n_segments,),
    higher is better, NaN where missing."""

    measure: str
    run: Array
    baseline: Array
    link: str
    note: str = ""


def compare_systems(shared: Shared, metrics: list[Names], settings: GateSettings) -> Found:
    """Compare each renewed system by every metric that is the same in both runs, and by the
    ratings in each category where its translations are rated in both."""
    found = Found()
    renewed = {new for new, _ in shared.renewed}
    found.unchanged += [f"system {s}" for s in shared.systems if s not in renewed]
    for names in shared.renewed:
        for metric in metrics:
            why = _why_not(shared, metric)
            if why:
                found.uncompared.append(Uncompared(f"system {called(names)}, by {metric[0]}", why))
                continue
            own = _scores(shared, names, metric)
            measure = f"{own.measure}, segments scored"
            scores = own.run[None], own.baseline[None]
            found.comparisons += lost_scores("system", names, measure, scores, shared.segments)
            found.add(_compared(shared, names, own, settings))
        rated = list(_ratings(shared, names))
        if not rated:
            what = f"system {called(names)}, by ratings"
            found.uncompared.append(Uncompared(what, "its texts are not rated in both runs"))
        for own in rated:
            found.add(_compared(shared, names, own, settings))
        found.compared.append(f"system {called(names)}: {shared.size}")
    return found


def _why_not(shared: Shared, metric: Names) -> str:
    """Why scores of the two runs cannot be compared; empty if they can."""
    new, old = shared.run.signature(metric[0]), shared.baseline.signature(metric[1])
    if new != old:
        return f"the metric is not the same: {new} now, {old} before"
    if not shared.same_references and "nrefs:" in new:
        return "the references are not the same"
    differ = ~np.isclose(*shared.unchanged_scores(metric), rtol=0.0, atol=1e-9, equal_nan=True)
    if differ.any():
        n = plural(int(differ.sum()), "unchanged translation")
        return f"the metric is not the same: it gives {n} another score than before"
    return ""


def _scores(shared: Shared, names: Names, metric: Names) -> Measured:
    run, baseline = (
        shared.scores(of, metric[i], [names[i]])[0]
        for i, of in enumerate((shared.run, shared.baseline))
    )
    whole = [
        of.corpus_scores.get((metric[i], names[i]), np.nan)
        for i, of in enumerate((shared.run, shared.baseline))
    ]
    means = [np.nanmean(own) if np.isfinite(own).any() else np.nan for own in (run, baseline)]
    note = ""
    if not np.isnan(whole).any() and not np.allclose(np.array(whole), np.array(means)):
        note = f"means of segment scores; of the whole text {whole[1]:.2f}, now {whole[0]:.2f}"
    label = shared.run.labels.get(metric[0], metric[0])
    link = link_to(shared.run, metric=metric[0], systems=[names[0]], sort="low")
    return Measured(label, run, baseline, link, note)


def _ratings(shared: Shared, names: Names) -> Iterator[Measured]:
    """The ratings in every category of the first view in which some differ."""
    known = set(shared.baseline.tables["ratings"]["category"])
    for category in dict.fromkeys(shared.run.tables["ratings"]["category"]):
        if category not in known:
            continue
        run, baseline = (
            shared.ratings(of, category, [name])[0]
            for of, name in zip((shared.run, shared.baseline), names, strict=True)
        )
        both = ~np.isnan(run) & ~np.isnan(baseline)
        if not both.any() or (run == baseline)[both].all():
            continue
        measure, filters = "rating", {}
        if category != ALL:
            measure += f": {humanise(category)}"
            filters = {"category": f"{shared.run.views[0]}:{category}"} if shared.run.views else {}
        link = link_to(shared.run, systems=[names[0]], sort="worst", **filters)
        note = "" if _same_raters(shared, names) else OTHER_RATERS
        yield Measured(measure, run, baseline, link, note)


def _same_raters(shared: Shared, names: Names) -> bool:
    """Whether each segment's translations have the same raters in both runs, as far as known."""
    raters = []
    for of, name in zip((shared.run, shared.baseline), names, strict=True):
        frame = of.tables["rater_ratings"]
        own = frame[(frame["system"] == name) & frame["segment_id"].isin(shared.segments)]
        raters.append(set(zip(own["segment_id"], own["rater"], strict=True)))
    return raters[0] == raters[1]


def _compared(
    shared: Shared, names: Names, own: Measured, settings: GateSettings
) -> tuple[list[Comparison], list[Uncompared]]:
    """Compare the means over the segments that have both numbers."""
    what = f"{names[0]}: {own.measure}"
    both = ~np.isnan(own.run) & ~np.isnan(own.baseline)
    if not both.any():
        return [], [Uncompared(what, "no segment has a number in both runs")]
    run, baseline = own.run[both], own.baseline[both]
    segments, documents = (
        [name for name, used in zip(all_of, both, strict=True) if used]
        for all_of in (shared.segments, shared.documents)
    )
    n_documents = len(set(documents))
    unit: Literal["document", "segment"] = "document" if n_documents > 1 else "segment"
    units = n_documents if unit == "document" else len(segments)
    if 0.5**units > settings.alpha:
        why = f"{plural(units, unit)} cannot show a loss: no p is below {0.5**units:.3g}"
        return [], [Uncompared(what, why)]
    shift = abs(float(baseline.mean())) * settings.tolerance / PERCENT
    difference = float(run.mean() - baseline.mean())
    p, low, high = _tested(run + shift, baseline, documents, unit, settings.confidence)
    change = run - baseline
    worst = np.argsort(change, kind="stable")[:EXAMPLES]
    comparison = Comparison(
        kind="system",
        subject=names[0],
        baseline_subject=names[1],
        measure=own.measure,
        value=float(run.mean()),
        baseline=float(baseline.mean()),
        difference=difference,
        low=low - shift,
        high=high - shift,
        p=one_sided(difference + shift, p),
        decimals=max(2, score_decimals([*run, *baseline])),
        tolerance=shift,
        n=len(segments),
        items="segments",
        n_segments=len(segments),
        n_documents=n_documents if unit == "document" else 0,
        n_lost=int((change < 0.0).sum()),
        n_won=int((change > 0.0).sum()),
        method=f"paired randomisation of {unit}s, bootstrap interval",
        speaks_for=f"other {unit}s",
        examples=tuple(segments[i] for i in worst if change[i] < 0.0),
        link=own.link,
        note=own.note,
    )
    return [comparison], []


def _tested(
    run: Array,
    baseline: Array,
    documents: list[str],
    unit: Literal["document", "segment"],
    confidence: float,
) -> tuple[float, float, float]:
    """The two-sided p of the randomisation, and the bootstrap's interval of run less baseline."""
    scored = {RUN: SegmentScores(run), BASELINE: SegmentScores(baseline)}
    numbers = pd.factorize(np.array(documents, dtype=object))[0].astype(np.int64)
    testing = SystemTesting(units=unit, confidence=confidence)
    rows: dict[Any, Any] = {
        row["test"]: row for row in compare_scores("", MeanScore(), scored, numbers, testing).tests
    }
    low, high = rows["bootstrap"]["low"], rows["bootstrap"]["high"]
    if rows["bootstrap"]["system_1"] == BASELINE:  # the difference is turned round
        low, high = -high, -low
    return rows["randomisation"]["p"], low, high

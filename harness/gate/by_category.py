"""Is a metric worse on a kind of error? Its balanced category accuracy in both runs, on the same
pairs of translations, by the two-way jackknife."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.error_categories.accuracy import NO_SCORE, doubled_credits
from harness.error_categories.decided_pairs import Pairs
from harness.error_categories.held_out_raters import JUDGED
from harness.error_categories.two_way import two_way_difference
from harness.gate.comparison import Comparison, Uncompared
from harness.gate.links import link_to
from harness.gate.lost_scores import EXAMPLES
from harness.gate.opened import Opened
from harness.gate.settings import GateSettings
from harness.gate.shared import Shared
from harness.gate.t_tests import loss_p, method_of, speaks_for
from harness.significance.two_way.t_tests import interval

__all__ = ["DecidedView", "by_category", "decided_view"]

Array = NDArray[np.float64]
KEY = ["category", "segment_id", "system_1", "system_2"]
PERCENT = 100.0
#: Between which a difference of accuracies lies.
BOUNDS = (-1.0, 1.0)


@dataclass(frozen=True)
class DecidedView:
    """The pairs of translations that the categories of a view decide in both runs; ``categories``
    names those that :attr:`Pairs.category` counts."""

    name: str
    categories: tuple[str, ...]
    pairs: Pairs


def decided_view(shared: Shared, view: str) -> DecidedView | str:
    """The decided pairs of ``view``, between translations that are the same in both runs; or why
    they cannot be compared."""
    new, old = (_rows(shared, of, view) for of in (shared.run, shared.baseline))
    for rows, name in ((new, "run"), (old, "baseline")):
        if rows.empty:
            return f"no pair of translations is decided by a category in the {name}"
    if not new.index.equals(old.index) or (new["better"] != old["better"]).any():
        return "its categories decide other pairs of translations: other annotations or weights"
    categories = tuple(dict.fromkeys(new.index.get_level_values("category")))
    number = {category: i for i, category in enumerate(categories)}
    document = pd.factorize(np.array(shared.documents, dtype=object))[0].astype(np.int64)
    segment = new["segment"].to_numpy(np.int64)
    return DecidedView(
        view,
        categories,
        Pairs(
            segment=segment,
            first=new["first"].to_numpy(np.int64),
            second=new["second"].to_numpy(np.int64),
            document=document[segment],
            category=np.array([number[c] for c in new.index.get_level_values("category")]),
            first_better=new["better"].to_numpy() == 1,
        ),
    )


def _rows(shared: Shared, of: Opened, view: str) -> pd.DataFrame:
    """The pairs of a run between translations that both runs have: positions, by KEY."""
    frame = of.tables["category_segments"]
    frame = frame[frame["view"] == view]
    segment = pd.Index(shared.segments).get_indexer(pd.Index(frame["segment_id"]))
    first, second = (
        pd.Index(shared.systems).get_indexer(pd.Index(frame[name]))
        for name in ("system_1", "system_2")
    )
    known = (segment >= 0) & (first >= 0) & (second >= 0)
    if not len(frame) or not known.any():
        return pd.DataFrame(columns=["segment", "first", "second", "better"])
    own = frame[known]
    rows = pd.DataFrame(
        {
            "segment": segment[known],
            "first": first[known],
            "second": second[known],
            "better": own["better_system"].to_numpy(np.int64),
        },
        index=pd.MultiIndex.from_frame(own[KEY]),
    )
    same = (
        shared.same[rows["first"], rows["segment"]] & shared.same[rows["second"], rows["segment"]]
    )
    return rows[same].sort_index()


def by_category(
    names: tuple[str, str],
    scores: tuple[Array, Array],
    view: DecidedView,
    shared: Shared,
    settings: GateSettings,
) -> tuple[list[Comparison], list[Uncompared]]:
    """Every category of ``view`` on which the metric can be judged in both runs.

    ``names`` and ``scores``, (n_systems, n_segments), are those of the run and of the baseline.
    """
    tiers = [_tiers(of, view.name, name) for of, name in _each(shared, names)]
    compared: list[Comparison] = []
    left: dict[str, list[str]] = {}
    for i, category in enumerate(view.categories):
        own = [tier.get(category, "not in one run") for tier in tiers]
        if not JUDGED.issuperset(own):
            left.setdefault(next(t for t in own if t not in JUDGED), []).append(category)
            continue
        compared.append(_compared(names, scores, view, i, shared, settings))
    without = [
        Uncompared(f"{names[0]}: {view.name}/{', '.join(own)}", why) for why, own in left.items()
    ]
    tested = [c for c in compared if not math.isnan(c.p)]
    without += [
        Uncompared(c.name, "no test: too few documents") for c in compared if math.isnan(c.p)
    ]
    return tested, without


def _each(shared: Shared, names: tuple[str, str]) -> list[tuple[Opened, str]]:
    return [(shared.run, names[0]), (shared.baseline, names[1])]


def _tiers(of: Opened, view: str, metric: str) -> Mapping[str, str]:
    """Category -> how far the metric can be judged on it."""
    frame = of.tables["categories"]
    own = frame[(frame["view"] == view) & (frame["metric"] == metric)]
    return dict(zip(own["category"], own["tier"], strict=True))


def _compared(
    names: tuple[str, str],
    scores: tuple[Array, Array],
    view: DecidedView,
    number: int,
    shared: Shared,
    settings: GateSettings,
) -> Comparison:
    pairs = view.pairs.of(number)
    category = view.categories[number]
    credits = np.stack([doubled_credits(pairs, own) for own in scores])
    both = (credits != NO_SCORE).all(axis=0)
    found = two_way_difference(pairs, credits)
    spread, shift = found.spread, settings.tolerance / PERCENT
    low, high = interval(
        found.value, float(spread.variance[0]), int(spread.degrees[0]), settings.confidence, BOUNDS
    )
    change = np.where(both, credits[0] - credits[1], 0)
    link = link_to(shared.run, view=view.name, decided=category, metric=names[0])
    return Comparison(
        kind="metric",
        subject=names[0],
        baseline_subject=names[1],
        measure="category",
        view=view.name,
        category=category,
        value=PERCENT * found.first,
        baseline=PERCENT * found.second,
        difference=PERCENT * found.value,
        low=PERCENT * low,
        high=PERCENT * high,
        p=loss_p(found.value, spread, shift),
        standard_error=PERCENT * float(np.sqrt(spread.variance[0])),
        degrees=int(spread.degrees[0]),
        tolerance=settings.tolerance,
        n=int(both.sum()),
        items="pairs of translations",
        n_segments=int(np.unique(pairs.segment[both]).size),
        n_documents=int(np.unique(pairs.document[both]).size),
        n_lost=int((change < 0).sum()),
        n_won=int((change > 0).sum()),
        method=method_of(spread),
        speaks_for=speaks_for(spread, shared.documents_known),
        examples=_examples(change, pairs, shared.segments),
        link=link,
    )


def _examples(change: NDArray[np.int64], pairs: Pairs, segments: Sequence[str]) -> tuple[str, ...]:
    """The segments on which the run lost most credit, the worst first."""
    total = np.bincount(pairs.segment, weights=change, minlength=len(segments))
    worst = np.argsort(total, kind="stable")[:EXAMPLES]
    return tuple(segments[i] for i in worst if total[i] < 0)

"""Metrics that score the same translations in both runs: is one worse by the same ratings?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.errors import InputError, unknown_name
from harness.gate.by_category import DecidedView, by_category, decided_view
from harness.gate.comparison import Found, Uncompared
from harness.gate.links import link_to
from harness.gate.lost_scores import lost_scores
from harness.gate.opened import ALL, Opened
from harness.gate.overall import overall
from harness.gate.settings import GateSettings
from harness.gate.shared import Shared, called
from harness.support.formatting import plural

__all__ = ["chosen_metrics", "compare_metrics"]

Array = NDArray[np.float64]


def chosen_metrics(run: Opened, baseline: Opened, settings: GateSettings) -> list[tuple[str, str]]:
    """The metrics to compare, by their names in the run and in the baseline.

    Raises
    ------
    InputError
        A metric that is asked for is not in a run, or no metric is in both.
    """
    if settings.metric:
        wanted = [(settings.metric, settings.old_metric)]
    elif settings.metrics:
        wanted = [(name, name) for name in settings.metrics]
    else:
        wanted = [(name, name) for name in run.metrics if name in baseline.metrics]
    for names in wanted:
        for of, name in zip((run, baseline), names, strict=True):
            if name not in of.scores:
                raise unknown_name("metric", name, of.scores, file=of.folder)
    if not wanted:
        raise InputError(
            "the runs have no metric in common",
            file=baseline.folder,
            found=", ".join(baseline.metrics),
            expected=f"one of: {', '.join(run.metrics)}",
            remedy="name the two: metric=NEW baseline_metric=OLD",
        )
    return wanted


def compare_metrics(
    shared: Shared, metrics: list[tuple[str, str]], settings: GateSettings
) -> Found:
    """Compare each metric on the translations that are the same in both runs.

    Ratings must be the same in both runs; else no metric whose scores differ is compared.
    """
    found, views, same_ratings = Found(), None, _why_not(shared)
    ratings = np.where(shared.same, shared.ratings(shared.run, ALL, shared.systems), np.nan)
    for names in metrics:
        scores = shared.unchanged_scores(names)
        if np.array_equal(*scores, equal_nan=True):
            found.unchanged.append(f"metric {called(names)}")
            continue
        if same_ratings:
            found.uncompared.append(Uncompared(f"metric {called(names)}", same_ratings))
            continue
        found.comparisons += lost_scores(
            "metric", names, "translations scored", scores, shared.segments
        )
        documents = shared.documents if shared.documents_known else None
        link = link_to(shared.run, metric=names[0], sort="dislikes")
        found.add(overall(names, scores, ratings, documents, settings, link))
        views = _views(shared, settings, found) if views is None else views
        for view in views:
            found.add(by_category(names, scores, view, shared, settings))
        found.compared.append(_said(shared, names, scores, ratings))
    return found


def _why_not(shared: Shared) -> str:
    """Why metrics cannot be compared with people; empty if they can."""
    if not shared.same.any():
        return "the runs have no translation in common"
    new, old = (
        np.where(shared.same, shared.ratings(of, ALL, shared.systems), np.nan)
        for of in (shared.run, shared.baseline)
    )
    if np.isnan(new).all() and np.isnan(old).all():
        return "nobody rated the translations"
    differ = int((~((new == old) | (np.isnan(new) & np.isnan(old)))).sum())
    if not differ:
        return ""
    total = int(shared.same.sum())
    return f"other ratings in the baseline, for {differ:,} of {total:,} translations"


def _views(shared: Shared, settings: GateSettings, found: Found) -> list[DecidedView]:
    """The views to compare; one that cannot be is named in ``found``."""
    views = []
    for name in settings.views or tuple(shared.run.views[:1]):
        for of in (shared.run, shared.baseline):
            if name not in of.views and settings.views:
                raise unknown_name("view", name, of.views, file=of.folder)
        view = decided_view(shared, name)
        if isinstance(view, str):
            found.uncompared.append(Uncompared(f"categories of the view {name}", view))
        else:
            views.append(view)
    return views


def _said(
    shared: Shared, names: tuple[str, str], scores: tuple[Array, Array], ratings: Array
) -> str:
    used = ~np.isnan(ratings) & ~np.isnan(scores[0]) & ~np.isnan(scores[1])
    of_segments = np.asarray(used.any(axis=0))
    documents = {d for d, own in zip(shared.documents, of_segments, strict=True) if own}
    parts = [
        plural(int(used.sum()), "rated translation"),
        plural(int(used.any(axis=1).sum()), "system"),
        plural(int(of_segments.sum()), "segment"),
        *([plural(len(documents), "document")] if shared.documents_known else []),
    ]
    text = f"metric {called(names)}: {', '.join(parts)}"
    old, new = shared.baseline.signature(names[1]), shared.run.signature(names[0])
    return text if old == new else f"{text}; signature {new}, in the baseline {old}"

"""The verdict: the one sentence that stands above all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from harness.claims.injected_errors import mean_notice, per_cent
from harness.claims.metrics import (
    TESTED,
    best_against_others,
    best_known,
    unbeaten,
)
from harness.error_categories.held_out_raters import JUDGED
from harness.support.formatting import listed

__all__ = ["verdict"]


def verdict(tables: Mapping[str, pd.DataFrame]) -> str:
    """One plain sentence: which metric agrees more with the raters than which, and what neither is
    shown to see; or why this cannot be said, and which metric notices injected errors most. ''
    without metrics."""
    metrics = tables["metrics"]
    labels = dict(zip(metrics["metric"], metrics["label"], strict=True))
    tests = tables.get("metric_tests")
    for rows, _ in best_against_others(tests) if tests is not None else ():
        sure = rows[rows["p_adjusted"] <= rows["alpha"]]
        other = rows.iloc[0] if sure.empty else best_known(sure, labels)
        best, second = str(other["metric_1"]), str(other["metric_2"])
        opponent = unbeaten(tables.get("sentinel_tests"), rows, labels)
        if opponent:
            return (
                f"On this test set no metric can be recommended: {labels[best]} has the highest "
                f"agreement with the raters and is not shown to beat {opponent}."
            )
        what = (
            f"{labels[best]} agrees with the raters more than {labels[second]} does"
            if len(sure)
            else f"{labels[best]} and {labels[second]} are not told apart"
        )
        return f"On this test set {what}{_unseen(tables.get('categories'), (best, second))}."
    own = list(metrics[metrics["role"] == "metric"]["metric"])
    if not own:
        return ""
    return (
        f"This run cannot say which metric agrees most with the ratings: {_why_open(tables, own)}"
        f"{_most_noticing(tables.get('injections'), own, labels)}."
    )


def _why_open(tables: Mapping[str, pd.DataFrame], metrics: Sequence[str]) -> str:
    """Why no metric is ahead of all others."""
    meta, tests = tables.get("meta_evaluation"), tables.get("metric_tests")
    if meta is None or meta.empty:
        return "no metric was held against ratings"
    if meta["n_systems"].max() < 2:
        return "a single system is rated, so no two translations of a sentence can be compared"
    if len(metrics) < 2:
        return "it has one metric"
    if tests is None or not (tests["family"] == "metrics").any() or tests["p"].isna().all():
        return "the metrics were not tested against each other"
    asked = {(level, statistic) for level, statistic, _ in TESTED}
    tested = tests[tests["p"].notna()]
    if asked.isdisjoint(zip(tested["level"], tested["statistic"], strict=True)):
        names = listed([f"{name} ({level} level)" for level, _, name in TESTED], "nor")
        return f"its statistics have neither {names}"
    return "none is ahead of all others"


def _most_noticing(
    injections: pd.DataFrame | None, metrics: Sequence[str], labels: Mapping[str, str]
) -> str:
    """'; but errors put in on purpose are noticed most by …': the metrics that notice most and
    fewest."""
    if injections is None or injections.empty or len(metrics) < 2:
        return ""
    means, sure = mean_notice(injections, metrics)
    if len(means) < 2 or means.iloc[0] == means.iloc[-1]:
        return ""
    (best, most), (worst, least) = ((labels[str(means.index[i])], means.iloc[i]) for i in (0, -1))
    few = "" if sure else ", from few pairs each"
    return (
        f"; but errors put in on purpose are noticed most by {best} ({per_cent(most)} of the "
        f"pairs) and least by {worst} ({per_cent(least)}; 50 % is chance{few})"
    )


def _unseen(categories: pd.DataFrame | None, pair: tuple[str, str]) -> str:
    """'; neither is shown to see … better than chance', of the kinds that raters agree on."""
    if categories is None:
        return ""
    first = categories[categories["view"] == categories["view"].iloc[0]]
    judged = first[first["tier"].isin(JUDGED) & first["metric"].isin(pair)]
    if set(first["category"]) == {"other"}:
        return ""  # the annotations name no categories
    above = (judged["value"] > 0.5) & (judged["p_holm"] <= judged["alpha"])
    seen = above.groupby(judged["category"], sort=False).any()
    names = [str(name).replace("_", " ") for name in seen.index[~seen]]
    if not len(seen):
        return ""
    if not names:
        return "; each kind of error that could be judged one of them sees better than chance"
    return f"; neither is shown to see errors of {listed(names, 'or')} better than chance"

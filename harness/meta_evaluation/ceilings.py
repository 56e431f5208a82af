"""The human ceiling: how one rater does as a metric, judged by the others."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from harness.meta_evaluation.material import DECIMALS
from harness.statistics.base import Array, Statistic

__all__ = ["held_out"]

Ceiling = tuple[float, str]
#: With two raters on a smaller share of the rated segments, a ceiling would be of other segments
#: than the metrics' values.
LEAST_SHARE = 0.5


def held_out(statistic: Statistic, raters: Mapping[str, Array]) -> Ceiling:
    """The statistic of one rater against the mean of the others, averaged over the raters.

    Each rater's own ratings take the place of the scores, on the translations that another rated
    too; raters for whom the statistic is undefined do not count. It is a yardstick, not a limit:
    a rater is compared with fewer raters than a metric is, and a system-level value of a rater
    rests on the segments of that rater alone.

    Parameters
    ----------
    raters
        Name -> ratings (n_systems, n_items), NaN where that rater gave none.

    Returns
    -------
    tuple
        The ceiling, and how it came about: how many raters it is a mean of; or NaN and why there
        is none (too few raters, or two raters on too few segments).
    """
    if len(raters) < 2:
        why = "ratings are not known by rater" if not raters else "one rater"
        return float("nan"), f"no ceiling: {why}"
    n = np.sum([~np.isnan(own) for own in raters.values()], axis=0)
    several, any_ = int((n >= 2).any(axis=0).sum()), int((n >= 1).any(axis=0).sum())
    if 0 < several < LEAST_SHARE * any_:
        why = f"only {several} of {any_} rated segments have two raters"
        return float("nan"), f"no ceiling: {why}"
    total = np.sum([np.nan_to_num(own) for own in raters.values()], axis=0)
    judged = statistic.for_raters()
    values = []
    shared = 0
    for name in sorted(raters):
        own = raters[name]
        n_others = n - ~np.isnan(own)
        both = ~np.isnan(own) & (n_others > 0)
        used = both.any(axis=0)
        if not used.any():
            continue
        shared += 1
        others = (total - np.nan_to_num(own)) / np.maximum(n_others, 1)
        others = np.where(both, np.round(others, DECIMALS) + 0.0, np.nan)
        value = judged(np.where(both, own, np.nan)[:, used], others[:, used]).value
        if not np.isnan(value):
            values.append(value)
    if values:
        return float(np.mean(values)), f"mean of {len(values)} raters"
    if not shared:
        return float("nan"), "no ceiling: no translation was rated by two raters"
    return float("nan"), "no ceiling: undefined for every rater"

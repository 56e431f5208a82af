"""Challenge sets: how often a metric prefers the good translation of a pair, by phenomenon.

A challenge set holds pairs of a good and an incorrect translation, made to differ in one
phenomenon. Its pairs are often chosen to mislead metrics, so its accuracies have their own table
and are not pooled over phenomena or with injected errors.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from harness.support.checks import check_between
from harness.tables import CHALLENGES, GOOD, INCORRECT, UNRELATED, TestSet
from harness.tables.settings import table_with

__all__ = ["challenges", "clopper_pearson", "is_challenge_set"]

Floats = NDArray[np.float64]
CHANCE = 0.5


def is_challenge_set(test_set: TestSet) -> bool:
    """Whether the test set has the systems 'good' and 'incorrect', and phenomena."""
    return {GOOD, INCORRECT} <= set(test_set.roles) and len(test_set.phenomena) > 0


def clopper_pearson(credit: float, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of Clopper and Pearson (1934) for a share ``credit`` / ``n``.

    It holds its level for every true share where ``credit`` counts successes in independent trials.
    Half credits (ties) vary less than successes do, so with them it is wider than it need be.
    (NaN, NaN) where ``n`` is 0.
    """
    if n == 0:
        return math.nan, math.nan
    tail = (1.0 - confidence) / 2.0
    low = float(special.betaincinv(credit, n - credit + 1.0, tail)) if credit > 0 else 0.0
    high = float(special.betaincinv(credit + 1.0, n - credit, 1.0 - tail)) if credit < n else 1.0
    return low, high


def challenges(
    test_set: TestSet,
    scores: pd.DataFrame,
    *,
    sentinels: Sequence[str] = (),
    confidence: float = 0.95,
    tolerance: float = 1e-9,
) -> pd.DataFrame:
    """The table CHALLENGES: one row per metric and phenomenon.

    Parameters
    ----------
    test_set
        A challenge set (:func:`is_challenge_set`); of any other the table is empty.
    scores
        Table SCORES; rows of whole systems are not used.
    sentinels
        Names in ``scores`` that are sentinels, not metrics.
    confidence
        Of the intervals.
    tolerance
        Scores that differ by no more are a tie, which counts one half.

    Returns
    -------
    DataFrame
        Pairs of the same text twice are left out and counted (``n_identical``), as are pairs
        without both scores (``n_missing``). ``relative_drop`` is mean[s(good) - s(incorrect)] /
        mean[s(good) - s(unrelated)] over the pairs that have all three scores: 1 where the error
        costs as much as another segment's translation. It is NaN where there is no unrelated
        translation, or where it costs nothing in the mean.
    """
    check_between("challenges.confidence", confidence, 0, 1)
    rows: list[dict[str, Any]] = []
    if is_challenge_set(test_set):
        own = scores[scores["segment_id"].notna() & (scores["test_set"] == test_set.name)]
        texts = test_set.hypotheses.pivot(
            index="segment_id", columns="system", values="hypothesis"
        ).reindex(test_set.segments["segment_id"])
        controls = set(test_set.card.get("controls") or ())
        same = (texts[GOOD] == texts[INCORRECT]).to_dict()
        document = dict(
            zip(test_set.segments["segment_id"], test_set.segments["document"], strict=True)
        )
        cases = {
            str(kind): list(dict.fromkeys(group["segment_id"]))
            for kind, group in test_set.phenomena.groupby("phenomenon", sort=False)
        }
        for metric, of_metric in own.groupby("metric", sort=False):
            by_system = of_metric.pivot(index="segment_id", columns="system", values="score")
            for kind, segments in cases.items():
                decided = [s for s in segments if not same[s]]
                table = by_system.reindex(index=decided, columns=[GOOD, INCORRECT, UNRELATED])
                number = _numbers(table.to_numpy(dtype=float), confidence, tolerance)
                scored = table[[GOOD, INCORRECT]].notna().all(axis=1)
                rows.append(
                    {
                        "test_set": test_set.name,
                        "metric": str(metric),
                        "phenomenon": kind,
                        "control": kind in controls,
                        **number,
                        "n_sources": len({document[s] for s in table.index[scored]}),
                        "n_identical": len(segments) - len(decided),
                        "kind": "sentinel" if metric in sentinels else "metric",
                    }
                )
    return table_with(rows, CHALLENGES, confidence=confidence)


def _numbers(scores: Floats, confidence: float, tolerance: float) -> dict[str, Any]:
    """What one metric got on the (n_cases, 3) scores of good, incorrect and unrelated."""
    good, incorrect, unrelated = scores.T
    with np.errstate(invalid="ignore"):  # equal infinities
        difference = np.where(good == incorrect, 0.0, good - incorrect)
    scored = ~np.isnan(difference)
    drop = difference[scored]
    tied = np.abs(drop) <= tolerance
    n = int(scored.sum())
    credit = float(np.where(tied, 0.5, drop > 0).sum())
    low, high = clopper_pearson(credit, n, confidence)
    three = scored & ~np.isnan(unrelated)
    whole = float((good[three] - unrelated[three]).mean()) if three.any() else math.nan
    relative = float(difference[three].mean()) / whole if abs(whole) > tolerance else math.nan
    if n == 0:
        note = "no pair has both scores" if len(scores) else "both texts are the same in every pair"
    elif not three.any():
        note = "no relative drop: there is no unrelated translation to compare with"
    elif math.isnan(relative):
        note = "no relative drop: the score does not fall for an unrelated translation"
    else:
        note = ""
    return {
        "n": n,
        "accuracy": credit / n if n else math.nan,
        "low": low,
        "high": high,
        "tie_rate": float(tied.mean()) if n else math.nan,
        "relative_drop": relative if math.isfinite(relative) else math.nan,
        "n_drop": int(three.sum()),
        "n_missing": len(scores) - n,
        "note": note,
    }

"""Which categories of error metrics weigh otherwise than raters do."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from harness.support.formatting import listed

__all__ = ["category_weight_sentences"]

#: More metrics than this are counted, not named.
NAMED = 5


def category_weight_sentences(weights: pd.DataFrame | None, labels: Mapping[str, str]) -> list[str]:
    """The judged category of the first view for which most metrics take off significantly
    less than a held-out rater does, and that for which most take off more."""
    if weights is None or weights.empty:
        return []
    view = str(weights["view"].iloc[0])
    first = weights[(weights["view"] == view) & weights["judged"].astype(bool)]
    raters = first[first["kind"] == "human"]
    human = dict(zip(raters["category"], raters["relative_weight"], strict=True))
    sure = first[(first["kind"] == "metric") & (first["p_holm"] <= first["alpha"])]
    parts: list[str] = []
    for word, rows in (
        ("less", sure[sure["against_human"] < 0.0]),
        ("more", sure[sure["against_human"] > 0.0]),
    ):
        if rows.empty:
            continue
        category = str(rows["category"].value_counts(sort=False).idxmax())
        own = rows[rows["category"] == category]
        named = [
            f"{labels[m]} ({_times(v)})"
            for m, v in zip(own["metric"], own["relative_weight"], strict=True)
        ]
        shown = listed(named) if len(named) <= NAMED else f"{len(named)} metrics ({_range(own)})"
        parts.append(
            f"a point for {category.replace('_', ' ')} costs significantly {word} with {shown} "
            f"than with a held-out rater ({_times(human[category])})"
        )
    if not parts:
        return []
    return [
        f"By implied weight, all else equal (view {view}; 1× is what a point of penalty costs on "
        f"average): {'; '.join(parts)}."
    ]


def _times(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}×".replace("-", "−")


def _range(rows: pd.DataFrame) -> str:
    return f"{_times(rows['relative_weight'].min())} to {_times(rows['relative_weight'].max())}"

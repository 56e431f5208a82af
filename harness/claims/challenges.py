"""What a challenge set says of metrics, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from harness.minimal_pairs.challenges import CHANCE

__all__ = ["challenge_sentences"]


def challenge_sentences(table: pd.DataFrame, labels: Mapping[str, str]) -> tuple[str, ...]:
    """What the table CHALLENGES says in sentences: where each metric beats chance, where it falls
    below."""
    metrics = table[(table["kind"] == "metric") & (table["n"] > 0)]
    if metrics.empty:
        return ()
    kinds = metrics["phenomenon"].nunique()
    sentences = []
    for metric, rows in metrics.groupby("metric", sort=False):
        above, below = rows[rows["low"] > CHANCE], rows[rows["high"] < CHANCE]
        name = labels.get(str(metric), str(metric))
        text = (
            f"{name} prefers the good translation more often than chance in {len(above)} of the "
            f"{kinds} kinds of pair of this challenge set"
        )
        if len(below):
            text += f", and the incorrect one more often in {len(below)}"
            worst = below.sort_values("accuracy", kind="stable").iloc[0]
            text += f" (least on {worst['phenomenon']}, {100 * worst['accuracy']:.1f} %)"
        sentences.append(f"{text}.")
    sentences.append(
        "The pairs of a challenge set are chosen, often to fool metrics that compare surfaces: its "
        "accuracies say what a metric can miss, not how often it will, and have no mean."
    )
    return tuple(sentences)

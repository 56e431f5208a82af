"""The values of a statistic with parts of the data left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.statistics.base import Array

__all__ = ["Replicates", "share", "without_each"]


@dataclass(frozen=True)
class Replicates:
    """A statistic's ``value`` for each metric, (n_metrics,), and recomputed

    - ``without_document``: one document, (n_metrics, n_documents);
    - ``without_system``: one system, so all of its pairs, (n_metrics, n_systems);
    - ``without_block``: the pairs with one system in one document, (n_metrics, n_systems,
      n_documents); NaN where the system has no pair in the document.

    NaN where the statistic is undefined on what is left. ``constant``, (n_metrics,): in how many
    segments a metric is constant where people are not (only correlation by item counts them).
    """

    value: Array
    without_document: Array
    without_system: Array
    without_block: Array
    constant: Array


def without_each(parts: Array) -> Array:
    """The sum of all other parts, for each part of the last axis.

    Not the whole less the part: what is left of nothing is exactly 0.
    """
    before = np.zeros_like(parts)
    after = np.zeros_like(parts)
    before[..., 1:] = np.cumsum(parts[..., :-1], axis=-1)
    after[..., :-1] = np.cumsum(parts[..., :0:-1], axis=-1)[..., ::-1]
    result: Array = before + after
    return result


def share(part: Array, whole: Array) -> Array:
    """``part / whole``; NaN where ``whole`` is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = np.where(whole > 0, part / whole, np.nan)
    return result

"""Plots: tables -> a matplotlib Figure; one module per plot, each answering one question.

A plot only draws what the tables hold: it computes no statistic and writes no file
(:func:`harness.plots.style.save` does the writing). The tables it may use are, by key:
``systems``, ``scores``, ``ratings``, ``meta_evaluation``, ``metric_tests``, ``categories``,
``category_tests``, ``penalty_profile`` and ``metrics``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Protocol, runtime_checkable

import pandas as pd
from matplotlib.figure import Figure

__all__ = ["Plot"]


@runtime_checkable
class Plot(Protocol):
    """What a plot is: a frozen dataclass whose fields are its parameters."""

    #: Name of its files and of its option in ``conf/plots``.
    name: ClassVar[str]
    #: The question that it answers; its title.
    question: ClassVar[str]
    #: How to read it, in one or two sentences.
    explanation: ClassVar[str]

    def draw(self, tables: Mapping[str, pd.DataFrame]) -> Figure | None:
        """The figure; None where the tables that it needs are absent or empty."""
        ...

"""The one-sided test of a loss, by the variance of a jackknife."""

from __future__ import annotations

import numpy as np

from harness.gate.comparison import one_sided
from harness.significance.two_way.spread import ROUNDING, Spread
from harness.significance.two_way.t_tests import p_values

__all__ = ["loss_p", "method_of", "speaks_for"]


def loss_p(difference: float, spread: Spread, shift: float) -> float:
    """The p of ``difference``, run less baseline, for a loss of more than ``shift``; NaN without a
    variance.

    Where the difference is the same whatever is left out there is no t test: p is 1 without such a
    loss, else that of the sign test over documents.
    """
    shifted = difference + shift
    if np.sqrt(spread.variance[0]) <= ROUNDING:
        lost = shifted < -ROUNDING
        return 0.5 ** int(spread.n_documents[0]) if lost else 1.0
    two_sided = p_values(np.array([shifted]), spread.variance, spread.degrees)
    return one_sided(shifted, float(two_sided[0]))


def method_of(spread: Spread) -> str:
    """How the variance was found, in words."""
    return f"{'two-way ' if spread.two_way[0] else ''}jackknife, t test"


def speaks_for(spread: Spread, documents_known: bool) -> str:
    """What the test generalises to."""
    unit = "documents" if documents_known else "segments"
    return f"other {unit} and systems" if spread.two_way[0] else f"other {unit}, these systems"

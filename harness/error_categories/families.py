"""Which claims about metrics and categories hold together: p against chance, adjusted.

A metric is tested against chance, 1/2, by the jackknife t test on the logit scale, which is the
test that its interval belongs to. The claims of a view form two families, each over all categories
that can be judged: every metric against chance, and every two metrics against each other. Within a
family p is adjusted by Holm, so that among all sentences that name a metric and a category the
chance of a false one is at most the level; for marks in a table, where a few false ones do no harm,
it is adjusted by Benjamini and Hochberg (1995): at most the level of the marks are expected to be
false.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.error_categories.accuracy import CategoryAccuracy
from harness.significance.jackknife import expit, two_sided_p

__all__ = ["AgainstChance", "against_chance", "benjamini_hochberg", "detectable_accuracy"]

POWER = 0.8


@dataclass(frozen=True)
class AgainstChance:
    """The test of an accuracy against 1/2: two-sided ``p``; ``standard_error`` on the logit scale
    and ``degrees`` of freedom. NaN and 0 where there is no test."""

    p: float
    standard_error: float
    degrees: int


NO_TEST = AgainstChance(math.nan, math.nan, 0)


def against_chance(accuracy: CategoryAccuracy) -> AgainstChance:
    """Test the balanced accuracy of one metric on one category against 1/2.

    Degenerate cases: no test where the accuracy is undefined, or fewer than three documents can be
    left out; p = 1 where it is exactly 1/2 whatever is left out (a constant). Where all credits are
    right, or all wrong, the logit has no bounds: then p is that of the sign test over documents,
    2 / 2^n.
    """
    estimate = accuracy.balanced
    replicates = accuracy.jackknifed.balanced_without
    degrees = int(np.isfinite(replicates).sum()) - 1
    if math.isnan(estimate.value) or degrees < 2:
        return NO_TEST
    if estimate.value in (0.0, 1.0):
        return AgainstChance(min(1.0, 2.0 ** (1 - accuracy.n_documents)), math.nan, degrees)
    spread = estimate.value * (1.0 - estimate.value)
    error = estimate.standard_error / spread
    logit = math.log(estimate.value / (1.0 - estimate.value))
    if error == 0.0:
        return AgainstChance(1.0 if logit == 0.0 else math.nan, 0.0, degrees)
    return AgainstChance(two_sided_p(logit / error, degrees), error, degrees)


def detectable_accuracy(test: AgainstChance, level: float) -> float:
    """The smallest accuracy above 1/2 that the test would have found with power .8 at ``level`` (of
    one test: alpha over the size of its family); NaN where there is no test.

    The standard error is taken as known, the test as Student's t (noncentral).
    """
    from scipy.special import nctdtrinc, stdtrit

    if math.isnan(test.standard_error) or test.standard_error == 0.0:
        return math.nan
    critical = float(stdtrit(test.degrees, 1.0 - level / 2.0))
    return expit(float(nctdtrinc(test.degrees, 1.0 - POWER, critical)) * test.standard_error)


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """``p_values`` adjusted for the false discovery rate, in the order given; NaN (no test) stays
    NaN and does not count as a test."""
    p = np.asarray(p_values, dtype=np.float64)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    factors = order.size / np.arange(1, order.size + 1)
    adjusted = np.full(p.size, math.nan)
    from_largest = np.minimum.accumulate((p[order] * factors)[::-1])[::-1]
    adjusted[order] = np.minimum(1.0, from_largest)
    return [float(value) for value in adjusted]

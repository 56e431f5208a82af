"""Krippendorff's alpha for nominal values: how far raters agree beyond chance.

alpha = 1 - D_observed / D_expected (Krippendorff 2004, Content Analysis, chapter 11). A unit with
m values, m >= 2, adds to the table of coincidences o[c, k] the number of ordered pairs of its
values (c, k), divided by m - 1; units with fewer values add nothing. With n[c] the row sums and n
their total,

    alpha = 1 - (n - 1) * sum_{c != k} o[c, k] / sum_{c != k} n[c] n[k].

1: raters always agree; 0: as often as by chance; below 0: less often. Undefined (NaN) if all values
are the same, because then disagreement is impossible.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["alpha_of", "coincidences"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def coincidences(counts: Integers) -> Floats:
    """The coincidences (n_units, n_values, n_values) of each unit; they add up over units.

    ``counts`` is (n_units, n_values): how many raters gave the unit each value.
    """
    total = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :] - np.eye(counts.shape[1]) * counts[:, :, None]
    weight = np.where(total >= 2, 1.0 / np.maximum(total - 1, 1), 0.0)
    result: Floats = pairs * weight[:, None, None]
    return result


def alpha_of(table: Floats) -> Floats:
    """Alpha of each coincidence table in (…, n_values, n_values); NaN where it is undefined."""
    of_value = table.sum(axis=-1)
    total = of_value.sum(axis=-1)
    agreed = np.trace(table, axis1=-2, axis2=-1)
    expected = total**2 - (of_value**2).sum(axis=-1)
    disagreed = (total - 1.0) * (total - agreed)
    result: Floats = np.full(np.shape(expected), np.nan)
    np.divide(disagreed, expected, out=result, where=expected > 1e-12 * np.maximum(total, 1) ** 2)
    return 1.0 - result

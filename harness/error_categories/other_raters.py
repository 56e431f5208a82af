"""Category accuracies that speak for other raters, where each document was rated by one of them.

Leaving out documents says what other documents would give, marked by the same raters. Where every
document has one rater, a rater is left out with all of his or her documents instead: whoever marks
the errors then differs as well. As of :mod:`harness.significance.rater_jackknife`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from harness.error_categories.accuracy import CategoryAccuracy, category_accuracy
from harness.error_categories.decided_pairs import Pairs
from harness.ratings.rating import Penalties
from harness.significance.rater_jackknife import FEWEST_RATERS, single_raters

__all__ = ["accuracies_over_raters", "rater_of_segments"]

NOBODY = -1


def rater_of_segments(rated: NDArray[np.bool_], penalties: Penalties) -> NDArray[np.int64] | None:
    """The position of the one rater of each segment, -1 where there is none or several; None where
    documents have no one rater each, or fewer raters than can speak for others.

    ``rated`` is (n_systems, n_segments, n_raters).
    """
    by_rater = np.asarray(rated.any(axis=0)).T
    names = single_raters(by_rater, penalties.raters, penalties.documents)
    if names is None or len(set(names) - {""}) < FEWEST_RATERS:
        return None
    position = {name: i for i, name in enumerate(penalties.raters)} | {"": NOBODY}
    return np.array([position[name] for name in names], dtype=np.int64)


def accuracies_over_raters(
    pairs: Pairs,
    credits: Mapping[str, NDArray[np.int64]],
    rater: NDArray[np.int64],
    *,
    confidence: float = 0.95,
) -> dict[str, CategoryAccuracy]:
    """The accuracy of each metric on the pairs of one category, with its jackknife over raters.

    Parameters
    ----------
    pairs, credits
        As of :func:`harness.error_categories.accuracy.category_accuracy`.
    rater
        Of each segment (:func:`rater_of_segments`). Pairs in a segment without one are left out.

    Returns
    -------
    dict
        ``n_documents`` of an accuracy is its number of raters. A metric is absent where fewer than
        :data:`~harness.significance.rater_jackknife.FEWEST_RATERS` raters have a pair.
    """
    of_pair = rater[pairs.segment]
    known = of_pair != NOBODY
    by_rater = replace(pairs, document=of_pair).take(known)
    found = {
        name: category_accuracy(by_rater, credit[known], confidence=confidence)
        for name, credit in credits.items()
    }
    return {name: own for name, own in found.items() if own.n_documents >= FEWEST_RATERS}

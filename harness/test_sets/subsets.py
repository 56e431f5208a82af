"""Subsets of a test set: by domain, document, source phenomenon, length of the source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.errors import InputError, unknown_name
from harness.tables import TestSet

__all__ = ["SUBSETS", "WHOLE", "Subset", "check_subsets", "subsets_of"]

WHOLE = "all"
BANDS = 3


@dataclass(frozen=True)
class Subset:
    """Some segments of a test set: what divides it (``by``), which part this is (``value``), and
    whether each segment belongs to it. ``of_documents``: documents are whole in or out."""

    by: str
    value: str
    chosen: NDArray[np.bool_]
    of_documents: bool


def subsets_of(test_set: TestSet, wanted: Sequence[str], rated: Sequence[str]) -> list[Subset]:
    """The whole test set, then the parts that each of ``wanted`` divides it into.

    Parameters
    ----------
    wanted
        Some of 'domain', 'document', 'phenomenon', 'length'. 'length' makes three bands of about
        equally many rated segments by the number of characters of the source. A segment with two
        phenomena belongs to both; those without any are the part 'none marked'.
    rated
        The rated segments; only parts with such segments are listed. If there are none,
        name all.

    Raises
    ------
    InputError
        A division is unknown, or it is 'phenomenon' and none is marked.
    """
    check_subsets(wanted)
    if "phenomenon" in wanted and not len(test_set.phenomena):
        raise InputError(
            "subsets by phenomenon, but this test set marks no phenomena in its source",
            found=f"test set {test_set.name}",
            remedy="leave 'phenomenon' out of subsets",
        )
    whole = Subset(WHOLE, WHOLE, np.ones(len(test_set.segments), dtype=np.bool_), True)
    is_rated = test_set.segments["segment_id"].isin(set(rated)).to_numpy(dtype=bool)
    result = [whole]
    for by in dict.fromkeys(wanted):
        for value, chosen in SUBSETS[by](test_set, is_rated).items():
            if (chosen & is_rated).any():
                result.append(Subset(by, value, chosen, by in {"domain", "document"}))
    return result


def check_subsets(wanted: Sequence[str]) -> None:
    """Refuse what divides no test set.

    Raises
    ------
    InputError
        A division is unknown.
    """
    for by in wanted:
        if by not in SUBSETS:
            raise unknown_name("subset", by, SUBSETS)


Parts = Mapping[str, NDArray[np.bool_]]


def _by_column(name: str) -> Callable[[TestSet, NDArray[np.bool_]], Parts]:
    def parts(test_set: TestSet, rated: NDArray[np.bool_]) -> Parts:
        column = test_set.segments[name].astype(str)
        return {v: (column == v).to_numpy(dtype=bool) for v in dict.fromkeys(column)}

    return parts


def _by_phenomenon(test_set: TestSet, rated: NDArray[np.bool_]) -> Parts:
    marked = test_set.phenomena
    ids = test_set.segments["segment_id"]
    kinds = sorted(set(map(str, marked["phenomenon"])))
    result = {
        kind: ids.isin(set(marked["segment_id"][marked["phenomenon"] == kind])).to_numpy(dtype=bool)
        for kind in kinds
    }
    result["none marked"] = ~ids.isin(set(marked["segment_id"])).to_numpy(dtype=bool)
    return result


def _by_length(test_set: TestSet, rated: NDArray[np.bool_]) -> Parts:
    """Bands between quantiles of the rated segments' lengths, named by the lengths they hold."""
    lengths = test_set.segments["source"].str.len().to_numpy(dtype=np.int64)
    if not rated.any():
        return {}
    inner = np.quantile(lengths[rated], np.arange(1, BANDS) / BANDS, method="lower")
    band = np.searchsorted(np.unique(inner), lengths, side="left")
    result = {}
    for i in np.unique(band[rated]):
        own = lengths[(band == i) & rated]
        low, high = int(own.min()), int(own.max())
        name = f"{low} to {high} characters" if low < high else f"{low} characters"
        result[name] = band == i
    return result


#: What can divide a test set.
SUBSETS: Mapping[str, Callable[[TestSet, NDArray[np.bool_]], Parts]] = {
    "domain": _by_column("domain"),
    "document": _by_column("document"),
    "phenomenon": _by_phenomenon,
    "length": _by_length,
}

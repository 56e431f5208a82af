"""The two-way jackknife of named metrics: their values with intervals, and their differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.significance.two_way.cells import Cells, Flags, Integers, cells_of, document_numbers
from harness.significance.two_way.replicates import Replicates
from harness.significance.two_way.spread import (
    Differences,
    Scope,
    Spread,
    differences_of,
    jackknife_variance,
)
from harness.significance.two_way.statistics import TwoWayStatistic
from harness.significance.two_way.t_tests import interval
from harness.statistics.base import Array

__all__ = ["CONSTANT", "Compared", "Estimate", "Jackknife", "Part"]

#: The name of a metric that gives everything the same score; every jackknife knows it.
CONSTANT = "(constant)"

Pair = tuple[str, str]


@dataclass(frozen=True)
class Estimate:
    """A metric's value on all translations that it scored and people rated, with its interval.

    ``scope`` says what the interval generalises to. ``n_constant`` counts the segments in which the
    metric gives all translations the same score where people do not (correlation by item; else 0).
    ``low``, ``high`` and ``standard_error`` are NaN where there is no variance.
    """

    metric: str
    value: float
    low: float
    high: float
    standard_error: float
    degrees: int
    scope: Scope
    n_systems: int
    n_documents: int
    n_segments: int
    n_constant: int


@dataclass(frozen=True)
class Part:
    """The replicates of metrics that lack the same scores, and the ``row`` of one of them."""

    cells: Cells
    replicates: Replicates
    row: int


@dataclass(frozen=True)
class Compared:
    """Pairs of metrics, each on the translations that both scored: both values, (n_pairs,), their
    differences, over whole sets of systems and documents (NaN where a pair lacks one), and how many
    segments and translations took part."""

    pairs: tuple[Pair, ...]
    first: Array
    second: Array
    differences: Differences
    n_segments: Integers
    n_translations: Integers


class Jackknife:
    """Replicates of a statistic for metrics, computed once for all that lack the same scores.

    Parameters
    ----------
    statistic
        One of the statistics of :mod:`harness.significance.two_way`.
    scores
        Name -> (n_systems, n_segments), higher is better, NaN where missing. With complete scores
        all metrics and pairs share one pass; each further pattern of missing scores costs another.
    ratings
        (n_systems, n_segments), higher is better, NaN where missing.
    documents
        The document of each segment; None: not known, then every segment is a document, and what
        holds for other documents holds for other segments only.

    Raises
    ------
    ValueError
        Shapes do not fit, or a metric has the name :data:`CONSTANT`.
    """

    def __init__(
        self,
        statistic: TwoWayStatistic,
        scores: Mapping[str, Array],
        ratings: Array,
        documents: Sequence[str] | None,
    ) -> None:
        for name, matrix in scores.items():
            if matrix.shape != ratings.shape:
                raise ValueError(f"scores of {name}: {matrix.shape}, ratings: {ratings.shape}")
        if documents is not None and len(documents) != ratings.shape[1]:
            raise ValueError(f"{len(documents)} documents for {ratings.shape[1]} segments")
        if CONSTANT in scores:
            raise ValueError(f"a metric cannot have the name {CONSTANT}")
        self.statistic = statistic
        self.names = tuple(sorted(scores))
        self.ratings = ratings
        self.documents_known = documents is not None
        self.scores = {**scores, CONSTANT: np.zeros_like(ratings)}
        self._document = (
            np.arange(ratings.shape[1]) if documents is None else document_numbers(documents)
        )
        rated = ~np.isnan(ratings)
        self._present = {name: rated & ~np.isnan(own) for name, own in self.scores.items()}
        self._kept: dict[bytes, dict[str, Part | None]] = {}

    def parts(self) -> dict[str, Part | None]:
        """Each metric's replicates on all translations that it scored and people rated, by name;
        None where no segment has two."""
        found: dict[str, Part | None] = {}
        for mask, names in self._by_pattern((n, self._present[n]) for n in self.names):
            kept = self._replicated(mask, names)
            found.update({name: kept[name] for name in names})
        return {name: found[name] for name in self.names}

    def estimates(self, confidence: float = 0.95) -> dict[str, Estimate]:
        """Each metric's value and interval, by name."""
        return {
            name: _nothing(name) if part is None else self._estimate(name, part, confidence)
            for name, part in self.parts().items()
        }

    def compare(self, pairs: Sequence[Pair]) -> Compared:
        """The differences of pairs of metrics, first less second; :data:`CONSTANT` is known too."""
        n, (n_systems, _) = len(pairs), self.ratings.shape
        n_documents = int(self._document.max(initial=-1)) + 1
        values, block_variance = np.full((3, n), np.nan), np.full(n, np.nan)
        systems, documents = np.full((n, n_systems), np.nan), np.full((n, n_documents), np.nan)
        counts = np.zeros((2, n), dtype=np.int64)
        masks = ((str(k), self._present[a] & self._present[b]) for k, (a, b) in enumerate(pairs))
        for mask, numbers in self._by_pattern(masks):
            own = np.array([int(k) for k in numbers], dtype=np.int64)
            kept = self._replicated(mask, sorted({name for k in own for name in pairs[k]}))
            rows = {name: part.row for name, part in kept.items() if part is not None}
            part = kept[pairs[own[0]][0]]
            if part is None:
                continue
            cells, replicates = part.cells, part.replicates
            first, second = (
                np.array([rows[pairs[k][side]] for k in own], dtype=np.int64) for side in (0, 1)
            )
            found = differences_of(replicates, first, second)
            values[:, own] = replicates.value[first], replicates.value[second], found.value
            documents[np.ix_(own, cells.documents)] = found.without_document
            systems[np.ix_(own, cells.systems)] = found.without_system
            block_variance[own] = found.block_variance
            counts[:, own] = [[len(cells.document)], [int(cells.present.sum())]]
        differences = Differences(values[2], documents, systems, block_variance)
        return Compared(tuple(pairs), values[0], values[1], differences, counts[0], counts[1])

    def _by_pattern(self, masks: Iterable[tuple[str, Flags]]) -> list[tuple[Flags, list[str]]]:
        """The names of each pattern of present translations."""
        patterns: dict[bytes, tuple[Flags, list[str]]] = {}
        for name, mask in masks:
            patterns.setdefault(mask.tobytes(), (mask, []))[1].append(name)
        return list(patterns.values())

    def _replicated(self, mask: Flags, names: Sequence[str]) -> dict[str, Part | None]:
        """The replicates of metrics on the translations of ``mask``."""
        kept = self._kept.setdefault(mask.tobytes(), {})
        if not set(names) <= set(kept):
            whole = {n for n in self.scores if (self._present[n] == mask).all()}
            wanted = sorted({*names, *kept, *whole})
            stack = np.array([np.where(mask, self.scores[n], np.nan) for n in wanted])
            cells = cells_of(stack, self.ratings, self._document)
            if cells is None:
                kept.update(dict.fromkeys(wanted))
            else:
                found = self.statistic.replicates(cells)
                kept.update({name: Part(cells, found, row) for row, name in enumerate(wanted)})
        return kept

    def _estimate(self, name: str, part: Part, confidence: float) -> Estimate:
        cells, replicates, row = part.cells, part.replicates, slice(part.row, part.row + 1)
        spread = Spread.of(
            replicates.without_document[row],
            replicates.without_system[row],
            jackknife_variance(replicates.without_block[row].reshape(1, -1)),
        )
        value, degrees = float(replicates.value[part.row]), int(spread.degrees[0])
        variance = float((spread.added if self.statistic.added else spread.variance)[0])
        low, high = interval(value, variance, degrees, confidence, self.statistic.bounds)
        constant = float(replicates.constant[part.row])
        return Estimate(
            metric=name,
            value=value,
            low=low,
            high=high,
            standard_error=float(np.sqrt(variance)),
            degrees=degrees,
            scope=spread.scope(0),
            n_systems=cells.n_systems,
            n_documents=cells.n_documents,
            n_segments=len(cells.document),
            n_constant=0 if np.isnan(constant) else int(constant),
        )


def _nothing(name: str) -> Estimate:
    nan = float("nan")
    return Estimate(name, nan, nan, nan, nan, 0, "nothing", 0, 0, 0, 0)

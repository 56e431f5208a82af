"""The cells of a view: the result of every metric, sentinel and held-out rater per category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.error_categories.accuracy import (
    CategoryAccuracy,
    category_accuracy,
    doubled_credits,
)
from harness.error_categories.decided_pairs import Pairs, count_untied, decided_pairs
from harness.error_categories.held_out_raters import (
    HUMAN_ROWS,
    HeldOut,
    can_hold_out,
    held_out_pairs,
    human_relative_skill,
)
from harness.error_categories.notes import CONSTANT, SYSTEM_IDENTITY
from harness.error_categories.other_raters import accuracies_over_raters, rater_of_segments
from harness.ratings.rating import Penalties
from harness.scoring.score_tables import positions, score_matrices
from harness.significance.jackknife import Estimate
from harness.tables import TestSet

__all__ = ["Cell", "ViewCells"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Cell:
    """One category of one view: its pairs, and the results of all rows on them.

    ``on_held_out`` is the accuracy of each metric on the pairs that raters were held out of, and
    ``skill`` what it has above chance there, over what the held-out rater has. ``over_raters`` are
    the metrics' accuracies with a jackknife over raters, where documents have one rater each.
    """

    category: str
    n_errors: int
    penalty_share: float
    pairs: Pairs
    credits: Mapping[str, NDArray[np.int64]]
    accuracies: Mapping[str, CategoryAccuracy]
    human: Mapping[str, CategoryAccuracy] = field(default_factory=dict)
    on_held_out: Mapping[str, float] = field(default_factory=dict)
    skill: Mapping[str, Estimate] = field(default_factory=dict)
    over_raters: Mapping[str, CategoryAccuracy] = field(default_factory=dict)


class ViewCells:
    """All cells of one view, the category with the largest share of the penalties first.

    ``kinds`` maps every metric and sentinel in the table SCORES to 'metric' or 'sentinel'; the two
    built-in sentinels are added. Machine systems that somebody rated are compared.
    """

    def __init__(
        self,
        test_set: TestSet,
        scores: pd.DataFrame,
        penalties: Penalties,
        kinds: Mapping[str, str],
        confidence: float,
        tolerance: float,
    ) -> None:
        roles = test_set.roles
        rated = penalties.rated
        chosen = [
            i
            for i, system in enumerate(penalties.systems)
            if roles.get(system) == "system" and rated[i].any()
        ]
        self.name, self.test_set = penalties.view, penalties.test_set
        self.confidence, self.tolerance = confidence, tolerance
        self.systems = [penalties.systems[i] for i in chosen]
        segments = list(penalties.segments)
        values, counts, rated = penalties.values[chosen], penalties.counts[chosen], rated[chosen]
        text_id = _text_ids(test_set.hypotheses, self.systems, segments)
        annotated: list[bool] = np.asarray(rated.any(axis=(0, 2))).tolist()
        self.n_documents = len(
            {d for d, used in zip(penalties.documents, annotated, strict=True) if used}
        )
        self.has_held_out = can_hold_out(rated.sum(axis=2))
        self.rater = rater_of_segments(rated, penalties) if chosen else None
        self.n_untied = count_untied(values, text_id, tolerance=tolerance)
        self.kinds = {**kinds, SYSTEM_IDENTITY: "sentinel", CONSTANT: "sentinel"}
        own = scores[(scores["test_set"] == test_set.name) & scores["segment_id"].notna()]
        self.matrices = score_matrices(own, list(kinds), self.systems, segments)
        self.matrices[SYSTEM_IDENTITY] = _system_identity(penalties.totals[chosen])
        self.matrices[CONSTANT] = np.zeros((len(chosen), len(segments)))
        self.cells: list[Cell] = []
        if not penalties.categories:
            return  # nobody marked an error
        pairs = decided_pairs(values, penalties.documents, text_id, tolerance=tolerance)
        held_out = held_out_pairs(values, penalties.documents, text_id, tolerance=tolerance)
        shares = _shares(values)
        order = np.argsort(-np.nan_to_num(shares), kind="stable").tolist() if chosen else []
        self.cells = [
            self._cell(
                penalties.categories[c],
                int(counts[..., c].sum()),
                float(shares[c]),
                pairs.of(c),
                held_out.of(c),
            )
            for c in order
        ]

    def _cell(
        self, category: str, n_errors: int, share: float, pairs: Pairs, held_out: HeldOut
    ) -> Cell:
        credit = {name: self._credits(pairs, name) for name in self.matrices}
        accuracies = {name: self._accuracy(pairs, credit[name]) for name in credit}
        over_raters: dict[str, CategoryAccuracy] = {}
        if self.rater is not None:
            own = {name: credit[name] for name in self.metrics}
            over_raters = accuracies_over_raters(pairs, own, self.rater, confidence=self.confidence)
        if not self.has_held_out:
            return Cell(
                category, n_errors, share, pairs, credit, accuracies, over_raters=over_raters
            )
        of_others = {name: self._credits(held_out.pairs, name) for name in self.metrics}
        human = held_out.credit["human"]
        return Cell(
            category,
            n_errors,
            share,
            pairs,
            credit,
            accuracies,
            {name: self._accuracy(held_out.pairs, held_out.credit[name]) for name in HUMAN_ROWS},
            {n: self._accuracy(held_out.pairs, c).balanced.value for n, c in of_others.items()},
            {
                name: human_relative_skill(held_out.pairs, c, human, confidence=self.confidence)
                for name, c in of_others.items()
            },
            over_raters,
        )

    @property
    def metrics(self) -> list[str]:
        """The names of the metrics, without sentinels."""
        return [name for name, kind in self.kinds.items() if kind == "metric"]

    def _credits(self, pairs: Pairs, name: str) -> NDArray[np.int64]:
        return doubled_credits(pairs, self.matrices[name], tolerance=self.tolerance)

    def _accuracy(self, pairs: Pairs, credit: NDArray[np.int64]) -> CategoryAccuracy:
        return category_accuracy(pairs, credit, confidence=self.confidence)


def _text_ids(
    hypotheses: pd.DataFrame, systems: list[str], segments: list[str]
) -> NDArray[np.int64]:
    """(n_systems, n_segments): equal numbers for identical hypotheses, -1 where there is none."""
    codes, _ = pd.factorize(hypotheses["hypothesis"])
    result = np.full((len(systems), len(segments)), -1, dtype=np.int64)
    row, column = positions(hypotheses, systems, segments)
    known = (row >= 0) & (column >= 0)
    result[row[known], column[known]] = codes[known]
    return result


def _system_identity(totals: Array) -> Array:
    """(n_systems, n_segments): each system's mean rating, whatever the segment."""
    rated = ~np.isnan(totals)
    total = np.where(rated, totals, 0.0).sum(axis=-1)
    n_raters = rated.sum(axis=-1)
    of_segment = total / np.maximum(n_raters, 1)
    mean = of_segment.sum(axis=1) / np.maximum((n_raters > 0).sum(axis=1), 1)
    return np.repeat(-mean[:, None], totals.shape[1], axis=1)


def _shares(values: Array) -> Array:
    """Each category's share of all penalties; NaN without any."""
    by_category: Array = np.nansum(values, axis=(0, 1, 2))
    whole = float(by_category.sum())
    return by_category / whole if whole > 0.0 else np.full(by_category.shape, np.nan)

"""How far each metric's score falls for a point of penalty in each category.

The definition is in :mod:`harness.error_categories.implied_weights`; this module prepares
translations, scores and penalties for it, and makes a table of the results.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.error_categories.held_out_raters import HUMAN_ROWS, JUDGED, can_hold_out
from harness.error_categories.implied_weights import ImpliedWeights, difference, implied_weights
from harness.ratings.rating import TOTAL, Penalties
from harness.scoring.score_tables import score_matrices
from harness.significance.holm import holm_adjusted
from harness.significance.jackknife import Difference, Estimate
from harness.support.checks import check_between, check_whole
from harness.tables import CATEGORY_WEIGHTS, TestSet
from harness.tables.settings import table_with

__all__ = ["category_weights", "judged_categories"]

#: The name of the held-out rater's row, as in the table CATEGORIES.
HUMAN = HUMAN_ROWS[0]
NONE = Difference(np.nan, np.nan, np.nan, np.nan, np.nan, 0)
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def category_weights(
    test_set: TestSet,
    scores: pd.DataFrame,
    penalties: Sequence[Penalties],
    *,
    sentinels: Sequence[str] = (),
    judged: Container[tuple[str, str]] | None = None,
    confidence: float = 0.95,
    alpha: float = 0.05,
    minimum_documents: int = 10,
) -> pd.DataFrame:
    """The weights of every metric, sentinel and held-out rater: table CATEGORY_WEIGHTS.

    Parameters
    ----------
    scores
        Table SCORES; rows of whole systems are not used.
    penalties
        The penalties by each rater, one table per view. Machine systems are compared. The penalty
        of a translation with several raters is their mean. Translations of a segment are compared
        if the same raters annotated them.
    sentinels
        Names in ``scores`` that are sentinels, not metrics.
    judged
        (view, category) on which metrics can be judged, see :func:`judged_categories`; None: all.
        Only these are adjusted for.
    confidence, alpha
        Confidence of all intervals; significance level of differences from a held-out rater.
    minimum_documents
        A category that differs in fewer documents gets a note.

    Returns
    -------
    pandas.DataFrame
        Rows are in the order of views, then the total penalty ('all', the unit) and categories by
        penalty, then metrics, sentinels and the human row. That row has the weights of a held-out
        rater's ratings on the penalties of the other raters: the weights of a person, with the same
        uncertain penalties. ``against_human`` compares a metric with it on the same penalties.
        Where most translations have one rater there is neither. Empty if no machine system was
        rated, or no error was marked.
    """
    check_between("category_accuracy.confidence", confidence, 0, 1)
    check_between("category_accuracy.alpha", alpha, 0, 1)
    check_whole("category_accuracy.minimum_documents", minimum_documents, 0)
    names = list(dict.fromkeys(scores["metric"]))
    kinds = {n: "metric" for n in names if n not in sentinels}
    kinds |= {n: "sentinel" for n in names if n in sentinels}
    own = scores[(scores["test_set"] == test_set.name) & scores["segment_id"].notna()]
    rows: list[dict[str, Any]] = []
    for view in penalties:
        rated = _Rated.of(test_set, view)
        if not view.categories or not len(rated.system):
            continue
        matrices = score_matrices(own, list(kinds), list(view.systems), list(view.segments))
        found = dict(zip(kinds, rated.weights(rated.scores(matrices), confidence), strict=True))
        against: dict[tuple[str, int], Difference] = {}
        held_out = _held_out(view, rated)
        if held_out is not None:
            of_rater, given = held_out
            found[HUMAN] = of_rater.weights(given[None], confidence)[0]
            metrics = {n: m for n, m in matrices.items() if kinds[n] == "metric"}
            against = _against(of_rater, given, metrics, len(view.categories), confidence)
        fit = [judged is None or (view.view, c) in judged for c in view.categories]
        rows += _rows(view, {**kinds, HUMAN: "human"}, found, against, fit, minimum_documents)
    return table_with(rows, CATEGORY_WEIGHTS, confidence=confidence, alpha=alpha)


def judged_categories(categories: pd.DataFrame) -> set[tuple[str, str]]:
    """(view, category) in the table CATEGORIES for which some metric can be judged."""
    rows = categories[(categories["kind"] == "metric") & categories["tier"].isin(JUDGED)]
    return set(zip(rows["view"].astype(str), rows["category"].astype(str), strict=True))


@dataclass(frozen=True)
class _Rated:
    """Translations that people annotated: their place, their penalties, and which are compared."""

    system: Integers
    segment: Integers
    document: Integers
    group: Integers
    penalties: Floats
    totals: Floats

    @classmethod
    def of(cls, test_set: TestSet, view: Penalties) -> _Rated:
        roles = test_set.roles
        machine = np.array([roles.get(s) == "system" for s in view.systems], dtype=bool)
        rated = view.rated & machine[:, None, None]
        number = rated.sum(axis=2)
        system, segment = np.nonzero(number)
        by = number[system, segment]
        return cls(
            system,
            segment,
            _codes(view.documents)[segment],
            _codes(
                [(s, r.tobytes()) for s, r in zip(segment, rated[system, segment], strict=True)]
            ),
            _summed(view.values, rated)[system, segment] / by[:, None],
            _summed(view.totals, rated)[system, segment] / by,
        )

    def scores(self, matrices: Mapping[str, Floats]) -> Floats:
        """(n_metrics, n_translations) of (n_systems, n_segments) each."""
        listed = [m[self.system, self.segment] for m in matrices.values()]
        return np.array(listed).reshape(len(listed), len(self.system))

    def weights(self, scores: Floats, confidence: float) -> list[ImpliedWeights]:
        """Of each row of ``scores``."""
        return implied_weights(
            scores,
            self.penalties,
            self.totals,
            group=self.group,
            system=self.system,
            document=self.document,
            confidence=confidence,
        )


def _held_out(view: Penalties, rated: _Rated) -> tuple[_Rated, Floats] | None:
    """Every translation once for each of its raters: the other raters' penalties, and that rater's
    own rating; None if most translations have one rater."""
    raters = view.rated[rated.system, rated.segment]
    if not can_hold_out(raters.sum(axis=1)):
        return None
    chosen, rater = np.nonzero(raters & (raters.sum(axis=1) >= 2)[:, None])
    number = raters.sum(axis=1)[chosen]
    system, segment = rated.system[chosen], rated.segment[chosen]
    own = view.values[system, segment, rater]
    given = view.totals[system, segment, rater]
    others = rated.penalties[chosen] * number[:, None] - own
    whole = rated.totals[chosen] * number - given
    return _Rated(
        system,
        segment,
        rated.document[chosen],
        rated.group[chosen] * raters.shape[1] + rater,
        others / (number - 1)[:, None],
        whole / (number - 1),
    ), -given


def _against(
    of_rater: _Rated,
    given: Floats,
    matrices: Mapping[str, Floats],
    n_categories: int,
    confidence: float,
) -> dict[tuple[str, int], Difference]:
    """Metric, category -> its relative weight minus the held-out rater's, on the translations that
    the metric scored."""
    scores = of_rater.scores(matrices)
    beside = np.where(np.isnan(scores), np.nan, given)
    both = of_rater.weights(np.concatenate([scores, beside]), confidence)
    return {
        (name, c): difference(both[i], both[len(matrices) + i], c, confidence)
        for i, name in enumerate(matrices)
        for c in range(n_categories)
    }


def _summed(values: Floats, rated: NDArray[np.bool_]) -> Floats:
    """Over the raters, (n_systems, n_segments, …)."""
    shape = rated.shape + (1,) * (values.ndim - 3)
    result: Floats = np.where(rated.reshape(shape), values, 0.0).sum(axis=2)
    return result


def _codes(values: Sequence[Any]) -> Integers:
    """Equal numbers for equal values, from 0."""
    seen: dict[Any, int] = {}
    return np.array([seen.setdefault(v, len(seen)) for v in values], dtype=np.int64)


def _rows(
    view: Penalties,
    kinds: Mapping[str, str],
    found: Mapping[str, ImpliedWeights],
    against: Mapping[tuple[str, int], Difference],
    judged: Sequence[bool],
    minimum_documents: int,
) -> Iterator[dict[str, Any]]:
    """The rows of one view; ``judged`` says of each category whether metrics can be judged on
    it."""
    family = {key: d.p for key, d in against.items() if judged[key[1]]}
    adjusted = dict(zip(family, holm_adjusted(list(family.values())), strict=True))
    shares = np.nansum(view.values, axis=(0, 1, 2))
    order = np.argsort(-shares, kind="stable").tolist()
    for c in (None, *order):
        for name, own in found.items():
            weight = own.overall if c is None else own.weights[c]
            share = _unit(own) if c is None else own.relative[c]
            key = (name, -1 if c is None else c)
            beside = against.get(key, NONE)
            yield {
                "test_set": view.test_set,
                "view": view.view,
                "category": TOTAL if c is None else view.categories[c],
                "metric": name,
                "kind": kinds[name],
                "weight": weight.value,
                "low": weight.low,
                "high": weight.high,
                "relative_weight": share.value,
                "relative_weight_low": share.low,
                "relative_weight_high": share.high,
                "against_human": beside.value,
                "against_low": beside.low,
                "against_high": beside.high,
                "p": beside.p,
                "p_holm": adjusted.get(key, np.nan),
                "judged": c is None or judged[c],
                "n_translations": own.n_translations,
                "n_marked": own.n_penalised if c is None else own.n_marked[c],
                "n_documents": own.n_compared if c is None else own.n_documents[c],
                "note": _note(own, c, minimum_documents),
            }


def _unit(own: ImpliedWeights) -> Estimate:
    """The relative weight of the total penalty, which is 1."""
    value = 1.0 if own.has_unit else np.nan
    return Estimate(value, np.nan, np.nan, np.nan)


def _note(own: ImpliedWeights, category: int | None, minimum_documents: int) -> str:
    """Why a value is missing or less reliable; '' otherwise."""
    if not own.n_translations:
        return "no two translations of a segment have a finite score and the same raters"
    weight = own.overall if category is None else own.weights[category]
    documents = own.n_compared if category is None else own.n_documents[category]
    if weight.value != weight.value:
        if not documents:
            return "no two translations of a segment differ in it"
        return "differs only together with other categories or with the system"
    notes = []
    if documents < minimum_documents:
        noun = "document" if documents == 1 else "documents"
        notes.append(f"in {documents} {noun}: fewer than {minimum_documents}")
    if own.overall.low != own.overall.low:
        notes.append("no interval and no relative weight: fewer than three documents")
    elif weight.low != weight.low:
        notes.append("no interval: without some document nothing is left to measure")
    if own.overall.high < 0.0:
        notes.append("the score rises with the whole penalty: no relative weight")
    elif own.overall.low <= 0.0:
        notes.append("the weight of the whole penalty is not told from 0: no relative weight")
    return "; ".join(notes)

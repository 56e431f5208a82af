"""Human ratings: annotated errors x weights -> ratings, for each category, rater and translation;
or the ratings that come with a test set as numbers.

A rating is minus the weighted penalty (so 0 is best), as the plain mean over the raters of a
translation. The weights are those of Freitag et al. 2021 (arXiv 2104.14478) unless the
config says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.errors import InputError, unknown_name
from harness.ratings.views import View, error_table
from harness.support.checks import check_weight
from harness.tables import PENALTY_PROFILE, RATER_RATINGS, RATINGS, TestSet, conform
from harness.test_sets.taxonomy import CODES, SEVERITIES, code_of

__all__ = [
    "ANNOTATED",
    "AUTO",
    "Penalties",
    "Weights",
    "choose_rating",
    "given_ratings",
    "penalties",
    "penalty_profile",
    "rate",
    "rater_ratings",
]

TOTAL = "all"
#: The ratings that follow from annotated errors, and the choice left to the program.
ANNOTATED, AUTO = "annotations", "auto"
#: Given ratings that 'auto' prefers to annotations: what the publishers or raters made of them.
_PREFERRED = ("mqm", "esa")
DECIMALS = 12


@dataclass(frozen=True)
class Weights:
    """The penalty of an error: by category first, then by category and severity, then by severity.

    Parameters
    ----------
    name
        Name of the weighting, for tables and the report.
    severity
        Severity -> penalty.
    category
        Category (or category/subcategory) -> penalty, whatever the severity.
    category_severity
        Category (or category/subcategory) -> severity -> penalty.

    Raises
    ------
    InputError
        A category or severity is none of the taxonomy (the nearest is named), or a penalty is no
        number from 0 to a million.
    """

    name: str = "google"
    severity: Mapping[str, float] = field(
        default_factory=lambda: {"major": 5.0, "minor": 1.0, "neutral": 0.0}
    )
    category: Mapping[str, float] = field(
        default_factory=lambda: {"non_translation": 25.0, "source": 0.0}
    )
    category_severity: Mapping[str, Mapping[str, float]] = field(
        default_factory=lambda: {"fluency/punctuation": {"minor": 0.1}}
    )

    def __post_init__(self) -> None:
        for severity, weight in self.severity.items():
            _check_known("severity", f"weights.severity.{severity}", severity, SEVERITIES)
            check_weight(f"weights.severity.{severity}", weight)
        for category, weight in self.category.items():
            _check_known("error category", f"weights.category.{category}", category, CODES)
            check_weight(f"weights.category.{category}", weight)
        for category, weights in self.category_severity.items():
            where = f"weights.category_severity.{category}"
            _check_known("error category", where, category, CODES)
            for severity, weight in weights.items():
                _check_known("severity", f"{where}.{severity}", severity, SEVERITIES)
                check_weight(f"weights.category_severity.{category}.{severity}", weight)

    def of(self, category: str, subcategory: str, severity: str) -> float:
        """The penalty of one error, >= 0.

        Raises
        ------
        InputError
            No weight is given for the severity.
        """
        codes = (code_of(category, subcategory), category)
        for code in codes:
            if code in self.category:
                return float(self.category[code])
        for code in codes:
            if severity in self.category_severity.get(code, {}):
                return float(self.category_severity[code][severity])
        if severity in self.severity:
            return float(self.severity[severity])
        raise InputError(
            f"the weights {self.name!r} give no penalty for the severity {severity!r}",
            found=f"an error {codes[0]} of severity {severity}",
            expected=f"one of: {', '.join(self.severity)}",
            remedy=f"add it, for example +weights.severity.{severity}=10 (in Python: make Weights)",
        )


def _check_known(kind: str, where: str, name: str, known: Sequence[str]) -> None:
    """Refuse a weight for a name that no error can have: it would never be used."""
    if name not in known:
        error = unknown_name(kind, str(name), known)
        error.found = where
        raise error


@dataclass(frozen=True)
class Penalties:
    """Weighted penalties of every rater in one view, as arrays over systems x segments x raters x
    categories.

    ``values`` is >= 0 and NaN where that rater did not annotate that translation; ``totals``,
    without the last axis, is the penalty of all errors, also of those that the view leaves out (so
    it is the same in every view); ``counts`` is
    the number of errors and ``major`` that of the critical and major ones among them (0 where not
    annotated). Systems and raters are sorted by name, segments
    stand in the order of the test set, categories by total penalty, largest first.
    """

    test_set: str
    view: str
    systems: tuple[str, ...]
    segments: tuple[str, ...]
    documents: tuple[str, ...]
    raters: tuple[str, ...]
    categories: tuple[str, ...]
    values: NDArray[np.float64]
    totals: NDArray[np.float64]
    counts: NDArray[np.int64]
    major: NDArray[np.int64]

    @property
    def rated(self) -> NDArray[np.bool_]:
        """(n_systems, n_segments, n_raters): whether the rater annotated the translation."""
        rated: NDArray[np.bool_] = ~np.isnan(self.totals)
        return rated


def penalties(test_set: TestSet, weights: Weights, view: View) -> Penalties:
    """The penalties by ``weights`` of the errors of ``test_set``, by category of ``view``.

    Every annotation counts, also one without errors (its penalties are 0); a translation without
    annotation is NaN throughout. Errors that the view leaves out are in ``totals`` only.

    Raises
    ------
    InputError
        The view has a category called 'all', or the weights lack a severity.
    """
    systems = sorted(test_set.annotations["system"].unique())
    segments = list(test_set.segments["segment_id"])
    raters = sorted(test_set.annotations["rater"].unique())
    errors = _weighted(error_table(test_set, view), weights)
    sorted_in = errors[errors["view_category"].notna()]
    by_category = sorted_in.groupby("view_category")["penalty"].sum().to_dict()
    categories = sorted(map(str, by_category), key=lambda c: (-by_category[c], c))
    if TOTAL in categories:
        raise InputError(
            f"the view {view.name!r} has a category called {TOTAL!r}, which means the total",
            remedy="rename the category",
        )

    def positions(frame: pd.DataFrame) -> tuple[NDArray[np.int64], ...]:
        return (
            pd.Index(systems).get_indexer(pd.Index(frame["system"])),
            pd.Index(segments).get_indexer(pd.Index(frame["segment_id"])),
            pd.Index(raters).get_indexer(pd.Index(frame["rater"])),
        )

    shape = (len(systems), len(segments), len(raters), len(categories))
    totals = np.full(shape[:3], np.nan)
    totals[positions(test_set.annotations)] = 0.0
    values = np.where(np.isnan(totals)[..., None], np.nan, np.zeros(shape))
    counts = np.zeros(shape, dtype=np.int64)
    major = np.zeros(shape, dtype=np.int64)
    if len(errors):
        np.add.at(totals, positions(errors), errors["penalty"].to_numpy())
    if len(sorted_in):
        category = pd.Index(categories).get_indexer(pd.Index(sorted_in["view_category"]))
        where = (*positions(sorted_in), category)
        np.add.at(values, where, sorted_in["penalty"].to_numpy())
        np.add.at(counts, where, 1)
        np.add.at(major, where, sorted_in["severity"].isin(["critical", "major"]).to_numpy())
    return Penalties(
        test_set=test_set.name,
        view=view.name,
        systems=tuple(systems),
        segments=tuple(segments),
        documents=tuple(test_set.segments["document"]),
        raters=tuple(raters),
        categories=tuple(categories),
        values=values,
        totals=totals,
        counts=counts,
        major=major,
    )


def _weighted(errors: pd.DataFrame, weights: Weights) -> pd.DataFrame:
    """``errors`` with the column penalty."""
    kinds = list(errors[["category", "subcategory", "severity"]].itertuples(index=False, name=None))
    weight = {kind: weights.of(*kind) for kind in dict.fromkeys(kinds)}
    return errors.assign(penalty=np.array([weight[kind] for kind in kinds], dtype=float))


def rate(test_set: TestSet, weights: Weights, view: View) -> pd.DataFrame:
    """The ratings of all annotated translations: table RATINGS, categories of ``view`` and 'all'.

    A rating is the mean over raters of minus the penalty, rounded to 12 decimals. Penalties are
    multiples of a tenth; rounding keeps means equal that are mathematically equal (without it, 5
    tied pairs of WMT23 would not tie). Translations without annotation have no row. Degenerate
    case: a test set without annotations gives an empty table.
    """
    return ratings_table(penalties(test_set, weights, view))


def ratings_table(result: Penalties) -> pd.DataFrame:
    """The table RATINGS of ``result``: means over raters."""
    rated = result.rated
    n_raters = rated.sum(axis=-1)
    frames = []
    system, segment = np.nonzero(n_raters)
    for category, values in _with_total(result):
        summed = np.where(rated, values, 0.0).sum(axis=-1)[system, segment]
        count = n_raters[system, segment]
        frames.append(
            pd.DataFrame(
                {
                    "test_set": result.test_set,
                    "system": np.asarray(result.systems, dtype=object)[system],
                    "segment_id": np.asarray(result.segments, dtype=object)[segment],
                    "category": category,
                    "rating": np.round(-summed / count, DECIMALS) + 0.0,
                    "n_raters": count,
                }
            )
        )
    return conform(pd.concat(frames, ignore_index=True), RATINGS)


def given_ratings(test_set: TestSet, rating_name: str) -> pd.DataFrame:
    """The ratings ``rating_name`` that come with the test set: table RATINGS, category
    'all' only.

    The numbers are unchanged, higher is better, on any scale. The number of raters behind each is
    unknown; ``n_raters`` counts it as 1. Unrated translations have no row.

    Raises
    ------
    InputError
        The test set has no ratings of this name; the message names the nearest.
    """
    frame = test_set.given_ratings
    chosen = frame[frame["rating_name"] == rating_name]
    if not len(chosen):
        raise unknown_name("given rating", rating_name, frame["rating_name"].unique())
    columns = chosen[["test_set", "system", "segment_id", "rating"]]
    return conform(columns.assign(category=TOTAL, n_raters=1), RATINGS)


def choose_rating(test_set: TestSet, wanted: str) -> tuple[str, TestSet]:
    """The rating that metrics are compared with: the name of a given rating, or 'annotations'.

    'auto' is the given rating mqm or, without it, esa if the test set has one, else its
    annotations, else its first given rating. A test set without any rating gives 'annotations' (of
    which there are none).

    Returns
    -------
    tuple
        The name, and the test set with only these given ratings; its annotations stay, because only
        they have categories of error.

    Raises
    ------
    InputError
        The test set has no such ratings.
    """
    names = list(test_set.given_ratings["rating_name"].unique())
    annotated = len(test_set.annotations) > 0
    if wanted == AUTO:
        first = names[0] if names and not annotated else ANNOTATED
        name = next((one for one in _PREFERRED if one in names), first)
    elif (wanted == ANNOTATED and annotated) or wanted in names:
        name = wanted
    else:
        known = [AUTO, *([ANNOTATED] if annotated else []), *names]
        raise unknown_name("human rating", wanted, known)
    frame = test_set.given_ratings
    kept = frame[frame["rating_name"] == name].reset_index(drop=True)
    notes = test_set.notes
    if name != ANNOTATED:
        notes = (
            *notes,
            f"the human ratings are those given as {name}; they are not computed from annotations",
        )
    return name, replace(test_set, given_ratings=kept, notes=notes)


def rater_ratings(result: Penalties) -> pd.DataFrame:
    """The table RATER_RATINGS of ``result``: the ratings by each rater."""
    system, segment, rater = np.nonzero(result.rated)
    frames = [
        pd.DataFrame(
            {
                "test_set": result.test_set,
                "system": np.asarray(result.systems, dtype=object)[system],
                "segment_id": np.asarray(result.segments, dtype=object)[segment],
                "rater": np.asarray(result.raters, dtype=object)[rater],
                "category": category,
                "rating": np.round(-values[system, segment, rater], DECIMALS) + 0.0,
            }
        )
        for category, values in _with_total(result)
    ]
    return conform(pd.concat(frames, ignore_index=True), RATER_RATINGS)


def _with_total(result: Penalties) -> list[tuple[str, NDArray[np.float64]]]:
    """Each category with its (systems, segments, raters) penalties, the total first."""
    return [
        (TOTAL, result.totals),
        *((c, result.values[..., i]) for i, c in enumerate(result.categories)),
    ]


def penalty_profile(results: Sequence[Penalties], roles: Mapping[str, str]) -> pd.DataFrame:
    """Each category's share of each system's penalty: table PENALTY_PROFILE.

    ``penalty`` is the mean over rated segments of the mean over raters, so that the penalties of a
    system's categories sum to minus its mean rating. ``roles`` gives the role of each system.
    """
    rows = []
    for result in results:
        rated = result.rated
        n_raters = rated.sum(axis=-1)
        for i, system in enumerate(result.systems):
            segments = n_raters[i] > 0
            by_rater = np.where(rated[i, segments, :, None], result.values[i, segments], 0.0)
            means = by_rater.sum(axis=1) / n_raters[i, segments, None]
            per_segment = means.mean(axis=0)
            totals = np.where(rated[i, segments], result.totals[i, segments], 0.0)
            whole = (totals.sum(axis=1) / n_raters[i, segments]).mean()
            for c, category in enumerate(result.categories):
                rows.append(
                    {
                        "test_set": result.test_set,
                        "system": system,
                        "role": roles[system],
                        "view": result.view,
                        "category": category,
                        "n_errors": int(result.counts[i, ..., c].sum()),
                        "n_major": int(result.major[i, ..., c].sum()),
                        "n_segments": int(segments.sum()),
                        "penalty": per_segment[c],
                        "share": per_segment[c] / whole if whole > 0 else np.nan,
                    }
                )
    return conform(pd.DataFrame(rows, columns=PENALTY_PROFILE.names), PENALTY_PROFILE)

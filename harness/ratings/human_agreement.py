"""How far the human raters agree, overall and on each error category, and how strict each one is.

Tables RATER_AGREEMENT and RATER_PROFILE. The definitions are in
:mod:`harness.ratings.rater_agreement` (what raters find on a translation) and
:mod:`harness.ratings.span_agreement` (which characters they mark).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.ratings.rater_agreement import (
    alpha,
    document_numbers,
    leniency,
    presence_sums,
    ratio_estimate,
    second_rater,
    segment_correlation,
    segment_sums,
)
from harness.ratings.rating import TOTAL, Penalties
from harness.ratings.span_agreement import Marks, overlaps, shared_characters
from harness.ratings.views import View, error_table
from harness.significance.jackknife import Estimate
from harness.support.checks import check_between
from harness.tables import RATER_AGREEMENT, RATER_PROFILE, TestSet
from harness.tables.settings import table_with

__all__ = ["AgreementResult", "human_agreement"]

_KEY = ["system", "segment_id", "rater", "error"]
SPAN_STATISTICS = ("character_f1", "character_f1_any", "span_overlap", "span_overlap_any")
_UNDEFINED: Mapping[str, str] = {
    "segment_correlation": "no rater gives two systems of a segment different penalties in it",
    "second_rater": "no rater marked it in translations with two raters",
    "alpha": "none of the raters, or all of them, marked it in translations with two raters",
    **dict.fromkeys(SPAN_STATISTICS, "no characters are marked in translations with two raters"),
}


@dataclass(frozen=True)
class AgreementResult:
    """Tables RATER_AGREEMENT and RATER_PROFILE.

    Rows of ``agreement`` are in the order of views, then the total ('all') and the categories by
    their share of the penalties.
    """

    agreement: pd.DataFrame
    profile: pd.DataFrame


def human_agreement(
    test_set: TestSet,
    penalties: Sequence[Penalties],
    views: Sequence[View],
    *,
    confidence: float = 0.95,
) -> AgreementResult:
    """How far raters agree in each view and category, and how strict each rater is.

    Parameters
    ----------
    test_set
        Its annotations and error spans; systems of every role count.
    penalties, views
        The penalties given by each rater, one table per view, and these views, in the same order.
    confidence
        Confidence of all intervals (jackknife over documents).

    Returns
    -------
    AgreementResult
        Only translations with two or more raters count for agreement. If there are none (one
        rater), each category has one row without a value that says so. Without any annotations, the
        tables are empty.
    """
    check_between("agreement.confidence", confidence, 0, 1)
    rows: list[dict[str, Any]] = []
    for result, view in zip(penalties, views, strict=True):
        rows += _view_rows(test_set, result, view, confidence)
    agreement = table_with(rows, RATER_AGREEMENT, confidence=confidence)
    profile_rows = _profile_rows(penalties[0], confidence) if penalties else []
    profile = table_with(profile_rows, RATER_PROFILE, confidence=confidence)
    return AgreementResult(agreement, profile)


def _view_rows(
    test_set: TestSet, result: Penalties, view: View, confidence: float
) -> list[dict[str, Any]]:
    """The rows of one view."""
    if not result.rated.any():
        return []
    names = (TOTAL, *result.categories)
    values = np.concatenate([result.totals[..., None], result.values], axis=3)
    n_errors = [int(result.counts.sum()), *result.counts.sum(axis=(0, 1, 2)).tolist()]
    penalty = np.nansum(values, axis=(0, 1, 2))
    shared = result.rated.sum(axis=2) >= 2
    common = {"test_set": result.test_set, "view": result.view}
    rows = []
    if not shared.any():
        for c, name in enumerate(names):
            share = float(penalty[c] / penalty[0]) if penalty[0] > 0 else math.nan
            rows.append(
                _row(common, name, "none", n_errors[c], share)
                | {"note": "no translation has two raters, so agreement is unknown"}
            )
        return rows
    documents, n_documents = document_numbers(result.documents)
    used = len(set(documents[shared.any(axis=0)].tolist()))
    correlation = segment_sums(values, documents, n_documents)
    flagged = np.concatenate(
        [result.counts.sum(axis=3, keepdims=True) > 0, result.counts > 0], axis=3
    )
    presence, table = presence_sums(flagged, result.rated, documents, n_documents)
    spans = _span_estimates(test_set, result, view, confidence)
    for c, name in enumerate(names):
        share = float(penalty[c] / penalty[0]) if penalty[0] > 0 else math.nan
        second, chance = second_rater(presence, c, confidence)
        found: list[tuple[str, Estimate, float, int]] = [
            (
                "segment_correlation",
                segment_correlation(correlation, c, confidence),
                0.0,
                int(correlation.n[c]),
            ),
            ("second_rater", second, chance, int(presence.n[c])),
            ("alpha", alpha(table, c, confidence), 0.0, int(presence.n[c])),
            *((s, *spans[s][c]) for s in SPAN_STATISTICS),
        ]
        for statistic, estimate, by_chance, n in found:
            undefined = math.isnan(estimate.value)
            why = _UNDEFINED[statistic]
            if statistic == "segment_correlation" and not n:
                why = "no two raters annotated two systems of a segment"
            rows.append(
                _row(common, name, statistic, n_errors[c], share)
                | {
                    "value": estimate.value,
                    "low": estimate.low,
                    "high": estimate.high,
                    "chance": by_chance,
                    "n": n,
                    "n_documents": used,
                    "note": why if undefined else "",
                }
            )
    return rows


def _row(
    common: Mapping[str, str], category: str, statistic: str, n_errors: int, share: float
) -> dict[str, Any]:
    """A row without a value."""
    return {
        **common,
        "category": category,
        "statistic": statistic,
        "value": math.nan,
        "low": math.nan,
        "high": math.nan,
        "chance": math.nan,
        "n": 0,
        "n_documents": 0,
        "n_errors": n_errors,
        "penalty_share": share,
        "note": "",
    }


SpanEstimates = dict[str, list[tuple[Estimate, float, int]]]


def _span_estimates(
    test_set: TestSet, result: Penalties, view: View, confidence: float
) -> SpanEstimates:
    """For each span statistic: the estimate, chance level and n of the total and each category."""
    marks, document, n_documents = _marks(test_set, result, view)
    everything = np.ones(marks.start.size, dtype=np.bool_)
    rows_of_all = marks.rows(everything)
    spans = marks.end > marks.start  # a place without a character overlaps with nothing
    any_overlap = overlaps(marks, everything, rows_of_all)
    same_overlap = np.zeros(marks.start.size, dtype=np.int64)
    n_others = np.where(spans, np.append(marks.n_others, 0)[marks.start], 0)
    found: SpanEstimates = {name: [] for name in SPAN_STATISTICS}
    same_sums = np.zeros((2, n_documents))

    def add(chosen: NDArray[np.bool_], same: Any, any_label: Any) -> None:
        total = np.bincount(document[chosen], n_others[chosen], n_documents).astype(np.float64)
        n_characters = int(any_label[1].sum())
        for name, (above, below), n in (
            ("character_f1", same, n_characters),
            ("character_f1_any", any_label, n_characters),
        ):
            found[name].append((ratio_estimate(above, below, confidence), math.nan, n))
        for name, hits in (("span_overlap", same_overlap), ("span_overlap_any", any_overlap)):
            shared = np.bincount(document[chosen], hits[chosen], n_documents).astype(np.float64)
            estimate = ratio_estimate(shared, total, confidence)
            found[name].append((estimate, math.nan, int(total.sum())))

    by_category = []
    for c in range(len(result.categories)):
        chosen = marks.category == c
        rows = marks.rows(chosen)
        same_overlap[chosen] = overlaps(marks, chosen, rows)
        same = shared_characters(marks, rows, rows)
        by_category.append((chosen, same, shared_characters(marks, rows, rows_of_all)))
        same_sums += np.stack(same)
    add(everything, tuple(same_sums), shared_characters(marks, rows_of_all, rows_of_all))
    for chosen, same, any_label in by_category:
        add(chosen, same, any_label)
    return found


def _marks(
    test_set: TestSet, result: Penalties, view: View
) -> tuple[Marks, NDArray[np.int64], int]:
    """All spans of translations with two or more raters on one line, and each span's document."""
    errors = error_table(test_set, view)[[*_KEY, "view_category"]]
    spans = test_set.error_spans[[*_KEY, "side", "start", "end"]]
    spans = spans[spans["start"].notna() & spans["end"].notna()]
    spans = spans.merge(errors, on=_KEY, how="left")
    system = pd.Index(result.systems).get_indexer(pd.Index(spans["system"]))
    segment = pd.Index(result.segments).get_indexer(pd.Index(spans["segment_id"]))
    rater = pd.Index(result.raters).get_indexer(pd.Index(spans["rater"]))
    rated = result.rated
    n_raters = rated.sum(axis=2)
    slots = np.cumsum(rated, axis=2) - 1
    kept = n_raters[system, segment] >= 2
    spans, system, segment, rater = spans[kept], system[kept], segment[kept], rater[kept]
    documents, n_documents = document_numbers(result.documents)
    source = (spans["side"] == "source").to_numpy(dtype=np.int64)
    text = (system * len(result.segments) + segment) * 2 + source
    start = spans["start"].to_numpy(dtype=np.int64)
    end = np.maximum(spans["end"].to_numpy(dtype=np.int64), start)
    texts, of_span = np.unique(text, return_inverse=True)
    length = np.zeros(texts.size, dtype=np.int64)
    np.maximum.at(length, of_span, end)
    text_segment = texts // 2 % len(result.segments)
    text_document = documents[text_segment]
    order = np.argsort(text_document, kind="stable")
    offset = np.zeros(texts.size, dtype=np.int64)
    offset[order] = np.cumsum(length[order]) - length[order]
    of_document = np.bincount(text_document, weights=length, minlength=n_documents)
    breaks = np.concatenate([[0], np.cumsum(of_document)]).astype(np.int64)
    n_others = n_raters[texts // 2 // len(result.segments), text_segment] - 1
    category = pd.Index(result.categories, dtype=object).get_indexer(
        pd.Index(spans["view_category"], dtype=object)
    )
    marks = Marks(
        start=start + offset[of_span],
        end=end + offset[of_span],
        slot=slots[system, segment, rater],
        category=category.astype(np.int64),
        breaks=breaks,
        n_others=np.repeat(n_others[order], length[order]),
        n_slots=max(1, int(n_raters.max(initial=0))),
    )
    return marks, text_document[of_span], n_documents


def _profile_rows(result: Penalties, confidence: float) -> Iterator[dict[str, Any]]:
    """The rows of RATER_PROFILE."""
    documents, n_documents = document_numbers(result.documents)
    for r, rater in enumerate(result.raters):
        rated = result.rated[..., r]
        n = int(rated.sum())
        n_errors, n_major = (int(a[:, :, r].sum()) for a in (result.counts, result.major))
        own, difference, n_shared = leniency(result.totals, documents, n_documents, r, confidence)
        yield {
            "test_set": result.test_set,
            "rater": rater,
            "n_translations": n,
            "n_segments": int(rated.any(axis=0).sum()),
            "n_documents": len(set(documents[rated.any(axis=0)].tolist())),
            "n_errors": n_errors,
            "errors_per_translation": n_errors / n,
            "major_share": n_major / n_errors if n_errors else math.nan,
            "mean_penalty": own.value,
            "low": own.low,
            "high": own.high,
            "severity_bias": difference.value,
            "severity_bias_low": difference.low,
            "severity_bias_high": difference.high,
            "n_shared": n_shared,
            "note": "" if n_shared else "nobody else annotated the same translations",
        }

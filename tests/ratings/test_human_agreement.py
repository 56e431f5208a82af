"""Agreement of raters: by hand, against independent formulas, on real data."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats

from harness.ratings.human_agreement import AgreementResult, human_agreement
from harness.ratings.krippendorff import alpha_of, coincidences
from harness.ratings.rater_agreement import (
    leave_one_out,
    leniency,
    segment_correlation,
    segment_sums,
)
from harness.ratings.rating import Weights, penalties
from harness.ratings.span_agreement import Marks, overlaps, shared_characters
from harness.ratings.views import Level1, Raw, View
from harness.tables import ERROR_SPANS, TestSet, table
from harness.test_sets.named import load_test_set
from tests.support.small import small

NAN = math.nan


# --- Krippendorff's alpha --------------------------------------------------------------------


def counts_of(units: list[list[int]], n_values: int) -> NDArray[np.int64]:
    return np.array([np.bincount(unit, minlength=n_values) for unit in units], dtype=np.int64)


def test_alpha_by_hand() -> None:
    """Two raters, four units: (1, 1), (0, 0), (0, 1), (0, 0).

    Coincidences: o11 = 2, o00 = 4, o01 = o10 = 1; n0 = 5, n1 = 3, n = 8.
    alpha = 1 - 7 * (1 + 1) / (2 * 5 * 3) = 1 - 14/30 = 8/15.
    """
    found = coincidences(counts_of([[1, 1], [0, 0], [0, 1], [0, 0]], 2)).sum(axis=0)
    assert found.tolist() == [[4.0, 1.0], [1.0, 2.0]]
    assert alpha_of(found) == pytest.approx(8 / 15, abs=1e-15)


def test_alpha_of_a_published_example() -> None:
    """Krippendorff (2011), "Computing Krippendorff's alpha-reliability", the data of four observers
    with missing values: nominal alpha is .743."""
    observers = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    units = [[v for v in unit if v is not None] for unit in zip(*observers, strict=True)]
    found = coincidences(counts_of(units, 6)).sum(axis=0)
    assert round(float(alpha_of(found)), 3) == 0.743


def slow_alpha(units: list[list[int]]) -> float:
    """The definition by distances: disagreement within units against that among all values."""
    paired = [unit for unit in units if len(unit) >= 2]
    values = [v for unit in paired for v in unit]
    n = len(values)
    observed = sum(
        sum(a != b for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in paired
    )
    expected = sum(a != b for a, b in permutations(values, 2))
    return 1 - (n - 1) * observed / expected if expected else NAN


@pytest.mark.parametrize("seed", range(8))
def test_alpha_is_the_definition_by_distances(seed: int) -> None:
    rng = np.random.default_rng(seed)
    units = [rng.integers(0, 3, size=rng.integers(0, 5)).tolist() for _ in range(15)]
    found = float(alpha_of(coincidences(counts_of(units, 3)).sum(axis=0)))
    assert found == pytest.approx(slow_alpha(units), abs=1e-12)


@pytest.mark.parametrize("units", [[], [[0, 0], [0, 0, 0]], [[1], [0]]])
def test_alpha_is_undefined_where_nothing_could_disagree(units: list[list[int]]) -> None:
    counts = counts_of(units, 2) if units else np.empty((0, 2), dtype=np.int64)
    assert math.isnan(alpha_of(coincidences(counts).sum(axis=0)))


# --- correlation within segments -------------------------------------------------------------


def correlation(values: NDArray[np.float64], documents: list[int]) -> float:
    places = np.array(documents)
    sums = segment_sums(values[..., None], places, int(places.max()) + 1)
    return segment_correlation(sums, 0, 0.95).value


def test_correlation_by_hand() -> None:
    """One segment, three systems, two raters: 0, 1, 2 and 10, 10, 13.

    Differences from the mean: -1, 0, 1 and -1, -1, 2; products 1 + 0 + 2 = 3; squares 2 and 6,
    their mean 4; r = 3/4. A second segment in which one system is rated adds nothing."""
    values = np.array([[[0.0, 10.0], [5.0, 9.0]], [[1.0, 10.0], [NAN, 3.0]], [[2.0, 13.0]] * 2])
    values[2, 1] = NAN
    assert correlation(values, [0, 0]) == pytest.approx(0.75, abs=1e-15)


def test_correlation_is_pearson_of_doubled_pairs() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(6, 20, 3))
    values[rng.random(values.shape) < 0.2] = NAN
    xs, ys = [], []
    for a, b in ((0, 1), (0, 2), (1, 2)):
        for i in range(20):
            both = ~np.isnan(values[:, i, a] + values[:, i, b])
            if both.sum() < 2:
                continue
            x, y = values[both, i, a], values[both, i, b]
            xs += [*(x - x.mean()), *(y - y.mean())]
            ys += [*(y - y.mean()), *(x - x.mean())]
    found = correlation(values, [0] * 20)
    assert found == pytest.approx(stats.pearsonr(xs, ys).statistic, abs=1e-12)


def test_strictness_and_hard_segments_do_not_matter() -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(size=(5, 12, 2))
    moved = values + rng.normal(size=(1, 12, 2))
    documents = [i // 3 for i in range(12)]
    assert correlation(moved, documents) == pytest.approx(correlation(values, documents), abs=1e-12)
    swapped = values[:, :, ::-1]
    assert correlation(swapped, documents) == pytest.approx(
        correlation(values, documents), abs=1e-12
    )


def test_correlation_is_undefined_where_nobody_tells_systems_apart() -> None:
    assert math.isnan(correlation(np.full((4, 3, 2), 0.3), [0, 0, 1]))


def test_leaving_documents_out_passes_over_empty_ones() -> None:
    assert leave_one_out(np.array([[1.0], [0.0], [2.0]]))[:, 0].tolist() == [3.0, 2.0, 1.0]


# --- strictness ------------------------------------------------------------------------------


def test_strictness_by_hand() -> None:
    """Rater 0 gives 4, 2 and 9; rater 1 gives 1, 2; rater 2 gives 3 to the first.

    Mean 5. Differences from the others: 4 - 2 = 2, 2 - 2 = 0, nobody: mean 1 on two."""
    totals = np.array([[[4.0, 1.0, 3.0], [2.0, 2.0, NAN], [9.0, NAN, NAN]]])
    own, difference, n = leniency(totals, np.array([0, 1, 2]), 3, 0, 0.95)
    assert (own.value, difference.value, n) == (5.0, 1.0, 2)
    assert own.low < 5.0 < own.high
    assert math.isnan(difference.low)  # two documents are too few


# --- characters ------------------------------------------------------------------------------


def two_raters() -> Marks:
    """Rater 0 marks [0, 4) as 0 and [6, 8) as 1; rater 1 marks [2, 5) as 0, [6, 8) as 0, [9, 9)."""
    return Marks(
        start=np.array([0, 6, 2, 6, 9]),
        end=np.array([4, 8, 5, 8, 9]),
        slot=np.array([0, 0, 1, 1, 1]),
        category=np.array([0, 1, 0, 0, 1]),
        breaks=np.array([0, 5, 10]),
        n_others=np.ones(10, dtype=np.int64),
        n_slots=2,
    )


def test_characters_by_hand() -> None:
    """Whatever the label: rater 0 has 6 characters, rater 1 has 5, 4 of them both: F1 = 8/11.

    Label 0: 4 and 5 characters, 2 of them both: F1 = 4/9. Label 1: 2 and 0: 0."""
    marks = two_raters()
    everything = marks.rows(np.ones(5, dtype=np.bool_))
    hits, total = shared_characters(marks, everything, everything)
    assert (hits.tolist(), total.tolist()) == ([4.0, 4.0], [7.0, 4.0])
    first = marks.rows(marks.category == 0)
    hits, total = shared_characters(marks, first, first)
    assert (hits.sum(), total.sum()) == (4.0, 9.0)
    hits, total = shared_characters(marks, marks.rows(marks.category == 1), everything)
    assert (hits.sum(), total.sum()) == (2.0, 2.0)


def test_overlaps_by_hand() -> None:
    marks = two_raters()
    everything = np.ones(5, dtype=np.bool_)
    assert overlaps(marks, everything, marks.rows(everything)).tolist() == [1, 1, 1, 1, 0]
    first = marks.category == 0
    assert overlaps(marks, first, marks.rows(first)).tolist() == [1, 1, 0]


# --- the tables ------------------------------------------------------------------------------


def agreement_of(test_set: TestSet, view: View | None = None) -> AgreementResult:
    view = view or Level1()
    return human_agreement(test_set, [penalties(test_set, Weights(), view)], [view])


def rows_of(result: AgreementResult, category: str) -> pd.DataFrame:
    rows = result.agreement
    return rows[rows["category"] == category].set_index("statistic")


def test_a_small_set_by_hand() -> None:
    """8 translations, two raters. accuracy: r1 marks poor-2 and poor-3, r2 marks poor-2.

    Second rater: ordered pairs with the first marking: 3; both: 2; 2/3. Chance 3/16.
    alpha: o11 = 2, o01 = o10 = 1, n1 = 3, n0 = 13: 1 - 15 * 2 / (2 * 39) = 24/39.
    Characters: poor-2 [7, 8) by both, poor-3 [0, 2) of the source by one: F1 = 2 * 1 / (3 + 1).
    Spans: three, two of which overlap the other rater's: 2/3.
    """
    result = agreement_of(small())
    rows = rows_of(result, "accuracy")
    assert rows.loc["second_rater", "value"] == pytest.approx(2 / 3, abs=1e-15)
    assert rows.loc["second_rater", "chance"] == pytest.approx(3 / 16, abs=1e-15)
    assert rows.loc["alpha", "value"] == pytest.approx(24 / 39, abs=1e-15)
    assert rows.loc["character_f1", "value"] == pytest.approx(0.5, abs=1e-15)
    assert rows.loc["span_overlap", "value"] == pytest.approx(2 / 3, abs=1e-15)
    # Segment 2: good 0, poor 5 by both: products 12.5, squares 12.5. Segment 3: 0 and 5 by r1,
    # 0 and 0 by r2: squares 6.25. r = 12.5 / 18.75.
    assert rows.loc["segment_correlation", "value"] == pytest.approx(2 / 3, abs=1e-15)
    assert rows["n_errors"].unique().tolist() == [3]
    profile = result.profile.set_index("rater")
    assert profile.loc["r1", "n_translations"] == 8
    assert profile.loc["r1", "n_errors"] == 5
    # r1: 5 + 5.1 + 5 + 5 = 20.1 of 8; r2: 1 + 25 + 5 = 31.
    assert profile.loc["r1", "mean_penalty"] == pytest.approx(20.1 / 8, abs=1e-12)
    assert profile.loc["r2", "severity_bias"] == pytest.approx((31 - 20.1) / 8, abs=1e-12)


def test_one_rater_is_said() -> None:
    result = agreement_of(small(raters=("r1",)))
    assert set(result.agreement["statistic"]) == {"none"}
    assert result.agreement["value"].isna().all()
    assert result.agreement["note"].str.contains("no translation has two raters").all()
    assert result.profile["severity_bias"].isna().all()
    assert result.profile["note"].tolist() == ["nobody else annotated the same translations"]


def test_nobody_annotated() -> None:
    whole = small()
    empty = replace(
        whole, annotations=whole.annotations.iloc[:0], error_spans=table([], ERROR_SPANS)
    )
    result = agreement_of(empty)
    assert result.agreement.empty
    assert result.profile.empty


def test_no_errors_are_no_agreement() -> None:
    whole = small()
    result = agreement_of(replace(whole, error_spans=table([], ERROR_SPANS)))
    assert set(result.agreement["category"]) == {"all"}
    assert result.agreement["value"].isna().all()
    assert (result.agreement["note"] != "").all()
    assert result.profile["major_share"].isna().all()


def test_three_raters_of_whom_two_are_the_same_person() -> None:
    """A third rater who marks what r1 marks: every span of r1 has one full match in two others."""
    whole = small()
    extra = {"r1": "r3"}
    annotations = whole.annotations[whole.annotations["rater"] == "r1"].replace(extra)
    spans = whole.error_spans[whole.error_spans["rater"] == "r1"].replace(extra)
    result = agreement_of(
        replace(
            whole,
            annotations=pd.concat([whole.annotations, annotations], ignore_index=True),
            error_spans=pd.concat([whole.error_spans, spans], ignore_index=True),
        ),
        Raw(),
    )
    # locale/name: one span by r1, the same by r3, none by r2: 2 of 4 ordered pairs.
    rows = rows_of(result, "locale/name")
    assert rows.loc["span_overlap", "value"] == 0.5
    assert rows.loc["character_f1", "value"] == 0.5
    assert rows.loc["second_rater", "value"] == 0.5


def test_the_order_of_rows_does_not_matter() -> None:
    whole = small()
    shuffled = replace(
        whole,
        annotations=whole.annotations.sample(frac=1, random_state=1).reset_index(drop=True),
        error_spans=whole.error_spans.iloc[::-1].reset_index(drop=True),
    )
    pd.testing.assert_frame_equal(
        agreement_of(shuffled).agreement, agreement_of(whole).agreement, check_exact=False
    )


# --- real data -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(mirror: Path) -> Iterator[pd.DataFrame]:
    test_set = load_test_set("wmt23_zhen_news", mirror=str(mirror))
    yield agreement_of(test_set, Raw()).agreement


@pytest.mark.parametrize(
    "label",
    [
        "Style/Unnatural or awkward",
        "Style/Bad sentence structure",
        "Fluency/Spelling",
        "Terminology/Inappropriate for context",
        "Accuracy/Source language fragment",
        "Locale convention/Name format",
    ],
)
def test_labels_known_to_have_no_correlation(real: pd.DataFrame, label: str) -> None:
    rows = real[(real["category"] == label) & (real["statistic"] == "segment_correlation")]
    assert -0.005 <= rows["value"].item() < 0.035


def test_name_format_overlaps_but_not_by_its_label(real: pd.DataFrame) -> None:
    rows = real[real["category"] == "Locale convention/Name format"].set_index("statistic")["value"]
    assert round(100 * rows["span_overlap_any"]) in (82, 83)
    assert round(100 * rows["span_overlap"]) == 9


def test_raters_do_agree_on_omission_and_meaning(real: pd.DataFrame) -> None:
    rows = real[real["statistic"] == "segment_correlation"].set_index("category")
    assert rows.loc["all", "low"] > 0.3
    assert rows.loc["Accuracy/Mistranslation", "low"] > 0.3

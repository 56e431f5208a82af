"""Statistics: by hand, against scipy, and invariants; wmt23 against the official toolkit."""

from __future__ import annotations

import csv
import gzip
import json
import math
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import kendalltau, pearsonr

from harness.statistics.base import Array, Statistic
from harness.statistics.correlation import Kendall, Pearson
from harness.statistics.system_level import PairwiseAccuracy, SystemKendall, SystemPearson

NAN = float("nan")
ALL: list[Statistic] = [
    Pearson("none"),
    Pearson("item"),
    Pearson("system"),
    Kendall("none"),
    Kendall("item"),
    Kendall("system"),
    PairwiseAccuracy(),
    SystemPearson(),
    SystemKendall(),
]


def test_kendall_by_hand() -> None:
    """Segment 1: all three pairs agree, tau 1. Segment 2: one of three disagrees, tau 1/3.
    Segment 3: the ratings are constant, so it does not count."""
    scores = np.array([[1.0, 1, 1], [2, 3, 2], [3, 2, 3]])
    ratings = np.array([[-9.0, -9, 0], [-5, -5, 0], [0, -2, 0]])
    result = Kendall("item")(scores, ratings)
    assert result.value == pytest.approx((1 + 1 / 3) / 2)
    assert result.n == 2


def test_kendall_b_with_ties_by_hand() -> None:
    """Pairs: (1,2) tied in the scores only, (1,3) and (2,3) agree: 2 / sqrt(2 * 3)."""
    result = Kendall("none")(np.array([[1.0], [1], [2]]), np.array([[1.0], [2], [3]]))
    assert result.value == pytest.approx(2 / math.sqrt(6))


def test_pearson_by_hand() -> None:
    assert Pearson("none")(np.array([[1.0, 2, 3]]), np.array([[2.0, 4, 6]])).value == 1.0
    assert Pearson("none")(np.array([[1.0, 2, 3]]), np.array([[3.0, 2, 1]])).value == -1.0


def test_pairwise_accuracy_by_hand() -> None:
    """Means: metric 1 < 2 < 3; humans put the first two the other way round: 2 of 3 pairs."""
    scores = np.array([[0.0, 2], [2, 2], [3, 3]])
    ratings = np.array([[-2.0, -2], [-3, -3], [0, -1]])
    result = PairwiseAccuracy()(scores, ratings)
    assert (result.value, result.n) == (pytest.approx(2 / 3), 3)


def test_a_metric_tie_that_people_do_not_share_is_an_error() -> None:
    ratings = np.array([[-2.0], [-3.0]])
    assert PairwiseAccuracy()(np.array([[1.0], [1.0]]), ratings).value == 0.0
    assert PairwiseAccuracy()(np.array([[1.0], [1.0]]), np.zeros((2, 1))).value == 1.0


@pytest.mark.parametrize("statistic", ALL, ids=repr)
@pytest.mark.parametrize(
    ("scores", "ratings"),
    [
        (np.ones((3, 4)), np.arange(12.0).reshape(3, 4)),
        (np.arange(12.0).reshape(3, 4), np.zeros((3, 4))),
        (np.full((3, 4), NAN), np.arange(12.0).reshape(3, 4)),
        (np.empty((0, 4)), np.empty((0, 4))),
        (np.empty((3, 0)), np.empty((3, 0))),
    ],
    ids=["constant metric", "constant ratings", "no scores", "no systems", "no segments"],
)
def test_undefined_is_nan_with_a_reason(
    statistic: Statistic, scores: Array, ratings: Array
) -> None:
    result = statistic(scores, ratings)
    if isinstance(statistic, PairwiseAccuracy) and not np.isnan(result.value):
        assert scores.size  # ties on one side only are disagreements, not undefined
        assert result.value == 0.0
        return
    assert math.isnan(result.value)
    assert result.n == 0
    assert result.note


values = arrays(
    float,
    (4, 6),
    elements=st.one_of(st.integers(-3, 3).map(float), st.floats(-50, 50), st.just(NAN)),
)


@settings(max_examples=150, deadline=None)
@given(values, values)
def test_groups_equal_scipy(scores: Array, ratings: Array) -> None:
    present = ~(np.isnan(scores) | np.isnan(ratings))
    for ours, theirs in (
        (Pearson, lambda x, y: pearsonr(x, y).statistic),
        (Kendall, lambda x, y: kendalltau(x, y).statistic),
    ):
        groups = {
            "none": [present],
            "item": [present & (np.arange(6) == i) for i in range(6)],
            "system": [present & (np.arange(4) == i)[:, None] for i in range(4)],
        }
        for grouping, masks in groups.items():
            parts = []
            for mask in masks:
                x, y = scores[mask], ratings[mask]
                if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
                    continue
                if ours is Pearson and min(_relative(x), _relative(y)) < 1e-6:
                    return  # all but constant: scipy itself warns that its value is inaccurate
                parts.append(theirs(x, y))
            result = ours(grouping)(scores, ratings)  # type: ignore[arg-type]
            assert result.n == len(parts)
            if parts:
                assert result.value == pytest.approx(np.mean(parts), abs=1e-9)


def _relative(x: Array) -> float:
    return float(np.ptp(x) / max(np.abs(x).max(), 1e-300))


@settings(max_examples=50, deadline=None)
@given(arrays(float, (4, 6), elements=st.floats(-50, 50)), st.permutations(range(6)))
def test_order_of_segments_does_not_matter(scores: Array, order: list[int]) -> None:
    ratings = np.round(np.random.default_rng(1).normal(size=(4, 6)), 1)
    for statistic in ALL:
        one = statistic(scores, ratings).value
        other = statistic(scores[:, order], ratings[:, order]).value
        assert one == pytest.approx(other, abs=1e-9, nan_ok=True)


def test_order_of_segments_does_not_matter_to_the_last_bit() -> None:
    """Sums in another order may differ in the last bit, which would break a tie."""
    scores = np.array([[0.1, 0.2, 0.3], [0.3, 0.2, 0.1]])
    ratings = np.array([[0.0, 0.0, 0.0], [-1.0, -1.0, -1.0]])
    for order in permutations(range(3)):
        chosen = scores[:, list(order)]
        assert PairwiseAccuracy()(chosen, ratings).value == 0.0  # tied scores, untied ratings


def test_monotone_rescaling_leaves_ranks_alone() -> None:
    generator = np.random.default_rng(3)
    scores, ratings = generator.normal(size=(5, 40)), generator.normal(size=(5, 40))
    for grouping in ("none", "item", "system"):
        one = Kendall(grouping)(scores, ratings)  # type: ignore[arg-type]
        assert Kendall(grouping)(np.exp(scores), ratings) == one  # type: ignore[arg-type]
        flipped = Kendall(grouping)(-scores, ratings)  # type: ignore[arg-type]
        assert flipped.value == pytest.approx(-one.value)


def test_a_system_without_some_scores_is_compared_on_common_segments() -> None:
    scores = np.array([[1.0, 5, NAN], [2, 1, 9]])
    ratings = np.array([[-1.0, 0, 0], [-2, -2, -2]])
    # segments 1 and 2 only: means 3 and 1.5 against -0.5 and -2
    assert PairwiseAccuracy()(scores, ratings).value == 1.0


@pytest.fixture(scope="module")
def wmt23(expected: Path) -> tuple[dict[str, Array], Array, dict[str, dict[str, float]]]:
    """Scores of each metric and ratings of wmt23, (10, 377) each, and the toolkit's values."""
    published = json.loads((expected / "wmt23_zhen_news.json").read_text())
    systems = published["rated_systems"]
    position = {s: i for i, s in enumerate(systems)}
    scores: dict[str, Array] = {}
    with gzip.open(expected / "wmt23_zhen_news.segment_scores.csv.gz", "rt", newline="") as file:
        for row in csv.DictReader(file):
            if row["system"] in position:
                metric = row["metric"].replace("chrF++", "chrFpp")
                matrix = scores.setdefault(metric, np.full((10, 377), NAN))
                matrix[position[row["system"]], int(row["segment_id"]) - 1] = float(row["score"])
    scores["TER"] = -scores["TER"]
    ratings = np.array([published["mqm_segment"][s] for s in systems])
    return scores, ratings, published["meta_evaluation"]["values"]


@pytest.mark.parametrize(
    ("key", "statistic"),
    [
        ("seg_pearson__none", Pearson("none")),
        ("seg_pearson__item", Pearson("item")),
        ("seg_pearson__sys", Pearson("system")),
        ("seg_kendall_b__none", Kendall("none")),
        ("seg_kendall_b__item", Kendall("item")),
        ("seg_kendall_b__sys", Kendall("system")),
        ("sys_pearson__mean", SystemPearson("mean")),
        ("sys_kendall_b__mean", SystemKendall("mean")),
        ("sys_pairwise_accuracy__mean", PairwiseAccuracy("mean")),
    ],
)
def test_wmt23_equals_the_official_toolkit(
    wmt23: tuple[dict[str, Array], Array, dict[str, dict[str, float]]],
    key: str,
    statistic: Statistic,
) -> None:
    scores, ratings, published = wmt23
    metrics = [m for m in published if not m.startswith("_")]
    assert len(metrics) == 7
    for metric in metrics:
        result = statistic(scores[metric], ratings)
        assert result.value == pytest.approx(published[metric][key], abs=1e-12)
        if f"{key}__n_groups" in published[metric] and not key.endswith("none"):
            assert result.n == published[metric][f"{key}__n_groups"]


@pytest.mark.parametrize(
    ("key", "statistic"),
    [
        ("sys_pearson__corpus", SystemPearson("corpus")),
        ("sys_kendall_b__corpus", SystemKendall("corpus")),
        ("sys_pairwise_accuracy__corpus", PairwiseAccuracy("corpus")),
    ],
)
def test_wmt23_corpus_scores_equal_the_official_toolkit(
    wmt23: tuple[dict[str, Array], Array, dict[str, dict[str, float]]],
    expected: Path,
    key: str,
    statistic: Statistic,
) -> None:
    _, ratings, published = wmt23
    systems = json.loads((expected / "wmt23_zhen_news.json").read_text())["rated_systems"]
    with (expected / "wmt23_zhen_news.corpus_scores.csv").open(newline="") as file:
        rows = {
            (r["metric"].replace("chrF++", "chrFpp"), r["system"]): float(r["score"])
            for r in csv.DictReader(file)
        }
    for metric in ("BLEU", "chrF", "chrFpp", "TER"):
        sign = -1 if metric == "TER" else 1
        corpus = np.array([[sign * rows[metric, s]] for s in systems])
        value = statistic(corpus, ratings).value
        assert value == pytest.approx(published[metric][key], abs=1e-12)

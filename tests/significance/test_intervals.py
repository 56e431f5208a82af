"""Intervals by resampling: what is drawn, what it is computed from, and when there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from scipy.stats import t

from harness._kernels import native
from harness._kernels import sweep as sweep_module
from harness.significance import bootstrap_interval, bootstrap_intervals, draw_documents
from harness.significance.intervals import draw_counts
from harness.statistics.accuracy_ties import AccEq, TauEq
from harness.statistics.base import Agreement, Array, Level, Statistic
from harness.statistics.correlation import Kendall, KendallC, Pearson, Spearman
from harness.statistics.pdp import PDPPearson
from harness.statistics.precision_at_1 import PrecisionAt1
from harness.statistics.soft_pairwise import SoftPairwiseAccuracy
from harness.statistics.system_level import (
    PairwiseAccuracy,
    SystemKendall,
    SystemPearson,
    SystemSpearman,
)

NAN = float("nan")
ALL: list[Statistic] = [
    *(
        kind(g)
        for kind in (Pearson, Spearman, Kendall, KendallC)
        for g in ("none", "item", "system")
    ),
    PDPPearson(),
    PrecisionAt1(),
    AccEq(),
    AccEq("system"),
    AccEq("none"),
    AccEq(epsilon=0.3),
    TauEq(),
    SoftPairwiseAccuracy(),
    PairwiseAccuracy(),
    SystemPearson(),
    SystemSpearman(),
    SystemKendall(),
]


def made(
    n_systems: int = 5, n_documents: int = 12, seed: int = 0
) -> tuple[Array, Array, list[str]]:
    """Scores and ratings with ties on segments of documents of one to four segments."""
    generator = np.random.default_rng(seed)
    sizes = generator.integers(1, 5, n_documents)
    documents = [f"d{i}" for i, size in enumerate(sizes) for _ in range(size)]
    shape = (n_systems, len(documents))
    quality = generator.normal(size=shape) + np.arange(n_systems)[:, None] / 3
    return quality + generator.normal(size=shape), np.round(quality).clip(-2, 2), documents


def value(statistic: Statistic, scores: Array, ratings: Array) -> float:
    result = statistic(scores, ratings)
    return result.detail.get("normal_approximation", result.value)


@pytest.mark.parametrize("statistic", ALL, ids=repr)
@pytest.mark.parametrize("complete", [True, False])
def test_a_draw_is_the_statistic_on_repeated_segments(statistic: Statistic, complete: bool) -> None:
    scores, ratings, documents = made()
    if not complete:
        scores[1, 2:7], ratings[3, 5:12] = NAN, NAN
        scores[:4, 15] = NAN  # one translation is left: no pair
    counts = draw_counts(documents, 40, 3)
    ours = statistic.resampled(scores, ratings, counts)
    for row, found in zip(counts, ours, strict=True):
        drawn = np.repeat(np.arange(len(documents)), row)
        again = value(statistic, scores[:, drawn], ratings[:, drawn])
        assert found == pytest.approx(again, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("statistic", ALL, ids=repr)
@pytest.mark.parametrize("constant", ["scores", "ratings"])
def test_draws_of_a_constant(statistic: Statistic, constant: str) -> None:
    scores, ratings, documents = made()
    (scores if constant == "scores" else ratings)[:] = -1.1
    counts = draw_counts(documents, 5, 3)
    expected = value(statistic, scores, ratings)
    ours = statistic.resampled(scores, ratings, counts)
    if math.isnan(expected):
        assert np.isnan(ours).all()
        interval = bootstrap_interval(statistic, scores, ratings, documents, samples=5, seed=3)
        assert np.isnan(interval).all()
    else:
        assert not np.isnan(ours).any()


@dataclass(frozen=True)
class Mean(Statistic):
    """The mean score; undefined where one is above 100."""

    name: ClassVar[str] = "mean"
    level: ClassVar[Level] = "segment"
    chance: ClassVar[float] = 0.0

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        whole = scores.mean() if (scores <= 100).all() else NAN
        return Agreement(float(whole), scores.size)


def test_the_interval_of_a_mean_is_that_of_theory() -> None:
    """t s / √n, with s of the n segments with ddof 1."""
    scores = np.random.default_rng(1).normal(size=(1, 15))
    documents = [str(i) for i in range(15)]
    low, high = bootstrap_interval(
        Mean(), scores, scores, documents, samples=20000, seed=1, confidence=0.9
    )
    half = t.ppf(0.95, 14) * scores.std(ddof=1) / math.sqrt(15)
    assert (high + low) / 2 == pytest.approx(scores.mean(), abs=1e-12)
    assert (high - low) / 2 == pytest.approx(half, rel=0.02)


def test_documents_are_drawn_whole_and_segments_one_by_one() -> None:
    """Two documents with unlike means: by segment the interval is narrower."""
    scores = np.array([[0.0] * 30 + [1.0] * 30])
    documents = ["a"] * 30 + ["b"] * 30
    options = {"samples": 4000, "seed": 1}
    low, high = bootstrap_interval(Mean(), scores, scores, documents, **options)  # type: ignore[arg-type]
    assert (high - low) / 2 == pytest.approx(t.ppf(0.975, 1) * math.sqrt(2 / 8), rel=0.05)
    low, high = bootstrap_interval(
        Mean(),
        scores,
        scores,
        documents,
        unit="segment",
        **options,  # type: ignore[arg-type]
    )
    assert (high - low) / 2 == pytest.approx(t.ppf(0.975, 59) * 0.5 / math.sqrt(59), rel=0.05)


def test_counts_are_those_of_the_draws() -> None:
    documents = ["a", "b", "a", "c"]
    counts = draw_counts(documents, 30, 7)
    for row, draw in zip(counts, draw_documents(documents, 30, 7), strict=True):
        np.testing.assert_array_equal(np.repeat(np.arange(4), row), np.sort(draw))


def test_metrics_share_the_draws() -> None:
    scores, ratings, documents = made()
    several = {"b": scores, "a": -scores}
    found = bootstrap_intervals(Pearson(), several, ratings, documents, samples=50, seed=2)
    assert list(found) == ["b", "a"]
    for name, own in several.items():
        alone = bootstrap_interval(Pearson(), own, ratings, documents, samples=50, seed=2)
        assert found[name] == alone
    assert found["a"] == pytest.approx((-found["b"][1], -found["b"][0]), abs=1e-12)
    other = bootstrap_intervals(Pearson(), several, ratings, documents, samples=50, seed=3)
    assert other != found


def test_an_interval_stays_within_the_range() -> None:
    scores, ratings, documents = made(n_documents=4)
    for statistic in ALL:
        low, high = bootstrap_interval(statistic, scores, ratings, documents, samples=30, seed=1)
        least, greatest = statistic.bounds
        found = statistic(scores, ratings).value
        assert least <= low <= found <= high <= greatest


def test_where_there_is_none() -> None:
    scores, ratings, documents = made()
    one = ["a"] * len(documents)
    corpus = SystemPearson("corpus")
    for statistic, names, samples in (
        (Pearson(), one, 100),
        (Pearson(), documents, 1),
        (corpus, documents, 100),
    ):
        found = bootstrap_interval(statistic, scores, ratings, names, samples=samples, seed=1)
        assert np.isnan(found).all()
    with pytest.raises(ValueError, match="documents for"):
        bootstrap_interval(Pearson(), scores, ratings, documents[:-1], seed=1)
    # a document of five makes the mean undefined: so are four draws in five
    bad = np.array([[0.0, 1, 2, 3, 4]])
    counts = draw_counts(list("abcde"), 50, 1)
    assert np.isnan(Mean().resampled(bad * 30, bad, counts)).mean() > 0.05


def test_accuracy_among_too_many_pairs_is_not_resampled() -> None:
    scores, ratings = np.random.default_rng(1).normal(size=(2, 20, 1500))
    for grouping in ("system", "none"):
        found = AccEq(grouping).resampled(scores, ratings, np.ones((1000, 1500), dtype=np.int64))  # type: ignore[arg-type]
        assert np.isnan(found).all()


@pytest.mark.skipif(native is None, reason="the C extension is not built")
@pytest.mark.parametrize("complete", [True, False])
def test_the_fallback_is_equal(monkeypatch: pytest.MonkeyPatch, complete: bool) -> None:
    scores, ratings, documents = made(7, 30)
    if not complete:
        scores[1, 3:20], ratings[4, 11:30] = NAN, NAN
    counts = draw_counts(documents, 150, 3)
    compiled = AccEq().resampled(scores, ratings, counts)
    monkeypatch.setattr(sweep_module, "native", None)
    np.testing.assert_array_equal(AccEq().resampled(scores, ratings, counts), compiled)

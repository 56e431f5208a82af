"""Bootstrap over documents: draws, intervals, and when there is none; all values by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from harness.meta_evaluation import Resampling, meta_evaluate
from harness.significance import document_bootstrap, draw_documents
from harness.statistics.base import Agreement, Array, Level, Statistic
from harness.statistics.correlation import Pearson
from harness.tables import RATINGS, SCORES, SEGMENTS, table
from tests.support.small import small

NAN = float("nan")


@dataclass(frozen=True)
class Sum(Statistic):
    """The sum of all scores and ratings; undefined where one of them is missing."""

    name: ClassVar[str] = "sum"
    level: ClassVar[Level] = "segment"
    chance: ClassVar[float] = 0.0

    def __call__(self, scores: Array, ratings: Array) -> Agreement:
        value = float(scores.sum() + ratings.sum())
        return Agreement(value, scores.size, "" if value == value else "missing")


def interval(values: Sequence[float], **options: float) -> tuple[float, float]:
    """The interval of draws on which the statistic has these values, one segment a draw."""
    scores = np.array([values])
    draws = [np.array([i]) for i in range(len(values))]
    return document_bootstrap(Sum(), scores, np.zeros_like(scores), draws, **options)


@pytest.mark.parametrize(
    ("confidence", "low", "high"),
    [(0.95, 2.5, 97.5), (0.9, 5.0, 95.0), (0.8, 10.0, 90.0), (0.5, 25.0, 75.0)],
)
def test_percentiles_by_hand(confidence: float, low: float, high: float) -> None:
    """On the values 0, 1, …, 100 the quantile q is 100 q."""
    values = [float(i) for i in np.random.default_rng(1).permutation(101)]
    assert interval(values, confidence=confidence) == pytest.approx((low, high), abs=1e-9)


def test_the_default_confidence_is_95_percent() -> None:
    assert interval([float(i) for i in range(101)]) == pytest.approx((2.5, 97.5), abs=1e-9)


@pytest.mark.parametrize(("n_draws", "n_undefined"), [(20, 1), (40, 2), (100, 5), (1000, 50)])
def test_one_undefined_draw_in_twenty_is_let_pass(n_draws: int, n_undefined: int) -> None:
    values = [NAN] * n_undefined + [float(i) for i in range(n_draws - n_undefined)]
    last = n_draws - n_undefined - 1
    assert interval(values) == pytest.approx((0.025 * last, 0.975 * last), abs=1e-9)


@pytest.mark.parametrize(
    ("n_draws", "n_undefined"), [(19, 1), (20, 2), (40, 3), (100, 6), (100, 98), (1000, 51), (3, 3)]
)
def test_more_undefined_draws_give_no_interval(n_draws: int, n_undefined: int) -> None:
    """Of the others alone, an interval would look narrower than it is."""
    values = [float(i) for i in range(n_draws - n_undefined)] + [NAN] * n_undefined
    assert np.isnan(interval(values)).all()


@pytest.mark.parametrize("values", [[], [1.0]])
def test_fewer_than_two_draws_give_no_interval(values: list[float]) -> None:
    assert np.isnan(interval(values)).all()


def test_scores_and_ratings_are_drawn_together() -> None:
    """Two systems, three segments; the drawn segments count as often as they are drawn."""
    scores = np.array([[1.0, 10, 100], [2, 20, 200]])
    ratings = np.array([[1000.0, 0, 0], [0, 0, 5000]])
    draws = [np.array([0, 0]), np.array([2, 1])]
    low, high = document_bootstrap(Sum(), scores, ratings, draws, confidence=1 - 1e-12)
    assert low == pytest.approx(2 * 3 + 2 * 1000)
    assert high == pytest.approx(330 + 5000)


def test_a_draw_has_as_many_documents_as_there_are() -> None:
    """Documents need not stand together; each is drawn whole, with replacement."""
    documents = ["a", "b", "a", "c", "b", "b"]
    members = {"a": [0, 2], "b": [1, 4, 5], "c": [3]}
    seen = set()
    for draw in draw_documents(documents, 1000, seed=5):
        rest, drawn = list(draw), []
        while rest:
            name = documents[rest[0]]
            assert rest[: len(members[name])] == members[name]
            rest = rest[len(members[name]) :]
            drawn.append(name)
        assert len(drawn) == 3
        seen.add(tuple(drawn))
    assert len(seen) == 27  # every sequence of three occurs among 1000 draws (all but surely)


def test_draws_depend_on_the_seed_and_on_nothing_else() -> None:
    def joined(names: Sequence[str], seed: int) -> NDArray[np.int64]:
        return np.concatenate(draw_documents(names, 20, seed))

    one = joined(["a", "a", "b", "c"], 1)
    np.testing.assert_array_equal(one, joined(["x", "x", "y", "z"], 1))
    assert not np.array_equal(one, joined(["a", "a", "b", "c"], 2))
    assert len(draw_documents(["a", "b"], 7, 0)) == 7


def row(**resampling: float) -> pd.Series:
    """Pearson's row of a metric with noise, on 12 documents of two segments."""
    generator = np.random.default_rng(2)
    ids = [str(i) for i in range(24)]
    ratings = -generator.poisson(2.0, size=(2, 24)).astype(float)
    scores = ratings + generator.normal(size=(2, 24))
    base, systems = small(), ("good", "poor")
    segments = [("small", s, f"d{i // 2}", "news", "原文") for i, s in enumerate(ids)]
    frame = meta_evaluate(
        replace(base, segments=table(segments, SEGMENTS)),
        table(
            [
                ("small", system, s, "m", "v1", scores[k, i], "ok")
                for k, system in enumerate(systems)
                for i, s in enumerate(ids)
            ],
            SCORES,
        ),
        table(
            [
                ("small", system, s, "all", ratings[k, i], 1)
                for k, system in enumerate(systems)
                for i, s in enumerate(ids)
            ],
            RATINGS,
        ),
        {"pearson": Pearson("none")},
        resampling=Resampling(**{"samples": 300, "seed": 1, **resampling}),  # type: ignore[arg-type]
    )
    assert len(frame) == 1
    return frame.iloc[0]


def test_the_confidence_asked_for_reaches_the_interval() -> None:
    narrow, default, wide = row(confidence=0.5), row(), row(confidence=0.999)
    assert wide["low"] < default["low"] < narrow["low"] < narrow["value"]
    assert narrow["value"] < narrow["high"] < default["high"] < wide["high"]


def test_seed_and_samples_reach_the_interval() -> None:
    assert row(seed=1)["low"] == row(seed=1)["low"]
    assert row(seed=1)["low"] != row(seed=2)["low"]
    assert row(samples=300)["low"] != row(samples=301)["low"]


def test_as_many_documents_as_the_minimum_suffice() -> None:
    assert np.isfinite(row(minimum_documents=12)["low"])
    few = row(minimum_documents=13)
    assert np.isnan(few["low"])
    assert np.isnan(few["high"])
    assert few["note"] == "no interval: 12 documents, fewer than 13"

"""The chance level of accuracy with equal texts."""

from __future__ import annotations

import numpy as np
import pytest

from harness.significance.chance_of_accuracy import chance_of_accuracy, tied_texts
from harness.statistics.accuracy_ties import AccEq


def test_the_chance_of_two_segments_by_hand() -> None:
    """First segment: texts x x y, ratings 0 0 -1: of 3 pairs one identical and tied, two untied.
    Second: x y z, ratings 0 0 -1: one tied, two untied, none identical."""
    ratings = np.array([[0.0, 0.0], [0.0, 0.0], [-1.0, -1.0]])
    texts = np.array([[0, 2], [0, 3], [1, 4]])
    found = chance_of_accuracy(ratings, texts, seed=1)
    assert found.tied_identical == pytest.approx(1 / 6)
    assert found.tied == pytest.approx(1 / 6)
    assert found.untied == pytest.approx(2 / 3)
    assert found.value == pytest.approx(1 / 6 + 1 / 3)


def test_where_people_tie_most_a_metric_does_best_to_tie() -> None:
    """The constant then gets the chance level: all ties."""
    ratings = np.zeros((4, 5))
    ratings[0, :2] = -1.0
    texts = np.arange(20).reshape(4, 5)
    texts[1] = texts[2]
    found = chance_of_accuracy(ratings, texts, seed=1)
    assert found.value == pytest.approx(AccEq()(np.ones((4, 5)), ratings).value)


def test_identical_texts_rated_unlike_are_never_right() -> None:
    ratings = np.array([[0.0], [-1.0]])
    found = chance_of_accuracy(ratings, np.zeros((2, 1), dtype=np.int64), seed=1)
    assert (found.value, found.drawn_mean, found.sd) == (0.0, 0.0, 0.0)


def test_random_metrics_spread_about_the_chance_level() -> None:
    g = np.random.default_rng(0)
    ratings = np.round(g.normal(size=(8, 150)) * 3)
    ratings[3] = ratings[4]
    ratings[0, :20] = np.nan
    texts = np.arange(1200).reshape(8, 150)
    texts[3, ::2] = texts[4, ::2]
    found = chance_of_accuracy(ratings, texts, seed=1, draws=100)
    assert found.drawn_mean == pytest.approx(found.value, abs=0.01)
    assert 0.003 < found.sd < 0.03
    assert chance_of_accuracy(ratings, texts, seed=1, draws=100) == found


def test_only_pairs_that_the_metric_ties_are_identical() -> None:
    texts = np.array([[0, 0], [0, 0], [0, 1]])
    scores = np.array([[1.0, 1.0], [1.0, 2.0], [1.5, 1.0]])
    found = tied_texts(texts, scores)
    assert found[0, 0] == found[1, 0] != found[2, 0]
    assert len(set(found[:, 1])) == 3


def test_no_pair_no_chance() -> None:
    ratings = np.array([[np.nan, 1.0], [1.0, np.nan]])
    found = chance_of_accuracy(ratings, np.array([[0, 1], [2, 3]]), seed=1)
    assert np.isnan([found.value, found.sd]).all()

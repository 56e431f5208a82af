"""What the tests between metrics say of public test sets: what the defaults rest on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.significance.best_set import best_set
from harness.significance.chance_of_accuracy import chance_of_accuracy, tied_texts
from harness.significance.families import compare_all_pairs
from harness.significance.holm import holm_adjusted
from harness.significance.sentinel_tests import beat_sentinels
from harness.significance.two_way import (
    ACC_EQ,
    PAIRWISE_ACCURACY,
    PDP_PEARSON,
    PEARSON_BY_ITEM,
    SOFT_PAIRWISE_ACCURACY,
    TwoWayStatistic,
)
from harness.significance.two_way.jackknife import Jackknife
from tests.support.real_matrices import Matrices, read_matrices


@pytest.fixture(scope="module")
def wmt23(mirror: Path) -> Matrices:
    return read_matrices("wmt23_zhen_news", mirror)


@pytest.fixture(scope="module")
def wmt22(mirror: Path) -> Matrices:
    return read_matrices("wmt22_zhen_news", mirror)


def of(statistic: TwoWayStatistic, data: Matrices) -> Jackknife:
    return Jackknife(statistic, data.scores, data.ratings, data.documents)


#: Statistic -> pairs shown among four string metrics, and how many are shown worse than the best.
STRING_METRICS = [
    (SOFT_PAIRWISE_ACCURACY, set(), 0),
    (PAIRWISE_ACCURACY, set(), 0),
    (ACC_EQ, {("BLEU", "TER"), ("chrF", "BLEU"), ("chrF", "TER"), ("chrF++", "TER")}, 2),
    (PDP_PEARSON, set(), 0),
    (
        PEARSON_BY_ITEM,
        {
            ("BLEU", "TER"),
            ("chrF", "BLEU"),
            ("chrF++", "BLEU"),
            ("chrF", "TER"),
            ("chrF++", "TER"),
            ("chrF", "chrF++"),
        },
        3,
    ),
]


@pytest.mark.parametrize(("statistic", "shown", "worse"), STRING_METRICS)
def test_string_metrics_on_wmt23(
    wmt23: Matrices, statistic: TwoWayStatistic, shown: set[tuple[str, str]], worse: int
) -> None:
    jackknife = of(statistic, wmt23)
    family = compare_all_pairs(jackknife, seed=1)
    assert {(t.metric_1, t.metric_2) for t in family.shown()} == shown
    values = {m: e.value for m, e in jackknife.estimates().items()}
    found = best_set(values, family)
    assert found is not None
    assert len(found.shown_worse) == worse
    assert bool(found.winner) == (worse == 3)


def test_values_on_wmt23(wmt23: Matrices) -> None:
    soft = of(SOFT_PAIRWISE_ACCURACY, wmt23).estimates()
    assert {m: round(e.value, 4) for m, e in soft.items() if m in ("BLEU", "chrF")} == {
        "BLEU": 0.8602,
        "chrF": 0.8570,
    }
    assert {e.scope for e in soft.values()} == {"systems and documents"}


def test_nobody_tells_systems_better_than_length_on_wmt23(wmt23: Matrices) -> None:
    scores = {**wmt23.scores, **wmt23.sentinels}
    jackknife = Jackknife(SOFT_PAIRWISE_ACCURACY, scores, wmt23.ratings, wmt23.documents)
    found = beat_sentinels(jackknife, list(wmt23.scores), list(wmt23.sentinels))
    assert {t.opponent for t in found.values()} == {"length_ratio"}
    assert round(found["BLEU"].opponent_value, 3) == 0.843
    assert not any(t.beats(0.05) for t in found.values())


def test_the_chance_of_accuracy_on_wmt23(wmt23: Matrices) -> None:
    found = chance_of_accuracy(wmt23.ratings, tied_texts(wmt23.texts, wmt23.scores["chrF"]), seed=1)
    assert round(found.value, 4) == 0.4512
    assert found.sd == pytest.approx(0.0065, abs=0.0015)
    unlike = np.arange(wmt23.ratings.size).reshape(wmt23.ratings.shape)
    without = chance_of_accuracy(wmt23.ratings, unlike, seed=1, draws=2)
    assert without.value == pytest.approx(0.4426, abs=0.001)


#: Statistic -> pairs of 465 shown by Holm, by max-T, and metrics of 30 shown worse than the best.
SUBMITTED = [
    (SOFT_PAIRWISE_ACCURACY, 0, 0, 0),
    (ACC_EQ, 20, 51, 16),
    (PDP_PEARSON, 72, 137, 14),
    (PEARSON_BY_ITEM, 63, 136, 17),
]


@pytest.mark.parametrize(("statistic", "by_holm", "by_max_t", "worse"), SUBMITTED)
def test_submitted_metrics_on_wmt22(
    wmt22: Matrices, statistic: TwoWayStatistic, by_holm: int, by_max_t: int, worse: int
) -> None:
    """Counts move by some with the signs that max-T draws."""
    jackknife = of(statistic, wmt22)
    family = compare_all_pairs(jackknife, seed=1)
    assert (family.adjustment, family.n_metrics, len(family.tests)) == ("max_t", 31, 465)
    holm = holm_adjusted([t.p for t in family.tests])
    assert sum(p <= 0.05 for p in holm) == pytest.approx(by_holm, abs=2)
    assert len(family.shown()) == pytest.approx(by_max_t, abs=2)
    values = {m: e.value for m, e in jackknife.estimates().items()}
    found = best_set(values, family)
    assert found is not None
    assert len(found.shown_worse) == pytest.approx(worse, abs=2)


def test_system_accuracy_shows_nothing_on_wmt22(wmt22: Matrices) -> None:
    family = compare_all_pairs(of(PAIRWISE_ACCURACY, wmt22), seed=1)
    assert family.smallest_p == pytest.approx(465 * 2.0**-13)
    assert family.shown() == ()

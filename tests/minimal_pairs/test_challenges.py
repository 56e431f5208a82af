"""Challenge sets in a table of their own: by hand, against scipy, against the expected numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.metrics.sacrebleu import BLEU, TER, ChrF
from harness.minimal_pairs.challenges import (
    challenges,
    clopper_pearson,
    is_challenge_set,
)
from harness.scoring.stage import score_test_set
from harness.test_sets.named import load_test_set
from harness.test_sets.readers.cases import Case, challenge_set
from tests.support.expected_categories import expected_categories
from tests.support.made_challenges import GIVEN, made_up, scores_of
from tests.support.small import small


def test_by_hand() -> None:
    """number: pairs 1 to 3 (4 is identical): right, tied, wrong: 1.5 of 3.

    Pairs 1 and 2 have an unrelated text: mean drop (1 + 0) / 2, of (4 + 2) / 2: 1/6."""
    found = challenges(made_up(), scores_of(made_up(), GIVEN)).set_index("phenomenon")
    number = found.loc["number"]
    assert (number["n"], number["n_identical"], number["n_missing"]) == (3, 1, 0)
    assert (number["accuracy"], number["tie_rate"]) == (0.5, pytest.approx(1 / 3))
    assert number["relative_drop"] == pytest.approx(1 / 6, abs=1e-15)
    assert (number["n_drop"], number["n_sources"]) == (2, 2)
    name = found.loc["name"]
    assert (name["n"], name["n_missing"]) == (0, 1)
    assert math.isnan(name["accuracy"])
    assert name["note"] == "no pair has both scores"


def test_no_unrelated_texts_give_no_drop() -> None:
    test_set = made_up(unrelated=False)
    given = {k: v for k, v in GIVEN.items() if k != "unrelated"}
    found = challenges(test_set, scores_of(test_set, given)).set_index("phenomenon")
    assert math.isnan(found.loc["number", "relative_drop"])
    assert "no unrelated translation" in found.loc["number", "note"]


def test_a_metric_that_is_constant_ties_everywhere() -> None:
    constant = {key: [1.0] * 5 for key in GIVEN}
    found = challenges(made_up(), scores_of(made_up(), constant))
    assert set(found["accuracy"]) == {0.5}
    assert set(found["tie_rate"]) == {1.0}
    assert found["relative_drop"].isna().all()
    assert found["note"].str.contains("does not fall for an unrelated").all()


def test_only_identical_pairs() -> None:
    test_set = challenge_set("c", [Case("1", "a", "r", "x", "x", "k", "d")], [])
    found = challenges(test_set, scores_of(test_set, {"good": [1.0], "incorrect": [1.0]}))
    assert found["note"].tolist() == ["both texts are the same in every pair"]
    assert found["n"].tolist() == [0]


def test_other_test_sets_have_no_such_table() -> None:
    assert not is_challenge_set(small())
    assert challenges(small(), scores_of(small(), {"good": [1.0]})).empty
    assert not is_challenge_set(made_up().with_systems(["good"]))


@given(st.integers(1, 60), st.data())
def test_the_interval_is_scipys_for_whole_numbers(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    exact = stats.binomtest(k, n).proportion_ci(method="exact")
    assert clopper_pearson(k, n) == pytest.approx((exact.low, exact.high), abs=1e-9)


def test_the_interval_covers_with_half_credits() -> None:
    """Pairs right, tied or wrong with .5, .2, .3 (accuracy .6): at least 95 % of 2,000 draws."""
    rng = np.random.default_rng(1)
    draws = rng.choice([1.0, 0.5, 0.0], p=[0.5, 0.2, 0.3], size=(2000, 60)).sum(axis=1)
    covered = [low <= 0.6 <= high for low, high in (clopper_pearson(d, 60) for d in draws)]
    assert np.mean(covered) >= 0.95


def test_the_expected_numbers_of_hwtsc(mirror: Path, expected: Path) -> None:
    wanted = expected_categories(expected)["fixed_contrast_sets"]["hwtsc"]
    test_set = load_test_set("hwtsc_challenge", mirror=str(mirror))
    metrics = {"BLEU": BLEU(), "chrF": ChrF(), "chrF++": ChrF(word_order=2), "TER": TER()}
    scored = score_test_set(test_set, metrics, references=["refA"], workers=1)
    found = challenges(test_set, scored.scores).set_index(["phenomenon", "metric"])
    assert set(found.index.get_level_values(0)) == set(wanted)
    for phenomenon, cell in wanted.items():
        for metric, numbers in cell["metrics"].items():
            row = found.loc[(phenomenon, metric)]
            assert row["n"] == cell["n"]
            assert row["accuracy"] == pytest.approx(numbers["acc"], abs=1e-9)
    assert found["n_identical"].groupby("metric").sum().tolist() == [1, 1, 1, 1]


def test_the_order_of_cases_does_not_matter() -> None:
    whole = made_up()
    turned = replace(
        whole,
        segments=whole.segments.iloc[::-1].reset_index(drop=True),
        hypotheses=whole.hypotheses.iloc[::-1].reset_index(drop=True),
        phenomena=whole.phenomena.iloc[::-1].reset_index(drop=True),
    )
    key = ["metric", "phenomenon"]
    one, two = (
        challenges(t, scores_of(whole, GIVEN)).sort_values(key).reset_index(drop=True)
        for t in (whole, turned)
    )
    pd.testing.assert_frame_equal(one, two)

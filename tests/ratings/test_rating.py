from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from harness.error_categories.analysis import categories
from harness.errors import InputError
from harness.metrics.sentinels import Length
from harness.ratings.rating import (
    Weights,
    choose_rating,
    penalties,
    penalty_profile,
    rate,
    rater_ratings,
)
from harness.ratings.views import Level1, Level2, Mapped, News, Severity
from harness.scoring.stage import score
from harness.tables import ANNOTATIONS, GIVEN_RATINGS, TestSet, table
from harness.test_sets.named import load_test_set
from harness.test_sets.taxonomy import TAXONOMY
from tests.support.small import small

GOOGLE = Weights()


@pytest.mark.parametrize(
    ("category", "subcategory", "severity", "penalty"),
    [
        ("accuracy", "omission", "major", 5.0),
        ("accuracy", "omission", "minor", 1.0),
        ("accuracy", "omission", "neutral", 0.0),
        ("fluency", "punctuation", "minor", 0.1),
        ("fluency", "punctuation", "major", 5.0),
        ("non_translation", "", "major", 25.0),
        ("non_translation", "", "minor", 25.0),
        ("source", "", "major", 0.0),
    ],
)
def test_google_weights(category: str, subcategory: str, severity: str, penalty: float) -> None:
    assert GOOGLE.of(category, subcategory, severity) == penalty


def test_a_severity_without_weight_is_refused() -> None:
    with pytest.raises(InputError, match="no penalty for the severity 'critical'"):
        GOOGLE.of("accuracy", "omission", "critical")


def test_ratings_by_hand() -> None:
    """poor, segment 1: rater 1 gives 5 + 0.1, rater 2 a non-translation, 25."""
    ratings = rate(small(), GOOGLE, Level1())
    total = ratings[ratings["category"] == "all"].set_index(["system", "segment_id"])["rating"]
    assert total["poor", "1"] == pytest.approx(-(5.1 + 25) / 2, abs=1e-12)
    assert total["poor", "2"] == -5.0
    assert total["poor", "3"] == -2.5
    assert total["poor", "4"] == 0.0
    assert total["good", "3"] == -2.5
    assert total["good", "4"] == -0.5
    fluency = ratings[ratings["category"] == "fluency"].set_index(["system", "segment_id"])
    assert fluency.loc[("poor", "1"), "rating"] == pytest.approx(-5.1 / 2, abs=1e-12)
    assert set(ratings["n_raters"]) == {2}


def test_zero_errors_is_not_unrated() -> None:
    """Without its annotations a translation has no rating, where it had one of 0."""
    test_set = small()
    rows = test_set.annotations
    gone = (rows["system"] == "poor") & (rows["segment_id"] == "4")
    unrated = replace(test_set, annotations=table(rows[~gone].to_dict("list"), ANNOTATIONS))
    ratings = rate(unrated, GOOGLE, Level1())
    keys = set(zip(ratings["system"], ratings["segment_id"], strict=True))
    assert ("poor", "4") not in keys
    assert ("good", "4") in keys
    result = penalties(unrated, GOOGLE, Level1())
    assert np.isnan(result.values[1, 3]).all()


def test_categories_sum_to_the_total() -> None:
    for view in (Level1(), Level2(), News()):
        ratings = rate(small(), GOOGLE, view)
        wide = ratings.pivot_table(
            index=["system", "segment_id"], columns="category", values="rating"
        )
        assert np.allclose(wide.drop(columns="all").sum(axis=1), wide["all"], atol=1e-12)


def test_rater_ratings_average_to_the_ratings() -> None:
    result = penalties(small(), GOOGLE, News())
    by_rater = rater_ratings(result)
    mean = by_rater.groupby(["system", "segment_id", "category"])["rating"].mean()
    averaged = rate(small(), GOOGLE, News()).set_index(["system", "segment_id", "category"])
    pd.testing.assert_series_equal(
        mean.sort_index(), averaged["rating"].sort_index(), check_exact=False, atol=1e-12
    )


def test_penalty_profile_by_hand() -> None:
    result = penalties(small(), GOOGLE, Level1())
    profile = penalty_profile([result], {"good": "system", "poor": "system"})
    poor = profile[profile["system"] == "poor"].set_index("category")
    assert poor.loc["accuracy", "penalty"] == pytest.approx((5 + 2.5) / 4)
    assert poor.loc["non_translation", "penalty"] == pytest.approx(12.5 / 4)
    assert poor["share"].sum() == pytest.approx(1)
    assert poor.loc["fluency", "n_errors"] == 2
    assert poor.loc["fluency", "n_major"] == 1
    ratings = rate(small(), GOOGLE, Level1())
    mean = ratings[(ratings["system"] == "poor") & (ratings["category"] == "all")]["rating"].mean()
    assert poor["penalty"].sum() == pytest.approx(-mean)


def test_a_perfect_system_has_no_shares() -> None:
    test_set = small()
    of_poor = test_set.error_spans["system"] == "poor"
    clean = replace(test_set, error_spans=test_set.error_spans[of_poor].reset_index(drop=True))
    profile = penalty_profile([penalties(clean, GOOGLE, Level1())], test_set.roles)
    good = profile[profile["system"] == "good"]
    assert list(good["penalty"]) == [0.0] * 3  # accuracy, fluency, non_translation
    assert good["share"].isna().all()


def test_nobody_marked_an_error() -> None:
    """Everything is rated 0, and there is no category."""
    clean = replace(small(), error_spans=small().error_spans.iloc[:0])
    result = penalties(clean, GOOGLE, Level1())
    assert result.categories == ()
    ratings = rate(clean, GOOGLE, Level1())
    assert len(ratings) == 8
    assert set(ratings["category"]) == {"all"}
    assert set(ratings["rating"]) == {0.0}
    assert penalty_profile([result], clean.roles).empty
    analysed = categories(clean, score(clean, {"length": Length()}), [result])
    assert analysed.categories.empty


def test_the_total_is_the_same_in_every_view() -> None:
    """Also in one that leaves errors out."""
    half = Mapped(
        "half", {"fluency": None, "non_translation": None, "accuracy": "x", "locale": "y"}
    )
    totals = []
    for view in (Level1(), Level2(), News(), Severity(), half):
        ratings = rate(small(), GOOGLE, view)
        total = ratings[ratings["category"] == "all"].drop(columns="category")
        totals.append(total.reset_index(drop=True))
    for total in totals[1:]:
        pd.testing.assert_frame_equal(total, totals[0], check_exact=True)
    profile = penalty_profile([penalties(small(), GOOGLE, half)], small().roles)
    poor = profile[profile["system"] == "poor"]
    assert poor["share"].sum() == pytest.approx(7.5 / 22.55)  # of the whole penalty


def test_ratings_that_are_equal_in_truth_are_equal() -> None:
    """0.1 + 0.2 and 0.3 differ as floats; ratings do not."""
    weights = Weights(severity={"major": 0.1, "minor": 0.2, "neutral": 0.3})
    assert 0.1 + 0.2 != 0.3
    test_set = small(raters=("r1",))
    spans = test_set.error_spans.iloc[:3].assign(
        system=["good", "good", "poor"],
        segment_id="1",
        error=[0, 1, 0],
        category="style",
        subcategory="awkward",
        severity=["major", "minor", "neutral"],
    )
    ratings = rate(replace(test_set, error_spans=spans), weights, Level1())
    values = ratings[(ratings["category"] == "all") & (ratings["segment_id"] == "1")]["rating"]
    assert values.nunique() == 1


@pytest.mark.parametrize("weight", [-1, float("nan"), float("inf"), "5", True])
def test_weights_are_numbers_from_0(weight: object) -> None:
    with pytest.raises(InputError, match=r"weights\.severity\.major is out of range"):
        Weights(severity={"major": weight})  # type: ignore[dict-item]


def test_a_category_may_not_be_called_all() -> None:
    with pytest.raises(InputError, match="'all', which means the total"):
        rate(small(), GOOGLE, Mapped("mine", dict.fromkeys(TAXONOMY, "all")))


def test_severity_view_ignores_remarks() -> None:
    assert set(penalties(small(), GOOGLE, Severity()).categories) == {"major", "minor"}


def test_wmt23_ratings_equal_the_published_ones(mirror: Path, expected: Path) -> None:
    test_set = load_test_set("wmt23_zhen_news", mirror=mirror)
    published = json.loads((expected / "wmt23_zhen_news.json").read_text())
    ratings = rate(test_set, GOOGLE, News())
    total = ratings[ratings["category"] == "all"]
    means = total.groupby("system")["rating"].mean()
    assert sorted(means.index) == published["rated_systems"]
    for system, mean in published["mqm_system_mean"].items():
        assert means[system] == pytest.approx(mean, abs=1e-9)
    wide = total.pivot(index="system", columns="segment_id", values="rating")
    wide = wide[sorted(wide.columns, key=int)]
    for system, values in published["mqm_segment"].items():
        assert wide.loc[system].to_numpy() == pytest.approx(values, abs=1e-9)


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ({"category": {"acuracy": 25.0}}, "did you mean 'accuracy'?"),
        (
            {"category_severity": {"fluency/punctuatoin": {"minor": 0.1}}},
            "did you mean 'fluency/punctuation'?",
        ),
        ({"category_severity": {"fluency": {"minr": 0.1}}}, "did you mean 'minor'?"),
        ({"severity": {"majr": 5.0}}, "did you mean 'major'?"),
    ],
)
def test_a_misspelt_weight_is_refused(wrong: dict[str, Any], near: str) -> None:
    with pytest.raises(InputError) as caught:
        Weights(**wrong)
    assert caught.value.remedy == near


@pytest.mark.parametrize("weight", [1e308, -1.0, float("nan"), float("inf")])
def test_a_weight_that_cannot_be_reckoned_with_is_refused(weight: float) -> None:
    with pytest.raises(InputError, match="is out of range"):
        Weights(severity={"major": weight})


def test_the_raters_own_numbers_are_preferred_to_annotated_errors() -> None:
    """mqm before esa before annotations; another given rating only without annotations."""
    base = small()
    one = base.hypotheses.iloc[0]

    def given(*names: str) -> TestSet:
        rows = [(base.name, one["system"], one["segment_id"], name, 1.0) for name in names]
        return replace(base, given_ratings=table(rows, GIVEN_RATINGS))

    assert len(base.annotations)
    found = [choose_rating(given(*n), "auto")[0] for n in (("z", "esa"), ("esa", "mqm"), ("z",))]
    assert found == ["esa", "mqm", "annotations"]

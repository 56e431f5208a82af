"""The stage: what metrics charge for each category, as a table; on made-up and on real ratings."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from harness.error_categories.category_weights import category_weights, judged_categories
from harness.errors import InputError
from harness.metrics.sacrebleu import ChrF
from harness.metrics.sentinels import Length
from harness.ratings.rating import Weights, penalties
from harness.ratings.views import News
from harness.scoring.stage import score
from harness.tables import CATEGORIES, CATEGORY_WEIGHTS, conform, table
from harness.test_sets.named import load_test_set
from tests.support.made_categories import NAME, Made, penalties_of, scores_of

NAN = float("nan")


def run(made: Made, **changes: Any) -> pd.DataFrame:
    return category_weights(
        made.test_set, made.score_table, [made.penalties], sentinels=["length"], **changes
    )


def cell(frame: pd.DataFrame, category: str, metric: str) -> Any:
    (row,) = frame[(frame["category"] == category) & (frame["metric"] == metric)].to_dict("records")
    return row


def test_the_rows_and_their_order() -> None:
    frame = run(Made())
    conform(frame, CATEGORY_WEIGHTS)
    assert list(dict.fromkeys(frame["category"])) == ["all", "meaning", "style", "never"]
    first = frame[frame["category"] == "all"]
    assert list(first["metric"]) == ["good", "poor", "length", "human"]
    assert list(first["kind"]) == ["metric", "metric", "sentinel", "human"]


def test_a_metric_that_sees_meaning_alone_charges_nothing_for_style() -> None:
    made = Made()
    made.scores["good"] = -3.0 * made.values[..., 0].mean(axis=2)
    frame = run(made)
    meaning, style = cell(frame, "meaning", "good"), cell(frame, "style", "good")
    assert meaning["weight"] == pytest.approx(3.0)
    assert style["weight"] == pytest.approx(0.0, abs=1e-12)
    assert meaning["relative_weight"] > 1.0 > style["relative_weight"]
    assert meaning["relative_weight"] == pytest.approx(3.0 / cell(frame, "all", "good")["weight"])
    assert (meaning["n_translations"], meaning["n_documents"]) == (4 * 96, 16)
    assert meaning["n_marked"] == int((made.values[..., 0].mean(axis=2) > 0).sum())
    penalised = int((made.values.sum(axis=3).mean(axis=2) > 0).sum())
    assert cell(frame, "all", "good")["n_marked"] == penalised < 4 * 96


def test_a_rater_charges_for_what_the_others_mark_where_they_agree() -> None:
    """Raters agree on meaning exactly, on style by chance alone."""
    frame = run(Made())
    meaning, style = cell(frame, "meaning", "human"), cell(frame, "style", "human")
    assert meaning["weight"] == pytest.approx(1.0, abs=0.02)
    assert abs(style["weight"]) < 0.15
    assert meaning["n_translations"] == 3 * 4 * 96  # once for each rater


def test_metrics_without_a_unit_have_no_relative_weight() -> None:
    made = Made()
    made.scores["poor"] = np.zeros_like(made.scores["poor"])
    frame = run(made)
    whole = cell(frame, "all", "poor")
    assert (whole["weight"], whole["low"], whole["high"]) == (0.0, 0.0, 0.0)
    assert math.isnan(whole["relative_weight"])
    assert "no relative weight" in whole["note"]
    assert math.isnan(cell(frame, "meaning", "poor")["relative_weight"])


def test_a_category_without_errors_has_its_reason() -> None:
    row = cell(run(Made()), "never", "good")
    assert math.isnan(row["weight"])
    assert row["note"] == "no two translations of a segment differ in it"
    assert (row["n_marked"], row["n_documents"]) == (0, 0)


def test_one_rater_gives_no_human_row() -> None:
    frame = run(Made(n_raters=1))
    assert set(frame["kind"]) == {"metric", "sentinel"}


def test_one_system_gives_rows_without_values() -> None:
    frame = run(Made(n_systems=1))
    assert frame["weight"].isna().all()
    assert set(frame["note"]) == {
        "no two translations of a segment have a finite score and the same raters"
    }


def test_few_documents_are_noted() -> None:
    row = cell(run(Made(n_documents=4)), "meaning", "good")
    assert row["note"] == "in 4 documents: fewer than 10"
    assert cell(run(Made(n_documents=4), minimum_documents=4), "meaning", "good")["note"] == ""


def test_translations_are_compared_where_the_same_raters_saw_them() -> None:
    """Two systems with rater 0, the other two with rater 1 throughout: a constant between the
    raters' halves must not matter, nor count as a weight."""
    made = Made(n_raters=2)
    made.values[:2, :, 1], made.values[2:, :, 0] = NAN, NAN
    made.scores["good"] = -2.0 * np.nansum(made.values[..., 0], axis=2)
    frame = run(made)
    assert cell(frame, "meaning", "good")["weight"] == pytest.approx(2.0)
    made.values[2:, :, 1, 0] += 10.0  # a stricter rater
    again = run(made)
    assert cell(again, "meaning", "good")["weight"] == pytest.approx(2.0)
    assert "human" not in set(again["metric"])  # nobody shares a translation


def test_human_translations_take_no_part() -> None:
    made = Made()
    whole = run(made)
    made.systems[0] = "refA"  # made_test_set takes it for a human translation
    less = run(made)
    assert cell(less, "all", "good")["n_translations"] == 3 * 96
    assert cell(whole, "all", "good")["n_translations"] == 4 * 96


def test_a_view_without_categories_is_passed_over() -> None:
    made = Made()
    nothing = replace(
        made.penalties, view="nothing", categories=(), values=made.penalties.values[..., :0],
        counts=made.penalties.counts[..., :0], major=made.penalties.major[..., :0],
    )  # fmt: skip
    frame = category_weights(made.test_set, made.score_table, [nothing, made.penalties])
    assert set(frame["view"]) == {made.penalties.view}


def test_views_stand_one_after_another() -> None:
    made = Made()
    views = [penalties_of(made.values, made.systems, made.documents, view=v) for v in ("a", "b")]
    frame = category_weights(made.test_set, made.score_table, views)
    assert list(dict.fromkeys(frame["view"])) == ["a", "b"]


def test_no_metric_no_annotation() -> None:
    made = Made()
    none = scores_of({}, made.systems, [])
    assert set(category_weights(made.test_set, none, [made.penalties])["kind"]) == {"human"}
    assert category_weights(made.test_set, made.score_table, []).empty


def test_a_bad_confidence_is_refused() -> None:
    with pytest.raises(InputError, match="confidence"):
        run(Made(), confidence=1.5)


def test_on_real_ratings(mirror: Path, tmp_path: Path) -> None:
    """Weights of chrF and of a rater on WMT23, against least squares with a column for every
    segment and system; length alone has no unit."""
    test_set = load_test_set("wmt23_zhen_news", mirror=mirror, cache=tmp_path)
    rated = penalties(test_set, Weights(), News())
    scores = score(test_set, {"chrf": ChrF(), "length": Length()})
    frame = category_weights(test_set, scores, [rated], sentinels=["length"])
    machine = [i for i, s in enumerate(rated.systems) if test_set.roles[s] == "system"]
    number = rated.rated[machine].sum(axis=2)
    system, segment = np.nonzero(number)
    values = np.nansum(rated.values[machine], axis=2)[system, segment]
    values = values / number[system, segment][:, None]
    own = scores[(scores["metric"] == "chrf") & scores["segment_id"].notna()]
    grid = own.pivot(index="system", columns="segment_id", values="score")
    grid = grid.loc[[rated.systems[i] for i in machine], list(rated.segments)]
    design = np.hstack([values, np.eye(len(machine))[system], np.eye(number.shape[1])[segment]])
    found, *_ = np.linalg.lstsq(design, grid.to_numpy()[system, segment], rcond=None)
    for c, name in enumerate(rated.categories):
        assert cell(frame, name, "chrf")["weight"] == pytest.approx(-found[c], abs=1e-8)
    assert cell(frame, "meaning", "chrf")["n_translations"] == 3770
    assert cell(frame, "meaning", "human")["n_translations"] == 3 * 3770
    meaning, omission = cell(frame, "meaning", "chrf"), cell(frame, "omission", "chrf")
    assert meaning["relative_weight_high"] < 1.0 < omission["relative_weight_low"]
    assert math.isnan(cell(frame, "meaning", "length")["relative_weight"])


# ---------------------------------------------------------------- against a rater


def test_a_metric_that_is_one_more_rater_is_not_told_apart_from_one() -> None:
    """Style is marked at random by everybody: its weight is low with the rater and the metric
    alike."""
    p_values = []
    for seed in range(20):
        made = Made(n_raters=4)
        rng = np.random.default_rng(seed)
        made.values[..., 1] = rng.poisson(1.0, made.values.shape[:3])
        made.scores = {"extra": -made.values[:, :, 3].sum(axis=-1)}
        made.values = made.values[:, :, :3]
        row = cell(run(made), "style", "extra")
        assert row["relative_weight"] < 0.5
        p_values.append(row["p"])
    assert sum(p <= 0.05 for p in p_values) <= 4  # 1 is expected


def test_a_metric_that_sees_one_category_charges_less_than_a_rater_for_the_other() -> None:
    made = Made(n_raters=3)
    made.values[..., 1] = made.values[..., :1, 1]  # now raters agree on style
    made.scores["good"] = -made.values[..., 0].mean(axis=2)
    frame = run(made)
    row = cell(frame, "style", "good")
    assert row["relative_weight"] == pytest.approx(0.0, abs=1e-12)
    assert row["against_human"] == pytest.approx(-1.0, abs=0.1)
    assert row["against_high"] < 0.0 and row["p_holm"] < 0.001
    poor = cell(frame, "style", "poor")
    assert math.isnan(poor["against_human"])  # noise has no unit


def test_only_judged_categories_are_adjusted_for() -> None:
    made = Made()
    every = run(made)
    some = run(made, judged={("news", "meaning")})
    assert list(some["judged"].groupby(some["category"]).all().sort_index()) == [
        True, True, False, False,
    ]  # fmt: skip
    one, two = cell(every, "meaning", "good"), cell(some, "meaning", "good")
    assert one["p"] == two["p"]
    tested = every["p"].notna().sum()
    assert tested > some[some["category"] == "meaning"]["p"].notna().sum()
    assert two["p_holm"] <= one["p_holm"]
    assert math.isnan(cell(some, "style", "good")["p_holm"])


def test_some_metric_must_be_judged() -> None:
    rows = [
        (m, "news", c, 0.6, 0.5, 0.7, 60.0, 12, t, 0.6, 0.5, 60, 50, 40, 0.5, kind, NAME, "",
         NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, None, 0.95, 0.05)
        for m, kind, c, t in (
            ("a", "metric", "meaning", "too few"), ("b", "metric", "meaning", "weak"),
            ("a", "metric", "style", "unreliable"), ("random", "sentinel", "style", "reliable"),
        )
    ]  # fmt: skip
    assert judged_categories(table(rows, CATEGORIES)) == {("news", "meaning")}


@pytest.mark.parametrize("n_systems", [3, 6, 7, 9, 10, 12])
@pytest.mark.parametrize("weight", [0.1, 1 / 3, 5 / 3])
def test_a_category_that_all_translations_of_a_segment_share_is_no_rounding(
    n_systems: int, weight: float
) -> None:
    """The mean of equal numbers may differ from them in the last digit."""
    made = Made(n_systems=4, n_raters=1)
    shape = (n_systems, len(made.documents), 1, 3)
    rng = np.random.default_rng(n_systems)
    values = np.zeros(shape)
    values[..., 0] = rng.poisson(1.0, shape[:3]) * 5.0
    values[:, 4, :, 2] = weight
    made.systems = [f"S{i}" for i in range(n_systems)]
    made.values = values
    made.scores = {"good": rng.normal(size=shape[:2]) - values[..., 0, 0]}
    row = cell(run(made), "never", "good")
    assert math.isnan(row["weight"])
    assert row["note"] == "no two translations of a segment differ in it"


@pytest.mark.parametrize(
    ("scores", "n_documents", "said"),
    [
        (lambda v: v[..., 0].mean(axis=2), 16, "the score rises with the whole penalty"),
        (lambda v: 0.0 * v[..., 0].mean(axis=2), 16, "not told from 0"),
        (lambda v: -v[..., 0].mean(axis=2), 2, "fewer than three documents"),
        (lambda v: np.where(v[..., 0].mean(axis=2) > 9, -np.inf, 0.0), 16, "a finite score"),
    ],
)
def test_why_there_is_no_relative_weight(scores: Any, n_documents: int, said: str) -> None:
    made = Made(n_documents)
    made.scores["good"] = scores(made.values)
    row = cell(run(made), "meaning", "good")
    assert math.isnan(row["relative_weight"]) and said in row["note"]

"""The list of the pairs that a category decides: by hand, and against the table of accuracies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.error_categories.analysis import CategoryResult, categories
from harness.ratings.rating import Weights, penalties
from harness.ratings.views import Level1, News
from harness.tables import CATEGORY_SEGMENTS, conform
from harness.test_sets.named import load_test_set
from tests.error_categories.test_category_analysis import Made
from tests.support.made_categories import NAME, made_test_set, penalties_of, scores_of

CREDIT = {"R": 1.0, "E": 0.5, "W": 0.0}


def small() -> CategoryResult:
    """Three systems, two segments, one rater; penalties for 'meaning' and 'style'.

    Segment 0: A (5, 0), B (0, 0), C (0, 1): meaning decides A-B (B better) and A-C (C better),
    style decides B-C (B better). Segment 1: A (1, 1), B (0, 0), C not rated: meaning and style
    differ alike, nothing decides.
    """
    nan = np.nan
    values = np.array(
        [[[[5.0, 0.0]], [[1.0, 1.0]]], [[[0.0, 0.0]], [[0.0, 0.0]]], [[[0.0, 1.0]], [[nan, nan]]]]
    )
    matrices = {
        "m": np.array([[1.0, 1], [2, 1], [1, 1]]),
        "n": np.array([[3.0, 1], [2, 1], [nan, 1]]),
    }
    texts = {s: [f"{s}0", f"{s}1"] for s in "ABC"}
    return categories(
        made_test_set(texts, ["d", "d"]),
        scores_of(matrices, list("ABC"), ["0", "1"]),
        [penalties_of(values, list("ABC"), ["d", "d"])],
    )


def test_the_pairs_of_a_small_set_by_hand() -> None:
    table = conform(small().segments, CATEGORY_SEGMENTS)
    rows = [tuple(r) for r in table.itertuples(index=False)]
    assert rows == [
        (NAME, "news", "meaning", "0", "A", "B", 2, "RW"),
        (NAME, "news", "meaning", "0", "A", "C", 2, "EN"),
        (NAME, "news", "style", "0", "B", "C", 1, "RN"),
    ]


def agree(result: CategoryResult) -> int:
    """The table of accuracies follows from the list of pairs."""
    pairs = result.segments
    checked = 0
    for (view, category), rows in result.categories.groupby(["view", "category"], sort=False):
        own = pairs[(pairs["view"] == view) & (pairs["category"] == category)]
        metrics = rows[rows["kind"] == "metric"]
        for place, row in enumerate(metrics.itertuples(index=False)):
            credits = [CREDIT[c] for c in own["outcomes"].str[place] if c != "N"]
            assert len(credits) == row.n_pairs
            scored = own[own["outcomes"].str[place] != "N"]
            assert scored["segment_id"].nunique() == row.n_segments
            if credits:
                assert np.mean(credits) == pytest.approx(row.plain_accuracy, abs=1e-12)
                checked += 1
    assert not pairs.duplicated(["view", "segment_id", "system_1", "system_2"]).any()  # one owner
    return checked


def test_accuracies_follow_from_the_list() -> None:
    assert agree(Made().run()) > 0


def test_accuracies_follow_from_the_list_on_real_annotations(mirror: Path) -> None:
    test_set = load_test_set("wmt23_zhen_news", mirror=str(mirror))
    ids = list(test_set.segments["segment_id"])
    systems = sorted(set(test_set.annotations["system"]))
    draw = np.random.default_rng(3).integers(0, 9, (len(systems), len(ids))).astype(float)
    scores = scores_of({"draw": draw}, systems, ids).assign(test_set=test_set.name)
    rated = [penalties(test_set, Weights(), view) for view in (News(), Level1())]
    result = categories(test_set, scores, rated)
    assert agree(result) > 0
    assert set(result.segments["view"]) == {"news", "category"}


def test_no_view_gives_an_empty_table() -> None:
    made = Made()
    texts = {s: [f"{s}{i}" for i in range(len(made.documents))] for s in made.systems}
    result = categories(
        made_test_set(texts, made.documents),
        scores_of(made.scores, made.systems, [str(i) for i in range(len(made.documents))]),
        [],
    )
    assert len(conform(result.segments, CATEGORY_SEGMENTS)) == 0

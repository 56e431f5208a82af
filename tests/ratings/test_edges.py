"""Ratings and raters' agreement: counts, shares, and tables of any shape."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from harness.ratings.human_agreement import human_agreement
from harness.ratings.krippendorff import alpha_of, coincidences
from harness.ratings.rated import Rated
from harness.ratings.rater_agreement import alpha, presence_sums
from harness.ratings.rating import Weights, penalties, penalty_profile, rater_ratings
from harness.ratings.views import Level1
from harness.tables import PENALTY_PROFILE, RATER_RATINGS, RATINGS, table
from tests.support.small import small


def test_units_of_fewer_than_two_values_add_nothing() -> None:
    counts = np.array([[1, 0, 0], [0, 0, 0], [1, 1, 0], [0, 3, 1]])
    found = coincidences(counts)
    assert not found[:2].any()
    assert found[2].tolist() == [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    assert found[3] == pytest.approx(np.array([[0, 0, 0], [0, 2, 1], [0, 1, 0]]))


def test_alpha_of_a_table_that_is_not_symmetric_is_of_its_rows() -> None:
    """Row sums are n[c] of the definition, also of a stack of tables."""
    table_of = np.array([[3.0, 1.0], [2.0, 4.0]])
    n = table_of.sum(axis=1)
    expected = n.sum() ** 2 - (n**2).sum()
    wanted = 1.0 - (n.sum() - 1.0) * (n.sum() - 7.0) / expected
    assert alpha_of(table_of) == pytest.approx(wanted)
    assert alpha_of(np.stack([table_of, table_of])) == pytest.approx([wanted, wanted])


def test_numbers_of_pairs_and_the_interval_of_alpha() -> None:
    """Three documents of two translations, three raters each: 3 pairs a translation."""
    rng = np.random.default_rng(4)
    flagged = rng.random((2, 4, 3, 2)) < 0.5
    rated = np.ones((2, 4, 3), dtype=bool)
    documents = np.array([0, 1, 2, 3])
    sums, tables = presence_sums(flagged, rated, documents, 4)
    assert sums.n.tolist() == [24, 24]
    found = alpha(tables, 0, 0.9)
    whole = tables[:, 0].sum(axis=0)
    replicates = np.array([alpha_of(whole - tables[d, 0]) for d in range(4)])
    error = math.sqrt(0.75 * ((replicates - replicates.mean()) ** 2).sum())
    half = stats.t.ppf(0.95, 3) * error
    assert found.value == pytest.approx(float(alpha_of(whole)))
    assert (found.low, found.high) == pytest.approx(
        (found.value - half, min(1.0, found.value + half))
    )


def test_ratings_of_raters_are_numbered_anew_and_never_minus_zero() -> None:
    found = rater_ratings(penalties(small(), Weights(), Level1()))
    assert found.index.tolist() == list(range(len(found)))
    zeros = found["rating"][found["rating"] == 0.0]
    assert len(zeros) and not np.signbit(zeros).any()


def test_shares_of_the_penalty_do_not_depend_on_its_scale() -> None:
    test_set = small()
    shares = []
    for scale in (1.0, 0.01):
        severity = {"major": 5.0 * scale, "minor": scale, "neutral": 0.0}
        weights = Weights(severity=severity, category={}, category_severity={})
        found = penalty_profile([penalties(test_set, weights, Level1())], test_set.roles)
        shares.append(found["share"].tolist())
    assert shares[0] == pytest.approx(shares[1], nan_ok=True)
    assert sum(share > 0.0 for share in shares[1]) > 2


def test_ratings_by_rater_are_of_annotations_only() -> None:
    parts = [table([], schema) for schema in (RATINGS, RATER_RATINGS, PENALTY_PROFILE)]
    for name, annotated in (("annotations", True), ("annotations", False), ("mqm", True)):
        own = Rated(name, *parts, (), annotated)
        assert (own.of_raters is not None) == (annotated and name == "annotations")


@pytest.mark.parametrize("raters", [("r1",), ("r1", "r2")])
def test_what_raters_marked_is_a_share_of_the_penalty(raters: tuple[str, ...]) -> None:
    """Without a second rater there is no agreement, but what errors cost is known."""
    test_set = small(raters=raters)
    result = human_agreement(test_set, [penalties(test_set, Weights(), Level1())], [Level1()])
    rows = result.agreement.groupby("category")["penalty_share"].agg(["min", "max"])
    assert rows["min"].equals(rows["max"])
    assert rows.loc["all", "min"] == 1.0
    parts = rows["min"].drop("all")
    assert parts.sum() == pytest.approx(1.0) and (parts < 1.0).all()


def test_what_span_agreement_is_computed_from() -> None:
    """accuracy: one character marked by both raters, and two by one of them: 2 * 1 / (1 + 3)."""
    test_set = small()
    result = human_agreement(test_set, [penalties(test_set, Weights(), Level1())], [Level1()])
    rows = result.agreement[result.agreement["category"] == "accuracy"].set_index("statistic")
    assert rows.loc["character_f1", "value"] == pytest.approx(0.5)
    assert rows.loc["character_f1", "n"] == 4


def test_one_system_has_no_differences_to_agree_on() -> None:
    test_set = small().with_systems(["poor"])
    result = human_agreement(test_set, [penalties(test_set, Weights(), Level1())], [Level1()])
    rows = result.agreement[result.agreement["statistic"] == "segment_correlation"]
    assert rows["value"].isna().all() and set(rows["n"]) == {0}
    assert set(rows["note"]) == {"no two raters annotated two systems of a segment"}

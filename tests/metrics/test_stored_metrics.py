"""Stored scores as metrics, and given ratings as what they are compared with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.errors import InputError
from harness.meta_evaluation import meta_evaluate
from harness.metrics import Batch
from harness.metrics.stored import Stored
from harness.ratings.rating import choose_rating, given_ratings
from harness.scoring.stage import score_test_set
from harness.statistics.correlation import Pearson
from harness.tables import GIVEN_RATINGS, RATINGS, STORED_SCORES, TestSet, conform, table
from harness.test_sets.selection import choose_systems
from tests.support.small import small


def stored() -> TestSet:
    """The small set with scores of X for 'good' (segments 4, 1, 2) and 'poor' (all), and ratings:
    mqm of all, da of one."""
    scores = [("good", s, v) for s, v in (("4", 0.4), ("1", 0.1), ("2", 0.2))]
    scores += [("poor", str(s), -float(s)) for s in range(1, 5)]
    ratings = [
        (system, str(s), "mqm", -float(s)) for system in ("good", "poor") for s in range(1, 5)
    ]
    ratings.append(("good", "3", "da", 70.0))
    return replace(
        small(),
        stored_scores=table([("small", a, b, "X", "refA", c) for a, b, c in scores], STORED_SCORES),
        given_ratings=table([("small", *row) for row in ratings], GIVEN_RATINGS),
    )


X = Stored("X as stored", "X", "refA")


def test_scores_stand_where_they_belong() -> None:
    result = score_test_set(stored(), {"x": X}, workers=1)
    table = result.scores[result.scores["segment_id"].notna()]
    good = table[table["system"] == "good"].set_index("segment_id")
    assert good["score"].reindex(["1", "2", "4"]).tolist() == [0.1, 0.2, 0.4]
    assert good["status"]["3"] == "missing: no stored score"
    assert np.isnan(good["score"]["3"])
    assert table[table["system"] == "poor"]["score"].tolist() == [-1, -2, -3, -4]
    whole = result.scores[result.scores["segment_id"].isna()].set_index("system")
    assert whole["status"]["good"] == "missing: 1 of 4 segments have no score"
    assert (whole["status"]["poor"], whole["score"]["poor"]) == ("ok", -2.5)
    assert set(table["signature"]) == {"stored:X|ref:refA|file:X-refA.seg.score"}
    assert result.counts == {"computed": 7, "reused": 0, "missing": 1, "failed": 0}


def test_a_system_without_any_stored_score_is_missing() -> None:
    test_set = stored()
    only = test_set.stored_scores[test_set.stored_scores["system"] == "poor"]
    result = score_test_set(replace(test_set, stored_scores=only), {"x": X}, workers=1)
    good = result.scores[result.scores["system"] == "good"]
    assert good["status"].tolist() == ["missing: no stored score"] * 4 + [
        "missing: 4 of 4 segments have no score"
    ]


def test_a_missing_translation_goes_before_its_stored_score() -> None:
    test_set = stored()
    rows = test_set.hypotheses
    rows = rows[~((rows["system"] == "poor") & (rows["segment_id"] == "2"))]
    result = score_test_set(replace(test_set, hypotheses=rows), {"x": X}, workers=1)
    poor = result.scores[result.scores["system"] == "poor"].set_index("segment_id")
    assert poor["status"]["2"] == "missing: no hypothesis"
    assert poor["score"].reindex(["1", "3", "4"]).tolist() == [-1, -3, -4]


def test_what_is_not_stored_is_refused() -> None:
    with pytest.raises(InputError, match="no stored metric 'x with refA'") as caught:
        score_test_set(stored(), {"x": Stored("x", "x", "refA")})
    assert caught.value.remedy == "did you mean 'X with refA'?"
    with pytest.raises(InputError, match="no stored metric 'X with src'"):
        score_test_set(stored(), {"x": Stored("x", "X", "src")})
    with pytest.raises(InputError, match="'small' comes with no metric's scores"):
        score_test_set(small(), {"x": X})


@pytest.mark.parametrize("parts", [("", "refA"), ("X", ""), (None, "refA"), ("X", 3)])
def test_a_stored_metric_needs_its_parts(parts: tuple[str, str]) -> None:
    with pytest.raises(InputError, match="the stored metric 'n' lacks its"):
        Stored("n", *parts)


def test_a_batch_is_aligned_with_its_stored_scores() -> None:
    assert X.score(Batch(["s"], ["h"], (), [0.5])).scores.tolist() == [0.5]
    assert X.score(Batch([], [])).scores.tolist() == []
    with pytest.raises(ValueError, match="not aligned"):
        Batch(["s"], ["h"], (), [0.5, 1.0])
    with pytest.raises(ValueError, match="0 stored scores for 1 segments"):
        X.score(Batch(["s"], ["h"]))


# -- given ratings --------------------------------------------------------------------------------


def test_given_ratings_are_the_total_as_it_stands() -> None:
    ratings = given_ratings(stored(), "mqm")
    conform(ratings, RATINGS)
    assert set(ratings["category"]) == {"all"}
    assert ratings["rating"].tolist() == [-1, -2, -3, -4, -1, -2, -3, -4]
    assert set(ratings["n_raters"]) == {1}
    assert given_ratings(stored(), "da")["rating"].tolist() == [70.0]
    with pytest.raises(InputError, match="no given rating 'MQM'") as caught:
        given_ratings(stored(), "MQM")
    assert caught.value.remedy == "did you mean 'mqm'?"


def test_which_rating_is_chosen() -> None:
    test_set = stored()
    name, chosen = choose_rating(test_set, "auto")
    assert name == "mqm"
    assert set(chosen.given_ratings["rating_name"]) == {"mqm"}
    assert len(chosen.annotations)
    assert any("given as mqm" in note for note in chosen.notes)
    name, chosen = choose_rating(test_set, "annotations")
    assert (name, len(chosen.given_ratings), chosen.notes) == ("annotations", 0, ())
    assert choose_rating(test_set, "da")[0] == "da"
    only_da = replace(test_set, given_ratings=test_set.given_ratings.query("rating_name == 'da'"))
    assert choose_rating(only_da, "auto")[0] == "annotations"
    nothing = small(raters=())
    assert choose_rating(replace(only_da, annotations=nothing.annotations), "auto")[0] == "da"
    assert choose_rating(nothing, "auto")[0] == "annotations"


def test_a_rating_that_is_not_there() -> None:
    with pytest.raises(InputError, match="no human rating 'wmt'") as caught:
        choose_rating(stored(), "wmt")
    assert caught.value.expected == "one of: annotations, auto, da, mqm"
    with pytest.raises(InputError, match="no human rating 'annotations'"):
        choose_rating(small(raters=()), "annotations")


def test_agreement_with_given_ratings_is_of_the_systems_they_rate() -> None:
    """The annotations rate both systems; da rates one translation of one."""
    test_set = stored()
    scores = score_test_set(test_set, {"x": X}, workers=1).scores
    poor = given_ratings(test_set, "mqm").query("system == 'poor'")
    meta = meta_evaluate(test_set, scores, poor, {"p": Pearson("none")}).iloc[0]
    assert (meta["n_systems"], meta["n_segments"]) == (1, 4)
    assert meta["value"] == pytest.approx(1.0)  # -1, -2, -3, -4 on both sides


# -- human systems that are references ------------------------------------------------------------


def with_human(name: str) -> TestSet:
    """The small set whose reference ``name`` is also a human system."""
    test_set = small()
    wide = choose_systems(test_set, ["good", name], references=[], include_references=True)
    return replace(wide, notes=())


def test_a_human_system_is_not_scored_against_itself() -> None:
    test_set = with_human("refA")
    assert test_set.systems == ["good", "refA"]
    chosen = choose_systems(test_set, "all", references=["refA"], include_references=True)
    assert chosen.systems == ["good", "refB"]
    assert any("refA takes no part as a system" in note for note in chosen.notes)
    other = choose_systems(test_set, "all", references=["refB"], include_references=True)
    assert (other.systems, other.notes) == (["good", "refA"], ())
    with pytest.raises(InputError, match="no system 'refA'"):
        choose_systems(test_set, ["refA"], references=["refA"])

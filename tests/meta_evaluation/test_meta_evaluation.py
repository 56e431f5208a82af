from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from harness.errors import InputError
from harness.meta_evaluation import Resampling, meta_evaluate
from harness.metrics.sacrebleu import BLEU, ChrF
from harness.metrics.sentinels import Length, Random
from harness.ratings.rating import Weights, rate
from harness.ratings.views import Level1
from harness.scoring.stage import score
from harness.significance import document_bootstrap, draw_documents
from harness.statistics.base import Statistic
from harness.statistics.correlation import Kendall, Pearson
from harness.statistics.system_level import PairwiseAccuracy, SystemPearson
from harness.tables import RATINGS, SCORES, TestSet, table
from tests.support.small import small

STATISTICS: dict[str, Statistic] = {
    "accuracy": PairwiseAccuracy("mean"),
    "accuracy_corpus": PairwiseAccuracy("corpus"),
    "kendall": Kendall("item"),
    "pearson": Pearson("none"),
    "system_pearson": SystemPearson("mean"),
}


def meta(test_set: TestSet, **changes: object) -> pd.DataFrame:
    scores = score(test_set, {"bleu": BLEU(), "chrf": ChrF()})
    ratings = rate(test_set, Weights(), Level1())
    return meta_evaluate(test_set, scores, ratings, STATISTICS, **changes)  # type: ignore[arg-type]


def cell(frame: pd.DataFrame, metric: str, statistic: str, compared: str, level: str) -> pd.Series:
    """The row of a statistic of this system score, or else of this grouping."""
    column = "system_score" if level == "system" else "grouping"
    rows = frame[
        (frame["metric"] == metric)
        & (frame["statistic"] == statistic)
        & (frame[column] == compared)
        & (frame["level"] == level)
    ]
    assert len(rows) == 1
    return rows.iloc[0]


def test_values_by_hand() -> None:
    """Metrics and raters prefer 'good'. By segment: both prefer it in 1 and 2; in 3 the ratings
    are equal, so the segment does not count; in 4 BLEU prefers 'poor', as the raters do."""
    frame = meta(small())
    row = cell(frame, "bleu", "pairwise_accuracy", "mean", "system")
    assert (row["value"], row["n_pairs"], row["n_systems"], row["n_segments"]) == (1.0, 1, 2, 4)
    row = cell(frame, "bleu", "kendall_b", "item", "segment")
    assert (row["value"], row["n_pairs"]) == (1.0, 3)
    assert row["n_excluded"] == 0
    assert row["chance"] == 0.0


def test_undefined_says_why() -> None:
    row = cell(meta(small()), "bleu", "pearson", "mean", "system")
    assert np.isnan(row["value"])
    assert row["note"] == "fewer than 3 systems"


def test_few_documents_have_no_interval_and_say_so() -> None:
    frame = meta(small())
    assert frame["low"].isna().all()
    row = cell(frame, "bleu", "kendall_b", "item", "segment")
    assert row["note"] == "no interval: 2 documents, fewer than 10"


def test_intervals_where_documents_suffice() -> None:
    frame = meta(small(), resampling=Resampling(samples=200, seed=1, minimum_documents=2))
    row = cell(frame, "bleu", "pearson", "none", "segment")
    assert row["low"] <= row["value"] <= row["high"]
    again = meta(small(), resampling=Resampling(samples=200, seed=1, minimum_documents=2))
    pd.testing.assert_frame_equal(frame, again)


def test_missing_scores_are_excluded_and_counted() -> None:
    test_set = small()
    scores = score(test_set, {"bleu": BLEU()})
    gone = (scores["system"] == "poor") & (scores["segment_id"] == "1")
    scores.loc[gone, "score"] = np.nan
    ratings = rate(test_set, Weights(), Level1())
    frame = meta_evaluate(test_set, table(scores.to_dict("list"), SCORES), ratings, STATISTICS)
    row = cell(frame, "bleu", "kendall_b", "item", "segment")
    assert (row["n_excluded"], row["n_pairs"]) == (1, 2)


def test_humans_take_no_part() -> None:
    test_set = small()
    hypotheses = test_set.hypotheses.copy()
    hypotheses.loc[hypotheses["system"] == "good", "role"] = "human"
    frame = meta(replace(test_set, hypotheses=hypotheses))
    assert set(frame["n_systems"]) == {1}
    assert cell(frame, "bleu", "pairwise_accuracy", "mean", "system")["note"] == (
        "fewer than 2 systems"
    )


def test_without_ratings_the_table_is_empty() -> None:
    test_set = small()
    scores = score(test_set, {"bleu": BLEU()})
    assert meta_evaluate(test_set, scores, table([], RATINGS), STATISTICS).empty


def test_corpus_scores_are_not_compared_with_ratings_of_a_part() -> None:
    test_set = small()
    part = test_set.annotations["segment_id"] != "4"
    spans = test_set.error_spans["segment_id"] != "4"
    partly = replace(
        test_set,
        annotations=test_set.annotations[part].reset_index(drop=True),
        error_spans=test_set.error_spans[spans].reset_index(drop=True),
    )
    row = cell(meta(partly), "bleu", "pairwise_accuracy", "corpus", "system")
    assert np.isnan(row["value"])
    assert row["note"] == "corpus scores cover segments without a rating"
    row = cell(meta(partly), "bleu", "pairwise_accuracy", "mean", "system")
    assert (row["value"], row["n_segments"], row["n_excluded"]) == (1.0, 3, 0)


def test_unevenly_rated_systems_are_compared_on_common_segments() -> None:
    """good is rated on all four segments, poor on the last two: the systems are compared on those
    two, where the means are -1.5 and -1.25 and BLEU prefers poor; four translations stay out."""
    test_set = small()
    rows = test_set.annotations
    kept = (rows["system"] == "good") | rows["segment_id"].isin(["3", "4"])
    uneven = replace(test_set, annotations=rows[kept].reset_index(drop=True))
    spans = uneven.error_spans
    gone = (spans["system"] == "poor") & spans["segment_id"].isin(["1", "2"])
    uneven = replace(uneven, error_spans=spans[~gone].reset_index(drop=True))
    frame = meta(uneven)
    row = cell(frame, "bleu", "pairwise_accuracy", "mean", "system")
    assert (row["n_segments"], row["n_excluded"], row["n_pairs"]) == (2, 4, 1)
    row = cell(frame, "bleu", "pairwise_accuracy", "corpus", "system")
    assert row["note"] == "corpus scores cover segments without a rating"
    row = cell(frame, "bleu", "kendall_b", "item", "segment")
    assert (row["n_segments"], row["n_excluded"]) == (4, 2)


def test_nothing_in_common() -> None:
    test_set = small()
    rows = test_set.annotations
    kept = (rows["system"] == "good") == rows["segment_id"].isin(["1", "2"])
    apart = replace(
        test_set,
        annotations=rows[kept].reset_index(drop=True),
        error_spans=test_set.error_spans.iloc[:0],
    )
    frame = meta(apart)
    row = cell(frame, "bleu", "pairwise_accuracy", "mean", "system")
    assert row["note"] == "no segment has a score and a rating of every system"
    row = cell(frame, "bleu", "kendall_b", "item", "segment")
    assert row["note"] == "fewer than 2 translations with score and rating in any segment"


def test_an_unknown_category_is_refused() -> None:
    with pytest.raises(InputError, match="there is no category 'fluencyy'"):
        meta(small(), category="fluencyy")


def test_draws_resample_whole_documents() -> None:
    documents = ["a", "a", "b", "c", "c", "c"]
    for draw in draw_documents(documents, 50, seed=3):
        names = [documents[i] for i in draw]
        assert names.count("a") % 2 == 0
        assert names.count("c") % 3 == 0
        assert sum({"a": 1 / 2, "b": 1, "c": 1 / 3}[n] for n in names) == pytest.approx(3)


def test_bootstrap_interval_of_a_mean_is_that_of_theory() -> None:
    """Item-level Kendall over 400 documents of one segment is a mean of ±1: its standard error is
    known."""
    generator = np.random.default_rng(0)
    scores = generator.normal(size=(2, 400))
    ratings = generator.normal(size=(2, 400))
    draws = draw_documents([str(i) for i in range(400)], 1000, seed=1)
    low, high = document_bootstrap(Kendall("item"), scores, ratings, draws)
    value = Kendall("item")(scores, ratings).value
    half = 1.96 * np.sqrt((1 - value**2) / 400)
    assert (high - low) / 2 == pytest.approx(half, rel=0.1)


def test_a_random_metric_is_near_chance_on_wmt23(mirror: Path) -> None:
    from harness.test_sets.named import load_test_set

    test_set = load_test_set("wmt23_zhen_news", mirror=mirror)
    scores = score(test_set, {"random": Random(), "length": Length()})
    frame = meta_evaluate(test_set, scores, rate(test_set, Weights(), Level1()), STATISTICS)
    row = cell(frame, "random", "kendall_b", "item", "segment")
    assert row["low"] < 0.0 < row["high"]
    assert (row["n_systems"], row["n_segments"]) == (10, 377)

"""The public face: names or objects, results with a table, a line and a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import harness as h
from harness.metrics.sacrebleu import ChrF
from harness.ratings.rating import Weights, penalties
from harness.ratings.rating import rate as rate_table
from harness.ratings.views import News, Severity
from harness.scoring.stage import score as score_table
from harness.tables import SCHEMA_OF, TestSet, conform
from tests.support.small import SOURCES, TEXTS, small

QUICK = ["resampling.samples=20", "metric_tests.samples=20", "workers=1"]


@pytest.fixture(scope="module")
def scores() -> Any:
    return h.score(small(), ["bleu", "chrf"], sentinels=["length"], workers=1)


def test_names_and_objects_give_the_same_scores(scores: Any) -> None:
    by_object = h.score(small(), {"chrf": ChrF()}, workers=1)
    expected = score_table(small(), {"chrf": ChrF()}, workers=1)
    pd.testing.assert_frame_equal(by_object.table, expected)
    own = scores.table
    pd.testing.assert_frame_equal(own[own["metric"] == "chrf"].reset_index(drop=True), expected)


def test_scores_say_what_they_are(scores: Any) -> None:
    assert repr(scores) == "<Scores of small: 2 systems, 4 segments, by bleu, chrf and length>"
    text = scores._repr_html_()
    assert "<th>bleu</th>" in text
    assert list(scores.systems.columns) == ["bleu", "chrf", "length"]
    assert scores.systems.loc["good", "length"] == np.mean([len(t) for t in TEXTS["good"]])


def test_every_table_is_of_its_schema(scores: Any) -> None:
    ratings = h.rate(small(), views=["news", "severity"])
    found = [
        scores,
        ratings,
        h.meta_evaluate(small(), scores, ratings, settings=QUICK),
        h.categories(small(), scores, ratings),
        h.inject(small(), ["chrf"], injectors=["digit", "final_stop"]),
        h.compare_systems(small(), scores),
    ]
    for result in found:
        for name, frame in result.tables.items():
            conform(frame, SCHEMA_OF[name])
        assert len(repr(result)) < 160
        assert result._repr_html_().startswith("<p>")


def test_a_function_is_a_metric() -> None:
    def words(source: str, hypothesis: str, references: Sequence[str]) -> float:
        return float(len(hypothesis.split()))

    scores = h.score(small(), words, workers=1)
    assert list(scores.metrics) == ["words"]
    own = scores.table[scores.table["segment_id"].notna()].set_index(["system", "segment_id"])
    assert own.loc[("poor", "1"), "score"] == 4.0
    both = h.score(small(), {"mine": words, "chrf": "chrf"}, workers=1)
    assert list(both.metrics) == ["mine", "chrf"]


def test_a_wrong_name_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(h.InputError) as refused:
        h.score(small(), ["blue"])
    assert "there is no option of metrics 'blue'" in str(refused.value)
    assert "bleu, chrf, chrfpp" in str(refused.value)
    assert "did you mean 'bleu'?" in str(refused.value)
    with pytest.raises(h.InputError, match="did you mean 'mqm_google'"):
        h.rate(small(), weights="mqm_gogle")
    with pytest.raises(h.InputError, match="did you mean 'news'"):
        h.rate(small(), views="nwes")
    with pytest.raises(h.InputError, match="did you mean 'wmt23_zhen_news'"):
        h.score("wmt23_zhen_new", ["bleu"])


def test_what_is_no_metric_is_refused() -> None:
    with pytest.raises(h.InputError, match="this is no metric"):
        h.score(small(), [3])
    for other in (None, 3):
        with pytest.raises(h.InputError, match="this is no metric"):
            h.score(small(), other)
        with pytest.raises(h.InputError, match="this is no test set"):
            h.score(other, ["bleu"])
    with pytest.raises(h.InputError, match="no metric is selected"):
        h.score(small(), [])
    with pytest.raises(h.InputError, match="two metrics are called 'chrF'"):
        h.score(small(), [ChrF(), ChrF(beta=3)])


def test_ratings_are_those_of_the_stage() -> None:
    found = h.rate(small(), weights="mqm_google", views=["news"])
    pd.testing.assert_frame_equal(found.table, rate_table(small(), Weights(), News()))
    assert repr(found) == ("<Ratings of small: annotations, 8 rated translations of 2 systems>")
    assert found._shown()["system"].tolist() == ["good", "poor"]


def test_categories_of_a_view_that_the_ratings_lack(scores: Any) -> None:
    found = h.categories(small(), scores, h.rate(small()), view=Severity())
    assert set(found.table["view"]) == {"severity"}
    assert penalties(small(), Weights(), Severity()).categories == tuple(
        sorted(set(found.table["category"]))
    ) or set(found.table["category"]) == set(penalties(small(), Weights(), Severity()).categories)


def test_ratings_that_came_as_numbers_have_no_categories(scores: Any) -> None:
    numbers = replace(
        small(), annotations=small().annotations.iloc[:0], error_spans=small().error_spans.iloc[:0]
    )
    with pytest.raises(h.InputError, match="has no human ratings"):
        h.rate(numbers)


def test_results_of_two_test_sets_do_not_mix(scores: Any) -> None:
    with pytest.raises(h.InputError, match="the ratings are of another test set"):
        h.meta_evaluate(small(), scores, h.rate(small("other")))


def test_texts_of_one_name_are_not_one_test_set(scores: Any) -> None:
    fewer = small()
    other = replace(fewer, segments=fewer.segments.iloc[:3].reset_index(drop=True))
    with pytest.raises(h.InputError, match="the scores are of another test set"):
        h.compare_systems(other, scores)


def test_errors_are_put_into_the_best_rated_system() -> None:
    test_set = replace(small(), references=small().references.query("reference_name == 'refA'"))
    found = h.inject(test_set, injectors=["digit"])
    assert found.injected is not None
    assert found.injected.bases == ("good",)
    marked = test_set.error_spans.assign(
        system=test_set.error_spans["system"].map({"good": "poor", "poor": "good"})
    )
    swapped = h.inject(replace(test_set, error_spans=marked), injectors=["digit"])
    assert swapped.injected is not None
    assert swapped.injected.bases == ("poor",)


def test_pictures(scores: Any) -> None:
    ratings = h.rate(small())
    assert scores.plot().axes
    assert ratings.plot().axes
    with pytest.raises(h.InputError, match="there is nothing to draw"):
        scores.plot("category_report_card")
    with pytest.raises(h.InputError, match="no option of plots"):
        scores.plot("nonesuch")


def test_texts_from_files(tmp_path: Path) -> None:
    for name, lines in {"zh": SOURCES, "ref": TEXTS["refA"], "mt": TEXTS["good"]}.items():
        (tmp_path / name).write_text("\n".join(lines) + "\n", "utf-8")
    test_set = h.read_texts(tmp_path / "zh", {"mine": tmp_path / "mt"}, {"refA": tmp_path / "ref"})
    assert isinstance(test_set, TestSet)
    assert repr(test_set) == (
        "<TestSet texts: 4 segments in 1 document, 1 system, references refA>"
    )
    assert len(h.score(test_set, "chrf", workers=1).systems) == 1
    with pytest.raises(h.InputError, match="absent"):
        h.read_texts(tmp_path / "absent", {"mine": tmp_path / "mt"})


def test_hostile_names_are_escaped() -> None:
    test_set = replace(small("<img src=x>"), card={"title": "<script>"})
    assert "<img" not in test_set._repr_html_()
    assert "<script>" not in test_set._repr_html_()


def test_injected_pairs_without_metrics() -> None:
    found = h.inject(small(), injectors=["digit"])
    assert "injections" not in found.tables
    assert set(found.table["injector"]) == {"digit"}


@pytest.mark.parametrize(
    ("metrics", "setting", "message"),
    [
        (["bleu"], "metrics=[ter]", "is no parameter of one of the metrics"),
        (["bleu"], "store=false", "is no parameter of one of the metrics"),
        (["bleu"], "metrics.chrf.beta=1", "there is no config value 'metrics.chrf"),
        ([ChrF()], "metrics.chrf.beta=1", "is for metrics given by name, and there are none"),
        (["bleu"], "sentinels.random.seed=1", "is for sentinels given by name, and there are none"),
    ],
)
def test_settings_that_change_no_chosen_metric_are_refused(
    metrics: list[Any], setting: str, message: str
) -> None:
    with pytest.raises(h.InputError, match=message):
        h.score(small(), metrics, settings=[setting], workers=1)


def test_settings_are_of_metrics_and_sentinels() -> None:
    settings = ["metrics.chrf.beta=1", "sentinels.random.seed=3"]
    found = h.score(small(), "chrf", sentinels="random", settings=settings, workers=1)
    chrf, random = found.metrics["chrf"], found.metrics["random"]
    assert isinstance(chrf, ChrF) and chrf.beta == 1
    assert getattr(random, "seed", None) == 3


def test_a_picture_of_a_view_that_is_not_there_is_refused(scores: Any) -> None:
    ratings = h.rate(small(), views=["news", "severity"])
    assert ratings.plot(view="severity").axes
    with pytest.raises(h.InputError, match="there is no view in the tables 'category'") as refused:
        ratings.plot(view="category")
    assert "news, severity" in refused.value.render()

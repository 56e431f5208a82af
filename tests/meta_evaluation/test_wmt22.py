"""WMT22 Chinese to English: what was published follows from the files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness import load_test_set
from harness.meta_evaluation import Resampling, meta_evaluate
from harness.metrics.sacrebleu import BLEU, ChrF
from harness.metrics.stored import Stored
from harness.ratings.rating import choose_rating, given_ratings
from harness.scoring.stage import score, score_test_set
from harness.statistics.correlation import Kendall
from harness.tables import TestSet

#: Kendall's tau-b over all translations of the 14 rated machine systems, with refA.
PUBLISHED = {
    "COMET-22": 0.428,
    "metricx_xxl_MQM_2020": 0.427,
    "MATESE": 0.389,
    "BLEURT-20": 0.361,
    "UniTE": 0.357,
    "COMET-20": 0.332,
    "BERTScore": 0.316,
    "YiSi-1": 0.296,
    "chrF": 0.147,
    "BLEU": 0.145,
    "f200spBLEU": 0.140,
}


@pytest.fixture(scope="module")
def whole(mirror: Path) -> TestSet:
    return load_test_set("wmt22_zhen", mirror=mirror)


@pytest.fixture(scope="module")
def news(mirror: Path) -> TestSet:
    return load_test_set("wmt22_zhen_news", mirror=mirror)


def test_segment_agreement_is_the_published_one(whole: TestSet) -> None:
    _, test_set = choose_rating(whole, "mqm")
    test_set = test_set.with_systems(
        [s for s in test_set.rated_systems if test_set.roles[s] == "system"]
    )
    metrics = {name: Stored(name=name, metric=name, reference="refA") for name in PUBLISHED}
    scores = score(test_set, metrics, workers=1)
    meta = meta_evaluate(
        test_set,
        scores,
        given_ratings(test_set, "mqm"),
        {"k": Kendall("none")},
        resampling=Resampling(minimum_documents=1000),  # no intervals: they take a minute
    ).set_index("metric")
    assert {m: round(meta["value"][m], 3) for m in PUBLISHED} == PUBLISHED
    assert set(meta["n_systems"]) == {14}
    assert set(meta["n_segments"]) == {1875}
    assert set(meta["n_excluded"]) == {0}


def test_our_scores_are_the_stored_ones(whole: TestSet) -> None:
    systems = ["Online-A", "Online-W", "chrf_bestmbr", "refB"]  # Online-W has an empty line
    test_set = whole.with_systems(systems)
    for metric, limit in ((ChrF(), 0.0), (BLEU(), 1e-13)):
        both = {"own": metric, "stored": Stored("s", metric.name, "refA")}
        table = score(test_set, both, references=["refA"], workers=1)
        wide = table[table["segment_id"].notna()].pivot(
            index=["system", "segment_id"], columns="metric", values="score"
        )
        assert len(wide) == 4 * 1875
        assert np.abs(wide["own"] - wide["stored"]).max() <= limit


def test_the_news_are_part_of_the_whole(whole: TestSet, news: TestSet) -> None:
    ids = list(whole.segments["segment_id"][whole.segments["domain"] == "news"])
    assert list(news.segments["segment_id"]) == ids
    assert (ids[0], ids[-1], len(ids)) == ("4", "1875", 505)
    for name in ("hypotheses", "given_ratings", "stored_scores"):
        full, part = getattr(whole, name), getattr(news, name)
        kept = full[full["segment_id"].isin(ids)].drop(columns="test_set").reset_index(drop=True)
        assert kept.equals(part.drop(columns="test_set")), name
    assert not news.references["reference"].isna().any()


def test_a_reference_has_no_scores_against_itself(news: TestSet) -> None:
    scored = score_test_set(
        news.with_systems(["refA", "refB"]), {"c": Stored("c", "COMET-22", "refA")}, workers=1
    )
    status = scored.scores[scored.scores["segment_id"].notna()].groupby("system")["status"]
    assert status.unique().map(list).to_dict() == {
        "refA": ["missing: no stored score"],
        "refB": ["ok"],
    }
    assert scored.counts == {"computed": 505, "reused": 0, "missing": 505, "failed": 0}

"""The official MQM of WMT23: annotations, ratings and means are those that were published."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.config.objects import build
from harness.metrics.groups import with_members
from harness.metrics.sacrebleu import BLEU, ChrF
from harness.metrics.stored_groups import PublishedScores
from harness.ratings.rating import Weights, rate
from harness.ratings.views import Level1
from harness.scoring.stage import score
from harness.tables import TestSet
from harness.test_sets import doctor
from harness.test_sets.named import load_test_set
from tests.support.configs import compose

#: Translations by refA that have a published rating and no annotation, as line of the texts.
WITHOUT_ANNOTATION = {("refA", "1356"): -6.0, ("refA", "1515"): -11.1, ("refA", "1596"): -1.0}


@pytest.fixture(scope="module")
def whole(mirror: Path) -> TestSet:
    return load_test_set("wmt23_zhen", mirror=mirror)


@pytest.fixture(scope="module")
def news(mirror: Path) -> TestSet:
    return load_test_set("wmt23_zhen_news_official", mirror=mirror)


@pytest.fixture(scope="module")
def weights() -> Weights:
    made: Weights = build(compose("weights=mqm_wmt23_official").weights)
    return made


def test_domains_documents_and_raters(whole: TestSet) -> None:
    frame = whole.segments
    rated = frame[frame["segment_id"].isin(set(whole.annotations["segment_id"]))]
    every, some = (f.groupby("domain")["segment_id"].count().to_dict() for f in (frame, rated))
    assert every == {"manuals": 487, "news": 763, "user_review": 726}
    assert some == {"manuals": 123, "news": 377, "user_review": 677}
    documents = frame.groupby("domain")["document"].nunique().to_dict()
    assert documents == {"manuals": 14, "news": 38, "user_review": 127}
    each = whole.annotations.groupby(["segment_id", "system"]).size()
    assert each.value_counts().to_dict() == {1: 18541, 8: 288}
    assert each[each == 8].reset_index()["segment_id"].nunique() == 18
    assert whole.roles["refA"] == "human"


def test_the_preset_of_weights_gives_every_published_rating(
    whole: TestSet, weights: Weights
) -> None:
    ours = rate(whole, weights, Level1())
    ours = ours[ours["category"] == "all"].set_index(["system", "segment_id"])["rating"]
    given = whole.given_ratings
    theirs = given[given["rating_name"] == "mqm"].set_index(["system", "segment_id"])["rating"]
    assert len(ours) == 18829
    assert np.abs(ours - theirs.reindex(ours.index)).max() <= 1e-9
    assert theirs.drop(ours.index).to_dict() == WITHOUT_ANNOTATION


def test_googles_weights_differ_in_creative_reinterpretation_alone(
    whole: TestSet, weights: Weights
) -> None:
    kinds = whole.error_spans[["category", "subcategory", "severity"]].drop_duplicates()
    differing = {
        kind
        for kind in kinds.itertuples(index=False, name=None)
        if Weights().of(*kind) != weights.of(*kind)
    }
    reinterpreted = ("accuracy", "reinterpretation")
    assert differing == {(*reinterpreted, "major"), (*reinterpreted, "minor")}


def test_means_of_the_systems_are_the_published_ones(
    whole: TestSet, weights: Weights, mirror: Path
) -> None:
    """All 15 systems to the last printed digit; refA has three ratings more than annotations."""
    (file,) = mirror.rglob("wmt23/human-scores/zh-en.mqm.sys.score")
    rows = (line.split("\t") for line in file.read_text("utf-8").split("\n") if line)
    published = {system: float(value) for system, value in rows}
    ours = rate(whole, weights, Level1())
    total = ours[ours["category"] == "all"]
    means = total.groupby("system")["rating"].mean().to_dict()
    without = (published["refA"] * 1177 - sum(WITHOUT_ANNOTATION.values())) / 1174
    assert means.pop("refA") == pytest.approx(without, abs=1e-9)
    del published["refA"]
    assert len(published) == 15
    assert means == pytest.approx(published, abs=1e-13)


def test_the_doctor_counts_ratings_that_cannot_be_rebuilt(whole: TestSet, news: TestSet) -> None:
    found = doctor.check(whole).set_index("check").loc["rebuilt"]
    assert (found["severity"], found["count"]) == ("note", 3)
    assert "refA segment 1356, refA segment 1515, refA segment 1596" in found["finding"]
    assert doctor.check(news).set_index("check").loc["rebuilt", "severity"] == "ok"


def test_spans_are_on_the_side_that_the_files_say(whole: TestSet) -> None:
    spans = whole.error_spans
    assert len(spans) == 50731
    assert int((spans["start"] == spans["end"]).sum()) == 20
    omitted = spans["label"] == "accuracy/omission"
    assert set(spans[omitted]["side"]) == {"source"}
    assert set(spans[~omitted & (spans["category"] != "source")]["side"]) == {"source", "target"}


def test_news_are_the_segments_of_the_side_by_side_campaign(news: TestSet, mirror: Path) -> None:
    other = load_test_set("wmt23_zhen_news", mirror=mirror)
    assert news.segments["source"].tolist() == other.segments["source"].tolist()
    assert news.full_texts == other.full_texts
    for system in other.systems:
        ours, theirs = (
            t.hypotheses[t.hypotheses["system"] == system]["hypothesis"].tolist()
            for t in (news, other)
        )
        assert ours == theirs


def test_ratings_of_the_two_campaigns_differ(news: TestSet, mirror: Path) -> None:
    """r = .72, and 8 per cent of the translations have equal ratings: they are not mixed."""
    other = load_test_set("wmt23_zhen_news", mirror=mirror)
    same = dict(zip(other.segments["segment_id"], news.segments["segment_id"], strict=True))
    theirs = rate(other, Weights(), Level1())
    theirs = theirs[theirs["category"] == "all"]
    keys = list(zip(theirs["system"], theirs["segment_id"].map(same), strict=True))
    given = news.given_ratings
    ours = given[given["rating_name"] == "mqm"].set_index(["system", "segment_id"])["rating"]
    official, side_by_side = ours.loc[keys].to_numpy(), theirs["rating"].to_numpy()
    assert round(float(np.corrcoef(official, side_by_side)[0, 1]), 2) == 0.72
    assert round(float((np.abs(official - side_by_side) < 1e-9).mean()), 2) == 0.08


def test_stored_bleu_and_chrf_are_ours(mirror: Path) -> None:
    test_set = load_test_set("wmt23_zhen_news", mirror=mirror)
    group = PublishedScores(mirror=str(mirror), names=["BLEU", "chrF"])
    members = with_members(test_set, {"bleu": BLEU(), "chrf": ChrF(), "submitted": group})
    assert [m.name for m in members.metrics.values()] == [
        *("BLEU", "chrF", "BLEU (submitted)", "chrF (submitted)"),
    ]
    table = score(members.test_set, members.metrics, workers=1)
    wide = table[table["segment_id"].notna()].pivot(
        index=["system", "segment_id"], columns="metric", values="score"
    )
    assert len(wide) == 5655
    assert (wide["chrf"] == wide["chrF"]).all()
    assert np.abs(wide["bleu"] - wide["BLEU"]).max() <= 1e-13

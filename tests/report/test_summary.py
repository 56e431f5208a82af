"""The tables of systems and metrics, by hand and with systems that are scored or rated in part."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from sacrebleu.metrics.bleu import BLEU as SacreBLEU

from harness.metrics import Batch, Level, Metric, Needs, SegmentScores
from harness.metrics.sacrebleu import BLEU, TER
from harness.metrics.sentinels import Length, LengthRatio
from harness.ratings.rating import Weights, rate
from harness.ratings.views import Level1
from harness.report.summary import metric_table, system_table
from harness.scoring.stage import score
from harness.tables import (
    HYPOTHESES,
    METRICS,
    RATINGS,
    SCORES,
    SYSTEMS,
    TestSet,
    conform,
    table,
)
from tests.support.small import TEXTS, small

NAN = float("nan")
NAME = "small"


def with_roles() -> TestSet:
    """The small test set, its reference refB as a human system and 'hurt' as an injected one."""
    base = small()
    more = [
        (NAME, system, role, str(i + 1), TEXTS["refB"][i])
        for system, role in (("refB", "human"), ("hurt", "injected"))
        for i in range(4)
    ]
    both = pd.concat([base.hypotheses, table(more, HYPOTHESES)])
    return replace(base, hypotheses=table(both.to_dict("list"), HYPOTHESES))


def made_scores() -> pd.DataFrame:
    """Of metric m: good has 1, 2, 6 and 3 on its segments and 50 as a whole; poor lacks one."""
    rows: list[tuple[object, ...]] = [
        (NAME, "good", str(i + 1), "m", "seg", s, "ok") for i, s in enumerate([1.0, 2, 6, 3])
    ]
    rows += [(NAME, "good", None, "m", "corpus", 50.0, "ok")]
    rows += [
        (NAME, "poor", str(i + 1), "m", "seg", s, "ok" if s == s else "missing: no hypothesis")
        for i, s in enumerate([4.0, NAN, 4, 4])
    ]
    rows += [(NAME, "poor", None, "m", "corpus", NAN, "missing: 1 of 4 segments have no score")]
    rows += [
        (NAME, system, segment, "m", "seg" if segment else "corpus", 7.0, "ok")
        for system in ("refB", "hurt")
        for segment in ("1", "2", "3", "4", None)
    ]
    rows += [
        (NAME, "good", segment, "other", "v2", -2.0, "ok") for segment in ("1", "2", "3", "4", None)
    ]
    return table(rows, SCORES)


def made_ratings() -> pd.DataFrame:
    """good: three segments rated by 1, 2 and 3 raters; hurt: one segment; nobody rated the rest."""
    return table(
        [
            (NAME, "good", "1", "all", -1.0, 1),
            (NAME, "good", "2", "all", -5.0, 2),
            (NAME, "good", "3", "all", 0.0, 3),
            (NAME, "good", "1", "fluency", -100.0, 9),
            (NAME, "good", "2", "fluency", -100.0, 9),
            (NAME, "hurt", "4", "all", -25.0, 2),
        ],
        RATINGS,
    )


def cell(frame: pd.DataFrame, system: str, metric: str = "m") -> pd.Series:
    rows = frame[(frame["system"] == system) & (frame["metric"] == metric)]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.fixture(scope="module")
def systems() -> pd.DataFrame:
    return system_table(with_roles(), made_scores(), made_ratings())


def test_a_row_for_each_system_and_metric(systems: pd.DataFrame) -> None:
    conform(systems, SYSTEMS)
    keys = list(zip(systems["system"], systems["metric"], strict=True))
    assert keys == [("good", "m"), ("poor", "m"), ("refB", "m"), ("hurt", "m"), ("good", "other")]
    assert set(systems["test_set"]) == {NAME}
    assert list(systems["role"]) == ["system", "system", "human", "injected", "system"]
    assert set(systems["n_segments"]) == {4}


def test_the_score_is_that_of_the_whole_text(systems: pd.DataFrame) -> None:
    row = cell(systems, "good")
    assert (row["score"], row["signature"], row["status"]) == (50.0, "corpus", "ok")
    assert cell(systems, "good", "other")["score"] == -2.0


def test_the_mean_segment_score_is_over_segments_only(systems: pd.DataFrame) -> None:
    assert cell(systems, "good")["mean_segment_score"] == 3.0  # (1 + 2 + 6 + 3) / 4
    assert cell(systems, "good", "other")["mean_segment_score"] == -2.0


def test_a_system_without_some_score_has_no_mean(systems: pd.DataFrame) -> None:
    """The mean of the others would be 4, over other segments than those of the next system."""
    row = cell(systems, "poor")
    assert np.isnan(row["mean_segment_score"])
    assert np.isnan(row["score"])
    assert row["status"] == "missing: 1 of 4 segments have no score"


def test_the_rating_is_the_mean_over_rated_segments(systems: pd.DataFrame) -> None:
    row = cell(systems, "good")
    assert row["rating"] == -2.0  # (-1 - 5 + 0) / 3
    assert row["n_rated_segments"] == 3
    assert row["n_raters"] == 2.0  # (1 + 2 + 3) / 3
    assert cell(systems, "good", "other")[["rating", "n_rated_segments", "n_raters"]].to_list() == [
        -2.0,
        3,
        2.0,
    ]
    hurt = cell(systems, "hurt")
    assert (hurt["rating"], hurt["n_rated_segments"], hurt["n_raters"]) == (-25.0, 1, 2.0)


@pytest.mark.parametrize("system", ["poor", "refB"])
def test_who_is_not_rated_has_no_rating_and_no_raters(systems: pd.DataFrame, system: str) -> None:
    row = cell(systems, system)
    assert np.isnan(row["rating"])
    assert (row["n_rated_segments"], row["n_raters"]) == (0, 0.0)


def test_without_ratings_every_system_still_has_its_row() -> None:
    frame = system_table(with_roles(), made_scores(), table([], RATINGS))
    assert len(frame) == 5
    assert frame["rating"].isna().all()
    assert (frame["n_rated_segments"] == 0).all()
    assert (frame["n_raters"] == 0.0).all()
    assert cell(frame, "good")["score"] == 50.0


def test_from_texts_and_annotations() -> None:
    """poor: 15.05, 5, 2.5 and 0 points off its segments; BLEU as sacrebleu has it."""
    test_set = small()
    ratings = rate(test_set, Weights(), Level1())
    frame = system_table(test_set, score(test_set, {"bleu": BLEU()}), ratings)
    row = cell(frame, "poor", "bleu")
    assert row["rating"] == pytest.approx(-(15.05 + 5 + 2.5) / 4)
    assert (row["n_rated_segments"], row["n_raters"]) == (4, 2.0)
    texts = list(zip(TEXTS["poor"], TEXTS["refA"], strict=True))
    sentences = [SacreBLEU(effective_order=True).sentence_score(h, [r]).score for h, r in texts]
    assert row["mean_segment_score"] == pytest.approx(np.mean(sentences), abs=1e-12)
    assert row["score"] == SacreBLEU().corpus_score(TEXTS["poor"], [TEXTS["refA"]]).score
    assert "eff:no" in row["signature"]


METRICS_OF_RUN: dict[str, Metric] = {"b": BLEU(name="Bleu"), "t": TER()}
SENTINELS: dict[str, Metric] = {"ratio": LengthRatio(), "length": Length()}


def test_the_metric_table_says_what_each_metric_is() -> None:
    frame = metric_table(METRICS_OF_RUN, SENTINELS, 1)
    conform(frame, METRICS)
    assert list(frame["metric"]) == ["b", "t", "ratio", "length"]
    assert list(frame["label"]) == ["Bleu", "−TER", "length ratio", "length"]
    assert list(frame["higher_is_better"]) == [True, False, True, True]
    assert list(frame["role"]) == ["metric", "metric", "sentinel", "sentinel"]
    assert list(frame["family"]) == ["string", "string", "", ""]


@pytest.mark.parametrize("n_references", [1, 2])
def test_signatures_are_those_of_corpus_scores(n_references: int) -> None:
    frame = metric_table(METRICS_OF_RUN, SENTINELS, n_references).set_index("metric")
    bleu = str(frame.loc["b", "signature"])
    assert bleu.startswith(f"nrefs:{n_references}|")
    assert "eff:no" in bleu.split("|")  # segment scores say eff:yes
    assert str(frame.loc["t", "signature"]).startswith(f"nrefs:{n_references}|")
    assert frame.loc["ratio", "signature"] == (
        f"sentinel:length_ratio|nrefs:{n_references}|unit:code point"
    )


@dataclass(frozen=True)
class Told(Metric):
    """A metric without reference, whose signature writes what it is told."""

    needs = Needs()

    def signature(self, n_references: int, level: Level = "segment") -> str:
        return f"nrefs:{n_references}|{level}"

    def score(self, batch: Batch) -> SegmentScores:
        return SegmentScores(np.zeros(len(batch)))


@pytest.mark.parametrize("references", [["refA"], ["refA", "refB"]])
def test_both_tables_have_the_same_signatures(references: list[str]) -> None:
    """A metric that needs no reference is given none, however many there are."""
    metrics: dict[str, Metric] = {**METRICS_OF_RUN, **SENTINELS, "told": Told("told")}
    scores = score(small(), metrics, references=references)
    of_systems = system_table(small(), scores, table([], RATINGS))
    frame = metric_table(metrics, {}, len(references))
    signatures = dict(zip(frame["metric"], frame["signature"], strict=True))
    assert signatures["told"] == "nrefs:0|corpus"
    for metric, signature in zip(of_systems["metric"], of_systems["signature"], strict=True):
        assert signature == signatures[metric]


def test_the_metric_table_of_no_metric_is_empty() -> None:
    frame = metric_table({}, {}, 1)
    conform(frame, METRICS)
    assert frame.empty

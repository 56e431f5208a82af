from __future__ import annotations

import csv
import gzip
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sacrebleu.metrics.bleu import BLEU as SacreBLEU

from harness.errors import InputError
from harness.metrics import Metric
from harness.metrics.sacrebleu import BLEU, TER, ChrF
from harness.metrics.sentinels import Length, Random
from harness.scoring.stage import available_workers, score, score_test_set
from harness.tables import HYPOTHESES, REFERENCES, TestSet, table
from harness.test_sets.named import load_test_set
from tests.support.small import TEXTS, small


def value(frame: pd.DataFrame, system: str, segment: str | None, metric: str) -> float:
    rows = frame[(frame["system"] == system) & (frame["metric"] == metric)]
    where = rows["segment_id"].isna() if segment is None else rows["segment_id"] == segment
    return float(rows[where]["score"].iloc[0])


def without(test_set: TestSet, system: str, segment: str) -> TestSet:
    rows = test_set.hypotheses
    gone = (rows["system"] == system) & (rows["segment_id"] == segment)
    return replace(test_set, hypotheses=table(rows[~gone].to_dict("list"), HYPOTHESES))


def test_segment_document_and_system_scores() -> None:
    result = score_test_set(small(), {"bleu": BLEU(), "chrf": ChrF()})
    corpus = SacreBLEU().corpus_score(TEXTS["poor"], [TEXTS["refA"]])
    assert value(result.scores, "poor", None, "bleu") == corpus.score
    assert value(result.scores, "good", "1", "chrf") == 100.0
    documents = result.documents
    first = documents[(documents["document"] == "d1") & (documents["system"] == "poor")]
    part = SacreBLEU().corpus_score(TEXTS["poor"][:2], [TEXTS["refA"][:2]])
    assert first[first["metric"] == "bleu"]["score"].iloc[0] == part.score
    assert set(first["n_segments"]) == {2}
    assert result.counts == {"computed": 16, "reused": 0, "missing": 0, "failed": 0}


def test_lower_is_better_is_turned_round_once() -> None:
    frame = score(small(), {"ter": TER()})
    assert (frame["score"] <= 0).all()
    assert value(frame, "good", "1", "ter") == 0.0
    assert not np.signbit(value(frame, "good", "1", "ter"))
    assert value(frame, "poor", "1", "ter") < 0


def test_signatures_tell_segment_from_corpus_and_count_references() -> None:
    frame = score(small(), {"bleu": BLEU()}, references=["refA", "refB"])
    segments = frame[frame["segment_id"].notna()]["signature"].unique()
    systems = frame[frame["segment_id"].isna()]["signature"].unique()
    assert list(segments) == ["nrefs:2|case:mixed|eff:yes|tok:13a|smooth:exp|version:2.6.0"]
    assert list(systems) == ["nrefs:2|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0"]


def test_a_missing_hypothesis_is_missing_and_counted() -> None:
    result = score_test_set(without(small(), "poor", "2"), {"bleu": BLEU(), "length": Length()})
    rows = result.scores[(result.scores["system"] == "poor") & (result.scores["metric"] == "bleu")]
    by_segment = rows[rows["segment_id"] == "2"].iloc[0]
    assert np.isnan(by_segment["score"])
    assert by_segment["status"] == "missing: no hypothesis"
    whole = rows[rows["segment_id"].isna()].iloc[0]
    assert np.isnan(whole["score"])
    assert whole["status"] == "missing: 1 of 4 segments have no score"
    assert result.counts["missing"] == 2
    documents = result.documents.set_index(["system", "document", "metric"])["score"]
    assert np.isnan(documents["poor", "d1", "bleu"])
    assert np.isfinite(documents["poor", "d2", "bleu"])
    assert np.isfinite(value(result.scores, "good", None, "bleu"))


def test_a_missing_reference_is_missing_for_metrics_that_need_one() -> None:
    test_set = small()
    rows = test_set.references
    gone = (rows["reference_name"] == "refA") & (rows["segment_id"] == "1")
    test_set = replace(test_set, references=table(rows[~gone].to_dict("list"), REFERENCES))
    frame = score(test_set, {"bleu": BLEU(), "length": Length()})
    first = frame[(frame["segment_id"] == "1") & (frame["system"] == "good")].set_index("metric")
    assert first.loc["bleu", "status"] == "missing: no reference refA"
    assert first.loc["length", "status"] == "ok"


def test_workers_do_not_change_results() -> None:
    big = _repeated(small(), 600)
    metrics: dict[str, Metric] = {"chrf": ChrF(), "random": Random()}
    alone = score_test_set(big, metrics, workers=1)
    together = score_test_set(big, metrics, workers=2)
    pd.testing.assert_frame_equal(alone.scores, together.scores)
    pd.testing.assert_frame_equal(alone.documents, together.documents)


def _repeated(test_set: TestSet, times: int) -> TestSet:
    def copies(frame: pd.DataFrame) -> pd.DataFrame:
        parts = [frame.assign(segment_id=frame["segment_id"] + f".{i}") for i in range(times)]
        return pd.concat(parts, ignore_index=True)

    return replace(
        test_set,
        segments=copies(test_set.segments),
        references=copies(test_set.references),
        hypotheses=copies(test_set.hypotheses),
    )


def test_no_reference_is_one_clear_message() -> None:
    bare = replace(small(), references=small().references.iloc[:0])
    with pytest.raises(InputError, match="needs a reference and the test set 'small' has none"):
        score(bare, {"bleu": BLEU()})
    assert len(score(bare, {"length": Length()})) == 10


def test_unknown_reference_is_refused() -> None:
    with pytest.raises(InputError, match="did you mean 'refA'"):
        score(small(), {"bleu": BLEU()}, references=["refa1"])


def test_workers_follow_the_schedulers_allotment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_CPUS_PER_TASK", "3")
    assert available_workers() == 3
    monkeypatch.delenv("SLURM_CPUS_PER_TASK")
    assert available_workers() == len(os.sched_getaffinity(0))


@pytest.mark.parametrize("key", ["bleu", "chrf", "chrfpp"])
def test_wmt23_scores_equal_the_published_ones(mirror: Path, expected: Path, key: str) -> None:
    check_wmt23(mirror, expected, key)


def test_wmt23_ter_equals_the_published_one(mirror: Path, expected: Path) -> None:
    check_wmt23(mirror, expected, "ter")


def check_wmt23(mirror: Path, expected: Path, key: str) -> None:
    metrics: dict[str, tuple[str, Metric, float]] = {
        "bleu": ("BLEU", BLEU(), 1),
        "chrf": ("chrF", ChrF(), 1),
        "chrfpp": ("chrF++", ChrF(word_order=2), 1),
        "ter": ("TER", TER(), -1),
    }
    label, metric, sign = metrics[key]
    test_set = load_test_set("wmt23_zhen_news", mirror=mirror)
    frame = score(test_set, {key: metric})
    ours = {
        (system, None if pd.isna(segment) else segment): sign * number
        for system, segment, number in frame[["system", "segment_id", "score"]].itertuples(
            index=False, name=None
        )
    }
    with (expected / "wmt23_zhen_news.corpus_scores.csv").open(newline="") as file:
        theirs = {
            (r["system"], None): float(r["score"])
            for r in csv.DictReader(file)
            if r["metric"] == label
        }
    with gzip.open(expected / "wmt23_zhen_news.segment_scores.csv.gz", "rt", newline="") as file:
        theirs |= {
            (r["system"], r["segment_id"]): float(r["score"])
            for r in csv.DictReader(file)
            if r["metric"] == label
        }
    assert len(theirs) == 15 * 378
    assert ours == pytest.approx(theirs, abs=1e-9)

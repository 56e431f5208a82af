"""The tables of scores, against a row-by-row account of the same scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from harness.metrics import Metric, SegmentScores
from harness.metrics.sacrebleu import TER
from harness.metrics.sentinels import Length
from harness.scoring.score_tables import FAILED, OK, Scored, document_table, score_table
from harness.scoring.stage import score_test_set
from harness.tables import DOCUMENT_SCORES, HYPOTHESES, REFERENCES, SCORES, conform, table
from tests.support.small import small


def made() -> list[Scored]:
    """TER and a mean: one system with a failed and a missing segment, one without a fault."""
    nothing = np.array(["", "", "", ""], dtype=object)
    gone = np.array(["", "missing: no hypothesis", "", ""], dtype=object)
    edits = np.array([[1.0, 4.0], [0.0, 4.0], [2.0, 4.0], [0.0, 2.0]])
    whole = SegmentScores(100 * edits[:, 0] / edits[:, 1], edits)
    holed = SegmentScores(np.array([3.0, np.nan, 5.0, np.inf]))
    return [
        Scored("ter", TER(), "good", 1, whole, nothing),
        Scored("length", Length(), "poor", 0, holed, gone),
    ]


def test_scores_by_hand() -> None:
    frame = score_table(small(), made())
    assert frame["score"].tolist()[:5] == [-25.0, 0.0, -50.0, 0.0, -100 * 3 / 14]
    assert not np.signbit(frame["score"].iloc[1])
    poor = frame.iloc[5:]
    assert poor["score"].tolist()[:3:2] == [3.0, 5.0]
    assert poor["score"].isna().tolist() == [False, True, False, True, True]
    assert poor["status"].tolist() == [
        OK,
        "missing: no hypothesis",
        OK,
        FAILED,
        "missing: 2 of 4 segments have no score",
    ]
    assert frame["segment_id"].isna().tolist() == 2 * [False, False, False, False, True]
    assert frame["signature"].nunique() == 2
    documents = document_table(small(), made())
    assert documents["document"].tolist() == ["d1", "d2", "d1", "d2"]
    assert documents["score"].tolist()[:2] == pytest.approx([-100 / 8, -100 * 2 / 6])
    assert documents["status"].tolist()[2:] == 2 * ["missing: 1 of 2 segments have no score"]
    assert documents["n_segments"].tolist() == [2, 2, 2, 2]


def test_without_systems_there_are_no_rows() -> None:
    pd.testing.assert_frame_equal(score_table(small(), []), table([], SCORES))
    pd.testing.assert_frame_equal(document_table(small(), []), table([], DOCUMENT_SCORES))


def rows(segments: pd.DataFrame, scored: Scored) -> Iterator[tuple[object, ...]]:
    """One system's rows of SCORES, one after another."""
    metric, result = scored.metric, scored.result
    sign = 1.0 if metric.higher_is_better else -1.0
    for segment, value, why in zip(
        segments["segment_id"], result.scores.tolist(), scored.reasons, strict=True
    ):
        status = why or (OK if np.isfinite(value) else FAILED)
        number = sign * value + 0.0 if status == OK else np.nan
        signature = metric.signature(scored.n_references, "segment")
        yield "small", scored.system, segment, scored.key, signature, number, status
    lost = int((~np.isfinite(result.scores)).sum())
    status = f"missing: {lost} of {len(segments)} segments have no score" if lost else OK
    number = np.nan if lost else sign * metric.aggregate(result) + 0.0
    signature = metric.signature(scored.n_references, "corpus")
    yield "small", scored.system, None, scored.key, signature, number, status


@pytest.mark.parametrize("metric", [TER(), Length()])
def test_columns_equal_rows(metric: Metric) -> None:
    generator = np.random.default_rng(5)
    nothing: NDArray[np.object_] = np.array(["", "", "", ""], dtype=object)
    scored = []
    for i in range(20):
        statistics = generator.integers(0, 9, (4, 2)).astype(float)
        scores = statistics[:, 0] / 3
        scores[generator.random(4) < 0.1] = np.nan
        kept = statistics if isinstance(metric, TER) else None
        scored.append(Scored("m", metric, f"s{i}", 1, SegmentScores(scores, kept), nothing))
    frame = pd.DataFrame(
        [row for one in scored for row in rows(small().segments, one)], columns=SCORES.names
    )
    pd.testing.assert_frame_equal(score_table(small(), scored), conform(frame, SCORES))


def test_the_first_reason_is_told() -> None:
    """A segment without hypothesis and reference, one without two references."""
    test_set = small()
    gone = test_set.references["segment_id"].isin(["1", "2"])
    lost = (test_set.hypotheses["system"] == "poor") & (test_set.hypotheses["segment_id"] == "1")
    test_set = replace(
        test_set,
        references=table(test_set.references[~gone].to_dict("list"), REFERENCES),
        hypotheses=table(test_set.hypotheses[~lost].to_dict("list"), HYPOTHESES),
    )
    found = score_test_set(test_set, {"ter": TER()}, references=["refA", "refB"], workers=1)
    status = found.scores[found.scores["segment_id"].notna()].groupby("system")["status"]
    neither = "missing: no reference refA, refB"
    assert status.get_group("poor").tolist() == ["missing: no hypothesis", neither, OK, OK]
    assert status.get_group("good").tolist() == [neither, neither, OK, OK]
    assert found.counts == {"computed": 4, "reused": 0, "missing": 4, "failed": 0}

"""Scores that are kept segment by segment."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from harness.commands.main import main
from harness.errors import InputError
from harness.metrics import Batch, Level, Metric, MetricSpan, SegmentScores
from harness.metrics.sacrebleu import ChrF
from harness.scoring.keys import family_key, segment_digests
from harness.scoring.stage import ScoreResult, plan_scores, score_test_set
from harness.scoring.store import ScoreStore, one_by_one
from harness.tables import HYPOTHESES, REFERENCES, TestSet, table
from tests.support.small import TEXTS, small

#: Hypotheses in the order in which a judge saw them.
SEEN: list[str] = []


@dataclass(frozen=True)
class Judge(Metric):
    """The hypothesis's length, and what it adds; remembers what it was asked."""

    name: str = "judge"
    fails_on: str = ""
    by_segment = True

    def signature(self, n_references: int, level: Level = "segment") -> str:
        return f"judge|nrefs:{n_references}"

    def score(self, batch: Batch) -> SegmentScores:
        SEEN.extend(batch.hypotheses)
        scores = np.array([len(h) for h in batch.hypotheses], dtype=float)
        scores[[h == self.fails_on for h in batch.hypotheses]] = np.nan
        return SegmentScores(scores)


@dataclass(frozen=True)
class KeptChrF(ChrF):
    by_segment = True


@pytest.fixture(autouse=True)
def forget() -> None:
    SEEN.clear()


def run(test_set: TestSet, store: ScoreStore | None, metric: Metric | None = None) -> ScoreResult:
    metrics = {"judge": metric or Judge()}
    return score_test_set(test_set, metrics, store=store, workers=1)


def with_system(test_set: TestSet, name: str, texts: Sequence[str]) -> TestSet:
    ids = list(test_set.segments["segment_id"])
    rows = [(test_set.name, name, "system", s, t) for s, t in zip(ids, texts, strict=True)]
    more = pd.concat([test_set.hypotheses, table(rows, HYPOTHESES)], ignore_index=True)
    return replace(test_set, hypotheses=more)


def test_each_text_is_scored_once(tmp_path: Path) -> None:
    store = ScoreStore(tmp_path)
    copied = with_system(small(), "copy", TEXTS["poor"])
    first = run(copied, store)
    assert sorted(SEEN) == sorted({*TEXTS["poor"], *TEXTS["good"]})
    assert first.counts["computed"] == len(SEEN) == 8 and first.counts["reused"] == 4
    lengths = first.scores[first.scores["segment_id"].notna()]
    expected = copied.hypotheses.set_index(["system", "segment_id"])["hypothesis"].str.len()
    found = lengths.set_index(["system", "segment_id"])["score"]
    assert (found == expected.reindex(found.index)).all()


def test_only_what_is_new_is_computed(tmp_path: Path) -> None:
    store = ScoreStore(tmp_path)
    before = run(small(), store)
    SEEN.clear()
    again = run(small(), store)
    assert SEEN == [] and again.counts["computed"] == 0 and again.counts["reused"] == 8
    pd.testing.assert_frame_equal(before.scores, again.scores)
    more = with_system(small(), "third", [*TEXTS["good"][:3], "All new."])
    assert run(more, store).counts["computed"] == 1
    assert SEEN == ["All new."]
    changed = small()
    rows = changed.references.copy()
    rows.loc[(rows["reference_name"] == "refA") & (rows["segment_id"] == "2"), "reference"] = "X."
    SEEN.clear()
    run(replace(changed, references=table(rows.to_dict("list"), REFERENCES)), store)
    assert sorted(SEEN) == sorted([TEXTS["good"][1], TEXTS["poor"][1]])


def test_other_parameters_are_another_family(tmp_path: Path) -> None:
    store = ScoreStore(tmp_path)
    run(small(), store)
    SEEN.clear()
    run(small(), store, Judge(fails_on="nothing"))
    assert len(SEEN) == 8


def test_a_failed_segment_is_asked_again(tmp_path: Path) -> None:
    store = ScoreStore(tmp_path)
    result = run(small(), store, Judge(fails_on=TEXTS["poor"][2]))
    assert result.counts["failed"] == 1
    SEEN.clear()
    run(small(), store, Judge(fails_on=TEXTS["poor"][2]))
    assert [TEXTS["poor"][2]] == SEEN


def test_statistics_are_kept_and_the_scores_are_the_same(tmp_path: Path) -> None:
    store = ScoreStore(tmp_path)
    plain = score_test_set(small(), {"chrf": ChrF()}, workers=1)
    for _ in range(2):
        kept = score_test_set(small(), {"chrf": KeptChrF()}, store=store, workers=1)
        pd.testing.assert_frame_equal(plain.scores, kept.scores)
        pd.testing.assert_frame_equal(plain.documents, kept.documents)
    assert kept.counts["computed"] == 0


def test_without_a_store(tmp_path: Path) -> None:
    assert run(small(), None).counts["computed"] == 8


def test_chunks_are_kept_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A judge that breaks in its third chunk has two in the store."""
    monkeypatch.setattr("harness.scoring.pieces.FEW_SEGMENTS", 2)
    store = ScoreStore(tmp_path)
    own = Judge.score

    def breaks(self: Judge, batch: Batch) -> SegmentScores:
        if len(SEEN) == 4:
            raise RuntimeError("out of money")
        return own(self, batch)

    monkeypatch.setattr(Judge, "score", breaks)
    with pytest.raises(RuntimeError):
        run(small(), store)
    monkeypatch.setattr(Judge, "score", own)
    plan = plan_scores(small(), {"judge": Judge()}, store=store)
    assert plan["segments"].item() == 4
    SEEN.clear()
    assert run(small(), store).counts["computed"] == len(SEEN) == 4


def batch_of(start: int, n: int) -> Batch:
    texts = [f"text {i}" for i in range(start, start + n)]
    return Batch(texts, texts)


def put(store: ScoreStore, start: int, n: int) -> None:
    digests = segment_digests(batch_of(start, n))
    scores = SegmentScores(np.arange(start, start + n, dtype=float))
    about = dict.fromkeys(("metric", "signature", "test_set", "system"), "x")
    store.put_segments("f" * 64, digests, scores, {**about, "seconds": 1.0})


@pytest.mark.reliability
def test_many_writers_and_putting_together_lose_nothing(tmp_path: Path) -> None:
    store = ScoreStore(tmp_path)

    def work(k: int) -> None:
        put(store, 5 * k, 5)
        if k % 7 == 0:
            store.put_together()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(60)))
    store.put_together()
    held = store.segments("f" * 64)
    expected = one_by_one(
        segment_digests(batch_of(0, 300)), SegmentScores(np.arange(300, dtype=float))
    )
    assert {d: s.scores[0] for d, s in held.items()} == {
        d: s.scores[0] for d, s in expected.items()
    }
    assert len(list(tmp_path.glob("segments/*/*.parquet"))) == 1


@pytest.mark.reliability
def test_a_torn_file_counts_as_absent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = ScoreStore(tmp_path / "scores")
    put(store, 0, 5)
    (first,) = (tmp_path / "scores").glob("segments/*/*.parquet")
    put(store, 5, 5)
    first.write_bytes(first.read_bytes()[:-20])
    assert len(store.segments("f" * 64)) == 5
    assert main(["store", "verify", "--cache", str(tmp_path)]) == 1
    assert str(first) in capsys.readouterr().out.replace("\n", "")
    assert main(["store", "prune", "--cache", str(tmp_path)]) == 0
    assert main(["store", "verify", "--cache", str(tmp_path)]) == 0
    assert not first.exists()


def test_digests_of_segments_tell_texts_apart() -> None:
    a = segment_digests(Batch(["s"], ["h"], (["r"],)))
    for other in (
        Batch(["h"], ["s"], (["r"],)),
        Batch(["s"], ["r"], (["h"],)),
        Batch(["s"], ["h"], (["r"], ["r"])),
        Batch(["s"], ["h"]),
    ):
        assert segment_digests(other) != a
    assert family_key(Judge(), 1) != family_key(Judge(), 2)


@dataclass(frozen=True)
class Marker(Judge):
    """Marks the first character, and says what it thinks."""

    beyond: int = 0

    def score(self, batch: Batch) -> SegmentScores:
        found = super().score(batch)
        spans = tuple(
            (MetricSpan(0, 1 + self.beyond, "major", "日本, \\"),) if len(h) > 10 else ()
            for h in batch.hypotheses
        )
        return replace(found, spans=spans)


@dataclass(frozen=True)
class WholeMarker(Marker):
    by_segment = False


@pytest.mark.parametrize("metric", [Marker(), WholeMarker()])
def test_what_a_metric_marks_is_kept_with_its_scores(tmp_path: Path, metric: Metric) -> None:
    store = ScoreStore(tmp_path)
    first = run(small(), store, metric)
    expected = {
        (h.system, h.segment_id)
        for h in small().hypotheses.itertuples(index=False)
        if len(h.hypothesis) > 10
    }
    assert {(r.system, r.segment_id) for r in first.spans.itertuples()} == expected
    assert set(first.spans["end"]) == {1} and set(first.spans["category"]) == {"日本, \\"}
    SEEN.clear()
    again = run(small(), store, metric)
    assert SEEN == []
    pd.testing.assert_frame_equal(first.spans, again.spans)
    store.put_together()
    pd.testing.assert_frame_equal(first.spans, run(small(), store, metric).spans)
    assert len(run(small(), store).spans) == 0


def test_a_mark_outside_of_the_text_is_refused() -> None:
    with pytest.raises(InputError, match="marks something outside the text"):
        run(small(), None, Marker(beyond=1000))

"""The score store: nothing is computed twice, nothing torn is trusted."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.commands.main import main
from harness.errors import InputError
from harness.metrics import Batch, Needs
from harness.metrics.base import Level, Metric, SegmentScores
from harness.metrics.sacrebleu import BLEU, TER, ChrF
from harness.scoring.keys import score_key, texts_digest
from harness.scoring.stage import score_test_set
from harness.scoring.store import ScoreStore
from tests.support.small import small

ABOUT = {"metric": "m", "signature": "s", "test_set": "t", "system": "x", "seconds": 0.5}
BATCH = Batch(["源"], ["a b"], (["a c"],))
CALLS: list[int] = []


@dataclass(frozen=True)
class Counting(Metric):
    """The length of the hypothesis; counts how often it is asked."""

    name: str = "counting"
    factor: float = 1.0
    needs = Needs()

    def signature(self, n_references: int, level: Level = "segment") -> str:
        return f"counting|factor:{self.factor}"

    def score(self, batch: Batch) -> SegmentScores:
        CALLS.append(len(batch))
        return SegmentScores(np.array([self.factor * len(h) for h in batch.hypotheses], float))


@dataclass(frozen=True)
class Failing(Counting):
    """Gives no number for the first segment."""

    name: str = "failing"

    def score(self, batch: Batch) -> SegmentScores:
        scores = super().score(batch).scores.copy()
        scores[0] = np.nan
        return SegmentScores(scores)


@pytest.fixture
def store(tmp_path: Path) -> ScoreStore:
    CALLS.clear()
    return ScoreStore(tmp_path / "scores")


@given(st.lists(st.lists(st.text(max_size=4), max_size=4), min_size=2, max_size=2, unique_by=tuple))
def test_other_texts_have_another_digest(texts: list[list[str]]) -> None:
    assert texts_digest(texts[0]) != texts_digest(texts[1])
    assert texts_digest(texts[0]) == texts_digest(list(texts[0]))


def test_texts_that_run_together_are_told_apart() -> None:
    assert texts_digest(["ab", "c"]) != texts_digest(["a", "bc"])
    assert texts_digest(["a\ud800"]) != texts_digest(["a"])


@pytest.mark.parametrize(
    ("metric", "batch"),
    [
        (BLEU(lowercase=True), BATCH),
        (BLEU(tokenize="intl"), BATCH),
        (BLEU(effective_order=False), BATCH),
        (ChrF(), BATCH),
        (TER(), BATCH),
        (BLEU(), replace(BATCH, hypotheses=["a b "])),
        (BLEU(), replace(BATCH, references=(["a"],))),
        (BLEU(), replace(BATCH, references=(["a c"], ["a c"]))),
        (BLEU(), replace(BATCH, sources=["泉"])),
    ],
)
def test_whatever_changes_a_score_changes_the_key(metric: Metric, batch: Batch) -> None:
    assert score_key(metric, batch) != score_key(BLEU(), BATCH)


def test_the_display_name_does_not_change_the_key() -> None:
    assert score_key(BLEU(name="mine"), BATCH) == score_key(BLEU(), BATCH)


@pytest.mark.parametrize("width", [0, 1, 7])
def test_what_is_put_in_comes_out(store: ScoreStore, width: int) -> None:
    generator = np.random.default_rng(1)
    statistics = generator.integers(0, 2**40, (5, width)).astype(float) if width else None
    scores = np.array([0.1, 1 / 3, -0.0, 1e300, 5e-324])
    store.put("ab12", SegmentScores(scores, statistics), ABOUT)
    found = store.get("ab12")
    assert found is not None
    assert found.scores.tobytes() == scores.tobytes()
    if statistics is None:
        assert found.statistics is None
    else:
        assert found.statistics is not None
        np.testing.assert_array_equal(found.statistics, statistics)
    assert store.get("ab13") is None


def damaged(path: Path) -> Sequence[bytes]:
    whole = path.read_bytes()
    table = pq.read_table(path)
    other = table.set_column(0, "score", pa.array([9.0] * len(table)))
    pq.write_table(other, path)  # the metadata, with the checksum, stay
    swapped = path.read_bytes()
    middle = len(whole) // 2
    return [
        b"",
        whole[:-1],
        whole[:middle],
        b"\0" * len(whole),
        b"not parquet",
        swapped,
    ]


@pytest.mark.reliability
@pytest.mark.parametrize("case", range(6))
def test_a_torn_file_counts_as_absent_and_is_replaced(store: ScoreStore, case: int) -> None:
    scores = SegmentScores(np.arange(4.0), np.ones((4, 2)))
    store.put("ab", scores, ABOUT)
    path = store.path("ab")
    path.write_bytes(damaged(path)[case])
    assert store.get("ab") is None
    assert [e.whole for e in store.entries(check=True)] == [False]
    store.put("ab", scores, ABOUT)
    assert store.get("ab") is not None


@pytest.mark.reliability
def test_every_single_bit_that_flips_is_noticed_or_harmless(store: ScoreStore) -> None:
    scores = SegmentScores(np.array([1.5, 2.5, 3.5]), np.array([[1.0], [2.0], [3.0]]))
    store.put("ab", scores, ABOUT)
    path = store.path("ab")
    whole = path.read_bytes()
    for i in range(0, len(whole), 7):
        path.write_bytes(whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :])
        found = store.get("ab")
        if found is not None:
            np.testing.assert_array_equal(found.scores, scores.scores)
            np.testing.assert_array_equal(found.statistics, scores.statistics)


@pytest.mark.reliability
def test_many_writers_of_one_key(store: ScoreStore) -> None:
    scores = SegmentScores(np.arange(1000.0))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.put("ab", scores, ABOUT), range(40)))
    assert [e.whole for e in store.entries(check=True)] == [True]
    assert [p.name for p in store.folder.glob("*/*")] == ["ab.parquet"]


def test_a_second_run_computes_nothing(store: ScoreStore) -> None:
    metrics: Mapping[str, Metric] = {"counting": Counting(), "bleu": BLEU()}
    first = score_test_set(small(), metrics, store=store)
    asked = len(CALLS)
    second = score_test_set(small(), metrics, store=store)
    assert len(CALLS) == asked > 0
    assert first.scores.equals(second.scores)
    assert first.documents.equals(second.documents)
    assert first.counts["reused"] == 0 == second.counts["computed"]
    assert second.counts["reused"] == first.counts["computed"] > 0


def test_one_changed_system_is_all_that_is_computed(store: ScoreStore) -> None:
    test_set = small()
    score_test_set(test_set, {"counting": Counting()}, store=store)
    hypotheses = test_set.hypotheses.copy()
    hypotheses.loc[0, "hypothesis"] = "Another translation."
    CALLS.clear()
    score_test_set(replace(test_set, hypotheses=hypotheses), {"c": Counting()}, store=store)
    assert len(CALLS) == 1
    score_test_set(test_set, {"c": Counting(factor=2.0)}, store=store)
    assert len(CALLS) == 1 + len(test_set.systems)


def test_a_metric_that_failed_is_asked_again(store: ScoreStore) -> None:
    for _ in range(2):
        result = score_test_set(small(), {"f": Failing()}, store=store)
        assert result.counts["failed"] > 0
        assert result.counts["reused"] == 0
    assert list(store.entries()) == []


@pytest.mark.reliability
def test_a_killed_writer_leaves_nothing_that_counts(store: ScoreStore, tmp_path: Path) -> None:
    store.put("ab", SegmentScores(np.arange(3.0)), ABOUT)
    leftover = store.path("ab").with_name(".partial-123")
    leftover.write_bytes(b"half")
    assert [e.key for e in store.entries()] == ["ab"]
    import os

    os.utime(leftover, (0, 0))
    assert store.remove([]) == 1
    assert not leftover.exists()


@pytest.mark.reliability
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="score store cannot be written"):
        ScoreStore(tmp_path / "file").put("ab", SegmentScores(np.arange(2.0)), ABOUT)


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = main(["store", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = ScoreStore(tmp_path / "scores")
    for key, metric in (("aa1", "BLEU"), ("bb2", "BLEU"), ("cc3", "x [red]")):
        store.put(key, SegmentScores(np.arange(3.0)), {**ABOUT, "metric": metric})
    cache = ("--cache", str(tmp_path))
    code, info = command(capsys, "info", *cache)
    assert code == 0
    assert [(m["metric"], m["files"]) for m in info["metrics"]] == [("BLEU", 2), ("x [red]", 1)]
    assert info["metrics"][0]["cpu_seconds"] == 1.0
    assert command(capsys, "verify", *cache) == (0, {"files": 3, "damaged": []})
    store.path("aa1").write_bytes(b"torn")
    code, found = command(capsys, "verify", *cache)
    assert (code, found["damaged"]) == (1, [str(store.path("aa1"))])
    assert command(capsys, "prune", *cache)[1]["removed"] == 1
    assert command(capsys, "prune", *cache, "--metric", "x [red]")[1]["removed"] == 1
    assert command(capsys, "prune", *cache, "--days", "1")[1]["removed"] == 0
    assert main(["store", "info", *cache]) == 0
    assert "BLEU" in capsys.readouterr().out
    assert command(capsys, "prune", *cache, "--all")[1]["removed"] == 1
    assert command(capsys, "info", *cache)[1]["metrics"] == []


def test_a_cache_without_scores_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["store", "info", "--cache", str(tmp_path / "none")]) == 0
    assert capsys.readouterr().out == f"no scores are kept in {tmp_path / 'none' / 'scores'}\n"
    assert command(capsys, "info", "--cache", str(tmp_path / "none"))[1]["metrics"] == []
    (tmp_path / "file").touch()
    for action in ("info", "verify", "prune"):
        assert main(["store", action, "--cache", str(tmp_path / "file")]) == 2
        assert "the cache is no folder" in capsys.readouterr().err


def test_pruning_from_python(tmp_path: Path) -> None:
    store = ScoreStore(tmp_path / "scores")
    for key, metric in (("aa1", "BLEU"), ("bb2", "BLEU"), ("cc3", "chrF"), ("dd4", "TER")):
        store.put(key, SegmentScores(np.arange(3.0)), {**ABOUT, "metric": metric})
    now = time.time()
    os.utime(store.path("aa1"), (now, now - 10 * 86_400))
    assert [row["metric"] for row in store.by_metric()] == ["BLEU", "TER", "chrF"]
    assert store.by_metric()[0]["cpu_seconds"] == 1.0  # twice 0.5
    assert store.prune() == (0, 0)
    size = store.path("aa1").stat().st_size
    assert store.prune(days=9, metric="chrF") == (0, 0)
    assert store.prune(days=9, metric="BLEU") == (1, size)
    store.path("dd4").write_bytes(b"torn")
    size = store.path("cc3").stat().st_size + len(b"torn")  # what is not whole always goes
    assert store.prune(metric="chrF") == (2, size)
    assert [entry.key for entry in store.entries()] == ["bb2"]
    assert store.prune(everything=True)[0] == 1

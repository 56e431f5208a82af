"""Scoring chunk by chunk gives the numbers of the whole text."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sacrebleu.metrics.bleu import BLEU as SacreBLEU
from sacrebleu.metrics.chrf import CHRF as SacreCHRF
from sacrebleu.metrics.ter import TER as SacreTER

from harness._kernels import compiled
from harness.errors import InputError
from harness.metrics import Batch, Level, Metric, Needs, SegmentScores
from harness.metrics.sacrebleu import BLEU, TER, ChrF
from harness.metrics.sentinels import Length, LengthRatio, Random
from harness.metrics.stored import Stored
from harness.scoring.streaming import RunningScores, read_batches, score_files, score_stream
from tests.conftest import ROOT

METRICS: dict[str, Metric] = {"bleu": BLEU(), "chrfpp": ChrF(word_order=2), "ter": TER()}
WORD = st.sampled_from(["the", "cat", "a", "mat", ".", ",", "5"])
WORDS = st.lists(WORD, max_size=12)
SOME = st.lists(WORD, min_size=1, max_size=12)  # a blank reference is none
TEXTS = st.lists(st.tuples(WORDS, SOME, SOME), min_size=1, max_size=9)


def batches(columns: Sequence[Sequence[str]], chunk: int) -> list[Batch]:
    hypotheses, *references = columns
    whole = Batch([""] * len(hypotheses), hypotheses, tuple(references))
    return [whole.part(slice(i, i + chunk)) for i in range(0, len(whole), chunk)]


@given(TEXTS, st.integers(1, 5), st.integers(1, 2))
def test_corpus_scores_equal_sacrebleu_and_segments_the_whole(
    rows: list[tuple[list[str], ...]], chunk: int, n_references: int
) -> None:
    columns = [[" ".join(row[i]) for row in rows] for i in range(1 + n_references)]
    parts: dict[str, list[NDArray[np.float64]]] = {key: [] for key in METRICS}
    starts = []

    def each(start: int, scores: object) -> None:
        assert isinstance(scores, dict)
        starts.append(start)
        for key, found in scores.items():
            parts[key].append(found)

    scores = score_stream(batches(columns, chunk), METRICS, each)
    hypotheses, *references = columns
    oracles = {"bleu": SacreBLEU(), "chrfpp": SacreCHRF(word_order=2), "ter": SacreTER()}
    for key, oracle in oracles.items():
        sign = -1 if key == "ter" else 1
        theirs = oracle.corpus_score(hypotheses, references).score
        assert scores[key].score == sign * theirs
        assert (scores[key].n_segments, scores[key].n_failed) == (len(rows), 0)
        whole = METRICS[key].score(batches(columns, len(rows))[0]).scores
        np.testing.assert_array_equal(np.concatenate(parts[key]), sign * whole)
    assert starts == list(range(0, len(rows), chunk))
    assert scores["ter"].signature == TER().signature(n_references, "corpus")


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=9), st.integers(1, 5))
def test_blank_references_are_none(more: list[tuple[list[str], ...]], chunk: int) -> None:
    """As sacrebleu scores the segments that have a reference, the missing ones of which are None.
    (It looks at the first of all to see what they are, so that one is there.)"""
    rows = [(["the"], ["a", "cat"], ["mat"]), *more]
    hypotheses, *references = ([" ".join(row[i]) for row in rows] for i in range(3))
    scores = score_stream(batches([hypotheses, *references], chunk), METRICS)
    kept = [i for i, (_, one, two) in enumerate(rows) if one or two]
    own = [[texts[i] or None for i in kept] for texts in references]
    oracles = {"bleu": SacreBLEU(), "chrfpp": SacreCHRF(word_order=2), "ter": SacreTER()}
    for key, oracle in oracles.items():
        theirs = oracle.corpus_score([hypotheses[i] for i in kept], own).score
        found = scores[key]
        assert found.score == (-1 if key == "ter" else 1) * theirs
        assert found.n_segments == len(kept)
        assert list(found.left_out) == [i + 1 for i in range(len(rows)) if i not in kept]
        assert found.signature.split("|")[0] == str(oracle.get_signature()).split("|")[0]


def test_texts_without_any_reference_are_refused() -> None:
    with pytest.raises(InputError, match="no segment has a reference"):
        score_stream(batches([["a", "b"], ["", " "]], 1), METRICS)
    found = score_stream(batches([["a", "b"], ["", " "]], 1), {"length": Length()})["length"]
    assert (found.n_segments, found.left_out) == (2, ())  # which reads none


def test_a_mean_of_segments() -> None:
    texts = ["a", "bcd", "efghi", "jk"]
    scores = score_stream(batches([texts], 3), {"length": Length()})
    assert scores["length"].score == Length().aggregate(Length().score(batches([texts], 4)[0]))
    assert scores["length"].path == ""


@dataclass(frozen=True)
class Odd(Metric):
    """Its score of a text is neither a sum nor a mean; no number for the text 'x'."""

    name: str = "odd"
    needs = Needs()

    def signature(self, n_references: int, level: Level = "segment") -> str:
        return "odd"

    def score(self, batch: Batch) -> SegmentScores:
        return SegmentScores(np.array([np.nan if h == "x" else 1.0 for h in batch.hypotheses]))


@dataclass(frozen=True)
class Median(Odd):
    def aggregate(self, segments: SegmentScores, chosen: NDArray[np.int64] | None = None) -> float:
        return float(np.median(segments.scores))


def test_a_segment_without_a_score_leaves_the_text_without_one() -> None:
    found = score_stream(batches([["a", "x", "b"]], 2), {"odd": Odd()})["odd"]
    assert np.isnan(found.score)
    assert (found.n_segments, found.n_failed) == (3, 1)


def test_what_cannot_be_streamed_is_refused() -> None:
    with pytest.raises(InputError, match="keeps no sums"):
        score_stream(batches([["a"]], 1), {"median": Median()})
    with pytest.raises(InputError, match="reads scores of a test set"):
        RunningScores({"stored": Stored("n", "X", "refA")})
    with pytest.raises(InputError, match="needs a reference"):
        score_stream(batches([["a"]], 1), METRICS)
    running = RunningScores(METRICS)
    running.add(Batch(["s"], ["h"], (["r"],)))
    with pytest.raises(InputError, match="different number of references"):
        running.add(Batch(["s"], ["h"], (["r"], ["r"])))


def test_nothing_has_no_score() -> None:
    assert all(np.isnan(found.score) for found in RunningScores(METRICS).scores().values())


def write(path: Path, *lines: str, end: str = "\n") -> Path:
    path.write_bytes("".join(line + end for line in lines).encode())
    return path


def test_files_are_read_line_by_line(tmp_path: Path) -> None:
    h = write(tmp_path / "h", "a\u2028b", "c\x85", "d\x0c", end="\r\n")
    r = write(tmp_path / "r", "1", "2", "3")
    s = write(tmp_path / "s", "甲", "乙", "丙")
    found = list(read_batches(h, [r], s, chunk=2))
    assert [list(b.hypotheses) for b in found] == [["a\u2028b", "c\x85"], ["d\x0c"]]
    assert [list(b.references[0]) for b in found] == [["1", "2"], ["3"]]
    assert [list(b.sources) for b in found] == [["甲", "乙"], ["丙"]]
    assert [list(b.sources) for b in read_batches(h, chunk=3)] == [["", "", ""]]


@pytest.mark.parametrize("chunk", [1, 2, 3, 10])
def test_unequal_files_are_refused_with_the_line(tmp_path: Path, chunk: int) -> None:
    h = write(tmp_path / "h", "a", "b", "c")
    r = write(tmp_path / "r", "a", "b")
    with pytest.raises(InputError, match="fewer lines than another") as caught:
        list(read_batches(h, [r], chunk=chunk))
    assert (caught.value.file, caught.value.line) == (str(r), 3)
    with pytest.raises(InputError) as caught:
        list(read_batches(r, [r, h], chunk=chunk))
    assert (caught.value.file, caught.value.line) == (str(r), 3)


def test_a_file_without_lines(tmp_path: Path) -> None:
    empty = write(tmp_path / "empty")
    with pytest.raises(InputError, match="no lines"):
        list(read_batches(empty, [empty]))
    with pytest.raises(InputError, match="no such file"):
        list(read_batches(tmp_path / "none"))


def test_metrics_of_the_source(tmp_path: Path) -> None:
    whole = Batch(["甲乙", "丙"], ["ab", "c d e"], (["x", "y"],))
    metrics: dict[str, Metric] = {"ratio": LengthRatio(), "random": Random()}
    found = score_stream([whole.part(slice(0, 1)), whole.part(slice(1, 2))], metrics)
    for key, metric in metrics.items():
        assert found[key].score == pytest.approx(metric.aggregate(metric.score(whole)))


MEASURE = """
from pathlib import Path
from harness.metrics.sacrebleu import BLEU, TER, ChrF
from harness.scoring.streaming import score_stream
from harness.metrics.base import Batch

def texts(n, length):
    for start in range(0, n, 2000):
        rows = [f"{i} " + "word " * length for i in range(start, start + 2000)]
        yield Batch([""] * 2000, rows, ([row + "end" for row in rows],))

metrics = {"bleu": BLEU(), "chrfpp": ChrF(word_order=2), "ter": TER()}
peaks = []
for n in (10_000, 60_000):
    found = score_stream(texts(n, 300), metrics)
    assert found["bleu"].n_segments == n
    # Not ru_maxrss: a process has that of its parent, whatever it was, from the start.
    status = Path("/proc/self/status").read_text().split("VmHWM:")[1]
    peaks.append(int(status.split()[0]) // 1024)
print(*peaks)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_text() -> None:
    """The longer text holds 180 MB; the shorter one has filled what is kept of chrF."""
    if not Path("/proc/self/status").is_file():
        pytest.skip("needs /proc/self/status, which Linux has")
    if not compiled():
        pytest.skip("takes minutes without the C extension")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", MEASURE]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    short, long = map(int, done.stdout.split())
    assert long < 500
    assert long < short + 90


def test_files_from_python(tmp_path: Path) -> None:
    """Two lines of 3 and 5 characters: lengths 3 and 5, on average 4."""
    hypothesis, out = tmp_path / "mt.txt", tmp_path / "out.csv"
    hypothesis.write_text("abc\nabcde\n")
    found = score_files(hypothesis, {"length": Length()}, segments=out)
    assert (abs(found["length"].score), found["length"].n_segments) == (4.0, 2)
    rows = [line.split(",") for line in out.read_text().split("\n")]
    assert [rows[0], [row[0] for row in rows[1:3]], rows[3]] == [
        ["line", "length"],
        ["1", "2"],
        [""],
    ]
    assert [abs(float(row[1])) for row in rows[1:3]] == [3.0, 5.0]
    with pytest.raises(InputError, match="needs a reference"):
        score_files(hypothesis, {"bleu": BLEU()})
    with pytest.raises(InputError, match="one that is read"):
        score_files(hypothesis, {"length": Length()}, segments=hypothesis)
    assert hypothesis.read_text() == "abc\nabcde\n"

"""Segments with fewer references than others, and without any."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from sacrebleu.metrics.bleu import BLEU as SacreBLEU
from sacrebleu.metrics.ter import TER as SacreTER

from harness.metrics import Batch, Metric, Needs, Runs, SegmentScores
from harness.metrics.base import VARYING
from harness.metrics.sacrebleu import BLEU, TER
from harness.scoring.references_present import (
    present,
    scored_by_references,
    without_reference,
)
from harness.scoring.stage import score_test_set
from harness.scoring.store import open_store
from harness.scoring.texts import reference_count
from harness.tables import REFERENCES, TestSet, table
from harness.test_sets.left_out import leave_out_unreferenced, lines_named
from tests.support.small import TEXTS, small


def lacking(*gone: tuple[str, str]) -> TestSet:
    """The small test set without these references of segments; a blank one is none."""
    test_set = small()
    rows = test_set.references.copy()
    for i, (name, segment) in enumerate(gone):
        at = (rows["reference_name"] == name) & (rows["segment_id"] == segment)
        rows.loc[at, "reference"] = " " if i % 2 else ""
    return replace(test_set, references=table(rows.to_dict("list"), REFERENCES))


def test_present_by_hand() -> None:
    found = present([["a", "", "c", None], ["x", "y", "  ", ""]], 4)
    assert {k: v.tolist() for k, v in found.items()} == {(0, 1): [0], (1,): [1], (0,): [2], (): [3]}
    assert without_reference([["a", ""], [None, " "]], 2).tolist() == [False, True]
    assert {k: v.tolist() for k, v in present([["a"], ["b"]], 1).items()} == {(0, 1): [0]}
    assert present([], 0) == {}


def test_each_segment_is_scored_with_the_references_it_has() -> None:
    test_set = lacking(("refA", "2"), ("refB", "3"))
    result = score_test_set(
        test_set, {"bleu": BLEU(), "ter": TER()}, references=["refA", "refB"], workers=1
    )
    references = [list(TEXTS["refA"]), list(TEXTS["refB"])]
    given: list[list[str | None]] = [
        [None if i == 1 else t for i, t in enumerate(references[0])],
        [None if i == 2 else t for i, t in enumerate(references[1])],
    ]
    scores = result.scores.set_index(["system", "metric", "segment_id"])["score"]
    for system in ("good", "poor"):
        whole = result.scores[result.scores["segment_id"].isna()]
        whole = whole.set_index(["system", "metric"])["score"]
        assert whole[system, "bleu"] == SacreBLEU().corpus_score(TEXTS[system], given).score
        assert whole[system, "ter"] == -SacreTER().corpus_score(TEXTS[system], given).score
        one = SacreBLEU(effective_order=True).sentence_score(TEXTS[system][1], [TEXTS["refB"][1]])
        assert scores[system, "bleu", "2"] == one.score
    assert reference_count(test_set, ["refA", "refB"]) == VARYING
    assert reference_count(test_set, ["refB"]) == 1
    assert set(result.scores["signature"].str[:9]) == {"nrefs:var"}


@dataclass(frozen=True)
class Counting(Metric):
    """The number of references, as a metric that is kept segment by segment."""

    name: str = "counting"
    needs = Needs(reference=True)
    runs = Runs("here", piece=1)
    by_segment = True

    def score(self, batch: Batch) -> SegmentScores:
        assert all(text.strip() for texts in batch.references for text in texts)
        return SegmentScores(np.full(len(batch), float(len(batch.references))))


def test_metrics_that_are_kept_by_segment(tmp_path: Path) -> None:
    test_set = lacking(("refA", "2"), ("refB", "3"))
    for _ in range(2):
        result = score_test_set(
            test_set,
            {"n": Counting()},
            references=["refA", "refB"],
            workers=1,
            store=open_store(tmp_path),
        )
        own = result.scores[result.scores["segment_id"].notna()]
        assert own[own["system"] == "good"]["score"].tolist() == [2, 1, 1, 2]
    assert result.counts == {"computed": 0, "reused": 8, "missing": 0, "failed": 0}


def test_batches_of_texts() -> None:
    batches = [
        Batch([], ["a b c", "d"], (["a b c", ""], ["x", "d"])),
        Batch([], ["a", "e"], (["a b c", ""], ["x", "d"])),
    ]
    one, two = scored_by_references(BLEU(), batches)
    assert one.scores.tolist() == pytest.approx([100.0, 100.0])
    assert two.scores[1] == 0.0
    assert one.statistics is not None and one.statistics.shape == (2, 10)


def test_leaving_out() -> None:
    test_set = lacking(("refA", "2"), ("refB", "2"), ("refA", "4"))
    left, lost = leave_out_unreferenced(test_set, ["refA", "refB"])
    assert lost is not None
    assert (lost.ids, lost.named) == (("2",), "line 2")
    assert list(left.segments["segment_id"]) == ["1", "3", "4"]
    for frame in (left.hypotheses, left.annotations, left.error_spans):
        assert "2" not in set(frame["segment_id"])
    assert left.full_texts.n_lines == 4
    assert left.full_texts.lines == (0, 2, 3)
    left, lost = leave_out_unreferenced(test_set, ["refA"])
    assert str(lost).startswith("2 of 4 segments have no reference (refA) and are left out")
    whole = small()
    left, lost = leave_out_unreferenced(whole, ["refA"])
    assert left is whole and lost is None


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([8], "line 8"),
        ([1, 5, 6, 7, 9], "lines 1, 5–7, 9"),
        (list(range(1, 41, 2)), "lines 1, 3, 5, 7, 9, 11, 13, 15, 17, 19 and 10 more"),
    ],
)
def test_lines_in_words(lines: list[int], words: str) -> None:
    assert lines_named(lines) == words

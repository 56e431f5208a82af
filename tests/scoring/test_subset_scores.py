"""Scores of parts of a test set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sacrebleu.metrics.bleu import BLEU as SacreBLEU
from sacrebleu.metrics.ter import TER as SacreTER

from harness import load_test_set
from harness.errors import InputError
from harness.metrics.sacrebleu import BLEU, TER, ChrF
from harness.metrics.sentinels import Length
from harness.ratings.views import Level1, error_table
from harness.scoring.stage import score_test_set
from harness.scoring.subset_scores import NO_ERROR, subset_scores
from harness.tables import HYPOTHESES, TestSet, table
from harness.test_sets.subsets import subsets_of
from tests.support.small import TEXTS, small

METRICS: dict[str, Any] = {"bleu": BLEU(), "ter": TER(), "length": Length()}


def scored(test_set: TestSet, wanted: list[str], metrics: dict[str, Any] = METRICS) -> pd.DataFrame:
    found = score_test_set(test_set, metrics, workers=1)
    parts = subsets_of(test_set, wanted, list(test_set.segments["segment_id"]))[1:]
    errors = error_table(test_set, Level1())
    return subset_scores(test_set, metrics, found.segments, parts, errors, 1)


def test_parts_are_scored_as_texts_of_their_own() -> None:
    frame = scored(small(), ["document", "domain"]).set_index(
        ["metric", "system", "subset", "subset_value"]
    )
    for document, part in (("d1", slice(0, 2)), ("d2", slice(2, 4)), ("all", slice(None))):
        by = "domain" if document == "all" else "document"
        value = "news" if document == "all" else document
        hypotheses, references = TEXTS["poor"][part], [TEXTS["refA"][part]]
        own = frame.xs(("poor", by, value), level=("system", "subset", "subset_value"))
        assert own.loc["bleu", "score"] == SacreBLEU().corpus_score(hypotheses, references).score
        assert own.loc["ter", "score"] == -SacreTER().corpus_score(hypotheses, references).score
        assert own.loc["length", "score"] == np.mean([len(h) for h in hypotheses])
        assert (own["n_segments"] == len(hypotheses)).all() and (own["status"] == "ok").all()


def test_parts_by_the_errors_marked_in_a_translation() -> None:
    """Of poor, 1 has errors of fluency, 2 and 3 of accuracy, 4 none."""
    frame = scored(small(), [], {"length": Length()})
    frame = frame[frame["system"] == "poor"].set_index("subset_value")
    assert set(frame["subset"]) == {"category"}
    lengths = [len(text) for text in TEXTS["poor"]]
    assert frame.loc["fluency", "score"] == lengths[0]
    assert frame.loc["accuracy", "score"] == np.mean(lengths[1:3])
    assert frame.loc[NO_ERROR, "score"] == lengths[3]
    assert frame["n_segments"].to_dict()["accuracy"] == 2


def test_a_part_with_a_missing_score_has_none() -> None:
    test_set = small()
    rows = test_set.hypotheses
    gone = (rows["system"] == "poor") & (rows["segment_id"] == "2")
    lacking = replace(
        test_set,
        hypotheses=table(rows[~gone].to_dict("list"), HYPOTHESES),
        annotations=test_set.annotations.iloc[:0],
        error_spans=test_set.error_spans.iloc[:0],
    )
    frame = scored(lacking, ["document"]).set_index(["metric", "system", "subset_value"])
    assert np.isnan(frame.loc[("bleu", "poor", "d1"), "score"])
    assert frame.loc[("bleu", "poor", "d1"), "status"] == "missing: 1 of 2 have no score"
    assert frame.loc[("bleu", "poor", "d2"), "status"] == "ok"


def test_an_unrated_test_set_has_no_parts_by_category() -> None:
    test_set = small()
    bare = replace(
        test_set,
        annotations=test_set.annotations.iloc[:0],
        error_spans=test_set.error_spans.iloc[:0],
    )
    assert len(scored(bare, [])) == 0


def test_documents_of_wmt23(mirror: Path) -> None:
    """The parts by document are the table DOCUMENT_SCORES, by another way."""
    test_set = load_test_set("wmt23_zhen_news", mirror=mirror)
    metrics = {"chrf": ChrF(), "ter": TER()}
    found = score_test_set(test_set, metrics, workers=1)
    parts = subsets_of(test_set, ["document", "length"], list(test_set.segments["segment_id"]))
    frame = subset_scores(test_set, metrics, found.segments, parts[1:], None, 1)
    documents = frame[frame["subset"] == "document"]
    keys = ["system", "document", "metric"]
    left = documents.rename(columns={"subset_value": "document"}).set_index(keys)["score"]
    pd.testing.assert_series_equal(
        left.sort_index(), found.documents.set_index(keys)["score"].sort_index()
    )
    bands = frame[(frame["subset"] == "length") & (frame["metric"] == "chrf")]
    assert (bands.groupby("system")["n_segments"].sum() == 377).all()


@pytest.mark.parametrize("wanted", [["foo"], ["phenomenon"]])
def test_what_divides_nothing_is_refused(wanted: list[str]) -> None:
    with pytest.raises(InputError, match="foo" if wanted == ["foo"] else "marks no phenomena"):
        scored(small(), wanted)

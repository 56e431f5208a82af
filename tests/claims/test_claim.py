"""Claims, their evidence and the facts that rules read."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from harness.claims.claim import Claim, Evidence, Facts, evidence_of, row_value
from harness.claims.leading_metric import LeadingMetric
from harness.claims.standings import ACCURACY
from harness.tables import META_EVALUATION, SCHEMA_OF
from tests.support.agreement_rows import filled
from tests.support.claim_facts import Agreement, facts_of, metric_rows


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (None, None), (pd.NA, None), (math.nan, None), (math.inf, None), (np.float64("nan"), None),
        (np.float64(0.5), 0.5), (np.int64(3), 3), (np.bool_(True), True), (True, True),
        ("a", "a"), (pd.Timestamp("2026-01-02"), "2026-01-02 00:00:00"),
    ],
)  # fmt: skip
def test_a_cell_as_json_has_it(cell: object, value: object) -> None:
    found = row_value(cell)
    assert found == value and type(found) is type(value)
    json.dumps(found, allow_nan=False)


def test_evidence_finds_its_row() -> None:
    made = Agreement(ACCURACY, {"chrf": 0.5, "bleu": math.nan})
    frame = facts_of(made).tables["meta_evaluation"]
    for _, row in frame.iterrows():
        evidence = evidence_of("meta_evaluation", row.to_dict(), ("value", "n_constant"))
        found = frame[(frame[list(evidence.key)] == list(evidence.key.values())).all(axis=1)]
        assert len(found) == 1
        value = found["value"].item()
        assert evidence.numbers["value"] == (None if math.isnan(value) else value)
        assert evidence.numbers["n_constant"] is None
        assert "system_score" not in evidence.key  # empty at this level
    assert evidence.file == "tables/meta_evaluation.csv" == SCHEMA_OF["meta_evaluation"].csv


def test_a_claim_goes_through_json() -> None:
    made = Agreement(ACCURACY, {"chrf": 0.55, "bleu": 0.5}, {"bleu": 0.2}, detectable=math.nan)
    (claim,) = LeadingMetric().claims(facts_of(made))
    record = json.loads(json.dumps(claim.record(), allow_nan=False))
    assert set(record) == {"rule", "kind", "text", "licence", "in_verdict", "evidence"}
    back = Claim(
        record["rule"],
        record["kind"],
        record["text"],
        record["licence"],
        tuple(
            Evidence(own.table, e["key"], e["numbers"])
            for own, e in zip(claim.evidence, record["evidence"], strict=True)
        ),
        record["in_verdict"],
    )
    assert back == claim
    assert [e["file"] for e in record["evidence"]] == [
        "tables/metric_tests.csv",
        "tables/sentinel_tests.csv",
    ]


def test_absent_and_empty_tables_are_alike() -> None:
    facts = Facts({"meta_evaluation": filled(META_EVALUATION, [])})
    assert facts.table("meta_evaluation") is None
    assert facts.table("categories") is None
    assert (facts.metrics, facts.sentinels) == ([], [])


def test_metrics_are_written_by_labels_that_are_theirs_alone() -> None:
    tables = {"metrics": metric_rows(["a", "b", "c", "d"], ["random"])}
    facts = Facts(tables, {"a": "A", "b": "same", "c": "same", "d": "random"})
    assert facts.metrics == ["a", "b", "c", "d"]
    assert facts.sentinels == ["random"]
    assert [facts.label(m) for m in "abcd"] == ["A", "b", "c", "d"]
    assert facts.label("unknown") == "unknown"

"""What evidence says of the systems and metrics of one run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd
from scipy.special import ndtri

from harness.evidence.evidence import Evidence, plain_signature
from harness.evidence.probit import agreed_share
from harness.tables import AGREED_DIFFERENCES, METRIC_EVIDENCE, SYSTEM_TESTS, conform, table

__all__ = ["metric_evidence", "system_differences"]

POWER = 0.8


def system_differences(
    evidence: Evidence, metrics: pd.DataFrame, tests: pd.DataFrame
) -> pd.DataFrame:
    """Table AGREED_DIFFERENCES: every two systems of a run by each metric of which there is
    evidence.

    ``metrics`` is table METRICS and ``tests`` table SYSTEM_TESTS, of which the bootstrap says how
    uncertain a difference is; of documents, where these are known.
    """
    signatures = _signatures(metrics)
    drawn = tests[(tests["test"] == "bootstrap") & tests["difference"].notna()]
    known = drawn["low"].notna().sort_values(kind="stable").index  # one document has no interval
    drawn = drawn.loc[known]
    drawn = drawn.drop_duplicates([*SYSTEM_TESTS.key[:2], "system_1", "system_2"], keep="last")
    drawn = drawn.sort_index()
    rows = [
        row
        for metric, own in drawn.groupby("metric", sort=False)
        for row in _of_metric(evidence, signatures.get(str(metric), ""), own)
    ]
    return table(rows, AGREED_DIFFERENCES)


def metric_evidence(evidence: Evidence, metrics: pd.DataFrame) -> pd.DataFrame:
    """Table METRIC_EVIDENCE of the metrics of a run, by their names there."""
    names = {signature: name for name, signature in _signatures(metrics).items()}
    own = evidence.categories[evidence.categories["signature"].isin(set(names))]
    return conform(own.assign(metric=own["signature"].map(names)), METRIC_EVIDENCE)


def _signatures(metrics: pd.DataFrame) -> dict[str, str]:
    own = metrics[metrics["role"] == "metric"]
    return {
        str(m): plain_signature(str(s))
        for m, s in zip(own["metric"], own["signature"], strict=True)
    }


def _of_metric(evidence: Evidence, signature: str, tests: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows of one metric; none without evidence of it."""
    known = evidence.slopes[evidence.slopes["signature"] == signature]
    whole = known[known["held_out"] == ""].to_dict("records")
    if not whole or math.isnan(whole[0]["slope"]):
        return
    slope, held_out = whole[0], known[known["held_out"] != ""]
    missed = (held_out["expected"] - held_out["observed"]).abs().max()
    for test in tests.to_dict("records"):
        difference = float(test["difference"])
        first, second = test["system_1"], test["system_2"]
        if difference < 0.0:
            first, second, difference = second, first, -difference
        yield {
            "test_set": test["test_set"],
            "metric": test["metric"],
            "system_1": first,
            "system_2": second,
            "difference": difference,
            **{
                name: agreed_share(slope[end], min(difference, slope["largest"]))
                for name, end in (
                    ("agreed", "slope"),
                    ("agreed_low", "low"),
                    ("agreed_high", "high"),
                )
            },
            "largest": slope["largest"],
            "needed_segments": _needed(test),
            "n_segments": test["n_segments"],
            "test_sets": slope["test_sets"],
            "n_pairs": slope["n_pairs"],
            "missed_by": float(missed),
            "confidence": slope["confidence"],
        }


def _needed(test: dict[Any, Any]) -> float:
    """How many segments would most likely show the difference, if it stays as it is: n times the
    square of (z of the level + z of the power) standard errors over the difference."""
    width = float(test["high"]) - float(test["low"])
    difference = float(test["difference"])
    if not width > 0.0 or difference == 0.0:
        return math.nan
    error = width / (2.0 * float(ndtri((1.0 + float(test["confidence"])) / 2.0)))
    reach = float(ndtri(1.0 - float(test["alpha"]) / 2.0) + ndtri(POWER))
    return float(math.ceil(int(test["n_segments"]) * (reach * error / difference) ** 2))

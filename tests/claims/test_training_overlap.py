from __future__ import annotations

import pytest

from harness.claims.claim import Facts
from harness.claims.training_overlap import TrainingOverlap, _published
from harness.tables import METRICS, table
from harness.test_sets.cards import card_names


def facts(*labels: str, test_set: str = "wmt22_zhen_news", year: int | None = 2022) -> Facts:
    rows = [(name.lower(), name, "s", True, "metric", "", "other") for name in labels]
    return Facts(
        {"metrics": table(rows, METRICS)},
        {name.lower(): name for name in labels},
        test_set=test_set,
        year=year,
    )


def said(found: Facts) -> list[str]:
    return [claim.text for claim in TrainingOverlap().claims(found)]


def test_a_metric_trained_on_the_test_set() -> None:
    (text,) = said(facts("MetricX-24-Hybrid-XL", "BLEU"))
    assert text.startswith("MetricX-24-Hybrid-XL was trained on ratings of this test set")
    assert "https://huggingface.co/google/metricx-24" in text
    assert said(facts("MetricX-24-Hybrid-XL", test_set="wmt23_zhen_news", year=2023)) == []


def test_models_younger_than_the_test_set() -> None:
    (text,) = said(facts("GEMBA-GPT4-DA", "GEMBA-ChatGPT-SQM"))
    assert text.startswith("GEMBA-GPT4-DA and GEMBA-ChatGPT-SQM are younger than this test set")
    assert said(facts("GEMBA-GPT4-DA", test_set="wmt23_zhen_news", year=2023)) == []
    assert said(facts("GEMBA-GPT4-DA", test_set="mine", year=None)) == []


@pytest.mark.parametrize("entry", _published(), ids=lambda e: str(e["metrics"][0]))
def test_entries_name_test_sets_that_exist_and_a_source(entry: dict[str, object]) -> None:
    assert set(entry) <= {"metrics", "trained_on", "year", "says", "source"}
    assert str(entry["source"]).startswith("https://")
    trained = entry.get("trained_on", [])
    assert isinstance(trained, list)
    assert set(trained) <= set(card_names())
    assert trained or isinstance(entry.get("year"), int)

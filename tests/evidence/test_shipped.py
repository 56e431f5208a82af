"""The shipped evidence against independent numbers, and what docs say of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.evidence import Evidence, load_evidence
from harness.evidence.probit import SystemMeans, agreed_share
from tests.support.wmt23 import read_wmt23

ROOT = Path(__file__).resolve().parents[2]
LABELS = {"BLEU": "bleu", "chrF": "chrf", "chrF++": "chrfpp", "−TER": "ter"}


@pytest.fixture(scope="module")
def shipped() -> Evidence:
    found = load_evidence("shipped")
    assert found is not None
    return found


def rows_of(evidence: Evidence, metric: str) -> dict[str, Any]:
    """The rows of a metric by the test set that was held out."""
    own = evidence.slopes[evidence.slopes["metric"] == metric]
    return {str(row["held_out"]): row for row in own.to_dict("records")}


def test_wmt23_is_what_sacrebleu_and_the_official_ratings_give(
    shipped: Evidence, expected: Path
) -> None:
    """The pairs of systems of WMT23 from scores and ratings of independent tools."""
    known = read_wmt23(expected)
    ratings = known.ratings.mean(axis=1)
    for name, metric in (("BLEU", "bleu"), ("chrF", "chrf"), ("chrFpp", "chrfpp"), ("TER", "ter")):
        size, agreed = SystemMeans(known.corpus[name], ratings).pairs()
        row = rows_of(shipped, metric)["wmt23_zhen_news"]
        assert row["observed"] == pytest.approx(agreed.mean(), abs=1e-5)
        promised = np.mean([agreed_share(row["slope"], x) for x in size])
        assert row["expected"] == pytest.approx(promised, abs=1e-5)


def test_every_test_set_and_metric_is_there(shipped: Evidence) -> None:
    for metric in LABELS.values():
        rows = rows_of(shipped, metric)
        assert set(rows) == {"", "wmt21_zhen_news", "wmt22_zhen_news", "wmt23_zhen_news"}
        assert (rows[""]["n_systems"], rows[""]["n_pairs"]) == (32, 164)
        assert 0.0 < rows[""]["low"] < rows[""]["slope"] < rows[""]["high"]
    submitted = shipped.slopes[shipped.slopes["signature"].str.startswith("stored:")]
    assert {"COMET-22", "MetricX-23", "XCOMET-Ensemble"} <= set(submitted["metric"])
    assert shipped.categories["n_metrics"].tolist() == [46] * len(shipped.categories)


def table_after(heading: str) -> list[list[str]]:
    """The rows of the first table of docs/evidence.md whose head begins so."""
    lines = (ROOT / "docs" / "evidence.md").read_text("utf-8").split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith(heading))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def test_the_docs_say_what_the_tables_hold(shipped: Evidence) -> None:
    for size, *cells in table_after("| difference |"):
        for metric, cell in zip(("bleu", "chrf", "ter"), cells, strict=True):
            row = rows_of(shipped, metric)[""]
            shares = [100 * agreed_share(row[k], float(size)) for k in ("slope", "low", "high")]
            assert cell == "{:.0f} % [{:.0f}, {:.0f}]".format(*shares)
    for label, *cells in table_after("| metric | WMT21 |"):
        for year, cell in zip((21, 22, 23), cells, strict=True):
            row = rows_of(shipped, LABELS[label])[f"wmt{year}_zhen_news"]
            assert cell == f"{100 * row['expected']:.0f} → {100 * row['observed']:.0f} %"


def test_sources_are_named() -> None:
    text = (ROOT / "datasets" / "evidence" / "README.md").read_text("utf-8")
    assert len(re.findall(r"^\| WMT2[123] Chinese→English news", text, re.M)) == 3
    assert "GPL-3.0" in text and "not stated" not in text

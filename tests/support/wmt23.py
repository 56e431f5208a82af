"""The news of WMT23 as matrices, with the values that the official toolkit gets from them."""

from __future__ import annotations

import csv
import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.statistics.base import Array

SEGMENTS = 377


@dataclass(frozen=True)
class Wmt23:
    """Scores of each metric and raw ratings, (10, 377), corpus scores, (10,), and the expected
    numbers of the meta-evaluation."""

    scores: dict[str, Array]
    ratings: Array
    corpus: dict[str, Array]
    expected: dict[str, Any]

    @property
    def metrics(self) -> list[str]:
        return [m for m in self.expected["values"] if not m.startswith("_")]


def read_wmt23(expected: Path) -> Wmt23:
    published = json.loads((expected / "wmt23_zhen_news.json").read_text())
    systems = published["rated_systems"]
    position = {s: i for i, s in enumerate(systems)}
    scores: dict[str, Array] = {}
    with gzip.open(expected / "wmt23_zhen_news.segment_scores.csv.gz", "rt", newline="") as file:
        for row in csv.DictReader(file):
            if row["system"] in position:
                matrix = scores.setdefault(_name(row), np.full((len(systems), SEGMENTS), np.nan))
                matrix[position[row["system"]], int(row["segment_id"]) - 1] = float(row["score"])
    corpus: dict[str, Array] = {}
    with (expected / "wmt23_zhen_news.corpus_scores.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["system"] in position:
                column = corpus.setdefault(_name(row), np.full(len(systems), np.nan))
                column[position[row["system"]]] = float(row["score"])
    for table in (scores, corpus):
        table["TER"] = -table["TER"]
    ratings = np.array([published["mqm_segment"][s] for s in systems])
    return Wmt23(scores, ratings, corpus, published["meta_evaluation"])


def _name(row: dict[str, str]) -> str:
    return row["metric"].replace("chrF++", "chrFpp")

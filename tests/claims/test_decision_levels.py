"""How often is a system said to score higher than one that is as good?

Two systems of WMT23's news are made equally good by exchanging the translations of whole documents
at random: whoever is said to score higher by BLEU, chrF, chrF++ or TER then is said so falsely.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from harness import load_test_set, score
from harness.api.results import Scores
from harness.metrics import Languages, SegmentScores
from harness.report.compared import claims_on_texts
from harness.system_comparison.rows import compare_scores
from harness.system_comparison.settings import SystemTesting
from harness.tables import SYSTEM_TESTS, table

LEVEL = 0.05
METRICS = ["bleu", "chrf", "chrfpp", "ter"]


@pytest.fixture(scope="module")
def scores(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Scores:
    cache = tmp_path_factory.mktemp("cache")
    return score(load_test_set("wmt23_zhen_news", mirror=mirror, cache=cache), METRICS)


def exchanged(one: SegmentScores, two: SegmentScores, swap: NDArray[np.bool_]) -> SegmentScores:
    """The first with the second's statistics and scores where ``swap``."""
    assert one.statistics is not None and two.statistics is not None
    return SegmentScores(
        np.where(swap, two.scores, one.scores),
        np.where(swap[:, None], two.statistics, one.statistics),
    )


def said(scores: Scores, pair: tuple[str, str], seed: int) -> str:
    """What is said of two systems whose documents were exchanged at random."""
    assert scores.scored is not None
    documents = scores.test_set.segments["document"].factorize()[0].astype(np.int64)
    swap = np.random.default_rng(seed).integers(0, 2, documents.max() + 1).astype(bool)[documents]
    testing = SystemTesting(bootstrap=0, randomisation=400, units="document", seed=seed)
    found = {}
    for key in METRICS:
        one, two = (scores.scored.segments[key, name] for name in pair)
        systems = {"a": exchanged(one, two, swap), "b": exchanged(two, one, swap)}
        found[key] = compare_scores(key, scores.metrics[key], systems, documents, testing)
    tests = ({"test_set": "t", **row} for rows in found.values() for row in rows.tests)
    (claim,) = claims_on_texts(
        scores.metrics,
        {key: rows.intervals for key, rows in found.items()},
        table(tests, SYSTEM_TESTS),
        n_references=1,
        languages=Languages("en", "de"),
        evidence=None,
    )
    return claim.text


def false_share(scores: Scores, repetitions: int) -> float:
    pairs = list(combinations(sorted(scores.systems.index), 2))
    texts = [said(scores, pairs[k % len(pairs)], k) for k in range(repetitions)]
    assert all(text.startswith(("No difference", "a scores", "b scores")) for text in texts)
    return float(np.mean([not text.startswith("No difference") for text in texts]))


def test_a_few_equal_systems(scores: Scores) -> None:
    assert false_share(scores, 30) <= LEVEL + 2 * np.sqrt(LEVEL * (1 - LEVEL) / 30)


@pytest.mark.slow
def test_equal_systems(scores: Scores) -> None:
    share = false_share(scores, 1000)
    print("false", share)  # noqa: T201
    assert share <= LEVEL + 2 * np.sqrt(LEVEL * (1 - LEVEL) / 1000)

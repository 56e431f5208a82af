"""How often does a test call two equally good systems different? Each segment's score is drawn
alike for both; in 'shared' a part of the difference belongs to the whole document.

The short version runs a few repetitions; the long one prints the table of docs/statistics.md."""

from __future__ import annotations

import numpy as np
import pytest

from harness.metrics import SegmentScores
from harness.metrics.sentinels import Length
from harness.system_comparison.rows import MEASURED, compare_scores
from harness.system_comparison.settings import SystemTesting

DOCUMENTS, SEGMENTS = 38, 10
#: The part of the variance of a difference that its document has in common.
SHARED = {"independent": 0.0, "shared": 0.1}


def shares(
    kind: str, repetitions: int, n_documents: int = DOCUMENTS
) -> dict[tuple[str, str], float]:
    """(test, unit) -> how often p is at most .05."""
    number = np.repeat(np.arange(n_documents), SEGMENTS)
    testing = SystemTesting(bootstrap=300, randomisation=300, units="both")
    found: dict[tuple[str, str], list[bool]] = {}
    for k in range(repetitions):
        g = np.random.default_rng([k, list(SHARED).index(kind)])
        systems = {
            name: SegmentScores(
                50.0
                + np.sqrt(SHARED[kind]) * g.normal(size=n_documents)[number]
                + np.sqrt(1.0 - SHARED[kind]) * g.normal(size=len(number))
            )
            for name in ("a", "b")
        }
        for row in compare_scores("m", Length(), systems, number, testing).tests:
            found.setdefault((str(row["test"]), str(row["unit"])), []).append(
                float(row["p"]) <= 0.05  # type: ignore[arg-type]
            )
    return {key: float(np.mean(hits)) for key, hits in found.items()}


#: (test, unit, errors) -> between which shares false positives lie, as ``MEASURED`` says in words.
LEVELS = {
    ("bootstrap", "segment", "independent"): (0.06, 0.16),
    ("bootstrap", "document", "independent"): (0.06, 0.16),
    ("randomisation", "segment", "independent"): (0.02, 0.08),
    ("randomisation", "document", "independent"): (0.02, 0.08),
    ("bootstrap", "segment", "shared"): (0.18, 0.33),
    ("bootstrap", "document", "shared"): (0.09, 0.19),
    ("randomisation", "segment", "shared"): (0.10, 0.20),
    ("randomisation", "document", "shared"): (0.02, 0.08),
}


@pytest.mark.parametrize("kind", SHARED)
def test_a_few_repetitions(kind: str) -> None:
    found = shares(kind, 60)
    assert found["randomisation", "document"] <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 60)
    assert found["bootstrap", "segment"] >= found["randomisation", "document"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", SHARED)
def test_levels(kind: str) -> None:
    found = shares(kind, 400)
    print(kind, found)  # noqa: T201
    for (test, unit), share in found.items():
        low, high = LEVELS[test, unit, kind]
        assert low <= share <= high, (test, unit)
    assert {(test, unit) for test, unit, _ in LEVELS} == set(MEASURED) == set(found)

"""Category differences that speak for other systems and documents."""

from __future__ import annotations

import numpy as np
import pytest

from harness.error_categories.accuracy import NO_SCORE, jackknifed
from harness.error_categories.decided_pairs import Pairs
from harness.error_categories.two_way import two_way_difference
from harness.significance.two_way.spread import jackknife_variance

N, SYSTEMS, DOCUMENTS = 900, 7, 12


def made(seed: int = 4) -> tuple[Pairs, np.ndarray]:
    rng = np.random.default_rng(seed)
    two = np.sort([rng.choice(SYSTEMS, 2, replace=False) for _ in range(N)], axis=1)
    pairs = Pairs(
        segment=np.arange(N),
        first=two[:, 0],
        second=two[:, 1],
        document=rng.integers(0, DOCUMENTS, N),
        category=np.zeros(N, np.int64),
        first_better=rng.random(N) < 0.5,
    )
    return pairs, rng.integers(0, 3, size=(2, N))


def difference(pairs: Pairs, credits: np.ndarray, keep: np.ndarray) -> float:
    one, two = (jackknifed(pairs.take(keep), own[keep]).balanced for own in credits)
    return one - two


def test_each_part_is_left_out_as_by_counting_again() -> None:
    pairs, credits = made()
    found = two_way_difference(pairs, credits)
    whole = np.ones(N, dtype=bool)
    assert found.value == pytest.approx(difference(pairs, credits, whole))
    of_document = [pairs.document != d for d in range(DOCUMENTS)]
    of_system = [(pairs.first != s) & (pairs.second != s) for s in range(SYSTEMS)]
    blocks = [d | s for d in of_document for s in of_system]
    for variance, parts in (
        (found.spread.documents, of_document),
        (found.spread.systems, of_system),
        (found.spread.blocks, blocks),
    ):
        values = np.array([difference(pairs, credits, keep) for keep in parts])
        assert variance[0] == pytest.approx(jackknife_variance(values[None])[0])
    assert found.spread.scope(0) == "systems and documents"
    assert found.spread.degrees[0] == SYSTEMS - 1


def test_a_pair_without_a_score_is_left_out_for_both() -> None:
    pairs, credits = made()
    some = credits.copy()
    some[0, :50] = NO_SCORE
    keep = np.arange(N) >= 50
    found = two_way_difference(pairs, some)
    assert found.value == pytest.approx(difference(pairs, credits, keep))
    rest = two_way_difference(pairs.take(keep), credits[:, keep])
    assert found.spread.variance[0] == pytest.approx(rest.spread.variance[0])


def test_without_pairs_there_is_no_number() -> None:
    pairs, credits = made()
    nobody = np.full_like(credits, NO_SCORE)
    found = two_way_difference(pairs, nobody)
    assert np.isnan(found.value) and np.isnan(found.spread.variance[0])


def test_few_systems_speak_for_documents_only() -> None:
    pairs, credits = made()
    few = (pairs.first < 4) & (pairs.second < 4)
    found = two_way_difference(pairs.take(few), credits[:, few])
    assert found.spread.scope(0) == "documents"
    assert found.spread.variance[0] == found.spread.documents[0]

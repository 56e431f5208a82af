"""Who rated what, where only the mean of raters is compared with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from harness.meta_evaluation import Testing, compare_with_ratings
from harness.meta_evaluation.material import Material, by_segment
from harness.statistics.correlation import Pearson
from harness.tables import RATER_RATINGS, table
from tests.support.matrices import made, normal

SYSTEMS = ["s0", "s1", "s2", "s3"]


def judged(rater_of: Callable[[int, int], str]) -> pd.DataFrame:
    """A rating of every translation by the rater of its system and segment."""
    rows = [
        ("made", system, str(j), rater_of(i, j), "all", 0.0)
        for i, system in enumerate(SYSTEMS)
        for j in range(40)
    ]
    return table(rows, RATER_RATINGS)


def material(rows: pd.DataFrame | None) -> Material:
    ratings, scores = normal(1)
    data = made(ratings, scores)
    none = table([], RATER_RATINGS)
    return by_segment(data["test_set"], data["scores"], data["ratings"], none, SYSTEMS, rows)


def by_document(i: int, j: int) -> str:
    """Documents have two segments each."""
    return f"r{j // 2 % 3}"


def test_given_ratings_take_their_raters_from_the_annotations() -> None:
    found = material(judged(by_document))
    assert found.raters == {}  # nobody's own rating is known
    assert sorted(found.judges) == ["r0", "r1", "r2"]
    assert found.single_raters() == tuple(f"r{j // 2 % 3}" for j in range(40))
    assert material(None).single_raters() is None


@pytest.mark.parametrize(
    "rater_of", [lambda i, j: f"r{i}", lambda i, j: f"r{j % 2}"], ids=["by system", "by segment"]
)
def test_documents_with_several_raters_have_no_single_ones(
    rater_of: Callable[[int, int], str],
) -> None:
    assert material(judged(rater_of)).single_raters() is None


def test_the_tests_leave_out_raters_of_given_ratings() -> None:
    ratings, scores = normal(1)
    data = made(ratings, scores)
    options = {"statistics": {"item": Pearson("item")}, "testing": Testing(samples=50)}
    known = compare_with_ratings(**data, **options, judged=judged(by_document)).tests
    unknown = compare_with_ratings(**data, **options).tests
    assert set(known["n_raters"]) == {3}
    assert unknown["n_raters"].isna().all()
    np.testing.assert_array_equal(known["p"], unknown["p"])

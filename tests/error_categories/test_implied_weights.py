"""What scores charge for a point of each category: by hand, against dummies, invariants."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from harness.error_categories.implied_weights import ImpliedWeights, implied_weights

Array = NDArray[Any]


def made(
    seed: int = 1, n_documents: int = 6, n_systems: int = 4, per_document: int = 5, n: int = 3
) -> dict[str, Array]:
    """Penalties of all systems on all segments, with levels of systems, segments and documents."""
    draw = np.random.default_rng(seed)
    n_segments = n_documents * per_document
    segment, system = np.divmod(np.arange(n_segments * n_systems), n_systems)
    penalties = draw.poisson(0.7, (len(segment), n)) * draw.choice([1.0, 5.0], (len(segment), n))
    return {
        "penalties": penalties,
        "totals": penalties.sum(axis=1),
        "group": segment,
        "system": system,
        "document": segment // per_document,
    }


def scores_of(data: dict[str, Array], weights: list[float], noise: float, seed: int = 2) -> Array:
    """A score with these weights, and levels of segments and systems that say nothing of them."""
    draw = np.random.default_rng(seed)
    segments = draw.normal(0, 5, data["group"].max() + 1)[data["group"]]
    systems = draw.normal(0, 3, data["system"].max() + 1)[data["system"]]
    rest = draw.normal(0, noise, len(segments)) if noise else 0.0
    result: Array = segments + systems - data["penalties"] @ np.array(weights) + rest
    return result


def one(scores: Array, data: dict[str, Array], **changed: Any) -> ImpliedWeights:
    arguments: Any = {**data, **changed}
    penalties, totals = arguments.pop("penalties"), arguments.pop("totals")
    (result,) = implied_weights(scores[None], penalties, totals, **arguments)
    return result


def by_dummies(scores: Array, columns: Array, data: dict[str, Array], kept: Array) -> Array:
    """Weights by ordinary least squares with a column for every group and every system."""
    groups = np.eye(data["group"].max() + 1)[data["group"]]
    systems = np.eye(data["system"].max() + 1)[data["system"]]
    design = np.hstack([columns, groups, systems])[kept]
    found, *_ = np.linalg.lstsq(design, scores[kept], rcond=None)
    result: Array = -found[: columns.shape[1]]
    return result


def test_by_hand() -> None:
    """Two systems, three segments: the second system's penalty is higher by 0, 1, 2 points and its
    score by 1, -1, -3; so a point costs 2, and the system's level is worth 1."""
    penalties = np.array([[0.0], [0.0], [0.0], [1.0], [0.0], [2.0]])
    scores = np.array([10.0, 11.0, 20.0, 19.0, 30.0, 27.0])
    (found,) = implied_weights(
        scores[None],
        penalties,
        penalties[:, 0],
        group=np.array([0, 0, 1, 1, 2, 2]),
        system=np.array([0, 1, 0, 1, 0, 1]),
        document=np.array([0, 0, 1, 1, 2, 2]),
    )
    assert found.weights[0].value == pytest.approx(2.0, abs=1e-12)
    assert found.overall.value == pytest.approx(2.0, abs=1e-12)
    assert found.relative[0].value == pytest.approx(1.0, abs=1e-12)
    assert (found.n_translations, found.n_marked, found.n_documents) == (6, (2,), (2,))


def test_known_weights_are_found_exactly() -> None:
    data = made()
    found = one(scores_of(data, [2.0, 0.5, -1.0], noise=0.0), data)
    assert [e.value for e in found.weights] == pytest.approx([2.0, 0.5, -1.0], abs=1e-10)
    assert all(e.low == pytest.approx(e.value, abs=1e-9) for e in found.weights)


def test_against_least_squares_with_dummies_and_a_jackknife_by_hand() -> None:
    data = made(seed=3)
    scores = scores_of(data, [1.0, 0.2, 0.6], noise=1.0)
    found = one(scores, data, confidence=0.9)
    everything = np.ones(len(scores), dtype=bool)
    documents = [data["document"] != d for d in range(6)]
    whole = data["totals"][:, None]
    values = np.array(
        [
            np.append(by_dummies(scores, data["penalties"], data, k),
                      by_dummies(scores, whole, data, k))
            for k in (everything, *documents)
        ]
    )  # fmt: skip
    shares = values[:, :3] / values[:, 3:]
    for estimates, expected in (
        ((*found.weights, found.overall), values),
        (found.relative, shares),
    ):
        for estimate, column in zip(estimates, expected.T, strict=True):
            spread = math.sqrt(5 / 6 * ((column[1:] - column[1:].mean()) ** 2).sum())
            half = stats.t.ppf(0.95, 5) * spread
            assert estimate.value == pytest.approx(column[0], abs=1e-10)
            assert estimate.low == pytest.approx(column[0] - half, abs=1e-9)
            assert estimate.high == pytest.approx(column[0] + half, abs=1e-9)


def test_what_a_score_gives_to_segments_and_systems_does_not_count() -> None:
    data = made(seed=4)
    scores = scores_of(data, [1.0, 2.0, 3.0], noise=1.0)
    draw = np.random.default_rng(9)
    moved = scores + draw.normal(0, 100, 4)[data["system"]] + draw.normal(0, 100, 30)[data["group"]]
    before, after = one(scores, data), one(moved, data)
    for a, b in zip(
        (*before.weights, *before.relative), (*after.weights, *after.relative), strict=True
    ):
        assert b.value == pytest.approx(a.value, rel=1e-8)
        assert b.low == pytest.approx(a.low, rel=1e-8)


def test_weights_are_in_the_score_s_unit_and_relative_ones_have_none() -> None:
    data = made(seed=5)
    scores = scores_of(data, [1.0, 2.0, 3.0], noise=0.5)
    before, after = one(scores, data), one(100 * scores, data)
    for c in range(3):
        assert after.weights[c].value == pytest.approx(100 * before.weights[c].value)
        assert after.relative[c].value == pytest.approx(before.relative[c].value)
        assert after.relative[c].high == pytest.approx(before.relative[c].high)


def test_the_order_of_translations_does_not_matter() -> None:
    data = made(seed=6)
    scores = scores_of(data, [1.0, 2.0, 0.0], noise=1.0)
    order = np.random.default_rng(1).permutation(len(scores))
    shuffled = one(scores[order], {name: column[order] for name, column in data.items()})
    for a, b in zip(one(scores, data).weights, shuffled.weights, strict=True):
        assert (b.value, b.low) == pytest.approx((a.value, a.low), rel=1e-9)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_a_score_that_knows_only_the_system_charges_exactly_nothing(scale: float) -> None:
    data = made(seed=7)
    levels = np.random.default_rng(3).normal(0, scale, 4)
    segments = np.random.default_rng(4).normal(0, scale, 30)
    found = one(levels[data["system"]] + segments[data["group"]], data)
    assert [e.value for e in (*found.weights, found.overall)] == [0.0] * 4
    assert not found.has_unit
    assert all(math.isnan(e.value) for e in found.relative)


def test_the_raters_own_penalty_costs_one_everywhere() -> None:
    data = made(seed=8)
    found = one(-data["totals"], data)
    assert [e.value for e in (*found.weights, found.overall, *found.relative)] == pytest.approx(
        [1.0] * 7
    )


def test_categories_that_only_come_together_have_no_weight() -> None:
    data = made(seed=9)
    data["penalties"][:, 1] = 2 * data["penalties"][:, 0]
    data["totals"] = data["penalties"].sum(axis=1)
    found = one(scores_of(data, [1.0, 1.0, 4.0], noise=0.0), data)
    assert math.isnan(found.weights[0].value)
    assert math.isnan(found.weights[1].value)
    assert found.weights[2].value == pytest.approx(4.0)


def test_a_category_that_is_the_same_within_every_segment_has_no_weight() -> None:
    data = made(seed=10)
    data["penalties"][:, 1] = data["group"]
    found = one(scores_of(data, [1.0, 1.0, 4.0], noise=0.0), data)
    assert math.isnan(found.weights[1].value)
    assert found.n_documents[1] == 0
    assert found.weights[0].value == pytest.approx(1.0)


def test_a_category_of_one_document_has_a_weight_without_interval() -> None:
    data = made(seed=11)
    data["penalties"][data["document"] > 0, 2] = 0.0
    data["totals"] = data["penalties"].sum(axis=1)
    found = one(scores_of(data, [1.0, 1.0, 4.0], noise=0.0), data)
    assert found.weights[2].value == pytest.approx(4.0)
    assert math.isnan(found.weights[2].low)
    assert math.isnan(found.relative[2].high)
    assert found.n_documents[2] == 1
    assert found.weights[0].low == pytest.approx(1.0)


def test_errors_of_no_category_are_held_constant_too() -> None:
    """A fourth kind of error is in the totals only; it comes along with the first."""
    data = made(seed=12)
    other = data["penalties"][:, 0] + np.random.default_rng(5).poisson(0.5, len(data["group"]))
    scores = scores_of(data, [1.0, 2.0, 3.0], noise=0.0) - 7.0 * other
    found = one(scores, data, totals=data["totals"] + other)
    assert [e.value for e in found.weights] == pytest.approx([1.0, 2.0, 3.0])


def test_a_missing_score_leaves_its_translation_out_and_that_of_a_metric_alone() -> None:
    data = made(seed=13)
    scores = scores_of(data, [1.0, 2.0, 0.5], noise=1.0)
    holes = scores.copy()
    holes[[0, 7, 50]] = np.nan
    holes[data["group"] == 3] = [1.0, np.nan, np.nan, np.nan]  # one alone is not compared
    arguments: Any = {k: data[k] for k in ("group", "system", "document")}
    whole, part = implied_weights(
        np.array([scores, holes]), data["penalties"], data["totals"], **arguments
    )
    kept = ~np.isnan(holes)
    assert part.n_translations == kept.sum() - 1
    expected = by_dummies(scores, data["penalties"], data, kept)
    assert [e.value for e in part.weights] == pytest.approx(expected.tolist())
    assert whole == one(scores, data)


def test_nothing_to_compare() -> None:
    data = made(seed=14, n_systems=1)
    found = one(scores_of(data, [1.0, 2.0, 3.0], noise=1.0), data)
    assert found.n_translations == 0
    assert all(math.isnan(e.value) for e in (*found.weights, found.overall, *found.relative))
    empty = one(np.full(30, np.nan), data)
    assert empty.n_translations == 0


def test_a_score_that_rises_with_errors_has_no_relative_weight() -> None:
    data = made(seed=15)
    found = one(scores_of(data, [-1.0, -1.0, -1.0], noise=0.1), data)
    assert found.overall.high < 0.0
    assert math.isnan(found.relative[0].value)


def test_two_documents_give_no_interval() -> None:
    found = one(scores_of(made(n_documents=2), [1.0, 1.0, 1.0], noise=1.0), made(n_documents=2))
    assert not math.isnan(found.weights[0].value)
    assert math.isnan(found.weights[0].low)
    assert math.isnan(found.relative[0].value)

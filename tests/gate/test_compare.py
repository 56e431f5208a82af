"""Two runs compared: what is tested, what is refused, and the numbers by other ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from harness.error_categories.analysis import categories
from harness.error_categories.decided_pairs import decided_pairs
from harness.errors import InputError
from harness.gate.compare import compare_runs
from harness.gate.comparison import Comparison, Result, judged, one_sided
from harness.gate.opened import Opened
from harness.gate.settings import GateSettings
from harness.ratings.rating import ratings_table
from harness.significance.families import compare_all_pairs
from harness.significance.two_way import ACC_EQ
from harness.significance.two_way.jackknife import Jackknife
from harness.statistics.base import Array
from tests.support.gate_runs import Stage
from tests.support.made_categories import Made, penalties_of

MADE = Made()


def stage(made: Made = MADE) -> Stage:
    ids = tuple(str(i) for i in range(len(made.documents)))
    penalties = penalties_of(made.values, made.systems, made.documents)
    return Stage(made.test_set, ratings_table(penalties), tuple(made.systems), ids, penalties)


STAGE = stage()
GOOD, POOR = MADE.scores["good"], MADE.scores["poor"]


def gate(
    run: Mapping[str, Array] | Opened, baseline: Mapping[str, Array] | Opened, **settings: Any
) -> Result:
    opened = [of if isinstance(of, Opened) else STAGE.run(of) for of in (run, baseline)]
    return compare_runs(opened[0], opened[1], GateSettings(**settings))


def the(result: Result, name: str) -> Comparison:
    (found,) = [c for c in result.comparisons if c.name == name]
    return found


def balanced(run: Array, keep: Array) -> float:
    """Category accuracy counted pair by pair, on the pairs that ``keep`` has."""
    pairs = decided_pairs(MADE.values, MADE.documents).of(0)
    wins: dict[tuple[int, int, bool], list[float]] = {}
    for i in np.flatnonzero(keep):
        first, second = (run[s[i], pairs.segment[i]] for s in (pairs.first, pairs.second))
        better = bool(pairs.first_better[i])
        credit = 0.5 if first == second else float((first > second) == better)
        wins.setdefault((int(pairs.first[i]), int(pairs.second[i]), better), []).append(credit)
    above = below = 0.0
    for a, b in {key[:2] for key in wins}:
        one, two = wins.get((a, b, True), []), wins.get((a, b, False), [])
        if one and two:
            weight = 2 * len(one) * len(two) / (len(one) + len(two))
            above += weight * (np.mean(one) + np.mean(two)) / 2
            below += weight
    return above / below


def test_a_category_is_the_t_test_of_leaving_out_document_after_document() -> None:
    """Four systems are too few to speak for others, so that documents alone are left out."""
    found = the(gate({"m": POOR}, {"m": GOOD}), "m: news/meaning")
    pairs = decided_pairs(MADE.values, MADE.documents).of(0)
    everything = np.ones(len(pairs), dtype=bool)
    assert found.value == pytest.approx(100 * balanced(POOR, everything))
    assert found.baseline == pytest.approx(100 * balanced(GOOD, everything))
    documents = np.unique(pairs.document)
    without = np.array(
        [
            balanced(POOR, pairs.document != d) - balanced(GOOD, pairs.document != d)
            for d in documents
        ]
    )
    n = len(documents)
    error = np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    difference = (found.value - found.baseline) / 100
    assert found.p == pytest.approx(stats.t.cdf(difference / error, n - 1))
    half = stats.t.ppf(0.975, n - 1) * error
    assert (found.low, found.high) == pytest.approx(
        (100 * (difference - half), 100 * (difference + half))
    )
    assert found.n_documents == n and found.n == len(pairs)
    assert found.speaks_for == "other documents, these systems"


def test_the_values_are_those_of_the_table_of_categories() -> None:
    found = the(gate({"m": POOR}, {"m": GOOD}), "m: news/meaning")
    judged_by = categories(MADE.test_set, MADE.score_table, [MADE.penalties]).categories
    rows = judged_by[judged_by["category"] == "meaning"].set_index("metric")["value"]
    assert found.value == pytest.approx(100 * rows["poor"])
    assert found.baseline == pytest.approx(100 * rows["good"])


def test_an_overall_statistic_is_half_the_two_sided_test() -> None:
    found = the(gate({"m": POOR}, {"m": GOOD}), "m: accuracy with ties")
    ratings = -MADE.values.sum(axis=-1).mean(axis=-1)
    jackknife = Jackknife(ACC_EQ, {"poor": POOR, "good": GOOD}, ratings, MADE.documents)
    (test,) = compare_all_pairs(jackknife, seed=0).tests
    assert test.metric_1 == "good"
    assert found.p == pytest.approx(test.p / 2)
    assert found.difference == pytest.approx(-100 * test.difference)


def test_a_poor_metric_fails_and_the_way_back_passes() -> None:
    worse = gate({"m": POOR}, {"m": GOOD})
    assert "m: news/meaning" in [c.name for c in worse.failures]
    assert all(c.p_adjusted <= 0.05 for c in worse.failures)
    better = gate({"m": GOOD}, {"m": POOR})
    assert not better.failures
    back = the(better, "m: news/meaning")
    assert back.p == pytest.approx(1 - the(worse, "m: news/meaning").p)
    lost = the(worse, "m: news/meaning")
    assert (lost.n_lost, lost.n_won) == (back.n_won, back.n_lost)


def test_p_is_adjusted_over_everything_compared() -> None:
    noise = np.random.default_rng(1).normal(size=GOOD.shape)
    one = gate({"m": POOR}, {"m": GOOD})
    two = gate({"m": POOR, "k": GOOD + noise}, {"m": GOOD, "k": GOOD})
    assert len(two.comparisons) == 2 * len(one.comparisons)
    name = "m: news/meaning"
    assert the(two, name).p == the(one, name).p
    assert the(two, name).p_adjusted > the(one, name).p_adjusted


def test_holm_by_hand() -> None:
    ps = [0.01, 0.03, 0.02]
    rows = [Comparison("metric", "m", "m", str(p), 0.0, 0.0, 0.0, p=p) for p in ps]
    assert [c.p_adjusted for c in judged(rows, 0.05)] == pytest.approx([0.03, 0.04, 0.04])
    assert [c.failed for c in judged(rows, 0.035)] == [True, False, False]
    assert one_sided(-1.0, 0.2) == 0.1 and one_sided(1.0, 0.2) == 0.9


def test_a_tolerance_shifts_the_test() -> None:
    plain = the(gate({"m": POOR}, {"m": GOOD}), "m: news/meaning")
    loss = -plain.difference
    at = the(gate({"m": POOR}, {"m": GOOD}, tolerance=loss), "m: news/meaning")
    assert at.p == pytest.approx(0.5)
    assert at.difference == plain.difference and at.low == plain.low
    assert not gate({"m": POOR}, {"m": GOOD}, tolerance=99).failures


def test_equal_runs_pass_without_a_comparison() -> None:
    result = gate({"m": GOOD, "k": POOR}, {"m": GOOD, "k": POOR})
    assert result.comparisons == () and result.uncompared == ()
    assert set(result.unchanged) == {"metric m", "metric k"} | {f"system {s}" for s in "ABCD"}


def test_a_metric_may_have_another_name_in_the_baseline() -> None:
    result = gate({"new": POOR}, {"old": GOOD}, metric="new", baseline_metric="old")
    same = gate({"m": POOR}, {"m": GOOD})
    assert [c.p for c in result.comparisons] == [c.p for c in same.comparisons]
    assert {(c.subject, c.baseline_subject) for c in result.comparisons} == {("new", "old")}
    with pytest.raises(InputError, match="no metric in common"):
        gate({"new": POOR}, {"old": GOOD})
    with pytest.raises(InputError, match="no metric 'nwe'"):
        gate({"new": POOR}, {"old": GOOD}, metric="nwe", baseline_metric="old")


def test_scores_that_are_lost_fail_without_a_test() -> None:
    fewer = GOOD.copy()
    fewer[1, 3:5] = np.nan
    result = gate({"m": fewer}, {"m": GOOD})
    lost = the(result, "m: translations scored")
    assert lost.failed and lost.difference == -2 and lost.examples == ("3", "4")
    assert not gate({"m": GOOD}, {"m": fewer}).failures


def test_other_ratings_are_refused() -> None:
    ratings = STAGE.ratings.copy()
    first = (ratings["category"] == "all") & (ratings["segment_id"] == "0")
    ratings.loc[first, "rating"] -= 1.0
    other = STAGE.with_ratings(ratings).run({"m": GOOD})
    with pytest.raises(InputError, match="nothing can be compared") as refused:
        gate({"m": POOR}, other)
    n = len(MADE.documents) * 4
    assert f"other ratings in the baseline, for 4 of {n} translations" in str(refused.value)


def test_other_test_sets_and_sources_are_refused() -> None:
    run = STAGE.run({"m": GOOD})
    with pytest.raises(InputError, match="different test sets"):
        gate(run, replace(run, record={**run.record, "test_set": "other"}))
    texts = run.tables["texts"]
    other = replace(run, tables={**run.tables, "texts": texts.assign(digest="x")})
    with pytest.raises(InputError, match="no segment in common"):
        gate(run, other)


def test_segments_that_one_run_lacks_are_left_out() -> None:
    run, baseline = STAGE.run({"m": POOR}), STAGE.run({"m": GOOD})
    texts = baseline.tables["texts"]
    part = texts[texts["segment_id"].astype(int) < 60]
    fewer = replace(baseline, tables={**baseline.tables, "texts": part})
    result = gate(run, fewer)
    assert "60 segments are in both runs" in result.warnings[0]
    assert the(result, "m: accuracy with ties").n_segments == 60
    assert the(result, "m: news/meaning").n_documents == 10


def test_a_category_that_cannot_be_judged_is_said() -> None:
    result = gate({"m": POOR}, {"m": GOOD})
    said = {u.what: u.why for u in result.uncompared}
    assert "unreliable" in said.values()  # raters do not agree on style
    assert not [c for c in result.comparisons if c.category == "style"]


def test_an_unknown_view_is_named() -> None:
    with pytest.raises(InputError, match="no view 'nesw'"):
        gate({"m": POOR}, {"m": GOOD}, views=("nesw",))


def test_settings_that_contradict_are_refused() -> None:
    for settings, message in (
        ({"baseline_metric": "m"}, "without metric"),
        ({"metric": "m", "metrics": ("k",)}, "both metric and metrics"),
        ({"tolerance": -1.0}, "no size|not a size"),
        ({"tolerance": float("nan")}, "not a size"),
    ):
        with pytest.raises(InputError, match=message):
            GateSettings(**settings)  # type: ignore[arg-type]


# Systems


def renewed(scores: Array, word: str = "new") -> Opened:
    return STAGE.run({"m": scores}, renewed={"B": word})


def test_a_renewed_system_is_tested_by_exchanging_documents() -> None:
    """All 2^16 exchanges of 16 documents give the p that 10,000 draws approximate."""
    lower = GOOD.copy()
    lower[1] -= 1.0 + np.random.default_rng(2).normal(size=GOOD.shape[1]) * 4
    result = gate(renewed(lower), renewed(GOOD, "old"))
    found = the(result, "B: m")
    assert found.value == pytest.approx(lower[1].mean())
    assert found.difference == pytest.approx((lower[1] - GOOD[1]).mean())
    apart = np.array(
        [
            (lower[1] - GOOD[1])[np.array(MADE.documents) == d].sum()
            for d in dict.fromkeys(MADE.documents)
        ]
    )
    signs = 1 - 2 * ((np.arange(2**16)[:, None] >> np.arange(16)) & 1)
    exact = float(np.mean(signs @ apart <= apart.sum() + 1e-9))
    assert found.p == pytest.approx(exact, abs=0.01)
    assert found.low <= found.difference <= found.high
    assert found.n_documents == 16 and "documents" in found.method
    assert [u.what for u in result.uncompared if "metric" in u.what] == []


def test_a_tolerance_of_systems_is_per_cent_of_the_baseline() -> None:
    base = GOOD + 100.0
    lower = base.copy()
    lower[1] -= 2.0 + np.random.default_rng(2).normal(size=GOOD.shape[1])
    assert the(gate(renewed(lower), renewed(base, "old")), "B: m").failed
    found = the(gate(renewed(lower), renewed(base, "old"), tolerance=5.0), "B: m")
    assert found.tolerance == pytest.approx(0.05 * abs(base[1].mean()))
    assert not found.failed and found.difference == pytest.approx((lower[1] - base[1]).mean())


def test_a_metric_that_changed_cannot_judge_a_renewed_system() -> None:
    run = STAGE.run({"m": GOOD}, renewed={"B": "new"}, signature="v2")
    result_why = "the metric is not the same: v2 now, drawn before"
    with pytest.raises(InputError, match="nothing can be compared") as refused:
        gate(run, STAGE.run({"m": GOOD}))
    assert result_why in str(refused.value)
    other = GOOD.copy()
    other[0, 0] += 1.0
    other[1] -= 5.0
    result = gate(renewed(other), STAGE.run({"m": GOOD}))
    said = {u.what: u.why for u in result.uncompared}
    assert "1 unchanged translation another score" in said["system B, by m"]


def test_a_metric_is_compared_on_unchanged_translations_only() -> None:
    """The renewed system's translations have other ratings, which do not stand in the way."""
    worse = POOR.copy()
    found = the(gate(renewed(worse), STAGE.run({"m": GOOD})), "m: accuracy with ties")
    assert found.n == 3 * len(MADE.documents)


def test_ratings_of_a_renewed_system_are_compared_by_category() -> None:
    ratings = STAGE.ratings.copy()
    own = (ratings["system"] == "B") & ratings["category"].isin(["meaning", "all"])
    ratings.loc[own, "rating"] -= 2.0
    run = STAGE.with_ratings(ratings).run({"m": GOOD}, renewed={"B": "new"})
    result = gate(run, STAGE.run({"m": GOOD}))
    failed = {c.name for c in result.failures}
    assert failed == {"B: rating", "B: rating: meaning"}
    assert the(result, "B: rating: meaning").difference == pytest.approx(-2.0)


def test_another_system_as_the_baseline() -> None:
    result = gate(STAGE.run({"m": GOOD}), STAGE.run({"m": GOOD}), system="A", baseline_system="B")
    found = the(result, "A: m")
    assert found.difference == pytest.approx((GOOD[0] - GOOD[1]).mean())
    with pytest.raises(InputError, match="no system 'Z'"):
        gate(STAGE.run({"m": GOOD}), STAGE.run({"m": GOOD}), system="Z")


def test_links_lead_to_the_pairs(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("")
    run = STAGE.run({"m": POOR}, folder=tmp_path)
    found = the(gate(run, {"m": GOOD}), "m: news/meaning")
    assert found.link == f"{tmp_path}/report.html#segments?view=news&decided=meaning&metric=m"
    assert the(gate({"m": POOR}, {"m": GOOD}), "m: news/meaning").link == ""

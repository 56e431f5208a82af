"""The stage as a whole: known values, tests and clusters, parts, averages, ceilings, bad input."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from harness.errors import InputError
from harness.meta_evaluation import (
    Average,
    Resampling,
    Testing,
    compare_with_ratings,
)
from harness.meta_evaluation.ceilings import held_out
from harness.meta_evaluation.stage import MetaEvaluation
from harness.statistics.accuracy_ties import AccEq, TauEq
from harness.statistics.base import Array, Statistic
from harness.statistics.correlation import Kendall, Pearson, Spearman
from harness.statistics.document_level import OfDocuments
from harness.statistics.groups import FEW
from harness.statistics.pdp import PDPPearson
from harness.statistics.soft_pairwise import SoftPairwiseAccuracy
from harness.statistics.system_level import PairwiseAccuracy, SystemKendall, SystemPearson
from harness.tables import (
    DOCUMENT_SCORES,
    PHENOMENA,
    RATER_RATINGS,
    RATINGS,
    SCORES,
    table,
)
from harness.test_sets.subsets import check_subsets
from tests.conftest import ROOT
from tests.support.matrices import made, normal
from tests.support.wmt23 import read_wmt23

NAN = float("nan")
STATISTICS: dict[str, Statistic] = {
    "spa": SoftPairwiseAccuracy(samples=100),
    "accuracy": PairwiseAccuracy("mean"),
    "pearson": Pearson("none"),
    "acc_eq": AccEq("item"),
    "kendall": Kendall("item"),
    "pdp": PDPPearson(),
}
QUICK = Resampling(samples=20, minimum_documents=2)


def run(data: Mapping[str, Any], statistics: Any = None, **options: Any) -> MetaEvaluation:
    options = {"resampling": QUICK, "testing": Testing(samples=100), **options}
    return compare_with_ratings(**data, statistics=statistics or STATISTICS, **options)


def row(frame: pd.DataFrame, metric: str, statistic: str, **more: str) -> pd.Series:
    chosen = frame[(frame["metric"] == metric) & (frame["statistic"] == statistic)]
    for column, value in more.items():
        chosen = chosen[chosen[column] == value]
    assert len(chosen) == 1
    return chosen.iloc[0]


def test_wmt23_through_the_whole_stage(expected: Path) -> None:
    """Values and p-values of the official toolkit, from tables to tables. Its raw ratings leave
    five ties that are none; ratings here are rounded, so that acc_eq is that of rounded ratings."""
    wmt23 = read_wmt23(expected)
    data = made(np.round(wmt23.ratings, 12), wmt23.scores, per_document=10)
    statistics = {
        "accuracy": PairwiseAccuracy("mean"),
        "pearson": Pearson("none"),
        "acc_eq": AccEq("item"),
        "kendall": Kendall("item"),
        "pdp": PDPPearson(),
    }
    result = run(data, statistics, testing=Testing(samples=1000, method="exchange"))
    values = wmt23.expected["values"]
    near = wmt23.expected["edge_cases"]["human_float_ties"]
    for metric in wmt23.metrics:
        for statistic, value in (
            ("pairwise_accuracy", values[metric]["sys_pairwise_accuracy__mean"]),
            ("pearson", values[metric]["seg_pearson__none"]),
            ("acc_eq", near[metric]["gold_rounded_8dp"][0]),
            ("pdp_pearson", values[metric]["seg_pearson_pdp__item"]),
        ):
            assert row(result.meta, metric, statistic)["value"] == pytest.approx(value, abs=1e-12)
        assert row(result.meta, metric, "acc_eq")["epsilon"] == near[metric]["gold_rounded_8dp"][1]
    published = wmt23.expected["pairwise"]["seg_pearson__none"]["pairs"]
    tests = result.tests[result.tests["statistic"] == "pearson"].set_index(["metric_1", "metric_2"])
    for pair, other in published.items():
        p = tests.loc[tuple(pair.split(">")), "p"]
        spread = 4 * np.sqrt(2 * max(other["p"] * (1 - other["p"]), 0.001) / 1000)
        assert p == pytest.approx(other["p"], abs=spread)
    assert len(tests) == 21
    assert (result.tests["sides"] == 1).all()
    clusters = {m: row(result.meta, m, "acc_eq")["cluster_unadjusted"] for m in wmt23.metrics}
    assert clusters["chrF"] == clusters["chrFpp"] == 1
    assert clusters["BLEU"] == 2
    assert clusters["BLEU_r10"] == max(clusters.values())


def test_clusters_tests_and_families() -> None:
    ratings, scores = normal(1)
    result = run(made(ratings, scores), sentinels=["none"])
    tests, meta = result.tests, result.meta
    assert set(meta["cluster"].dropna()) == {1, 2} or set(meta["cluster"].dropna()) == {1}
    assert row(meta, "close", "acc_eq")["cluster"] == 1
    assert row(meta, "loose", "acc_eq")["cluster"] == 2
    assert meta[meta["metric"] == "none"]["cluster"].isna().all()
    by_pair = tests[tests["statistic"] == "acc_eq"].set_index(["metric_1", "metric_2"])
    assert set(by_pair["family"]) == {"metrics", "sentinels"}
    assert by_pair.loc[("close", "loose"), "family"] == "metrics"
    assert by_pair.loc[("close", "loose"), "p"] == by_pair.loc[("close", "loose"), "p_adjusted"]
    value = row(meta, "close", "acc_eq")["value"] - row(meta, "loose", "acc_eq")["value"]
    assert by_pair.loc[("close", "loose"), "difference"] == pytest.approx(value)
    assert (tests["p_adjusted"] >= tests["p"]).all()
    assert (tests["n_documents"] == 20).all()


def test_without_draws_there_are_no_tests() -> None:
    result = run(made(*normal(2)), testing=Testing(samples=0))
    assert result.tests.empty
    assert result.meta["cluster"].isna().all()


def test_the_average_is_that_of_its_parts_and_is_tested() -> None:
    ratings, scores = normal(3)
    weights = {"accuracy": 1.0, "pearson": 1.0, "acc_eq": 2.0}
    statistics = {**STATISTICS, "average": Average(weights)}
    result = run(made(ratings, scores), statistics)
    average = row(result.meta, "close", "average")
    parts = {
        s: row(result.meta, "close", s)["value"] for s in ("pairwise_accuracy", "pearson", "acc_eq")
    }
    by_hand = (parts["pairwise_accuracy"] + (parts["pearson"] + 1) / 2 + 2 * parts["acc_eq"]) / 4
    assert average["value"] == pytest.approx(by_hand)
    assert (average["level"], average["grouping"]) == ("all", "weighted")
    tests = result.tests[result.tests["statistic"] == "average"].set_index(["metric_1", "metric_2"])
    assert set(tests["sides"]) == {2}
    assert len(tests) == 3
    samples = tests.loc[("close", "none"), "samples"]
    assert tests.loc[("close", "none"), "p"] == 2 / (samples + 1)  # the smallest there is
    assert average["cluster"] == 1
    assert average["low"] < average["value"] < average["high"]
    alone: Any = {"acc_eq": STATISTICS["acc_eq"], "average": Average({"acc_eq": 5.0})}
    bootstrap = replace(QUICK, method="bootstrap")
    one = run(made(ratings, scores), alone, resampling=bootstrap).meta
    for column in ("value", "low", "high", "chance"):
        pair = [row(one, "close", s)[column] for s in ("acc_eq", "average")]
        assert pair[0] == pytest.approx(pair[1], abs=1e-12)


def test_an_average_of_one_statistic_is_tested_as_it_is() -> None:
    """The same draws, the same differences: the same p."""
    for key in ("spa", "pearson", "acc_eq", "kendall", "pdp"):
        chosen: Any = {key: STATISTICS[key], "average": Average({key: 1.0})}
        exchange = Testing(samples=100, method="exchange")
        found = run(made(*normal(4)), chosen, testing=exchange).tests
        tests = found.set_index(["metric_1", "metric_2"])
        own = tests[tests["statistic"] != "average"]["p"]
        mean = tests[tests["statistic"] == "average"]["p"]
        pd.testing.assert_series_equal(own, mean.reindex(own.index))


def test_system_means_of_an_average_by_brute_force() -> None:
    """p from mixing whole matrices draw by draw."""
    from harness.significance.blocks import standardised
    from harness.significance.exchange import draw_cells

    ratings, scores = normal(5)
    data = made(ratings, scores)
    statistic = SystemPearson()
    chosen: Any = {"s": statistic, "average": Average({"s": 1.0})}
    tests = run(data, chosen).tests
    got = tests[tests["statistic"] == "average"].set_index(["metric_1", "metric_2"])["p"]
    for (one, two), p in got.items():
        a, b = standardised(np.array([scores[one], scores[two]]))
        observed = statistic(a, ratings).value - statistic(b, ratings).value
        n = 0
        for w in draw_cells(100, ratings.shape, 12345).astype(bool):
            mixed = np.where(w, a, b), np.where(w, b, a)
            gain = statistic(mixed[0], ratings).value - statistic(mixed[1], ratings).value
            n += gain >= observed - 1e-12
        assert p == pytest.approx(min(1.0, 2 * (n + 1) / 101))  # two-sided, the observed one too


def test_a_name_that_an_average_does_not_know_is_refused() -> None:
    statistics: Any = {**STATISTICS, "average": Average({"acc_qe": 1.0})}
    with pytest.raises(InputError, match="acc_qe"):
        run(made(*normal(6)), statistics)
    with pytest.raises(InputError, match="weighs none"):
        Average({})


def test_two_statistics_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="the same rows"):
        run(made(*normal(6)), {"a": AccEq("item"), "b": AccEq("item", 0.0)})


def test_ceiling_by_hand() -> None:
    """Two raters over three systems: r1 against r2 and r2 against r1, the same correlation; the
    segment that r2 alone rated takes no part."""
    one = np.array([[-1.0, NAN], [-2.0, NAN], [-4.0, NAN]])
    two = np.array([[-1.0, 0.0], [-3.0, -1.0], [-2.0, -9.0]])
    r = np.corrcoef(one[:, 0], two[:, 0])[0, 1]
    value, note = held_out(Pearson("item"), {"r1": one, "r2": two})
    assert value == pytest.approx(r)
    assert note == "mean of 2 raters"
    assert held_out(PairwiseAccuracy("corpus"), {"r1": one, "r2": two})[0] == pytest.approx(2 / 3)
    assert held_out(SoftPairwiseAccuracy(), {"r1": one, "r2": two})[0] > 0


@pytest.mark.parametrize(
    ("raters", "why"),
    [
        ({}, "ratings are not known by rater"),
        ({"r": np.zeros((2, 2))}, "one rater"),
        ({"r": np.array([[0.0, NAN]]), "s": np.array([[NAN, 0.0]])}, "rated by two raters"),
        ({"r": np.zeros((2, 2)), "s": np.zeros((2, 2))}, "undefined for every rater"),
    ],
)
def test_no_ceiling_says_why(raters: dict[str, Array], why: str) -> None:
    value, note = held_out(Kendall("item"), raters)
    assert np.isnan(value)
    assert why in note


def test_the_ceiling_reaches_the_table() -> None:
    ratings, scores = normal(7)
    data = made(ratings, scores)
    rater_rows = [
        ("made", r.system, r.segment_id, rater, "all", r.rating + shift)
        for r in data["ratings"].itertuples()
        for rater, shift in (("a", 0.0), ("b", -1.0))
    ]
    result = run(data, rater_ratings=table(rater_rows, RATER_RATINGS))
    for statistic in ("kendall_b", "pearson", "acc_eq", "pairwise_accuracy"):
        found = row(result.meta, "none", statistic)
        assert found["ceiling"] == pytest.approx(1.0)  # b gives one point less than a, always
        assert found["ceiling_note"] == "mean of 2 raters"


def test_chance_is_what_random_scores_get() -> None:
    g = np.random.default_rng(8)
    ratings = -g.poisson(1.0, (6, 400)).astype(float) - 0.15 * np.arange(6)[:, None]
    drawn = [g.normal(size=ratings.shape) for _ in range(60)]
    for statistic in (AccEq("item"), AccEq("item", 0.0), TauEq("item"), SoftPairwiseAccuracy(200)):
        mean = np.mean([statistic(scores, ratings).value for scores in drawn])
        assert statistic.chance_level(ratings) == pytest.approx(mean, abs=0.03)
    tied = np.where(g.random((6, 400)) < 0.9, 0.0, -1.0)  # most pairs tie: always tying is best
    assert AccEq("item").chance_level(tied) == AccEq("item")(0 * tied, tied).value
    assert Kendall("item").chance_level(ratings) == 0.0


def test_documents() -> None:
    """Two documents of two segments: scores of documents against mean ratings."""
    ratings = np.array([[0.0, -2.0, -1.0, -1.0], [-1.0, -1.0, -4.0, -2.0], [0, 0, -1, NAN]])
    data = made(ratings, {"m": ratings})
    documents = table(
        [("made", f"s{i}", f"d{j}", "m", "m", float(v), "ok", 2) for i, j, v in
         ((0, 0, 3), (0, 1, 2), (1, 0, 3), (1, 1, 1), (2, 0, 9), (2, 1, 9))],
        DOCUMENT_SCORES,
    )  # fmt: skip
    chosen: Any = {"p": OfDocuments(Pearson("none"))}
    found = row(run(data, chosen, documents=documents).meta, "m", "pearson")
    # s2 lacks a rating of d1: its document mean is missing; means -1 -1; -1 -3; 0
    value = np.corrcoef([3, 2, 3, 1, 9], [-1, -1, -1, -3, 0])[0, 1]
    assert found["value"] == pytest.approx(value)
    assert (found["level"], found["n_documents"], found["n_segments"]) == ("document", 2, 4)
    assert found["n_excluded"] == 1
    with pytest.raises(InputError, match="compares systems"):
        OfDocuments(PairwiseAccuracy())


def test_subsets() -> None:
    ratings, scores = normal(9, 4, 60)
    data = made(ratings, scores, domains=lambda i: "news" if i < 55 else "social")
    phenomena = table([("made", str(i), 0, "idiom", None, None) for i in range(12)], PHENOMENA)
    data["test_set"] = replace(data["test_set"], phenomena=phenomena)
    wanted = ["domain", "length", "phenomenon"]
    meta = run(data, subsets=wanted).meta
    parts = meta[["subset", "subset_value"]].drop_duplicates().itertuples(index=False)
    assert [tuple(p) for p in parts] == [
        ("all", "all"),
        ("domain", "news"),
        ("domain", "social"),
        ("length", "1 to 3 characters"),
        ("length", "4 to 6 characters"),
        ("length", "7 to 9 characters"),
        ("phenomenon", "idiom"),
        ("phenomenon", "none marked"),
    ]
    news = row(meta, "close", "kendall_b", subset_value="news")
    assert news["value"] == Kendall("item")(scores["close"][:, :55], ratings[:, :55]).value
    assert news["n_segments"] == 55
    assert np.isnan(news["cluster"]) if news["cluster"] is not pd.NA else True
    small = row(meta, "close", "kendall_b", subset_value="social")
    assert np.isnan(small["value"])
    assert small["note"] == "5 rated segments, fewer than 10"
    whole = meta[meta["subset"] == "all"].reset_index(drop=True)
    pd.testing.assert_frame_equal(whole, run(data).meta)
    with pytest.raises(InputError, match="domian"):
        run(data, subsets=["domian"])


def test_humans_join_only_where_asked() -> None:
    data = made(*normal(10), roles={"s0": "human"})
    assert set(run(data).meta["n_systems"]) == {3}
    assert set(run(data, include_human=True).meta["n_systems"]) == {4}


BAD: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "ratings without variance": (lambda h: 0 * h, lambda m: m),
    "constant metric": (lambda h: h, lambda m: 0 * m),
    "one system": (lambda h: h[:1], lambda m: m[:1]),
    "one segment": (lambda h: h[:, :1], lambda m: m[:, :1]),
    "no score": (lambda h: h, lambda m: m * NAN),
    "half of the systems": (lambda h: h, lambda m: np.where(np.arange(4)[:, None] < 2, m, NAN)),
}


CORRELATIONS = {"pearson", "kendall_b", "pdp_pearson"}
OF_SYSTEMS = {"pairwise_accuracy", "soft_pairwise_accuracy"}
#: What is undefined in each case, at least.
NEVER = {
    "ratings without variance": CORRELATIONS,
    "constant metric": CORRELATIONS,
    "one system": {"kendall_b", "acc_eq", *OF_SYSTEMS},
    "one segment": set[str](),
    "half of the systems": OF_SYSTEMS,
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_undefined_with_reason_and_n(case: str) -> None:
    """Nothing fails; a value that is not there says why, and how much took part."""
    ratings, scores = normal(11)
    of_ratings, of_scores = BAD[case]
    good = of_ratings(ratings)
    chosen = {m: (of_scores(s) if m == "close" else s[: len(good), : good.shape[1]]) for m, s in
              scores.items()}  # fmt: skip
    result = run(made(good, chosen))
    own = result.meta[result.meta["metric"] == "close"]
    undefined = own[own["value"].isna()]
    assert (undefined["note"] != "").all()
    assert (undefined["low"].isna() & undefined["cluster"].isna()).all()
    never = set(own["statistic"]) if case == "no score" else NEVER[case]
    assert never <= set(undefined["statistic"])
    if case == "half of the systems":
        lacking = "no score for 2 of 4 systems: s2, s3"
        assert own["note"].str.contains(lacking, regex=False).all()
        assert own["cluster"].isna().all()  # compared on other systems than the rest
        defined = own[own["value"].notna()]
        assert (defined["n_excluded"] == ratings.size // 2).all()
    if case == "no score":
        assert (own["n_pairs"] == 0).all()
        assert (own["n_excluded"] == ratings.size).all()


def test_expensive_statistics_are_left_out_unless_asked_for() -> None:
    assert Kendall("none").expensive
    assert not Pearson("none").expensive
    assert not SystemKendall().expensive
    data = made(*normal(12))
    chosen: Any = {"k": Kendall("none")}
    left_out = run(data, chosen)
    assert left_out.tests.empty
    assert "resampling.expensive=true" in left_out.meta["note"].iloc[0]
    asked = run(data, chosen, testing=Testing(samples=20, expensive=True),
                resampling=replace(QUICK, expensive=True))  # fmt: skip
    assert len(asked.tests) == 3
    assert asked.meta["low"].notna().all()


def test_what_is_computed_anew_group_by_group_counts_for_more() -> None:
    """105 pairs, 1,000 draws and 600 translations are 63 million times 40 ns, 2.5 s; one by one
    150 times as long, 6.3 minutes."""
    ratings, scores = normal(16, n_systems=8, n_segments=75)
    many = {f"{m}{i}": s + i for m, s in scores.items() for i in range(5)}
    chosen: Any = {"k": Kendall("system"), "i": Kendall("item"), "s": Spearman("item")}
    result = run(made(ratings, many), chosen, testing=Testing(samples=1000))
    notes = result.meta[result.meta["note"].str.startswith("not tested")]
    assert set(notes["grouping"]) == {"system"}
    expected = "not tested: 105 pairs of metrics take about 6 minutes; metric_tests.expensive=true"
    assert notes["note"].str.startswith(expected).all()
    assert set(result.tests["grouping"]) == {"item"}
    few = (4, FEW)  # compared all with all instead
    assert Kendall("system").cost(few) < Kendall("system").cost((4, 65))


def test_subsets_that_divide_nothing_are_refused() -> None:
    data = made(*normal(17))
    with pytest.raises(InputError, match="marks no phenomena"):
        run(data, subsets=["phenomenon"])
    unrated = {**data, "ratings": data["ratings"].iloc[:0]}
    with pytest.raises(InputError, match="foo"):
        run(unrated, subsets=["foo"])
    with pytest.raises(InputError, match="foo"):
        check_subsets(["domain", "foo"])


def test_long_tests_are_estimated_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    """3 pairs, 100 draws, 160 translations: 48,000."""
    from harness.meta_evaluation import comparisons

    chosen: Any = {"k": Kendall("item"), "p": Pearson("none")}
    monkeypatch.setattr(comparisons, "MOST_WORK", 47_999)
    some = run(made(*normal(15)), chosen)
    assert set(some.tests["statistic"]) == {"pearson"}
    note = row(some.meta, "close", "kendall_b")["note"]
    assert note.startswith("not tested: 3 pairs of metrics take about 0 minutes")
    monkeypatch.setattr(comparisons, "MOST_WORK", 48_000)
    assert set(run(made(*normal(15)), chosen).tests["statistic"]) == {"kendall_b", "pearson"}


def test_the_order_of_systems_in_files_does_not_matter() -> None:
    data = made(*normal(13))
    statistics: Any = {**STATISTICS, "average": Average({"spa": 1, "acc_eq": 1})}
    first = run(data, statistics)
    test_set = data["test_set"]
    mixed = replace(
        test_set,
        hypotheses=test_set.hypotheses.sample(frac=1, random_state=1).reset_index(drop=True),
    )
    scores = data["scores"]
    parts = [own.sample(frac=1, random_state=2) for _, own in scores.groupby("metric", sort=False)]
    shuffled = {
        "test_set": mixed,
        "scores": table(pd.concat(parts).to_dict("list"), SCORES),
        "ratings": table(data["ratings"].sample(frac=1, random_state=3).to_dict("list"), RATINGS),
    }
    second = run(shuffled, statistics)
    pd.testing.assert_frame_equal(first.meta, second.meta)
    pd.testing.assert_frame_equal(first.tests, second.tests)


SCRIPT = """
from tests.meta_evaluation.test_meta_stage import run
from tests.support.matrices import made, normal
result = run(made(*normal(14)))
print(result.meta.to_csv(), result.tests.to_csv())
"""


def test_results_do_not_depend_on_the_hash_seed() -> None:
    printed = set()
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "."},
        )
        printed.add(done.stdout)
    assert len(printed) == 1
    assert "soft_pairwise_accuracy" in printed.pop()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Testing(acc_eq_test="pair"),  # type: ignore[arg-type]
        lambda: Testing(samples=-1),
        lambda: Testing(method="perm"),  # type: ignore[arg-type]
        lambda: Resampling(method="jackknife"),  # type: ignore[arg-type]
        lambda: Testing(alpha=1.0),
        lambda: Testing(expensive="yes"),  # type: ignore[arg-type]
        lambda: Resampling(unit="word"),  # type: ignore[arg-type]
    ],
)
def test_settings_are_checked(make: Callable[[], object]) -> None:
    with pytest.raises(InputError, match=r"config value (metric_tests|resampling)\."):
        make()

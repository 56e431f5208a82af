"""Paired bootstrap and approximate randomisation between systems."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sacrebleu.significance import PairedTest

from harness import load_test_set
from harness._kernels import counts
from harness.errors import InputError
from harness.metrics.base import Batch, Level, Metric, SegmentScores
from harness.metrics.sacrebleu import BLEU, TER, ChrF, SacrebleuMetric
from harness.metrics.sentinels import Length
from harness.scoring.stage import score_test_set
from harness.system_comparison import SystemTesting, draws
from harness.system_comparison.bootstrap import interval
from harness.system_comparison.stage import compare_systems
from harness.system_comparison.sums import by_document, statistics_of
from harness.tables import HYPOTHESES, REFERENCES, SEGMENTS, TestSet, table
from tests.support.store_ter import texts

METRICS: dict[str, SacrebleuMetric] = {
    "bleu": BLEU(),
    "chrf": ChrF(),
    "chrfpp": ChrF(name="chrF++", word_order=2),
    "ter": TER(),
}
WORDS = [
    "the",
    "a",
    "of",
    "cat",
    "dog",
    "sat",
    "mat",
    "on",
    "and",
    "it",
    "that",
    "ran",
    "home",
    "far",
]


@pytest.fixture(params=["native", "python"])
def which(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "python":
        monkeypatch.setattr(counts, "native", None)
    elif counts.native is None:
        pytest.skip("the C extension is not built")
    return str(request.param)


def made(
    systems: Mapping[str, Sequence[str]], references: Sequence[Sequence[str]], per_document: int = 3
) -> TestSet:
    n = len(references[0])
    ids = [f"s{i}" for i in range(n)]
    return TestSet(
        name="made",
        segments=table(
            [("made", s, f"d{i // per_document}", "news", s) for i, s in enumerate(ids)], SEGMENTS
        ),
        references=table(
            [
                ("made", s, f"ref{k}", text)
                for k, column in enumerate(references)
                for s, text in zip(ids, column, strict=True)
            ],
            REFERENCES,
        ),
        hypotheses=table(
            [
                ("made", system, "system", s, text)
                for system, column in systems.items()
                for s, text in zip(ids, column, strict=True)
            ],
            HYPOTHESES,
        ),
    )


def drawn(seed: int, n: int = 30, systems: int = 4) -> tuple[dict[str, list[str]], list[list[str]]]:
    """Systems of differing quality, and two references."""
    rng = np.random.default_rng(seed)

    def noisy(sentence: Sequence[str], noise: float) -> str:
        return " ".join(rng.choice(WORDS) if rng.random() < noise else word for word in sentence)

    truth = [rng.choice(WORDS, rng.integers(3, 12)) for _ in range(n)]
    references = [[noisy(s, 0.1) for s in truth] for _ in range(2)]
    return {
        f"sys{k}": [noisy(s, 0.2 + 0.03 * k) for s in truth] for k in range(systems)
    }, references


def compared(
    test_set: TestSet, metrics: Mapping[str, Metric], names: Sequence[str] | None = None, **how: Any
) -> Any:
    scored = score_test_set(test_set, metrics, references=names, workers=1)
    return compare_systems(test_set, metrics, scored.segments, SystemTesting(**how))


def sacrebleu_results(
    systems: Mapping[str, Sequence[str]],
    references: Sequence[Sequence[str]],
    metric: SacrebleuMetric,
    test: str,
    samples: int,
) -> dict[tuple[str, str], Any]:
    """Every two systems -> sacrebleu's result of the second, with the first as the baseline; and
    (system, '') -> its own."""
    results: dict[tuple[str, str], Any] = {}
    names = list(systems)
    for i, name in enumerate(names):
        rest = names[i:]
        columns = [list(r) for r in references]
        named = [(n, list(systems[n])) for n in rest]
        paired = PairedTest(named, {"m": metric.build("corpus")}, columns, test, samples)
        _, scores = (
            paired()
            if len(rest) > 1
            else ({}, {"x": [next(iter(paired._baseline_info.values()))[1]]})
        )
        (found,) = [v for k, v in scores.items() if k != "System"]
        results[name, ""] = found[0]
        for other, result in zip(rest[1:], found[1:], strict=True):
            results[name, other] = result
    return results


@pytest.mark.parametrize("n_references", [1, 2])
@pytest.mark.parametrize("key", METRICS)
def test_p_values_are_those_of_sacrebleu(which: str, key: str, n_references: int) -> None:
    systems, references = drawn(1)
    references = references[:n_references]
    names = [f"ref{k}" for k in range(n_references)]
    metric = METRICS[key]
    found = compared(
        made(systems, references),
        {key: metric},
        names,
        units="segment",
        mode="sacrebleu",
        bootstrap=200,
        randomisation=300,
    )
    for test, short, samples in (("bootstrap", "bs", 200), ("randomisation", "ar", 300)):
        expected = sacrebleu_results(systems, references, metric, short, samples)
        rows = found.tests[found.tests["test"] == test]
        assert len(rows) == 6
        for row in rows.itertuples():
            pair = tuple(sorted((row.system_1, row.system_2)))
            assert row.p == expected[pair].p_value
            assert row.score_1 >= row.score_2
        if test == "bootstrap":
            sign = 1 if metric.higher_is_better else -1
            for row in found.intervals.itertuples():
                own = expected[row.system, ""]
                assert row.score == sign * own.score
                assert row.mean == pytest.approx(sign * own.mean, rel=1e-6)
                assert (row.high - row.low) / 2 == pytest.approx(own.ci, rel=1e-6)


def test_exact_randomisation_is_that_of_sacrebleu_too() -> None:
    systems, references = drawn(2)
    kinds = [
        compared(made(systems, references), METRICS, units="segment", mode=mode, bootstrap=0)
        for mode in ("exact", "sacrebleu")
    ]
    assert [set(kind.tests["mode"]) for kind in kinds] == [{"exact"}, {"sacrebleu"}]
    frames = [kind.tests.drop(columns="mode") for kind in kinds]
    exact, theirs = (frame[frame["difference"] > 0] for frame in frames)
    pd.testing.assert_frame_equal(exact, theirs)
    # Two systems have the same TER by chance: nothing can then be said against "equally good".
    (same,) = kinds[0].tests[kinds[0].tests["difference"] == 0].itertuples()
    assert (same.metric, same.p, same.note) == ("ter", 1.0, "the scores are equal")


def by_hand(metric: Metric, rows: Sequence[NDArray[Any]], trial: Sequence[bool]) -> float:
    flags = np.array(trial)[:, None]
    one = np.where(flags, rows[0], rows[1]).sum(axis=0, keepdims=True)
    two = np.where(flags, rows[1], rows[0]).sum(axis=0, keepdims=True)
    return abs(float((metric.score_sums(one) - metric.score_sums(two))[0]))


@pytest.mark.parametrize("key", METRICS)
def test_randomisation_estimates_the_share_of_all_exchanges(which: str, key: str) -> None:
    """Against all 2**n exchanges of few segments, one by one."""
    systems, references = drawn(3, n=8, systems=2)
    metric = METRICS[key]
    test_set = made(systems, references[:1])
    scored = score_test_set(test_set, {key: metric}, workers=1)
    rows = [np.array(scored.segments[key, s].statistics) for s in systems]
    apart = [by_hand(metric, rows, trial) for trial in product((False, True), repeat=8)]
    observed = by_hand(metric, rows, [True] * 8)
    share = np.mean(np.array(apart) > observed)
    found = compared(test_set, {key: metric}, units="segment", bootstrap=0, randomisation=20_000)
    assert found.tests["p"].item() == pytest.approx(share, abs=4 * math.sqrt(0.25 / 20_000))


def test_bootstrap_by_hand() -> None:
    """Lengths 1 and 5 against 3 and 3: resampled means are 1, 3 and 5 against 3, in a quarter, a
    half and a quarter of all resamples."""
    test_set = made({"a": ["x", "x x x"], "b": ["x x", "x x"]}, [["x", "x"]], per_document=1)
    metric = Length()
    found = compared(test_set, {"length": metric}, bootstrap=400, randomisation=0, units="segment")
    row = found.tests.iloc[0]
    scored = score_test_set(test_set, {"length": metric}, workers=1)
    lengths = scored.segments["length", "a"].scores
    assert row["difference"] == 0 and (row["low"], row["high"]) == (-2, 2) and row["p"] == 1
    intervals = found.intervals.set_index("system")
    assert intervals.loc["a", "low"] == lengths.min()
    assert intervals.loc["a", "high"] == lengths.max()
    assert intervals.loc["b", "low"] == intervals.loc["b", "high"] == intervals.loc["b", "mean"]


def test_the_p_value_of_the_bootstrap_by_hand() -> None:
    """Lengths 1 and 7 against 3 and 3, 1 apart on average: absolute differences of resampled means
    are 2, 1 and 4 in a quarter, a half and a quarter of all resamples, 2 on average; less that, a
    quarter of them, those of 4, are above 1."""
    test_set = made({"a": ["x", "x x x x"], "b": ["x x", "x x"]}, [["x", "x"]], per_document=1)
    how: dict[str, Any] = {"bootstrap": 4000, "randomisation": 0, "units": "segment"}
    found = compared(test_set, {"length": Length()}, **how)
    assert found.tests["p"].item() == pytest.approx(0.25, abs=4 * math.sqrt(0.25 * 0.75 / 4000))


def test_equal_systems_are_never_told_apart(which: str) -> None:
    systems, references = drawn(4, systems=2)
    systems["copy"] = list(systems["sys0"])
    test_set = made(systems, references)
    found = compared(test_set, {**METRICS, "length": Length()})
    tests = found.tests[
        (found.tests["system_1"].isin(["sys0", "copy"]))
        & (found.tests["system_2"].isin(["sys0", "copy"]))
    ]
    assert len(tests) == 5 * 2 * 2
    assert (tests["p"] == 1).all() and (tests["note"] == "the scores are equal").all()
    assert (tests.dropna(subset="low")[["low", "high"]] == 0).all(axis=None)
    ranks = found.intervals.set_index(["metric", "unit", "system"])["cluster"].unstack()
    assert (ranks["sys0"] == ranks["copy"]).all()


def test_results_do_not_depend_on_the_other_systems_or_metrics(which: str) -> None:
    systems, references = drawn(5)
    whole = compared(made(systems, references), METRICS)
    few = {name: systems[name] for name in ("sys3", "sys1")}
    part = compared(made(few, references), {"ter": TER()})
    keys = ["test", "unit", "system_1", "system_2"]
    names = [*keys, "difference", "low", "high", "p"]
    left = part.tests[names].set_index(keys).sort_index()
    right = whole.tests[whole.tests["metric"] == "ter"].set_index(keys)[names[4:]]
    pd.testing.assert_frame_equal(left, right.loc[left.index])


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    systems, references = drawn(6)
    test_set = made(systems, references)
    how: dict[str, Any] = {"bootstrap": 130, "randomisation": 1100}
    whole = compared(test_set, METRICS, **how)
    monkeypatch.setattr(draws, "BLOCK", 40 * 30)
    assert len(list(draws.exchanges(30, 1100, 1))) > 30
    pd.testing.assert_frame_equal(compared(test_set, METRICS, **how).tests, whole.tests)
    rng = np.random.default_rng(7)
    flags = rng.integers(2, size=(100, 37), dtype=bool)
    np.testing.assert_array_equal(np.concatenate(list(draws.exchanges(37, 100, 7))), flags)
    places = np.random.default_rng(7).choice(37, size=(100, 37), replace=True)
    np.testing.assert_array_equal(np.concatenate(list(draws.resamples(37, 100, 7))), places)
    tallied = [np.bincount(row, minlength=37) for row in places]
    np.testing.assert_array_equal(draws.counts(places), tallied)


def test_documents_of_one_segment_are_segments() -> None:
    """But for trials as far apart as observed, which count where documents are exchanged."""
    systems, references = drawn(7)
    found = compared(made(systems, references, per_document=1), METRICS).tests
    segments, documents = (
        found[found["unit"] == unit].set_index(["metric", "test", "system_1", "system_2"])
        for unit in ("segment", "document")
    )
    values = ["difference", "low", "high"]
    pd.testing.assert_frame_equal(segments[values], documents[values])
    p = ["p", "p_holm"]
    pd.testing.assert_frame_equal(
        segments.xs("bootstrap", level="test")[p], documents.xs("bootstrap", level="test")[p]
    )
    more = (documents["p"] - segments["p"]).xs("randomisation", level="test")
    assert (more >= 0).all() and (more.loc["ter"] > 0).any()  # TER has many ties


@pytest.mark.parametrize("key", METRICS)
def test_few_documents_never_make_a_difference_sure(which: str, key: str) -> None:
    """Against all 16 exchanges of 4 documents: two of them, none and all, are as far apart as
    observed, so that p is at least an eighth."""
    systems, references = drawn(15, n=40, systems=2)
    test_set = made(systems, references[:1], per_document=10)
    metric = METRICS[key]
    scored = score_test_set(test_set, {key: metric}, workers=1)
    rows = [
        by_document(np.array(scored.segments[key, s].statistics), np.arange(40) // 10)
        for s in systems
    ]
    apart = [by_hand(metric, rows, trial) for trial in product((False, True), repeat=4)]
    observed = by_hand(metric, rows, [True] * 4)
    share = np.mean(np.array(apart) >= observed)
    found = compared(test_set, {key: metric}, units="document", bootstrap=0, randomisation=20_000)
    assert share >= 1 / 8
    assert found.tests["p"].item() == pytest.approx(share, abs=4 * math.sqrt(0.25 / 20_000))
    assert found.tests["note"].item() == "only 4 documents"


def test_documents_whose_segments_are_copies_widen_intervals() -> None:
    """Each segment thrice in its document: drawing segments takes them for new evidence."""
    systems, references = drawn(8, n=20, systems=2)
    tripled = {name: [t for t in column for _ in range(3)] for name, column in systems.items()}
    test_set = made(tripled, [[t for t in r for _ in range(3)] for r in references])
    rows = compared(test_set, {"chrf": ChrF()}, bootstrap=2000).intervals
    width = (rows["high"] - rows["low"]).groupby(rows["unit"]).mean()
    assert width["document"] / width["segment"] == pytest.approx(math.sqrt(3), rel=0.15)
    single = compared(made(systems, references, per_document=1), {"chrf": ChrF()}, bootstrap=2000)
    alone = single.intervals[single.intervals["unit"] == "segment"]
    clustered = rows[rows["unit"] == "document"]
    assert clustered["low"].tolist() == pytest.approx(alone["low"].tolist(), abs=1e-9)


def test_lower_is_better_is_turned_round() -> None:
    systems, references = drawn(9)
    found = compared(made(systems, references), {"ter": TER()})
    assert (found.intervals["score"] < 0).all()
    assert (found.intervals["low"] <= found.intervals["mean"]).all()
    assert (found.intervals["mean"] <= found.intervals["high"]).all()
    assert (found.tests["difference"] >= 0).all()
    assert (found.tests["low"].dropna() <= found.tests["high"].dropna()).all()
    best = found.intervals.sort_values("score")["system"].iloc[-1]
    assert found.intervals.set_index("system").loc[best, "cluster"].eq(1).all()


def test_a_system_without_a_score_takes_no_part_and_says_why() -> None:
    systems, references = drawn(10, systems=3)
    test_set = made(systems, references)
    gone = (test_set.hypotheses["system"] == "sys1") & (test_set.hypotheses["segment_id"] == "s4")
    test_set = TestSet(
        **{
            **{f: getattr(test_set, f) for f in ("name", "segments", "references")},
            "hypotheses": test_set.hypotheses[~gone].reset_index(drop=True),
        }
    )
    found = compared(test_set, {"chrf": ChrF()}, units="segment")
    assert len(found.tests) == 2 * 3
    missing = found.tests[found.tests["p"].isna()]
    assert len(missing) == 2 * 2
    assert missing["note"].eq("sys1: 1 of 30 segments have no score").all()
    (row,) = found.intervals[found.intervals["system"] == "sys1"].itertuples()
    assert math.isnan(row.score) and pd.isna(row.cluster) and "no score" in row.note


class WordPrecision(Metric):
    """Words of the hypothesis that the reference has, over all of its words."""

    def signature(self, n_references: int, level: Level = "segment") -> str:
        return "word precision"

    def score(self, batch: Batch) -> SegmentScores:
        rows = []
        for hypothesis, reference in zip(batch.hypotheses, batch.references[0], strict=True):
            words = hypothesis.split()
            rows.append((sum(w in reference.split() for w in words), len(words)))
        sums = np.array(rows, dtype=float)
        return SegmentScores(self.score_sums(sums), sums)

    def score_sums(self, sums: NDArray[np.float64], level: Level = "corpus") -> NDArray[np.float64]:
        return sums[:, 0] / sums[:, 1]


def test_a_metric_of_ones_own_with_sums() -> None:
    systems = {"a": ["x y", "z z z"], "b": ["x q", "z q q"]}
    test_set = made(systems, [["x y", "z"]], per_document=1)
    metric = WordPrecision(name="precision")
    scored = score_test_set(test_set, {"own": metric}, workers=1)
    whole = scored.scores[scored.scores["segment_id"].isna()].set_index("system")["score"]
    assert whole.to_dict() == {"a": 1.0, "b": 2 / 5}
    rows = compared(test_set, {"own": metric}, units="segment").intervals.set_index("system")
    assert rows["score"].to_dict() == {"a": 1.0, "b": 2 / 5}
    assert rows.loc["b", "low"] == 1 / 3 and rows.loc["b", "high"] == 1 / 2


class OwnAggregate(Length):
    def aggregate(self, segments: SegmentScores, chosen: NDArray[np.int64] | None = None) -> float:
        return float(np.median(segments.scores))


@pytest.mark.parametrize("key", ["ter", "length"])
def test_rows_say_by_which_rule_they_were_made(key: str) -> None:
    """Only segments by a metric of sacrebleu's go by its rules; else equal systems have p = 1."""
    systems, references = drawn(16, systems=1)
    systems["copy"] = list(systems["sys0"])
    metric = METRICS.get(key) or Length()
    found = compared(made(systems, references), {key: metric}, mode="sacrebleu").tests
    by_sacrebleu = (found["unit"] == "segment") & (key == "ter")
    assert (found["mode"] == np.where(by_sacrebleu, "sacrebleu", "exact")).all()
    assert (found["p"] == 1).tolist() == (~by_sacrebleu).tolist()


class StatisticsBeside(Length):
    """Keeps statistics, but its score of a text is the mean."""

    def score(self, batch: Batch) -> SegmentScores:
        found = super().score(batch)
        return SegmentScores(found.scores, np.ones((len(found.scores), 3)))


def test_a_mean_with_statistics_beside_takes_part() -> None:
    systems, references = drawn(17, systems=2)
    test_set = made(systems, references)
    plain, beside = (compared(test_set, {"m": m}).tests for m in (Length(), StatisticsBeside()))
    pd.testing.assert_frame_equal(plain, beside)


def test_a_block_is_one_draw_where_a_draw_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "BLOCK", 100)
    assert {len(b) for b in draws.resamples(101, 7, 1)} == {1}
    assert {len(b) for b in draws.exchanges(128, 7, 1)} == {1}
    assert [len(b) for b in draws.exchanges(101, 40, 1)] == [32, 8]  # 32 flags are one word


def test_a_metric_whose_score_is_no_sum_says_so() -> None:
    systems, references = drawn(11, systems=2)
    found = compared(made(systems, references), {"own": OwnAggregate()}, units="segment")
    assert found.tests["p"].isna().all()
    assert found.tests["note"].str.contains("do not follow from sums").all()


def test_one_document_and_one_system() -> None:
    systems, references = drawn(12, systems=2)
    found = compared(made(systems, references, per_document=99), {"bleu": BLEU()})
    documents = found.tests[found.tests["unit"] == "document"]
    assert documents["p"].isna().all()
    assert documents["note"].eq("only one document: nothing to draw").all()
    alone = compared(made({"a": systems["sys0"]}, references), {"bleu": BLEU()})
    assert len(alone.tests) == 0 and alone.intervals["low"].notna().all()
    assert alone.intervals["note"].tolist() == ["", ""]
    few = compared(made(systems, references, per_document=10), {"bleu": BLEU()}).tests
    assert few[few["unit"] == "document"]["note"].eq("only 3 documents").all()


def test_nothing_asked_for() -> None:
    systems, references = drawn(13, systems=2)
    found = compared(made(systems, references), {"bleu": BLEU()}, bootstrap=0, randomisation=0)
    assert len(found.tests) == 0
    assert found.intervals["score"].notna().all() and found.intervals["low"].isna().all()
    assert found.intervals["cluster"].isna().all()


def test_statistics_of_any_size_are_summed_exactly() -> None:
    rng = np.random.default_rng(14)
    rows = [rng.normal(size=(50, 3)) * [1, 1e9, 1e-30] for _ in range(3)]
    rows[1][:, 2] = rows[2][:, 2] = rows[0][:, 2]
    rows = [np.column_stack([r, np.arange(50)]) for r in rows]
    statistics = statistics_of(rows)
    assert statistics.is_shared.tolist() == [False, False, True, True]
    weights = rng.integers(0, 2, (7, 50))
    sums = statistics.sums(weights)
    backwards = statistics_of([r[::-1] for r in rows]).sums(weights[:, ::-1])
    np.testing.assert_array_equal(sums, backwards)
    for s, own in enumerate(rows):
        np.testing.assert_allclose(sums[s], weights @ own, rtol=1e-9)
    grouped = by_document(rows[0], np.arange(50) // 10)
    np.testing.assert_allclose(grouped, rows[0].reshape(5, 10, 4).sum(axis=1))


def test_the_interval_takes_the_order_statistics_of_sacrebleu() -> None:
    for n in (40, 79, 80, 1000):
        assert interval(np.arange(n, dtype=float)[::-1], 0.95) == (n // 40, n - n // 40 - 1)


@pytest.mark.parametrize(
    "how",
    [{"seed": 2**63}, {"units": "word"}, {"mode": "moses"}, {"bootstrap": -1}, {"confidence": 1.0}],
)
def test_options_out_of_range(how: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=f"system_tests.{next(iter(how))}"):
        SystemTesting(**how)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["wmt21_zhen_news", "wmt23_zhen"])
@pytest.mark.parametrize("key", METRICS)
def test_wmt(mirror: Path, name: str, key: str) -> None:
    """sacrebleu's own p-values of some pairs of real systems: its defaults."""
    reference, systems = texts(load_test_set(name, mirror=mirror))
    chosen = {system: systems[system] for system in list(systems)[::5]}
    metric = METRICS[key]
    if key == "ter":  # sacrebleu needs minutes to count it
        chosen = {system: column[::20] for system, column in list(chosen.items())[:3]}
        reference = reference[::20]
    found = compared(
        made(chosen, [reference]), {key: metric}, units="segment", mode="sacrebleu"
    ).tests
    p = {(r.test, *sorted((r.system_1, r.system_2))): r.p for r in found.itertuples()}
    names = list(chosen)
    for test, short in (("bootstrap", "bs"), ("randomisation", "ar")):
        expected = PairedTest(
            [(n, chosen[n]) for n in names], {"m": metric.build("corpus")}, [reference], short
        )()[1]
        (results,) = [v for k, v in expected.items() if k != "System"]
        for other, result in zip(names[1:], results[1:], strict=True):
            assert p[test, *sorted((names[0], other))] == result.p_value

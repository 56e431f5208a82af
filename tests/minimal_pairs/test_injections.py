"""Injected systems and how metrics score them, on hand-made texts and metrics."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from harness.error_categories.analysis import categories
from harness.errors import InputError
from harness.injection import Injected, Passage
from harness.meta_evaluation import meta_evaluate
from harness.metrics import Batch, Level, Metric, Needs, SegmentScores
from harness.metrics.sacrebleu import ChrF
from harness.metrics.stored import Stored
from harness.minimal_pairs.injected_systems import Injection, inject, injected_system
from harness.minimal_pairs.injections import InjectionResult, injections, scorable
from harness.ratings.rating import Weights, penalties, ratings_table
from harness.ratings.views import News
from harness.scoring.stage import score_test_set
from harness.statistics.correlation import Kendall
from harness.tables import INJECTED_PAIRS, REFERENCES, UNRELATED, TestSet, conform, table
from harness.test_sets.selection import choose_systems
from tests.support.judged_injections import judged
from tests.support.sample_injectors import SAMPLE
from tests.support.small import small


@dataclass(frozen=True)
class ByRule(Metric):
    """A metric made by hand: 100, less 40 without a final stop, less 10 for each digit that is not
    a 5, and 0 without a word of the source's own translation."""

    name: str = "by rule"
    words: tuple[str, ...] = ("sat", "dogs", "met", "saw", "Rain", "rained")
    needs = Needs()

    def signature(self, n_references: int, level: Level = "segment") -> str:
        return "by rule"

    def score(self, batch: Batch) -> SegmentScores:
        return SegmentScores(np.array([self._one(h) for h in batch.hypotheses], dtype=float))

    def _one(self, text: str) -> float:
        value = 100.0 - 40.0 * (not text.endswith("."))
        return value - 10.0 * sum(c.isdigit() and c != "5" for c in text)


@dataclass(frozen=True)
class Constant(Metric):
    """Always 1."""

    name: str = "constant"
    needs = Needs()

    def signature(self, n_references: int, level: Level = "segment") -> str:
        return "constant"

    def score(self, batch: Batch) -> SegmentScores:
        return SegmentScores(np.ones(len(batch)))


def row(result: InjectionResult, metric: str, injector: str) -> pd.Series[Any]:
    rows = result.injections
    return rows[(rows["metric"] == metric) & (rows["injector"] == injector)].iloc[0]


# ------------------------------------------------------------------------------ the bases


def bases(test_set: TestSet, references: tuple[str, ...] = ("refA",), **options: Any) -> list[str]:
    found = inject(test_set, SAMPLE, Injection(**options), references=references)
    return list(found.bases)


def test_the_base_is_a_spare_reference_or_the_best_rated_system() -> None:
    test_set = small()
    ratings = ratings_table(penalties(test_set, Weights(), News()))
    spare = {"minimum_pairs": 4}
    assert bases(test_set, **spare) == ["refB"]
    assert bases(test_set, ("refB",), **spare) == ["refA"]
    assert bases(test_set, ("refA", "refB"), **spare) == ["good"]  # by name: nobody's rating known
    assert bases(test_set) == ["refB", "good"]  # 4 segments are fewer than 30: a second base
    assert bases(test_set, base="poor") == ["poor"]
    assert bases(test_set, base=["poor", "refB", "poor"]) == ["poor", "refB"]
    worse = ratings.assign(rating=np.where(ratings["system"] == "good", -9.0, -1.0))
    found = inject(test_set, SAMPLE, Injection(**spare), references=["refA", "refB"], ratings=worse)
    assert found.bases == ("poor",)


def test_the_reference_in_use_is_no_base() -> None:
    with pytest.raises(InputError, match="it is the reference that metrics are given") as caught:
        bases(small(), base="refA")
    assert "references=[NAME]" in str(caught.value)
    with pytest.raises(InputError, match="no system or spare reference 'refX'"):
        bases(small(), base="refX")


def test_a_translation_that_equals_the_reference_takes_no_error() -> None:
    found = inject(small(), SAMPLE, Injection(base="good"), references=["refA"])
    assert set(found.pairs["segment_id"]) == {"3", "4"}  # 1 and 2 are refA's, letter by letter
    assert found.notes == (
        "2 of 4 translations of good received no error: they are identical to the reference in use",
    )


@pytest.mark.parametrize(
    "change",
    [
        {"enabled": "yes"},
        {"base": ""},
        {"base": []},
        {"minimum_pairs": 0},
        {"confidence": 1.0},
        {"seed": -1},
        {"auto_segments": 1.5},
        {"minimum_documents": 2},
    ],
)
def test_options_out_of_range_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=next(iter(change))):
        Injection(**change)


def test_when_errors_are_put_in() -> None:
    assert Injection().applies(small())
    assert not Injection(auto_segments=3).applies(small())
    assert Injection(enabled=True, auto_segments=3).applies(small())
    assert not Injection(enabled=False).applies(small())


# ------------------------------------------------------------------------------ the pairs


def test_spans_say_what_became_of_each_translation() -> None:
    found = inject(small(), SAMPLE, Injection(base=["refB", "poor"]), references=["refA"])
    texts = small().hypotheses.set_index(["system", "segment_id"])["hypothesis"].to_dict()
    spare = small().references.set_index(["reference_name", "segment_id"])["reference"].to_dict()
    sources = small().segments.set_index("segment_id")["source"].to_dict()
    assert len(found.pairs) > 10
    for r in found.pairs.itertuples():
        assert r.original == {**texts, **spare}[r.base, r.segment_id]
        new = r.corrupted[r.start : r.corrupted_end]
        assert r.original[: r.start] + new + r.original[r.end :] == r.corrupted
        assert r.corrupted != r.original
        assert r.system == injected_system(r.injector, r.base)
        if r.injector == "digit":
            assert sources[r.segment_id][r.source_start] == r.original[r.start]
    wrong = found.test_set.hypotheses.set_index(["system", "segment_id"])["hypothesis"]
    assert all(wrong[r.system, r.segment_id] == r.corrupted for r in found.pairs.itertuples())
    assert set(found.test_set.roles.values()) == {"human", "injected"}


def test_the_unrelated_sentence_is_another_segments() -> None:
    found = inject(small(), SAMPLE, Injection(base="refB"), references=["refA"])
    own = found.test_set.hypotheses
    texts = own[own["system"] == "refB"].set_index("segment_id")["hypothesis"]
    other = own[own["system"] == injected_system(UNRELATED, "refB")]
    other = other.set_index("segment_id")["hypothesis"]
    assert len(other) == 4
    assert all(other[s] in set(texts) - {texts[s]} for s in other.index)
    assert sorted(other) == sorted(texts)  # each stands in once
    seeds = {
        tuple(
            inject(
                small(), SAMPLE, Injection(base="refB", seed=s), references=["refA"]
            ).test_set.hypotheses.query("system == 'injected:unrelated:refB'")["hypothesis"]
        )
        for s in range(9)
    }
    assert len(seeds) > 1


def test_equal_translations_are_not_unrelated() -> None:
    spare = small().references["reference_name"] == "refB"
    same = small().references.assign(
        reference=small().references["reference"].where(~spare, "It rained.")
    )
    test_set = replace(small(), references=conform(same, REFERENCES))
    found = inject(test_set, SAMPLE, Injection(base="refB"), references=["refA"])
    assert injected_system(UNRELATED, "refB") not in found.test_set.systems
    result = judged(test_set, {"m": ByRule()}, base="refB")
    drops = result.injections[result.injections["n"] > 0]
    assert drops["relative_drop"].isna().all()
    assert set(drops["note"]) == {"there is no unrelated sentence to compare the drop with"}


def test_runs_agree() -> None:
    one, two = (judged(small(), {"chrf": ChrF()}) for _ in range(2))
    for name, frame in one.tables.items():
        pd.testing.assert_frame_equal(frame, two.tables[name])


@dataclass(frozen=True)
class Liar(type(SAMPLE["final_stop"])):  # type: ignore[misc]
    """Says that it changed something else."""

    def inject(self, passage: Passage) -> Injected | None:
        done = super().inject(passage)
        return None if done is None else replace(done, hypothesis=passage.hypothesis + "!")


def test_a_faulty_injector_is_a_defect() -> None:
    with pytest.raises(ValueError, match="misstates its edit of segment 1"):
        inject(small(), {"liar": Liar()}, Injection(), references=["refA"])
    with pytest.raises(InputError, match="may not be called 'unrelated'"):
        inject(small(), {"unrelated": SAMPLE["digit"]}, Injection(), references=["refA"])


# ------------------------------------------------------------------------------ the drops


def test_known_drops() -> None:
    @dataclass(frozen=True)
    class Known(ByRule):
        """As ByRule, but 0 for a text that belongs to another source."""

        needs = Needs(source=True)

        def score(self, batch: Batch) -> SegmentScores:
            own = dict(zip(("甲乙丙", "丁戊 5", "己庚", "辛壬"), range(4), strict=True))
            words = (("sat",), ("dogs",), ("met", "saw"), ("Rain", "rain"))
            scores = [
                self._one(h) if any(w in h for w in words[own[s]]) else 0.0
                for s, h in zip(batch.sources, batch.hypotheses, strict=True)
            ]
            return SegmentScores(np.array(scores))

    result = judged(small(), {"known": Known()}, base="refB", minimum_pairs=2)
    stop = row(result, "known", "final_stop")
    assert (stop["n"], stop["accuracy"], stop["tie_rate"]) == (4, 1.0, 0.0)
    assert stop["relative_drop"] == pytest.approx(0.4)
    assert (stop["low"], stop["high"]) == pytest.approx((0.4, 0.4))
    assert stop["accuracy_low"] == pytest.approx(0.025 ** (1 / 4))
    assert (stop["tier"], stop["resampled"], stop["n_documents"]) == ("measured", "segments", 2)
    digit = row(result, "known", "digit")
    assert (digit["n"], digit["relative_drop"]) == (1, pytest.approx(0.1))
    assert (digit["tier"], digit["severity"], digit["category"]) == ("n < 2", "major", "accuracy")
    assert math.isnan(digit["low"])
    space = row(result, "known", "doubled_space")
    assert (space["accuracy"], space["tie_rate"], space["relative_drop"]) == (0.5, 1.0, 0.0)
    outcomes = result.scores.groupby("injector")["outcome"].agg(set).to_dict()
    assert outcomes["final_stop"] == {"noticed"}
    assert outcomes["doubled_space"] == {"tied"}


def test_a_constant_metric() -> None:
    result = judged(small(), {"constant": Constant()})
    assert (result.injections["accuracy"] == 0.5).all()
    assert (result.injections["tie_rate"] == 1.0).all()
    assert result.injections["relative_drop"].isna().all()
    assert result.injections["note"].ne("").all()
    assert result.severity["probability"].isna().all()
    assert (result.severity["within"] == 0.5).all()


def test_a_kind_that_fits_nowhere_has_a_row_that_says_so() -> None:
    texts = [w.replace(".", "") for w in small().references["reference"]]
    test_set = replace(
        small(), references=conform(small().references.assign(reference=texts), REFERENCES)
    )
    result = judged(test_set, {"m": ByRule()}, base="refB")
    stop = row(result, "m", "final_stop")
    assert stop["n"] == 0
    assert math.isnan(stop["accuracy"])
    assert stop["note"] == "the error fits in no translation"


def test_intervals_leave_out_documents_where_there_are_enough() -> None:
    ids = [str(i) for i in range(1, 5)]
    result = judged(small(), {"chrf": ChrF()}, base="refB", minimum_documents=3)
    assert set(result.injections["resampled"]) == {"segments"}
    apart = small().segments.assign(document=ids)
    result = judged(
        replace(small(), segments=apart), {"chrf": ChrF()}, base="refB", minimum_documents=3
    )
    assert row(result, "chrf", "final_stop")["resampled"] == "documents"
    assert row(result, "chrf", "digit")["resampled"] == "segments"


def test_a_metric_that_reads_stored_scores_takes_no_part() -> None:
    metrics = {"stored": Stored(metric="x", reference="refA"), "m": ByRule()}
    assert list(scorable(metrics)) == ["m"]


def test_the_base_is_scored_once() -> None:
    calls = []

    @dataclass(frozen=True)
    class Counting(ByRule):
        def score(self, batch: Batch) -> SegmentScores:
            calls.extend(batch.hypotheses)
            return super().score(batch)

    test_set = choose_systems(small(), "all", references=["refA"], include_references=True)
    judged(test_set, {"m": Counting()}, base="refB")
    assert calls.count("There are 5 dogs.") == 2  # as itself, and as another's unrelated sentence


def test_injected_systems_are_judged_by_nothing_else() -> None:
    test_set = small()
    weights, view = Weights(), News()
    injected = inject(test_set, SAMPLE, Injection(), references=["refA"])
    joined = injected.joined(test_set)
    assert "injected:digit:refB" in joined.systems
    assert joined.roles["injected:digit:refB"] == "injected"
    metrics = {"chrf": ChrF()}
    plain = score_test_set(test_set, metrics, references=["refA"], workers=1).scores
    both = score_test_set(joined, metrics, references=["refA"], workers=1).scores
    ratings = ratings_table(penalties(test_set, weights, view))
    for one, two in (
        (
            meta_evaluate(test_set, plain, ratings, {"k": Kendall()}),
            meta_evaluate(joined, both, ratings, {"k": Kendall()}),
        ),
        (
            categories(test_set, plain, [penalties(test_set, weights, view)]).categories,
            categories(joined, both, [penalties(joined, weights, view)]).categories,
        ),
    ):
        pd.testing.assert_frame_equal(one, two)


def test_an_empty_table_of_pairs() -> None:
    nothing = injections(
        replace(
            inject(small(), SAMPLE, Injection(), references=["refA"]),
            pairs=table([], INJECTED_PAIRS),
        ),
        score_test_set(small(), {"m": ByRule()}, references=["refA"], workers=1).scores,
    )
    assert all(frame.empty for frame in nothing.tables.values())

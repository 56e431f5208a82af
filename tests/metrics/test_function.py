"""A plain Python function as a metric."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.errors import InputError
from harness.metrics import Batch
from harness.metrics.function import FunctionMetric
from harness.metrics.function_code import function_code
from harness.scoring.keys import family_key
from harness.scoring.stage import ScoreResult, score_test_set
from harness.scoring.store import ScoreStore
from tests.support.small import TEXTS, small

FACTOR = 1.0


def overlap(source: str, hypothesis: str, references: Sequence[str]) -> float:
    words = set(hypothesis.split())
    return max(len(words & set(r.split())) / len(words) for r in references)


def ratio(source: str, hypothesis: str) -> float:
    return FACTOR * helper(hypothesis) / len(source)


def helper(text: str) -> int:
    return len(text)


def run(metric: FunctionMetric, store: ScoreStore | None = None) -> ScoreResult:
    return score_test_set(small(), {"own": metric}, store=store)


def test_a_function_of_three_texts_and_one_of_two() -> None:
    batch = Batch(["甲乙"], ["a b"], (["a c"], ["a b c"]))
    assert FunctionMetric(overlap).score(batch).scores.tolist() == [1.0]
    assert FunctionMetric(ratio).score(batch).scores.tolist() == [1.5]
    assert FunctionMetric(overlap).needs.reference and not FunctionMetric(ratio).needs.reference
    assert FunctionMetric(overlap).name == "overlap"
    assert FunctionMetric(overlap, "shared words").name == "shared words"
    result = run(FunctionMetric(ratio))
    whole = result.scores[result.scores["segment_id"].isna()].set_index("system")["score"]
    expected = [ratio(s, h) for s, h in zip(small().segments["source"], TEXTS["poor"], strict=True)]
    assert whole["poor"] == pytest.approx(np.mean(expected))


def test_scores_are_kept_as_long_as_the_code_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ScoreStore(tmp_path)
    assert run(FunctionMetric(ratio), store).counts["computed"] == 8
    assert run(FunctionMetric(ratio, "renamed"), store).counts["computed"] == 0
    monkeypatch.setitem(globals(), "FACTOR", 2.0)
    assert run(FunctionMetric(ratio), store).counts["computed"] == 8


def made(factor: float) -> Callable[[str, str], float]:
    return lambda source, hypothesis: factor * len(hypothesis)


def test_whatever_changes_the_result_changes_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    two = [lambda s, h: 1.0, lambda s, h: 2.0]
    codes = [function_code(f) for f in (overlap, ratio, made(1.0), made(2.0), *two)]
    assert None not in codes and len(set(codes)) == 6
    assert function_code(made(1.0)) == function_code(made(1.0))
    before = function_code(ratio)
    monkeypatch.setitem(globals(), "helper", lambda text: 7)
    assert function_code(ratio) != before
    keys = {family_key(FunctionMetric(f), 1) for f in (overlap, ratio, made(1.0), made(2.0))}
    assert len(keys) == 4


def test_a_function_whose_code_cannot_be_told_is_not_kept(tmp_path: Path) -> None:
    space: dict[str, Any] = {}
    exec("def typed(source, hypothesis): return 1.0", space)  # as at Python's prompt
    table = np.arange(3.0)

    def with_array(source: str, hypothesis: str) -> float:
        return float(table[0])

    store = ScoreStore(tmp_path)
    for function in (space["typed"], with_array):
        assert function_code(function) is None
        for _ in range(2):
            assert run(FunctionMetric(function), store).counts["computed"] == 8
        signature = FunctionMetric(function).full_signature(1)
        assert signature.endswith("|code:not known")
    assert list(store.entries()) == []


def test_no_number_is_missing_and_counted(tmp_path: Path) -> None:
    def some(source: str, hypothesis: str) -> float | None:
        return {"Rain falls.": math.nan, "Rain fell.": None}.get(hypothesis, 1.0)

    store = ScoreStore(tmp_path)
    for computed in (6, 0):
        result = run(FunctionMetric(some), store)
        assert result.counts["missing"] == 2 and result.counts["computed"] == computed
    gone = result.scores[result.scores["segment_id"] == "4"]
    assert set(gone["status"]) == {"missing: the function gave nan"} and gone["score"].isna().all()


@pytest.mark.parametrize(
    ("value", "found"), [("0.5", "'0.5'"), ([1.0, 2.0], r"\[1.0, 2.0\]"), (1j, "1j")]
)
def test_what_is_no_number_is_refused_with_the_segment(value: Any, found: str) -> None:
    def wrong(source: str, hypothesis: str) -> Any:
        return value if hypothesis == TEXTS["poor"][2] else 1.0

    with pytest.raises(InputError, match=rf"segment 3 of poor: .*no number\n  found: +{found}"):
        run(FunctionMetric(wrong))


def test_an_exception_names_the_segment() -> None:
    def fails(source: str, hypothesis: str) -> float:
        return 1 / hypothesis.index("6") if hypothesis == TEXTS["poor"][1] else 1 / len("")

    with pytest.raises(InputError, match=r"'own' cannot score segment 1 of good: the function"):
        run(FunctionMetric(fails))
    with pytest.raises(InputError, match=r"found: +ZeroDivisionError"):
        run(FunctionMetric(fails))


@pytest.mark.parametrize("function", [lambda: 1.0, lambda a: 1.0, lambda a, b, c, d: 1.0, "bleu"])
def test_what_cannot_be_called_with_texts_is_refused(function: Any) -> None:
    with pytest.raises(InputError, match="scores a translation"):
        FunctionMetric(function)

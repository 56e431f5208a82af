"""Metrics against the public functions of sacrebleu, and sentinels by hand."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import BLEU as SacreBLEU
from sacrebleu.metrics.chrf import CHRF as SacreCHRF
from sacrebleu.metrics.ter import TER as SacreTER

from harness.errors import InputError
from harness.metrics import Batch, Metric
from harness.metrics.sacrebleu import BLEU, TER, ChrF
from harness.metrics.sentinels import CopySource, Length, LengthRatio, Random

HYPOTHESES = ["The cat sat on mat.", "", "Identical text here, twice!", "中文 in English .", "a"]
REFERENCES = [
    ["The cat sat on the mat.", "Something", "Identical text here, twice!", "Chinese in it.", "b"],
    ["A cat was sitting there.", "Other", "Not the same.", "中文 in English.", "a"],
]
PAIRS = [
    (BLEU(), SacreBLEU(effective_order=True), SacreBLEU()),
    (
        BLEU(tokenize="intl", lowercase=True),
        SacreBLEU(effective_order=True, tokenize="intl", lowercase=True),
        SacreBLEU(tokenize="intl", lowercase=True),
    ),
    (
        BLEU(smooth_method="floor", smooth_value=0.2),
        SacreBLEU(effective_order=True, smooth_method="floor", smooth_value=0.2),
        SacreBLEU(smooth_method="floor", smooth_value=0.2),
    ),
    (ChrF(), SacreCHRF(), SacreCHRF()),
    (ChrF(word_order=2), SacreCHRF(word_order=2), SacreCHRF(word_order=2)),
    (TER(), SacreTER(), SacreTER()),
    (TER(normalized=True), SacreTER(normalized=True), SacreTER(normalized=True)),
]


@pytest.mark.parametrize("n_references", [1, 2])
@pytest.mark.parametrize(("metric", "segment", "corpus"), PAIRS)
def test_scores_equal_sacrebleu(
    metric: Metric, segment: SacreBLEU, corpus: SacreBLEU, n_references: int
) -> None:
    references = REFERENCES[:n_references]
    result = metric.score(Batch([""] * 5, HYPOTHESES, tuple(references)))
    for i, hypothesis in enumerate(HYPOTHESES):
        single = segment.sentence_score(hypothesis, [r[i] for r in references])
        assert result.scores[i] == single.score
    assert metric.aggregate(result) == corpus.corpus_score(HYPOTHESES, references).score
    assert metric.signature(n_references, "corpus") == str(corpus.get_signature())
    assert metric.signature(n_references, "segment") == str(segment.get_signature())
    chosen = np.array([0, 3])
    part = corpus.corpus_score(
        [HYPOTHESES[i] for i in chosen], [[r[i] for i in chosen] for r in references]
    )
    assert metric.aggregate(result, chosen) == part.score


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), min_size=1, max_size=4))
def test_fuzzed_texts_score_as_sacrebleu_does(pairs: list[tuple[str, str]]) -> None:
    hypotheses, references = [h for h, _ in pairs], [r for _, r in pairs]
    for metric, segment, corpus in (PAIRS[0], PAIRS[4]):
        result = metric.score(Batch(references, hypotheses, (references,)))
        assert metric.aggregate(result) == corpus.corpus_score(hypotheses, [references]).score
        assert result.scores[0] == segment.sentence_score(hypotheses[0], [references[0]]).score


def test_no_segments_have_no_corpus_score() -> None:
    metric = BLEU()
    assert math.isnan(metric.aggregate(metric.score(Batch([], [], ([],)))))


def test_metrics_travel_to_workers_also_after_use() -> None:
    metric = BLEU()
    metric.score(Batch(["x"], ["a b"], (["a b"],)))
    assert pickle.loads(pickle.dumps(metric)) == metric


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"tokenize": "13b"}, "did you mean '13a'"),
        ({"smooth_method": "expo"}, "did you mean 'exp'"),
    ],
)
def test_unknown_parameters_name_the_known_ones(parameters: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        BLEU(**parameters)  # type: ignore[arg-type]


def test_unaligned_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="not aligned"):
        Batch(["x"], ["a", "b"])


def test_length_and_length_ratio_by_hand() -> None:
    batch = Batch(["", "", ""], ["abcd", "", "é😀"], (["ab", "ab", "xy"], ["abcd", "", "x"]))
    assert list(Length().score(batch).scores) == [4, 0, 2]
    ratio = LengthRatio().score(batch).scores
    assert ratio[0] == 0.0  # the second reference is as long
    assert ratio[1] == 0.0  # empty against empty
    assert ratio[2] == 0.0
    one = LengthRatio().score(Batch(["x"], ["abcd"], (["ab"],))).scores[0]
    assert one == pytest.approx(-math.log(2))
    assert math.isfinite(LengthRatio().score(Batch(["x"], [""], (["ab"],))).scores[0])


def test_random_depends_on_text_and_seed_only() -> None:
    batch = Batch(["", "", ""], ["same", "same", "other"])
    first, again, other = Random().score(batch).scores
    assert first == again != other
    assert Random(seed=1).score(batch).scores[0] != first
    assert 0 <= first < 1
    many = Random().score(Batch([""] * 2000, [str(i) for i in range(2000)])).scores
    assert abs(many.mean() - 0.5) < 0.03


def test_copy_of_source_rewards_what_is_left_untranslated() -> None:
    scores = CopySource().score(Batch(["北京 2022", "北京 2022"], ["北京 2022", "Beijing"])).scores
    assert scores[0] == 100.0
    assert scores[1] == 0.0


@pytest.mark.parametrize("metric", [Random(), Length(), LengthRatio(), CopySource()])
def test_sentinels_aggregate_to_the_mean(metric: Metric) -> None:
    result = metric.score(Batch(HYPOTHESES, HYPOTHESES, tuple(REFERENCES)))
    assert metric.aggregate(result) == pytest.approx(result.scores.mean())
    assert metric.signature(2).startswith("sentinel:")

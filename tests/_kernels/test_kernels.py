"""The counts behind BLEU, chrF and TER, by both implementations, against sacrebleu's own."""

from __future__ import annotations

import importlib.util
import math
import random
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sacrebleu.metrics.bleu import BLEU as SacreBLEU

from harness import load_test_set
from harness._kernels import counts, grams, native
from harness._kernels.distance import BeamRows, BitRows, Reference, beam, distances
from harness.metrics import Batch
from harness.metrics.formulas import bleu_scores, chrf_scores, ter_scores
from harness.metrics.sacrebleu import BLEU, TER, ChrF, SacrebleuMetric
from tests.conftest import ROOT
from tests.support.examples import examples
from tests.support.store_ter import FOLDER, texts

COMPILED = pytest.param(
    "native", marks=pytest.mark.skipif(native is None, reason="the C extension is not built")
)
BOTH = [COMPILED, "python"]


@pytest.fixture(params=BOTH)
def which(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each implementation in turn."""
    return use(request.param, monkeypatch)


def use(which: str, monkeypatch: pytest.MonkeyPatch) -> str:
    if which == "python":
        monkeypatch.setattr(counts, "native", None)
    monkeypatch.setattr(counts, "_held", type(counts._held)())
    return which


@pytest.fixture(scope="module")
def fuzz() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz", ROOT / "benchmarks/fuzz_scoring.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def statistics(metric: SacrebleuMetric, hypotheses: list[str], *references: list[str]) -> Any:
    """sacrebleu's own."""
    columns = [list(r) for r in references]
    oracle: Any = metric.build("segment")
    return np.array(oracle._extract_corpus_statistics(hypotheses, columns), dtype=float)


def check(
    metric: SacrebleuMetric, which: str, hypotheses: list[str], *references: list[str]
) -> None:
    assert metric.path == which
    result = metric.score(Batch(hypotheses, hypotheses, references))
    expected = statistics(metric, hypotheses, *references)
    np.testing.assert_array_equal(result.statistics, expected)


# Made-up texts


@pytest.mark.parametrize("seed", range(3))
def test_fuzzed_texts(fuzz: ModuleType, seed: int) -> None:
    implementations = ["python"] if native is None else ["native", "python"]
    assert fuzz.fuzz(examples(60), seed, implementations) == ""


LINE = st.one_of(
    st.text(max_size=20),
    st.lists(st.sampled_from(["a", "b", "c", ".", "1.5", "'s", "中", "&lt;"]), max_size=12).map(
        " ".join
    ),
)


@pytest.mark.parametrize("which", BOTH)
@settings(max_examples=examples(40))
@given(
    st.lists(st.tuples(LINE, LINE, LINE), min_size=1, max_size=3),
    st.sampled_from(
        [BLEU(tokenize=t) for t in counts.TOKENIZERS]
        + [ChrF(), ChrF(word_order=2, whitespace=True), TER(), TER(normalized=True, no_punct=True)]
    ),
)
def test_any_texts(which: str, rows: list[tuple[str, str, str]], metric: SacrebleuMetric) -> None:
    hypotheses, first, second = map(list, zip(*rows, strict=True))
    with pytest.MonkeyPatch.context() as monkeypatch:
        use(which, monkeypatch)
        check(metric, which, hypotheses, first)
        check(metric, which, hypotheses, first, second)


#: Blocks of 32 code points: all of the first plane, which holds every range that a tokenizer names,
#: and some of each of the others.
BLOCKS = [*range(0, 0x10000, 32), *range(0x10000, 0x110000, 32 * 61)]


def test_every_white_space_character_separates_words(which: str) -> None:
    blocks = ["".join(f"a{chr(c)}" for c in range(low, low + 32)) for low in BLOCKS]
    found = counts.bleu_counts((tuple(blocks),), (tuple(blocks),), "none", 1)
    assert found[0, :, 0].tolist() == [len(block.split()) for block in blocks]


@pytest.mark.skipif(native is None, reason="the C extension is not built")
@pytest.mark.parametrize("tokenizer", ["13a", "zh", "char", "intl"])
def test_every_character_is_tokenized_alike(tokenizer: str) -> None:
    """By the kernels as by sacrebleu, between letters and between digits."""
    forward = tuple("".join(f"a{chr(c)}b1{chr(c)}2" for c in range(s, s + 32)) for s in BLOCKS)
    backward = tuple("".join(f"1{chr(c)}2a{chr(c)}b" for c in range(s, s + 32)) for s in BLOCKS)
    ours = counts.bleu_counts((forward,), (backward,), tokenizer, 3)
    theirs = grams.bleu_counts((forward,), (backward,), tokenizer, 3)
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.skipif(native is None, reason="the C extension is not built")
def test_every_character_is_tokenized_alike_for_ter() -> None:
    from sacrebleu.tokenizers.tokenizer_ter import TercomTokenizer

    blocks = ["".join(f"a{chr(c)}b" for c in range(low, low + 32)) for low in BLOCKS]
    for flags in (
        (True, False, True),
        (True, True, True),
        (False, True, True),
        (True, True, False),
    ):
        tokenizer = TercomTokenizer(*flags, case_sensitive=True)
        found = counts.ter_counts((tuple(blocks),), (("",) * len(blocks),), *flags)
        assert found[0, :, 0, 0].tolist() == [len(tokenizer(b).split()) for b in blocks]


# Texts that single steps are about


@pytest.mark.parametrize(
    ("hypothesis", "reference"),
    [
        ("", ""),
        ("", "a b"),
        ("a b", ""),
        ("a", "a"),
        ("a", "b"),
        (" \u3000", "a"),
        ("\ud800 \udfff x", "x \ud800"),
        ("&amp;quot; &quot;a&gt;", '&quot; "a>'),
        ("b c d e a", "a b c d e"),
        ("the of " * 40, "of the " * 40),  # meets the limit of candidates
        ("a", "a " + "b " * 120),  # the beam widens
        ("b " * 120 + "a", "a"),
        ("x " * 70 + "a b c", "a b c " + "y " * 70),  # the path leaves the beam
        (" ".join(map(str, range(56))), " ".join(map(str, [*range(28, 56), *range(28)]))),
        (" ".join(map(str, range(200))), " ".join(map(str, [*range(8, 200), *range(8)]))),
    ],
)
def test_single_pairs(which: str, hypothesis: str, reference: str) -> None:
    for metric in (BLEU(), ChrF(word_order=2), TER()):
        check(metric, which, [hypothesis], [reference], ["a c b"])


def test_the_references_of_ter_are_tokenized_twice_as_by_sacrebleu(which: str) -> None:
    metric = TER(normalized=True)
    check(metric, which, ["John 's cat"], ["John's\u3000cat"])


def test_long_texts(which: str) -> None:
    rng = random.Random(7)
    words = [rng.choice("abcdefgh") * rng.randint(1, 4) for _ in range(10_000)]
    other = words[100:] + words[:100]
    for metric in (BLEU(), ChrF(word_order=2)):
        check(metric, which, [" ".join(words)], [" ".join(other)])


@pytest.mark.slow
def test_long_texts_have_the_same_ter(which: str) -> None:
    words = [f"{i % 997}-{i % 31}" for i in range(2500)]
    check(TER(), which, [" ".join(words)], [" ".join([*words[20:], *words[:20]])])


@pytest.mark.parametrize("seed", [644, 4845, 5178, 17352])
def test_texts_that_leave_the_beam(fuzz: ModuleType, which: str, seed: int) -> None:
    """Texts on which a shift lowers the beam's distance by more than it can any true distance."""
    rng = random.Random(seed)
    reference = fuzz.long_text(rng)
    hypothesis = fuzz.changed(rng, fuzz.changed(rng, reference))
    check(TER(), which, [hypothesis], [reference])


# The edit distance in Python


@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=12),
    st.lists(st.sampled_from("abc"), min_size=1, max_size=12),
)
def test_distances_by_bits_equal_the_cells(words: list[str], theirs: list[str]) -> None:
    reference = Reference(theirs)
    cells, bits = BeamRows.of(reference, words), BitRows.of(reference, words)
    nothing = bytes(reference.field)
    fields = [[reference.fields.get(w, nothing) for w in text] for text in (words, words[::-1])]
    both = distances(reference, fields)
    assert bits.total == cells.total == both[0]
    assert both[1] == BeamRows.of(reference, words[::-1]).total
    for i in range(1, len(words) + 1):
        for j in range(1, len(theirs) + 1):
            equal = words[i - 1] == theirs[j - 1]
            assert bits.step(i, j, equal) == cells.step(i, j, equal)


def test_the_beam_lies_about_the_diagonal() -> None:
    assert beam(2, 3) == [(0, 4)] * 3
    assert beam(100, 100)[50] == (25, 75)
    assert beam(1, 120) == [(0, 121), (120 - 85, 121)]  # half of 120, and 25


# Formulas


@pytest.mark.parametrize("effective_order", [False, True])
@pytest.mark.parametrize(
    ("method", "value"),
    [
        ("none", None),
        ("exp", None),
        ("floor", None),
        ("floor", 0.0),
        ("add-k", None),
        ("add-k", 0.5),
    ],
)
def test_bleu_formula(which: str, method: str, value: float | None, effective_order: bool) -> None:
    rng = np.random.default_rng(3)
    totals = np.maximum(rng.integers(0, 9, (300, 1)) - np.arange(4), 0)
    matches = rng.integers(0, 9, (300, 4)) % (totals + 1)
    sums = np.column_stack([totals[:, 0], rng.integers(0, 12, 300), matches, totals])
    found = bleu_scores(
        sums, smooth_method=method, smooth_value=value, effective_order=effective_order
    )
    expected = [
        SacreBLEU.compute_bleu(
            row[2:6], row[6:], row[0], row[1], method, value, effective_order
        ).score
        for row in sums.tolist()
    ]
    assert found.tolist() == expected


@pytest.mark.parametrize("eps_smoothing", [False, True])
@pytest.mark.parametrize("beta", [1, 2, 3])
def test_chrf_formula(which: str, beta: int, eps_smoothing: bool) -> None:
    rng = np.random.default_rng(4)
    sides = rng.integers(0, 7, (300, 4, 2))
    matches = rng.integers(0, 7, (300, 4)) % (sides.min(axis=2) + 1)
    sums = np.concatenate([sides, matches[:, :, None]], axis=2).reshape(300, 12)
    oracle: Any = ChrF(char_order=4, beta=beta, eps_smoothing=eps_smoothing).build("corpus")
    found = chrf_scores(sums, beta=beta, eps_smoothing=eps_smoothing)
    assert found.tolist() == [oracle._compute_f_score(row) for row in sums.tolist()]


@pytest.mark.skipif(native is None, reason="the C extension is not built")
def test_the_sum_of_logarithms_may_carry_what_rounding_loses() -> None:
    """As Python's own sum() does from 3.12 on: a sum of hard terms is then the exact one."""
    assert native is not None
    matches = [[10**9 - 1, 3, 1, 7], [5, 4, 4, 1], [99, 98, 3, 1]]
    totals = [[10**9, 10**9, 10**9 - 5, 7], [7, 6, 5, 4], [101, 100, 99, 98]]
    sums = np.column_stack([np.full(3, 9), np.full(3, 9), matches, totals]).astype(float)
    scores = np.empty(3)
    native.bleu_scores(sums, scores, 4, 3, 0.0, False, True)
    logarithms = [
        [math.log(100 * m / t) for m, t in zip(*rows, strict=True)]
        for rows in zip(matches, totals, strict=True)
    ]
    assert scores.tolist() == [math.exp(math.fsum(row) / 4) for row in logarithms]


def test_formulas_by_hand(which: str) -> None:
    """Two words of two right, of two references' words: precision 1, half the length."""
    sums = np.array([[2, 4, 2, 1, 2, 1]])
    assert bleu_scores(sums)[0] == pytest.approx(100 * np.exp(1 - 4 / 2))
    assert chrf_scores(np.array([[4, 2, 1]]), beta=1)[0] == pytest.approx(100 / 3)
    assert chrf_scores(np.array([[0, 2, 0]]))[0] == 0
    assert ter_scores(np.array([[1, 4], [2, 0], [0, 0]])).tolist() == [25, 100, 0]


# What the metric does with them


def test_unusual_parameters_go_through_sacrebleu() -> None:
    metric = BLEU(max_ngram_order=17)
    assert (metric.path, metric.quick) == ("sacrebleu", False)
    hypotheses, references = ["a b c", "x"], ["a b d", "x y"]
    check(metric, "sacrebleu", hypotheses, references)
    result = metric.score(Batch(hypotheses, hypotheses, (references,)))
    sums = np.sum(np.array(result.statistics), axis=0, keepdims=True)
    assert metric.score_sums(sums)[0] == metric.aggregate(result)
    assert ChrF(char_order=17).path == BLEU(smooth_method="floor", smooth_value=-1).path
    assert BLEU().path == TER().path == counts.implementation()


def test_another_sacrebleu_computes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.metrics.sacrebleu.sacrebleu_version", "2.7.0")
    check(TER(), "sacrebleu", ["a b"], ["b a"])


def test_batches_keep_their_order_and_their_references(which: str) -> None:
    a, b = (["x y", "z"],), (["x", "z z"],)
    batches = [Batch(["", ""], texts, r) for r in (a, b, a) for texts in (["x y", "q"], ["x", "z"])]
    for metric in (BLEU(), ChrF(), TER()):
        together = metric.score_all(batches)
        for result, batch in zip(together, batches, strict=True):
            np.testing.assert_array_equal(result.statistics, metric.score(batch).statistics)
            assert result.scores.tolist() == metric.score(batch).scores.tolist()


def test_systems_that_share_texts(fuzz: ModuleType, which: str) -> None:
    """Equal texts of several systems are counted once; two references."""
    rng = random.Random(9)
    references = tuple([fuzz.long_text(rng) for _ in range(6)] for _ in range(2))
    texts = [[fuzz.changed(rng, r) for r in references[k % 2]] for k in range(4)]
    mixed = [[rng.choice(texts)[i] for i in range(6)] for _ in range(70)]
    batches = [Batch(row, row, references) for row in mixed]
    for metric in (BLEU(), ChrF(word_order=2), TER()):
        for result, batch in zip(metric.score_all(batches), batches, strict=True):
            alone = metric.score(Batch(batch.sources, list(batch.hypotheses), references))
            np.testing.assert_array_equal(result.statistics, alone.statistics)


@pytest.mark.skipif(native is None, reason="the C extension is not built")
def test_kernels_refuse_what_they_cannot_count() -> None:
    assert native is not None
    with pytest.raises(ValueError, match="not aligned"):
        native.chrf_counts((("a",),), (("a", "b"),), 6, 0, False)
    with pytest.raises(TypeError, match="must be a str"):
        native.ter_counts(((b"a",),), (("a",),), False, False, False)
    with pytest.raises(TypeError, match="tuples of tuples"):
        native.bleu_counts((["a"],), (("a",),), 0, 4, b"")
    with pytest.raises(ValueError, match="at least one"):
        native.bleu_counts((("a",),), (), 0, 4, b"")
    with pytest.raises(ValueError, match="out of range"):
        native.bleu_counts((("a",),), (("a",),), 4, 4, b"")  # intl needs the classes
    assert native.chrf_counts(((),), ((),), 6, 2, False) == b""
    with pytest.raises(ValueError, match="sizes do not fit"):
        native.bleu_scores(np.zeros((2, 9)), np.zeros(2), 4, 3, 0.0, False, False)
    with pytest.raises(ValueError, match="sizes do not fit"):
        native.chrf_scores(np.zeros((2, 9)), np.zeros(3), 3, 4.0, False)


# Real texts


def sample(mirror: Path, name: str, step: int) -> Iterator[tuple[str, list[str], list[str]]]:
    reference, systems = texts(load_test_set(name, mirror=mirror))
    for system, hypotheses in systems.items():
        yield system, hypotheses[::step], reference[::step]


WMT = ["wmt21_zhen_news", "wmt23_zhen"]
NGRAM_METRICS = [BLEU(), ChrF(), ChrF(word_order=2)]


@pytest.mark.parametrize("name", WMT)
def test_wmt_sample(mirror: Path, which: str, name: str) -> None:
    for _, hypotheses, reference in sample(mirror, name, 150):
        for metric in NGRAM_METRICS:
            check(metric, which, hypotheses, reference)


@pytest.mark.slow
@pytest.mark.parametrize("name", WMT)
@pytest.mark.parametrize("metric", NGRAM_METRICS, ids=["bleu", "chrf", "chrfpp"])
def test_wmt(mirror: Path, which: str, name: str, metric: SacrebleuMetric) -> None:
    """Statistics, segment scores and the corpus score of all segments of all systems."""
    segment, corpus = metric.build("segment"), metric.build("corpus")
    for _, hypotheses, reference in sample(mirror, name, 1):
        check(metric, which, hypotheses, reference)
        result = metric.score(Batch(hypotheses, hypotheses, (reference,)))
        pairs = zip(hypotheses, reference, strict=True)
        assert result.scores.tolist() == [segment.sentence_score(h, [r]).score for h, r in pairs]
        assert metric.aggregate(result) == corpus.corpus_score(hypotheses, [reference]).score


def check_ter(mirror: Path, name: str, step: int) -> None:
    """Against the statistics that tests/support/store_ter.py had sacrebleu compute."""
    with np.load(FOLDER / f"ter_{name}.npz") as stored:
        names: list[str] = stored["systems"].tolist()
        edits: NDArray[np.uint16] = stored["edits"][:, ::step]
        lengths: NDArray[np.uint16] = stored["lengths"][::step]
    rows = list(sample(mirror, name, step))
    assert [system for system, *_ in rows] == names
    results = TER().score_all([Batch(h, h, (r,)) for _, h, r in rows])
    for result, expected in zip(results, edits, strict=True):
        np.testing.assert_array_equal(
            result.statistics, np.column_stack([expected, lengths]).astype(float)
        )


@pytest.mark.parametrize("name", WMT)
def test_wmt_ter_sample(mirror: Path, which: str, name: str) -> None:
    check_ter(mirror, name, 1 if which == "native" else 40)


@pytest.mark.slow
@pytest.mark.parametrize("name", WMT)
def test_wmt_ter(mirror: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    use("python", monkeypatch)
    check_ter(mirror, name, 1)

"""The five architectures give what the published formulas give, on checkpoints made here."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs harness[neural]")

from harness.metrics import Batch, MetricSpan
from harness.metrics.neural.bertscore import BERTScore
from harness.metrics.neural.comet22 import Comet
from harness.metrics.neural.cometkiwi import CometKiwi
from harness.metrics.neural.metricx24 import MetricX
from harness.metrics.neural.unite import UniTE
from harness.metrics.neural.xcomet import XComet, mqm_of, spans_of
from harness.scoring.keys import family_key
from tests.support.forward_passes import (
    comet,
    encoder_layers,
    t5_score,
    tag_chances,
    unified,
)
from tests.support.tiny_models import (
    Weights,
    comet_folder,
    encoder_folder,
    metricx_folder,
    random_weights,
    save_checkpoint,
)

HYPOTHESES = ["w1 w2 w3", "w4", "w5 w6 w7 w8 w9 w10", "w1 w2 w3", "w11 w12"]
SOURCES = ["w20 w21", "w22 w23 w24 w25", "w26", "w27 w28 w29", "w11 w12"]
REFERENCES = ["w1 w2 w30", "w4 w5", "w6 w7 w8", "w1 w40 w41", "w12"]
BATCH = Batch(SOURCES, HYPOTHESES, (REFERENCES,))
ROWS = list(zip(HYPOTHESES, SOURCES, REFERENCES, strict=True))


def ids(*texts: str) -> list[int]:
    """<s> first </s></s> second </s>…: words have the numbers behind four special tokens."""
    found: list[int] = []
    for text in texts:
        found += [2, 2] if found else [0]
        found += [4 + int(word[1:]) for word in text.split()]
    return [*found, 2]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encoder_folder(tmp_path_factory.mktemp("encoder"), None)


@pytest.mark.parametrize("normal", [False, True])
@pytest.mark.parametrize("kind", ["softmax", "sparsemax", "sparsemax_patch"])
def test_comet_is_its_regression(tmp_path: Path, encoder: Path, kind: str, normal: bool) -> None:
    folder, w = comet_folder(
        tmp_path, encoder, "regression_metric", layer_norm=normal, layer_transformation=kind
    )
    found = Comet(model=str(folder)).score(BATCH).scores
    wanted = [
        comet(w, ids(h), ids(s), ids(r), normal=normal, sparse=kind == "sparsemax")
        for h, s, r in ROWS
    ]
    assert found == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("normal", [False, True])
def test_kiwi_reads_the_first_token_of_both_texts(
    tmp_path: Path, encoder: Path, normal: bool
) -> None:
    folder, w = comet_folder(
        tmp_path, encoder, "unified_metric", input_segments=["mt", "src"], layer_norm=normal
    )
    found = CometKiwi(model=str(folder)).score(BATCH.only(CometKiwi.needs)).scores
    wanted = [unified(w, ids(h, s), normal=normal) for h, s, _ in ROWS]
    assert found == pytest.approx(wanted, abs=1e-6)


def test_unite_is_the_mean_of_three_passes(tmp_path: Path, encoder: Path) -> None:
    segments = ["mt", "src", "ref"]
    folder, w = comet_folder(tmp_path, encoder, "unified_metric", input_segments=segments)
    found = UniTE(model=str(folder)).score(BATCH).scores
    wanted = [
        np.mean([unified(w, ids(h, s)), unified(w, ids(h, r)), unified(w, ids(h, s, r))])
        for h, s, r in ROWS
    ]
    assert found == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("reference", [True, False])
def test_xcomet_weighs_its_passes_and_its_spans(
    tmp_path: Path, encoder: Path, reference: bool
) -> None:
    folder, w = comet_folder(tmp_path, encoder, "xcomet_metric")
    metric = XComet(model=str(folder), reference=reference)
    found = metric.score(BATCH if reference else BATCH.only(metric.needs))
    assert found.spans is not None
    assert sum(map(len, found.spans)) > 0
    for (h, s, r), score, spans in zip(ROWS, found.scores, found.spans, strict=True):
        passes = [ids(h, s), ids(h, r), ids(h, s, r)] if reference else [ids(h, s)]
        scores = [min(unified(w, own), 1.0) for own in passes]
        n = len(h.split()) + 2
        chances = [tag_chances(w, own, 2)[:n] for own in passes]
        weights = (0.1667, 0.3333, 0.5) if reference else (1.0,)
        labels = sum(a * b for a, b in zip(weights, chances, strict=True))
        marked = _marked(h, np.asarray(labels)[1:-1])
        assert [(x.start, x.end, x.severity) for x in spans] == [m[:3] for m in marked]
        confidences = [m[3] for m in marked]
        assert [x.confidence for x in spans] == pytest.approx(confidences, abs=1e-6)
        penalty = sum({"minor": 1, "major": 5, "critical": 10}[m[2]] for m in marked)
        mqm = (25 - min(25, penalty)) / 25
        own_weights = (0.12, 0.33, 0.33) if reference else (0.78,)
        wanted = sum(a * b for a, b in zip(own_weights, scores, strict=True)) + 0.22 * mqm
        assert score == pytest.approx(wanted, abs=1e-6)


def _marked(text: str, chances: np.ndarray) -> list[tuple[int, int, str, float]]:  # type: ignore[type-arg]
    """The spans of words with one label."""
    names = ["", "minor", "major", "critical"]
    words, place = [], 0
    for word, row in zip(text.split(), chances, strict=True):
        start = text.index(word, place)
        place = start + len(word)
        words.append((start, place, names[int(row.argmax())], float(row.max())))
    found: list[tuple[int, int, str, list[float]]] = []
    before = ""
    for start, end, name, sure in words:
        if name and name == before:
            first, _, _, own = found.pop()
            found.append((first, end, name, [*own, sure]))
        elif name:
            found.append((start, end, name, [sure]))
        before = name
    return [(a, b, name, float(np.mean(own))) for a, b, name, own in found]


def test_spans_as_upstream_and_all_of_them() -> None:
    minor, major, none = [0.1, 0.8, 0.1, 0], [0.2, 0.1, 0.7, 0], [0.9, 0.1, 0, 0]
    chances = np.array([none, minor, major, none, minor, none])
    offsets = [(0, 0), (0, 2), (2, 5), (6, 8), (9, 12), (0, 0)]
    special = [True, False, False, False, False, True]
    every = spans_of(chances, offsets, special, compat=False)
    assert [s[:3] for s in every] == [(0, 2, "minor"), (2, 5, "major"), (9, 12, "minor")]
    upstream = spans_of(chances, offsets, special, compat=True)
    assert [s[:3] for s in upstream] == [(0, 5, "minor"), (9, 12, "minor")]
    assert upstream[0].confidence == pytest.approx(0.75)
    chances[5] = minor  # a span that reaches the end
    assert len(spans_of(chances, offsets, special, compat=True)) == 1
    assert spans_of(chances, offsets, special, compat=False) == every
    assert mqm_of(every) == pytest.approx(18 / 25)
    assert mqm_of([MetricSpan(0, 1, "critical")] * 3) == 0


@pytest.mark.parametrize("kind", ["unified_metric", "xcomet_metric"])
def test_unified_models_use_softmax_whatever_the_file_says(
    tmp_path: Path, encoder: Path, kind: str
) -> None:
    metric = CometKiwi if kind == "unified_metric" else XComet
    found = []
    for named in ("softmax", "sparsemax", "sparsemax_patch"):
        folder, _ = comet_folder(tmp_path / named, encoder, kind, layer_transformation=named)
        made = metric(model=str(folder))
        assert "mix:softmax" in made.signature(1)
        found.append(made.score(BATCH.only(made.needs)).scores.tolist())
    assert found[0] == found[1] == found[2]
    other = metric(model=str(folder), layer_transformation="sparsemax")
    assert "mix:sparsemax" in other.signature(1)
    assert other.score(BATCH.only(other.needs)).scores.tolist() != found[0]


@pytest.fixture(scope="module")
def metricx(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Weights]:
    folder = tmp_path_factory.mktemp("metricx")
    model, weights = metricx_folder(folder / "model", folder / "tokenizer")
    return model, folder / "tokenizer", weights


@pytest.mark.parametrize(
    ("version", "reference"), [(24, True), (24, False), (23, True), (23, False)]
)
def test_metricx_is_one_number_of_one_token(
    metricx: tuple[Path, Path, Weights], version: int, reference: bool
) -> None:
    model, tokenizer, w = metricx
    metric = MetricX(
        model=str(model), tokenizer=str(tokenizer), version=version, reference=reference
    )
    assert not metric.higher_is_better
    found = metric.score(BATCH.only(metric.needs)).scores
    names = {"source:": 3, "candidate:": 4, "reference:": 5}

    def read(text: str) -> list[int]:
        return [names[t] if t in names else 6 + int(t[1:]) for t in text.split()]

    form = {
        (24, True): "source: {s} candidate: {h} reference: {r}",
        (24, False): "source: {s} candidate: {h}",
        (23, True): "candidate: {h} reference: {r}",
        (23, False): "candidate: {h} source: {s}",
    }[version, reference]
    wanted = [t5_score(w, read(form.format(h=h, s=s, r=r))) for h, s, r in ROWS]
    assert any(0 < x < 25 for x in wanted)
    assert found == pytest.approx(wanted, abs=1e-6)


def test_bertscore_is_greedy_matching(tmp_path: Path) -> None:
    folder = encoder_folder(tmp_path / "encoder", 5)
    w = random_weights(5)
    metric = BERTScore(model=str(folder), layer=1)
    found = metric.score(BATCH.only(metric.needs)).scores

    def vectors(text: str) -> np.ndarray:  # type: ignore[type-arg]
        x = encoder_layers(w, ids(text))[1]
        return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True))

    wanted = []
    for h, _, r in ROWS:
        cosines = vectors(h) @ vectors(r).T
        precision, recall = cosines.max(1)[1:-1].mean(), cosines.max(0)[1:-1].mean()
        wanted.append(2 * precision * recall / (precision + recall))
    assert found == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize(
    "name", ["estimator.ff.6.bias", "encoder.model.encoder.layer.0.output.dense.weight"]
)
def test_one_weight_changes_score_and_key(tmp_path: Path, encoder: Path, name: str) -> None:
    folder, w = comet_folder(tmp_path, encoder, "regression_metric")
    metric = Comet(model=str(folder))
    before = metric.score(BATCH).scores, family_key(metric, 1), metric.full_signature(1)
    w[name].flat[0] += 0.5
    save_checkpoint(folder, w)
    after = metric.score(BATCH).scores, family_key(metric, 1), metric.full_signature(1)
    assert np.all(before[0] != after[0])
    assert before[1:] != after[1:]
    assert math.isfinite(after[0].sum())

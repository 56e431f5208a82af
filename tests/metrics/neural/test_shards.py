"""Shards fill one store without overlap, and the run after them computes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs harness[neural]")

from harness.errors import InputError
from harness.metrics.neural.comet22 import Comet, _Regression
from harness.metrics.neural.engine import Prepared
from harness.metrics.sacrebleu import ChrF
from harness.scoring.shards import Shard, fill_store
from harness.scoring.stage import score_test_set
from harness.scoring.store import ScoreStore
from tests.support.tiny_models import comet_folder, encoder_folder, words_test_set


def test_shards_share_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = encoder_folder(tmp_path / "encoder", None)
    folder, _ = comet_folder(tmp_path / "comet", encoder, "regression_metric")
    metrics = {"comet": Comet(model=str(folder)), "chrf": ChrF(name="chrF")}
    seen: Counter[tuple[int, ...]] = Counter()
    encode = _Regression.encode

    def counted(self: Any, inputs: Sequence[Prepared]) -> list[Any]:
        seen.update(tuple(one.ids) for one in inputs)
        return encode(self, inputs)

    monkeypatch.setattr(_Regression, "encode", counted)
    test_set, store = words_test_set(30), ScoreStore(tmp_path / "scores")
    references = test_set.reference_names
    parts = [
        fill_store(test_set, metrics, Shard(k, 3), store, references=references, workers=1)
        for k in (1, 2, 3)
    ]
    assert sum(part.segments["comet"] for part in parts) == 90
    assert all(part.segments["comet"] > 0 for part in parts)
    assert all(part.left_out == ["chrf"] for part in parts)
    assert set(seen.values()) == {1}
    whole = score_test_set(test_set, metrics, store=store, workers=1)
    assert set(seen.values()) == {1}
    alone = score_test_set(test_set, metrics, workers=1)
    assert whole.scores["score"].tolist() == pytest.approx(alone.scores["score"].tolist(), abs=1e-6)


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "1/0", "a/b", "-1/3", "1/3/5", "1.0/2"])
def test_what_is_no_shard(text: str) -> None:
    with pytest.raises(InputError, match="no shard"):
        Shard.read(text)

"""Models that cannot be right, and texts at the limits: one message or a status each, and never a
number without a word."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs harness[neural]")

from safetensors.numpy import load_file, save_file

from harness.errors import InputError
from harness.metrics import Batch
from harness.metrics.model_files import files_digest
from harness.metrics.neural.bertscore import BERTScore
from harness.metrics.neural.comet22 import Comet
from harness.metrics.neural.cometkiwi import CometKiwi
from harness.metrics.neural.metric import NeuralMetric
from harness.metrics.neural.metricx24 import MetricX
from harness.metrics.neural.unite import UniTE
from harness.metrics.neural.xcomet import XComet
from tests.support.tiny_models import (
    SPECIAL,
    WORDS,
    comet_folder,
    encoder_folder,
    save_checkpoint,
    tokenizer_into,
)

pytestmark = pytest.mark.reliability
BATCH = Batch(["w1 w2"], ["w3 w4"], (["w5"],))


class Evil:
    """Unpickled, it would make a folder."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("owned",)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    encoder_folder(tmp_path / "encoder", 2)
    return comet_folder(tmp_path / "model", tmp_path / "encoder", "regression_metric")[0]


def refused(metric: NeuralMetric) -> InputError:
    with pytest.raises(InputError) as told:
        metric.score(BATCH.only(metric.needs))
    return told.value


def weights_of(folder: Path) -> dict[str, Any]:
    state = torch.load(folder / "checkpoints" / "model.ckpt", weights_only=True)["state_dict"]
    return {name: tensor.numpy() for name, tensor in state.items()}


def without(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        save_checkpoint(folder, {n: t for n, t in weights_of(folder).items() if n != name})

    return change


def with_one(name: str, value: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        save_checkpoint(folder, {**weights_of(folder), name: value})

    return change


def hostile(folder: Path) -> None:
    (folder / "checkpoints" / "model.ckpt").write_bytes(pickle.dumps({"state_dict": Evil()}))


def truncated(folder: Path) -> None:
    file = folder / "checkpoints" / "model.ckpt"
    file.write_bytes(file.read_bytes()[:2000])


def pointer(folder: Path) -> None:
    (folder / "checkpoints" / "model.ckpt").write_text("version https://git-lfs\noid sha256:1\n")


def nan_weight(folder: Path) -> None:
    weights = weights_of(folder)
    weights["estimator.ff.0.bias"][1] = np.nan
    save_checkpoint(folder, weights)


def hparams(**changed: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        file = folder / "hparams.yaml"
        file.write_text(json.dumps({**json.loads(file.read_text()), **changed}))

    return change


def broken_hparams(folder: Path) -> None:
    (folder / "hparams.yaml").write_text("{a: [")


def no_checkpoint(folder: Path) -> None:
    shutil.rmtree(folder / "checkpoints")


def other_tokenizer(folder: Path) -> None:
    tokenizer_into(folder.parent / "encoder", WORDS[:30])


def moved_special_tokens(folder: Path) -> None:
    tokenizer_into(folder.parent / "encoder", WORDS, ["<pad>", "<s>", *SPECIAL[2:]])


def no_tokenizer(folder: Path) -> None:
    (folder.parent / "encoder" / "tokenizer.json").unlink()


def broken_tokenizer(folder: Path) -> None:
    (folder.parent / "encoder" / "tokenizer.json").write_text("{}")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without("estimator.ff.3.weight"), "1 missing: estimator.ff.3.weight"),
        (without("encoder.model.encoder.layer.1.output.dense.bias"), "1 missing: encoder.layer.1"),
        (with_one("estimator.ff.9.bias", np.zeros(1)), "1 unknown: estimator.ff.9.bias"),
        (with_one("encoder.model.extra", np.zeros(1)), "1 unknown: extra"),
        (with_one("encoder.model.embeddings.word_embeddings.weight", np.zeros((9, 8))), "(9, 8)"),
        (hostile, "loading it could run code"),
        (truncated, "cannot be read"),
        (pointer, "model.ckpt"),
        (nan_weight, "'estimator.ff.0.bias' holds a value that is no number"),
        (hparams(class_identifier="unified_metric"), "metrics=[cometkiwi, unite]"),
        (hparams(class_identifier="ranking_metric"), "does not read"),
        (hparams(layer_transformation="entmax15"), "'entmax15' is unknown"),
        (hparams(hidden_sizes=[6]), "unknown: estimator.ff.6"),
        (hparams(pool="median"), "median"),
        (hparams(activations="Nothing"), "'Nothing' is unknown"),
        (hparams(pretrained_model="no/such-encoder"), "harness downloads none"),
        (broken_hparams, "cannot be read"),
        (no_checkpoint, "no checkpoints/model.ckpt"),
        (other_tokenizer, "does not belong to the model"),
        (moved_special_tokens, "does not belong to the model"),
        (no_tokenizer, "holds no tokenizer"),
        (broken_tokenizer, "tokenizer cannot be read"),
    ],
)
def test_a_model_that_cannot_be_right_is_refused(
    folder: Path, change: Callable[[Path], None], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    change(folder)
    error = refused(Comet(model=str(folder)))
    assert said in str(error), str(error)
    assert not Path("owned").exists()


def test_folders_of_the_wrong_kind(tmp_path: Path) -> None:
    encoder_folder(tmp_path / "encoder", 2)
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    assert "no hparams.yaml" in str(refused(Comet(model=str(tmp_path / "encoder"))))
    assert "no config.json" in str(refused(BERTScore(model=str(tmp_path / "empty"), layer=1)))
    assert "is a file" in str(refused(BERTScore(model=str(tmp_path / "file"), layer=1)))
    assert "no such folder" in str(refused(BERTScore(model=str(tmp_path / "gone"), layer=1)))
    assert "no model" in str(refused(MetricX(model=str(tmp_path / "empty"))))
    tokenizer = str(tmp_path / "encoder")
    error = refused(MetricX(model=str(tmp_path / "encoder"), tokenizer=tokenizer))
    assert "no MetricX model" in str(error)
    assert "no layer 7" in str(refused(BERTScore(model=str(tmp_path / "encoder"), layer=7)))
    assert "layer=N" in str(refused(BERTScore(model=str(tmp_path / "encoder"))))
    config = json.loads((tmp_path / "encoder" / "config.json").read_text())
    (tmp_path / "encoder" / "config.json").write_text(json.dumps({**config, "model_type": "none"}))
    assert "config cannot be read" in str(refused(BERTScore(model=tokenizer, layer=1)))


def test_nan_in_safetensors_and_surplus_weights(tmp_path: Path) -> None:
    folder = encoder_folder(tmp_path, 2)
    file = folder / "model.safetensors"
    weights = load_file(file)
    save_file({**weights, "pooler.dense.bias": np.zeros(3, np.float32)}, file)  # a head: no matter
    BERTScore(model=str(folder), layer=1).score(BATCH)
    save_file({**weights, "more": np.zeros(3, np.float32)}, file)
    assert "1 unknown: more" in str(refused(BERTScore(model=str(folder), layer=1)))
    weights["embeddings.LayerNorm.bias"][0] = np.inf
    save_file(weights, file)
    assert "no number" in str(refused(BERTScore(model=str(folder), layer=1)))


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        (Comet(model="Unbabel/wmt22-comet-da"), ["2.3 GB", "Apache-2.0", "wmt22-comet-da"]),
        (CometKiwi(model="Unbabel/wmt22-cometkiwi-da"), ["CC BY-NC-SA", "accepted"]),
        (XComet(model="Unbabel/XCOMET-XXL"), ["43 GB", "hf download Unbabel/XCOMET-XXL"]),
        (UniTE(model="Unbabel/unite-mup"), ["unite-mup"]),
        (MetricX(model="google/metricx-24-hybrid-large-v2p6"), ["Apache-2.0"]),
        (BERTScore(model="roberta-large"), ["FacebookAI/roberta-large", "MIT"]),
        (BERTScore(model="my/own-model", layer=3), ["see its page"]),
        (BERTScore(model="", layer=3), ["has no model"]),
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_an_absent_model_is_told_at_once(
    metric: NeuralMetric, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    started = time.monotonic()
    said = str(refused(metric))
    assert time.monotonic() - started < 5
    assert all(word in said for word in told), said


def test_a_model_of_the_hub_is_found_in_its_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = tmp_path / "hub" / "models--some--encoder"
    encoder_folder(entry / "snapshots" / "abc", 2)
    (entry / "refs").mkdir()
    (entry / "refs" / "main").write_text("abc")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    by_name = BERTScore(model="some/encoder", layer=1)
    folder = BERTScore(model=str(entry / "snapshots" / "abc"), layer=1)
    assert by_name.score(BATCH).scores == pytest.approx(folder.score(BATCH).scores, abs=1e-9)
    assert by_name.name == "BERTScore (encoder)"


def test_an_old_comet_beside_harness_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from harness.metrics.neural import packages

    real = packages.version
    monkeypatch.setattr(packages, "version", lambda n: "1.1.3" if "comet" in n else real(n))
    assert "pip uninstall unbabel-comet" in str(refused(Comet(model=str(folder))))


@pytest.mark.parametrize(
    "setting", [{"precision": "fp8"}, {"batch_tokens": -1}, {"device": "cuda:99"}]
)
def test_settings_that_do_not_exist(folder: Path, setting: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Comet(model=str(folder), **setting).score(BATCH)


# ----------------------------------------------------------------------- texts at the limits


LONG = " ".join(["w7"] * 3400)  # 10,199 characters


def test_texts_at_the_limits_have_a_status(folder: Path, tmp_path: Path) -> None:
    encoder = str(tmp_path / "encoder")
    kiwi, _ = comet_folder(
        tmp_path / "kiwi", tmp_path / "encoder", "unified_metric", input_segments=["mt", "src"]
    )
    batch = Batch(["w1", "w1", LONG, "漢 字 w1"], ["", LONG, "w2", "w3"], (["w4"] * 4,))
    for metric in (
        BERTScore(model=encoder, layer=1),
        Comet(model=str(folder)),
        CometKiwi(model=str(kiwi)),
    ):
        found = metric.score(batch.only(metric.needs))
        assert found.statuses is not None
        empty, long_one, long_source, foreign = found.statuses
        assert np.isfinite(found.scores).all()
        assert empty.kind == "ok"
        assert "empty" in empty.reason
        assert long_one.kind == "truncated"
        assert "tokens" in long_one.reason or "token" in long_one.reason
        if metric.needs.source:
            assert long_source.kind == "truncated"
            assert "does not know most of the words" in foreign.reason
    assert BERTScore(model=encoder, layer=1).score(batch.only(BERTScore.needs)).scores[0] == 0
    reasons = CometKiwi(model=str(kiwi)).score(batch.only(CometKiwi.needs)).statuses
    assert reasons is not None
    assert "36 of 3400 tokens of the translation were read" in reasons[1].reason
    assert "of 3400 tokens of the source were read" in reasons[2].reason


# ----------------------------------------------------------------------- keys of large files


def test_the_key_of_a_large_file_is_cheap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "model.safetensors"
    with file.open("wb") as stream:
        stream.truncate(2 * 2**30)
    os.utime(file, (time.time() - 60,) * 2)
    tracemalloc.start()
    first = files_digest([file])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    started = time.perf_counter()
    assert files_digest([file]) == first
    assert time.perf_counter() - started < 0.1
    assert peak < 64 * 2**20

"""The engine: every text once, the same scores in any batch, one batch lost by a kill."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs harness[neural]")

from hypothesis import given
from hypothesis import strategies as st

from harness.errors import InputError
from harness.metrics import Batch
from harness.metrics.neural import metric as neural
from harness.metrics.neural.bertscore import BERTScore
from harness.metrics.neural.comet22 import Comet
from harness.metrics.neural.cometkiwi import CometKiwi
from harness.metrics.neural.engine import Engine, Input, Judgement, Model, Prepared, Row
from harness.metrics.neural.work import batches_of, together
from harness.scoring.stage import score_test_set
from harness.scoring.store import ScoreStore
from tests.conftest import ROOT
from tests.support.small import small
from tests.support.tiny_models import comet_folder, encoder_folder


class Counting(Model):
    """Scores a row by the lengths of its texts, and remembers what it saw. It has memory for
    ``room`` tokens."""

    def __init__(self, room: int = 10**9) -> None:
        self.room, self.seen = room, []  # type: ignore[var-annotated]

    def inputs(self, row: Row) -> tuple[Input, ...]:
        return tuple((("", text),) for text in (row.hypothesis, row.source))

    def prepare(self, inputs: Sequence[Input]) -> list[Prepared]:
        return [Prepared(list(range(len(text) + 1))) for ((_, text),) in inputs]

    def encode(self, inputs: Sequence[Prepared]) -> list[Any]:
        if len(inputs) * max(len(one.ids) for one in inputs) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory")
        self.seen += [len(one.ids) for one in inputs]
        return [len(one.ids) - 1 for one in inputs]

    def judge(
        self, rows: Sequence[tuple[Row, Sequence[Prepared], Sequence[Any]]]
    ) -> list[Judgement]:
        return [Judgement(float(a * 100 + b)) for _, _, (a, b) in rows]


ROWS = [Row("x" * (i % 7 + 1), "s" * (i // 5 + 1)) for i in range(40)]


def scored(engine: Engine, rows: Sequence[Row]) -> list[float]:
    found = np.full(len(rows), np.nan)
    for places, scores in engine.scores(rows):
        assert np.isnan(found[places]).all()
        found[places] = scores.scores
    return [float(x) for x in found]


@pytest.mark.parametrize("budget", [1, 8, 64, 10_000])
def test_every_text_is_encoded_once(budget: int) -> None:
    model = Counting()
    assert scored(Engine(model, budget), ROWS) == [
        len(r.hypothesis) * 100.0 + len(r.source) for r in ROWS
    ]
    texts = {r.hypothesis for r in ROWS} | {r.source for r in ROWS}
    assert sorted(model.seen) == sorted(len(t) + 1 for t in texts)


def test_batches_are_halved_where_the_memory_does_not_suffice() -> None:
    engine = Engine(Counting(room=20), 10_000)
    assert not np.isnan(scored(engine, ROWS)).any()
    assert engine.budget <= 20
    with pytest.raises(InputError, match="memory does not suffice") as told:
        scored(Engine(Counting(room=3), 10_000), ROWS)
    assert "sequence of 9 tokens" in told.value.message


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.lists(st.integers(0, 12), min_size=1, max_size=3)),
        max_size=30,
    ),
    st.integers(1, 60),
)
def test_a_plan_has_every_row_once(rows: list[tuple[int, list[int]]], budget: int) -> None:
    tokens = {i: i + 1 for i in range(13)}
    inputs = [own for _, own in rows]
    plan = batches_of(inputs, [group for group, _ in rows], tokens, budget)
    assert sorted(p for own in plan for p in own) == list(range(len(rows)))
    done: set[int] = set()
    for own in plan:
        new = {i for p in own for i in inputs[p]} - done
        assert sum(tokens[i] for i in new) <= budget or len(own) == 1
        done |= new


@given(st.lists(st.integers(1, 40)), st.integers(1, 100))
def test_what_is_padded_together_fits(lengths: list[int], budget: int) -> None:
    parts = together(lengths, budget)
    assert sorted(i for own in parts for i in own) == list(range(len(lengths)))
    for own in parts:
        assert max(lengths[i] for i in own) * len(own) <= budget or len(own) == 1


# ----------------------------------------------------------------------- real models, few weights


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    root = tmp_path_factory.mktemp("models")
    encoder = encoder_folder(root / "encoder", 2)
    comet, _ = comet_folder(root / "comet", encoder, "regression_metric", layer_norm=True)
    kiwi, _ = comet_folder(root / "kiwi", encoder, "unified_metric", input_segments=["mt", "src"])
    return encoder, comet, kiwi


def some_batch(n: int = 64) -> Batch:
    draw = np.random.default_rng(1)

    def text() -> str:
        return " ".join(f"w{i}" for i in draw.integers(0, 60, draw.integers(1, 12)))

    return Batch(
        [text() for _ in range(n)], [text() for _ in range(n)], ([text() for _ in range(n)],)
    )


@pytest.mark.parametrize("which", ["bertscore", "comet", "kiwi"])
def test_scores_are_the_same_in_batches_of_any_size(
    folders: tuple[Path, Path, Path], which: str
) -> None:
    encoder, comet, kiwi = map(str, folders)
    batch = some_batch()
    found = []
    for segments in (1, 8, 64):
        size = 30 * segments  # tokens of a segment: 3 texts of up to 11 words
        made: Any = {
            "bertscore": BERTScore(model=encoder, layer=2, batch_tokens=size, verify=True),
            "comet": Comet(model=comet, batch_tokens=size, verify=True),
            "kiwi": CometKiwi(model=kiwi, batch_tokens=size, verify=True),
        }[which]
        assert made.signature(1) == type(made)(
            model=made.model, **({"layer": 2} if which == "bertscore" else {})
        ).signature(1)
        found.append(made.score(batch.only(made.needs)).scores)
    assert found[1] == pytest.approx(found[0], abs=1e-6)
    assert found[2] == pytest.approx(found[0], abs=1e-6)


def test_a_score_that_depends_on_its_batch_is_refused(folders: tuple[Path, Path, Path]) -> None:
    class Leaking(Counting):
        def judge(
            self, rows: Sequence[tuple[Row, Sequence[Prepared], Sequence[Any]]]
        ) -> list[Judgement]:
            return [Judgement(float(len(rows))) for _ in rows]

    with pytest.raises(InputError, match="depends on what else is in its batch"):
        scored(Engine(Leaking(), 10_000, bound=1e-6), ROWS)


def test_systems_share_what_they_share(folders: tuple[Path, Path, Path]) -> None:
    metric = BERTScore(model=str(folders[0]), layer=2)
    source = ["w1 w2", "w3"]
    systems = [["w1", "w2"], ["w1", "w9 w8"], ["w1 w5", "w2"]]
    hypotheses = [text for own in systems for text in own]
    references = ["w7 w7 w7", "w6"] * 3
    engine = metric.engine()
    list(engine.scores([Row(h, "", (r,)) for h, r in zip(hypotheses, references, strict=True)]))
    texts = set(hypotheses) | set(references)
    assert engine.encoded == sum(len(t.split()) + 2 for t in texts)
    assert len(source) == 2


KILLED = """
import sys
from pathlib import Path
from harness.metrics.neural.comet22 import Comet, _Regression
from harness.scoring.stage import score_test_set
from harness.scoring.store import ScoreStore
from tests.support.tiny_models import words_test_set

log = open(sys.argv[3], "a")
encode = _Regression.encode

def told(self, inputs):
    for one in inputs:
        log.write(" ".join(map(str, one.ids)) + "\\n")
    log.flush()
    return encode(self, inputs)

_Regression.encode = told
metric = Comet(model=sys.argv[1], batch_tokens=120)
result = score_test_set(words_test_set(), {"m": metric}, store=ScoreStore(Path(sys.argv[2])))
print(result.counts["computed"])
"""


@pytest.mark.reliability
def test_a_kill_costs_one_batch(folders: tuple[Path, Path, Path], tmp_path: Path) -> None:
    log, store = tmp_path / "log", tmp_path / "store"
    command = [sys.executable, "-c", KILLED, str(folders[1]), str(store), str(log)]
    for lines in (20, 45):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        while process.poll() is None and (not log.exists() or len(lines_of(log)) < lines):
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    twice = Counter(lines_of(log))
    again = sum((n - 1) * len(text.split()) for text, n in twice.items())
    assert len(twice) == 20 * 5  # sources, references and three systems
    assert again <= 2 * 120  # a batch for each kill


def lines_of(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").split("\n")[:-1]


@pytest.fixture
def forget() -> Iterator[None]:
    neural._loaded.clear()
    yield
    neural._loaded.clear()


def test_scores_are_in_the_store_batch_by_batch(
    folders: tuple[Path, Path, Path], tmp_path: Path, forget: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that ends in the middle has kept every finished batch; the next computes the rest."""
    from harness.metrics.neural.comet22 import _Regression

    metric = Comet(model=str(folders[1]), batch_tokens=25)
    store = ScoreStore(tmp_path / "scores")
    calls: list[int] = []
    encode = _Regression.encode

    def dies(self: Any, inputs: Sequence[Prepared]) -> list[Any]:
        calls.append(len(inputs))
        if len(calls) == 4:
            raise KeyboardInterrupt
        return encode(self, inputs)

    monkeypatch.setattr(_Regression, "encode", dies)
    with pytest.raises(KeyboardInterrupt):
        score_test_set(small(), {"m": metric}, store=store)
    kept = len(list(store.folder.glob("segments/*/*.parquet")))
    assert kept == 3
    second = score_test_set(small(), {"m": metric}, store=store)
    monkeypatch.setattr(_Regression, "encode", encode)
    whole = score_test_set(small(), {"m": metric})
    assert second.counts["reused"] > 0
    assert second.scores["score"].tolist() == pytest.approx(
        whole.scores["score"].tolist(), abs=1e-6
    )
    again = score_test_set(small(), {"m": metric}, store=store)
    assert again.counts["computed"] == 0

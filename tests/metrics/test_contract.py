"""The contract of a metric, by three plug-ins: what is read is what is keyed, and everything that a
metric says comes back from the store as it was said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from harness.errors import InputError
from harness.metrics import (
    Batch,
    Languages,
    Metric,
    MetricSpan,
    Needs,
    Neighbour,
    Runs,
    SegmentScores,
    Status,
    Window,
)
from harness.metrics.batch import gathered
from harness.metrics.results import FINAL, KINDS, together
from harness.metrics.sacrebleu import BLEU
from harness.minimal_pairs.injections import scorable
from harness.scoring.stage import ScoreResult, score_test_set
from harness.scoring.store import ScoreStore
from harness.scoring.texts import AlignedTexts
from harness.tables import HYPOTHESES, TestSet, table
from tests.metrics.examples import consensus, on_device, previous_two
from tests.metrics.examples.consensus import Consensus
from tests.metrics.examples.on_device import Device
from tests.metrics.examples.previous_two import Repeated
from tests.support.small import SOURCES, TEXTS, small


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    for seen in (previous_two.SEEN, consensus.SEEN, on_device.CALLS):
        seen.clear()  # type: ignore[attr-defined]
    yield


@pytest.fixture
def store(tmp_path: Path) -> ScoreStore:
    return ScoreStore(tmp_path / "scores")


def run(test_set: TestSet, metric: Metric, store: ScoreStore | None = None) -> ScoreResult:
    return score_test_set(test_set, {"m": metric}, store=store, workers=1)


def three_systems() -> TestSet:
    """``good``, ``poor`` and a third, of one document."""
    test_set = small()
    rows = [(test_set.name, "third", "system", str(i), f"text {i}") for i in range(1, 5)]
    more = pd.concat([test_set.hypotheses, table(rows, HYPOTHESES)], ignore_index=True)
    return replace(test_set, hypotheses=more, segments=test_set.segments.assign(document="only"))


def changed(test_set: TestSet, system: str, segment: str, text: str) -> TestSet:
    rows = test_set.hypotheses.copy()
    chosen = (rows["system"] == system) & (rows["segment_id"] == segment)
    assert chosen.sum() == 1
    rows.loc[chosen, "hypothesis"] = text
    return replace(test_set, hypotheses=rows)


def scores_of(result: ScoreResult, system: str) -> list[float]:
    rows = result.scores[(result.scores["system"] == system) & result.scores["segment_id"].notna()]
    return list(rows["score"])


# ----------------------------------------------------------------------- what is read


def test_a_window_stops_at_the_document() -> None:
    result = run(small(), Repeated())  # documents of two segments
    assert scores_of(result, "poor") == [0, 0, 0, 0]
    assert scores_of(run(three_systems(), Repeated()), "third") == [0, 1, 1, 1]  # the word "text"


def test_a_batch_holds_what_is_declared_and_nothing_else() -> None:
    test_set = three_systems()
    window = Window(before=1, after=1, hypothesis=True, reference=True)
    needs = Needs(window=window, document=True, languages=True, alternatives=True)
    texts = AlignedTexts(test_set, ["refA"], {})
    ((batch, _),) = texts.batches("third", needs)
    assert batch.sources == () and batch.references == ()
    assert batch.contexts[0] == (Neighbour(1, SOURCES[1], "text 2", (TEXTS["refA"][1],)),)
    assert [near.offset for near in batch.contexts[1]] == [-1, 1]
    assert batch.alternatives[0] == tuple(sorted((TEXTS["good"][0], TEXTS["poor"][0])))
    assert batch.positions == [0, 1, 2, 3] and set(batch.documents) == {"only"}
    assert batch.languages == Languages("zh", "en")
    ((bare, _),) = texts.batches("third", Needs(source=True))
    assert bare == Batch(SOURCES, [f"text {i}" for i in range(1, 5)])
    card = {"language_pair": "de-en"}
    german = AlignedTexts(replace(test_set, card=card), [], {}).batches("third", needs)[0][0]
    assert german.languages == Languages("de", "en")


def test_a_neighbour_that_the_system_lacks_is_none_and_the_segment_is_scored() -> None:
    test_set = three_systems()
    rows = test_set.hypotheses
    gone = (rows["system"] == "third") & (rows["segment_id"] == "2")
    texts = AlignedTexts(replace(test_set, hypotheses=rows[~gone]), [], {})
    ((batch, places),) = texts.batches("third", Repeated().needs)
    assert places.tolist() == [0, 2, 3]
    assert [near.hypothesis for near in batch.contexts[1]] == ["text 1", None]


def test_injected_translations_are_no_alternatives() -> None:
    test_set = three_systems()
    rows = test_set.hypotheses.copy()
    rows.loc[rows["system"] == "third", "role"] = "injected"
    texts = AlignedTexts(replace(test_set, hypotheses=rows), [], {})
    assert texts.batches("good", Needs(alternatives=True))[0][0].alternatives[0] == (
        TEXTS["poor"][0],
    )
    assert len(texts.batches("third", Needs(alternatives=True))[0][0].alternatives[0]) == 2


def test_batches_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="not aligned"):
        Batch((), ["a", "b"], positions=[0])
    part = Batch(["s", "t"], ["a", "b"], (["r", "q"],), positions=[0, 1]).part(slice(1, 2))
    assert part == Batch(["t"], ["b"], (["q"],), positions=[1])
    assert gathered([(part, 0), (part, 0)]).positions == [1, 1]
    with pytest.raises(ValueError, match="without any text"):
        Window(1, source=False)
    with pytest.raises(ValueError, match="before"):
        Window(-1)
    with pytest.raises(ValueError, match="at once"):
        Runs("remote", at_once=0)


def test_metrics_that_read_other_translations_judge_no_injected_errors() -> None:
    class Before(Repeated):
        needs = Needs(window=Window(before=1))

    metrics: dict[str, Metric] = {"a": Repeated(), "b": Consensus(), "c": Before(), "d": BLEU()}
    assert list(scorable(metrics)) == ["c", "d"]


# ---------------------------------------------------------------- what is computed again


def test_a_changed_neighbour_is_computed_again_where_it_is_read(store: ScoreStore) -> None:
    test_set = three_systems()
    run(test_set, Repeated(), store)
    assert len(previous_two.SEEN) == 12
    previous_two.SEEN.clear()
    after = changed(test_set, "third", "2", "quite other words")
    found = run(after, Repeated(), store)
    assert sorted(previous_two.SEEN) == ["quite other words", "text 3", "text 4"]
    assert found.scores.equals(run(after, Repeated()).scores)
    previous_two.SEEN.clear()
    run(changed(test_set, "third", "4", "the last"), Repeated(), store)
    assert previous_two.SEEN == ["the last"]
    previous_two.SEEN.clear()
    sources = test_set.segments.copy()
    sources.loc[0, "source"] = "另一句"
    run(replace(test_set, segments=sources), Repeated(), store)  # the window has sources too
    assert len(previous_two.SEEN) == 2 * 3


def test_another_systems_changed_translation_is_computed_again_where_it_is_read(
    store: ScoreStore,
) -> None:
    test_set = three_systems()
    run(test_set, Consensus(), store)
    consensus.SEEN.clear()
    after = changed(test_set, "third", "2", "It has dogs.")
    found = run(after, Consensus(), store)
    assert sorted(consensus.SEEN) == sorted([TEXTS["good"][1], TEXTS["poor"][1], "It has dogs."])
    assert found.scores.equals(run(after, Consensus()).scores)
    consensus.SEEN.clear()
    renamed = after.hypotheses.assign(system=after.hypotheses["system"].replace("third", "zebra"))
    run(replace(after, hypotheses=renamed), Consensus(), store)
    assert consensus.SEEN == []


def test_what_a_metric_does_not_read_does_not_matter(store: ScoreStore) -> None:
    test_set = three_systems()
    run(test_set, BLEU(), store)
    sources = test_set.segments.assign(source="另一句", document="other")
    assert run(replace(test_set, segments=sources), BLEU(), store).counts["computed"] == 0


# ------------------------------------------------------------------ what comes back


def device(folder: Path, content: bytes = b"\x02weights") -> Device:
    file = folder / "weights.bin"
    file.write_bytes(content)
    return Device("device", weights=str(file))


def tables_of(result: ScoreResult) -> dict[str, pd.DataFrame]:
    names = ("scores", "documents", "spans", "statuses", "extra")
    return {name: getattr(result, name) for name in names}


def test_everything_comes_back_and_nothing_is_computed_again(
    store: ScoreStore, tmp_path: Path
) -> None:
    metric = device(tmp_path)
    first = run(small(), metric, store)
    assert on_device.CALLS == [3, 3, 2]
    again = run(small(), metric, store)
    assert on_device.CALLS == [3, 3, 2]
    for name, frame in tables_of(first).items():
        pd.testing.assert_frame_equal(frame, tables_of(again)[name])
    assert first.counts == {"computed": 6, "reused": 0, "missing": 0, "failed": 2}
    assert again.counts == {"computed": 0, "reused": 6, "missing": 0, "failed": 2}
    assert first.spent["m"].tokens == 80 and first.spent["m"].money == 4.0
    assert again.costs["m"].tokens == 80 and again.costs["m"].money == 4.0
    assert again.costs["m"].wall_seconds == pytest.approx(first.spent["m"].wall_seconds)
    assert again.spent["m"].cpu_seconds == 0 and np.isnan(again.spent["m"].tokens)
    assert again.spent["m"].record()["tokens"] is None
    store.put_together()
    for name, frame in tables_of(first).items():
        pd.testing.assert_frame_equal(frame, tables_of(run(small(), metric, store))[name])


def test_the_tables_say_what_the_metric_said(tmp_path: Path) -> None:
    result = run(small(), device(tmp_path))
    status = result.scores.set_index(["system", "segment_id"])["status"]
    assert status["good", "2"] == "refused: a rude text"
    assert status["poor", "1"] == "truncated: 12 characters"
    assert scores_of(result, "poor")[0] == 2 * len(TEXTS["poor"][0])
    whole = result.scores[result.scores["segment_id"].isna()].set_index("system")["status"]
    assert whole["good"] == "missing: 1 of 4 segments have no score"
    counted = result.statuses[result.statuses["system"] == "poor"].set_index("status")
    assert counted["n_segments"].to_dict() == {"ok": 2, "refused": 1, "truncated": 1}
    assert result.status_counts["m"]["refused"] == 2
    spans = result.spans[result.spans["segment_id"] == "1"].iloc[:2]
    assert list(spans["side"]) == ["source", "target"]
    assert spans["confidence"].iloc[0] == 0.25 and np.isnan(spans["confidence"].iloc[1])
    assert '"place": 1' in result.extra["details"].iloc[1] and len(result.extra) == 8


def test_a_run_without_reservations_makes_no_table_of_them() -> None:
    result = run(small(), BLEU())
    assert len(result.statuses) == len(result.extra) == 0 and result.status_counts == {}


def test_one_changed_byte_of_the_weights_changes_key_and_signature(
    store: ScoreStore, tmp_path: Path
) -> None:
    first = run(small(), device(tmp_path), store)
    second = run(small(), device(tmp_path, b"\x02weightz"), store)
    assert len(on_device.CALLS) == 6
    signatures = [result.scores["signature"].iloc[0] for result in (first, second)]
    assert signatures[0] != signatures[1] and "|files:" in signatures[0]
    run(small(), device(tmp_path), store)
    assert len(on_device.CALLS) == 6
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    run(small(), device(moved), store)
    assert len(on_device.CALLS) == 6
    with pytest.raises(InputError, match="no such file"):
        run(small(), Device(weights=str(tmp_path / "none")), store)


# ------------------------------------------------------------- statuses and their parts


class Says(Consensus):
    """Gives every segment one status."""

    needs = Needs()
    by_segment = True
    kind: Any = "ok"

    def score(self, batch: Batch) -> SegmentScores:
        consensus.SEEN.extend(batch.hypotheses)
        n = len(batch)
        score = 1.0 if self.kind in ("ok", "truncated") else np.nan
        return SegmentScores(np.full(n, score), statuses=[Status(self.kind, "why")] * n)


@pytest.mark.parametrize("by_segment", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_what_asking_again_might_change_is_asked_again(
    store: ScoreStore, kind: str, by_segment: bool
) -> None:
    metric = type("Said", (Says,), {"kind": kind, "by_segment": by_segment})()
    run(small(), metric, store)
    result = run(small(), metric, store)
    assert len(consensus.SEEN) == (8 if kind in FINAL else 16)
    segments = result.scores[result.scores["segment_id"].notna()]
    assert set(segments["status"]) == {f"{kind}: why"}
    assert segments["score"].notna().all() == (kind in ("ok", "truncated"))


def test_a_status_that_contradicts_the_score_is_refused() -> None:
    for score, kind in ((1.0, "refused"), (np.nan, "ok"), (np.nan, "truncated")):
        with pytest.raises(ValueError, match="status"):
            SegmentScores(np.array([score]), statuses=[Status(kind)])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="2 extra for 1 scores"):
        SegmentScores(np.array([1.0]), extra=[None, None])


def test_parts_with_and_without_details_go_together() -> None:
    bare = SegmentScores(np.array([1.0, np.nan]))
    full = SegmentScores(
        np.array([2.0]), statuses=[Status()], extra=[{"a": 1}], costs=np.array([[1.0, 2, 3, 4]])
    )
    both = together([bare, full])
    assert both.statuses is not None and [s.kind for s in both.statuses] == ["ok", "failed", "ok"]
    assert both.extra == (None, None, {"a": 1})
    assert both.costs is not None and both.costs[2].tolist() == [1, 2, 3, 4]
    assert both.spans is None
    spread = full.spread(np.array([1]), 2)
    assert spread.statuses == (Status("missing"), Status()) and spread.extra == (None, {"a": 1})
    assert spread.rows([1]).scores.tolist() == [2.0]


@pytest.mark.parametrize(
    ("span", "message"),
    [
        (MetricSpan(0, 9, side="source"), "the source's length"),
        (MetricSpan(0, 1, side="reference"), "an unknown side"),  # type: ignore[arg-type]
        (MetricSpan(0, 1, confidence=1.5), "an invalid confidence"),
    ],
)
def test_spans_that_mean_nothing_are_refused(span: MetricSpan, message: str) -> None:
    class Marks(Consensus):
        def score(self, batch: Batch) -> SegmentScores:
            return SegmentScores(np.zeros(len(batch)), spans=[[span]] * len(batch))

    with pytest.raises(InputError, match=message):
        run(small(), Marks())


# ------------------------------------------------------------------ where metrics run


def test_a_remote_metric_has_several_pieces_under_way_at_once(store: ScoreStore) -> None:
    import threading

    both = threading.Barrier(2, timeout=30)

    class Remote(Consensus):
        runs = Runs("remote", piece=4, at_once=2)
        needs = Needs()

        def score(self, batch: Batch) -> SegmentScores:
            both.wait()  # would break if the second piece came after the first
            return SegmentScores(np.array([float(len(h)) for h in batch.hypotheses]))

    result = run(small(), Remote(), store)
    assert scores_of(result, "poor") == [float(len(text)) for text in TEXTS["poor"]]
    assert run(small(), Remote(), store).counts["reused"] == 8


def test_another_number_of_scores_is_refused() -> None:
    class Short(Consensus):
        def score(self, batch: Batch) -> SegmentScores:
            return SegmentScores(np.zeros(1))

    with pytest.raises(InputError, match="another number of scores"):
        run(small(), Short())


@pytest.mark.parametrize("where", ["here", "remote"])
def test_an_exception_of_a_plug_in_names_the_metric(where: Any) -> None:
    class Broken(Consensus):
        runs = Runs(where=where)

        def score(self, batch: Batch) -> SegmentScores:
            raise ZeroDivisionError("no segment has a letter")

    with pytest.raises(ZeroDivisionError) as raised:
        run(small(), Broken())
    (note,) = raised.value.__notes__
    assert note == f"raised by the metric 'm' ({__name__})"


def test_kinds_that_there_are_not_are_refused() -> None:
    wrong: Any = "okay"
    with pytest.raises(ValueError, match="the status 'okay' is none of: ok, truncated, missing"):
        SegmentScores(np.array([np.nan]), statuses=[Status(wrong)])
    with pytest.raises(ValueError, match="runs 'okay' is none of: processes, here, device, remote"):
        Runs(where=wrong)

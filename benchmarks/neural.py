"""How many tokens a neural metric encodes, and how long that takes, against scoring system by
system in upstream's order, in one run.

    python benchmarks/neural.py [--mirror DIR] [--every N] [--systems N] [--encode]

Both ways read translation, source and reference of every segment, in batches of one budget of
padded tokens. System by system, in the order of the package unbabel-comet: each system alone, its
texts sorted by length, source and reference encoded again for each (but exact duplicates within a
system once, which upstream does not do). Without --encode tokens are counted and nothing is
computed; with it, both ways encode them with the small model, in turn.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Any

from harness import load_test_set
from harness.metrics.neural import e5_small
from harness.metrics.neural.devices import device_of
from harness.metrics.neural.encoder import Encoder
from harness.metrics.neural.engine import Engine, Input, Judgement, Model, Prepared, Row
from harness.metrics.neural.packages import package
from harness.metrics.neural.work import together
from harness.tables import TestSet

BUDGET = 2048


class Pooled(Model):
    """Encodes texts into one vector each; ``real``: by the small model."""

    def __init__(self, *, real: bool) -> None:
        self.encoder = Encoder(e5_small.small_folder(), device_of("cpu"), "fp32")
        self.real = real

    def inputs(self, row: Row) -> tuple[Input, ...]:
        return tuple((("", text),) for text in (row.hypothesis, row.source, *row.references))

    def prepare(self, inputs: Sequence[Input]) -> list[Prepared]:
        made = self.encoder.tokenizer.of([text for ((_, text),) in inputs])
        return [Prepared(self.encoder.single(own, self.encoder.longest)[0]) for own in made]

    def encode(self, inputs: Sequence[Prepared]) -> list[Any]:
        if not self.real:
            return [0.0] * len(inputs)
        layers, mask = self.encoder.layers([one.ids for one in inputs])
        shown = mask.unsqueeze(-1)
        return list((layers[-1] * shown).sum(1) / shown.sum(1))

    def judge(
        self, rows: Sequence[tuple[Row, Sequence[Prepared], Sequence[Any]]]
    ) -> list[Judgement]:
        return [Judgement(0.0)] * len(rows)


def rows_of_systems(test_set: TestSet, every: int, systems: int) -> dict[str, list[Row]]:
    """The segments of each system."""
    ids = list(test_set.segments["segment_id"])[::every]
    source = test_set.segments.set_index("segment_id")["source"]
    reference = test_set.references.drop_duplicates("segment_id").set_index("segment_id")
    found = {}
    for system in test_set.systems[:systems]:
        own = test_set.hypotheses[test_set.hypotheses["system"] == system]
        texts = own.set_index("segment_id")["hypothesis"]
        found[system] = [Row(texts[i], source[i], (reference["reference"][i],)) for i in ids]
    return found


def system_by_system(model: Pooled, systems: dict[str, list[Row]]) -> int:
    """Encode every system alone; the tokens that were encoded."""
    tokens = 0
    with package("torch").inference_mode():
        for rows in systems.values():
            prepared = model.prepare(list(dict.fromkeys(i for r in rows for i in model.inputs(r))))
            for part in together([len(one.ids) for one in prepared], BUDGET):
                model.encode([prepared[i] for i in part])
                tokens += sum(len(prepared[i].ids) for i in part)
    return tokens


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mirror")
    parser.add_argument("--every", type=int, default=1, help="every N-th segment")
    parser.add_argument("--systems", type=int, default=100, help="the first N systems")
    parser.add_argument("--encode", action="store_true", help="encode with the small model")
    options = parser.parse_args()
    test_set = load_test_set("wmt23_zhen_news", mirror=options.mirror)
    systems = rows_of_systems(test_set, options.every, options.systems)
    rows = [row for own in systems.values() for row in own]
    model = Pooled(real=options.encode)
    started, cpu = time.perf_counter(), time.process_time()
    theirs = system_by_system(model, systems)
    between, cpu_between = time.perf_counter(), time.process_time()
    engine = Engine(model, BUDGET)
    for _ in engine.scores(rows):
        pass
    ended, cpu_ended = time.perf_counter(), time.process_time()
    print(f"{len(rows):,} translations of {len(systems)} systems")
    print(f"system by system: {theirs:>9,} tokens")
    print(
        f"one engine:       {engine.encoded:>9,} tokens, {theirs / engine.encoded:.2f} times less"
    )
    if options.encode:
        a, b = between - started, ended - between
        c, d = cpu_between - cpu, cpu_ended - cpu_between
        print(f"wall seconds: {a:.1f} and {b:.1f}, {a / b:.2f} times less")
        print(f"CPU seconds:  {c:.1f} and {d:.1f}, {c / d:.2f} times less")


if __name__ == "__main__":
    main()

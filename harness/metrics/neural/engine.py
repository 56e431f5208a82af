"""The engine of all neural metrics: it encodes every input once and gives scores batch by batch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from harness.errors import InputError
from harness.metrics.base import SegmentScores
from harness.metrics.batch import Batch
from harness.metrics.neural.devices import out_of_memory
from harness.metrics.neural.packages import package
from harness.metrics.neural.work import batches_of, together, uses
from harness.metrics.results import MetricSpan, Status, usage
from harness.support.memory import memory_error

__all__ = ["Engine", "Input", "Judgement", "Model", "Prepared", "Row", "rows_of"]

#: Texts with their parts (mt, src, ref), in the order in which the model reads them.
Input = tuple[tuple[str, str], ...]
#: Bytes of encodings that are held for rows of later batches.
HELD = 2**29


class Row(NamedTuple):
    """What is read of one segment."""

    hypothesis: str
    source: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prepared:
    """An input as the model takes it.

    Parameters
    ----------
    ids
        Its tokens.
    special
        Which of them stand for no text.
    offsets
        Where each begins and ends in the first text of the input; () if nobody asks.
    notes
        What a reader should know: a part that was cut, words that the model does not know.
    cut
        Whether a part of the texts was left out.
    """

    ids: Sequence[int]
    special: Sequence[bool] = ()
    offsets: Sequence[tuple[int, int]] = ()
    notes: tuple[str, ...] = ()
    cut: bool = False


class Judgement(NamedTuple):
    """What a model says of a row."""

    score: float
    spans: tuple[MetricSpan, ...] = ()
    extra: Mapping[str, Any] | None = None
    note: str = ""


class Model(ABC):
    """A model in memory, with its tokenizer. ``spans``: whether it marks errors."""

    spans: bool = False
    #: Bytes of its parameters.
    size: int = 0

    @abstractmethod
    def inputs(self, row: Row) -> tuple[Input, ...]:
        """What is encoded for a row."""

    def group(self, row: Row) -> Hashable:
        """What rows must have in common to share inputs."""
        return (row.source, row.references)

    @abstractmethod
    def prepare(self, inputs: Sequence[Input]) -> list[Prepared]:
        """The inputs as tokens."""

    @abstractmethod
    def encode(self, inputs: Sequence[Prepared]) -> list[Any]:
        """What the model makes of each input; they are padded to the longest."""

    @abstractmethod
    def judge(
        self, rows: Sequence[tuple[Row, Sequence[Prepared], Sequence[Any]]]
    ) -> list[Judgement]:
        """The scores of rows, each with its inputs and what :meth:`encode` made of them."""


def rows_of(batch: Batch) -> list[Row]:
    """The segments of a batch."""
    sources = batch.sources if len(batch.sources) else [""] * len(batch)
    references = zip(*batch.references, strict=True) if batch.references else [()] * len(batch)
    return [Row(*row) for row in zip(batch.hypotheses, sources, references, strict=True)]


class Engine:
    """Scores rows with a model.

    Parameters
    ----------
    budget
        Tokens that are encoded at a time, padding included. Where the memory does not suffice, the
        engine goes on with half as many, and half of that, down to one input.
    threads
        Parts of a batch that are encoded at the same time, each on one processor. This is as quick
        as to share the work on each part, and much quicker where other processes compute too.
    bound
        The largest difference allowed between the score of a row in its batch and alone; 0: not
        checked.

    ``encoded`` counts the tokens that the model has seen, without padding; ``batches`` its calls.
    """

    def __init__(self, model: Model, budget: int, bound: float = 0.0, threads: int = 1) -> None:
        self.model, self.budget, self.bound = model, budget, bound
        self.threads = threads
        self.encoded = self.batches = 0

    def scores(self, rows: Sequence[Row]) -> Iterator[tuple[list[int], SegmentScores]]:
        """The scores as they come: places of rows, and their scores.

        Raises
        ------
        InputError
            The memory does not suffice for a single input; the model gives a score that is no
            number; a score depends on what else is in the batch by more than the bound.
        """
        asked = [self.model.inputs(row) for row in rows]
        distinct = list(dict.fromkeys(i for own in asked for i in own))
        prepared = dict(zip(distinct, self.model.prepare(distinct), strict=True))
        tokens = {i: len(p.ids) for i, p in prepared.items()}
        groups = [self.model.group(row) for row in rows]
        left = uses(asked)
        held: dict[Input, Any] = {}
        for places in batches_of(asked, groups, tokens, self.budget):
            new = [i for i in dict.fromkeys(i for p in places for i in asked[p]) if i not in held]
            for i, made in zip(new, self._encode([prepared[i] for i in new]), strict=True):
                held[i] = made
            chosen = [
                (rows[p], [prepared[i] for i in asked[p]], [held[i] for i in asked[p]])
                for p in places
            ]
            with package("torch").inference_mode():
                judged = self.model.judge(chosen)
            if self.bound:
                self._verify(rows[places[0]], judged[0].score)
            yield places, self._result(chosen, judged, _shares(places, asked, new, tokens))
            for p in places:
                for i in set(asked[p]):
                    left[i] -= 1
                    if not left[i]:
                        held.pop(i, None)
            _forget(held)

    def _encode(self, inputs: Sequence[Prepared]) -> list[Any]:
        """What the model makes of the inputs, as many at a time as the memory allows."""
        made: list[Any] = [None] * len(inputs)
        waiting = together([len(one.ids) for one in inputs], max(1, self.budget // self.threads))
        while waiting:
            again: list[list[int]] = []
            parts = [[inputs[i] for i in part] for part in waiting]
            for part, found in zip(waiting, self._made(parts), strict=True):
                if found is None:
                    again += self._halved(part, len(inputs[part[0]].ids))
                    continue
                for i, one in zip(part, found, strict=True):
                    made[i] = one
                self.batches += 1
                self.encoded += sum(len(inputs[i].ids) for i in part)
            waiting = again
        return made

    def _halved(self, part: list[int], longest: int) -> list[list[int]]:
        """The halves of a part for which the memory did not suffice."""
        if len(part) == 1:
            raise memory_error(f"the model, for a sequence of {longest:,} tokens,")
        half = len(part) // 2
        self.budget = max(1, min(self.budget, half * longest * self.threads))
        _release()
        return [part[:half], part[half:]]

    def _made(self, parts: Sequence[Sequence[Prepared]]) -> Iterator[list[Any] | None]:
        """What the model makes of each part; None where the memory does not suffice."""
        if self.threads == 1 or len(parts) == 1:
            yield from map(self._of_part, parts)
            return
        torch = package("torch")
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            with ThreadPoolExecutor(self.threads, "harness-encode") as pool:
                yield from pool.map(self._of_part, parts)
        finally:
            torch.set_num_threads(before)

    def _of_part(self, part: Sequence[Prepared]) -> list[Any] | None:
        try:
            with package("torch").inference_mode():
                return self.model.encode(part)
        except Exception as error:
            if not out_of_memory(error):
                raise
            return None

    def _verify(self, row: Row, score: float) -> None:
        """Compare a score with that of the row alone."""
        prepared = self.model.prepare(self.model.inputs(row))
        with package("torch").inference_mode():
            made = [self.model.encode([one])[0] for one in prepared]
            alone = self.model.judge([(row, prepared, made)])[0].score
        if not abs(alone - score) <= self.bound:
            raise InputError(
                "a score depends on what else is in its batch by more than rounding explains",
                found=f"{score!r} in a batch, {alone!r} alone: {row.hypothesis[:80]!r}",
                expected=f"a difference of at most {self.bound:g}",
                remedy="set batch_tokens=1, or precision=fp32; keep nothing of these scores",
            )

    def _result(
        self,
        rows: Sequence[tuple[Row, Sequence[Prepared], Sequence[Any]]],
        judged: Sequence[Judgement],
        tokens: Sequence[float],
    ) -> SegmentScores:
        scores = np.array([one.score for one in judged], dtype=np.float64)
        if not np.isfinite(scores).all():
            bad = int(np.flatnonzero(~np.isfinite(scores))[0])
            raise InputError(
                "the model gives a score that is no number",
                found=f"{scores[bad]} for {rows[bad][0].hypothesis[:80]!r}",
                remedy="check the model's files; with precision=bf16 try fp32",
            )
        return SegmentScores(
            scores,
            spans=[one.spans for one in judged] if self.model.spans else None,
            statuses=[_status(own, one) for (_, own, _), one in zip(rows, judged, strict=True)],
            extra=[one.extra for one in judged] if any(one.extra for one in judged) else None,
            costs=usage(tokens),
        )


def _status(inputs: Sequence[Prepared], judged: Judgement) -> Status:
    notes = [*dict.fromkeys(n for one in inputs for n in one.notes), *filter(None, [judged.note])]
    kind = "truncated" if any(one.cut for one in inputs) else "ok"
    return Status(kind, "; ".join(notes))  # type: ignore[arg-type]


def _shares(
    places: Sequence[int],
    asked: Sequence[Sequence[Input]],
    new: Sequence[Input],
    tokens: Mapping[Input, int],
) -> list[float]:
    """The tokens encoded for each row; those of an input count for the first row that needs it."""
    waiting = set(new)
    shares = []
    for place in places:
        own = waiting.intersection(asked[place])
        waiting -= own
        shares.append(float(sum(tokens[i] for i in own)))
    return shares


def _forget(held: dict[Input, Any]) -> None:
    """Let go of the oldest encodings where they take too much memory; should they be needed, they
    are made again."""
    total = sum(_bytes(made) for made in held.values())
    for i in list(held):
        if total <= HELD:
            return
        total -= _bytes(held.pop(i))


def _bytes(made: Any) -> int:
    if isinstance(made, tuple | list):
        return sum(map(_bytes, made))
    return int(getattr(made, "nbytes", 0))


def _release() -> None:
    """Give memory back that is held for reuse."""
    torch = package("torch")
    if torch.cuda.is_available():
        torch.cuda.empty_cache()

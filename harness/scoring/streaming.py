"""Scoring of texts that need not fit into memory: chunk by chunk, with the same numbers.

Only sums are kept: of the additive statistics of each metric (BLEU, chrF, TER), or of its segment
scores. The corpus scores at the end equal those of the whole text scored at once. As in every
table, scores are higher-is-better: TER is negated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.errors import InputError
from harness.metrics import Batch, Metric, SegmentScores
from harness.metrics.base import VARYING, naming
from harness.scoring.references_present import (
    present,
    scored_by_references,
    without_reference,
)
from harness.scoring.surroundings import languages_of_texts, suited
from harness.support.folders import whole_text
from harness.support.formatting import plural
from harness.test_sets.doctor import warnings_of_texts
from harness.test_sets.left_out import LEAVE_OUT, REFUSE, MissingReference, nothing_left
from harness.test_sets.readers.lines import read_plain

__all__ = [
    "CHUNK",
    "RunningScores",
    "StreamedScore",
    "check_texts",
    "no_reference",
    "read_batches",
    "score_files",
    "score_stream",
]

#: Segments that are held at a time.
CHUNK = 10_000

#: Name of each metric -> scores of the segments of a chunk.
ChunkScores = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class StreamedScore:
    """A metric's score of a whole text: ``signature`` of the corpus score, ``path`` (which
    implementation computed it, '' where there is one only), the ``score``, higher is better (NaN
    where a segment has none), the number of segments and of those without a score. ``left_out``
    are the lines, from 1, that have no reference: they are none of the segments."""

    signature: str
    path: str
    score: float
    n_segments: int
    n_failed: int
    left_out: tuple[int, ...] = ()


def read_batches(
    hypothesis: str | Path,
    references: Sequence[str | Path] = (),
    source: str | Path | None = None,
    *,
    chunk: int = CHUNK,
) -> Iterator[Batch]:
    """Plain-text files with one segment per line as batches of at most ``chunk`` segments.

    Lines end at LF or CR LF. Without a ``source`` the sources are empty texts.

    Raises
    ------
    InputError
        A file cannot be read, is not UTF-8 or has no lines; or the files have different numbers of
        lines (the message names the file that ends first, and the line).
    """
    paths = [hypothesis, *references, *([source] if source is not None else [])]
    files = [read_plain(path) for path in paths]
    n = 0
    while True:
        columns = [list(islice(file, chunk)) for file in files]
        lengths = list(map(len, columns))
        shortest = min(lengths)
        if max(lengths) > shortest:
            raise _uneven(paths, lengths, n)
        if not shortest:
            if not n:
                raise InputError(
                    "the file has no lines", file=hypothesis, expected="one segment per line"
                )
            return
        n += shortest
        sources = columns[-1] if source is not None else [""] * shortest
        yield Batch(sources, columns[0], tuple(columns[1 : 1 + len(references)]))


def _uneven(paths: Sequence[str | Path], lengths: Sequence[int], before: int) -> InputError:
    """The error of files of which one ends before another."""
    short, long = int(np.argmin(lengths)), int(np.argmax(lengths))
    last = before + lengths[short]
    return InputError(
        "the file has fewer lines than another",
        file=paths[short],
        line=last + 1,
        found=f"the end, after {plural(last, 'line')}; {paths[long]} goes on",
        expected="one segment per line, the same number in every file",
        remedy="find the line that is missing, or that was split in two in the other file",
    )


def check_texts(metrics: Mapping[str, Metric], *, references: bool, source: bool) -> None:
    """Refuse metrics that need more than the texts that there are.

    Raises
    ------
    InputError
        A metric reads a source or a reference and there is none, or more of a test set than texts.
    """
    for key, metric in metrics.items():
        if metric.needs.test_set:
            raise _beyond_texts(key, metric)
        if metric.needs.source and not source:
            raise InputError(
                f"the metric {key!r} reads the source",
                remedy="give it: -s FILE (in Python source=FILE)",
            )
        if metric.needs.reference and not references:
            raise InputError(
                f"the metric {key!r} needs a reference",
                remedy="give one: -r FILE (in Python references=[FILE])",
            )


def _beyond_texts(key: str, metric: Metric) -> InputError:
    """The error of a metric that needs a test set where there are plain texts."""
    more = "scores" if metric.needs.stored is not None else "documents or other systems"
    return InputError(
        f"the metric {key!r} reads {more} of a test set, not texts",
        remedy="score the test set instead: harness test_set=…",
    )


class RunningScores:
    """Scores of a text that comes in chunks: :meth:`add` each, then :meth:`scores`.

    A blank reference is no reference. If a metric reads references, lines without any are left out
    for all metrics (``left_out``: their numbers, from 1).

    Raises
    ------
    InputError
        A metric's score of a whole text follows neither from sums nor from the mean of segment
        scores, or it reads more of a test set than its texts.
    """

    def __init__(self, metrics: Mapping[str, Metric]) -> None:
        for key, metric in metrics.items():
            if metric.needs.test_set:
                raise _beyond_texts(key, metric)
        self.metrics = dict(metrics)
        self.n_lines = 0
        self.left_out: list[int] = []
        self._columns = 0
        self._counts: set[int] = set()
        self._referring = any(metric.needs.reference for metric in metrics.values())
        self._sums: dict[str, NDArray[np.float64]] = {}
        self._failed: dict[str, int] = dict.fromkeys(metrics, 0)

    def add(self, batch: Batch) -> dict[str, NDArray[np.float64]]:
        """Score the next chunk; the scores of its segments, higher is better, NaN where a metric
        gave none.

        Raises
        ------
        InputError
            A metric needs a reference and the batch has none, or batches differ in their number
            of references.
        """
        self._check(batch)
        lacking = np.zeros(len(batch), dtype=bool)
        if self._referring:
            lacking = without_reference(batch.references, len(batch))
            self._counts |= {len(own) for own in present(batch.references, len(batch)) if own}
        kept = np.flatnonzero(~lacking)
        self.left_out += (np.flatnonzero(lacking) + self.n_lines + 1).tolist()
        if lacking.any():
            batch = batch.rows(kept.tolist(), range(len(batch.references)))
        result = {key: np.full(len(lacking), np.nan) for key in self.metrics}
        for key, metric in self.metrics.items() if len(kept) else ():
            with naming(key, metric):
                (found,) = scored_by_references(metric, [batch.only(metric.needs)])
            self._sum(key, metric, found)
            sign = 1.0 if metric.higher_is_better else -1.0
            result[key][kept] = np.where(
                np.isfinite(found.scores), sign * found.scores + 0.0, np.nan
            )
        self.n_lines += len(lacking)
        return result

    def _check(self, batch: Batch) -> None:
        """Refuse a chunk that lacks references, or has another number of them."""
        if not self.n_lines:
            self._columns = len(batch.references)
        elif len(batch.references) != self._columns:
            raise InputError(
                "a chunk has a different number of references than the ones before it",
                found=str(len(batch.references)),
                expected=str(self._columns),
            )
        for key, metric in self.metrics.items():
            if metric.needs.reference and not batch.references:
                raise InputError(f"the metric {key!r} needs a reference and there is none")

    @property
    def n_segments(self) -> int:
        """The lines that are scored."""
        return self.n_lines - len(self.left_out)

    @property
    def n_references(self) -> int:
        """The number of references of a segment; VARYING where some have fewer."""
        counts = self._counts or {self._columns}
        return counts.copy().pop() if len(counts) == 1 else VARYING

    def _sum(self, key: str, metric: Metric, found: SegmentScores) -> None:
        finite = np.isfinite(found.scores)
        self._failed[key] += int((~finite).sum())
        added = metric.additive(found)
        if added is None:
            raise InputError(
                f"the metric {key!r} keeps no sums, so it needs the whole text at once",
                remedy="score a test set with it instead: harness test_set=files …",
            )
        rows = added[finite]
        if key in self._sums:
            rows = np.vstack([self._sums[key], rows])
        if len(rows):  # from the first segment to the last, as a whole text is summed
            self._sums[key] = rows.cumsum(axis=0)[-1]

    def scores(self) -> dict[str, StreamedScore]:
        """The scores of everything that was added; NaN of nothing, and where a segment has no
        score."""
        return {key: self._score(key, metric) for key, metric in self.metrics.items()}

    def _score(self, key: str, metric: Metric) -> StreamedScore:
        score = float("nan")
        if self.n_segments and not self._failed[key]:
            score = float(metric.score_sums(self._sums[key][None], "corpus")[0])
        sign = 1.0 if metric.higher_is_better else -1.0
        return StreamedScore(
            metric.full_signature(self.n_references, "corpus"),
            metric.path,
            sign * score + 0.0,
            self.n_segments,
            self._failed[key],
            tuple(self.left_out),
        )


def score_stream(
    batches: Iterable[Batch],
    metrics: Mapping[str, Metric],
    each: Callable[[int, ChunkScores], object] | None = None,
) -> dict[str, StreamedScore]:
    """The score of a whole text by every metric, with the memory of one batch.

    Parameters
    ----------
    batches
        The text, for example from :func:`read_batches`; a generator is read once.
    each
        Called after each batch with the number of lines before it and the scores of its lines
        (higher is better; NaN where there is none), to write them or to add something up.

    Returns
    -------
    dict
        Name of the metric -> :class:`StreamedScore`. Scores from sums (BLEU, chrF, TER) equal the
        corpus scores of the whole text exactly, means up to rounding.

    Raises
    ------
    InputError
        A metric needs a reference and there is none, or all are blank; or it needs the whole text
        at once.
    """
    running = RunningScores(metrics)
    for batch in batches:
        start = running.n_lines
        scores = running.add(batch)
        if each is not None:
            each(start, scores)
    if running.n_lines and not running.n_segments:
        raise nothing_left(running.n_lines, ["the references"])
    return running.scores()


def score_files(
    hypothesis: str | Path,
    metrics: Mapping[str, Metric],
    references: Sequence[str | Path] = (),
    source: str | Path | None = None,
    segments: Path | None = None,
    missing_reference: MissingReference = LEAVE_OUT,
    tell: Callable[[str], object] = lambda warning: None,
) -> dict[str, StreamedScore]:
    """The score of a plain-text file by every metric, as :func:`score_stream`. A Chinese, Japanese
    or Korean target is known by the script of its first lines.

    Parameters
    ----------
    hypothesis, references, source
        As for :func:`read_batches`.
    segments
        A CSV to be written, whole or not at all: the number of the line, from 1, and the score of
        each metric, higher is better, empty where it gave none. None: no file.
    missing_reference
        Whether lines without a reference are left out, or refused.
    tell
        Called with each warning about the first chunk of the texts.

    Raises
    ------
    InputError
        As of :func:`read_batches` and :func:`score_stream`; or the CSV cannot be written, or is one
        of the files that are read.
    """
    check_texts(metrics, references=bool(references), source=source is not None)
    batches = read_batches(hypothesis, references, source)
    if missing_reference == REFUSE and any(m.needs.reference for m in metrics.values()):
        batches = _refusing(batches, references)
    first = next(batches)
    metrics = suited(metrics, languages_of_texts([*first.references, first.hypotheses][0]))
    batches = chain([first], batches)
    columns = {str(path): own for path, own in zip(references, first.references, strict=True)}
    own_source = None if source is None else first.sources
    for warning in warnings_of_texts({str(hypothesis): first.hypotheses}, columns, own_source):
        tell(warning.text)
    if segments is None:
        return score_stream(batches, metrics)
    with whole_text(segments, [hypothesis, *references, source]) as stream:
        stream.write(",".join(["line", *metrics]) + "\n")

        def write(start: int, scores: ChunkScores) -> None:
            columns = [map(_cell, scores[key].tolist()) for key in metrics]
            rows = enumerate(zip(*columns, strict=True), start + 1)
            stream.writelines(f"{line},{','.join(row)}\n" for line, row in rows)

        return score_stream(batches, metrics, write)


def _refusing(batches: Iterable[Batch], references: Sequence[str | Path]) -> Iterator[Batch]:
    """``batches``, of which every line has a reference."""
    before = 0
    for batch in batches:
        lacking = without_reference(batch.references, len(batch))
        if lacking.any():
            raise no_reference(references[0], before + int(lacking.argmax()) + 1)
        before += len(batch)
        yield batch


def no_reference(file: str | Path, line: int) -> InputError:
    """The error of a line without a reference, where that is refused."""
    return InputError(
        "this segment has no reference",
        file=file,
        line=line,
        found="a blank line",
        expected="a reference for every segment",
        remedy="add the text, or set missing_reference=leave_out",
    )


def _cell(value: float) -> str:
    return "" if math.isnan(value) else repr(value)

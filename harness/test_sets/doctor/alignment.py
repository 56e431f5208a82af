"""Whether translations stand beside their own segments, or some lines off.

Two translations of one sentence share more pairs of neighbouring characters than translations of
different ones. The text beside each segment is compared with the reference of that segment and of
those up to three before and after it; on the mean of some segments its own must be the most alike.
Lines that are lost in the middle of a file shift only what follows, so the segments are judged in
blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.support.formatting import plural
from harness.tables import TestSet
from harness.test_sets.doctor.base import Finding

__all__ = ["SHIFTS", "alignment", "likenesses"]

SHIFTS = (-3, -2, -1, 1, 2, 3)
BLOCK = 40  # segments judged together, or a few more
LEAST = 8  # fewer pairs of texts are not judged
MARGIN = 0.05  # a shift must be more alike than none by so much
#: Of several texts, how often each bin of character pairs occurs, and the sum of these.
_Pairs = tuple[NDArray[np.uint8], NDArray[np.float64]]
_BINS = 512  # pairs of characters are counted in so many bins


class _Shift(NamedTuple):
    """A block of segments whose texts fit others better: its bounds, the shift, the likeness of
    the texts there and where they stand."""

    start: int
    end: int
    shift: int
    there: float
    here: float


def alignment(test_set: TestSet, blocks: int | None = None) -> Iterator[Finding]:
    """A problem for each system, and each further reference, that has shifted segments.

    The texts are compared with the first reference, or without references with the first system.
    ``blocks``: so many blocks of segments are judged, spread over the test set; None: all.
    """
    ids = list(test_set.segments["segment_id"])
    bounds = _blocks(len(ids), blocks)
    near = [i for start, end in bounds for i in _with_neighbours(start, end)]
    wanted = {ids[i] for i in near if 0 <= i < len(ids)}
    columns = _columns(test_set, wanted)
    if len(columns) < 2 or len(ids) <= LEAST:
        yield Finding("alignment", "ok", 0, "", "too few texts to judge their alignment")
        return
    (anchor_name, anchor_texts), *others = columns.items()
    found: dict[str, list[_Shift]] = {}
    for start, end in bounds:
        anchor = _Anchor(anchor_texts, ids, start, end)
        for name, texts in others:
            shift = _shift(start, [texts.get(i) for i in ids[start:end]], anchor)
            if shift is not None:
                found.setdefault(name, []).append(shift)
    findings = [_finding(name, anchor_name, shifts, ids) for name, shifts in found.items()]
    if len(others) > 2 and len(found) == len(others):
        worst = max(findings, key=lambda finding: finding.count)
        sentence = f"every other text is shifted against {anchor_name}, so it is this that is"
        yield replace(worst, where=anchor_name, finding=f"{sentence}; {worst.finding}")
    else:
        yield from findings


def _blocks(n: int, wanted: int | None) -> list[tuple[int, int]]:
    """Start and end of blocks of BLOCK segments or more, all or ``wanted`` of them."""
    edges = np.linspace(0, n, max(1, n // BLOCK) + 1).round().astype(int).tolist()
    every = list(pairwise(edges))
    if wanted is None or len(every) <= wanted:
        return every
    return [every[i] for i in np.linspace(0, len(every) - 1, wanted).round().astype(int)]


def _with_neighbours(start: int, end: int) -> range:
    """A block and the places that its texts may be shifted to; some may not exist."""
    return range(start + min(SHIFTS), end + max(SHIFTS))


class _Anchor:
    """The character pairs of what a block's texts are compared with, and of its neighbours."""

    def __init__(self, texts: Mapping[str, str], ids: Sequence[str], start: int, end: int) -> None:
        near = _with_neighbours(start, end)
        self.first = near.start
        self.table, self.sums = _pairs(
            [texts.get(ids[i]) if 0 <= i < len(ids) else None for i in near]
        )

    def beside(
        self, start: int, n: int, shift: int
    ) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """Those of ``n`` segments from ``start``, shifted."""
        chosen = slice(start + shift - self.first, start + shift - self.first + n)
        return self.table[chosen], self.sums[chosen]


def _columns(test_set: TestSet, wanted: set[str]) -> dict[str, dict[str, str]]:
    """The references and systems in order, each with its texts by segment (the wanted ones)."""
    columns: dict[str, dict[str, str]] = {}
    for prefix, frame, owner, column in (
        ("reference", test_set.references, "reference_name", "reference"),
        ("system", test_set.hypotheses, "system", "hypothesis"),
    ):
        kept = frame[frame["segment_id"].isin(wanted)]
        for name, own in kept.groupby(owner, sort=False):
            pairs = zip(own["segment_id"], own[column], strict=True)
            columns[f"{prefix} {name}"] = dict(pairs)
    return columns


def _pairs(texts: Sequence[str | None]) -> _Pairs:
    """For each text how often each bin of character pairs occurs (at most 255), and the sum of
    these; the sum is NaN where there is no text or no pair."""
    table = np.zeros((len(texts), _BINS), dtype=np.uint8)
    for row, text in enumerate(texts):
        if text is not None and len(text) > 1:
            codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
            bins = (codes[:-1] * np.uint32(31) + codes[1:]) % np.uint32(_BINS)
            table[row] = np.minimum(np.bincount(bins, minlength=_BINS), 255)
    sums = table.sum(axis=1, dtype=np.int64).astype(float)
    sums[sums == 0] = np.nan
    return table, sums


def likenesses(own: Sequence[str | None], others: Sequence[str | None]) -> NDArray[np.float64]:
    """Likeness of each text to each of others at the same place: F of their pairs of neighbouring
    characters, 0 to 1; NaN where one of the two is missing or shorter than two characters."""
    return _likenesses(_pairs(own), _pairs(others))


def _likenesses(own: _Pairs, others: _Pairs) -> NDArray[np.float64]:
    common = np.minimum(own[0], others[0]).sum(axis=1, dtype=np.int64)
    result: NDArray[np.float64] = 2 * common / (own[1] + others[1])
    return result


def _shift(start: int, own: Sequence[str | None], anchor: _Anchor) -> _Shift | None:
    """The shift at which a block is most alike, over the same segments as without one; None
    unless one is clearly better."""
    pairs = _pairs(own)
    plain = _likenesses(pairs, anchor.beside(start, len(own), 0))
    best: _Shift | None = None
    for shift in SHIFTS:
        moved = _likenesses(pairs, anchor.beside(start, len(own), shift))
        both = ~np.isnan(plain) & ~np.isnan(moved)
        if int(both.sum()) < LEAST:
            continue
        here, there = float(plain[both].mean()), float(moved[both].mean())
        if there - here > MARGIN and (best is None or there > best.there):
            best = _Shift(start, start + len(own), shift, there, here)
    return best


def _finding(name: str, anchor: str, shifts: Sequence[_Shift], ids: Sequence[str]) -> Finding:
    first, last = shifts[0], shifts[-1]
    lines = plural(abs(first.shift), "line")
    return Finding(
        "alignment",
        "problem",
        sum(block.end - block.start for block in shifts),
        f"{name}, segments {ids[first.start]} … {ids[last.end - 1]}",
        f"{name} is shifted against {anchor}: from about segment {ids[first.start]} on its texts"
        f" stand {lines} {'before' if first.shift > 0 else 'after'} their segments (likeness"
        f" {first.there:.2f} there, {first.here:.2f} where they stand)",
        voids=True,
    )

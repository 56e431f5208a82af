"""Edit distance to one reference in plain Python: the whole matrix by bits, or sacrebleu's beam.

By bits (Myers 1999; Hyyrö 2003) a row of the matrix is two integers, whose bit j says whether the
cell of reference word j is one more, or one less, than the cell to its left. Many texts of one
length are done at once, each in a field of its own of the same long integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

__all__ = ["BeamRows", "BitRows", "Reference", "beam", "distances", "fits_beam"]

BEAM = 25
UNREACHED = 1 << 60


@dataclass
class Reference:
    """A reference's words, and what both methods need of them."""

    words: Sequence[str]

    @cached_property
    def places(self) -> Mapping[str, list[int]]:
        """Word -> where it stands."""
        places: dict[str, list[int]] = {}
        for j, word in enumerate(self.words):
            places.setdefault(word, []).append(j)
        return places

    @cached_property
    def columns(self) -> list[str | None]:
        """The word of each column of the matrix; the first has none."""
        return [None, *self.words]

    @cached_property
    def masks(self) -> Mapping[str, int]:
        """Word -> bits of where it stands."""
        return {word: sum(1 << j for j in found) for word, found in self.places.items()}

    @cached_property
    def field(self) -> int:
        """Bytes of a field: the words' bits, and at least one free."""
        return len(self.words) // 8 + 1

    @cached_property
    def fields(self) -> Mapping[str, bytes]:
        """Word -> the bits as bytes."""
        return {word: mask.to_bytes(self.field, "little") for word, mask in self.masks.items()}


@dataclass
class BitRows:
    """All rows of one text by bits: ``total`` is the distance; per word of the text, ``zero`` has
    the bits of cells that equal their diagonal predecessor, ``more`` of those that are one more
    than the cell above."""

    total: int
    zero: list[int]
    more: list[int]

    @staticmethod
    def of(reference: Reference, words: Sequence[str]) -> BitRows:
        masks = reference.masks
        full = (1 << len(reference.words)) - 1
        vp, vn = full, 0
        zero, more = [], []
        for word in words:
            eq = masks.get(word, 0)
            d0 = ((((eq & vp) + vp) ^ vp) | eq | vn) & full
            hp = vn | (full ^ (d0 | vp))
            zero.append(d0)
            more.append(hp)
            hn = (d0 & vp) << 1
            hp = hp << 1 | 1
            vn = hp & d0
            vp = (hn | (full ^ (d0 | hp))) & full
        return BitRows(len(words) + vp.bit_count() - vn.bit_count(), zero, more)

    def step(self, i: int, j: int, equal: bool) -> str:
        """How an optimal path comes to the cell of ``i`` words of the text and ``j`` of the
        reference, both positive: substitution ('s', equal or not), deletion, insertion."""
        if equal or not self.zero[i - 1] >> (j - 1) & 1:
            return "s"
        return "d" if self.more[i - 1] >> (j - 1) & 1 else "i"


def distances(reference: Reference, texts: Sequence[Sequence[bytes]]) -> list[int]:
    """The distances of texts of one length, whose words are given by their fields (zeros where the
    reference has no such word)."""
    size, count = reference.field, len(texts)
    ones = int.from_bytes((b"\1" + bytes(size - 1)) * count, "little")
    full = ones * ((1 << len(reference.words)) - 1)
    vp, vn = full, 0
    join, number = b"".join, int.from_bytes
    for column in zip(*texts, strict=True):
        eq = number(join(column), "little")
        d0 = ((((eq & vp) + vp) ^ vp) | eq | vn) & full
        hp = ((vn | (full ^ (d0 | vp))) << 1) | ones
        hn = (d0 & vp) << 1
        vn = hp & d0
        vp = (hn | (full ^ (d0 | hp))) & full
    length = len(texts[0])
    more, less = vp.to_bytes(size * count, "little"), vn.to_bytes(size * count, "little")
    return [
        length
        + number(more[at : at + size], "little").bit_count()
        - number(less[at : at + size], "little").bit_count()
        for at in range(0, size * count, size)
    ]


def fits_beam(n_words: int, n_reference: int, distance: int) -> bool:
    """Whether every path of that cost or less stays within sacrebleu's beam.

    A path through a cell that lies k off the main diagonal costs at least abs(k) + abs(delta - k),
    delta being the difference of the lengths, and the beam's middle is never further than
    abs(delta) + 1 from the diagonal.
    """
    delta = abs(n_words - n_reference)
    return delta + (distance - delta) // 2 <= BEAM - 2


@lru_cache(maxsize=1024)
def beam(n_words: int, n_reference: int) -> list[tuple[int, int]]:
    """Of each row, 0 to ``n_words``, the first column within sacrebleu's beam, and the first beyond
    it."""
    ratio = n_reference / n_words
    width = BEAM
    if ratio / 2 > BEAM:
        half = ratio / 2 + BEAM
        width = int(half) + (int(half) < half)
    bounds = [(0, n_reference + 1)]
    for i in range(1, n_words):
        middle = int(i * ratio)
        bounds.append((max(0, middle - width), min(n_reference + 1, middle + width)))
    return [*bounds, (max(0, int(n_words * ratio) - width), n_reference + 1)]


@dataclass
class BeamRows:
    """All rows of one text, the cells of the beam one by one."""

    reference: Reference
    bounds: list[tuple[int, int]]
    rows: list[list[int]]

    @staticmethod
    def of(reference: Reference, words: Sequence[str]) -> BeamRows:
        m = len(reference.words)
        table = BeamRows(reference, beam(len(words), m), [list(range(m + 1))])
        for i, word in enumerate(words, 1):
            table.rows.append(table._row(i, word, table.rows[-1]))
        return table

    @property
    def total(self) -> int:
        return self.rows[-1][-1]

    def _row(self, i: int, word: str, above: list[int]) -> list[int]:
        low, high = self.bounds[i]
        above_low = self.bounds[i - 1][0]
        above = above[max(low - 1 - above_low, 0) : high - above_low]
        if low - 1 < above_low:
            above = [UNREACHED] * (above_low - low + 1) + above
        above += [UNREACHED] * (high - low + 1 - len(above))
        row, left, diagonal = [], UNREACHED, above[0]
        for theirs, up in zip(self.reference.columns[low:high], above[1:], strict=True):
            best = up if up < left else left
            if theirs == word:
                best = diagonal if diagonal <= best else best + 1
            else:
                best = (diagonal if diagonal < best else best) + 1
            left = best if best < UNREACHED else UNREACHED
            row.append(left)
            diagonal = up
        return row

    def moved(self, words: Sequence[str], low: int, high: int) -> int:
        """The distance of a text that differs from this one in words [low, high) only."""
        row = self.rows[low]
        for i in range(low + 1, len(words) + 1):
            if i > high and row == self.rows[i - 1]:
                return self.total
            row = self._row(i, words[i - 1], row)
        return row[-1]

    def _cell(self, i: int, j: int) -> int:
        low, high = self.bounds[i]
        return self.rows[i][j - low] if low <= j < high else UNREACHED

    def step(self, i: int, j: int, equal: bool) -> str:
        """As :meth:`BitRows.step`."""
        here = self._cell(i, j)
        if self._cell(i - 1, j - 1) + (not equal) == here:
            return "s"
        return "d" if self._cell(i - 1, j) + 1 == here else "i"

"""TER's edits in plain Python: tercom's greedy search for shifts, as sacrebleu has it.

A round aligns the words with the reference, lists the shifts that tercom would try, and makes the
best. Its candidates are counted first: sacrebleu stops when there have been a thousand, without the
shift it was about to make, so that they need not be evaluated then; nor need those that cannot gain
more than the best one so far.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from harness._kernels.distance import BeamRows, BitRows, Reference, beam, distances, fits_beam

__all__ = ["shift_edits", "ter_counts"]

Side = tuple[tuple[str, ...], ...]

LONGEST_SHIFT = 10
FURTHEST_SHIFT = 50
MOST_CANDIDATES = 1000

#: Beyond so many reference words the beam's cells are fewer than the matrix's bits.
MOST_REFERENCE_WORDS = 2048

#: Length, start and target of a shift, the first two negated: the better, the greater.
_Key = tuple[int, int, int]


def ter_counts(
    systems: Side, references: Side, normalized: bool, no_punct: bool, asian_support: bool
) -> NDArray[np.int64]:
    """See :func:`harness._kernels.counts.ter_counts`."""
    tokenize = _tokenizer(normalized, no_punct, asian_support)
    prepared = _references(references, normalized, no_punct, asian_support)
    result = np.empty((len(systems), len(prepared), len(references), 2), dtype=np.int64)
    for i, held in enumerate(prepared):
        for r, (reference, known) in enumerate(held):
            result[:, i, r, 1] = len(reference.words)
            for s, texts in enumerate(systems):
                words = tuple(tokenize(texts[i]).split())
                if words not in known:
                    known[words] = shift_edits(list(words), reference)
                result[s, i, r, 0] = known[words]
    return result


def _tokenizer(normalized: bool, no_punct: bool, asian_support: bool) -> Callable[[str], str]:
    from sacrebleu.tokenizers.tokenizer_ter import TercomTokenizer

    tokenizer: Callable[[str], str] = TercomTokenizer(
        normalized=normalized,
        no_punct=no_punct,
        asian_support=asian_support,
        case_sensitive=True,
    )
    return tokenizer


@lru_cache(maxsize=2)
def _references(
    references: Side, normalized: bool, no_punct: bool, asian_support: bool
) -> list[list[tuple[Reference, dict[tuple[str, ...], int]]]]:
    """Of each segment and reference: its words, and the edits of the texts met so far. sacrebleu
    tokenizes references twice, which may split a word further."""
    tokenize = _tokenizer(normalized, no_punct, asian_support)
    return [
        [(Reference(tokenize(tokenize(text)).split()), {}) for text in texts]
        for texts in zip(*references, strict=True)
    ]


def shift_edits(words: list[str], reference: Reference) -> int:
    """Edits, each shift one, that turn ``words`` into the reference."""
    if not words or not reference.words:
        return len(words) + len(reference.words)
    ours, theirs = Counter(words), Counter(reference.words)
    least = max(len(words), len(reference.words)) - (ours & theirs).total()
    shifts = checked = 0
    while True:
        aligned = _aligned(words, reference)
        total = aligned.rows.total
        if total <= least:
            return shifts + total
        keys, count = _candidates(words, reference, aligned, MOST_CANDIDATES - checked)
        checked += count
        if checked >= MOST_CANDIDATES:
            return shifts + total
        best = _best(words, reference, aligned, least, keys)
        if best is None:
            return shifts + total
        words = best
        shifts += 1


@dataclass
class _Aligned:
    """The optimal path that sacrebleu takes: how many wrong words stand before each position of the
    text and of the reference; ``following``: a 0, and of each reference position how many words of
    the text come up to and with its partner. ``free``: nothing better can meet the beam's edge."""

    rows: BitRows | BeamRows
    wrong: list[int]
    reference_wrong: list[int]
    following: list[int]
    free: bool


def _aligned(words: Sequence[str], reference: Reference) -> _Aligned:
    """By bits where that gives what the beam gives: where the path of the whole matrix lies in the
    beam. All of its cells then have the same value in both, and others no lower one in the beam,
    so that the beam's path is the same."""
    n, m = len(words), len(reference.words)
    if m <= MOST_REFERENCE_WORDS:
        rows = BitRows.of(reference, words)
        free = fits_beam(n, m, rows.total)
        aligned = _Aligned(rows, *_path(words, reference.words, rows), free)
        if free or _within(aligned.following, beam(n, m)):
            return aligned
    cells = BeamRows.of(reference, words)
    return _Aligned(cells, *_path(words, reference.words, cells), False)


def _within(following: Sequence[int], bounds: Sequence[tuple[int, int]]) -> bool:
    """Whether a path stays between bounds of its rows; may say no to one that just does."""
    column, last = 0, len(following) - 1
    for i, (low, high) in enumerate(bounds):
        if column < low:
            return False
        while column < last and following[column + 1] <= i:
            column += 1
        if column >= high:
            return False
    return True


def _path(
    words: Sequence[str], reference: Sequence[str], rows: BitRows | BeamRows
) -> tuple[list[int], list[int], list[int]]:
    i, j = len(words), len(reference)
    ours, theirs, following = [0] * i, [0] * j, [0] * j
    step = rows.step
    while i or j:
        if not j:
            move, equal = "d", False
        elif not i:
            move, equal = "i", False
        else:
            equal = words[i - 1] == reference[j - 1]
            move = step(i, j, equal)
        if move != "d":
            following[j - 1] = i
            theirs[j - 1] = not equal
            j -= 1
        if move != "i":
            ours[i - 1] = not equal
            i -= 1
    return _sums(ours), _sums(theirs), [0, *following]


def _sums(wrong: Sequence[int]) -> list[int]:
    sums, total = [0], 0
    for one in wrong:
        total += one
        sums.append(total)
    return sums


def _candidates(
    words: Sequence[str], reference: Reference, aligned: _Aligned, most: int
) -> tuple[set[_Key], int]:
    """The shifts to try, and how many sacrebleu counts, which tries some twice; stops at ``most``.

    A run of words that both sides have may move if it is wrong somewhere on both sides, and is not
    already aligned within itself.
    """
    theirs = reference.words
    n, m = len(words), len(theirs)
    wrong, reference_wrong = aligned.wrong, aligned.reference_wrong
    following = aligned.following
    keys: set[_Key] = set()
    count = 0
    none: list[int] = []
    for i, word in enumerate(words):
        for j in reference.places.get(word, none):
            if abs(i - j) > FURTHEST_SHIFT:
                continue
            partner = following[j + 1]
            longest = min(LONGEST_SHIFT, n - i, m - j)
            length = 1
            while True:
                end = i + length
                if (
                    wrong[end] != wrong[i]
                    and reference_wrong[j + length] != reference_wrong[j]
                    and not i < partner <= end
                ):
                    targets = {following[k] for k in range(j, j + length + 1)}
                    count += len(targets)
                    for target in targets:
                        keys.add((-length, i, target))
                    if count >= most:
                        return keys, count
                if length == longest or words[end] != theirs[j + length]:
                    break
                length += 1
    return keys, count


def _rearranged(words: list[str], key: _Key) -> tuple[list[str], int, int]:
    """The words after a shift, and the positions [low, high) that it changes. A target within the
    shifted words moves them right by as many words as it lies behind their start."""
    length, start, target = -key[0], key[1], key[2]
    end = start + length
    run = words[start:end]
    if target < start:
        return words[:target] + run + words[target:start] + words[end:], target, end
    high = target if target > end else min(length + target, len(words))
    return words[:start] + words[end:high] + run + words[high:], start, high


def _best(
    words: list[str], reference: Reference, aligned: _Aligned, least: int, keys: set[_Key]
) -> list[str] | None:
    """The words after the best shift; None: no shift gains anything."""
    best, best_words = 0, None
    held = aligned.rows.total
    ordered = sorted(key for key in keys if key[1] != key[2])
    long = [key for key in ordered if key[0] < -1]
    for group in (long, ordered[len(long) :]):
        # A shift gains no more than it costs to delete and insert its words, unless the beam made
        # the distance before it more than it is.
        most = held - least
        if group and isinstance(aligned.rows, BitRows):
            most = min(most, -2 * group[0][0])
        if not group or most <= best:
            continue
        for key, total in zip(group, _bounds(words, reference, group), strict=True):
            if held - total <= best:
                continue
            moved, low, high = _rearranged(words, key)
            if isinstance(aligned.rows, BeamRows):
                total = aligned.rows.moved(moved, low, high)
            elif not aligned.free:
                total = _aligned(moved, reference).rows.total
            if held - total > best:
                best, best_words = held - total, moved
    return best_words


def _bounds(words: list[str], reference: Reference, keys: Sequence[_Key]) -> list[int]:
    """The distance of each shift without regard to the beam, which can only raise it."""
    if len(reference.words) > MOST_REFERENCE_WORDS:
        return [0] * len(keys)
    nothing = bytes(reference.field)
    fields = [reference.fields.get(word, nothing) for word in words]
    return distances(reference, [_rearranged(fields, key)[0] for key in keys])  # type: ignore[arg-type,misc]
